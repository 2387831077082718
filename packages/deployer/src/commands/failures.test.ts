import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CloudError } from '../cloud/cloud.ts';
import { FakeWorld, stopLogging } from '../testing/world.ts';

const queue = 'https://sqs.eu-west-1.amazonaws.com/111122223333/failures';
const dead = 'https://sqs.eu-west-1.amazonaws.com/111122223333/dead';
const stack = 'patrol-demo-watch-production';
const functionName = `${stack}-Function`;
const functionArn = `arn:aws:lambda:eu-west-1:111122223333:function:${functionName}`;

/** What Lambda writes into a failure queue. */
const given = (event: unknown, arn = functionArn): unknown => ({
  version: '1.0',
  timestamp: '2026-01-01T00:00:00.000Z',
  requestContext: {
    requestId: 'r',
    functionArn: `${arn}:$LATEST`,
    condition: 'RetriesExhausted',
    approximateInvokeCount: 3,
  },
  requestPayload: event,
  responseContext: { statusCode: 200, functionError: 'Unhandled' },
  responsePayload: { errorType: 'EvaluationError', errorMessage: 'It cannot be read.' },
});

/** What EventBridge says beside an event that it could not deliver. */
const undelivered = {
  RULE_ARN: `arn:aws:events:eu-west-1:111122223333:rule/${stack}-EventRule`,
  TARGET_ARN: functionArn,
  ERROR_CODE: 'NO_PERMISSIONS',
  ERROR_MESSAGE: 'The function may not be invoked.',
};

/** A rule with both queues, each with an event. */
async function failed(): Promise<FakeWorld> {
  const world = new FakeWorld({
    sample: stopLogging,
    outputs: { FailureQueueUrl: queue, DeadLetterQueueUrl: dead },
  });
  const own = ['--alert-email', 'a@example.com', '--param', 'actions=X'];
  expect((await world.run('demo/watch', '--yes', ...own)).code).toBe(0);
  world.queues.add(queue, given(stopLogging));
  world.queues.add(dead, { ...stopLogging, id: 'e2' }, undelivered);
  return world;
}

/** The ids of all messages that anybody may read. */
const visible = ({ queues }: FakeWorld): readonly string[] =>
  [queue, dead].flatMap((url) => queues.ids(url, true));

