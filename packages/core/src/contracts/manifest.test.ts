import { describe, expect, test } from 'vitest';
import { manifestProblems, parseManifest } from './manifest.ts';

const hash = 'a1'.repeat(32);
const rule = {
  name: 'watch',
  title: 'Watch',
  description: 'Watches.',
  severity: 'high',
  runbook: 'Look.',
  runbookUrl: null,
  references: ['CIS 4.5'],
  asks: false,
  triggers: [
    {
      kind: 'event',
      pattern: { source: [{ prefix: 'aws.' }], detail: { eventName: ['StopLogging'] } },
      state: 'ENABLED',
    },
  ],
  parameters: {
    note: {
      kind: 'text',
      description: 'A note.',
      default: 'a note',
      form: { pattern: '[a-z ]+', words: 'small letters' },
    },
    ping: { kind: 'text', description: 'A URL.', default: '', actsOutside: true },
    calls: { kind: 'names', description: 'Calls.', default: 'A*', among: ['Aa', 'Bb'] },
    quiet: { kind: 'patterns', description: 'Names.', default: '', suppresses: true },
    both: { kind: 'pairs', description: 'Pairs.', example: 'a:b', halves: ['role', 'policy'] },
    limit: {
      kind: 'number',
      description: 'A limit.',
      default: '3',
      formerly: ['atMost', 'most'],
      minimum: 1,
      maximum: 5,
    },
    mode: { kind: 'choice', description: 'A mode.', default: 'loud', among: ['quiet', 'loud'] },
    token: {
      kind: 'secret',
      description: 'A token.',
      example: 'arn:aws:ssm:eu-west-1:111122223333:parameter/t',
    },
    deniedAttempts: {
      kind: 'choice',
      description: 'Whether.',
      default: 'quiet',
      among: ['quiet', 'alert'],
    },
  },
  permissions: [
    {
      Action: ['iam:GetRole'],
      Resource: [{ 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/*' }, '*'],
      Condition: { StringEquals: { 'aws:RequestedRegion': 'us-east-1' } },
    },
  ],
  regions: ['us-east-1'],
  memorySize: 256,
  timeout: 30,
  code: { path: 'rules/watch/code.zip', sha256: hash, bytes: 1, handler: 'index.handler' },
  template: { path: 'rules/watch/template.json', sha256: hash },
  sample: { path: 'rules/watch/sample.json' },
};
const plain = { ...rule, references: [], parameters: {}, permissions: [], regions: null };
const manifest = {
  formatVersion: 1,
  package: { name: '@acme/patrol-rules', version: '1.2.3-rc.1' },
  core: { version: '1.0.0' },
  rules: [
    rule,
    {
      ...plain,
      name: 'clock',
      runbookUrl: 'https://example.com/#clock',
      triggers: [
        { kind: 'schedule', expression: 'rate(1 day)', everySeconds: 86_400 },
        { kind: 'schedule', expression: 'cron(0 8-18/2 ? * MON-FRI *)', everySeconds: 200_000 },
      ],
      remindAfter: 86_400,
    },
    { ...plain, name: 'hook', triggers: [{ kind: 'webhook', events: ['fork'], also: ['public'] }] },
    { ...plain, name: 'topic', triggers: [{ kind: 'sns', services: ['backup.amazonaws.com'] }] },
    { ...plain, name: 'sparing', onceWithin: 3600 },
  ],
  areas: [
    { title: 'Calls', rules: ['watch', 'clock'] },
    { title: 'Messages', rules: ['hook', 'topic'] },
  ],
  sets: { essential: { description: 'What matters.', rules: ['watch', 'topic'] } },
};

const read = (value: unknown): unknown => parseManifest(JSON.stringify(value), 'dist/rules.json');

/** The manifest with another value at a place such as `rules[0].name`; without the field where there is no value. */
function corrupted(place: string, value: unknown): unknown {
  const copy: unknown = JSON.parse(JSON.stringify(manifest));
  const keys = place.split(/[.[\]]+/).filter(Boolean);
  const last = keys.pop() ?? '';
  const parent = keys.reduce((inner: unknown, key) => Reflect.get(Object(inner), key), copy);
  if (value === undefined) Reflect.deleteProperty(Object(parent), last);
  else Reflect.set(Object(parent), last, value);
  return copy;
}

test('a manifest of this version is read as it is', () => {
  expect(read(manifest)).toEqual(manifest);
});

test('fields that this release does not know are left out', () => {
  const newer = {
    ...manifest,
    signature: 'x',
    rules: [{ ...rule, group: 'x', code: { ...rule.code, architecture: 'arm64' } }],
  };
  expect(read(newer)).toEqual({ ...manifest, rules: [rule] });
});

test.each([
  [0, 'has no format version that this release of Patrol reads: expected 1; found 0. Update the'],
  ['1', 'has no format version that this release of Patrol reads: expected 1; found "1". Update'],
  [null, 'has no format version that this release of Patrol reads: expected 1; found null.'],
  [undefined, 'has no format version that this release of Patrol reads: expected 1; found none.'],
  [
    2,
    'has the format version 2, which is newer than this release of Patrol: it reads version 1. Update @patrol/deployer.',
  ],
])('the format version %j is refused with what to do: %s', (formatVersion, words) => {
  const other = { ...manifest, formatVersion, rules: 'of another form' };
  expect(() => read(other)).toThrow(`dist/rules.json ${words}`);
});

test.each(['', '{', 'null', '[]', '1', '"x"'])('what is no manifest is refused: %j', (text) => {
  expect(() => parseManifest(text, 'dist/rules.json')).toThrow(
    /^dist\/rules\.json (is not JSON: .*\. Install the package again; |has no format version .* found none)/,
  );
});

test('every problem is told with its place, its rule and what to do; of many, the first ten', () => {
  const broken = {
    ...manifest,
    rules: [
      { ...rule, severity: 'catastrophic', timeout: 901 },
      { ...rule, name: '../x', memorySize: 64 },
    ],
  };
  expect(() => read(broken)).toThrow(
    new Error(
      [
        'dist/rules.json is not a manifest of format version 1:',
        '  rules[0].severity (rule watch): expected one of low, medium, high, critical; found "catastrophic"',
        '  rules[0].timeout (rule watch): expected a whole number from 1 to 900; found 901',
        '  rules[1].name: expected a name in camelCase: letters and digits, at most 40; found "../x"',
        '  rules[1].memorySize: expected a whole number from 128 to 10240; found 64',
        'Install the package again; build it with `patrol-build` if it is yours.',
      ].join('\n'),
    ),
  );
  const none = { ...manifest, rules: [{}] };
  expect(() => read(none)).toThrow(
    /\n {2}rules\[0\]\.triggers: is missing\n {2}rules\[0\]\.parameters: is missing\n {2}… and 7 more\nInstall /,
  );
});

const rules = 'rules[0]';
const parameter = `${rules}.parameters`;
const watch = ' (rule watch)';
const zip =
  'expected a path of a .zip file below the folder of rules.json, such as rules/name/file.zip; found ';
const json =
  'expected a path of a .json file below the folder of rules.json, such as rules/name/file.json; found ';
const when =
  'expected rate(N minutes), rate(N hours), rate(N days) or cron(…) with six fields; found ';

/** Corruptions of one field: the place, the value instead of it, where it is told, and the message. */
const table: readonly (readonly [place: string, value: unknown, message: string, at?: string])[] = [
  // Of the whole.
  ['package', undefined, 'is missing'],
  ['package', 'aws', 'expected an object; found "aws"'],
  ['package.name', '../aws', 'expected the name of a package; found "../aws"'],
  ['package.version', 'latest', 'expected a version such as 1.2.3; found "latest"'],
  ['core', undefined, 'is missing'],
  ['core.version', '1', 'expected a version such as 1.2.3; found "1"'],
  ['rules', {}, 'expected a list; found an object'],
  [
    'rules[2].name',
    'watch',
    'the rule watch is there twice; the first is rules[0]',
    'rules[2].name (rule watch)',
  ],
  ['rules[0]', null, 'expected an object; found null', 'rules[0]'],
  ['rules[0]', [], 'expected an object; found an empty list', 'rules[0]'],
  ['areas', {}, 'expected a list; found an object'],
  [
    'areas[0].title',
    'two\nlines',
    'expected a line of text that is not blank; found "two\\nlines"',
  ],
  ['sets', [], 'expected an object; found an empty list'],
  ['sets.essential.rules', [], 'expected at least one item; found an empty list'],
  // What a rule says of itself.
  ...['../../etc', 'my-rule', 'Watch', 'w', '', 'x'.repeat(41)].map(
    (name): (typeof table)[number] => [
      `${rules}.name`,
      name,
      `expected a name in camelCase: letters and digits, at most 40; found ${JSON.stringify(name)}`,
      'rules[0].name',
    ],
  ),
  [
    `${rules}.title`,
    'two\nlines',
    'expected a line of text that is not blank; found "two\\nlines"',
  ],
  [`${rules}.description`, ' ', 'expected a text that is not blank; found " "'],
  [
    `${rules}.severity`,
    'catastrophic',
    'expected one of low, medium, high, critical; found "catastrophic"',
  ],
  [`${rules}.severity`, undefined, 'is missing'],
  [`${rules}.runbook`, 7, 'expected a text; found 7'],
  [
    `${rules}.runbookUrl`,
    'javascript:alert(1)',
    'expected an address that begins with https://; found "javascript:alert(1)"',
  ],
  [`${rules}.runbookUrl`, undefined, 'is missing'],
  [`${rules}.references`, 'CIS', 'expected a list; found "CIS"'],
  [
    `${rules}.references`,
    ['a', 'a'],
    '"a" is there twice; the first is [0]',
    `${rules}.references[1]${watch}`,
  ],
  [`${rules}.asks`, 'yes', 'expected true or false; found "yes"'],
  [`${rules}.remindAfter`, 3600, 'is for rules with a schedule; this one has none'],
  [
    'rules[1].onceWithin',
    3600,
    'is for rules with events; this one has only a schedule',
    'rules[1].onceWithin (rule clock)',
  ],
  [`${rules}.onceWithin`, 0, 'expected a whole number from 1 to 9007199254740991; found 0'],
  [
    'rules[1].remindAfter',
    0,
    'expected a whole number from 1 to 9007199254740991; found 0',
    'rules[1].remindAfter (rule clock)',
  ],
  [
    'rules[1].remindAfter',
    null,
    'expected a whole number from 1 to 9007199254740991; found null',
    'rules[1].remindAfter (rule clock)',
  ],
  [`${rules}.regions`, 'us-east-1', 'expected a list; found "us-east-1"'],
  [`${rules}.regions`, [], 'expected at least one item; found an empty list'],
  ...['mars', 'eu-west', 'cn-north-1', 'us-gov-west-1'].map((region): (typeof table)[number] => [
    `${rules}.regions[0]`,
    region,
    `expected a region such as eu-west-1; found "${region}"`,
  ]),
  [`${rules}.memorySize`, 127, 'expected a whole number from 128 to 10240; found 127'],
  [`${rules}.memorySize`, 10_241, 'expected a whole number from 128 to 10240; found 10241'],
  [`${rules}.memorySize`, '256', 'expected a whole number from 128 to 10240; found "256"'],
  [`${rules}.timeout`, 0, 'expected a whole number from 1 to 900; found 0'],
  [`${rules}.timeout`, 1.5, 'expected a whole number from 1 to 900; found 1.5'],
  // Its files.
  ...[
    '../../../../etc/passwd.zip',
    '/etc/passwd.zip',
    'C:/code.zip',
    'C:\\code.zip',
    'rules\\watch\\code.zip',
    'rules/../../code.zip',
    './code.zip',
    'rules//code.zip',
    'rules/watch/..',
    'code.zip\n',
    'rules/watch/template.json',
    '',
  ].map((path): (typeof table)[number] => [`${rules}.code.path`, path, zip + JSON.stringify(path)]),
  [`${rules}.template.path`, '../x/template.json', `${json}"../x/template.json"`],
  [`${rules}.template.path`, '/etc/template.json', `${json}"/etc/template.json"`],
  [`${rules}.sample.path`, '..\\sample.json', `${json}"..\\\\sample.json"`],
  [`${rules}.sample.path`, undefined, 'is missing'],
  [`${rules}.code.sha256`, 'xyz', 'expected a SHA-256 in 64 small hexadecimal digits; found "xyz"'],
  [
    `${rules}.template.sha256`,
    'G'.repeat(64),
    `expected a SHA-256 in 64 small hexadecimal digits; found "${'G'.repeat(64)}"`,
  ],
  [`${rules}.code.bytes`, -1, 'expected a whole number from 1 to 262144000; found -1'],
  [
    `${rules}.code.handler`,
    '../index.handler',
    'expected a module and its export, such as index.handler; found "../index.handler"',
  ],
  // What runs it.
  [`${rules}.triggers`, [], 'expected at least one item: nothing would ever run the rule'],
  [`${rules}.triggers[0]`, null, 'expected an object; found null'],
  [`${rules}.triggers[1]`, rule.triggers[0], 'an object is there twice; the first is [0]'],
  [
    `${rules}.triggers[0].kind`,
    'poll',
    'expected one of event, schedule, sns, webhook; found "poll"',
  ],
  [
    `${rules}.triggers[0].kind`,
    undefined,
    'is missing; expected one of event, schedule, sns, webhook',
  ],
  [
    `${rules}.triggers[0].kind`,
    'constructor',
    'expected one of event, schedule, sns, webhook; found "constructor"',
  ],
  [
    `${rules}.triggers[0].state`,
    'DISABLED',
    'expected one of ENABLED, ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS; found "DISABLED"',
  ],
  [
    `${rules}.triggers[0].pattern`,
    {},
    'expected an object with at least one field; found an empty object',
  ],
  [
    `${rules}.triggers[0].pattern.source[0]`,
    { prefixx: 'aws.' },
    'expected an operator that EventBridge knows; found "prefixx"',
    `${rules}.triggers[0].pattern.source[0].prefixx${watch}`,
  ],
  [
    `${rules}.triggers[0].pattern.detail.eventName`,
    'StopLogging',
    'expected an object or an array; found "StopLogging"',
  ],
  [
    `${rules}.triggers[0].pattern.detail.eventName[0]`,
    'x'.repeat(2100),
    'expected at most 2048 characters; found 2158',
    `${rules}.triggers[0].pattern${watch}`,
  ],
  ...[
    'every day',
    'rate(2 day)',
    'rate(0 minutes)',
    'rate(8 days)',
    'cron(0 8 * * ? * *)',
    'cron(60 8 * * ? *)',
    'cron(0 8 * * * *)',
    'cron(0 8 ? * ? *)',
    'cron(a b c d e f)',
  ].map((expression): (typeof table)[number] => [
    'rules[1].triggers[0].expression',
    expression,
    when + JSON.stringify(expression),
    'rules[1].triggers[0].expression (rule clock)',
  ]),
  [
    'rules[1].triggers[0].everySeconds',
    3600,
    'expected 86400, the time of rate(1 day); found 3600',
    'rules[1].triggers[0].everySeconds (rule clock)',
  ],
  [
    'rules[1].triggers[1].everySeconds',
    604_800,
    'expected a whole number from 60 to 518400; found 604800',
    'rules[1].triggers[1].everySeconds (rule clock)',
  ],
  [
    'rules[2].triggers[0].events',
    [],
    'expected at least one item; found an empty list',
    'rules[2].triggers[0].events (rule hook)',
  ],
  [
    'rules[2].triggers[0].events[0]',
    '*',
    'expected the name of an event of the sender\'s webhooks; found "*"',
    'rules[2].triggers[0].events[0] (rule hook)',
  ],
  [
    'rules[2].triggers[0].also[0]',
    'fork',
    'expected other events than `events`; found "fork"',
    'rules[2].triggers[0].also (rule hook)',
  ],
  [
    'rules[3].triggers[0].services[0]',
    '*',
    'expected a service principal such as backup.amazonaws.com; found "*"',
    'rules[3].triggers[0].services[0] (rule topic)',
  ],
  // Its parameters.
  [parameter, [], 'expected an object; found an empty list'],
  [
    `${parameter}.AlertEmail`,
    rule.parameters.note,
    'expected a name in camelCase: letters and digits, at least 2; found "AlertEmail"',
  ],
  [
    `${parameter}.x`,
    rule.parameters.note,
    'expected a name in camelCase: letters and digits, at least 2; found "x"',
  ],
  [`${parameter}.toString`, rule.parameters.note, 'the name toString is taken; expected another'],
  [
    `${parameter}.deniedAttempts`,
    rule.parameters.note,
    'expected deniedAttempts to be a choice of quiet and alert',
    `${parameter}${watch}`,
  ],
  [
    `${parameter}.note.kind`,
    'glob',
    'expected one of text, names, patterns, pairs, number, choice, secret; found "glob"',
  ],
  [
    `${parameter}.note.kind`,
    'secret',
    'does not belong to a parameter of this kind',
    `${parameter}.note.form${watch}`,
  ],
  [`${parameter}.note.description`, undefined, 'is missing'],
  [`${parameter}.note.default`, '7', '"7" is not allowed; expected small letters.'],
  [`${parameter}.note.form.pattern`, '(', 'expected a regular expression; found "("'],
  [`${parameter}.note.among`, ['a'], 'does not belong to a parameter of this kind'],
  [
    `${parameter}.ping.default`,
    'https://example.com',
    'expected the default to be empty, as `try` and `replay` use it',
    `${parameter}.ping.actsOutside${watch}`,
  ],
  [`${parameter}.limit.formerly`, [], 'expected at least one item; found an empty list'],
  [
    `${parameter}.limit.formerly[0]`,
    'AlertEmail',
    'expected a name in camelCase: letters and digits, at least 2; found "AlertEmail"',
  ],
  [
    `${parameter}.limit.formerly[1]`,
    'mode',
    'formerly names mode, which is a parameter of this rule today',
    `${parameter}.limit${watch}`,
  ],
  [
    `${parameter}.mode.formerly`,
    ['most'],
    'formerly names most, as does formerly of limit',
    `${parameter}.mode${watch}`,
  ],
  [`${parameter}.calls.among`, 'Aa', 'expected a list; found "Aa"'],
  [
    `${parameter}.calls.among`,
    ['Bb'],
    '"A*" matches none of the allowed names: Bb.',
    `${parameter}.calls.default${watch}`,
  ],
  [`${parameter}.calls.ignoreCase`, 1, 'expected true or false; found 1'],
  [
    `${parameter}.quiet.default`,
    '.*',
    '".*" would mute most alerts. Name more precisely what to mute.',
  ],
  [
    `${parameter}.quiet.default`,
    '(',
    '"(" is not a regular expression: at character 1, ( is not closed. Write ) at its end, or \\( for the character.',
  ],
  [`${parameter}.both.halves`, ['role'], 'is missing', `${parameter}.both.halves[1]${watch}`],
  [`${parameter}.both.halves`, 'role:policy', 'expected a list of two texts; found "role:policy"'],
  [`${parameter}.both.halves`, undefined, 'is missing'],
  [`${parameter}.both.example`, 'ab', '"ab" is not a pair; expected role:policy, neither empty.'],
  [
    `${parameter}.both.example`,
    undefined,
    'expected a default or an example; found neither',
    `${parameter}.both${watch}`,
  ],
  [`${parameter}.limit.default`, '6', '"6" is not allowed; expected a number from 1 to 5.'],
  [`${parameter}.limit.minimum`, 6, '6 is larger than the maximum, 5'],
  [`${parameter}.limit.maximum`, '5', 'expected a number; found "5"'],
  [`${parameter}.mode.among`, [], 'expected at least one item; found an empty list'],
  [`${parameter}.mode.among`, undefined, 'is missing'],
  [
    `${parameter}.mode.among`,
    ['quiet', 'quiet', 'loud'],
    '"quiet" is there twice; the first is [0]',
    `${parameter}.mode.among[1]${watch}`,
  ],
  [`${parameter}.mode.default`, 'mute', '"mute" is not allowed; expected one of quiet, loud.'],
  // What it may do.
  [`${rules}.permissions`, {}, 'expected a list; found an object'],
  [`${rules}.permissions[0].Action`, 'iam:GetRole', 'expected a list; found "iam:GetRole"'],
  [
    `${rules}.permissions[0].Action[0]`,
    'iam:*',
    'expected an action without *, such as s3:GetObject; found "iam:*"',
  ],
  [`${rules}.permissions[0].Resource`, 'a bucket', 'expected an ARN or *; found "a bucket"'],
  [
    `${rules}.permissions[0].Resource[0]`,
    { GetAtt: 'x' },
    'expected Ref or a function of CloudFormation, such as Fn::Sub; found "GetAtt"',
    `${rules}.permissions[0].Resource[0].GetAtt${watch}`,
  ],
  [
    `${rules}.permissions[0].Condition`,
    { sometimes: {} },
    'expected an operator of IAM, such as StringEquals; found "sometimes"',
    `${rules}.permissions[0].Condition.sometimes${watch}`,
  ],
];

/** A row of the table, as a line. */
function row([place, value, message, at]: (typeof table)[number]) {
  const told = `${at ?? `${place}${place.startsWith(rules) ? watch : ''}`}: ${message}`;
  const what =
    value === undefined ? `without ${place}` : `${place} = ${JSON.stringify(value).slice(0, 60)}`;
  return [`${what} → ${told}`, told, corrupted(place, value)] as const;
}

describe('a corruption of one field is refused with its place', () => {
  test.each(table.map(row))('%s', (_, told, value) => {
    expect(manifestProblems(value)).toEqual([told]);
    expect(() => read(value)).toThrow(`\n  ${told}\n`);
  });
});

test('a name that JavaScript takes for something else is not passed over', () => {
  for (const name of ['__proto__', 'constructor', 'prototype']) {
    const text = JSON.stringify(manifest).replace('"note":', `"${name}":`);
    expect(() => parseManifest(text, 'dist/rules.json')).toThrow(
      `${parameter}${watch}: expected no field with one of the names __proto__, constructor, prototype\n`,
    );
  }
});

test.each([
  'rate(1 minute)',
  'rate(6 days)',
  'cron(0 10 * * ? *)',
  'cron(15 12 * * ? *)',
  'cron(0 18 ? * MON-FRI *)',
  'cron(0 8 1 * ? *)',
  'cron(0/15 * * * ? *)',
  'cron(0/10 * ? * MON-FRI *)',
  'cron(0/5 8-17 ? * MON-FRI *)',
  'cron(0 9 ? * 2#1 *)',
  'cron(0 9 ? * 6L 2002-2199)',
  'cron(0 9 L JAN,JUN ? 2027)',
  'cron(0 9 3W 1-6/2 ? *)',
])('a schedule of EventBridge is taken: %s', (expression) => {
  const every = { 'rate(1 minute)': 60, 'rate(6 days)': 518_400 }[expression] ?? 86_400;
  const trigger = { kind: 'schedule', expression, everySeconds: every };
  expect(manifestProblems(corrupted('rules[1].triggers', [trigger]))).toEqual([]);
});
