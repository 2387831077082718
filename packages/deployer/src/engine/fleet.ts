/** A fleet that is to be as its file says. Who is asked, and how, is given. */
import { dirname, resolve } from 'node:path';
import { type Cloud, explain, orRefusal } from '../cloud/cloud.ts';
import type { CloudOptions } from '../cloud/options.ts';
import { readSubscriptions, tellSubscriptions } from '../destinations/fleet.ts';
import type { FleetFile } from '../file/file.ts';
import { loadFleet } from '../file/load.ts';
import { defaultEnvironment, keyOf } from '../identity/naming.ts';
import type { LeaseHolder } from '../notes/parts.ts';
import type { Tell } from '../notes/tell.ts';
import { changing, doingOf, stackSteps } from '../plan/step.ts';
import { tellOfStep } from '../run/outcome.ts';
import type { Recovering } from '../run/recover.ts';
import { stackRunner } from '../run/regions.ts';
import { stackSetRunner } from '../run/stacksets.ts';
import { type Lease, leaseOn } from '../stage/lease.ts';
import { awsCommand } from '../text/command.ts';
import { UsageError } from '../text/errors.ts';
import { compact } from '../text/records.ts';
import { type Remark, warningOf } from '../view/sentences/remarks.ts';
import { type Amendments, amended } from '../want/amend.ts';
import { type Engine, engineOf } from './engine.ts';
import { type FleetState, type Outside, readPlaces, currentStacks } from './look.ts';
import { apply, type Applied, type Dialogue, Overtaken } from './loop.ts';

/** What is wanted of a fleet. */
export interface FleetRequest extends CloudOptions, Amendments {
  /** The file, as it was typed. */
  readonly file: string;
  /** The environment, where the file has several. */
  readonly environment?: string | undefined;
  readonly only?: readonly string[];
  readonly prune: boolean;
}

/** The file of a fleet, and where it lies. */
export interface FoundFleet {
  readonly fleet: FleetFile;
  readonly folder: string;
}

/**
 * Reads the file of a fleet.
 *
 * @throws UsageError when it cannot be used, or the request does not go with it.
 */
export function fleetOf(
  { file: typed, environment, all, units, prune }: FleetRequest,
  { cwd }: Pick<Outside, 'cwd'>,
): FoundFleet {
  if (units !== undefined && prune) {
    throw new UsageError(
      '--prune deletes what the file no longer lists, but --org overrides the units of the file. To prune, list the units in the file, under organization.organizationalUnits, and leave --org out.',
    );
  }
  const path = resolve(cwd, typed);
  const file = loadFleet(path, typed, environment);
  const usual = file.fleet.environment ?? defaultEnvironment;
  if (environment !== undefined && environment !== usual) {
    throw new UsageError(
      `The environment of ${typed} is ${usual}, and it has no others. Leave out --env, or list ${environment} and ${usual} under environments.`,
    );
  }
  const fleet = amended(file, compact({ all, units }));
  return { fleet, folder: dirname(path) };
}

/** By what others find the run that holds a lease. */
export type KnownAs = Pick<LeaseHolder, 'host' | 'pid' | 'job'>;

/** Who takes a lease. */
interface Taker extends Pick<CloudOptions, 'profile'> {
  readonly holder: KnownAs;
}

/** Who decides about a fleet. */
export interface FleetDecider extends Pick<Dialogue<FleetState>, 'show' | 'approve'> {
  /** Whether a stack may be taken out of a state in which nothing can be done with it. */
  readonly agree: (question: string, state: FleetState) => Promise<boolean>;
  /** Whether to wait for another run that changes the fleet. */
  readonly wait: boolean;
}

/** What bringing a fleet about needs beside who decides. */
export interface FleetEffects extends Taker {
  readonly outside: Outside;
  readonly tell: Tell;
  /** Looks at the fleet, and plans. */
  readonly look: () => Promise<FleetState>;
  /** Called before anything may be changed. */
  readonly begin?: () => void;
}

/**
 * Makes a fleet as its file says, and says who has to confirm what. One run at a time changes it.
 *
 * @returns what came of it.
 */
