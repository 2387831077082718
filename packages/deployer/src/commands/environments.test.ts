/** One `patrol.yaml` for several environments. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inEnvironment } from '../file/environments.ts';
import { readFleet } from '../file/file.ts';
import { FakeWorld } from '../testing/world.ts';

const source = `version: 1
fleet: security
regions: [eu-west-1]
alerts: { email: security@example.com, shared: true }
tags: { team: security, tier: gold }
rules:
  demo/watch: { parameters: { actions: StopLogging, mode: loud } }
environments:
  production: {}
  staging:
    alerts: { email: staging@example.com }
    tags: { tier: none }
    rules:
      demo/watch: { parameters: { mode: quiet } }
`;

function worldWith(text = source): FakeWorld {
  const world = new FakeWorld();
  writeFileSync(join(world.folder, 'patrol.yaml'), text);
  return world;
}

function chosen(text: string, environment?: string) {
  const read = readFleet(text);
  if (!('file' in read)) throw new Error(JSON.stringify(read.problems));
  return inEnvironment(read.file, environment, 'patrol.yaml');
}

describe('an environment', () => {
  test('shares the rules of the file, and has what it overrides', async () => {
    using world = worldWith();
    expect((await world.run('apply', '--env', 'staging', '--yes')).code).toBe(0);
    expect(world.cloud.stacks.find('patrol-demo-watch-staging')).toMatchObject({
      parameters: { actions: 'StopLogging', mode: 'quiet', AlertEmail: 'staging@example.com' },
      tags: { team: 'security', tier: 'none', 'patrol:environment': 'staging' },
    });
    expect((await world.run('apply', '--yes')).code).toBe(0);
    expect(world.cloud.stacks.find('patrol-demo-watch-production')).toMatchObject({
      parameters: { actions: 'StopLogging', mode: 'loud' },
      tags: { tier: 'gold', 'patrol:environment': 'production' },
    });
    // Neither is left over from the other.
    const pruned = await world.run('apply', '--env', 'staging', '--prune', '--yes');
    expect(pruned).toMatchObject({ code: 0 });
    expect(world.cloud.stacks.find('patrol-demo-watch-production')).toBeDefined();
  });

  test('turns on a rule that the file has turned off, with its settings', () => {
    const off = source
      .replace('{ parameters: { actions', '{ enabled: false, parameters: { actions')
      .replace('production: {}', 'production: { rules: { demo/watch: true } }');
    expect(chosen(off, 'production').fleet.rules['demo/watch']).toEqual({
      enabled: true,
      parameters: { actions: 'StopLogging', mode: 'loud' },
    });
    expect(chosen(off, 'staging').fleet.rules['demo/watch']).toMatchObject({ enabled: false });
  });

  test('is repeated by the command that makes the changes of a plan', async () => {
    using world = worldWith();
    expect((await world.run('plan', '--env', 'staging')).stdout).toContain(
      '`patrol-deploy apply --env staging`',
    );
    expect((await world.run('plan')).stdout).toContain('`patrol-deploy apply`');
  });

  test('gives a rule that is deployed by itself its settings, with --from', async () => {
    using world = worldWith();
    await world.run(
      'demo/watch',
      '--from',
      'patrol.yaml',
      '--env',
      'staging',
      '--alert-email',
      'a@b.cc',
      '--yes',
    );
    expect(world.cloud.stacks.find('patrol-demo-watch-staging')?.parameters).toMatchObject({
      mode: 'quiet',
    });
  });

  test.each([
    [
      source,
      'stagng',
      'has no environment stagng; it has production and staging. Did you mean --env staging?',
    ],
    [
      source.replace('production: {}', 'live: {}'),
      undefined,
      'has no environment production; it has live and staging. Choose one with --env.',
    ],
    [
      source.replace(/environments:[^]*/, ''),
      'staging',
      'The environment of patrol.yaml is production, and it has no others.',
    ],
  ])('that is not there is refused (%#)', async (text, environment, words) => {
    using world = worldWith(text);
    const run = await world.run(
      'plan',
      ...(environment === undefined ? [] : ['--env', environment]),
    );
    expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining(words) });
    expect(world.cloud.calls).toEqual([]);
  });

  test('has the environment of the file when none is chosen', () => {
    expect(chosen(`${source}environment: staging\n`).fleet.environment).toBe('staging');
  });

  test('overrides lines field by field, turns rules off, and has lines after those of the file', () => {
    const text = source.replace(
      'demo/watch: { parameters: { mode: quiet } }\n',
      `demo/watch: { regions: [us-east-1] }
      demo/*: { enabled: false }
      demo/other: false
`,
    );
    const { rules } = chosen(text, 'staging').fleet;
    expect(Object.entries(rules)).toEqual([
      [
        'demo/watch',
        { regions: ['us-east-1'], parameters: { actions: 'StopLogging', mode: 'loud' } },
      ],
      ['demo/*', { enabled: false }],
      ['demo/other', false],
    ]);
  });

  test('of an organisation takes the place of accounts', () => {
    const text = source
      .replace('regions:', 'accounts: [{ id: "111122223333" }]\nregions:')
      .replace('tags: { tier: none }', 'organization: { organizationalUnits: [r-ab12] }');
    expect(chosen(text, 'staging').fleet).not.toHaveProperty('accounts');
    expect(chosen(text).fleet.accounts).toHaveLength(1);
  });

  test('says where in the file a value is that it overrides, and one that it does not', async () => {
    const wrong = source
      .replace('mode: quiet', 'mode: shrill')
      .replace('actions: StopLogging', 'actions: []');
    using world = worldWith(wrong);
    const { stderr } = await world.run('plan', '--env', 'staging');
    expect(stderr).toContain('patrol.yaml:14:35: rules.demo/watch.parameters.mode');
    expect(stderr).toContain('patrol.yaml:7:31: rules.demo/watch.parameters.actions');
  });
});
