/** CloudFormation StackSets through the AWS SDK. */
import {
  type CallAs,
  CloudFormationClient,
  CreateStackInstancesCommand,
  CreateStackSetCommand,
  DeleteStackInstancesCommand,
  DeleteStackSetCommand,
  DescribeStackSetCommand,
  DescribeStackSetOperationCommand,
  ListStackSetAutoDeploymentTargetsCommand,
  paginateListStackInstances,
  paginateListStackSetOperationResults,
  paginateListStackSetOperations,
  paginateListStackSets,
  type StackSetOperationPreferences,
  UpdateStackSetCommand,
} from '@aws-sdk/client-cloudformation';
import type {
  Definition,
  OperationResult,
  Preferences,
  Scope,
  StackInstance,
  StackSet,
  StackSetOperation,
  StackSets,
  Target,
} from '../stacksets.ts';
import type { Connection } from './client.ts';
import { connect } from './connection.ts';
import { cloudError, nameOf } from './errors.ts';
import { paced, stackSetCallsPerSecond } from './pace.ts';
import type { StackSetsOptions } from '../options.ts';

/**
 * Connects to StackSets. Makes no call yet.
 *
 * @throws OperatorError when no region is set.
 */
export async function awsStackSets(
  { delegatedAdministrator, ...options }: StackSetsOptions,
  environment: Record<string, string | undefined>,
): Promise<StackSets> {
  const stackSets = stackSetsOn(await connect(options, environment), delegatedAdministrator);
  return paced(stackSets, 1000, stackSetCallsPerSecond);
}

/** StackSets on a connection. */
function stackSetsOn(connection: Connection, delegated: boolean): StackSets {
  const client = new CloudFormationClient(connection);
  const as: { readonly CallAs: CallAs } = { CallAs: delegated ? 'DELEGATED_ADMIN' : 'SELF' };
  return {
    list: () => call('ListStackSets', () => list(client, as)),
    stackSet: (name) => call('DescribeStackSet', () => describe(client, as, name)),
    instances: (name) => call('ListStackInstances', () => listInstances(client, as, name)),
    targets: (name) =>
      call('ListStackSetAutoDeploymentTargets', () => listTargets(client, as, name)),
    create: (definition, ClientRequestToken) =>
      call('CreateStackSet', async () => {
        const input = { ...inputOf(definition), ...as, ClientRequestToken };
        try {
          await client.send(new CreateStackSetCommand(input));
        } catch (error) {
          // An earlier attempt, whose answer was lost, made it, if it has the same tags.
          if (nameOf(error) !== 'NameAlreadyExistsException') throw error;
          const found = await describe(client, as, definition.name);
          const same = Object.entries(definition.tags).every(
            ([name, text]) => found?.tags[name] === text,
          );
          if (!same) throw error;
        }
      }),
    update: (definition, preferences, OperationId) =>
      operate('UpdateStackSet', OperationId, () =>
        client.send(
          new UpdateStackSetCommand({
            ...inputOf(definition),
            ...as,
            ...preferencesOf(preferences),
            OperationId,
          }),
        ),
      ),
    retry: ({ name, parameters }, scope, preferences, OperationId) =>
      operate('UpdateStackSet', OperationId, () =>
        client.send(
          new UpdateStackSetCommand({
            StackSetName: name,
            UsePreviousTemplate: true,
            // Without them they would be taken from the template's defaults.
            Parameters: Object.keys(parameters).map((ParameterKey) => ({
              ParameterKey,
              UsePreviousValue: true,
            })),
            Capabilities: ['CAPABILITY_IAM'],
            ...scopeOf(scope),
            ...as,
            ...preferencesOf(preferences),
            OperationId,
          }),
        ),
      ),
    addInstances: (StackSetName, scope, preferences, OperationId) =>
      operate('CreateStackInstances', OperationId, () =>
        client.send(
          new CreateStackInstancesCommand({
            StackSetName,
            ...scopeOf(scope),
            ...as,
            ...preferencesOf(preferences),
            OperationId,
          }),
        ),
      ),
    removeInstances: (StackSetName, scope, preferences, OperationId) =>
      operate('DeleteStackInstances', OperationId, () =>
        client.send(
          new DeleteStackInstancesCommand({
            StackSetName,
            ...scopeOf(scope),
            RetainStacks: false,
            ...as,
            ...preferencesOf(preferences),
            OperationId,
          }),
        ),
      ),
    delete: (StackSetName) =>
      call('DeleteStackSet', async () => {
        try {
          await client.send(new DeleteStackSetCommand({ StackSetName, ...as }));
        } catch (error) {
          if (nameOf(error) !== 'StackSetNotFoundException') throw error;
        }
      }),
    underWay: (name) => call('ListStackSetOperations', () => findUnderWay(client, as, name)),
    operation: (name, id) =>
      call('DescribeStackSetOperation', async () => {
        const input = { StackSetName: name, OperationId: id, ...as };
        const answer = await client.send(new DescribeStackSetOperationCommand(input));
        return operationOf({ OperationId: id, ...answer.StackSetOperation });
      }),
    results: (name, id) =>
      call('ListStackSetOperationResults', () => listResults(client, as, name, id)),
  };
}

