/**
 * Whether a policy gives more than the caller who wrote it has, by IAM's policy simulator. The simulator takes whole
 * names of actions only ("This operation does not support using wildcards (*) in an action name"): a wildcard is asked
 * about by the known actions that it matches, or a sample of them.
 */
import { type Alert, type CloudTrailRecord, isObject, type Matchers } from '@patrol/core';
import { actionNames, bucketActions, objectActions } from './iamActions.ts';
import { listed, type PolicyCall, readPolicyCall } from './iamPolicy.ts';
import type { PolicyCallEvent } from './iamPolicyCalls.ts';
import type { ContextEntry, Decision, SimulationRequest, Simulator } from './iamSimulator.ts';
import {
  conditionText,
  isAdministrator,
  isDeniedOn,
  type Pattern,
  type Policy,
  type Selection,
} from './policy.ts';
import { covers, type Glob, globText, parseGlob } from './policyGlob.ts';

/** The most actions that one wildcard is asked about. */
const mostOfWildcard = 500;
/** The most pairs of an action and a resource that are asked about for one policy. */
const mostPairs = 5_000;
/** The most pairs in one request. IAM documents no limit but that a page of its answer has 1,000 results at most. */
const mostInRequest = 100;
/** When so many pairs were found that the caller does not have, nothing more is asked. */
const enough = 20;

/** What the operator decides. */
export interface SimulationParameters {
  readonly principalRegex: Matchers;
  readonly ignoredServices: Matchers;
  readonly ignoredResources: Matchers;
}

/**
 * Compares what a policy gives with what the caller who wrote it has.
 *
 * @returns the finding that it gives more, or that the two cannot be compared.
 * @throws PolicyError for a document that cannot be read; what the simulator throws.
 */
export async function compare(
  event: PolicyCallEvent,
  parameters: SimulationParameters,
  simulator: Simulator,
): Promise<Alert | undefined> {
  const { detail } = event;
  const caller = callerOf(detail.userIdentity);
  // The root user may do everything. A service's own doings are AWS's: there is no permission to compare them with.
  if (caller.is === 'root' || caller.is === 'service') return undefined;
  const isMeant = parameters.principalRegex.find(...caller.arns) !== undefined;
  if (caller.arns.length > 0 && !isMeant) return undefined;
  const call = readPolicyCall(event);
  if (!call.policy) return call.unseen();
  const questions = questionsOn(call.policy, parameters);
  if (questions.all.length === 0) return undefined;
  if (caller.principal === undefined) {
    return incomparable(
      call,
      'The record names no user or role whose permissions could be looked up.',
    );
  }
  const { principal } = caller;
  const answer = await ask(questions.all, simulator, {
    region: text(detail.awsRegion) ?? 'us-east-1',
    principal,
    context: contextOf(detail),
  });
  if (answer.beyond.length > 0) return exceeding(call, call.policy, principal, answer);
  if (answer.refused !== undefined) {
    return incomparable(
      call,
      `IAM did not say what ${principal} may do: ${answer.refused.replace(/\.+$/, '')}.`,
    );
  }
  return questions.isCut
    ? incomparable(
        call,
        `It names more than ${mostPairs} pairs of an action and a resource. ${principal} has the first ones; the others were not looked at.`,
      )
    : undefined;
}

/** Whose permissions are those of a caller. */
interface Caller {
  readonly is: 'root' | 'service' | 'principal';
  /** The user or role; `undefined` where the record names none. */
  readonly principal?: string | undefined;
  /** The ARNs that name the caller: the session's and the role's. */
  readonly arns: readonly string[];
}

const principalArn = /^arn:[^:]+:iam::\d{12}:(user|role)\/.+$/s;

/**
 * Reads a `userIdentity`. A session has the permissions of the role or user that issued it, at most: what a session
 * policy takes away is in no record.
 */
function callerOf(identity: unknown): Caller {
  const given = fieldsOf(identity);
  const issuer = fieldsOf(fieldsOf(given['sessionContext'])['sessionIssuer']);
  const arn = text(given['arn']);
  const issuerArn = text(issuer['arn']);
  const arns = [arn, issuerArn].filter((value) => value !== undefined);
  if (given['type'] === 'Root') return { is: 'root', arns };
  // Only AWS's services can assume service-linked roles.
  const isService =
    given['type'] === 'AWSService' ||
    (arn === undefined && text(given['invokedBy']) !== undefined) ||
    /:role\/aws-service-role\//.test(issuerArn ?? '');
  if (isService) return { is: 'service', arns };
  // Where the issuer is not recorded the path of the role is not known: IAM says whether there is one without.
  const [, partition, account, role] =
    /^arn:([^:]+):sts::(\d{12}):assumed-role\/([^/]+)\//.exec(arn ?? '') ?? [];
  const derived = role && `arn:${partition}:iam::${account}:role/${role}`;
  const principal = [issuerArn, arn, derived].find((value) => principalArn.test(value ?? ''));
  return { is: 'principal', principal, arns };
}

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  isObject(value) ? value : {};

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** What the record says of the keys that conditions in the caller's policies most often ask for. */
function contextOf(record: CloudTrailRecord): readonly ContextEntry[] {
  const address = text(record.sourceIPAddress);
  const mfa = fieldsOf(fieldsOf(fieldsOf(record.userIdentity)['sessionContext'])['attributes'])[
    'mfaAuthenticated'
  ];
  return [
    // IAM's API is served over TLS only.
    { key: 'aws:SecureTransport', type: 'boolean', value: 'true' },
    // A service that calls for somebody stands here by its name.
    ...(address && /^(\d{1,3}(\.\d{1,3}){3}|[\da-f]*:[\da-f:]+)$/i.test(address)
      ? [{ key: 'aws:SourceIp', type: 'ip' as const, value: address }]
      : []),
    ...(mfa === 'true' || mfa === 'false'
      ? [{ key: 'aws:MultiFactorAuthPresent', type: 'boolean' as const, value: mfa }]
      : []),
  ];
}

