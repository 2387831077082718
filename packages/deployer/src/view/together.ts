/** What is told of several stacks: the same once, with all of which it holds. Pure. */
import type { NoteOf } from '../notes/lines.ts';
import { plain } from '../text/printable.ts';
import { enumerated } from '../text/words.ts';

type Lines = readonly string[];
/** A note about one of several stacks. */
type Note = NoteOf<'plan' | 'stackSet' | 'changes'>;

/**
 * The lines of notes, in groups with the same lines.
 *
 * @param head the line that names a stack, or says how many there are.
 */
export function together<N extends Note>(
  notes: readonly N[],
  head: (note: N, count: number) => string,
  linesOf: (note: N) => Lines,
): Lines {
  const told = notes.map((note) => ({ note, lines: linesOf(note) }));
  const groups = Map.groupBy(told, ({ note, lines }) =>
    [
      isAlone(note) ? note.stack + note.region : '',
      head(note, 0),
      ...lines.map((line) => common(line, note).replace(counts, '#')),
    ].join('\n'),
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const { note, lines } = first;
    const title = head(note, group.length);
    if (group.length === 1) return [title, ...descriptionOf(note), ...lines];
    const all = group.map((each) => each.lines.map((line) => common(line, each.note)));
    const shared = lines.map((_, at) => withRanges(all.map((some) => some[at] ?? '')));
    return [title, ...placeLines(group.map((each) => each.note)), ...shared];
  });
}

/** What goes, stays against the file or is refused is told stack by stack. */
const isAlone = (note: Note): boolean =>
  note.type !== 'changes' && note.do !== 'create' && note.do !== 'update';

/** How many of something there are need not be the same. */
const counts = /\b\d+(?= (?:resource|permission|at the default|×))/g;

/** What a line of a stack may have in common with those of others: nothing that CloudFormation makes of the stack's name. */
const common = (line: string, { stack }: Note): string =>
  line
    .replaceAll(stack, '…')
    .replace(/(…-\w+)-[0-9A-Za-z]{8,13}\b/g, '$1')
    .replace(/^( {2}\d+ at the default): .*/, '$1');

/** Lines that differ in how many there are. */
function withRanges([line = '', ...others]: Lines): string {
  const all = [line, ...others].map((each) => each.match(counts) ?? []);
  let at = -1;
  return line.replace(counts, () => {
    at += 1;
    const found = all.map((some) => Number(some[at]));
    const [least, most] = [Math.min(...found), Math.max(...found)];
    return least === most ? `${least}` : `${least}–${most}`;
  });
}

const descriptionOf = (note: Note): Lines =>
  'description' in note && note.description !== undefined ? [`  ${plain(note.description)}`] : [];

/** The rules, by account and region: those of several regions once, and what is new with what it is. */
function placeLines(notes: readonly Note[]): Lines {
  const nameOf = ({ name, stack }: Note): string => plain(name ?? stack);
  const places = Map.groupBy(notes, ({ region, account }) => `${region} (account ${account})`);
  const lists = Map.groupBy(places, ([, some]) => some.map(nameOf).join(', '));
  const described = notes.flatMap((note) =>
    descriptionOf(note).map((line) => `  ${nameOf(note)}:${line.slice(1)}`),
  );
  return [
    ...[...lists].map(([names, where]) => {
      const rules = described.length > 0 ? `${where[0]?.[1].length}` : names;
      return `  ${rules} in ${enumerated(where.map(([place]) => place))}`;
    }),
    ...new Set(described),
  ];
}
