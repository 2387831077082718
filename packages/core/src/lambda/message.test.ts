import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gitHubAlice } from '../arrival.fake.ts';
import { nothingSaid } from '../arrival.ts';
import type { Alert } from '../contracts/alert.ts';
import { anyText, alert, sizeOf as size } from './alert.fake.ts';
import { expectAlert } from '../testing/index.ts';
import { clean } from '../unseen.ts';
import { message, type PublishInput, subject, textBody } from './message.ts';

const topicArn = 'arn:aws:sns:us-east-1:111122223333:alerts';
/** SNS, Publish: at most 262,144 bytes, attributes included. */
const limit = 262_144;
/** Whatever a mail client or a terminal might take for the end of a line. */
const lineBreak = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/;

const utf8 = (text: string): number => new TextEncoder().encode(text).length;

/** The two texts of a message. That for machines is what the contract says. */
function texts(input: PublishInput): { readonly email: string; readonly machines: Alert } {
  const protocols = JSON.parse(input.Message) as Record<string, string>;
  expect(Object.keys(protocols).toSorted()).toEqual(['default', 'email']);
  const machines = JSON.parse(protocols['default'] ?? '') as Alert;
  expectAlert(machines);
  return { email: protocols['email'] ?? '', machines };
}

describe('subject, which SNS takes whatever the title', () => {
  const acceptable = (text: string): void => {
    expect(text.length).toBeGreaterThanOrEqual(1);
    expect(text.length).toBeLessThanOrEqual(99);
    // Printable ASCII only, and something other than a space at both ends.
    expect(text).toMatch(/^[!-~](?:[ -~]*[!-~])?$/);
  };

  test('is what SNS accepts, whatever the title', () => {
    fc.assert(
      fc.property(anyText(600), (title) => {
        const made = subject(title, 'stopped');
        acceptable(made);
        expect(made).not.toBe('');
      }),
      { numRuns: 500 },
    );
  });

  test('leaves alone what SNS accepts already', () => {
    const word = fc.string({
      unit: fc.integer({ min: 33, max: 126 }).map((code) => String.fromCharCode(code)),
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1 }).map((words) => words.join(' ').slice(0, 99).trimEnd()),
        (title) => {
          expect(subject(title, 'stopped')).toBe(title);
        },
      ),
    );
  });

  test.each([
    ['', 'Alert of stopped'],
    [' \r\n\t\u2028 ', 'Alert of stopped'],
    ['\u0301\u0302', 'Alert of stopped'],
    ['Café crème', 'Cafe creme'],
    ['two\r\nlines', 'two lines'],
    ['警報', '??'],
    ['one \u{1F600} smile', 'one ? smile'],
    ['a'.repeat(99), 'a'.repeat(99)],
    ['a'.repeat(100), `${'a'.repeat(96)}...`],
    [`${'a'.repeat(95)} ${'b'.repeat(20)}`, `${'a'.repeat(95)}...`],
  ])('%j becomes %j', (title, expected) => {
    expect(subject(title, 'stopped')).toBe(expected);
    acceptable(expected);
  });

  test('the originals that SNS refused pass: a long principal, a long bucket, a full role ARN', () => {
    for (const title of [
      `Principal jane.doe@example.com modified CloudFront distribution E1234567890ABC of the company in production`,
      `S3 access logging was disabled on bucket: ${'b'.repeat(63)}`,
      `Disallowed role arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef assumed`,
    ]) {
      acceptable(subject(title, 'stopped'));
      expect(texts(message(alert({ title }), topicArn)).email).toContain(
        title.replace('jane.doe@example.com', 'jane[.]doe@example[.]com'),
      );
    }
  });
});

