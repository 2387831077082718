/**
 * Parameters: what the operator decides about a rule. One declaration becomes the CloudFormation parameter, the
 * environment variable, the typed argument of `evaluate`, the row in the documentation, and the check that is made
 * when deploying and again when the function starts. A declaration is plain data, so that the deployer can check a
 * value without running any code of the rule.
 */
import type { Suppression } from './contracts/alert.ts';
import type { ParameterSpec } from './contracts/manifest.ts';

export type { ParameterSpec };

declare const valueType: unique symbol;

/** A parameter whose parsed value has the type `T`. Made by {@link text}, {@link names} and the others below. */
export type Parameter<T> = ParameterSpec & { readonly [valueType]?: T };

/**
 * What would mute exactly a finding. It may have to wait for the reader of regular expressions, which a function loads when it
 * needs it.
 */
export type Muting = Suppression | undefined | Promise<Suppression | undefined>;

/** A list that values are looked up in: names (exact or with `*`) or patterns (regular expressions over the whole value). */
export interface Matchers {
  /** All items as the operator wrote them, trimmed, without the empty ones. */
  readonly written: readonly string[];
  /** The items that hold now, without their last days. */
  readonly items: readonly string[];
  /** The first item, as the operator wrote it, that matches one of the values, whole; `undefined` when none does. Values that are absent match nothing. */
  find(...values: readonly (string | null | undefined)[]): string | undefined;
  /**
   * The item that matches this value and no other, for `Finding.suppression`; `undefined` where none can be written, such
   * as for a name with `*` in it.
   */
  suppression(value: string | null | undefined): Muting;
}

/** A list of pairs of regular expressions that pairs of values are looked up in. */
export interface Pairs {
  /** All items as the operator wrote them, trimmed, without the empty ones. */
  readonly written: readonly string[];
  /** The items that hold now, without their last days. */
  readonly items: readonly string[];
  /**
   * The first item whose halves match, each one of the values given for it, whole; `undefined` when none does. Values
   * that are absent match nothing.
   */
  find(
    first: readonly (string | null | undefined)[],
    second: readonly (string | null | undefined)[],
  ): string | undefined;
  /** The item that matches this pair and no other, for `Finding.suppression`; `undefined` where none can be written. */
  suppression(first: string | null | undefined, second: string | null | undefined): Muting;
}

/** Where a secret lies. The value itself is never a parameter. */
export interface SecretReference {
  readonly service: 'secretsmanager' | 'ssm';
  /** The ARN of the Secrets Manager secret or of the SSM parameter. */
  readonly arn: string;
  readonly region: string;
}

/** The parameters that a rule declares, by name (camelCase). */
export type Parameters = Readonly<Record<string, Parameter<unknown>>>;

/** The parsed values of declared parameters. */
export type Values<P extends Parameters> = {
  readonly [K in keyof P]: P[K] extends Parameter<infer T> ? T : never;
};

/** What may be said of a parameter of a kind, besides what its function is given by itself. */
type Options<K extends ParameterSpec['kind'], Given extends keyof ParameterSpec = never> = Omit<
  Extract<ParameterSpec, { readonly kind: K }>,
  'kind' | 'description' | Given
>;

/**
 * A line of text.
 *
 * @example
 * ```ts
 * text('The organisation that is watched.', { example: 'acme' }).kind; // → 'text'
 * ```
 */
export const text = (description: string, options: Options<'text'> = {}): Parameter<string> => ({
  kind: 'text',
  description,
  ...options,
});

/**
 * A comma-separated list of names, each exact or with `*` for any run of characters, as in IAM.
 *
 * @example
 * ```ts
 * const buckets = names('The buckets that may be public.', { default: 'www-*', suppresses: true });
 * buckets.default; // → 'www-*'
 * ```
 */
export const names = (
  description: string,
  options: Options<'names'> = {},
): Parameter<Matchers> => ({ kind: 'names', description, ...options });

/**
 * A comma-separated list of regular expressions, each matched against the whole value, or searched for in it
 * (`anywhere`). A comma inside brackets (`a{1,3}`) or after a backslash does not separate.
 *
 * @example
 * ```ts
 * const callers = patterns('The callers that are watched, by their ARNs.', { example: '.*:user/.*' });
 * callers.kind; // → 'patterns'
 * ```
 */
export const patterns = (
  description: string,
  options: Options<'patterns'> = {},
): Parameter<Matchers> => ({ kind: 'patterns', description, ...options });

