/**
 * EventBridge event patterns: says which events a pattern selects, as AWS's own matcher does.
 *
 * Facts come from AWS's "Amazon EventBridge event patterns" and "Comparison operators" (content
 * filtering), and from the documented and observed behaviour of aws/event-ruler, which EventBridge
 * runs. Where the two leave something open, event-ruler decides.
 *
 * How it works: a pattern becomes one tree of fields for every way through its `$or`s. The tree is
 * walked side by side with the event, once. An array of objects in the event is a choice: one
 * element must satisfy everything the pattern asks below it (array consistency).
 */

type Scalar = string | number | boolean | null;
type IgnoreCase = { readonly 'equals-ignore-case': string };
type Excluded = string | readonly string[];

/** One comparison in the array of a field, such as `{ prefix: 'arn:aws:s3:::' }`. */
export type PatternMatcher =
  | { readonly prefix: string | IgnoreCase }
  | { readonly suffix: string | IgnoreCase }
  | IgnoreCase
  | { readonly wildcard: string }
  | { readonly exactly: string }
  | { readonly cidr: string }
  | { readonly exists: boolean }
  | { readonly numeric: readonly (string | number)[] }
  | {
      readonly 'anything-but':
        | string
        | number
        | readonly string[]
        | readonly number[]
        | { readonly prefix: Excluded }
        | { readonly suffix: Excluded }
        | { readonly 'equals-ignore-case': Excluded }
        | { readonly wildcard: Excluded };
    };

/**
 * An EventBridge event pattern: a field holds either the fields below it, or an array of the values
 * and matchers of which one must match. `$or` holds an array of patterns of which one must match.
 * Source: AWS, "Amazon EventBridge event patterns".
 */
export type EventPattern = {
  readonly [field: string]: EventPattern | readonly (Scalar | PatternMatcher | EventPattern)[];
};

/** A pattern that EventBridge would refuse. The message is a sentence: expected, found, where. */
export class PatternError extends Error {
  override readonly name: string = 'PatternError';
  /** Field names joined by dots, `[0]` for a place in an array; '' for the whole pattern. */
  readonly path: string;
  /** What was expected and what was found there, without the place. */
  readonly problem: string;

  constructor(path: string, expected: string, found: string) {
    const where = path ? `at ${path} in the event pattern` : 'in the event pattern';
    super(`Expected ${expected}, found ${found}, ${where}.`);
    this.path = path;
    this.problem = `expected ${expected}; found ${found}`;
  }
}

/**
 * Turns a pattern into a function that says whether an event matches it. The function takes any
 * parsed JSON value (what is not an object matches nothing) and never throws.
 *
 * Numbers are compared as the 64-bit floats JSON.parse makes of them, so 1, 1.0 and 1e0 are equal,
 * as in event-ruler. Two integers above 2^53 that become the same float are equal here; event-ruler
 * would tell them apart. What an event nests deeper than 250 levels is not seen. Where an event
 * spells one path in two ways (`{"a": {"b": []}, "a.b": []}`) and one holds an array, a match must
 * come from one of the two.
 *
 * @param pattern the parsed pattern; see {@link parsePattern} for its text.
 * @throws {PatternError} for a pattern that EventBridge refuses, one that nests deeper than 250
 *   levels, and one with more than 1,000 combinations of `$or` branches ("Rule is too complex").
 *
 * @example
 * ```ts
 * import { compilePattern } from '@patrol/core/evaluation';
 *
 * const matches = compilePattern({ source: [{ prefix: 'aws.' }] });
 * matches({ source: 'aws.ec2' }); // → true
 * matches({ source: 'my.app' }); // → false
 * ```
 */
export function compilePattern(pattern: unknown): (event: unknown) => boolean {
  const compiled: Compiled = { alternatives: [], operator: false, field: undefined };
  compileFields(pattern, [], compiled, false);
  const trees = compiled.alternatives.map(buildTree);
  return (event) => isFields(event) && trees.some((tree) => search(tree, [event], 0, 0) !== FAIL);
}

/**
 * Reads the JSON text of a pattern and checks it as {@link compilePattern} does. Of two equal keys
 * in one object the last wins, as in JSON.parse.
 *
 * @throws {PatternError} for text that is not JSON, a pattern EventBridge refuses, and a number
 *   that a 64-bit float does not hold as written (1E-325, 12345678901234567890): event-ruler
 *   refuses it in `numeric` and `anything-but`, and elsewhere compares its text, which a parsed
 *   event has lost.
 */
