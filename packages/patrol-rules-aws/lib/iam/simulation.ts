/**
 * Whether a policy gives more than the caller who wrote it has, by IAM's policy simulator. The simulator takes whole
 * names of actions only ("This operation does not support using wildcards (*) in an action name"): a wildcard is asked
 * about by the known actions that it matches. Of one over services all of those are asked about that hurt most, and a
 * sample of the others; that it was only a sample is told.
 */
import { type CloudTrailRecord, type Finding, isObject, type Matchers } from '@patrol/core';
import { actionNames, bucketActions, objectActions } from './actions.ts';
import { listed, type PolicyCall, readPolicyCall } from './readCall.ts';
import type { PolicyCallEvent } from './calls.ts';
import type { ContextEntry, Decision, SimulationRequest, Simulator } from './simulator.ts';
import {
  conditionText,
  isAdministrator,
  isDeniedOn,
  type Pattern,
  type Policy,
  type Selection,
} from './policy.ts';
import { covers, everything, type Glob, globText, parseGlob } from './glob.ts';
import { beginningsOf, isOfOthers } from './services.ts';

/** The most actions of other services than the weighty ones that wildcards over services are asked about. */
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
): Promise<Finding | undefined> {
  const { detail } = event;
  const caller = callerOf(detail.userIdentity);
  // The root user may do everything. A service's own doings are AWS's: there is no permission to compare them with.
  if (caller.is === 'root' || caller.is === 'service') return undefined;
  if (!isMeant(caller, parameters.principalRegex)) return undefined;
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
  if (questions.isCut) {
    return incomparable(
      call,
      `It names more than ${mostPairs} pairs of an action and a resource. ${principal} has the first ones; the others were not looked at.`,
    );
  }
  return questions.sampled.length > 0
    ? sampled(call, principal, answer, questions.sampled)
    : undefined;
}

