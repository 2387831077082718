import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { requireContract } from '../testing/notes.ts';
import {
  alerting,
  fakeArtifact,
  type FakeRule,
  type FakeStreams,
  fakeStreams,
  publisher,
  record,
  removeFakes,
} from '../testing/artifact.ts';
import { signedRequest } from '../events/webhook.ts';
import { fakeLive } from '../testing/world.ts';
import { tryRule, type TryOptions } from './try.ts';

const cwd = mkdtempSync(join(tmpdir(), 'patrol-try-'));
const put = (name: string, value: unknown): void =>
  writeFileSync(join(cwd, name), typeof value === 'string' ? value : JSON.stringify(value));
beforeAll(() => {
  put('start.json', record('StartLogging'));
  put('get.json', record('GetTrail'));
  put('log.json', { Records: [record('StopTrail', 'from-log')] });
  put('two.json', [record('StopTrail'), record('StopTrail')]);
  put('bad.json', '{');
  put('other.json', { hello: 1 });
  put('digest.json', { digestStartTime: 'x' });
  put('push.json', { name: 'push', payload: {} });
  put('fork.json', { name: 'fork', id: 'guid-7', payload: { n: 7 } });
  put('request.json', signedRequest({ name: 'fork', payload: { n: 8 } }, 'of somebody else'));
  put('forged.json', { ...signedRequest({ name: 'fork', payload: {} }, 'x'), headers: {} });
  put('message.json', { Records: [{ EventSource: 'aws:sns', Sns: { Message: 'hello' } }] });
});
afterAll(() => {
  removeFakes();
  rmSync(cwd, { recursive: true });
});

interface Tried extends FakeStreams {
  readonly code: number;
}

async function attempt(
  fake: FakeRule,
  options: Partial<TryOptions> = {},
  streams: FakeStreams = fakeStreams(),
): Promise<Tried> {
  const artifact = fakeArtifact(fake);
  const standard = { parameters: {}, json: false, cwd, runner: 'pnpm patrol-deploy' };
  const code = await tryRule({ artifact, ...standard, ...options }, streams);
  return Object.assign(streams, { code });
}

const inJson = async (
  fake: FakeRule,
  options: Partial<TryOptions> = {},
  streams?: FakeStreams,
): Promise<{ code: number; printed: Record<string, unknown> }> => {
  const { code, written } = await attempt(fake, { json: true, ...options }, streams);
  expect(written.stdout.trimEnd().split('\n')).toHaveLength(1);
  requireContract(['try'], written.stdout);
  return { code, printed: JSON.parse(written.stdout) };
};

