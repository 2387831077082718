/** Many alerts as few messages. Pure. */
import type { Alert } from '../contracts/alert.ts';
import { clean } from '../unseen.ts';
import { isNews } from './decide.ts';
import { notifierRule } from './notice.ts';
import {
  bounds,
  critical,
  groupOf,
  hash,
  claimsAt,
  idOf,
  isOpen,
  rankOf,
  type State,
} from './state.ts';

/** A message for people, and the alerts that it tells. */
export interface Message {
  readonly alert: Alert;
  readonly tells: readonly Alert[];
}

/** What a tick does with the alerts that were held. */
export interface Folded {
  readonly messages: readonly Message[];
  /** Those that were told meanwhile, and further copies of others. */
  readonly repeats: readonly Alert[];
}

/**
 * Makes at most `room` messages of alerts, the most severe first: one for each group where that is enough, else one for
 * each rule, and in the end one for all that is left.
 *
 * @param room at least 1.
 */
export function fold(state: State, held: readonly Alert[], now: number, room: number): Folded {
  const claims = new Set(claimsAt(state, now).flatMap(({ ids }) => ids));
  const fresh: Alert[] = [];
  const repeats: Alert[] = [];
  for (const [id, [alert, ...copies]] of Map.groupBy(held, idOf)) {
    if (!alert) continue;
    repeats.push(...copies);
    if (Object.hasOwn(state.seen, id)) repeats.push(alert);
    // What somebody else is telling at this moment stays in the queue.
    else if (!claims.has(id)) fresh.push(alert);
  }
  const messages = parts(fresh, room).map((tells) => messageOf(state, tells, now));
  return { messages, repeats };
}

const worst = (alerts: readonly Alert[]): number => Math.max(...alerts.map(rankOf));

const bySeverity = (lists: Iterable<readonly Alert[]>): readonly (readonly Alert[])[] =>
  [...lists].toSorted((one, other) => worst(other) - worst(one));

function parts(alerts: readonly Alert[], room: number): readonly (readonly Alert[])[] {
  const groups = bySeverity(Map.groupBy(alerts, groupOf).values());
  if (groups.length <= room) return groups;
  const own = groups.filter((group) => worst(group) === critical).slice(0, Math.max(0, room - 2));
  const left = room - own.length;
  const rules = bySeverity(
    Map.groupBy(groups.slice(own.length).flat(), ({ rule }) => rule).values(),
  );
  return rules.length <= left
    ? [...own, ...rules]
    : [...own, ...rules.slice(0, left - 1), rules.slice(left - 1).flat()];
}

/** One alert is told as it is; more are a list that is an alert itself, so that each receiver can take it. */
function messageOf(state: State, tells: readonly Alert[], now: number): Message {
  const first = leadOf(tells);
  if (!first) throw new Error('A message tells of one alert at least.');
  if (tells.length === 1 && isNews(state, first, now)) return { alert: first, tells };
  return { alert: listOf(first, tells, { state, now }), tells };
}

/** What a list says is what its first alert says: a test leads only a list of tests. */
const leadOf = (tells: readonly Alert[]): Alert | undefined =>
  tells.toSorted(
    (one, other) => Number(one.test) - Number(other.test) || rankOf(other) - rankOf(one),
  )[0];

/** What those are told of a message who get only some alerts: all, a part of it, or nothing. */
export function partOf(message: Message, takes: (alert: Alert) => boolean): Message | undefined {
  const all = message.tells.length > 0 ? message.tells : [message.alert];
  const tells = all.filter(takes);
  if (tells.length === all.length) return message;
  const first = leadOf(tells);
  return first && { alert: tells.length === 1 ? first : listOf(first, tells), tells };
}

/** @param known what became of the whole group, where the list tells everything that is new of it. */
function listOf(
  lead: Alert,
  tells: readonly Alert[],
  known?: { readonly state: State; readonly now: number },
): Alert {
  const groups = new Set(tells.map(groupOf));
  const rules = new Set(tells.map(({ rule }) => rule));
  const times = tells.flatMap(({ eventTime }) => eventTime ?? []).toSorted();
  const isOneGroup = groups.size === 1;
  const more = tells.length === 1 ? 'One more' : `${tells.length} alerts`;
  const title = isOneGroup
    ? `${more}: ${lead.title}`
    : rules.size === 1
      ? `${more} of ${lead.rule}, the first: ${lead.title}`
      : `${more} of ${rules.size} rules, the first: ${lead.title}`;
  return {
    ...lead,
    title,
    summary: `${whyListed(tells.length, isOneGroup)} ${lead.summary}`,
    facts: {
      alerts: tells.length,
      ...(times.length > 0 ? { first: times[0] ?? '', last: times.at(-1) ?? '' } : {}),
      ...(isOneGroup && known ? totals(known.state, lead, tells.length, known.now) : counts(tells)),
    },
    targets: uniqueTargets(tells),
    before: null,
    undo: null,
    suppression: isOneGroup ? lead.suppression : null,
    dedupKey: `${lead.groupKey}:list:${hash(tells.map(idOf).toSorted().join())}`,
  };
}

/** Why alerts come as a list, before what the most severe of them says. */
function whyListed(count: number, isOneGroup: boolean): string {
  if (count === 1) return 'People were told of the same kind of deed by the same actor before.';
  const why = isOneGroup
    ? 'These alerts are about the same kind of deed by the same actor.'
    : 'So many alerts came at once that they are told together.';
  return `${why} The most severe of them:`;
}

/** What became of all alerts of a group. */
function totals(state: State, { groupKey }: Alert, more: number, now: number): Alert['facts'] {
  const known = state.groups[hash(groupKey)];
  const { told, listed, muted } =
    known && isOpen(known, now) ? known : { told: 0, listed: 0, muted: 0 };
  return {
    'found in all': told + listed + muted + more,
    'told one by one': told,
    'told in lists': listed + more,
    muted,
  };
}

/** How many alerts each rule and actor has, the most first. Each notice counts by itself: no mute hides behind others. */
function counts(tells: readonly Alert[]): Alert['facts'] {
  const kinds = [
    ...Map.groupBy(tells, ({ rule, title, actor, account }) =>
      rule === notifierRule
        ? title
        : [rule, actor?.principal ?? actor?.description ?? 'nobody', account]
            .filter(Boolean)
            .join(' '),
    ),
  ].toSorted(([, one], [, other]) => other.length - one.length);
  const shown = kinds.slice(0, bounds.targets);
  const rest = kinds.slice(bounds.targets).flatMap(([, alerts]) => alerts);
  return {
    ...Object.fromEntries(shown.map(([name, alerts]) => [clean(name, 200), alerts.length])),
    ...(rest.length > 0 ? { others: rest.length } : {}),
  };
}

const uniqueTargets = (tells: readonly Alert[]): Alert['targets'] =>
  [
    ...new Map(
      tells
        .flatMap(({ targets }) => targets)
        .map((target) => [`${target.type} ${target.id}`, target]),
    ).values(),
  ].slice(0, bounds.targets);
