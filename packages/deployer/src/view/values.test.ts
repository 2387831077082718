import fc from 'fast-check';
import { expect, test } from 'vitest';
import { valueLines } from './values.ts';

const calls = Array.from({ length: 30 }, (_, index) => `DeleteSomething${index}`);

test('of a list what comes and what goes, however long the list is', () => {
  const next = [...calls.slice(1), 'StopLogging'];
  expect(valueLines('actions', calls.join(', '), next.join(','))).toEqual([
    'actions: + "StopLogging", - "DeleteSomething0" (29 stay)',
  ]);
  expect(valueLines('a', 'b,c', '')).toEqual(['a: - "b", - "c"']);
  expect(valueLines('a', 'b', 'b,c,d,e,f,g')).toEqual([
    'a: (1 stays)',
    ...['c', 'd', 'e', 'f', 'g'].map((item) => `  + "${item}"`),
  ]);
});

test('hashes that begin alike are told apart, and shown whole', () => {
  const [one, other] = ['0', '1'].map((end) => `${'a'.repeat(63)}${end}`);
  expect(valueLines('h', `${one},x`, `${other},x`)).toEqual([
    `h: + "${other}", - "${one}" (1 stays)`,
  ]);
  const different = 'b'.repeat(64);
  expect(valueLines('h', `${one},x`, `${different},x`)).toEqual([
    'h: + "bbbbbbbbbbbb…", - "aaaaaaaaaaaa…" (1 stays)',
  ]);
});

test('another order, another separator and an item that is there twice are told', () => {
  expect(valueLines('a', 'b,c', 'c,b')).toEqual(['a: "b,c" → "c,b"']);
  expect(valueLines('a', 'b,c', 'c,b,d')).toEqual(['a: "b,c" → "c,b,d"']);
  expect(valueLines('a', 'b,c', 'b, c')).toEqual(['a: "b,c" → "b, c"']);
  expect(valueLines('a', 'b,c', 'b,c,c')).toEqual(['a: + "c" (2 stay)']);
});

test('of a long text what differs, with what stands around it', () => {
  const [before, after] = ['Stops', 'Deletes'].map(
    (verb) => `${'x'.repeat(200)} ${verb} ${'y'.repeat(200)}`,
  );
  expect(valueLines('d', before, after)).toEqual([
    `d: …"${'x'.repeat(15)} Stops ${'y'.repeat(14)}"… → …"${'x'.repeat(15)} Deletes ${'y'.repeat(14)}"…`,
  ]);
  const sentence = 'Alerts when somebody stops, deletes or changes what it records, and says who.';
  expect(valueLines('d', sentence, sentence.replace('says', 'tells'))[0]).toMatch(
    /records, and says who."? → .*records, and tells who\."$/,
  );
});

test('within patterns, policies and environments each part with its path, also where a text holds them', () => {
  const policy = (actions: unknown, effect = 'Allow'): unknown => ({
    Statement: [{ Effect: effect, Action: actions, Resource: '*' }],
  });
  const was = policy(['a:One', 'a:Two']);
  const is = policy(['a:One', 'a:Two', 'iam:*']);
  const told = ['P.Statement[0].Action: + "iam:*" (2 stay)'];
  expect(valueLines('P', JSON.stringify(was), JSON.stringify(is))).toEqual(told);
  expect(
    valueLines('P', JSON.stringify(JSON.stringify(was)), JSON.stringify(JSON.stringify(is))),
  ).toEqual(told);
  expect(
    valueLines('P', JSON.stringify(policy('a:One')), JSON.stringify(policy('*', 'Deny'))),
  ).toEqual(['P.Statement[0].Effect: "Allow" → "Deny"', 'P.Statement[0].Action: "a:One" → "*"']);
  expect(valueLines('V', '{"a":1,"b":"2"}', '{"b":2,"c":null}')).toEqual([
    'V.a: 1 → (none)',
    'V.b: "2" → 2',
    'V.c: (none) → null',
  ]);
  expect(valueLines('S', '[{"Sid":"a"},{"Sid":"b"}]', '[{"Sid":"b"}]')).toEqual([
    'S: - {"Sid":"a"} (1 stays)',
  ]);
});

test('what nobody would see is shown', () => {
  expect(valueLines('a', 'x\r\ny', 'x\ny')).toEqual(['a: "x\\r\\ny" → "x\\ny"']);
  expect(valueLines('a', 'admin', 'ad\u200bmin')).toEqual(['a: "admin" → "ad\\u200bmin"']);
  expect(valueLines('a', '"x"', 'x')).toEqual(['a: "\\"x\\"" → "x"']);
  const hash = 'a'.repeat(63);
  expect(valueLines('h', `${hash}b`, `${hash}c`)[0]).toContain(`b" → `);
  const long = `${'folder/'.repeat(12)}${hash}`;
  expect(valueLines('h', `${long}b`, `${long}c`)[0]).toMatch(/ab" → .*ac"$/);
});

test('what there was not, is not any more, or is not told', () => {
  expect(valueLines('a', undefined, calls.join())).toEqual([`a: (none) → "${calls.join()}"`]);
  expect(valueLines('a', '', 'x')).toEqual(['a: "" → "x"']);
  expect(valueLines('a', 'x', undefined)).toEqual(['a: "x" → (none)']);
  expect(valueLines('a', undefined, undefined)).toEqual(['a']);
  expect(valueLines('a', '****', '****')).toEqual(['a: "****" → "****"']);
});

test('before and after never look the same', () => {
  const words = fc.array(
    fc.constantFrom('a', 'b', 'Delete', ' ', ',', '\n', '"', '\\', '{}', '[1]'),
    {
      maxLength: 60,
    },
  );
  const text = fc.oneof(
    words.map((all) => all.join('')),
    fc.string(),
    fc.json(),
  );
  fc.assert(
    fc.property(text, text, (before, after) => {
      fc.pre(before !== after);
      const lines = valueLines('v', before, after);
      expect(lines.length).toBeGreaterThan(0);
      for (const line of lines) {
        const [was, is] = line.replace(/^[^:]*: /, '').split(' → ');
        if (line.split(' → ').length === 2) expect(was).not.toBe(is);
        expect(line).not.toContain('\n');
      }
    }),
  );
});
