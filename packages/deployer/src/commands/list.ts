/** `patrol-deploy list`: the rules of the installed packages. */
import { installedAssemblies, noPackages, typedName } from '../packages/assembly.ts';
import { objectOf } from '../view/machine.ts';
import { listText } from '../view/list.ts';
import { printable } from '../text/printable.ts';
import { compact, members } from '../text/records.ts';
import type { OutputOf } from '../notes/objects.ts';
import { setsOf } from '../want/lines.ts';
import type { World } from './world.ts';

/** Lists the rules that can be deployed from here. */
export function list({ json }: { readonly json?: boolean }, world: World): number {
  const { streams } = world;
  const { assemblies, problems } = installedAssemblies(world);
  const sets = assemblies.flatMap((assembly) =>
    setsOf(assembly).map((set) => ({ package: assembly.manifest.package.name, ...set })),
  );
  const rules = assemblies.flatMap((assembly) => {
    const { areas = [] } = assembly.manifest;
    const order = areas.flatMap((area) => area.rules);
    return assembly.manifest.rules
      .toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name))
      .map((rule): OutputOf<'list'>['rules'][number] => {
        const { name: packageName, version } = assembly.manifest.package;
        const name = typedName({ assembly, rule });
        return compact({
          name,
          package: packageName,
          version,
          source: { from: assembly.origin, folder: assembly.folder },
          area: areas.find((area) => area.rules.includes(rule.name))?.title,
          sets: sets.filter((set) => set.rules.includes(name)).map((set) => set.name),
          ...members(rule, 'severity', 'title', 'description', 'triggers'),
          ...members(rule, 'regions', 'references', 'asks'),
        });
      });
  });
  for (const problem of problems) streams.stderr.write(`${printable(problem)}\n`);
  if (json) {
    streams.stdout.write(objectOf({ type: 'list', rules, sets, problems }));
  } else if (rules.length > 0) {
    streams.stdout.write(`${printable(listText({ rules, sets }, streams.stdout.columns))}\n`);
  } else if (problems.length === 0) {
    streams.stdout.write(`${noPackages}\n`);
  }
  return 0;
}
