/** What was checked, as people read it: a line for each answer, and what to do below it. Pure. */
import type { Check } from '../notes/objects.ts';
import { counted } from '../text/words.ts';
import type { colorsFor } from './report.ts';
import { paragraph } from './table.ts';

/** An answer, whatever it is about. */
interface Answer extends Pick<Check, 'status' | 'says'> {
  readonly check: string;
  readonly todo?: string;
}

/**
 * The answers, and how many of them are bad.
 *
 * @param columns of the terminal; `undefined` when there is none.
 */
export function checksText(
  checks: readonly Answer[],
  colors: ReturnType<typeof colorsFor>,
  columns: number = Infinity,
): string {
  const paints = { ok: colors.green, warning: colors.yellow, problem: colors.red };
  const width = Math.max(...checks.map(({ check }) => check.length));
  const indent = ' '.repeat('problem'.length + width + 4);
  const room = Math.max(columns - indent.length, 24);
  const lines = checks.flatMap(({ check, status, says, todo }) => {
    const [first = '', ...rest] = paragraph(says, room).split('\n');
    const below = todo === undefined ? rest : [...rest, ...paragraph(todo, room).split('\n')];
    return [
      `${paints[status](status.padEnd('problem'.length))}  ${check.padEnd(width)}  ${first}`,
      ...below.map((line) => `${indent}${line}`),
    ];
  });
  const count = (wanted: Check['status']): number =>
    checks.filter(({ status }) => status === wanted).length;
  const [problems, warnings] = [count('problem'), count('warning')];
  const sum =
    problems + warnings === 0
      ? 'Found no problems.'
      : `${counted(problems, 'problem')}, ${counted(warnings, 'warning')}.`;
  return `${[...lines, '', sum].join('\n')}\n`;
}
