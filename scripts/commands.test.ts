/** A command that a text names exists, with its options: in the sources, in documents and in what messages suggest. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { describe, expect, test } from 'vitest';
import { programOf } from '../packages/deployer/src/cli/program.ts';
import type { World } from '../packages/deployer/src/commands/world.ts';
import { fakeStreams } from '../packages/deployer/src/testing/artifact.ts';
import { suggestedCommands, scopeOptions } from '../packages/deployer/src/text/command.ts';
import { callsOf } from './words.ts';

const root = join(import.meta.dirname, '..');

const filesOf = (...patterns: readonly string[]): readonly string[] =>
  globSync([...patterns], { cwd: root, exclude: ['**/node_modules/**', '**/dist/**'] }).toSorted();

const sources = filesOf('packages/*/{src,rules,lib}/**/*.ts').filter(
  (file) => !/\.test\.ts$|\/testing\//.test(file),
);
const documents = filesOf('*.md', 'docs/**/*.md', 'packages/*/*.md', '.changeset/*.md');

/**
 * The commands of a text: those in backticks, and those that a line begins with. What the program or the reader puts in
 * (`${name}`, `<rule>`, `…`) is a word.
 */
function commandsIn(text: string): readonly (readonly string[])[] {
  const found = [
    ...text.matchAll(/\\?`(?:[a-z]+ )?(patrol-deploy [^`]*?)\\?`/g),
    ...text.matchAll(/^[ $]*(?:pnpm |npx )?(patrol-deploy [a-z<-].*)$/gm),
  ];
  return found
    .flatMap(([, command = '']) => command.split(/ (?:&&|\||>) /))
    .filter((command) => command.startsWith('patrol-deploy '))
    .map((command) =>
      command
        .replace(/ +#.*/, '')
        .replaceAll(/\$\{[^}]*\}/g, 'X')
        .replaceAll(/[[\]'"]|…/g, '')
        .split(/\s+/)
        .slice(1)
        .filter(Boolean),
    )
    .filter((words) => words.length > 0);
}

/** What is wrong with a command: nothing is run, it is only parsed. Arguments may be left out where a command is only named. */
function faultOf(argv: readonly string[]): string | undefined {
  const streams = fakeStreams();
  const program = programOf({ world: { streams } as unknown as World, end: () => undefined });
  const commands = new Map(program.commands.map((command) => [command.name(), command]));
  for (const command of commands.values()) command.action(() => undefined);
  const [first = ''] = argv;
  if (!commands.has(first) && !/^--|\/|^<(rule|command)>$|^X/.test(first)) return 'no such command';
  // Without an option that a command needs, commander looks at no other.
  const needed = (commands.get(first)?.options ?? []).filter(({ mandatory }) => mandatory);
  const added = needed.flatMap(({ long }) =>
    long === null || long === undefined || argv.includes(long) ? [] : [long, 'X'],
  );
  try {
    program.parse([...argv, ...added], { from: 'user' });
    return undefined;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const isNamed = /missingArgument|helpDisplayed|version/.test(error.code);
    return isNamed ? undefined : error.message;
  }
}

test('a command that a source or a document names exists, with its options', () => {
  const commands = [...sources, ...documents].flatMap((file) =>
    commandsIn(readFileSync(join(root, file), 'utf8')).map((argv) => ({ file, argv })),
  );
  expect(commands.length).toBeGreaterThan(100);
  const faults = commands.flatMap(({ file, argv }) => {
    const fault = faultOf(argv);
    return fault === undefined ? [] : [`${file}: patrol-deploy ${argv.join(' ')}: ${fault}`];
  });
  expect(faults).toEqual([]);
});

test('so does a command that a message suggests', () => {
  const commands = sources.flatMap((file) =>
    callsOf('patrolCommand', readFileSync(join(root, file), 'utf8'), file).map(
      ([words = [], , further = []]) => ({ file, argv: [...words, ...further] }),
    ),
  );
  expect(commands.length).toBeGreaterThan(20);
  const faults = commands.flatMap(({ file, argv: [name = '', ...rest] }) => {
    const fault = faultOf(name === 'deploy' ? rest : [name, ...rest]);
    return fault === undefined
      ? []
      : [`${file}: patrol-deploy ${name} ${rest.join(' ')}: ${fault}`];
  });
  expect(faults).toEqual([]);
});

test.each(Object.entries(suggestedCommands))(
  '%s takes the options of a run that a message adds',
  (name, options) => {
    const added = options.flatMap((option) => [scopeOptions[option], 'eu-west-1']);
    expect(faultOf([...(name === 'deploy' ? [] : [name]), ...added])).toBeUndefined();
  },
);

describe('a command is refused', () => {
  test.each([
    ['that does not exist', '`patrol-deploy policy organization`', 'no such command'],
    ['with an option that it does not have', 'patrol-deploy list --region X', "'--region'"],
    ['with too much', '`patrol-deploy info <rule> more`', 'too many arguments'],
    ['also after another', 'patrol-deploy init && patrol-deploy destroy', 'no such command'],
  ])('%s', (_, text, fault) => {
    const faults = commandsIn(text).flatMap((argv) => faultOf(argv) ?? []);
    expect(faults).toEqual([expect.stringContaining(fault)]);
  });
});
