import { PassThrough, Readable, Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { readAll, writer } from './streams.ts';

describe('writer', () => {
  test('waits for a slow reader', async () => {
    const slow = new PassThrough({ highWaterMark: 4 });
    const out = writer(slow);
    let isWritten = false;
    const written = out.write('longer than four').then(() => {
      isWritten = true;
    });
    await new Promise(setImmediate);
    expect(isWritten).toBe(false);
    slow.resume();
    await written;
  });

  test.each(['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED'])(
    'a reader that is gone (%s) ends the writing quietly',
    async (code) => {
      const gone = new Writable({
        highWaterMark: 1,
        write: (_chunk, _encoding, done) => done(Object.assign(new Error(code), { code })),
      });
      const out = writer(gone);
      await out.write('first');
      expect(out.isClosed).toBe(true);
      await out.write('second');
    },
  );

  test('a full disk is an error', async () => {
    const full = new Writable({
      highWaterMark: 1,
      write: (_chunk, _encoding, done) =>
        done(Object.assign(new Error('no space'), { code: 'ENOSPC' })),
    });
    await expect(writer(full).write('text')).rejects.toThrow('no space');
  });
});

test('readAll keeps characters whole that come in pieces', async () => {
  const bytes = Buffer.from('ä€😀');
  expect(await readAll(Readable.from([...bytes].map((byte) => Buffer.from([byte]))))).toBe('ä€😀');
});
