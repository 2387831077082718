import { commandLine } from '../alert.ts';
import type { Alert } from '../contracts/alert.ts';
import {
  dispatchFormVariable,
  dispatchTopicVariable,
  dispatchTypeVariable,
  dispatchUsersVariable,
  heldQueueVariable,
} from '../environment.ts';
import { healthRule, notifierRule } from '../notify/notice.ts';
import { clean, escapeUnseen, unprintable } from '../unseen.ts';
import { deadLinks, deadLinksOfJson } from './links.ts';

/** What is given to SNS's Publish; the names are the API's. */
export interface PublishInput {
  readonly TopicArn: string;
  readonly Subject: string;
  readonly Message: string;
  /** There when the message holds a text for each protocol. */
  readonly MessageStructure?: 'json';
  readonly MessageAttributes: Record<string, { DataType: 'String'; StringValue: string }>;
}

/** SNS, Publish: "less than 100 characters". */
const subjectLimit = 99;
/** SNS, Publish: at most 262,144 bytes, message attributes included. */
const messageLimit = 262_144;

/**
 * Renders an alert as one SNS message: a text for people (subscriptions of the protocol `email`), the alert as JSON
 * for all others, and attributes for filter policies (`rule`, `severity`, `account`, `region`). The whole is kept within
 * what SNS accepts by cutting the event that it carries, never the facts.
 *
 * @param topicArn the topic that it is for.
 * @param environment says what Dispatch is to make of it, where something else sends it there, and whether a notifier sends it.
 */
export function message(
  alert: Alert,
  topicArn: string,
  environment: Readonly<Record<string, string | undefined>> = {},
): PublishInput {
  const MessageAttributes = { ...attributes(alert), ...forDispatch(environment) };
  const overhead = bytes(JSON.stringify(MessageAttributes));
  return {
    TopicArn: topicArn,
    Subject: subjectOf(alert),
    Message: bounded(alert, messageLimit - overhead, mayMute(environment)),
    MessageStructure: 'json',
    MessageAttributes,
  };
}

/**
 * The attributes that filter policies of subscriptions can ask for; those that the event does not say are left out. What the
 * operator suppresses has one more.
 */
export function attributes(alert: Alert): PublishInput['MessageAttributes'] {
  const found: PublishInput['MessageAttributes'] = {};
  for (const name of ['rule', 'severity', 'account', 'region'] as const) {
    const StringValue = clean(alert[name] ?? '', 256);
    if (StringValue) found[name] = { DataType: 'String', StringValue };
  }
  return alert.suppressed
    ? { ...found, suppressed: { DataType: 'String', StringValue: 'true' } }
    : found;
}

/** Whether it is a notifier that sends: it can be told to be quiet. */
export const mayMute = (environment: Readonly<Record<string, string | undefined>>): boolean =>
  Boolean(environment[heldQueueVariable]);

/** The attributes with which a rule that has no topic of Dispatch itself hands on what Dispatch is to make of an alert. */
export const dispatchAttributes = {
  dispatchForm: dispatchFormVariable,
  dispatchType: dispatchTypeVariable,
  dispatchUsers: dispatchUsersVariable,
} as const;

const forDispatch = (
  environment: Readonly<Record<string, string | undefined>>,
): PublishInput['MessageAttributes'] =>
  Object.fromEntries(
    Object.entries(dispatchAttributes).flatMap(([name, variable]) => {
      const StringValue = environment[variable];
      const isSaid = StringValue && StringValue !== 'bySeverity' && StringValue !== 'dispatch';
      return isSaid && !environment[dispatchTopicVariable]
        ? [[name, { DataType: 'String' as const, StringValue }]]
        : [];
    }),
  );

/**
 * Makes a subject that SNS accepts of any text: printable ASCII on one line, beginning with a letter, a digit or
 * punctuation, at most 99 characters. Letters lose their accents; other characters become `?`.
 */
export const subject = (title: string, otherwise: string): string =>
  cutLine(ascii(title) || `Alert of ${otherwise}`, subjectLimit);

/**
 * Severity, what, where and who, in this order: `[critical] CloudTrail: StopLogging on main in payments-prod by role Deploy`.
 * Where it is too long, the end of who is cut first, and then the end of what.
 */
