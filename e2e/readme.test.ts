/** What the README shows is true: its rule builds and alerts, its commands exist. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { path, root, run } from './support/tools.ts';

const readme = readFileSync(join(root, 'README.md'), 'utf8');

test('the rule of the README builds, and alerts on a real event', async () => {
  const code = /```ts\n(.+?)```/s.exec(readme)?.[1] ?? '';
  const name = /name: '(\w+)'/.exec(code)?.[1] ?? '';
  expect(name).not.toBe('');
  const folder = mkdtempSync(join(tmpdir(), 'patrol-readme-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'rules', name), { recursive: true });
  mkdirSync(join(folder, 'node_modules/@patrol'), { recursive: true });
  symlinkSync(join(root, 'packages/core'), join(folder, 'node_modules/@patrol/core'));
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'patrol-rules-readme', version: '1.0.0', type: 'module' }),
  );
  writeFileSync(join(folder, 'rules', name, 'rule.ts'), code);
  writeFileSync(
    join(folder, 'rules', name, 'sample.json'),
    JSON.stringify({
      eventVersion: '1.11',
      eventID: 'b0c1d2e3-0000-4000-8000-000000000001',
      eventTime: '2026-11-20T08:30:17Z',
      eventSource: 'kms.amazonaws.com',
      eventName: 'ScheduleKeyDeletion',
      eventType: 'AwsApiCall',
      awsRegion: 'eu-west-1',
      recipientAccountId: '111122223333',
      userIdentity: { type: 'IAMUser', userName: 'mallory', accountId: '111122223333' },
      requestParameters: { keyId: '1234abcd-12ab-34cd-56ef-1234567890ab' },
    }),
  );
  const built = await run('node', [join(root, 'packages/build/bin/patrol-build.cjs')], {
    cwd: folder,
  });
  expect(built, built.stdout + built.stderr).toMatchObject({ code: 0 });
  const tried = await run('patrol-deploy', ['try', `./${name}`, '--json'], { cwd: folder });
  expect(tried, tried.stdout + tried.stderr).toMatchObject({ code: 0 });
  expect(JSON.parse(tried.stdout)).toMatchObject({
    messages: [
      { json: { severity: 'high', summary: 'IAM user mallory scheduled the key for deletion.' } },
    ],
  });
});

test('the commands of the README exist', async () => {
  const commands = [...readme.matchAll(/^\| `patrol-deploy (\w+)[ `]/gm)].map(
    ([, command]) => command,
  );
  expect(commands.length).toBeGreaterThan(5);
  const { stdout } = await run('patrol-deploy', ['--help'], { env: { PATH: path } });
  for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
});
