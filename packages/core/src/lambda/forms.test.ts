import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import type { Alert } from '../contracts/alert.ts';
import type { Form } from '../contracts/forms.ts';
import { alert, anyText, sizeOf } from './alert.fake.ts';
import { dispatchMessage } from './dispatch.ts';
import { render } from './forms.ts';
import { message, type PublishInput } from './message.ts';

const topicArn = 'arn:aws:sns:us-east-1:111122223333:chat';

const bounded = (most: number) => v.pipe(v.string(), v.maxLength(most));
const texts = (most: number) => v.pipe(v.array(bounded(most)), v.maxLength(20));

/**
 * A custom notification, by AWS's page "Custom notifications using Amazon Q Developer in chat applications"
 * (docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html): version and source are required and have one value each,
 * `client-markdown` is the only type of text, and all else is a text, a list of texts or texts by name. The page gives no
 * lengths in words: those here are ours.
 */
const customNotification = v.strictObject({
  version: v.literal('1.0'),
  source: v.literal('custom'),
  id: v.optional(v.pipe(v.string(), v.nonEmpty(), v.maxLength(200))),
  content: v.strictObject({
    textType: v.optional(v.literal('client-markdown')),
    title: v.optional(v.pipe(v.string(), v.nonEmpty(), v.maxLength(250))),
    description: v.pipe(v.string(), v.nonEmpty(), v.maxLength(8000)),
    nextSteps: v.optional(texts(350)),
    keywords: v.optional(texts(75)),
  }),
  metadata: v.optional(
    v.strictObject({
      threadId: v.optional(v.pipe(v.string(), v.nonEmpty(), v.maxLength(200))),
      summary: v.optional(v.string()),
      eventType: v.optional(v.string()),
      relatedResources: v.optional(texts(256)),
      additionalContext: v.optional(v.record(v.string(), v.string())),
      enableCustomActions: v.optional(v.boolean()),
    }),
  ),
});

/**
 * What PagerDuty's integration "Amazon CloudWatch" reads of a message of CloudWatch: the fields of an alarm's notification.
 * Messages of others pass when the subject begins with the state and the body, strict JSON, has the same state
 * (cetinich.net/content/2022/cloudwatch-pagerduty-sns); other fields are shown.
 */
const alarmNotification = v.looseObject({
  AlarmName: v.pipe(v.string(), v.nonEmpty(), v.maxLength(255)),
  AlarmDescription: v.string(),
  AWSAccountId: v.nullable(v.string()),
  NewStateValue: v.literal('ALARM'),
  OldStateValue: v.string(),
  NewStateReason: v.string(),
  StateChangeTime: v.nullable(v.string()),
  Region: v.nullable(v.string()),
});

/** What those get who are subscribed by `https`, which both vendors are. */
const posted = ({ Message, MessageStructure }: PublishInput): unknown => {
  expect(MessageStructure).toBe('json');
  return JSON.parse((JSON.parse(Message) as { readonly default: string }).default);
};

const checks: Readonly<Record<'amazonQ' | 'pagerDuty', (input: PublishInput) => void>> = {
  amazonQ: (input) => void v.parse(customNotification, posted(input)),
  pagerDuty: (input) => {
    v.parse(alarmNotification, posted(input));
    expect(input.Subject).toMatch(/^ALARM: /);
  },
};

const vendors = ['amazonQ', 'pagerDuty'] as const;
const made = (form: Form, fields: Partial<Alert> = {}): PublishInput =>
  render(form, alert(fields), topicArn);
const q = (fields: Partial<Alert> = {}) =>
  v.parse(customNotification, posted(made('amazonQ', fields)));
const pager = (fields: Partial<Alert> = {}) =>
  v.parse(alarmNotification, posted(made('pagerDuty', fields)));

describe('forms', () => {
  test('text and dispatch are the messages that topics and Dispatch get', () => {
    expect(made('text')).toEqual(message(alert(), topicArn));
    expect(made('dispatch')).toEqual(dispatchMessage(alert(), topicArn));
  });

  test('one that there is not is refused', () => {
    expect(() => render('fax', alert(), topicArn)).toThrow(
      'There is no form "fax" of an alert: expected one of text, amazonQ, pagerDuty, dispatch.',
    );
  });

  test.each(vendors)('%s: who is subscribed by e-mail reads the finding', (form) => {
    const { Message, MessageAttributes } = made(form);
    const { email } = JSON.parse(Message) as { readonly email: string };
    expect(email).toMatch(/^CloudTrail: StopLogging on main by IAM user alice\n/);
    expect(email).toContain('\nWhat to do\n');
    expect(MessageAttributes['severity']?.StringValue).toBe('high');
  });

  test.each(vendors)('%s: fits whatever the alert holds', (form) => {
    const some = fc.oneof(
      anyText(300),
      fc
        .tuple(anyText(20), fc.integer({ min: 0, max: 20_000 }))
        .map(([unit, times]) => unit.repeat(times)),
    );
    fc.assert(
      fc.property(some, some, some, fc.option(some), (title, text, key, name) => {
        const input = made(form, {
          title,
          summary: text,
          rule: 'stopped',
          account: name,
          accountName: name,
          region: name,
          eventTime: name,
          groupKey: `x${key}`,
          dedupKey: `x${key}`,
          undo: name,
          facts: { [key]: text },
          targets: [{ type: 'A::B', id: key }],
          event: { text },
        });
        checks[form](input);
        expect(sizeOf(input)).toBeLessThanOrEqual(262_144);
        expect(input.Subject).toMatch(/^[!-~](?:[ -~]{0,97}[!-~])?$/);
      }),
      { numRuns: 100 },
    );
  });

  test.each(['"', '<', '\u{1F600}', '警', '\\'])('a megabyte of %j fits every form', (unit) => {
    const text = unit.repeat(300_000);
    for (const form of vendors) {
      const input = made(form, { title: text, summary: text, facts: { text }, undo: text });
      checks[form](input);
      expect(sizeOf(input)).toBeLessThanOrEqual(262_144);
    }
  });
});

