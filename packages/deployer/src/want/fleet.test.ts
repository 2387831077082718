import { typedFor } from '../identity/naming.ts';
import { describe, expect, test } from 'vitest';
import { choice, defineRule, text, webhook } from '@patrol/core';
import { OperatorError } from '../text/errors.ts';
import {
  account,
  assemble,
  fleetOf,
  ground,
  otherAccount,
  rules,
  templateOf,
} from '../testing/fleet.ts';
import { readFleet } from '../file/file.ts';
import { problemLine } from '../file/problem.ts';
import { type FleetGround, type FleetWanted, wantedFleet } from './fleet.ts';

const head = 'version: 1\nfleet: security\nregions: [eu-west-1]\n';
const email = 'alerts: { email: security@example.com }\n';
const wanted = (source: string, changes: Partial<FleetGround> = {}): FleetWanted =>
  wantedFleet(fleetOf(source), { ...ground, ...changes });
const problems = (source: string, changes: Partial<FleetGround> = {}): readonly string[] =>
  wanted(source, changes).problems.map((problem) => problemLine('patrol.yaml', problem));
/** A fleet of one rule. */
const one = (name: string, settings = 'true'): string =>
  `${head}${email}rules: { ${name}: ${settings} }`;

/** Where its stacks are. */
const where = ({ stacks }: FleetWanted): readonly string[] =>
  stacks.map(
    ({ wanted: { content, place } }) =>
      `${typedFor(content.holds)} ${place.account} ${place.region}`,
  );
const values = ({ stacks: [stack] }: FleetWanted): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(stack?.wanted.values ?? {}).map(([name, { text: value }]) => [name, value]),
  );

describe('stacks', () => {
  test('one for each rule that is on, in each region', () => {
    const found = wanted(`version: 1
fleet: security
environment: staging
regions: [us-east-1, eu-west-1]
tags: { team: red }
alerts: { email: security@example.com }
rules: { demo/plain: true, demo/calls: { enabled: true }, demo/listening: false, demo/hidden: { enabled: false } }`);
    expect(found.problems).toEqual([]);
    expect(where(found)).toEqual([
      `demo/calls ${account} us-east-1`,
      `demo/calls ${account} eu-west-1`,
      `demo/plain ${account} us-east-1`,
      `demo/plain ${account} eu-west-1`,
    ]);
    expect(found.stacks[0]?.wanted).toMatchObject({
      content: { holds: { rule: 'demo/calls' } },
      stack: 'patrol-demo-calls-staging',
      environment: 'staging',
      place: { account, region: 'us-east-1', partition: 'aws' },
    });
    expect(found.tags).toEqual({ team: 'red', 'patrol:fleet': 'security' });
    expect(found.bases).toEqual([]);
  });

  test('rules that are not named are on when the defaults say so', () => {
    const source = `${head}${email}defaults: { enabled: true }\nrules: { demo/global: false, demo/hidden: false }`;
    expect(where(wanted(source)).map((each) => each.split(' ')[0])).toEqual([
      'demo/calls',
      'demo/listening',
      'demo/plain',
    ]);
  });

  test('in each account that is listed, with its role', () => {
    const found = wanted(
      `${head}${email}accounts: [{ id: ${account} }, { id: ${otherAccount}, role: Patrol, externalId: x-1, regions: [us-east-1, eu-north-1] }]\nrules: { demo/plain: true, demo/calls: { regions: [us-east-1, eu-west-1] } }`,
    );
    expect(found.problems).toEqual([]);
    expect(where(found)).toEqual([
      `demo/calls ${account} us-east-1`,
      `demo/calls ${account} eu-west-1`,
      // Of its own regions only those that the account has.
      `demo/calls ${otherAccount} us-east-1`,
      `demo/plain ${account} eu-west-1`,
      `demo/plain ${otherAccount} us-east-1`,
      `demo/plain ${otherAccount} eu-north-1`,
    ]);
    expect(found.places).toContainEqual({
      place: { account: otherAccount, region: 'eu-north-1', partition: 'aws' },
      role: 'Patrol',
      externalId: 'x-1',
    });
  });

  test('has a home that no rule decides: the account and region that the file names first', () => {
    const accounts = `accounts: [{ id: ${otherAccount}, role: Patrol, regions: [eu-north-1, eu-west-1] }, { id: ${account} }]`;
    const found = wanted(
      `${head}${email}${accounts}\nrules: { demo/plain: { regions: [us-east-1] } }`,
    );
    expect(found.home).toEqual({
      account: otherAccount,
      region: 'eu-north-1',
      partition: 'aws',
    });
    expect(found.places.map(({ place }) => place.account)).toEqual([account]);
    const simple = wanted(`${head}${email}rules: { demo/plain: { regions: [us-east-1] } }`);
    expect(simple.home).toEqual({ account, region: 'eu-west-1', partition: 'aws' });
  });

  test('what the file does not give has its default, so that planning sees when a stack has something else', () => {
    expect(values(wanted(one('demo/calls')))).toMatchObject({
      actions: 'StopLogging',
      ignored: '',
      limit: '80',
      deniedAttempts: 'quiet',
      AlertEmail: 'security@example.com',
      AlertTopicArn: '',
      AlarmTopicArn: '',
      DispatchSnsArn: '',
      LogRetentionInDays: '90',
    });
  });

  test('a permissions boundary is for the roles of all stacks', () => {
    const found = wanted(
      `${head}alerts: { email: security@example.com, shared: true }\npermissionsBoundary: team/limits\nrules: { demo/plain: true }`,
    );
    expect(values(found)).toMatchObject({ PermissionsBoundary: 'team/limits' });
    expect(found.bases).toMatchObject([{ boundary: 'team/limits' }]);
  });

  test('one secret of the file is for the webhooks of all rules that have one', () => {
    const arn = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:WebhookFleetSecret-AbCdEf';
    const hooked = rules.map((each) =>
      each.name === 'plain' ? { ...each, triggers: [webhook(['fork'])] } : each,
    );
    const assemblies = [assemble('@patrol/rules-demo', hooked)];
    const secretOf = (name: string): string | undefined =>
      values(
        wanted(`${head}${email}webhookSecret: ${arn}\nrules: { demo/${name}: true }`, {
          assemblies,
        }),
      )['WebhookSecretArn'];
    expect(secretOf('plain')).toBe(arn);
    expect(secretOf('calls')).toBeUndefined();
  });

  test('the rule’s own values go before the defaults of the fleet, those before the defaults of the rule', () => {
    const source = `${head}${email}logRetention: 30
defaults: { parameters: { limit: 5, deniedAttempts: alert, LogRetentionInDays: 60 } }
rules: { demo/calls: { parameters: { limit: 7, actions: [StopLogging, DeleteTrail] } } }`;
    expect(values(wanted(source))).toMatchObject({
      limit: '7',
      deniedAttempts: 'alert',
      actions: 'StopLogging,DeleteTrail',
      LogRetentionInDays: '60',
    });
    expect(
      values(wanted(`${head}${email}logRetention: 30\nrules: { demo/plain: true }`)),
    ).toMatchObject({
      LogRetentionInDays: '30',
    });
  });

  test('parameters of the stack itself are given like those of the rule', () => {
    const source = one(
      'demo/listening',
      `{ parameters: { PublisherAccounts: [${otherAccount}, 0123456789012] } }`,
    );
    expect(problems(source)).toEqual([expect.stringContaining('parameters.PublisherAccounts: ')]);
    expect(
      values(
        wanted(
          one(
            'demo/listening',
            `{ parameters: { PublisherAccounts: [${otherAccount}, 012345678901] } }`,
          ),
        ),
      ),
    ).toMatchObject({ PublisherAccounts: `${otherAccount},012345678901` });
  });
});

