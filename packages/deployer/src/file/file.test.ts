import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { type Fleet, readFleet } from './file.ts';
import { largestText } from './nodes.ts';
import { problemLine } from './problem.ts';

const lines = (source: string): readonly string[] => {
  const read = readFleet(source);
  return 'problems' in read
    ? read.problems.map((problem) => problemLine('patrol.yaml', problem))
    : [];
};
const fleet = (source: string): Fleet => {
  const read = readFleet(source);
  if ('file' in read) return read.file.fleet;
  throw new Error(lines(source).join('\n'));
};
/** A file that lacks where alerts go, with more at its end. */
const fileWith = (more: string, rules = 'rules: {}'): string =>
  `version: 1\nfleet: security\nregions: [eu-west-1]\n${rules}\n${more}`;
const alerts = 'alerts: { email: security@example.com }\n';
const topic = 'arn:aws:sns:eu-west-1:111122223333:alerts';

describe('a good file', () => {
  test('is read as it is written', () => {
    expect(
      fleet(`# yaml-language-server: $schema=./patrol.schema.json
version: 1
fleet: security
environment: staging
packages: { '@patrol/rules-aws': 1.10, patrol-rules-acme: '>=2 <4' }
regions: [eu-west-1, us-east-1]
tags: { team: red, cost: 4711, version: 1.10 }
alerts: { email: security@example.com, shared: true, dispatch: ${topic} }
alarms: { topic: { eu-west-1: '${topic}' } }
logRetention: 30
artifacts: { shared: true }
defaults: { enabled: true, parameters: { deniedAttempts: alert } }
accounts:
  - { id: 111122223333 }
  - { id: '012345678901', role: security/Patrol, regions: [eu-west-1] }
accountNames: { '111122223333': payments-prod, 012345678901: 'Shop (old)' }
networks: { 192.0.2.0/24: office, '2001:db8::/32': vpn }
rules:
  aws/rootLogin: true
  aws/assumeRole: false
  '@acme/patrol-rules/x':
    enabled: true
    regions: [us-east-1]
    parameters: { names: [a, 0123, b], text: one, number: 1.50, none: [] }
    suppressions:
      - { parameter: names, item: 7, owner: alice, reason: Moving., expires: 2027-02-28 }
`),
    ).toEqual({
      version: 1,
      fleet: 'security',
      environment: 'staging',
      packages: { '@patrol/rules-aws': '1.10', 'patrol-rules-acme': '>=2 <4' },
      regions: ['eu-west-1', 'us-east-1'],
      tags: { team: 'red', cost: '4711', version: '1.10' },
      alerts: { email: 'security@example.com', shared: true, dispatch: topic },
      alarms: { topic: { 'eu-west-1': topic } },
      logRetention: 30,
      artifacts: { shared: true },
      defaults: { enabled: true, parameters: { deniedAttempts: 'alert' } },
      accounts: [
        { id: '111122223333' },
        { id: '012345678901', role: 'security/Patrol', regions: ['eu-west-1'] },
      ],
      accountNames: { '111122223333': 'payments-prod', '012345678901': 'Shop (old)' },
      networks: { '192.0.2.0/24': 'office', '2001:db8::/32': 'vpn' },
      rules: {
        'aws/rootLogin': true,
        'aws/assumeRole': false,
        '@acme/patrol-rules/x': {
          enabled: true,
          regions: ['us-east-1'],
          parameters: { names: ['a', '0123', 'b'], text: 'one', number: '1.50', none: [] },
          suppressions: [
            {
              parameter: 'names',
              item: '7',
              owner: 'alice',
              reason: 'Moving.',
              expires: '2027-02-28',
            },
          ],
        },
      },
    });
  });

  test('may say what an organisation gets', () => {
    expect(
      fleet(
        fileWith(
          `${alerts}organization: { id: o-a1b2c3d4e5, organizationalUnits: [ou-ab12-cdefgh34, r-ab12], failureTolerance: 10%, maxConcurrency: 5, autoDeployment: true, retainStacks: false }`,
        ),
      ).organization,
    ).toEqual({
      id: 'o-a1b2c3d4e5',
      organizationalUnits: ['ou-ab12-cdefgh34', 'r-ab12'],
      failureTolerance: '10%',
      maxConcurrency: 5,
      autoDeployment: true,
      retainStacks: false,
    });
  });

  test('may hold anchors, aliases and merge keys: what is written beside a merge goes before it', () => {
    const read = fleet(`version: 1
fleet: security
regions: [eu-west-1]
x-quiet: &quiet { deniedAttempts: quiet, limit: 1 }
x-more: &more { limit: 2, mode: loud }
alerts: &to { email: &who security@example.com }
alarms: *to
rules:
  aws/a: { parameters: { <<: *quiet, limit: 3 } }
  aws/b: { parameters: { limit: 4, <<: [*quiet, *more] } }
  aws/c: { parameters: { owner: *who, <<: [*quiet, *more] } }
`);
    expect(read.alarms).toEqual({ email: 'security@example.com' });
    const both = { deniedAttempts: 'quiet', mode: 'loud' };
    expect(read.rules).toEqual({
      'aws/a': { parameters: { limit: '3', deniedAttempts: 'quiet' } },
      'aws/b': { parameters: { limit: '4', ...both } },
      'aws/c': { parameters: { owner: 'security@example.com', limit: '1', ...both } },
    });
  });

  test('says where everything stands', () => {
    const source = `version: 1
fleet: security
regions:
  - eu-west-1
  - us-east-1
alerts: { email: security@example.com }
rules:
  aws/a:
    parameters:
      limit: 5
`;
    const read = readFleet(source);
    if (!('file' in read)) throw new Error('It is good.');
    const { where } = read.file;
    expect(where(['regions', 1])).toEqual({ line: 5, column: 5 });
    expect(where(['rules', 'aws/a', 'parameters', 'limit'])).toEqual({ line: 10, column: 7 });
    // What is not there is looked for where it would be.
    expect(where(['rules', 'aws/a', 'parameters', 'other', 3])).toEqual({ line: 9, column: 5 });
    expect(where(['nothing'])).toEqual({ line: 1, column: 1 });
  });
});

