/** A world for notifiers in which every call may be late, fail, or be the last of its process. */
import type { Alert } from '../contracts/alert.ts';
import type { Mute } from './mute.ts';
import { count, mute, notify, type Notifier, tick, unmute } from './notify.ts';
import { nothingKnown, parseState, serialise } from './state.ts';
import type { Items, Kept } from './week.ts';

/** What may go wrong, each as a probability for every call. */
export interface Faults {
  /** The process ends in the middle of a call, before or after it was carried out. */
  readonly death: number;
  /** The table refuses a call. */
  readonly table: number;
  /** How late a call is at most, in milliseconds. */
  readonly late: number;
  /** How wrong the clock of a process is at most, in milliseconds. */
  readonly clock: number;
}

/** What is done to the world at a time, in milliseconds since its beginning. */
export type Deed =
  | { readonly at: number; readonly deliver: Alert }
  | { readonly at: number; readonly table: 'gone' | 'wiped' | 'garbage' | 'works' }
  /** The destinations that refuse from now on. */
  | { readonly at: number; readonly refusing: readonly string[] }
  | { readonly at: number; readonly mute: Readonly<Record<string, unknown>> }
  | { readonly at: number; readonly unmute: number }
  /** The clocks of all jump so far ahead, in milliseconds: meanwhile nothing ran. */
  | { readonly at: number; readonly jump: number };

/** A message that a destination got. */
export interface Sent {
  readonly at: number;
  readonly to: string;
  readonly alert: Alert;
  readonly tells: readonly Alert[];
}

/** What happened in a world. */
export interface Outcome {
  readonly sent: readonly Sent[];
  /** What Lambda gave up: it lies in the failure queue. */
  readonly failed: readonly Alert[];
  /** What is left in the queue. */
  readonly left: readonly Alert[];
  readonly state: typeof nothingKnown;
  readonly deaths: number;
  readonly warnings: readonly string[];
  /** Why mutes were refused. */
  readonly refusals: readonly string[];
  readonly mutes: readonly Mute[];
  /** How often something was put into the queue. */
  readonly puts: number;
  /** What is counted of each week. */
  readonly weeks: ReadonlyMap<number, readonly Kept[]>;
}

/** When the world begins: in the middle of a slot. */
export const beginning = 1_800_000_000_000 + 47_000;

/** When the first tick is, or up to two seconds later. The next ones come a minute later each. */
export const firstTick = 13_000;

/** So long nothing goes wrong after the last deed, so that all can be told. */
const calm = 20 * 60_000;

interface Item {
  readonly alert: Alert;
  readonly to: string | undefined;
  visible: number;
  isRemoved: boolean;
}

interface Process {
  isDead: boolean;
  readonly skew: number;
  /** Rejects when it dies. */
  readonly death: Promise<never>;
  readonly die: () => void;
}

interface Pending {
  readonly process: Process;
  readonly due: number;
  readonly run: () => void;
  readonly die: () => void;
}

function born(skew: number): Process {
  let die = (): void => {};
  const death = new Promise<never>((_, reject) => {
    die = () => reject(new Error('died'));
  });
  return { isDead: false, skew, death, die };
}

