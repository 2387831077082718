/**
 * What a new version of Patrol promises to whoever has an old one deployed. A fleet, a single rule and an organisation are
 * deployed with the packages of an old commit, and upgraded with the command of this working tree:
 *
 * - No topic, subscription, queue, webhook endpoint, secret or memory table is replaced or deleted: each has the logical id
 *   and the physical id that it had before.
 * - No message is lost: what was in a queue is still there.
 * - Nobody has to confirm a subscription again, and the topic that they confirmed gets the alerts of the new version.
 * - GitHub's webhook goes on working: the old address takes deliveries that are signed with the old secret.
 * - A finding that the old version told is not told again.
 * - The old patrol.yaml and the old options are enough, and there is nothing to do afterwards.
 *
 * Only the two commands and AWS are asked, so that it holds whatever is rebuilt inside. Where a change breaks one of these on
 * purpose, it says in its changeset what operators lose.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { ConfirmSubscriptionCommand, SNSClient } from '@aws-sdk/client-sns';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createSecret,
  operator,
  patrolDeploy,
  putEvent,
  runScheduled,
  secretValue,
  settings,
  stackOutput,
  subscribe,
  type Subscriber,
  webhookAddress,
} from './support/cloud.ts';
import { gitHub, type GitHubStandIn } from './support/github.ts';
import {
  emptiedQueues,
  fillQueues,
  type Lasting,
  lastingOf,
  lastingTypes,
  lost,
  type Region,
  subscriptionsIn,
} from './support/lasting.ts';
import { manager, type Organization, startOrganization } from './support/organization.ts';
import { builtAt, pathOf } from './support/release.ts';
import { type Ran, root, run } from './support/tools.ts';
import { deliver } from './support/webhooks.ts';

/** The last commit before packages, contracts and the deployer were rebuilt. */
const commit = '3400f91b052bc7faa3948b9fd317cc1cb56c7948';
let old = '';
beforeAll(async () => {
  old = await builtAt(commit);
});

