/** CloudFormation StackSets through the AWS SDK. */
import type * as api from '@aws-sdk/client-cloudformation';
import { compact } from '../../text/records.ts';
import type { StackSetsOptions } from '../options.ts';
import type * as ours from '../stacksets.ts';
import * as sdk from './sdk.ts';
import { connect } from './connection.ts';
import { paced, stackSetCallsPerSecond } from './pace.ts';
import { cloudFormation } from './stacks.ts';

/** Connects to StackSets. */
export const awsStackSets: sdk.Connect<ours.StackSets, StackSetsOptions> = async (
  { delegatedAdministrator, ...options },
  environment,
) => {
  const stackSets = stackSetsOn(await connect(options, environment), delegatedAdministrator);
  return paced(stackSets, 1000, stackSetCallsPerSecond);
};

/** StackSets on a connection. */
function stackSetsOn(connection: sdk.Connection, delegated: boolean): ours.StackSets {
  const client = cloudFormation(connection);
  const as: As = { CallAs: delegated ? 'DELEGATED_ADMIN' : 'SELF' };
  /** Starts an operation. One of that id is what an earlier attempt, whose answer was lost, has started. */
  const operate = async (
    OperationId: string,
    preferences: ours.Preferences,
    start: (how: How) => Promise<{ readonly OperationId?: string | undefined }>,
  ): Promise<string> => {
    const OperationPreferences = preferencesOf(preferences);
    const started = start({ ...as, OperationId, OperationPreferences });
    const isKnown = (error: unknown): boolean =>
      sdk.nameOf(error) === 'OperationIdAlreadyExistsException';
    return (await sdk.orNone(started, isKnown))?.OperationId ?? OperationId;
  };
  return {
    list: () =>
      sdk.collected(client.paginateListStackSets({ Status: 'ACTIVE', ...as }), (page) =>
        page.Summaries?.flatMap(({ StackSetName: name, Status }) =>
          name === undefined || Status === 'DELETED' ? [] : [name],
        ),
      ),
    stackSet: (name) => describe(client, as, name),
    instances: (StackSetName) =>
      sdk.collected(client.paginateListStackInstances({ StackSetName, ...as }), (page) =>
        page.Summaries?.map(instanceOf),
      ),
    targets: (StackSetName) =>
      sdk.collected(
        sdk.pagesOf((NextToken) =>
          client.listStackSetAutoDeploymentTargets({ StackSetName, ...as, NextToken }),
        ),
        (page) =>
          page.Summaries?.map(({ OrganizationalUnitId: unit = '', Regions: regions = [] }) => ({
            unit,
            regions,
          })),
      ),
    create: (definition, token) => create(client, as, definition, token),
    update: (definition, preferences, id) =>
      operate(id, preferences, async (how) =>
        client.updateStackSet({ ...(await inputOf(client, as, definition)), ...how }),
      ),
    retry: ({ name, parameters }, scope, preferences, id) =>
      operate(id, preferences, (how) =>
        client.updateStackSet({
          StackSetName: name,
          UsePreviousTemplate: true,
          // Without them they would be taken from the template's defaults.
          Parameters: Object.keys(parameters).map((ParameterKey) => ({
            ParameterKey,
            UsePreviousValue: true,
          })),
          Capabilities: ['CAPABILITY_IAM'],
          ...scopeOf(scope),
          ...how,
        }),
      ),
    addInstances: (StackSetName, scope, preferences, id) =>
      operate(id, preferences, (how) =>
        client.createStackInstances({ StackSetName, ...scopeOf(scope), ...how }),
      ),
    removeInstances: (StackSetName, scope, preferences, id) => {
      const removed = { StackSetName, ...scopeOf(scope), RetainStacks: false };
      return operate(id, preferences, (how) => client.deleteStackInstances({ ...removed, ...how }));
    },
    delete: (StackSetName) => sdk.orNone(client.deleteStackSet({ StackSetName, ...as }), isMissing),
    underWay: async (StackSetName) => {
      for await (const page of client.paginateListStackSetOperations({ StackSetName, ...as })) {
        const found = page.Summaries?.find(({ Status = '' }) => !over.includes(Status));
        if (found) return operationOf(found);
      }
      return undefined;
    },
    operation: async (StackSetName, OperationId) => {
      const input = { StackSetName, OperationId, ...as };
      const { StackSetOperation: found } = await client.describeStackSetOperation(input);
      return operationOf({ OperationId, ...found });
    },
    results: (StackSetName, OperationId) =>
      sdk.collected(
        client.paginateListStackSetOperationResults({ StackSetName, OperationId, ...as }),
        (page) => page.Summaries?.map(resultOf),
      ),
  };
}

/** As whom a call is made. */
interface As {
  readonly CallAs: api.CallAs;
}

/** What every operation is started with. */
interface How extends As {
  readonly OperationId: string;
  readonly OperationPreferences: api.StackSetOperationPreferences;
}

/** The states of an operation that has ended. */
const over: readonly string[] = ['SUCCEEDED', 'FAILED', 'STOPPED'];

