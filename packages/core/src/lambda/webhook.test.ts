import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { WebhookDelivery } from '../arrival.ts';
import { webhookSecretVariable } from '../environment.ts';
import type { SecretReference } from '../parameter.ts';
import { type AnyRule, defineRule } from '../rule.ts';
import { stopped } from '../rule.fake.ts';
import { webhook } from '../trigger.ts';
import { anyText } from './alert.fake.ts';
import { keptOutput } from './output.fake.ts';
import { bodyLimit, type HttpResponse, receiver } from './webhook.ts';

const rule: AnyRule = defineRule({
  ...stopped,
  name: 'forked',
  triggers: [
    webhook<WebhookDelivery<'fork'>>(['fork']),
    webhook<WebhookDelivery<'public'>>(['public']),
  ],
  parameters: {},
  evaluate: () => undefined,
});

const arn = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:hook-AbCdEf';
const key = "It's a Secret to Everybody";
const sign = (body: string | Uint8Array, secret: string = key): string =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

const output = keptOutput();

const payload = '{"action":"created","forkee":{"name":"secrets"}}';

/** A request as API Gateway gives it, signed as GitHub signs; `fields` replace its parts and `headers` its headers. */
function request(
  body: string = payload,
  { headers = {}, ...fields }: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return {
    version: '2.0',
    routeKey: 'POST /',
    rawPath: '/',
    headers: {
      accept: '*/*',
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/0000000',
      'x-github-delivery': '72d3162e-0000-4000-8000-000000000001',
      'x-github-event': 'fork',
      'x-hub-signature-256': sign(body),
      ...(headers as object),
    },
    requestContext: { http: { method: 'POST', path: '/', sourceIp: '192.0.2.1' } },
    body,
    isBase64Encoded: false,
    ...fields,
  };
}

/** A receiver with everything that reached behind it. */
function receiving(
  options: {
    readonly secret?: () => string;
    readonly tell?: (delivery: WebhookDelivery) => Promise<{ readonly alerts: number }>;
    readonly environment?: Readonly<Record<string, string>>;
  } = {},
) {
  const told: WebhookDelivery[] = [];
  const reads: SecretReference[] = [];
  const clock = { now: Date.parse('2026-03-04T05:06:07Z') };
  const receive = receiver(
    rule,
    async (event) => {
      const delivery = event as WebhookDelivery;
      const result = (await options.tell?.(delivery)) ?? { alerts: 1 };
      told.push(delivery);
      return result;
    },
    async (reference) => {
      reads.push(reference);
      return (options.secret ?? (() => key))();
    },
    options.environment ?? { [webhookSecretVariable]: arn },
    () => clock.now,
  );
  return { receive, told, reads, clock };
}

const statusOf = async (given: unknown): Promise<number> =>
  (await receiving().receive(given)).statusCode;
const bodyOf = ({ body }: HttpResponse): unknown => JSON.parse(body);

describe('a delivery', () => {
  test('is evaluated and answered', async () => {
    const { receive, told, reads } = receiving();
    expect(await receive(request())).toEqual({
      statusCode: 200,
      headers: { 'content-type': 'application/json' },
      body: '{"alerts":1}',
    });
    expect(told).toEqual([
      {
        name: 'fork',
        id: '72d3162e-0000-4000-8000-000000000001',
        receivedAt: '2026-03-04T05:06:07.000Z',
        payload: { action: 'created', forkee: { name: 'secrets' } },
      },
    ]);
    expect(reads).toEqual([{ service: 'secretsmanager', arn, region: 'eu-west-1' }]);
    expect(output.text).toBe('');
  });

  test('may be a form', async () => {
    const { receive, told } = receiving();
    const body = `payload=${encodeURIComponent('{"forkee":"a+b & ü"}').replaceAll('%20', '+')}&x=1`;
    const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
    expect((await receive(request(body, { headers }))).statusCode).toBe(200);
    expect(told[0]?.payload).toEqual({ forkee: 'a+b & ü' });
  });

  test('may come in Base64, and is signed over its bytes', async () => {
    const { receive, told } = receiving();
    const body = '{"forkee":"\u00fc\u{1F600}"}';
    const given = request(Buffer.from(body).toString('base64'), {
      isBase64Encoded: true,
      headers: { 'x-hub-signature-256': sign(body) },
    });
    expect((await receive(given)).statusCode).toBe(200);
    expect(told[0]?.payload).toEqual({ forkee: '\u00fc\u{1F600}' });
    const textSigned = request(Buffer.from(body).toString('base64'), { isBase64Encoded: true });
    expect(await statusOf(textSigned)).toBe(401);
  });

  test('has headers in any case', async () => {
    const { headers } = request() as { readonly headers: Readonly<Record<string, string>> };
    const upper = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]),
    );
    expect(await statusOf({ ...request(), headers: upper })).toBe(200);
  });

  test.each(['application/json', 'APPLICATION/JSON; charset=utf-8', 'application/json ;x'])(
    'of type %j is read',
    async (type) => {
      expect(await statusOf(request(payload, { headers: { 'content-type': type } }))).toBe(200);
    },
  );

  test('without an id is evaluated each time', async () => {
    const { receive, told } = receiving();
    const given = request(payload, { headers: { 'x-github-delivery': '' } });
    await receive(given);
    await receive(given);
    expect(told).toHaveLength(2);
    expect(told[0]).not.toHaveProperty('id');
  });

  test('of each of the webhooks of a rule is taken', async () => {
    expect(await statusOf(request(payload, { headers: { 'x-github-event': 'public' } }))).toBe(200);
  });

  test('that finds nothing is answered as well', async () => {
    const { receive } = receiving({ tell: async () => ({ alerts: 0 }) });
    expect(await receive(request())).toMatchObject({ statusCode: 200, body: '{"alerts":0}' });
  });
});

