/** A fleet for an organisation, with the real command on moto: every rule that goes there, in every account of a unit. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { type Matchers, names } from '@patrol/core';
import { parseParameter } from '@patrol/core/evaluation';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { connect } from '../packages/deployer/src/cloud/aws/connection.ts';
import { look } from '../packages/patrol-rules-aws/lib/health/aws.ts';
import { findings } from '../packages/patrol-rules-aws/lib/health/check.ts';
import { manager, type Organization, startOrganization } from './support/organization.ts';
import { builtRules, originals, type Rules } from './support/rules.ts';
import { type Ran, run } from './support/tools.ts';

const folder = mkdtempSync(join(tmpdir(), 'patrol-organization-'));
const file = join(folder, 'patrol.yaml');
let organization: Organization;

beforeAll(async () => {
  organization = await startOrganization();
  // For what is looked at past the command.
  for (const [name, value] of Object.entries(manager(organization))) vi.stubEnv(name, value);
  write(rules);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await organization.stop();
  rmSync(folder, { recursive: true });
});

// Each is four stacks here, and fleet.test.ts deploys all of them.
const rules = Object.fromEntries(
  Object.entries(builtRules('aws')).filter(([name]) => originals.includes(name)),
);
const count = Object.keys(rules).length;
/** With that of the queues that the rules of an account share. */
const setCount = count + 1;

/** JSON is YAML. The id of the organisation is left to be asked for. */
const write = (wanted: Rules): void =>
  writeFileSync(
    file,
    JSON.stringify({
      version: 1,
      fleet: 'everywhere',
      regions: ['us-east-1', 'eu-west-1'],
      alerts: { email: 'security@example.com' },
      organization: { organizationalUnits: [organization.unit] },
      rules: wanted,
    }),
  );

const fleet = (command: 'plan' | 'apply', ...args: readonly string[]): Promise<Ran> =>
  run('patrol-deploy', [command, '--file', file, ...args], { env: manager(organization) });

interface Plan {
  readonly code: number;
  readonly counts: unknown;
  readonly sets: {
    readonly counts: unknown;
    readonly stackSets: readonly Record<string, unknown>[];
  };
}
const planned = async (...args: readonly string[]): Promise<Plan> => {
  const { code, stdout, stderr } = await fleet('plan', '--json', ...args);
  expect(stderr).toBe('');
  const { counts, organization: sets } = JSON.parse(stdout);
  return { code, counts, sets };
};

/** The functions of an account. */
async function functionsOf(account: string, region: string): Promise<readonly string[]> {
  const role = { account, name: 'OrganizationAccountAccessRole' };
  const client = new LambdaClient(await connect({ region, role }, process.env));
  const { Functions = [] } = await client.send(new ListFunctionsCommand({}));
  return Functions.map(({ FunctionName = '' }) => FunctionName);
}

test('the plan has a stack set for every rule, and the base stacks of the managing account', async () => {
  expect(await planned()).toMatchObject({
    code: 3,
    counts: { create: 2, keep: 0 },
    sets: { organization: organization.id, counts: { create: setCount, refuse: 0 } },
  });
});

test('every account gets the functions of every rule', async () => {
  const ran = await fleet('apply', '--yes');
  expect(ran, ran.stdout.slice(-4000) + ran.stderr).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`2 stacks and ${setCount} stack sets changed.`),
  });
  const { sets } = await planned();
  for (const account of organization.accounts) {
    for (const region of ['us-east-1', 'eu-west-1']) {
      const wanted = sets.stackSets.filter(
        ({ name, regions }) => name !== 'base/everywhere' && (regions as string[]).includes(region),
      );
      expect(await functionsOf(account, region)).toHaveLength(wanted.length);
    }
  }
});

test('patrolHealth finds the stack sets as they were announced where they are managed', async () => {
  vi.stubEnv('AWS_REGION', 'us-east-1');
  const nobody = parseParameter(names('Nobody.', { default: '' }), '') as Matchers;
  const parameters = { expectedRules: nobody, ignoredResources: nobody, deployers: nobody };
  const found = findings(await look(), parameters, 'us-east-1');
  expect(found.map(({ title, severity }) => `${severity} ${title}`)).toContainEqual(
    expect.stringMatching(
      `^low Deployment of 1 stack and ${setCount} stack sets .*ended as announced$`,
    ),
  );
});

test('then there is nothing to do', async () => {
  expect(await planned()).toMatchObject({
    code: 0,
    counts: { keep: 2 },
    sets: { counts: { keep: setCount } },
  });
  expect(await fleet('apply', '--yes')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Nothing changed'),
  });
});

test('one changed parameter changes one stack set', async () => {
  write({ ...rules, 'aws/cloudTrail': { parameters: { disallowedActions: 'StopLogging' } } });
  expect(await planned()).toMatchObject({ code: 3, sets: { counts: { update: 1 } } });
  const ran = await fleet('apply', '--yes');
  expect(ran, ran.stdout.slice(-4000) + ran.stderr).toMatchObject({ code: 0 });
  expect((await planned()).code).toBe(0);
});

test('what the file no longer has goes with --prune, in every account', async () => {
  write({ 'aws/cloudTrail': { parameters: { disallowedActions: 'StopLogging' } } });
  expect(await planned('--prune')).toMatchObject({
    code: 3,
    // Nothing watches the other rule any more: it has queues of its own again.
    sets: { counts: { delete: count, update: 1 } },
  });
  const ran = await fleet('apply', '--prune', '--yes');
  expect(ran, ran.stdout.slice(-4000) + ran.stderr).toMatchObject({ code: 0 });
  for (const account of organization.accounts) {
    expect(await functionsOf(account, 'us-east-1')).toHaveLength(1);
  }
  expect((await planned()).code).toBe(0);
});
