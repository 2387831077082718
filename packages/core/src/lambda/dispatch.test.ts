import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dispatchTypeVariable, dispatchUsersVariable } from '../environment.ts';
import { commandLine } from '../alert.ts';
import type { Alert } from '../contracts/alert.ts';
import { severities } from '../rule.ts';
import { type DispatchMessage, dispatchMessage, dispatchTypes } from './dispatch.ts';
import { dispatchProblems } from '../testing/dispatch.ts';
import { anyText, alert, sizeOf } from './alert.fake.ts';
import type { PublishInput } from './message.ts';

const topicArn = 'arn:aws:sns:us-east-1:444455556666:dispatch';

const read = (input: PublishInput): DispatchMessage => JSON.parse(input.Message) as DispatchMessage;
const made = (
  fields: Partial<Alert> = {},
  environment: Readonly<Record<string, string>> = {},
): DispatchMessage => read(dispatchMessage(alert(fields), topicArn, environment));

describe('a message for Dispatch', () => {
  test('holds the finding for each of its routes', () => {
    const input = dispatchMessage(alert(), topicArn);
    expect(dispatchProblems(input)).toEqual([]);
    expect(input).toMatchObject({
      TopicArn: topicArn,
      Subject: '[high] CloudTrail: StopLogging on main in 111122223333 by IAM user alice',
      MessageAttributes: { rule: { StringValue: 'stopped' }, severity: { StringValue: 'high' } },
    });
    const { body, ...rest } = read(input);
    expect(rest).toEqual({
      type: 'high-priority',
      requestId: '6f1b6b1e-0000-4000-8000-000000000001',
      retrigger: true,
      users: [{}],
    });
    expect(body.github.title).toMatch(
      /^CloudTrail: StopLogging on main by IAM user alice \(111122223333, eu-west-1\) \[[0-9a-f]{12}\]$/,
    );
    expect(body.pagerduty.title).toBe(body.github.title);
    for (const text of [body.github.body, body.pagerduty.body]) {
      expect(text).toContain('The disallowed action StopLogging was called by IAM user alice.');
      expect(text).toContain('Ask the actor whether it was planned.');
      expect(text).toContain('"eventName": "StopLogging"');
    }
    expect(body.slack.message).toContain('Severity  high');
    expect(body.slack.message).not.toContain('The event\n');
  });

  test.each(severities)('of severity %s has a type that Dispatch takes', (severity) => {
    const input = dispatchMessage(alert({ severity }), topicArn);
    expect(dispatchProblems(input)).toEqual([]);
    expect(read(input).type).toBe(
      {
        critical: 'high-priority',
        high: 'high-priority',
        medium: 'broadcast',
        low: 'low-priority',
      }[severity],
    );
  });

  test.each(dispatchTypes)('is %s when the operator says so, whatever the severity', (type) => {
    for (const severity of severities) {
      const input = dispatchMessage(alert({ severity }), topicArn, {
        [dispatchTypeVariable]: type,
      });
      expect(dispatchProblems(input)).toEqual([]);
      expect(read(input).type).toBe(type);
    }
  });

  test.each(['', 'bySeverity'])('is by severity when it says %j', (given) => {
    expect(made({ severity: 'low' }, { [dispatchTypeVariable]: given }).type).toBe('low-priority');
  });

  test('of a type that Dispatch does not know is refused', () => {
    expect(() => made({}, { [dispatchTypeVariable]: 'loud' })).toThrow(
      'DISPATCH_TYPE: expected bySeverity or one of self-service, broadcast, high-priority, low-priority, found "loud".',
    );
  });

  test.each([
    ['', [{}]],
    [' , ', [{}]],
    ['U024BE7LH', [{ slackId: 'U024BE7LH' }]],
    [
      'U024BE7LH:alice, C061EG9SL,:bob,',
      [{ slackId: 'U024BE7LH', github: 'alice' }, { slackId: 'C061EG9SL' }, { github: 'bob' }],
    ],
  ])('goes to the users %j', (given, users) => {
    expect(made({}, { [dispatchUsersVariable]: given }).users).toEqual(users);
  });

  test('of a test says so first in every title and text', () => {
    const { body } = made({ test: true });
    for (const text of [
      body.github.title,
      body.github.body.replace('```text\n', ''),
      body.slack.message,
      body.pagerduty.title,
      body.pagerduty.body,
    ]) {
      expect(text).toMatch(/^TEST, nothing happened: CloudTrail: StopLogging on main/);
    }
    expect(made({ test: true, title: 'x'.repeat(1000) }).body.github.title).toHaveLength(220);
  });

  test('names the account in its titles by its name', () => {
    expect(made({ accountName: 'payments-prod' }).body.github.title).toContain(
      ' (payments-prod, eu-west-1) [',
    );
  });

  test('retrigger is a boolean', () => {
    expect(made().retrigger).toBe(true);
  });

  test('has one title for one finding, and another for another', () => {
    const title = (fields: Partial<Alert>): string => made(fields).body.github.title;
    expect(title({ eventTime: '2026-03-04T07:00:00Z' })).toBe(title({}));
    expect(title({ dedupKey: 'stopped:111122223333:eu-west-1:another' })).not.toBe(title({}));
    // However long what they have in common.
    const long = 'x'.repeat(1000);
    expect(title({ title: long, dedupKey: 'a' })).not.toBe(title({ title: long, dedupKey: 'b' }));
  });

  test('of a delivery has neither account nor region', () => {
    const input = dispatchMessage(
      alert({ account: null, region: null, eventId: null, title: '\u200e ' }),
      topicArn,
    );
    expect(dispatchProblems(input)).toEqual([]);
    expect(read(input).body.github.title).toMatch(/^Alert of stopped \[[0-9a-f]{12}\]$/);
    expect(read(input).requestId).toMatch(/^[0-9a-f]{12}$/);
  });
});