describe('the signature', () => {
  test("is GitHub's: the example of its documentation", async () => {
    // "Validating webhook deliveries", testing the webhook payload validation.
    const signature = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
    expect(sign('Hello, World!')).toBe(signature);
    const given = request('Hello, World!', { headers: { 'x-hub-signature-256': signature } });
    // It is signed, and no JSON.
    expect(await statusOf(given)).toBe(400);
    expect(await statusOf({ ...given, body: 'Hello, world!' })).toBe(401);
  });

  const right = sign(payload);
  const flipped = (at: number): string =>
    right.slice(0, at) + (right[at] === '0' ? '1' : '0') + right.slice(at + 1);
  test.each([
    ['', 'none'],
    [sign(payload, 'guess'), 'of another secret'],
    [sign(payload, ''), 'of no secret'],
    [sign(`${payload} `), 'of another body'],
    [right.slice(0, -1), 'too short'],
    [`${right}0`, 'too long'],
    [right.slice('sha256='.length), 'without its method'],
    [right.replace('sha256', 'sha1'), 'of another method'],
    [`${right},${right}`, 'twice'],
    [`${right}, sha256=${'0'.repeat(64)}`, 'with another'],
    [` ${right}`, 'with a space'],
    [`${right.slice(0, -1)}é`, 'no hexadecimal'],
    [flipped(7), 'wrong in its first digit'],
    [flipped(40), 'wrong in the middle'],
    [flipped(70), 'wrong in its last digit'],
    ['sha256=', 'empty'],
    ['sha256=[object Object]', 'odd'],
  ])('%j is refused: %s', async (signature) => {
    const { receive, told } = receiving();
    const answer = await receive(
      request(payload, { headers: { 'x-hub-signature-256': signature } }),
    );
    expect(answer.statusCode).toBe(401);
    expect(bodyOf(answer)).toEqual({
      message: 'The signature in X-Hub-Signature-256 is missing or wrong.',
    });
    expect(told).toEqual([]);
  });

  test.each([[undefined], [null], [[right]], [{ right }], [7]])(
    'that is no text is none: %j',
    async (signature) => {
      expect(
        await statusOf(request(payload, { headers: { 'x-hub-signature-256': signature } })),
      ).toBe(401);
    },
  );

  test('may be written in capitals, as hexadecimal may', async () => {
    const upper = `sha256=${right.slice(7).toUpperCase()}`;
    expect(await statusOf(request(payload, { headers: { 'x-hub-signature-256': upper } }))).toBe(
      200,
    );
  });

  test('is looked at before anything else of the delivery', async () => {
    for (const headers of [
      { 'content-type': 'text/plain' },
      { 'x-github-event': '' },
      { 'x-github-event': 'ping' },
      { 'x-github-event': 'push' },
    ]) {
      const forged = { ...headers, 'x-hub-signature-256': sign(payload, 'guess') };
      expect(await statusOf(request(payload, { headers: forged }))).toBe(401);
    }
    expect(await statusOf(request('{', { headers: { 'x-hub-signature-256': right } }))).toBe(401);
  });

  test('that is wrong is noted, without a word of the body', async () => {
    await receiving().receive(
      request('{"forkee":"FORGED"}', { headers: { 'x-hub-signature-256': sign('x') } }),
    );
    expect(JSON.parse(output.text)).toEqual({
      timestamp: expect.any(String),
      level: 'WARN',
      rule: 'forked',
      verdict: 'refused',
      status: 401,
      because: 'The signature in X-Hub-Signature-256 is missing or wrong.',
      sourceAddress: '192.0.2.1',
      fromSender: false,
    });
  });
});