/** An action on a resource that a policy gives. */
interface Pair {
  readonly action: string;
  readonly resource: string;
  /** What gives it, as it stands in the policy. */
  readonly from: string;
  /** Whether no known action matches the wildcard that the action is: IAM may refuse to say. */
  readonly isWild: boolean;
}

const keyOf = ({ action, resource }: Pick<Pair, 'action' | 'resource'>): string =>
  `${action.toLowerCase()} ${resource}`;

/** The services that are asked about and told first. */
const first = ['iam', 'organizations', 'sts', 'kms', 'secretsmanager', 's3', 'lambda', 'ec2'];

/** The known actions, by name and as patterns. */
const known: readonly { readonly name: string; readonly glob: Glob }[] = actionNames
  .trim()
  .split('\n')
  .map((line) => line.split(' '))
  .toSorted(([a = ''], [b = '']) => rank(a) - rank(b))
  .flatMap(([service = '', ...names]) =>
    names.map((name) => ({
      name: `${service}:${name}`,
      glob: parseGlob(`${service}:${name}`, { fold: true }).glob,
    })),
  );

function rank(service: string): number {
  const place = first.indexOf(service);
  return place < 0 ? first.length : place;
}

/** What is to be asked about a policy: whole names first, then what wildcards match. */
function questionsOn(
  policy: Policy,
  { ignoredServices, ignoredResources }: SimulationParameters,
): { readonly all: readonly Pair[]; readonly isCut: boolean } {
  const pairs = new Map<string, Pair>();
  let isCut = false;
  const granting = policy.statements.filter(({ effect }) => effect === 'Allow');
  for (const selectActions of [exactActions, wildActions]) {
    for (const statement of granting) {
      const actions = selectActions(statement.actions).filter(
        ({ name }) => ignoredServices.find(name.replace(/:.*/s, '')) === undefined,
      );
      for (const resource of resourcesOf(statement.resources)) {
        if (ignoredResources.find(resource.text) !== undefined) continue;
        const isDenied = isDeniedOn(policy, resource.glob);
        const on = globText(resource.glob);
        for (const { name, from, glob, isWild } of actions) {
          if (isDenied(glob) || !canBeAbout(name, on)) continue;
          if (pairs.size < mostPairs) {
            pairs.set(keyOf({ action: name, resource: on }), {
              action: name,
              resource: on,
              from,
              isWild,
            });
          } else isCut ||= selectActions === exactActions;
          if (isCut) return { all: [...pairs.values()], isCut };
        }
      }
    }
  }
  return { all: [...pairs.values()], isCut };
}

interface Asked {
  readonly name: string;
  readonly from: string;
  readonly glob: Glob;
  readonly isWild: boolean;
}

const isWildcard = ({ glob }: Pattern): boolean => globText(glob).search(/[*?]/) >= 0;

/** The actions of a selection that are whole names. */
const exactActions = ({ except, patterns }: Selection): readonly Asked[] =>
  except
    ? []
    : patterns
        .filter((pattern) => !isWildcard(pattern))
        .map(({ text: name, glob }) => ({ name, from: name, glob, isWild: false }));

/** Known actions for the wildcards of a selection; the wildcard itself where none is known. */
function wildActions({ except, patterns }: Selection): readonly Asked[] {
  const asked = (from: string, actions: typeof known): readonly Asked[] =>
    sample(actions).map((action) => ({ ...action, from, isWild: false }));
  if (except) {
    const others = known.filter(({ glob }) => !patterns.some((not) => covers(not.glob, glob)));
    return asked(`everything but ${listed(patterns.map((not) => not.text))}`, others);
  }
  return patterns.filter(isWildcard).flatMap(({ text: from, glob }) => {
    const matching = known.filter((action) => covers(glob, action.glob));
    return matching.length > 0 ? asked(from, matching) : [{ name: from, from, glob, isWild: true }];
  });
}

/** At most so many of a list, from all of its length. */
const sample = <T>(list: readonly T[]): readonly T[] =>
  list.filter(
    (_, index) =>
      list.length <= mostOfWildcard ||
      Math.floor((index * mostOfWildcard) / list.length) !==
        Math.floor(((index - 1) * mostOfWildcard) / list.length),
  );