describe('regions', () => {
  test('rules of global services go to their region whatever the file says, with a note', () => {
    const source = `${head}${email}rules: { demo/global: { parameters: { roles: x } }, demo/plain: true }`;
    const found = wanted(source);
    expect(where(found)).toEqual([
      `demo/global ${account} us-east-1`,
      `demo/plain ${account} eu-west-1`,
    ]);
    const [regions, wished] = [['us-east-1'], ['eu-west-1']];
    const note = { code: 'confined', name: 'demo/global', regions, wanted: wished };
    expect(found.notes).toEqual([note]);
    expect(found.stacks.map(({ notes }) => notes)).toEqual([[note], []]);
  });

  test('no note where the fleet has no other region', () => {
    const source = `version: 1\nfleet: a\nregions: [us-east-1]\n${email}rules: { demo/global: { parameters: { roles: x } } }`;
    expect(wanted(source).notes).toEqual([]);
  });

  test('a rule that is put where its events cannot occur is refused, with the reason', () => {
    expect(
      problems(one('demo/global', '{ parameters: { roles: x }, regions: [us-east-1, eu-west-1] }')),
    ).toEqual([
      'patrol.yaml:5:72: rules.demo/global.regions[1]: AWS delivers the events of demo/global only in us-east-1; in eu-west-1 it would never alert.',
    ]);
  });

  test('in other partitions nobody knows better than the file', () => {
    const found = wanted(
      `version: 1\nfleet: a\nregions: [cn-north-1]\n${email}rules: { demo/global: { parameters: { roles: x } } }`,
      { partition: 'aws-cn' },
    );
    expect(found.problems).toEqual([]);
    expect(where(found)).toEqual([`demo/global ${account} cn-north-1`]);
    expect(found.notes).toEqual([
      { code: 'unknownPartition', name: 'demo/global', partition: 'aws-cn' },
    ]);
  });

  test('of another partition are refused', () => {
    expect(
      problems(
        `version: 1\nfleet: a\nregions: [eu-west-1, us-gov-west-1]\n${email}rules: { demo/plain: { regions: [cn-north-1] } }`,
      ),
    ).toEqual([
      'patrol.yaml:3:22: regions[1]: us-gov-west-1 is in the partition aws-us-gov, but the account of the credentials is in aws. Use another file for it.',
      'patrol.yaml:5:34: rules.demo/plain.regions[0]: cn-north-1 is in the partition aws-cn, but the account of the credentials is in aws. Use another file for it.',
    ]);
  });

  test('a rule that goes nowhere in an account is noted', () => {
    const found = wanted(
      `${head}${email}accounts: [{ id: ${account}, regions: [eu-north-1] }]\nrules: { demo/plain: { regions: [us-east-1] } }`,
    );
    expect(found.stacks).toEqual([]);
    expect(found.notes).toEqual([
      { code: 'nowhere', name: 'demo/plain', regions: ['eu-north-1'], own: ['us-east-1'] },
    ]);
  });
});

