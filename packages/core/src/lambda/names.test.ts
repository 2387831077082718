import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { BlockList, isIPv4 } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { Alert } from '../contracts/alert.ts';
import { alert } from './alert.fake.ts';
import { named } from './names.ts';
import { keptOutput } from './output.fake.ts';

const output = keptOutput();
const folder = mkdtempSync(join(tmpdir(), 'patrol-names-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The path of a file that holds this. */
function fileOf(content: unknown): string {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  const path = pathOf(text);
  writeFileSync(path, text);
  return path;
}
const pathOf = (text: string): string =>
  join(folder, `${createHash('sha256').update(text).digest('hex')}.json`);

const accounts = { '111122223333': 'payments-prod' };
const networks = {
  '192.0.0.0/8': 'everything',
  '192.0.2.0/24': 'office',
  '192.0.2.16/28': 'office, first floor',
  '0.0.0.0/0': 'the internet',
  '2001:db8::/32': 'documentation',
  '2001:db8:1::/48': 'lab',
};
const path = fileOf({ accounts, networks });

async function one(fields: Partial<Alert>, at = path): Promise<Alert> {
  const [found] = await named([alert(fields)], at);
  if (!found) throw new Error('There is no alert.');
  return found;
}
const networkOf = async (sourceAddress: string | null): Promise<string | null | undefined> =>
  (await one({ sourceAddress })).network?.name;

describe('names', () => {
  test('are given to the account and to the network of the address', async () => {
    expect(await one({ sourceAddress: '192.0.2.1' })).toEqual({
      ...alert({ sourceAddress: '192.0.2.1' }),
      accountName: 'payments-prod',
      network: { name: 'office', asn: null, country: null },
    });
  });

  test.each([
    ['192.0.2.17', 'office, first floor'],
    ['192.0.2.15', 'office'],
    ['192.0.2.32', 'office'],
    ['192.0.3.1', 'everything'],
    ['198.51.100.1', 'the internet'],
    ['2001:db8:1::5', 'lab'],
    ['2001:DB8:0001:0:0:0:0:5', 'lab'],
    ['2001:db8:2::', 'documentation'],
    ['2001:db8:1::192.0.2.1', 'lab'],
    ['::ffff:192.0.2.17', 'office, first floor'],
    ['2001:db9::', undefined],
    ['::', undefined],
    ['fe80::1%eth0', undefined],
    ['AWS Internal', undefined],
    ['cloudformation.amazonaws.com', undefined],
    ['', undefined],
    [null, undefined],
  ])('%s is of the smallest range that holds it: %s', async (address, name) => {
    expect(await networkOf(address)).toBe(name);
  });

  test('agree with Node about what is in a range', async () => {
    const ranges = ['10.1.0.0/16', '10.1.128.0/17', '10.1.128.0/30', '2001:db8:8000::/33'];
    const at = fileOf({ accounts: {}, networks: Object.fromEntries(ranges.map((r) => [r, r])) });
    const lists = ranges.map((range) => {
      const [start = '', length = ''] = range.split('/');
      const list = new BlockList();
      list.addSubnet(start, Number(length), isIPv4(start) ? 'ipv4' : 'ipv6');
      return { range, list, size: Number(length) };
    });
    const near = fc.oneof(
      fc
        .tuple(fc.constantFrom(0, 1), fc.nat(255), fc.nat(255))
        .map(([a, b, c]) => `10.${a}.${b}.${c}`),
      fc
        .tuple(fc.nat(65_535), fc.nat(65_535))
        .map(([a, b]) => `2001:db8:${a.toString(16)}::${b.toString(16)}`),
      fc.ipV4(),
      fc.ipV6(),
    );
    await fc.assert(
      fc.asyncProperty(near, async (sourceAddress) => {
        const expected = lists
          .filter(({ list }) => list.check(sourceAddress, isIPv4(sourceAddress) ? 'ipv4' : 'ipv6'))
          .toSorted((a, b) => b.size - a.size)[0]?.range;
        expect((await one({ sourceAddress }, at)).network?.name).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });

  test('that nobody gave are none', async () => {
    for (const account of ['444455556666', '__proto__', 'constructor', null]) {
      expect((await one({ account })).accountName).toBeNull();
    }
    expect(
      (await one({}, fileOf({ accounts: { '111122223333': 7 }, networks: {} }))).accountName,
    ).toBeNull();
  });

  test('of 1,000 accounts and 1,000 networks are found', async () => {
    const many = Array.from({ length: 1000 }, (_, index) => index);
    const at = fileOf({
      accounts: Object.fromEntries(many.map((n) => [String(100_000_000_000 + n), `account-${n}`])),
      networks: Object.fromEntries(
        many.map((n) => [`10.${n >> 8}.${n & 255}.0/24`, `office-${n}`]),
      ),
    });
    const found = await one({ account: '100000000999', sourceAddress: '10.3.231.9' }, at);
    expect(found).toMatchObject({ accountName: 'account-999', network: { name: 'office-999' } });
  });

  test.each([
    ['missing', () => join(folder, 'absent.json'), 'ENOENT'],
    ['no JSON', () => fileOf('{'), 'JSON'],
    ['another kind of JSON', () => fileOf([]), 'expected a map accounts'],
    [
      'another one',
      () => {
        const at = fileOf({ accounts: { x: 'y' }, networks: {} });
        writeFileSync(at, JSON.stringify({ accounts, networks: {} }));
        return at;
      },
      'its content is another one',
    ],
    ['a part', () => fileOf({ accounts: {} }), 'expected a map networks'],
  ])('from a file that is %s are missing, and the alert says so', async (_, make, why) => {
    const at = make();
    output.text = '';
    const found = await one({ facts: { action: 'StopLogging' } }, at);
    expect(found).toEqual(
      alert({
        facts: {
          action: 'StopLogging',
          names: expect.stringMatching(/^missing: their file could not be read \(.*\)\. Deploy/),
        },
      }),
    );
    expect(found.facts['names']).toContain(why);
    expect(output.text).toContain('"level":"ERROR"');
  });

  test('are read anew after the file could not be read', async () => {
    const text = JSON.stringify({ accounts, networks: {} });
    const at = pathOf(text);
    expect((await one({}, at)).accountName).toBeNull();
    writeFileSync(at, text);
    expect((await one({}, at)).accountName).toBe('payments-prod');
    // What was read once is not read again.
    rmSync(at);
    expect((await one({}, at)).accountName).toBe('payments-prod');
  });
});
