import {
  dispatchTopicVariable,
  heldQueueVariable,
  memoryTableVariable,
  muteAlias,
  peopleTopicVariable,
} from '../environment.ts';
import { stackNames } from '../contracts/stack-names.ts';
import { getAtt, ref, sub } from './intrinsics.ts';
import type { Part, Resource } from './merge.ts';
import { queue } from './queue.ts';
import { dispatchPolicy } from './role.ts';

/** Where a notifier stands. */
export interface NotifierPlace {
  /** Its code, as one CommonJS module. */
  readonly code: string;
  /** The ARN of the topic that gets every alert. */
  readonly machines: unknown;
  /** The ARN of the topic that the notifier alone sends to. */
  readonly people: unknown;
  /** The ARN of the topic that hears of what goes wrong. It must not depend on the notifier. */
  readonly alarms: unknown;
  /** The condition under which there is one. */
  readonly condition?: string;
  /** What Dispatch gets; nothing where it is left out. */
  readonly dispatch?: {
    /** The parameter with its ARN. */
    readonly parameter: string;
    /** The condition under which it is given. */
    readonly condition: string;
  };
}

/** The metric of what the notifier gets over. The age of the oldest message in the queue says nothing of what was tried thrice. */
const trouble = {
  Namespace: stackNames.metrics.namespace,
  MetricName: sub('${AWS::StackName}-NotifierTrouble'),
} as const;

/** Seconds that a run may take: less than an alert may be claimed by it. */
const timeout = 50;

/** The notifier between the topic of the machines and that of people, with all that it needs and what rings when it fails. */
export function notifier(place: NotifierPlace): Part {
  const { condition } = place;
  const resources: Readonly<Record<string, Resource>> = {
    ...ofFunction(place),
    ...ofAlarms(place),
  };
  return {
    Resources: condition
      ? Object.fromEntries(
          Object.entries(resources).map(([id, resource]) => [
            id,
            { Condition: condition, ...resource },
          ]),
        )
      : resources,
    Outputs: {
      [stackNames.baseOutputs.notifier]: {
        ...(condition ? { Condition: condition } : {}),
        Description: 'The function that tells people of alerts, and mutes.',
        Value: ref('Notifier'),
      },
    },
  };
}

const policy = (...Statement: readonly unknown[]): unknown => ({
  Version: '2012-10-17',
  Statement,
});
const allow = (Action: readonly string[], Resource: unknown): unknown => ({
  Effect: 'Allow',
  Action,
  Resource,
});

