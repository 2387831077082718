/**
 * Says whom the policy of a resource, or the trust policy of a role, lets in from outside: everybody, other accounts, other
 * organisations, identity providers, and AWS services that act for anybody. It looks at the document alone, and errs
 * towards saying that somebody gets in.
 *
 * A rule declares the parameters `trust` and loads this module as a chunk:
 *
 * ```ts
 * import { trust } from '../../lib/access/trust.ts';
 *
 * parameters: { ...trust },
 * async evaluate({ detail }, { parameters }) {
 *   const { about, isOutsider, openings } = await import('../../lib/access/openings.ts');
 *   const open = openings(detail.requestParameters?.policy, {
 *     account: detail.recipientAccountId,
 *     ...parameters,
 *   }).filter(isOutsider);
 *   if (open.length === 0) return undefined;
 *   const { who, why, actions, ...finding } = about(open);
 *   return {
 *     ...finding, // severity, facts
 *     title: `Key policy of KMS key ${key} lets in ${who}, by ${actor(detail.userIdentity).description}`,
 *     summary: `${why} It gives ${actions}.`,
 *     targets: [{ type: 'AWS::KMS::Key', id: key }],
 *   };
 * }
 * ```
 *
 * Whom the operator trusts is then quiet, and no item mutes the finding. `opened.ts` makes findings that name such an item, and
 * logs what it mutes.
 *
 * For a call that adds a permission without a document (`AddPermission`), `permission` makes the document.
 *
 * `isOutsider` leaves out AWS services that act for anybody and fixed networks, which many ordinary policies have. A rule on
 * resources for which these matter filters by `kind` itself.
 */
import type { Finding } from '@patrol/core';
import {
  conditionText,
  type Policy,
  type PolicyCondition,
  parsePolicy,
  PolicyError,
  type PolicyStatement,
  type Principals,
  type Selection,
  textsOf,
} from '../iam/policy.ts';
import { openProvider } from './federated.ts';
import { serviceBehind } from './services.ts';
import type { Trusted } from './trust.ts';
import {
  certainConditions,
  isFixed,
  isTakenFrom,
  limitsIn,
  type Way,
  wayOfPrincipal,
} from './ways.ts';

export { permission } from './permission.ts';

/** The kinds of openings, from the widest to the narrowest. */
const kinds = ['public', 'account', 'organization', 'federated', 'service', 'network'] as const;

/** Somebody whom a statement lets in from outside. */
export interface Opening {
  /**
   * - `public`: everybody.
   * - `account`: another account, or a principal whose account the policy does not tell.
   * - `organization`: the accounts of another organisation.
   * - `federated`: an identity provider, and nothing says which of its identities.
   * - `service`: an AWS service, and nothing says for whose resources it acts (the confused deputy).
   * - `network`: everybody who comes from certain addresses or networks.
   */
  readonly kind: (typeof kinds)[number];
  /** Whom, for a sentence: `account 444455556666`. */
  readonly who: string;
  /** The principal as it stands in the document; `*` for everybody. */
  readonly principal: string;
  /** The account, where the kind is `account` and the policy tells it. */
  readonly account?: string;
  readonly sid?: string;
  /** As in the document; `everything but …` for `NotAction`. */
  readonly actions: readonly string[];
  /** As in the document; `everything but …` for `NotResource`. */
  readonly resources: readonly string[];
  /** All conditions of the statement, each as a text. */
  readonly conditions: readonly string[];
  /** Whether conditions or Denies limit it further than `who` says: to networks, or by `sts:ExternalId`. */
  readonly isNarrowed: boolean;
  /** Why, in a sentence. */
  readonly why: string;
  /** A proposal. The rule knows what the resource is worth. */
  readonly severity: 'critical' | 'high' | 'medium' | 'low';
}

/** Whom a rule trusts. */
export interface Trust extends Trusted {
  /** The account of the resource: `recipientAccountId` of the record. */
  readonly account: unknown;
}

