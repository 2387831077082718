/** What has to hold for every finding of every rule, beside what its table of cases says. */
import { isObject } from '../cloudtrail.ts';
import type { Alert } from '../contracts/alert.ts';
import type { Verdict } from '../evaluate.ts';
import type { Parameters } from '../parameter.ts';

/** Asks a rule about an event, with texts of parameters over the usual ones. */
export type Ask = (
  event: unknown,
  texts?: Readonly<Record<string, string>>,
) => Promise<Pick<Verdict, 'alerts' | 'suppressed'>>;

/**
 * What is wrong with the items that alerts say would mute them: each, put behind the others of its parameter, has to mute
 * its alert and nothing else.
 *
 * @param texts the texts of the parameters that the rule was asked with.
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
 * What is wrong with the groups of alerts: they have to be the same, whatever names, sessions and addresses the actor
 * chooses. Each text of the event that may be one is changed by itself.
 */
export async function groupProblems(ask: Ask, event: unknown): Promise<readonly string[]> {
  const groups = new Set((await ask(event)).alerts.map(groupOf));
  const problems = varied(event).map(async ({ path, event: changed }) => {
    // What the rule cannot read any more, or is not about any more, has no group.
    const { alerts } = await ask(changed).catch(() => ({ alerts: [] }));
    return alerts
      .map(groupOf)
      .filter((group) => !groups.has(group))
      .map((group) => `the group ${JSON.stringify(group)} depends on ${path} of the event`);
  });
  return (await Promise.all(problems)).flat();
}

/** The group as the rule gave it: what stands behind the principal. */
const groupOf = ({ rule, account, actor, groupKey }: Alert): string =>
  groupKey.slice([rule, account, actor?.principal, ''].join(':').length);

/** Where an actor writes: in records of CloudTrail, and in what GitHub delivers. */
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

/** What says which kind of thing it is. */
const kinds = new Set(['action', 'type']);

/** An event in which something is changed that an actor may choose, and where. */
interface Change {
  readonly path: string;
  readonly event: unknown;
}

/** An event with one of its texts changed, for each that an actor may choose; those of who acted all at once. */
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
