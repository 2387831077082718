// This file is a chunk of its own, loaded by the schedule of the rule patrolHealth. The clients share most of their code.
import {
  ApiGatewayV2Client,
  GetApiCommand,
  GetRoutesCommand,
  GetStagesCommand,
} from '@aws-sdk/client-apigatewayv2';
import {
  CloudFormationClient,
  DescribeStacksCommand,
  paginateListStackResources,
  paginateListStacks,
  type StackResourceSummary,
  StackStatus,
} from '@aws-sdk/client-cloudformation';
import {
  CloudTrailClient,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
  type Trail,
} from '@aws-sdk/client-cloudtrail';
import { CloudWatchClient, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DescribeRuleCommand,
  EventBridgeClient,
  ListTargetsByRuleCommand,
} from '@aws-sdk/client-eventbridge';
import { IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { GetFunctionConcurrencyCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { paginateListSubscriptionsByTopic, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { splitArn } from '@patrol/core';
import { defaultSelectors } from '@patrol/core/trail';
import { stackNames } from '@patrol/core/contracts';
import {
  type Answer,
  isBusy,
  partTypes,
  type Seen,
  type SeenPart,
  type SeenStack,
  type SeenTopic,
  type SeenTrail,
} from './seen.ts';

/** A call that hangs is given up before the function's own time limit would end the whole run. */
const connection = {
  maxAttempts: 5,
  requestHandler: { connectionTimeout: 3000, requestTimeout: 10_000, throwOnRequestTimeout: true },
};

/** How the services name what is not there. */
const missing =
  /^(ResourceNotFoundException|NotFoundException|NoSuchEntityException|TrailNotFoundException|QueueDoesNotExist)$/;

/** Runs a call; what it throws becomes part of what was seen. */
async function ask<T>(call: string, about: string, run: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { value: await run() };
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    return {
      call,
      about,
      error: `${error.name}: ${error.message}`.replace(/\.$/, ''),
      isMissing: missing.test(error.name),
    };
  }
}

/** Looks at everything. Stacks come one after the other, so that little is taken of what AWS allows in a second. */
export async function look(): Promise<Seen> {
  const trails = await ask('cloudtrail:DescribeTrails', 'the trails of the region', lookAtTrails);
  const client = new CloudFormationClient(connection);
  const listed = await ask('cloudformation:ListStacks', 'the stacks of the region', () =>
    listStacks(client),
  );
  if (!('value' in listed)) return { stacks: listed, topics: [], trails };
  const parts = partsReader();
  const stacks: Answer<SeenStack>[] = [];
  const uses = new Map<string, SeenTopic['uses'][number][]>();
  for (const { id, name } of listed.value) {
    const described = await ask('cloudformation:DescribeStacks', name, () =>
      describeStack(client, id),
    );
    if (!('value' in described)) {
      stacks.push(described);
      continue;
    }
    const { status, rule, topics, alertTopic } = described.value;
    // Others may call their stacks patrol-…, too.
    if (rule === undefined || status === 'DELETE_COMPLETE') continue;
    const resources: Answer<readonly Resource[]> = isBusy(status)
      ? { value: [] }
      : await ask('cloudformation:ListStackResources', name, () => listResources(client, id));
    stacks.push({
      value: {
        name,
        status,
        rule,
        parts:
          'value' in resources
            ? { value: await parts(resources.value, { id, alertTopic }) }
            : resources,
      },
    });
    if (isBusy(status)) continue;
    const own = 'value' in resources ? resources.value : [];
    const named = new Map([
      ...own
        .filter(({ type }) => type === 'AWS::SNS::Topic')
        .map(({ physicalId }) => [physicalId, 'runs the rule'] as const),
      ...topics,
    ]);
    for (const [arn, what] of named) {
      uses.set(arn, [...(uses.get(arn) ?? []), { stack: name, what }]);
    }
  }
  return { stacks: { value: stacks }, topics: await lookAtTopics(uses), trails };
}

/** Stacks with a name of Patrol's that are there, or are being made or deleted. */
async function listStacks(
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
async function describeStack(client: CloudFormationClient, id: string): Promise<Description> {
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

interface Resource {
  readonly type: string;
  readonly physicalId: string;
}

async function listResources(
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

/** SQS counts what waits, what is being read and what is held back apart. */
const counts = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const;

/** Reads the state of the resources of a stack, which is named by its ARN. */
function partsReader(): (
  resources: readonly Resource[],
  stack: { readonly id: string; readonly alertTopic: string },
) => Promise<readonly SeenPart[]> {
  const eventBridge = new EventBridgeClient(connection);
  const lambda = new LambdaClient(connection);
  // The URL of a queue names a host that is not the endpoint's in emulators and behind VPC endpoints.
  const sqs = new SQSClient({ ...connection, useQueueUrlAsEndpoint: false });
  const cloudWatch = new CloudWatchClient(connection);
  // IAM counts the calls of the whole account, those from other regions too: what is too many is waited for.
  const iam = new IAMClient({ ...connection, retryMode: 'adaptive', maxAttempts: 8 });
  const apiGateway = new ApiGatewayV2Client(connection);
  const secretsManager = new SecretsManagerClient(connection);
  const dynamoDB = new DynamoDBClient(connection);

  const eventRule = async (name: string): Promise<SeenPart> => {
    const kind = 'EventBridge rule';
    const state = await ask('events:DescribeRule', name, async () => {
      const { State = '' } = await eventBridge.send(new DescribeRuleCommand({ Name: name }));
      return State;
    });
    if (!('value' in state)) return { kind, name, answer: state };
    const answer = await ask('events:ListTargetsByRule', name, async () => {
      const { Targets = [] } = await eventBridge.send(new ListTargetsByRuleCommand({ Rule: name }));
      return { kind, state: state.value, targets: Targets.length } as const;
    });
    return { kind, name, answer };
  };
  const aFunction = async (name: string): Promise<SeenPart> => {
    const kind = 'function';
    const answer = await ask('lambda:GetFunctionConcurrency', name, async () => {
      const command = new GetFunctionConcurrencyCommand({ FunctionName: name });
      const { ReservedConcurrentExecutions: reservedConcurrency } = await lambda.send(command);
      return { kind, reservedConcurrency } as const;
    });
    return { kind, name, answer };
  };
  const queue = async (QueueUrl: string): Promise<SeenPart> => {
    const kind = 'queue';
    const name = QueueUrl.slice(QueueUrl.lastIndexOf('/') + 1);
    const answer = await ask('sqs:GetQueueAttributes', name, async () => {
      const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...counts] });
      const { Attributes } = await sqs.send(command);
      const messages = counts.reduce((sum, count) => sum + Number(Attributes?.[count]), 0);
      if (Number.isNaN(messages)) throw new Error('SQS did not say how many messages it holds');
      return { kind, messages } as const;
    });
    return { kind, name, answer };
  };
  const alarms = async (AlarmNames: readonly string[]): Promise<readonly SeenPart[]> => {
    if (AlarmNames.length === 0) return [];
    const call = 'cloudwatch:DescribeAlarms';
    const found = await ask(call, '', async () => {
      const actionsEnabled = new Map<string, boolean>();
      const pages = paginateDescribeAlarms(
        { client: cloudWatch },
        { AlarmNames: [...AlarmNames], MaxRecords: 100 },
      );
      for await (const page of pages) {
        for (const { AlarmName = '', ActionsEnabled } of page.MetricAlarms ?? []) {
          actionsEnabled.set(AlarmName, ActionsEnabled !== false);
        }
      }
      return actionsEnabled;
    });
    return AlarmNames.map((name): SeenPart => {
      const kind = 'alarm';
      if (!('value' in found)) return { kind, name, answer: { ...found, about: name } };
      const actionsEnabled = found.value.get(name);
      const answer: SeenPart['answer'] =
        actionsEnabled === undefined
          ? { call, about: name, error: 'it is not listed', isMissing: true }
          : { value: { kind, actionsEnabled } };
      return { kind, name, answer };
    });
  };

  const role = async (name: string, stackId: string, topic: string): Promise<SeenPart> => {
    const kind = 'role';
    const answer = await ask('iam:SimulatePrincipalPolicy', name, async () => {
      const { partition, account } = splitArn(stackId);
      const command = new SimulatePrincipalPolicyCommand({
        PolicySourceArn: `arn:${partition}:iam::${account}:role/${name}`,
        ActionNames: ['sns:Publish'],
        ResourceArns: [topic],
      });
      const { EvaluationResults: [result] = [] } = await iam.send(command);
      if (!result) throw new Error('IAM did not say whether the role may publish');
      return { kind, mayPublish: result.EvalDecision === 'allowed' } as const;
    });
    return { kind, name, answer };
  };
  const endpoint = async (name: string): Promise<SeenPart> => {
    const kind = 'webhook endpoint';
    const answer = await ask('apigateway:GET', name, async () => {
      const { DisableExecuteApiEndpoint: isDisabled = false } = await apiGateway.send(
        new GetApiCommand({ ApiId: name }),
      );
      const routes = await apiGateway.send(new GetRoutesCommand({ ApiId: name }));
      const stages = await apiGateway.send(new GetStagesCommand({ ApiId: name }));
      return {
        kind,
        isDisabled,
        routes: routes.Items?.filter(({ Target }) => Target).length ?? 0,
        stages: stages.Items?.length ?? 0,
      } as const;
    });
    return { kind, name, answer };
  };
  const secret = async (arn: string): Promise<SeenPart> => {
    const kind = 'webhook secret';
    const name = arn.slice(arn.lastIndexOf(':') + 1);
    const answer = await ask('secretsmanager:DescribeSecret', name, async () => {
      const command = new DescribeSecretCommand({ SecretId: arn });
      const { DeletedDate } = await secretsManager.send(command);
      return { kind, isBeingDeleted: DeletedDate !== undefined } as const;
    });
    return { kind, name, id: arn, answer };
  };
  const table = async (name: string): Promise<SeenPart> => {
    const kind = 'table';
    const answer = await ask('dynamodb:DescribeTable', name, async () => {
      const { Table } = await dynamoDB.send(new DescribeTableCommand({ TableName: name }));
      return { kind, status: Table?.TableStatus ?? '' } as const;
    });
    return { kind, name, answer };
  };

  return async (resources, { id, alertTopic }) => {
    const ofKind = (kind: SeenPart['kind']): readonly string[] =>
      resources.filter(({ type }) => type === partTypes[kind]).map(({ physicalId }) => physicalId);
    const parts = await Promise.all([
      ...ofKind('EventBridge rule').map(eventRule),
      ...ofKind('function').map(aFunction),
      ...ofKind('queue').map(queue),
      alarms(ofKind('alarm')),
      ...(alertTopic === '' ? [] : ofKind('role').map((name) => role(name, id, alertTopic))),
      ...ofKind('webhook endpoint').map(endpoint),
      ...ofKind('webhook secret').map(secret),
      ...ofKind('table').map(table),
    ]);
    return parts.flat();
  };
}

/** A topic is asked about in its own region. One that has a confirmed subscription is not read to the end. */
async function lookAtTopics(
  uses: ReadonlyMap<string, SeenTopic['uses']>,
): Promise<readonly SeenTopic[]> {
  const topics: SeenTopic[] = [];
  for (const [arn, use] of uses) {
    const answer = await ask('sns:ListSubscriptionsByTopic', arn, async () => {
      const client = new SNSClient({ ...connection, region: splitArn(arn).region });
      let pending = 0;
      for await (const page of paginateListSubscriptionsByTopic({ client }, { TopicArn: arn })) {
        for (const { SubscriptionArn = '' } of page.Subscriptions ?? []) {
          // In place of an ARN stands `PendingConfirmation`, or `Deleted` for some days.
          if (SubscriptionArn.startsWith('arn:')) return { isHeard: true, pending };
          if (SubscriptionArn === 'PendingConfirmation') pending += 1;
        }
      }
      return { isHeard: false, pending };
    });
    topics.push({ arn, uses: use, answer });
  }
  return topics;
}

/** The trails that record in this region, those of other regions and of the organization included. */
async function lookAtTrails(): Promise<readonly SeenTrail[]> {
  const client = new CloudTrailClient(connection);
  const { trailList = [] } = await client.send(new DescribeTrailsCommand({}));
  return Promise.all(trailList.map((trail) => lookAtTrail(client, trail)));
}

async function lookAtTrail(
  client: CloudTrailClient,
  { TrailARN: arn = '', HasCustomEventSelectors, ...others }: Trail,
): Promise<SeenTrail> {
  const { HomeRegion: region, IncludeGlobalServiceEvents } = others;
  // A trail of another region is asked for by its ARN ("GetTrailStatus").
  const status = await ask('cloudtrail:GetTrailStatus', arn, async () => {
    const found = await client.send(new GetTrailStatusCommand({ Name: arn }));
    const { IsLogging: isLogging = false, LatestDeliveryError: deliveryError = '' } = found;
    return { isLogging, deliveryError };
  });
  const selectors = await ask('cloudtrail:GetEventSelectors', arn, async () => {
    const home = region ? new CloudTrailClient({ ...connection, region }) : client;
    const found = await home.send(new GetEventSelectorsCommand({ TrailName: arn }));
    return { basic: found.EventSelectors ?? [], advanced: found.AdvancedEventSelectors ?? [] };
  });
  // The members of an organization may not read the selectors of its trail. The list says whether they are AWS's default.
  const areDefault = HasCustomEventSelectors === false && !('value' in selectors);
  return {
    arn,
    listed: { HomeRegion: region, IncludeGlobalServiceEvents },
    status,
    selectors: areDefault ? { value: defaultSelectors } : selectors,
  };
}

/**
 * Tells a third party that all is well, by requesting its URL.
 *
 * @returns why that failed, or `undefined`.
 */
export async function beat(url: string): Promise<string | undefined> {
  let failure: string | undefined;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) });
      await answer.body?.cancel();
      if (answer.ok) return undefined;
      failure = `it answered ${answer.status}`;
    } catch (error) {
      // `fetch failed` alone says little: the cause does.
      const { cause = error } = error as Error;
      failure = cause instanceof Error ? cause.message || cause.name : String(cause);
    }
  }
  return failure;
}
