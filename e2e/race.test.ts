/** Runs of the same command at once: none deletes or overwrites what another has made. */
import { describe, expect, test } from 'vitest';
import { patrolDeploy, stack } from './support/cloud.ts';

const name = 'patrol-aws-rootLogin-race';
const deploy = ['aws/rootLogin', '--env', 'race', '--alert-email', 'a@example.com', '--yes'];

describe('four first deployments of a rule at once', () => {
  test('make one stack, and delete nothing', async () => {
    const runs = await Promise.all(deployments(4));
    for (const { code, stdout, stderr } of runs) {
      expect([0, 1], stdout + stderr).toContain(code);
      expect(stdout).not.toContain('DELETE_IN_PROGRESS');
    }
    expect(runs.map(({ code }) => code)).toContain(0);
    expect((await stack(name))?.StackStatus).toMatch(/^(CREATE|UPDATE)_COMPLETE$/);
  });

  test('leave nothing to be done', async () => {
    const before = await stack(name);
    const ran = await patrolDeploy(...deploy);
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing changed') });
    expect((await stack(name))?.StackId).toBe(before?.StackId);
    await patrolDeploy('delete', 'aws/rootLogin', '--env', 'race', '--yes');
  });
});

const deployments = (count: number): readonly ReturnType<typeof patrolDeploy>[] =>
  Array.from({ length: count }, () => patrolDeploy(...deploy));
