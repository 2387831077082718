/** What is read of the resources of stacks. What two ask for is read once. */
import {
  ApiGatewayV2Client,
  GetApiCommand,
  GetIntegrationsCommand,
  GetRoutesCommand,
  GetStagesCommand,
} from '@aws-sdk/client-apigatewayv2';
import {
  CloudWatchClient,
  type MetricAlarm,
  paginateDescribeAlarms,
} from '@aws-sdk/client-cloudwatch';
import {
  DescribeRuleCommand,
  EventBridgeClient,
  ListTargetsByRuleCommand,
} from '@aws-sdk/client-eventbridge';
import {
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetFunctionEventInvokeConfigCommand,
  GetPolicyCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { GetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { connection } from './ask.ts';

/** Reads resources by their names. */
export type Reads = ReturnType<typeof reads>;

export function reads() {
  const eventBridge = new EventBridgeClient(connection);
  const lambda = new LambdaClient(connection);
  // In emulators and behind VPC endpoints, the host in the URL of a queue is not the endpoint.
  const sqs = new SQSClient({ ...connection, useQueueUrlAsEndpoint: false });
  const sns = new SNSClient(connection);
  const cloudWatch = new CloudWatchClient(connection);
  const apiGateway = new ApiGatewayV2Client(connection);
  return {
    rule: once((Name) => eventBridge.send(new DescribeRuleCommand({ Name }))),
    targets: once((Rule) => eventBridge.send(new ListTargetsByRuleCommand({ Rule }))),
    concurrency: once((FunctionName) =>
      lambda.send(new GetFunctionConcurrencyCommand({ FunctionName })),
    ),
    configuration: once((FunctionName) =>
      lambda.send(new GetFunctionConfigurationCommand({ FunctionName })),
    ),
    retries: once((FunctionName) =>
      lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName, Qualifier: '$LATEST' })),
    ),
    permissions: once((FunctionName) => lambda.send(new GetPolicyCommand({ FunctionName }))),
    queue: once((QueueUrl) =>
      sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] })),
    ),
    topic: once((TopicArn) => sns.send(new GetTopicAttributesCommand({ TopicArn }))),
    api: once((ApiId) => apiGateway.send(new GetApiCommand({ ApiId }))),
    routes: once((ApiId) => apiGateway.send(new GetRoutesCommand({ ApiId }))),
    integrations: once((ApiId) => apiGateway.send(new GetIntegrationsCommand({ ApiId }))),
    stages: once((ApiId) => apiGateway.send(new GetStagesCommand({ ApiId }))),
    /** Alarms by their names, which are separated by commas. */
    alarms: once(async (names): Promise<ReadonlyMap<string, MetricAlarm>> => {
      const alarms = new Map<string, MetricAlarm>();
      const AlarmNames = names.split(',');
      const pages = paginateDescribeAlarms({ client: cloudWatch }, { AlarmNames, MaxRecords: 100 });
      for await (const { MetricAlarms = [] } of pages) {
        for (const alarm of MetricAlarms) alarms.set(alarm.AlarmName ?? '', alarm);
      }
      return alarms;
    }),
  };
}

const once = <T>(read: (name: string) => Promise<T>): ((name: string) => Promise<T>) => {
  const known = new Map<string, Promise<T>>();
  return (name) => {
    const reading = known.get(name) ?? read(name);
    known.set(name, reading);
    return reading;
  };
};
