/** Versions of packages, compared as npm does. Pure. */
import compare from 'semver/functions/compare.js';
import valid from 'semver/functions/valid.js';

/** Another version than the one that is deployed. */
export interface VersionChange {
  readonly is: 'newer' | 'older';
  readonly versions: {
    readonly package: string;
    readonly deployed: string;
    readonly installed: string;
  };
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
