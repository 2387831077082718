/** What was kept from people in a week, and by what. Pure. */
import type { Alert } from '../contracts/alert.ts';
import { clean } from '../unseen.ts';
import { type Mute, scopeOf } from './mute.ts';
import { notice } from './notice.ts';
import { hash, idOf } from './state.ts';

const hour = 3_600_000;
const days = 24 * hour;
const length = 7 * days;
/** A Monday, 00:00 UTC. */
const monday = 4 * days;

/** The number of the week of a time. Weeks begin on Monday, 00:00 UTC. */
export const weekOf = (time: number): number => Math.floor((time - monday) / length);

const beginOf = (week: number): number => monday + week * length;

/** The last week that is due to be told. It is told from 08:00 UTC on Monday, when all of it has been counted. */
export const weekDue = (now: number): number => weekOf(now - 8 * hour) - 1;

/** How long what was counted in a week is kept, in milliseconds since 1970. */
export const keptUntil = (week: number): number => beginOf(week + 6);

/** As many weeks are made up for after the notifier did not run. */
const mostWeeks = 4;

/** The weeks that are to be told now. */
export function weeksDue(told: number | undefined, now: number): readonly number[] {
  const last = weekDue(now);
  const earliest = last - mostWeeks + 1;
  // A week that is far ahead was written by a clock that is wrong. What is not known is told once more rather than never.
  const isKnown = told !== undefined && told <= last + 1;
  const first = isKnown ? Math.max(told + 1, earliest) : earliest;
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}

/** What keeps alerts from people: a suppression of a rule, or a mute. */
interface Keeper {
  /** The same for all that it keeps. */
  readonly key: string;
  /** What it is, for a line. */
  readonly what: string;
}

/** Alerts that something kept from people. */
export interface Kept extends Keeper {
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly first: number;
  readonly last: number;
  /** What was counted by this last is not counted again. */
  readonly by: string;
}

/** A suppression that a rule has. */
interface Item extends Keeper {
  /** Its last day, such as 2027-03-31. */
  readonly until: string;
}

/** The suppressions of a rule, as it said them at a time. */
export interface Items {
  readonly rule: string;
  readonly at: number;
  readonly items: readonly Item[];
}

/** What was counted in a week, and what there was to count. */
export interface Week {
  readonly kept: readonly Omit<Kept, 'by'>[];
  readonly items: readonly Items[];
}

const keeperOf = (rule: string, parameter: string | null, written: string): Keeper => {
  // Whoever moves its last day has the same item.
  const item = written.replace(/ until \d{4}-\d\d-\d\d$/, '');
  return {
    key: hash(JSON.stringify([rule, parameter, item])),
    what: clean([rule, parameter, item].filter(Boolean).join(' '), 200),
  };
};

/** What an alert that the operator suppresses counts for. */
export const keptOf = (
  alert: Alert,
  { parameter, item }: NonNullable<Alert['suppressed']>,
  now: number,
): Kept => ({
  ...keeperOf(alert.rule, parameter, item),
  count: 1,
  first: now,
  last: now,
  by: idOf(alert),
});

/** What a mute that is over counts for. */
export const keptByMute = (mute: Mute, count: number): Kept => ({
  key: mute.id,
  what: clean(`mute ${mute.id} of ${scopeOf(mute)}`, 200),
  count,
  first: mute.from,
  last: mute.until,
  by: mute.id,
});

/** The suppressions that a canary says its rule has. */
export const itemsOf = (
  { rule }: Alert,
  suppressions: NonNullable<Alert['suppressions']>,
  now: number,
): Items => ({
  rule,
  at: now,
  items: suppressions.map(({ parameter, item, until }) => ({
    ...keeperOf(rule, parameter, item),
    until,
  })),
});

/** So many rows are told. */
const mostRows = 60;
/** A rule that has not said for so long what it has, has it no more. */
const forgotten = 3 * days;

/** What people are told of a week; `undefined` where there was nothing that could keep alerts from them. */
export function digestOf(week: number, { kept, items }: Week, now: number): Alert | undefined {
  const [begin, end] = [beginOf(week), beginOf(week + 1)];
  const day = (time: number): string => new Date(time).toISOString().slice(0, 10);
  const minute = (time: number): string => `${new Date(time).toISOString().slice(0, 16)}Z`;
  const keeping = kept
    .filter(({ count }) => count > 0)
    .toSorted((one, other) => other.count - one.count);
  const busy = new Set(keeping.map(({ key }) => key));
  const listed = items
    .filter(({ at }) => now - at < forgotten)
    .flatMap((each) => each.items)
    .filter(({ until }) => until >= day(begin));
  const idle = [
    ...new Map(
      [...listed, ...kept].filter(({ key }) => !busy.has(key)).map((each) => [each.key, each]),
    ).values(),
  ];
  if (keeping.length + idle.length === 0) return undefined;
  const alerts = keeping.reduce((sum, { count }) => sum + count, 0);
  const rows = [
    ...keeping.map(
      ({ what, count, first, last }) =>
        [what, `${count}, from ${minute(first)} to ${minute(last)}`] as const,
    ),
    ...idle.map(({ what }) => [what, 'none'] as const),
  ];
  return notice({
    key: `week:${day(begin)}`,
    now,
    severity: 'low',
    title: `Week of ${day(begin)}: ${alerts} ${alerts === 1 ? 'alert was' : 'alerts were'} kept from people`,
    summary: `Suppressions and mutes kept ${alerts} ${alerts === 1 ? 'alert' : 'alerts'} from people in the week that ended before ${day(end)}. ${idle.length} of them kept none. The machines' topic and the logs have all alerts.`,
    facts: {
      'kept in all': alerts,
      'kept none': idle.length,
      ...Object.fromEntries(rows.slice(0, mostRows)),
      ...(rows.length > mostRows ? { 'further rows': rows.length - mostRows } : {}),
    },
    eventName: 'WeekEnded',
    runbook:
      'Look at what was kept if there was more of it than you expected. Remove from patrol.yaml the suppressions that kept none, unless they wait for something.',
  });
}
