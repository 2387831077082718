/** CloudFormation through the AWS SDK. */
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import type * as api from '@aws-sdk/client-cloudformation';
import { previousValue } from '../cloud.ts';
import type * as ours from '../cloud.ts';
import { messageOf } from '../../text/errors.ts';
import { compact } from '../../text/records.ts';
import * as sdk from './sdk.ts';

/** CloudFormation's part of the cloud. */
export function awsStacks(connection: sdk.Connection, express = false): ours.Stacks {
  const client = cloudFormation(connection);
  return {
    stack: async (StackName) => {
      const found = await sdk.orNone(client.describeStacks({ StackName }), isMissing);
      return found?.Stacks?.map(stackOf)[0];
    },
    allStacks: () => allStacks(client),
    deletedStack: (name) => deletedStack(client, name),
    template: async (StackName) =>
      (await client.getTemplate({ StackName, TemplateStage: 'Original' })).TemplateBody ?? '',
    resources: (StackName) =>
      sdk.collected(client.paginateListStackResources({ StackName }), (page) =>
        page.StackResourceSummaries?.map(resourceOf),
      ),
    events: (stackId, after) => eventsAfter(client, stackId, after),
    lastEvent: async (StackName) =>
      (await client.describeStackEvents({ StackName })).StackEvents?.[0]?.EventId,
    createChangeSet: (request) => createChangeSet(client, request, express),
    changeSet: (id) => describeChangeSet(client, id),
    pendingChangeSets: (StackName) =>
      sdk.collected(client.paginateListChangeSets({ StackName }), (page) =>
        page.Summaries?.flatMap(({ ChangeSetId: id, ChangeSetName: name = '', ExecutionStatus }) =>
          id && !begun.includes(ExecutionStatus) ? [{ id, name }] : [],
        ),
      ),
    executeChangeSet: (ChangeSetName, ClientRequestToken) =>
      client.executeChangeSet({ ChangeSetName, ClientRequestToken }),
    deleteChangeSet: (ChangeSetName) => client.deleteChangeSet({ ChangeSetName }),
    deleteStack: (StackName, ClientRequestToken, leave) => {
      const left =
        leave &&
        ('force' in leave
          ? { DeletionMode: 'FORCE_DELETE_STACK' as const }
          : { RetainResources: [...leave.resources] });
      return client.deleteStack({ StackName, ClientRequestToken, ...left });
    },
    continueRollback: (StackName, skip, ClientRequestToken) => {
      const ResourcesToSkip = skip.length > 0 ? [...skip] : undefined;
      return client.continueUpdateRollback({ StackName, ClientRequestToken, ResourcesToSkip });
    },
    rollBack: (StackName, ClientRequestToken) =>
      client.rollbackStack({ StackName, ClientRequestToken }),
    unprotect: (StackName) =>
      client.updateTerminationProtection({ StackName, EnableTerminationProtection: false }),
    protect: (StackName) =>
      client.updateTerminationProtection({ StackName, EnableTerminationProtection: true }),
  };
}

/** A client of CloudFormation. */
export const cloudFormation = (connection: sdk.Connection): CloudFormation =>
  sdk.withCloudErrors('cloudformation', new CloudFormation(connection));

const isMissing = (error: unknown): boolean =>
  sdk.nameOf(error) === 'ValidationError' && /does not exist/.test(messageOf(error));

/** All stacks of the account in the region. */
export const allStacks = (client: CloudFormation): Promise<readonly ours.Stack[]> =>
  sdk.collected(client.paginateDescribeStacks(), (page) => page.Stacks?.map(stackOf));

/** A stack as CloudFormation describes it. */
const stackOf = (stack: api.Stack): ours.Stack =>
  compact({
    id: stack.StackId ?? '',
    name: stack.StackName ?? '',
    status: stack.StackStatus ?? '',
    reason: stack.StackStatusReason || undefined,
    description: stack.Description,
    parameters: sdk.textsOf(stack.Parameters, (each) => [each.ParameterKey, each.ParameterValue]),
    outputs: sdk.textsOf(stack.Outputs, (each) => [each.OutputKey, each.OutputValue]),
    tags: sdk.textsOf(stack.Tags, (each) => [each.Key, each.Value]),
    created: stack.CreationTime ?? new Date(0),
    updated: stack.LastUpdatedTime,
    terminationProtected: stack.EnableTerminationProtection === true,
    role: stack.RoleARN,
    drifted:
      stack.DriftInformation?.StackDriftStatus === 'DRIFTED'
        ? (stack.DriftInformation.LastCheckTimestamp ?? new Date(0))
        : undefined,
  });

/** Names are given again: of several deleted stacks the one that was deleted last counts. */
async function deletedStack(client: CloudFormation, name: string): Promise<string | undefined> {
  const deleted = client.paginateListStacks({ StackStatusFilter: ['DELETE_COMPLETE'] });
  const found = await sdk.collected(deleted, ({ StackSummaries = [] }) =>
    StackSummaries.flatMap(({ StackName, StackId: id, DeletionTime }) =>
      StackName === name && id ? [{ id, at: DeletionTime?.getTime() ?? 0 }] : [],
    ),
  );
  return found.toSorted((one, other) => other.at - one.at)[0]?.id;
}

