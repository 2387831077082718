/**
 * What becomes of the resources and permissions of stacks, for people. What follows from something else is counted and not
 * listed, unless details are wanted. What goes, what is replaced, every value and what becomes of access is always told.
 */
import { grantWords, disagreementWords } from '../template/words.ts';
import type { ResourceChange, ShownChanges, StatementChange } from '../notes/parts.ts';
import { plain } from '../text/printable.ts';
import { counted } from '../text/words.ts';
import type { Style } from './style.ts';
import { valueLines } from './values.ts';

type Lines = readonly string[];

/** The lines of a change set, or of what a creation makes. */
export function changesLines(note: ShownChanges, style: Style): Lines {
  const { isNew = false, changes, statements, untold, disagreements = [] } = note;
  const { colors, details = false } = style;
  const [own, others] = [statements.filter(isWithin), statements.filter((each) => !isWithin(each))];
  const isFolded = isNew && !details;
  const hidden =
    isFolded && own.length > 0 ? [`    ${counted(own.length, 'permission')} within the stack`] : [];
  return [
    ...(isFolded ? additionLines(changes, style) : resourceLines(changes, style)),
    ...below('  Permissions:', [
      ...statementLines(isFolded ? others : statements, style),
      ...hidden,
    ]),
    ...untold.map(
      ({ resource, type, why }) =>
        `    ${colors.yellow(`? ${plain(resource)}`)} ${plain(type)}: ${plain(why)}`,
    ),
    ...below(
      colors.red(
        '  rules.json of the package does not match this template. The deployment follows the template:',
      ),
      disagreements.map((each) => `    ${colors.red('!')} ${plain(disagreementWords(each))}`),
    ),
  ];
}

/** Lines with a heading; no heading without lines. */
const below = (heading: string, found: Lines): Lines =>
  found.length > 0 ? [heading, ...found] : [];

/**
 * Whether a grant of a stack that is created concerns nothing but the stack: it takes something away, or lets the stack's own
 * resources, and the AWS services that run them, use each other.
 */
