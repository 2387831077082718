/** An alert for tests, as machines get it. */
import fc from 'fast-check';
import type { Alert } from '../contracts/alert.ts';
import { about, dedupKey, groupKey } from '../rule.fake.ts';

/** An alert about a StopLogging by alice, with other fields. */
export const alert = (fields: Partial<Alert> = {}): Alert => ({
  version: 1,
  rule: 'stopped',
  test: false,
  outcome: 'succeeded',
  severity: 'high',
  title: 'CloudTrail: StopLogging on main by IAM user alice',
  summary: 'The disallowed action StopLogging was called by IAM user alice.',
  facts: { action: 'StopLogging', attempts: 3, planned: false },
  targets: [{ type: 'AWS::CloudTrail::Trail', id: 'main' }],
  before: null,
  undo: null,
  suppression: null,
  ...about,
  accountName: null,
  network: null,
  dedupKey,
  groupKey,
  consoleUrl:
    'https://eu-west-1.console.aws.amazon.com/cloudtrailv2/home?region=eu-west-1#/events/6f1b6b1e',
  runbook: 'Ask the actor whether it was planned.',
  runbookUrl: 'https://example.com/runbook#stopped',
  references: ['CIS AWS Foundations Benchmark 4.5'],
  event: { id: '1', detail: { eventName: 'StopLogging' } },
  ...fields,
});

/** Any sequence of UTF-16 code units: lone surrogates and control characters too. */
export const anyText = (maxLength: number): fc.Arbitrary<string> =>
  fc.oneof(
    fc.string({
      unit: fc.integer({ min: 0, max: 0x10ffff }).map((point) => String.fromCodePoint(point)),
      maxLength,
    }),
    fc.string({
      unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
      maxLength,
    }),
    fc.string({
      unit: fc.constantFrom(
        '"',
        '\\',
        '\n',
        '\r',
        '\0',
        '\u2028',
        '\u0085',
        '\ud83d',
        '\ude00',
        'é',
        ' ',
      ),
      maxLength,
    }),
  );

const utf8 = (text: string): number => new TextEncoder().encode(text).length;

/** What SNS counts of a message: the text and its attributes' names, types and values. */
export const sizeOf = (input: {
  readonly Message: string;
  readonly MessageAttributes: Readonly<
    Record<string, { readonly DataType: string; readonly StringValue: string }>
  >;
}): number =>
  Object.entries(input.MessageAttributes)
    .flatMap(([name, { DataType, StringValue }]) => [name, DataType, StringValue])
    .reduce((sum, text) => sum + utf8(text), utf8(input.Message));

/** What an item of `ignoredActors` keeps from people, as an alert says it. */
export const suppressedBy = (item: string): NonNullable<Alert['suppressed']> => ({
  parameter: 'ignoredActors',
  item,
  owner: null,
  reason: null,
  until: null,
});
