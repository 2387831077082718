/** Patrol's stacks and their resources, from CloudFormation. */
import { createHash } from 'node:crypto';
import {
  type CloudFormationClient,
  DescribeStackSetCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  paginateListStackResources,
  paginateListStacks,
  type CallAs,
  StackSetNotFoundException,
  type StackResourceSummary,
  StackStatus,
} from '@aws-sdk/client-cloudformation';
import { stackNames, stackSetPrefix } from '@patrol/core/contracts';
import type { Deployed, SeenStack } from '../seen.ts';

/** The stacks with a name of Patrol's that exist, or are being created or deleted. */
export async function listStacks(
  client: CloudFormationClient,
): Promise<readonly { readonly id: string; readonly name: string }[]> {
  const stacks: { id: string; name: string }[] = [];
  const StackStatusFilter = Object.values(StackStatus).filter(
    // A change set that nobody executed leaves an empty stack in review.
    (status) => status !== 'DELETE_COMPLETE' && status !== 'REVIEW_IN_PROGRESS',
  );
  for await (const page of paginateListStacks({ client }, { StackStatusFilter })) {
    for (const { StackId: id = '', StackName: name = '' } of page.StackSummaries ?? []) {
      if (/^(StackSet-)?patrol-/.test(name)) stacks.push({ id, name });
    }
  }
  return stacks;
}

/** What CloudFormation says of a stack. */
export interface Described {
  readonly status: string;
  /** `undefined` when the stack is not one of Patrol. */
  readonly rule: string | undefined;
  /** The topics that it names, each with what the topic does. */
  readonly topics: readonly (readonly [string, string])[];
  /** The topics that get the alerts, of people and, where there is a notifier, of machines; empty when the stack names none. */
  readonly alertTopic: string;
  readonly machinesTopic: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** When it was last created or updated, in milliseconds. */
  readonly updated: number;
}

/** @param id the stack's ARN. With it, CloudFormation also describes a stack that was deleted a moment ago. */
export async function describeStack(client: CloudFormationClient, id: string): Promise<Described> {
  const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: id }));
  if (!stack) throw new Error('CloudFormation gave no description of the stack');
  const parameter = (name: string): string =>
    stack.Parameters?.find(({ ParameterKey }) => ParameterKey === name)?.ParameterValue ?? '';
  const output = (name: string): string =>
    stack.Outputs?.find(({ OutputKey }) => OutputKey === name)?.OutputValue ?? '';
  const { parameters, outputs } = stackNames;
  const alertTopic = output(outputs.topic);
  const machinesTopic = output(outputs.machinesTopic);
  return {
    status: stack.StackStatus ?? '',
    alertTopic,
    machinesTopic,
    updated: (stack.LastUpdatedTime ?? stack.CreationTime ?? new Date(0)).getTime(),
    parameters: Object.fromEntries(
      (stack.Parameters ?? []).map(({ ParameterKey = '', ParameterValue = '' }) => [
        ParameterKey,
        ParameterValue,
      ]),
    ),
    // Somebody can remove tags and leave no trace in the resources. The description changes only with the template.
    rule:
      stack.Tags?.find(({ Key }) => Key === 'patrol:rule')?.Value ??
      (stack.Description?.startsWith('Patrol: ')
        ? stack.StackName?.replace(/^StackSet-/, '').split('-')[2]
        : undefined),
    topics: [
      [parameter(parameters.dispatchTopic), 'gets what goes to Dispatch'] as const,
      [parameter(parameters.alarmTopic), 'gets the alarms'] as const,
      [machinesTopic, 'gets each alert, for machines'] as const,
      [alertTopic, 'gets the alerts'] as const,
    ].filter(([arn]) => arn !== ''),
  };
}

/** A resource of a stack. */
export interface Resource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
}

export async function listResources(
  client: CloudFormationClient,
  StackName: string,
): Promise<readonly Resource[]> {
  const resources: Resource[] = [];
  for await (const page of paginateListStackResources({ client }, { StackName })) {
    for (const resource of page.StackResourceSummaries ?? []) {
      const {
        LogicalResourceId: logicalId = '',
        ResourceType: type = '',
        PhysicalResourceId: physicalId = '',
      } = resource;
      if (physicalId !== '' && !isGone(resource)) resources.push({ logicalId, type, physicalId });
    }
  }
  return resources;
}

/** The text of the template of a stack, as it was deployed. */
export async function templateOf(client: CloudFormationClient, StackName: string): Promise<string> {
  const { TemplateBody = '' } = await client.send(new GetTemplateCommand({ StackName }));
  // One that is no JSON is not of patrol-deploy.
  JSON.parse(TemplateBody);
  return TemplateBody;
}

/**
 * What there is of a stack set. One that the account manages for its organisation is found only by whoever asks as its delegated
 * administrator.
 */
export async function stackSet(client: CloudFormationClient, name: string): Promise<Deployed> {
  const StackSetName = name.slice(stackSetPrefix.length);
  const asked = (CallAs: CallAs) =>
    client.send(new DescribeStackSetCommand({ StackSetName, CallAs }));
  const { StackSet } = await asked('SELF').catch((error: unknown) => {
    if (error instanceof StackSetNotFoundException)
      return asked('DELEGATED_ADMIN').catch(() => {
        throw error;
      });
    throw error;
  });
  const { Status: status = '', TemplateBody = '', Parameters = [] } = StackSet ?? {};
  const parameters = Object.fromEntries(
    Parameters.map(({ ParameterKey = '', ParameterValue = '' }) => [ParameterKey, ParameterValue]),
  );
  return { name, status, deployed: deployedOf(TemplateBody, parameters) };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * What a stack is made of, by its hashes. patrol-deploy writes templates without white space, and CloudFormation may give them
 * with some.
 */
export const deployedOf = (
  template: string,
  parameters: Readonly<Record<string, string>>,
): NonNullable<SeenStack['deployed']> => ({
  templates: [sha256(template), sha256(JSON.stringify(JSON.parse(template)))],
  code: hashIn(parameters[stackNames.parameters.codeKey]),
});

/** The hash in the key under which patrol-deploy stores code. */
export const hashIn = (key: unknown): string | undefined =>
  /\/([0-9a-f]{64})\.zip$/.exec(typeof key === 'string' ? key : '')?.[1];

const isGone = ({ ResourceStatus: status }: StackResourceSummary): boolean =>
  status === 'DELETE_COMPLETE' || status === 'DELETE_IN_PROGRESS';