/**
 * A comma-separated list of pairs of regular expressions, `first:second`, split at the first colon; each half is matched
 * against a whole value.
 *
 * @param halves what the halves are matched against, in words: `['role', 'policy']`.
 *
 * @example
 * ```ts
 * const ignored = pairs('Policies of roles that are not looked at.', ['role', 'policy'], {
 *   default: 'Deploy.*:Bootstrap',
 *   suppresses: true,
 * });
 * ignored.halves; // → ['role', 'policy']
 * ```
 */
export const pairs = (
  description: string,
  halves: readonly [string, string],
  options: Options<'pairs', 'halves'> = {},
): Parameter<Pairs> => ({ kind: 'pairs', description, halves, ...options });

/**
 * A number between `minimum` and `maximum`, both included.
 *
 * @example
 * ```ts
 * number('How many days are left.', { default: '30', minimum: 1, maximum: 365 }).maximum; // → 365
 * ```
 */
export const number = (
  description: string,
  options: Options<'number'> = {},
): Parameter<number> => ({ kind: 'number', description, ...options });

/**
 * One of a few words.
 *
 * @example
 * ```ts
 * choice('Whether it also alerts on reads.', ['no', 'yes'], { default: 'no' }).among; // → ['no', 'yes']
 * ```
 */
export const choice = <const T extends string>(
  description: string,
  among: readonly T[],
  options: Options<'choice', 'among'> = {},
): Parameter<T> => ({ kind: 'choice', description, among, ...options });

/**
 * A reference to a secret: the ARN of a Secrets Manager secret or of an SSM SecureString parameter.
 *
 * @example
 * ```ts
 * const token = secret('A token of GitHub that may read the organisation.', {
 *   example: 'arn:aws:ssm:eu-west-1:111122223333:parameter/github/token',
 * });
 * token.kind; // → 'secret'
 * ```
 */
export const secret = (
  description: string,
  options: Options<'secret'> = {},
): Parameter<SecretReference> => ({
  kind: 'secret',
  description,
  ...options,
});

/**
 * What may be given for a parameter, in sentences for the operator: the same in the template, the catalogue, the
 * descriptions and the questions. Empty for a text without a form.
 */
export function allowed(spec: ParameterSpec): readonly string[] {
  const { kind, among, form, suppresses, actsOutside } = spec;
  const list = among?.join(', ');
  const byKind: Readonly<Record<ParameterSpec['kind'], string>> = {
    text: '',
    names: 'Names, separated by commas; * matches any characters.',
    patterns: `Regular expressions that match ${spec.anywhere ? 'any part of' : 'the whole of'} the value, separated by commas.`,
    pairs: `Pairs ${halvesOf(spec).join(':')}, separated by commas; each half is a regular expression that matches the whole value.`,
    number: `A ${numberWords(spec)}.`,
    choice: `One of ${list}.`,
    secret: 'The ARN of a Secrets Manager secret or of an SSM SecureString parameter.',
  };
  return [
    byKind[kind],
    kind === 'names' && list ? `Each of ${list}.` : '',
    form ? `Expected: ${form.words}.` : '',
    suppresses ? 'This parameter mutes alerts.' : '',
    actsOutside ? 'try and replay leave it empty, since they send nothing.' : '',
  ].filter(Boolean);
}

