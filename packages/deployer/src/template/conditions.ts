/** What the conditions of a template come to with the values of its parameters. Pure. */
import { isObject } from '@patrol/core';

/** Whether a condition holds; `undefined` where that depends on something that is not known before deploying. */
export type Decide = (condition: string) => boolean | undefined;

/** CloudFormation compares texts. */
const plain = (value: unknown): string | undefined =>
  ['string', 'number', 'boolean'].includes(typeof value) ? `${value as string}` : undefined;

/**
 * Decides the conditions of a template.
 *
 * @param text of the template.
 * @param values of the parameters; those that are not given have their defaults.
 */
export function conditionsIn(
  text: string,
  values: Readonly<Record<string, string | undefined>>,
): Decide {
  const { Conditions = {}, Parameters = {} }: Readonly<Record<string, unknown>> = JSON.parse(text);
  const defaultOf = (name: string): string | undefined => {
    const declared = isObject(Parameters) ? Parameters[name] : undefined;
    return isObject(declared) && declared['NoEcho'] !== true
      ? plain(declared['Default'])
      : undefined;
  };
  const textOf = (value: unknown): string | undefined => {
    if (!isObject(value)) return plain(value);
    const { Ref } = value;
    return typeof Ref === 'string' ? (values[Ref] ?? defaultOf(Ref)) : undefined;
  };
  const all = (value: unknown): readonly (boolean | undefined)[] =>
    Array.isArray(value) ? value.map(holds) : [undefined];
  const holds = (value: unknown): boolean | undefined => {
    if (!isObject(value)) return undefined;
    const { Condition, 'Fn::Equals': equals, 'Fn::Not': not, 'Fn::And': and, 'Fn::Or': or } = value;
    if (typeof Condition === 'string') return decide(Condition);
    if (Array.isArray(equals)) {
      const [one, other] = equals.map(textOf);
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
  };
  const decide: Decide = (condition) =>
    holds(isObject(Conditions) ? Conditions[condition] : undefined);
  return decide;
}

const noValue = (value: unknown): boolean => isObject(value) && value['Ref'] === 'AWS::NoValue';

/** A value of a template in which the choices between two (`Fn::If`) are made that can be. */
export function chosen(value: unknown, decide: Decide): unknown {
  if (Array.isArray(value)) {
    return value.map((each) => chosen(each, decide)).filter((each) => !noValue(each));
  }
  if (!isObject(value)) return value;
  const { 'Fn::If': choice } = value;
  if (Array.isArray(choice)) {
    const [condition, one, other] = choice;
    const isOne = decide(String(condition));
    if (isOne !== undefined) return chosen(isOne ? one : other, decide);
  }
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, inner]) => [name, chosen(inner, decide)] as const)
      .filter(([, inner]) => !noValue(inner)),
  );
}
