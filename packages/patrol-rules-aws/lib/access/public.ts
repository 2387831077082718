/** Finds what policies of resources open to everybody. Facts are those of the S3 user guide ("The meaning of 'public'"). */
import { isEverybody, selected, takenAway } from '../iam/denials.ts';
import {
  conditionText,
  type Policy,
  type PolicyCondition,
  PolicyError,
  type PolicyStatement,
  type Principals,
  textsOf,
} from '../iam/policy.ts';

/** A statement of a resource's policy that lets in everybody. */
export interface OpenStatement {
  readonly sid?: string;
  /** Whom it lets in: `everybody`, `everybody but …`, or public identity providers as they stand in the document. */
  readonly principals: readonly string[];
  /** As in the document; `everything but …` for `NotAction`. */
  readonly actions: readonly string[];
  /** As in the document; `everything but …` for `NotResource`. */
  readonly resources: readonly string[];
  /** Its conditions, each as a text. None of them prevents that it is open. */
  readonly conditions: readonly string[];
  /** Why it is open, in a sentence. */
  readonly why: string;
}

const isFixed = (value: string): boolean => value !== '' && !/[*?]|\$\{/.test(value);

/** Whether a value is an address, or a range that S3 does not call very broad: at least /8, or /32 for IPv6. */
function isNarrowRange(value: string): boolean {
  // No address is longer, and the expression below is slow on long texts.
  if (value.length > 50) return false;
  const [, address = '', prefix] =
    /^([\d.]+|[\da-f:.]*:[\da-f:.]*)(?:\/(\d{1,3}))?$/i.exec(value) ?? [];
  if (address === '') return false;
  return prefix === undefined || Number(prefix) >= (address.includes(':') ? 32 : 8);
}

/**
 * The condition keys that prevent that a statement is public, in lower case, each with a test of its values. These are the
 * keys of S3's "meaning of public", and later ones like them: they say which principal, account, organisation or network a
 * request comes from.
 */
const narrowing: ReadonlyMap<string, (value: string) => boolean> = new Map([
  ...[
    'aws:principalaccount',
    'aws:principalarn',
    'aws:principalorgid',
    'aws:principalservicename',
    'aws:sourceaccount',
    'aws:sourcearn',
    'aws:sourceorgid',
    'aws:sourceowner',
    'aws:sourcevpc',
    'aws:sourcevpcarn',
    'aws:sourcevpce',
    'aws:vpceaccount',
    'aws:vpceorgid',
    's3:dataaccesspointaccount',
  ].map((key) => [key, isFixed] as const),
  ['aws:sourceip', isNarrowRange],
  // `AROAEXAMPLE:*`: any session of one role.
  ['aws:userid', (value) => isFixed(value) || /^A[A-Z0-9]{15,}:\*$/.test(value)],
  // Paths begin with the id of the organisation, and most end in `*`.
  ...['aws:principalorgpaths', 'aws:sourceorgpaths', 'aws:vpceorgpaths'].map(
    (key) => [key, (value: string) => /^o-[a-z0-9]{10,32}\//.test(value)] as const,
  ),
  // "This value can contain a wildcard for the access point name […] as long as the account id is fixed."
  [
    's3:dataaccesspointarn',
    (value) => /^arn:[^:*?$]+:s3:[^:$]*:\d{12}:accesspoint\/[^$]+$/.test(value),
  ],
]);

const positive = /^(StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike|IpAddress)$/i;
const negative =
  /^(StringNotEquals|StringNotEqualsIgnoreCase|StringNotLike|ArnNotEquals|ArnNotLike|NotIpAddress)$/i;

const namesFixedValues = ({ key, values }: PolicyCondition): boolean => {
  const isEnough = narrowing.get(key.toLowerCase());
  return isEnough !== undefined && values.length > 0 && values.every(isEnough);
};

/**
 * Whether a condition holds only for requests from a fixed place or principal. With `IfExists` or `ForAllValues` it also
 * holds for requests without the key.
 */
const narrows = (condition: PolicyCondition): boolean =>
  positive.test(condition.operator) &&
  !condition.ifExists &&
  condition.qualifier !== 'ForAllValues' &&
  namesFixedValues(condition);

/**
 * Whether a condition of a Deny holds for all requests except those from a fixed place or principal. Negated operators also
 * hold for requests without the key, but not with `ForAnyValue`.
 */
const sparesOnlyFixed = (condition: PolicyCondition): boolean =>
  (negative.test(condition.operator) &&
    condition.qualifier !== 'ForAnyValue' &&
    namesFixedValues(condition)) ||
  // Unsigned requests do not have the key. Without `IfExists` the Deny would not hold for them.
  (/^Bool$/i.test(condition.operator) &&
    condition.ifExists &&
    condition.key.toLowerCase() === 'aws:principalisawsservice' &&
    condition.values.every((value) => value.toLowerCase() === 'false'));

/** Whether a Deny takes what a statement allows away from everybody except fixed principals or places. */
function isTakenBack(policy: Policy, { actions, resources }: PolicyStatement): boolean {
  const denials = policy.statements.filter(
    ({ effect, principals, conditions }) =>
      effect === 'Deny' &&
      principals !== undefined &&
      (principals.except
        ? conditions.length === 0 && !principals.list.some(isPublic)
        : principals.list.some(isEverybody) && conditions.every(sparesOnlyFixed)),
  );
  return selected(actions).every(takenAway(denials, selected(resources)));
}

/** Whether anybody can be this principal: `*`, or an identity provider where anybody can have an account. */
const isPublic = ({ kind, id }: Principals['list'][number]): boolean =>
  id.includes('*') || (kind.toLowerCase() === 'federated' && !id.startsWith('arn:'));

const everythingBut = (what: string, list: readonly string[]): readonly string[] =>
  list.length > 0 ? [`${what} but ${list.join(', ')}`] : [what];

const openOf = (
  statement: PolicyStatement,
  principals: readonly string[],
  why: string,
): OpenStatement => ({
  ...(statement.sid === undefined ? {} : { sid: statement.sid }),
  principals,
  actions: statement.actions.except
    ? everythingBut('everything', textsOf(statement.actions))
    : textsOf(statement.actions),
  resources: statement.resources.except
    ? everythingBut('everything', textsOf(statement.resources))
    : textsOf(statement.resources),
  conditions: statement.conditions.map(conditionText),
  why,
});

/** The principals of a statement of a resource's policy. */
function principalsOf({ principals }: PolicyStatement, index: number): Principals {
  if (principals) return principals;
  throw new PolicyError(
    `expected Principal or NotPrincipal in Statement ${index + 1} of a resource's policy, found neither`,
  );
}

/**
 * The statements of a resource's policy that let in everybody, by S3's rules ("The meaning of 'public'").
 *
 * A statement is open with `*`, with `NotPrincipal` and with public identity providers, unless a condition asks for fixed
 * values of a key that says where a request comes from. Wildcards and policy variables are not fixed values. A statement is
 * not open if a Deny takes it away from everybody except fixed principals or places.
 *
 * @throws PolicyError for a policy whose statements have no principals.
 */
export const publicStatements = (policy: Policy): readonly OpenStatement[] =>
  policy.statements.flatMap((statement, index) => {
    if (statement.effect !== 'Allow') return [];
    const { except, list } = principalsOf(statement, index);
    const open = except ? list : list.filter(isPublic);
    if ((!except && open.length === 0) || statement.conditions.some(narrows)) return [];
    if (isTakenBack(policy, statement)) return [];
    const ids = open.map(({ id }) => id);
    const principals = except
      ? everythingBut('everybody', ids)
      : [...new Set(open.map(({ id }) => (id === '*' ? 'everybody' : id)))];
    const given =
      statement.conditions.length > 0
        ? 'and its conditions do not narrow that to fixed principals, accounts, organisations or networks'
        : 'and it has no conditions';
    return [openOf(statement, principals, `It allows ${principals.join(', ')}, ${given}.`)];
  });
