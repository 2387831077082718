/** CloudFormation through the AWS SDK. */
import {
  type Change,
  CloudFormationClient,
  ContinueUpdateRollbackCommand,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  paginateDescribeStacks,
  paginateListChangeSets,
  paginateListStackResources,
  paginateListStacks,
  RollbackStackCommand,
  type Stack as SdkStack,
  type StackEvent as SdkEvent,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import {
  type ChangeSet,
  type ChangeSetRequest,
  type Cloud,
  previousValue,
  type ResourceChange,
  type Stack,
  type StackEvent,
  type StackResource,
} from '../cloud.ts';
import { messageOf } from '../../text/errors.ts';
import type { Connection } from './client.ts';
import { cloudError, nameOf } from './errors.ts';

type Stacks = Pick<
  Cloud,
  | 'stack'
  | 'template'
  | 'createChangeSet'
  | 'changeSet'
  | 'pendingChangeSets'
  | 'executeChangeSet'
  | 'deleteChangeSet'
  | 'deleteStack'
  | 'events'
  | 'lastEvent'
  | 'resources'
  | 'continueRollback'
  | 'rollBack'
  | 'unprotect'
  | 'deletedStack'
  | 'allStacks'
>;

/** Runs a call of CloudFormation, and gives its errors the deployer's form. */
async function call<T>(name: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw cloudError(`cloudformation:${name}`, error);
  }
}

/** CloudFormation's part of the cloud. */
export function awsStacks(connection: Connection): Stacks {
  const client = new CloudFormationClient(connection);
  return {
    stack: (nameOrId) => call('DescribeStacks', () => describeStack(client, nameOrId)),
    template: (nameOrId) =>
      call('GetTemplate', async () => {
        const input = { StackName: nameOrId, TemplateStage: 'Original' as const };
        return (await client.send(new GetTemplateCommand(input))).TemplateBody ?? '';
      }),
    createChangeSet: (request) => call('CreateChangeSet', () => createChangeSet(client, request)),
    changeSet: (id) => call('DescribeChangeSet', () => describeChangeSet(client, id)),
    pendingChangeSets: (stack) => call('ListChangeSets', () => pendingChangeSets(client, stack)),
    executeChangeSet: (id, token) =>
      call('ExecuteChangeSet', async () => {
        await client.send(
          new ExecuteChangeSetCommand({ ChangeSetName: id, ClientRequestToken: token }),
        );
      }),
    deleteChangeSet: (id) =>
      call('DeleteChangeSet', async () => {
        await client.send(new DeleteChangeSetCommand({ ChangeSetName: id }));
      }),
    deleteStack: (id, token, leave) =>
      call('DeleteStack', async () => {
        const left =
          leave === undefined
            ? {}
            : 'force' in leave
              ? { DeletionMode: 'FORCE_DELETE_STACK' as const }
              : { RetainResources: [...leave.resources] };
        await client.send(
          new DeleteStackCommand({ StackName: id, ClientRequestToken: token, ...left }),
        );
      }),
    events: (stackId, after) =>
      call('DescribeStackEvents', () => eventsAfter(client, stackId, after)),
    lastEvent: (stackId) =>
      call('DescribeStackEvents', async () => {
        const page = await client.send(new DescribeStackEventsCommand({ StackName: stackId }));
        return page.StackEvents?.[0]?.EventId;
      }),
    resources: (stackId) => call('ListStackResources', () => listResources(client, stackId)),
    continueRollback: (stackId, skip, token) =>
      call('ContinueUpdateRollback', async () => {
        await client.send(
          new ContinueUpdateRollbackCommand({
            StackName: stackId,
            ClientRequestToken: token,
            ...(skip.length > 0 ? { ResourcesToSkip: [...skip] } : {}),
          }),
        );
      }),
    rollBack: (stackId, token) =>
      call('RollbackStack', async () => {
        await client.send(
          new RollbackStackCommand({ StackName: stackId, ClientRequestToken: token }),
        );
      }),
    unprotect: (stackId) =>
      call('UpdateTerminationProtection', async () => {
        await client.send(
          new UpdateTerminationProtectionCommand({
            StackName: stackId,
            EnableTerminationProtection: false,
          }),
        );
      }),
    deletedStack: (name) => call('ListStacks', () => deletedStack(client, name)),
    allStacks: () => call('DescribeStacks', () => allStacks(client)),
  };
}

const isMissing = (error: unknown): boolean =>
  nameOf(error) === 'ValidationError' && /does not exist/.test(messageOf(error));

