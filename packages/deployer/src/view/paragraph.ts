/** Prose for people. Pure. */
import { folded } from '../text/command.ts';
import { columnsOf, printable } from '../text/printable.ts';

/**
 * Breaks a text between its words into lines that fit a terminal. A command in backticks is broken only as a shell reads it, so
 * that it can be copied: one that is too long has lines of its own.
 *
 * @param width the columns of the terminal; `undefined` when there is none.
 */
export const paragraph = (text: string, width: number = Infinity): string =>
  printable(text)
    .split('\n')
    .flatMap((line) => filled(line.match(/[^\s`]*`[^`]*`\S*|\S+/g) ?? [], width))
    .join('\n');

function filled(words: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of words) {
    const line = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (columnsOf(line) <= width || lines.length === 0) lines.splice(-1, 1, line);
    else lines.push(...folded(word, width));
  }
  return lines.length === 0 ? [''] : lines;
}