describe('problems', () => {
  test('are told all at once, each with its place and what to do', () => {
    expect(
      lines(`version: 2
fleet: my fleet
enviroment: x
regions: [eu-west-1, Frankfurt, eu-west-1]
alerts: { email: a@b.cc, topic: '${topic}' }
logRetention: ninety
tags: { 'aws:x': y, flag: true }
rules:
  cloudTrail: true
  demo/calls:
    parametrs: {}
    enabled: yes
    suppressions: [{ parameter: x, item: y, owner: z, expires: 2027-02-30 }]
  demo/calls: false
  demo/none:
accounts: [{ id: 012345678901 }, { role: x }]
organization: {}
`),
    ).toEqual([
      'patrol.yaml:1:1: expected either accounts or organization; found both.',
      'patrol.yaml:1:10: version: expected version 1, which this release reads; found 2.',
      'patrol.yaml:2:8: fleet: expected a name of letters, digits and single dashes, such as security; found "my fleet".',
      'patrol.yaml:3:1: enviroment: there is no such key; did you mean environment?',
      'patrol.yaml:4:22: regions[1]: expected a region, such as eu-west-1; found "Frankfurt".',
      'patrol.yaml:4:33: regions[2]: "eu-west-1" is already in this list.',
      'patrol.yaml:5:9: alerts: expected either email or topic; found both.',
      'patrol.yaml:6:15: logRetention: expected a number of days; found "ninety".',
      'patrol.yaml:7:9: tags: expected a tag of letters, digits, spaces and _.:/=+-@, which begins neither with aws: nor with patrol:; found the key "aws:x".',
      'patrol.yaml:7:27: tags.flag: expected a text of letters, digits, spaces and _.:/=+-@; found true; put it in quotes to make it a text.',
      'patrol.yaml:9:3: rules: expected <package>/<rule> of an installed package, such as aws/cloudTrail, a pattern such as aws/*, or a set such as aws:essential; found the key "cloudTrail".',
      'patrol.yaml:11:5: rules.demo/calls.parametrs: there is no such key; did you mean parameters?',
      'patrol.yaml:12:14: rules.demo/calls.enabled: expected true or false; found "yes".',
      'patrol.yaml:13:20: rules.demo/calls.suppressions[0]: the key reason is missing: why this is muted.',
      'patrol.yaml:13:64: rules.demo/calls.suppressions[0].expires: there is no 2027-02-30 in the calendar.',
      'patrol.yaml:14:3: the key "demo/calls" is already in line 10; keep one of them.',
      'patrol.yaml:15:13: rules.demo/none: expected true, false, or the settings of the rule; found nothing.',
      'patrol.yaml:16:18: accounts[0].id: expected the 12 digits of an account, in quotes if the first is 0; found 012345678901.',
      'patrol.yaml:16:34: accounts[1]: the key id is missing: the 12 digits of an account, in quotes if the first is 0.',
      'patrol.yaml:17:15: organization: the key organizationalUnits is missing: a list of organisational units.',
    ]);
  });

  test.each([
    ['', '1:1: the file is empty.'],
    ['# nothing', '1:1: the file is empty.'],
    [
      fileWith(`${alerts}networks: { 192.0.2.0/33: office }`),
      'networks.192.0.2.0/33: "192.0.2.0/33" is not a range of addresses; expected one, such as 192.0.2.0/24 or 2001:db8::/32.',
    ],
    [fileWith(`${alerts}accounts: [{ id: 1.1e+11 }]`), 'expected the 12 digits of an account'],
    [
      fileWith(alerts).replace('[eu-west-1]', '[eu-wset-1]'),
      'regions[0]: expected a region, such as eu-west-1, found "eu-wset-1". Did you mean eu-west-1?',
    ],
    [fileWith(`${alerts}networks: { office: 192.0.2.0/24 }`), 'expected a range of addresses'],
    [fileWith('alerts: { email: a@example.com, form: amazonQ }\n'), 'form goes with topic only'],
    [
      fileWith(`alerts: { topic: '${topic}', form: fax }\n`),
      'alerts.form: expected one of text, amazonQ, pagerDuty, dispatch; found "fax".',
    ],
    [fileWith(`${alerts}accountNames: { payments: x }`), 'expected the 12 digits of an account'],
    [fileWith(`${alerts}accountNames: { '111122223333': ' ' }`), 'a name of at most 64 characters'],
    [
      '[]',
      '1:1: expected a fleet: a map with the keys version, fleet, regions, alerts and rules; found an empty list.',
    ],
    ['security', 'found "security".'],
    ['a: 1\n---\nb: 2', '2:1: a second YAML document begins here; expected one in the file.'],
    ['%YAML 1.1\n---\na: yes', 'expected YAML 1.2; remove the line %YAML.'],
    ['a: [1\nb: 2', '2:1: not YAML: Flow sequence in block collection must be'],
    ['a: "\\q"', 'not YAML: Invalid escape sequence'],
    ['\ta: 1', '1:1: not YAML: Tabs are not allowed as indentation.'],
    ['a: !Ref x', '1:4: not YAML: Unresolved tag: !Ref.'],
    [
      fileWith(`${alerts}tags: !!set { a, b }`),
      'the tag tag:yaml.org,2002:set is not allowed; remove it.',
    ],
    [
      fileWith(`${alerts}tags: { a: !!binary aGk= }`),
      'the tag tag:yaml.org,2002:binary is not allowed',
    ],
    [
      fileWith(`${alerts}x-a: *gone`),
      '6:6: there is no anchor &gone before *gone; put a text that begins with * in quotes.',
    ],
    [fileWith(`${alerts}x-a: &a [*a]`), 'this value contains itself.'],
    [fileWith(`${alerts}x-a: &a { <<: *a }`), 'this value contains itself.'],
    [fileWith(`${alerts}x-a: { <<: [1] }`), 'only maps can be merged with <<.'],
    [fileWith(`${alerts}tags: { [a]: b }`), 'expected a name as the key.'],
    [fileWith('alerts: {}'), '5:9: alerts: expected either email or topic; found neither.'],
    [
      fileWith('alerts: { email: security }'),
      'alerts.email: expected an e-mail address, such as security@example.com; found "security".',
    ],
    [
      fileWith('alerts: { email: a@b }'),
      'alerts.email: "a@b" is not an e-mail address; expected one',
    ],
    [
      fileWith(`alerts: { topic: '${topic}', shared: true }`),
      'alerts: shared goes with email only.',
    ],
    [fileWith(`alerts: { topic: '${topic}.fifo' }`), 'is a FIFO topic'],
    [
      fileWith(`alerts: { topic: { Frankfurt: '${topic}' } }`),
      'expected a region; found the key "Frankfurt"',
    ],
    [fileWith('alerts: { topic: {} }'), 'found an empty map.'],
    [fileWith(`${alerts}regions: []`), 'the key "regions" is already in line 3'],
    [fileWith(alerts, 'rules: { ./my-rules/x: true }'), 'found the key "./my-rules/x"'],
    [
      fileWith(`${alerts}logRetention: .inf`),
      'logRetention: expected a number of days; found .inf.',
    ],
    [
      fileWith(alerts, 'rules: { aws/a: { parameters: { x: .nan } } }'),
      'rules.aws/a.parameters.x: expected',
    ],
    [
      fileWith(alerts, 'rules: { aws/a: { parameters: { "a b": x } } }'),
      'expected the name of a parameter; found the key "a b"',
    ],
    [
      fileWith(alerts, 'rules: { aws/a: { parameters: { x: [[1]] } } }'),
      'rules.aws/a.parameters.x[0]: expected a text; found a list.',
    ],
    [
      fileWith(alerts, 'rules: { aws/a: { parameters: { x: { y: z } } } }'),
      'expected a text, a number or a list of texts; found a map.',
    ],
    [
      fileWith(
        `${alerts}tags: ${JSON.stringify(Object.fromEntries(Array.from({ length: 45 }, (_, i) => [`t${i}`, 'x'])))}`,
      ),
      'tags: expected at most 44; found 45.',
    ],
  ])('%j', (source, message) => {
    expect(lines(source).join('\n')).toContain(message);
  });

  test('keys of objects are keys like others', () => {
    for (const key of ['__proto__', 'constructor', 'toString']) {
      expect(lines(fileWith(`${alerts}${key}: 1`))).toEqual([
        expect.stringContaining(`${key}: there is no such key; expected version, fleet,`),
      ]);
      expect(Object.keys(fleet(fileWith(`${alerts}tags: { ${key}: x }`)).tags ?? {})).toEqual([
        key,
      ]);
    }
  });

  test('never repeat the value of a parameter that is not of its kind: it could be a secret', () => {
    const token = 'ghp_0123456789abcdefghij';
    for (const value of [`{ ${'value'}: ${token} }`, `[[${token}]]`, `[{ a: ${token} }]`]) {
      const said = lines(fileWith(alerts, `rules: { aws/a: { parameters: { token: ${value} } } }`));
      expect(said.join('\n')).toMatch(/parameters\.token/);
      expect(said.join('\n')).not.toContain(token);
    }
  });
});

