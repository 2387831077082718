import { expect, test } from 'vitest';
import { record } from '../testing/artifact.ts';
import { eventId, recognise, scheduledEvent } from './recognise.ts';

test.each<[unknown, ReturnType<typeof recognise>['kind']]>([
  [{ 'detail-type': 'x', detail: {} }, 'event'],
  [record('StopLogging'), 'event'],
  [{ 'detail-type': 'x', Records: [] }, 'event'],
  [{ Records: [] }, 'list'],
  [[1], 'list'],
  [{ name: 'push', payload: {} }, 'event'],
  [{ name: 'push', examples: [{}] }, 'list'],
  [{ EventSource: 'aws:sns', Sns: { Message: 'x' } }, 'event'],
  [{ headers: {}, requestContext: { http: {} }, body: '{}' }, 'request'],
  [{ headers: {}, requestContext: {}, body: '{}' }, 'unknown'],
  [{ digestStartTime: 'x', digestS3Object: 'y' }, 'digest'],
  [{ name: 'push', payload: 'x' }, 'unknown'],
  [{ Records: 'x' }, 'unknown'],
  [null, 'unknown'],
  ['text', 'unknown'],
])('%j is: %s', (value, kind) => {
  expect(recognise(value).kind).toBe(kind);
});

test('a plain record comes wrapped as EventBridge wraps it', () => {
  expect(recognise(record('StopLogging'))).toMatchObject({
    event: {
      source: 'aws.cloudtrail',
      'detail-type': 'AWS API Call via CloudTrail',
      region: 'eu-west-1',
    },
  });
});

test('a message comes as SNS gives it to a function, one at a time', () => {
  const [first, second] = ['a', 'b'].map((Message) => ({
    EventSource: 'aws:sns',
    Sns: { Message, MessageId: `id-${Message}` },
  }));
  expect(recognise({ Records: [first, second] })).toEqual({
    kind: 'list',
    values: [first, second],
  });
  expect(recognise(second)).toEqual({ kind: 'event', event: { Records: [second] } });
});

test('the examples of a webhook’s event are deliveries', () => {
  expect(recognise({ name: 'fork', description: 'x', examples: [{ a: 1 }, { a: 2 }] })).toEqual({
    kind: 'list',
    values: [
      { name: 'fork', payload: { a: 1 } },
      { name: 'fork', payload: { a: 2 } },
    ],
  });
});

test('what is unknown is told by its fields', () => {
  expect(recognise({})).toEqual({ kind: 'unknown', found: 'an object with no fields' });
  const many = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`f${index}`, 1]));
  expect(recognise(many)).toEqual({
    kind: 'unknown',
    found: 'an object with f0, f1, f2, f3, f4, f5, f6, f7, …',
  });
});

test.each<[unknown, string | null]>([
  [{ id: 'a', detail: { eventID: 'b' } }, 'b'],
  [{ id: 'a', detail: null }, 'a'],
  [{ id: '', detail: {} }, null],
  [{ id: 5 }, null],
  [{ Records: [{ Sns: { Message: 'x', MessageId: 'm' } }] }, 'm'],
  [{ name: 'fork', id: 'guid', payload: {} }, 'guid'],
  [{ name: 'fork', payload: {} }, null],
  [null, null],
])('the id of %j is %j', (event, id) => {
  expect(eventId(event)).toBe(id);
});

test('a made-up Scheduled Event has the fields of a real one', () => {
  expect(scheduledEvent(new Date('2026-01-02T03:04:05.678Z'))).toMatchObject({
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    time: '2026-01-02T03:04:05Z',
    detail: {},
  });
});
