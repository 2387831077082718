/**
 * Whether an event would be given to a rule's function at all: by its event patterns and their states, its clock, its
 * topic, the events of its webhook.
 */
import {
  compilePattern,
  delivery as eventDelivery,
  type Delivery as EventDelivery,
  type EventPattern,
  isObject,
  isScheduledEvent,
  PatternError,
  readDelivery,
  readSnsMessage,
} from '@patrol/core';
import type { RuleManifest, TriggerManifest } from '@patrol/core/manifest';
import { OperatorError } from '../errors.ts';

/** Whether an event reaches the function. */
export interface Delivery {
  delivers(event: unknown): boolean;
  /** Why it does not, in a sentence or several. Slower: it looks at one field after the other. */
  whyNot(event: unknown): string;
}

type EventTrigger = Extract<TriggerManifest, { kind: 'event' }>;

/** One way to the function: whether an event takes it, and why not. */
type Way = Delivery;

/**
 * Prepares the triggers of a rule.
 *
 * @throws OperatorError for a pattern in the manifest that EventBridge would refuse.
 */
export function delivery(rule: RuleManifest): Delivery {
  const events = rule.triggers.filter(
    (trigger): trigger is EventTrigger => trigger.kind === 'event',
  );
  const taken = rule.triggers.flatMap((trigger) =>
    trigger.kind === 'webhook' ? [...trigger.events, ...(trigger.also ?? [])] : [],
  );
  const ways: readonly Way[] = [
    ...(events.length > 0 ? [bus(events, rule.name)] : []),
    ...rule.triggers.flatMap((trigger) =>
      trigger.kind === 'schedule' ? [clock(trigger.expression)] : [],
    ),
    ...(rule.triggers.some(({ kind }) => kind === 'sns') ? [topic] : []),
    ...(taken.length > 0 ? [webhook(taken)] : []),
  ];
  return {
    delivers: (event) => ways.some((way) => way.delivers(event)),
    whyNot: (event) => ways.map((way) => way.whyNot(event)).join(' '),
  };
}

function bus(events: readonly EventTrigger[], ruleName: string): Way {
  const refusal = compile(events, ruleName);
  return {
    delivers: (event) => refusal(event) === undefined,
    whyNot: (event) =>
      [
        `EventBridge would not deliver this event: ${refusal(event)}.`,
        ...events.flatMap(({ pattern }) => mismatch(pattern, event) ?? []),
      ].join(' '),
  };
}

const clock = (expression: string): Way => ({
  delivers: isScheduledEvent,
  whyNot: () =>
    `${expression} gives the rule Scheduled Events of the source aws.events, and this is none.`,
});

const topic: Way = {
  delivers: (event) => readSnsMessage(event) !== undefined,
  whyNot: () =>
    'The topic gives the rule messages of SNS (Records with one Sns), and this is none.',
};

const webhook = (events: readonly string[]): Way => {
  const names = events.join(', ');
  const nameOf = (event: unknown): string | undefined =>
    readDelivery(event) && isObject(event) ? String(event['name']) : undefined;
  return {
    delivers: (event) => events.includes(nameOf(event) ?? ''),
    whyNot: (event) => {
      const name = nameOf(event);
      return name === undefined
        ? `The webhook gives the rule deliveries of GitHub's events ${names}, and this is none.`
        : `The webhook sends ${names} only, and this is ${name}.`;
    },
  };
};

function compile(events: readonly EventTrigger[], ruleName: string): EventDelivery {
  try {
    return eventDelivery(events);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw new OperatorError(
      `The manifest holds an event pattern for ${ruleName} that EventBridge refuses: ${error.message} Build the rule package again with \`patrol-build\`.`,
      { cause: error },
    );
  }
}

/** Says which field of a pattern an event does not match, by asking for one field at a time; `undefined` when none stands out. */
function mismatch(pattern: EventPattern, event: unknown): string | undefined {
  for (const [path, asked] of leaves(pattern, [])) {
    const alone = path.reduceRight<unknown>((inner, field) => ({ [field]: inner }), asked);
    if (compilePattern(alone)(event)) continue;
    const asks = `The pattern asks in ${path.join('.')} for ${short(asked)}`;
    if (path.at(-1) === '$or') return `${asks}.`;
    const found = at(event, path);
    return `${asks}; the event has ${found === undefined ? 'none' : short(found)}.`;
  }
  return undefined;
}

function* leaves(
  pattern: EventPattern,
  path: readonly string[],
): Generator<readonly [readonly string[], unknown]> {
  for (const [field, asked] of Object.entries(pattern)) {
    if (isFields(asked)) yield* leaves(asked, [...path, field]);
    else yield [[...path, field], asked];
  }
}

const isFields = (asked: EventPattern[string]): asked is EventPattern => isObject(asked);

const at = (value: unknown, path: readonly string[]): unknown =>
  path.reduce((inner: unknown, field) => (isObject(inner) ? inner[field] : undefined), value);

function short(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= 300 ? text : `${text.slice(0, 299)}…`;
}
