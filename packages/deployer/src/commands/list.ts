/** `patrol-deploy list`: the rules of the installed packages. */
import { installedAssemblies, noPackages, typedName } from '../packages/assembly.ts';
import { objectOf } from '../view/machine.ts';
import { printable } from '../text/printable.ts';
import { table } from '../view/table.ts';
import { triggerWords } from '../view/trigger.ts';
import type { World } from './world.ts';

/** With fewer columns, the table has no triggers. */
const roomy = 100;

/** Lists the rules that can be deployed from here. */
export function list({ json }: { readonly json?: boolean }, world: World): number {
  const { streams } = world;
  const { assemblies, problems } = installedAssemblies(world);
  const rules = assemblies.flatMap((assembly) =>
    assembly.manifest.rules.map((rule) => ({
      name: typedName({ assembly, rule }),
      package: assembly.manifest.package.name,
      version: assembly.manifest.package.version,
      source: { from: assembly.origin, folder: assembly.folder },
      severity: rule.severity,
      title: rule.title,
      description: rule.description,
      triggers: rule.triggers,
      regions: rule.regions,
      references: rule.references,
      asks: rule.asks,
    })),
  );
  for (const problem of problems) streams.stderr.write(`${printable(problem)}\n`);
  if (json) {
    streams.stdout.write(objectOf({ type: 'list', rules, problems }));
  } else if (rules.length > 0) {
    const rows = rules.map(({ name, severity, title, triggers }) => [
      name,
      severity,
      title,
      triggers.map((trigger) => triggerWords(trigger, 2)).join('; '),
    ]);
    const { columns } = streams.stdout;
    // One line for each rule is more than its triggers, which `describe` shows as well.
    const shown = columns !== undefined && columns < roomy ? 3 : 4;
    const head = ['RULE', 'SEVERITY', 'TITLE', 'TRIGGER'].slice(0, shown);
    streams.stdout.write(
      `${table(
        head,
        rows.map((row) => row.slice(0, shown)),
        columns,
      )}\n`,
    );
  } else if (problems.length === 0) {
    streams.stdout.write(`${noPackages}\n`);
  }
  return 0;
}
