import fc from 'fast-check';
import { expect, test } from 'vitest';
import { areNarrow } from './ranges.ts';

const each = (count: number, range: (index: number) => string): readonly string[] =>
  Array.from({ length: count }, (_, index) => range(index));

test.each<[string, readonly string[], boolean]>([
  ['an address', ['192.0.2.1'], true],
  ['a range', ['192.0.2.0/24'], true],
  ['a range of the widest that S3 takes', ['10.0.0.0/8'], true],
  ['one that is wider', ['10.0.0.0/7'], false],
  ['all addresses', ['0.0.0.0/0'], false],
  ['two halves', ['0.0.0.0/1', '128.0.0.0/1'], false],
  ['all addresses in ranges that are narrow', each(256, (at) => `${at}.0.0.0/8`), false],
  ['the same, the last first', each(256, (at) => `${255 - at}.0.0.0/8`), false],
  ['two ranges that touch', ['10.0.0.0/8', '11.0.0.0/8'], false],
  ['two that do not', ['10.0.0.0/8', '12.0.0.0/8'], true],
  ['a range within another', ['10.0.0.0/8', '10.1.0.0/16'], true],
  ['every other range', each(128, (at) => `${at * 2}.0.0.0/8`), false],
  ['private networks', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'], true],
  ['an IPv6 address', ['2001:db8::1'], true],
  ['a range of IPv6', ['2001:db8::/32', '2001:db9:1::/48'], true],
  ['a wide one', ['2001:db8::/31'], false],
  ['all IPv6 addresses', ['::/0'], false],
  ['all of both', ['192.0.2.0/24', '::/0'], false],
  ['IPv6 addresses in full', ['2001:0db8:0:0:0:0:0:1/128'], true],
  ['ranges of IPv6 that touch', each(2, (at) => `2001:${(0xdb8 + at).toString(16)}::/32`), false],
  ['no range', ['everywhere'], false],
  ['octets that no address has', ['10.0.0.256'], false],
  ['a prefix that no address has', ['10.0.0.0/33'], false],
  ['three octets', ['10.0.0'], false],
  ['IPv4 addresses as IPv6', ['::ffff:0.0.0.0/96'], false],
  ['two gaps', ['1::2::3'], false],
  ['nine groups', ['1:2:3:4:5:6:7:8:9'], false],
  ['seven groups', ['1:2:3:4:5:6:7'], false],
  ['a gap for nothing', ['1:2:3:4::5:6:7:8'], false],
  ['a variable', ['${aws:SourceIp}'], false],
  ['a long text', [`1${'1'.repeat(100_000)}`], false],
])('%s: %j', (_title, values, isNarrow) => {
  expect(areNarrow(values)).toBe(isNarrow);
});

test('what a list of ranges lets in is not narrower for being written in halves', () => {
  const range = fc.tuple(fc.nat(255), fc.nat(255), fc.integer({ min: 1, max: 15 }));
  fc.assert(
    fc.property(fc.array(range, { minLength: 1, maxLength: 20 }), (ranges) => {
      const whole = ranges.map(([a, b, length]) => `${a}.${b}.0.0/${length}`);
      const halves = ranges.flatMap(([a, b, length]) => {
        const first = (((a << 8) | b) >> (16 - length)) << (16 - length);
        const second = first | (1 << (15 - length));
        return [first, second].map((at) => `${at >> 8}.${at & 255}.0.0/${length + 1}`);
      });
      expect(areNarrow(halves)).toBe(areNarrow(whole));
    }),
  );
});