describe('the subject of an alert', () => {
  const role = {
    type: 'AssumedRole',
    description: 'role Developer (session bob)',
    name: 'Developer',
    arn: 'arn:aws:sts::111122223333:assumed-role/Developer/bob',
    accountId: '111122223333',
    principal: 'arn:aws:iam::111122223333:role/Developer',
  };
  const stopped = 'CloudTrail stopped: trail/main by role Developer (session bob)';
  const subjectOf = (fields: Partial<Alert>): string =>
    message(alert({ title: stopped, actor: role, severity: 'critical', ...fields }), topicArn)
      .Subject;

  test('says severity, what, where and who, without the name that the session has', () => {
    expect(subjectOf({ accountName: 'payments-prod' })).toBe(
      '[critical] CloudTrail stopped: trail/main in payments-prod by role Developer',
    );
    expect(subjectOf({})).toBe(
      '[critical] CloudTrail stopped: trail/main in 111122223333 by role Developer',
    );
  });

  test('says the resource in place of its ARN, with the account where it is another one', () => {
    const title = 'CloudTrail: StopLogging on arn:aws:cloudtrail:eu-west-1:111122223333:trail/main';
    expect(subjectOf({ title })).toBe(
      '[critical] CloudTrail: StopLogging on trail/main in 111122223333 by role Developer',
    );
    expect(subjectOf({ title: 'Trusts arn:aws:iam::999988887777:role/Spy', actor: null })).toBe(
      '[critical] Trusts role/Spy of 999988887777 in 111122223333',
    );
    expect(subjectOf({ title: 'Opened: arn:aws:s3:::logs', actor: null })).toBe(
      '[critical] Opened: logs in 111122223333',
    );
  });

  test('repeats neither an account nor an actor that the title names', () => {
    expect(subjectOf({ title: 'Root user signed in to 111122223333', actor: null })).toBe(
      '[critical] Root user signed in to 111122223333',
    );
    const root = {
      ...role,
      type: 'Root',
      name: 'root',
      description: 'the root user of 111122223333',
    };
    expect(subjectOf({ title: 'Root user signed in', actor: root })).toBe(
      '[critical] Root user signed in in 111122223333',
    );
    expect(
      subjectOf({ title: 'Repository acme/plans made public by alice', actor: gitHubAlice }),
    ).toBe('[critical] Repository acme/plans made public in 111122223333 by GitHub user alice');
    expect(subjectOf({ title: 'User alice joined acme', actor: gitHubAlice, account: null })).toBe(
      '[critical] User alice joined acme',
    );
    expect(subjectOf({ title: `ACL opened by ${role.description}: b1` })).toBe(
      '[critical] ACL opened by role Developer (session bob): b1 in 111122223333',
    );
  });

  test('says no account of what is at GitHub', () => {
    const targets = [{ type: 'GitHub::Organization', id: 'acme' }];
    expect(
      subjectOf({ title: 'Account of acme without a second factor', actor: null, targets }),
    ).toBe('[critical] Account of acme without a second factor');
  });

  test('of what is suppressed says by which item, and so does an attribute', () => {
    const item = 'role/Deploy until 2027-03-31';
    const suppressed = { parameter: 'ignoredActors', item, owner: 'me', reason: 'r', until: null };
    const { Message, MessageAttributes } = message(alert({ suppressed }), 'arn');
    expect(JSON.parse(Message).email).toMatch(
      /^Suppressed +by role\/Deploy until 2027-03-31 in ignoredActors \(me: r\)$/m,
    );
    expect(MessageAttributes['suppressed']?.StringValue).toBe('true');
    expect(JSON.parse(message(alert(), 'arn').Message).email).not.toContain('Suppressed');
  });

  test('of a test says TEST first, and so does the first line of the mail', () => {
    const input = message(alert({ title: stopped, actor: role, test: true }), topicArn);
    expect(input.Subject).toBe(
      'TEST [high] CloudTrail stopped: trail/main in 111122223333 by role Developer',
    );
    expect(texts(input).email.split('\n')[0]).toBe(`TEST, nothing happened: ${stopped}`);
  });

  test('keeps the beginning of all four, however long they are', () => {
    const long = 'abcdefghi-'.repeat(20);
    const made = subjectOf({
      title: `CloudTrail stopped: ${long} by role ${long}`,
      accountName: `payments-${long}`,
      actor: { ...role, description: `role ${long}` },
      test: true,
    });
    expect(made).toMatch(
      /^TEST \[critical\] CloudTrail stopped: a[a-i-]+\.\.\. in payments-a[a-i-]+\.\.\. by role a[a-i-]+\.\.\.$/,
    );
    expect(made).toHaveLength(99);
  });

  test('cuts who before what', () => {
    const deed = `CloudTrail stopped: ${'t'.repeat(28)}`;
    const actor = { ...role, description: `role ${'r'.repeat(60)}` };
    expect(subjectOf({ title: `${deed} by ${actor.description}`, actor })).toBe(
      `[critical] ${deed} in 111122223333 by role ${'r'.repeat(12)}...`,
    );
  });

  test('is what SNS takes, whatever the names are', () => {
    fc.assert(
      fc.property(anyText(150), anyText(150), anyText(150), (title, accountName, description) => {
        const made = subjectOf({ title, accountName, actor: { ...role, description } });
        expect(made).toMatch(/^\[critical\] [!-~](?:[ -~]*[!-~])?$/);
        expect(made.length).toBeLessThanOrEqual(99);
      }),
    );
  });
});