describe.concurrent('with --json', () => {
  test('an alert on the own sample', async () => {
    const { code, printed } = await inJson({});
    expect(code).toBe(0);
    expect(Object.keys(printed)).toEqual([
      'type',
      'version',
      'rule',
      'delivered',
      'messages',
      'logs',
      'durationMs',
    ]);
    expect(printed).toMatchObject({
      type: 'try',
      version: 1,
      rule: 'rule',
      delivered: true,
      messages: [
        {
          topic: 'arn:aws:sns:us-east-1:111122223333:patrol-sandbox-Topic',
          subject: 'StopLogging',
          email: 'Dear reader,\nBy mallory',
          json: { title: 'StopLogging', event: { detail: { eventID: 'e-1' } } },
          attributes: {},
        },
      ],
      logs: [expect.stringContaining('published 1')],
      durationMs: expect.any(Number),
    });
  });

  test('an event of a file: a log file with one record', async () => {
    const { printed } = await inJson({}, { event: 'log.json' });
    expect(printed).toMatchObject({ messages: [{ json: { eventId: 'from-log' } }] });
  });

  test('an event on standard input', async () => {
    const stdin = `\uFEFF${JSON.stringify({ source: 'aws.cloudtrail', 'detail-type': 'x', detail: { eventName: 'StopIt', userIdentity: {} } })}`;
    const { printed } = await inJson({}, { event: '-' }, fakeStreams(stdin));
    expect(printed).toMatchObject({ messages: [{ subject: 'StopIt' }] });
  });

  test.each([
    ['start.json', /^EventBridge would not deliver this event: .*detail\.eventName/],
    ['push.json', /^EventBridge would not deliver this event/],
    ['get.json', /GetTrail.*ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS/],
  ])('an event that would not be delivered does not run the function: %s', async (event, error) => {
    const { code, printed } = await inJson({ index: 'process.exit(9)' }, { event });
    expect(code).toBe(1);
    expect(printed).toEqual({
      type: 'try',
      version: 1,
      rule: 'rule',
      delivered: false,
      messages: [],
      logs: [],
      durationMs: null,
      error: expect.stringMatching(error),
    });
  });

  test.each<[string, FakeRule, RegExp]>([
    [
      'throws',
      { index: `export const handler = () => { throw new Error('oh') }` },
      /^The function rule failed: Error: oh$/,
    ],
    ['does not start', { index: `throw new Error('oh')` }, /failed: did not start: Error: oh/],
    [
      'takes too long',
      { index: `export const handler = () => { for (;;); }`, timeout: 1 },
      /failed: timed out after 1 s/,
    ],
    [
      'publishes what SNS refuses',
      {
        index: `${publisher} export const handler = () => publish({ Subject: 'x'.repeat(100), Message: 'm' });`,
      },
      /failed: Error: .*\nPublish was refused: InvalidParameter: Invalid parameter: Subject Reason: 100 characters/s,
    ],
    [
      'asks AWS for more, and goes on',
      {
        index: `export const handler = () => fetch(process.env.AWS_ENDPOINT_URL + '/bucket/key').then(() => {});`,
      },
      /^GET \/bucket\/key was refused: AccessDenied: The sandbox only offers Publish of SNS and/,
    ],
  ])('a function that %s', async (_, fake, error) => {
    const { code, printed } = await inJson(fake);
    expect(code).toBe(1);
    expect(printed).toMatchObject({ delivered: true, error: expect.stringMatching(error) });
  });

  test('messages before a failure are shown', async () => {
    const index = `${publisher} export const handler = async () => { await publish({ Message: 'first' }); throw new Error('x'); };`;
    expect(await inJson({ index })).toMatchObject({
      code: 1,
      printed: { messages: [{ subject: null, email: 'first', json: 'first', attributes: {} }] },
    });
  });

  test('parameters reach the function: given, by default, by example', async () => {
    const index = `export const handler = () => { console.log(process.env.aa, process.env.bb, process.env.cc); };`;
    const parameters = {
      aa: { kind: 'text', description: 'A.', default: '1' },
      bb: { kind: 'text', description: 'B.', default: '2' },
      cc: { kind: 'text', description: 'C.', example: '3' },
    } as const;
    const { printed } = await inJson({ index, parameters }, { parameters: { bb: 'x y' } });
    expect(printed).toMatchObject({ logs: [expect.stringContaining('"1 x y 3"')] });
  });

  test('a rule with a clock only gets a made-up Scheduled Event', async () => {
    const index = `export const handler = (event) => { console.log(event['detail-type']); };`;
    const triggers = [
      { kind: 'schedule', expression: 'rate(1 hour)', everySeconds: 3600 },
    ] as const;
    const { code, printed } = await inJson({ index, triggers, sample: 'unused' });
    expect(code).toBe(0);
    expect(printed).toMatchObject({ logs: [expect.stringContaining('Scheduled Event')] });
  });
});

/** A rule on webhooks that checks the signature as the runtime does, and alerts. */
const hooked: FakeRule = {
  triggers: [{ kind: 'webhook', events: ['fork'] }],
  sample: { name: 'fork', payload: { n: 1 } },
  resources: { WebhookSecret: { Type: 'AWS::SecretsManager::Secret' } },
  variables: { ALERT_TOPIC_ARN: { Ref: 'Topic' }, WEBHOOK_SECRET_ARN: { Ref: 'WebhookSecret' } },
  index: `${publisher}
    import { createHmac } from 'node:crypto';
    export const handler = async ({ headers, body }) => {
      const answer = await fetch(process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER, {
        method: 'POST',
        headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'secretsmanager.GetSecretValue' },
        body: JSON.stringify({ SecretId: process.env.WEBHOOK_SECRET_ARN }),
      });
      const { SecretString } = await answer.json();
      const right = 'sha256=' + createHmac('sha256', SecretString).update(body).digest('hex');
      if (headers['x-hub-signature-256'] !== right) return { statusCode: 401, body: 'The signature is wrong.' };
      await publish({ Subject: headers['x-github-event'] + ' ' + headers['x-github-delivery'], Message: body });
      return { statusCode: 200, headers: { 'content-type': 'text/plain' }, body: 'thanks' };
    };`,
};