export function subjectOf(alert: Alert): string {
  const { accountName, account, rule, targets } = alert;
  const { what: whole, who } = split(alert);
  const what = withoutArns(whole, account);
  const place = accountName ?? account ?? '';
  // What is at GitHub is in no account of AWS: the account is the one that asked.
  const isElsewhere = targets[0]?.type.startsWith('GitHub::') ?? false;
  const isSaid = place === '' || isElsewhere || what.includes(place);
  const label = `${alert.test ? 'TEST ' : ''}[${alert.severity}] `;
  const where = isSaid ? '' : ` in ${cutLine(ascii(place), mostPlace)}`;
  const by = who === '' ? '' : ` by ${ascii(who)}`;
  const deed = ascii(deadLinks(what)) || `Alert of ${rule}`;
  const room = subjectLimit - label.length - where.length;
  const actor = cutLine(by, Math.max(mostActor, room - deed.length));
  return subject(`${label}${cutLine(deed, room - actor.length)}${where}${actor}`, rule);
}

/** A text with resources in place of their ARNs. The account is left out where it is the alert's own. */
const withoutArns = (text: string, account: string | null): string =>
  text.replace(/\barn:[\w-]+:[\w-]+:[\w-]*:(\d*):(\S+)/g, (_, of: string, resource: string) =>
    of === '' || of === account ? resource : `${resource} of ${of}`,
  );

/** So long the name of an account may be in a subject. */
const mostPlace = 28;
/** So much of who acted is left in a subject, however long the rest of it is. */
const mostActor = 24;

/** A title in two: what happened, and by whom where the title ends with it or does not say it. A session's name is left out. */
function split({ title, actor }: Alert): { readonly what: string; readonly who: string } {
  if (!actor) return { what: title, who: '' };
  const { type, name, description } = actor;
  const who = deadLinks(description.replace(/ \(session .*\)$/s, ''));
  const end = [` by ${description}`, ` by ${name}`].find((each) => title.endsWith(each));
  if (end !== undefined) return { what: title.slice(0, -end.length), who };
  const isSaid =
    title.includes(description) ||
    (name !== null && title.split(' ').includes(name)) ||
    (type === 'Root' && title.includes('Root user'));
  return { what: title, who: isSaid ? '' : who };
}

/** Any text as printable ASCII on one line. */
const ascii = (text: string): string =>
  text
    .slice(0, 4 * subjectLimit)
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(unprintable, ' ')
    .replace(/[^ -~]/gu, '?')
    .trim();

const cutLine = (line: string, most: number): string =>
  line.length <= most ? line : `${line.slice(0, most - 3).trimEnd()}...`;

/**
 * A text of an alert, made once: the messages for SNS and for Dispatch have the same. Where the alert is mutable, it says how to
 * mute it.
 */
function textOf(
  make: (alert: Alert, isMutable: boolean) => string,
): (alert: Alert, isMutable?: boolean) => string {
  const made = { plain: new WeakMap<Alert, string>(), mutable: new WeakMap<Alert, string>() };
  return (alert, isMutable = false) => {
    const known = made[isMutable ? 'mutable' : 'plain'];
    const text = known.get(alert) ?? make(alert, isMutable);
    known.set(alert, text);
    return text;
  };
}

/** The text of the e-mail: the finding and the beginning of the event. */
export const textBody = textOf((alert, isMutable) =>
  [
    findingText(alert, isMutable),
    '',
    'The event',
    deadLinksOfJson(beginning(escapeUnseen(JSON.stringify(alert.event, null, 2) ?? 'none'))),
    '',
  ].join('\n'),
);

/** So many characters of the event people get. */
const mostEvent = 2000;

/** The first lines of a text. */
function beginning(json: string): string {
  if (json.length <= mostEvent) return json;
  const shown = json.slice(0, mostEvent).replace(/[\ud800-\udbff]$/, '');
  const lines = shown.slice(0, shown.lastIndexOf('\n')) || shown;
  return `${lines}\n… The event has ${json.length} characters. Subscriptions of other protocols than e-mail get all of it.`;
}

