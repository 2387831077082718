import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compilePattern,
  type EventPattern,
  matches,
  parsePattern,
  PatternError,
} from './pattern.ts';

/** An "AWS API Call via CloudTrail" event of account 111122223333. */
function apiCall(detail: object): object {
  return {
    version: '0',
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.s3',
    account: '111122223333',
    resources: ['arn:aws:s3:::ledger', 'arn:aws:s3:::ledger/2026.csv'],
    detail,
  };
}

const putPolicy = apiCall({
  eventName: 'PutBucketPolicy',
  readOnly: false,
  errorCode: null,
  size: 1024,
  userIdentity: { type: 'IAMUser', userName: 'alice', sessionContext: {} },
  sourceIPAddress: '192.0.2.17',
  requestParameters: { bucketName: 'ledger', key: 'a*b\\c', tags: [], empty: '' },
});

/** Patterns for `detail`, whether they match, and the event's `detail` if not putPolicy's. */
const cases: Record<string, readonly (readonly [EventPattern, boolean, object?])[]> = {
  'exact values': [
    [{ eventName: ['PutBucketPolicy'] }, true],
    [{ eventName: ['DeleteBucket', 'PutBucketPolicy'] }, true],
    [{ eventName: ['putbucketpolicy'] }, false],
    [{ eventName: ['PutBucketPolicy'], size: [1] }, false],
    [{ readOnly: [false] }, true],
    [{ readOnly: ['false', true, 0, null] }, false],
    [{ errorCode: [null] }, true],
    [{ errorCode: ['null', '', false] }, false],
    [{ size: [1024] }, true],
    [{ size: ['1024', 1025] }, false],
    [{ zero: [0] }, true, { zero: -0 }],
    [{ userIdentity: ['alice'] }, false],
    [{ userIdentity: { userName: { first: ['alice'] } } }, false],
  ],
  'IP literals match every spelling': [
    [{ ip: ['2001:db8::1'] }, true, { ip: '2001:0DB8:0:0:0:0:0:1' }],
    [{ ip: ['::ffff:c000:211'] }, true, { ip: '192.0.2.17' }],
    [{ ip: [{ exactly: '2001:db8::1' }] }, false, { ip: '2001:db8:0::1' }],
    [{ ip: ['2001:db8::1', '08:23'] }, false, { ip: '2001:db8::2' }],
    [{ ip: ['192.0.2.17'] }, false, { ip: '192.0.2.18' }],
    [{ ip: ['08:23', '999.0.2.1'] }, true, { ip: '999.0.2.1' }],
  ],
  exactly: [
    [{ eventName: [{ exactly: 'PutBucketPolicy' }] }, true],
    [{ eventName: [{ exactly: 'PutBucket' }] }, false],
  ],
  prefix: [
    [{ eventName: [{ prefix: 'Put' }] }, true],
    [{ eventName: [{ prefix: 'put' }] }, false],
    [{ eventName: [{ prefix: '' }] }, true],
    [{ size: [{ prefix: '' }] }, false],
    [{ size: [{ prefix: '10' }] }, false],
    [{ eventName: [{ prefix: 'PutBucketPolicy"' }] }, true],
    [{ eventName: [{ prefix: 'Put"' }] }, false],
    [{ eventName: [{ prefix: { 'equals-ignore-case': 'pUTb' } }] }, true],
    [{ eventName: [{ prefix: { 'equals-ignore-case': 'uTb' } }] }, false],
    [{ eventName: [{ prefix: { 'equals-ignore-case': 'putbucketpolicy"' } }] }, true],
  ],
  suffix: [
    [{ eventName: [{ suffix: 'Policy' }] }, true],
    [{ eventName: [{ suffix: 'policy' }] }, false],
    [{ size: [{ suffix: '24' }] }, false],
    [{ eventName: [{ suffix: '"PutBucketPolicy' }] }, true],
    [{ eventName: [{ suffix: { 'equals-ignore-case': 'pOLICY' } }] }, true],
    [{ eventName: [{ suffix: { 'equals-ignore-case': 'pOLIC' } }] }, false],
    [{ name: [{ suffix: { 'equals-ignore-case': 'straße' } }] }, true, { name: 'HAUPTSTRASSE' }],
  ],
  'equals-ignore-case': [
    [{ eventName: [{ 'equals-ignore-case': 'putBUCKETpolicy' }] }, true],
    [{ eventName: [{ 'equals-ignore-case': 'putBUCKET' }] }, false],
    [{ eventName: [{ 'equals-ignore-case': 'putBUCKETpolicyStatus' }] }, false],
    [{ unit: [{ 'equals-ignore-case': 'k' }] }, false, { unit: '\u212a' }],
  ],
  wildcard: [
    [{ eventName: [{ wildcard: '*' }] }, true],
    [{ eventName: [{ wildcard: 'Put*Policy' }] }, true],
    [{ eventName: [{ wildcard: 'Put*t*y' }] }, true],
    [{ eventName: [{ wildcard: '*Bucket*' }] }, true],
    [{ eventName: [{ wildcard: '*Bucket' }] }, false],
    [{ eventName: [{ wildcard: 'PutBucketP*Policy' }] }, false],
    [{ eventName: [{ wildcard: 'PutBucketPolicy' }] }, true],
    [{ size: [{ wildcard: '*' }] }, false],
    [{ requestParameters: { empty: [{ wildcard: '*' }] } }, true],
    [{ requestParameters: { key: [{ wildcard: 'a\\*b\\\\*' }] } }, true],
    [{ requestParameters: { key: [{ wildcard: 'a\\*b\\\\' }] } }, false],
    [{ key: [{ wildcard: 'a.b*' }] }, false, { key: 'axbc' }],
  ],
  'anything-but': [
    [{ eventName: [{ 'anything-but': 'DeleteBucket' }] }, true],
    [{ eventName: [{ 'anything-but': ['DeleteBucket', 'PutBucketPolicy'] }] }, false],
    [{ size: [{ 'anything-but': 1024 }] }, false],
    [{ size: [{ 'anything-but': [1, 2] }] }, true],
    [{ size: [{ 'anything-but': '1024' }] }, true],
    [{ errorCode: [{ 'anything-but': 'AccessDenied' }] }, true],
    [{ absent: [{ 'anything-but': 'AccessDenied' }] }, false],
    [{ names: [{ 'anything-but': ['alice'] }] }, true, { names: ['alice', 'mallory'] }],
    [{ names: [{ 'anything-but': ['alice', 'mallory'] }] }, false, { names: ['alice', 'mallory'] }],
    [{ eventName: [{ 'anything-but': { prefix: 'Put' } }] }, false],
    [{ eventName: [{ 'anything-but': { prefix: ['Get', 'List'] } }] }, true],
    [{ eventName: [{ 'anything-but': { suffix: ['Acl', 'Policy'] } }] }, false],
    [{ eventName: [{ 'anything-but': { suffix: 'Acl' } }] }, true],
    [{ eventName: [{ 'anything-but': { 'equals-ignore-case': 'PUTbucketPOLICY' } }] }, false],
    [{ eventName: [{ 'anything-but': { 'equals-ignore-case': ['put', ''] } }] }, true],
    [{ eventName: [{ 'anything-but': { wildcard: 'Put*' } }] }, false],
    [{ eventName: [{ 'anything-but': { wildcard: ['Get*', '*Acl'] } }] }, true],
    [{ size: [{ 'anything-but': { wildcard: '*' } }] }, true],
  ],
  numeric: [
    [{ size: [{ numeric: ['=', 1024.0] }] }, true],
    [{ size: [{ numeric: ['>', 1023, '<=', 1024] }] }, true],
    [{ size: [{ numeric: ['>=', 0, '<', 1024] }] }, false],
    [{ size: [{ numeric: ['<', 2e3] }] }, true],
    [{ size: [{ numeric: ['<=', 1023.999] }] }, false],
    [{ size: [{ numeric: ['>', 1024] }] }, false],
    [{ size: [{ numeric: ['>', 0] }] }, false, { size: '1024' }],
    [{ size: [{ numeric: ['>', 0] }] }, false, { size: true }],
  ],
  exists: [
    [{ eventName: [{ exists: true }] }, true],
    [{ eventName: [{ exists: false }] }, false],
    [{ errorCode: [{ exists: true }] }, true],
    [{ errorMessage: [{ exists: true }] }, false],
    [{ errorMessage: [{ exists: false }] }, true],
    [{ userIdentity: [{ exists: true }] }, false],
    [{ userIdentity: [{ exists: false }] }, true],
    [{ requestParameters: { tags: [{ exists: true }] } }, false],
    [{ requestParameters: { tags: [{ exists: false }] } }, true],
    [{ responseElements: { status: [{ exists: false }] } }, true],
    [{ eventName: { part: [{ exists: false }] } }, true],
    [{ eventName: [{ exists: false }, 'PutBucketPolicy'] }, true],
    [{ errorMessage: ['AccessDenied', { exists: false }] }, true],
  ],
  cidr: [
    [{ sourceIPAddress: [{ cidr: '192.0.2.0/24' }] }, true],
    [{ sourceIPAddress: [{ cidr: '192.0.2.200/24' }] }, true],
    [{ sourceIPAddress: [{ cidr: '192.0.2.16/31' }] }, true],
    [{ sourceIPAddress: [{ cidr: '192.0.2.18/31' }] }, false],
    [{ sourceIPAddress: [{ cidr: '0.0.0.0/0' }] }, true],
    [{ sourceIPAddress: [{ cidr: '::/0' }] }, false],
    [{ ip: [{ cidr: '2001:db8::/33' }] }, true, { ip: '2001:DB8:7fff::' }],
    [{ ip: [{ cidr: '2001:db8::/33' }] }, false, { ip: '2001:db8:8000::' }],
    [{ ip: [{ cidr: '0.0.0.0/0' }] }, false, { ip: 's3.amazonaws.com' }],
    [{ ip: [{ cidr: '0.0.0.0/0' }] }, false, { ip: '192.0.2.256' }],
    [{ ip: [{ cidr: '::/0' }] }, false, { ip: '1::2::3' }],
    [{ ip: [{ cidr: '::/0' }] }, false, { ip: '1:2:3:4:5:6:7' }],
  ],
  $or: [
    [{ $or: [{ eventName: ['X'] }, { size: [1024] }] }, true],
    [{ $or: [{ eventName: ['X'] }, { size: [1] }] }, false],
    [{ $or: [{ eventName: ['X'] }, { size: [1024] }], readOnly: [true] }, false],
    [{ userIdentity: { $or: [{ type: ['Root'] }, { userName: ['alice'] }] } }, true],
    [{ $or: [{ $or: [{ a: ['X'] }, { size: [1024] }] }, { b: ['X'] }], readOnly: [false] }, true],
    // Written twice, the last one counts.
    [{ size: [1], $or: [{ size: [1024] }, { a: ['X'] }] }, true],
    [{ $or: [{ size: [1024] }, { a: ['X'] }], size: [1] }, false],
    // An ordinary field called $or.
    [{ $or: ['x', 'y'] }, true, { $or: 'y' }],
    [{ $or: [{ prefix: 'x' }, { suffix: 'y' }] }, true, { $or: 'my' }],
    [{ $or: { a: ['x'] } }, true, { $or: { a: 'x' } }],
  ],
  'field names': [
    [{ 'userIdentity.userName': ['alice'] }, true],
    [{ c: { count: [5] } }, true, { 'c.count': 5 }],
    [{ c: { a: [1], b: [2] } }, true, { c: { a: 1 }, 'c.b': 2 }],
    [{ a: { b: { c: [1] } } }, true, { a: { 'b.c': 1 } }],
    [{ a: { b: { c: [1] } } }, true, { 'a.b': { c: 1 } }],
    [{ a: { b: { c: [1] } } }, false, { 'ab.c': 1, 'a.bc': 1 }],
    [{ a: [1], 'a.b': [2] }, true, { a: [1, { b: 2 }] }],
    [{ constructor: [{ exists: true }] }, false],
    [{ toString: { name: ['toString'] } }, false],
    [JSON.parse('{"__proto__": {"a": [1]}}'), true, JSON.parse('{"__proto__": {"a": 1}}')],
    [JSON.parse('{"__proto__": {"a": [1]}}'), false, { a: 1 }],
    [JSON.parse('{"a": {"__proto__": [1]}}'), true, JSON.parse('{"a.__proto__": 1}')],
  ],
  arrays: [
    [{ names: ['bob'] }, true, { names: ['alice', 'bob'] }],
    [{ names: ['bob'] }, true, { names: [['alice'], [['bob']]] }],
    [{ names: ['mallory'] }, false, { names: ['alice', 'bob'] }],
    [{ names: ['bob'] }, false, { names: [{ bob: 'bob' }] }],
    [{ names: [{ exists: true }] }, false, { names: [[], {}] }],
    [{ names: ['alice'], size: [1] }, true, { names: ['bob', 'alice'], size: [0, 1] }],
  ],
};

