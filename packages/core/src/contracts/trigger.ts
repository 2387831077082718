/** Triggers in `rules.json`: what runs a rule, as data. */
import * as v from 'valibot';
import { compilePattern, type EventPattern, PatternError } from '../pattern.ts';
import { github, namelessEvent, type Sender } from '../sender.ts';
import { schedule } from '../trigger.ts';
import { senderSchema } from './sender.ts';
import { form, record, set, text, together, whole } from './schema.ts';

/** EventBridge's default quota for the length of a pattern, in characters. */
export const patternLimit = 2048;

/** Longer ago no alarm of CloudWatch can look, in seconds. */
const longestPause = 6 * 86_400;

/** The form of the name of an event of GitHub's webhooks. */
const webhookEventForm: RegExp = /^[a-z]+(_[a-z]+)*$/;

/** The form of the name of an event of any sender's webhooks. */
const deliveryNameForm: RegExp = /^\w[\w.:/-]{0,127}$/;

/** The form of a service of AWS as a principal. */
export const serviceForm: RegExp = /^([a-z0-9-]+\.)+amazonaws\.com$/;

const pattern = v.pipe(
  record(v.string(), v.unknown()) as v.GenericSchema<unknown, EventPattern>,
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    try {
      compilePattern(dataset.value);
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      const input = dataset.value;
      const path: [v.IssuePathItem] = [
        { type: 'object', origin: 'value', input, key: error.path, value: undefined },
      ];
      addIssue(error.path === '' ? { message: error.problem } : { message: error.problem, path });
    }
    const { length } = JSON.stringify(dataset.value);
    if (length > patternLimit) {
      addIssue({ message: `expected at most ${patternLimit} characters; found ${length}` });
    }
  }),
  v.description('The event pattern, as EventBridge takes it.'),
);

/** What EventBridge knows in the six fields of `cron(…)`. */
const cron = new RegExp(
  `^cron\\(${[
    field('[0-5]?\\d'),
    field('[01]?\\d|2[0-3]'),
    `\\?|L|LW|(?:0?[1-9]|[12]\\d|3[01])W|${field('0?[1-9]|[12]\\d|3[01]')}`,
    field('0?[1-9]|1[0-2]|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC'),
    `\\?|L|[1-7]L|[1-7]#[1-5]|${field('[1-7]|SUN|MON|TUE|WED|THU|FRI|SAT')}`,
    field('19[7-9]\\d|2[01]\\d\\d'),
  ]
    .map((one) => `(?:${one})`)
    .join(' ')}\\)$`,
);

/** A list of values, ranges and steps. */
function field(value: string): string {
  const part = `(?:\\*|(?:${value})(?:-(?:${value}))?)(?:/\\d+)?`;
  return `${part}(?:,${part})*`;
}

/** Whether a `cron(…)` is one of EventBridge's: of the days of the month and those of the week, one is left open. */
const isCron = (expression: string): boolean =>
  cron.test(expression) && expression.split(' ').filter((each) => each === '?').length === 1;

function scheduleProblems({
  expression,
  everySeconds,
}: {
  readonly expression: string;
  readonly everySeconds: number;
}): readonly (readonly [string, string])[] {
  const wrong = `expected rate(N minutes), rate(N hours), rate(N days) or cron(…) with six fields; found ${JSON.stringify(expression)}`;
  if (expression.startsWith('cron(') && !isCron(expression)) return [['expression', wrong]];
  try {
    const { everySeconds: every } = schedule(expression, everySeconds);
    return every === everySeconds
      ? []
      : [['everySeconds', `expected ${every}, the time of ${expression}; found ${everySeconds}`]];
  } catch {
    return [['expression', wrong]];
  }
}

/** Whether a sender can have an event of this name: GitHub's names are known by their form. */
export const isWebhookEvent = (name: string, from: Sender = github): boolean =>
  (from.name === github.name ? webhookEventForm : deliveryNameForm).test(name) &&
  (from.event !== undefined || name === namelessEvent);

/** What is expected of the name of an event, in words. */
export const webhookEventWords = ({ name, event }: Sender = github): string =>
  event === undefined
    ? `${namelessEvent}, since ${name} names no events`
    : `a name such as ${name === github.name ? 'repository, without an action' : 'user.created'}`;

/** What runs a rule. */
export const triggerSchema = v.variant('kind', [
  v.object({
    kind: v.pipe(
      v.literal('event'),
      v.description('Events on the default event bus of EventBridge.'),
    ),
    pattern,
    state: v.pipe(
      v.picklist(['ENABLED', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS']),
      v.description('The state that the EventBridge rule needs.'),
    ),
  }),
  v.pipe(
    v.object({
      kind: v.pipe(v.literal('schedule'), v.description('A clock.')),
      expression: text('A schedule expression of EventBridge: `rate(…)` or `cron(…)`.'),
      everySeconds: whole(
        60,
        longestPause,
        'The longest time in seconds that may pass between two runs.',
      ),
    }),
    together((given) => scheduleProblems(given)),
  ),
  v.object({
    kind: v.pipe(v.literal('sns'), v.description("Messages of an SNS topic of the rule's stack.")),
    services: set(
      form(serviceForm, 'a service principal such as backup.amazonaws.com', 'A service.'),
      0,
      'The AWS services that may publish to the topic.',
    ),
  }),
  v.pipe(
    v.object({
      kind: v.pipe(
        v.literal('webhook'),
        v.description("Deliveries of a webhook to an endpoint of the rule's stack."),
      ),
      from: v.exactOptional(senderSchema),
      events: set(webhookEvent(), 1, 'The events that the webhook has to send.'),
      also: v.exactOptional(
        set(webhookEvent(), 1, 'Events that the rule takes as well, where a webhook sends them.'),
      ),
    }),
    together(({ events, also = [], from }) => [
      ...also
        .filter((name) => events.includes(name))
        .map((name): [string, string] => [
          'also',
          `expected other events than \`events\`; found ${JSON.stringify(name)}`,
        ]),
      ...[...events, ...also]
        .filter((name) => !isWebhookEvent(name, from))
        .map((name): [string, string] => [
          'events',
          `expected ${webhookEventWords(from)}; found ${JSON.stringify(name)}`,
        ]),
    ]),
  ),
]);

function webhookEvent() {
  return form(deliveryNameForm, "the name of an event of the sender's webhooks", 'An event.');
}