async function describeStack(
  client: CloudFormationClient,
  nameOrId: string,
): Promise<Stack | undefined> {
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: nameOrId }));
    return Stacks[0] && stackOf(Stacks[0]);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** All stacks of the account in the region. */
export async function allStacks(client: CloudFormationClient): Promise<readonly Stack[]> {
  const stacks: Stack[] = [];
  for await (const page of paginateDescribeStacks({ client }, {})) {
    stacks.push(...(page.Stacks ?? []).map(stackOf));
  }
  return stacks;
}

const pairs = <T>(
  items: readonly T[] | undefined,
  key: (item: T) => string | undefined,
  value: (item: T) => string | undefined,
): Readonly<Record<string, string>> =>
  Object.fromEntries((items ?? []).map((item) => [key(item) ?? '', value(item) ?? '']));

/** A stack as CloudFormation describes it. */
function stackOf(stack: SdkStack): Stack {
  return {
    id: stack.StackId ?? '',
    name: stack.StackName ?? '',
    status: stack.StackStatus ?? '',
    ...(stack.StackStatusReason ? { reason: stack.StackStatusReason } : {}),
    parameters: pairs(
      stack.Parameters,
      ({ ParameterKey }) => ParameterKey,
      ({ ParameterValue }) => ParameterValue,
    ),
    outputs: pairs(
      stack.Outputs,
      ({ OutputKey }) => OutputKey,
      ({ OutputValue }) => OutputValue,
    ),
    tags: pairs(
      stack.Tags,
      ({ Key }) => Key,
      ({ Value }) => Value,
    ),
    created: stack.CreationTime ?? new Date(0),
    ...(stack.LastUpdatedTime ? { updated: stack.LastUpdatedTime } : {}),
    terminationProtected: stack.EnableTerminationProtection === true,
    ...(stack.DriftInformation?.StackDriftStatus === 'DRIFTED'
      ? { drifted: stack.DriftInformation.LastCheckTimestamp ?? new Date(0) }
      : {}),
  };
}

/** Names are given again: of several deleted stacks the one that was deleted last counts. */
async function deletedStack(
  client: CloudFormationClient,
  name: string,
): Promise<string | undefined> {
  const found: { id: string; at: number }[] = [];
  for await (const page of paginateListStacks(
    { client },
    { StackStatusFilter: ['DELETE_COMPLETE'] },
  )) {
    for (const { StackName, StackId, DeletionTime } of page.StackSummaries ?? []) {
      if (StackName === name && StackId) {
        found.push({ id: StackId, at: DeletionTime?.getTime() ?? 0 });
      }
    }
  }
  return found.toSorted((one, other) => other.at - one.at)[0]?.id;
}

async function createChangeSet(
  client: CloudFormationClient,
  request: ChangeSetRequest,
): Promise<{ id: string; stackId: string }> {
  const { stack, name, kind, template, parameters, tags } = request;
  const input = {
    StackName: stack,
    ChangeSetName: name,
    ChangeSetType: kind,
    ClientToken: name,
    Capabilities: ['CAPABILITY_IAM' as const],
    ...(kind === 'CREATE' ? { OnStackFailure: 'DELETE' as const } : {}),
    ...('body' in template ? { TemplateBody: template.body } : { TemplateURL: template.url }),
    Parameters: Object.entries(parameters).map(([ParameterKey, value]) =>
      value === previousValue
        ? { ParameterKey, UsePreviousValue: true }
        : { ParameterKey, ParameterValue: value },
    ),
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  };
  try {
    const { Id = '', StackId = '' } = await client.send(new CreateChangeSetCommand(input));
    return { id: Id, stackId: StackId };
  } catch (error) {
    // The name is unique: what exists is ours, and only the answer to an earlier attempt was lost.
    if (nameOf(error) !== 'AlreadyExistsException') throw error;
    const made = new DescribeChangeSetCommand({ StackName: stack, ChangeSetName: name });
    const { ChangeSetId = '', StackId = '' } = await client.send(made);
    return { id: ChangeSetId, stackId: StackId };
  }
}

async function describeChangeSet(client: CloudFormationClient, id: string): Promise<ChangeSet> {
  const changes: Change[] = [];
  for (let token: string | undefined; ;) {
    const page = await client.send(
      new DescribeChangeSetCommand({
        ChangeSetName: id,
        IncludePropertyValues: true,
        ...(token ? { NextToken: token } : {}),
      }),
    );
    changes.push(...(page.Changes ?? []));
    token = page.NextToken;
    if (token) continue;
    return {
      id: page.ChangeSetId ?? id,
      stackId: page.StackId ?? '',
      status: page.Status ?? '',
      execution: page.ExecutionStatus ?? '',
      ...(page.StatusReason ? { reason: page.StatusReason } : {}),
      changes: changes.flatMap(changeOf),
    };
  }
}