/** Whether an opening lets in people of others, rather than AWS services or those who come from fixed networks. */
export const isOutsider = ({ kind }: Opening): boolean => kind !== 'service' && kind !== 'network';

/**
 * The openings of a policy, the widest first. Empty where all whom it lets in are of the resource's own account, or trusted.
 *
 * @param document JSON text, plain or URL-encoded, or the object.
 * @throws PolicyError for a document that cannot be read, and for one whose statements have no principals.
 */
export function openings(document: unknown, trust: Trust): readonly Opening[] {
  const isTrusted = ({ kind, id }: Way): boolean =>
    kind === 'own' ||
    (kind === 'organization'
      ? trust.trustedOrganizations.find(id) !== undefined
      : (kind === 'account' && id === trust.account) ||
        trust.trustedAccounts.find(id) !== undefined);
  const statements = new Map<string, number>();
  const unique = new Map<string, Opening>();
  for (const ofStatement of allOpenings(parsePolicy(document), isTrusted)) {
    const [first] = ofStatement;
    if (!first) continue;
    const given = JSON.stringify([first.sid, first.actions, first.resources, first.conditions]);
    const statement = statements.get(given) ?? statements.size;
    statements.set(given, statement);
    for (const opening of ofStatement) {
      const { kind, who, principal, isNarrowed } = opening;
      unique.set(JSON.stringify([kind, who, principal, isNarrowed, statement]), opening);
    }
  }
  return [...unique.values()].toSorted((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind));
}

/** What the finding about some openings says, whatever the resource is. */
export function about(open: readonly Opening[]): Pick<Finding, 'severity' | 'facts'> & {
  readonly who: string;
  readonly why: string;
  readonly actions: string;
} {
  const all = (list: (opening: Opening) => readonly string[]): readonly string[] => [
    ...new Set(open.flatMap(list)),
  ];
  const who = listed(
    all((opening) => [opening.who]),
    5,
  );
  const actions = listed(
    all((opening) => opening.actions),
    5,
  );
  const conditions = listed(
    all((opening) => opening.conditions),
    10,
  );
  return {
    who,
    actions,
    why: all((opening) => [opening.why])
      .slice(0, 5)
      .join(' '),
    severity:
      severities.find((severity) => open.some((opening) => opening.severity === severity)) ?? 'low',
    facts: {
      letsIn: listed(all((opening) => [opening.who])),
      kinds: listed(all((opening) => [opening.kind])),
      actions: listed(all((opening) => opening.actions)),
      ...(conditions === '' ? {} : { conditions }),
    },
  };
}

const severities = ['critical', 'high', 'medium', 'low'] as const;

function listed(items: readonly string[], most = 20): string {
  const shown = items.slice(0, most).join(', ');
  return items.length > most ? `${shown} and ${items.length - most} more` : shown;
}

type Ways = readonly Way[];
type Principal = Principals['list'][number];
/** What all openings of a statement say. */
type Given = Pick<Opening, 'sid' | 'actions' | 'resources' | 'conditions'>;

/** A statement that allows something, and what limits it. */
interface Allowed {
  readonly given: Given;
  /** The conditions that hold only for requests with one of their values. */
  readonly conditions: readonly PolicyCondition[];
  /** Whether requests have to give a text that only those know who were told. */
  readonly needsSecret: boolean;
  /** The lists of ways that limit it (`limitsIn`), without those that are trusted. None of them is empty. */
  readonly limits: readonly Ways[];
  readonly isTrusted: (way: Way) => boolean;
}

/** The openings of a policy, in the order of its statements: a list for each. */
export function allOpenings(
  policy: Policy,
  isTrusted: (way: Way) => boolean,
): readonly (readonly Opening[])[] {
  const limitsOf = limitsIn(policy);
  const isTaken = isTakenFrom(policy);
  return policy.statements.map((statement, index) => {
    if (statement.effect !== 'Allow') return [];
    const { except, list } = principalsOf(statement, index);
    const limits = limitsOf(statement).map((ways) => ways.filter((way) => !isTrusted(way)));
    // Nobody but those who are trusted comes by all the ways.
    if (limits.some((ways) => ways.length === 0)) return [];
    const conditions = certainConditions(statement);
    const allowed = {
      given: givenBy(statement),
      conditions,
      needsSecret: conditions.some(isSecret),
      limits,
      isTrusted,
    };
    if (except) {
      const [who = ''] = everythingBut(
        'everybody',
        list.map(({ id }) => id),
      );
      return toEverybody('*', who, allowed);
    }
    return list.flatMap((principal) =>
      isTaken(statement, principal) ? [] : ofPrincipal(principal, allowed),
    );
  });
}