test('a refused request that has the headers of GitHub is noted as such', async () => {
  const headers = {
    'x-hub-signature-256': sign(payload, 'another secret'),
    'User-Agent': 'GitHub-Hookshot/044aadd',
    'X-GitHub-Hook-ID': '292430182',
  };
  expect(await statusOf(request(payload, { headers }))).toBe(401);
  expect(JSON.parse(output.text)).toMatchObject({ verdict: 'refused', fromSender: true });
});

describe('the secret', () => {
  test('is read once, when the first signature is to be checked', async () => {
    const { receive, reads } = receiving();
    await receive(request(payload, { headers: { 'x-hub-signature-256': 'none' } }));
    expect(reads).toHaveLength(0);
    await receive(request());
    await receive(request(payload, { headers: { 'x-github-delivery': 'other' } }));
    expect(reads).toHaveLength(1);
  });

  test('that was changed is noticed, at most once a minute', async () => {
    let current = key;
    const { receive, reads, clock } = receiving({ secret: () => current });
    await receive(request());
    current = 'the next';
    const next = request('{"n":1}', {
      headers: { 'x-hub-signature-256': sign('{"n":1}', 'the next'), 'x-github-delivery': '2' },
    });
    expect((await receive(next)).statusCode).toBe(401);
    clock.now += 59_999;
    expect((await receive(next)).statusCode).toBe(401);
    expect(reads).toHaveLength(1);
    clock.now += 1;
    expect((await receive(next)).statusCode).toBe(200);
    expect(reads).toHaveLength(2);
    // What the old one signed is refused from now on.
    expect((await receive(request())).statusCode).toBe(401);
  });

  test('that was changed because it leaked is used no longer than five minutes', async () => {
    let current = key;
    const { receive, clock } = receiving({ secret: () => current });
    await receive(request());
    current = 'the next';
    clock.now += 299_999;
    const second = request(payload, { headers: { 'x-github-delivery': '2' } });
    expect((await receive(second)).statusCode).toBe(200);
    clock.now += 1;
    const third = request(payload, { headers: { 'x-github-delivery': '3' } });
    expect((await receive(third)).statusCode).toBe(401);
  });

  test('is not read again for each of many forged requests', async () => {
    const { receive, reads, clock } = receiving();
    const forged = request(payload, { headers: { 'x-hub-signature-256': sign(payload, 'x') } });
    for (let second = 0; second < 180; second += 1) {
      clock.now += 1000;
      expect((await receive(forged)).statusCode).toBe(401);
    }
    expect(reads.length).toBeLessThanOrEqual(3);
  });

  test('that cannot be read throws, and is read again', async () => {
    let denied = true;
    const { receive, told } = receiving({
      secret: () => {
        if (denied) throw new Error('not authorized');
        return key;
      },
    });
    await expect(receive(request())).rejects.toThrow('not authorized');
    await expect(receive(request())).rejects.toThrow('not authorized');
    expect(told).toEqual([]);
    denied = false;
    expect((await receive(request())).statusCode).toBe(200);
  });

  test('that cannot be read again throws once a minute and stays as it was', async () => {
    let denied = false;
    const { receive, clock } = receiving({
      secret: () => {
        if (denied) throw new Error('not authorized');
        return key;
      },
    });
    await receive(request());
    denied = true;
    clock.now += 60_000;
    const forged = request(payload, { headers: { 'x-hub-signature-256': sign(payload, 'x') } });
    await expect(receive(forged)).rejects.toThrow('not authorized');
    expect((await receive(forged)).statusCode).toBe(401);
    const given = request(payload, { headers: { 'x-github-delivery': 'other' } });
    expect((await receive(given)).statusCode).toBe(200);
  });

  test.each(['', 'hunter2', 'arn:aws:ssm:eu-west-1:111122223333:parameter/x'])(
    'must be named by the environment: %j',
    async (value) => {
      const { receive } = receiving({ environment: { [webhookSecretVariable]: value } });
      await expect(receive(request())).rejects.toThrow(
        'WEBHOOK_SECRET_ARN: expected the ARN of the secret that GitHub signs with',
      );
    },
  );
});