test('the first ten lines of a mail are enough to act', () => {
  const { email } = texts(
    message(
      alert({
        accountName: 'payments-prod',
        network: { name: 'office', asn: null, country: null },
        undo: 'aws cloudtrail start-logging --name main',
      }),
      topicArn,
    ),
  );
  expect(email.split('\n').slice(0, 10)).toEqual([
    'CloudTrail: StopLogging on main by IAM user alice',
    'The disallowed action StopLogging was called by IAM user alice.',
    '',
    'Severity  high',
    'Target    AWS::CloudTrail::Trail main',
    'Actor     IAM user alice (arn:aws:iam::111122223333:user/alice)',
    'Where     payments-prod (111122223333), eu-west-1',
    'Time      2026-03-04T05:06:07Z',
    'Undo      aws cloudtrail start-logging --name main',
    '',
  ]);
  expect(email).toContain('\nAddress     office (192.0.2.17)\n');
});

test('a notifier says how to mute the actor, a rule by itself does not', () => {
  const lines = (fields: Partial<Alert>, environment = { HELD_QUEUE_URL: 'q' }): string[] =>
    texts(message(alert(fields), topicArn, environment))
      .email.split('\n')
      .slice(0, 10)
      .filter((line) => line.startsWith('Mute'));
  const command = 'Mute      patrol-deploy mute stopped';
  const end = "--for 2h --reason 'a change'";
  const { actor } = alert();
  expect(lines({})).toEqual([`${command} --actor ${actor?.principal} ${end}`]);
  expect(lines({ actor: null })).toEqual([`${command} --account 111122223333 ${end}`]);
  expect(lines({ actor: actor && { ...actor, principal: "x'; rm -rf $HOME #" } })).toEqual([
    `${command} --actor 'x'\\''; rm -rf $HOME #' ${end}`,
  ]);
  for (const principal of ['https://evil.example', 'a\nMute b']) {
    expect(lines({ actor: actor && { ...actor, principal } })).toEqual([]);
  }
  expect(lines({ actor: null, account: null })).toEqual([]);
  const targets = [{ type: 'AWS::SNS::Topic', id: 'patrol-x' }];
  const health = { rule: 'patrolHealth', actor: null, targets };
  expect(lines(health)).toEqual([
    `Mute      patrol-deploy mute patrolHealth --resource patrol-x ${end}`,
  ]);
  // The notifier refuses to mute these.
  expect(lines({ ...health, targets: [] })).toEqual([]);
  expect(lines({ rule: 'notifier', actor: null, targets: [] })).toEqual([]);
  expect(lines({ test: true })).toEqual([]);
  expect(texts(message(alert(), topicArn)).email).not.toContain('\nMute');
});

describe('clean', () => {
  test('gives one line without control characters, within its limit', () => {
    fc.assert(
      fc.property(anyText(300), fc.integer({ min: 1, max: 200 }), (text, most) => {
        const line = clean(text, most);
        expect(line.length).toBeLessThanOrEqual(most);
        expect(line).not.toMatch(/[\p{Control}\u2028\u2029]/u);
        expect(line).toBe(line.trim());
      }),
    );
  });

  test('does not cut a character in two', () => {
    expect(clean(`abc\u{1F600}def`, 5)).toBe('abc…');
    expect(clean(`abc\u{1F600}def`, 6)).toBe('abc\u{1F600}…');
  });
});

