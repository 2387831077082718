import { Buffer } from 'node:buffer';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { record } from '../testing/artifact.ts';
import { kinds, read } from '../testing/read.ts';

const a = JSON.stringify(record('A'));
const b = JSON.stringify(record('B'));

describe('files that break off', () => {
  const packed = gzipSync(`${a}\n${b}\n${a}`);

  test('what came before counts', async () => {
    const { entries } = await read([
      Buffer.from(`${a}\n${b.slice(0, 30)}`),
      new Error('EIO: i/o error'),
    ]);
    expect(kinds(entries)).toEqual(['1 event', '2 broken']);
    expect(entries[1]).toMatchObject({ message: 'The file cannot be read: EIO: i/o error' });
  });

  test('gzip without its end is one error', async () => {
    const { entries } = await read([packed.subarray(0, -4)]);
    expect(kinds(entries)).toEqual(['1 event', '2 event', '3 event', '4 broken']);
    expect(entries.at(-1)).toMatchObject({
      message: expect.stringMatching(/damaged or cut off, as gzip: /),
    });
  });

  test('a log file over many lines in gzip without its end is one error', async () => {
    const whole = gzipSync(JSON.stringify({ Records: [record('A'), record('B')] }, null, 2));
    expect(kinds((await read([whole.subarray(0, -40)])).entries)).toEqual(['1 broken']);
  });

  test('damaged gzip is an error', async () => {
    const damaged = Buffer.from(packed);
    damaged.fill(0xff, 20, 40);
    expect((await read([damaged])).entries.at(-1)).toMatchObject({ kind: 'broken' });
  });

  test('only two bytes of gzip are an error', async () => {
    expect(kinds((await read([Buffer.from([0x1f]), Buffer.from([0x8b])])).entries)).toEqual([
      '1 broken',
    ]);
  });

  test('several gzip members are one file', async () => {
    const { entries } = await read([gzipSync(`${a}\n`), gzipSync(b)]);
    expect(kinds(entries)).toEqual(['1 event', '2 event']);
  });
});
