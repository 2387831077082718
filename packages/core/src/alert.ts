/**
 * From a finding to the alert that is sent. A chunk of its own in a function: it is loaded when there is something to
 * send.
 */
import type { About } from './arrival.ts';
import {
  actor,
  type CloudTrailRecord,
  consoleUrl,
  type EventBridgeEvent,
  isManagementEvent,
  isObject,
} from './cloudtrail.ts';
import type { Alert, Facts } from './contracts/alert.ts';
import type { Suppressed, Verdict } from './evaluate.ts';
import type { Found } from './ignored.ts';
import { untilDay } from './parameter.ts';
import { type AnyRule, severities } from './rule.ts';
import { clean, isPrintable } from './unseen.ts';

export { withMuting } from './ignored.ts';

/** What alerts have of their event. */
export interface Occasion {
  readonly event: unknown;
  readonly about: About;
  /** Where it carries one. */
  readonly record: CloudTrailRecord | undefined;
  readonly outcome: Alert['outcome'];
  readonly runbookUrl: string | null;
}

/** What an event of EventBridge says of itself. */
export const aboutEvent = (
  event: EventBridgeEvent,
  record: CloudTrailRecord | undefined,
): About => ({
  account: text(event.account) ?? text(record?.recipientAccountId),
  region: text(record?.awsRegion) ?? text(event.region),
  actor: record ? actor(record.userIdentity) : null,
  sourceAddress: text(record?.sourceIPAddress),
  userAgent: text(record?.userAgent),
  eventName: text(record?.eventName) ?? text(event['detail-type']),
  eventTime: text(record?.eventTime) ?? text(event.time),
  eventId: text(record?.eventID) ?? text(event.id),
});

const text = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : null;

/** What becomes of findings of one event: alerts for people, or what the operator has muted. */
export function verdictOn(
  rule: AnyRule,
  findings: readonly Found[],
  occasion: Occasion,
  parameters: Readonly<Record<string, unknown>>,
): Verdict {
  const open = findings.filter(({ suppressedBy }) => !suppressedBy);
  const suppressed = findings.flatMap((finding): readonly Suppressed[] => {
    const { title, suppressedBy: by } = finding;
    const [alert] = by ? alertsOf(rule, [finding], occasion).alerts : [];
    return by && alert
      ? [{ title: clean(title, 200), by, alert: forMachines(alert, by, parameters) }]
      : [];
  });
  return {
    ...alertsOf(rule, open, occasion),
    suppressed,
    because: open.length > 0 ? 'alert' : 'suppressed',
  };
}

/** An alert that people do not get. It is no repetition of one that they get, and none is a repetition of it. */
function forMachines(
  alert: Alert,
  by: string,
  parameters: Readonly<Record<string, unknown>>,
): Alert {
  const holds = (value: unknown): boolean =>
    isObject(value) && Array.isArray(value['written']) && value['written'].includes(by);
  const parameter = Object.keys(parameters).find((name) => holds(parameters[name])) ?? null;
  const [, , until = null] = untilDay.exec(by) ?? [];
  return {
    ...alert,
    suppressed: { parameter, item: by, owner: null, reason: null, until },
    dedupKey: `suppressed:${alert.dedupKey}`,
  };
}

/**
 * The alerts about findings of one event.
 *
 * @returns also the `dedupKey`s of those that are told once (`Finding.once`), where there are any.
 * @throws a TypeError for a finding that is told once in a rule that does not say within which time.
 */
function alertsOf(
  rule: AnyRule,
  findings: readonly Found[],
  occasion: Occasion,
): Pick<Verdict, 'alerts' | 'once'> {
  const alerts = findings.map((finding) =>
    alertOf(
      rule,
      occasion.outcome === 'denied' ? asDenied(finding, rule, occasion.record) : finding,
      occasion,
    ),
  );
  const once = alerts.filter((_, index) => findings[index]?.once).map(({ dedupKey }) => dedupKey);
  if (once.length > 0 && !rule.onceWithin) {
    throw new TypeError(
      `${rule.name} gave a finding with \`once\`: expected the rule to say \`onceWithin\`, found none.`,
    );
  }
  return once.length > 0 ? { alerts, once } : { alerts };
}

