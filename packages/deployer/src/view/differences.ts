/** What differs between a stack and what is wanted, for people. Pure. */
import type { Difference } from '../notes/parts.ts';
import { plain } from '../text/printable.ts';
import { counted } from '../text/words.ts';
import { shown, valueLines } from './values.ts';

/** What is done, and what differs. */
export interface Differing {
  readonly do: string;
  readonly differences: readonly Difference[];
}

/** Hashes and where they lie: that they change is said already. */
const hashes = ['CodeS3Key', 'patrol:template', 'NamesSha256'];

/** So many lines of a changelog are shown where details are not wanted. */
const mostNews = 8;

/**
 * What differs, line by line.
 *
 * @param details whether to show what says nothing to most people: hashes, defaults of what is new, the whole changelog.
 */
export function differenceLines(
  { do: doing, differences }: Differing,
  { details = false }: { readonly details?: boolean } = {},
): readonly string[] {
  const isNew = doing !== 'update';
  const isDefault = ({ reason }: Difference): boolean => isNew && reason === 'default';
  const isPlain = (each: Difference): boolean =>
    hashes.includes(each.name) || (isNew && each.name === 'CodeS3Bucket') || isDefault(each);
  const told = differences.filter((each) => details || !isPlain(each));
  const defaults = details ? [] : differences.filter(isDefault).map(({ what }) => plain(what));
  return [
    ...told.flatMap((each) => lineOf(each, isNew, details)),
    ...(defaults.length === 0
      ? []
      : [`  ${defaults.length} at the default: ${defaults.join(', ')}`]),
  ];
}

function lineOf(each: Difference, isNew: boolean, details: boolean): readonly string[] {
  const { what, before, after, reason, formerly, news = [] } = each;
  const called = formerly === undefined ? what : `${what}, formerly ${formerly}`;
  const isFirst = reason === 'default' && before === undefined;
  const because = isFirst ? 'default' : reason && reasonWords[reason](what);
  const why = because === undefined ? '' : ` (${plain(because)})`;
  const lines = isNew ? [`${plain(called)}: ${shown(after)}`] : valueLines(called, before, after);
  const [first = '', ...more] = lines;
  const least = details ? news : news.slice(0, mostNews);
  const left = news.length - least.length;
  return [
    `  ${first}${why}`,
    ...more.map((line) => `  ${line}`),
    ...least.map((line) => `    ${plain(line)}`),
    ...(left === 0 ? [] : [`    and ${counted(left, 'line')} more of its changelog`]),
  ];
}

/** Why something differs, where that is not plain. */
const reasonWords: Readonly<Record<NonNullable<Difference['reason']>, (what: string) => string>> = {
  newDefault: (what) => `new default; --param ${what}=… sets another value`,
  default: () => 'not in the file: its default applies',
  renamed: () => 'renamed',
  newer: () => 'newer',
  older: () => 'older',
};
