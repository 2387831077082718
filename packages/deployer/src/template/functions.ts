/**
 * Evaluates the functions of a template, such as `Ref` and `Fn::If`. Pure. The only interpreter of the deployer.
 *
 * Not everything is known before a deployment. What is not known is shown by its name ({@link Unknown}). Where a condition
 * cannot be decided, all possible values are kept ({@link Options}).
 */
import { isObject } from '@patrol/core';
import { own } from '../text/records.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** The members of an object of a template; none for any other value. */
export const fields = (value: unknown): Fields => (isObject(value) ? value : {});

/** A text that is not fully known before a deployment. Unknown parts are shown by name: `${Topic}`. */
export class Unknown {
  readonly text: string;
  /** What was expected and what was found instead, for errors. */
  readonly why: string | undefined;

  constructor(text: string, why?: string) {
    this.text = text;
    this.why = why;
  }
}

/** One of several values. */
export class Options {
  readonly all: readonly Option[];

  constructor(all: readonly Option[]) {
    this.all = all;
  }
}

interface Option {
  /** When the value is this one, in words. */
  readonly when: string;
  /** `undefined` when there is nothing then. */
  readonly value: unknown;
}

/** Whether a value is an object of the template: what is not known has a class. */
export const isFields = (value: unknown): value is Fields =>
  isObject(value) && !(value instanceof Unknown) && !(value instanceof Options);

/** What is known when a template is read. */
export interface Scope {
  /**
   * The value of a parameter, a pseudo parameter, a resource, or an attribute of a resource (`Topic.Arn`); `undefined` when it
   * is not known.
   */
  readonly value: (name: string) => unknown;
  /** Whether a condition holds; `undefined` when it is not known. */
  readonly decide: (condition: string) => boolean | undefined;
  /** A condition, or its opposite, in words. */
  readonly words: (condition: string, holds: boolean) => string;
  readonly mappings: Fields;
  /**
   * Whether values have to be exactly those of CloudFormation. Otherwise they are shown to people, and values that a template
   * encodes stay readable.
   */
  readonly isExact?: boolean;
}

/** A scope in which nothing is known. */
export const nothingKnown: Scope = {
  value: () => undefined,
  decide: () => undefined,
  words: (condition, holds) => (holds ? condition : `not ${condition}`),
  mappings: {},
};

/** The name and the operand of a function; `undefined` for any other value. */
export function intrinsic(value: unknown): readonly [string, unknown] | undefined {
  const [only, ...more] = Object.entries(fields(value));
  return only && more.length === 0 && /^(?:Ref$|Fn::)/.test(only[0]) ? only : undefined;
}

/** A text, number or truth value as a text: CloudFormation compares and joins them so. `undefined` for other values. */
export const scalarText = (value: unknown): string | undefined =>
  ['string', 'number', 'boolean'].includes(typeof value) ? `${value as string}` : undefined;

/**
 * Evaluates the functions in a value of a template.
 *
 * @returns texts, numbers, truth values, lists and objects, with {@link Unknown} and {@link Options} among them;
 *   `undefined` for what the template leaves out (`AWS::NoValue`).
 */
export function evaluate(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) {
    return value.map((each) => evaluate(each, scope)).filter((each) => each !== undefined);
  }
  if (!isObject(value)) return value;
  const called = intrinsic(value);
  if (called) return call(called, scope);
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, inner]) => [name, evaluate(inner, scope)] as const)
      .filter(([, inner]) => inner !== undefined),
  );
}

/** The functions that are evaluated, by name. */
const functions: Readonly<Record<string, (given: readonly unknown[], scope: Scope) => unknown>> = {
  'Fn::GetAtt': (given, scope) =>
    reference(given.map((each) => textOf(evaluate(each, scope))).join('.'), scope),
  'Fn::Sub': substitute,
  'Fn::Join': join,
  'Fn::If': choose,
  'Fn::FindInMap': findInMap,
  'Fn::Select': select,
  'Fn::Split': split,
};

function call([name, operand]: readonly [string, unknown], scope: Scope): unknown {
  if (name === 'Ref') return reference(String(operand), scope);
  const evaluated = own(functions, name);
  if (evaluated) return evaluated(Array.isArray(operand) ? operand : [operand], scope);
  // An encoding of the same value.
  const isEncoding = name === 'Fn::ToJsonString' || name === 'Fn::Base64';
  if (isEncoding && !scope.isExact) return evaluate(operand, scope);
  return unresolved(name, operand, scope);
}

/** Something unknown, shown by its name. */
export const byName = (name: string, why?: string): Unknown => new Unknown(`\${${name}}`, why);

/** Why something is not known. */
export const expectation = (expected: string, found: string): string =>
  `expected ${expected}, found ${found}`;

/** The result of a function that is not evaluated. */
function unresolved(name: string, operand: unknown, scope: Scope): Unknown {
  const text = textOf(evaluate(operand, scope));
  const expected =
    'Ref, Fn::GetAtt, Fn::Sub, Fn::Join, Fn::If, Fn::FindInMap, Fn::Select or Fn::Split';
  return byName(
    `${name.replace('Fn::', '')} ${text}`,
    scope.isExact ? expectation(expected, name) : undefined,
  );
}

