/** Real events: AWS's own cases for the pattern matcher, and the rules over published CloudTrail logs. Needs the corpus beside the repository. */
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { path, root, run } from './support/tools.ts';

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

test.each([
  ['aws/cloudTrail', 'disallowedActions=*'],
  ['aws/rootLogin', 'deniedAttempts=quiet'],
  ['aws/assumeRole', 'disallowedRoles=*'],
])('%s with %s reads all of CloudTrail', async (rule, parameter) => {
  const ran = await run(
    'patrol-deploy',
    ['replay', rule, join(corpus, 'cloudtrail'), '--json', '--param', parameter],
    { env: { PATH: path } },
  );
  const lines = ran.stdout.trim().split('\n');
  const summary: unknown = JSON.parse(lines.at(-1) ?? '{}');
  process.stdout.write(`${rule} ${parameter}: ${lines.at(-1)}\n`);
  expect(summary, ran.stderr).toMatchObject({ type: 'summary' });
  const errors = lines.map((line) => JSON.parse(line)).filter(({ type }) => type === 'error');
  // The one file of the folder that holds no events says so.
  for (const error of errors) expect(error.file).toContain('techniques.json');
});