type As = { readonly CallAs: CallAs };

/** Runs a call, and gives its errors the deployer's form. */
async function call<T>(name: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw cloudError(`cloudformation:${name}`, error);
  }
}

/** Starts an operation. One of that id is what an earlier attempt, whose answer was lost, has started. */
const operate = (
  name: string,
  id: string,
  run: () => Promise<{ readonly OperationId?: string | undefined }>,
): Promise<string> =>
  call(name, async () => {
    try {
      return (await run()).OperationId ?? id;
    } catch (error) {
      if (nameOf(error) === 'OperationIdAlreadyExistsException') return id;
      throw error;
    }
  });

const inputOf = ({ name, template, parameters, tags, autoDeployment }: Definition) => ({
  StackSetName: name,
  ...('body' in template ? { TemplateBody: template.body } : { TemplateURL: template.url }),
  Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
    ParameterKey,
    ParameterValue,
  })),
  Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  Capabilities: ['CAPABILITY_IAM' as const],
  PermissionModel: 'SERVICE_MANAGED' as const,
  AutoDeployment: autoDeployment.enabled
    ? { Enabled: true, RetainStacksOnAccountRemoval: autoDeployment.retainStacks }
    : { Enabled: false },
});

const scopeOf = ({ units, regions, accounts }: Scope) => ({
  DeploymentTargets: {
    OrganizationalUnitIds: [...units],
    ...(accounts ? { Accounts: [...accounts], AccountFilterType: 'INTERSECTION' as const } : {}),
  },
  Regions: [...regions],
});

/**
 * How an operation is carried out. Without `SOFT_FAILURE_TOLERANCE`, CloudFormation deals with one account more at a time
 * than may fail, whatever it is told.
 */
function preferencesOf({ failureTolerance, maxConcurrency, parallelRegions }: Preferences): {
  readonly OperationPreferences: StackSetOperationPreferences;
} {
  const share = (text: string): number => Number.parseInt(text);
  return {
    OperationPreferences: {
      RegionConcurrencyType: parallelRegions ? 'PARALLEL' : 'SEQUENTIAL',
      ConcurrencyMode: 'SOFT_FAILURE_TOLERANCE',
      ...(typeof failureTolerance === 'number'
        ? { FailureToleranceCount: failureTolerance }
        : { FailureTolerancePercentage: share(failureTolerance) }),
      ...(typeof maxConcurrency === 'number'
        ? { MaxConcurrentCount: maxConcurrency }
        : { MaxConcurrentPercentage: share(maxConcurrency) }),
    },
  };
}

async function list(client: CloudFormationClient, as: As): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const page of paginateListStackSets({ client }, { Status: 'ACTIVE', ...as })) {
    for (const { StackSetName, Status } of page.Summaries ?? []) {
      if (StackSetName !== undefined && Status !== 'DELETED') names.push(StackSetName);
    }
  }
  return names;
}

const pairs = <T>(
  items: readonly T[] | undefined,
  pair: (item: T) => readonly [string | undefined, string | undefined],
): Readonly<Record<string, string>> =>
  Object.fromEntries((items ?? []).map(pair).map(([key = '', value = '']) => [key, value]));

