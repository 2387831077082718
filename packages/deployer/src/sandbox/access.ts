/** What a rule's function may use from the sandbox. Pure. */
import type { RuleManifest } from '@patrol/core/contracts';
import type { Live } from '../cloud/live.ts';
import { sandbox } from '../evaluate/sandbox.ts';
import { fields } from '../template/functions.ts';

/** The resources of its own stack that a function uses, by the names and ARNs in its environment. */
export interface StackResources {
  /** Topics that it publishes to. */
  readonly topics: readonly string[];
  readonly secrets: readonly string[];
  readonly tables: readonly string[];
}

/**
 * Finds the stack's own resources in the variables of its function.
 *
 * @param rule its parameters name resources of the operator, which are left out.
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

/** What a rule may ask of AWS with the operator's credentials, through the sandbox. */
export interface LiveAccess {
  readonly aws: Live;
  /** The ARNs of the secrets that its parameters name. */
  readonly secrets: readonly string[];
  /** The actions that its permissions name: `sns:ListSubscriptionsByTopic`. */
  readonly actions: readonly string[];
}

/** Limits access to AWS to what a rule declares. */
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