for (const [name, list] of Object.entries(cases)) {
  describe(name, () => {
    for (const [pattern, expected, detail] of list) {
      test(`${JSON.stringify(pattern)} is ${expected}`, () => {
        const event = detail === undefined ? putPolicy : apiCall(detail);
        expect(matches({ detail: pattern }, event)).toBe(expected);
      });
    }
  });
}

describe('array consistency', () => {
  const ingress = apiCall({
    groups: [
      [
        { name: 'web', ports: [443, 80], from: { cidr: '192.0.2.0/24' } },
        { name: 'ssh', ports: [22] },
      ],
      [
        {
          name: 'db',
          ports: [],
          rules: [
            { port: 1, by: 'alice' },
            { port: 2, by: 'bob' },
          ],
        },
      ],
    ],
    others: [{ name: 'ssh' }],
  });
  const match = (groups: EventPattern): boolean => matches({ detail: { groups } }, ingress);

  test('all fields come from one element', () => {
    expect(match({ name: ['web'], ports: [80] })).toBe(true);
    expect(match({ name: ['web'], ports: [80], from: { cidr: [{ prefix: '192' }] } })).toBe(true);
    expect(match({ name: ['web'], ports: [22] })).toBe(false);
    expect(match({ name: ['web', 'db'], ports: [22] })).toBe(false);
    expect(match({ name: ['db'], rules: { port: [1], by: ['alice'] } })).toBe(true);
    expect(match({ name: ['db'], rules: { port: [1], by: ['bob'] } })).toBe(false);
    expect(match({ name: ['web'], rules: { port: [1] } })).toBe(false);
  });

  test('two arrays are independent of each other', () => {
    const others = { name: ['ssh'] };
    expect(matches({ detail: { groups: { name: ['web'] }, others } }, ingress)).toBe(true);
  });

  test('a scalar beside objects in an array goes with every element', () => {
    const event = { list: ['alice', { a: 1, b: 2 }, { a: 3, b: 4 }] };
    expect(matches({ list: ['alice'], 'list.a': [3], 'list.b': [4] }, event)).toBe(true);
    expect(matches({ list: ['alice'], 'list.a': [1], 'list.b': [4] }, event)).toBe(false);
  });

  test('exists false looks into the element that an earlier field, in sorted order, chose', () => {
    expect(match({ name: ['ssh'], ports: [{ exists: false }] })).toBe(false);
    expect(match({ name: ['db'], ports: [{ exists: false }] })).toBe(true);
    // "from" sorts before "name": no element is chosen yet, and the first one has it.
    expect(match({ name: ['ssh'], from: { cidr: [{ exists: false }] } })).toBe(false);
    expect(match({ name: ['ssh'], from: { port: [{ exists: false }] } })).toBe(true);
  });
});

