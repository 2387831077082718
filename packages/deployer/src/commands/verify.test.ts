import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CloudError } from '../cloud/cloud.ts';
import {
  type FakeRuleOptions,
  FakeWorld,
  installRule,
  stopLogging,
  webhookRule,
} from '../testing/world.ts';

const stack = 'patrol-demo-watch-production';
const rule = `${stack}-EventRule`;
const functionName = `${stack}-Function`;
const email = 'a@example.com';

const answers =
  (answer: unknown, log: unknown = '', failure?: string) =>
  () => ({
    payload: JSON.stringify(answer),
    log: JSON.stringify(log),
    ...(failure === undefined ? {} : { failure }),
  });

/** A world with the rule deployed, and everything in order. */
async function deployed(options: FakeRuleOptions = {}): Promise<FakeWorld> {
  const world = new FakeWorld({ sample: stopLogging, ...options });
  const own = options.parameters ? [] : ['--param', 'actions=X'];
  expect(await world.run('demo/watch', '--yes', '--alert-email', email, ...own)).toMatchObject({
    code: 0,
  });
  world.cloud.confirmed.add(email);
  world.functions.answer = answers({ alerts: 0, found: 1 });
  return world;
}

/** A fleet with a notifier, and everything in order. */
async function fleet(): Promise<FakeWorld> {
  const world = new FakeWorld({ sample: stopLogging });
  writeFileSync(
    join(world.folder, 'patrol.yaml'),
    `version: 1
fleet: security
regions: [eu-west-1]
alerts: { email: ${email}, shared: true }
rules: { demo/watch: { parameters: { actions: StopLogging } } }
`,
  );
  expect(await world.run('apply', '--yes')).toMatchObject({ code: 0 });
  world.cloud.confirmed.add(email);
  world.functions.answer = answers({ alerts: 0, found: 1 });
  world.cloud.topics.set(machines, [subscribed]);
  return world;
}
const base = 'patrol-base-security-production';
const machines = `arn:aws:sns:eu-west-1:111122223333:${base}-machines`;
const people = `arn:aws:sns:eu-west-1:111122223333:${base}-alerts`;
const subscribed = {
  protocol: 'lambda',
  endpoint: `arn:aws:lambda:eu-west-1:111122223333:function:${base}-Notifier`,
  confirmed: true,
};

interface Hop {
  readonly check: string;
  readonly status: string;
  readonly says: string;
  readonly todo?: string;
  readonly resource: string;
}

const missingTopic = ({ faults }: FakeWorld['cloud']): unknown =>
  faults.push({
    call: 'subscriptions',
    error: new CloudError('missing', 'sns:ListSubscriptionsByTopic', 'gone'),
  });

/** The exit code, and the hops that are not in order. */
async function found(world: FakeWorld, ...argv: readonly string[]) {
  const given = argv.length > 0 ? argv : ['demo/watch'];
  const { code, notes } = await world.run('verify', ...given, '--json');
  const rules = notes[0]?.['rules'] as readonly { readonly hops: readonly Hop[] }[];
  const hops = rules.flatMap((each) => each.hops);
  return { code, hops, bad: hops.filter(({ status }) => status !== 'ok') };
}

