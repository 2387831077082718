/** The result for a fleet, in a table and a sentence. */
import type { Ending, Outcome as Told } from '../notes/lines.ts';
import type { Result, Tell } from '../notes/tell.ts';
import { doingOf, typedOf } from '../plan/step.ts';
import type { Outcome } from '../run/outcome.ts';
import type { Outcomes } from '../engine/engine.ts';
import { InterruptedError } from '../text/errors.ts';
import { compact } from '../text/records.ts';
import { counted, enumerated } from '../text/words.ts';

/** An outcome in the form of the notes. */
export function toldOf({ step, ended, message, cause, counts, troubled }: Outcome): Told {
  const { kind, name: stack, place } = step.target;
  const { region, account } = place;
  const about = { kind, name: typedOf(step), stack, region, account, did: doingOf(step) };
  return compact<Told>({ ...about, ended, message, cause, instances: counts, troubled });
}

/**
 * Gives the result for a fleet: a table of everything that changed or failed, and a sentence.
 *
 * @throws InterruptedError when the operator ended it.
 */
export function conclude(
  { ok, interrupted, outcomes: all }: Outcomes,
  { fleet, only }: { readonly fleet: string; readonly only?: readonly string[] },
  tell: Tell,
): Result {
  const outcomes = all.map(toldOf);
  const told = outcomes.filter(({ did, ended }) => ended !== 'kept' || did === 'update');
  if (told.length > 0) tell({ type: 'summary', stacks: told });
  const of = (...endings: readonly Ending[]): readonly Told[] =>
    outcomes.filter(({ ended }) => endings.includes(ended));
  const done = of('done');
  const running = of('running').map(({ stack, region }) => `${stack} in ${region}`);
  const goesOn =
    running.length === 0
      ? ''
      : ` CloudFormation continues ${enumerated(running)} by itself. Run the same command again to follow it.`;
  if (interrupted) {
    const skipped = countsText(of('skipped'));
    throw new InterruptedError(
      `Interrupted. Done: ${countsText(done)}; not started: ${skipped}.${goesOn}`,
    );
  }
  // The rest of the fleet may not match.
  const what = only ? `The part of the fleet ${fleet} that --only selects` : `The fleet ${fleet}`;
  const failures = of('failed', 'refused', 'skipped', 'running').length;
  const message = ok
    ? told.length > 0
      ? `${what} now matches its file: ${countsText(done)} changed.`
      : `Nothing changed: ${what.replace(/^T/, (letter) => letter.toLowerCase())} matches its file.`
    : `${failures} of ${outcomes.length} ${kindsOf(outcomes)} of the fleet ${fleet} do not match its file.${goesOn}`;
  const counts = { done: 0, kept: 0, failed: 0, refused: 0, running: 0, skipped: 0 };
  for (const { ended } of outcomes) counts[ended] += 1;
  const did = done.length > 0 ? 'apply' : ok ? 'keep' : 'none';
  return { type: 'result', ok, did, counts, message };
}

/** `stacks and stack sets`. */
const kindsOf = (outcomes: readonly Told[]): string =>
  enumerated([...new Set(outcomes.map(({ kind }) => `${kind}s`))]);

/** `3 stacks and 1 stack set`. */
function countsText(outcomes: readonly Told[]): string {
  const words = (['stack', 'stack set'] as const).flatMap((kind) => {
    const count = outcomes.filter((each) => each.kind === kind).length;
    return count === 0 ? [] : [counted(count, kind)];
  });
  return words.length > 0 ? enumerated(words) : 'no stacks';
}
