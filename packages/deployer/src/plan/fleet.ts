/** What has to be done so that a fleet is as its file says. Pure; needs to know no more of AWS than the pages of `DescribeStacks`. */
import { stackNames } from '@patrol/core/contracts';
import type { Place, Stack } from '../cloud/cloud.ts';
import { conditionOf, driftOf } from '../cloud/states.ts';
import { baseContent, baseParameters, baseTopic, sendersTo } from '../destinations/base.ts';
import { applyCommand, bucketName, fleetTag, type Holds, typedFor } from '../identity/naming.ts';
import { isPatrols } from '../identity/ownership.ts';
import { shortName, typedNameFor } from '../packages/assembly.ts';
import type { Value } from '../template/values.ts';
import { enumerated, order } from '../text/words.ts';
import type { FleetWanted, WantedBase } from '../want/fleet.ts';
import { chosenBy } from '../want/only.ts';
import type { Wanted } from '../want/stack.ts';
import { type Refusal, said } from './reasons.ts';
import { keyOf, planStack, refused } from './stack.ts';
import { doingOf, type Plan, type StackStep, typedOf } from './step.ts';

/** What stands in an account and region, or why nobody can tell. */
export type PlaceStanding = { readonly place: Place } & (
  | {
      /** All stacks of the account in the region. */
      readonly stacks: readonly Stack[];
      /** Whether there is an artifact bucket; asked for only where the base stack is to make it. */
      readonly hasBucket?: boolean;
    }
  | {
      readonly failure: string;
      /** Whether the file names the place no more, if it ever did: that it cannot be looked at keeps nothing from being done. */
      readonly beside?: true;
    }
);

