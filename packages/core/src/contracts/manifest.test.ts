import { expect, test } from 'vitest';
import { manifestVersion, parseManifest } from './manifest.ts';

const manifest = {
  formatVersion: manifestVersion,
  package: { name: 'x', version: '1.0.0' },
  rules: [],
};

test('a manifest of this version is read as it is', () => {
  expect(parseManifest(JSON.stringify(manifest), 'dist/rules.json')).toEqual(manifest);
});

test.each([0, 2, '1', null, undefined])(
  'another version is refused with what to do: %j',
  (formatVersion) => {
    expect(() =>
      parseManifest(JSON.stringify({ ...manifest, formatVersion }), 'dist/rules.json'),
    ).toThrow(
      `dist/rules.json has the format version ${JSON.stringify(formatVersion)}; this release reads version 1. Bring`,
    );
  },
);

test.each(['', '{', 'null', '[]', '1', '"x"'])(
  'what is no manifest is refused with its place: %j',
  (text) => {
    expect(() => parseManifest(text, 'dist/rules.json')).toThrow(
      /^dist\/rules\.json (is not JSON: |has the format version undefined)/,
    );
  },
);

const rule = {
  name: 'watch',
  title: 'Watch',
  description: 'Watches.',
  severity: 'high',
  runbook: 'Look.',
  runbookUrl: null,
  references: [],
  asks: false,
  triggers: [{ kind: 'event', pattern: { source: ['a'] }, state: 'ENABLED' }],
  parameters: { actions: { kind: 'names', description: 'Actions.' } },
  permissions: [],
  regions: ['us-east-1'],
  memorySize: 256,
  timeout: 30,
  code: { path: 'code.zip', sha256: 'x', bytes: 1, handler: 'index.handler' },
  template: { path: 'template.json', sha256: 'x' },
  sample: { path: 'sample.json' },
};
const read = (given: unknown): unknown =>
  parseManifest(JSON.stringify({ ...manifest, rules: [given] }), 'dist/rules.json');

test('a whole rule is read', () => {
  expect(read(rule)).toMatchObject({ rules: [rule] });
  expect(read({ ...rule, regions: null, runbookUrl: 'https://example.com' })).toBeDefined();
  expect(read({ ...rule, remindAfter: 86_400 })).toMatchObject({
    rules: [{ remindAfter: 86_400 }],
  });
});

test('triggers of every kind are read', () => {
  const triggers = [
    { kind: 'event', pattern: { source: ['a'] }, state: 'ENABLED' },
    { kind: 'schedule', expression: 'rate(1 day)', everySeconds: 86_400 },
    { kind: 'sns', services: [] },
    { kind: 'webhook', events: ['fork'] },
  ];
  expect(read({ ...rule, triggers })).toMatchObject({ rules: [{ triggers }] });
});

test.each(Object.keys(rule))('a rule without its %s is refused, with the place', (field) => {
  const { [field]: _, ...rest }: Record<string, unknown> = rule;
  expect(() => read(rest)).toThrow(
    new RegExp(
      `^dist/rules\\.json is not a manifest of format version 1:\n  rules\\[0\\]\\.${field}: is missing\n`,
    ),
  );
});

test.each([
  [null, 'rules[0]: expected an object; found null'],
  [{ ...rule, regions: 'us-east-1' }, 'rules[0].regions: expected a list; found "us-east-1"'],
  [{ ...rule, triggers: [null] }, 'rules[0].triggers[0]: expected an object; found null'],
  [{ ...rule, triggers: [{ kind: 'schedule', expression: 5 }] }, 'rules[0].triggers[0].expression'],
  [{ ...rule, triggers: [{ kind: 'sns' }] }, 'rules[0].triggers[0].services: is missing'],
  [{ ...rule, triggers: [{ kind: 'webhook', events: 'fork' }] }, 'rules[0].triggers[0].events'],
  [
    { ...rule, triggers: [{ kind: 'poll' }] },
    'rules[0].triggers[0].kind: expected one of event, schedule, sns, webhook; found "poll"',
  ],
  [{ ...rule, triggers: [{ kind: 'constructor' }] }, 'rules[0].triggers[0].kind'],
  [{ ...rule, parameters: [] }, 'rules[0].parameters: expected an object; found an empty list'],
  [{ ...rule, remindAfter: '1 day' }, 'rules[0].remindAfter: expected a number; found "1 day"'],
  [{ ...rule, remindAfter: null }, 'rules[0].remindAfter: expected a number; found null'],
  [{ ...rule, asks: 'yes' }, 'rules[0].asks: expected true or false; found "yes"'],
  [{ ...rule, references: 'CIS' }, 'rules[0].references: expected a list; found "CIS"'],
  [{ ...rule, parameters: { a: { kind: 'text' } } }, 'rules[0].parameters.a.description'],
  [
    { ...rule, code: { ...rule.code, bytes: '1' } },
    'rules[0].code.bytes: expected a number; found "1"',
  ],
])('%#: what does not fit is named', (given, problem) => {
  expect(() => read(given)).toThrow(problem);
});
