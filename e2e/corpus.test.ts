/** Real events: AWS's own cases for the pattern matcher, and the rules over published CloudTrail logs. Needs the corpus beside the repository. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseManifest } from '@patrol/core/contracts';
import { path, root, run } from './support/tools.ts';

const built = join(root, 'packages/patrol-rules-aws/dist/rules.json');
const manifest = parseManifest(readFileSync(built, 'utf8'), built);
const corpus = fileURLToPath(new URL('../../shared/corpus', import.meta.url));

test('the matcher agrees with every case of event-ruler', async () => {
  const ran = await run('node', [
    join(root, 'e2e/support/pattern-corpus.ts'),
    join(corpus, 'patterns'),
  ]);
  process.stdout.write(ran.stdout);
  expect(ran, ran.stdout + ran.stderr).toMatchObject({ code: 0 });
  expect(ran.stdout).toMatch(/event-ruler\.ndjson: 591 agree, 0 differ/);
  expect(ran.stdout).toMatch(/event-ruler-syntax\.ndjson: 154 agree, 0 differ/);
});

const example = (name: string): readonly string[] => {
  const [, rule] = name.split('/');
  const parameters = manifest.rules.find((one) => one.name === rule)?.parameters ?? {};
  return Object.entries(parameters).flatMap(([parameter, { default: usual, example: given }]) =>
    usual === undefined ? ['--param', `${parameter}=${given}`] : [],
  );
};

test.concurrent.each(manifest.rules.map(({ name }) => `aws/${name}`))(
  '%s reads all of the corpus, and leaves no event unevaluated',
  async (name) => {
    const folders = ['cloudtrail', 'eventbridge'].map((folder) => join(corpus, folder));
    const ran = await run(
      'patrol-deploy',
      ['replay', name, ...folders, '--json', ...example(name)],
      { env: { PATH: path } },
    );
    const lines: { type: string; file?: string }[] = ran.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.at(-2), ran.stderr).toMatchObject({ type: 'summary' });
    process.stdout.write(`${name}: ${JSON.stringify(lines.at(-2))}\n`);
    const errors = lines.filter(({ type }) => type === 'error');
    // The one file of the folder that holds no events says so.
    for (const error of errors) expect(error.file).toContain('techniques.json');
  },
);