describe('suppressions', () => {
  const muting = (expires: string, item = 'Deploy:B', own = "['Admin:A']"): string =>
    one(
      'demo/calls',
      `{ parameters: { ignored: ${own} }, suppressions: [{ parameter: ignored, item: '${item}', owner: alice, reason: 'Moving house.', expires: ${expires} }] }`,
    );

  const suppression = {
    rule: 'demo/calls',
    parameter: 'ignored',
    item: 'Deploy:B',
    owner: 'alice',
    reason: 'Moving house.',
  };

  test('apply until the end of their day', () => {
    for (const expires of ['2026-11-23', '2026-11-24', '2027-11-24']) {
      const found = wanted(muting(expires));
      expect([found.problems, found.expired]).toEqual([[], []]);
      expect(values(found)['ignored']).toBe(`Admin:A,Deploy:B until ${expires}`);
    }
  });

  test.each([
    ['2026-12-07', true],
    ['2026-12-08', false],
  ])('that end on %s within 14 days are told: %s', (expires, isTold) => {
    const found = wanted(muting(expires));
    const note = { code: 'ending', ...suppression, expires };
    expect(found.notes).toEqual(isTold ? [note] : []);
    expect(found.stacks[0]?.notes).toEqual(isTold ? [note] : []);
  });

  describe('that have no room in an environment', () => {
    const many = (item: (index: number) => string): string => {
      const all = Array.from(
        { length: 200 },
        (_, index) =>
          `{ parameter: ignored, item: '${item(index)}', owner: alice, reason: Moving, expires: 2027-01-31 }`,
      );
      return one(
        'demo/calls',
        `{ parameters: { ignored: ['Admin:A'] }, suppressions: [${all.join()}] }`,
      );
    };

    test('are in the file of the rule alone, which the plan says', () => {
      const found = wanted(many((index) => `Deploy:B${index}`));
      expect(found.problems).toEqual([]);
      expect(values(found)['ignored']).toBe('Admin:A');
      const { suppressions } = JSON.parse(found.stacks[0]?.wanted.content.names?.text ?? '');
      expect(suppressions).toHaveLength(200);
      expect(found.notes).toEqual([{ code: 'inFile', rule: 'demo/calls', suppressions: 200 }]);
    });

    test('are refused where they mute everything', () => {
      // Each of them alone mutes few.
      const first = (index: number): string =>
        'abcdefghijklmnopqrstuvwxyzABDQVY0'.charAt(index % 33);
      expect(problems(many((index) => `(${first(index)}|x${index}).*:.*`))).toEqual([
        expect.stringContaining('would mute most alerts'),
      ]);
    });
  });

  test('for more than a year are refused', () => {
    const { problems } = wanted(muting('2027-11-25'));
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining(
        '.expires: 2027-11-25 is more than a year ahead. Choose a day until 2027-11-24, or write',
      ),
    ]);
  });

  test('no longer apply then, which is said', () => {
    const found = wanted(muting('2026-11-22'));
    expect(values(found)['ignored']).toBe('Admin:A');
    const over = { ...suppression, expires: '2026-11-22' };
    expect(found.notes).toEqual([{ code: 'expired', ...over }]);
    expect(found.stacks[0]?.notes).toEqual([{ code: 'expired', ...over }]);
    expect(found.expired).toEqual([over]);
  });

  test('stand behind the default where the file gives no value', () => {
    const settings =
      "{ parameters: { roles: x }, suppressions: [{ parameter: quiet, item: 'a{1,2}', owner: a, reason: b, expires: 2027-01-01 }] }";
    expect(values(wanted(one('demo/global', settings)))['quiet']).toBe('a{1,2} until 2027-01-01');
  });

  test('are refused where they cannot mean what they say', () => {
    const of = (parameter: string, item: string): string =>
      `{ parameter: ${parameter}, item: '${item}', owner: a, reason: b, expires: 2027-01-01 }`;
    const list = [
      of('actions', 'x'),
      of('ignord', 'x:y'),
      of('ignored', '.*:.*'),
      of('ignored', 'a:b,c:d'),
      of('ignored', 'Admin:A'),
      of('ignored', 'x:y'),
      of('ignored', 'x:y'),
    ];
    const source = one(
      'demo/calls',
      `{ parameters: { ignored: 'Admin:A' }, suppressions: [${list.join(', ')}] }`,
    );
    expect(
      problems(source).map((each) => each.replace(/^\S+ rules\.demo\/calls\.suppressions/, '')),
    ).toEqual([
      '[0].parameter: "actions" is not a parameter that mutes alerts; demo/calls has ignored and ignoredActors.',
      '[1].parameter: "ignord" is not a parameter that mutes alerts; did you mean ignored?',
      expect.stringMatching(/^\[2\]\.item: "\.\*:\.\*" would mute most alerts/),
      '[3].item: "a:b,c:d" has a comma, which separates items; make it two items, or write \\, for a comma within an item.',
      '[4].item: "Admin:A" is also in ignored itself, where it never expires; remove one of them.',
      '[6].item: "x:y" is suppressed twice; remove one of them.',
    ]);
    expect(problems(one('demo/plain', `{ suppressions: [${of('x', 'y')}] }`))).toEqual([
      expect.stringContaining(
        '"x" is not a parameter that mutes alerts; demo/plain has ignoredActors.',
      ),
    ]);
  });
});

