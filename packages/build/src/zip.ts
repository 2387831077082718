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
    // Zip files hold local time. This is the earliest date that they can hold.
    mtime: new Date(1980, 0, 1),
    // A regular file that everybody can read: Lambda requires this.
    os: 3,
    attrs: 0o100644 << 16,
  });
}
