/**
 * Triggers: what runs a rule, and so what `evaluate` is given. A trigger is data for the template; the type of its
 * event rides on it.
 */
import { deliveryReader, type Reader, readSnsMessage, type SnsMessage } from './arrival.ts';
import type { EventName, EventSource, Unlisted } from './callNames.ts';
import {
  type ApiCallEvent,
  carriesRecord,
  type EventBridgeEvent,
  isObject,
  type SignInEvent,
} from './cloudtrail.ts';
import type { EventPattern } from './pattern.ts';
import { github, type Sender } from './sender.ts';

declare const eventType: unique symbol;

/** Events on the default event bus that match a pattern. */
export interface EventTrigger<E> {
  readonly kind: 'event';
  readonly pattern: EventPattern;
  readonly [eventType]?: E;
}

/** A clock. */
export interface ScheduleTrigger<E = EventBridgeEvent> {
  readonly kind: 'schedule';
  /** A schedule expression of EventBridge: `rate(5 minutes)` or `cron(0 8 * * ? *)`. */
  readonly expression: string;
  /** The longest time in seconds that may pass between two runs; a run that is missing for longer raises an alarm. */
  readonly everySeconds: number;
  readonly [eventType]?: E;
}

/** Messages of an SNS topic of the rule's own stack. */
export interface SnsTrigger<E = SnsMessage> {
  readonly kind: 'sns';
  /** The AWS services that may publish to the topic, for the own account. */
  readonly services: readonly string[];
  readonly read: Reader;
  readonly [eventType]?: E;
}

/** Deliveries of a webhook to an endpoint of the rule's own stack. */
export interface WebhookTrigger<E> {
  readonly kind: 'webhook';
  /** Who sends them: GitHub when left out. */
  readonly from?: Sender;
  /** The events that the webhook has to send: the sender's names, such as GitHub's `repository`. */
  readonly events: readonly string[];
  /** Events that the rule takes as well, where a webhook sends them. */
  readonly also?: readonly string[];
  readonly read: Reader;
  readonly [eventType]?: E;
}

/** What runs a rule. A trigger without a reader delivers EventBridge events. */
export type Trigger<E = unknown> =
  | EventTrigger<E>
  | ScheduleTrigger<E>
  | SnsTrigger<E>
  | WebhookTrigger<E>;

/** The event that a trigger delivers. */
export type EventOf<T> = T extends Trigger<infer E> ? E : never;

/**
 * Any EventBridge pattern. Give the type of the `detail` that it delivers: `event<MyDetail>({ source: ['my.app'] })`.
 *
 * @example
 * ```ts
 * const trigger = event<{ readonly state: string }>({ source: ['aws.health'] });
 * trigger.pattern; // → { source: ['aws.health'] }
 * ```
 */
export const event = <Detail = unknown>(
  pattern: EventPattern,
): EventTrigger<EventBridgeEvent<Detail>> => ({ kind: 'event', pattern });

/**
 * Calls of an AWS API, recorded by CloudTrail. Failed calls are delivered too: the runtime decides about them
 * (see `deniedAttempts`).
 *
 * The pattern asks for a `source` that begins with `aws.`, which only AWS can send: a forged event on the bus, put there
 * by somebody with `events:PutEvents`, does not match.
 *
 * @param eventSource the service's `eventSource`, such as `cloudtrail.amazonaws.com`.
 * @param eventNames the calls' `eventName`s, each exact or with `*` for any run of characters: some services put the
 *   version of their API behind the name. The compiler knows the names of each service. Where you give the type of the
 *   request it takes names of any service; the build checks that they are of this one. For a new name use `unlisted`.
 *
 * @example
 * ```ts
 * interface Request {
 *   readonly name?: string;
 * }
 * const trigger = apiCall<Request>('cloudtrail.amazonaws.com', ['StopLogging', 'DeleteTrail']);
 * trigger.kind; // → 'event'
 * ```
 */
export const apiCall = <
  Request = unknown,
  Response = unknown,
  const Source extends EventSource = EventSource,