test('an event that is not an object matches nothing', () => {
  const compiled = compilePattern({ a: [{ exists: false }] });
  expect(compiled({})).toBe(true);
  for (const event of [null, undefined, 'a', 1, true, []]) expect(compiled(event)).toBe(false);
});

test('the top level matches as detail does', () => {
  const pattern = parsePattern('{"source": ["aws.s3"], "resources": [{"suffix": ".csv"}]}');
  expect(matches(pattern, putPolicy)).toBe(true);
  expect(parsePattern('{"a": [1], "a": [2]}')).toEqual({ a: [2] });
  expect(parsePattern('{"a": [1.50e1, -0.0, "1E-325"]}')).toEqual({ a: [15, -0, '1E-325'] });
});

/** The text of a pattern, and what its refusal says. */
const refused: readonly (readonly [string, string])[] = [
  ['[1]', 'Expected an object with at least one field, found an array, in the event pattern.'],
  ['{}', 'found an empty object, in the event pattern.'],
  ['{"a"}', 'Expected JSON text, found text that is not JSON ('],
  ['{"a": {}}', 'found an empty object, at a in the event pattern.'],
  ['{"a": []}', 'Expected at least one value, found an empty array, at a in the event pattern.'],
  ['{"detail": {"eventName": "X"}}', 'an object or an array, found "X", at detail.eventName in'],
  ['{"a": null}', 'Expected an object or an array, found null, at a in the event pattern.'],
  ['{"a": [[1]]}', 'false, null or a matcher, found an array, at a[0] in the event pattern.'],
  ['{"a": [1e400]}', 'numbers that a 64-bit float can hold as written, found 1e400'],
  ['{"a": [12345678901234567890]}', 'found 12345678901234567890, in the event pattern.'],
  ['{"a": [0.1000000000000000055]}', 'found 0.1000000000000000055, in the event pattern.'],
  ['{"a": [{}]}', 'a matcher with exactly one key, found an empty object, at a[0] in'],
  ['{"a": [{"prefix": "b", "x": 1}]}', 'found an object with the keys "prefix", "x", at a[0] in'],
  ['{"a": [{"regex": "b"}]}', 'an operator that EventBridge knows, found "regex", at a[0].regex'],
  ['{"a": [{"constructor": "b"}]}', 'an operator that EventBridge knows, found "constructor"'],
  ['{"a": ["b", {"prefix": 3}]}', 'Expected a string, found 3, at a[1].prefix in the'],
  ['{"a": [{"prefix": {"wildcard": "b"}}]}', 'ignore-case, found "wildcard", at a[0].prefix'],
  ['{"a": [{"suffix": {"equals-ignore-case": 1}}]}', 'found 1, at a[0].suffix.equals-ignore-case'],
  ['{"a": [{"exactly": 1}]}', 'Expected a string, found 1, at a[0].exactly'],
  ['{"a": [{"exists": "true"}]}', 'Expected true or false, found "true", at a[0].exists'],
  ['{"a": [{"wildcard": "a**"}]}', 'Expected no two * in a row, found "a**", at a[0].wildcard'],
  ['{"a": [{"wildcard": "a\\\\b"}]}', 'only \\* and \\\\ as escapes, found "a\\\\b"'],
  ['{"a": [{"wildcard": "a\\\\"}]}', 'only \\* and \\\\ as escapes, found "a\\\\"'],
  ['{"a": [{"anything-but": [1, "b"]}]}', 'only strings or only numbers, found both'],
  ['{"a": [{"anything-but": []}]}', 'only strings or only numbers, found an empty array'],
  ['{"a": [{"anything-but": [null]}]}', 'only strings or only numbers, found null'],
  ['{"a": [{"anything-but": {"prefix": ""}}]}', 'Expected a prefix that is not empty, found ""'],
  ['{"a": [{"anything-but": {"suffix": []}}]}', 'at least one string, found an empty array'],
  ['{"a": [{"anything-but": {"numeric": ["=", 1]}}]}', 'found "numeric", at a[0].anything-but in'],
  ['{"a": [{"numeric": 1}]}', 'Expected an array, found 1, at a[0].numeric'],
  ['{"a": [{"numeric": []}]}', 'Expected one of = < <= > >=, found nothing, at a[0].numeric'],
  ['{"a": [{"numeric": ["="]}]}', 'Expected a finite number after =, found nothing'],
  ['{"a": [{"numeric": ["<", "1"]}]}', 'Expected a finite number after <, found "1"'],
  ['{"a": [{"numeric": ["<", 1, ">", 0]}]}', 'only > or >= to be followed by a second limit'],
  ['{"a": [{"numeric": [">", 1, ">", 2]}]}', 'Expected one of < <=, found ">"'],
  ['{"a": [{"numeric": [">", 1, "<", 1]}]}', 'a lower limit below the upper, found 1 and 1'],
  ['{"a": [{"numeric": [">", 1, "<", 2, "<"]}]}', 'Expected at most two limits, found more'],
  ['{"a": [{"cidr": "192.0.2.0"}]}', 'an IP address, / and a prefix length, found "192.0.2.0"'],
  ['{"a": [{"cidr": "192.0.2.999/24"}]}', 'an IP address, / and a prefix length, found'],
  ['{"a": [{"cidr": "192.0.2.1/32"}]}', 'a prefix length below 32 (give a single address as a'],
  ['{"a": [{"cidr": "::1/128"}]}', 'a prefix length below 128'],
  ['{"$or": [{"a": ["x"]}]}', 'an operator that EventBridge knows, found "a", at $or[0].a'],
  ['{"$or": [{"a": ["x"]}, [1]]}', 'an operator that EventBridge knows, found "a", at $or[0].a'],
  ['{"$or": [{"a": {"cidr": ["x"]}}, {"b": [1]}]}', 'no reserved word as a field inside $or'],
  [
    '{"$or": [{"a": ["x"]}, {"b": [1]}], "c": {"$or": [{"prefix": "x"}, {"suffix": "y"}]}}',
    'an array of objects with field names, as another $or has, found other values, at c.$or in',
  ],
];

