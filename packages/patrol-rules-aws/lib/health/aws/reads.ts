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
  type Dimension,
  type MetricAlarm,
  type MetricDataQuery,
  paginateDescribeAlarms,
  paginateGetMetricData,
  paginateListMetrics,
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
    /** The metrics of a name that had data in the last three hours, by one of their dimensions. */
    active: async (Namespace: string, MetricName: string, dimension: string) => {
      const names: string[] = [];
      const query = { Namespace, MetricName, RecentlyActive: 'PT3H' } as const;
      for await (const { Metrics = [] } of paginateListMetrics({ client: cloudWatch }, query)) {
        names.push(...Metrics.flatMap(({ Dimensions = [] }) => valueOf(Dimensions, dimension)));
      }
      return names;
    },
    /** How often each of some metrics counted since a time: 500 of them at most are asked for at once. */
    sums: async (metrics: readonly Counted[], now: number): Promise<readonly number[]> => {
      const sums: number[] = [];
      for (let from = 0; from < metrics.length; from += 500) {
        const some = metrics.slice(from, from + 500);
        const StartTime = new Date(now - Math.max(...some.map(({ within }) => within * 1000)));
        const found = new Map<string, number>();
        const pages = paginateGetMetricData(
          { client: cloudWatch },
          { StartTime, EndTime: new Date(now), MetricDataQueries: some.map(query) },
        );
        for await (const { MetricDataResults = [] } of pages) {
          for (const { Id = '', Values = [], Timestamps = [] } of MetricDataResults) {
            const since = now - (some[Number(Id.slice(1))]?.within ?? 0) * 1000;
            const counts = Values.filter((_, at) => (Timestamps[at]?.getTime() ?? now) >= since);
            found.set(
              Id,
              counts.reduce((sum, count) => sum + count, found.get(Id) ?? 0),
            );
          }
        }
        sums.push(...some.map((_, index) => found.get(`m${index}`) ?? 0));
      }
      return sums;
    },
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

/** A metric that counts, and how far back it is read, in seconds. */
export interface Counted {
  readonly namespace: string;
  readonly metric: string;
  readonly dimension?: readonly [name: string, value: string];
  readonly within: number;
}

const query = ({ namespace, metric, dimension }: Counted, index: number): MetricDataQuery => ({
  Id: `m${index}`,
  MetricStat: {
    Metric: {
      Namespace: namespace,
      MetricName: metric,
      Dimensions: dimension ? [{ Name: dimension[0], Value: dimension[1] }] : [],
    },
    Period: 300,
    Stat: 'Sum',
  },
});

const valueOf = (dimensions: readonly Dimension[], name: string): readonly string[] =>
  // A metric with more dimensions counts the same once more.
  dimensions.length === 1 && dimensions[0]?.Name === name ? [dimensions[0].Value ?? ''] : [];

const once = <T>(read: (name: string) => Promise<T>): ((name: string) => Promise<T>) => {
  const known = new Map<string, Promise<T>>();
  return (name) => {
    const reading = known.get(name) ?? read(name);
    known.set(name, reading);
    return reading;
  };
};
