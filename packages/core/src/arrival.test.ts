import fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { gitHubAlice, notification } from './arrival.fake.ts';
import { readDelivery, readSnsMessage, type SnsMessage, type WebhookDelivery } from './arrival.ts';
import { type EventOf, event, sns, webhook } from './trigger.ts';

const delivery = (fields: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  name: 'repository',
  id: '72d3162e-0000-4000-8000-000000000001',
  receivedAt: '2026-03-04T05:06:07.000Z',
  payload: { action: 'publicized', sender: { login: 'alice', type: 'User' } },
  ...fields,
});

describe('a message of SNS', () => {
  test('is read with what it says of itself', () => {
    const read = readSnsMessage(notification());
    expect(read?.event).toMatchObject({ Message: '{"state":"FAILED"}', Subject: 'Backup failed' });
    expect(read?.about).toEqual({
      account: '111122223333',
      region: 'eu-west-1',
      actor: null,
      sourceAddress: null,
      userAgent: null,
      eventName: 'Backup failed',
      eventTime: '2026-03-04T05:06:07.123Z',
      eventId: '95df01b4-0000-4000-8000-000000000001',
    });
  });

  test.each([null, '', 7, undefined])('needs no subject: %j', (Subject) => {
    expect(readSnsMessage(notification({ Subject }))?.about.eventName).toBe('SNS message');
  });

  test.each([null, undefined, '', 'x', 'arn:aws:sns', { a: 1 }])(
    'says no more than its topic does: %j',
    (TopicArn) => {
      expect(readSnsMessage(notification({ TopicArn }))?.about).toMatchObject({
        account: null,
        region: null,
      });
    },
  );

  test('an empty text is a message too', () => {
    expect(readSnsMessage(notification({ Message: '' }))?.event).toMatchObject({ Message: '' });
  });

  test.each([
    [null],
    [[]],
    ['Records'],
    [{}],
    [{ Records: null }],
    [{ Records: {} }],
    [{ Records: [] }],
    [{ Records: [null] }],
    [{ Records: [{ Sns: null }] }],
    [{ Records: [{ s3: { bucket: {} } }] }],
    [notification({ Message: undefined })],
    [notification({ Message: { state: 'FAILED' } })],
    [delivery()],
  ])('is nothing else: %j', (given) => {
    expect(readSnsMessage(given)).toBeUndefined();
  });

  test('comes alone', () => {
    const { Records } = notification() as { readonly Records: readonly unknown[] };
    expect(readSnsMessage({ Records: [...Records, ...Records] })).toBeUndefined();
  });
});

describe('a delivery of a webhook', () => {
  test('is read with what it says of itself', () => {
    const given = delivery();
    expect(readDelivery(given)).toEqual({
      event: given,
      about: {
        account: null,
        region: null,
        actor: gitHubAlice,
        sourceAddress: null,
        userAgent: null,
        eventName: 'repository.publicized',
        eventTime: '2026-03-04T05:06:07.000Z',
        eventId: '72d3162e-0000-4000-8000-000000000001',
      },
    });
  });

  test('without an action is named for its event', () => {
    const read = readDelivery(delivery({ name: 'public', payload: { sender: null } }));
    expect(read?.about).toMatchObject({ eventName: 'public', actor: null });
  });

  test.each([
    [
      { login: 'ci[bot]', type: 'Bot' },
      { type: 'Bot', description: 'GitHub bot ci[bot]', principal: 'ci[bot]' },
    ],
    [{ login: 'example', type: 'Organization' }, { description: 'GitHub organization example' }],
    [{ login: 'bob' }, { type: 'User', name: 'bob' }],
    [
      { login: 'bob', type: 7 },
      { type: 'User', name: 'bob' },
    ],
    [
      { login: 'ghost', type: 'User' },
      { name: null, principal: null, description: 'a GitHub account that is gone' },
    ],
  ])('names its sender: %j', (sender, expected) => {
    expect(readDelivery(delivery({ payload: { sender } }))?.about.actor).toMatchObject(expected);
  });

  test('that came from a file has neither id nor time', () => {
    const read = readDelivery({ name: 'fork', payload: {} });
    expect(read?.about).toMatchObject({ eventId: null, eventTime: null, eventName: 'fork' });
  });

  test.each([
    [null],
    [[]],
    [{}],
    [{ name: 'fork' }],
    [{ name: 'fork', payload: null }],
    [{ name: 'fork', payload: '{}' }],
    [{ name: 'fork', payload: [] }],
    [{ name: 7, payload: {} }],
    [{ name: '', payload: {} }],
    [{ payload: {} }],
    [notification()],
  ])('is nothing else: %j', (given) => {
    expect(readDelivery(given)).toBeUndefined();
  });
});

test('readers take anything, and say texts or null', () => {
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constant(JSON.parse('{"__proto__":{"login":"mallory"}}') as unknown),
  );
  const fields = fc.dictionary(
    fc.constantFrom('MessageId', 'TopicArn', 'Subject', 'Message', 'Timestamp', '__proto__'),
    value,
  );
  const parts = fc.dictionary(fc.constantFrom('name', 'id', 'receivedAt', 'payload'), value);
  const payloads = fc.dictionary(fc.constantFrom('action', 'sender'), value);
  fc.assert(
    fc.property(
      fc.oneof(
        value,
        fields.map(notification),
        parts.map(delivery),
        payloads.map((payload) => delivery({ payload })),
      ),
      (given) => {
        for (const read of [readSnsMessage(given), readDelivery(given)]) {
          if (!read) continue;
          const { actor, ...said } = read.about;
          for (const text of Object.values(said)) {
            expect(text === null || (typeof text === 'string' && text !== '')).toBe(true);
          }
          expect(actor === null || typeof actor.description === 'string').toBe(true);
        }
      },
    ),
    { numRuns: 1000 },
  );
});

test('triggers carry the types of what arrives', () => {
  type Fork = WebhookDelivery<'fork', { readonly forkee: string }>;
  const triggers = [sns(), webhook<Fork>(['fork']), event<'x'>({ source: ['a'] })] as const;
  expectTypeOf<EventOf<(typeof triggers)[0]>>().toEqualTypeOf<SnsMessage>();
  expectTypeOf<EventOf<(typeof triggers)[1]>>().toEqualTypeOf<Fork>();
  expectTypeOf<EventOf<(typeof triggers)[2]>['detail']>().toEqualTypeOf<'x'>();
  // @ts-expect-error the events of a webhook are those of its deliveries
  webhook<Fork>(['push']);
  expect(triggers).toMatchObject([
    { kind: 'sns', services: [] },
    { kind: 'webhook', events: ['fork'] },
    { kind: 'event' },
  ]);
});
