/** Where rule packages are looked for: whatever package manager installed them, and wherever the command itself was installed. */
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import module from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import type { OutputOf } from '../notes/objects.ts';

/** From where packages are looked up. */
export interface LookupFrom {
  /** The working folder. */
  readonly cwd: string;
  /** The file that was started as the command, under the name by which it was called; absent where there is none. */
  readonly command?: string | undefined;
}

/** Whether a package belongs to the project of the working folder, or was installed together with the command. */
export type Origin = OutputOf<'list'>['rules'][number]['source']['from'];

/** An installed package. */
export interface InstalledPackage {
  readonly name: string;
  readonly folder: string;
  readonly origin: Origin;
}

/** One place that may have packages. */
interface Shelf {
  readonly origin: Origin;
  /** The folder of the package of a name. */
  readonly find: (name: string) => string | undefined;
  /** The names that there are, with the folder of each: also of what turns out to be no package. */
  readonly list: () => readonly (readonly [name: string, folder: string])[];
}

/**
 * The places in which packages are looked for. The first one that has a package of a name counts:
 *
 * 1. The project of the working folder. It says in its lockfile which versions it wants, so that it goes before what
 *    else is on the machine. With Plug'n'Play there is no `node_modules`: the project's own resolver is asked, and asked
 *    first, since Node would look at no `node_modules` there either. Otherwise the `node_modules` of the folder and of
 *    those above it.
 * 2. What lies beside the command: `npx @patrol/rules-aws`, `pnpm dlx`, `yarn dlx` and global installations have the
 *    rules there, in a folder that has nothing to do with the working folder. Only what was installed together with the
 *    command counts, and not what stands in folders above. The command is looked at under the name by which it was called
 *    and as what it is: pnpm links it from a store in which it has no neighbours, npm links to it from a folder of programs.
 *
 * NODE_PATH, where package managers keep theirs, is not looked at.
 */
const shelves = ({ cwd, command }: LookupFrom): readonly Shelf[] => [
  ...ofProject(resolve(cwd)),
  ...(command === undefined ? [] : besideCommand(resolve(command))),
];

function ofProject(cwd: string): readonly Shelf[] {
  const folders = withAbove(cwd);
  return [
    ...plugAndPlay('project', folders),
    ...folders.map((folder) => nodeModules('project', join(folder, 'node_modules'))),
  ];
}

function besideCommand(command: string): readonly Shelf[] {
  const real = existsSync(command) ? realpathSync(command) : command;
  const modules = [command, real].flatMap((path) =>
    withAbove(path)
      .filter((folder) => basename(folder) === 'node_modules')
      .slice(0, 1),
  );
  return [
    ...plugAndPlay('command', [dirname(command)]),
    ...[...new Set(modules)].map((folder) => nodeModules('command', folder)),
  ];
}

/** A folder and those above it. */
function withAbove(folder: string): readonly string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...withAbove(above)];
}

function nodeModules(origin: Origin, path: string): Shelf {
  const entries = (folder: string): readonly string[] =>
    existsSync(folder) && statSync(folder).isDirectory() ? readdirSync(folder) : [];
  const names = (): readonly string[] =>
    entries(path).flatMap((name) =>
      name.startsWith('@') ? entries(join(path, name)).map((inner) => `${name}/${inner}`) : [name],
    );
  return {
    origin,
    find: (name) => (existsSync(join(path, name, 'package.json')) ? join(path, name) : undefined),
    list: () => names().map((name) => [name, join(path, name)]),
  };
}

/** A package in a Plug'n'Play project. */
interface Locator {
  readonly name: string | null;
  readonly reference: string | null;
}

/** As much as is used of the resolver of a Plug'n'Play project: https://yarnpkg.com/advanced/pnpapi. */
interface PnpApi {
  readonly topLevel: Locator;
  findPackageLocator(location: string): Locator | null;
  getLocator(name: string, reference: Reference): Locator;
  getPackageInformation(locator: Locator): {
    readonly packageLocation: string;
    readonly packageDependencies: ReadonlyMap<string, Reference | null | undefined>;
  };
}

/** What a package depends on: a version, or another package under the name of the first. */
type Reference = string | readonly [string, string];

/**
 * What the packages may use that the folders belong to, nearest first; nothing where Plug'n'Play is not at work. What was
 * installed with the command is used by the project in which it was installed: that one is asked too.
 */
function plugAndPlay(origin: Origin, folders: readonly string[]): readonly Shelf[] {
  const api = folders[0] === undefined ? undefined : pnpApi(folders[0]);
  if (api === undefined) return [];
  const owners = [
    ...folders.map((folder) => api.findPackageLocator(`${folder}/`)),
    ...(origin === 'command' ? [api.topLevel] : []),
  ];
  return owners.flatMap((owner) => (owner === null ? [] : [dependenciesOf(origin, api, owner)]));
}

function dependenciesOf(origin: Origin, api: PnpApi, owner: Locator): Shelf {
  const { packageDependencies } = api.getPackageInformation(owner);
  const find = (name: string): string | undefined => {
    const reference = packageDependencies.get(name);
    // Without one it is a peer dependency that nobody provides.
    return reference === null || reference === undefined
      ? undefined
      : api.getPackageInformation(api.getLocator(name, reference)).packageLocation;
  };
  return {
    origin,
    find,
    list: () =>
      [...packageDependencies.keys()].flatMap((name) => {
        const folder = find(name);
        return folder === undefined ? [] : [[name, folder]];
      }),
  };
}

/** The resolver of the Plug'n'Play project that a folder belongs to. Its runtime adds `findPnpApi` to Node's module. */
function pnpApi(folder: string): PnpApi | undefined {
  const find: unknown = Reflect.get(module, 'findPnpApi');
  if (typeof find !== 'function') return undefined;
  const api: PnpApi | null = Reflect.apply(find, module, [`${folder}/`]);
  return api ?? undefined;
}

/** The package of a name that counts. */
export function packageNamed(name: string, from: LookupFrom): InstalledPackage | undefined {
  for (const { origin, find } of shelves(from)) {
    const folder = find(name);
    if (folder !== undefined) return { name, folder, origin };
  }
  return undefined;
}

/** The packages with names of a kind, sorted by name; of several with one name the one that counts. */
export function packagesNamed(
  isWanted: (name: string) => boolean,
  from: LookupFrom,
): readonly InstalledPackage[] {
  const found = new Map<string, InstalledPackage>();
  for (const { origin, list } of shelves(from)) {
    for (const [name, folder] of list()) {
      if (isWanted(name) && !found.has(name)) found.set(name, { name, folder, origin });
    }
  }
  return [...found.values()].toSorted((a, b) => a.name.localeCompare(b.name));
}