/** Every problem of a set of parameters, in one error: each line names the parameter, the problem and what is allowed. */
export class ParametersError extends Error {
  override readonly name = 'ParametersError';
  /** One sentence for each problem, beginning with the parameter's name. */
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/**
 * Reads all values of a rule's parameters from their texts, as the operator typed them.
 *
 * @param read gives the text of a parameter, or `undefined` where there is none (the default then applies).
 * @throws ParametersError with every problem at once.
 */
export function readParametersWith<P extends Parameters>(
  readExpressions: ReadExpressions | undefined,
  parameters: P,
  read: (name: string) => string | undefined,
): Values<P>;
export function readParametersWith(
  readExpressions: ReadExpressions | undefined,
  parameters: Parameters,
  read: (name: string) => string | undefined,
): Record<string, unknown> {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(parameters)) {
    try {
      values[name] = parseParameterWith(readExpressions, spec, read(name), name);
    } catch (error) {
      problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (problems.length > 0) throw new ParametersError(problems);
  return values;
}

/**
 * Parses the text of one parameter.
 *
 * @param name the parameter's, for what would mute a finding.
 * @returns a string, a number, {@link Matchers} or a {@link SecretReference}, by the parameter's kind.
 * @throws an Error whose message says what was found and what is allowed.
 */
export function parseParameterWith(
  readExpressions: ReadExpressions | undefined,
  spec: ParameterSpec,
  given: string | undefined,
  name = '',
): unknown {
  const only: Only = (item, find) => {
    try {
      const isIt = find(parseParameterWith(readExpressions, spec, item) as never) === item;
      return isIt ? { parameter: name, item } : undefined;
    } catch {
      // Its form is not one that the parameter takes.
      return undefined;
    }
  };
  const value = (given ?? spec.default ?? '').trim();
  if (value === '' && spec.default !== '') {
    const what =
      given === undefined ? 'is required and was not given' : 'is required and must not be empty';
    throw new Error(`${what}. ${spec.description}`);
  }
  switch (spec.kind) {
    case 'text':
      if (value !== '') checkForm(spec, value);
      return value;
    case 'number':
      return parseNumber(spec, value);
    case 'choice':
      if (!spec.among?.includes(value)) {
        throw new Error(`${quote(value)} is not allowed; expected ${oneOf(spec.among)}.`);
      }
      return value;
    case 'secret':
      return parseSecret(value);
    case 'names':
      return parseNames(spec, trimmed(value.split(',')), only);
    case 'patterns':
    case 'pairs':
      if (!readExpressions)
        throw new Error('is a regular expression, which the function was built without.');
      return readExpressions(spec, value, only);
  }
}

/** `number from 1 to 10`. */
function numberWords({ minimum, maximum }: ParameterSpec): string {
  const from = minimum === undefined ? '' : ` from ${minimum}`;
  const to = maximum === undefined ? '' : `${from ? '' : ' up'} to ${maximum}`;
  return `number${from}${to}`;
}

function parseNumber(spec: ParameterSpec, value: string) {
  const { minimum = -Infinity, maximum = Infinity } = spec;
  const parsed = /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value) ? Number(value) : NaN;
  if (!Number.isFinite(parsed) || parsed < minimum || parsed > maximum) {
    throw new Error(`${quote(value)} is not allowed; expected a ${numberWords(spec)}.`);
  }
  return parsed;
}

function parseSecret(value: string): SecretReference {
  const match =
    /^arn:[^:]+:(?:(secretsmanager):([^:]+):\d{12}:secret:\S+-[A-Za-z0-9]{6}|(ssm):([^:]+):\d{12}:parameter\/\S+)$/.exec(
      value,
    );
  if (!match) {
    throw new Error(
      'the value is not the ARN of a secret. Expected arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-SUFFIX, with the six characters that Secrets Manager adds. ' +
        'Or expected the ARN of an SSM SecureString parameter: arn:aws:ssm:REGION:ACCOUNT:parameter/NAME. Never give the secret itself.',
    );
  }
  return {
    service: match[1] ? 'secretsmanager' : 'ssm',
    arn: value,
    region: match[2] ?? match[4] ?? '',
  };
}

function parseNames(spec: ParameterSpec, found: readonly string[], only: Only): Matchers {
  const fold = (value: string): string => (spec.ignoreCase ? value.toLowerCase() : value);
  const list = matchers(
    spec,
    found,
    (item) => {
      const folded = fold(item);
      return (value) => matchesName(folded, fold(value));
    },
    // No item is for a name with a `*` in it alone: without the `*` it does not match the name.
    (value) => value.replaceAll('*', ''),
    only,
  );
  for (const { item } of found.map((each) => lasting(spec, each))) {
    if (
      spec.among &&
      !spec.among.includes(item) &&
      !spec.among.some((name) => matchesName(fold(item), fold(name)))
    ) {
      throw new Error(
        `${quote(item)} matches none of the allowed names: ${spec.among.join(', ')}.`,
      );
    }
    checkForm(spec, item);
  }
  return list;
}

/** Names like those of buckets, of roles, and ARNs; made up, so that lists of names in use match none of them. */
const ordinary: readonly (readonly string[])[] = [
  'deqa-vug qwe-staq jed-9fqs-keb xeq.vy.com 0-qevo',
  'Bevelo QeadVy Ydmiq jopz ri-Wole',
  'arn:aws:s3:::b-1/x/y arn:aws:iam::1:role/b-1/x/y arn:aws:iam::4:policy/b-1/x/y arn:aws:sns:us-1:4:Q',
].map((sort) => sort.split(' '));

/** The sorts of values that items are tried on. ARNs and paths only for items that look like them: `a*` names buckets. */
export const sortsFor = (list: readonly string[]): readonly (readonly string[])[] =>
  list.some((item) => /^\W*arn|[:/]/.test(item)) ? ordinary : ordinary.slice(0, 2);

/** Refuses items that match more than half of a sort: they would mute most alerts. */
export function refuseMuting<T>(
  { suppresses }: ParameterSpec,
  sorts: () => readonly (readonly T[])[],
  find: (value: T) => string | undefined,
): void {
  for (const sort of suppresses ? sorts() : []) {
    const muting = sort.map((value) => find(value)).filter(Boolean);
    if (muting.length * 2 > sort.length) {
      throw new Error(
        `${quote([...new Set(muting)].join(', '))} would mute most alerts. Name more precisely what to mute.`,
      );
    }
  }
}

export const halvesOf = ({ halves }: ParameterSpec): readonly [string, string] =>
  halves ?? ['first', 'second'];

/** An item of a list, and whether its last day is over. */
interface Lasting {
  readonly item: string;
  readonly isOver: () => boolean;
}

/** An item that mutes may say its last day (UTC): `role/Deploy until 2027-03-31`. It ends in what runs, without a deployment. */
export function lasting({ suppresses }: ParameterSpec, written: string): Lasting {
  const [, item = written, day] = (suppresses && untilDay.exec(written)) || [];
  return { item, isOver: () => day !== undefined && new Date().toISOString().slice(0, 10) > day };
}

/** How an item says its last day. */
export const untilDay: RegExp = /^(.+) until (\d{4}-\d\d-\d\d)$/;

/** The items whose last day is not over. */
export const holding = (all: readonly Lasting[]): readonly string[] =>
  all.filter(({ isOver }) => !isOver()).map(({ item }) => item);

/** Whether a value is what an item means. */
export type Test = (value: string) => boolean;

/** Gives an item back when a list of it alone, as if the operator had typed it, finds what it is for by that item. */
export type Only = <T extends Matchers | Pairs>(
  item: string,
  find: (list: T) => string | undefined,
) => Suppression | undefined;

/** Reads a list of regular expressions or of pairs of them. It has no room in the entry of every function. */
export type ReadExpressions = (spec: ParameterSpec, value: string, only: Only) => Matchers | Pairs;

export function matchers(
  spec: ParameterSpec,
  found: readonly string[],
  compile: (item: string) => Test,
  itemFor: (value: string) => string,
  only: Only,
): Matchers {
  requireItems(spec, found);
  const compiled = found.map((written) => {
    const { item, isOver } = lasting(spec, written);
    return { written, item, isOver, test: compile(item) };
  });
  const find: Matchers['find'] = (...values) =>
    compiled.find(({ test, isOver }) => anyOf(values, test) && !isOver())?.written;
  refuseMuting(spec, () => sortsFor(found), find);
  return {
    written: found,
    get items() {
      return holding(compiled);
    },
    find,
    suppression: (value) =>
      value ? only<Matchers>(itemFor(value), (list) => list.find(value)) : undefined,
  };
}

export const anyOf = (values: readonly (string | null | undefined)[], test: Test): boolean =>
  values.some((value) => typeof value === 'string' && test(value));

/**
 * Whether a name equals `item`, in which each `*` stands for any run of characters. Takes linear time for one `*`, never exponential.
 *
 * @example
 * ```ts
 * matchesName('Break*', 'BreakGlass'); // → true
 * matchesName('Break', 'BreakGlass'); // → false
 * ```
 */
export function matchesName(item: string, name: string): boolean {
  if (!item.includes('*')) return item === name;
  const [first = '', ...rest] = item.split('*');
  const last = rest.pop() ?? '';
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  const end = name.length - last.length;
  let from = first.length;
  for (const part of rest) {
    const at = name.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return from <= end;
}

export function requireItems(spec: ParameterSpec, found: readonly string[]): void {
  if (found.length === 0 && spec.default !== '') {
    throw new Error(`has no items; expected at least one. ${spec.description}`);
  }
}

function checkForm({ form }: ParameterSpec, value: string): void {
  if (form && !new RegExp(`^(?:${form.pattern})$`).test(value)) {
    throw new Error(`${quote(value)} is not allowed; expected ${form.words}.`);
  }
}

/** The items of a list, trimmed, without the empty ones. */
export const trimmed = (items: readonly string[]): string[] =>
  items.map((item) => item.trim()).filter(Boolean);

export const quote = (value: string): string =>
  JSON.stringify(value.length <= 100 ? value : `${value.slice(0, 99)}…`);
const oneOf = (among: readonly string[] = []): string => `one of ${among.join(', ')}`;
