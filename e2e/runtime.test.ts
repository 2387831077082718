/** The built rules under Lambda's own runtime client for Node.js, in the sandbox of `try`. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, test } from 'vitest';
import { installedAssemblies } from '../packages/deployer/src/packages/assembly.ts';
import { tryRule } from '../packages/deployer/src/commands/try.ts';
import { must, root } from './support/tools.ts';

const version = '4.0.2';
const folder = join(root, 'e2e/.venv/aws-lambda-ric');
const client = join(folder, 'node_modules/aws-lambda-ric/index.mjs');

beforeAll(async () => {
  if (existsSync(client)) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  // It compiles: a minute.
  await must('npm', ['install', '--no-audit', '--no-fund', `aws-lambda-ric@${version}`], {
    cwd: folder,
  });
}, 600_000);

const artifacts = installedAssemblies({ cwd: root }).assemblies.flatMap((assembly) =>
  assembly.manifest.rules.map((rule) => ({
    name: `${assembly.shortName}/${rule.name}`,
    artifact: { assembly, rule },
  })),
);

/** Rules that ask AWS or GitHub, but not about their sample. */
const decidesAlone = ['patrolHealth'];

test('there are all rules that have a folder', () => {
  const folders = ['aws', 'github'].flatMap((name) =>
    readdirSync(join(root, `packages/patrol-rules-${name}/rules`)).map((rule) => `${name}/${rule}`),
  );
  expect(artifacts.map(({ name }) => name).toSorted()).toEqual(folders.toSorted());
});

describe.each(artifacts)('$name', ({ artifact }) => {
  test('alerts on its sample, or says what it has to ask', async () => {
    const stdout = new PassThrough();
    const output = text(stdout);
    const code = await tryRule(
      {
        artifact,
        parameters: {},
        json: true,
        cwd: root,
        client: { command: join(root, 'node_modules/.bin/node'), args: [client, 'index.handler'] },
      },
      { stdin: new PassThrough().end(), stdout, stderr: new PassThrough() },
    );
    stdout.end();
    const trial: unknown = JSON.parse(await output);
    if (artifact.rule.asks && !decidesAlone.includes(artifact.rule.name)) {
      expect(trial).toMatchObject({ needs: expect.any(String), messages: [] });
      return;
    }
    expect(trial).toMatchObject({
      delivered: true,
      messages: [{ json: { rule: artifact.rule.name } }],
    });
    expect(trial).not.toHaveProperty('error');
    expect(code).toBe(0);
  });
});
