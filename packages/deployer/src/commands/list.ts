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
    assembly.manifest.rules.map((rule) => {
      const { severity, title, description, triggers, regions, references, asks } = rule;
      const { name: packageName, version } = assembly.manifest.package;
      const source = { from: assembly.origin, folder: assembly.folder };
      const about = { name: typedName({ assembly, rule }), package: packageName, version, source };
      return { ...about, severity, title, description, triggers, regions, references, asks };
    }),
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