/** How a fleet is planned. */
export interface FleetOptions {
  /** Whether stacks that are no longer in the file are deleted. */
  readonly prune?: boolean;
  /** Names of rules, with `*` for any run of characters: only their stacks are planned, and what they need. */
  readonly only?: readonly string[];
  /** Whether anything that is not among the stacks of these places may still send to the topics of the base stacks. */
  readonly heardElsewhere?: boolean;
  /** The defaults of templates that there are, by the ids of stacks, as far as they are known. */
  readonly defaults?: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/** What has to be done so that a fleet is as its file says. */
export interface FleetPlan extends Plan {
  readonly fleet: string;
  readonly environment: string;
  /** By account, region and name; what others need comes before them, deletions come last. */
  readonly steps: readonly StackStep[];
  /** Why accounts and regions of the file could not be looked at. */
  readonly failures: readonly string[];
}

/** What the plan of one account and region is made from. */
interface PlaceContext {
  readonly place: Place;
  readonly wanted: FleetWanted;
  /** What stands there; `undefined` when it could not be looked at. */
  readonly stacks: readonly Stack[] | undefined;
  readonly failure: string;
  readonly hasBucket: boolean;
  readonly prune: boolean;
  readonly heardElsewhere: boolean;
  readonly defaults: NonNullable<FleetOptions['defaults']>;
}

const { parameters: common } = stackNames;

/**
 * Plans a fleet.
 *
 * @param standing what stands in each account and region of the fleet. Those in which it no longer has stacks may be
 *   among them: what is left of it is found only where somebody looks.
 * @throws UsageError when `only` names nothing. An Error when the fleet has problems or a place was not looked at: both
 *   would make stacks look as if nobody wanted them.
 */
export function planFleet(
  wanted: FleetWanted,
  standing: readonly PlaceStanding[],
  { prune = false, only, heardElsewhere = false, defaults = new Map() }: FleetOptions = {},
): FleetPlan {
  if (wanted.problems.length > 0) throw new Error('A fleet with problems cannot be planned.');
  const places = new Set(standing.map(({ place }) => keyOf(place)));
  const missed = wanted.stacks.find((each) => !places.has(keyOf(each.wanted.place)));
  if (missed) throw new Error(`${keyOf(missed.wanted.place)} was not looked at.`);
  const all = standing
    .toSorted((a, b) => order(keyOf(a.place), keyOf(b.place)))
    .flatMap((found) =>
      planPlace({ ...contextOf(wanted, found), prune, heardElsewhere, defaults }),
    );
  const steps = only === undefined ? all : selected(all, only);
  const failures = standing.flatMap((found) =>
    'failure' in found && !found.beside ? [{ key: keyOf(found.place), why: found.failure }] : [],
  );
  const untold = failures.filter(
    ({ key }) => !all.some((step) => keyOf(step.target.place) === key),
  );
  const { fleet, environment } = wanted;
  return {
    fleet,
    environment,
    steps,
    failures: failures.map(({ why }) => why),
    notes: [
      ...wanted.notes,
      ...elsewhere(wanted, standing),
      ...untold.map(({ why }) => why),
      ...unseen(standing),
      ...deafMeanwhile(steps, wanted),
    ],
  };
}

/**
 * Says which stacks that stand will send to a subscription that is made anew: until somebody confirms it, nobody hears them.
 */
function deafMeanwhile(steps: readonly StackStep[], { base }: FleetWanted): readonly string[] {
  const addressOf = ({ wanted }: StackStep): string | undefined => {
    const address = wanted?.parameters[common.alertEmail];
    return typeof address === 'string' && address !== '' ? address : undefined;
  };
  // Of a new topic of a base stack those are deaf that move to it, of another address all that are there already too.
  const behind = (baseStep: StackStep): readonly StackStep[] =>
    steps.filter(
      (step) =>
        step.target.name !== base &&
        ((isUpdate(step) && step.needs.includes(baseStep.key)) ||
          (step.verdict === 'keep' &&
            isUpdate(baseStep) &&
            keyOf(step.target.place) === keyOf(baseStep.target.place))),
    );
  const waiting = new Map<string, string[]>();
  for (const step of steps) {
    const address = addressOf(step);
    const isBase = step.target.name === base;
    if (address === undefined || (!isBase && !isUpdate(step))) continue;
    const deaf = isBase ? behind(step) : [step];
    const names = deaf.map(({ target: { name, place } }) => `${name} in ${place.region}`);
    waiting.set(address, [...(waiting.get(address) ?? []), ...names]);
  }
  return [...waiting].flatMap(([address, names]) => {
    if (names.length === 0) return [];
    const which = names.length > 3 ? `${names.length} stacks` : enumerated(names);
    return [
      `Until ${address} confirms the new subscription, nobody hears the alerts of ${which}, which are heard elsewhere or by others today: confirm it as soon as SNS has sent its message.`,
    ];
  });
}

/** Whether nothing can be done with a stack before somebody, or a recovery, has put it right. */
const isStopped = (step: StackStep): boolean => ['refuse', 'recover'].includes(doingOf(step));

const isUpdate = (step: StackStep): boolean => doingOf(step) === 'update';

/** A plan in which the update of some stacks turned out to change nothing. */
export const withoutUpdates = (plan: FleetPlan, same: ReadonlySet<string>): FleetPlan => ({
  ...plan,
  steps: plan.steps.map((step): StackStep =>
    isUpdate(step) && same.has(step.key)
      ? {
          ...step,
          verdict: 'keep',
          operations: [],
          reasons: [{ code: 'noDifference' }],
          differences: [],
          cautions: {},
          needs: [],
        }
      : step,
  ),
});

/** Says where nobody could look for what is left of the fleet. */
function unseen(standing: readonly PlaceStanding[]): readonly string[] {
  const found = standing.flatMap((each) => ('failure' in each && each.beside ? [each] : []));
  const [first] = found;
  if (!first) return [];
  const where = found.map(({ place }) => `${place.region} (account ${place.account})`);
  return [`What is left of the fleet in ${enumerated(where)} is not known. ${first.failure}`];
}

const contextOf = (
  wanted: FleetWanted,
  found: PlaceStanding,
): Omit<PlaceContext, 'prune' | 'heardElsewhere' | 'defaults'> => ({
  place: found.place,
  wanted,
  stacks:
    'stacks' in found ? found.stacks.filter((stack) => conditionOf(stack) !== 'absent') : undefined,
  failure: 'failure' in found ? found.failure : '',
  hasBucket: 'stacks' in found && found.hasBucket === true,
});

/** The steps of the rules that are named, and those that they need. */
function selected(steps: readonly StackStep[], only: readonly string[]): readonly StackStep[] {
  const isChosen = chosenBy(only, [...new Set(steps.map(typedOf))]);
  const chosen = steps.filter((step) => isChosen(typedOf(step)));
  const kept = new Set(chosen.flatMap(({ key, needs }) => [key, ...needs]));
  return steps.filter(({ key }) => kept.has(key));
}

/** Says what there is of the fleet in other environments: another file's, or left there by a changed one. */
function elsewhere(wanted: FleetWanted, standing: readonly PlaceStanding[]): readonly string[] {
  const environments = standing
    .flatMap((found) => ('stacks' in found ? found.stacks : []))
    .filter((stack) => isPatrols(stack) && stack.tags[fleetTag] === wanted.fleet)
    .flatMap(({ tags: { 'patrol:environment': environment = '' } }) =>
      environment === wanted.environment ? [] : [environment],
    );
  return [...new Set(environments)].toSorted().map((environment) => {
    const count = environments.filter((each) => each === environment).length;
    const what = count === 1 ? '1 stack' : `${count} stacks`;
    return `${what} of the fleet ${wanted.fleet} in the environment ${environment} left alone: this file is about ${wanted.environment}.`;
  });
}

function planPlace(context: PlaceContext): readonly StackStep[] {
  const { wanted, place } = context;
  const isHere = (other: Place): boolean => keyOf(other) === keyOf(place);
  const wantedBase = wanted.bases.find((each) => isHere(each.place));
  const base = wantedBase && planBase(context, wantedBase);
  const rules = wanted.stacks
    .filter((each) => isHere(each.wanted.place))
    .toSorted((a, b) => order(typedFor(a.wanted.content.holds), typedFor(b.wanted.content.holds)))
    .map(({ wanted: about, usesBase, notes }): StackStep => {
      const planned = planOne(context, about);
      const waits =
        planned.verdict === 'change' &&
        base !== undefined &&
        (usesBase || wantedBase?.bucket === true);
      const { current } = planned;
      return {
        ...(waits && isStopped(base)
          ? refused(about, current, {
              code: 'needsBase',
              stack: about.stack,
              base: base.target.name,
            })
          : planned),
        needs: waits && base.verdict !== 'keep' ? [base.key] : [],
        notes: [...notes, ...driftIn(planned)],
      };
    });
  const steps = [...(base ? [base] : []), ...rules];
  return [...steps, ...orphans(context, steps)];
}

/** What CloudFormation has found to be changed past it. */
const driftIn = ({ current, target, verdict }: StackStep): readonly string[] => {
  const drift =
    current && verdict !== 'refused' ? driftOf(current, target.place.region)?.message : undefined;
  return drift === undefined ? [] : [drift];
};

/** A step for one stack that is wanted. */
function planOne({ stacks, failure, defaults }: PlaceContext, wanted: Wanted): StackStep {
  if (!stacks) return refused(wanted, undefined, { code: 'unseen', why: failure });
  const current = stacks.find(({ name }) => name === wanted.stack);
  const known = current && defaults.get(current.id);
  return planStack(known ? { ...wanted, defaults: known } : wanted, current);
}

/** The step of a base stack; `undefined` when there is nothing that it would hold. */
function planBase(
  context: PlaceContext,
  { alertEmail, alarmEmail, bucket, organization = '' }: WantedBase,
): StackStep | undefined {
  const { place, wanted, stacks = [], hasBucket } = context;
  const { base: stack, fleet, environment } = wanted;
  const current = stacks.find(({ name }) => name === stack);
  const has = (name: string): string =>
    (conditionOf(current) === 'ready' && current?.parameters[name]) || '';
  const notes: string[] = [];
  let leaves = false;

  // What alerts or alarms are still sent to is not taken away before they go elsewhere.
  const email = (wantedEmail: string, parameter: string, kind: 'alerts' | 'alarms'): string => {
    const kept = has(parameter);
    if (wantedEmail !== '' || kept === '') return wantedEmail;
    if (!context.heardElsewhere && !isUsed(context, baseTopic(place, stack, kind))) return '';
    notes.push(`Its topic for ${kind} stays until nothing sends to it any more.`);
    leaves = true;
    return kept;
  };
  const name = bucketName(place);
  const isOwn = has(baseParameters.bucket) === name;
  if (bucket && hasBucket && !isOwn) {
    notes.push(`The bucket ${name} is there already and stays outside the base stack.`);
  }
  const texts: Record<string, string> = {
    [baseParameters.alertEmail]: email(alertEmail, baseParameters.alertEmail, 'alerts'),
    [baseParameters.alarmEmail]: email(alarmEmail, baseParameters.alarmEmail, 'alarms'),
    [baseParameters.bucket]: bucket && (isOwn || !hasBucket) ? name : '',
  };
  if (Object.values(texts).every((text) => text === '')) return undefined;
  texts[baseParameters.organization] = organization;
  const values = Object.fromEntries(
    Object.entries(texts).map(([each, text]): [string, Value] => [each, { text, from: 'given' }]),
  );
  const step = planOne(context, {
    content: baseContent(fleet),
    stack,
    place,
    environment,
    fleet,
    tags: wanted.tags,
    command: applyCommand,
    values,
  });
  return { ...step, notes, ...(leaves ? { leaves } : {}) };
}

/** Whether a stack other than the base stack sends something to a topic. */
const isUsed = (
  { stacks = [] }: PlaceContext,
  topic: string,
  but: ReadonlySet<string> = new Set(),
): boolean => sendersTo(stacks, topic).some(({ name }) => !but.has(name));

/** The stacks that are tagged as the fleet's, but that it no longer wants. */
function orphans(context: PlaceContext, steps: readonly StackStep[]): readonly StackStep[] {
  const { place, wanted, stacks = [], prune } = context;
  const known = new Set(steps.map(({ target }) => target.name));
  const found = stacks
    // What a stack set made here has its tags, but is the stack set's to delete.
    .filter(({ name }) => !name.startsWith('StackSet-'))
    .filter((stack) => isPatrols(stack) && !known.has(stack.name))
    .filter(
      ({ tags }) =>
        tags[fleetTag] === wanted.fleet && tags['patrol:environment'] === wanted.environment,
    )
    .map((current) => {
      const { 'patrol:package': packageName = '', 'patrol:rule': rule = '' } = current.tags;
      const isBase = current.name === wanted.base;
      const holds: Holds = isBase
        ? { base: wanted.fleet }
        : { rule: typedNameFor(packageName, rule) };
      return { current, isBase, holds };
    })
    // The base stack last: until then the others may use it.
    .toSorted(
      (a, b) => Number(a.isBase) - Number(b.isBase) || order(typedFor(a.holds), typedFor(b.holds)),
    );
  // Those that will use no topic of the base stack afterwards unless the file says so.
  const settled = new Set(
    steps.filter((step) => !isStopped(step)).map(({ target }) => target.name),
  );
  const earlier = steps.map(({ key }) => key);
  return found.map(({ current, isBase, holds }): StackStep => {
    const key = keyOf(place, current.name);
    const needs = isBase && prune ? [...earlier] : [];
    const decided = removal(context, current, isBase, settled);
    if (decided.verdict === 'change') settled.add(current.name);
    earlier.push(key);
    return {
      key,
      target: { kind: 'stack', place, name: current.name, holds },
      inputs: [],
      needs,
      differences: [],
      cautions: {},
      notes: [],
      current,
      ...decided,
    };
  });
}

function removal(
  context: PlaceContext,
  current: Stack,
  isBase: boolean,
  settled: ReadonlySet<string>,
): Pick<StackStep, 'verdict' | 'operations' | 'reasons'> {
  const { place, wanted, prune } = context;
  if (!prune) {
    const reasons = [{ code: 'unlisted', deleted: false }] as const;
    return { verdict: 'orphaned', operations: [], reasons };
  }
  const topics = (['alerts', 'alarms'] as const).map((kind) => baseTopic(place, wanted.base, kind));
  const why =
    misnamed(current) ??
    undeletable(current, place.region) ??
    (isBase && topics.some((topic) => isUsed(context, topic, settled))
      ? { code: 'baseUsed' as const, base: current.name }
      : undefined);
  return why === undefined
    ? {
        verdict: 'change',
        operations: [{ do: 'delete' }],
        reasons: [{ code: 'unlisted', deleted: true }],
      }
    : { verdict: 'refused', operations: [], reasons: [why] };
}

/** Why a stack cannot be deleted now. */
function undeletable(current: Stack, region: string): Refusal | undefined {
  if (current.terminationProtected) return { code: 'protected', stack: said(current), region };
  return conditionOf(current) === 'busy' ? { code: 'busy', stack: said(current) } : undefined;
}

/** Tags can be put on any stack; the name of one tells as well whether Patrol made it. */
function misnamed({ name, tags }: Stack): Refusal | undefined {
  const {
    'patrol:package': packageName = '',
    'patrol:rule': rule = '',
    'patrol:environment': environment = '',
  } = tags;
  const expected = `patrol-${shortName(packageName)}-${rule}-${environment}`;
  return name === expected ? undefined : { code: 'misnamed', name, expected };
}