const folder = mkdtempSync(join(tmpdir(), 'patrol-upgrade-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes a patrol.yaml; JSON is YAML. */
function fileOf(name: string, content: object): string {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify(content));
  return file;
}

/** Runs a command that must succeed. */
async function succeeds(running: Promise<Ran>): Promise<string> {
  const ran = await running;
  expect(ran, ran.stdout.slice(-4000) + ran.stderr).toMatchObject({ code: 0 });
  return ran.stdout;
}

/** What there is of each type, so that a comparison of nothing with nothing is noticed. */
const typesOf = (lasting: readonly Lasting[]): readonly string[] =>
  [...new Set(lasting.map(({ type }) => type))].toSorted();

const sampleOf = <T>(rule: string): T => {
  const [name, itself] = rule.split('/');
  const file = join(root, `packages/patrol-rules-${name}/rules/${itself}/sample.json`);
  return JSON.parse(readFileSync(file, 'utf8'));
};

describe('a fleet with a shared base stack, and a single rule', () => {
  const email = 'security@example.com';
  const stacks = /^patrol-.*-upgrade$/;
  const single = 'patrol-aws-rootLogin-upgrade';
  const webhook = 'patrol-github-madePublic-upgrade';
  const scheduled = 'patrol-github-mfaDisabled-upgrade';
  const base = 'patrol-base-upgrade-upgrade';
  const oldPatrolDeploy = (...args: readonly string[]): Promise<Ran> =>
    run('patrol-deploy', args, { cwd: old, env: { ...operator(), PATH: pathOf(old) } });

  let file = '';
  let rules: Readonly<Record<string, unknown>> = {};
  let gitHubStandIn: GitHubStandIn;
  let subscriber: Subscriber;
  let ownSubscriber: Subscriber;
  let address = '';
  let secret = '';
  let before: readonly Lasting[] = [];
  let subscriptions: readonly string[] = [];

  beforeAll(async () => {
    gitHubStandIn = await gitHub();
    rules = {
      'aws/cloudTrail': true,
      'aws/assumeRole': { parameters: { disallowedRoles: ['Administrator'] } },
      'aws/patrolHealth': true,
      'aws/serviceLimits': true,
      'github/madePublic': true,
      'github/mfaDisabled': {
        parameters: {
          githubOrganization: 'acme',
          githubToken: await createSecret('patrol/upgrade', 'ghp_example'),
          githubApiUrl: gitHubStandIn.url,
        },
      },
    };
    file = fileOf('fleet.yaml', {
      version: 1,
      fleet: 'upgrade',
      environment: 'upgrade',
      regions: ['us-east-1'],
      alerts: { email, shared: true },
      artifacts: { shared: true },
      rules,
    });
  });
  afterAll(() => gitHubStandIn.close());

  /** GitHub makes a repository public, and its delivery goes to the address that GitHub knows since before the upgrade. */
  const makePublic = async (id: number): Promise<void> => {
    const { name, payload } = sampleOf<{ name: string; payload: { repository: object } }>(
      'github/madePublic',
    );
    const repository = { ...payload.repository, id, full_name: `acme/repository-${id}` };
    const body = JSON.stringify({ ...payload, repository });
    expect((await deliver(address, secret, { name, body })).status).toBe(200);
    expect((await subscriber.next()).Subject).toContain('made public');
  };

  test('are deployed with the old packages, and used', async () => {
    await succeeds(oldPatrolDeploy('apply', '--file', file, '--yes'));
    const options = ['--env', 'upgrade', '--alert-email', email, '--yes'];
    await succeeds(oldPatrolDeploy('aws/rootLogin', ...options));

    const shared = await stackOutput(base, 'AlertTopicArn');
    const own = await stackOutput(single, 'AlertTopicArn');
    for (const TopicArn of [shared, own]) {
      const confirmed = new ConfirmSubscriptionCommand({ TopicArn, Token: email });
      await new SNSClient(settings()).send(confirmed);
    }
    subscriber = await subscribe(shared, 'alerts-upgrade');
    ownSubscriber = await subscribe(own, 'alerts-upgrade-single');

    address = webhookAddress(await stackOutput(webhook, 'WebhookUrl'));
    secret = await secretValue(await stackOutput(webhook, 'WebhookSecretArn'));
    await makePublic(1);
    await runScheduled(scheduled, 0);
    for (const _ of ['Mallory', 'bob', 'Build-Bot']) {
      expect((await subscriber.next()).Subject).toContain('has no second factor');
    }

    before = await lastingOf(settings(), stacks);
    expect(typesOf(before)).toEqual(lastingTypes);
    await fillQueues(settings(), before);
    subscriptions = await subscriptionsIn(settings());
    expect(subscriptions.join('\n')).not.toContain('PendingConfirmation');
  });

  test('are upgraded with the same file and without options', async () => {
    const planned = await patrolDeploy('plan', '--file', file, '--prune', '--json');
    expect(JSON.parse(planned.stdout)).toMatchObject({
      counts: { create: 0, recreate: 0, delete: 0, refuse: 0 },
    });
    await succeeds(patrolDeploy('apply', '--file', file, '--prune', '--yes'));
    await succeeds(patrolDeploy('plan', '--file', file, '--prune'));
    await succeeds(patrolDeploy('aws/rootLogin', '--env', 'upgrade', '--yes'));
    await succeeds(patrolDeploy('diff', 'aws/rootLogin', '--env', 'upgrade'));
  });

  test('keep every topic, subscription, queue, endpoint, secret and table', async () => {
    expect(lost(before, await lastingOf(settings(), stacks))).toEqual([]);
    expect(await subscriptionsIn(settings())).toEqual(subscriptions);
    expect(await secretValue(await stackOutput(webhook, 'WebhookSecretArn'))).toBe(secret);
  });

  test('keep every message of their queues', async () => {
    expect(await emptiedQueues(settings(), before)).toEqual([]);
  });

  test('send alerts to whoever subscribed before', async () => {
    await putEvent(sampleOf('aws/cloudTrail'));
    expect((await subscriber.next()).Subject).toContain('CloudTrail: StopLogging');
    await putEvent(sampleOf('aws/rootLogin'));
    expect((await ownSubscriber.next()).Subject).toContain('Root user signed in');
  });

  test("take GitHub's deliveries at the old address, signed with the old secret", async () => {
    await makePublic(2);
  });

  test('do not tell again what was told before', async () => {
    const asked = gitHubStandIn.asked.length;
    await runScheduled(scheduled, 5);
    await subscriber.nothing();
    expect(gitHubStandIn.asked.length).toBeGreaterThan(asked);
  });

  test('are deleted with the new command', async () => {
    const remove = (name: string): Promise<string> =>
      succeeds(patrolDeploy('delete', name, '--env', 'upgrade', '--yes'));
    // The new command has turned it on, and --yes does not turn it off.
    const formation = new CloudFormation(settings());
    for (const StackName of [base, 'patrol-aws-patrolHealth-upgrade']) {
      const { Stacks: [stack] = [] } = await formation.describeStacks({ StackName });
      expect(stack?.EnableTerminationProtection).toBe(true);
      const EnableTerminationProtection = false;
      await formation.updateTerminationProtection({ StackName, EnableTerminationProtection });
    }
    await Promise.all([...Object.keys(rules), 'aws/rootLogin'].map(remove));
    await remove('base/upgrade');
    expect(await lastingOf(settings(), stacks)).toEqual([]);
  });
});

describe('an organisation', () => {
  const stacks = /patrol-/;
  let organization: Organization;
  let file = '';
  let places: readonly Region[] = [];
  let before: (readonly Lasting[])[] = [];
  let subscriptions: (readonly string[])[] = [];

  beforeAll(async () => {
    organization = await startOrganization();
    const regions = ['us-east-1', 'eu-west-1'];
    file = fileOf('organization.yaml', {
      version: 1,
      fleet: 'upgrade',
      regions,
      alerts: { email: 'security@example.com' },
      organization: { organizationalUnits: [organization.unit] },
      rules: {
        'aws/cloudTrail': true,
        'aws/patrolHealth': true,
        'aws/assumeRole': { parameters: { disallowedRoles: ['Administrator'] } },
      },
    });
    const owner = { accessKeyId: 'test', secretAccessKey: 'test' };
    const owners = [owner];
    for (const account of organization.accounts) owners.push(await keysIn(organization, account));
    const { endpoint } = organization;
    places = owners.flatMap((credentials) =>
      regions.map((region) => ({ region, endpoint, credentials })),
    );
  });
  afterAll(() => organization.stop());

  const oldPatrolDeploy = (...args: readonly string[]): Promise<Ran> =>
    run('patrol-deploy', args, {
      cwd: old,
      env: { ...manager(organization), PATH: pathOf(old) },
    });
  const newPatrolDeploy = (...args: readonly string[]): Promise<Ran> =>
    run('patrol-deploy', args, { env: manager(organization) });

  test('is deployed with the old packages', async () => {
    await succeeds(oldPatrolDeploy('apply', '--file', file, '--yes'));
    before = await Promise.all(places.map((place) => lastingOf(place, stacks)));
    subscriptions = await Promise.all(places.map(subscriptionsIn));
    const inManager = ['AWS::SNS::Subscription', 'AWS::SNS::Topic'];
    const inAccount = ['AWS::DynamoDB::Table', 'AWS::SQS::Queue'];
    expect(before.map(typesOf)).toEqual([
      ...Array.from({ length: 2 }, () => inManager),
      ...Array.from({ length: 4 }, () => inAccount),
    ]);
    for (const [index, place] of places.entries()) await fillQueues(place, before[index] ?? []);
  });

  test('is upgraded with the same file', async () => {
    const planned = await newPatrolDeploy('plan', '--file', file, '--prune', '--json');
    expect(JSON.parse(planned.stdout)).toMatchObject({
      counts: { create: 0, recreate: 0, delete: 0, refuse: 0 },
      // The base stacks of member accounts are new.
      organization: { counts: { create: 1, delete: 0, refuse: 0 } },
    });
    await succeeds(newPatrolDeploy('apply', '--file', file, '--prune', '--yes'));
    await succeeds(newPatrolDeploy('plan', '--file', file, '--prune'));
  });

  test('keeps every topic, subscription, queue and table in every account', async () => {
    for (const [index, place] of places.entries()) {
      expect(lost(before[index] ?? [], await lastingOf(place, stacks))).toEqual([]);
      expect(await subscriptionsIn(place)).toEqual(subscriptions[index]);
    }
  });

  test('keeps every message of their queues', async () => {
    for (const [index, place] of places.entries()) {
      expect(await emptiedQueues(place, before[index] ?? [])).toEqual([]);
    }
  });
});

/** The keys of an account of an organisation. */
async function keysIn({ endpoint }: Organization, account: string): Promise<Region['credentials']> {
  const sts = new STSClient({
    region: 'us-east-1',
    endpoint,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: `arn:aws:iam::${account}:role/OrganizationAccountAccessRole`,
      RoleSessionName: 'upgrade',
    }),
  );
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
  };
}
