import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { readFleet } from '../file/file.ts';
import { assemble, ground, rules } from '../testing/fleet.ts';
import { fleetSchema } from './schema.ts';
import { wantedFleet } from './fleet.ts';

const schema = fleetSchema(ground);
const ajv = new Ajv({ strict: true, allowUnionTypes: true, strictRequired: false });
const accepts = ajv.compile(schema);

/** What the deployer says of a file: nothing, or what kinds of problems it has. */
function problems(source: string): readonly string[] {
  const read = readFleet(source);
  if ('problems' in read) return read.problems.map(({ kind, message }) => `${kind}: ${message}`);
  return wantedFleet(read.file, ground).problems.map(({ message }) => `value: ${message}`);
}

const good = {
  version: 1,
  fleet: 'security',
  environment: 'staging',
  packages: { '@patrol/rules-demo': '^1.0.0' },
  regions: ['eu-west-1', 'us-east-1'],
  tags: { team: 'red' },
  alerts: { email: 'security@example.com', shared: true },
  alarms: { topic: { 'eu-west-1': 'arn:aws:sns:eu-west-1:111122223333:alarms' } },
  logRetention: 30,
  artifacts: { shared: true },
  defaults: { parameters: { deniedAttempts: 'alert' } },
  accounts: [{ id: 111122223333 }, { id: '444455556666', role: 'Patrol' }],
  rules: {
    'demo/calls': {
      regions: ['eu-west-1'],
      parameters: { actions: ['StopLogging', 'Delete*'], ignored: ['a:b'], limit: 7 },
      suppressions: [
        { parameter: 'ignored', item: 'c:d', owner: 'alice', reason: 'R.', expires: '2027-01-31' },
      ],
    },
    'demo/global': { parameters: { roles: 'Admin, Root', quiet: ['a{1,3}'] } },
    'demo/hidden': {
      parameters: {
        token: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:token-AbCdEf',
        mode: 'loud',
        team: 'blue',
      },
    },
    'demo/listening': { parameters: { PublisherAccounts: 444455556666, LogRetentionInDays: 90 } },
    'demo/plain': true,
    'demo/*': {
      parameters: { ignoredActors: ['backup.amazonaws.com'] },
      suppressions: [
        { parameter: 'quiet', item: 'a{1,2}', owner: 'alice', reason: 'R.', expires: '2027-01-31' },
      ],
    },
  },
};

const at = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce((inner: unknown, key) => Reflect.get(Object(inner), key), value);
const rule = (name: string): unknown => at(schema, 'properties', 'rules', 'properties', name);
const parameter = (name: string, each: string): unknown =>
  at(rule(name), 'anyOf', 1, 'properties', 'parameters', 'properties', each);