function ofFunction({
  code,
  machines,
  people,
  dispatch,
}: NotifierPlace): Readonly<Record<string, Resource>> {
  return {
    NotifierTable: {
      Type: 'AWS::DynamoDB::Table',
      DeletionPolicy: 'Delete',
      UpdateReplacePolicy: 'Delete',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        // A mute that somebody writes past the notifier would be no news to anybody.
        ResourcePolicy: {
          PolicyDocument: policy({
            Sid: 'OnlyTheNotifierWrites',
            Effect: 'Deny',
            Principal: '*',
            Action: [
              'dynamodb:PutItem',
              'dynamodb:UpdateItem',
              'dynamodb:DeleteItem',
              'dynamodb:BatchWriteItem',
              'dynamodb:PartiQLInsert',
              'dynamodb:PartiQLUpdate',
              'dynamodb:PartiQLDelete',
            ],
            Resource: '*',
            Condition: { ArnNotEquals: { 'aws:PrincipalArn': getAtt('NotifierRole', 'Arn') } },
          }),
        },
      },
    },
    NotifierHeldQueue: {
      ...queue(),
      Properties: {
        ...queue().Properties,
        VisibilityTimeout: 90,
        // A topic that refuses everything for 14 days is tried once a minute, and at last SQS loses nothing.
        RedrivePolicy: {
          deadLetterTargetArn: getAtt('NotifierFailureQueue', 'Arn'),
          maxReceiveCount: 1000,
        },
      },
    },
    NotifierFailureQueue: queue(),
    NotifierFailureQueuePolicy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [ref('NotifierFailureQueue')],
        PolicyDocument: policy(
          ...[
            ['sns.amazonaws.com', machines],
            ['events.amazonaws.com', getAtt('NotifierTick', 'Arn')],
          ].map(([Service, source]) => ({
            Effect: 'Allow',
            Principal: { Service },
            Action: 'sqs:SendMessage',
            Resource: getAtt('NotifierFailureQueue', 'Arn'),
            Condition: { ArnEquals: { 'aws:SourceArn': source } },
          })),
        ),
      },
    },
    NotifierLogGroup: {
      Type: 'AWS::Logs::LogGroup',
      DeletionPolicy: 'Delete',
      UpdateReplacePolicy: 'Delete',
      Properties: {
        LogGroupName: sub('/aws/lambda/${AWS::StackName}-notifier'),
        RetentionInDays: 365,
      },
    },
    NotifierTrouble: countOf('trouble', trouble),
    // patrolHealth compares it with what was published to the topic of the machines.
    NotifierAccounted: countOf('accounted', {
      Namespace: stackNames.metrics.namespace,
      MetricName: sub(`\${AWS::StackName}-${stackNames.metrics.accounted}`),
    }),
    NotifierRole: {
      Type: 'AWS::IAM::Role',
      Properties: {
        Description: 'Patrol: tells people of alerts',
        AssumeRolePolicyDocument: policy({
          Effect: 'Allow',
          Principal: { Service: 'lambda.amazonaws.com' },
          Action: 'sts:AssumeRole',
        }),
        Policies: [
          {
            PolicyName: stackNames.basePolicies.notifier,
            PolicyDocument: policy(
              allow(
                ['logs:CreateLogStream', 'logs:PutLogEvents'],
                getAtt('NotifierLogGroup', 'Arn'),
              ),
              allow(['sns:Publish', 'sns:GetTopicAttributes'], people),
              allow(
                ['sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:DeleteMessage'],
                getAtt('NotifierHeldQueue', 'Arn'),
              ),
              allow(['sqs:SendMessage'], getAtt('NotifierFailureQueue', 'Arn')),
              allow(
                ['dynamodb:BatchGetItem', 'dynamodb:PutItem'],
                // The policy of the table names the role, so that the role cannot name the table.
                sub(
                  'arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${AWS::StackName}-*',
                ),
              ),
            ),
          },
        ],
      },
    },
    Notifier: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Description:
          'Patrol: tells people of alerts at once or in lists, and mutes for some hours.',
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        Code: { ZipFile: code },
        Role: getAtt('NotifierRole', 'Arn'),
        MemorySize: 512,
        Timeout: timeout,
        LoggingConfig: { LogFormat: 'JSON', LogGroup: ref('NotifierLogGroup') },
        Environment: {
          Variables: {
            [memoryTableVariable]: ref('NotifierTable'),
            [heldQueueVariable]: ref('NotifierHeldQueue'),
            [peopleTopicVariable]: people,
            ...(dispatch && { [dispatchTopicVariable]: ref(dispatch.parameter) }),
          },
        },
      },
    },
    ...(dispatch && {
      NotifierDispatchPolicy: dispatchPolicy(
        'NotifierRole',
        ref(dispatch.parameter),
        dispatch.condition,
      ),
    }),
    NotifierRetries: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: {
        FunctionName: ref('Notifier'),
        Qualifier: '$LATEST',
        MaximumRetryAttempts: 2,
        MaximumEventAgeInSeconds: 21_600,
        DestinationConfig: { OnFailure: { Destination: getAtt('NotifierFailureQueue', 'Arn') } },
      },
    },
    NotifierMute: {
      Type: 'AWS::Lambda::Alias',
      Properties: {
        Description: 'Patrol: whoever may invoke this alias may mute alerts for up to 24 hours.',
        FunctionName: ref('Notifier'),
        FunctionVersion: '$LATEST',
        Name: muteAlias,
      },
    },
    NotifierSubscription: {
      Type: 'AWS::SNS::Subscription',
      Properties: {
        TopicArn: machines,
        Protocol: 'lambda',
        Endpoint: getAtt('Notifier', 'Arn'),
        RedrivePolicy: { deadLetterTargetArn: getAtt('NotifierFailureQueue', 'Arn') },
      },
    },
    NotifierPermission: invokedBy('sns.amazonaws.com', machines),
    NotifierTick: {
      Type: 'AWS::Events::Rule',
      Properties: {
        Description: 'Patrol: each minute people are told what waits.',
        State: 'ENABLED',
        ScheduleExpression: 'rate(1 minute)',
        Targets: [
          {
            Id: 'Notifier',
            Arn: getAtt('Notifier', 'Arn'),
            DeadLetterConfig: { Arn: getAtt('NotifierFailureQueue', 'Arn') },
          },
        ],
      },
    },
    NotifierTickPermission: invokedBy('events.amazonaws.com', getAtt('NotifierTick', 'Arn')),
  };
}