const isMissing = (error: unknown): boolean => sdk.nameOf(error) === 'StackSetNotFoundException';

async function create(
  client: api.CloudFormation,
  as: As,
  definition: ours.Definition,
  ClientRequestToken: string,
): Promise<void> {
  try {
    const input = await inputOf(client, as, definition);
    await client.createStackSet({ ...input, ...as, ClientRequestToken });
  } catch (error) {
    // An earlier attempt, whose answer was lost, made it, if it has the same tags.
    if (sdk.nameOf(error) !== 'NameAlreadyExistsException') throw error;
    const found = await describe(client, as, definition.name);
    const tags = Object.entries(definition.tags);
    if (tags.some(([name, text]) => found?.tags[name] !== text)) throw error;
  }
}

async function inputOf(
  client: api.CloudFormation,
  as: As,
  { name, template, parameters, tags, autoDeployment }: ours.Definition,
) {
  const { enabled, retainStacks, after: StackSetName } = autoDeployment;
  const before = StackSetName && (await client.describeStackSet({ StackSetName, ...as })).StackSet;
  const DependsOn = before && before.StackSetARN ? [before.StackSetARN] : [];
  return {
    StackSetName: name,
    ...('body' in template ? { TemplateBody: template.body } : { TemplateURL: template.url }),
    Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
      ParameterKey,
      ParameterValue,
    })),
    Tags: sdk.tagList(tags),
    Capabilities: ['CAPABILITY_IAM' as const],
    PermissionModel: 'SERVICE_MANAGED' as const,
    AutoDeployment: {
      Enabled: enabled,
      ...(enabled && { RetainStacksOnAccountRemoval: retainStacks, DependsOn }),
    },
  };
}

const scopeOf = ({ units, regions, accounts }: ours.Scope) => ({
  DeploymentTargets: {
    OrganizationalUnitIds: [...units],
    ...(accounts && { Accounts: [...accounts], AccountFilterType: 'INTERSECTION' as const }),
  },
  Regions: [...regions],
});

/**
 * How an operation is carried out. Without `SOFT_FAILURE_TOLERANCE`, CloudFormation deals with one account more at a time
 * than may fail, whatever it is told.
 */
const preferencesOf = ({
  failureTolerance,
  maxConcurrency,
  parallelRegions,
}: ours.Preferences): api.StackSetOperationPreferences => ({
  RegionConcurrencyType: parallelRegions ? 'PARALLEL' : 'SEQUENTIAL',
  ConcurrencyMode: 'SOFT_FAILURE_TOLERANCE',
  ...(typeof failureTolerance === 'number'
    ? { FailureToleranceCount: failureTolerance }
    : { FailureTolerancePercentage: Number.parseInt(failureTolerance) }),
  ...(typeof maxConcurrency === 'number'
    ? { MaxConcurrentCount: maxConcurrency }
    : { MaxConcurrentPercentage: Number.parseInt(maxConcurrency) }),
});

async function describe(
  client: api.CloudFormation,
  as: As,
  StackSetName: string,
): Promise<ours.StackSet | undefined> {
  const answer = await sdk.orNone(client.describeStackSet({ StackSetName, ...as }), isMissing);
  const found = answer?.StackSet;
  if (!found || found.Status === 'DELETED') return undefined;
  const auto = found.AutoDeployment;
  return compact({
    id: found.StackSetId ?? '',
    name: found.StackSetName ?? StackSetName,
    template: found.TemplateBody,
    parameters: sdk.textsOf(found.Parameters, (each) => [each.ParameterKey, each.ParameterValue]),
    tags: sdk.textsOf(found.Tags, (each) => [each.Key, each.Value]),
    serviceManaged: found.PermissionModel === 'SERVICE_MANAGED',
    autoDeployment:
      auto &&
      compact<ours.AutoDeployment>({
        enabled: auto.Enabled === true,
        retainStacks: auto.RetainStacksOnAccountRemoval === true,
        // arn:aws:cloudformation:us-east-1:111122223333:stackset/name:id
        after: auto.DependsOn?.[0]?.split('/')[1]?.split(':')[0],
      }),
    units: found.OrganizationalUnitIds ?? [],
    regions: found.Regions ?? [],
  });
}

const instanceOf = (each: api.StackInstanceSummary): ours.StackInstance =>
  compact({
    account: each.Account ?? '',
    region: each.Region ?? '',
    unit: each.OrganizationalUnitId ?? '',
    status: each.Status ?? '',
    detail: each.StackInstanceStatus?.DetailedStatus ?? '',
    reason: each.StatusReason || undefined,
  });

const operationOf = (operation: api.StackSetOperationSummary): ours.StackSetOperation =>
  compact({
    id: operation.OperationId ?? '',
    action: operation.Action ?? '',
    status: operation.Status ?? '',
    reason: operation.StatusReason || undefined,
  });

const resultOf = (each: api.StackSetOperationResultSummary): ours.OperationResult =>
  compact({
    account: each.Account ?? '',
    region: each.Region ?? '',
    status: each.Status ?? '',
    reason: each.StatusReason || undefined,
  });