describe('a rule with a topic of its own', () => {
  test('has nothing silent, and every hop is named', async () => {
    using world = await deployed();
    const { code, hops, bad } = await found(world);
    expect([code, bad]).toEqual([0, []]);
    expect(hops.map(({ check }) => check)).toEqual([
      'stack',
      'trigger',
      'pattern',
      'target',
      'permission',
      'pattern',
      'function',
      'topic',
      'subscription',
    ]);
    expect(world.functions.invoked).toEqual([
      { name: functionName, event: { ...stopLogging, patrolCanary: true } },
    ]);
    const { stdout } = await world.run('verify', 'demo/watch');
    expect(stdout).toContain('demo/watch in eu-west-1 (account 111122223333)\n');
    expect(stdout).toContain("EventBridge matches the rule's sample with the deployed pattern");
    expect(stdout).toContain('Found no problems.');
  });

  const silences: readonly (readonly [
    what: string,
    silence: (world: FakeWorld) => unknown,
    checks: readonly string[],
    says: string,
    todo: string,
  ])[] = [
    [
      'a disabled rule',
      ({ wiring }) => wiring.changed.set(rule, { state: 'DISABLED' }),
      ['trigger'],
      `${rule} is DISABLED, not ENABLED`,
      `aws events put-rule --name ${rule} --state ENABLED --event-pattern '{"source":["aws.x"]`,
    ],
    [
      'a removed rule',
      ({ wiring }) => wiring.changed.set(rule, undefined),
      ['trigger'],
      `${rule} does not exist`,
      '`patrol-deploy delete demo/watch --region eu-west-1`. Then deploy it again: `patrol-deploy demo/watch --region eu-west-1`.',
    ],
    [
      'a changed pattern that does not match the sample',
      ({ wiring }) => wiring.changed.set(rule, { pattern: '{"source":["aws.other"]}' }),
      ['pattern', 'pattern'],
      'is not that of the deployed template',
      'put-rule',
    ],
    [
      'a narrowed pattern that still matches the sample',
      ({ wiring }) =>
        wiring.changed.set(rule, { pattern: '{"detail":{"eventName":["StopLogging"]}}' }),
      ['pattern'],
      'is not that of the deployed template',
      'put-rule',
    ],
    [
      'another target',
      ({ wiring }) => wiring.changed.set(rule, { targets: ['arn:aws:sqs:x'] }),
      ['target'],
      `does not deliver to arn:aws:lambda:eu-west-1:111122223333:function:${functionName}`,
      'deploy it again',
    ],
    [
      'a removed permission',
      ({ wiring }) => wiring.policies.set(functionName, undefined),
      ['permission'],
      'events.amazonaws.com may not invoke the function',
      `aws lambda add-permission --function-name ${functionName}`,
    ],
    [
      'a permission for another rule',
      ({ wiring }) =>
        wiring.policies.set(functionName, [allow('events.amazonaws.com', `${rule}2`)]),
      ['permission'],
      'may not invoke',
      'add-permission',
    ],
    [
      'a permission that something denies',
      ({ wiring }) =>
        wiring.policies.set(functionName, [
          allow('events.amazonaws.com', rule),
          { ...allow('events.amazonaws.com', rule), Effect: 'Deny' },
        ]),
      ['permission'],
      'may not invoke',
      'add-permission',
    ],
    [
      'a function that fails',
      ({ functions }) => {
        functions.answer = answers(
          { errorType: 'Error', errorMessage: 'It broke.' },
          '',
          'Unhandled',
        );
      },
      ['function'],
      'It broke.',
      '`patrol-deploy logs demo/watch --region eu-west-1`',
    ],
    [
      'a function that logs an error',
      ({ functions }) => {
        const line = { level: 'ERROR', message: 'It is not well.' };
        functions.answer = answers({ alerts: 1, found: 1 }, line);
      },
      ['function'],
      'It is not well.',
      'patrol-deploy logs',
    ],
    [
      'a function that is throttled',
      ({ functions }) => {
        functions.answer = () => {
          throw new CloudError('throttled', 'lambda:InvokeFunction', 'Concurrency is 0.');
        };
      },
      ['function'],
      'Concurrency is 0.',
      'patrol-deploy logs',
    ],
    [
      'a subscription that nobody confirmed',
      ({ cloud }) => cloud.confirmed.clear(),
      ['subscription'],
      'nobody receives what is sent there',
      `${email}: open the link`,
    ],
    [
      'a topic that is gone',
      ({ cloud }) => missingTopic(cloud),
      ['topic'],
      'does not exist',
      'deploy it again',
    ],
    [
      'a stack that is stuck',
      ({ cloud }) => Object.assign(cloud.stacks.find(stack) ?? {}, { status: 'ROLLBACK_FAILED' }),
      ['stack'],
      `${stack} is in state ROLLBACK_FAILED`,
      'patrol-deploy diagnose demo/watch',
    ],
  ];

  test.each(silences)('names %s', async (_, silence, checks, says, todo) => {
    using world = await deployed();
    silence(world);
    const { code, bad } = await found(world);
    expect(code).toBe(1);
    expect(bad.map(({ check }) => check)).toEqual(checks);
    expect(bad[0]).toMatchObject({
      status: 'problem',
      says: expect.stringContaining(says),
      todo: expect.stringContaining(todo),
    });
  });

  test('says how the pattern is deployed again', async () => {
    using world = await deployed();
    world.wiring.changed.set(rule, { pattern: '{"source":["aws.other"]}' });
    const { bad } = await found(world);
    expect(bad[1]?.todo).toContain('`patrol-deploy demo/watch --region eu-west-1`');
  });

  test('names a topic of the operator that is gone', async () => {
    using world = new FakeWorld({ sample: stopLogging });
    const own = 'arn:aws:sns:eu-west-1:111122223333:ours';
    world.cloud.topics.set(own, [{ protocol: 'email', endpoint: email, confirmed: true }]);
    const to = ['--alert-topic-arn', own, '--param', 'actions=X'];
    expect(await world.run('demo/watch', '--yes', ...to)).toMatchObject({ code: 0 });
    world.functions.answer = answers({ alerts: 0, found: 1 });
    missingTopic(world.cloud);
    expect(await found(world)).toMatchObject({
      code: 1,
      bad: [{ check: 'topic', todo: expect.stringContaining('Create it again') }],
    });
  });

  test('names a stack that is not there', async () => {
    using world = await deployed();
    await world.run('delete', 'demo/watch', '--yes');
    const { code, bad } = await found(world);
    expect(code).toBe(1);
    expect(bad).toMatchObject([{ check: 'stack', todo: expect.stringContaining('demo/watch') }]);
  });

  test.each<[what: string, make: (world: FakeWorld) => unknown, says: string]>([
    [
      'the function may not be run',
      ({ functions }) => {
        functions.answer = () => {
          throw new CloudError('denied', 'lambda:InvokeFunction', 'no');
        };
      },
      'lambda:InvokeFunction failed',
    ],
    [
      'the sample is nothing to tell with the parameters of the stack',
      ({ functions }) => {
        functions.answer = answers({ alerts: 0, found: 0 });
      },
      'The parameters of the stack decide',
    ],
    [
      'the stack has other code than is installed, and does not run it',
      (world) => installRule(world.folder, { sample: stopLogging, code: 'zip 2' }),
      '`patrol-deploy demo/watch --region eu-west-1`',
    ],
  ])('says that nobody knows where %s', async (_, make, says) => {
    using world = await deployed();
    make(world);
    const { code, bad } = await found(world);
    expect([code, bad]).toMatchObject([
      0,
      [{ check: 'function', status: 'warning', todo: expect.stringContaining(says) }],
    ]);
    const isOther = says.includes('demo/watch --region');
    expect(world.functions.invoked).toHaveLength(isOther ? 0 : 1);
  });

  test('says that the sample cannot be used', async () => {
    using world = await deployed({ sample: {} });
    const { code, bad } = await found(world);
    expect([code, bad]).toMatchObject([0, [{ check: 'pattern', status: 'warning' }]]);
  });

  test('says what AWS does not tell, and takes it for no silence', async () => {
    using world = await deployed();
    const error = new CloudError('denied', 'cloudformation:GetTemplate', 'no');
    world.cloud.faults.push({ call: 'template', error });
    const { code, bad } = await found(world);
    expect([code, bad.map(({ check, status }) => [check, status])]).toEqual([
      0,
      [['trigger', 'warning']],
    ]);
  });
});

