/**
 * IAM policy documents: reading them, and what they certainly give. Everything here works on the document alone. Where a
 * document leaves something open (conditions, policy variables) an Allow is taken to give and a Deny to take nothing
 * away, and the conditions are handed on, to be told.
 *
 * Facts are those of the IAM user guide ("Grammar of the IAM JSON policy language", "IAM JSON policy element reference")
 * and, for what is public, of the S3 user guide ("The meaning of 'public'").
 *
 * Rules load this module as a chunk: `const { parsePolicy } = await import('../../lib/iam/policy.ts')`.
 */
import { isObject } from '@patrol/core';
import { covers, everything, type Glob, globText, overlap, parseGlob, residues } from './glob.ts';
import { beginningsOf, isOfOthers } from './services.ts';

/** A document that cannot be read. The message says what was expected, what was found and where. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
}

/** A policy document. */
export interface Policy {
  readonly statements: readonly PolicyStatement[];
}

/** A statement of a policy. */
export interface PolicyStatement {
  readonly sid?: string;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: Selection;
  /** All of them where the document names none, as trust policies do. */
  readonly resources: Selection;
  /** Missing in policies of identities. */
  readonly principals?: Principals;
  readonly conditions: readonly PolicyCondition[];
}

/** What `Action` or `NotAction`, `Resource` or `NotResource` select. */
export interface Selection {
  /** Whether everything but the patterns is selected. */
  readonly except: boolean;
  readonly patterns: readonly Pattern[];
}

/** An action or a resource, perhaps with wildcards. */
export interface Pattern {
  /** As it stands in the document. */
  readonly text: string;
  /** What it matches at most: actions in lower case, policy variables as `*`. */
  readonly glob: Glob;
  /** Whether it holds policy variables, so that what it matches at least is not known. */
  readonly varies: boolean;
}

/** What `Principal` or `NotPrincipal` select. */
interface Principals {
  readonly except: boolean;
  /** Each with its kind: `AWS`, `Service`, `Federated`, `CanonicalUser`; `*` by itself is of the kind `AWS`. */
  readonly list: readonly { readonly kind: string; readonly id: string }[];
}

/** One key of a `Condition`. All conditions of a statement must hold; of the values of one, any. */
export interface PolicyCondition {
  /** The operator without qualifier and suffix: `StringNotLike`. */
  readonly operator: string;
  readonly qualifier?: 'ForAnyValue' | 'ForAllValues';
  /** Whether it also holds when the key is missing. */
  readonly ifExists: boolean;
  /** As it stands in the document; letter case makes no difference. */
  readonly key: string;
  readonly values: readonly string[];
}

/** What a policy gives: some actions on some resources. */
export interface Grant {
  readonly sid?: string;
  /** The actions as patterns, narrowed to the service that was asked about. */
  readonly actions: readonly string[];
  /** What `NotAction` leaves out of the actions. */
  readonly exceptActions: readonly string[];
  /** The resources as patterns, as they stand in the document. */
  readonly resources: readonly string[];
  /** What `NotResource` leaves out of the resources. */
  readonly exceptResources: readonly string[];
  /** The conditions under which it holds, each as a text. */
  readonly conditions: readonly string[];
}

/** A statement of a resource's policy that lets in everybody. */
export interface OpenStatement {
  readonly sid?: string;
  /** Whom it lets in: `everybody`, `everybody but …`, or public identity providers as they stand in the document. */
  readonly principals: readonly string[];
  /** As in the document; `everything but …` for `NotAction`. */
  readonly actions: readonly string[];
  /** As in the document; `everything but …` for `NotResource`. */
  readonly resources: readonly string[];
  /** Its conditions, each as a text; none of them keeps it from being open. */
  readonly conditions: readonly string[];
  /** Why it is open, in a sentence. */
  readonly why: string;
}

/** The longest document that IAM's API takes; other services take less. */
const longestDocument = 131_072;
/** Twice the longest policy that any service stores (S3: 20 KB). It bounds the time that comparing patterns takes. */
const longestPatterns = 40_960;

/**
 * Reads a policy document.
 *
 * @param document its JSON text, plain or URL-encoded, or the object.
 * @throws PolicyError for anything else: what cannot be read must not pass for a policy that gives nothing.
 */
