/** What becomes of the steps of a plan while it is carried out. */
import { CloudError, explain, isKnown } from '../cloud/cloud.ts';
import type { Effects } from '../cloud/effects.ts';
import type { Ending } from '../notes/lines.ts';
import type { Cause, InstanceCounts, TroubledInstance } from '../notes/parts.ts';
import { type Result, type Tell, tellOf } from '../notes/tell.ts';
import { type Doing, doingOf, type Step } from '../plan/step.ts';
import { InterruptedError, type OperatorError } from '../text/errors.ts';
import { compact } from '../text/records.ts';
import type { Ended } from './watch.ts';

/** What became of a step. */
export interface Outcome {
  readonly step: Step;
  readonly ended: Ending;
  readonly message: string;
  readonly cause?: Cause;
  /** How CloudFormation ended an operation on a stack. */
  readonly end?: Ended;
  /** What stopped it. */
  readonly error?: OperatorError | CloudError;
  /** Of a stack set: how its instances are. */
  readonly counts?: InstanceCounts;
  readonly troubled?: readonly TroubledInstance[];
}

/** Whether a step is as it was wanted. */
export const isGood = ({ ended }: Pick<Outcome, 'ended'>): boolean =>
  ended === 'done' || ended === 'kept';

const didOf = (doing: Doing): Result['did'] =>
  doing === 'orphaned' || doing === 'refuse' || doing === 'keep' || doing === 'recover'
    ? 'none'
    : doing;

/** What every note about one of several steps says. */
const aboutOf = ({ target: { name: stack, place } }: Step) => ({
  stack,
  region: place.region,
  account: place.account,
});

/** Tells of one step, where there are several. */
export const tellOfStep = (tell: Tell, step: Step): Tell => tellOf(tell, aboutOf(step));

/** The outcome of a step that is not to be begun any more; `undefined` when it is. */
export async function notBegun(
  { signal, hold }: Pick<Effects, 'signal'> & { readonly hold?: () => Promise<string | undefined> },
  step: Step,
): Promise<Outcome | undefined> {
  if (signal.aborted) return { step, ended: 'skipped', message: 'Not started.' };
  const why = await hold?.();
  return why === undefined ? why : { step, ended: 'skipped', message: `Not started. ${why}` };
}

/**
 * Works on a step. What AWS or the operator refuses becomes its outcome, so that it keeps nothing else from being done.
 *
 * @param said the words for a call that is refused.
 */
export async function attempt(
  tell: Tell,
  step: Step,
  run: (tell: Tell) => Promise<Outcome>,
  said: (error: CloudError) => string = explain,
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
    if (!isKnown(error)) throw error;
    const message = error instanceof CloudError ? said(error) : error.message;
    const stopped = error instanceof InterruptedError ? 'skipped' : 'failed';
    return { step, ended: isRunning ? 'running' : stopped, message, error };
  }
}

/** The same for one of several: tells that it begins and how it ended. */
export async function oneOfSeveral(
  tell: Tell,
  step: Step,
  run: (tell: Tell) => Promise<Outcome>,
  said?: (error: CloudError) => string,
): Promise<Outcome> {
  const about = aboutOf(step);
  tell({ type: 'begin', ...about });
  const outcome = await attempt(tellOfStep(tell, step), step, run, said);
  const { message, cause } = outcome;
  const did = didOf(doingOf(step));
  tell(compact({ type: 'finished', ...about, ok: isGood(outcome), did, message, cause }));
  return outcome;
}
