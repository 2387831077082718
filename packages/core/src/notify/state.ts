/** What the notifier remembers: hashes, counts and times, nothing of what alerts say. Pure. */
import { createHash } from 'node:crypto';
import { isObject } from '../cloudtrail.ts';
import type { Alert } from '../contracts/alert.ts';
import { severities } from '../rule.ts';

/** What the notifier remembers about one people's topic. */
export interface State {
  /** The groups with alerts of late, by the hash of their key. */
  readonly groups: Readonly<Record<string, Group>>;
  /** When an alert was told, listed or muted, by the hash of its `dedupKey`. Milliseconds since 1970, as all times here. */
  readonly seen: Readonly<Record<string, number>>;
  /** Who tells what at this moment. */
  readonly claims: readonly Claim[];
  /** When messages were sent in the last minute, or will be by whoever claimed that. */
  readonly sent: readonly number[];
  /** When further topics got something late, which people had got before. */
  readonly late: readonly number[];
  /** How many alerts each mute kept from people, by its id. */
  readonly muted: Readonly<Record<string, number>>;
  /** The last week of which people were told what was kept from them. */
  readonly week?: number;
}

/** What became of the alerts of a group since it began. */
export interface Group {
  readonly first: number;
  readonly last: number;
  /** Alerts that got a message of their own. */
  readonly told: number;
  /** Alerts that people got in a list. */
  readonly listed: number;
  readonly muted: number;
  /** The highest severity that was told, as an index of `severities`; -1 when none was. */
  readonly severity: number;
  /** The types of targets that were told at critical. */
  readonly kinds: readonly string[];
}

/** What a group has told: the highest severity as an index of `severities`, and the types of targets at critical. */
export type News = Pick<Group, 'severity' | 'kinds'>;

/** Alerts that somebody tells. If that process dies, they count as not told once the time is over. */
export interface Claim {
  readonly until: number;
  /** The hashes of the alerts. */
  readonly ids: readonly string[];
  /** What they tell, by the hash of the group. */
  readonly news: Readonly<Record<string, News>>;
}

/** The bounds of the notifier; times in milliseconds. */
export const bounds = {
  /** Messages that a people's topic gets within a minute, from all together. */
  perMinute: 10,
  /** A minute, and how much later than it was claimed a message is sent at most. */
  window: 70_000,
  /** How many of them may be used up when something critical is told at once, and when something else is: ticks need the rest. */
  beforeCritical: 7,
  beforeOthers: 4,
  /** SNS takes an e-mail subscription back that gets more than ten in a second. At once and by ticks, each. */
  perSecond: 2,
  /** There is a tick each minute. */
  perTick: 5,
  /** Lists are made at the end of each slot. */
  slot: 3 * 60_000,
  /** Longer than a function may run. */
  lease: 60_000,
  /** A group without alerts for so long is over. */
  groupEnds: 60 * 60_000,
  /** Longer than SQS keeps an event that is run again. */
  seenFor: 15 * 86_400_000,
  seen: 4000,
  groups: 1000,
  kinds: 20,
  mutes: 100,
  targets: 20,
} as const;

/** The state of a topic of which nothing is known yet. */
export const nothingKnown: State = {
  groups: {},
  seen: {},
  claims: [],
  sent: [],
  late: [],
  muted: {},
};

/** A short name for a text that says nothing of it: 72 bits. */
export const hash = (text: string): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, 12);

/** One delivery of a finding. What is found again by another event, such as a reminder, has the same `dedupKey`. */
export const idOf = ({ dedupKey, eventId }: Alert): string => hash(`${dedupKey} ${eventId ?? ''}`);
export const groupOf = ({ groupKey }: Alert): string => hash(groupKey);
export const rankOf = ({ severity }: Pick<Alert, 'severity'>): number =>
  severities.indexOf(severity);
export const critical: number = severities.indexOf('critical');

/** The types of its targets that news depends on: a new one at critical is told at once. */
export const kindsOf = (alert: Alert): readonly string[] =>
  rankOf(alert) === critical
    ? [...new Set(alert.targets.map(({ type }) => hash(type)))].slice(0, bounds.kinds)
    : [];

/** What became of an alert. */
export type Accounted = { readonly alert: Alert } & (
  | { readonly as: 'told' | 'listed' }
  | { readonly as: 'muted'; readonly by: string }
);