export function parsePolicy(document: unknown): Policy {
  const root = typeof document === 'string' ? parseText(document) : document;
  if (!isObject(root)) throw new PolicyError(`expected a policy document, found ${kindOf(root)}`);
  const variables = elementOf(root, 'Version', 'the policy') === '2012-10-17';
  const given = elementOf(root, 'Statement', 'the policy');
  if (given === undefined) throw new PolicyError('expected a Statement in the policy, found none');
  const statements = (Array.isArray(given) ? given : [given]).map((statement, index) =>
    parseStatement(statement, `Statement ${index + 1}`, variables),
  );
  const size = statements
    .flatMap(({ actions, resources }) => [...actions.patterns, ...resources.patterns])
    .reduce((sum, { text }) => sum + text.length, 0);
  if (size > longestPatterns) {
    throw new PolicyError(
      `expected at most ${longestPatterns} characters of actions and resources in the policy, found ${size}`,
    );
  }
  return { statements };
}

function parseText(text: string): unknown {
  if (text.length > longestDocument) {
    throw new PolicyError(
      `expected a policy document of at most ${longestDocument} characters, found ${text.length}`,
    );
  }
  let json: string;
  let root: unknown;
  try {
    json = /^\s*%7B/i.test(text) ? decodeURIComponent(text) : text;
    root = JSON.parse(json);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PolicyError(`the policy document is not JSON: ${reason}`, { cause: error });
  }
  // The user guide says that a statement has each element once, not what becomes of a second one. Here it would take the
  // place of the first.
  if (namesWritten(json) !== namesWithin(root)) {
    throw new PolicyError(
      'expected every name once in each object of the policy, found one that is there again: which of the two counts is not known',
    );
  }
  return root;
}

/** How many names of objects a JSON text holds. */
function namesWritten(json: string): number {
  let count = 0;
  for (const [, colon] of json.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?/g)) if (colon) count += 1;
  return count;
}

/** How many names of objects a value holds. */
function namesWithin(root: unknown): number {
  let count = 0;
  const open: unknown[] = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null) continue;
    const inside: readonly unknown[] = Object.values(value);
    if (!Array.isArray(value)) count += inside.length;
    for (const item of inside) open.push(item);
  }
  return count;
}

/** The element of a name. Letter case of names is not relied on; two names that differ by case only would be ambiguous. */
function elementOf(
  object: Readonly<Record<string, unknown>>,
  name: string,
  where: string,
): unknown {
  const found = Object.keys(object).filter((key) => key.toLowerCase() === name.toLowerCase());
  if (found.length > 1) {
    throw new PolicyError(`expected one ${name} in ${where}, found ${found.join(' and ')}`);
  }
  return found[0] === undefined ? undefined : object[found[0]];
}

function parseStatement(given: unknown, where: string, variables: boolean): PolicyStatement {
  if (!isObject(given)) {
    throw new PolicyError(`expected an object as ${where}, found ${kindOf(given)}`);
  }
  const sid = elementOf(given, 'Sid', where);
  const effect = elementOf(given, 'Effect', where);
  const isAllow = effect === 'Allow';
  if (!isAllow && effect !== 'Deny') {
    throw new PolicyError(
      `expected Allow or Deny as the Effect of ${where}, found ${kindOf(effect)}`,
    );
  }
  const actions = parseSelection(given, 'Action', where, { fold: true });
  if (!actions) throw new PolicyError(`expected Action or NotAction in ${where}, found neither`);
  const principals = parsePrincipals(given, where);
  return {
    ...(typeof sid === 'string' && sid !== '' ? { sid } : {}),
    effect,
    actions,
    resources: parseSelection(given, 'Resource', where, { variables }) ?? {
      except: true,
      patterns: [],
    },
    ...(principals ? { principals } : {}),
    conditions: parseConditions(elementOf(given, 'Condition', where), where),
  };
}

/** The one of two elements, `Name` or `NotName`, that a statement has. */
function either(
  statement: Readonly<Record<string, unknown>>,
  name: string,
  where: string,
): { readonly value: unknown; readonly except: boolean } | undefined {
  const value = elementOf(statement, name, where);
  const not = elementOf(statement, `Not${name}`, where);
  if (value !== undefined && not !== undefined) {
    throw new PolicyError(`expected ${name} or Not${name} in ${where}, found both`);
  }
  if (value === undefined && not === undefined) return undefined;
  return { value: value ?? not, except: value === undefined };
}