describe('refuses', () => {
  test.each(refused)('%s', (text, message) => {
    expect(() => parsePattern(text)).toThrow(PatternError);
    expect(() => parsePattern(text)).toThrow(message);
  });

  test('more than 1,000 combinations of $or', () => {
    const or = [{ a: [1] }, { b: [1] }];
    const nested = (depth: number): EventPattern =>
      depth === 0 ? { z: [1] } : { $or: or, z: nested(depth - 1) };
    expect(matches(nested(9), {})).toBe(false);
    expect(() => compilePattern(nested(10))).toThrow('at most 1000 combinations of $or, found');
  });

  test('more than 250 levels', () => {
    const nested = (depth: number): EventPattern => ({
      a: depth === 0 ? [1] : nested(depth - 1),
    });
    const text = `${'{"a":'.repeat(50_000)}[1]${'}'.repeat(50_000)}`;
    expect(matches(nested(249), nested(249))).toBe(true);
    expect(() => compilePattern(nested(250))).toThrow('at most 250 levels of fields, found more');
    expect(() => compilePattern({ [Array(252).join('.')]: [1] })).toThrow(PatternError);
    expect(() => parsePattern(text)).toThrow(PatternError);
  });

  test('and says where', () => {
    const error = new PatternError('detail.size[0]', 'this', 'that');
    expect(error).toMatchObject({ name: 'PatternError', path: 'detail.size[0]' });
  });
});