async function createChangeSet(
  client: CloudFormation,
  { stack, name, kind, template, parameters, tags, reverts, role }: ours.ChangeSetRequest,
  express: boolean,
): ReturnType<ours.Stacks['createChangeSet']> {
  const named = { StackName: stack, ChangeSetName: name };
  try {
    const { Id: id = '', StackId: stackId = '' } = await client.createChangeSet({
      ...named,
      ChangeSetType: kind,
      ClientToken: name,
      Capabilities: ['CAPABILITY_IAM'],
      RoleARN: role,
      // Without saying so, nothing is rolled back in express mode.
      DeploymentConfig: express ? { Mode: 'EXPRESS', DisableRollback: false } : undefined,
      OnStackFailure: kind === 'CREATE' ? 'DELETE' : undefined,
      DeploymentMode: reverts ? 'REVERT_DRIFT' : undefined,
      ...(template === 'previous'
        ? { UsePreviousTemplate: true }
        : 'body' in template
          ? { TemplateBody: template.body }
          : { TemplateURL: template.url }),
      Parameters: Object.entries(parameters).map(([ParameterKey, value]) =>
        value === previousValue
          ? { ParameterKey, UsePreviousValue: true }
          : { ParameterKey, ParameterValue: value },
      ),
      Tags: sdk.tagList(tags),
    });
    return { id, stackId };
  } catch (error) {
    // The name is unique: what exists is ours, and only the answer to an earlier attempt was lost.
    if (sdk.nameOf(error) !== 'AlreadyExistsException') throw error;
    const { ChangeSetId: id = '', StackId: stackId = '' } = await client.describeChangeSet(named);
    return { id, stackId };
  }
}

async function describeChangeSet(client: CloudFormation, id: string): Promise<ours.ChangeSet> {
  const input = { ChangeSetName: id, IncludePropertyValues: true };
  const pages = await sdk.collected(client.paginateDescribeChangeSet(input), (page) => [page]);
  const last = pages.at(-1);
  return compact({
    id: last?.ChangeSetId ?? id,
    stackId: last?.StackId ?? '',
    status: last?.Status ?? '',
    execution: last?.ExecutionStatus ?? '',
    reason: last?.StatusReason || undefined,
    changes: pages.flatMap(({ Changes = [] }) => Changes.flatMap(changeOf)),
  });
}

/** Whatever its execution status says, one that is executed was begun; that of one that failed to be made is `UNAVAILABLE`. */
const begun: readonly (string | undefined)[] = ['EXECUTE_IN_PROGRESS', 'EXECUTE_COMPLETE'];

function changeOf({ ResourceChange: change }: api.Change): readonly ours.ResourceChange[] {
  if (!change) return [];
  const properties = new Map<string, ours.ResourceChange['properties'][number]>();
  for (const { Target: target } of change.Details ?? []) {
    // Of a property with parts, each part that changes is told by itself.
    const part = target?.Path?.replace(/^\/Properties\//, '').replaceAll('/', '.');
    const name = part || (target?.Name ?? target?.Attribute);
    if (!name) continue;
    // The same one is told of once for each reason; only some of them know the values.
    const known = properties.get(name);
    const before = target?.BeforeValue ?? known?.before;
    const after = target?.AfterValue ?? known?.after;
    properties.set(name, compact({ name, before, after }));
  }
  return [
    compact({
      action: change.Action ?? '',
      resource: change.LogicalResourceId ?? '',
      type: change.ResourceType ?? '',
      replacement: change.Replacement,
      properties: [...properties.values()],
      before: change.BeforeContext || undefined,
      after: change.AfterContext || undefined,
    }),
  ];
}

/** AWS gives the newest first: pages are read until the known event turns up. */
async function eventsAfter(client: CloudFormation, StackName: string, after: string | undefined) {
  const fresh: ours.StackEvent[] = [];
  for await (const { StackEvents = [] } of client.paginateDescribeStackEvents({ StackName })) {
    const known = StackEvents.findIndex(({ EventId }) => EventId === after);
    fresh.push(...(known < 0 ? StackEvents : StackEvents.slice(0, known)).map(eventOf));
    if (known >= 0) break;
  }
  return fresh.toReversed();
}

const eventOf = (event: api.StackEvent): ours.StackEvent =>
  compact({
    id: event.EventId ?? '',
    time: event.Timestamp ?? new Date(0),
    resource: event.LogicalResourceId ?? '',
    resourceType: event.ResourceType ?? '',
    status: event.ResourceStatus ?? '',
    physicalId: event.PhysicalResourceId || undefined,
    reason: event.ResourceStatusReason || undefined,
    hook: /^HOOK_(COMPLETE_)?FAILED$/.test(event.HookStatus ?? '')
      ? `${event.HookType}: ${event.HookStatusReason ?? 'no reason given'}`
      : undefined,
  });

const resourceOf = (found: api.StackResourceSummary): ours.StackResource =>
  compact({
    resource: found.LogicalResourceId ?? '',
    type: found.ResourceType ?? '',
    status: found.ResourceStatus ?? '',
    physicalId: found.PhysicalResourceId || undefined,
  });