function isWithin({ effect, says }: StatementChange): boolean {
  if (effect === 'Deny') return true;
  const { Action, Principal, Condition = '', Protocol: _, ...rest } = says;
  const targets = Object.values(rest).flatMap((text) => text.split(', '));
  const isOwn = (text: string): boolean =>
    /(?:^|=)\$\{(?!AWS::)[\w.]+\}$/.test(text) || text.includes('${AWS::StackName}');
  const isService = /^(?:Service=)?[a-z]+\.amazonaws\.com$/.test(Principal ?? '');
  if (Principal !== undefined && !isService) return false;
  if (Object.keys(says).some((part) => part.startsWith('Not'))) return false;
  if (Action === 'sts:AssumeRole') return Principal === 'Service=lambda.amazonaws.com';
  return (
    targets.length > 0 &&
    targets.every(isOwn) &&
    (Principal === undefined || /Source(?:Arn|Account)=\$\{/.test(Condition) || 'SourceArn' in says)
  );
}

/** What becomes of access. Of a grant in which one part changes, the items of that part. */
function statementLines(statements: readonly StatementChange[], { colors }: Style): Lines {
  const left = [...statements];
  return statements.flatMap((one) => {
    if (!left.includes(one)) return [];
    left.splice(left.indexOf(one), 1);
    const other = left.find((each) => each.change !== one.change && isSameBut(one, each));
    const { where, effect, says } = grantWords(one);
    if (!other) {
      const [paint, sign] = one.change === 'add' ? [colors.green, '+'] : [colors.red, '-'];
      return [`    ${paint(plain(`${sign} ${where}: ${effect}`))} ${plain(says)}`];
    }
    left.splice(left.indexOf(other), 1);
    const [was, is] = one.change === 'remove' ? [one.says, other.says] : [other.says, one.says];
    const parts = Object.keys(is).filter((part) => was[part] === is[part]);
    const same = parts.map((part) => `${part} ${is[part]}`).join('; ');
    const head = colors.yellow(plain(`~ ${where}: ${effect}`));
    const [changed = ''] = Object.keys(is).filter((part) => was[part] !== is[part]);
    const [first = '', ...more] = valueLines(changed, was[changed], is[changed]);
    return [
      `    ${head} ${first}${same === '' ? '' : `; ${plain(same)}`}`,
      ...more.map((line) => `    ${line}`),
    ];
  });
}

/** Parts of a statement that are lists. */
const lists = ['Principal', 'NotPrincipal', 'Action', 'NotAction', 'Resource', 'NotResource'];

/** Whether two grants of the same resource are the same but for one part, a list of which some items stay. */
function isSameBut(one: StatementChange, other: StatementChange): boolean {
  const about = ({ resource, attachedTo, effect, when, says }: StatementChange): string =>
    JSON.stringify([resource, attachedTo, effect, when, Object.keys(says)]);
  const changed = Object.keys(one.says).filter((part) => one.says[part] !== other.says[part]);
  const [part = ''] = changed;
  const items = (of: StatementChange): Lines => of.says[part]?.split(', ') ?? [];
  return (
    about(one) === about(other) &&
    changed.length === 1 &&
    lists.includes(part) &&
    items(one).some((item) => items(other).includes(item))
  );
}

/** Of a creation the number of resources of each type: single resources would be too many lines. */
function additionLines(changes: readonly ResourceChange[], { colors }: Style): Lines {
  const line = (sign: string, some: readonly ResourceChange[]): Lines => {
    if (some.length === 0) return [];
    const types = Map.groupBy(some, ({ type }) => type.replace(/^AWS::/, ''));
    const counts = [...types].map(([type, { length: count }]) => `${count} × ${type}`);
    const head = colors.green(`${sign} ${counted(some.length, 'resource')}`);
    return [`  ${head}: ${plain(counts.join(', '))}`];
  };
  // The parameters decide whether those with a condition are created.
  const sure = changes.filter(({ condition }) => condition === undefined);
  const perhaps = changes.filter(({ condition }) => condition !== undefined);
  return [...line('+', sure), ...line('+ up to', perhaps)];
}

type Property = ResourceChange['properties'][number];

const isTag = ({ name }: Property): boolean => /^Tags(?:All)?(?:\W|$)/.test(name);
const isUntold = ({ before, after }: Property): boolean =>
  before === undefined && after === undefined;
const isKept = ({ action, replacement = 'False' }: ResourceChange): boolean =>
  action === 'Modify' && replacement === 'False';

/** Resources that change. Those of which nothing is told but that others change are counted. */
function resourceLines(changes: readonly ResourceChange[], style: Style): Lines {
  const { colors, details = false } = style;
  if (details) return changes.flatMap((change) => changeLines(change, change.properties, style));
  const told = changes.map((change) => ({
    change,
    properties: change.properties.filter((each) => !isTag(each)),
  }));
  const tagged = told.filter(
    ({ change, properties }) => isKept(change) && properties.length < change.properties.length,
  );
  const follows = told.filter(
    ({ change, properties }) =>
      isKept(change) && properties.length > 0 && properties.every(isUntold),
  );
  const names = follows.map(({ change: { resource } }) => plain(resource)).join(', ');
  return [
    ...told.flatMap((each) =>
      follows.includes(each) || (tagged.includes(each) && each.properties.length === 0)
        ? []
        : changeLines(each.change, each.properties, style),
    ),
    ...(follows.length === 0
      ? []
      : [
          `  ${colors.yellow(`~ ${counted(follows.length, 'resource')}`)} because others change: ${names}`,
        ]),
    ...(tagged.length === 0
      ? []
      : [`  ${colors.yellow(`~ tags of ${counted(tagged.length, 'resource')}`)}`]),
  ];
}

const signs: Readonly<Record<string, string>> = { Add: '+', Modify: '~', Remove: '-' };

/** Where code lies says nothing but that it is other code. The bucket is another matter. */
const isCode = (line: string): boolean => /^Code\.S3(?:Key|ObjectVersion)\b/.test(line);

function changeLines(
  { action, resource, type, condition, replacement, properties: all }: ResourceChange,
  properties: readonly Property[],
  { colors, details = false }: Style,
): Lines {
  const only = condition === undefined ? '' : ` (if ${plain(condition)})`;
  const paint = { Add: colors.green, Remove: colors.red }[action] ?? colors.yellow;
  const replaced = { True: ' REPLACED', Conditional: ' may be REPLACED', False: '' };
  const values = properties.flatMap(({ name, before, after }) => valueLines(name, before, after));
  const lines = details ? values : values.filter((line) => !isCode(line));
  const code = lines.length < values.length ? ': its code' : '';
  // Why something that stays gets no line of its own is said where it is counted.
  const tags = !details && properties.length === 0 && all.length > 0 ? ': its tags' : '';
  const head = paint(`${signs[action] ?? '*'} ${plain(resource)}`);
  return [
    `  ${head} ${plain(type)}${only}${colors.red(replaced[replacement ?? 'False'])}${code || tags}`,
    ...(action === 'Modify' ? lines.map((line) => `      ${line}`) : []),
  ];
}