describe('hostile events', () => {
  test('nesting, width and long strings end soon', () => {
    const pattern: EventPattern = {
      a: { b: ['x'], c: [{ exists: false }], d: { e: [1], f: [2] } },
      'a.g': [{ wildcard: '*a*a*a*a*a*a*a*b' }],
    };
    const compiled = compilePattern(pattern);
    const deep = (open: string, close: string): unknown =>
      JSON.parse(`{"a":${open.repeat(100_000)}1${close.repeat(100_000)}}`);
    const wide = { b: 'x', c: 1, d: [{ e: 1 }, { f: 2 }], g: 'a'.repeat(1000) };
    const events = [
      deep('[', ']'),
      deep('{"a":', '}'),
      deep('[{"a":', '}]'),
      { a: Array(20_000).fill(wide), 'a.d': Array(20_000).fill({ e: 1 }) },
      { a: { b: 'x', d: { e: 1, f: 2 }, g: 'a'.repeat(2_000_000) } },
      { a: Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`d.${i}`, [i]])) },
      { [`a${'.a'.repeat(100_000)}`]: 1 },
    ];
    const start = performance.now();
    for (const event of events) expect(compiled(event)).toBe(false);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  test('independent arrays do not multiply', () => {
    const names = Array.from({ length: 12 }, (_, index) => `f${index}`);
    const pattern = Object.fromEntries(names.map((name) => [name, { a: [1], b: [2] }]));
    const good = Array(500).fill({ a: 1, b: 2 });
    const event = Object.fromEntries(names.map((name) => [name, good]));
    expect(matches(pattern, event)).toBe(true);
    expect(matches(pattern, { ...event, f11: [{ a: 1 }, { b: 2 }] })).toBe(false);
  });
});

