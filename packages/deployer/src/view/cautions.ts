/** The sentences for what needs attention before a stack is changed. Pure. */
import type { NoteOf } from '../notes/lines.ts';
import type { Cautions, Downgrade, LostValue, OwnValue } from '../notes/parts.ts';
import { type Renamed, renamedWords } from '../template/renames.ts';
import { counted, enumerated } from '../text/words.ts';
import { shown } from './values.ts';
import { versionWords } from './sentences/reasons.ts';

type Warning = NoteOf<'warning'>;

/** One warning for each thing that needs attention, with the same as data. */
export function cautionNotes({ downgrade, lostValues = [] }: Cautions): readonly Warning[] {
  const notes: Warning[] = [];
  if (downgrade) {
    const message = `${versionWords(downgrade)} Patrol deploys it only if you agree or add --allow-downgrade.`;
    notes.push({ type: 'warning', message, downgrade });
  }
  if (lostValues.length > 0) {
    notes.push({ type: 'warning', message: lostWords(lostValues), lostValues });
  }
  return notes;
}

function lostWords(lost: readonly LostValue[]): string {
  const values = enumerated(lost.map(({ name, value }) => `${name} (${shown(value)})`));
  return lost.length === 1
    ? `The value of ${values} is lost. The installed version of the rule has no such parameter.`
    : `The values of ${values} are lost. The installed version of the rule has no such parameters.`;
}

/** The question whether an older version may take the place of a newer one. */
export const downgradeQuestion = (stack: string, downgrade: Downgrade): string =>
  `${versionWords(downgrade)} Deploy the older version to ${stack}?`;

/** The same for several stacks, of each pair of versions once. */
export function downgradesQuestion(downgrades: readonly Downgrade[]): string {
  const all = downgrades.map(versionWords);
  const each = [...new Set(all)].map((words) => {
    const count = all.filter((other) => other === words).length;
    return `${words} It would replace the newer one in ${counted(count, 'stack')}.`;
  });
  return `${each.join(' ')} Deploy the older version${each.length === 1 ? '' : 's'}?`;
}

/** Says which values stay although they may be defaults of an earlier version. */
export function undecidedNote(why: string, undecided: readonly OwnValue[]): Warning {
  const all = undecided.map(
    (each) => `${each.name} stays ${shown(each.value)}, the default is now ${shown(each.default)}`,
  );
  const message = [
    `The deployed template could not be read, so old defaults look like values that you chose.`,
    ...(all.length > 0 ? [`${all.join('; ')}.`, 'Give a value with --param to change it.'] : []),
    why,
  ].join(' ');
  return { type: 'warning', message, ...(undecided.length > 0 ? { undecided } : {}) };
}

/** What there is to say of the values of a rule that is deployed by itself. */
export const valueNotes = (
  renamed: readonly Renamed[],
  unread: { readonly why: string; readonly values: readonly OwnValue[] } | undefined,
  stack: string,
): readonly Warning[] => [
  ...renamed.map(renamedNote),
  ...(unread ? [{ ...undecidedNote(unread.why, unread.values), stack }] : []),
];

/** Says that a parameter was given by a former name. */
const renamedNote = (renamed: Renamed): Warning => ({
  type: 'warning',
  message: renamedWords(renamed),
  renamed,
});
