/** What is known of a template before a deployment: its parameters, mappings and conditions. Pure. */
import { isObject } from '@patrol/core';
import {
  evaluate,
  type Fields,
  fields,
  scalarText,
  type Scope,
  textOf,
  Unknown,
} from './functions.ts';

/** What is known beside the template itself. */
export interface Known {
  /** Values of parameters, by name. */
  readonly values: Readonly<Record<string, string | undefined>>;
  /** Whether a parameter without a value has its default; otherwise it may have any. */
  readonly defaults: boolean;
  /** The value of anything else that functions can refer to, such as a pseudo parameter; `undefined` when it is not known. */
  readonly other?: (name: string) => unknown;
}

/** How deep conditions within conditions are spelled out. Deeper ones are told by their names. */
const deepest = 3;

/** Stands for the value of a parameter with `NoEcho`. */
export const hidden = '****';

/**
 * The scope for showing a template: hidden values are not shown.
 *
 * @param template its sections.
 */
export function scopeOf(template: Fields, known: Known): Scope {
  const exact = exactScope(template, known);
  const parameters = fields(template['Parameters']);
  return {
    ...exact,
    isExact: false,
    value: (name) => {
      const declared = fields(parameters[name]);
      if (declared['NoEcho'] !== true) return exact.value(name);
      if (known.values[name] !== undefined) return new Unknown(hidden);
      // Everybody can read a default in the template, whether the parameter is hidden or not.
      return known.defaults ? asDeclared(scalarText(declared['Default']), declared) : undefined;
    },
  };
}

/** The value of a parameter from its text. */
function asDeclared(text: string | undefined, { Type }: Fields): unknown {
  if (text === undefined || typeof Type !== 'string') return text;
  // The text is the name of an SSM parameter, which holds the value.
  if (Type.startsWith('AWS::SSM::')) return new Unknown(`{{resolve:ssm:${text}}}`);
  return /^(?:CommaDelimitedList$|List<)/.test(Type)
    ? text.split(',').map((item) => item.trim())
    : text;
}

/**
 * The scope with exact values, as CloudFormation has them. A hidden parameter (`NoEcho`) that is not given counts as unknown
 * and not as its default: the stack may have another value, which CloudFormation does not tell.
 *
 * @param template its sections.
 */
export function exactScope(template: Fields, { values, defaults, other }: Known): Scope {
  const [parameters, conditions, mappings] = ['Parameters', 'Conditions', 'Mappings'].map((name) =>
    fields(template[name]),
  ) as [Fields, Fields, Fields];
  /** Conditions can refer to each other. Each is decided once. */
  const decided = new Map<string, boolean | undefined>();
  const scope: Scope = {
    isExact: true,
    value: (name) => {
      const declared = fields(parameters[name]);
      const given = Object.hasOwn(values, name) ? values[name] : undefined;
      const standard =
        defaults && declared['NoEcho'] !== true ? scalarText(declared['Default']) : undefined;
      return asDeclared(given ?? standard, declared) ?? other?.(name);
    },
    decide: (condition) => holds({ Condition: condition }, []),
    words: (condition, isTrue) => words({ Condition: condition }, isTrue, []),
    mappings,
  };

  function holds(value: unknown, within: readonly string[]): boolean | undefined {
    if (!isObject(value)) return undefined;
    const { Condition, 'Fn::Equals': equals, 'Fn::Not': not, 'Fn::And': and, 'Fn::Or': or } = value;
    const all = (operands: unknown): readonly (boolean | undefined)[] =>
      Array.isArray(operands) ? operands.map((each) => holds(each, within)) : [undefined];
    if (typeof Condition === 'string') {
      // CloudFormation refuses a condition that depends on itself.
      if (within.includes(Condition)) return undefined;
      if (!decided.has(Condition)) {
        decided.set(Condition, holds(conditions[Condition], [...within, Condition]));
      }
      return decided.get(Condition);
    }
    if (Array.isArray(equals)) {
      const [left, right] = equals.map((side) => scalarText(evaluate(side, scope)));
      return left === undefined || right === undefined ? undefined : left === right;
    }
    if (not !== undefined) return negated(all(not)[0]);
    if (and !== undefined) return every(all(and));
    return or === undefined ? undefined : negated(every(all(or).map(negated)));
  }

  /** What the condition compares. Its name is not enough, since a name may say anything. */
  function words(value: unknown, isTrue: boolean, within: readonly string[]): string {
    const {
      Condition,
      'Fn::Equals': equals,
      'Fn::Not': not,
      'Fn::And': and,
      'Fn::Or': or,
    } = fields(value);
    if (typeof Condition === 'string') {
      return within.length >= deepest || !Object.hasOwn(conditions, Condition)
        ? `${isTrue ? '' : 'not '}${Condition}`
        : words(conditions[Condition], isTrue, [...within, Condition]);
    }
    if (Array.isArray(equals)) {
      const [left, right] = equals.map((side) =>
        named(evaluate(side, { ...scope, value: () => undefined })),
      );
      return `${left} ${isTrue ? 'is' : 'is not'} ${right}`;
    }
    if (Array.isArray(not)) return words(not[0], !isTrue, within);
    const [some, conjunction] = Array.isArray(and) ? [and, isTrue] : [or, !isTrue];
    if (!Array.isArray(some)) return `${isTrue ? '' : 'not '}${textOf(value)}`;
    return `(${some.map((each) => words(each, isTrue, within)).join(conjunction ? ' and ' : ' or ')})`;
  }

  return scope;
}

/** What is the opposite, and whether all hold, as far as is known. */
const negated = (holds: boolean | undefined) => (holds === undefined ? undefined : !holds);
const every = (all: readonly (boolean | undefined)[]): boolean | undefined =>
  all.includes(false) ? false : all.includes(undefined) ? undefined : true;

/** One side of a comparison. A parameter is told by its name. */
function named(value: unknown): string {
  const text = textOf(value);
  if (text === '') return 'empty';
  return value instanceof Unknown ? text.replace(/^\$\{([^}]*)\}$/, '$1') : text;
}