/**
 * A finding as text, without its event. The first ten lines are enough to act: what, who, where, when, undo, mute. What
 * comes from the event stays on its own line, so that it cannot look like another fact.
 */
export const findingText = textOf((alert, isMutable) => {
  const { actor, targets, before, undo, suppression, network } = alert;
  const [first, ...others] = targets.slice(0, shownTargets).map(({ type, id }) => `${type} ${id}`);
  const where = [named(alert.accountName, alert.account), alert.region];
  const acting: readonly Row[] = [
    ['Severity', alert.severity],
    ['Suppressed', alert.suppressed && suppressedBy(alert.suppressed)],
    ['Target', first && (targets.length > 1 ? `${first} and ${targets.length - 1} more` : first)],
    ['Actor', actor && (actor.arn ? `${actor.description} (${actor.arn})` : actor.description)],
    ['Where', where.filter(Boolean).join(', ')],
    ['Time', alert.eventTime],
    // What is copied is shown as it is, or not at all.
    ['Undo', undo?.includes('://') ? null : undo, asIs],
    ['Mute', isMutable ? muteCommand(alert) : null, asIs],
  ];
  const facts: readonly Row[] = [
    ['Rule', alert.rule],
    ['Address', named(network?.name, alert.sourceAddress)],
    ['User agent', alert.userAgent],
    // `repository.publicized` is no host.
    ['Event', [alert.eventName, alert.eventId].filter(Boolean).join(' '), clean],
    ...others.map((target): Row => ['Target', target]),
    ['Targets', targets.length > shownTargets ? `${targets.length - shownTargets} more` : null],
    ...Object.entries(alert.facts),
  ];
  return [
    `${alert.test ? testWords : ''}${foreign(alert.title)}`,
    foreign(alert.summary),
    '',
    ...table(acting),
    '',
    'What to do',
    alert.runbook,
    ...(suppression && !suppression.item.includes('://')
      ? [`To mute exactly this: add ${suppression.item} to parameter ${suppression.parameter}.`]
      : []),
    ...(alert.runbookUrl ? [`Runbook: ${alert.runbookUrl}`] : []),
    ...(alert.consoleUrl ? [`The event in the console: ${alert.consoleUrl}`] : []),
    ...(before ? ['', 'What it was before', ...table(Object.entries(before))] : []),
    '',
    'Facts',
    ...table(facts),
    ...(alert.references.length > 0 ? ['', 'References', ...alert.references] : []),
  ].join('\n');
});

/**
 * The command that keeps what this actor does with this rule from people; without an actor, what happens in the account. Of
 * what is wrong with Patrol nobody can mute a whole account.
 */
function muteCommand({ rule, actor, account, targets, test }: Alert): string | null {
  const principal = actor?.principal;
  const only = targets.length === 1 ? targets[0]?.id : undefined;
  const isOfPatrol = rule === healthRule || rule === notifierRule;
  const [option, value] = isOfPatrol ? ['--resource', only] : ['--account', account];
  const whose = principal ? ['--actor', principal] : value ? [option, value] : null;
  const further = ['--for', '2h', '--reason', 'a change'];
  const command =
    whose && !test && commandLine(['patrol-deploy', 'mute', rule, ...whose, ...further]);
  return command && !command.includes('://') ? command : null;
}

/** Before the title of an alert that somebody makes to see whether it arrives. */
export const testWords = 'TEST, nothing happened: ';

/** `by role/Deploy until 2027-03-31 in ignoredActors (platform team: releases)`, or what is known of it. */
const suppressedBy = ({
  item,
  parameter,
  owner,
  reason,
}: NonNullable<Alert['suppressed']>): string =>
  [
    `by ${item}`,
    ...(parameter ? [`in ${parameter}`] : []),
    ...(owner ? [`(${[owner, reason].filter(Boolean).join(': ')})`] : []),
  ].join(' ');

/** `payments-prod (111122223333)`, or what is known of the two. */
const named = (name: string | null | undefined, id: string | null): string | null =>
  name && id ? `${name} (${id})` : (name ?? id);

const asIs = (text: string): string => text;

/** So many targets are shown to people. */
const shownTargets = 10;

/** A name and what stands beside it, and how that is shown. */
type Row = readonly [name: string, value: unknown, show?: (text: string) => string];

