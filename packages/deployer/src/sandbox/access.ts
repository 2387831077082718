/** What the code of a rule may reach from the sandbox. Pure. */
import type { RuleManifest } from '@patrol/core/contracts';
import type { Live } from '../cloud/live.ts';
import { sandbox } from '../evaluate/sandbox.ts';
import { fields } from '../template/functions.ts';

/** What of a stack its function uses at run time, by the names and ARNs that its environment tells it. */
export interface StackResources {
  /** Topics that it publishes to. */
  readonly topics: readonly string[];
  readonly secrets: readonly string[];
  readonly tables: readonly string[];
}

/**
 * Picks a stack's own resources out of its function's variables. What the rule's parameters name is the operator's, and not
 * among them.
 *
 * @param rule whose parameters are left out.
 */
export function stackResources(
  rule: { readonly parameters: Readonly<Record<string, unknown>> },
  template: { readonly text: string },
  variables: Readonly<Record<string, string>>,
): StackResources {
  const values = Object.entries(variables)
    .filter(([name]) => !Object.hasOwn(rule.parameters, name))
    .map(([, value]) => value);
  const ofService = (service: string): readonly string[] =>
    values.filter((value) => new RegExp(`^arn:[^:]+:${service}:`).test(value));
  const resources = Object.entries(fields(fields(JSON.parse(template.text))['Resources']));
  const tables = resources
    .filter(([, resource]) => fields(resource)['Type'] === 'AWS::DynamoDB::Table')
    .map(([name]) => `${sandbox.stackName}-${name}`);
  return {
    topics: ofService('sns'),
    secrets: ofService('secretsmanager'),
    tables: values.filter((value) => tables.includes(value)),
  };
}

/** What a rule may have asked of AWS in the operator's name: what its role could, of what passes through the sandbox. */
export interface LiveAccess {
  readonly aws: Live;
  /** The ARNs of the secrets that its parameters name. */
  readonly secrets: readonly string[];
  /** The actions that its permissions name: `sns:ListSubscriptionsByTopic`. */
  readonly actions: readonly string[];
}

/** Limits the operator's way to AWS to what a rule has to ask. */
export const liveAccess = (
  { parameters, permissions }: Pick<RuleManifest, 'parameters' | 'permissions'>,
  values: Readonly<Record<string, string>>,
  aws: Live,
): LiveAccess => ({
  aws,
  secrets: Object.entries(parameters).flatMap(([name, { kind }]) =>
    kind === 'secret' && values[name] ? [values[name].trim()] : [],
  ),
  actions: permissions.flatMap(({ Action }) => Action),
});
