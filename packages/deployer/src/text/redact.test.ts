import fc from 'fast-check';
import { expect, test } from 'vitest';
import { redact, redactIn } from './redact.ts';

const key = '-----BEGIN RSA PRIVATE KEY-----\nMIIB/a+b=\n-----END RSA PRIVATE KEY-----';
const escaped = JSON.stringify(key).slice(1, -1);

test.each<[string, string, readonly string[], string]>([
  ['a known secret', 'a hunter22 b hunter22', ['hunter22'], 'a [secret] b [secret]'],
  ['one that is part of another', 'longer-hunter22', ['hunter22', 'longer-hunter22'], '[secret]'],
  ['in JSON', JSON.stringify({ x: 'a"b\nc+d' }), ['a"b\nc+d'], '{"x":"[secret]"}'],
  ['in an address', `?t=${encodeURIComponent('a/b c+d=')}`, ['a/b c+d='], '?t=[secret]'],
  ['in Base64', Buffer.from('hunter22').toString('base64'), ['hunter22'], '[secret]'],
  ['a part of one', 'x app-key-1 y', ['{"id":1,"key":"app-key-1"}'], 'x [secret] y'],
  ['too short to be one', 'a b c', ['b', ''], 'a b c'],
  ['a token of GitHub', `token ghp_${'a1'.repeat(18)}.`, [], 'token [secret].'],
  ['a fine-grained token', `github_pat_${'a1'.repeat(30)}`, [], '[secret]'],
  ['a private key', `x ${key} y`, [], 'x [secret] y'],
  ['a private key that is cut off', key.slice(0, 40), [], '[secret]'],
  [
    'one that is cut off in JSON',
    `{"a":"x ${escaped.slice(0, 40)}","b":1}`,
    [],
    '{"a":"x [secret]","b":1}',
  ],
  [
    'one that is cut off in JSON within JSON',
    JSON.stringify({ log: JSON.stringify({ a: key.slice(0, 40), b: 1 }) }),
    [],
    JSON.stringify({ log: JSON.stringify({ a: '[secret]', b: 1 }) }),
  ],
  [
    'a whole one in JSON',
    JSON.stringify({ a: key, b: key }),
    [],
    '{"a":"[secret]","b":"[secret]"}',
  ],
  [
    'one that is cut off before a whole one',
    JSON.stringify({ a: key.slice(0, 40), b: key }),
    [],
    '{"a":"[secret]","b":"[secret]"}',
  ],
  [
    'a JSON Web Token',
    `Bearer eyJ${'a'.repeat(20)}.${'b'.repeat(20)}.${'c'.repeat(20)}`,
    [],
    'Bearer [secret]',
  ],
])('%s', (_, text, secrets, expected) => {
  expect(redact(text, secrets)).toBe(expected);
});

test('in a value, texts and keys are redacted, and JSON of it can be read', () => {
  const value = {
    hunter22: ['x hunter22', 1, null, true, { inner: `${key.slice(0, 40)}` }],
    after: 'y',
  };
  const clean = redactIn(value, ['hunter22']);
  expect(JSON.parse(JSON.stringify(clean))).toEqual({
    '[secret]': ['x [secret]', 1, null, true, { inner: '[secret]' }],
    after: 'y',
  });
});

test('whatever holds a key that is cut off, its letters are gone and JSON stays JSON', () => {
  const whole = `-----BEGIN PRIVATE KEY-----\n${'Zq7+/w'.repeat(20)}\n-----END PRIVATE KEY-----`;
  const length = fc.integer({ min: 40, max: whole.length });
  fc.assert(
    fc.property(length, fc.string(), fc.string(), fc.nat(2), (cut, before, after, depth) => {
      fc.pre(!`${before}${after}`.includes('Zq7'));
      let text = JSON.stringify({ key: `${before}${whole.slice(0, cut)}`, after });
      for (let level = 0; level < depth; level += 1) text = JSON.stringify({ text });
      const clean = redact(text, []);
      expect(clean).not.toContain('Zq7');
      let inner: unknown = JSON.parse(clean);
      for (let level = 0; level < depth; level += 1) {
        inner = JSON.parse((inner as { text: string }).text);
      }
      expect(inner).toMatchObject({ after });
    }),
  );
});

test('no known secret is left, whatever stands around it', () => {
  const secret = fc.string({ unit: 'grapheme', minLength: 6, maxLength: 40 });
  fc.assert(
    fc.property(fc.string(), secret, fc.string(), (before, hidden, after) => {
      // What stands for a secret is no leak of one that has the same letters.
      fc.pre(!'[secret]'.includes(hidden) && !hidden.includes('[secret]'));
      expect(redact(`${before}${hidden}${after}`, [hidden]).split('[secret]')).not.toContain(
        hidden,
      );
    }),
  );
});
