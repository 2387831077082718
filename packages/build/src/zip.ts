import { type Zippable, zipSync } from 'fflate';
import type { Files } from './bundle.ts';

/**
 * Zips files so that the same files always give the same bytes: in the given order, with one date and one mode. fflate
 * compresses in JavaScript, so that the bytes do not depend on Node's zlib either.
 */
export function zip(files: Files): Uint8Array {
  const entries: Zippable = {};
  for (const [name, content] of files) entries[name] = content;
  return zipSync(entries, {
    level: 9,
    // fflate writes local time, as zip files hold it; this date is the earliest that they can.
    mtime: new Date(1980, 0, 1),
    // A regular file that everybody may read, as Lambda asks for.
    os: 3,
    attrs: 0o100644 << 16,
  });
}
