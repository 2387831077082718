import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { EvaluationError } from '../evaluate.ts';
import { names, number, ParametersError, secret } from '../parameter.ts';
import { type AnyRule, defineRule } from '../rule.ts';
import { eventOf, stopped } from '../rule.fake.ts';
import { apiCall } from '../trigger.ts';
import { config, log, type PublishInput, start, topicVariable } from './index.ts';

const topic = 'arn:aws:sns:us-east-1:111122223333:alerts';

/** Everything that was written to standard output while a test ran. */
let written = '';
beforeEach(() => {
  written = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    written += String(chunk);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** The lines of the log, each of which must be JSON by itself. */
const lines = (): readonly Record<string, unknown>[] => {
  expect(written.endsWith('\n')).toBe(true);
  return written
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
};

interface Published {
  readonly input: PublishInput;
  readonly region: string;
}

/** A started rule, and what it publishes. `failing` says which of its messages SNS refuses. */
function started(
  rule: AnyRule,
  {
    environment = {},
    failing = () => false,
  }: { environment?: Record<string, string>; failing?: (input: PublishInput) => boolean } = {},
) {
  const published: Published[] = [];
  const running = start(rule, {
    environment: { [topicVariable]: topic, ...environment },
    publish: async (input, region) => {
      if (failing(input)) throw new Error(`SNS refuses ${input.Subject}`);
      published.push({ input, region });
      return { messageId: `m${published.length}` };
    },
  });
  return { ...running, published };
}

const twoAlerts: AnyRule = {
  ...stopped,
  evaluate: () => [
    { title: 'first', summary: 'The first.' },
    { title: 'second', summary: 'The second.' },
    { title: 'third', summary: 'The third.' },
  ],
};

describe('a handler', () => {
  test('publishes an alert to its topic, in the region of the topic (M4)', async () => {
    const { handler, published } = started(stopped, { environment: { AWS_REGION: 'eu-west-1' } });
    expect(await handler(eventOf())).toEqual({ alerts: 1 });
    expect(published).toHaveLength(1);
    expect(published[0]).toMatchObject({
      region: 'us-east-1',
      input: { TopicArn: topic, Subject: 'StopLogging on main' },
    });
    expect(published[0]?.input.MessageAttributes['region']).toEqual({
      DataType: 'String',
      StringValue: 'eu-west-1',
    });
    expect(lines()).toEqual([
      {
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        level: 'INFO',
        rule: 'stopped',
        eventId: '6f1b6b1e-0000-4000-8000-000000000001',
        verdict: 'alert',
        title: 'StopLogging on main',
        messageId: 'm1',
      },
    ]);
  });

  test('publishes nothing for quiet events, and logs why', async () => {
    const { handler, published } = started(stopped, { environment: { actions: 'DeleteTrail' } });
    expect(await handler(eventOf())).toEqual({ alerts: 0 });
    expect(await handler(eventOf({ errorCode: 'AccessDenied' }))).toEqual({ alerts: 0 });
    expect(await handler(eventOf({ errorCode: 'TrailNotFoundException' }))).toEqual({ alerts: 0 });
    expect(published).toEqual([]);
    expect(lines().map(({ verdict, because }) => [verdict, because])).toEqual([
      ['quiet', 'nothing found'],
      ['quiet', 'the call was denied'],
      ['quiet', 'the call failed'],
    ]);
  });

  test('hears of denied attempts when the operator says so (E1)', async () => {
    const { handler, published } = started(stopped, { environment: { deniedAttempts: 'alert' } });
    await handler(eventOf({ errorCode: 'AccessDenied' }));
    expect(published[0]?.input).toMatchObject({
      Subject: 'Denied attempt: StopLogging on main',
      MessageAttributes: { severity: { StringValue: 'medium' } },
    });
  });

  test('publishes each of several alerts', async () => {
    const { handler, published } = started(twoAlerts);
    expect(await handler(eventOf())).toEqual({ alerts: 3 });
    expect(published.map(({ input }) => input.Subject)).toEqual(['first', 'second', 'third']);
  });

  test('a failed publish throws and says how many failed and why (G1)', async () => {
    const { handler } = started(stopped, { failing: () => true });
    await expect(handler(eventOf())).rejects.toThrow(
      `stopped could not publish 1 of 1 alerts to ${topic}: SNS refuses StopLogging on main`,
    );
  });

  test('one that fails does not keep the others from being sent', async () => {
    const { handler, published } = started(twoAlerts, {
      failing: ({ Subject }) => Subject === 'second',
    });
    const error = await handler(eventOf()).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AggregateError);
    expect(error).toMatchObject({
      message: `stopped could not publish 1 of 3 alerts to ${topic}: SNS refuses second`,
      errors: [new Error('SNS refuses second')],
    });
    expect(published.map(({ input }) => input.Subject)).toEqual(['first', 'third']);
  });

  test('a publish that throws before it promises does neither', async () => {
    const published: string[] = [];
    const { handler } = start(twoAlerts, {
      environment: { [topicVariable]: topic },
      publish: ({ Subject }) => {
        if (Subject === 'first') throw new Error('no socket');
        published.push(Subject);
        return Promise.resolve({ messageId: 'm' });
      },
    });
    await expect(handler(eventOf())).rejects.toThrow('1 of 3 alerts');
    expect(published).toEqual(['second', 'third']);
  });

  test.each([[null], ['an event'], [[eventOf()]], [{}], [eventOf({ eventName: null })]])(
    'throws on what it cannot evaluate and publishes nothing: %j (E2)',
    async (given) => {
      const { handler, published } = started(stopped);
      await expect(handler(given)).rejects.toThrow(EvaluationError);
      expect(published).toEqual([]);
    },
  );

  test('keeps no state between events', async () => {
    const { handler, published } = started(stopped);
    await Promise.all([
      handler(eventOf()),
      handler(eventOf({ eventName: 'DeleteTrail' })),
      handler(eventOf({ eventName: 'PutEventSelectors' })),
    ]);
    expect(published.map(({ input }) => input.Subject).toSorted()).toEqual([
      'DeleteTrail on main',
      'StopLogging on main',
    ]);
  });

  test('evaluate decides the same and publishes nothing', async () => {
    const { evaluate, published } = started(stopped);
    expect((await evaluate(eventOf())).alerts).toHaveLength(1);
    expect(published).toEqual([]);
    expect(written).toBe('');
  });
});

describe('clients', () => {
  const withClients = (clients: AnyRule['clients']): AnyRule =>
    defineRule({
      ...stopped,
      parameters: {},
      ...(clients ? { clients } : {}),
      triggers: [apiCall('cloudtrail.amazonaws.com', ['StopLogging'])],
      evaluate: (_, context) => ({
        title: String((context.clients as { n: number }).n),
        summary: 'n',
      }),
    });

  test('are made once, when the first event comes', async () => {
    let made = 0;
    const { handler, published } = started(withClients(async () => ({ n: (made += 1) })));
    expect(made).toBe(0);
    await Promise.all([handler(eventOf()), handler(eventOf())]);
    await handler(eventOf());
    expect(made).toBe(1);
    expect(published.map(({ input }) => input.Subject)).toEqual(['1', '1', '1']);
  });

  test.each([
    ['rejects', () => Promise.reject(new Error('no network'))],
    [
      'throws',
      () => {
        throw new Error('no network');
      },
    ],
  ])('are made anew when making them %s', async (_, fail) => {
    let made = 0;
    const { handler, published } = started(
      withClients(() => ((made += 1) < 3 ? fail() : { n: made })),
    );
    await expect(handler(eventOf())).rejects.toThrow('no network');
    await expect(handler(eventOf())).rejects.toThrow('no network');
    await handler(eventOf());
    await handler(eventOf());
    expect(made).toBe(3);
    expect(published.map(({ input }) => input.Subject)).toEqual(['3', '3']);
  });

  test('are not made anew when an event cannot be evaluated', async () => {
    let made = 0;
    const { handler } = started(withClients(() => ({ n: (made += 1) })));
    await expect(handler(null)).rejects.toThrow(EvaluationError);
    await handler(eventOf());
    expect(made).toBe(1);
  });

  test('get the parsed parameters and a reader of secrets', async () => {
    const arn = 'arn:aws:ssm:eu-west-1:111122223333:parameter/token';
    const rule: AnyRule = defineRule({
      ...stopped,
      parameters: { token: secret('A token.') },
      clients: async ({ parameters, secret: read }) => ({ token: await read(parameters.token) }),
      evaluate: (_, { clients }) => ({ title: clients.token, summary: 'x' }),
    });
    const environment = { [topicVariable]: topic, token: arn };
    const { evaluate } = start(rule, {
      environment,
      readSecret: async (reference) => `${reference.service} of ${reference.region}`,
    });
    expect((await evaluate(eventOf())).alerts[0]?.title).toBe('ssm of eu-west-1');
    await expect(start(rule, { environment }).evaluate(eventOf())).rejects.toThrow(
      'declares no secret parameter',
    );
  });
});

describe('starting', () => {
  test('reads the environment once', async () => {
    const reads: string[] = [];
    const environment = new Proxy<Record<string, string>>(
      { [topicVariable]: topic },
      {
        get(target, name) {
          reads.push(String(name));
          return Reflect.get(target, name) as unknown;
        },
      },
    );
    const { handler } = start(stopped, { environment, publish: async () => ({ messageId: 'm' }) });
    expect(reads.toSorted()).toEqual([topicVariable, 'actions', 'deniedAttempts'].toSorted());
    await handler(eventOf());
    await handler(eventOf());
    expect(reads).toHaveLength(3);
  });

  test('is refused with all problems of the parameters at once', () => {
    const rule: AnyRule = defineRule({
      ...stopped,
      parameters: {
        roles: names('Roles.', { suppresses: true }),
        limit: number('A limit.', { maximum: 3 }),
        token: secret('A token.'),
      },
      evaluate: () => undefined,
    });
    const environment = {
      [topicVariable]: topic,
      roles: '*',
      limit: '4',
      token: 'hunter2',
      deniedAttempts: 'maybe',
    };
    let error: unknown;
    try {
      start(rule, { environment });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ParametersError);
    expect((error as ParametersError).problems.map((problem) => problem.split(':')[0])).toEqual([
      'roles',
      'limit',
      'token',
      'deniedAttempts',
    ]);
    expect(String(error)).not.toContain('hunter2');
  });

  test.each([undefined, '', 'alerts', 'arn:aws:sns:us-east-1'])(
    'is refused without a topic: %j',
    (given) => {
      expect(() =>
        start(stopped, { environment: given === undefined ? {} : { [topicVariable]: given } }),
      ).toThrow(TypeError);
    },
  );
});

describe('log', () => {
  test('writes one line of JSON with time and level, whatever the fields', () => {
    log('WARN', {
      text: 'two\nlines\r\n\u2028',
      quote: '"',
      nothing: undefined,
      nested: { a: [1] },
    });
    log('ERROR', {});
    expect(lines()).toEqual([
      {
        timestamp: expect.any(String),
        level: 'WARN',
        text: 'two\nlines\r\n\u2028',
        quote: '"',
        nested: { a: [1] },
      },
      { timestamp: expect.any(String), level: 'ERROR' },
    ]);
    expect(new Date(String(lines()[0]?.['timestamp'])).getTime()).toBeGreaterThan(
      Date.now() - 60_000,
    );
  });

  test('of a hostile event is one line', async () => {
    const { handler } = started(stopped);
    await handler(
      eventOf({ eventID: 'x\n{"level":"FATAL"}', requestParameters: { name: 'y\nz' } }),
    );
    await handler({ ...eventOf({ eventName: 'PutEventSelectors' }), id: 'x\n{"level":"FATAL"}' });
    expect(lines().map(({ level }) => level)).toEqual(['INFO', 'INFO']);
  });
});

describe('config', () => {
  const declared = { roles: names('Roles.'), limit: number('A limit.', { default: '3' }) };

  test('reads declared values', () => {
    const { roles, limit } = config(declared, { roles: 'a,', limit: '5' });
    expect(roles.items).toEqual(['a']);
    expect(limit).toBe(5);
  });

  test('reads from the environment of the process', () => {
    vi.stubEnv('roles', 'b');
    expect(config(declared)).toMatchObject({ limit: 3, roles: { items: ['b'] } });
    vi.unstubAllEnvs();
  });

  test('refuses with every problem', () => {
    expect(() => config(declared, { limit: 'x' })).toThrow(ParametersError);
    expect(() => config(declared, { limit: 'x' })).toThrow(
      /^roles: is required.*\nlimit: "x" is not allowed/,
    );
  });
});