describe('a hostile value', () => {
  test.each([
    'x\n```\n@mallory [link](https://example.com) ![x](https://example.com/x.png)',
    '```\n```',
    '````````',
  ])('%j cannot leave the block of code in the issue', (value) => {
    const { body } = made({
      title: value,
      summary: value,
      facts: { [value]: value },
      event: { value, [value]: 1 },
    });
    const lines = body.github.body.split('\n');
    expect(lines[0]).toBe('```text');
    expect(lines.at(-1)).toBe('```');
    expect(lines.slice(1, -1).join('\n')).not.toContain('```');
  });

  test.each(['<!channel>', '<!here|x>', '<@U024BE7LH>', '<https://example.com|Patrol>', '&lt;'])(
    '%j means nothing to Slack',
    (value) => {
      const { body } = made({ title: value, facts: { [value]: value }, userAgent: value });
      expect(body.slack.message).not.toMatch(/[<>]/);
      expect(body.slack.message.match(/&(?!amp;|lt;|gt;)/g)).toBeNull();
      expect(body.slack.message).toContain(
        value
          .replace('https://example.com', 'https[:]//example[.]com')
          .replaceAll('&', '&amp;')
          .replaceAll('<', '&lt;')
          .replaceAll('>', '&gt;'),
      );
    },
  );

  test('leaves the command that undoes it as it is', () => {
    const undo = commandLine(['gh', 'repo', 'edit', "a'```;id;```&<b"]);
    const { body } = made({ undo });
    expect(body.github.body).toContain(`\nUndo      ${undo}\n`);
    expect(body.pagerduty.body).toContain(`\nUndo      ${undo}\n`);
    // Slack shows entities as what they stand for.
    const shown = body.slack.message.replaceAll('&lt;', '<').replaceAll('&amp;', '&');
    expect(shown).toContain(`\nUndo      ${undo}\n`);
  });

  test('is cut between characters and entities', () => {
    for (const unit of ['&', '<', '\u{1F600}', 'é', 'ab&<\u{1F600}']) {
      for (let shift = 0; shift < 6; shift += 1) {
        const summary = 'x'.repeat(shift) + unit.repeat(4000);
        const { slack, github, pagerduty } = made({ summary }).body;
        expect(slack.message.length).toBeLessThanOrEqual(4000);
        expect(slack.message).toMatch(/…$/);
        expect(slack.message.match(/&(?!amp;|lt;|gt;)/g)).toBeNull();
        for (const text of [slack.message, github.body, pagerduty.body])
          expect(text).not.toMatch(/\p{Surrogate}/u);
      }
    }
  });
});

describe('kept within what SNS takes', () => {
  const accepted = (input: PublishInput): void => {
    expect(sizeOf(input)).toBeLessThanOrEqual(262_144);
    // SNS: fewer than 100 characters of ASCII on one line.
    expect(input.Subject).toMatch(/^[!-~](?:[ -~]{0,97}[!-~])?$/);
    expect(dispatchProblems(input)).toEqual([]);
  };

  test.each(['x', '"', '\\', '\n', '\u0001', '\u009b', '\ud800', '\u{1F600}', '警', '&', '`'])(
    'whatever is 1 MB of %j',
    (unit) => {
      const huge = unit.repeat(Math.ceil(1_000_000 / unit.length));
      const fields = {
        title: huge,
        summary: huge,
        facts: { a: huge, [huge]: 'b' },
        userAgent: huge,
        eventId: huge,
        dedupKey: huge,
        account: huge,
        region: huge,
        event: { huge },
      };
      const each = [fields, { event: { huge } }, { title: huge }, { facts: { [huge]: huge } }];
      for (const [index, some] of each.entries()) {
        const type = dispatchTypes[index % dispatchTypes.length] ?? '';
        accepted(dispatchMessage(alert(some), topicArn, { [dispatchTypeVariable]: type }));
      }
    },
  );

  test('whatever the text of an alert', () => {
    const big = fc
      .tuple(anyText(20), fc.integer({ min: 0, max: 20_000 }))
      .map(([unit, times]) => unit.repeat(times));
    const some = fc.oneof(anyText(300), big);
    fc.assert(
      fc.property(
        fc.record({
          title: some,
          summary: some,
          userAgent: fc.option(some),
          account: fc.option(some),
          region: fc.option(some),
          eventId: fc.option(some),
          dedupKey: some,
          facts: fc.dictionary(anyText(30), some, { maxKeys: 5 }),
          event: some.map((blob): unknown => ({ blob })),
        }),
        fc.constantFrom(...dispatchTypes),
        (fields, type) => {
          accepted(dispatchMessage(alert(fields), topicArn, { [dispatchTypeVariable]: type }));
        },
      ),
      { numRuns: 300 },
    );
  });
});
