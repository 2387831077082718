/** What is written for machines: lines of NDJSON, and objects. Pure. */
import type { Note } from '../notes/lines.ts';
import type { Output } from '../notes/objects.ts';
import { outputVersion } from '../notes/version.ts';
import { jsonText } from '../text/printable.ts';
import type { Result, Unversioned } from '../notes/tell.ts';

/** A line of NDJSON. */
export function lineOf(note: Exclude<Note, { readonly type: 'result' }> | Result): string {
  const { type, ...rest } = note;
  const version = type === 'result' ? { version: outputVersion } : {};
  return `${jsonText({ type, ...version, ...rest })}\n`;
}

/** An object, as a command writes it. What tells of one run is one line, so that many can be kept in one file. */
export const objectOf = ({ type, ...rest }: Unversioned<Output>): string =>
  `${jsonText({ type, version: outputVersion, ...rest }, runs.includes(type) ? undefined : 2)}\n`;

/** The same on one line, where there are several. */
export const compactObjectOf = ({ type, ...rest }: Unversioned<Output>): string =>
  `${jsonText({ type, version: outputVersion, ...rest })}\n`;

const runs: readonly Output['type'][] = ['try', 'invoke'];
