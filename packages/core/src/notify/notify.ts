/** The order in which the notifier reads, claims, tells and writes down, so that nothing is lost wherever it stops. */
import type { Alert } from '../contracts/alert.ts';
import { claimed, decide } from './decide.ts';
import { fold, type Folded, type Message, partOf } from './fold.ts';
import { type Mute, mutedBy, MuteRefused, noticeOf, readMute } from './mute.ts';
import { withoutTable } from './notice.ts';
import {
  digestOf,
  type Items,
  itemsOf,
  type Kept,
  keptByMute,
  keptOf,
  type Week,
  weekOf,
  weeksDue,
} from './week.ts';
import {
  type Accounted,
  bounds,
  nothingKnown,
  rankOf,
  roomForOthers,
  sentAt,
  settled,
  type State,
} from './state.ts';

/** The table as it was read. */
interface Remembered {
  readonly state: State;
  /** What {@link Table.write} has to find, so that nobody has written meanwhile. */
  readonly version: number;
  readonly mutes: readonly Mute[];
  readonly mutesVersion: number;
}

/** Where the state is kept. */
export interface Table {
  /**
   * What is no state is as if there were none.
   *
   * @throws an Error when it cannot be read in time.
   */
  read(): Promise<Remembered>;
  /**
   * @returns `false` when somebody has written since.
   * @throws an Error when it cannot be written.
   */
  write(state: State, version: number): Promise<boolean>;
  /** Replaces the mutes, in the same way. */
  writeMutes(mutes: readonly Mute[], version: number): Promise<boolean>;
  /** Adds what was kept to what is counted of a week. */
  count(week: number, kept: Kept): Promise<void>;
  /** Replaces the suppressions of a rule. */
  list(items: Items): Promise<void>;
  /** What was counted of a week, and the suppressions of all rules. */
  week(week: number): Promise<Week>;
}

/** An alert in the queue. */
export interface Held {
  readonly alert: Alert;
  /** The one destination that has not got it yet; without it all have not. */
  readonly to?: string | undefined;
  /** What removes it. */
  readonly receipt: string;
}

/** Where alerts wait. */
export interface Queue {
  put(alert: Alert, seconds: number, to?: string): Promise<void>;
  /** What is due, as much as one tick takes. */
  receive(): Promise<readonly Held[]>;
  remove(held: readonly Held[]): Promise<void>;
}

/** The world of a notifier. */
export interface Notifier {
  readonly table: Table;
  readonly queue: Queue;
  /** Those who are told, by name. */
  readonly destinations: readonly string[];
  /** Whether a destination gets an alert. The first one, which is people's topic, gets all. */
  readonly takes: (alert: Alert, destination: string) => boolean;
  readonly publish: (message: Message, destination: string) => Promise<void>;
  readonly now: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
  /** What goes wrong and is got over. */
  readonly warn: (what: string, error: unknown) => void;
}

/** So often somebody else may write first before an alert goes to the queue. */
const tries = 4;

/**
 * Counts what is for machines alone: what the operator suppresses, and the suppressions that a canary says its rule has. People
 * are told once a week. It costs one write, whatever the notifier remembers, so that a flood of it delays nothing.
 */
export async function count(alert: Alert, world: Notifier): Promise<void> {
  const { suppressed, suppressions } = alert;
  const now = world.now();
  try {
    if (suppressed) await world.table.count(weekOf(now), keptOf(alert, suppressed, now));
    else if (suppressions) await world.table.list(itemsOf(alert, suppressions, now));
  } catch (error) {
    world.warn('What is kept from people could not be counted', error);
  }
}

/**
 * Tells an alert at once, or holds it.
 *
 * @throws an Error when it could be neither told nor held: it is to be handed over again.
 */
export async function notify(alert: Alert, world: Notifier): Promise<void> {
  const seconds = await tellAtOnce(alert, world).catch((error: unknown) => {
    world.warn('The alert could not be told at once, and waits for the next tick', error);
    return 0;
  });
  if (seconds !== undefined) await world.queue.put(alert, seconds);
}

/** @returns for how many seconds the alert is to be held; `undefined` when there is nothing left to do. */
async function tellAtOnce(alert: Alert, world: Notifier): Promise<number | undefined> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const { state, mutes, version } = await world.table.read();
    const now = world.now();
    const decision = decide(state, alert, now, mutedBy(mutes, alert, now) !== undefined);
    if (decision.do === 'nothing') return undefined;
    if (decision.do === 'hold') return decision.seconds;
    if (await world.table.write(decision.state, version)) {
      const written = { state: decision.state, version: version + 1 };
      const isOnTime = roomForOthers(decision.state, now) >= 0;
      return (await isTold({ alert, tells: [alert] }, world, isOnTime))
        ? note([{ alert, as: 'told' }], world, written)
        : 0;
    }
    await world.pause(20 * 2 ** attempt);
  }
  return 0;
}

/**
 * Sends a message to all. The first destination is people's topic: what it has got is told. The others get what concerns
 * them, later where they cannot be reached now.
 *
 * @param isOnTime whether the others have room for it now.
 */