/** The principals of a statement of a resource's policy. */
function principalsOf({ principals }: PolicyStatement, index: number): Principals {
  const where = `Statement ${index + 1} of a resource's policy`;
  if (!principals) {
    throw new PolicyError(`expected Principal or NotPrincipal in ${where}, found neither`);
  }
  for (const { kind, id } of principals.list) {
    if (!/^(AWS|Service|Federated|CanonicalUser)$/i.test(kind)) {
      throw new PolicyError(
        `expected AWS, Service, Federated or CanonicalUser as the kind of a principal in ${where}, found ${JSON.stringify(kind.slice(0, 60))}`,
      );
    }
    if (id === '') throw new PolicyError(`expected a principal in ${where}, found an empty text`);
  }
  return principals;
}

const givenBy = ({ sid, actions, resources, conditions }: PolicyStatement): Given => {
  const selectedBy = (selection: Selection): readonly string[] =>
    selection.except ? everythingBut('everything', textsOf(selection)) : textsOf(selection);
  return {
    ...(sid === undefined ? {} : { sid }),
    actions: selectedBy(actions),
    resources: selectedBy(resources),
    conditions: conditions.map(conditionText),
  };
};

const everythingBut = (what: string, list: readonly string[]): readonly string[] =>
  list.length > 0 ? [`${what} but ${list.join(', ')}`] : [what];

const isSecret = ({ key, values }: PolicyCondition): boolean =>
  /^(sts:ExternalId|lambda:EventSourceToken)$/i.test(key) &&
  values.length > 0 &&
  values.every(isFixed);

function ofPrincipal(principal: Principal, allowed: Allowed): readonly Opening[] {
  const kind = principal.kind.toLowerCase();
  const { id } = principal;
  const way = wayOfPrincipal(principal);
  const isTrusted = way !== undefined && allowed.isTrusted(way);
  if (kind === 'federated' && (!way || isTrusted)) return toProvider(principal, allowed);
  if (isTrusted) return [];
  if (!way) {
    const all = kind === 'service' ? 'every AWS service' : 'everybody';
    return toEverybody(id, id === '*' ? all : id, allowed);
  }
  const service =
    way.kind === 'service' ? id : serviceBehind(id, way.kind === 'account' ? way.id : undefined);
  return service === undefined
    ? [toWay(way, id, allowed, allowed.limits.length > 0)]
    : toService(service, id, allowed);
}

/** Everybody, or those who come by the ways that are left. */
function toEverybody(principal: string, who: string, allowed: Allowed): readonly Opening[] {
  const { given, limits, needsSecret } = allowed;
  const ways = narrowest(limits);
  if (ways) return toWays(ways, principal, allowed);
  const isLimited =
    given.conditions.length > 0
      ? 'and its conditions do not narrow that to fixed principals, accounts, organisations or networks'
      : 'and it has no conditions';
  return [
    {
      ...given,
      kind: 'public',
      who,
      principal,
      isNarrowed: needsSecret,
      why: `It allows ${who}, ${isLimited}.`,
      severity: needsSecret ? 'high' : 'critical',
    },
  ];
}

const order: readonly Way['kind'][] = [
  'own',
  'account',
  'organization',
  'unplaced',
  'service',
  'network',
];

/** The list of ways that tells most precisely who gets in; `undefined` where there is none. */
const narrowest = (limits: readonly Ways[]): Ways | undefined => {
  const width = (ways: Ways): number =>
    ways.reduce((most, { kind }) => Math.max(most, order.indexOf(kind)), 0);
  return limits
    .map((ways) => ({ ways, width: width(ways) }))
    .toSorted((a, b) => a.width - b.width)[0]?.ways;
};

