/** `patrol-deploy list`: the rules of the installed packages. */
import { installedAssemblies, typedName } from '../packages/assembly.ts';
import { objectOf } from '../view/machine.ts';
import { printable } from '../text/printable.ts';
import { table } from '../view/table.ts';
import { triggerWords } from '../view/trigger.ts';
import type { World } from './world.ts';

/** Lists the rules that can be deployed from here. */
export function list({ json }: { readonly json: boolean }, world: World): number {
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
    streams.stdout.write(
      `${table(['RULE', 'SEVERITY', 'TITLE', 'TRIGGER'], rows, streams.stdout.columns)}\n`,
    );
  } else if (problems.length === 0) {
    streams.stdout.write(
      'No rule packages are installed here. Install one, for instance with `pnpm add @patrol/rules-aws`.\n',
    );
  }
  return 0;
}
