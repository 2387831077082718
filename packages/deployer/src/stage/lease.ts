/**
 * The lease of a fleet: of several runs of `apply` one changes it. It is an object in S3, written on the condition that
 * nobody else wrote first.
 */
import { missingSettings } from '../cloud/bucket.ts';
import { type Cloud, CloudError, explain, orRefusal, type Place } from '../cloud/cloud.ts';
import { type Effects, passing, patiently, pause } from '../cloud/effects.ts';
import { leaseAt } from '../identity/naming.ts';
import type { NoteOf } from '../notes/lines.ts';
import type { LeaseHolder } from '../notes/parts.ts';
import * as leases from '../plan/lease.ts';
import { HeldError, InterruptedError, OperatorError } from '../text/errors.ts';
import { secureBucket } from './artifacts.ts';

/** How often a run that waits looks again. */
const lookAgainTime = 10_000;
/** A renewal that failed is tried again after this time. */
const retryTime = 10_000;
/** Nothing is begun in the last part of a lease that could not be renewed: a step takes a moment to reach AWS. */
const margin = 30_000;
/** So many times somebody else may be quicker. */
const mostAttempts = 10;

/** What a lease is taken with. */
export interface LeaseEffects extends Pick<Effects, 'tell' | 'sleep' | 'signal' | 'now'> {
  /** Where the lease lies. */
  readonly cloud: Cloud;
  readonly place: Place;
  /** Says who takes it. */
  readonly who: () => Promise<LeaseHolder>;
}

/** What this run holds. */
interface Own {
  readonly holder: LeaseHolder;
  readonly tag: string;
  readonly renewals: number;
  /** When it was written or renewed, by this machine's clock: that goes on also while the machine sleeps. */
  readonly written: number;
}

type LeaseNote = NoteOf<'lease'>;
type Found<Is> = Extract<leases.FoundLease, { readonly is: Is }>;
type Held = Found<'held'>;

/** The lease of one fleet, as one run sees it. */
export type Lease = ReturnType<typeof leaseOn>;