/** Whatever its execution status says, one that is executed was begun; that of one that failed to be made is `UNAVAILABLE`. */
const begun: readonly (string | undefined)[] = ['EXECUTE_IN_PROGRESS', 'EXECUTE_COMPLETE'];

async function pendingChangeSets(
  client: CloudFormationClient,
  stack: string,
): Promise<readonly { readonly id: string; readonly name: string }[]> {
  const pending: { id: string; name: string }[] = [];
  for await (const page of paginateListChangeSets({ client }, { StackName: stack })) {
    for (const { ChangeSetId, ChangeSetName = '', ExecutionStatus } of page.Summaries ?? []) {
      if (ChangeSetId && !begun.includes(ExecutionStatus)) {
        pending.push({ id: ChangeSetId, name: ChangeSetName });
      }
    }
  }
  return pending;
}

function changeOf({ ResourceChange: change }: Change): readonly ResourceChange[] {
  if (!change) return [];
  const properties = new Map<string, { name: string; before?: string; after?: string }>();
  for (const { Target: target } of change.Details ?? []) {
    // Of a property with parts, each part that changes is told by itself.
    const part = target?.Path?.replace(/^\/Properties\//, '').replaceAll('/', '.');
    const name = part || (target?.Name ?? target?.Attribute);
    if (!name) continue;
    // The same one is told of once for each reason; only some of them know the values.
    properties.set(name, {
      ...properties.get(name),
      name,
      ...(target?.BeforeValue === undefined ? {} : { before: target.BeforeValue }),
      ...(target?.AfterValue === undefined ? {} : { after: target.AfterValue }),
    });
  }
  return [
    {
      action: change.Action ?? '',
      resource: change.LogicalResourceId ?? '',
      type: change.ResourceType ?? '',
      ...(change.Replacement ? { replacement: change.Replacement } : {}),
      properties: [...properties.values()],
      ...(change.BeforeContext ? { before: change.BeforeContext } : {}),
      ...(change.AfterContext ? { after: change.AfterContext } : {}),
    },
  ];
}

/** AWS gives the newest first: pages are read until the known event turns up. */
async function eventsAfter(
  client: CloudFormationClient,
  stackId: string,
  after: string | undefined,
): Promise<readonly StackEvent[]> {
  const fresh: StackEvent[] = [];
  for (let token: string | undefined; ;) {
    const page = await client.send(
      new DescribeStackEventsCommand({
        StackName: stackId,
        ...(token ? { NextToken: token } : {}),
      }),
    );
    const events = page.StackEvents ?? [];
    const known = events.findIndex(({ EventId }) => EventId === after);
    fresh.push(...(known < 0 ? events : events.slice(0, known)).map(eventOf));
    token = page.NextToken;
    if (known >= 0 || !token) return fresh.toReversed();
  }
}

const eventOf = (event: SdkEvent): StackEvent => ({
  id: event.EventId ?? '',
  time: event.Timestamp ?? new Date(0),
  resource: event.LogicalResourceId ?? '',
  resourceType: event.ResourceType ?? '',
  status: event.ResourceStatus ?? '',
  ...(event.PhysicalResourceId ? { physicalId: event.PhysicalResourceId } : {}),
  ...(event.ResourceStatusReason ? { reason: event.ResourceStatusReason } : {}),
  ...(/^HOOK_(COMPLETE_)?FAILED$/.test(event.HookStatus ?? '')
    ? { hook: `${event.HookType}: ${event.HookStatusReason ?? 'no reason given'}` }
    : {}),
});

async function listResources(
  client: CloudFormationClient,
  stackId: string,
): Promise<readonly StackResource[]> {
  const resources: StackResource[] = [];
  for await (const page of paginateListStackResources({ client }, { StackName: stackId })) {
    for (const found of page.StackResourceSummaries ?? []) {
      resources.push({
        resource: found.LogicalResourceId ?? '',
        type: found.ResourceType ?? '',
        status: found.ResourceStatus ?? '',
        ...(found.PhysicalResourceId ? { physicalId: found.PhysicalResourceId } : {}),
      });
    }
  }
  return resources;
}
