import fc from 'fast-check';
import { expect, test } from 'vitest';
import { redact } from './redact.ts';

const key = '-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----';

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
    'a JSON Web Token',
    `Bearer eyJ${'a'.repeat(20)}.${'b'.repeat(20)}.${'c'.repeat(20)}`,
    [],
    'Bearer [secret]',
  ],
])('%s', (_, text, secrets, expected) => {
  expect(redact(text, secrets)).toBe(expected);
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