/** @param of the fleet. */
export function leaseOn(effects: LeaseEffects, of: leases.Leased) {
  const { cloud, place, tell, now, signal, who } = effects;
  const name = `${of.fleet} (${of.environment})`;
  const at = leaseAt(place, of.fleet, of.environment);
  let own: Own | undefined;
  /** Whether this run goes on without a lease, which it may not write. */
  let isUnguarded = false;
  /** What is said since another run has it. */
  let lost: string | undefined;
  /** Why the last renewal failed, and when it was tried. */
  let failed: { readonly why: string; readonly at: number } | undefined;
  let renewing: Promise<void> | undefined;
  /** What was found in the place of one's own lease. */
  let other: leases.FoundLease | undefined;
  /** What was found last, and when. */
  let seen: { readonly tag: string | undefined; readonly at: number } | undefined;

  const tellLease = (
    state: LeaseNote['state'],
    message: string,
    others: Pick<LeaseNote, 'holder' | 'until'> = {},
  ): void => tell({ type: 'lease', state, ...of, ...others, message });
  const heldBy = ({ holder, left }: Held): Pick<LeaseNote, 'holder' | 'until'> => ({
    holder,
    until: new Date(now() + left).toISOString(),
  });
  const untilWords = ({ left }: Held): string =>
    `If that run was killed, its lease ends at ${leases.timeWords(now() + left)}.`;

  function refusal(found: Held): HeldError {
    const message = `Another run of \`apply\` is changing the fleet ${name}: ${leases.holderWords(found.holder)}. No stack was changed. Run the same command again when that run has ended, or add --wait. ${untilWords(found)}`;
    tellLease('held', message, heldBy(found));
    return new HeldError(message);
  }

  function stopIfAsked(): void {
    if (signal.aborted) throw new InterruptedError();
  }

  /** How long ago the lease was written; 0 when this run has none. */
  const sinceWritten = (): number => (own ? now() - own.written : 0);

  async function find(): Promise<leases.FoundLease> {
    const found = await patiently(effects, () => cloud.readText(at));
    seen = { tag: found?.tag, at: now() };
    return leases.foundLease(found);
  }

  /** Makes the bucket. Several runs may do that at once: S3 refuses settings that are made at the same moment. */
  async function secure(): Promise<void> {
    // Only the newest text of a lease is of use.
    const missing: typeof missingSettings = (...about) =>
      missingSettings(...about).filter(({ set }) => set !== 'versioning');
    const what = 'leases, which let only one run change a fleet at a time';
    const secured = (): Promise<void> => secureBucket(effects, place, at.bucket, missing, what);
    await patiently(effects, secured, [...passing, 'conflict']);
  }

  async function takeIt(begun: number): Promise<boolean> {
    const holder = await who();
    let written = now();
    for (let attempts = 0; attempts < mostAttempts; attempts += 1) {
      stopIfAsked();
      const before = seen;
      const found = await find();
      // The answer to a write was lost: the lease says that it went well.
      const isOwn = found.is === 'held' && found.holder.run === holder.run;
      if (isOwn && seen?.tag !== undefined) {
        own = { holder, tag: seen.tag, renewals: 0, written };
        return true;
      }
      if (found.is === 'held') throw refusal(found);
      const isAsBefore = before && before.at <= begun && before.tag === seen?.tag;
      if (!isAsBefore && leases.mayHaveChanged(found, now() - begun)) return false;
      if (found.replaced === undefined) await secure();
      written = now();
      const tag = await patiently(
        effects,
        () => cloud.writeText(at, leases.leaseText(of, holder, 0), found.replaced),
        // A new bucket is not everywhere at once.
        found.replaced === undefined ? [...passing, 'missing', 'conflict'] : passing,
      );
      if (tag !== undefined) {
        own = { holder, tag, renewals: 0, written };
        if (found.is === 'stale') tellTakenOver(found);
        return true;
      }
      await effects.sleep(pause(0), signal);
    }
    throw new OperatorError(
      `The lease of the fleet ${name} could not be taken: s3://${at.bucket}/${at.key} changed at every attempt. No stack was changed. Run the same command again.`,
    );
  }

  function tellTakenOver({ holder, age }: Found<'stale'>): void {
    const minutes = Math.floor(age / 60_000);
    const message = `Took over the lease of the fleet ${name} from ${leases.holderWords(holder)}. That run did not renew it for ${minutes} minutes; it was probably killed.`;
    tellLease('takenOver', message, { holder });
  }

  /** Several who wait at once renew it once. */
  function renew(): Promise<void> {
    if (failed && now() - failed.at < retryTime) return Promise.resolve();
    renewing ??= renewOnce().finally(() => {
      renewing = undefined;
    });
    return renewing;
  }

  async function renewOnce(): Promise<void> {
    const held = own;
    if (!held) return;
    const written = now();
    await orRefusal(
      replace(held, false).then((tag) => {
        failed = undefined;
        if (tag === undefined) lose();
        else own = { ...held, tag, renewals: held.renewals + 1, written };
      }),
      (error) => {
        failed = { why: explain(error), at: now() };
      },
    );
  }

  /** Writes one's own lease anew; `undefined` when it is no longer one's own. */
  async function replace({ holder, renewals, tag }: Own, released: boolean) {
    const text = leases.leaseText(of, holder, renewals + 1, released);
    const next = await cloud.writeText(at, text, tag);
    if (next !== undefined) return next;
    // The answer to an earlier write may have been lost: then it is still one's own.
    const found = await cloud.readText(at);
    other = leases.foundLease(found);
    const isOwn = other.is !== 'free' && other.holder.run === holder.run;
    return isOwn ? cloud.writeText(at, text, found?.tag) : undefined;
  }

  function lose(): void {
    own = undefined;
    lost = `This run lost the lease of the fleet ${name}.`;
    const holder = other && other.is !== 'free' ? other.holder : undefined;
    const why = holder
      ? `Another run took it over, because it was not renewed in time: ${leases.holderWords(holder)}.`
      : 'Somebody else took it over or removed it.';
    const message = `${lost} ${why} This run starts no more stacks, and waits for those in progress. Run the same command again when no other run is active.`;
    tellLease('lost', message, holder ? { holder } : {});
  }

  /**
   * Makes sure that no other run holds the lease now. Takes nothing.
   *
   * @param wait whether to wait for another run.
   * @returns whether it was waited for: what stands has to be looked at again then.
   * @throws HeldError when another run holds it and is not waited for.
   */
  async function free(wait: boolean): Promise<boolean> {
    if (own || isUnguarded) return false;
    let waitedFor: string | undefined;
    for (;;) {
      const found = await find().catch((error: unknown) => {
        // Whether it can be written will be told when it is to be taken.
        if (isForbidden(error)) return undefined;
        throw error;
      });
      if (found?.is !== 'held') return waitedFor !== undefined;
      if (!wait) throw refusal(found);
      const holder = leases.holderWords(found.holder);
      if (holder !== waitedFor) {
        const message = `Waiting for another run of \`apply\` that is changing the fleet ${name}: ${holder}. ${untilWords(found)}`;
        tellLease('waiting', message, heldBy(found));
      }
      waitedFor = holder;
      await effects.sleep(lookAgainTime, signal);
      stopIfAsked();
    }
  }

  /**
   * Takes the lease, unless another run may have changed the fleet since it was looked at.
   *
   * @param begun when the look at it began.
   * @returns whether it is taken. Otherwise what stands has to be looked at again first.
   * @throws HeldError when another run holds it. OperatorError when this run has lost it.
   */
  async function take(begun: number): Promise<boolean> {
    if (isUnguarded) return true;
    if (own || lost !== undefined) {
      const why = await hold();
      if (why !== undefined) throw new OperatorError(why);
      return true;
    }
    try {
      return await takeIt(begun);
    } catch (error) {
      if (!isForbidden(error)) throw error;
      const message = `The fleet ${name} is not protected against other runs of \`apply\`: its lease cannot be written to the bucket ${at.bucket}. ${explain(error)} Make sure that nobody else changes the fleet now. \`patrol-deploy doctor --policy deploy\` prints the permissions to allow.`;
      tellLease('unguarded', message);
      isUnguarded = true;
      return true;
    }
  }

  /**
   * Waits, as everything does that follows AWS, and renews the lease on the way when that is due. There is no timer for it:
   * a run that hangs has to lose its lease, and whoever is asked a question keeps nobody else waiting.
   */
  async function sleep(milliseconds: number, until?: AbortSignal): Promise<void> {
    await effects.sleep(milliseconds, until);
    if (sinceWritten() >= leases.renewalTime) await renew();
  }

  /**
   * Says why nothing more may be begun; `undefined` when it may. A machine that slept, or a process that was stopped for a
   * while, finds out here.
   */
  async function hold(): Promise<string | undefined> {
    if (sinceWritten() >= leases.renewalTime) await renew();
    if (lost !== undefined) return lost;
    if (sinceWritten() < leases.leaseTime - margin) return undefined;
    // By a clock of its own another run may take it at any moment.
    return `The lease of the fleet ${name} could not be renewed in time. ${failed?.why ?? ''}`.trim();
  }

  /** Gives the lease back. What goes wrong with that is told, and the lease ends by itself. */
  async function release(): Promise<void> {
    await renewing;
    const held = own;
    own = undefined;
    if (!held) return;
    const released = patiently(effects, () => replace(held, true));
    await orRefusal(released, (error) => {
      const until = leases.timeWords(held.written + leases.leaseTime);
      const message = `The lease of the fleet ${name} could not be released. It ends by itself at ${until}. ${explain(error)}`;
      tell({ type: 'warning', message });
    });
  }

  return { free, take, sleep, hold, release };
}

/** Whether the bucket of the leases is out of one's reach, now and later. */
const isForbidden = (error: unknown): error is CloudError =>
  error instanceof CloudError && (error.failure === 'denied' || error.failure === 'taken');