type Place = readonly (readonly [array: number, index: number])[];
type Value = { readonly path: string; readonly value: unknown; readonly place: Place };

/** The definition, tried out in full: path by path, each value with the array elements it is in. */
function naive(pattern: Record<string, readonly unknown[]>, event: object): boolean {
  const values: Value[] = [];
  let arrays = 0;
  const flatten = (value: unknown, path: string, place: Place): void => {
    if (Array.isArray(value)) {
      const id = arrays++;
      value.forEach((one, index) => {
        flatten(one, path, typeof one === 'object' ? [...place, [id, index]] : place);
      });
    } else if (typeof value === 'object' && value !== null) {
      const below = Object.entries(value);
      for (const [name, one] of below) flatten(one, path ? `${path}.${name}` : name, place);
    } else values.push({ path, value, place });
  };
  flatten(event, '', []);
  const agree = (a: Place, b: Place): boolean =>
    a.every(([array, index]) => b.every(([other, place]) => array !== other || index === place));
  const paths = Object.keys(pattern).sort();
  const from = (at: number, chosen: Place): boolean => {
    const path = paths[at];
    if (path === undefined) return true;
    const here = values.filter((one) => one.path === path && agree(one.place, chosen));
    const wanted = pattern[path] ?? [];
    if (here.length === 0 && wanted.includes('absent') && from(at + 1, chosen)) return true;
    return here.some(
      ({ value, place }) => wanted.includes(value) && from(at + 1, [...chosen, ...place]),
    );
  };
  return from(0, []);
}