const allow = (Service: string, name: string) => ({
  Effect: 'Allow',
  Principal: { Service },
  Action: 'lambda:InvokeFunction',
  Condition: { ArnLike: { 'AWS:SourceArn': `arn:aws:events:eu-west-1:111122223333:rule/${name}` } },
});

test('a schedule has to be as deployed', async () => {
  using world = await deployed({
    triggers: [{ kind: 'schedule', expression: 'rate(1 day)', everySeconds: 86_400 }],
  });
  expect((await found(world)).bad).toEqual([]);
  world.wiring.changed.set(`${stack}-Schedule`, { schedule: 'rate(7 days)' });
  const { bad } = await found(world);
  expect(bad).toMatchObject([
    { check: 'pattern', todo: expect.stringContaining("--schedule-expression 'rate(1 day)'") },
  ]);
});

test('API Gateway has to be allowed to invoke the function of a webhook', async () => {
  using world = await deployed({
    ...webhookRule,
    resources: { Webhook: { Type: 'AWS::ApiGatewayV2::Api' } },
  });
  const pinged = { check: 'function', status: 'warning', todo: expect.stringContaining('hook') };
  expect((await found(world)).bad).toMatchObject([pinged]);
  world.wiring.policies.set(functionName, [allow('events.amazonaws.com', rule)]);
  expect((await found(world)).bad).toMatchObject([
    { check: 'permission', says: expect.stringContaining('apigateway.amazonaws.com may not') },
    pinged,
  ]);
  expect(world.functions.invoked).toEqual([]);
});