async function describe(
  client: CloudFormationClient,
  as: As,
  name: string,
): Promise<StackSet | undefined> {
  try {
    const input = { StackSetName: name, ...as };
    const { StackSet: found } = await client.send(new DescribeStackSetCommand(input));
    if (!found || found.Status === 'DELETED') return undefined;
    const { AutoDeployment: auto } = found;
    return {
      id: found.StackSetId ?? '',
      name: found.StackSetName ?? name,
      ...(found.TemplateBody === undefined ? {} : { template: found.TemplateBody }),
      parameters: pairs(found.Parameters, (each) => [each.ParameterKey, each.ParameterValue]),
      tags: pairs(found.Tags, (each) => [each.Key, each.Value]),
      serviceManaged: found.PermissionModel === 'SERVICE_MANAGED',
      ...(auto
        ? {
            autoDeployment: {
              enabled: auto.Enabled === true,
              retainStacks: auto.RetainStacksOnAccountRemoval === true,
            },
          }
        : {}),
      units: found.OrganizationalUnitIds ?? [],
      regions: found.Regions ?? [],
    };
  } catch (error) {
    if (nameOf(error) === 'StackSetNotFoundException') return undefined;
    throw error;
  }
}

async function listInstances(
  client: CloudFormationClient,
  as: As,
  name: string,
): Promise<readonly StackInstance[]> {
  const instances: StackInstance[] = [];
  for await (const page of paginateListStackInstances({ client }, { StackSetName: name, ...as })) {
    for (const each of page.Summaries ?? []) {
      instances.push({
        account: each.Account ?? '',
        region: each.Region ?? '',
        unit: each.OrganizationalUnitId ?? '',
        status: each.Status ?? '',
        detail: each.StackInstanceStatus?.DetailedStatus ?? '',
        ...(each.StatusReason ? { reason: each.StatusReason } : {}),
      });
    }
  }
  return instances;
}

/** The SDK has no pages for it. */
async function listTargets(
  client: CloudFormationClient,
  as: As,
  StackSetName: string,
): Promise<readonly Target[]> {
  const targets: Target[] = [];
  for (let token: string | undefined; ;) {
    const input = { StackSetName, ...as, ...(token ? { NextToken: token } : {}) };
    const page = await client.send(new ListStackSetAutoDeploymentTargetsCommand(input));
    for (const { OrganizationalUnitId: unit = '', Regions: regions = [] } of page.Summaries ?? []) {
      targets.push({ unit, regions });
    }
    token = page.NextToken;
    if (!token) return targets;
  }
}

const operationOf = (operation: {
  readonly OperationId?: string | undefined;
  readonly Action?: string | undefined;
  readonly Status?: string | undefined;
  readonly StatusReason?: string | undefined;
}): StackSetOperation => ({
  id: operation.OperationId ?? '',
  action: operation.Action ?? '',
  status: operation.Status ?? '',
  ...(operation.StatusReason ? { reason: operation.StatusReason } : {}),
});

async function findUnderWay(
  client: CloudFormationClient,
  as: As,
  name: string,
): Promise<StackSetOperation | undefined> {
  const input = { StackSetName: name, ...as };
  for await (const page of paginateListStackSetOperations({ client }, input)) {
    const found = page.Summaries?.find(
      ({ Status = '' }) => !['SUCCEEDED', 'FAILED', 'STOPPED'].includes(Status),
    );
    if (found) return operationOf(found);
  }
  return undefined;
}

async function listResults(
  client: CloudFormationClient,
  as: As,
  name: string,
  id: string,
): Promise<readonly OperationResult[]> {
  const results: OperationResult[] = [];
  const input = { StackSetName: name, OperationId: id, ...as };
  for await (const page of paginateListStackSetOperationResults({ client }, input)) {
    for (const each of page.Summaries ?? []) {
      results.push({
        account: each.Account ?? '',
        region: each.Region ?? '',
        status: each.Status ?? '',
        ...(each.StatusReason ? { reason: each.StatusReason } : {}),
      });
    }
  }
  return results;
}
