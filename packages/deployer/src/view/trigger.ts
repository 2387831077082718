/** Triggers in a few words, for tables. Pure. */
import { github, isObject } from '@patrol/core';
import { senderOf } from '@patrol/core/evaluation';
import type { RuleManifest, TriggerManifest } from '@patrol/core/contracts';
import type { TemplateTrigger } from '../notes/objects.ts';
import { patrolCommand, type RunScope } from '../text/command.ts';

/**
 * What runs a rule: `rate(5 minutes)`, `GitHub webhook: fork`, or the names of the events, such as
 * `cloudtrail: StopLogging, DeleteTrail`.
 *
 * @param most how many names are shown before the rest is counted.
 */
export function triggerWords(
  trigger: TriggerManifest | TemplateTrigger,
  most: number = Infinity,
): string {
  switch (trigger.kind) {
    case 'schedule':
      return trigger.expression;
    case 'webhook':
      return 'events' in trigger
        ? `${senderOf([trigger]).name} webhook: ${some(trigger.events, most)}`
        : `requests to its endpoint: ${trigger.route}`;
    case 'other':
      return `${trigger.resource}, which is an ${trigger.type}`;
    case 'sns':
      return trigger.services.length === 0
        ? 'messages to its SNS topic'
        : `messages to its SNS topic, from ${some(trigger.services, most)}`;
    case 'event':
      return `${patternWords(trigger.pattern, most)}${'bus' in trigger ? ` on the event bus ${trigger.bus}` : ''}`;
  }
}

/** The events that the webhook of a rule has to send, by the sender's names, sorted; none for other rules. */
export const webhookEvents = ({ triggers }: Pick<RuleManifest, 'triggers'>): readonly string[] =>
  [
    ...new Set(triggers.flatMap((trigger) => (trigger.kind === 'webhook' ? trigger.events : []))),
  ].toSorted();

/** Why somebody may not know a webhook: it was just made, has received nothing, or that cannot be seen. */
type Unregistered = 'new' | 'unused' | { readonly unseen: string };

/** What is told of the endpoint of a webhook until something arrives there, and the command to run. */
export function unregistered(
  { triggers }: Pick<RuleManifest, 'triggers'>,
  rule: string,
  scope: RunScope,
  why: Unregistered,
): { readonly message: string; readonly command: string } {
  const { name } = senderOf(triggers);
  const isGitHub = name === github.name;
  const command = isGitHub
    ? patrolCommand(['hook', rule], scope, ['--org', 'NAME'])
    : patrolCommand(['info', rule], scope);
  const next = isGitHub ? 'registers it with an organisation' : 'shows what to enter there';
  const said =
    why === 'new'
      ? `${name} does not know the webhook yet.`
      : why === 'unused'
        ? `${name} has sent nothing to the webhook yet, and may not know it.`
        : `Patrol cannot see whether ${name} knows the webhook. ${why.unseen}`;
  return { message: `${said} \`${command}\` ${next}.`, command };
}

function patternWords(pattern: Readonly<Record<string, unknown>>, most: number): string {
  const detail = isObject(pattern['detail']) ? pattern['detail'] : {};
  // A rule on the calls of several services asks for each with the names of its calls.
  const branches = Array.isArray(detail['$or']) ? detail['$or'].filter(isObject) : [detail];
  const calls = branches.map((branch) => ({
    sources: words(branch['eventSource']).map((source) => source.replace('.amazonaws.com', '')),
    names: words(branch['eventName']),
  }));
  const sources = [...new Set(calls.flatMap((each) => each.sources))];
  if (sources.length > 1 && branches.length > 1) {
    const names = calls.flatMap((each) => each.names.map((name) => `${each.sources[0]}:${name}`));
    return some([...new Set(names)], most);
  }
  const from = sources.length > 0 ? sources : words(pattern['source']);
  const names = [...new Set(calls.flatMap((each) => each.names))];
  const what = names.length > 0 ? names : words(pattern['detail-type']);
  return [from.join(', '), some(what, most)].filter(Boolean).join(': ') || 'any event';
}

/** The first names, and how many more there are. */
const some = (names: readonly string[], most: number): string =>
  `${names.slice(0, most).join(', ')}${names.length > most ? ` and ${names.length - most} more` : ''}`;

/** The values that a field of a pattern asks for, as text. */
const words = (field: unknown): readonly string[] =>
  Array.isArray(field)
    ? field.map((value: unknown) => {
        if (!isObject(value)) return String(value);
        const [operator = '', operand] = Object.entries(value)[0] ?? [];
        if (operator === 'prefix') return `${String(operand)}*`;
        return operator === 'wildcard' ? String(operand) : `${operator} ${JSON.stringify(operand)}`;
      })
    : [];
