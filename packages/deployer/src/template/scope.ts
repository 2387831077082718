/** What is known of a template before a deployment: its parameters, mappings and conditions. Pure. */
import { isObject } from '@patrol/core';
import { evaluate, plain, type Scope, textOf, Unknown } from './functions.ts';

type Fields = Readonly<Record<string, unknown>>;
const fields = (value: unknown): Fields => (isObject(value) ? value : {});

/** What is known beside the template itself. */
export interface Known {
  /** Values of parameters, by name. */
  readonly values: Readonly<Record<string, string | undefined>>;
  /** Whether a parameter without a value has its default; otherwise it may have any. */
  readonly defaults: boolean;
}

/** How many conditions are spelled out that are made of each other: below that they are named. */
const deepest = 3;

/** Stands for the value of a parameter with `NoEcho`. */
export const hidden = '****';

/**
 * The scope of a template.
 *
 * @param template its sections.
 */
export function scopeOf(template: Fields, { values, defaults }: Known): Scope {
  const [parameters, conditions, mappings] = ['Parameters', 'Conditions', 'Mappings'].map((name) =>
    fields(template[name]),
  ) as [Fields, Fields, Fields];
  /** Conditions may be made of others, and those of others: each is decided once. */
  const decided = new Map<string, boolean | undefined>();
  const scope: Scope = {
    value: (name) => valueOf(name, fields(parameters[name])),
    decide: (condition) => holds({ Condition: condition }, []),
    words: (condition, isTrue) => words({ Condition: condition }, isTrue, []),
    mappings,
  };

  function valueOf(name: string, { NoEcho, Type, Default }: Fields): unknown {
    const given = values[name];
    if (given !== undefined && NoEcho === true) return new Unknown(hidden);
    // A default stands in the template for everybody to read, hidden or not.
    const text = given ?? (defaults ? plain(Default) : undefined);
    if (text === undefined || typeof Type !== 'string') return text;
    // Such a parameter has the name of what holds the value.
    if (Type.startsWith('AWS::SSM::')) return new Unknown(`{{resolve:ssm:${text}}}`);
    return /^(?:CommaDelimitedList$|List<)/.test(Type)
      ? text.split(',').map((item) => item.trim())
      : text;
  }

  /** What is compared; `undefined` when it is not known. */
  function operand(value: unknown): string | undefined {
    const name = isObject(value) ? value['Ref'] : undefined;
    if (typeof name !== 'string') return plain(evaluate(value, scope));
    const { NoEcho, Type, Default } = fields(parameters[name]);
    if (String(Type).startsWith('AWS::SSM::')) return undefined;
    return values[name] ?? (defaults && NoEcho !== true ? plain(Default) : undefined);
  }

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
      const [one, other] = equals.map(operand);
      return one === undefined || other === undefined ? undefined : one === other;
    }
    if (not !== undefined) {
      const [inner] = all(not);
      return inner === undefined ? undefined : !inner;
    }
    if (and !== undefined) {
      const inner = all(and);
      return inner.includes(false) ? false : inner.includes(undefined) ? undefined : true;
    }
    if (or === undefined) return undefined;
    const inner = all(or);
    return inner.includes(true) ? true : inner.includes(undefined) ? undefined : false;
  }

  /** What the condition asks, not what it is called: a name may say anything. */
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
      const [one, other] = equals.map((side) =>
        named(evaluate(side, { ...scope, value: () => undefined })),
      );
      return `${one} ${isTrue ? 'is' : 'is not'} ${other}`;
    }
    if (Array.isArray(not)) return words(not[0], !isTrue, within);
    const [some, conjunction] = Array.isArray(and) ? [and, isTrue] : [or, !isTrue];
    if (!Array.isArray(some)) return `${isTrue ? '' : 'not '}${textOf(value)}`;
    return `(${some.map((each) => words(each, isTrue, within)).join(conjunction ? ' and ' : ' or ')})`;
  }

  return scope;
}

/** A side of a comparison: the name of a parameter stands for its value. */
function named(value: unknown): string {
  const text = textOf(value);
  if (text === '') return 'empty';
  return value instanceof Unknown ? text.replace(/^\$\{([^}]*)\}$/, '$1') : text;
}
