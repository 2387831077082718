/** Triggers in a few words, for tables. Pure. */
import { isObject } from '@patrol/core';
import type { TriggerManifest } from '@patrol/core/manifest';

/**
 * What runs a rule: `rate(5 minutes)`, or the names of the events, such as `cloudtrail: StopLogging, DeleteTrail`.
 *
 * @param most how many names are shown before the rest is counted.
 */
export function triggerWords(trigger: TriggerManifest, most: number = Infinity): string {
  if (trigger.kind === 'schedule') return trigger.expression;
  const { pattern } = trigger;
  const detail = isObject(pattern['detail']) ? pattern['detail'] : {};
  const sources = words(detail['eventSource']).map((source) =>
    source.replace('.amazonaws.com', ''),
  );
  const from = sources.length > 0 ? sources : words(pattern['source']);
  const names = words(detail['eventName']);
  const what = names.length > 0 ? names : words(pattern['detail-type']);
  const rest = what.length > most ? ` and ${what.length - most} more` : '';
  return (
    [from.join(', '), `${what.slice(0, most).join(', ')}${rest}`].filter(Boolean).join(': ') ||
    'any event'
  );
}

/** The values that a field of a pattern asks for, as text. */
const words = (field: unknown): readonly string[] =>
  Array.isArray(field)
    ? field.map((value: unknown) => {
        if (!isObject(value)) return String(value);
        const [operator = '', operand] = Object.entries(value)[0] ?? [];
        return operator === 'prefix'
          ? `${String(operand)}*`
          : `${operator} ${JSON.stringify(operand)}`;
      })
    : [];
