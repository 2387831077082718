/** The installed rules for people: by what they watch, one line each, and the sets of them. Pure. */
import type { OutputOf } from '../notes/objects.ts';
import { patrolCommand } from '../text/command.ts';
import { columnsOf, fit } from '../text/printable.ts';
import { counted } from '../text/words.ts';
import { partOf } from '../want/lines.ts';
import { paragraph, tableRows } from './table.ts';
import { triggerWords } from './trigger.ts';

type List = Pick<OutputOf<'list'>, 'rules' | 'sets'>;

/** With fewer columns, the table has no triggers. */
const roomy = 100;

/** A last column that is narrower is hard to read, cut or not. */
const least = 24;

/** Everything that can be deployed from here. */
export const listText = ({ rules, sets }: List, width: number | undefined): string =>
  [
    ...ruleLines(rules, width),
    ...sets.flatMap((set) => setLines(set, width)),
    ...rules.slice(0, 1).flatMap(({ name }) => ['', moreAbout(name)]),
  ].join('\n');

/** What to type next. */
const moreAbout = (name: string): string =>
  `All about one rule: \`${patrolCommand(['describe', name])}\``;

function ruleLines(rules: List['rules'], width: number | undefined): readonly string[] {
  // One line for each rule is more than its triggers, which `describe` shows as well.
  const head = ['RULE', 'SEVERITY', 'TITLE', 'TRIGGER'].slice(0, (width ?? roomy) < roomy ? 3 : 4);
  const rows = rules.map(({ name, severity, title, triggers }) =>
    [name, severity, title, triggers.map((trigger) => triggerWords(trigger, 2)).join('; ')].slice(
      0,
      head.length,
    ),
  );
  const [titles = '', ...lines] = tableRows(head, cut(head, rows, width), width);
  const areas = Map.groupBy(
    rules.map((rule, index) => [rule, lines[index] ?? ''] as const),
    // Beside rules that are shown by what they watch, those of other packages are shown by their package.
    ([{ name, area }]) => (rules.some((each) => each.area) ? (area ?? partOf(name)) : ''),
  );
  return [
    titles,
    ...[...areas].flatMap(([area, all]) => [
      ...(area === '' ? [] : ['', area]),
      ...all.map(([, line]) => line),
    ]),
  ];
}

/** Rows whose last cell takes no more than the room that is left of a terminal. */
function cut(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width: number = Infinity,
): readonly (readonly string[])[] {
  const last = head.length - 1;
  const widest = (column: number): number =>
    Math.max(...[head, ...rows].map((row) => columnsOf(row[column] ?? '')));
  const taken = head.slice(0, last).reduce((sum, _, column) => sum + widest(column) + 2, 0);
  const room = width - taken;
  return room < least ? rows : rows.map((row) => row.with(last, fit(row[last] ?? '', room)));
}

/** A set, what it is for, and its rules. */
function setLines(
  { name, description, rules }: List['sets'][number],
  width: number | undefined,
): readonly string[] {
  const names = rules.map((rule) => rule.slice(partOf(rule).length + 1)).join(', ');
  const lines = paragraph(names, width && width - 2).split('\n');
  return [
    '',
    paragraph(`${name} (${counted(rules.length, 'rule')}): ${description}`, width),
    ...lines.map((line) => `  ${line}`),
  ];
}
