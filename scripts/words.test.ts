/** Every sentence that people read is plain: help, questions, errors and notes of the deployer. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
// The deployer's own modules: its tests use them as well.
import { FakeWorld } from '../packages/deployer/src/testing/world.ts';
import { faultsOf, textsOf } from './words.ts';

const root = join(import.meta.dirname, '..');
const deployer = 'packages/deployer/src';

/** The files whose texts people read. Those of tests and fakes are not among them. */
const files = readdirSync(join(root, deployer), { recursive: true, encoding: 'utf8' })
  .filter((file) => /(?<!\.test)\.ts$/.test(file) && !file.startsWith('testing/'))
  .toSorted();

/** What core says of values of parameters, which the deployer shows. */
const core = 'packages/core/src/parameter.ts';

const faultsIn = (path: string): readonly string[] =>
  textsOf(readFileSync(join(root, path), 'utf8'), path).flatMap(({ line, text }) =>
    faultsOf(text).map((fault) => `${path}:${line}: ${fault}`),
  );

test('what the sources say is plain', () => {
  const paths = [core, ...files.map((file) => `${deployer}/${file}`)];
  expect(paths.flatMap(faultsIn)).toEqual([]);
});

/** The texts of a help, without what they are about: `--json  write JSON`. A line that begins far to the right continues the last. */
const textsOfHelp = (help: string): readonly string[] =>
  help
    .replace(/\n {10,}(?=\S)/g, ' ')
    .split('\n')
    .map((line) => line.replace(/^ +\S.*? {2,}/, ''));

test('what the help says is plain', async () => {
  using world = new FakeWorld();
  const { stdout } = await world.run('--help');
  const [, list = ''] = stdout.split('Commands:');
  const commands = [...list.matchAll(/^ {2}([a-z]+) /gm)].map(([, name = '']) => name);
  expect(commands).toContain('replay');
  for (const command of commands) {
    const help = await world.run(command, '--help');
    expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining('Usage:') });
    expect(textsOfHelp(help.stdout).flatMap(faultsOf)).toEqual([]);
  }
  expect(textsOfHelp(stdout).flatMap(faultsOf)).toEqual([]);
});

describe('a text is refused', () => {
  test.each([
    ['for a turn', 'Resources were changed past CloudFormation.', '"past CloudFormation"'],
    ['for each turn', 'It is told of as it is.', '"is told of"', '"as it is"'],
    [
      'for a long sentence',
      'Short. The stack that you named cannot be updated at the moment since somebody else has started an update of it from another machine.',
      '23 words, at most 20: The stack',
    ],
    ['for brackets', 'Give it another name (such as x (or y)).', 'a bracket in a bracket'],
  ])('%s', (_, text, ...faults) => {
    const found = faultsOf(text);
    expect(found).toHaveLength(faults.length);
    for (const [index, fault] of faults.entries()) expect(found[index]).toContain(fault);
  });
});

test('plain texts are not refused', () => {
  for (const text of [
    'Until you confirm the new subscription, nobody receives the alerts of x.',
    'Names, separated by commas; * stands for any characters.',
    // A command is read as one word.
    'To see it, run `aws cloudformation describe-stack-events --stack-name a --region b --profile c --output text --query d` in a terminal of yours, and then again.',
  ]) {
    expect(faultsOf(text)).toEqual([]);
  }
});

test('texts are found in strings and templates, with the longer of two alternatives', () => {
  const source = `
    import { x } from './a file of words';
    const a = 'one two three';
    const b = \`four \${five} \${six ? 'seven' : 'eight nine'} ten eleven\`;
    const c = 'twelve ' + 'thirteen fourteen';
    const d = 'two words';
  `;
  expect(textsOf(source, 'x.ts').map(({ line, text }) => `${line} ${text}`)).toEqual(
    expect.arrayContaining(['3 one two three', '4 four … eight nine ten eleven']),
  );
});