/** Numbers from 0 to 1, the same for the same seed. */
function numbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Lives through deeds, and what Lambda, SNS, SQS and the clock do about them. */
export async function live(
  deeds: readonly Deed[],
  faults: Faults,
  seed: number,
  destinations: readonly string[] = ['people'],
  takes: Notifier['takes'] = () => true,
): Promise<Outcome> {
  const random = numbers(seed);
  const queue: Item[] = [];
  const sent: Sent[] = [];
  const failed: Alert[] = [];
  const warnings: string[] = [];
  const refusals: string[] = [];
  const pending = new Set<Pending>();
  let time = 0;
  let deaths = 0;
  let table: 'gone' | 'works' = 'works';
  let refusing: readonly string[] = [];
  let mutes: readonly Mute[] = [];
  let mutesVersion = 0;
  let ahead = 0;
  const weeks = new Map<number, Map<string, Kept>>();
  const listed = new Map<string, Items>();
  let text = serialise(nothingKnown);
  let version = 0;
  const last = Math.max(0, ...deeds.map(({ at }) => at));
  const isCalm = (): boolean => time > last;

  const later = <T>(process: Process, milliseconds: number, deed: () => T): Promise<T> =>
    new Promise((resolve, reject) => {
      const entry: Pending = {
        process,
        due: time + milliseconds,
        run: () => {
          try {
            resolve(deed());
          } catch (error) {
            reject(error as Error);
          }
        },
        die: () => {
          process.isDead = true;
          deaths += 1;
          // Half of those that die have carried the call out.
          if (random() < 0.5) {
            try {
              deed();
            } catch {
              // Nobody is there to hear it.
            }
          }
          process.die();
        },
      };
      pending.add(entry);
    });

  const worldOf = (process: Process): Notifier => {
    const call = <T>(deed: () => T): Promise<T> =>
      // What is dead calls nobody.
      process.isDead
        ? new Promise(() => {})
        : later(process, isCalm() ? 5 : random() * faults.late, deed);
    const tabled = <T>(deed: () => T): Promise<T> =>
      call(() => {
        if (table === 'gone') throw new Error('ResourceNotFoundException');
        if (!isCalm() && random() < faults.table) throw new Error('ThrottlingException');
        return deed();
      });
    return {
      table: {
        read: () =>
          tabled(() => ({
            state: parseState(text) ?? nothingKnown,
            version,
            mutes,
            mutesVersion,
          })),
        write: (state, expected) =>
          tabled(() => {
            if (expected !== version) return false;
            text = serialise(state);
            version += 1;
            return true;
          }),
        writeMutes: (next, expected) =>
          tabled(() => {
            if (expected !== mutesVersion) return false;
            mutes = next;
            mutesVersion += 1;
            return true;
          }),
        count: (week, kept) =>
          tabled(() => {
            const all = weeks.get(week) ?? new Map<string, Kept>();
            const before = all.get(kept.key);
            if (before?.by === kept.by) return;
            const { first, count: so } = before ?? { first: kept.first, count: 0 };
            weeks.set(week, all.set(kept.key, { ...kept, first, count: so + kept.count }));
          }),
        list: (items) => tabled(() => void listed.set(items.rule, items)),
        week: (week) =>
          tabled(() => ({
            kept: [...(weeks.get(week)?.values() ?? [])],
            items: [...listed.values()],
          })),
      },
      queue: {
        put: (alert, seconds, to) =>
          call(() => {
            queue.push({ alert, to, visible: time + seconds * 1000, isRemoved: false });
          }),
        receive: () =>
          call(() => {
            const due = queue.filter((item) => !item.isRemoved && item.visible <= time);
            for (const item of due) item.visible = time + 90_000;
            return due.map((item) => ({
              alert: item.alert,
              to: item.to,
              receipt: String(queue.indexOf(item)),
            }));
          }),
        remove: (held) =>
          call(() => {
            for (const { receipt } of held) {
              const item = queue[Number(receipt)];
              if (item) item.isRemoved = true;
            }
          }),
      },
      destinations,
      takes,
      publish: ({ alert, tells }, to) =>
        call(() => {
          if (refusing.includes(to)) throw new Error('InternalErrorException');
          sent.push({ at: time, to, alert, tells });
        }),
      now: () => beginning + ahead + time + process.skew,
      pause: (milliseconds) =>
        process.isDead ? new Promise(() => {}) : later(process, milliseconds, () => {}),
      warn: (what) => {
        warnings.push(what);
      },
    };
  };

  const clock = born(0);

  /** Lambda hands an event over up to three times. */
  const invoke = async (
    run: (world: Notifier) => Promise<void>,
    giveUp: () => void,
  ): Promise<void> => {
    for (const wait of [0, 60_000, 120_000]) {
      if (wait > 0) await later(clock, wait, () => {});
      const process = born(isCalm() ? 0 : (random() * 2 - 1) * faults.clock);
      try {
        await Promise.race([run(worldOf(process)), process.death]);
        return;
      } catch {
        // It is tried again.
      }
    }
    giveUp();
  };

  const rest = last + calm;
  for (const deed of deeds) {
    void later(clock, deed.at, () => {
      if ('deliver' in deed) {
        const { deliver } = deed;
        void invoke(
          (world) => (deliver.suppressed || deliver.canary ? count : notify)(deliver, world),
          () => failed.push(deliver),
        );
      } else if ('table' in deed) {
        if (deed.table === 'wiped' || deed.table === 'garbage') {
          text = deed.table === 'wiped' ? serialise(nothingKnown) : '{"groups":[]}';
          version += 1;
        } else table = deed.table;
      } else if ('refusing' in deed) refusing = deed.refusing;
      else if ('jump' in deed) ahead += deed.jump;
      else if ('mute' in deed) {
        void mute(deed.mute, worldOf(born(0))).catch((error: Error) =>
          refusals.push(error.message),
        );
      } else void unmute(mutes[deed.unmute]?.id ?? '', worldOf(born(0)));
    });
  }
  for (let at = firstTick; at < rest; at += 60_000) {
    void later(clock, at + random() * 2000, () => {
      void invoke(tick, () => {});
    });
  }

  while (pending.size > 0) {
    const [next] = [...pending].toSorted((one, other) => one.due - other.due);
    if (!next) break;
    pending.delete(next);
    if (next.process.isDead) continue;
    time = Math.max(time, next.due);
    const dies = next.process !== clock && !isCalm() && random() < faults.death;
    if (dies) next.die();
    else next.run();
    // Whoever waited for it goes on until its next call.
    await new Promise(setImmediate);
  }
  return {
    sent,
    failed,
    left: queue.filter(({ isRemoved }) => !isRemoved).map(({ alert }) => alert),
    state: parseState(text) ?? nothingKnown,
    deaths,
    warnings,
    refusals,
    mutes,
    puts: queue.length,
    weeks: new Map([...weeks].map(([week, all]) => [week, [...all.values()]])),
  };
}