describe('destinations', () => {
  const near = 'arn:aws:sns:eu-west-1:111122223333:alerts';
  const far = 'arn:aws:sns:us-east-1:111122223333:alerts';
  const to = (destinations: string): string =>
    `${head}${destinations}\nrules: { demo/plain: true }`;

  test('a topic of the base stack is known before there is one', () => {
    const found = wanted(to('alerts: { email: a@b.cc, shared: true }'));
    expect(found.problems).toEqual([]);
    expect(values(found)).toMatchObject({
      AlertEmail: '',
      AlertTopicArn: `arn:aws:sns:eu-west-1:${account}:patrol-base-security-production-machines`,
      // Alarms reach people whatever becomes of the notifier.
      AlarmTopicArn: `arn:aws:sns:eu-west-1:${account}:patrol-base-security-production-alerts`,
    });
    expect(found.base).toBe('patrol-base-security-production');
    const place = { account, region: 'eu-west-1', partition: 'aws' };
    expect(found.bases).toEqual([{ place, alertEmails: ['a@b.cc'], alarmEmails: [] }]);
    expect(found.stacks[0]?.usesBase).toBe(true);
    expect(found.topics).toEqual([]);
  });

  test('a notifier tells Dispatch, and its alarms go where those of the rules go', () => {
    const found = wanted(
      to(
        `alerts: { email: a@b.cc, shared: true, dispatch: '${far}' }\nalarms: { topic: '${near}' }`,
      ),
    );
    expect(found.problems).toEqual([]);
    expect(values(found)).toMatchObject({ DispatchSnsArn: '', AlarmTopicArn: near });
    expect(found.bases).toMatchObject([{ dispatchTopic: far, alarmTopic: near }]);
  });

  test('alerts to one topic, alarms to one of the base stack in each region', () => {
    const found = wanted(
      to(`alerts: { topic: '${far}', dispatch: '${far}' }\nalarms: { email: ops@example.com }`),
    );
    expect(found.problems).toEqual([]);
    expect(values(found)).toMatchObject({
      AlertTopicArn: far,
      DispatchSnsArn: far,
      AlarmTopicArn: `arn:aws:sns:eu-west-1:${account}:patrol-base-security-production-alarms`,
    });
    expect(found.bases).toMatchObject([{ alertEmails: [], alarmEmails: ['ops@example.com'] }]);
    expect(found.topics).toEqual([far]);
  });

  test('a topic for each region', () => {
    const found = wanted(to(`alerts: { topic: { eu-west-1: '${near}', us-east-1: '${far}' } }`));
    expect(found.problems).toEqual([]);
    expect(values(found)).toMatchObject({ AlertTopicArn: near });
    expect(found.topics).toEqual([near, far]);
  });

  describe('further topics', () => {
    const shared = (
      topics: string,
      rest = 'rules: { demo/plain: true, demo/calls: true }',
    ): string => `${head}alerts: { email: a@b.cc, shared: true, topics: [${topics}] }\n${rest}`;

    test('are known by the names of rules and the ids of accounts', () => {
      const found = wanted(
        shared(
          `{ topic: '${far}', form: amazonQ, severity: high, rules: [demo/c*], accounts: [prod] }, { topic: '${near}' }`,
          `accountNames: { '${account}': prod }\nrules: { demo/plain: true, demo/calls: true }`,
        ),
      );
      expect(found.problems).toEqual([]);
      expect(found.bases[0]?.routes).toEqual([
        { topic: far, form: 'amazonQ', severity: 'high', rules: ['calls'], accounts: [account] },
        { topic: near, form: 'text' },
      ]);
      expect(found.topics).toEqual([far, near]);
    });

    test.each([
      [
        `{ topic: '${far}', rules: [demo/plian] }`,
        'demo/plian names no rule of the fleet; did you mean demo/plain?',
      ],
      [`{ topic: '${far}', rules: ['other/*'] }`, 'other/* names no rule of the fleet'],
      [
        `{ topic: '${far}', accounts: ['444455556666'] }`,
        '444455556666 is no account of the fleet',
      ],
      [
        `{ topic: '${far}', accounts: [prodd] }`,
        'prodd is no account of the fleet; did you mean prod?',
      ],
      [`{ topic: '${far}', severity: hihg }`, 'expected one of low, medium, high, critical'],
      [`{ topic: '${far}' }, { topic: '${far}' }`, `the topic ${far} is already given`],
      [`{ topic: 'arn:aws-cn:sns:eu-west-1:${account}:x' }`, 'is in the partition aws-cn'],
      [
        `{ topic: 'arn:aws:sns:eu-west-1:${account}:patrol-base-security-production-machines' }`,
        'is a topic of Patrol itself',
      ],
    ])('are refused with what is expected: %s', (topics, message) => {
      const source = shared(
        topics,
        `accountNames: { '${account}': prod }\nrules: { demo/plain: true }`,
      );
      const read = readFleet(source);
      const all = 'file' in read ? problems(source) : read.problems.map((each) => each.message);
      expect(all).toEqual([expect.stringContaining(message)]);
    });

    test('need a notifier, and have room for so much', () => {
      const alone = `${head}alerts: { email: a@b.cc, topics: [{ topic: '${far}' }] }\nrules: { demo/plain: true }`;
      expect(problems(alone)).toEqual([expect.stringContaining('add `shared: true` under alerts')]);
      const many = Array.from({ length: 40 }, (_, index) => `{ topic: '${far}-${index}' }`);
      expect(problems(shared(many.join(', ')))).toEqual([
        expect.stringMatching(/they take \d+ bytes of the 3000 .* name fewer topics/),
      ]);
      expect(problems(shared(many.slice(0, 20).join(', ')))).toEqual([]);
    });
  });

  test('no bucket of a base stack, whatever the file still says', () => {
    const found = wanted(to(`${email}artifacts: { shared: true }`));
    expect([found.problems, found.bases]).toEqual([[], []]);
    expect(found.notes).toContainEqual({ code: 'idleBucket' });
    expect(wanted(to(email)).notes).not.toContainEqual({ code: 'idleBucket' });
  });

  test.each([
    [
      `alerts: { topic: '${far}' }`,
      /^patrol\.yaml:4:11: alerts\.topic: the rules of eu-west-1 cannot send alarms to a topic of another region/,
    ],
    [
      `alerts: { topic: { us-east-1: '${far}' } }`,
      /^patrol\.yaml:4:11: alerts\.topic: has no topic for eu-west-1, where the fleet has rules too\.$/,
    ],
    [
      `${email}alarms: { topic: '${far}' }`,
      /alarms\.topic: CloudWatch alarms reach only topics of their own region: expected a topic in eu-west-1\.$/,
    ],
    [
      `alerts: { topic: 'arn:aws-cn:sns:eu-west-1:111122223333:alerts' }`,
      /alerts\.topic: .* is in the partition aws-cn, but this account is in aws/,
    ],
    [
      `alerts: { email: a@b.cc, dispatch: 'arn:aws-cn:sns:eu-west-1:111122223333:alerts' }`,
      /alerts\.dispatch: .* is in the partition aws-cn/,
    ],
  ])(
    'that nobody would hear from are refused once, not for each stack: %s',
    (destinations, message) => {
      const all = problems(
        `${head}${destinations}\ndefaults: { enabled: true }\nrules: { demo/global: false, demo/hidden: false }`,
      );
      expect(all).toEqual([expect.stringMatching(message)]);
    },
  );

  test('that settling refuses for a reason of its own are not lost', () => {
    const strict = (artifact: Parameters<typeof templateOf>[0]): ReturnType<typeof templateOf> => {
      const template = templateOf(artifact);
      const AlarmTopicArn = {
        Type: 'String',
        Default: '',
        AllowedPattern: '(arn:aws:sns:eu-west-1:1:x)?',
      };
      return { ...template, parameters: { ...template.parameters, AlarmTopicArn } };
    };
    expect(problems(to(`${email}alarms: { topic: '${near}' }`), { templateOf: strict })).toEqual([
      expect.stringMatching(/^patrol\.yaml:4:1: alerts: AlarmTopicArn: ".*" is not allowed/),
    ]);
  });
});