export async function applyFleet(
  decider: FleetDecider,
  effects: FleetEffects,
): Promise<Applied<FleetState>> {
  const { outside, tell, begin } = effects;
  const { signal, now, unique } = outside;
  const { show, approve, agree, wait } = decider;
  let lease: Lease | undefined;
  /** When the last look at the fleet began: another run may have changed what it saw since. */
  let begun = 0;

  const look = async (): Promise<FleetState> => {
    begun = now();
    const state = await effects.look();
    lease ??= await leaseOf(state, effects);
    return state;
  };
  const held = (): Lease => {
    if (!lease) throw new Error('The fleet has not been read.');
    return lease;
  };
  const take = async (): Promise<void> => {
    if (!(await held().take(begun))) throw new Overtaken();
  };

  const dialogue: Dialogue<FleetState> = {
    show,
    approve,
    guard: { free: () => held().free(wait), take },
    begin: ({ plan }) => tell({ type: 'stacks', total: changing(plan.steps).length }),
    overtaken: () => {
      const message = 'Another run of `apply` has changed the fleet. Reading it again.';
      tell({ type: 'progress', message });
    },
    // It keeps no other stack from being dealt with; the plan says what to do about it.
    unrecovered: ({ step, message }) => tellOfStep(tell, step)({ type: 'warning', message }),
    unfinished: (error) => tell(warningOf({ code: 'topicsLeft', why: explain(error) })),
  };

  /** Who carries a plan out. */
  const engine = (state: FleetState): Engine => {
    const { clouds, organization } = state;
    begin?.();
    const { sleep, hold } = held();
    const shared = { tell, sleep, signal, now, unique, hold };
    const recovering: Recovering = {
      skip: [],
      agree: async (question, recovery) => {
        // Waiting changes nothing: nobody is asked.
        if (recovery === 'wait') return true;
        if (!(await agree(question, state))) return false;
        await take();
        return true;
      },
    };
    const stacks = stackRunner(
      { ...shared, cloudAt: (place) => clouds.at(place) },
      {
        several: true,
        look: ({ target: { name, place } }) => {
          const events = ['cloudformation', 'describe-stack-events', '--stack-name', name];
          return `\`${awsCommand(events, { ...state.wanted.run, region: place.region })}\``;
        },
        recovering,
      },
    );
    if (!organization) return engineOf({ stacks }, signal);
    const { wanted, stackSets, units } = organization;
    const cloudIn = (region: string): Promise<Cloud> => clouds.at({ ...wanted.home, region });
    const sets = stackSetRunner({ ...shared, stackSets, cloudIn, wanted, units });
    return engineOf({ stacks, stackSets: sets }, signal);
  };

  try {
    const applied = await apply({ look, engine }, dialogue);
    if (!applied.isDeclined && !signal.aborted) await tellUnconfirmed(applied, effects);
    return applied;
  } finally {
    await lease?.release();
  }
}

/** What a fleet lacks although its stacks are as the file says. */
export const missingOf = ({ isUnfinished, state }: Applied<FleetState>): readonly Remark[] => [
  ...(isUnfinished ? [{ code: 'topicsLeft' } as const] : []),
  // The stacks do not help while their alerts are lost.
  ...state.subscriptions.lost,
];

/** Says who has to confirm what, now that there is something new to confirm. */
async function tellUnconfirmed(
  { state: { plan, wanted, clouds }, outcomes }: Applied<FleetState>,
  { outside, tell }: FleetEffects,
): Promise<void> {
  const keys = new Set(outcomes.flatMap(({ ended, step }) => (ended === 'done' ? [step.key] : [])));
  const done = stackSteps(plan).filter((step) => doingOf(step) !== 'delete' && keys.has(step.key));
  const regions = new Set(done.map(({ target }) => keyOf(target.place)));
  const places = wanted.places.filter(({ place }) => regions.has(keyOf(place)));
  const current = await readPlaces({ places }, clouds, outside);
  const changed = currentStacks(wanted, current).map(({ place, stacks }) => ({
    place,
    stacks: stacks.filter(({ name }) =>
      done.some(({ target }) => target.name === name && target.place.region === place.region),
    ),
  }));
  tellSubscriptions(await readSubscriptions(changed, clouds, wanted.run), tell);
}

/**
 * The lease of a fleet. It lies in the first account of the file, and of an organisation in the account that manages it:
 * whoever else changes the fleet has to look in the same place.
 */
async function leaseOf({ wanted, clouds }: FleetState, effects: FleetEffects): Promise<Lease> {
  const { fleet, environment, home: place } = wanted;
  const { outside, tell } = effects;
  const { sleep, signal, now } = outside;
  const cloud = await clouds.at(place);
  const who = (): Promise<LeaseHolder> => holderIn(place.region, effects, outside);
  return leaseOn({ cloud, place, tell, sleep, signal, now, who }, { fleet, environment });
}

/** Who runs this, and where. */
async function holderIn(
  region: string,
  { profile, holder }: Taker,
  { account: accountOf, now, unique }: Outside,
): Promise<LeaseHolder> {
  const account = await accountOf({ profile, region });
  // The lease holds without a name as well.
  const caller = await orRefusal(account.caller(), () => undefined);
  return compact({ run: unique(), caller, ...holder, since: new Date(now()).toISOString() });
}