/** `*` is any text: tried out at every length. */
function naiveWildcard(pattern: string, value: string): boolean {
  if (pattern === '') return value === '';
  if (!pattern.startsWith('*')) {
    if (value === '' || pattern[0] !== value[0]) return false;
    return naiveWildcard(pattern.slice(1), value.slice(1));
  }
  const rest = pattern.slice(1);
  for (let at = 0; at <= value.length; at++) if (naiveWildcard(rest, value.slice(at))) return true;
  return false;
}

describe('properties', () => {
  const few = fc.constantFrom('a', 'b');
  const { tree } = fc.letrec((tie) => ({
    tree: fc.dictionary(few, tie('value'), { maxKeys: 2 }),
    value: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      fc.constantFrom(1, 2),
      fc.array(tie('value'), { maxLength: 4 }),
      tie('tree'),
    ),
  }));

  test('array consistency agrees with trying out everything', () => {
    const path = fc.array(few, { minLength: 1, maxLength: 3 }).map((names) => names.join('.'));
    const wanted = fc.subarray([1, 2, 'absent'], { minLength: 1 });
    const patterns = fc.dictionary(path, wanted, { minKeys: 1, maxKeys: 5 });
    fc.assert(
      fc.property(patterns, tree, (pattern, event) => {
        if (typeof event !== 'object' || event === null) return;
        const ours = Object.fromEntries(
          Object.entries(pattern).map(([name, list]) => [
            name,
            list.map((one) => (one === 'absent' ? { exists: false } : one)),
          ]),
        );
        expect(matches(ours, event)).toBe(naive(pattern, event));
      }),
      {
        numRuns: 5000,
        examples: [[{ 'a.a': ['absent'], a: [2] }, { a: [[[{}, [2]], 2, [{ a: 1 }]]] }]],
      },
    );
  });

  test('wildcard agrees with a naive matcher', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 12 });
    const star = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
    fc.assert(
      fc.property(star, text, (pattern, value) => {
        fc.pre(!pattern.includes('**'));
        const ours = matches({ a: [{ wildcard: pattern }] }, { a: value });
        expect(ours).toBe(naiveWildcard(pattern, value));
      }),
      { numRuns: 2000 },
    );
  });

  test('numeric agrees with comparing', () => {
    const number = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true }));
    const finite = number.filter(Number.isFinite);
    fc.assert(
      fc.property(finite, finite, finite, (value, a, b) => {
        const is = (...numeric: (string | number)[]): boolean =>
          matches({ a: [{ numeric }] }, { a: value });
        expect(is('=', a)).toBe(value === a);
        expect(is('<', a)).toBe(value < a);
        expect(is('<=', a)).toBe(value <= a);
        expect(is('>', a)).toBe(value > a);
        expect(is('>=', a)).toBe(value >= a);
        if (a < b) expect(is('>', a, '<=', b)).toBe(value > a && value <= b);
        expect(matches({ a: [a] }, { a: value })).toBe(value === a);
        expect(matches({ a: [{ 'anything-but': a }] }, { a: value })).toBe(value !== a);
      }),
    );
  });

  const operators =
    'prefix suffix equals-ignore-case wildcard exactly cidr exists numeric anything-but $or a.b '
      .concat('detail __proto__ ')
      .split(' ');
  const { json } = fc.letrec((tie) => ({
    json: fc.oneof(
      { maxDepth: 4 },
      fc.oneof(fc.jsonValue({ maxDepth: 0 }), fc.constantFrom('*', '192.0.2.0/24', '=', '>', 1)),
      fc.array(tie('json'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...operators), tie('json'), { maxKeys: 2 }),
    ),
  }));

  test('any JSON value is a pattern or a PatternError, and a pattern never throws', () => {
    const fields = fc.dictionary(fc.constantFrom(...operators), json);
    const plausible = fc.dictionary(
      fc.constantFrom('a', 'b', 'detail', '__proto__'),
      fc.array(fc.oneof(fc.string(), fc.constant({ exists: true })), { minLength: 1 }),
      { minKeys: 1 },
    );
    const pattern = fc.oneof(json, fields, fc.jsonValue(), plausible);
    const sentence = /^PatternError: Expected .+, found .+ in the event pattern\.$/s;
    let accepted = 0;
    fc.assert(
      fc.property(pattern, json, tree, (value, event, other) => {
        let compiled;
        try {
          compiled = compilePattern(value);
        } catch (error) {
          expect(error).toBeInstanceOf(PatternError);
          expect(String(error)).toMatch(sentence);
          return;
        }
        accepted++;
        for (const one of [event, other, value]) expect(compiled(one)).toBeTypeOf('boolean');
        expect(parsePattern(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 3000 },
    );
    // A quarter of the values are plausible, some 750 of them.
    expect(accepted).toBeGreaterThan(300);
  });
});