function parseSelection(
  statement: Readonly<Record<string, unknown>>,
  name: string,
  where: string,
  options: { readonly fold?: boolean; readonly variables?: boolean },
): Selection | undefined {
  const found = either(statement, name, where);
  return (
    found && {
      except: found.except,
      patterns: texts(found.value, `${name} of ${where}`).map((text) => ({
        text,
        ...parseGlob(text, options),
      })),
    }
  );
}

function parsePrincipals(
  statement: Readonly<Record<string, unknown>>,
  where: string,
): Principals | undefined {
  const found = either(statement, 'Principal', where);
  if (!found) return undefined;
  const { value, except } = found;
  if (!isObject(value)) {
    const list = texts(value, `Principal of ${where}`).map((id) => ({ kind: 'AWS', id }));
    return { except, list };
  }
  const list = Object.entries(value).flatMap(([kind, ids]) =>
    texts(ids, `Principal ${kind} of ${where}`).map((id) => ({ kind, id })),
  );
  return { except, list };
}

function parseConditions(given: unknown, where: string): readonly PolicyCondition[] {
  if (given === undefined || given === null) return [];
  if (!isObject(given)) {
    throw new PolicyError(
      `expected an object as the Condition of ${where}, found ${kindOf(given)}`,
    );
  }
  return Object.entries(given).flatMap(([name, keys]) => {
    if (!isObject(keys)) {
      throw new PolicyError(`expected an object under ${name} of ${where}, found ${kindOf(keys)}`);
    }
    const [, qualifier = '', operator = name, ifExists] =
      /^(?:(ForAnyValue|ForAllValues):)?(.*?)(IfExists)?$/is.exec(name) ?? [];
    return Object.entries(keys).map(([key, values]) => ({
      operator,
      ...(qualifier
        ? {
            qualifier: /any/i.test(qualifier)
              ? ('ForAnyValue' as const)
              : ('ForAllValues' as const),
          }
        : {}),
      ifExists: ifExists !== undefined,
      key,
      values: texts(values, `${name} ${key} of ${where}`),
    }));
  });
}

/** A text or a list of texts; `true` and numbers, which conditions may hold, as texts. */
function texts(value: unknown, where: string): readonly string[] {
  return (Array.isArray(value) ? value : [value]).map((item: unknown) => {
    if (typeof item === 'string') return item;
    if (typeof item === 'boolean' || typeof item === 'number') return String(item);
    throw new PolicyError(`expected a text or a list of texts as ${where}, found ${kindOf(item)}`);
  });
}

const kindOf = (value: unknown): string =>
  value === undefined || value === null
    ? 'nothing'
    : Array.isArray(value)
      ? 'a list'
      : typeof value === 'string'
        ? JSON.stringify(value.slice(0, 60))
        : typeof value === 'object'
          ? 'an object'
          : `a ${typeof value}`;

/** What a selection certainly holds: whether each text of the pattern is in it. */
const selects = ({ except, patterns }: Selection, glob: Glob): boolean =>
  except
    ? !patterns.some((pattern) => overlap(pattern.glob, glob))
    : patterns.some((pattern) => !pattern.varies && covers(pattern.glob, glob));

/** The patterns whose texts a selection holds at most. */
const selected = ({ except, patterns }: Selection): readonly Glob[] =>
  except ? [everything] : patterns.map(({ glob }) => glob);

/** The Denies of a policy that certainly take away what they cover: they have no conditions and are about everybody. */
const certainDenials = ({ statements }: Policy): readonly PolicyStatement[] =>
  statements.filter(
    ({ effect, conditions, principals }) =>
      effect === 'Deny' &&
      conditions.length === 0 &&
      (!principals || (!principals.except && principals.list.some(isEverybody))),
  );

/** Tells of an action whether Denies take it away on all of the resources. */
function takenAway(
  denials: readonly PolicyStatement[],
  resources: readonly Glob[],
): (action: Glob) => boolean {
  /** The Denies that cover a pattern, as bits: that there are many of all three then matters little. */
  const covering = (part: 'actions' | 'resources', glob: Glob): bigint =>
    denials.reduce(
      (bits, denial, index) => (selects(denial[part], glob) ? bits | (1n << BigInt(index)) : bits),
      0n,
    );
  const byResource = [...new Set(resources.map((resource) => covering('resources', resource)))];
  return (action) => {
    const byAction = covering('actions', action);
    return byResource.every((bits) => (bits & byAction) !== 0n);
  };
}

