import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EventBridgeEvent, isObject } from './cloudtrail.ts';
import { EvaluationError, evaluator, type Verdict } from './evaluate.ts';
import { readParameters } from './values.ts';
import { cis, mitre } from './references.ts';
import {
  allParameters,
  type AnyRule,
  defineRule,
  type Finding,
  type Findings,
  severities,
  type Severity,
} from './rule.ts';
import { about, dedupKey, eventOf, groupKey, record, stopped } from './rule.fake.ts';
import type { WebhookDelivery } from './arrival.ts';
import { apiCall, event, schedule, signIn, sns, type Trigger, webhook } from './trigger.ts';

/** What a rule makes of an event, with the given texts of parameters. */
const verdict = (
  rule: AnyRule,
  given: unknown,
  texts: Readonly<Record<string, string>> = {},
): Promise<Verdict> =>
  evaluator(
    rule,
    { parameters: readParameters(allParameters(rule), (name) => texts[name]), clients: undefined },
    'https://example.com/#stopped',
  )(given);

const alerting = { deniedAttempts: 'alert' };
const denied = {
  errorCode: 'AccessDenied',
  errorMessage: 'User alice is not authorized to perform: cloudtrail:StopLogging',
};

describe('an alert', () => {
  test('carries what the event says', async () => {
    const given = eventOf();
    expect(await verdict(stopped, given)).toEqual({
      because: 'alert',
      suppressed: [],
      alerts: [
        {
          version: 1,
          rule: 'stopped',
          test: false,
          outcome: 'succeeded',
          severity: 'high',
          title: 'StopLogging on main',
          summary: 'Somebody called StopLogging.',
          facts: { action: 'StopLogging' },
          targets: [],
          before: null,
          undo: null,
          suppression: { parameter: 'ignoredActors', item: 'arn:aws:iam::111122223333:user/alice' },
          dedupKey,
          groupKey,
          ...about,
          accountName: null,
          network: null,
          consoleUrl:
            'https://eu-west-1.console.aws.amazon.com/cloudtrailv2/home?region=eu-west-1#/events/6f1b6b1e-0000-4000-8000-000000000001',
          runbook: 'Ask the actor.',
          runbookUrl: 'https://example.com/#stopped',
          references: [],
          event: given,
        },
      ],
    });
  });

  test('has null where the event says nothing', async () => {
    const bare = {
      'detail-type': 'AWS API Call via CloudTrail',
      detail: { eventSource: 'cloudtrail.amazonaws.com', eventName: 'StopLogging' },
    };
    const { alerts } = await verdict(stopped, bare);
    expect(alerts[0]).toMatchObject({
      title: 'StopLogging on a trail',
      account: null,
      region: null,
      sourceAddress: null,
      userAgent: null,
      eventTime: null,
      eventId: null,
      consoleUrl: null,
      actor: { type: 'Unknown', description: 'an unknown principal' },
    });
  });

  test.each<[string, Readonly<Record<string, unknown>>, boolean]>([
    ['a data event', { managementEvent: false, eventCategory: 'Data' }, false],
    ['a data event of an old version', { managementEvent: false, eventCategory: undefined }, false],
    ['a network event', { managementEvent: false, eventCategory: 'NetworkActivity' }, false],
    [
      'a network event that says no more',
      { managementEvent: undefined, eventCategory: 'NetworkActivity' },
      false,
    ],
    ['a management event', { managementEvent: true, eventCategory: 'Management' }, true],
    ['an old record', { managementEvent: undefined, eventCategory: undefined }, true],
  ])(
    'of %s links to event history only where that has it: %j',
    async (_title, fields, isLinked) => {
      const { alerts } = await verdict(stopped, eventOf(fields));
      expect(alerts.map(({ consoleUrl }) => consoleUrl !== null)).toEqual([isLinked]);
    },
  );

  test('of an event that is no CloudTrail record has no actor and no link', async () => {
    const rule: AnyRule = defineRule({
      ...base,
      triggers: [event<{ status: string }>({ source: ['aws.trustedadvisor'] })],
      parameters: {},
      evaluate: ({ detail }) => ({ title: detail.status, summary: detail.status }),
    });
    const given = {
      id: 'e1',
      'detail-type': 'Trusted Advisor Check Item Refresh Notification',
      source: 'aws.trustedadvisor',
      account: '111122223333',
      region: 'us-east-1',
      time: '2026-01-01T00:00:00Z',
      detail: { status: 'ERROR' },
    };
    expect((await verdict(rule, given)).alerts[0]).toMatchObject({
      actor: null,
      consoleUrl: null,
      account: '111122223333',
      eventId: 'e1',
      eventName: 'Trusted Advisor Check Item Refresh Notification',
      eventTime: '2026-01-01T00:00:00Z',
      facts: {},
    });
  });

  const issuer = { type: 'Role', arn: 'arn:aws:iam::111122223333:role/Ops', userName: 'Ops' };
  const attributes = { creationDate: '2026-03-04T05:00:00Z', mfaAuthenticated: 'true' };

  test.each<[string, unknown, object]>([
    [
      'a role, opened with MFA',
      { sessionIssuer: issuer, attributes },
      { sessionIssuer: issuer.arn, mfaAuthenticated: true },
    ],
    [
      'a user in the console, without MFA',
      { attributes: { ...attributes, mfaAuthenticated: 'false' } },
      { mfaAuthenticated: false },
    ],
    [
      'a federated user',
      { sessionIssuer: { type: 'IAMUser', userName: 'alice' } },
      { sessionIssuer: 'alice' },
    ],
    ['an access key', undefined, {}],
    ['a service', { sessionIssuer: {}, attributes: null }, {}],
    ['somebody whose MFA is no text', { attributes: { mfaAuthenticated: { toString: 1 } } }, {}],
    ['somebody hostile', { sessionIssuer: [1], attributes: { mfaAuthenticated: 'maybe' } }, {}],
  ])('says who issued the session of %s', async (_who, sessionContext, expected) => {
    const { alerts } = await verdict(
      stopped,
      eventOf({ userIdentity: { type: 'AssumedRole', sessionContext } }),
    );
    expect(alerts.map(({ facts }) => facts)).toEqual([{ action: 'StopLogging', ...expected }]);
  });

  test('a fact of the rule goes before one of the session', async () => {
    const rule: AnyRule = {
      ...stopped,
      evaluate: () => ({ title: 'x', summary: 'x', facts: { mfaAuthenticated: 'by phone' } }),
    };
    const given = eventOf({ userIdentity: { type: 'IAMUser', sessionContext: { attributes } } });
    expect((await verdict(rule, given)).alerts[0]?.facts).toEqual({
      mfaAuthenticated: 'by phone',
    });
  });

  test('a scheduled run can alert too', async () => {
    const rule: AnyRule = defineRule({
      ...base,
      triggers: [schedule('rate(1 day)')],
      parameters: {},
      evaluate: () => [{ title: 'a', summary: 'b', severity: 'low' }],
    });
    const given = {
      id: 'e1',
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: '111122223333',
      time: '2026-01-01T00:00:00Z',
      region: 'eu-west-1',
      resources: [],
      detail: {},
    };
    expect((await verdict(rule, given)).alerts).toMatchObject([
      { severity: 'low', eventId: 'e1', actor: null },
    ]);
  });

  test('several are several; nothing is nothing', async () => {
    for (const [found, count] of [
      [undefined, 0],
      [null, 0],
      [[], 0],
      [{ title: 'a', summary: 'b' }, 1],
      [
        [
          { title: 'a', summary: 'b' },
          { title: 'c', summary: 'd' },
        ],
        2,
      ],
    ] as const) {
      const rule: AnyRule = { ...stopped, evaluate: () => found };
      const { alerts, because } = await verdict(rule, eventOf());
      expect(alerts).toHaveLength(count);
      expect(because).toBe(count ? 'alert' : 'nothing found');
    }
  });
});