describe('a notification of Amazon Q', () => {
  test('says what happened, and what to do', () => {
    const undo = 'aws cloudtrail start-logging --name main';
    const { content, metadata } = q({
      accountName: 'payments-prod',
      severity: 'critical',
      undo,
      consoleUrl: null,
    });
    expect(content.title).toBe('[critical] CloudTrail: StopLogging on main by IAM user alice');
    expect(content.description).toContain('\nWhere     payments-prod (111122223333), eu-west-1\n');
    expect(content.nextSteps).toEqual([
      'Ask the actor whether it was planned.',
      `Undo: \`${undo}\``,
      'https://example.com/runbook#stopped',
    ]);
    expect(content.keywords).toEqual(['critical', 'stopped', 'payments-prod', 'eu-west-1']);
    expect(metadata).toMatchObject({
      eventType: 'stopped',
      relatedResources: ['main'],
      enableCustomActions: false,
    });
  });

  test('is in one thread with all others of its group', () => {
    const { groupKey } = alert();
    expect(q().metadata?.threadId).toBe(groupKey);
    const long = 'g'.repeat(300);
    expect(q({ groupKey: `${long}a` }).metadata?.threadId).toBe(
      q({ groupKey: `${long}a`, title: 'x' }).metadata?.threadId,
    );
    expect(q({ groupKey: `${long}a` }).metadata?.threadId).not.toBe(
      q({ groupKey: `${long}b` }).metadata?.threadId,
    );
  });

  test('calls nobody, links nowhere and forges no line, whatever the event holds', () => {
    const hostile =
      '<!channel> <@U1> <https://evil.example|x> ```[x](https://evil.example) *a*\n# b';
    const found = q({
      title: hostile,
      summary: hostile,
      facts: { [hostile]: hostile },
      targets: [{ type: 'A::B', id: hostile }],
      accountName: hostile,
      undo: `rm '${hostile}'`,
    });
    const { nextSteps, ...content } = found.content;
    const all = JSON.stringify([content, found.metadata]);
    expect(all).not.toMatch(/<[!@h]|evil\.example|:\/\/evil/);
    expect(content.description.slice(4, -4)).not.toContain('```');
    expect(content.title).not.toMatch(/[`\n]/);
    expect(nextSteps).not.toContainEqual(expect.stringContaining('evil'));
  });

  test('says how to mute the actor where a notifier sends it', () => {
    const input = render('amazonQ', alert(), topicArn, { HELD_QUEUE_URL: 'q' });
    expect(v.parse(customNotification, posted(input)).content.description).toContain(
      '\nMute      patrol-deploy mute stopped --actor ',
    );
    expect(q().content.description).not.toContain('Mute');
  });

  test('of a test says TEST in its title and its text', () => {
    const { content, metadata } = q({ test: true });
    expect(content.title).toMatch(/^TEST \[high\] /);
    expect(metadata?.summary).toMatch(/^TEST \[high\] /);
    expect(content.description).toMatch(/^```\nTEST, nothing happened: /);
  });
});

describe('a message for PagerDuty', () => {
  test('is that of an alarm whose name is the same for all alerts of a group', () => {
    const first = pager({ accountName: 'payments-prod' });
    expect(first).toMatchObject({
      AlarmName: expect.stringMatching(/^stopped in payments-prod \[[0-9a-f]{12}\]$/),
      AWSAccountId: '111122223333',
      Region: 'eu-west-1',
      NewStateReason: '[high] CloudTrail: StopLogging on main in payments-prod by IAM user alice',
      StateChangeTime: '2026-03-04T05:06:07Z',
      severity: 'high',
    });
    const { AlarmName } = first;
    expect(pager({ accountName: 'payments-prod', title: 'x', dedupKey: 'y' }).AlarmName).toBe(
      AlarmName,
    );
    expect(pager({ accountName: 'payments-prod', groupKey: 'z' }).AlarmName).not.toBe(AlarmName);
    expect(made('pagerDuty').Subject).toBe(
      'ALARM: [high] CloudTrail: StopLogging on main in 111122223333 by IAM user alice',
    );
  });

  test('of a test says TEST in subject, name and text', () => {
    const { AlarmName, AlarmDescription } = pager({ test: true });
    expect(AlarmName).toMatch(/^TEST stopped/);
    expect(AlarmDescription).toMatch(/^TEST, nothing happened: /);
    expect(made('pagerDuty', { test: true }).Subject).toMatch(/^ALARM: TEST \[high\] /);
  });
});