describe('hostile files', () => {
  /** Ten lines, each of ten times the one before. */
  const bomb = (item: (name: string) => string, first: string): string =>
    Array.from({ length: 10 }, (_, level) =>
      level === 0
        ? `x-0: &a0 ${first}`
        : `x-${level}: &a${level} ${item(
            Array(10)
              .fill(`*a${level - 1}`)
              .join(', '),
          )}`,
    ).join('\n');

  test.each<[string, string, RegExp]>([
    ['lists of lists', `${bomb((all) => `[${all}]`, '[x]')}\nversion: *a9`, /version: expected/],
    [
      'merges of merges',
      `${bomb((all) => `{ <<: [${all}] }`, '{ a: 1 }')}\nversion: *a9`,
      /version: expected/,
    ],
    [
      'merges of wide maps',
      `x-w: &w {${Array.from({ length: 20_000 }, (_, i) => `k${i}: 1`).join(', ')}}\nx-m: { <<: [${Array(20_000).fill('*w').join(', ')}] }`,
      /merge keys create more than 100000 entries/,
    ],
    [
      'aliases of wide lists',
      `x-w: &w [${Array.from({ length: 3000 }, (_, i) => `i${i}`).join(', ')}]\nversion: 1\nfleet: a\nregions: [eu-west-1]\nalerts: { email: a@b.cc }\nrules: {${Array.from({ length: 3000 }, (_, i) => `aws/r${i}: { parameters: { x: *w } }`).join(', ')}}`,
      /anchors make more than 50000 values/,
    ],
    ['nested lists', '['.repeat(200_000), /not YAML/],
    [
      'nested maps',
      `x-a: ${'{ a: '.repeat(300)}1${' }'.repeat(300)}`,
      /nested deeper than 64 levels/,
    ],
    ['a large file', `# ${'x'.repeat(largestText)}`, /has more than 512 KB/],
    [
      'many aliases',
      `x-a: &a 1\nx-b: [${Array(80_000).fill('*a').join(', ')}]`,
      /the key version is missing/,
    ],
  ])('%s are refused, and soon', (_, source, message) => {
    const started = performance.now();
    expect(lines(source).join('\n')).toMatch(message);
    expect(performance.now() - started).toBeLessThan(8000);
  });

  test('any text is a fleet or has problems, with places within it', () => {
    const names = 'version fleet regions alerts rules email eu-west-1 aws/a parameters 1 true';
    const marks = [
      ': ',
      '- ',
      '\n',
      '\n  ',
      '\n    ',
      '[',
      ']',
      '{',
      '}',
      ', ',
      '#',
      "'",
      '"',
      '|',
      '>',
    ];
    const rare = [
      '&a ',
      '*a',
      '<<: *a',
      '!!str ',
      '? ',
      '%YAML 1.1\n---\n',
      '...',
      '\t',
      '\r\n',
      '\0',
    ];
    const words = fc.constantFrom(...names.split(' '), ...marks, ...rare, '\ud800', '__proto__');
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(words, { maxLength: 40 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(texts, (source) => {
        const read = readFleet(source);
        if ('file' in read) return;
        expect(read.problems.length).toBeGreaterThan(0);
        const count = source.split('\n').length;
        for (const { line, column, message } of read.problems) {
          expect(line).toBeGreaterThan(0);
          expect(line).toBeLessThanOrEqual(count + 1);
          expect(column).toBeGreaterThan(0);
          expect(message).toMatch(/[.?]$/);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('any value is a fleet or has problems', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const read = readFleet(stringify(value));
        expect('file' in read || read.problems.length > 0).toBe(true);
      }),
    );
  });
});