describe('message', () => {
  test('renders an alert for people and for machines', () => {
    const given = alert();
    const input = message(given, topicArn);
    expect(input.TopicArn).toBe(topicArn);
    expect(input.MessageStructure).toBe('json');
    const { email, machines } = texts(input);
    expect(machines).toEqual(given);
    expect(email.split('\n')).toEqual([
      'CloudTrail: StopLogging on main by IAM user alice',
      'The disallowed action StopLogging was called by IAM user alice.',
      '',
      'Severity  high',
      'Target    AWS::CloudTrail::Trail main',
      'Actor     IAM user alice (arn:aws:iam::111122223333:user/alice)',
      'Where     111122223333, eu-west-1',
      'Time      2026-03-04T05:06:07Z',
      '',
      'What to do',
      'Ask the actor whether it was planned.',
      'Runbook: https://example.com/runbook#stopped',
      'The event in the console: https://eu-west-1.console.aws.amazon.com/cloudtrailv2/home?region=eu-west-1#/events/6f1b6b1e',
      '',
      'Facts',
      'Rule        stopped',
      'Address     192.0.2.17',
      'User agent  aws-cli/2.0',
      'Event       StopLogging 6f1b6b1e-0000-4000-8000-000000000001',
      'action      StopLogging',
      'attempts    3',
      'planned     false',
      '',
      'References',
      'CIS AWS Foundations Benchmark 4.5',
      '',
      'The event',
      '{',
      '  "id": "1",',
      '  "detail": {',
      '    "eventName": "StopLogging"',
      '  }',
      '}',
      '',
    ]);
  });

  test('says what it is about, what it was before, and how to undo and to mute it', () => {
    const given = alert({
      targets: [
        { type: 'GitHub::Repository', id: 'acme/plans' },
        { type: 'GitHub::Organization', id: 'acme' },
      ],
      facts: { by: 'alice' },
      before: { private: true, archived: false },
      undo: "gh repo edit 'acme/plans' --visibility private",
      suppression: { parameter: 'ignoredRepositories', item: 'acme/plans' },
    });
    const { email, machines } = texts(message(given, topicArn));
    expect(machines).toEqual(given);
    const lines = email.split('\n');
    expect(lines.slice(4, lines.indexOf('References') - 1)).toEqual([
      'Target    GitHub::Repository acme/plans and 1 more',
      'Actor     IAM user alice (arn:aws:iam::111122223333:user/alice)',
      'Where     111122223333, eu-west-1',
      'Time      2026-03-04T05:06:07Z',
      "Undo      gh repo edit 'acme/plans' --visibility private",
      '',
      'What to do',
      'Ask the actor whether it was planned.',
      'To mute exactly this: add acme/plans to parameter ignoredRepositories.',
      'Runbook: https://example.com/runbook#stopped',
      `The event in the console: ${given.consoleUrl}`,
      '',
      'What it was before',
      'private   true',
      'archived  false',
      '',
      'Facts',
      'Rule        stopped',
      'Address     192.0.2.17',
      'User agent  aws-cli/2.0',
      'Event       StopLogging 6f1b6b1e-0000-4000-8000-000000000001',
      'Target      GitHub::Organization acme',
      'by          alice',
    ]);
  });

  test('shows ten targets and how many more there are; machines get them all', () => {
    const targets = Array.from({ length: 12 }, (_, index) => ({
      type: 'AWS::S3::Bucket',
      id: `b${index}`,
    }));
    const { email, machines } = texts(message(alert({ targets }), topicArn));
    expect(email.match(/^Targets? .*$/gm)).toEqual([
      'Target    AWS::S3::Bucket b0 and 11 more',
      ...targets.slice(1, 10).map(({ id }) => `Target      AWS::S3::Bucket ${id}`),
      'Targets     2 more',
    ]);
    expect(machines.targets).toEqual(targets);
  });

  test('of a delivery or a message names what it knows, and no account', () => {
    const given = alert({
      title: 'example/secrets was made public by GitHub user alice',
      account: null,
      region: null,
      actor: gitHubAlice,
      sourceAddress: null,
      userAgent: null,
      eventName: 'repository.publicized',
      eventId: '72d3162e',
      dedupKey: 'madePublic:72d3162e',
      consoleUrl: null,
      targets: [],
      facts: {},
      references: [],
    });
    const input = message(given, topicArn);
    expect(Object.keys(input.MessageAttributes)).toEqual(['rule', 'severity']);
    const { email, machines } = texts(input);
    expect(machines).toEqual(given);
    expect(input.Subject).toBe('[high] example/secrets was made public by GitHub user alice');
    expect(email.split('\n').slice(3, 14)).toEqual([
      'Severity  high',
      'Actor     GitHub user alice',
      'Time      2026-03-04T05:06:07Z',
      '',
      'What to do',
      'Ask the actor whether it was planned.',
      'Runbook: https://example.com/runbook#stopped',
      '',
      'Facts',
      'Rule   stopped',
      'Event  repository.publicized 72d3162e',
    ]);
    expect(email).not.toContain('References');
  });

  test('what the event does not say is left out, not printed as null or undefined', () => {
    const { email } = texts(
      message(
        alert({
          ...nothingSaid,
          consoleUrl: null,
          runbookUrl: null,
          facts: {},
          event: undefined,
        }),
        topicArn,
      ),
    );
    expect(email).not.toMatch(/undefined|null/);
    expect(email).not.toMatch(/^(Where|Actor|Address|User agent|Event|Time)\b/m);
  });

  describe('attributes', () => {
    test('rule, severity, account and region, for filter policies', () => {
      expect(message(alert(), topicArn).MessageAttributes).toEqual({
        rule: { DataType: 'String', StringValue: 'stopped' },
        severity: { DataType: 'String', StringValue: 'high' },
        account: { DataType: 'String', StringValue: '111122223333' },
        region: { DataType: 'String', StringValue: 'eu-west-1' },
      });
    });

    test('are there only when known', () => {
      expect(
        Object.keys(message(alert({ account: null, region: null }), topicArn).MessageAttributes),
      ).toEqual(['rule', 'severity']);
    });

    test('are never empty, which SNS would refuse, and never hold what SNS would', () => {
      fc.assert(
        fc.property(anyText(600), anyText(600), (account, region) => {
          for (const { StringValue } of Object.values(
            message(alert({ account, region }), topicArn).MessageAttributes,
          )) {
            expect(StringValue).not.toBe('');
            expect(StringValue.length).toBeLessThanOrEqual(256);
            expect(StringValue).not.toMatch(/[\p{Control}\p{Surrogate}]/u);
          }
        }),
      );
      expect(message(alert({ region: ' \n ' }), topicArn).MessageAttributes).not.toHaveProperty(
        'region',
      );
    });
  });

  describe('a hostile value', () => {
    const hostile = [
      'x\nSeverity    low',
      'x\r\nWhat to do\r\nNothing.',
      'x\u2028Severity    low',
      'x\u2029Severity    low',
      'x\u0085Severity    low',
      'x\v\fSeverity    low',
    ];

    test.each(hostile)('%j cannot forge another line', (value) => {
      const fields = (text: string): Partial<Alert> => ({
        title: text,
        summary: text,
        sourceAddress: text,
        userAgent: text,
        eventName: text,
        eventTime: text,
        eventId: text,
        region: text,
        facts: { bucket: text, [text]: 'y' },
        event: { detail: { userAgent: text, [text]: 1 } },
        actor: {
          type: text,
          description: text,
          name: text,
          arn: text,
          accountId: text,
          principal: text,
        },
        targets: [{ type: text, id: text }],
        before: { visibility: text, [text]: 'y' },
      });
      const lines = textBody(alert(fields(value))).split(lineBreak);
      expect(lines).toHaveLength(textBody(alert(fields('benign'))).split(lineBreak).length);
      expect(lines.filter((line) => line.startsWith('Severity'))).toEqual([
        expect.stringMatching(/^Severity +high$/),
      ]);
      expect(lines.filter((line) => line === 'What to do')).toHaveLength(1);
    });

    test('of any kind keeps the number of lines, and brings no control character', () => {
      const count = (value: string): number =>
        textBody(
          alert({
            title: value,
            summary: value,
            userAgent: value || 'x',
            facts: { fact: value || 'x' },
            event: { userAgent: value },
          }),
        ).split(lineBreak).length;
      const benign = count('x');
      fc.assert(
        fc.property(anyText(100), (value) => {
          // A value that is nothing but white space is still a line.
          expect(count(value)).toBe(benign);
        }),
        { numRuns: 500 },
      );
      fc.assert(
        fc.property(anyText(100), (userAgent) => {
          const body = textBody(alert({ userAgent, event: { userAgent } }));
          expect(body.replaceAll('\n', '')).not.toMatch(/[\p{Control}\u2028\u2029]/u);
        }),
        { numRuns: 500 },
      );
    });
  });

  describe('kept within the size that SNS takes', () => {
    const mega = (unit: string): string => unit.repeat(Math.ceil(1_000_000 / unit.length));
    const event = { detail: { eventName: 'StopLogging', blob: mega('x') } };

    test.each([
      ['letters', 'x'],
      ['quotes', '"'],
      ['backslashes', '\\'],
      ['line breaks', '\n'],
      ['control characters', '\u0001'],
      ['C1 control characters', '\u009b'],
      ['lone surrogates', '\ud800'],
      ['emoji', '\u{1F600}'],
      ['CJK', '警'],
    ])('an event of 1 MB of %s is cut, and nothing else', (_, unit) => {
      const given = alert({ event: { detail: { blob: mega(unit) } } });
      const input = message(given, topicArn);
      expect(size(input)).toBeLessThanOrEqual(limit);
      // It is cut no shorter than it must be.
      expect(size(input)).toBeGreaterThan(limit - 1000);
      const { email, machines } = texts(input);
      expect(machines).toEqual({
        ...given,
        event: { truncated: expect.any(String), bytes: utf8(JSON.stringify(given.event)) },
      });
      const cut = (machines.event as { truncated: string }).truncated;
      expect(JSON.stringify(given.event).startsWith(cut.replace(/\p{Surrogate}$/u, ''))).toBe(true);
      expect(email).toContain('action      StopLogging');
      expect(email).toContain(given.consoleUrl);
    });

    test('an event is kept whole when it fits', () => {
      fc.assert(
        fc.property(
          fc.jsonValue({ maxDepth: 3 }),
          fc.integer({ min: 0, max: 60_000 }),
          (detail, length) => {
            const given = alert({ event: { detail, blob: 'x'.repeat(length) } });
            const { machines } = texts(message(given, topicArn));
            expect(machines.event).toEqual(JSON.parse(JSON.stringify(given.event)));
          },
        ),
        { numRuns: 50 },
      );
    });

    test('people get the beginning of an event; machines get it whole for as long as it fits', () => {
      const bare = size(message(alert({ event: '' }), topicArn));
      const at = (length: number): { people: boolean; machines: boolean } => {
        const { email, machines } = texts(message(alert({ event: 'x'.repeat(length) }), topicArn));
        const whole = 'x'.repeat(length);
        return { people: email.includes(whole), machines: machines.event === whole };
      };
      expect(at(1990)).toEqual({ people: true, machines: true });
      expect(at(2001)).toEqual({ people: false, machines: true });
      expect(at(limit - bare - 2500)).toEqual({ people: false, machines: true });
      expect(at(limit - bare + 1)).toEqual({ people: false, machines: false });
    });

    test('the event in the mail ends with a line, and says how much there is', () => {
      const lines = (count: number): string =>
        texts(
          message(
            alert({ event: Array.from({ length: count }, (_, at) => `line ${at}`) }),
            topicArn,
          ),
        ).email.split('The event\n')[1] ?? '';
      expect(JSON.parse(lines(20))).toHaveLength(20);
      const shown = lines(2000).split('\n');
      expect(shown.at(-3)).toMatch(/^ {2}"line \d+",$/);
      expect(shown.at(-2)).toBe(
        '… The event has 28892 characters. Subscriptions of other protocols than e-mail get all of it.',
      );
    });

    test('facts are never cut when only the event is large', () => {
      fc.assert(
        fc.property(
          fc.dictionary(fc.stringMatching(/^[a-z]{1,20}$/), anyText(200), { maxKeys: 20 }),
          (facts) => {
            const input = message(alert({ facts, event }), topicArn);
            expect(size(input)).toBeLessThanOrEqual(limit);
            expect(texts(input).machines.facts).toEqual({ ...facts });
          },
        ),
        { numRuns: 10 },
      );
    });

    test('the whole title stands in the body, however long', () => {
      const title = `begin ${'long title '.repeat(5000)}end`;
      const input = message(alert({ title, event }), topicArn);
      expect(size(input)).toBeLessThanOrEqual(limit);
      const { email, machines } = texts(input);
      expect(email.split('\n')[0]).toBe(title);
      expect(machines.title).toBe(title);
    });

    test.each(['"', '\ud800'])('texts of 1 MB of %j still make a message', (unit) => {
      const huge = mega(unit);
      for (const fields of [
        { title: huge },
        { summary: huge },
        { facts: { a: huge } },
        { facts: { [huge]: 'a' } },
        {
          title: huge,
          summary: huge,
          userAgent: huge,
          eventName: huge,
          facts: { a: huge, b: huge },
          event: { huge },
        },
      ]) {
        const input = message(alert(fields), topicArn);
        expect(size(input)).toBeLessThanOrEqual(limit);
        const { machines } = texts(input);
        expect(machines).toMatchObject({
          version: 1,
          rule: 'stopped',
          severity: 'high',
          account: '111122223333',
          references: ['CIS AWS Foundations Benchmark 4.5'],
        });
        expect(input.Subject.length).toBeLessThanOrEqual(99);
      }
    });

    test('what is copied and used is whole or is not there', () => {
      const item = 'x'.repeat(40);
      const fields = {
        undo: `gh repo edit ${item}`,
        suppression: { parameter: 'muted', item },
        targets: [
          { type: 'GitHub::Repository', id: item },
          { type: 'GitHub::Repository', id: mega('y') },
        ],
      };
      const short = texts(message(alert({ ...fields, title: mega('z') }), topicArn)).machines;
      expect(short).toMatchObject({ ...fields, targets: fields.targets.slice(0, 1) });
      for (const [name, value] of Object.entries({
        undo: mega('rm '),
        suppression: { parameter: 'muted', item: mega('z') },
      })) {
        const { machines } = texts(message(alert({ ...fields, [name]: value }), topicArn));
        expect(machines).toMatchObject({ ...fields, targets: [fields.targets[0]], [name]: null });
      }
    });

    test('a very large number of targets makes a message too', () => {
      const targets = Array.from({ length: 20_000 }, (_, index) => ({
        type: 'AWS::S3::Bucket',
        id: `arn:aws:s3:::bucket-${index}`,
      }));
      const input = message(alert({ targets }), topicArn);
      expect(size(input)).toBeLessThanOrEqual(limit);
      expect(texts(input).machines.targets.length).toBeGreaterThan(10);
    });

    test('a very large number of facts makes a message too', () => {
      const facts = Object.fromEntries(
        Array.from({ length: 150_000 }, (_, index) => [`fact${index}`, index]),
      );
      expect(size(message(alert({ facts }), topicArn))).toBeLessThanOrEqual(limit);
    });

    test('an event that is not there does not stop an alert that must be cut', () => {
      const input = message(alert({ event: undefined, title: mega('x') }), topicArn);
      expect(size(input)).toBeLessThanOrEqual(limit);
    });

    test('arbitrary alerts stay within the limit', () => {
      const big = fc
        .tuple(anyText(20), fc.integer({ min: 0, max: 20_000 }))
        .map(([unit, times]) => unit.repeat(times));
      const some = fc.oneof(anyText(100), big);
      fc.assert(
        fc.property(
          some,
          some,
          some,
          fc.option(some),
          fc.dictionary(anyText(30), some, { maxKeys: 5 }),
          some,
          fc.record({
            targets: fc.array(fc.record({ type: fc.constant('A::B'), id: some }), { maxLength: 5 }),
            before: fc.option(fc.dictionary(anyText(30), some, { maxKeys: 5 })),
            undo: fc.option(some),
            groupKey: some.map((text) => `x${text}`),
          }),
          (title, summary, userAgent, region, facts, blob, more) => {
            const input = message(
              alert({ title, summary, userAgent, region, facts, event: { blob }, ...more }),
              topicArn,
            );
            expect(size(input)).toBeLessThanOrEqual(limit);
            texts(input);
          },
        ),
        { numRuns: 10 },
      );
    });

    test('is quick', () => {
      const started = performance.now();
      for (let run = 0; run < 3; run += 1) message(alert({ event }), topicArn);
      const each = (performance.now() - started) / 3;
      expect(each).toBeLessThan(1000);
    });
  });
});

test('what comes from elsewhere has no link in the mail, and says the same to machines', () => {
  const link = 'https://evil.example/confirm';
  const hostile = alert({
    title: `Trail ${link} stopped`,
    summary: `IAM user alice stopped ${link}.`,
    userAgent: `Patrol (${link})`,
    facts: { [link]: link },
    targets: [{ type: 'AWS::CloudTrail::Trail', id: link }],
    undo: `aws cloudtrail start-logging --name '${link}'`,
    suppression: { parameter: 'ignored', item: link },
    event: { detail: { [link]: link } },
  });
  const { Subject, ...rest } = message(hostile, topicArn);
  const { email, machines } = texts({ Subject, ...rest });
  expect(Subject).toBe(
    '[high] Trail https[:]//evil[.]example/confirm stopped in 111122223333 by IAM user alice',
  );
  expect(email).not.toMatch(/evil\.example|:\/\/evil/);
  expect(email.match(/evil\[\.\]example/g)).toHaveLength(6);
  expect(machines).toMatchObject({ undo: hostile.undo, event: hostile.event });
});
