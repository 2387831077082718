/** What the simulator is asked about a policy. */
import type { Matchers } from '@patrol/core';
import { bucketActions, objectActions } from '../actions.ts';
import { criticalServices } from '../criticalServices.ts';
import { everything, type Glob, globText, parseGlob } from '../glob.ts';
import { isDeniedOn } from '../denials.ts';
import type { Pattern, Policy, Selection } from '../policy.ts';
import { beginningsOf, isOfOthers } from '../services.ts';
import { type Asked, exactActions, wildActions } from './actions.ts';

/** The most actions of services that are not critical that are asked about for one wildcard over services. */
const mostOfWildcard = 500;
/** The most pairs of an action and a resource that are asked about for one policy. */
export const mostPairs = 5_000;

/** The parameters of the rule that matter here. */
export interface SimulationParameters {
  readonly principalRegex: Matchers;
  readonly ignoredServices: Matchers;
  readonly ignoredResources: Matchers;
}

/** An action on a resource that a policy gives. */
export interface Pair {
  readonly action: string;
  readonly resource: string;
  /** What gives it, as it stands in the policy. */
  readonly from: string;
  /** Whether the action is a wildcard that matches no known action. IAM may refuse to answer. */
  readonly isWild: boolean;
}

/** What tells one pair from another. */
export const keyOf = ({ action, resource }: Pick<Pair, 'action' | 'resource'>): string =>
  `${action.toLowerCase()} ${resource}`;

/** What a statement gives, in the order in which it is asked about. */
interface Granted {
  readonly targets: readonly Target[];
  /** Actions that the statement names whole. */
  readonly exact: readonly Asked[];
  /** Actions of critical services that wildcards match. */
  readonly critical: ReadonlyMap<string, readonly Asked[]>;
  /** Actions of other services that wildcards with their name match. */
  readonly narrow: readonly Asked[];
  /** Actions of other services that wildcards over all services match. */
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

/** What is to be asked about a policy. */
interface Questions {
  readonly all: readonly Pair[];
  /** Whether it names more pairs than are asked about. */
  readonly isCut: boolean;
  /** Wildcards of which only a part is asked about. */
  readonly sampled: readonly string[];
}

/** Finds what is to be asked about a policy: first the whole names, then what wildcards match. */
export function questionsOn(
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
      const others = wild.filter(({ service }) => !criticalServices.includes(service));
      return {
        targets: resourcesOf(resources)
          .filter((resource) => ignoredResources.find(resource.text) === undefined)
          .map((resource) => targetOf(policy, resource))
          .filter(({ isDenied }) => !isDenied(everything)),
        exact: exactActions(actions).filter(isCompared),
        critical: new Map(
          criticalServices.map((service) => [
            service,
            wild.filter((asked) => asked.service === service),
          ]),
        ),
        narrow: others.filter(({ isNamed }) => isNamed),
        wide: others.filter(({ isNamed }) => !isNamed),
      };
    });
  const wideOn = ({ wide }: Granted, target: Target): readonly Asked[] => {
    const about = wide.filter(
      ({ service, glob }) => !target.isOfOthers(service) && !target.isDenied(glob),
    );
    // For most other services, the list has one action for each common verb only.
    if (about.length > mostOfWildcard || beginningsOf(target.on) === undefined) {
      for (const { from } of about) part.add(from);
    }
    return sample(about);
  };
  const steps: readonly ((statement: Granted, target: Target) => readonly Asked[])[] = [
    ({ exact }) => exact,
    ...criticalServices.map(
      (service) => (statement: Granted) => statement.critical.get(service) ?? [],
    ),
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

/** A sample of a list, spread over its whole length. */
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
 * Whether an action can be about a resource. Statements for S3 often name a bucket and its objects side by side, with the
 * actions of both. It says nothing that a caller may not list an object.
 */
function canBeAbout(action: string, resource: string): boolean {
  const [, bucket, key] = /^arn:[^:]+:s3:::([^/]+)(\/.*)?$/s.exec(resource) ?? [];
  const [, name] = /^s3:(.*)$/is.exec(action.toLowerCase()) ?? [];
  if (bucket === undefined || name === undefined) return true;
  return key === undefined ? !ofObjects.has(name) || /[*?]/.test(bucket) : !ofBuckets.has(name);
}
