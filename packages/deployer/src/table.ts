/** Tables for people. */
import Table from 'cli-table3';

/**
 * Lays rows out in columns without frames. The last column is wrapped at the width of the terminal; elsewhere nothing is.
 *
 * @param width the columns of the terminal; `undefined` when there is none.
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width?: number,
): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const taken = widths.slice(0, -1).reduce((sum, each) => sum + each + 2, 0);
  const room = width === undefined ? Infinity : Math.max(24, width - taken);
  const last = Math.min(widths.at(-1) ?? 0, room);
  const laid = new Table({
    head: [...head],
    chars: Object.fromEntries(frame.map((part) => [part, ''])),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    colWidths: [...widths.slice(0, -1), last].map((each) => each + 2),
    wordWrap: true,
  });
  laid.push(...rows.map((row) => [...row]));
  return laid
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

const frame =
  'top top-mid top-left top-right bottom bottom-mid bottom-left bottom-right left left-mid mid mid-mid right right-mid middle'.split(
    ' ',
  );
