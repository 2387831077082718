/** The state of the resources of a stack. */
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { splitArn } from '@patrol/core';
import { stackNames } from '@patrol/core/contracts';
import { partTypes, type SeenPart } from '../seen.ts';
import { ask, connection } from './ask.ts';
import type { Reads } from './reads.ts';
import type { Described, Resource } from './stacks.ts';

/** SQS has three counts: messages that wait, messages that are being read, and messages that are delayed. */
const counts = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const;

/** Reads the state of the resources of a stack. The ARN of the stack says which stack it is. */
export function partsReader(
  reads: Reads,
): (
  resources: readonly Resource[],
  stack: Pick<Described, 'alertTopic' | 'machinesTopic'> & { readonly id: string },
) => Promise<readonly SeenPart[]> {
  // IAM counts the calls of the whole account, those from other regions too. After too many calls the client waits.
  const iam = new IAMClient({ ...connection, retryMode: 'adaptive', maxAttempts: 8 });
  const secretsManager = new SecretsManagerClient(connection);
  const dynamoDB = new DynamoDBClient(connection);

  const eventRule = async (name: string): Promise<SeenPart> => {
    const kind = 'EventBridge rule';
    const state = await ask('events:DescribeRule', name, async () => {
      const { State = '' } = await reads.rule(name);
      return State;
    });
    if (!('value' in state)) return { kind, name, answer: state };
    const answer = await ask('events:ListTargetsByRule', name, async () => {
      const { Targets = [] } = await reads.targets(name);
      return { kind, state: state.value, targets: Targets.length } as const;
    });
    return { kind, name, answer };
  };
  const aFunction = async (name: string): Promise<SeenPart> => {
    const kind = 'function';
    const answer = await ask('lambda:GetFunctionConcurrency', name, async () => {
      const { ReservedConcurrentExecutions: reservedConcurrency } = await reads.concurrency(name);
      return { kind, reservedConcurrency } as const;
    });
    return { kind, name, answer };
  };
  const queue = async ({ physicalId: QueueUrl, logicalId }: Resource): Promise<SeenPart> => {
    const kind = 'queue';
    const name = QueueUrl.slice(QueueUrl.lastIndexOf('/') + 1);
    const answer = await ask('sqs:GetQueueAttributes', name, async () => {
      const { Attributes } = await reads.queue(QueueUrl);
      const messages = counts.reduce((sum, count) => sum + Number(Attributes?.[count]), 0);
      if (Number.isNaN(messages)) throw new Error('SQS did not say how many messages it holds');
      const isOfNotifier = logicalId === stackNames.baseResources.held;
      return { kind, messages, ...(isOfNotifier && { isOfNotifier }) } as const;
    });
    return { kind, name, answer };
  };
  const alarms = async (AlarmNames: readonly string[]): Promise<readonly SeenPart[]> => {
    if (AlarmNames.length === 0) return [];
    const call = 'cloudwatch:DescribeAlarms';
    const found = await ask(call, '', () => reads.alarms(AlarmNames.join(',')));
    return AlarmNames.map((name): SeenPart => {
      const kind = 'alarm';
      if (!('value' in found)) return { kind, name, answer: { ...found, about: name } };
      const alarm = found.value.get(name);
      const answer: SeenPart['answer'] = alarm
        ? { value: { kind, actionsEnabled: alarm.ActionsEnabled !== false } }
        : { call, about: name, error: 'it is not listed', isMissing: true };
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
      const { DisableExecuteApiEndpoint: isDisabled = false } = await reads.api(name);
      const routes = await reads.routes(name);
      const stages = await reads.stages(name);
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

  return async (resources, { id, alertTopic, machinesTopic }) => {
    // A notifier sends to people, and the rule before it to machines.
    const topicOf = ({ logicalId }: Resource): string =>
      logicalId === stackNames.baseResources.role ? alertTopic : machinesTopic || alertTopic;
    const resourcesOf = (kind: SeenPart['kind']): readonly Resource[] =>
      resources.filter(({ type }) => type === partTypes[kind]);
    const ofKind = (kind: SeenPart['kind']): readonly string[] =>
      resourcesOf(kind).map(({ physicalId }) => physicalId);
    const parts = await Promise.all([
      ...ofKind('EventBridge rule').map(eventRule),
      ...ofKind('function').map(aFunction),
      ...resourcesOf('queue').map(queue),
      alarms(ofKind('alarm')),
      ...(alertTopic === ''
        ? []
        : resourcesOf('role').map((each) => role(each.physicalId, id, topicOf(each)))),
      ...ofKind('webhook endpoint').map(endpoint),
      ...ofKind('webhook secret').map(secret),
      ...ofKind('table').map(table),
    ]);
    return parts.flat();
  };
}
