/** Tables and paragraphs for people. Pure. */
import { folded } from '../text/command.ts';
import { columnsOf, plain, printable, wide } from '../text/printable.ts';

type Row = readonly string[];

/**
 * Lays rows out in columns without frames; each cell is one line of plain text. Nothing is wider than the terminal: the last
 * column is wrapped, also within words that are longer. Where it would become too narrow, its cells go below their rows.
 *
 * @param width the columns of the terminal; `undefined` when there is none.
 */
export const table = (head: Row, rows: readonly Row[], width: number = Infinity): string =>
  tableRows(head, rows, width).join('\n');

/** The same by row, the heading first: a row may have several lines. */
export const tableRows = (
  head: Row,
  rows: readonly Row[],
  width: number = Infinity,
): readonly string[] =>
  blocks(
    head,
    rows.map((row) => row.map(plain)),
    width,
  );

/** The lines of the heading and of each row. */
function blocks(head: Row, rows: readonly Row[], width: number): readonly string[] {
  const last = head.length - 1;
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => columnsOf(row[column] ?? ''))),
  );
  const room = width - widths.slice(0, last).reduce((sum, each) => sum + each + gap, 0);
  if (rows.every((row) => columnsOf(row[last] ?? '') <= room)) {
    return [head, ...rows].map((row) => laid(row, widths));
  }
  if (room < least && last > 0) return stacked(head, rows, width);
  const fitting = rows.map((row) => row.with(last, breakable(row[last] ?? '', room)));
  return [head, ...fitting].map((row) => laid(row, widths.with(last, room)));
}

/** The space between columns. */
const gap = 2;

/** A narrower last column is hard to read. */
const least = 24;

/** The same without the last column, whose cells are below their rows. */
function stacked(head: Row, rows: readonly Row[], width: number): readonly string[] {
  const indent = ' '.repeat(2 * gap);
  const [titles = '', ...upper] = blocks(
    head.slice(0, -1),
    rows.map((row) => row.slice(0, -1)),
    width,
  );
  const lower = rows.map((row) => {
    const [, text = ''] = blocks([''], [row.slice(-1)], width - indent.length);
    return text.split('\n').filter(Boolean);
  });
  return [
    titles,
    ...upper.map((row, index) =>
      [row, ...(lower[index] ?? []).map((line) => `${indent}${line}`)].join('\n'),
    ),
  ];
}

/** One row: cells beside each other, the last one on as many lines as it needs. */
function laid(row: Row, widths: readonly number[]): string {
  const text = row.at(-1) ?? '';
  const room = widths.at(-1) ?? 0;
  const before = row
    .slice(0, -1)
    .map((cell, column) => padded(cell, (widths[column] ?? 0) + gap))
    .join('');
  const lines = columnsOf(text) <= room ? [text] : filled(breakable(text, room).split(' '), room);
  return lines
    .map((line, index) =>
      `${index === 0 ? before : padded('', columnsOf(before))}${line}`.trimEnd(),
    )
    .join('\n');
}

const padded = (text: string, columns: number): string =>
  text + ' '.repeat(columns - columnsOf(text));

/** Ends words that are longer than a line where it ends: texts are broken between words only. */
const breakable = (text: string, room: number): string =>
  text.replace(/\S+/g, (word) => {
    if (columnsOf(word) <= room) return word;
    const most = word.search(wide) < 0 ? room : Math.floor(room / 2);
    return (word.match(new RegExp(`.{1,${most}}`, 'gu')) ?? []).join(' ');
  });

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
