/**
 * Another version of a rule package on an emulated account: a new default and a new name reach a stack that is deployed, and the
 * old detection becomes the new one. The way back is asked about.
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  patrolDeployIn,
  putEvent,
  stack,
  stackOutput,
  subscribe,
  type Subscriber,
} from './support/cloud.ts';
import { must, type Ran, root } from './support/tools.ts';

const folder = mkdtempSync(join(tmpdir(), 'patrol-versions-'));
afterAll(() => rmSync(folder, { recursive: true }));

const name = 'patrol-versions-signIns-production';
const event = {
  version: '0',
  id: '12345678-1234-1234-1234-123456789012',
  source: 'acme.signins',
  'detail-type': 'Sign-ins failed',
  account: '111122223333',
  region: 'us-east-1',
  time: '2026-11-20T08:30:17Z',
  resources: [],
  detail: { count: 20 },
};

/** Builds a version of the package: its rule alerts on so many sign-ins that failed. */
async function release(version: string, parameter: string): Promise<void> {
  const at = join(folder, 'node_modules/patrol-rules-versions');
  mkdirSync(join(at, 'rules/signIns'), { recursive: true });
  writeFileSync(
    join(at, 'package.json'),
    JSON.stringify({ name: 'patrol-rules-versions', version, type: 'module' }),
  );
  const [limit] = parameter.split(':');
  writeFileSync(
    join(at, 'rules/signIns/rule.ts'),
    `import { defineRule, event, number } from '@patrol/core';

export default defineRule({
  name: 'signIns',
  title: 'Sign-ins failed',
  description: 'Alerts when many sign-ins failed.',
  severity: 'medium',
  runbook: 'Look at who tried.',
  triggers: [event<{ readonly count: number }>({ source: ['acme.signins'] })],
  parameters: { ${parameter} },
  evaluate({ detail }, { parameters }) {
    if (detail.count < parameters.${limit}) return undefined;
    return { title: 'Sign-ins failed', summary: \`\${detail.count} of them.\` };
  },
});
`,
  );
  const sample = { ...event, detail: { count: 1000 } };
  writeFileSync(join(at, 'rules/signIns/sample.json'), JSON.stringify(sample));
  await must('node', [join(root, 'packages/build/bin/patrol-build.cjs')], { cwd: at });
}

const first = (): Promise<void> =>
  release('1.4.0', "limit: number('How many failed.', { default: '30' })");
const second = (): Promise<void> =>
  release('1.5.0', "atLeast: number('How many failed.', { default: '14', formerly: ['limit'] })");

const deploy = (...options: readonly string[]): Promise<Ran> =>
  patrolDeployIn(folder, 'versions/signIns', '--yes', ...options);

/** What the deployed stack has. */
async function deployed(): Promise<Readonly<Record<string, string | undefined>>> {
  const { Parameters = [], Tags = [] } = (await stack(name)) ?? {};
  return {
    ...Object.fromEntries(
      Parameters.map(({ ParameterKey = '', ParameterValue }) => [ParameterKey, ParameterValue]),
    ),
    version: Tags.find(({ Key }) => Key === 'patrol:version')?.Value,
  };
}

let subscriber: Subscriber;
beforeAll(() => {
  mkdirSync(join(folder, 'node_modules/@patrol'), { recursive: true });
  symlinkSync(join(root, 'packages/core'), join(folder, 'node_modules/@patrol/core'));
});

test('a version is deployed, and alerts by its default', async () => {
  await first();
  const ran = await deploy('--alert-email', 'security@example.com');
  expect(ran, ran.stdout + ran.stderr).toMatchObject({ code: 0 });
  expect(await deployed()).toMatchObject({ limit: '30', version: '1.4.0' });
  subscriber = await subscribe(await stackOutput(name, 'MachinesTopicArn'), 'alerts-versions');
  await putEvent(event);
  await subscriber.nothing();
});

test('the next version reaches the stack with its default and its name, and then alerts by them', async () => {
  await second();
  const info = await patrolDeployIn(folder, 'info', 'versions/signIns');
  expect(info.stdout).toContain('atLeast, formerly limit: "30" → "14" (new default;');
  const ran = await deploy();
  expect(ran, ran.stdout + ran.stderr).toMatchObject({ code: 0 });
  expect(ran.stdout).toContain('patrol-rules-versions: "1.4.0" → "1.5.0" (newer)');
  expect(await deployed()).toMatchObject({ atLeast: '14', version: '1.5.0' });
  await putEvent(event);
  expect((await subscriber.next()).Subject).toMatch(/^\[medium\] Sign-ins failed\b/);
});

test('the version before is not deployed again unless somebody says so', async () => {
  await first();
  const refused = await deploy();
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('The installed version, 1.4.0, is older.'),
  });
  expect(await deployed()).toMatchObject({ atLeast: '14', version: '1.5.0' });
  const agreed = await deploy('--allow-downgrade');
  expect(agreed, agreed.stdout + agreed.stderr).toMatchObject({ code: 0 });
  expect(await deployed()).toMatchObject({ limit: '30', version: '1.4.0' });
  const deleted = await patrolDeployIn(folder, 'delete', 'versions/signIns', '--yes');
  expect(deleted, deleted.stdout + deleted.stderr).toMatchObject({ code: 0 });
});
