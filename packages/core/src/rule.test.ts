/** The types of a rule: what a writer of rules must be told by the compiler. */
import { expect, expectTypeOf, test } from 'vitest';
import type { ApiCallEvent, EventBridgeEvent } from './cloudtrail.ts';
import {
  choice,
  type Matchers,
  names,
  number,
  secret,
  type SecretReference,
  text,
} from './parameter.ts';
import { allParameters, defineRule } from './rule.ts';
import { apiCall, event, schedule } from './trigger.ts';

const common = {
  title: 'Example',
  description: 'An example.',
  severity: 'low',
  runbook: 'Nothing to do.',
} as const;

test('events, parameters and clients are typed from their declarations', () => {
  const rule = defineRule({
    ...common,
    name: 'typed',
    triggers: [
      apiCall<{ readonly keyId?: string }>('kms.amazonaws.com', ['DisableKey']),
      event<{ readonly state: string }>({ source: ['aws.ec2'] }),
      schedule('rate(5 minutes)'),
    ],
    parameters: {
      list: names('Names.'),
      one: text('A text.'),
      many: number('A number.'),
      mode: choice('A mode.', ['on', 'off']),
      token: secret('A token.'),
    },
    clients: async ({ parameters, secret: read }) => ({
      ask: async (question: string) => `${question} ${await read(parameters.token)}`,
    }),
    async evaluate(given, { parameters, clients }) {
      expectTypeOf(given).toEqualTypeOf<
        | ApiCallEvent<{ readonly keyId?: string }>
        | EventBridgeEvent<{ readonly state: string }>
        | EventBridgeEvent
      >();
      expectTypeOf(parameters.list).toEqualTypeOf<Matchers>();
      expectTypeOf(parameters.one).toEqualTypeOf<string>();
      expectTypeOf(parameters.many).toEqualTypeOf<number>();
      expectTypeOf(parameters.mode).toEqualTypeOf<'on' | 'off'>();
      expectTypeOf(parameters.token).toEqualTypeOf<SecretReference>();
      expectTypeOf(clients.ask).toEqualTypeOf<(question: string) => Promise<string>>();
      // @ts-expect-error -- there is no such parameter
      void parameters.lists;
      return { title: await clients.ask('?'), summary: '' };
    },
  });
  expect(Object.keys(allParameters(rule))).toEqual([
    'list',
    'one',
    'many',
    'mode',
    'token',
    'deniedAttempts',
    'ignoredActors',
  ]);
});

test('what CloudTrail does not promise is optional, and an alert needs its summary', () => {
  defineRule({
    ...common,
    name: 'strict',
    triggers: [apiCall<{ readonly keyId?: string }>('kms.amazonaws.com', ['DisableKey'])],
    parameters: {},
    // @ts-expect-error -- an alert without a summary
    evaluate: ({ detail }) => ({
      // @ts-expect-error -- requestParameters can be null
      title: detail.requestParameters.keyId ?? '',
    }),
  });
  expect.assertions(0);
});