describe('patrol-deploy failures', () => {
  test('shows each event with its rule and the reason, and gives it back', async () => {
    using world = await failed();
    const { code, stdout } = await world.run('failures');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /demo\/watch +2026-01-01T00:00Z +StopLogging +EvaluationError: It cannot be read\., RetriesExhausted/,
    );
    expect(stdout).toMatch(
      /demo\/watch .*StopLogging +NO_PERMISSIONS: The function may not be invoked\./,
    );
    expect(stdout).toContain('Then `patrol-deploy failures --retry` runs again what is listed.');
    expect(visible(world)).toEqual(['m1', 'm2']);
    expect(world.functions.enqueued).toEqual([]);
  });

  test('fits 80 columns', async () => {
    using world = await failed();
    world.answers = [];
    world.columns = 80;
    const { stdout } = await world.run('failures');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('says when it saw a part only', async () => {
    using world = await failed();
    world.cloud.queues.set(queue, 240);
    for (let count = 1; count < 240; count += 1) world.queues.add(queue, given(stopLogging));
    const { stdout } = await world.run('failures');
    expect(stdout).toContain('101 events in 2 queues:');
    expect(stdout).toContain('Only a part was read: 101 of about 241.');
    expect(visible(world)).toHaveLength(241);
  });

  test('--retry hands each event to its function, and deletes it then', async () => {
    using world = await failed();
    const { code, stdout } = await world.run('failures', 'demo/watch', '--retry', '--yes');
    expect(code).toBe(0);
    expect(world.functions.enqueued).toEqual([
      { name: functionName, event: stopLogging },
      { name: functionName, event: { ...stopLogging, id: 'e2' } },
    ]);
    expect(visible(world)).toEqual([]);
    expect(stdout).toContain('Lambda took 2 events.');
  });

  test('an event that Lambda refuses stays, and is told', async () => {
    using world = await failed();
    world.functions.refusals.push(
      new CloudError('denied', 'lambda:InvokeFunction', 'Not allowed.'),
    );
    const { code, stdout } = await world.run('failures', '--retry', '--yes');
    expect(code).toBe(1);
    expect(stdout).toContain('lambda:InvokeFunction failed: Not allowed.');
    expect(visible(world)).toEqual(['m1']);
  });

  test('a run that dies between the two calls loses nothing', async () => {
    using world = await failed();
    world.queues.faults.push({ call: 'remove', kill: true });
    expect((await world.run('failures', '--retry', '--yes')).code).toBe(1);
    expect(world.functions.enqueued).toHaveLength(1);
    expect(world.queues.ids(queue)).toEqual(['m1']);
    await world.cloud.sleep(301_000);
    world.queues.revive();
    expect(visible(world)).toEqual(['m1', 'm2']);
  });

  test.each([[false], [undefined]])(
    'after %s nothing is done, and all is given back',
    async (no) => {
      using world = await failed();
      for (const what of ['--retry', '--drop']) {
        world.answers = [no];
        await world.run('failures', what);
        expect(visible(world)).toEqual(['m1', 'm2']);
        expect(world.functions.enqueued).toEqual([]);
      }
      expect(world.asked.map(({ message }) => message)).toEqual([
        'Run 2 events again? The functions send alerts as if the events had just happened.',
        'Drop 2 events? This cannot be undone.',
      ]);
    },
  );

  test('what somebody else took while the question was open is left to them', async () => {
    using world = await failed();
    world.answers = [
      async () => {
        await world.cloud.sleep(301_000);
        await world.queues.receive(queue, 300);
      },
    ];
    const { code, stdout } = await world.run('failures', '--drop');
    expect(code).toBe(1);
    expect(stdout).toContain('Not done: it was reserved for five minutes');
    expect(world.queues.ids(queue)).toEqual(['m1']);
  });

  test('--drop deletes after a yes', async () => {
    using world = await failed();
    world.answers = [true];
    const { code, stdout } = await world.run('failures', '--drop');
    expect(code).toBe(0);
    expect(stdout).toContain('Dropped 2 events.');
    expect([...world.queues.ids(queue), ...world.queues.ids(dead)]).toEqual([]);
  });

  test('without a terminal nothing is read before --yes is given', async () => {
    using world = await failed();
    const { code, stderr } = await world.run('failures', '--drop');
    expect(code).toBe(2);
    expect(stderr).toContain('Add --yes');
    expect(world.queues.calls).toEqual([]);
    expect((await world.run('failures', '--drop', '--retry', '--yes')).code).toBe(2);
  });

  test('a function that is gone: the event stays', async () => {
    using world = await failed();
    world.queues.add(queue, given(stopLogging, functionArn.replace('demo-watch', 'gone-rule')));
    const { code, notes } = await world.run('failures', '--retry', '--yes', '--json');
    expect(code).toBe(1);
    const events = notes[0]?.['events'] as readonly Record<string, unknown>[];
    expect(events.map(({ did, error }) => [did, error])).toEqual([
      ['retried', undefined],
      ['kept', 'No stack of Patrol here has a function for it.'],
      ['retried', undefined],
    ]);
    expect(visible(world)).toEqual(['m3']);
  });

  test('a message of SNS is given to the function as SNS does it', async () => {
    using world = await failed();
    const notification = {
      Type: 'Notification',
      MessageId: 'n',
      TopicArn: `arn:aws:sns:eu-west-1:111122223333:${stack}-SourceTopic`,
      Message: '{"x":1}',
      Timestamp: '2026-01-01T00:00:00.000Z',
      SignatureVersion: '1',
      Signature: 's',
      SigningCertURL: 'https://c',
      UnsubscribeURL: 'https://u',
    };
    world.queues.add(dead, notification);
    await world.run('failures', '--retry', '--yes');
    const { SigningCertURL, UnsubscribeURL, ...rest } = notification;
    expect(world.functions.enqueued.at(-1)?.event).toMatchObject({
      Records: [
        {
          EventSource: 'aws:sns',
          Sns: { ...rest, SigningCertUrl: SigningCertURL, UnsubscribeUrl: UnsubscribeURL },
        },
      ],
    });
  });

  test('invoke takes a message as it is', async () => {
    using world = await failed();
    const printed = JSON.stringify({ Messages: [{ Body: JSON.stringify(given(stopLogging)) }] });
    for (const text of [printed, JSON.stringify(given(stopLogging))]) {
      world.input = text;
      const { code, stderr } = await world.run('invoke', 'demo/watch', '-', '--yes');
      expect(code, stderr).toBe(0);
      expect(world.functions.invoked.at(-1)?.event).toMatchObject(stopLogging);
    }
  });

  test('delete says how many events go with the queues', async () => {
    using world = await failed();
    world.cloud.queues.set(queue, 3);
    world.answers = [false];
    const { stdout, stderr } = await world.run('delete', 'demo/watch');
    expect(world.asked.at(-1)?.message).toBe(`Delete ${stack} with 3 events in its queues?`);
    expect(stdout + stderr).toContain(
      '`patrol-deploy failures demo/watch --region eu-west-1 --retry` runs them again.',
    );
  });
});

test('queues that rules share: only the events of the named rule are touched', async () => {
  using world = new FakeWorld({ sample: stopLogging });
  const tags = {
    'patrol:package': '@patrol/rules-demo',
    'patrol:environment': 'production',
    'patrol:fleet': 'security',
  };
  for (const rule of ['watch', 'other']) {
    const name = `patrol-demo-${rule}-production`;
    world.cloud.stacks.add({
      name,
      tags: { ...tags, 'patrol:rule': rule },
      parameters: { FailureQueueArn: 'arn:aws:sqs:eu-west-1:111122223333:failures' },
      template: { Resources: {}, Outputs: { FunctionName: { Value: `${name}-Function` } } },
    });
  }
  world.cloud.stacks.add({
    name: 'patrol-base-security-production',
    tags: { ...tags, 'patrol:package': 'base', 'patrol:rule': 'security' },
    template: { Resources: {}, Outputs: { FailureQueueUrl: { Value: queue } } },
  });
  const others = given({ ...stopLogging, id: 'o' }, functionArn.replace('watch', 'other'));
  world.queues.add(queue, others);
  world.queues.add(queue, given(stopLogging));
  expect((await world.run('failures', 'demo/watch', '--retry', '--yes')).code).toBe(0);
  expect(world.functions.enqueued).toEqual([{ name: functionName, event: stopLogging }]);
  expect(world.queues.ids(queue, true)).toEqual(['m1']);

  writeFileSync(
    join(world.folder, 'patrol.yaml'),
    `version: 1
fleet: security
regions: [eu-west-1]
alerts: { email: a@example.com, shared: false }
rules: { demo/watch: { parameters: { actions: X } } }
`,
  );
  const fleet = await world.run('failures', '--file', 'patrol.yaml');
  expect(fleet.stdout).toContain('No events in 1 queue.');
});