async function isTold(message: Message, world: Notifier, isOnTime: boolean): Promise<boolean> {
  const isSent = async (part: Message, destination: string): Promise<boolean> => {
    try {
      await world.publish(part, destination);
      return true;
    } catch (error) {
      world.warn(`The alert could not be sent to ${destination}, and is kept for it`, error);
      return false;
    }
  };
  const [people = '', ...others] = world.destinations;
  if (!(await isSent(message, people))) return false;
  for (const destination of others) {
    const part = partOf(message, (alert) => world.takes(alert, destination));
    if (part && !(isOnTime && (await isSent(part, destination)))) {
      await world.queue.put(part.alert, 0, destination);
    }
  }
  return true;
}

/**
 * Writes down what became of alerts. Where that fails, another delivery of them is told again.
 *
 * @param known what is in the table if nobody else has written.
 */
async function note(
  accounted: readonly Accounted[],
  world: Notifier,
  known?: Pick<Remembered, 'state' | 'version'>,
): Promise<undefined> {
  if (accounted.length === 0) return;
  try {
    for (let attempt = 0; attempt < 2 * tries; attempt += 1) {
      const { state, version } = (attempt === 0 && known) || (await world.table.read());
      if (await world.table.write(settled(state, accounted, world.now()), version)) return;
      await world.pause(20 * 2 ** attempt);
    }
    throw new Error('Somebody else wrote first each time.');
  } catch (error) {
    world.warn('What was told could not be written down', error);
  }
}

/** Tells what is due in the queue, in few messages. What could not be told stays there. */
export async function tick(world: Notifier): Promise<void> {
  const known = await endMutes(world).catch((error: unknown) =>
    world.warn('The mutes could not be read', error),
  );
  if (known) {
    await endWeek(known, world).catch((error: unknown) =>
      world.warn('What was kept from people in a week could not be told', error),
    );
  }
  const held = await world.queue.receive();
  const everywhere = held.filter(({ to }) => to === undefined);
  const items = Map.groupBy(everywhere, ({ alert }) => alert);
  const itemsOf = (alerts: readonly Alert[]): readonly Held[] =>
    alerts.flatMap((alert) => items.get(alert) ?? []);

  const { muted, messages, repeats, room } = await claim([...items.keys()], world);
  await note(muted, world);
  await world.queue.remove(itemsOf([...muted.map(({ alert }) => alert), ...repeats]));
  for (const [index, message] of messages.entries()) {
    if (index > 0) await world.pause(1000 / bounds.perSecond);
    if (!(await isTold(message, world, index < room))) continue;
    const as = message.alert === message.tells[0] ? 'told' : 'listed';
    await note(
      message.tells.map((alert) => ({ alert, as })),
      world,
    );
    await world.queue.remove(itemsOf(message.tells));
  }
  await sendLate(held, world);
}

type Due = Folded & {
  readonly muted: readonly Accounted[];
  /** How many of the messages the further topics have room for. */
  readonly room: number;
};

/** Folds alerts into messages, and claims them. Without a table nobody else tells them either. */
async function claim(alerts: readonly Alert[], world: Notifier): Promise<Due> {
  const none: Due = { muted: [], messages: [], repeats: [], room: 0 };
  if (alerts.length === 0) return none;
  try {
    for (let attempt = 0; attempt < 2 * tries; attempt += 1) {
      const { state, mutes, version } = await world.table.read();
      const now = world.now();
      const sent = sentAt(state, now);
      const room = Math.min(bounds.perTick, bounds.perMinute - sent.length);
      if (room < 1) {
        // What the tick before this one sent is about to count no more.
        await world.pause(Math.min(Math.min(...sent) + bounds.window - now, 10_000));
        continue;
      }
      const due = dueOf(alerts, state, mutes, now, room);
      const tells = due.messages.flatMap((message) => message.tells);
      const times = due.messages.map((_, index) => now + (index * 1000) / bounds.perSecond);
      if (tells.length === 0) return due;
      if (await world.table.write(claimed(state, tells, times, now), version)) return due;
      await world.pause(20 * 2 ** attempt);
    }
    throw new Error('Somebody else wrote first each time.');
  } catch (error) {
    world.warn('Alerts are told without the state', error);
    const now = world.now();
    const { messages, ...due } = dueOf(alerts, nothingKnown, [], now, bounds.perTick - 1);
    return { ...due, messages: [{ alert: withoutTable(now), tells: [] }, ...messages] };
  }
}

function dueOf(
  alerts: readonly Alert[],
  state: State,
  mutes: readonly Mute[],
  now: number,
  room: number,
): Due {
  const muted = alerts.flatMap((alert): readonly Accounted[] => {
    const mute = mutedBy(mutes, alert, now);
    return mute ? [{ alert, as: 'muted', by: mute.id }] : [];
  });
  const unheard = new Set(muted.map(({ alert }) => alert));
  const others = alerts.filter((alert) => !unheard.has(alert));
  return { ...fold(state, others, now, room), muted, room: roomForOthers(state, now) };
}

