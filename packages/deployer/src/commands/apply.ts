/** `patrol-deploy apply`: makes a fleet as its file says. */
import { applyFleet, missingOf } from '../engine/fleet.ts';
import type { FleetState } from '../engine/look.ts';
import type { Result, Tell } from '../notes/tell.ts';
import {
  changing,
  doingOf,
  downgradesIn,
  isStack,
  type Step,
  withoutDowngrades,
} from '../plan/step.ts';
import { doesMore } from '../plan/stacksets.ts';
import { downgradesQuestion } from '../view/cautions.ts';
import { deletionQuestion } from '../view/deletions.ts';
import { conclude } from '../view/outcome.ts';
import { countedIn, tellPlan } from '../view/plan.ts';
import { remarkWords } from '../view/sentences/remarks.ts';
import { type FleetCommand, stateOf } from './plan.ts';
import { tellUnregistered } from './webhooks.ts';
import { type Operator, operatorOf, type World } from './world.ts';

/** What `patrol-deploy apply` is told. */
export interface ApplyCommand extends FleetCommand {
  readonly yes?: boolean;
  /** Whether to wait for another run that changes the fleet. */
  readonly wait?: boolean;
  /** Whether older versions of rules may take the place of newer ones. */
  readonly allowDowngrade?: boolean;
}

/** Makes a fleet as its file says, after showing what that takes and asking. One run at a time does. */
export async function applyCommand(
  command: ApplyCommand,
  world: World,
  tell: Tell,
): Promise<Result> {
  const { yes, wait = false, allowDowngrade } = command;
  const operator = operatorOf(world, command);
  const { environment, machine, holdInterrupts } = world;
  const applied = await applyFleet(
    {
      show: (state) => tellPlan(state, tell),
      approve: async (seen, engine) => {
        const state = allowDowngrade ? seen : await withAgreedVersions(seen, operator);
        if (!yes && operator.isThere) await engine.stage(state.plan);
        tell({ type: 'shown' });
        return approved(state, operator);
      },
      agree: operator.agrees,
      wait,
    },
    {
      outside: world,
      tell,
      look: () => stateOf(command, world),
      profile: command.profile,
      holder: { ...machine, ...jobOf(environment) },
      begin: holdInterrupts,
    },
  );
  const { recovered } = applied;
  if (applied.isDeclined) return withRecovered(declined, recovered);
  const { plan, wanted, clouds } = applied.state;
  const { fleet, environment: of } = plan;
  const about = { environment: of, run: wanted.run ?? {} };
  await tellUnregistered(applied.outcomes, about, (place) => clouds.optionsAt(place), world, tell);
  const result = withRecovered(conclude(applied, { fleet, ...command }, tell), recovered);
  if (applied.stopped) throw applied.stopped;
  const missing = missingOf(applied);
  return result.ok && missing.length > 0
    ? { ...result, ok: false, message: `${result.message} ${missing.map(remarkWords).join(' ')}` }
    : result;
}

const declined: Result = {
  type: 'result',
  ok: false,
  did: 'none',
  message: 'No stack was changed.',
};

/** A result with what was rolled back first. */
function withRecovered(result: Result, recovered: readonly string[]): Result {
  if (recovered.length === 0) return result;
  const isAll = result.did === 'none' || result.did === 'keep';
  const rest = result.message
    .replace(/^Nothing changed/, 'Nothing else changed')
    .replace(/^No stack/, 'No other stack');
  return {
    ...result,
    did: isAll ? 'recover' : result.did,
    recovered,
    message: `Rolled back: ${recovered.join(', ')}. ${rest}`,
  };
}

/** The part of a plan that is approved; `undefined` when that is nothing. */
async function approved(state: FleetState, operator: Operator): Promise<FleetState | undefined> {
  const { plan } = state;
  const isChange = (step: Step): boolean =>
    isStack(step) ? doingOf(step) !== 'delete' && doingOf(step) !== 'recover' : doesMore(step);
  const changes = changing(plan.steps).filter(isChange);
  if (changes.length > 0) {
    const what = countedIn({ steps: changes });
    if (!(await operator.agrees(`Go ahead: ${what}?`))) return undefined;
  }
  const question = deletionQuestion(plan);
  if (question === undefined || (await operator.agrees(question))) return state;
  return changes.length > 0 ? withoutDeletions(state) : undefined;
}

/** The same with nothing to delete. */
const withoutDeletions = (state: FleetState): FleetState => ({
  ...state,
  plan: {
    ...state.plan,
    steps: state.plan.steps.map((step): Step => {
      if (!isStack(step)) return step.withoutDeletions ?? step;
      return doingOf(step) === 'delete' ? { ...step, verdict: 'orphaned' } : step;
    }),
  },
});

/**
 * The same with older versions only as far as that is agreed to. Where it is not, their steps are refused and everything else
 * can go on.
 */
async function withAgreedVersions(state: FleetState, { inPerson }: Operator): Promise<FleetState> {
  const downgrades = downgradesIn(state.plan);
  if (downgrades.length === 0) return state;
  const isAgreed = await inPerson?.(downgradesQuestion(downgrades));
  return isAgreed ? state : { ...state, plan: withoutDowngrades(state.plan) };
}

/** The variables in which CI services put the address of a job: GitLab, Jenkins, Buildkite, CircleCI. */
const jobNames = ['CI_JOB_URL', 'BUILD_URL', 'BUILDKITE_BUILD_URL', 'CIRCLE_BUILD_URL'];

/** The address of the CI job that runs the command; nothing where there is none. */
function jobOf(environment: World['environment']): { readonly job?: string } {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID } = environment;
  const ofGitHub =
    GITHUB_SERVER_URL && GITHUB_REPOSITORY && GITHUB_RUN_ID
      ? `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`
      : undefined;
  const address = ofGitHub ?? jobNames.map((name) => environment[name]).find(Boolean);
  return address !== undefined && URL.canParse(address) ? { job: address } : {};
}
