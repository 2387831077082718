/** What was checked, as people read it: a line for each answer, and what to do below it. Pure. */
import type { Check } from '../notes/objects.ts';
import { printable } from '../text/printable.ts';
import { counted } from '../text/words.ts';
import type { colorsFor } from './report.ts';

/** An answer, whatever it is about. */
interface Answer extends Pick<Check, 'status' | 'says'> {
  readonly check: string;
  readonly todo?: string;
}

/** The answers, and how many of them are bad. */
export function checksText(
  checks: readonly Answer[],
  colors: ReturnType<typeof colorsFor>,
): string {
  const paints = { ok: colors.green, warning: colors.yellow, problem: colors.red };
  const width = Math.max(...checks.map(({ check }) => check.length));
  const indent = ' '.repeat('problem'.length + width + 4);
  const lines = checks.flatMap(({ check, status, says, todo }) => [
    `${paints[status](status.padEnd('problem'.length))}  ${check.padEnd(width)}  ${printable(says)}`,
    ...(todo === undefined ? [] : [`${indent}${printable(todo)}`]),
  ]);
  const count = (wanted: Check['status']): number =>
    checks.filter(({ status }) => status === wanted).length;
  const [problems, warnings] = [count('problem'), count('warning')];
  const sum =
    problems + warnings === 0
      ? 'Found no problems.'
      : `${counted(problems, 'problem')}, ${counted(warnings, 'warning')}.`;
  return `${[...lines, '', sum].join('\n')}\n`;
}