/** The openings for several ways in: one for all networks together, and no more than anybody reads of the others. */
function toWays(ways: Ways, principal: string, allowed: Allowed): readonly Opening[] {
  const isLimited = allowed.limits.length > 1;
  const [network, ...networks] = ways.filter(({ kind }) => kind === 'network');
  const text =
    network &&
    listed(
      [network, ...networks].map((way) => way.text),
      5,
    );
  return [
    ...ways.filter(({ kind }) => kind !== 'network').slice(0, 50),
    ...(network && text !== undefined ? [{ ...network, text }] : []),
  ].map((way) => toWay(way, principal, allowed, isLimited));
}

/** The opening for one way in. */
function toWay(
  { kind, id, text, isSource }: Way,
  principal: string,
  { given, needsSecret }: Allowed,
  isLimited: boolean,
): Opening {
  const isNarrowed = isLimited || needsSecret;
  const through = isSource ? ' through an AWS service' : '';
  const common = {
    ...given,
    principal,
    isNarrowed,
    severity: isNarrowed ? 'medium' : 'high',
  } as const;
  switch (kind) {
    case 'own':
    case 'account': {
      const isWhole = text === id || text.endsWith(':root');
      return {
        ...common,
        kind: 'account',
        account: id,
        who: `${isWhole ? `account ${id}` : text}${through}`,
        why: `It allows ${isWhole ? '' : `${text} of `}account ${id}${through}, which is neither this account nor a trusted one.`,
      };
    }
    case 'organization': {
      const who = `every account of organisation ${id}${through}`;
      return { ...common, kind, who, why: `It allows ${who}, which is not a trusted one.` };
    }
    case 'unplaced': {
      const who = `${/^[\da-f]{64}$/.test(text) ? 'canonical user ' : ''}${text}${through}`;
      const why = `It allows ${who}. The policy does not tell which account that is.`;
      return { ...common, kind: 'account', who, why };
    }
    case 'service':
      return toAnyAccount(text, principal, given, isNarrowed);
    case 'network': {
      const who = `everybody who comes from ${text}`;
      return { ...common, kind, who, why: `It allows ${who}.`, severity: 'low' };
    }
  }
}

/** A service, or the accounts and organisations for whose resources it may act. */
function toService(service: string, principal: string, allowed: Allowed): readonly Opening[] {
  const { given, limits, needsSecret } = allowed;
  const sources = narrowest(limits.filter((ways) => ways.every(({ isSource }) => isSource)));
  if (!sources) return [toAnyAccount(service, principal, given, needsSecret || limits.length > 0)];
  const placed = sources.filter(({ kind }) => kind !== 'unplaced');
  return toWays(placed, principal, allowed);
}

const toAnyAccount = (
  service: string,
  principal: string,
  given: Given,
  isNarrowed: boolean,
): Opening => ({
  ...given,
  kind: 'service',
  who: `${service} for any account`,
  principal,
  isNarrowed,
  why: `It allows ${service}, and no condition says for which account the service may act.`,
  severity: 'low',
});

/** An identity provider of this account, or one of everybody's. */
function toProvider(
  principal: Principal,
  { given, conditions, limits }: Allowed,
): readonly Opening[] {
  const open = openProvider(principal, conditions);
  if (!open) return [];
  const { issuer, isShared } = open;
  const isNarrowed = limits.length > 0;
  const what = isShared
    ? ', where anybody can have an identity, and no condition says whose identities'
    : ', and no condition says which of its identities';
  return [
    {
      ...given,
      kind: 'federated',
      who: `every identity of ${issuer}`,
      principal: principal.id,
      isNarrowed,
      why: `It allows ${issuer}${what}.`,
      severity: isShared ? (isNarrowed ? 'high' : 'critical') : isNarrowed ? 'low' : 'medium',
    },
  ];
}