describe('a rule whose alerts go through a notifier', () => {
  test('has nothing silent up to the people', async () => {
    using world = await fleet();
    world.functions.answer = answers({ alerts: 1, found: 1 });
    const { code, hops, bad } = await found(world, '--file', 'patrol.yaml');
    expect(hops.find(({ check }) => check === 'function')?.says).toContain('sent a canary');
    expect([code, bad]).toEqual([0, []]);
    const tick = `${base}-NotifierTick`;
    expect(hops.map(({ resource }) => resource)).toEqual(
      expect.arrayContaining([rule, machines, tick, people]),
    );
  });

  test.each<
    [
      what: string,
      silence: (world: FakeWorld) => unknown,
      check: string,
      says: string,
      todo: string,
    ]
  >([
    [
      'that the machines’ topic does not run the notifier',
      ({ cloud }) => cloud.topics.set(machines, [{ ...subscribed, endpoint: 'arn:other' }]),
      'subscription',
      `${machines} does not deliver to ${subscribed.endpoint}`,
      `change set for the stack ${base}`,
    ],
    [
      'that the clock of the notifier is switched off',
      ({ wiring }) => wiring.changed.set(`${base}-NotifierTick`, { state: 'DISABLED' }),
      'trigger',
      'NotifierTick is DISABLED',
      'aws events put-rule',
    ],
    [
      'that nobody among people is subscribed',
      ({ cloud }) => cloud.confirmed.clear(),
      'subscription',
      `no subscription to ${people} is confirmed`,
      `${email}: open the link`,
    ],
    [
      'that the rule of EventBridge is gone',
      ({ wiring }) => wiring.changed.set(rule, undefined),
      'trigger',
      `${rule} does not exist`,
      'Then deploy it again: `patrol-deploy apply`.',
    ],
    [
      'that the topic is gone',
      ({ cloud }) => missingTopic(cloud),
      'topic',
      `${machines} does not exist`,
      `change set for the stack ${base}, with the type "Drift-aware"`,
    ],
  ])('names %s', async (_, silence, check, says, todo) => {
    using world = await fleet();
    silence(world);
    const { code, bad } = await found(world, '--all');
    expect(code).toBe(1);
    expect(bad).toMatchObject([
      { check, says: expect.stringContaining(says), todo: expect.stringContaining(todo) },
    ]);
  });

  test('names a base stack that is gone', async () => {
    using world = await fleet();
    const found_ = world.cloud.stacks.find(base);
    Object.assign(found_ ?? {}, { status: 'DELETE_COMPLETE' });
    const { code, bad } = await found(world);
    expect(code).toBe(1);
    expect(bad[0]).toMatchObject({
      says: `there is no notifier behind ${machines}, so people are told nothing`,
      todo: expect.stringContaining('`patrol-deploy apply` makes it'),
    });
  });
});

describe('a rule with its own notifier', () => {
  const own = `arn:aws:sns:eu-west-1:111122223333:${stack}-MachinesTopic-1A2B3C4D5E6F`;
  const notifier = `${stack}-Notifier`;
  const ofPeople = `arn:aws:sns:eu-west-1:111122223333:${stack}-AlertTopic`;
  const rule: FakeRuleOptions = {
    outputs: {
      AlertTopicArn: ofPeople,
      MachinesTopicArn: own,
      NotifierFunctionName: notifier,
    },
    resources: {
      NotifierTick: {
        Type: 'AWS::Events::Rule',
        Properties: {
          ScheduleExpression: 'rate(1 minute)',
          Targets: [{ Id: 'Notifier', Arn: { 'Fn::GetAtt': ['Notifier', 'Arn'] } }],
        },
      },
    },
  };
  const delivers = {
    ...subscribed,
    endpoint: `arn:aws:lambda:eu-west-1:111122223333:function:${notifier}`,
  };

  test('is followed through the notifier of its stack to people', async () => {
    using world = await deployed(rule);
    world.cloud.topics.set(own, [delivers]);
    const { hops } = await found(world);
    const resources = hops.map(({ resource }) => resource);
    expect(resources).toEqual(expect.arrayContaining([own, `${stack}-NotifierTick`, ofPeople]));
    // The clock of the notifier does not run the rule.
    expect(resources.filter((each) => each === `${stack}-NotifierTick`).length).toBe(
      resources.filter((each) => each === `${stack}-EventRule`).length,
    );
  });

  test('names that its topic for machines does not run the notifier', async () => {
    using world = await deployed(rule);
    world.cloud.topics.set(own, [{ ...delivers, endpoint: 'arn:other' }]);
    const { code, bad } = await found(world);
    expect(code).toBe(1);
    expect(bad.map(({ says }) => says)).toContainEqual(
      expect.stringContaining(`${own} does not deliver to ${delivers.endpoint}`),
    );
  });
});

test.each([[[]], [['demo/watch', '--all']], [['--all', '--file', 'patrol.yaml']]])(
  'refuses %j',
  async (argv) => {
    using world = await deployed();
    const { code, stderr } = await world.run('verify', ...argv);
    expect([code, stderr]).toEqual([2, expect.stringContaining('expects one of three')]);
  },
);