/** A rule that makes the given findings of anything. */
const finding = (found: Findings): AnyRule => ({ ...stopped, evaluate: () => found });

describe('what a rule says beside it', () => {
  const whole = {
    title: 'a',
    summary: 'b',
    targets: [{ type: 'AWS::S3::Bucket', id: 'arn:aws:s3:::photos' }],
    before: { visibility: 'private', size: 3, archived: false },
    undo: ['aws', 's3api', 'delete-bucket-policy', '--bucket', 'photos'],
    suppression: { parameter: 'actions', item: 'StopLogging' },
  } as const satisfies Finding;

  test('is in the alert, the command as one line', async () => {
    expect((await verdict(finding(whole), eventOf())).alerts[0]).toMatchObject({
      targets: whole.targets,
      before: whole.before,
      undo: 'aws s3api delete-bucket-policy --bucket photos',
      suppression: whole.suppression,
    });
  });

  test('of an attempt: nothing was changed, and nothing is to be undone', async () => {
    expect((await verdict(finding(whole), eventOf(denied), alerting)).alerts[0]).toMatchObject({
      outcome: 'denied',
      targets: whole.targets,
      before: null,
      undo: null,
      suppression: whole.suppression,
    });
  });
});

describe('the key of a group', () => {
  const keyOf = async (
    group: string | undefined,
    fields: Readonly<Record<string, unknown>> = {},
  ): Promise<string | undefined> => {
    const rule = finding({ title: 'a', summary: 'b', ...(group === undefined ? {} : { group }) });
    return (await verdict(rule, eventOf(fields))).alerts[0]?.groupKey;
  };
  const session = (name: string): Readonly<Record<string, unknown>> => ({
    userIdentity: {
      type: 'AssumedRole',
      arn: `arn:aws:sts::111122223333:assumed-role/Deploy/${name}`,
    },
  });

  test('is that of the rule, the account, the principal and what the rule says', async () => {
    expect(await keyOf('StopLogging')).toBe(groupKey);
    expect(await keyOf(undefined)).toBe(groupKey.replace(/StopLogging$/, ''));
    expect(await keyOf('StopLogging', session('bob'))).toBe(
      'stopped:111122223333:arn:aws:sts::111122223333:assumed-role/Deploy:StopLogging',
    );
  });

  test('is the same in every region, under every name of a session, for every event', async () => {
    const first = await keyOf('x', session('bob'));
    expect(
      await keyOf('x', {
        ...session('alice'),
        awsRegion: 'ap-south-1',
        sourceIPAddress: '192.0.2.99',
        eventID: 'another',
        requestParameters: { name: 'another' },
      }),
    ).toBe(first);
  });
});