export function parsePattern(text: string): EventPattern {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PatternError('', 'JSON text', `text that is not JSON (${reason})`);
  }
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g)) {
    if (!token.startsWith('"') && decimal(token) !== decimal(String(Number(token)))) {
      throw new PatternError('', 'numbers that a 64-bit float can hold as written', token);
    }
  }
  assertPattern(value);
  return value;
}

/**
 * Says whether the event matches the pattern. Compiles the pattern anew each time: for many events
 * use {@link compilePattern} once.
 *
 * @throws {PatternError} as compilePattern does.
 */
export function matches(pattern: EventPattern, event: unknown): boolean {
  return compilePattern(pattern)(event);
}

// ---------------------------------------------------------------- from a pattern to its fields

type Test = (value: unknown) => boolean;
type Fields = { readonly [name: string]: unknown };

/** What one field of the event must be: a value that passes, or (exists: false) no value at all. */
type Leaf = { readonly test: Test; readonly mayBeAbsent: boolean };

type Compiled = {
  /** One map of dotted path to leaf for every combination of `$or` branches met so far. */
  alternatives: Map<string, Leaf>[];
  /** Whether `$or` was met as an operator, and where it was met as an ordinary field. */
  operator: boolean;
  field: string | undefined;
};

const MAX_DEPTH = 250;
const MAX_ALTERNATIVES = 1000;

/** No object inside a `$or` may have a field of these names: event-ruler's reserved words. */
const RESERVED: ReadonlySet<string> = new Set(
  (
    'exactly equals-ignore-case prefix suffix anything-but exists wildcard numeric cidr ' +
    '= < <= > >= regex not-wildcard not-equals-ignore-case date-after date-on-or-after ' +
    'date-before date-on-or-before in-date-range ip-address-in-range ip-address-not-in-range'
  ).split(' '),
);