/** A denied attempt matters one step less than the deed. */
function asDenied(finding: Found, rule: AnyRule, record: CloudTrailRecord | undefined): Found {
  const severity = severities[severities.indexOf(finding.severity ?? rule.severity) - 1] ?? 'low';
  const error = [record?.errorCode, record?.errorMessage]
    .filter((part) => typeof part === 'string' && part !== '')
    .join(': ');
  return {
    ...finding,
    // Nothing was changed, so nothing is to be undone.
    before: undefined,
    undo: undefined,
    severity,
    title: `Denied attempt: ${finding.title}`,
    summary: `This was attempted and denied${error ? ` (${error})` : ''}. Had it succeeded: ${finding.summary}`,
  };
}

function alertOf(
  rule: AnyRule,
  finding: Found,
  { event, about, record, outcome, runbookUrl }: Occasion,
): Alert {
  const { before, undo } = finding;
  // A rule may hand on what an event holds in place of a text.
  const once = text(finding.once);
  // An attempt that was denied must not hide the deed.
  const key = once ? `${outcome}:${once}` : (text(finding.key) ?? about.eventId ?? finding.title);
  return {
    version: 1,
    rule: rule.name,
    test: false,
    outcome,
    severity: finding.severity ?? rule.severity,
    title: finding.title,
    summary: finding.summary,
    // The facts of the rule come first, and go before others of their names.
    facts: plain({ ...finding.facts, ...sessionFacts(record), ...finding.facts }),
    targets: (finding.targets ?? []).flatMap(({ type, id }) =>
      typeof id === 'string' && id !== '' ? [{ type, id }] : [],
    ),
    before: before ? plain(before) : null,
    undo: undo ? commandLine(undo) : null,
    // An item that cannot be copied from a line is of no use.
    suppression:
      finding.suppression && isPrintable(finding.suppression.item) ? finding.suppression : null,
    dedupKey: [rule.name, about.account, about.region, key].filter(Boolean).join(':'),
    groupKey: groupKey(rule, about, text(finding.group) ?? ''),
    ...about,
    accountName: null,
    network: null,
    consoleUrl:
      (record && isManagementEvent(record) && consoleUrl(record.eventID, about.region)) || null,
    runbook: rule.runbook,
    runbookUrl,
    references: rule.references ?? [],
    event,
  };
}

/** Who issued the session that a call was made in, and whether it was opened with MFA. Nothing where a record has no session. */
function sessionFacts(record: CloudTrailRecord | undefined): Facts {
  const within = (value: unknown, name: string): unknown =>
    isObject(value) ? value[name] : undefined;
  const session = within(record?.userIdentity, 'sessionContext');
  const issuer = within(session, 'sessionIssuer');
  const by = text(within(issuer, 'arn')) ?? text(within(issuer, 'userName'));
  const given = within(within(session, 'attributes'), 'mfaAuthenticated');
  // Not every value can be made a text: an object may have no `toString`.
  const mfa = typeof given === 'boolean' ? String(given) : given;
  return {
    ...(by === null ? {} : { sessionIssuer: by }),
    ...(mfa === 'true' || mfa === 'false' ? { mfaAuthenticated: mfa === 'true' } : {}),
  };
}

/**
 * What alerts of a rule that belong together have in common. Nothing in it is what an actor can vary at will, so that a
 * flood of alerts is one group; the region is not, which a caller can choose.
 */
export const groupKey = (
  { name }: AnyRule,
  { account, actor: who }: Pick<About, 'account' | 'actor'>,
  group = '',
): string => [name, account, who?.principal, group].join(':');

/**
 * A command as one line for a POSIX shell, in which every argument is what it is: nothing in it is expanded or run. No
 * three backticks stand together in it: in Markdown they end what is code, and are changed where the line is shown.
 *
 * @returns `null` where an argument cannot be shown on a line as it is.
 */
export const commandLine = (command: readonly string[]): string | null =>
  command.every(isPrintable)
    ? command
        .map((argument) =>
          // zsh takes what begins with `=` for the path of a command.
          /^[\w@%+:,./-][\w@%+=:,./-]*$/.test(argument)
            ? argument
            : `'${argument.replaceAll("'", "'\\''").replace(/``(?=`)/g, "``''")}'`,
        )
        .join(' ')
    : null;

/** A rule may hand on what an event holds in place of a text: it is shown as JSON. */
const plain = (facts: Facts): Facts =>
  Object.fromEntries(
    Object.entries(facts).map(([name, value]: [string, unknown]) => [
      name,
      typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string'
        ? value
        : (JSON.stringify(value) ?? ''),
    ]),
  );
