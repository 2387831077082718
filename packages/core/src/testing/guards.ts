/** What has to hold for every finding of every rule, besides what the table of its cases says. */
import { isObject } from '../cloudtrail.ts';
import type { Alert } from '../contracts/alert.ts';
import type { Verdict } from '../evaluate.ts';
import type { Parameters } from '../parameter.ts';

/** Asks a rule about an event. The given texts of parameters replace the usual ones. */
export type Ask = (
  event: unknown,
  texts?: Readonly<Record<string, string>>,
) => Promise<Pick<Verdict, 'alerts' | 'suppressed'>>;

/**
 * Finds what is wrong with the items that alerts name for muting them. Each item, added to its parameter, has to mute its
 * alert and nothing else.
 *
 * @param texts the texts of the parameters with which the rule was asked.
 */
export async function suppressionProblems(
  parameters: Parameters,
  ask: Ask,
  event: unknown,
  texts: Readonly<Record<string, string | undefined>>,
): Promise<readonly string[]> {
  const { alerts } = await ask(event);
  const problems = alerts.map(async ({ title, suppression }) => {
    if (suppression === null) return [];
    const { parameter, item } = suppression;
    const spec = parameters[parameter];
    if (spec?.suppresses !== true) return [`${title}: ${parameter} is no parameter that mutes`];
    const before = texts[parameter] ?? spec.default;
    const muted = await ask(event, { [parameter]: before ? `${before}, ${item}` : item });
    const left = alerts.filter((other) => !isSame(other.suppression, suppression));
    if (!muted.suppressed.some(({ by }) => by === item)) {
      return [`${title}: ${item} in ${parameter} does not mute it`];
    }
    return isSame(titles(muted.alerts), titles(left))
      ? []
      : [`${title}: ${item} in ${parameter} mutes something else`];
  });
  return (await Promise.all(problems)).flat();
}

const titles = (alerts: readonly Alert[]): readonly string[] => alerts.map(({ title }) => title);

const isSame = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/**
 * Finds what is wrong with the groups of alerts. A group has to stay the same, whatever names, sessions and addresses the
 * actor chooses. Each text of the event that an actor may choose is changed by itself.
 */
export async function groupProblems(ask: Ask, event: unknown): Promise<readonly string[]> {
  const groups = new Set((await ask(event)).alerts.map(groupOf));
  const problems = varied(event).map(async ({ path, event: changed }) => {
    // An event that the rule cannot read any more, or no longer alerts on, has no group.
    const { alerts } = await ask(changed).catch(() => ({ alerts: [] }));
    return alerts
      .map(groupOf)
      .filter((group) => !groups.has(group))
      .map((group) => `the group ${JSON.stringify(group)} depends on ${path} of the event`);
  });
  return (await Promise.all(problems)).flat();
}

/** The group as the rule gave it: the part of the key behind the principal. */
const groupOf = ({ rule, account, actor, groupKey }: Alert): string =>
  groupKey.slice([rule, account, actor?.principal, ''].join(':').length);

/** The fields that an actor can fill: in records of CloudTrail, and in deliveries of GitHub. */
const written = new Set([
  'additionalEventData',
  'payload',
  'requestParameters',
  'resources',
  'responseElements',
  'sourceIPAddress',
  'userAgent',
  'userIdentity',
]);

/** The fields that say of which kind something is. */
const kinds = new Set(['action', 'type']);

/** An event with one change, and where the change is. */
interface Change {
  readonly path: string;
  readonly event: unknown;
}

/**
 * Versions of an event, each with another of the texts changed that an actor may choose. The texts about the actor change
 * all at once.
 */
function varied(value: unknown, path: readonly string[] = []): readonly Change[] {
  const within = (field: string, inner: unknown, put: (changed: unknown) => unknown): Change[] =>
    varied(inner, [...path, field]).map((change) => ({ ...change, event: put(change.event) }));
  const isWritten = path.some((field) => written.has(field));
  if (isWritten && (typeof value === 'string' || path.at(-1) === 'userIdentity')) {
    return [{ path: path.join('.'), event: renamed(value) }];
  }
  if (Array.isArray(value)) {
    return value.flatMap((inner, index) =>
      within(String(index), inner, (changed) => value.with(index, changed)),
    );
  }
  return Object.entries(isObject(value) ? value : {})
    .filter(([field]) => !kinds.has(field))
    .flatMap(([field, inner]) =>
      within(field, inner, (changed) => Object.assign({}, value, { [field]: changed })),
    );
}

/** A value with all of its texts changed. */
function renamed(value: unknown): unknown {
  if (typeof value === 'string') return `${value}x`;
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([field, inner]) => [
      field,
      kinds.has(field) ? inner : renamed(inner),
    ]),
  );
}