/** The resources of a selection; with `NotResource`, all of them. */
const resourcesOf = ({ except, patterns }: Selection): readonly Pattern[] =>
  except ? [{ text: '*', ...parseGlob('*') }] : patterns;

const ofObjects = new Set(objectActions.toLowerCase().split(' '));
const ofBuckets = new Set(bucketActions.toLowerCase().split(' '));

/**
 * Whether an action can be about a resource. Statements for S3 mostly name a bucket and its objects side by side, with
 * the actions of both; that somebody may not list an object says nothing.
 */
function canBeAbout(action: string, resource: string): boolean {
  const [, bucket, key] = /^arn:[^:]+:s3:::([^/]+)(\/.*)?$/s.exec(resource) ?? [];
  const [, name] = /^s3:(.*)$/is.exec(action.toLowerCase()) ?? [];
  if (bucket === undefined || name === undefined) return true;
  return key === undefined ? !ofObjects.has(name) || /[*?]/.test(bucket) : !ofBuckets.has(name);
}

/** What IAM said. */
interface Answer {
  /** What the caller does not have, and what gives it. */
  readonly beyond: readonly (Decision & Pick<Pair, 'from'>)[];
  /** How many pairs there were answers for. */
  readonly asked: number;
  /** Why there was no answer for others. */
  readonly refused: string | undefined;
}

/** Asks about pairs, as many at a time as go together. */
async function ask(
  pairs: readonly Pair[],
  simulator: Simulator,
  about: Pick<SimulationRequest, 'region' | 'principal' | 'context'>,
): Promise<Answer> {
  const beyond: Answer['beyond'][number][] = [];
  const from = new Map(pairs.map((pair) => [keyOf(pair), pair.from]));
  let asked = 0;
  let refused: string | undefined;
  for (const { actions, resources } of requestsFor(pairs)) {
    if (beyond.length >= enough) break;
    const answer = await simulator.simulate({ ...about, actions, resources });
    if ('refused' in answer) {
      refused ??= answer.refused;
      continue;
    }
    asked += answer.length;
    for (const decision of answer) {
      if (decision.isAllowed) continue;
      beyond.push({ ...decision, from: from.get(keyOf(decision)) ?? decision.action });
    }
  }
  return { beyond, asked, refused };
}

/** Puts together what has the same resources and actions. What IAM may refuse is asked by itself. */
function requestsFor(
  pairs: readonly Pair[],
): readonly { readonly actions: readonly string[]; readonly resources: readonly string[] }[] {
  const byResource = grouped(
    pairs,
    ({ resource, isWild, action }) => `${isWild ? action : ''} ${resource}`,
  );
  const byActions = grouped(byResource, (group) => group.map(({ action }) => action).join(' '));
  return byActions.flatMap((groups) => {
    const actions = chunks(
      (groups[0] ?? []).map(({ action }) => action),
      mostInRequest,
    );
    const resources = groups.flatMap(([first]) => (first ? [first.resource] : []));
    return actions.flatMap((some) =>
      chunks(resources, Math.max(1, Math.floor(mostInRequest / some.length))).map((few) => ({
        actions: some,
        resources: few,
      })),
    );
  });
}

function grouped<T>(list: readonly T[], keyOf: (item: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const item of list) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups.values()];
}

const chunks = <T>(list: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  );

function exceeding(
  { who, what, about }: PolicyCall,
  policy: Policy,
  principal: string,
  { beyond, asked }: Answer,
): Alert {
  const all = isAdministrator(policy);
  const given = beyond.map(({ from }) => from);
  const pairs = beyond.map(({ action, resource }) => `${action} on ${resource}`);
  const missing = listed(beyond.flatMap((decision) => decision.missing));
  const conditions = listed(
    policy.statements
      .filter(({ effect }) => effect === 'Allow')
      .flatMap((statement) => statement.conditions.map(conditionText)),
  );
  return about({
    title: `Policy gives more than ${who} has: ${all ? 'every action' : listed(given, 5)}, in ${what}`,
    summary:
      `${who} wrote ${what}, which allows what ${principal} itself may not do: ${listed(pairs, 5)}.` +
      (missing ? ` IAM's answer depends on ${missing}, which the record does not say.` : ''),
    ...(all ? { severity: 'high' } : {}),
    facts: {
      principal,
      given: listed(given),
      actions: listed(beyond.map(({ action }) => action)),
      resources: listed(beyond.map(({ resource }) => resource)),
      compared: asked,
      ...(missing ? { missingContext: missing } : {}),
      ...(conditions ? { conditions } : {}),
    },
  });
}

const incomparable = ({ who, what, about }: PolicyCall, why: string): Alert =>
  about({
    title: `Policy that could not be compared with what ${who} has: ${what}`,
    summary: `${who} wrote ${what}. Whether it gives more than ${who} has is not known. ${why}`,
    facts: { compared: 'no' },
  });
