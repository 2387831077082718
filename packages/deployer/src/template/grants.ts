/** The difference in what policies allow, statement by statement. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { isObject } from '@patrol/core';
import type { ResourceChange } from '../cloud.ts';

/** A statement that a deployment adds to a resource or takes off it. */
export interface StatementChange {
  readonly change: 'add' | 'remove';
  /** The resource whose policy it stands in. */
  readonly resource: string;
  /** `Allow` or `Deny`. */
  readonly effect: string;
  /** `Action` or `NotAction`, `Resource` or `NotResource`, `Principal` or `NotPrincipal`, `Condition`, as far as there. */
  readonly says: Readonly<Record<string, string>>;
}

/** Parts of a statement, in the order in which they are told. */
const parts = [
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
] as const;

/** What the texts of a value are, where it can say so: a change set tells texts, a template has functions in it. */
export type Fill = (name: string) => string | undefined;

/** A value of a policy as a text. The order of a list has no meaning in a policy, nor that of the members of an object. */
function text(value: unknown, fill: Fill): string {
  if (Array.isArray(value)) {
    return value
      .map((item) => text(item, fill))
      .toSorted()
      .join(', ');
  }
  if (!isObject(value)) return String(value);
  const inner = (member: unknown): string =>
    isObject(member) && called(member, fill) === undefined
      ? `(${text(member, fill)})`
      : text(member, fill);
  return (
    called(value, fill) ??
    Object.entries(value)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, member]) => `${name}=${inner(member)}`)
      .join(' ')
  );
}

/** What a function of CloudFormation gives, as far as it is known; `undefined` for what is none. */
function called(value: Readonly<Record<string, unknown>>, fill: Fill): string | undefined {
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Sub': sub, 'Fn::Join': join } = value;
  const { 'Fn::If': choice } = value;
  if (typeof Ref === 'string') return fill(Ref) ?? `\${${Ref}}`;
  if (attribute !== undefined) return `\${${[attribute].flat().map(String).join('.')}}`;
  if (typeof sub === 'string') {
    return sub.replaceAll(/\$\{([^}!]+)\}/g, (whole, name: string) => fill(name) ?? whole);
  }
  if (Array.isArray(choice)) {
    // Which of the two it is, the conditions of the template decide.
    return choice
      .slice(1)
      .filter((each) => !isDeepStrictEqual(each, { Ref: 'AWS::NoValue' }))
      .map((each) => text(each, fill))
      .join(' or ');
  }
  return Array.isArray(join) && Array.isArray(join[1])
    ? join[1].map((item: unknown) => text(item, fill)).join(String(join[0]))
    : undefined;
}

type Told = Omit<StatementChange, 'change' | 'resource'>;

/** The statements of a value, however deep: every object with an `Effect` in a `Statement`. */
function* statements(value: unknown, fill: Fill): Generator<Told> {
  if (Array.isArray(value)) {
    for (const item of value) yield* statements(item, fill);
  } else if (isObject(value)) {
    const { Effect } = value;
    if (typeof Effect === 'string') {
      yield {
        effect: Effect,
        says: Object.fromEntries(
          parts.flatMap((part) => (part in value ? [[part, text(value[part], fill)]] : [])),
        ),
      };
      return;
    }
    for (const inner of Object.values(value)) yield* statements(inner, fill);
  }
}

/** What the properties of a resource allow. */
function* allowances(type: string, properties: unknown, fill: Fill): Generator<Told> {
  if (!isObject(properties)) return;
  if (type === 'AWS::Lambda::Permission') {
    const { Principal, Action, FunctionName, SourceArn, SourceAccount } = properties;
    const source = {
      ...(SourceArn === undefined ? {} : { SourceArn }),
      ...(SourceAccount === undefined ? {} : { SourceAccount }),
    };
    const only = text(source, fill);
    yield {
      effect: 'Allow',
      says: {
        Principal: text(Principal, fill),
        Action: text(Action, fill),
        Resource: text(FunctionName, fill),
        ...(only === '' ? {} : { Condition: only }),
      },
    };
    return;
  }
  yield* statements(properties, fill);
  for (const policy of [properties['ManagedPolicyArns'] ?? []].flat()) {
    yield { effect: 'Allow', says: { Policy: text(policy, fill) } };
  }
}

/** The properties in the context of a change: CloudFormation writes `{"Properties": …}`. */
function propertiesOf(context: string | undefined): unknown {
  if (context === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(context);
    return isObject(value) && 'Properties' in value ? value['Properties'] : value;
  } catch {
    return undefined;
  }
}

/** Types of resources that say who may do what. */
const carriers = /^AWS::IAM::|Policy$|::Permission$|^AWS::KMS::Key$/;

/** Whether a change concerns permissions, but CloudFormation does not tell the properties to read them from. */
export const isUntold = ({ type, action, before, after }: ResourceChange): boolean =>
  carriers.test(type) &&
  ((action !== 'Add' && propertiesOf(before) === undefined) ||
    (action !== 'Remove' && propertiesOf(after) === undefined));

/**
 * The statements that changes add and take off. A statement that stays is not told, one that changes is told as taken off
 * and added.
 */
export const statementChanges = (
  changes: readonly ResourceChange[],
  fill: Fill = () => undefined,
): readonly StatementChange[] =>
  changes.flatMap(({ resource, type, before, after }) => {
    const was = [...allowances(type, propertiesOf(before), fill)];
    const is = [...allowances(type, propertiesOf(after), fill)];
    return [
      ...without(was, is).map((told) => ({ change: 'remove' as const, resource, ...told })),
      ...without(is, was).map((told) => ({ change: 'add' as const, resource, ...told })),
    ];
  });

/** Those of some statements that the others do not have, as often as they are there more. */
function without(some: readonly Told[], others: readonly Told[]): readonly Told[] {
  const left = others.map((told) => JSON.stringify(told));
  return some.filter((told) => {
    const at = left.indexOf(JSON.stringify(told));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