const reference = (name: string, scope: Scope): unknown =>
  name === 'AWS::NoValue' ? undefined : (scope.value(name) ?? byName(name));

/** Joins texts. The result is known when all of them are. */
function concatenated(parts: readonly unknown[]): string | Unknown {
  const whole = parts.map((part) => (part === undefined ? '' : textOf(part))).join('');
  return parts.every((part) => scalarText(part) !== undefined) ? whole : partlyKnown(whole, parts);
}

const partlyKnown = (whole: string, parts: readonly unknown[]): Unknown =>
  new Unknown(whole, parts.find((part) => part instanceof Unknown)?.why);

/** A name in the text of `Fn::Sub`. */
const placeholder = /\$\{([^}]*)\}/;

function substitute([pattern, variables]: readonly unknown[], scope: Scope): unknown {
  if (typeof pattern !== 'string') return new Unknown(textOf(pattern));
  const given = fields(variables);
  const parts = pattern.split(placeholder).map((part, index) => {
    // Every second part is a name between braces.
    if (index % 2 === 0) return part;
    if (part.startsWith('!')) return `\${${part.slice(1)}}`;
    return Object.hasOwn(given, part) ? evaluate(given[part], scope) : reference(part, scope);
  });
  return concatenated(parts);
}

function join([delimiter, list]: readonly unknown[], scope: Scope): unknown {
  const items = evaluate(list, scope);
  if (!Array.isArray(items)) return partlyKnown(items === undefined ? '' : textOf(items), [items]);
  return concatenated(items.flatMap((item, index) => (index === 0 ? [item] : [delimiter, item])));
}

function choose([condition, one, other]: readonly unknown[], scope: Scope): unknown {
  const name = String(condition);
  const holds = scope.decide(name);
  if (holds !== undefined) return evaluate(holds ? one : other, scope);
  return new Options([
    { when: scope.words(name, true), value: evaluate(one, scope) },
    { when: scope.words(name, false), value: evaluate(other, scope) },
  ]);
}

/** Looks a value up in a mapping. Where a key is not known, all its values are possible. */
function findInMap([map, ...keys]: readonly unknown[], scope: Scope): unknown {
  const name = textOf(evaluate(map, scope));
  const [first, second] = keys.map((key) => evaluate(key, scope));
  const levels = [first, second].map((key) => scalarText(key));
  const mapping = scope.mappings[name];
  const found = Object.entries(fields(mapping))
    .filter(([key]) => levels[0] === undefined || key === levels[0])
    .flatMap(([key, inner]) =>
      Object.entries(fields(inner))
        .filter(([innerKey]) => levels[1] === undefined || innerKey === levels[1])
        .map(([innerKey, value]) => ({ key, innerKey, value })),
    );
  if (found.length === 1 && !levels.includes(undefined)) return found[0]?.value;
  if (found.length === 0) {
    return byName(['FindInMap', name, textOf(first), textOf(second)].join(' '));
  }
  return new Options(
    found.map(({ key, innerKey, value }) => ({
      when: [
        ...(levels[0] === undefined ? [`${textOf(first)} is ${key}`] : []),
        ...(levels[1] === undefined ? [`${textOf(second)} is ${innerKey}`] : []),
      ].join(' and '),
      value,
    })),
  );
}

function select([index, list]: readonly unknown[], scope: Scope): unknown {
  const at = Number(scalarText(evaluate(index, scope)));
  const items = evaluate(list, scope);
  return Array.isArray(items) && at in items
    ? items[at]
    : byName(`Select ${textOf(evaluate(index, scope))} of ${textOf(items)}`);
}

function split([delimiter, text]: readonly unknown[], scope: Scope): unknown {
  const whole = evaluate(text, scope);
  const known = scalarText(whole);
  if (known === undefined) return [whole];
  return typeof delimiter === 'string' ? known.split(delimiter) : [new Unknown(known)];
}

/** The names that the functions of a value refer to, as {@link Scope.value} takes them. */
export function references(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  const [name, operand] = intrinsic(value) ?? [];
  if (name === 'Ref') return [String(operand)];
  if (name === 'Fn::GetAtt') return [[operand].flat().join('.')];
  const within = Object.values(fields(value)).flatMap(references);
  if (name !== 'Fn::Sub') return within;
  const [pattern, variables] = [operand].flat();
  const names = String(pattern)
    .split(placeholder)
    .filter((part, index) => index % 2 === 1 && !part.startsWith('!'));
  return [...names.filter((part) => !Object.hasOwn(fields(variables), part)), ...within];
}

/** A value as a text. Lists and objects are sorted: their order means nothing in a policy. */
export function textOf(value: unknown): string {
  if (value instanceof Unknown) return value.text;
  if (value instanceof Options) {
    const texts = value.all.flatMap((option) =>
      option.value === undefined ? [] : [textOf(option.value)],
    );
    return [...new Set(texts)].join(' or ');
  }
  if (Array.isArray(value)) return value.map(textOf).toSorted().join(', ');
  if (!isObject(value)) return String(value);
  const inner = (member: unknown): string =>
    isFields(member) ? `(${textOf(member)})` : textOf(member);
  return Object.entries(value)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, member]) => `${name}=${inner(member)}`)
    .join(' ');
}
