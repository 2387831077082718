/**
 * The lease of a fleet: of several runs of `apply` one changes it. It is an object in S3, written on the condition that
 * nobody else wrote first.
 */
import { missingSettings } from '../cloud/bucket.ts';
import {
  type Cloud,
  CloudError,
  explain,
  orRefusal,
  type Place,
  type StoredObject,
} from '../cloud/cloud.ts';
import { type Effects, passing, patiently, pause } from '../cloud/effects.ts';
import { leaseAt } from '../identity/naming.ts';
import type { NoteOf } from '../notes/lines.ts';
import type { LeaseHolder } from '../notes/parts.ts';
import {
  type FoundLease,
  foundLease,
  holderWords,
  type Leased,
  leaseText,
  leaseTime,
  mayHaveChanged,
  renewalTime,
  timeWords,
} from '../plan/lease.ts';
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
type Held = Extract<FoundLease, { readonly is: 'held' }>;

/** The lease of one fleet, as one run sees it. */
export class Lease {
  readonly #effects: LeaseEffects;
  readonly #of: Leased;
  readonly #name: string;
  #own: Own | undefined;
  /** Whether this run goes on without a lease, which it may not write. */
  #isUnguarded = false;
  /** What is said since another run has it. */
  #lost: string | undefined;
  /** Why the last renewal failed, and when it was tried. */
  #failed: { readonly why: string; readonly at: number } | undefined;
  #renewing: Promise<void> | undefined;
  /** What was found in the place of one's own lease. */
  #other: FoundLease | undefined;
  /** What was found last, and when. */
  #seen: { readonly tag: string | undefined; readonly at: number } | undefined;

  constructor(effects: LeaseEffects, of: Leased) {
    this.#effects = effects;
    this.#of = of;
    this.#name = `${of.fleet} (${of.environment})`;
  }