function assertPattern(value: unknown): asserts value is EventPattern {
  compilePattern(value);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function show(value: unknown): string {
  if (isString(value)) return JSON.stringify(value.replace(/^(.{80}).+$/s, '$1…'));
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array';
  if (isFields(value)) {
    const keys = Object.keys(value).slice(0, 4).map(show);
    return keys.length === 0 ? 'an empty object' : `an object with the keys ${keys.join(', ')}`;
  }
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return `${value}`;
  return value === undefined ? 'nothing' : `a ${typeof value}`;
}

function compileFields(
  fields: unknown,
  path: readonly string[],
  compiled: Compiled,
  insideOr: boolean,
): void {
  const at = path.join('.');
  if (!isFields(fields) || Object.keys(fields).length === 0) {
    throw new PatternError(at, 'an object with at least one field', show(fields));
  }
  for (const [name, value] of Object.entries(fields)) {
    // 'a.b' names the same field as b inside a: event-ruler joins all names with dots.
    const below = [...path, ...name.split('.')];
    if (below.length > MAX_DEPTH) {
      throw new PatternError('', `at most ${MAX_DEPTH} levels of fields`, 'more');
    }
    const where = below.join('.');
    if (name === '$or' && isOrOperator(value)) {
      compiled.operator = true;
      compileOr(value, path, compiled);
    } else if (insideOr && RESERVED.has(name)) {
      throw new PatternError(where, 'no reserved word as a field inside $or', show(name));
    } else if (Array.isArray(value)) {
      if (name === '$or') compiled.field = where;
      if (compiled.alternatives.length === 0) compiled.alternatives.push(new Map());
      const leaf = compileLeaf(value, where);
      for (const alternative of compiled.alternatives) alternative.set(where, leaf);
    } else if (isFields(value)) {
      compileFields(value, below, compiled, insideOr);
    } else {
      throw new PatternError(where, 'an object or an array', show(value));
    }
  }
  if (compiled.operator && compiled.field !== undefined) {
    const expected = 'an array of objects with field names, as another $or has';
    throw new PatternError(compiled.field, expected, 'other values');
  }
}

function isOrOperator(value: unknown): value is readonly Fields[] {
  return (
    Array.isArray(value) &&
    value.length >= 2 &&
    value.every((one) => isFields(one) && !Object.keys(one).some((key) => RESERVED.has(key)))
  );
}

/** Forks what there is so far; a field written again, in a branch or later, replaces the first. */
function compileOr(branches: readonly Fields[], path: readonly string[], compiled: Compiled): void {
  const before = compiled.alternatives;
  const after: Map<string, Leaf>[] = [];
  for (const branch of branches) {
    compiled.alternatives = before.map((alternative) => new Map(alternative));
    compileFields(branch, path, compiled, true);
    after.push(...compiled.alternatives);
    if (after.length > MAX_ALTERNATIVES) {
      const where = [...path, '$or'].join('.');
      throw new PatternError(where, `at most ${MAX_ALTERNATIVES} combinations of $or`, 'more');
    }
  }
  compiled.alternatives = after;
}

function compileLeaf(values: readonly unknown[], path: string): Leaf {
  if (values.length === 0) throw new PatternError(path, 'at least one value', 'an empty array');
  const exact = new Set<unknown>();
  const tests: Test[] = [];
  let mayBeAbsent = false;
  for (const [index, value] of values.entries()) {
    const where = `${path}[${index}]`;
    if (isFields(value)) {
      const [operator, operand] = onlyEntry(value, where);
      if (operator === 'exists' && operand === false) mayBeAbsent = true;
      else tests.push(compileMatcher(operator, operand, `${where}.${operator}`));
    } else if (isString(value) || typeof value === 'boolean' || value === null || isFinite(value)) {
      exact.add(value);
      // A literal address matches every spelling of that address.
      const address = isString(value) ? parseAddress(value) : undefined;
      if (address) tests.push(inRange(address, 0n));
    } else {
      const expected = 'a string, a finite number, true, false, null or a matcher';
      throw new PatternError(where, expected, show(value));
    }
  }
  const test: Test = (value) => exact.has(value) || tests.some((one) => one(value));
  return { test, mayBeAbsent };
}

function isFinite(value: unknown): value is number {
  return Number.isFinite(value);
}

function onlyEntry(matcher: Fields, path: string): [string, unknown] {
  const [first, ...more] = Object.entries(matcher);
  if (!first || more.length > 0) {
    throw new PatternError(path, 'a matcher with exactly one key', show(matcher));
  }
  return first;
}

// ---------------------------------------------------------------- the comparison operators

function compileMatcher(operator: string, operand: unknown, path: string): Test {
  switch (operator) {
    case 'exactly': {
      const text = needString(operand, path);
      return (value) => value === text;
    }
    case 'exists':
      if (operand !== true) throw new PatternError(path, 'true or false', show(operand));
      return () => true;
    case 'prefix':
    case 'suffix':
      if (isFields(operand)) {
        const [inner, text] = onlyEntry(operand, path);
        const where = `${path}.${inner}`;
        if (inner !== 'equals-ignore-case') {
          throw new PatternError(path, 'a string or equals-ignore-case', show(inner));
        }
        return onStrings(affix(operator, needString(text, where), true));
      }
      return onStrings(affix(operator, needString(operand, path), false));
    case 'equals-ignore-case':
    case 'wildcard':
      return onStrings(textTest(operator, operand, path));
    case 'cidr':
      return cidr(operand, path);
    case 'numeric':
      return numeric(operand, path);
    case 'anything-but':
      return anythingBut(operand, path);
    default:
      throw new PatternError(path, 'an operator that EventBridge knows', show(operator));
  }
}

type TextTest = (value: string) => boolean;

function onStrings(test: TextTest): Test {
  return (value) => isString(value) && test(value);
}

function needString(operand: unknown, path: string): string {
  if (!isString(operand)) throw new PatternError(path, 'a string', show(operand));
  return operand;
}

/** The comparisons of text that anything-but can negate. */
function textTest(operator: string, operand: unknown, path: string): TextTest {
  const text = needString(operand, path);
  if (operator === 'wildcard') return wildcard(text, path);
  if (operator === 'equals-ignore-case') return equalsIgnoreCase(text);
  if (text === '') throw new PatternError(path, `a ${operator} that is not empty`, show(text));
  return affix(operator, text, false);
}

/**
 * event-ruler compares with the JSON string, quotation marks included. So a prefix may reach over
 * the closing mark (and a suffix over the opening one), where it then is the whole value.
 */
function affix(operator: string, text: string, ignoreCase: boolean): TextTest {
  const isPrefix = operator === 'prefix';
  const reachesOver = isPrefix ? text.endsWith('"') : text.startsWith('"');
  const whole = reachesOver && (isPrefix ? text.slice(0, -1) : text.slice(1));
  if (ignoreCase) {
    const isWhole = whole === false ? () => false : equalsIgnoreCase(whole);
    const folds = bothCases(text);
    if (isPrefix) return (value) => foldedPrefix(folds, value) >= 0 || isWhole(value);
    return (value) => hasFoldedSuffix(folds, value) || isWhole(value);
  }
  if (isPrefix) return (value) => value.startsWith(text) || value === whole;
  return (value) => value.endsWith(text) || value === whole;
}

type Folds = readonly (readonly [lower: string, upper: string])[];

/** event-ruler takes each UTF-16 unit of the pattern in lower or upper case (ß or SS). */
function bothCases(text: string): Folds {
  return text.split('').map((unit) => [unit.toLowerCase(), unit.toUpperCase()]);
}

function equalsIgnoreCase(text: string): TextTest {
  const folds = bothCases(text);
  return (value) => foldedPrefix(folds, value) === value.length;
}

/** Where in the value the folded text ends when the value starts with it, otherwise -1. */
function foldedPrefix(folds: Folds, value: string): number {
  let at = 0;
  for (const [lower, upper] of folds) {
    if (value.startsWith(lower, at)) at += lower.length;
    else if (value.startsWith(upper, at)) at += upper.length;
    else return -1;
  }
  return at;
}

function hasFoldedSuffix(folds: Folds, value: string): boolean {
  let at = value.length;
  for (const [lower, upper] of folds.toReversed()) {
    if (value.endsWith(lower, at)) at -= lower.length;
    else if (value.endsWith(upper, at)) at -= upper.length;
    else return false;
  }
  return true;
}

/** Each part between the stars is looked for once, from left to right: no backtracking. */
function wildcard(text: string, path: string): TextTest {
  const parts = [''];
  for (let at = 0; at < text.length; at++) {
    let unit = text.charAt(at);
    if (unit === '*') {
      if (text[at + 1] === '*') throw new PatternError(path, 'no two * in a row', show(text));
      parts.push('');
      continue;
    }
    if (unit === '\\') {
      unit = text.charAt(++at);
      if (unit !== '*' && unit !== '\\') {
        throw new PatternError(path, 'only \\* and \\\\ as escapes', show(text));
      }
    }
    parts.push(`${parts.pop()}${unit}`);
  }
  const [first = '', ...others] = parts;
  const last = others.pop();
  if (last === undefined) return (value) => value === first;
  return (value) => {
    let at = first.length;
    if (!value.startsWith(first) || !value.endsWith(last)) return false;
    for (const part of others) {
      const found = value.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return at <= value.length - last.length;
  };
}

function numeric(operand: unknown, path: string): Test {
  if (!Array.isArray(operand)) throw new PatternError(path, 'an array', show(operand));
  const [operator, limit, operator2, limit2]: readonly unknown[] = operand;
  const lower = bound(operator, ['=', '<', '<=', '>', '>='], limit, path);
  if (operand.length === 2) return (value) => isFinite(value) && lower(value);
  if (operator !== '>' && operator !== '>=') {
    throw new PatternError(path, 'only > or >= to be followed by a second limit', show(operator));
  }
  const upper = bound(operator2, ['<', '<='], limit2, path);
  if (operand.length > 4) throw new PatternError(path, 'at most two limits', 'more');
  if (!(Number(limit) < Number(limit2))) {
    const found = `${show(limit)} and ${show(limit2)}`;
    throw new PatternError(path, 'a lower limit below the upper', found);
  }
  return (value) => isFinite(value) && lower(value) && upper(value);
}

function bound(
  operator: unknown,
  allowed: readonly string[],
  limit: unknown,
  path: string,
): (value: number) => boolean {
  if (!isString(operator) || !allowed.includes(operator)) {
    throw new PatternError(path, `one of ${allowed.join(' ')}`, show(operator));
  }
  if (!isFinite(limit)) {
    throw new PatternError(path, `a finite number after ${operator}`, show(limit));
  }
  if (operator === '=') return (value) => value === limit;
  if (operator === '<') return (value) => value < limit;
  if (operator === '<=') return (value) => value <= limit;
  if (operator === '>') return (value) => value > limit;
  return (value) => value >= limit;
}

function anythingBut(operand: unknown, path: string): Test {
  if (isFields(operand)) {
    const [operator, texts] = onlyEntry(operand, path);
    const where = `${path}.${operator}`;
    if (!['prefix', 'suffix', 'equals-ignore-case', 'wildcard'].includes(operator)) {
      const expected = 'prefix, suffix, equals-ignore-case or wildcard inside anything-but';
      throw new PatternError(path, expected, show(operator));
    }
    const list: readonly unknown[] = Array.isArray(texts) ? texts : [texts];
    if (list.length === 0) throw new PatternError(where, 'at least one string', 'an empty array');
    const tests = list.map((text) => textTest(operator, text, where));
    return (value) => !isString(value) || !tests.some((test) => test(value));
  }
  const list: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  if (list.length === 0 || !(list.every(isString) || list.every(isFinite))) {
    const odd = list.find((one) => !isString(one) && !isFinite(one));
    const found = list.length === 0 ? 'an empty array' : odd === undefined ? 'both' : show(odd);
    throw new PatternError(path, 'only strings or only numbers', found);
  }
  const excluded = new Set<unknown>(list);
  return (value) => !excluded.has(value);
}

type Address = { readonly size: 32 | 128; readonly bits: bigint };

function inRange(address: Address, hostBits: bigint): Test {
  const network = address.bits >> hostBits;
  return (value) => {
    const other = isString(value) ? parseAddress(value) : undefined;
    return other?.size === address.size && other.bits >> hostBits === network;
  };
}

function cidr(operand: unknown, path: string): Test {
  const [, ip = '', length = ''] = /^([^/]+)\/\+?(\d{1,9})$/.exec(needString(operand, path)) ?? [];
  const address = parseAddress(ip);
  if (!address) throw new PatternError(path, 'an IP address, / and a prefix length', show(operand));
  const free = address.size - Number(length);
  if (free < 1) {
    // event-ruler takes no range of a single address: a literal does that.
    const expected = `a prefix length below ${address.size} (give a single address as a literal)`;
    throw new PatternError(path, expected, show(operand));
  }
  return inRange(address, BigInt(free));
}

function parseAddress(text: string): Address | undefined {
  if (text.length > 45) return undefined;
  if (text.includes(':')) return parseIpv6(text);
  if (!/^\d+\.\d+\.\d+\.\d+$/.test(text)) return undefined;
  const octets = text.split('.').map(Number);
  if (octets.some((octet) => octet > 255)) return undefined;
  return { size: 32, bits: BigInt(octets.reduce((bits, octet) => bits * 256 + octet, 0)) };
}

function parseIpv6(text: string): Address | undefined {
  const [head = '', tail, ...more] = text.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail ? tail.split(':') : [];
  const missing = 8 - left.length - right.length;
  if (more.length > 0 || (tail === undefined ? missing !== 0 : missing < 1)) return undefined;
  const groups = [...left, ...Array<string>(missing).fill('0'), ...right];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  const bits = BigInt(`0x${groups.map((group) => group.padStart(4, '0')).join('')}`);
  // An IPv4 address in IPv6 form (::ffff:c000:201) is that IPv4 address, as Java's parser has it.
  if (bits >> 32n === 0xffffn) return { size: 32, bits: bits & 0xffffffffn };
  return { size: 128, bits };
}

/** Digits and exponent of a number's text in one form, to see whether two texts are one number. */
function decimal(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text) ?? [text, '', text];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const power = Number(exponent) - fraction.length + digits.length - significant.length;
  return `${sign}${significant}e${power}`;
}

// ---------------------------------------------------------------- searching an event

type Node = {
  /** What the pattern asks of this field itself; it may ask more of the fields below it. */
  readonly leaf: Leaf | undefined;
  /** The place of the leaf's path among all paths, sorted: event-ruler takes them in this order. */
  readonly order: number;
  readonly children: ReadonlyMap<string, Node>;
  /** The orders, here and below, of the leaves that may be absent. */
  readonly optional: readonly number[];
  /** Whether a leaf here or below may not be absent. */
  readonly required: boolean;
};

function buildTree(leaves: ReadonlyMap<string, Leaf>): Node {
  type Place = { readonly path: readonly string[]; readonly order: number; readonly leaf: Leaf };
  const build = (places: readonly Place[], depth: number): Node => {
    let here: Place | undefined;
    const byName = new Map<string, Place[]>();
    for (const place of places) {
      const name = place.path[depth];
      const same = name === undefined ? undefined : byName.get(name);
      if (name === undefined) here = place;
      else if (same) same.push(place);
      else byName.set(name, [place]);
    }
    const optional = places.filter(({ leaf }) => leaf.mayBeAbsent).map(({ order }) => order);
    return {
      leaf: here?.leaf,
      order: here?.order ?? NOTHING,
      children: new Map([...byName].map(([name, below]) => [name, build(below, depth + 1)])),
      optional,
      required: optional.length < places.length,
    };
  };
  const sorted = [...leaves].sort(([a], [b]) => (a < b ? -1 : 1));
  return build(
    sorted.map(([path, leaf], order) => ({ path: path.split('.'), order, leaf })),
    0,
  );
}

const FAIL = -1;
const NOTHING = Infinity;
/** What is known of a node's own leaf: no value seen, only values that fail, one that passes. */
type Known = 0 | 1 | 2;

/**
 * Whether the values that one field has at once satisfy the node. Gives FAIL, or the order of the
 * first leaf that a value satisfied (NOTHING when all are rightly absent).
 *
 * That order matters for `exists: false`. event-ruler takes the paths in sorted order, and a leaf
 * is absent when no value of that path lies in the array elements chosen *so far*: before the first
 * value that comes out of an array, the path must be absent from all of its elements.
 */
function search(node: Node, values: readonly unknown[], known: Known, depth: number): number {
  const { leaf } = node;
  const objects: Fields[] = [];
  const choices: (readonly unknown[])[] = [];
  let first = NOTHING;
  const meet = (value: unknown): void => {
    if (!leaf || first !== NOTHING || value === undefined) return;
    if (leaf.test(value)) {
      first = node.order;
      known = 2;
    } else if (known === 0) known = 1;
  };
  for (const value of values) {
    if (Array.isArray(value)) {
      for (const element of value) {
        if (typeof element !== 'object' || element === null) meet(element);
        else if (depth < MAX_DEPTH) choices.push([element]);
      }
    } else if (!isFields(value)) meet(value);
    else if (depth < MAX_DEPTH) objects.push(value);
  }
  if (choices.length > 0) {
    if (objects.length > 0) choices.push(objects);
    const found = searchChoices(node, choices, known, depth + 1);
    if (found !== FAIL) return Math.min(first, found);
    // The value that passed here lies in no element; one inside an element leaves the other elements out.
    return first === NOTHING ? FAIL : searchChoices(node, choices, 1, depth + 1);
  }
  if (leaf && known !== 2 && (known === 1 || !leaf.mayBeAbsent)) return FAIL;
  for (const [name, child] of node.children) {
    const below = valuesOf(objects, name, child);
    if (below.length === 0) {
      if (child.required) return FAIL;
      continue;
    }
    const found = search(child, below, 0, depth + 1);
    if (found === FAIL) return FAIL;
    if (found < first) first = found;
  }
  return first;
}

/** The same for the elements of an array, one of which must satisfy the node. */
function searchChoices(
  node: Node,
  choices: readonly (readonly unknown[])[],
  known: Known,
  depth: number,
): number {
  let present: Set<number> | undefined;
  for (const choice of choices) {
    const first = search(node, choice, known, depth);
    if (first === FAIL) continue;
    const early = node.optional.filter((order) => order < first);
    if (early.length === 0) return first;
    const seen = (present ??= presentLeaves(node, choices.flat(), depth, new Set()));
    const met = known === 2 ? node.order : NOTHING;
    // All elements that pass here have the same first: what is early is absent from every one.
    if (!early.some((order) => order !== met && seen.has(order))) return first;
  }
  return FAIL;
}

/** Adds the order of every leaf, here and below, that has a value anywhere in the given values. */
function presentLeaves(
  node: Node,
  values: readonly unknown[],
  depth: number,
  orders: Set<number>,
): Set<number> {
  const objects: Fields[] = [];
  for (const value of values) {
    if (depth < MAX_DEPTH && Array.isArray(value)) presentLeaves(node, value, depth + 1, orders);
    else if (isFields(value)) objects.push(value);
    else if (node.leaf && !Array.isArray(value)) orders.add(node.order);
  }
  if (depth < MAX_DEPTH && objects.length > 0) {
    for (const [name, child] of node.children) {
      presentLeaves(child, valuesOf(objects, name, child), depth + 1, orders);
    }
  }
  return orders;
}

/** All values of a field; the key 'a.b' counts as a field b inside a. */
function valuesOf(objects: readonly Fields[], name: string, child: Node): unknown[] {
  const found: unknown[] = [];
  for (const object of objects) {
    if (Object.hasOwn(object, name) && object[name] !== undefined) found.push(object[name]);
    if (child.children.size > 0) {
      for (const key of Object.keys(object)) {
        if (key.length > name.length && key[name.length] === '.' && key.startsWith(name)) {
          found.push({ [key.slice(name.length + 1)]: object[key] });
        }
      }
    }
  }
  return found;
}
