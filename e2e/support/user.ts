/**
 * Somebody who uses the published packages: a home with nothing in it but the address of the registry, the programs of a
 * bare system, one package manager and one Node.
 */
import { existsSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { npmTools } from './tools.ts';

/** A package manager, as its users call it. */
export interface Manager {
  readonly name: string;
  /** The npm package that it is in. */
  readonly spec: readonly [name: string, version: string];
  /** What is typed in an empty folder before the first package is added. */
  readonly begin?: readonly (readonly string[])[];
  /** What is typed to add a package. */
  readonly add: readonly string[];
  /** What is typed before `patrol-deploy`. */
  readonly exec: readonly string[];
  /** What it writes while adding that a user would take for trouble with the package. */
  readonly complaint: RegExp;
}

const pnpm = (major: number): Manager => ({
  name: `pnpm ${major}`,
  spec: ['pnpm', `^${major}.0.0`],
  add: ['pnpm', 'add'],
  exec: ['pnpm'],
  // How long the registry takes is not the package's business.
  complaint: /warn(?!.*Request took)|ERR_/i,
});

const npm = (major: number): Manager => ({
  name: `npm ${major}`,
  spec: ['npm', `^${major}.0.0`],
  add: ['npm', 'install', '--engine-strict'],
  exec: ['npx'],
  complaint: /warn|ERR!/i,
});

const bun: Manager = {
  name: 'bun',
  spec: [
    `@oven/bun-${process.platform}-${process.arch === 'arm64' ? 'aarch64' : process.arch}`,
    '^1.4.0',
  ],
  add: ['bun', 'add'],
  exec: ['bunx'],
  complaint: /warn|error|blocked/i,
};

const yarn: Manager = {
  name: "yarn 4 with Plug'n'Play",
  spec: ['@yarnpkg/cli-dist', '^4.18.0'],
  begin: [['yarn', 'init']],
  add: ['yarn', 'add'],
  exec: ['yarn'],
  // Yarn's own word about modules (YN0092) comes with every package, and so does what it says at the end.
  complaint: /YN00(?!00|13|85|92)|YN0(?!0)/,
};

const yarnModules: Manager = {
  ...yarn,
  name: 'yarn 4 with node_modules',
  begin: [
    ['yarn', 'init'],
    ['yarn', 'config', 'set', 'nodeLinker', 'node-modules'],
  ],
};

/** The newest of each. */
export const newest = { pnpm: pnpm(12), npm: npm(12), bun, yarn, yarnModules } as const;
/** Others that people have. */
export const older: readonly Manager[] = [pnpm(11), pnpm(10), npm(11), npm(10)];

/** The folder with the program `node` of a release. */
const nodeFolder = async (major: number): Promise<string> => {
  const name = `node-${process.platform}-${process.arch}`;
  return join(await npmTools({ dependencies: { [name]: `^${major}.0.0` } }), name, 'bin');
};

async function managerFolder({ spec: [name, version] }: Manager): Promise<string> {
  const modules = await npmTools({ dependencies: { [name]: version } });
  if (!name.startsWith('@oven/')) return join(modules, '.bin');
  // Under this name it is the program that `npx` is.
  const folder = join(modules, name, 'bin');
  if (!existsSync(join(folder, 'bunx'))) symlinkSync('bun', join(folder, 'bunx'));
  return folder;
}

/** What the managers, and the scripts that they make, take from the system. There may be a Node beside these. */
const systemPrograms = [
  'sh',
  'env',
  'basename',
  'cat',
  'dirname',
  'git',
  'readlink',
  'sed',
  'uname',
];

/** A user of the packages. */
export interface User {
  /** The environment of somebody who uses a manager and a Node; without a number there is no Node. */
  environment(manager: Manager, node: number | undefined): Promise<NodeJS.ProcessEnv>;
  /** A new, empty folder. */
  emptyFolder(): string;
  /** Removes all that the user has. */
  remove(): Promise<void>;
}

/** Makes a user whose package managers know of a registry. */
export function makeUser(registry: string): User {
  const folder = mkdtempSync(join(tmpdir(), 'patrol-user-'));
  const home = join(folder, 'home');
  const system = join(folder, 'system');
  const temporary = join(folder, 'tmp');
  for (const each of [home, system, temporary]) mkdirSync(each);
  writeFileSync(join(home, '.npmrc'), `registry=${registry}\n`);
  writeFileSync(
    join(home, '.yarnrc.yml'),
    `npmRegistryServer: '${registry}'\nunsafeHttpWhitelist: ['${new URL(registry).hostname}']\n`,
  );
  for (const name of systemPrograms) {
    const found = (process.env['PATH'] ?? '')
      .split(':')
      .map((entry) => join(entry, name))
      .find((path) => existsSync(path));
    if (found !== undefined) symlinkSync(found, join(system, name));
  }
  return {
    environment: async (manager, node) => ({
      HOME: home,
      LANG: 'C.UTF-8',
      TMPDIR: temporary,
      PNPM_HOME: join(home, 'pnpm'),
      PATH: [
        join(home, 'pnpm'),
        join(home, 'pnpm/bin'),
        await managerFolder(manager),
        ...(node === undefined ? [] : [await nodeFolder(node)]),
        system,
      ].join(':'),
    }),
    emptyFolder: () => mkdtempSync(join(folder, 'empty-')),
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }),
  };
}
