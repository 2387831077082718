/** The GitHub action that shows plans on pull requests, and the workflow that the documentation has. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { policyNames } from '../packages/deployer/src/doctor/permissions.ts';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'actions/plan');
const page = readFileSync(join(root, 'docs/pull-requests.md'), 'utf8');

/** Runs the action's script where `patrol-deploy` and `gh` are programs that note what they are given. */
function run(code: number, plan: string, known: string, variables: Record<string, string> = {}) {
  const home = mkdtempSync(join(tmpdir(), 'patrol-action-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  const program = (name: string, lines: readonly string[]): void => {
    writeFileSync(join(home, name), ['#!/usr/bin/env bash', ...lines, ''].join('\n'));
    chmodSync(join(home, name), 0o755);
  };
  writeFileSync(join(home, 'the-plan'), plan);
  program('patrol-deploy', [
    `printf '%s\\n' "$@" > '${home}/planned'`,
    `cat '${home}/the-plan'`,
    `exit ${code}`,
  ]);
  program('gh', [
    `printf '%s\\n' "$*" >> '${home}/asked'`,
    `for word in "$@"; do case $word in body=@*) cp "\${word#body=@}" '${home}/body' ;; esac; done`,
    `case "$*" in *--paginate*) printf '%s' '${known}' ;; esac`,
  ]);
  const ran = spawnSync('bash', [join(folder, 'plan.sh')], {
    encoding: 'utf8',
    env: {
      PATH: `${home}:${process.env['PATH']}`,
      GITHUB_REPOSITORY: 'acme/security',
      GITHUB_STEP_SUMMARY: join(home, 'summary'),
      PATROL_COMMAND: 'patrol-deploy',
      PATROL_FILE: 'patrol.yaml',
      PATROL_PULL_REQUEST: '7',
      ...variables,
    },
  });
  const read = (name: string): string =>
    existsSync(join(home, name)) ? readFileSync(join(home, name), 'utf8') : '';
  return {
    code: ran.status,
    stderr: ran.stderr,
    planned: read('planned').trimEnd().split('\n'),
    asked: read('asked')
      .trimEnd()
      .split('\n')
      .map((line) => line.replaceAll(home, '')),
    body: read('body'),
    summary: read('summary'),
  };
}

test('the first plan makes a comment, and the next one changes it', () => {
  const first = run(3, 'what would change\n', '');
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(first.planned).toEqual(['plan', '--file', 'patrol.yaml', '--markdown']);
  expect(first.asked.at(-1)).toMatch(/--method POST repos\/acme\/security\/issues\/7\/comments /);
  expect(first.body).toBe('<!-- patrol-plan patrol.yaml -->\nwhat would change\n');
  expect(first.summary).toBe('what would change\n');
  const next = run(0, 'nothing\n', '4711\n4712\n');
  expect(next.code).toBe(0);
  expect(next.asked).toHaveLength(2);
  expect(next.asked.at(-1)).toMatch(
    /--method PATCH repos\/acme\/security\/issues\/comments\/4711 /,
  );
});

test('what fails is said in the comment, and fails the run', () => {
  expect(run(1, 'refused\n', '')).toMatchObject({ code: 1, summary: 'refused\n' });
  const silent = run(2, '', '');
  expect(silent.code).toBe(2);
  expect(silent.body).toContain('The plan failed.');
  expect(run(5, 'confirm\n', '').code).toBe(0);
});

test('no name becomes a part of a command or of a comment', () => {
  const file = 'a b\'$(touch x)" --> @acme.yaml';
  const { code, planned, body } = run(0, 'p\n', '', { PATROL_FILE: file });
  expect(code).toBe(0);
  expect(planned[2]).toBe(file);
  expect(body.split('\n')[0]).toBe('<!-- patrol-plan a_b___touch_x________acme.yaml -->');
  const action = readFileSync(join(folder, 'action.yml'), 'utf8');
  expect(action.match(/^ +run: .*$/gm)).toEqual([`      run: bash "$GITHUB_ACTION_PATH/plan.sh"`]);
});

test('outside of a pull request, there is no comment', () => {
  const { code, asked, summary } = run(3, 'p\n', '', { PATROL_PULL_REQUEST: '' });
  expect([code, asked, summary]).toEqual([0, [''], 'p\n']);
});

test('the script is fit to be run', () => {
  execFileSync('bash', ['-n', join(folder, 'plan.sh')]);
});

test('the documented workflow gives each job what it needs, and uses what there is', () => {
  const [, workflow = ''] = /```yaml\n(name: patrol\n[\s\S]*?)```/.exec(page) ?? [];
  const [before = '', after = ''] = workflow.split('  apply:\n');
  expect(workflow).toContain('\npermissions: {}\n');
  expect(before).toContain("if: github.event_name == 'pull_request' && ");
  expect(before).toContain('role/PatrolPlan');
  expect(after).toContain("if: github.event_name == 'push'");
  expect(after).toContain('role/PatrolDeploy');
  expect(after).not.toContain('pull-requests');
  for (const [, path = ''] of workflow.matchAll(/patrol-rules\/patrol\/([\w/-]+)@/g)) {
    expect(existsSync(join(root, path, 'action.yml')), path).toBe(true);
  }
  for (const [, name = ''] of page.matchAll(/--policy (\w+)/g)) expect(policyNames).toContain(name);
});
