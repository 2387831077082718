/** Which package a module belongs to, and the name of its chunk in a zip. */
import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, isAbsolute, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The package that a file below node_modules belongs to. */
export const packageOf = (path: string): string | undefined =>
  /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(path)?.[1];

/** Whether a file belongs to a package that is neither the one being built nor `@patrol/core`. */
export const isLibrary = (path: string): boolean =>
  (packageOf(path) ?? '@patrol/core') !== '@patrol/core';

/** Whether a file is one of `@patrol/core`, wherever that is installed or linked to. */
export const isCore = (path: string): boolean =>
  isAbsolute(path) && placeOf(path)?.name === '@patrol/core';

/** The path of a file below a folder, with `/` between its parts on every system. */
export const below = (folder: string, file: string): string =>
  relative(folder, file).replaceAll(sep, '/');

/**
 * The name in the zip of the chunk of a module: for `lib/s3/client.ts` of the package being built it is
 * `lib/s3/client.mjs`. No two TypeScript modules of the package have the same name, and none has the name of another file in
 * the zip.
 *
 * @param root the real path of the package's folder.
 * @throws an Error for a module of another package whose `package.json` has no name.
 */
export function chunkName(file: string, root: string): string {
  const path = below(root, file);
  const isOwn = !path.startsWith('../') && packageOf(path) === undefined;
  // Without `.ts`, unless the short name could be that of another file.
  if (isOwn) return `${mayBeTaken.test(path) ? path : path.replace(/\.ts$/, '')}.mjs`;
  const place = placeOf(file);
  if (place === undefined) {
    throw new Error(`expected a package.json with a name for ${file}, found none`);
  }
  return place.name === '@patrol/core'
    ? `@patrol/core/${place.path.replace(/^dist\//, '').replace(/\.js$/, '')}.mjs`
    : `node_modules/${place.name}/${place.path}.mjs`;
}

/**
 * The paths of modules that keep their `.ts`: the name without it could be that of the entry, of a shared chunk, of a module
 * of core, or of the module `x.js` beside `x.js.ts`.
 */
const mayBeTaken = /^index\.ts$|^shared\d+\.ts$|^@patrol\/core\/|\.\w+\.ts$/;

/** The package that a file belongs to, and the path of the file in it. */
function placeOf(file: string): { readonly name: string; readonly path: string } | undefined {
  const installed = packageOf(file);
  if (installed !== undefined) {
    const folder = `node_modules/${installed}/`;
    return { name: installed, path: file.slice(file.lastIndexOf(folder) + folder.length) };
  }
  // A package that is linked to, as in a workspace.
  const manifest = findPackageJSON(pathToFileURL(file));
  if (manifest === undefined) return undefined;
  const { name } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly name?: string };
  return name === undefined ? undefined : { name, path: below(dirname(manifest), file) };
}