>(
  eventSource: Source | Unlisted,
  eventNames: readonly EventName<Source>[],
): EventTrigger<ApiCallEvent<Request, Response>> => ({
  kind: 'event',
  pattern: {
    source: [{ prefix: 'aws.' }],
    'detail-type': ['AWS API Call via CloudTrail'],
    detail: { eventSource: [eventSource], eventName: namesOrWildcards(eventNames) },
  },
});

/** Takes plain texts: what it does with each of twenty thousand names would be worked out by the compiler. */
const namesOrWildcards = (names: readonly string[]) =>
  names.map((name) => (name.includes('*') ? { wildcard: name } : name));

/** The detail-types of the events of the sign-in service. AWS's guides spell that of sign-ins in two ways. */
export const signInTypes: readonly string[] = [
  'AWS Console Sign In via CloudTrail',
  'AWS Console Signin via CloudTrail',
  'AWS Console Action via CloudTrail',
];

/**
 * Sign-ins to the console, successful and failed, and other events of the sign-in service.
 *
 * @param identityTypes the `userIdentity.type`s of interest, such as `Root`; all of them when left out.
 * @param eventNames the events' names, each exact or with `*`; sign-ins (`ConsoleLogin`) when left out.
 *
 * @example
 * ```ts
 * // Sign-ins of the root user, and resets of its password.
 * signIn(['Root'], ['ConsoleLogin', 'PasswordRecoveryCompleted']).kind; // → 'event'
 * ```
 */
export const signIn = (
  identityTypes?: readonly string[],
  eventNames: readonly EventName<'signin.amazonaws.com'>[] = ['ConsoleLogin'],
): EventTrigger<SignInEvent> => ({
  kind: 'event',
  pattern: {
    source: [{ prefix: 'aws.' }],
    'detail-type': signInTypes,
    detail: {
      eventSource: ['signin.amazonaws.com'],
      eventName: namesOrWildcards(eventNames),
      ...(identityTypes ? { userIdentity: { type: identityTypes } } : {}),
    },
  },
});

const units: Readonly<Record<string, number>> = { minute: 60, hour: 3600, day: 86400 };

/**
 * A run at regular times.
 *
 * @param expression `rate(5 minutes)` or `cron(…)`.
 * @param everySeconds for `cron`, the longest time between two runs; a `rate` says it itself.
 * @throws an Error for an expression that is neither, or runs that are more than six days apart: CloudWatch cannot look
 *   back far enough to notice that one is missing.
 *
 * @example
 * ```ts
 * schedule('rate(1 hour)').everySeconds; // → 3600
 * // On weekdays: from Friday to Monday is the longest time.
 * schedule('cron(0 8 ? * MON-FRI *)', 3 * 86_400).everySeconds; // → 259200
 * ```
 */
export function schedule(expression: string, everySeconds?: number): ScheduleTrigger {
  // EventBridge takes `1 hour` and `2 hours`, but neither `1 hours` nor `2 hour`; and six fields in `cron`.
  const rate = /^rate\((?:1 (minute|hour|day)|(?!1 )([1-9]\d*) (minute|hour|day)s)\)$/.exec(
    expression,
  );
  const [, one = '', count = 1, unit = one] = rate ?? [];
  const isCron = /^cron\(\S+( \S+){5}\)$/.test(expression);
  const every = rate ? Number(count) * (units[unit] ?? 0) : isCron ? (everySeconds ?? 0) : 0;
  if (!(every > 0)) {
    throw new Error(
      `Expected rate(N minutes|hours|days), or cron(…) with the longest time between two runs in seconds; found ${JSON.stringify(expression)}.`,
    );
  }
  if (every > 6 * 86400) {
    throw new Error(
      `${expression} runs less than once in six days, so that no alarm could notice a missing run.`,
    );
  }
  return { kind: 'schedule', expression, everySeconds: every };
}

/**
 * Whether an event is the clock's: what EventBridge gives the target of a schedule.
 *
 * @example
 * ```ts
 * isScheduledEvent({ source: 'aws.events', 'detail-type': 'Scheduled Event' }); // → true
 * ```
 */