test.each(['group', 'key', 'once'])(
  'an alert does not depend on a text where an event had an object that cannot be made one: %s',
  async (field) => {
    const hostile: unknown = JSON.parse('{"toString":1}');
    const rule: AnyRule = {
      ...stopped,
      onceWithin: 60,
      evaluate: () => ({ title: 'a', summary: 'b', [field]: hostile }) as Finding,
    };
    const [alert] = (await verdict(rule, eventOf())).alerts;
    expect(alert).toMatchObject({
      title: 'a',
      dedupKey,
      groupKey: groupKey.replace(/:[^:]*$/, ':'),
    });
  },
);

describe('what the operator muted', () => {
  const muted = { title: 'a', summary: 'b', suppressedBy: 'ci-*' };
  const loud = { title: 'c', summary: 'd', suppressedBy: undefined };

  test('is no alert, and is told with the item that mutes it', async () => {
    expect(await verdict(finding(muted), eventOf())).toEqual({
      alerts: [],
      suppressed: [
        {
          title: 'a',
          by: 'ci-*',
          alert: expect.objectContaining({
            title: 'a',
            suppressed: { parameter: null, item: 'ci-*', owner: null, reason: null, until: null },
          }),
        },
      ],
      because: 'suppressed',
    });
  });

  test('says for machines in which parameter it is muted and until when, with a key of its own', async () => {
    const item = 'user/alice until 2100-01-31';
    const found = await verdict(stopped, eventOf(), { ignoredActors: item });
    const [alert] = (await verdict(stopped, eventOf())).alerts;
    expect(found.suppressed).toEqual([
      {
        title: alert?.title,
        by: item,
        alert: {
          ...alert,
          dedupKey: `suppressed:${alert?.dedupKey}`,
          suppressed: {
            parameter: 'ignoredActors',
            item,
            owner: null,
            reason: null,
            until: '2100-01-31',
          },
        },
      },
    ]);
  });

  test('does not mute what stands beside it', async () => {
    const found = await verdict(finding([muted, loud, muted]), eventOf());
    expect(found).toMatchObject({ alerts: [{ title: 'c' }], because: 'alert' });
    expect(found.suppressed).toHaveLength(2);
    expect(found.alerts[0]).not.toHaveProperty('suppressedBy');
  });

  test('is muted as an attempt too', async () => {
    const found = await verdict(finding(muted), eventOf(denied), alerting);
    expect(found).toMatchObject({ alerts: [], because: 'suppressed' });
  });

  test('is checked as an alert is: what is none throws', async () => {
    const rule = { ...stopped, evaluate: () => ({ suppressedBy: 'x' }) } as unknown as AnyRule;
    await expect(verdict(rule, eventOf())).rejects.toThrow(EvaluationError);
  });
});

