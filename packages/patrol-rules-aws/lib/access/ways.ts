/**
 * Reads from the conditions and the Denies of a policy which ways in they leave open. Facts are those of the IAM user guide
 * ("AWS global condition context keys"), and of the user guides of S3, KMS and EFS about the keys of these services.
 */
import { isEverybody, selected, selects, takenAway } from '../iam/denials.ts';
import type { Policy, PolicyCondition, PolicyStatement, Principals } from '../iam/policy.ts';
import { areNarrow } from './ranges.ts';

/** One way in that a condition leaves open: where requests come from that meet it. */
export interface Way {
  /**
   * `own` is the account or organisation of the resource, whichever that is. `unplaced` is one fixed principal or resource
   * whose account the policy does not tell.
   */
  readonly kind: 'own' | 'account' | 'organization' | 'unplaced' | 'service' | 'network';
  /** The account's or organisation's id; for other kinds what stands in the document. */
  readonly id: string;
  /** As it stands in the document. */
  readonly text: string;
  /** Whether it names the resource for which an AWS service makes the request. Requests of others do not have such a key. */
  readonly isSource: boolean;
}

/** Whether a value can match only itself: it has no wildcards and no policy variables. */
export const isFixed = (value: string): boolean => value !== '' && !/[*?]|\$\{/.test(value);

/** The account in an ARN, perhaps with wildcards in other parts. A `*` of a text operator runs across colons. */
function accountIn(arn: string, { operator }: PolicyCondition): string | undefined {
  const [scheme, partition = '', service = '', region = '', account = ''] = arn.split(':');
  if (scheme !== 'arn' || !/^\d{12}$/.test(account)) return undefined;
  const isCertain =
    /^Arn/i.test(operator) ||
    (isFixed(partition) &&
      isFixed(service) &&
      (region === '*' || region === '' || isFixed(region)));
  return isCertain ? account : undefined;
}

/** Makes the way that a value leaves open; `undefined` where the value is not fixed. */
type ReadValue = (
  value: string,
  condition: PolicyCondition,
) => (Omit<Way, 'text'> & Partial<Way>) | undefined;

const ofKind =
  (kind: Way['kind'], isSource = false): ReadValue =>
  (value) =>
    isFixed(value) ? { kind, id: value, isSource } : undefined;

const ofArn =
  (isSource: boolean): ReadValue =>
  (value, condition) => {
    const account = accountIn(value, condition);
    if (account !== undefined) return { kind: 'account', id: account, isSource };
    // The names of buckets are unique, and their ARNs have no account.
    const isBucket = /^arn:[^:]*:s3:[^:]*:[^:]*:[^:*?$/]+$/.test(value);
    return isFixed(value) || isBucket ? { kind: 'unplaced', id: value, isSource } : undefined;
  };

const ofPaths =
  (isSource: boolean): ReadValue =>
  (value) => {
    const [, id] = /^(o-[a-z0-9]{10,32})\//.exec(value) ?? [];
    return id === undefined ? undefined : { kind: 'organization', id, isSource };
  };

/** Reads `AROAEXAMPLE:*`, any session of one role, and `111122223333:…`, a federated user of an account. */
const ofUserId: ReadValue = (value) => {
  const [, account] = /^(\d{12})(?::.*)?$/s.exec(value) ?? [];
  if (account !== undefined) return { kind: 'account', id: account, isSource: false };
  return isFixed(value) || /^A[A-Z0-9]{15,}:\*$/.test(value)
    ? { kind: 'unplaced', id: value, isSource: false }
    : undefined;
};

const ofTrue =
  (kind: Way['kind'], id: string): ReadValue =>
  (value, { operator }) =>
    /^Bool$/i.test(operator) && value.toLowerCase() === 'true'
      ? { kind, id, text: id, isSource: false }
      : undefined;

/** The keys that say where a request comes from, in lower case, each with a reader of its values. */
const places: ReadonlyMap<string, ReadValue> = new Map<string, ReadValue>([
  ['aws:principalaccount', ofKind('account')],
  ['aws:vpceaccount', ofKind('account')],
  ['kms:calleraccount', ofKind('account')],
  ['s3:dataaccesspointaccount', ofKind('account')],
  ['aws:sourceaccount', ofKind('account', true)],
  ['aws:sourceowner', ofKind('account', true)],
  ['aws:principalarn', ofArn(false)],
  ['aws:sourcevpcarn', ofArn(false)],
  // "This value can contain a wildcard for the access point name […] as long as the account id is fixed."
  ['s3:dataaccesspointarn', ofArn(false)],
  ['aws:sourcearn', ofArn(true)],
  ['aws:userid', ofUserId],
  ['aws:principalorgid', ofKind('organization')],
  ['aws:vpceorgid', ofKind('organization')],
  ['aws:sourceorgid', ofKind('organization', true)],
  ['aws:principalorgpaths', ofPaths(false)],
  ['aws:vpceorgpaths', ofPaths(false)],
  ['aws:sourceorgpaths', ofPaths(true)],
  ['aws:principalservicename', (id) => ({ kind: 'service', id, isSource: false })],
  ['aws:principalservicenameslist', (id) => ({ kind: 'service', id, isSource: false })],
  ['aws:principalisawsservice', ofTrue('service', 'AWS services')],
  ['aws:sourcevpc', ofKind('network')],
  ['aws:sourcevpce', ofKind('network')],
  ['aws:ec2instancesourcevpc', ofKind('network')],
  [
    'elasticfilesystem:accessedviamounttarget',
    ofTrue('network', "the file system's mount targets"),
  ],
]);

/** `${aws:ResourceOrgID}` as a value of aws:PrincipalOrgID, or the other way round: the organisation of the resource itself. */
const isOwn = (key: string, value: string): boolean => {
  const [, what] = /^aws:(?:resource|principal|source)(orgid|account)$/.exec(key) ?? [];
  const [, other] = /^\$\{aws:(?:resource|principal|source)(orgid|account)\}$/i.exec(value) ?? [];
  return what !== undefined && what === other?.toLowerCase() && /resource/i.test(key + value);
};

/** The ways that the values of a condition name; `undefined` where one of them is not fixed, or the key tells no place. */
function waysOf(condition: PolicyCondition): readonly Way[] | undefined {
  const { values } = condition;
  const key = condition.key.toLowerCase();
  if (values.length === 0) return undefined;
  if (key === 'aws:sourceip') {
    return areNarrow(values)
      ? values.map((text) => ({ kind: 'network', id: text, text, isSource: false }))
      : undefined;
  }
  const read = key.startsWith('kms:encryptioncontext:') ? ofArn(true) : places.get(key);
  const ways = values.flatMap((text): readonly Way[] => {
    if (isOwn(key, text)) {
      return [{ kind: 'own', id: text, text, isSource: key.startsWith('aws:source') }];
    }
    const way = read?.(text, condition);
    return way ? [{ text, ...way }] : [];
  });
  return ways.length === values.length ? ways : undefined;
}

const positive =
  /^(StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike|IpAddress|Bool)$/i;
const negative =
  /^(StringNotEquals|StringNotEqualsIgnoreCase|StringNotLike|ArnNotEquals|ArnNotLike|NotIpAddress)$/i;

/**
 * The conditions that hold only for requests that have the key, with one of the values. With `IfExists` or `ForAllValues` a
 * condition also holds for requests without the key, unless a `Null` condition asks for it.
 */
export function certainConditions({
  conditions,
}: Pick<PolicyStatement, 'conditions'>): readonly PolicyCondition[] {
  const asked = new Set(
    conditions
      .filter(
        ({ operator, values }) =>
          /^Null$/i.test(operator) &&
          values.length > 0 &&
          values.every((value) => value.toLowerCase() === 'false'),
      )
      .map(({ key }) => key.toLowerCase()),
  );
  return conditions.filter(
    ({ operator, qualifier, ifExists, key }) =>
      positive.test(operator) &&
      ((!ifExists && qualifier !== 'ForAllValues') || asked.has(key.toLowerCase())),
  );
}

/**
 * The ways that a condition of a Deny spares. Negated operators also hold for requests without the key, but not with
 * `ForAnyValue`.
 */
function sparedByCondition(condition: PolicyCondition): readonly Way[] | undefined {
  if (negative.test(condition.operator) && condition.qualifier !== 'ForAnyValue') {
    return waysOf(condition);
  }
  // Unsigned requests do not have the key. Without `IfExists` the Deny would not hold for them.
  const sparesServices =
    /^Bool$/i.test(condition.operator) &&
    condition.ifExists &&
    condition.key.toLowerCase() === 'aws:principalisawsservice' &&
    condition.values.length > 0 &&
    condition.values.every((value) => value.toLowerCase() === 'false');
  return sparesServices
    ? [{ kind: 'service', id: 'AWS services', text: 'AWS services', isSource: false }]
    : undefined;
}

/** The way that a principal is; `undefined` for everybody. */
export function wayOfPrincipal({ kind, id }: Principals['list'][number]): Way | undefined {
  const way = (of: Way['kind'], name = id): Way => ({
    kind: of,
    id: name,
    text: id,
    isSource: false,
  });
  const [, account] = /^(?:arn:[^:*]+:[^:*]+:[^:*]*:)?(\d{12})(?::.*)?$/s.exec(id) ?? [];
  switch (kind.toLowerCase()) {
    case 'service':
      return id.includes('*') ? undefined : way('service');
    case 'federated':
      return account === undefined ? undefined : way('account', account);
    case 'canonicaluser':
      return id.includes('*') ? undefined : way('unplaced');
    default:
      if (account !== undefined) return way('account', account);
      return id.includes('*') ? undefined : way('unplaced');
  }
}

/** The ways that a Deny spares, where it holds for everybody else; `undefined` where others can get round it. */
function sparedBy({ principals, conditions }: PolicyStatement): readonly Way[] | undefined {
  if (principals === undefined) return undefined;
  const spared = principals.except
    ? conditions.length > 0
      ? [undefined]
      : principals.list.map((principal) => {
          const way = wayOfPrincipal(principal);
          return way && [way];
        })
    : principals.list.some(isEverybody)
      ? conditions.map(sparedByCondition)
      : [undefined];
  const ways: Way[] = [];
  for (const some of spared) {
    if (!some) return undefined;
    ways.push(...some);
  }
  return ways;
}

/**
 * Makes a function that gives, for an Allow of the policy, a list of ways in for each condition and each Deny that limits it. A
 * request has to come by one of the ways of each list. A Deny counts only where it covers all actions and resources of the
 * Allow, alone or together with other Denies.
 */
export function limitsIn({
  statements,
}: Policy): (allow: PolicyStatement) => readonly (readonly Way[])[] {
  const denials = statements.flatMap((statement) => {
    const ways = statement.effect === 'Deny' ? sparedBy(statement) : undefined;
    return ways ? [{ statement, ways }] : [];
  });
  return (allow) => {
    const parts = { actions: selected(allow.actions), resources: selected(allow.resources) };
    const alone = denials.filter(({ statement: denial }) =>
      (['actions', 'resources'] as const).every((part) =>
        parts[part].every((glob) => selects(denial[part], glob)),
      ),
    );
    const all = denials.map(({ statement }) => statement);
    const isCovered =
      alone.length === 0 &&
      denials.length > 1 &&
      parts.actions.every(takenAway(all, parts.resources));
    return [
      ...certainConditions(allow).flatMap((condition) => {
        const ways = waysOf(condition);
        return ways ? [ways] : [];
      }),
      ...alone.map(({ ways }) => ways),
      ...(isCovered ? [denials.flatMap(({ ways }) => ways)] : []),
    ];
  };
}

/** Makes a function that tells whether Denies without conditions take an Allow away from one principal. */
export function isTakenFrom({
  statements,
}: Policy): (allow: PolicyStatement, principal: Principals['list'][number]) => boolean {
  const denials = statements.flatMap((statement) => {
    const { effect, conditions, principals } = statement;
    return effect === 'Deny' && conditions.length === 0 && principals?.except === false
      ? [{ statement, denied: new Set(principals.list.map(keyOf)) }]
      : [];
  });
  return (allow, principal) => {
    const way = wayOfPrincipal(principal);
    const keys = [principal, ...(way?.kind === 'account' ? [{ kind: 'AWS', id: way.id }] : [])].map(
      keyOf,
    );
    const against = denials.filter(({ denied }) => keys.some((key) => denied.has(key)));
    return (
      against.length > 0 &&
      selected(allow.actions).every(
        takenAway(
          against.map(({ statement }) => statement),
          selected(allow.resources),
        ),
      )
    );
  };
}

/** A principal as a key. The root of an account stands for the account, and a Deny for an account holds for all in it. */
const keyOf = ({ kind, id }: Principals['list'][number]): string =>
  `${kind.toLowerCase()} ${id.replace(/^arn:[^:]*:iam::(\d{12}):root$/, '$1')}`;