describe.concurrent('a webhook', () => {
  test('a delivery is wrapped into the request that GitHub would sign, and answered', async () => {
    const { code, printed } = await inJson(hooked, { event: 'fork.json' });
    expect(printed).toMatchObject({
      delivered: true,
      messages: [{ subject: 'fork guid-7', json: { n: 7 } }],
      answer: { statusCode: 200, headers: { 'content-type': 'text/plain' }, body: 'thanks' },
    });
    expect(printed).not.toHaveProperty('error');
    expect(code).toBe(0);
  });

  test('a request of elsewhere is signed anew; one without a signature is refused by the function', async () => {
    expect(await inJson(hooked, { event: 'request.json' })).toMatchObject({
      code: 0,
      printed: { messages: [{ json: { n: 8 } }] },
    });
    expect(await inJson(hooked, { event: 'forged.json' })).toMatchObject({
      code: 1,
      printed: {
        messages: [],
        answer: { statusCode: 401 },
        error: 'The function rule answered 401: The signature is wrong.',
      },
    });
  });

  test('an event that the webhook does not send does not run the function', async () => {
    expect(await inJson(hooked, { event: 'push.json' })).toMatchObject({
      code: 1,
      printed: { delivered: false, error: 'The webhook sends fork only, and this is push.' },
    });
  });

  test('people see the answer', async () => {
    const { written } = await attempt(hooked);
    expect(written.stdout).toContain('Answer to the HTTP request: 200\n  thanks\n');
    expect(written.stdout).toMatch(/The rule alerted: 1 message/);
  });
});

test('a message of SNS reaches a rule on a topic as Lambda gets it', async () => {
  const index = `${publisher} export const handler = ({ Records: [{ Sns }] }) => publish({ Message: Sns.Message });`;
  const triggers = [{ kind: 'sns', services: [] }] as const;
  const { printed } = await inJson({ index, triggers }, { event: 'message.json' });
  expect(printed).toMatchObject({ messages: [{ email: 'hello' }] });
});

test('the table of a rule that reminds is there, and empty', async () => {
  const index = `export const handler = async () => {
    const answer = await fetch(process.env.AWS_ENDPOINT_URL_DYNAMODB, {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'DynamoDB_20120810.GetItem' },
      body: JSON.stringify({ TableName: process.env.MEMORY_TABLE, Key: { id: { S: 'x' } } }),
    });
    console.log(answer.status, await answer.text());
  };`;
  const { printed } = await inJson({
    index,
    resources: { Memory: { Type: 'AWS::DynamoDB::Table' } },
    variables: { MEMORY_TABLE: { Ref: 'Memory' } },
  });
  expect(printed).toMatchObject({ logs: [expect.stringContaining('200 {}')] });
});

test('what goes to Dispatch as well is shown as it gets it', async () => {
  const dispatch = 'arn:aws:sns:eu-west-1:444455556666:dispatch';
  const fake: FakeRule = {
    variables: { ALERT_TOPIC_ARN: { Ref: 'Topic' }, DISPATCH_SNS_ARN: { Ref: 'DispatchSnsArn' } },
    index: `${publisher} export const handler = async () => {
      await publish({ Subject: 'For people', Message: 'Dear reader' });
      await publish({ TopicArn: process.env.DISPATCH_SNS_ARN, Message: '{"type":"broadcast"}' });
    };`,
  };
  const parameters = { DispatchSnsArn: dispatch };
  const { written, code } = await attempt(fake, { parameters });
  expect(code).toBe(0);
  expect(written.stdout).toContain('Message 1 of 2 as e-mail');
  expect(written.stdout).toContain(`Message 2 of 2 as JSON, for Dispatch (${dispatch})`);
  expect(written.stdout).not.toContain('Message 2 of 2 as e-mail');
  expect(written.stdout).toContain(`--param DispatchSnsArn=${dispatch}`);
  const { printed } = await inJson(fake, { parameters });
  expect(printed).toMatchObject({
    messages: [{ email: 'Dear reader' }, { topic: dispatch, json: { type: 'broadcast' } }],
  });
  // Without it there is no such topic.
  expect(await inJson(fake)).toMatchObject({ code: 1 });
});