/** Whether the operator wants a caller's policies compared: all of them where nothing is given, or `none`. */
function isMeant({ arns }: Caller, meant: Matchers): boolean {
  const isForAll =
    meant.items.length === 0 || meant.items.some((item) => item.toLowerCase() === 'none');
  // A record that names nobody names nobody who could be left out.
  return isForAll || arns.length === 0 || meant.find(...arns) !== undefined;
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
  const region = text(record.awsRegion);
  const mfa = fieldsOf(fieldsOf(fieldsOf(record.userIdentity)['sessionContext'])['attributes'])[
    'mfaAuthenticated'
  ];
  return [
    // IAM's API is served over TLS only.
    { key: 'aws:SecureTransport', type: 'boolean', value: 'true' },
    ...(region ? [{ key: 'aws:RequestedRegion', type: 'string' as const, value: region }] : []),
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

/**
 * The services whose loss hurts most: all of their actions that a wildcard matches are asked about, before those of
 * others and in this order. `actions.ts` has all actions of each.
 */
const weighty = (
  'iam organizations sts account sso identitystore cloudtrail kms secretsmanager s3 ssm lambda cloudformation ' +
  'guardduty config ec2'
).split(' ');

/** A known action. */
interface Action {
  readonly service: string;
  readonly name: string;
  readonly glob: Glob;
}

const known: readonly Action[] = actionNames
  .trim()
  .split('\n')
  .flatMap((line) => {
    const [service = '', ...names] = line.split(' ');
    return names.map((action) => {
      const name = `${service}:${action}`;
      return { service, name, glob: parseGlob(name, { fold: true }).glob };
    });
  });

/** What a statement gives, as it is asked about. */
interface Granted {
  readonly targets: readonly Target[];
  /** Actions that the statement names whole. */
  readonly exact: readonly Asked[];
  /** Actions of weighty services that wildcards match. */
  readonly weighty: ReadonlyMap<string, readonly Asked[]>;
  /** Those of other services that the wildcard names. */
  readonly narrow: readonly Asked[];
  /** Those that wildcards over services match. */
  readonly wide: readonly Asked[];
}

/** A resource that a statement is about. */
interface Target {
  readonly on: string;
  /** Whether the policy itself takes an action away. */
  readonly isDenied: (action: Glob) => boolean;
  /** Whether no action of a service is about the resource. */
  readonly isOfOthers: (service: string) => boolean;
}

interface Asked extends Action {
  /** What gives it, as it stands in the policy. */
  readonly from: string;
  /** Whether it is a wildcard that matches no known action. */
  readonly isWild: boolean;
  /** Whether the policy names its service. */
  readonly isNamed: boolean;
}

/** What is to be asked about a policy. */
interface Questions {
  readonly all: readonly Pair[];
  /** Whether it names more pairs than are asked about. */
  readonly isCut: boolean;
  /** Wildcards of which only a part is asked about. */
  readonly sampled: readonly string[];
}

/** What is to be asked about a policy: whole names first, then what wildcards match. */
function questionsOn(
  policy: Policy,
  { ignoredServices, ignoredResources }: SimulationParameters,
): Questions {
  const pairs = new Map<string, Pair>();
  const part = new Set<string>();
  const granted = policy.statements
    .filter(({ effect }) => effect === 'Allow')
    .map(({ actions, resources }): Granted => {
      const isCompared = ({ service }: Asked): boolean =>
        ignoredServices.find(service) === undefined;
      const wild = wildActions(actions).filter(isCompared);
      const others = wild.filter(({ service }) => !weighty.includes(service));
      return {
        targets: resourcesOf(resources)
          .filter((resource) => ignoredResources.find(resource.text) === undefined)
          .map((resource) => targetOf(policy, resource))
          .filter(({ isDenied }) => !isDenied(everything)),
        exact: exactActions(actions).filter(isCompared),
        weighty: new Map(
          weighty.map((service) => [service, wild.filter((asked) => asked.service === service)]),
        ),
        narrow: others.filter(({ isNamed }) => isNamed),
        wide: others.filter(({ isNamed }) => !isNamed),
      };
    });
  const wideOn = ({ wide }: Granted, target: Target): readonly Asked[] => {
    const about = wide.filter(
      ({ service, glob }) => !target.isOfOthers(service) && !target.isDenied(glob),
    );
    // Of the services that are not whole in the list one action for each common verb is known.
    if (about.length > mostOfWildcard || beginningsOf(target.on) === undefined) {
      for (const { from } of about) part.add(from);
    }
    return sample(about);
  };
  const steps: readonly ((statement: Granted, target: Target) => readonly Asked[])[] = [
    ({ exact }) => exact,
    ...weighty.map((service) => (statement: Granted) => statement.weighty.get(service) ?? []),
    ({ narrow }) => narrow,
    wideOn,
  ];
  for (const [step, actionsOf] of steps.entries()) {
    for (const statement of granted) {
      for (const target of statement.targets) {
        for (const asked of actionsOf(statement, target)) {
          const { name: action, service, glob, from, isWild, isNamed } = asked;
          const resource = target.on;
          const key = keyOf({ action, resource });
          if (pairs.has(key) || (!isNamed && target.isOfOthers(service))) continue;
          if (target.isDenied(glob) || !canBeAbout(action, resource)) continue;
          if (pairs.size === mostPairs) {
            const isCut = step === 0;
            return { all: [...pairs.values()], isCut, sampled: isCut ? [] : [...part.add(from)] };
          }
          pairs.set(key, { action, resource, from, isWild });
        }
      }
    }
  }
  return { all: [...pairs.values()], isCut: false, sampled: [...part] };
}

function targetOf(policy: Policy, { glob }: Pattern): Target {
  const on = globText(glob);
  const answers = new Map<string, boolean>();
  return {
    on,
    isDenied: isDeniedOn(policy, glob),
    isOfOthers: (service) => {
      const answer = answers.get(service) ?? isOfOthers(service, on);
      answers.set(service, answer);
      return answer;
    },
  };
}

const isWildcard = ({ glob }: Pattern): boolean => globText(glob).search(/[*?]/) >= 0;

/** The service that an action or a wildcard names; empty where it names none. */
const serviceOf = (action: string): string => /^([\w-]+):/.exec(action)?.[1]?.toLowerCase() ?? '';

/** The actions of a selection that are whole names. */
const exactActions = ({ except, patterns }: Selection): readonly Asked[] =>
  except
    ? []
    : patterns
        .filter((pattern) => !isWildcard(pattern))
        .map(({ text: name, glob }) => ({
          service: serviceOf(name),
          name,
          glob,
          from: name,
          isWild: false,
          isNamed: true,
        }));

/** Known actions for the wildcards of a selection, each once; the wildcard itself where none is known. */
function wildActions({ except, patterns }: Selection): readonly Asked[] {
  if (except) {
    const from = `everything but ${listed(patterns.map((not) => not.text))}`;
    return known
      .filter(({ glob }) => !patterns.some((not) => covers(not.glob, glob)))
      .map((action) => ({ ...action, from, isWild: false, isNamed: false }));
  }
  const asked = new Map<string, Asked>();
  for (const { text: from, glob } of patterns.filter(isWildcard)) {
    const service = serviceOf(from);
    const matching = known.filter((action) => covers(glob, action.glob));
    const isNamed = service !== '';
    for (const action of matching) {
      if (isNamed || !asked.has(action.name)) {
        asked.set(action.name, { ...action, from, isWild: false, isNamed });
      }
    }
    if (matching.length === 0) {
      asked.set(from, { service, name: from, glob, from, isWild: true, isNamed: true });
    }
  }
  return [...asked.values()];
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
): Finding {
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

const incomparable = ({ who, what, about }: PolicyCall, why: string): Finding =>
  about({
    title: `Policy that could not be compared with what ${who} has: ${what}`,
    summary: `${who} wrote ${what}. Whether it gives more than ${who} has is not known. ${why}`,
    facts: { compared: 'no' },
  });

const sampled = (
  { who, what, about }: PolicyCall,
  principal: string,
  { asked }: Answer,
  wildcards: readonly string[],
): Finding =>
  about({
    title: `Policy compared in part with what ${who} has: ${listed(wildcards, 5)}, in ${what}`,
    summary:
      `${who} wrote ${what}, which allows ${listed(wildcards)}: more than can be asked about. ${principal} has the ${asked} pairs of an action ` +
      `and a resource that were, which begin with those of ${listed(weighty)}. Whether it has the others is not known.`,
    severity: 'low',
    facts: { principal, given: listed(wildcards), compared: asked },
  });
