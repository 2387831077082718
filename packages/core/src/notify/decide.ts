/** What becomes of an alert on its way to people: told at once, held for a list, or nothing because it was told. Pure. */
import type { Alert } from '../contracts/alert.ts';
import {
  bounds,
  type Claim,
  claimsAt,
  critical,
  groupOf,
  idOf,
  isOpen,
  kindsOf,
  type News,
  rankOf,
  sentAt,
  type State,
  tidy,
} from './state.ts';

/** What is done with an alert. */
export type Decision =
  /** People know it: this is a second delivery. */
  | { readonly do: 'nothing' }
  /** It is told at once, when the state that claims it could be written. */
  | { readonly do: 'tell'; readonly state: State }
  /** It waits for so many seconds in the queue, and then for the next tick. */
  | { readonly do: 'hold'; readonly seconds: number };

/**
 * Decides what becomes of an alert.
 *
 * Told at once is the first alert of a group, each rise of its severity, and each new kind of target at critical, within
 * what a minute and a second take. All else is held for the list at the end of the slot. What had no room is due at the
 * next tick.
 *
 * @param isMuted whether somebody has muted it. Then it waits to be counted.
 */
export function decide(state: State, alert: Alert, now: number, isMuted: boolean): Decision {
  if (Object.hasOwn(state.seen, idOf(alert))) return { do: 'nothing' };
  if (isMuted || !isNews(state, alert, now)) return { do: 'hold', seconds: untilSlotEnds(now) };
  const sent = sentAt(state, now);
  const most = rankOf(alert) === critical ? bounds.beforeCritical : bounds.beforeOthers;
  const hasRoom =
    sent.length < most && sent.filter((at) => Math.abs(now - at) < 1000).length < bounds.perSecond;
  return hasRoom
    ? { do: 'tell', state: claimed(state, [alert], [now], now) }
    : { do: 'hold', seconds: 0 };
}

/** The state in which somebody is about to tell alerts by messages at some times. */
export function claimed(
  state: State,
  alerts: readonly Alert[],
  times: readonly number[],
  now: number,
): State {
  const clean = tidy(state, now);
  const claim: Claim = {
    until: now + bounds.lease,
    ids: alerts.map(idOf),
    news: Object.fromEntries(
      [...Map.groupBy(alerts, groupOf)].map(([group, own]) => [group, newsOf(own)]),
    ),
  };
  return { ...clean, claims: [...clean.claims, claim], sent: [...clean.sent, ...times] };
}

const newsOf = (alerts: readonly Alert[]): News => ({
  severity: Math.max(...alerts.map(rankOf)),
  kinds: [...new Set(alerts.flatMap(kindsOf))].slice(0, bounds.kinds),
});

/** Whether an alert says something that its group has not said yet. What is being told counts as told. */
export function isNews(state: State, alert: Alert, now: number): boolean {
  const key = groupOf(alert);
  const group = state.groups[key];
  const told: readonly News[] = [
    ...(group && isOpen(group, now) ? [group] : []),
    ...claimsAt(state, now).flatMap(({ news }) => news[key] ?? []),
  ];
  const kinds = new Set(told.flatMap((each) => each.kinds));
  return (
    told.every(({ severity }) => rankOf(alert) > severity) ||
    (kinds.size < bounds.kinds && kindsOf(alert).some((kind) => !kinds.has(kind)))
  );
}

/** The seconds until lists are made. All groups share the slots, so that few messages tell of many groups. */
const untilSlotEnds = (now: number): number =>
  Math.ceil((bounds.slot - (now % bounds.slot)) / 1000);
