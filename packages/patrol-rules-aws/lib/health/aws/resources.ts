/** The resources of a stack as AWS has them, for what the template of the stack says about them. */
import { isObject } from '@patrol/core';
import type { Properties } from '../compare/properties.ts';
import { type DeployedStack, propertiesIn } from '../compare/template.ts';
import type { HealthAction } from '../permissions.ts';
import type { SeenResource } from '../seen.ts';
import { ask } from './ask.ts';
import type { Reads } from './reads.ts';
import { hashIn } from './stacks.ts';

/** What is read of a resource, and with which call. */
interface Reader {
  readonly call: HealthAction;
  readonly read: (id: string, wanted: Properties, reads: Reads) => Promise<object>;
  /** What AWS does not give by itself is worked out from what is wanted. */
  readonly wanted?: (wanted: Properties, id: string, others: readonly Properties[]) => Properties;
  /** What the resource is called, where its id in AWS says nothing. */
  readonly name?: (id: string, wanted: Properties) => string;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const json = (value: unknown): unknown =>
  typeof value === 'string' && value !== '' ? JSON.parse(value) : undefined;
const lastOf = (id: string): string => id.slice(id.search(/[^:/]*$/));
const first = (value: unknown): string => text(Array.isArray(value) ? value[0] : value);

/** All statements of the policy of a function are about that function. */
const withoutResource = (statement: unknown): unknown => {
  if (!isObject(statement)) return statement;
  const { Resource: _, ...others } = statement;
  return others;
};

const readers: Readonly<Record<string, Reader>> = {
  'AWS::Events::Rule': {
    call: 'events:ListTargetsByRule',
    read: async (id, _, { rule, targets }) => {
      const { EventPattern, ...found } = await rule(id);
      return { ...found, EventPattern: json(EventPattern), Targets: (await targets(id)).Targets };
    },
  },
  'AWS::Lambda::Function': {
    call: 'lambda:GetFunctionConfiguration',
    read: async (id, _, { configuration }) => {
      const { CodeSha256 = '', KMSKeyArn, Layers, VpcConfig, ...found } = await configuration(id);
      return {
        ...found,
        CodeSha256: Buffer.from(CodeSha256, 'base64').toString('hex'),
        KmsKeyArn: KMSKeyArn,
        Layers: Layers?.map(({ Arn }) => Arn),
        VpcConfig: VpcConfig?.SubnetIds,
      };
    },
    wanted: ({ Code, ...wanted }) => ({
      ...wanted,
      CodeSha256: hashIn(isObject(Code) ? Code['S3Key'] : undefined),
    }),
  },
  'AWS::Lambda::Permission': {
    call: 'lambda:GetPolicy',
    read: async (_, { FunctionName }, { permissions }) => {
      const policy = json((await permissions(text(FunctionName))).Policy);
      const { Statement = [] }: Properties = isObject(policy) ? policy : {};
      return { Policy: { Statement: [Statement].flat().map(withoutResource) } };
    },
    wanted: ({ Action, FunctionName, Principal, SourceArn }) => ({
      FunctionName,
      Policy: {
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: Principal },
            Action,
            Condition: { ArnLike: { 'AWS:SourceArn': SourceArn } },
          },
        ],
      },
    }),
  },
  'AWS::Lambda::EventInvokeConfig': {
    call: 'lambda:GetFunctionEventInvokeConfig',
    read: (_, { FunctionName }, { retries }) => retries(text(FunctionName)),
    name: (_, { FunctionName }) => text(FunctionName),
  },
  'AWS::SQS::Queue': {
    call: 'sqs:GetQueueAttributes',
    read: async (id, _, { queue }) => (await queue(id)).Attributes ?? {},
    name: lastOf,
  },
  'AWS::SQS::QueuePolicy': {
    call: 'sqs:GetQueueAttributes',
    read: async (_, { Queues }, { queue }) => ({
      PolicyDocument: json((await queue(first(Queues))).Attributes?.['Policy']),
    }),
    name: (_, { Queues }) => lastOf(first(Queues)),
  },
  'AWS::SNS::Topic': {
    call: 'sns:GetTopicAttributes',
    read: async (id, _, { topic }) => {
      const { Policy, ...found } = (await topic(id)).Attributes ?? {};
      return { ...found, PolicyDocument: json(Policy) };
    },
    // A policy is a resource of its own.
    wanted: (wanted, id, others) => ({
      ...wanted,
      PolicyDocument: others.find(({ Topics }) => Array.isArray(Topics) && Topics.includes(id))?.[
        'PolicyDocument'
      ],
    }),
  },
  'AWS::ApiGatewayV2::Route': {
    call: 'apigateway:GET',
    read: async (id, { ApiId }, { routes }) =>
      found((await routes(text(ApiId))).Items?.find(({ RouteId }) => RouteId === id)),
    name: (_, { ApiId }) => text(ApiId),
  },
  'AWS::ApiGatewayV2::Integration': {
    call: 'apigateway:GET',
    read: async (id, { ApiId }, { integrations }) =>
      found((await integrations(text(ApiId))).Items?.find((each) => each.IntegrationId === id)),
    name: (_, { ApiId }) => text(ApiId),
  },
  'AWS::ApiGatewayV2::Stage': {
    call: 'apigateway:GET',
    read: async (id, { ApiId }, { stages }) =>
      found((await stages(text(ApiId))).Items?.find(({ StageName }) => StageName === id)),
    name: (_, { ApiId }) => text(ApiId),
  },
};

/** An error as AWS gives one for what is not there. */
class NotFound extends Error {
  override readonly name = 'NotFoundException';
}

function found<T>(item: T | undefined): T {
  if (item === undefined) throw new NotFound('it is not listed');
  return item;
}

/** Reads the resources of a stack that can be compared with its template. */
export function resourcesReader(
  reads: Reads,
): (template: unknown, stack: DeployedStack) => Promise<readonly SeenResource[]> {
  return async (template, stack) => {
    const resources = Object.entries(stack.resources).flatMap(([logicalId, { type, id }]) => {
      const properties = propertiesIn(template, logicalId, stack);
      return properties ? [{ type, id, properties }] : [];
    });
    const others = resources.map(({ properties }) => properties);
    const alarms = resources.filter(({ type }) => type === 'AWS::CloudWatch::Alarm');
    const names = alarms.map(({ id }) => id).join(',');
    const seen = resources.map(async ({ type, id, properties }): Promise<SeenResource[]> => {
      const reader = type === 'AWS::CloudWatch::Alarm' ? alarmReader(names) : readers[type];
      if (!reader) return [];
      const wanted = reader.wanted?.(properties, id, others) ?? properties;
      const name = reader.name?.(id, wanted) ?? id;
      const answer = await ask(reader.call, name, () => reader.read(id, wanted, reads));
      return [
        { type, name, wanted, answer: 'value' in answer ? { value: { ...answer.value } } : answer },
      ];
    });
    return (await Promise.all(seen)).flat();
  };
}

/** Alarms are read all at once. */
const alarmReader = (names: string): Reader => ({
  call: 'cloudwatch:DescribeAlarms',
  read: async (id, _, { alarms }) => found((await alarms(names)).get(id)),
});
