/** Whether AWS or GitHub would deliver an event to a rule's function, by the rule's triggers. */
import { type EventPattern, isObject } from '@patrol/core';
import * as core from '@patrol/core/evaluation';
import type { RuleManifest } from '@patrol/core/contracts';
import { OperatorError } from '../text/errors.ts';
import { cut } from '../text/words.ts';

/** Whether an event reaches the function. */
export interface Delivery {
  delivers(event: unknown): boolean;
  /** Why it is not delivered, in sentences. Slower, since it tries one field after the other. */
  whyNot(event: unknown): string;
}

/**
 * Prepares the triggers of a rule.
 *
 * @throws OperatorError for a pattern in the manifest that EventBridge would refuse.
 */
export function delivery(rule: RuleManifest): Delivery {
  const ways = compile(rule);
  const patterns = rule.triggers.flatMap((trigger) =>
    trigger.kind === 'event' ? [trigger.pattern] : [],
  );
  const explain = ({ kind, refusal }: core.DeliveryWay, event: unknown): readonly string[] => {
    const reason = refusal(event) ?? '';
    return kind === 'event'
      ? [
          `EventBridge would not deliver this event: ${reason}.`,
          ...patterns.flatMap((pattern) => mismatch(pattern, event) ?? []),
        ]
      : [`${reason.replace(/^the /, 'The ')}.`];
  };
  return {
    delivers: (event) => ways.some(({ refusal }) => refusal(event) === undefined),
    whyNot: (event) => ways.flatMap((way) => explain(way, event)).join(' '),
  };
}

function compile({ name, triggers }: RuleManifest): readonly core.DeliveryWay[] {
  try {
    return core.deliveryWays(triggers);
  } catch (error) {
    if (!(error instanceof core.PatternError)) throw error;
    throw new OperatorError(
      `The manifest has an event pattern for ${name} that EventBridge refuses: ${error.message} Build the rule package again with \`patrol-build\`.`,
      { cause: error },
    );
  }
}

/** The first field of a pattern that an event does not match, in a sentence; `undefined` when each field alone matches. */
function mismatch(pattern: EventPattern, event: unknown): string | undefined {
  for (const [path, asked] of leaves(pattern, [])) {
    const alone = path.reduceRight<unknown>((inner, field) => ({ [field]: inner }), asked);
    if (core.compilePattern(alone)(event)) continue;
    const asks = `The pattern expects ${path.join('.')} to match ${short(asked)}`;
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

const short = (value: unknown): string => cut(JSON.stringify(value), 300);
