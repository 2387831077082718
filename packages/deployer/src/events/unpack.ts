/** Unpacks gzip files. */
import { Readable, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** Unpacks bytes that begin like gzip, and passes on all others as they are. */
export async function* unpacked(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const chunks = source[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  let isDone = false;
  while (head.length < 2 && !isDone) {
    const next = await chunks.next();
    if (next.done) isDone = true;
    else head = Buffer.concat([head, next.value]);
  }
  async function* whole(): AsyncGenerator<Uint8Array> {
    if (head.length > 0) yield head;
    yield* { [Symbol.asyncIterator]: () => chunks };
  }
  try {
    let bytes: AsyncIterable<Uint8Array> = whole();
    if (head[0] === 0x1f && head[1] === 0x8b) {
      const gunzip = createGunzip({ chunkSize: 256 * 1024 });
      // The loop below throws the errors.
      pipeline(Readable.from(bytes), gunzip, () => {});
      bytes = gunzip;
    }
    for await (const chunk of bytes) yield asBuffer(chunk);
  } finally {
    await chunks.return?.();
  }
}

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