describe('the schema', () => {
  test('is one of draft 07', () => {
    expect(ajv.validateSchema(schema)).toBe(true);
    expect(schema['$schema']).toBe('http://json-schema.org/draft-07/schema#');
  });

  test('knows the sets, with the parameters of their rules', () => {
    const [demo] = ground.assemblies;
    if (!demo) throw new Error('There is one.');
    const sets = { few: { description: 'A few.', rules: ['calls', 'plain'] } };
    const assemblies = [{ ...demo, manifest: { ...demo.manifest, sets } }];
    const withSets = new Ajv({ strict: false }).compile(fleetSchema({ ...ground, assemblies }));
    const fits = (rules: unknown): boolean => withSets({ ...good, rules });
    expect(fits({ 'demo:few': true })).toBe(true);
    expect(fits({ 'demo:few': { parameters: { limit: 7 } } })).toBe(true);
    expect(fits({ 'demo:few': { parameters: { roles: 'Admin' } } })).toBe(false);
    expect(fits({ 'demo:many': true })).toBe(false);
  });

  test('accepts what the deployer accepts', () => {
    expect(problems(stringify(good))).toEqual([]);
    expect([accepts(good), accepts.errors]).toEqual([true, null]);
  });

  test('knows the installed rules: names, descriptions, defaults, words', () => {
    expect(Object.keys(Object(at(schema, 'properties', 'rules', 'properties')))).toEqual(
      rules.map(({ name }) => `demo/${name}`),
    );
    expect(at(rule('demo/calls'), 'description')).toBe('calls happened (high). Alerts on calls.');
    expect(parameter('demo/calls', 'actions')).toMatchObject({
      description:
        'Which calls. Names, separated by commas; * matches any characters. Each of StopLogging, DeleteTrail.',
      default: 'StopLogging',
      anyOf: [{ items: { anyOf: [{ enum: ['StopLogging', 'DeleteTrail'] }, {}] } }, {}],
    });
    expect(parameter('demo/hidden', 'mode')).toMatchObject({
      anyOf: [{ enum: ['quiet', 'loud'] }, {}],
    });
    expect(at(schema, 'properties', 'logRetention', 'enum')).toContain(365);
    expect(
      Object.keys(
        Object(at(schema, 'properties', 'defaults', 'properties', 'parameters', 'properties')),
      ),
    ).toEqual(expect.arrayContaining(['deniedAttempts', 'LogRetentionInDays', 'limit']));
    expect(parameter('demo/calls', 'AlertEmail')).toBeUndefined();
  });

  test('takes a parameter that two rules have in different ways in either of them among the defaults', () => {
    const [first] = rules;
    if (!first) throw new Error('There are rules.');
    const other = {
      ...first,
      name: 'other',
      parameters: {
        limit: { kind: 'choice', description: 'C.', among: ['much'], default: 'much' },
      },
    } as const;
    const both = new Ajv({ allowUnionTypes: true }).compile(
      fleetSchema({ ...ground, assemblies: [assemble('@patrol/rules-two', [first, other])] }),
    );
    const withDefault = (limit: unknown): boolean =>
      both({ ...good, packages: {}, rules: {}, defaults: { parameters: { limit } } });
    expect([withDefault(5), withDefault('much'), withDefault('little')]).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('knows the installed packages', () => {
    expect(Object.keys(Object(at(schema, 'properties', 'packages', 'properties')))).toEqual([
      '@patrol/rules-demo',
    ]);
  });

  test('takes a former name of a parameter, and has editors strike it through', () => {
    const [first] = rules;
    if (!first) throw new Error('There are rules.');
    const renamed = {
      ...first,
      parameters: {
        most: { kind: 'number', description: 'M.', default: '5', formerly: ['limit'], maximum: 9 },
        quiet: {
          kind: 'names',
          description: 'Q.',
          default: '',
          formerly: ['mute'],
          suppresses: true,
        },
      },
    } as const;
    const own = fleetSchema({ ...ground, assemblies: [assemble('@patrol/rules-demo', [renamed])] });
    expect(
      at(
        own,
        'properties',
        'rules',
        'properties',
        'demo/calls',
        'anyOf',
        1,
        'properties',
        'parameters',
        'properties',
        'limit',
      ),
    ).toMatchObject({ description: 'Now called most.', deprecated: true, default: '5' });
    const takes = new Ajv({ allowUnionTypes: true, strict: false }).compile(own);
    const suppression = { item: 'a', owner: 'me', reason: 'R.', expires: '2027-01-31' };
    const file = (limit: number, parameter: string): unknown => ({
      ...good,
      defaults: { parameters: { limit } },
      rules: {
        'demo/calls': { parameters: { limit }, suppressions: [{ parameter, ...suppression }] },
      },
    });
    expect([takes(file(7, 'mute')), takes.errors]).toEqual([true, null]);
    expect(takes(file(10, 'mute'))).toBe(false);
    expect(takes(file(7, 'limit'))).toBe(false);
  });

  test.each<[string, unknown]>([
    ['a package that is not installed', { ...good, packages: { '@patrol/rules-dema': '1.0.0' } }],
    ['a package without a version', { ...good, packages: { '@patrol/rules-demo': '' } }],
    ['no version', { ...good, version: undefined }],
    ['another version', { ...good, version: 2 }],
    ['an unknown key', { ...good, region: 'eu-west-1' }],
    ['a fleet with spaces', { ...good, fleet: 'my fleet' }],
    ['no regions', { ...good, regions: [] }],
    ['a region twice', { ...good, regions: ['eu-west-1', 'eu-west-1'] }],
    ['no destination', { ...good, alerts: {} }],
    [
      'two destinations',
      { ...good, alerts: { email: 'a@b.cc', topic: 'arn:aws:sns:eu-west-1:111122223333:a' } },
    ],
    [
      'a shared topic',
      { ...good, alerts: { topic: 'arn:aws:sns:eu-west-1:111122223333:a', shared: true } },
    ],
    ['a reserved tag', { ...good, tags: { 'patrol:x': 'y' } }],
    ['days that CloudWatch does not know', { ...good, logRetention: 31 }],
    [
      'accounts and an organisation',
      { ...good, organization: { organizationalUnits: ['r-ab12'] } },
    ],
    ['a number that lost its zero', { ...good, accounts: [{ id: 12345678901 }] }],
    ['a rule that is not installed', { ...good, rules: { 'demo/cals': true } }],
    ['a rule that is neither on nor off', { ...good, rules: { 'demo/calls': 'yes' } }],
    ['an unknown parameter', { ...good, rules: { 'demo/calls': { parameters: { action: 'x' } } } }],
    [
      'an unknown name',
      { ...good, rules: { 'demo/calls': { parameters: { actions: ['Stop'] } } } },
    ],
    ['too large a number', { ...good, rules: { 'demo/calls': { parameters: { limit: 101 } } } }],
    [
      'a text for a number',
      { ...good, rules: { 'demo/calls': { parameters: { limit: 'many' } } } },
    ],
    ['another word', { ...good, defaults: { parameters: { deniedAttempts: 'loud' } } }],
    [
      'a list for a text',
      { ...good, rules: { 'demo/listening': { parameters: { note: ['a'] } } } },
    ],
    ['a secret', { ...good, rules: { 'demo/hidden': { parameters: { token: 'ghp_0123' } } } }],
    [
      'a suppression of what does not mute',
      {
        ...good,
        rules: {
          'demo/calls': {
            suppressions: [{ ...good.rules['demo/calls'].suppressions[0], parameter: 'actions' }],
          },
        },
      },
    ],
    [
      'a suppression of a rule that has none',
      { ...good, rules: { 'demo/plain': { suppressions: good.rules['demo/calls'].suppressions } } },
    ],
    [
      'a suppression for ever',
      {
        ...good,
        rules: {
          'demo/calls': {
            suppressions: [{ ...good.rules['demo/calls'].suppressions[0], expires: 'never' }],
          },
        },
      },
    ],
  ])('refuses what the deployer refuses: %s', (_, value) => {
    const source = stringify(value);
    expect(problems(source)).not.toEqual([]);
    expect(accepts(parse(source))).toBe(false);
  });

  describe('and the deployer agree on any file', () => {
    type Json = { [key: string]: unknown };
    const paths = (value: unknown, path: readonly string[] = []): readonly (readonly string[])[] =>
      typeof value === 'object' && value !== null
        ? Object.entries(value).flatMap(([key, inner]) => [
            [...path, key],
            ...paths(inner, [...path, key]),
          ])
        : [];
    const all = paths(good);
    const other: fc.Arbitrary<unknown> = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom<unknown>('', ' ', 'quiet', ' loud ', '7', 'a,b', 'a:b', '(', 'StopLogging'),
      fc.constantFrom<unknown>('eu-west-1', 'arn:aws:sns:eu-west-1:111122223333:x'),
      fc.constantFrom<unknown>(0, 1, 7, 30, 111122223333, 1e11, -1, 1.5, true, false, null),
      fc.constantFrom<unknown>([], {}, ['a'], ['a:b'], [''], [7], ['StopLogging'], ['Stop*']),
      fc.constantFrom<unknown>({ 'eu-west-1': 'x' }),
    );
    const change = fc.record({
      path: fc.constantFrom(...all),
      kind: fc.constantFrom('replace', 'delete', 'add'),
      key: fc.oneof(fc.string(), fc.constantFrom(...new Set(all.flat()))),
      value: other,
    });
    /** The file with some values replaced, deleted and added. */
    function changed(
      changes: readonly { path: readonly string[]; kind: string; key: string; value: unknown }[],
    ): Json {
      const copy: Json = structuredClone(good);
      for (const { path, kind, key, value } of changes) {
        const parent = at(copy, ...path.slice(0, -1));
        if (typeof parent !== 'object' || parent === null) continue;
        const last = path.at(-1) ?? '';
        if (kind === 'replace') Reflect.set(parent, last, value);
        else if (Array.isArray(parent)) continue;
        else if (kind === 'delete') Reflect.deleteProperty(parent, last);
        else
          Object.defineProperty(parent, key, {
            value,
            enumerable: true,
            configurable: true,
            writable: true,
          });
      }
      return copy;
    }

    test('what one refuses for its shape the other refuses', () => {
      const counts = { both: 0, neither: 0, deployer: 0 };
      fc.assert(
        fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
          const source = stringify(changed(changes));
          const value: unknown = parse(source);
          const said = problems(source);
          const isValid = accepts(value);
          counts[isValid ? (said.length > 0 ? 'deployer' : 'neither') : 'both'] += 1;
          // A file that is refused for its shape is refused by the schema.
          if (said.some((each) => each.startsWith('shape')))
            expect([source, isValid]).toEqual([source, false]);
          // What the schema refuses the deployer refuses, but for what it does not look at: rules that are off, what is
          // said of all rules where there is none, and values that others override: defaults where all rules have their own,
          // and those of a rule where a later pattern has one.
          const on = Object.values(Object(at(value, 'rules')));
          const shared = [at(value, 'defaults'), at(value, 'rules', 'demo/*')];
          const [defaults = [], above = []] = shared.map((each) =>
            Object.keys(Object(at(each, 'parameters'))),
          );
          const isUnread =
            on.length === 0 ||
            on.some((each) => at(each, 'enabled') === false) ||
            on.some((each) =>
              defaults.some((name) => Object.hasOwn(Object(at(each, 'parameters')), name)),
            ) ||
            on.some(
              (each) =>
                each !== shared[1] &&
                above.some((name) => Object.hasOwn(Object(at(each, 'parameters')), name)),
            );
          if (!isValid && !isUnread)
            expect([source, accepts.errors, said]).not.toEqual([source, accepts.errors, []]);
        }),
        { numRuns: 1000 },
      );
      // The changes reach all sides.
      expect(Math.min(...Object.values(counts))).toBeGreaterThan(20);
    });
  });
});