const asking: FakeRule = {
  asks: true,
  permissions: [{ Action: ['iam:GetUser'], Resource: '*' }],
  index: `${publisher}
    const real = { iam: { ask: async () => process.env.AWS_ACCESS_KEY_ID + ' ' + process.env.AWS_REGION } };
    export const evaluate = async ({ detail }, clients = real) => {
      if (detail.eventName === 'StopTrail') return { alerts: [] };
      return { alerts: [{ title: await clients.iam.ask(detail.eventID) }] };
    };
    export const handler = async (event) => {
      const { alerts } = await evaluate(event);
      for (const { title } of alerts) await publish({ Message: title + ' ' + process.env.AWS_SECRET_ACCESS_KEY });
      console.log('ran');
    };`,
};

describe.concurrent('a rule that asks', () => {
  test('without --live, says what it needs, and does not run', async () => {
    const { code, printed } = await inJson(asking);
    expect(printed).toEqual({
      type: 'try',
      version: 1,
      rule: 'rule',
      delivered: true,
      messages: [],
      logs: [],
      durationMs: null,
      needs: 'iam.ask("e-1")',
    });
    expect(code).toBe(1);
    const { written } = await attempt(asking);
    expect(written.stdout).toContain(
      'The rule must query something before it decides: iam.ask("e-1").',
    );
    expect(written.stdout).toMatch(
      /To let it query with your own credentials: patrol-deploy try \S+\/rule --live\n$/,
    );
  });

  test('without --live, runs on an event that needs no answer', async () => {
    expect(await inJson(asking, { event: 'log.json' })).toMatchObject({
      code: 0,
      printed: { messages: [], logs: [expect.stringContaining('ran')] },
    });
  });

  test('with --live, asks with the operator’s credentials, which are not shown, and publishes here', async () => {
    const { code, printed } = await inJson(asking, { live: fakeLive });
    expect(code).toBe(0);
    expect(printed).toMatchObject({ messages: [{ email: 'AKIAOPERATOR eu-west-1 [secret]' }] });
    const { written } = await attempt(asking, { live: fakeLive });
    expect(written.stdout).toContain(
      'The rule uses your own credentials in eu-west-1. No alert is sent.',
    );
    expect(written.stdout).not.toContain('the-operators-key');
  });

  test('with --live, one without permissions is given no credentials', async () => {
    const { permissions, ...without } = asking;
    expect(permissions).toHaveLength(1);
    const { printed } = await inJson(without, { live: fakeLive });
    expect(printed).toMatchObject({
      messages: [{ email: expect.stringMatching(/^AKIAIOSFODNN7EXAMPLE us-east-1 wJalr/) }],
    });
    const { written } = await attempt(without, { live: fakeLive });
    expect(written.stdout).toContain(
      'Patrol reads the secrets that the parameters name with your own credentials. The rule does not get them.',
    );
  });

  test('with --live, a private key that is cut off takes nothing else along', async () => {
    const fake: FakeRule = {
      asks: true,
      index: `${publisher} export const handler = async () => {
        await publish({ Subject: 'x', Message: 'Body: -----BEGIN PRIVATE KEY-----\\nMIIB' });
        await publish({ Subject: 'y', Message: 'after' });
      };`,
    };
    const { printed } = await inJson(fake, { live: fakeLive });
    expect(printed).toMatchObject({
      messages: [{ email: 'Body: [secret]' }, { email: 'after' }],
    });
    const { written } = await attempt(fake, { live: fakeLive });
    expect(written.stdout).not.toContain('MIIB');
    expect(written.stdout).toContain('The rule alerted: 2 messages.');
    expect(written.stdout).toContain('To deploy it:');
  });

  test('what would be done outside is not done, but deployed', async () => {
    const fake: FakeRule = {
      index: `${publisher} export const handler = () => publish({ Message: JSON.stringify(process.env.ping) });`,
      parameters: {
        ping: { kind: 'text', description: 'A URL.', default: '', actsOutside: true },
      },
    };
    const { written } = await attempt(fake, { parameters: { ping: 'https://beats.example/1' } });
    expect(written.stdout).toMatch(/\n {2}""\n/);
    expect(written.stdout).toContain('Left empty: ping. It would make the rule act outside');
    expect(written.stdout).toMatch(/ --param ping=https:\/\/beats\.example\/1\n$/);
  });

  test('one that does not start is told of as such', async () => {
    const fake = { asks: true, index: `throw new Error('oh')` };
    expect(await inJson(fake)).toMatchObject({
      printed: { error: expect.stringContaining('did not start: Error: oh') },
    });
  });
});

