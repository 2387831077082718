/**
 * A plan as Markdown, for a comment on a pull request. Everything that comes from elsewhere stands in fenced code, which it cannot
 * leave: there it is no link, no image and mentions nobody. The same plan gives the same bytes. Pure.
 */
import pc from 'picocolors';
import type { Note } from '../notes/tell.ts';
import { counted } from '../text/words.ts';
import { writer } from './report.ts';

/** GitHub takes 65,536 characters of a comment; some room is left for what is put around it. */
const mostCharacters = 65_000;

/** Parts of a plan, those first that may not be overlooked. */
const parts: readonly { readonly title: string; readonly has: (note: Note) => boolean }[] = [
  { title: 'Look at this first', has: (note) => isWarning(note) || isSevere(note) },
  { title: 'Resources and permissions', has: ({ type }) => type === 'changes' },
  { title: 'Stacks', has: (note) => isPlan(note) && !isSevere(note) },
];

const isWarning = ({ type }: Note): boolean => type === 'warning';
const isPlan = ({ type }: Note): boolean => type === 'plan' || type === 'stackSet';
const isSevere = (note: Note): boolean =>
  (note.type === 'plan' || note.type === 'stackSet') && !['create', 'update'].includes(note.do);

/**
 * The text of a comment.
 *
 * @param about what is planned: the file and the fleet.
 * @param command what shows all of it.
 */
export function markdownOf(notes: readonly Note[], about: string, command: string): string {
  const said = notes.flatMap((note) => (note.type === 'progress' ? [note.message] : []));
  const head = ['## Patrol: what would change', '', fenced([about, ...said])];
  const sections = parts.flatMap(({ title, has }) => {
    const lines = linesOf(notes.filter(has));
    return lines.length === 0 ? [] : [{ title, lines }];
  });
  let room = mostCharacters - head.join('\n').length - reserve;
  const shown = sections.map(({ title, lines }) => {
    const kept = fitting(lines, room);
    room -= kept.join('\n').length + reserve;
    return { title, lines: kept, left: lines.length - kept.length };
  });
  const cut = shown.filter(({ left }) => left > 0);
  return `${[
    ...head,
    ...cut.flatMap(({ title, left }) => [
      '',
      `> [!CAUTION]`,
      `> ${counted(left, 'line')} of "${title}" left out, since a comment has room for no more. Run the command below to see all.`,
    ]),
    ...shown.flatMap(({ title, lines }) =>
      lines.length === 0 ? [] : ['', `### ${title}`, '', fenced(lines)],
    ),
    ...(cut.length === 0 ? [] : ['', fenced([command])]),
  ].join('\n')}\n`;
}

/** What a heading, a fence and a note about what is left out take at most. */
const reserve = 400;

function linesOf(notes: readonly Note[]): readonly string[] {
  const text = writer({ colors: pc.createColors(false) });
  const all = [...notes.map(text), text({ type: 'shown' })].join('');
  return all.split('\n').filter((line) => line !== '');
}

/** As many lines as there is room for. */
function fitting(lines: readonly string[], room: number): readonly string[] {
  let left = room;
  const end = lines.findIndex((line) => (left -= line.length + 1) < 0);
  return end < 0 ? lines : lines.slice(0, end);
}

/** A block of code that nothing in it can end: its fence is longer than every run of backticks. */
function fenced(lines: readonly string[]): string {
  const text = lines.join('\n');
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}text`, text, fence].join('\n');
}