describe('problems', () => {
  test('are found all at once', () => {
    const source = `${head}alerts: { email: a@b.cc, shared: true }
logRetention: 31
defaults: { parameters: { deniedAttempt: alert, AlertEmail: x } }
accounts: [{ id: '${account}' }, { id: '${otherAccount}' }, { id: '${account}' }]
rules:
  demo/cals: true
  dmo/calls: false
  other/x: true
  '@patrol/rules-demo/plain': true
  demo/calls:
    parameters: { actions: [Stop], limit: 500, AlertEmail: x, ignored: ['a:b,c', '.*:.*'], limt: 1 }
  demo/global: true
  demo/hidden: { parameters: { token: ghp_0123456789, mode: shrill, team: [a], LogRetentionInDays: [30] } }
`;
    expect(problems(source)).toEqual([
      expect.stringMatching(
        /^patrol\.yaml:5:1: logRetention: "31" is not allowed; expected one of 1, 3, 5,/,
      ),
      'patrol.yaml:6:27: defaults.parameters.deniedAttempt: no rule of the fleet has this parameter; did you mean deniedAttempts?',
      'patrol.yaml:6:49: defaults.parameters.AlertEmail: no rule of the fleet has this parameter; it is given with alerts.email.',
      `patrol.yaml:7:38: accounts[1].id: the credentials belong to the account ${account}; name a role to assume in ${otherAccount}.`,
      `patrol.yaml:7:62: accounts[2].id: the account ${account} is already in this list.`,
      'patrol.yaml:9:3: rules.demo/cals: there is no such rule; did you mean demo/calls?',
      'patrol.yaml:10:3: rules.dmo/calls: no rule package @patrol/rules-dmo or patrol-rules-dmo is installed; did you mean demo?',
      'patrol.yaml:11:3: rules.other/x: no rule package @patrol/rules-other or patrol-rules-other is installed; install it, for example with `pnpm add @patrol/rules-other`.',
      'patrol.yaml:12:3: rules.@patrol/rules-demo/plain: write demo/plain, as `patrol-deploy list` does.',
      'patrol.yaml:14:29: rules.demo/calls.parameters.actions[0]: "Stop" matches none of the allowed names: StopLogging, DeleteTrail.',
      'patrol.yaml:14:36: rules.demo/calls.parameters.limit: "500" is not allowed; expected a number from 1 to 100.',
      'patrol.yaml:14:48: rules.demo/calls.parameters.AlertEmail: there is no such parameter; it is given with alerts.email.',
      'patrol.yaml:14:73: rules.demo/calls.parameters.ignored[0]: "c" is not a pair; expected role:policy, neither empty.',
      expect.stringMatching(
        /^patrol\.yaml:14:82: rules\.demo\/calls\.parameters\.ignored\[1\]: ".*" would mute most alerts/,
      ),
      'patrol.yaml:14:92: rules.demo/calls.parameters.limt: there is no such parameter; did you mean limit?',
      'patrol.yaml:15:3: rules.demo/global: the parameter roles is required: Roles. Names, separated by commas; * matches any characters.',
      expect.stringMatching(
        /^patrol\.yaml:16:32: rules\.demo\/hidden\.parameters\.token: the value is not the ARN of a secret\. /,
      ),
      'patrol.yaml:16:55: rules.demo/hidden.parameters.mode: "shrill" is not allowed; expected one of quiet, loud.',
      'patrol.yaml:16:69: rules.demo/hidden.parameters.team: takes one value; found a list.',
      'patrol.yaml:16:80: rules.demo/hidden.parameters.LogRetentionInDays: takes one value; found a list.',
    ]);
    const found = wanted(source).problems;
    expect(found.map(({ fault }) => fault.code).join(' ')).toBe(
      'value nobodysParameter nobodysParameter needsRole sameAccount noRule noPackage noPackage longName value value noSuchParameter value value noSuchParameter required value value oneValue oneValue',
    );
    expect(found).toContainEqual(
      expect.objectContaining({
        path: ['accounts', 1, 'id'],
        fault: { code: 'needsRole', account: otherAccount, own: account },
      }),
    );
    expect(JSON.stringify(found)).not.toContain('ghp_');
  });

  test('of a rule that is not in an installed package, or in none', () => {
    expect(problems(one('demo/x'))).toEqual([
      'patrol.yaml:5:10: rules.demo/x: there is no such rule; demo has calls, global, plain, hidden and listening.',
    ]);
    expect(problems(one("'@acme/patrol-rules/x'"))).toEqual([
      'patrol.yaml:5:10: rules.@acme/patrol-rules/x: no rule package @acme/patrol-rules is installed; install it, for example with `pnpm add @acme/patrol-rules`.',
    ]);
  });

  test('of names in other letters, and of values among the defaults', () => {
    expect(problems(one('demo/calls', '{ parameters: { LIMIT: 5 } }'))).toEqual([
      expect.stringContaining('there is no such parameter; did you mean limit?'),
    ]);
    const source = `${head}${email}defaults: { parameters: { limit: 500 } }\nrules: { demo/calls: true }`;
    expect(problems(source)).toEqual([
      'patrol.yaml:5:27: defaults.parameters.limit: "500" is not allowed; expected a number from 1 to 100.',
    ]);
  });

  test('of a required parameter whose value cannot be used: it is not missing too', () => {
    expect(problems(one('demo/global', "{ parameters: { roles: ['a,b'] } }"))).toEqual([
      'patrol.yaml:5:47: rules.demo/global.parameters.roles[0]: "a,b" has a comma, which separates items; make it two items.',
    ]);
  });

  test('of two packages with one short name: their rules would have the same stacks', () => {
    const assemblies = [assemble('@acme/patrol-rules'), assemble('patrol-rules-acme')];
    const source = `${head}${email}rules: { '@acme/patrol-rules/plain': true, acme/plain: true }`;
    expect(problems(source, { assemblies })).toEqual([
      'patrol.yaml:5:44: rules.acme/plain: its stack would be patrol-acme-plain-production, which is the stack of @acme/patrol-rules/plain.',
    ]);
  });

  test('of names that are too long, of files that cannot be read, and of templates that hide parameters or are old', () => {
    const long = defineRule({ ...Object(rules[2]), name: 'x'.repeat(120) });
    const assemblies = [assemble('@patrol/rules-demo', [long])];
    expect(problems(one(`demo/${long.name}`), { assemblies })).toEqual([
      expect.stringMatching(/has 143 characters; CloudFormation allows 128/),
    ]);
    const unreadable = (): never => {
      throw new OperatorError('template.json cannot be read.');
    };
    expect(problems(one('demo/plain'), { templateOf: unreadable })).toEqual([
      'patrol.yaml:5:10: rules.demo/plain: template.json cannot be read.',
    ]);
    const hiding: typeof templateOf = (artifact) => {
      const template = templateOf(artifact);
      return { ...template, parameters: { ...template.parameters, token: { NoEcho: true } } };
    };
    expect(problems(one('demo/plain'), { templateOf: hiding })).toEqual([
      expect.stringContaining('its hidden parameter token (NoEcho)'),
    ]);
    const old: typeof templateOf = (artifact) => {
      const { parameters, ...template } = templateOf(artifact);
      const { DispatchSnsArn, ...others } = parameters;
      expect(DispatchSnsArn).toBeDefined();
      return { ...template, parameters: others };
    };
    const dispatch = `${head}alerts: { email: a@b.cc, dispatch: 'arn:aws:sns:us-east-1:${account}:dispatch' }\nrules: { demo/plain: true }`;
    expect(problems(dispatch, { templateOf: old })).toEqual([
      'patrol.yaml:5:10: rules.demo/plain: its template has no parameter DispatchSnsArn; update its package, or build it again.',
    ]);
  });

  test('of parameters that are too large together', () => {
    const wide = defineRule({
      ...Object(rules[2]),
      parameters: {
        a: text('A.', { default: '' }),
        b: text('B.', { default: '' }),
        c: choice('C.', ['x'], { default: 'x' }),
      },
    });
    const long = 'x'.repeat(2500);
    expect(
      problems(one('demo/plain', `{ parameters: { a: ${long}, b: ${long} } }`), {
        assemblies: [assemble('@patrol/rules-demo', [wide])],
      }),
    ).toEqual([
      expect.stringMatching(
        /^patrol\.yaml:5:10: rules\.demo\/plain: The parameters together make \d+ bytes/,
      ),
    ]);
  });

  test('of a webhook in several places: each would alert', () => {
    const [demo] = ground.assemblies;
    if (!demo) throw new Error('There is one.');
    const assemblies = [
      {
        ...demo,
        manifest: {
          ...demo.manifest,
          rules: demo.manifest.rules.map((each) => ({
            ...each,
            triggers: [{ kind: 'webhook', events: ['fork'] } as const],
          })),
        },
      },
    ];
    const source = `version: 1\nfleet: a\nregions: [eu-west-1, us-east-1]\n${email}rules: { demo/plain: REGIONS }`;
    expect(problems(source.replace('REGIONS', 'true'), { assemblies })).toEqual([
      'patrol.yaml:5:10: rules.demo/plain: each of its 2 stacks would have its own webhook, and every alert would come 2 times. List one region under regions, or remove the rule and deploy it once: `patrol-deploy demo/plain`.',
    ]);
    expect(problems(source.replace('REGIONS', '{ regions: [us-east-1] }'), { assemblies })).toEqual(
      [],
    );
  });

  test('an organisation is never taken for the account of the credentials', () => {
    expect(() =>
      problems(`${head}${email}organization: { organizationalUnits: [r-ab12] }\nrules: {}`),
    ).toThrow('not wanted account by account');
  });
});