describe('what needs no evaluation', () => {
  test('a ping is answered', async () => {
    const { receive, told } = receiving();
    const body = '{"zen":"Design for failure."}';
    const answer = await receive(request(body, { headers: { 'x-github-event': 'ping' } }));
    expect(answer.statusCode).toBe(200);
    expect(told).toEqual([]);
    expect(output.text).toBe('');
  });

  test.each(['push', 'star', 'constructor', '__proto__', 'FORK', 'fork '])(
    'an event that the rule did not ask for is left alone: %j',
    async (name) => {
      const { receive, told } = receiving();
      const answer = await receive(request(payload, { headers: { 'x-github-event': name } }));
      expect(answer.statusCode).toBe(202);
      expect(told).toEqual([]);
      expect(output.text).toBe('');
    },
  );

  test('a delivery that came before is not alerted on twice', async () => {
    const { receive, told } = receiving();
    expect((await receive(request())).statusCode).toBe(200);
    expect((await receive(request())).statusCode).toBe(202);
    expect(told).toHaveLength(1);
    const other = request(payload, { headers: { 'x-github-delivery': 'another' } });
    expect((await receive(other)).statusCode).toBe(200);
  });

  test('one that could not be told counts as new', async () => {
    let down = true;
    const { receive, told } = receiving({
      tell: async () => {
        if (down) throw new Error('SNS is away');
        return { alerts: 1 };
      },
    });
    await expect(receive(request())).rejects.toThrow('SNS is away');
    down = false;
    expect((await receive(request())).statusCode).toBe(200);
    expect(told).toHaveLength(1);
  });

  test('deliveries are remembered up to a thousand', async () => {
    const { receive } = receiving();
    const numbered = (index: number): unknown =>
      request(payload, { headers: { 'x-github-delivery': `d${index}` } });
    for (let index = 0; index <= 1000; index += 1) await receive(numbered(index));
    expect((await receive(numbered(1000))).statusCode).toBe(202);
    expect((await receive(numbered(1))).statusCode).toBe(202);
    expect((await receive(numbered(0))).statusCode).toBe(200);
  });
});

describe('a request that is none', () => {
  test.each(['GET', 'PUT', 'post', '', undefined, null, 7])('is not a POST: %j', async (method) => {
    const { receive, told } = receiving();
    const answer = await receive({ ...request(), requestContext: { http: { method } } });
    expect(answer).toMatchObject({ statusCode: 405, headers: { allow: 'POST' } });
    expect(told).toEqual([]);
  });

  test.each([[undefined], [null], [''], [7], [{}], [['x']]])('has no body: %j', async (body) => {
    expect(await statusOf({ ...request(), body })).toBe(400);
  });

  test('is too large', async () => {
    const { receive, reads } = receiving();
    for (const given of [
      request('x'.repeat(bodyLimit + 1)),
      request('ü'.repeat(bodyLimit / 2 + 1)),
      { ...request('x'.repeat(bodyLimit * 2)), isBase64Encoded: true },
      request('x'.repeat(bodyLimit * 3)),
    ]) {
      expect((await receive(given)).statusCode).toBe(413);
    }
    expect(reads).toEqual([]);
    const whole = `"${'x'.repeat(bodyLimit - 2)}"`;
    expect(await statusOf(request(`{"a":${whole.slice(6)}}`.padEnd(bodyLimit)))).not.toBe(413);
  });

  test.each(['text/plain', '', 'application/jsonp', 'multipart/form-data', 'application/xml'])(
    'is of another type: %j',
    async (type) => {
      const answer = await receiving().receive(
        request(payload, { headers: { 'content-type': type } }),
      );
      expect(answer.statusCode).toBe(415);
      expect(answer.body).toContain('It is a setting of the webhook.');
    },
  );

  test.each(['{', '[]', 'null', '"x"', '7', 'payload={}', '{"a":1}x', '\ufffe{}'])(
    'holds no JSON object: %j',
    async (body) => {
      expect(await statusOf(request(body))).toBe(400);
    },
  );

  test.each(['', 'payload', 'payload=', 'payload=%7B', 'payload=[]', 'Payload={}', 'x={}', '{}'])(
    'holds no JSON object in a form: %j',
    async (body) => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      expect(await statusOf(request(body, { headers }))).toBe(400);
    },
  );

  test('is no UTF-8', async () => {
    const bytes = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]);
    const given = request(bytes.toString('base64'), {
      isBase64Encoded: true,
      headers: { 'x-hub-signature-256': sign(bytes) },
    });
    expect(await statusOf(given)).toBe(400);
  });

  test.each([[''], [undefined], [['fork']]])('does not name its event: %j', async (name) => {
    expect(await statusOf(request(payload, { headers: { 'x-github-event': name } }))).toBe(400);
  });

  test.each([[null], [[]], ['x'], [{}], [{ requestContext: null }], [{ requestContext: 'x' }]])(
    'is hardly anything: %j',
    async (given) => {
      expect(await statusOf(given)).toBe(405);
    },
  );
});

