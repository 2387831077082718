/** Versions of rule packages that a fleet takes. Pure. */
import type { Assembly } from '../packages/assembly.ts';
import { isIn } from '../packages/versions.ts';
import type { Fleet } from '../file/file.ts';
import { near } from '../file/problem.ts';
import type { Fault } from '../view/sentences/faults.ts';
import type { Refuse } from './rules.ts';
import { own } from '../text/records.ts';

/** Refuses packages that are not installed in a version that the file takes. */
export function checkPins(
  fleet: Pick<Fleet, 'packages'>,
  assemblies: readonly Assembly[],
  refuse: Refuse,
): void {
  for (const [name, range] of Object.entries(fleet.packages ?? {})) {
    const found = assemblies.find(({ manifest }) => manifest.package.name === name);
    if (found) checkPin(fleet, found, refuse);
    else refuse(['packages', name], notInstalled(name, range, assemblies));
  }
}

/** Refuses one package that is installed in another version than the file takes. */
export function checkPin(
  { packages = {} }: Pick<Fleet, 'packages'>,
  { manifest }: Assembly,
  refuse: Refuse,
): void {
  const { name, version } = manifest.package;
  const range = own(packages, name);
  if (range === undefined || isIn(version, range)) return;
  refuse(['packages', name], { code: 'pinned', name, range, found: version });
}

function notInstalled(name: string, range: string, assemblies: readonly Assembly[]): Fault {
  const full = assemblies.find(({ shortName }) => shortName === name);
  if (full) return { code: 'fullName', name: full.manifest.package.name };
  const names = assemblies.map(({ manifest }) => manifest.package.name);
  return { code: 'noPinned', name, range, ...near(name, names) };
}