describe('the key of a finding', () => {
  const keyOf = async (rule: AnyRule, given: unknown): Promise<string | undefined> =>
    (await verdict(rule, given)).alerts[0]?.dedupKey;

  test('is its own, within rule, account and region', async () => {
    const rule = finding({ title: 'a', summary: 'b', key: 'alice' });
    expect(await keyOf(rule, eventOf())).toBe('stopped:111122223333:eu-west-1:alice');
    const elsewhere = { ...eventOf({ awsRegion: 'eu-north-1' }), account: '444455556666' };
    expect(await keyOf(rule, elsewhere)).toBe('stopped:444455556666:eu-north-1:alice');
  });

  test('is that of the event otherwise: the same when it comes again, another for another', async () => {
    const [first, again, other] = await Promise.all([
      keyOf(stopped, eventOf()),
      keyOf(stopped, { ...eventOf(), id: 'delivered-again' }),
      keyOf(stopped, eventOf({ eventID: 'another' })),
    ]);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  test('is never empty', async () => {
    const bare = {
      'detail-type': 'AWS API Call via CloudTrail',
      detail: { ...record, eventID: 7 },
    };
    expect(await keyOf(stopped, bare)).toContain('StopLogging on main');
  });
});

describe('what is told once', () => {
  const once = (finding: Partial<Finding>, texts = {}, detail = {}): Promise<Verdict> =>
    verdict(
      {
        ...stopped,
        onceWithin: 60,
        evaluate: () => [
          { title: 'a session', summary: 'x', key: 'k', ...finding },
          { title: 'another', summary: 'x', key: 'other' },
        ],
      },
      eventOf(detail),
      texts,
    );

  test('has its key in the alert, and beside it', async () => {
    const { alerts, once: keys } = await once({ once: 'session:1' });
    expect(alerts.map((alert) => alert.dedupKey)).toEqual([
      'stopped:111122223333:eu-west-1:succeeded:session:1',
      'stopped:111122223333:eu-west-1:other',
    ]);
    expect(keys).toEqual(['stopped:111122223333:eu-west-1:succeeded:session:1']);
  });

  test('is something else when it was denied', async () => {
    const { once: keys } = await once({ once: 'session:1' }, alerting, denied);
    expect(keys).toEqual(['stopped:111122223333:eu-west-1:denied:session:1']);
  });

  test('is nothing where the finding does not say so, or is muted', async () => {
    for (const finding of [
      {},
      { once: undefined },
      { once: '' },
      { once: 'k', suppressedBy: 'x' },
    ]) {
      expect(await once(finding)).not.toHaveProperty('once');
    }
  });

  test('needs a time, which the rule says', async () => {
    const rule = { ...stopped, evaluate: () => ({ title: 'a', summary: 'b', once: 'c' }) };
    await expect(verdict(rule, eventOf())).rejects.toThrow(
      'stopped gave a finding with `once`: expected the rule to say `onceWithin`, found none.',
    );
  });
});

test('an alert carries the references of its rule', async () => {
  const rule: AnyRule = {
    ...stopped,
    references: [cis(5), mitre('T1562.008', 'Disable or Modify Cloud Logs')],
  };
  expect((await verdict(rule, eventOf())).alerts[0]?.references).toEqual([
    'CIS AWS Foundations Benchmark 4.5 (v1.4 to v5.0), 5.5 (v6.0, v7.0): fully',
    'MITRE ATT&CK T1562.008 Disable or Modify Cloud Logs',
  ]);
});

describe('a rule with several triggers', () => {
  const asked: unknown[] = [];
  const rule = (...triggers: readonly Trigger[]): AnyRule =>
    defineRule({
      ...base,
      triggers,
      parameters: {},
      evaluate(given) {
        asked.push(given);
        return { title: 'found', summary: 'Found.' };
      },
    });
  const message = {
    MessageId: 'm1',
    TopicArn: 'arn:aws:sns:eu-west-1:111122223333:t',
    Message: 'text',
  };
  const delivery = { name: 'fork', id: 'd1', payload: { sender: { login: 'alice' } } };
  const all = rule(
    apiCall('cloudtrail.amazonaws.com', ['StopLogging']),
    sns(),
    webhook<WebhookDelivery<'fork'>>(['fork']),
  );

  test('is asked about each as its trigger says', async () => {
    asked.length = 0;
    const given = [{ Records: [{ Sns: message }] }, delivery, eventOf()];
    const ids: unknown[] = [];
    for (const each of given) {
      ids.push(
        (await verdict(all, each)).alerts.map(({ eventId, dedupKey }) => [eventId, dedupKey]),
      );
    }
    expect(asked).toEqual([message, delivery, eventOf()]);
    expect(ids).toEqual([
      [['m1', 'other:111122223333:eu-west-1:m1']],
      [['d1', 'other:d1']],
      [[record['eventID'], `other:111122223333:eu-west-1:${String(record['eventID'])}`]],
    ]);
  });

  test('an alert of a delivery says who did it, and neither account nor console', async () => {
    expect((await verdict(all, delivery)).alerts[0]).toMatchObject({
      account: null,
      region: null,
      consoleUrl: null,
      eventName: 'fork',
      actor: { description: 'GitHub user alice' },
      event: delivery,
    });
  });

  test('says what it expected of anything else', async () => {
    await expect(verdict(all, { Records: [] })).rejects.toThrow(
      'other expected an EventBridge event (an object with detail-type and detail) or a message of SNS (Records with one Sns) or a delivery of a webhook (an object with name and payload), found an object with Records.',
    );
    await expect(verdict(rule(sns()), eventOf())).rejects.toThrow(EvaluationError);
    await expect(verdict(rule(webhook(['fork'])), eventOf())).rejects.toThrow(EvaluationError);
    await expect(verdict(stopped, delivery)).rejects.toThrow(EvaluationError);
  });
});

test('stand-ins for clients are asked instead of them', async () => {
  const rule: AnyRule = {
    ...stopped,
    evaluate: (_, { clients }) => ({ title: String(clients), summary: 'x' }),
  };
  const asking = evaluator(rule, { parameters: {}, clients: 'real' });
  expect((await asking(eventOf())).alerts[0]?.title).toBe('real');
  expect((await asking(eventOf(), 'stand-in')).alerts[0]?.title).toBe('stand-in');
});

const base = {
  name: 'other',
  title: 'Other',
  description: 'Alerts.',
  severity: 'critical',
  runbook: 'Look.',
} as const;

describe('calls that were denied', () => {
  test('are quiet unless the operator wants to hear of them', async () => {
    for (const texts of [{}, { deniedAttempts: 'quiet' }]) {
      expect(await verdict(stopped, eventOf(denied), texts)).toEqual({
        alerts: [],
        suppressed: [],
        because: 'the call was denied',
      });
    }
  });

  test('are alerts one severity lower, marked as denied attempts', async () => {
    const { alerts, because } = await verdict(stopped, eventOf(denied), alerting);
    expect(because).toBe('alert');
    expect(alerts).toMatchObject([
      {
        severity: 'medium',
        title: 'Denied attempt: StopLogging on main',
        summary:
          'This was attempted and denied (AccessDenied: User alice is not authorized to perform: cloudtrail:StopLogging). ' +
          'Had it succeeded: Somebody called StopLogging.',
        facts: { action: 'StopLogging' },
      },
    ]);
  });

  test('a reason that is no text is left out', async () => {
    const given = eventOf({ errorCode: 'AccessDenied', errorMessage: { toString: 1 } });
    const { alerts } = await verdict(stopped, given, alerting);
    expect(alerts[0]?.summary).toMatch(/^This was attempted and denied \(AccessDenied\)\. /);
  });

  test('severities go down by one, and not below low', async () => {
    for (const [index, severity] of severities.entries()) {
      for (const rule of [
        { ...stopped, severity },
        {
          ...stopped,
          severity: 'low' as Severity,
          evaluate: () => ({ title: 'a', summary: 'b', severity }),
        },
      ]) {
        const { alerts } = await verdict(rule, eventOf(denied), alerting);
        expect(alerts[0]?.severity).toBe(severities[Math.max(0, index - 1)]);
      }
    }
  });

  test('are nothing when the rule finds nothing in them', async () => {
    expect(
      await verdict(stopped, eventOf(denied), { ...alerting, actions: 'DeleteTrail' }),
    ).toEqual({ alerts: [], suppressed: [], because: 'nothing found' });
  });

  test('a failed sign-in is no sign-in, and an attempt when asked for', async () => {
    const rule: AnyRule = defineRule({
      ...base,
      triggers: [signIn(['Root'])],
      parameters: {},
      evaluate: () => ({ title: 'Root signed in', summary: 'Root signed in.' }),
    });
    const given: EventBridgeEvent = {
      ...eventOf({
        eventSource: 'signin.amazonaws.com',
        eventName: 'ConsoleLogin',
        errorMessage: 'Failed authentication',
        responseElements: { ConsoleLogin: 'Failure' },
      }),
      'detail-type': 'AWS Console Sign In via CloudTrail',
    };
    expect((await verdict(rule, given)).because).toBe('the call was denied');
    expect((await verdict(rule, given, alerting)).alerts).toMatchObject([
      { severity: 'high', title: 'Denied attempt: Root signed in' },
    ]);
  });
});

test('calls that failed are quiet, and the rule is not asked', async () => {
  const rule: AnyRule = {
    ...stopped,
    evaluate: () => {
      throw new Error('asked');
    },
  };
  for (const texts of [{}, alerting]) {
    expect(await verdict(rule, eventOf({ errorCode: 'TrailNotFoundException' }), texts)).toEqual({
      alerts: [],
      suppressed: [],
      because: 'the call failed',
    });
  }
});

test.each(['a\nb', '\u202ea', 'a\u200bb'])(
  'an item that cannot be copied from a line mutes nothing, and is not shown: %j',
  async (item) => {
    const rule: AnyRule = {
      ...stopped,
      evaluate: () => ({
        title: 'Trail stopped',
        summary: 'It was.',
        suppression: { parameter: 'muted', item },
      }),
    };
    expect((await verdict(rule, eventOf())).alerts[0]?.suppression).toBeNull();
  },
);

test('a record that a partner put on its bus is quiet, whatever it says', async () => {
  const forged = { ...eventOf(), source: 'aws.partner/example.com/alerts' };
  expect(await verdict(stopped, forged)).toMatchObject({
    alerts: [],
    because: 'the event is not from AWS',
  });
  const own: AnyRule = {
    ...stopped,
    triggers: [event({ source: [{ prefix: 'aws.partner/' }] })],
    evaluate: () => ({ title: 'A partner says so', summary: 'It does.' }),
  };
  const said = { ...forged, 'detail-type': 'Ticket', detail: {} };
  expect(await verdict(own, said)).toMatchObject({ because: 'alert' });
});

describe('what cannot be evaluated throws', () => {
  const cloudTrail = 'AWS API Call via CloudTrail';
  test.each<[unknown, string]>([
    [undefined, 'nothing'],
    [null, 'nothing'],
    ['an event', 'a string'],
    [1, 'a number'],
    [[eventOf()], 'a list'],
    [{}, 'an object with no fields'],
    [record, 'an object with eventVersion, userIdentity'],
    [{ 'detail-type': cloudTrail }, 'an object with detail-type'],
    [{ 'detail-type': cloudTrail, detail: null }, 'an object with detail-type, detail'],
    [{ 'detail-type': cloudTrail, detail: [record] }, 'an object with detail-type, detail'],
    [{ 'detail-type': cloudTrail, detail: 'record' }, 'an object with detail-type, detail'],
    [{ 'detail-type': [cloudTrail], detail: record }, 'an object with detail-type, detail'],
    [{ detail: record }, 'an object with detail'],
  ])('%j is no event', async (given, found) => {
    const error = await verdict(stopped, given).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(EvaluationError);
    expect((error as Error).message).toMatch(
      /^stopped expected an EventBridge event \(an object with detail-type and detail\), found /,
    );
    expect((error as Error).message).toContain(found);
  });

  test.each([
    { eventName: undefined },
    { eventName: null },
    { eventName: 1 },
    { eventSource: undefined },
    { eventSource: ['x'] },
  ])('a record with %j is no record', async (fields) => {
    await expect(verdict(stopped, eventOf(fields))).rejects.toThrow(EvaluationError);
    await expect(verdict(stopped, eventOf(fields))).rejects.toThrow(
      'expected a CloudTrail record with eventSource and eventName in event c5a1b2d3',
    );
  });

  test('what a rule throws is kept as the cause', async () => {
    const cause = new TypeError('no role');
    for (const evaluate of [
      () => {
        throw cause;
      },
      () => Promise.reject(cause),
    ]) {
      const error = await verdict({ ...stopped, evaluate }, eventOf()).catch(
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(EvaluationError);
      expect(error).toMatchObject({
        message: 'stopped could not evaluate event 6f1b6b1e-0000-4000-8000-000000000001: no role',
        cause,
      });
    }
  });

  test.each([
    ['a text'],
    [[null]],
    [{ title: 'a' }],
    [{ title: 'a', summary: 1 }],
    [[{ title: 'a', summary: 'b' }, {}]],
    [true],
  ])('a rule that gives %j gives no alert', async (found) => {
    const rule = { ...stopped, evaluate: () => found } as AnyRule;
    await expect(verdict(rule, eventOf())).rejects.toThrow(EvaluationError);
  });
});

describe('hostile events', () => {
  const value: fc.Arbitrary<unknown> = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom(
      '\ud800',
      '',
      'AccessDenied',
      'Failure',
      { toString: 1, valueOf: 2 },
      { ConsoleLogin: 'Failure' },
    ),
    fc.string(),
  );
  const fields = fc.dictionary(
    fc.constantFrom(...Object.keys(record), 'errorCode', 'errorMessage', 'additionalEventData'),
    value,
    { maxKeys: 6 },
  );
  const shell = fc.dictionary(
    fc.constantFrom('id', 'account', 'region', 'time', 'source', 'detail-type', 'detail'),
    value,
    { maxKeys: 2 },
  );
  // A rule that is as careful as its types ask for, and one that is not.
  const total: AnyRule = defineRule({
    ...base,
    triggers: [apiCall('cloudtrail.amazonaws.com', ['StopLogging'])],
    parameters: {},
    evaluate: ({ detail }) => ({ title: detail.eventName, summary: detail.eventSource }),
  });

  test.each([
    ['a careful rule', total],
    ['a careless rule', stopped],
  ])('are evaluated by %s or thrown as such', async (_, rule) => {
    await fc.assert(
      fc.asyncProperty(
        shell,
        fields,
        fc.constantFrom('quiet', 'alert'),
        async (outer, inner, deniedAttempts) => {
          const given = { ...eventOf(inner), ...outer };
          const found = await verdict(rule, given, { deniedAttempts }).catch(
            (error: unknown) => error,
          );
          expect(
            isObject(found) && (found instanceof EvaluationError || Array.isArray(found['alerts']))
              ? 'either'
              : found,
          ).toBe('either');
          for (const alert of found instanceof Error ? [] : (found as Verdict).alerts) {
            expect(alert.title).toEqual(expect.any(String));
            for (const field of [
              'account',
              'region',
              'eventId',
              'eventTime',
              'userAgent',
              'sourceAddress',
              'eventName',
            ] as const) {
              expect(alert[field] === null || typeof alert[field] === 'string').toBe(true);
              expect(alert[field]).not.toBe('');
            }
            expect(JSON.parse(JSON.stringify(alert))).toBeTypeOf('object');
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('any JSON at all is an EvaluationError or a verdict', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (given) => {
        await expect(verdict(stopped, given)).rejects.toThrow(EvaluationError);
      }),
    );
  });
});