/** Rows as lines, names and values below each other; without those that say nothing. */
function table(rows: readonly Row[]): readonly string[] {
  const known = rows.filter(([, value]) => value !== null && value !== undefined && value !== '');
  const width = known.reduce((widest, [name]) => Math.min(24, Math.max(widest, name.length)), 0);
  return known.map(
    ([name, value, show = foreign]) => `${foreign(name).padEnd(width)}  ${show(String(value))}`,
  );
}

/** Text that may come from elsewhere: on one line, with nothing unseen and its links dead. */
const foreign = (text: string): string => deadLinks(clean(text));

const bytes = (value: string): number => Buffer.byteLength(value, 'utf8');

/** SNS's form for `MessageStructure: json`: a text for each protocol, `default` for those that have none of their own. */
const render = (alert: Alert, isMutable: boolean): string =>
  JSON.stringify({
    default: JSON.stringify({ ...alert, event: alert.event ?? null }),
    email: textBody(alert, isMutable),
  });

function bounded(alert: Alert, limit: number, isMutable: boolean): string {
  return (
    (isShort(alert, limit) ? boundedByEvent(alert, limit, isMutable) : undefined) ??
    // The facts alone are too long (a hostile title or fact): cut each text alike, and send what fits.
    boundedByTexts(shorten(alert, limit), limit, isMutable)
  );
}

/** Whether an alert may fit without its event: a rendering has each text at least as long as this one. */
const isShort = (alert: Alert, limit: number): boolean =>
  bytes(JSON.stringify({ ...alert, event: null })) <= limit;

/** The rendering with as much of the event as is within the limit; `undefined` when it is not even without it. */
function boundedByEvent(alert: Alert, limit: number, isMutable: boolean): string | undefined {
  const whole = render(alert, isMutable);
  if (bytes(whole) <= limit) return whole;
  const event = JSON.stringify(alert.event) ?? '';
  const eventBytes = bytes(event);
  return fit(event.length, limit, (length) =>
    render(
      { ...alert, event: { truncated: event.slice(0, length), bytes: eventBytes } },
      isMutable,
    ),
  );
}

const boundedByTexts = (alert: Alert, limit: number, isMutable: boolean): string => {
  const at = (length: number): string => render(shorten(alert, length), isMutable);
  return fit(limit, limit, at) ?? at(0);
};

/**
 * The rendering with the largest length up to `most` that is within the limit, or a little less: each try renders
 * everything. `undefined` when not even length 0 is within the limit.
 */
function fit(most: number, limit: number, at: (length: number) => string): string | undefined {
  let best = at(0);
  if (bytes(best) > limit) return undefined;
  let low = 1;
  let high = Math.min(most, limit);
  // From short to long first: a rendering that is far too long takes long to make.
  let growing = true;
  let length = Math.min(1024, high);
  while (high - low >= low >> 9) {
    const rendered = at(length);
    if (bytes(rendered) <= limit) {
      best = rendered;
      low = length + 1;
    } else {
      growing = false;
      high = length - 1;
    }
    length = growing ? Math.min(2 * length, high) : Math.floor((low + high) / 2);
  }
  return best;
}

/**
 * An alert in which no text is longer than `length` characters and no more than 50 facts are left. Of what names
 * something or is copied and used, such as a target or the command that undoes it, a part is of no use: it is left out.
 */
function shorten(alert: Alert, length: number): Alert {
  const cut = (value: unknown): unknown =>
    typeof value === 'string'
      ? clean(value, Math.max(length, 64))
      : Array.isArray(value)
        ? value.slice(0, 50).map(cut)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .slice(0, 50)
                .map(([name, inner]) => [clean(name, 64), cut(inner)]),
            )
          : value;
  const isWhole = (value: unknown): boolean => JSON.stringify(cut(value)) === JSON.stringify(value);
  const whole = <T>(value: T): T | null => (isWhole(value) ? value : null);
  return {
    ...(cut({ ...alert, event: null }) as Alert),
    targets: alert.targets.slice(0, 50).filter(isWhole),
    undo: whole(alert.undo),
    suppression: whole(alert.suppression),
    event: { truncated: '' },
  };
}
