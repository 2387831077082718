/**
 * `pnpm lint`: the sources of the deployer import in one direction, from the top floor down. That holds for types, re-exports
 * and dynamic imports as well. Tests may import everything.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';
import { Visitor } from 'oxc-parser';
import { lineAt, parsed } from './source.ts';

/** The floors from the top down: folders and single files. A file imports from its own floor and from those below. */
export const floors: readonly string[] = [
  'cli',
  'commands',
  'index.ts',
  'cloud/aws',
  'github/octokit.ts',
  'library',
  'view',
  'engine',
  'run',
  'stage',
  'plan',
  'want',
  'doctor',
  'destinations',
  'file',
  'replay',
  'sandbox',
  'events',
  'evaluate',
  'github',
  'view/sentences',
  'template',
  'packages',
  'identity',
  'cloud',
  'text',
  'notes',
];

/** What talks to AWS and GitHub. Only those who put the program together import it: all others get it handed in. */
const outside: readonly string[] = ['cloud/aws', 'github/octokit.ts'];
const assemblers: readonly string[] = ['cli', 'index.ts'];

/** The fakes, and the tests that use them. */
const fakes = 'testing';
const isTest = (file: string): boolean => file.endsWith('.test.ts');
const isFake = (file: string): boolean => file.startsWith(`${fakes}/`) || file.endsWith('.fake.ts');

interface Import {
  readonly file: string;
  readonly line: number;
  /** The file that is imported. It begins with `..` where it lies outside of the sources. */
  readonly target: string;
}

/** What is wrong with the imports of sources, by their paths below the folder of sources: file, line, and what to do. */
export function faultsOf(sources: Readonly<Record<string, string>>): readonly string[] {
  const files = Object.keys(sources).filter((file) => !isTest(file) && !isFake(file));
  const homeless = files.filter((file) => floorOf(file) === undefined);
  const imports = files.flatMap((file) => importsOf(file, sources[file] ?? ''));
  return [
    ...homeless.map(
      (file) =>
        `${file}:1: The file is on no floor. Move it to a floor, or add its folder to \`floors\` in scripts/floors.ts.`,
    ),
    ...imports.flatMap((each) => {
      const fault = faultOf(each);
      return fault === undefined ? [] : [`${each.file}:${each.line}: ${fault}`];
    }),
    ...circlesIn(imports),
  ];
}

/** The floor of a file: the longest name that fits, since `cloud/aws` is a floor of its own. */
const floorOf = (file: string): string | undefined =>
  floors
    .filter((floor) => file === floor || file.startsWith(`${floor}/`))
    .toSorted((a, b) => b.length - a.length)[0];

function faultOf({ file, target }: Import): string | undefined {
  if (isTest(target) || isFake(target)) {
    return `The program imports ${target}, which is for tests. Move what both need to a floor.`;
  }
  if (target.startsWith('..')) {
    return `${target} is outside of the sources. Import it by the name of its package.`;
  }
  const [from, to] = [floorOf(file), floorOf(target)];
  if (from === undefined || to === undefined || from === to) return undefined;
  if (floors.indexOf(to) < floors.indexOf(from)) {
    return `${from} imports ${target}, which is above it. Move what both need to ${from} or below it, or hand it in as an argument.`;
  }
  if (outside.includes(to) && !assemblers.includes(from)) {
    return `Only ${assemblers.join(' and ')} import ${to}. Take an interface as an argument.`;
  }
  return undefined;
}

/** All relative imports of a file. */
function importsOf(file: string, source: string): readonly Import[] {
  const imports: Import[] = [];
  const take = (node: { readonly start: number; readonly source: unknown }): void => {
    const named = nameIn(node.source);
    if (named?.startsWith('.') !== true) return;
    imports.push({
      file,
      line: lineAt(source, node.start),
      target: normalize(join(dirname(file), named)),
    });
  };
  new Visitor({
    ImportDeclaration: take,
    ExportNamedDeclaration: take,
    ExportAllDeclaration: take,
    ImportExpression: take,
    TSImportType: take,
    TSImportEqualsDeclaration: ({ start, moduleReference }) => {
      if (moduleReference.type !== 'TSExternalModuleReference') return;
      take({ start, source: moduleReference.expression });
    },
  }).visit(parsed(source, file));
  return imports;
}

/** What a string or a template without values says. */
function nameIn(node: unknown): string | undefined {
  const { value, quasis } = (node ?? {}) as {
    readonly value?: unknown;
    readonly quasis?: readonly { readonly value: { readonly cooked: string | null } }[];
  };
  if (typeof value === 'string') return value;
  return quasis?.length === 1 ? (quasis[0]?.value.cooked ?? undefined) : undefined;
}

/** Files that import each other, types included. A circle of folders has an import that goes up, which is told above. */
function circlesIn(imports: readonly Import[]): readonly string[] {
  const files = new Set(imports.map(({ file }) => file));
  const done = new Set<string>();
  const circles: string[] = [];
  const follow = (file: string, path: readonly string[]): void => {
    for (const { target, line } of imports.filter((each) => each.file === file)) {
      const start = path.indexOf(target);
      if (start >= 0) {
        circles.push(
          `${file}:${line}: The files import each other: ${[...path.slice(start), target].join(' -> ')}. Move what they share to a file of its own.`,
        );
      } else if (!done.has(target)) {
        follow(target, [...path, target]);
      }
    }
    done.add(file);
  };
  for (const file of files) if (!done.has(file)) follow(file, [file]);
  return circles;
}

/** The sources below a folder, by path. */
const sourcesIn = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => [file.replaceAll('\\', '/'), readFileSync(join(folder, file), 'utf8')]),
  );

if (import.meta.main) {
  const folder = 'packages/deployer/src';
  const faults = faultsOf(sourcesIn(join(import.meta.dirname, '..', folder)));
  for (const fault of faults) console.error(`${folder}/${fault}`);
  if (faults.length > 0) process.exitCode = 1;
}