/** Counts what the notifier logs with a verdict. */
const countOf = (
  verdict: string,
  { Namespace, MetricName }: Readonly<Record<string, unknown>>,
): Resource => ({
  Type: 'AWS::Logs::MetricFilter',
  Properties: {
    LogGroupName: ref('NotifierLogGroup'),
    FilterPattern: `{ $.verdict = "${verdict}" }`,
    MetricTransformations: [{ MetricNamespace: Namespace, MetricName, MetricValue: '1' }],
  },
});

const invokedBy = (Principal: string, SourceArn: unknown): Resource => ({
  Type: 'AWS::Lambda::Permission',
  Properties: {
    Action: 'lambda:InvokeFunction',
    FunctionName: ref('Notifier'),
    Principal,
    SourceArn,
  },
});

/** What rings goes past the notifier. */
function ofAlarms({ alarms }: NotifierPlace): Readonly<Record<string, Resource>> {
  const ofFunctions = [{ Name: 'FunctionName', Value: ref('Notifier') }];
  const ofQueue = (id: string): readonly unknown[] => [
    { Name: 'QueueName', Value: getAtt(id, 'QueueName') },
  ];
  const alarm = (description: string, properties: Readonly<Record<string, unknown>>): Resource => ({
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmDescription: sub(`Patrol, stack \${AWS::StackName}: ${description}`),
      AlarmActions: [alarms],
      Statistic: 'Sum',
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
      ...properties,
    },
  });
  return {
    NotifierErrorsAlarm: alarm(
      'The notifier failed. Its log says why. Alerts wait in its queue or are tried again.',
      { Namespace: 'AWS/Lambda', MetricName: 'Errors', Dimensions: ofFunctions },
    ),
    NotifierFailuresAlarm: alarm(
      'The failure queue of the notifier holds alerts that people have not been told of.',
      {
        Namespace: 'AWS/SQS',
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Dimensions: ofQueue('NotifierFailureQueue'),
        Statistic: 'Maximum',
      },
    ),
    NotifierFailuresUnreachableAlarm: alarm(
      'Lambda could not put an alert into the failure queue of the notifier: people are not told of it.',
      {
        Namespace: 'AWS/Lambda',
        MetricName: 'DestinationDeliveryFailures',
        Dimensions: ofFunctions,
      },
    ),
    NotifierTroubleAlarm: alarm(
      'The notifier told or held alerts in spite of something that is wrong: the table, the queue or a topic, or nobody has a confirmed subscription. Its log says what.',
      { ...trouble, Dimensions: [] },
    ),
    NotifierTickMissingAlarm: alarm(
      'The notifier is not run each minute. Alerts that are held for a list wait.',
      {
        Namespace: 'AWS/Events',
        MetricName: 'Invocations',
        Dimensions: [{ Name: 'RuleName', Value: ref('NotifierTick') }],
        EvaluationPeriods: 2,
        ComparisonOperator: 'LessThanThreshold',
        TreatMissingData: 'breaching',
      },
    ),
  };
}
