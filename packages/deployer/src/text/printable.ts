/** Text from elsewhere — events, logs, packages, AWS — as it can be shown in a terminal. Pure. */
import { escapeUnseen, unseen } from '@patrol/core/evaluation';

/** What a text could do to what stands around it: control characters but line breaks and tabs, and what core calls unseen. */
const acting = new RegExp(`[^\\P{Cc}\\n\\t]|${unseen.source}`, 'gu');

/**
 * Characters with which a text could move the cursor, recolour or turn around what stands beside it become visible. Line
 * breaks and tabs stay.
 */
export const printable = (text: string): string =>
  text.replace(acting, (character) => {
    if (character === '\r') return '';
    const code = (character.codePointAt(0) ?? 0).toString(16);
    if (code.length > 4) return `\\u{${code}}`;
    return code.length > 2 ? `\\u${code.padStart(4, '0')}` : `\\x${code.padStart(2, '0')}`;
  });

/** A value as JSON that is as harmless: the same characters are escaped in it. */
export const jsonText = (value: unknown, indent?: number): string =>
  escapeUnseen(JSON.stringify(value, null, indent));

/** As {@link printable}, on one line. */
export const plain = (text: string): string => printable(text).replace(/\s*\n\s*/g, ' ');

/** Characters that may take two columns: those of East Asia, and pictures. */
export const wide: RegExp = /[\u1100-\u{10ffff}]/gu;

/** How many columns a plain text takes at most. Punctuation, arrows and the like take one. */
export const columnsOf = (text: string): number =>
  text.replace(narrow, '-').replace(wide, '--').length;

/** Above the first wide character, but narrow: general punctuation, arrows, box drawing and braille. */
const narrow = /[\u2000-\u22ff\u2500-\u259f\u2800-\u28ff]/gu;

/** A plain text on one line of a terminal: what does not fit is left out at its end. */
export function fit(text: string, columns: number): string {
  const line = plain(text).replaceAll('\t', ' ');
  if (columnsOf(line) <= columns) return line;
  let kept = '';
  let taken = 0;
  for (const character of line) {
    taken += columnsOf(character);
    if (taken > columns - 1) break;
    kept += character;
  }
  return columns > 0 ? `${kept}…` : '';
}