export const isScheduledEvent = (event: unknown): boolean =>
  isObject(event) && event['source'] === 'aws.events' && event['detail-type'] === 'Scheduled Event';

/**
 * Messages of an SNS topic that the rule's stack makes. Who else may publish to it (other accounts) the operator says
 * with the stack's parameter `PublisherAccounts`.
 *
 * @param services the AWS services that publish to it, such as `backup.amazonaws.com`.
 *
 * @example
 * ```ts
 * sns(['backup.amazonaws.com']).services; // → ['backup.amazonaws.com']
 * ```
 */
export const sns = (services: readonly string[] = []): SnsTrigger => ({
  kind: 'sns',
  services,
  read: readSnsMessage,
});

/**
 * Deliveries of a webhook, to an endpoint that the rule's stack makes. Give the type of the deliveries:
 * `webhook<WebhookDelivery<'fork', ForkEvent>>(['fork'])`.
 *
 * @param events the events that the rule needs, by the sender's names. Others are answered and left alone.
 * @param also events that tell again of what `events` tell of: taken from a webhook that sends them, but not asked for.
 * @param from who sends them: GitHub when left out. All webhooks of a rule have the same sender.
 *
 * @example
 * ```ts
 * interface Fork {
 *   readonly forkee: { readonly full_name: string };
 * }
 * webhook<WebhookDelivery<'fork', Fork>>(['fork']).events; // → ['fork']
 * webhook(['team_join'], { from: slack }).from?.name; // → 'Slack'
 * ```
 */
export const webhook = <E extends { readonly name: string }>(
  events: readonly E['name'][],
  { also, from }: { readonly also?: readonly E['name'][]; readonly from?: Sender } = {},
): WebhookTrigger<E> => ({
  kind: 'webhook',
  ...(from && { from }),
  events,
  ...(also && { also }),
  read: deliveryReader(from),
});

/** A trigger, as far as webhooks matter. */
type Webhooked =
  | { readonly kind: Exclude<Trigger['kind'], 'webhook'> }
  | Pick<WebhookTrigger<unknown>, 'kind' | 'events' | 'also' | 'from'>;

/** Who sends the deliveries of triggers' webhooks. The build sees to it that it is one. */
export const senderOf = (triggers: readonly Webhooked[]): Sender =>
  triggers.flatMap((trigger) => (trigger.kind === 'webhook' ? (trigger.from ?? []) : []))[0] ??
  github;

/** The events that triggers take from webhooks, by their senders' names: those that the webhooks have to send, and those that are taken as well. */
export const webhookEventsTaken = (triggers: readonly Webhooked[]): readonly string[] => [
  ...new Set(
    triggers.flatMap((trigger) =>
      trigger.kind === 'webhook' ? [...trigger.events, ...(trigger.also ?? [])] : [],
    ),
  ),
];

/**
 * Every way through the `$or`s of a pattern: the values that it asks for, by the dotted path of their field. An event is
 * matched by one of the ways or by none.
 */
export function ways(
  pattern: unknown,
  above = '',
): readonly ReadonlyMap<string, readonly unknown[]>[] {
  let found: ReadonlyMap<string, readonly unknown[]>[] = [new Map()];
  for (const [field, value] of Object.entries(isObject(pattern) ? pattern : {})) {
    const path = above ? `${above}.${field}` : field;
    const inner = !Array.isArray(value)
      ? ways(value, path)
      : field === '$or' && value.every(isObject)
        ? value.flatMap((branch) => ways(branch, above))
        : [new Map<string, readonly unknown[]>([[path, value]])];
    found = found.flatMap((way) => inner.map((more) => new Map([...way, ...more])));
  }
  return found;
}

/** The texts among values of a pattern when they are all exact; `undefined` when other texts match too. */
function exact(values: readonly unknown[] | undefined): readonly string[] | undefined {
  const texts = values?.map((value) => (isObject(value) ? value['exactly'] : value));
  return texts?.every((text) => typeof text === 'string') ? texts : undefined;
}

