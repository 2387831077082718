/** What becomes of the stacks and stack sets of a fleet while a plan is carried out. */
import { CloudError, explain } from '../cloud/cloud.ts';
import { InterruptedError, messageOf, OperatorError } from '../text/errors.ts';
import type { Ending, Outcome } from '../notes/lines.ts';
import type { FleetAction } from '../plan/fleet.ts';
import { type Result, type Tell, tellOf } from '../notes/tell.ts';
import { enumerated } from '../text/words.ts';

/** What became of a fleet. */
export interface FleetOutcome {
  readonly ok: boolean;
  readonly interrupted: boolean;
  /** In the order of the plan. */
  readonly outcomes: readonly Outcome[];
}

/** Sums outcomes up. */
export function outcomeOf(outcomes: readonly Outcome[], signal: AbortSignal): FleetOutcome {
  const ok = outcomes.every(({ ended }) => ended === 'done' || ended === 'kept');
  return { ok, interrupted: signal.aborted && !ok, outcomes };
}

/** Which step an outcome is about. */
export type About = Pick<Outcome, 'kind' | 'name' | 'stack' | 'region' | 'account' | 'did'>;

const didOf = (did: FleetAction['do']): Result['did'] =>
  did === 'orphaned' || did === 'refuse' || did === 'keep' ? 'none' : did;

/**
 * Works on one of several: tells that it begins and how it ended. What AWS or the operator refuses becomes its outcome, so
 * that it keeps nothing else from being done.
 *
 * @param said the words for a call that is refused.
 */
export async function workOn(
  tell: Tell,
  about: About,
  run: (tell: Tell) => Promise<Outcome>,
  said: (error: CloudError) => string = explain,
): Promise<Outcome> {
  const { stack, region, account } = about;
  const told = tellOf(tell, { stack, region, account });
  tell({ type: 'begin', stack, region, account });
  const outcome = await attempt(told, about, run, said);
  const { ended, message, cause } = outcome;
  tell({
    type: 'finished',
    stack,
    region,
    account,
    ok: ended === 'done' || ended === 'kept',
    did: didOf(about.did),
    message,
    ...(cause ? { cause } : {}),
  });
  return outcome;
}

async function attempt(
  tell: Tell,
  about: About,
  run: (tell: Tell) => Promise<Outcome>,
  said: (error: CloudError) => string,
): Promise<Outcome> {
  // Between the first word of how far AWS is and its last, it goes on by itself.
  let isRunning = false;
  try {
    return await run((note) => {
      if (note.type === 'status') isRunning = true;
      if (note.type === 'ended') isRunning = false;
      tell(note);
    });
  } catch (error) {
    if (!(error instanceof OperatorError || error instanceof CloudError)) throw error;
    const message = error instanceof CloudError ? said(error) : messageOf(error);
    const stopped = error instanceof InterruptedError ? 'skipped' : 'failed';
    return { ...about, ended: isRunning ? 'running' : stopped, message };
  }
}

/**
 * Says what became of a fleet: a table of all that is not as it was before, and how it went.
 *
 * @throws InterruptedError when the operator ended it.
 */
export function conclude(
  { ok, interrupted, outcomes }: FleetOutcome,
  { fleet, only }: { readonly fleet: string; readonly only?: readonly string[] },
  tell: Tell,
): Result {
  const told = outcomes.filter(({ did, ended }) => ended !== 'kept' || did === 'update');
  if (told.length > 0) tell({ type: 'summary', stacks: told });
  const of = (...endings: readonly Ending[]): readonly Outcome[] =>
    outcomes.filter(({ ended }) => endings.includes(ended));
  const done = of('done');
  const running = of('running').map(({ stack, region }) => `${stack} in ${region}`);
  const goesOn =
    running.length === 0
      ? ''
      : ` CloudFormation goes on by itself with ${enumerated(running)}; the same command takes it up from there.`;
  if (interrupted) {
    const skipped = counted(of('skipped'));
    throw new InterruptedError(
      `Interrupted. Done: ${counted(done)}; not begun: ${skipped}.${goesOn}`,
    );
  }
  // What was not asked for may be otherwise.
  const what = only ? `Of the fleet ${fleet} what --only names` : `The fleet ${fleet}`;
  const failures = of('failed', 'refused', 'skipped', 'running').length;
  const message = ok
    ? told.length > 0
      ? `${what} is as its file says: ${counted(done)} changed.`
      : `Nothing changed: ${what.replace(/^[TO]/, (letter) => letter.toLowerCase())} is as its file says.`
    : `${failures} of ${outcomes.length} ${kindsOf(outcomes)} of the fleet ${fleet} are not as its file says.${goesOn}`;
  const counts = { done: 0, kept: 0, failed: 0, refused: 0, running: 0, skipped: 0 };
  for (const { ended } of outcomes) counts[ended] += 1;
  const did = done.length > 0 ? 'apply' : ok ? 'keep' : 'none';
  return { type: 'result', ok, did, counts, message };
}

/** `stacks and stack sets`. */
const kindsOf = (outcomes: readonly Outcome[]): string =>
  enumerated([...new Set(outcomes.map(({ kind }) => `${kind}s`))]);

/** `3 stacks and 1 stack set`. */
function counted(outcomes: readonly Outcome[]): string {
  const words = (['stack', 'stack set'] as const).flatMap((kind) => {
    const count = outcomes.filter((each) => each.kind === kind).length;
    return count === 0 ? [] : [`${count} ${kind}${count === 1 ? '' : 's'}`];
  });
  return words.length > 0 ? enumerated(words) : 'no stacks';
}
