/** Versions of packages, compared as npm does. Pure. */
import compare from 'semver/functions/compare.js';
import satisfies from 'semver/functions/satisfies.js';
import valid from 'semver/functions/valid.js';
import validRange from 'semver/ranges/valid.js';
import type { Downgrade } from '../notes/parts.ts';

/** Another version than the one that is deployed. */
export interface VersionChange {
  readonly is: 'newer' | 'older';
  readonly versions: Downgrade;
}

/** How the installed version of a package differs from a deployed one; `undefined` where it does not, or nobody can tell. */
export function versionChange(
  { name, version: installed }: { readonly name: string; readonly version: string },
  deployed: string | undefined,
): VersionChange | undefined {
  if (deployed === undefined || valid(deployed) === null || valid(installed) === null) {
    return undefined;
  }
  const order = compare(installed, deployed);
  return order === 0
    ? undefined
    : { is: order > 0 ? 'newer' : 'older', versions: { package: name, deployed, installed } };
}

/** Whether a text is a range of versions as npm takes them: `1.4.0`, `^1.4.0`, `~1.4`, `1.x`, `>=1.4 <2`. */
export const isRange = (text: string): boolean => text.trim() !== '' && validRange(text) !== null;

/** Whether a version lies in a range. A prerelease lies only in ranges that name one of the same version, as for npm. */
export const isIn = (version: string, range: string): boolean => satisfies(version, range);
