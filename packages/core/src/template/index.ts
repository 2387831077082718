/**
 * `@patrol/core/template`: the CloudFormation template of a rule, computed. The one folder that knows CloudFormation.
 *
 * @module
 */
import { severityWords } from '../contracts/stack-names.ts';
import type { AnyRule } from '../rule.ts';
import { alarms } from './alarm.ts';
import { boundary } from './boundary.ts';
import { alertTopic } from './topic.ts';
import { lambda } from './function.ts';
import { memory } from './memory.ts';
import { merge, type Part } from './merge.ts';
import { names } from './names.ts';
import { ownNotifier } from './ownNotifier.ts';
import { parameters } from './parameters.ts';
import { role } from './role.ts';
import { sharedQueues } from './shared.ts';
import { triggers } from './trigger.ts';

export { boundary } from './boundary.ts';
export { anyEmail, emailSubscriptions } from './emails.ts';
export { merge, type Part, type Resource } from './merge.ts';
export { notifier, type NotifierPlace } from './notifier.ts';
export { defaults, entry } from './function.ts';
export { notifierEntry } from './ownNotifier.ts';
export { sharedQueueNames, type SharedWatch, sharedWatch } from './shared.ts';
export { codeParameters } from './parameters.ts';

/** A CloudFormation template. */
export interface Template extends Part {
  readonly AWSTemplateFormatVersion: '2010-09-09';
  readonly Description: string;
}

/**
 * The template of a rule's stack. The same rule always gives the same template, and the logical ids are the same for
 * every rule, so that two templates differ only where the rules differ.
 *
 * @throws an Error when a rule's parameter has the name of one of the template's own.
 *
 * @example
 * ```ts
 * import { ruleTemplate } from '@patrol/core/template';
 *
 * const rule = defineRule({
 *   name: 'hourly',
 *   title: 'Every hour',
 *   description: 'Alerts every hour.',
 *   severity: 'low',
 *   runbook: 'Do nothing.',
 *   triggers: [schedule('rate(1 hour)')],
 *   parameters: {},
 *   evaluate: () => ({ title: 'An hour', summary: 'Another hour has passed.' }),
 * });
 * ruleTemplate(rule).Resources?.['Function']?.Type; // → 'AWS::Lambda::Function'
 * ```
 */
export const ruleTemplate = (rule: AnyRule): Template => ({
  AWSTemplateFormatVersion: '2010-09-09',
  // By this a plan knows the severity that a rule had.
  Description: `${severityWords}${rule.severity}. ${rule.description}`.slice(0, 1024),
  ...merge(
    parameters(rule),
    alertTopic(),
    sharedQueues(rule),
    boundary,
    role(rule),
    lambda(rule),
    memory(rule),
    names,
    triggers(rule),
    alarms(rule),
    ownNotifier(),
  ),
});