describe.concurrent('for people', () => {
  test('an alert: subject, e-mail, JSON, log, duration, and what to type next', async () => {
    const parameters = {
      roles: { kind: 'names', description: 'Roles.', example: 'Admin, Break*' },
      limit: { kind: 'number', description: 'Limit.', default: '5' },
    } as const;
    const { code, written } = await attempt({ parameters });
    expect(code).toBe(0);
    expect(written.stdout).toMatch(/^\S+\/rule on the rule's own sample\n/);
    expect(written.stdout).toContain('With the example value of roles (Admin, Break*)');
    expect(written.stdout).toContain('  Subject: StopLogging\n\n  Dear reader,\n  By mallory\n');
    expect(written.stdout).toContain('    "title": "StopLogging",');
    expect(written.stdout).toMatch(/Log of the function\n {2}\{"timestamp"/);
    expect(written.stdout).toMatch(/The rule alerted: 1 message\. The function ran for \d+ ms\./);
    expect(written.stdout).toMatch(
      /To deploy it:\n {2}pnpm patrol-deploy \S+\/rule --alert-email you@example\.com --param 'roles=Admin, Break\*'\n$/,
    );
    expect(written.stdout).not.toContain('\u001B');
  });

  test('the values that were given are deployed as well', async () => {
    const parameters = { limit: { kind: 'number', description: 'Limit.', default: '5' } } as const;
    const { written } = await attempt({ parameters }, { parameters: { limit: '6' } });
    expect(written.stdout).toMatch(/ --param limit=6\n$/);
  });

  test('a rule whose events occur in some regions only is deployed in the first of them', async () => {
    const { written } = await attempt({ regions: ['us-east-1', 'us-west-2'] });
    expect(written.stdout).toMatch(/\/rule --region us-east-1 --alert-email you@example\.com\n$/);
  });

  test('a quiet rule says why', async () => {
    const index = `export const handler = () => {
      process.stdout.write(JSON.stringify({ verdict: 'quiet', because: 'the call was denied' }) + '\\n');
    };`;
    const { code, written } = await attempt({ index });
    expect(code).toBe(0);
    expect(written.stdout).toContain('The rule stayed quiet: the call was denied.');
    expect(written.stdout).toContain('pnpm patrol-deploy');
  });

  test('a finding that is muted names the item that mutes it', async () => {
    const index = `export const handler = () => {
      for (const line of [
        { verdict: 'suppressed', title: 'Policy changed', by: 'Admin:.*' },
        { verdict: 'quiet', because: 'suppressed' },
      ]) process.stdout.write(JSON.stringify(line) + '\\n');
    };`;
    const { written } = await attempt({ index });
    expect(written.stdout).toContain(
      'Admin:.* mutes: Policy changed.\nThe rule stayed quiet: suppressed.',
    );
    const { printed, code } = await inJson({ index });
    expect(printed).toMatchObject({ suppressed: [{ title: 'Policy changed', by: 'Admin:.*' }] });
    expect(code).toBe(0);
  });

  test('a failure is told without an invitation to deploy', async () => {
    const { code, written } = await attempt({
      index: `export const handler = () => { throw new Error('oh') }`,
    });
    expect(code).toBe(1);
    expect(written.stdout).toContain('The function rule failed: Error: oh');
    expect(written.stdout).not.toContain('patrol-deploy');
  });

  test('what an event holds cannot move the cursor', async () => {
    const index = `export const handler = ({ detail }) => { process.stdout.write(detail.eventName); };`;
    const { written } = await attempt({ index, sample: record('Stop\u001B[2J\u009BLogging') });
    expect(written.stdout).toContain('Stop\\x1b[2J\\x9bLogging');
    expect(written.stdout).not.toContain('\u001B');
    expect(written.stdout).not.toContain('\u009B');
  });

  test('nor turn the text around, nor do so in JSON', async () => {
    const index = `export const handler = ({ detail }) => { process.stdout.write(detail.eventName); };`;
    const sample = record('Stop\u202EgniggoL\u009B');
    const { written } = await attempt({ index, sample });
    expect(written.stdout).toContain('Stop\\u202egniggoL\\x9b');
    const { written: json } = await attempt({ index, sample }, { json: true });
    expect(json.stdout).toContain('Stop\\u202egniggoL\\u009b');
    expect(JSON.parse(json.stdout)).toMatchObject({ logs: ['Stop\u202EgniggoL\u009B'] });
    for (const { stdout } of [written, json]) expect(stdout).not.toMatch(/[\u202e\u009b]/);
  });

  test('colours are for terminals', async () => {
    vi.stubEnv('NO_COLOR', undefined);
    const { written } = await attempt({}, {}, fakeStreams('', { isTTY: true }));
    expect(written.stdout).toContain('\u001B[1m');
  });
});

describe.concurrent('a wrong call', () => {
  test.each<[string, Partial<TryOptions>, RegExp]>([
    ['a file that is not there', { event: 'missing.json' }, /missing\.json cannot be read: ENOENT/],
    ['no JSON', { event: 'bad.json' }, /Expected one event as JSON in bad\.json, found: /],
    ['several events', { event: 'two.json' }, /Expected one event in two\.json, found 2\..*replay/],
    ['no event', { event: 'other.json' }, /in other\.json, found an object with hello/],
    ['a digest', { event: 'digest.json' }, /digest file/],
    ['a request', { event: 'request.json' }, /an HTTP request; rule has no webhook/],
    ['an unknown parameter', { parameters: { x: 'y' } }, /rule has no parameter x/],
  ])('%s', async (_, options, message) => {
    await expect(attempt({}, options)).rejects.toMatchObject({
      name: 'UsageError',
      exitCode: 2,
      message: expect.stringMatching(message),
    });
  });
});

describe.concurrent('a package that is not built right', () => {
  test('a sample that leads out of the package is not read', async () => {
    const artifact = fakeArtifact({});
    const sample = join(artifact.assembly.folder, artifact.rule.sample.path);
    rmSync(sample);
    symlinkSync(join(cwd, 'start.json'), sample);
    const run = tryRule({ artifact, parameters: {}, json: true, cwd }, fakeStreams());
    await expect(run).rejects.toThrow(
      `The sample event of rule cannot be used: a symbolic link leads to ${realpathSync(join(cwd, 'start.json'))}, outside the package.`,
    );
  });

  test.each<[string, FakeRule, RegExp]>([
    ['no zip', { zip: Buffer.from('hello') }, /code\.zip cannot be unpacked: .*patrol-build/],
    [
      'a sample that is no event',
      { sample: 5 },
      /The sample event of rule cannot be used: .*found a number/,
    ],
    [
      'a variable that cannot be worked out',
      { variables: { X: { 'Fn::ImportValue': 'x' } } },
      /Fn::ImportValue/,
    ],
  ])('%s', async (_, fake, message) => {
    await expect(attempt(fake)).rejects.toMatchObject({
      name: 'OperatorError',
      exitCode: 1,
      message: expect.stringMatching(message),
    });
  });
});

test('another runtime client can run the function', async () => {
  const client = { command: process.execPath, args: ['-e', 'process.exit(5)'] };
  const { code, printed } = await inJson({ index: alerting }, { client });
  expect(code).toBe(1);
  expect(printed).toMatchObject({ error: expect.stringContaining('exit code 5') });
});