/** States of an EventBridge rule. */
export type RuleState = 'ENABLED' | 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';

/** Whether EventBridge holds a call back from rules in the plain state, by its name (two exceptions are documented). */
export const isHeldBack = (eventName: string): boolean =>
  /^(Get|List|Describe)/.test(eventName) &&
  eventName !== 'GetFederationToken' &&
  eventName !== 'GetSessionToken';

/** Whether such a call can have a name that a value of a pattern matches. Where that is not plain the answer is yes. */
function matchesHeldBack(value: unknown): boolean {
  if (typeof value === 'string') return isHeldBack(value);
  if (!isObject(value)) return false;
  const [[operator, operand] = ['', undefined]] = Object.entries(value);
  if (operator === 'exists') return operand === true;
  if (operator === 'exactly') return matchesHeldBack(operand);
  const text = isObject(operand) ? operand['equals-ignore-case'] : operand;
  if (operator === 'equals-ignore-case') return /^(get|list|describe)/i.test(String(text));
  if (operator !== 'prefix' && operator !== 'wildcard') return true;
  const start = String(text).replace(/\*.*$/s, '').toLowerCase();
  return ['get', 'list', 'describe'].some(
    (beginning) => beginning.startsWith(start) || start.startsWith(beginning),
  );
}

const apiCalls = 'AWS API Call via CloudTrail';

/**
 * The state that the EventBridge rule of a pattern needs: calls whose names begin with Get, List or Describe are only
 * delivered to rules in the state `ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS` (EventBridge, "Read-only management
 * events from AWS services"). A pattern on calls that does not say which ones watches them all, unless it asks for
 * `readOnly: [false]`.
 */
export const ruleState = (pattern: EventPattern): RuleState =>
  ways(pattern).some((way) => {
    const eventNames = way.get('detail.eventName');
    const watches = eventNames
      ? eventNames.some(matchesHeldBack)
      : (way.get('detail-type')?.includes(apiCalls) ?? false);
    return watches && way.get('detail.readOnly')?.join() !== 'false';
  })
    ? 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS'
    : 'ENABLED';

/** Services that record their calls in us-east-1 only ("AWS service events via CloudTrail in us-east-1": AWS re:Post, CloudTrail user guide "global service events"). */
const globalSources = [
  'iam',
  'organizations',
  'cloudfront',
  'route53',
  'route53domains',
  'account',
];

/**
 * The regions of the partition `aws` in which events of a pattern can occur at all; `undefined` for any region.
 * Sign-ins of the root user are always recorded in us-east-1.
 */
export function eventRegions(pattern: EventPattern): readonly string[] | undefined {
  const isGlobal = ways(pattern).every((way) => {
    const sources = exact(way.get('detail.eventSource'));
    if (!sources)
      return exact(way.get('source'))?.every((source) => source === 'aws.trustedadvisor');
    const isRoot = exact(way.get('detail.userIdentity.type'))?.every((type) => type === 'Root');
    return sources.every(
      (source) =>
        globalSources.includes(source.replace('.amazonaws.com', '')) ||
        (isRoot && source === 'signin.amazonaws.com'),
    );
  });
  return isGlobal ? ['us-east-1'] : undefined;
}

/**
 * Whether a trigger delivers CloudTrail records, so that calls can have been denied: its pattern asks for their
 * detail-types, or for none and for fields that only they have.
 */
export function deliversCloudTrail(trigger: Trigger): boolean {
  if (trigger.kind !== 'event') return false;
  // What a service does by itself is denied by nobody.
  const isRecord = (type: unknown): boolean =>
    typeof type !== 'string' ||
    (carriesRecord(type) && type !== 'AWS Service Event via CloudTrail');
  const { 'detail-type': plain } = trigger.pattern;
  // This is asked at every cold start: most patterns say it at once.
  if (Array.isArray(plain) && plain.some(isRecord)) return true;
  return ways(trigger.pattern).some(
    (way) =>
      way.get('detail-type')?.some(isRecord) ??
      (way.has('detail.eventSource') || way.has('detail.eventName')),
  );
}