describe('patterns', () => {
  /** The names of the rules that lines leave on. */
  const on = (...lines: readonly string[]): readonly string[] => {
    const found = wanted(`${head}${email}rules:\n${lines.map((each) => `  ${each}\n`).join('')}`);
    expect(found.problems).toEqual([]);
    return found.stacks.map(({ wanted: { content, by } }) =>
      [typedFor(content.holds), ...(by === undefined ? [] : [by])].join(' by '),
    );
  };
  const problemsOf = (...lines: readonly string[]): readonly string[] =>
    problems(`${head}${email}rules:\n${lines.map((each) => `  ${each}\n`).join('')}`);

  test('are lines about all rules that they match; later lines override earlier ones', () => {
    expect(on('demo/*l*s: true')).toEqual(['demo/calls by demo/*l*s']);
    expect(on('demo/*: true', 'demo/global: false', 'demo/hidden: false')).toEqual([
      'demo/calls by demo/*',
      'demo/listening by demo/*',
      'demo/plain by demo/*',
    ]);
    expect(on('demo/calls: true', 'demo/*: false')).toEqual([]);
    expect(on('demo/*: false', 'demo/calls: true')).toEqual(['demo/calls']);
    expect(on('demo/*: false', 'demo/c*: {}', 'demo/p*: { enabled: false }')).toEqual([
      'demo/calls by demo/c*',
    ]);
    // Somebody has named it.
    expect(on('demo/calls: true', 'demo/c*: true')).toEqual(['demo/calls']);
  });

  test('a merge key comes before the lines beside it, and the first of several maps counts', () => {
    const source = (merged: string, ...lines: readonly string[]): string =>
      `${head}${email}x-on: &on { demo/plain: true, demo/calls: true }\nx-off: &off { demo/*: false }\nrules:\n${[...lines, `<<: ${merged}`].map((each) => `  ${each}\n`).join('')}`;
    const names = (text: string): readonly string[] =>
      where(wanted(text)).map((each) => each.split(' ')[0] ?? '');
    expect(names(source('*off', 'demo/plain: true'))).toEqual(['demo/plain']);
    expect(names(source('*on', 'demo/p*: false'))).toEqual(['demo/calls']);
    expect(names(source('[*on, *off]'))).toEqual(['demo/calls', 'demo/plain']);
    expect(names(source('[*off, *on]'))).toEqual([]);
  });

  test('give parameters to the rules that have them, each overridden by itself', () => {
    const lines = (...all: readonly string[]): Readonly<Record<string, string>> =>
      values(wanted(`${head}${email}rules:\n${all.map((each) => `  ${each}\n`).join('')}`));
    const limits = ['demo/c*: { parameters: { limit: 7, actions: [DeleteTrail] } }'];
    expect(lines(...limits)).toMatchObject({ limit: '7', actions: 'DeleteTrail' });
    expect(lines(...limits, 'demo/calls: { parameters: { limit: 8 } }')).toMatchObject({
      limit: '8',
      actions: 'DeleteTrail',
    });
    // What a later line does not say stays as it is.
    expect(lines('demo/calls: { parameters: { limit: 8 } }', 'demo/*ls: true')).toMatchObject({
      limit: '8',
    });
    expect(
      lines('demo/calls: { parameters: { limit: 8 } }', 'demo/*ls: { parameters: { limit: 9 } }'),
    ).toMatchObject({ limit: '9' });
    // A rule without the parameter is none of its business.
    const off = ['demo/global: false', 'demo/hidden: false'];
    expect(problemsOf('demo/*: { parameters: { limit: 3 } }', ...off)).toEqual([]);
    expect(problemsOf('demo/*in*: { parameters: { limit: 3 } }')).toEqual([
      'patrol.yaml:6:30: rules.demo/*in*.parameters.limit: no rule that this line matches has this parameter; remove it.',
    ]);
  });

  test('give suppressions to the rules that take them', () => {
    const muted = (item: string, more = ''): string =>
      `{ ${more}suppressions: [{ parameter: ignored, item: ${item}, owner: al, reason: R., expires: 2027-01-31 }] }`;
    const found = wanted(
      `${head}${email}rules:\n  demo/*: ${muted('"a:b"')}\n  demo/global: false\n  demo/hidden: false\n  demo/calls: ${muted('"c:d"')}\n`,
    );
    expect(found.problems).toEqual([]);
    expect(values(found)['ignored']).toBe('a:b until 2027-01-31,c:d until 2027-01-31');
    expect(problemsOf(`demo/pl*: ${muted('"a:b"')}`)).toEqual([
      'patrol.yaml:6:32: rules.demo/pl*.suppressions[0].parameter: none of the rules that this line matches can be muted by "ignored"; they have ignoredActors.',
    ]);
  });

  test('give regions as the fleet does: a rule that AWS confines to others goes there', () => {
    const found = wanted(
      `${head}${email}rules:\n  demo/*al*: { regions: [eu-north-1], parameters: { roles: A } }\n  demo/plain: { regions: [eu-west-1] }\n`,
    );
    expect(found.problems).toEqual([]);
    expect(where(found)).toEqual([
      `demo/calls ${account} eu-north-1`,
      `demo/global ${account} us-east-1`,
      `demo/plain ${account} eu-west-1`,
    ]);
  });

  test('that name nothing are refused, with the nearest one', () => {
    const [demo] = ground.assemblies;
    if (!demo) throw new Error('There is one.');
    const [first] = rules;
    if (!first) throw new Error('There is one.');
    const named = ['bucketShared', 'bucketOpened', 'logSharing'].map((name) => ({
      ...first,
      name,
    }));
    const assemblies = [assemble('@patrol/rules-demo', named)];
    const found = (key: string): string | undefined =>
      problems(`${head}${email}rules:\n  ${key}: true\n`, { assemblies })[0];
    expect(found('demo/buckt*')).toBe(
      'patrol.yaml:6:3: rules.demo/buckt*: no installed rule matches; did you mean demo/bucket*?',
    );
    expect(found('demo/*Opend')).toContain('did you mean demo/*Opened?');
    expect(found('dmo/*')).toContain('did you mean demo?');
    expect(found('demo/*zzzzzz*')).toBe(
      'patrol.yaml:6:3: rules.demo/*zzzzzz*: no installed rule matches; `patrol-deploy list` shows the installed rules of demo.',
    );
    expect(found('"@patrol/rules-demo/*"')).toContain('write demo/*, as');
    expect(found('"*/*"')).toBeUndefined();
  });

  test('are where the problems of the rules are that they bring, which are named', () => {
    expect(problemsOf('demo/calls: true', 'demo/*: true')).toEqual([
      'patrol.yaml:7:3: rules.demo/*: demo/global: the parameter roles is required: Roles. Names, separated by commas; * matches any characters. To leave it out, add `demo/global: false` below.',
      expect.stringMatching(
        /^patrol\.yaml:7:3: rules\.demo\/\*: demo\/hidden: .*To leave it out, add `demo\/hidden: false` below\.$/,
      ),
    ]);
    expect(problemsOf('demo/ca*: { parameters: { limit: 700 } }')).toEqual([
      expect.stringMatching(
        /^patrol\.yaml:6:29: rules\.demo\/ca\*\.parameters\.limit: for demo\/calls: .*100/,
      ),
    ]);
    expect(problemsOf('demo/ca*: { parameters: { limt: 7 } }')).toEqual([
      'patrol.yaml:6:29: rules.demo/ca*.parameters.limt: no rule that this line matches has this parameter; did you mean limit?',
    ]);
  });
});