test('a payload with names of prototypes is a payload', async () => {
  const { receive, told } = receiving();
  const body = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}';
  expect((await receive(request(body))).statusCode).toBe(200);
  expect(Object.keys(told[0]?.payload as object)).toEqual(['__proto__', 'constructor']);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

describe('whatever an outsider sends is answered, and no failure of the function', () => {
  const marker = 'BODY7f3a';
  const value: fc.Arbitrary<unknown> = fc.oneof(
    anyText(50),
    fc.jsonValue({ maxDepth: 2 }),
    fc.constant(JSON.parse('{"__proto__":{"method":"POST"}}') as unknown),
    fc.constantFrom<unknown>(undefined, null, 'POST', true, sign('x'), 'sha256=', 'fork', 'ping'),
  );
  const headers = fc.dictionary(
    fc.oneof(
      fc.constantFrom(
        'x-hub-signature-256',
        'X-Hub-Signature-256',
        'x-hub-signature',
        'content-type',
        'x-github-event',
        'x-github-delivery',
        '__proto__',
        'constructor',
      ),
      anyText(20),
    ),
    value,
    { maxKeys: 8 },
  );
  const shell = fc.dictionary(
    fc.constantFrom('version', 'headers', 'requestContext', 'isBase64Encoded', 'body', '__proto__'),
    value,
    { maxKeys: 3 },
  );

  test('is answered with a 4xx, evaluated by nobody, and not written down', async () => {
    await fc.assert(
      fc.asyncProperty(anyText(300), headers, shell, async (text, some, fields) => {
        output.text = '';
        const { receive, told } = receiving();
        const given = {
          ...request(`${marker}${text}`, {
            headers: { 'x-hub-signature-256': sign('another'), ...some },
          }),
          ...fields,
        };
        const answer = await receive(given);
        expect(answer.statusCode).toBeGreaterThanOrEqual(400);
        expect(answer.statusCode).toBeLessThan(500);
        expect(bodyOf(answer)).toEqual({ message: expect.any(String) });
        expect(told).toEqual([]);
        expect(output.text).not.toContain(marker);
        expect(answer.body).not.toContain(marker);
        expect(JSON.parse(output.text)).toMatchObject({ level: 'WARN', status: answer.statusCode });
      }),
      { numRuns: 2000 },
    );
  });

  test('one changed byte of a signed delivery is forged', async () => {
    const bytes = Buffer.from(payload);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: bytes.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, mask) => {
          const { receive, told } = receiving();
          const changed = Buffer.from(bytes);
          changed[at] = (changed[at] ?? 0) ^ mask;
          const answer = await receive(
            request(changed.toString('base64'), {
              isBase64Encoded: true,
              headers: { 'x-hub-signature-256': sign(bytes) },
            }),
          );
          expect(answer.statusCode).toBe(401);
          expect(told).toEqual([]);
        },
      ),
    );
  });

  test('even who knows the secret gets an answer, whatever the body', async () => {
    const body = fc.oneof(
      anyText(100),
      fc.json(),
      fc.json().map((json) => `payload=${json}`),
    );
    await fc.assert(
      fc.asyncProperty(
        body,
        fc.constantFrom('application/json', 'application/x-www-form-urlencoded', 'text/plain'),
        fc.oneof(anyText(10), fc.constantFrom('fork', 'ping', 'public')),
        async (text, type, name) => {
          const { receive, told } = receiving();
          const answer = await receive(
            request(text, { headers: { 'content-type': type, 'x-github-event': name } }),
          );
          expect([200, 202, 400, 415]).toContain(answer.statusCode);
          for (const delivery of told) {
            expect(['fork', 'public']).toContain(delivery.name);
            expect(delivery.payload).toBeTypeOf('object');
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
