/** The stacks of Patrol, and what is in them, as CloudFormation says it. */
import {
  type CloudFormationClient,
  DescribeStacksCommand,
  paginateListStackResources,
  paginateListStacks,
  type StackResourceSummary,
  StackStatus,
} from '@aws-sdk/client-cloudformation';
import { stackNames } from '@patrol/core/contracts';

/** Stacks with a name of Patrol's that are there, or are being made or deleted. */
export async function listStacks(
  client: CloudFormationClient,
): Promise<readonly { readonly id: string; readonly name: string }[]> {
  const stacks: { id: string; name: string }[] = [];
  const StackStatusFilter = Object.values(StackStatus).filter(
    // An abandoned change set leaves a stack in review, with nothing in it.
    (status) => status !== 'DELETE_COMPLETE' && status !== 'REVIEW_IN_PROGRESS',
  );
  for await (const page of paginateListStacks({ client }, { StackStatusFilter })) {
    for (const { StackId: id = '', StackName: name = '' } of page.StackSummaries ?? []) {
      if (name.startsWith('patrol-')) stacks.push({ id, name });
    }
  }
  return stacks;
}

interface Description {
  readonly status: string;
  /** `undefined` when the stack is not Patrol's. */
  readonly rule: string | undefined;
  /** The topics that it names, with what each does. */
  readonly topics: readonly (readonly [string, string])[];
  /** The one of them that gets the alerts; empty when it names none. */
  readonly alertTopic: string;
}

/** @param id the stack's ARN: it can be read even when the stack was deleted a moment ago. */
export async function describeStack(
  client: CloudFormationClient,
  id: string,
): Promise<Description> {
  const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: id }));
  if (!stack) throw new Error('CloudFormation gave no description of the stack');
  const parameter = (name: string): string =>
    stack.Parameters?.find(({ ParameterKey }) => ParameterKey === name)?.ParameterValue ?? '';
  const output = (name: string): string =>
    stack.Outputs?.find(({ OutputKey }) => OutputKey === name)?.OutputValue ?? '';
  const { parameters, outputs } = stackNames;
  const alertTopic = output(outputs.topic);
  return {
    status: stack.StackStatus ?? '',
    alertTopic,
    // Tags can be taken away without a trace in the resources, descriptions only with another template.
    rule:
      stack.Tags?.find(({ Key }) => Key === 'patrol:rule')?.Value ??
      (stack.Description?.startsWith('Patrol: ') ? stack.StackName?.split('-')[2] : undefined),
    topics: [
      [parameter(parameters.dispatchTopic), 'gets what goes to Dispatch'] as const,
      [parameter(parameters.alarmTopic), 'gets the alarms'] as const,
      [alertTopic, 'gets the alerts'] as const,
    ].filter(([arn]) => arn !== ''),
  };
}

/** A resource of a stack. */
export interface Resource {
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
      const { ResourceType: type = '', PhysicalResourceId: physicalId = '' } = resource;
      if (physicalId !== '' && !isGone(resource)) resources.push({ type, physicalId });
    }
  }
  return resources;
}

const isGone = ({ ResourceStatus: status }: StackResourceSummary): boolean =>
  status === 'DELETE_COMPLETE' || status === 'DELETE_IN_PROGRESS';