describe('sets', () => {
  const [demo] = ground.assemblies;
  if (!demo) throw new Error('There is one.');
  const sets = { essential: { description: 'What matters.', rules: ['calls', 'plain'] } };
  const assemblies = [{ ...demo, manifest: { ...demo.manifest, sets } }];
  const file = (...lines: readonly string[]): string =>
    `${head}${email}rules:\n${lines.map((each) => `  ${each}\n`).join('')}`;

  test('are lines about their rules, overridden as those of patterns are', () => {
    const found = wanted(
      file(
        'demo:essential: { parameters: { limit: 7 } }',
        'demo/pl*: false',
        'demo/listening: true',
      ),
      { assemblies },
    );
    expect(found.problems).toEqual([]);
    expect(
      found.stacks.map(({ wanted: { content, by } }) => [typedFor(content.holds), by]),
    ).toEqual([
      ['demo/calls', 'demo:essential'],
      ['demo/listening', undefined],
    ]);
    expect(values(found)['limit']).toBe('7');
    expect(where(wanted(file('demo/*: false', 'demo:essential: true'), { assemblies }))).toEqual([
      `demo/calls ${account} eu-west-1`,
      `demo/plain ${account} eu-west-1`,
    ]);
  });

  test('of a package that is typed by its full name', () => {
    const scoped = assemble('@acme/patrol-rules');
    const acme = [{ ...scoped, manifest: { ...scoped.manifest, sets } }];
    const found = wanted(file('"@acme/patrol-rules:essential": true'), { assemblies: acme });
    expect(found.problems).toEqual([]);
    expect(found.stacks.map(({ wanted: { content } }) => typedFor(content.holds))).toEqual([
      '@acme/patrol-rules/calls',
      '@acme/patrol-rules/plain',
    ]);
  });

  test('that do not exist are refused, with the nearest name', () => {
    const found = (key: string): string | undefined =>
      problems(file(`${key}: true`), { assemblies })[0];
    expect(found('demo:esential')).toBe(
      'patrol.yaml:6:3: rules.demo:esential: there is no such set; did you mean demo:essential?',
    );
    expect(found('demo:xyz')).toContain('there is no such set; demo has demo:essential.');
    // The two forms are easily mistaken for each other.
    expect(found('demo/essential')).toContain('did you mean demo:essential?');
    expect(found('demo:calls')).toContain('did you mean demo/calls?');
    expect(found('gone:essential')).toContain('is installed');
    expect(problems(file('demo:essential: true'))[0]).toContain('demo has no sets.');
    expect(found('"@patrol/rules-demo:essential"')).toContain('write demo:essential, as');
  });
});