/** Tells of an action whether a Deny of the policy certainly takes it away on a resource. */
export const isDeniedOn = (policy: Policy, resource: Glob): ((action: Glob) => boolean) =>
  takenAway(certainDenials(policy), [resource]);

const isEverybody = ({ id }: Principals['list'][number]): boolean => id === '*';

const textsOf = ({ patterns }: Selection): readonly string[] => patterns.map(({ text }) => text);

const grantOf = (
  { sid, actions, resources, conditions }: PolicyStatement,
  granted: readonly string[],
  on: readonly string[],
): Grant => ({
  ...(sid === undefined ? {} : { sid }),
  actions: granted,
  exceptActions: actions.except ? textsOf(actions) : [],
  resources: on,
  exceptResources: resources.except ? textsOf(resources) : [],
  conditions: conditions.map(conditionText),
});

/**
 * What a policy gives on a service: for each Allow its actions there, without those that a Deny of the same policy
 * certainly takes away. Where all resources of a statement are other services', only the actions count that name the
 * service: `*` on a bucket is about S3.
 *
 * @param service the service as it stands in actions: `iam`.
 */
export function grantsOn(policy: Policy, service: string): readonly Grant[] {
  const denials = certainDenials(policy);
  return policy.statements.flatMap((statement) => {
    if (statement.effect !== 'Allow') return [];
    const isTaken = takenAway(denials, selected(statement.resources));
    const given = actionsOn(namingActions(statement, service), `${service}:`).filter(
      ({ glob }) => !isTaken(glob),
    );
    if (given.length === 0) return [];
    const on = statement.resources.except ? ['*'] : textsOf(statement.resources);
    return [
      grantOf(
        statement,
        given.map(({ text }) => text),
        on,
      ),
    ];
  });
}

/** The actions of a statement; those that name a service where no action of the service is about its resources. */
function namingActions({ actions, resources }: PolicyStatement, service: string): Selection {
  const isOthers =
    !resources.except &&
    resources.patterns.every(({ glob }) => isOfOthers(service, globText(glob)));
  if (!isOthers) return actions;
  const beginning = `${service}:`.toLowerCase();
  const patterns = actions.except
    ? []
    : actions.patterns.filter(({ text }) => text.toLowerCase().startsWith(beginning));
  return { except: false, patterns };
}

/** The actions of a selection that begin with a text (`iam:`), as patterns. */
function actionsOn(
  { except, patterns }: Selection,
  beginning: string,
): readonly { readonly text: string; readonly glob: Glob }[] {
  const written = (rest: string): { readonly text: string; readonly glob: Glob } => ({
    text: beginning + rest,
    glob: parseGlob(beginning + rest, { fold: true }).glob,
  });
  if (except) {
    const all = written('*');
    return patterns.some(({ glob }) => covers(glob, all.glob)) ? [] : [all];
  }
  return patterns.flatMap(({ text, glob }) =>
    residues(glob, beginning.toLowerCase())
      .map((start) => globText(parseGlob(text).glob.slice(start)))
      // No action has two colons.
      .filter((rest) => !rest.includes(':'))
      .map(written),
  );
}

/** Whether a policy gives every action on every resource, without conditions and without a Deny that takes some away. */
export const isAdministrator = ({ statements }: Policy): boolean => {
  const certain = statements.filter(({ conditions }) => conditions.length === 0);
  return (
    certain.every(({ effect }) => effect === 'Allow') &&
    certain.some(
      ({ actions, resources }) =>
        selects(actions, parseGlob('*:*').glob) && selects(resources, everything),
    )
  );
};

/** Whether each action that a pattern matches is matched by one of others, without regard to case. */
export const isActionAmong = (action: string, among: readonly string[]): boolean => {
  const { glob } = parseGlob(action, { fold: true });
  return among.some((other) => covers(parseGlob(other, { fold: true }).glob, glob));
};

/**
 * What a policy gives on a resource: for each Allow its actions on it, without those that a Deny of the same policy
 * certainly takes away.
 *
 * Where the statement's resource does not name a service (`*`), only the actions of the resource's own service count, and
 * those of others that are about its resources.
 *
 * @param arn the resource's ARN; with `*` and `?`, all resources that match.
 */
