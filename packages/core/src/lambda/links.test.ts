import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deadLinks, deadLinksOfJson } from './links.ts';

describe('links', () => {
  test.each([
    ['a link', 'see https://evil.example/a?b', 'see https[:]//evil[.]example/a?b'],
    ['another scheme', 'ssh://192.0.2.1', 'ssh[:]//192.0.2.1'],
    ['a host alone', 'open www.evil.example.', 'open www[.]evil[.]example.'],
    ['an address', 'ask ops@evil.example', 'ask ops@evil[.]example'],
    ['a host behind a dot', '.evil.example', '.evil[.]example'],
    ['a host of another script', 'öffne évil.пример', 'öffne évil[.]пример'],
    ['a host in Punycode', 'evil.xn--e1afmkfd', 'evil[.]xn--e1afmkfd'],
    ['another dot', 'evil\u3002example', 'evil[.]example'],
    ['a host before a number', 'evil.example.1', 'evil[.]example[.]1'],
    ['a host of many labels', `${'a.'.repeat(300)}example`, `${'a[.]'.repeat(300)}example`],
    [
      'a bucket as a website',
      'evil.s3-website-us-east-1.amazonaws.com',
      'evil[.]s3-website-us-east-1[.]amazonaws[.]com',
    ],
  ])('are dead: %s', (_what, text, dead) => {
    expect(deadLinks(text)).toBe(dead);
  });

  test.each([
    'role Deploy, through cloudformation.amazonaws.com',
    'ec2.eu-west-1.amazonaws.com',
    'arn:aws:iam::111122223333:user/alice',
    'aws-cli/2.27.1 md/awscrt#0.26.1',
    '192.0.2.1',
    'v1.2.3-rc.1',
  ])('are not seen in %s', (text) => {
    expect(deadLinks(text)).toBe(text);
  });

  test('are dead in JSON, which says the same', () => {
    const value = { 'evil.example': ['https://evil.example', 'a\\://b', 'evil\u3002example'] };
    const dead = deadLinksOfJson(JSON.stringify(value));
    expect(dead).not.toMatch(/:\/\/|evil\.example/);
    expect(JSON.parse(dead)).toEqual(value);
    fc.assert(
      fc.property(fc.jsonValue(), (any) => {
        const json = JSON.stringify(any);
        expect(JSON.parse(deadLinksOfJson(json))).toEqual(JSON.parse(json));
      }),
    );
  });
});