/** Sends what destinations could not take before, the most severe first, as much as they have room for. */
async function sendLate(held: readonly Held[], world: Notifier): Promise<void> {
  const late = held
    .filter(({ to }) => to !== undefined)
    .toSorted((one, other) => rankOf(other.alert) - rankOf(one.alert));
  const lists = [...Map.groupBy(late, ({ to }) => to).values()];
  const turns = await claimLate(Math.max(0, ...lists.map(({ length }) => length)), world);
  for (let turn = 0; turn < turns; turn += 1) {
    if (turn > 0) await world.pause(1000 / bounds.perSecond);
    for (const item of lists.flatMap((list) => list[turn] ?? [])) {
      const { alert, to = '' } = item;
      try {
        await world.publish({ alert, tells: [] }, to);
        await world.queue.remove([item]);
      } catch (error) {
        world.warn(`The alert could not be sent to ${to}, and is kept for it`, error);
      }
    }
  }
}

/** Claims the times of late messages. Gives how many each destination gets now. */
async function claimLate(wanted: number, world: Notifier): Promise<number> {
  if (wanted === 0) return 0;
  try {
    for (let attempt = 0; attempt < 2 * tries; attempt += 1) {
      const { state, version } = await world.table.read();
      const now = world.now();
      const turns = Math.min(wanted, roomForOthers(state, now));
      if (turns < 1) return 0;
      const times = Array.from(
        { length: turns },
        (_, index) => now + (index * 1000) / bounds.perSecond,
      );
      if (await world.table.write({ ...state, late: [...state.late, ...times] }, version)) {
        return turns;
      }
      await world.pause(20 * 2 ** attempt);
    }
    throw new Error('Somebody else wrote first each time.');
  } catch (error) {
    world.warn('What is late is sent without the state', error);
    return Math.min(wanted, bounds.perTick);
  }
}

/**
 * Mutes what a request names, for `seconds` by the clock of the notifier. People are told of it at the next tick.
 *
 * @throws MuteRefused that says what is wrong with the request. Nothing is muted then.
 */
export async function mute(
  request: Readonly<Record<string, unknown>>,
  world: Notifier,
): Promise<Mute> {
  const now = world.now();
  // An id that was told before would make the news of this mute a second delivery.
  const found = readMute({
    ...request,
    id: undefined,
    from: now,
    until: now + Math.round(Number(request['seconds']) * 1000),
  });
  if (!('id' in found)) throw new MuteRefused(found.join(' '));
  await world.queue.put(noticeOf(found, undefined, now), 0);
  await changeMutes((mutes) => [...mutes, found], world);
  return found;
}

/**
 * Ends a mute before its time. People are told of it at the next tick.
 *
 * @returns `undefined` when there is none with this id.
 */
export async function unmute(id: string, world: Notifier): Promise<Mute | undefined> {
  const now = world.now();
  let ended: Mute | undefined;
  await changeMutes((mutes) => {
    ended = mutes.find((each) => each.id === id && each.until > now);
    return mutes.map((each) =>
      each === ended ? { ...each, until: Math.max(now, each.from + 1) } : each,
    );
  }, world);
  return ended;
}

/**
 * Tells of the mutes that are over, and forgets them.
 *
 * @returns the table as it was read.
 */
async function endMutes(world: Notifier): Promise<Remembered> {
  const known = await world.table.read();
  const { state, mutes } = known;
  const now = world.now();
  const over = mutes.filter(({ until }) => until <= now);
  if (over.length === 0) return known;
  for (const each of over) {
    const muted = state.muted[each.id] ?? 0;
    await world.table.count(weekOf(each.until), keptByMute(each, muted));
    await world.queue.put(noticeOf(each, muted, now), 0);
  }
  const ids = new Set(over.map(({ id }) => id));
  await changeMutes((all) => all.filter(({ id }) => !ids.has(id)), world);
  return known;
}

/**
 * Tells what was kept from people in the weeks that are over. A process that dies before it writes that down tells it again,
 * under the same key.
 *
 * @param known the table as it was read.
 */
async function endWeek(known: Remembered, world: Notifier): Promise<void> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const { state, version } = attempt === 0 ? known : await world.table.read();
    const now = world.now();
    const due = weeksDue(state.week, now);
    const last = due.at(-1);
    if (last === undefined) return;
    for (const week of due) {
      const digest = digestOf(week, await world.table.week(week), now);
      if (digest) await world.queue.put(digest, 0);
    }
    if (await world.table.write({ ...state, week: last }, version)) return;
    await world.pause(20 * 2 ** attempt);
  }
}

async function changeMutes(
  change: (mutes: readonly Mute[]) => readonly Mute[],
  world: Notifier,
): Promise<void> {
  for (let attempt = 0; attempt < 2 * tries; attempt += 1) {
    const { mutes, mutesVersion } = await world.table.read();
    const next = change(mutes);
    if (next.length > bounds.mutes) {
      throw new MuteRefused(`There are ${bounds.mutes} mutes, and no room for more.`);
    }
    if (await world.table.writeMutes(next, mutesVersion)) return;
    await world.pause(20 * 2 ** attempt);
  }
  throw new Error(
    'The mutes could not be changed: somebody else changed them each time. Try again.',
  );
}