export function accessTo(policy: Policy, arn: string): readonly Grant[] {
  const target = parseGlob(arn).glob;
  const isTaken = takenAway(certainDenials(policy), [target]);
  return policy.statements.flatMap((statement) => {
    const { effect, resources } = statement;
    if (effect !== 'Allow') return [];
    const on = resources.except
      ? resources.patterns.some(({ glob, varies }) => !varies && covers(glob, target))
        ? []
        : ['*']
      : resources.patterns.filter(({ glob }) => overlap(glob, target)).map(({ text }) => text);
    const given =
      on.length === 0
        ? []
        : actionsAbout(statement.actions, beginningsOf(arn), on.some(namesService), isTaken);
    return given.length === 0 ? [] : [grantOf(statement, given, on)];
  });
}

const namesService = (resource: string): boolean => /^arn:[^:]*:[\w-]+:/.test(resource);

/**
 * The actions of a selection, as they stand in the document, that are about a resource and not taken away.
 *
 * @param beginnings how the actions begin that are about it.
 * @param isNamed whether actions of any service are, where they name it.
 */
function actionsAbout(
  { except, patterns }: Selection,
  beginnings: readonly string[] | undefined,
  isNamed: boolean,
  isTaken: (action: Glob) => boolean,
): readonly string[] {
  const given = except ? [{ text: '*', glob: everything, varies: false }] : patterns;
  return given
    .filter((pattern) => {
      if (!beginnings || (isNamed && /^[\w-]+:/.test(pattern.text))) return !isTaken(pattern.glob);
      const selection = { except, patterns: except ? patterns : [pattern] };
      return beginnings.some((beginning) =>
        actionsOn(selection, beginning).some(({ glob }) => !isTaken(glob)),
      );
    })
    .map(({ text }) => text);
}

/** A condition as text: `StringLike aws:PrincipalArn = arn:aws:iam::111122223333:role/*`. */
export const conditionText = ({
  operator,
  qualifier,
  ifExists,
  key,
  values,
}: PolicyCondition): string =>
  `${qualifier ? `${qualifier}:` : ''}${operator}${ifExists ? 'IfExists' : ''} ${key} = ${values.join(', ')}`;

const isFixed = (value: string): boolean => value !== '' && !/[*?]|\$\{/.test(value);

/** An address or a range of them that S3 does not call very broad: at least /8, of IPv6 at least /32. */
function isNarrowRange(value: string): boolean {
  // No address is longer; the expression takes time on what only looks like one.
  if (value.length > 50) return false;
  const [, address = '', prefix] =
    /^([\d.]+|[\da-f:.]*:[\da-f:.]*)(?:\/(\d{1,3}))?$/i.exec(value) ?? [];
  if (address === '') return false;
  return prefix === undefined || Number(prefix) >= (address.includes(':') ? 32 : 8);
}

/**
 * The condition keys that keep a statement from being public, in lower case, and which of their values do: those of S3's
 * "meaning of public" and the later keys of the same kind, which say which principal, account, organisation or network
 * a request comes from.
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
  // Paths begin with the organisation's id and mostly end in `*`.
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
 * holds when the request does not have the key.
 */
const narrows = (condition: PolicyCondition): boolean =>
  positive.test(condition.operator) &&
  !condition.ifExists &&
  condition.qualifier !== 'ForAllValues' &&
  namesFixedValues(condition);

/**
 * Whether a condition of a Deny holds for all requests but those from a fixed place or principal. Negated operators hold
 * when the request does not have the key; `ForAnyValue` does not.
 */
const sparesOnlyFixed = (condition: PolicyCondition): boolean =>
  (negative.test(condition.operator) &&
    condition.qualifier !== 'ForAnyValue' &&
    namesFixedValues(condition)) ||
  // Unsigned requests do not have the key: without `IfExists` the Deny would spare them.
  (/^Bool$/i.test(condition.operator) &&
    condition.ifExists &&
    condition.key.toLowerCase() === 'aws:principalisawsservice' &&
    condition.values.every((value) => value.toLowerCase() === 'false'));

/** Whether a statement denies everybody but fixed principals or places what another one allows. */
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

/** A principal that anybody can be: `*`, and identity providers that let in anybody with an account there. */
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
 * The statements of a resource's policy that let in everybody, as S3 counts it ("The meaning of 'public'"): `*`,
 * `NotPrincipal` and public identity providers, unless a condition asks for fixed values of a key that says where a
 * request comes from; wildcards and policy variables are not fixed. What a Deny takes away from all but fixed principals
 * or places is not public.
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