/** The state after alerts have been accounted for. */
export function settled(state: State, accounted: readonly Accounted[], now: number): State {
  const groups = new Map(Object.entries(state.groups));
  const seen = new Map(Object.entries(state.seen));
  const muted = new Map(Object.entries(state.muted));
  for (const each of accounted) {
    const { alert, as } = each;
    const [id, key] = [idOf(alert), groupOf(alert)];
    // A second delivery is no second finding.
    if (seen.has(id)) continue;
    seen.set(id, now);
    if (each.as === 'muted') muted.set(each.by, (muted.get(each.by) ?? 0) + 1);
    const known = groups.get(key);
    const group = known && isOpen(known, now) ? known : emptyGroup(now);
    groups.delete(key);
    groups.set(key, {
      ...group,
      last: now,
      [as]: group[as] + 1,
      ...(as === 'muted'
        ? {}
        : {
            severity: Math.max(group.severity, rankOf(alert)),
            kinds: [...new Set([...group.kinds, ...kindsOf(alert)])].slice(0, bounds.kinds),
          }),
    });
  }
  return tidy(
    {
      ...state,
      groups: Object.fromEntries(groups),
      seen: Object.fromEntries(seen),
      muted: Object.fromEntries(muted),
      claims: state.claims.flatMap((claim) => {
        const ids = claim.ids.filter((id) => !seen.has(id));
        return ids.length > 0 ? [{ ...claim, ids }] : [];
      }),
    },
    now,
  );
}

const emptyGroup = (now: number): Group => ({
  first: now,
  last: now,
  told: 0,
  listed: 0,
  muted: 0,
  severity: -1,
  kinds: [],
});

export const isOpen = ({ last }: Group, now: number): boolean => now - last < bounds.groupEnds;

/** The claims that hold. One that is longer than any process makes it was written by a clock that is wrong. */
export const claimsAt = ({ claims }: State, now: number): readonly Claim[] =>
  claims.filter(({ until }) => until > now && until <= now + bounds.lease);

/** When messages were sent of late. The clocks of two machines differ a little. */
export const sentAt = ({ sent }: Pick<State, 'sent'>, now: number): readonly number[] =>
  sent.filter((at) => Math.abs(now - at) < bounds.window);

/** How many messages further topics can still get: what people get at once, and what is late. */
export const roomForOthers = ({ sent, late }: State, now: number): number =>
  bounds.perMinute - sentAt({ sent: [...sent, ...late] }, now).length;

/** Drops what is over, and the oldest of what is too much. */
export function tidy(state: State, now: number): State {
  const newest = <T>(
    entries: Readonly<Record<string, T>>,
    isLeft: (value: T) => boolean,
    timeOf: (value: T) => number,
    most: number,
  ): Readonly<Record<string, T>> =>
    Object.fromEntries(
      Object.entries(entries)
        .filter(([, value]) => isLeft(value))
        .toSorted(([, one], [, other]) => timeOf(one) - timeOf(other))
        .slice(-most),
    );
  return {
    groups: newest(
      state.groups,
      (group) => isOpen(group, now),
      ({ last }) => last,
      bounds.groups,
    ),
    seen: newest(
      state.seen,
      (at) => now - at < bounds.seenFor,
      (at) => at,
      bounds.seen,
    ),
    claims: claimsAt(state, now),
    sent: sentAt(state, now),
    late: sentAt({ sent: state.late }, now),
    muted: Object.fromEntries(Object.entries(state.muted).slice(-bounds.mutes)),
    ...(state.week === undefined ? {} : { week: state.week }),
  };
}

/** Reads what {@link serialise} wrote. `undefined` for what is no state: then it is as if there were none. */
export function parseState(text: string): State | undefined {
  try {
    const value: unknown = JSON.parse(text);
    // Earlier versions did not count what was late.
    const whole = isObject(value) ? { late: [], ...value } : value;
    return isState(whole) ? whole : undefined;
  } catch {
    return undefined;
  }
}

/** A state as a text for the table. */
export const serialise = (state: State): string => JSON.stringify(state);

const isNumber = (value: unknown): value is number => Number.isFinite(value);
const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');
const every = (value: unknown, holds: (entry: unknown) => boolean): boolean =>
  isObject(value) && Object.values(value).every(holds);

const isState = (value: unknown): value is State =>
  isObject(value) &&
  every(
    value['groups'],
    (group) =>
      isObject(group) &&
      ['first', 'last', 'told', 'listed', 'muted', 'severity'].every((name) =>
        isNumber(group[name]),
      ) &&
      isTexts(group['kinds']),
  ) &&
  every(value['seen'], isNumber) &&
  every(value['muted'], isNumber) &&
  (value['week'] === undefined || isNumber(value['week'])) &&
  Array.isArray(value['claims']) &&
  value['claims'].every(
    (claim) =>
      isObject(claim) &&
      isNumber(claim['until']) &&
      isTexts(claim['ids']) &&
      every(
        claim['news'],
        (news) => isObject(news) && isNumber(news['severity']) && isTexts(news['kinds']),
      ),
  ) &&
  [value['sent'], value['late']].every((times) => Array.isArray(times) && times.every(isNumber));