  /**
   * Makes sure that no other run holds the lease now. Takes nothing.
   *
   * @param wait whether to wait for another run.
   * @returns whether it was waited for: what stands has to be looked at again then.
   * @throws HeldError when another run holds it and is not waited for.
   */
  async free(wait: boolean): Promise<boolean> {
    if (this.#own || this.#isUnguarded) return false;
    let other: string | undefined;
    for (;;) {
      const found = await this.#find().catch((error: unknown) => {
        // Whether it can be written will be told when it is to be taken.
        if (isForbidden(error)) return undefined;
        throw error;
      });
      if (found?.is !== 'held') return other !== undefined;
      if (!wait) throw this.#refusal(found);
      const who = holderWords(found.holder);
      if (who !== other) this.#tellWaiting(found);
      other = who;
      await this.#effects.sleep(lookAgainTime, this.#effects.signal);
      this.#stopIfAsked();
    }
  }

  /**
   * Takes the lease, unless another run may have changed the fleet since it was looked at.
   *
   * @param begun when the look at it began.
   * @returns whether it is taken. Otherwise what stands has to be looked at again first.
   * @throws HeldError when another run holds it. OperatorError when this run has lost it.
   */
  async take(begun: number): Promise<boolean> {
    if (this.#isUnguarded) return true;
    if (this.#own || this.#lost !== undefined) {
      const why = await this.hold();
      if (why !== undefined) throw new OperatorError(why);
      return true;
    }
    try {
      return await this.#take(begun);
    } catch (error) {
      if (!isForbidden(error)) throw error;
      const { bucket } = this.#at;
      const message = `The fleet ${this.#name} is not protected against other runs of \`apply\`: its lease cannot be written to the bucket ${bucket}. ${explain(error)} Make sure that nobody else changes the fleet now. \`patrol-deploy doctor --policy deploy\` prints the permissions to allow.`;
      this.#tell('unguarded', message);
      this.#isUnguarded = true;
      return true;
    }
  }

  /**
   * Waits, as everything does that follows AWS, and renews the lease on the way when that is due. There is no timer for it:
   * a run that hangs has to lose its lease, and whoever is asked a question keeps nobody else waiting.
   */
  readonly sleep: Effects['sleep'] = async (milliseconds, signal) => {
    await this.#effects.sleep(milliseconds, signal);
    if (this.#sinceWritten() >= renewalTime) await this.#renew();
  };

  /**
   * Says why nothing more may be begun; `undefined` when it may. A machine that slept, or a process that was stopped for a
   * while, finds out here.
   */
  readonly hold = async (): Promise<string | undefined> => {
    if (this.#sinceWritten() >= renewalTime) await this.#renew();
    if (this.#lost !== undefined) return this.#lost;
    if (this.#sinceWritten() < leaseTime - margin) return undefined;
    // By a clock of its own another run may take it at any moment.
    return `The lease of the fleet ${this.#name} could not be renewed in time. ${this.#failed?.why ?? ''}`.trim();
  };

  /** Gives the lease back. What goes wrong with that is told, and the lease ends by itself. */
  async release(): Promise<void> {
    await this.#renewing;
    const own = this.#own;
    this.#own = undefined;
    if (!own) return;
    const released = patiently(this.#effects, () => this.#replace(own, true));
    await orRefusal(released, (error) => {
      const until = timeWords(own.written + leaseTime);
      const message = `The lease of the fleet ${this.#name} could not be released. It ends by itself at ${until}. ${explain(error)}`;
      this.#effects.tell({ type: 'warning', message });
    });
  }

  async #take(begun: number): Promise<boolean> {
    const { cloud, now, who, sleep, signal } = this.#effects;
    const holder = await who();
    let written = now();
    for (let attempts = 0; attempts < mostAttempts; attempts += 1) {
      this.#stopIfAsked();
      const before = this.#seen;
      const found = await this.#find();
      // The answer to a write was lost: the lease says that it went well.
      const isOwn = found.is === 'held' && found.holder.run === holder.run;
      if (isOwn && this.#seen?.tag !== undefined) {
        this.#own = { holder, tag: this.#seen.tag, renewals: 0, written };
        return true;
      }
      if (found.is === 'held') throw this.#refusal(found);
      const isAsBefore = before && before.at <= begun && before.tag === this.#seen?.tag;
      if (!isAsBefore && mayHaveChanged(found, now() - begun)) return false;
      if (found.replaced === undefined) await this.#secure();
      written = now();
      const tag = await patiently(
        this.#effects,
        () => cloud.writeText(this.#at, leaseText(this.#of, holder, 0), found.replaced),
        // A new bucket is not everywhere at once.
        found.replaced === undefined ? [...passing, 'missing', 'conflict'] : passing,
      );
      if (tag !== undefined) {
        this.#own = { holder, tag, renewals: 0, written };
        if (found.is === 'stale') this.#tellTakenOver(found);
        return true;
      }
      await sleep(pause(0), signal);
    }
    throw new OperatorError(
      `The lease of the fleet ${this.#name} could not be taken: s3://${this.#at.bucket}/${this.#at.key} changed at every attempt. No stack was changed. Run the same command again.`,
    );
  }

  get #at(): StoredObject {
    const { fleet, environment } = this.#of;
    return leaseAt(this.#effects.place, fleet, environment);
  }

  /** How long ago the lease was written; 0 when this run has none. */
  #sinceWritten(): number {
    return this.#own ? this.#effects.now() - this.#own.written : 0;
  }

  async #find(): Promise<FoundLease> {
    const { cloud, now } = this.#effects;
    const found = await patiently(this.#effects, () => cloud.readText(this.#at));
    this.#seen = { tag: found?.tag, at: now() };
    return foundLease(found);
  }

  /** Makes the bucket. Several runs may do that at once: S3 refuses settings that are made at the same moment. */
  async #secure(): Promise<void> {
    const { cloud, place, tell } = this.#effects;
    const { bucket } = this.#at;
    // Only the newest text of a lease is of use.
    const missing: typeof missingSettings = (...about) =>
      missingSettings(...about).filter(({ set }) => set !== 'versioning');
    await patiently(
      this.#effects,
      () =>
        secureBucket(
          { cloud, tell },
          place,
          bucket,
          missing,
          'leases, which let only one run change a fleet at a time',
        ),
      [...passing, 'conflict'],
    );
  }

  /** Several who wait at once renew it once. */
  #renew(): Promise<void> {
    const { now } = this.#effects;
    if (this.#failed && now() - this.#failed.at < retryTime) return Promise.resolve();
    this.#renewing ??= this.#renewOnce().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async #renewOnce(): Promise<void> {
    const own = this.#own;
    if (!own) return;
    const written = this.#effects.now();
    try {
      const tag = await this.#replace(own, false);
      this.#failed = undefined;
      if (tag === undefined) this.#lose();
      else this.#own = { ...own, tag, renewals: own.renewals + 1, written };
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      this.#failed = { why: explain(error), at: this.#effects.now() };
    }
  }

  /** Writes one's own lease anew; `undefined` when it is no longer one's own. */
  async #replace({ holder, renewals, tag }: Own, released: boolean): Promise<string | undefined> {
    const { cloud } = this.#effects;
    const text = leaseText(this.#of, holder, renewals + 1, released);
    const next = await cloud.writeText(this.#at, text, tag);
    if (next !== undefined) return next;
    // The answer to an earlier write may have been lost: then it is still one's own.
    const found = await cloud.readText(this.#at);
    this.#other = foundLease(found);
    const isOwn = this.#other.is !== 'free' && this.#other.holder.run === holder.run;
    return isOwn ? cloud.writeText(this.#at, text, found?.tag) : undefined;
  }

  #lose(): void {
    this.#own = undefined;
    this.#lost = `This run lost the lease of the fleet ${this.#name}.`;
    const holder = this.#other && this.#other.is !== 'free' ? this.#other.holder : undefined;
    const why = holder
      ? `Another run took it over, because it was not renewed in time: ${holderWords(holder)}.`
      : 'Somebody else took it over or removed it.';
    const message = `This run lost the lease of the fleet ${this.#name}. ${why} This run starts no more stacks, and waits for those in progress. Run the same command again when no other run is active.`;
    this.#tell('lost', message, holder ? { holder } : {});
  }

  #refusal(found: Held): HeldError {
    const message = `Another run of \`apply\` is changing the fleet ${this.#name}: ${holderWords(found.holder)}. No stack was changed. Run the same command again when that run has ended, or add --wait. ${this.#untilWords(found)}`;
    this.#tell('held', message, this.#heldBy(found));
    return new HeldError(message);
  }

  #tellWaiting(found: Held): void {
    const message = `Waiting for another run of \`apply\` that is changing the fleet ${this.#name}: ${holderWords(found.holder)}. ${this.#untilWords(found)}`;
    this.#tell('waiting', message, this.#heldBy(found));
  }

  #tellTakenOver({ holder, age }: Extract<FoundLease, { readonly is: 'stale' }>): void {
    const minutes = Math.floor(age / 60_000);
    const message = `Took over the lease of the fleet ${this.#name} from ${holderWords(holder)}. That run did not renew it for ${minutes} minutes; it was probably killed.`;
    this.#tell('takenOver', message, { holder });
  }

  #heldBy({ holder, left }: Held): Pick<LeaseNote, 'holder' | 'until'> {
    return { holder, until: new Date(this.#effects.now() + left).toISOString() };
  }

  #untilWords({ left }: Held): string {
    return `If that run was killed, its lease ends at ${timeWords(this.#effects.now() + left)}.`;
  }

  #tell(
    state: LeaseNote['state'],
    message: string,
    others: Pick<LeaseNote, 'holder' | 'until'> = {},
  ): void {
    const { fleet, environment } = this.#of;
    this.#effects.tell({ type: 'lease', state, fleet, environment, ...others, message });
  }

  #stopIfAsked(): void {
    if (this.#effects.signal.aborted) throw new InterruptedError();
  }
}

/** Whether the bucket of the leases is out of one's reach, now and later. */
const isForbidden = (error: unknown): error is CloudError =>
  error instanceof CloudError && (error.failure === 'denied' || error.failure === 'taken');
