/** Tables for people. */
import Table from 'cli-table3';
import { columnsOf, plain, wide } from '../text/printable.ts';

/**
 * Lays rows out in columns without frames; each cell is one line of plain text. The last column is wrapped at the width of
 * the terminal, also within words that are longer; elsewhere nothing is.
 *
 * @param width the columns of the terminal; `undefined` when there is none.
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width?: number,
): string {
  const cells = rows.map((row) => row.map(plain));
  const taken = head.slice(0, -1).reduce((sum, title, column) => {
    const longest = Math.max(title.length, ...cells.map((row) => columnsOf(row[column] ?? '')));
    return sum + longest + gap;
  }, 0);
  const room = width === undefined ? Infinity : Math.max(24, width - taken);
  const last = head.length - 1;
  const isWrapped = cells.some((row) => columnsOf(row[last] ?? '') > room);
  const laid = new Table({
    head: [...head],
    chars: Object.fromEntries(frame.map((part) => [part, ''])),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': gap },
    // What is not said is as wide as its content.
    colWidths: isWrapped ? [...Array<null>(last).fill(null), room + gap] : [],
    wordWrap: true,
  });
  laid.push(
    ...cells.map((row) => (isWrapped ? row.with(last, breakable(row[last] ?? '', room)) : row)),
  );
  return laid
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** The space between columns. */
const gap = 2;

/** Ends words that are longer than a line where it ends: the table wraps between words only, and cuts longer ones off. */
const breakable = (text: string, room: number): string =>
  text.replace(/\S+/g, (word) => {
    if (columnsOf(word) <= room) return word;
    const most = word.search(wide) < 0 ? room : Math.floor(room / 2);
    return (word.match(new RegExp(`.{1,${most}}`, 'gu')) ?? []).join(' ');
  });

const frame =
  'top top-mid top-left top-right bottom bottom-mid bottom-left bottom-right left left-mid mid mid-mid right right-mid middle'.split(
    ' ',
  );
