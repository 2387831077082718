import {
  alertFormVariable,
  dispatchTopicVariable,
  heldQueueVariable,
  memoryTableVariable,
  muteAlias,
  peopleTopicVariable,
  routesVariable,
} from '../environment.ts';
import { bounded } from './boundary.ts';
import { stackNames } from '../contracts/stack-names.ts';
import { alarm, counted, ofFunction, ofRule, waiting } from './alarm.ts';
import { entry, logGroup, runtime, triedAgain } from './function.ts';
import { getAtt, ref, sub } from './intrinsics.ts';
import { table } from './memory.ts';
import { type Part, type Resource, under } from './merge.ts';
import { mayInvoke } from './permission.ts';
import { maySend, queue, queuePolicy } from './queue.ts';
import { allow, assumedByLambda, dispatchPolicy, policy, writesLog } from './role.ts';

/** Where a notifier stands. */
export interface NotifierPlace {
  /** Its code, as a template says it. */
  readonly code: Readonly<Record<string, unknown>>;
  /** Its entry in that code, where it is not `index.handler`. */
  readonly handler?: string;
  /** The ARN of the topic that gets every alert. */
  readonly machines: unknown;
  /** The ARN of the topic that the notifier alone sends to. */
  readonly people: unknown;
  /** The form that this topic takes; a text where it is left out. */
  readonly form?: unknown;
  /** The ARN of the topic that hears of what goes wrong. It must not depend on the notifier. */
  readonly alarms: unknown;
  /** Whether it has an alarm less, which rings once Lambda has given up instead of at the first failure. */
  readonly isOfRule?: boolean;
  /** The condition under which there is one. */
  readonly condition?: string;
  /** What Dispatch gets; nothing where it is left out. */
  readonly dispatch?: {
    /** The parameter with its ARN. */
    readonly parameter: string;
    /** The condition under which it is given. */
    readonly condition: string;
  };
  /** Further topics; nothing where it is left out. */
  readonly routes?: {
    /** The parameter that says which alerts each gets, as JSON. */
    readonly parameter: string;
    /** The parameter with the ARNs of all. */
    readonly topics: string;
    /** The condition under which there are some. */
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
  const resources = { ...ofNotifier(place), ...ofAlarms(place) };
  return {
    Resources: condition ? under(condition, resources) : resources,
    Outputs: {
      [stackNames.baseOutputs.notifier]: {
        ...(condition ? { Condition: condition } : {}),
        Description: 'The function that tells people of alerts, and mutes.',
        Value: ref('Notifier'),
      },
    },
  };
}

function ofNotifier({
  code: Code,
  handler: Handler = entry,
  machines,
  people,
  form,
  dispatch,
  routes,
}: NotifierPlace): Readonly<Record<string, Resource>> {
  return {
    NotifierTable: table({
      // The state and the mutes have no such time: only what is counted of weeks is forgotten.
      TimeToLiveSpecification: { AttributeName: 'forgetAt', Enabled: true },
      // A mute that somebody writes past the notifier would be no news to anybody.
      ResourcePolicy: {
        PolicyDocument: policy([
          {
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
          },
        ]),
      },
    }),
    NotifierHeldQueue: {
      ...queue(),
      Properties: {
        ...queue().Properties,
        VisibilityTimeout: 90,
        // What could not be told in 1000 tries, which take more than a day, is kept where an alarm rings.
        RedrivePolicy: {
          deadLetterTargetArn: getAtt('NotifierFailureQueue', 'Arn'),
          maxReceiveCount: 1000,
        },
      },
    },
    // Whoever takes an alert out of it keeps it from people, and CloudTrail records neither reading nor deleting.
    NotifierHeldQueuePolicy: queuePolicy('NotifierHeldQueue', [
      {
        Effect: 'Deny',
        Principal: '*',
        Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'],
        Resource: getAtt('NotifierHeldQueue', 'Arn'),
        Condition: { ArnNotEquals: { 'aws:PrincipalArn': getAtt('NotifierRole', 'Arn') } },
      },
    ]),
    NotifierFailureQueue: queue(),
    NotifierFailureQueuePolicy: queuePolicy(
      'NotifierFailureQueue',
      [
        ['sns.amazonaws.com', machines],
        ['events.amazonaws.com', getAtt('NotifierTick', 'Arn')],
      ].map(([Service, source]) =>
        maySend('NotifierFailureQueue', { Service }, { ArnEquals: { 'aws:SourceArn': source } }),
      ),
    ),
    NotifierLogGroup: logGroup('${AWS::StackName}-notifier', 365),
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
        AssumeRolePolicyDocument: assumedByLambda,
        ...bounded,
        Policies: [
          {
            PolicyName: stackNames.basePolicies.notifier,
            PolicyDocument: policy(
              [
                writesLog('NotifierLogGroup'),
                { Action: ['sns:Publish', 'sns:GetTopicAttributes'], Resource: people },
                {
                  Action: ['sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:DeleteMessage'],
                  Resource: getAtt('NotifierHeldQueue', 'Arn'),
                },
                {
                  Action: ['sqs:SendMessage'],
                  Resource: getAtt('NotifierFailureQueue', 'Arn'),
                },
                {
                  Action: [
                    'dynamodb:BatchGetItem',
                    'dynamodb:PutItem',
                    'dynamodb:UpdateItem',
                    'dynamodb:Scan',
                  ],
                  // The policy of the table names the role, so that the role cannot name the table.
                  Resource: sub(
                    'arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${AWS::StackName}-*',
                  ),
                },
              ].map(allow),
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
        ...runtime,
        Handler,
        Code,
        Role: getAtt('NotifierRole', 'Arn'),
        MemorySize: 512,
        Timeout: timeout,
        LoggingConfig: { LogFormat: 'JSON', LogGroup: ref('NotifierLogGroup') },
        Environment: {
          Variables: {
            [memoryTableVariable]: ref('NotifierTable'),
            [heldQueueVariable]: ref('NotifierHeldQueue'),
            [peopleTopicVariable]: people,
            ...(form === undefined ? {} : { [alertFormVariable]: form }),
            ...(dispatch && { [dispatchTopicVariable]: ref(dispatch.parameter) }),
            ...(routes && { [routesVariable]: ref(routes.parameter) }),
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
    ...(routes && {
      NotifierRoutesPolicy: dispatchPolicy(
        'NotifierRole',
        { 'Fn::Split': [',', ref(routes.topics)] },
        routes.condition,
        stackNames.basePolicies.routes,
      ),
    }),
    NotifierRetries: triedAgain('Notifier', getAtt('NotifierFailureQueue', 'Arn')),
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
      DependsOn: 'NotifierPermission',
      Properties: {
        TopicArn: machines,
        Protocol: 'lambda',
        Endpoint: getAtt('Notifier', 'Arn'),
        RedrivePolicy: { deadLetterTargetArn: getAtt('NotifierFailureQueue', 'Arn') },
      },
    },
    NotifierPermission: mayInvoke('sns.amazonaws.com', machines, 'Notifier'),
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
    NotifierTickPermission: mayInvoke(
      'events.amazonaws.com',
      getAtt('NotifierTick', 'Arn'),
      'Notifier',
    ),
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

/** What rings goes past the notifier. */
const ofAlarms = ({
  alarms,
  isOfRule = false,
}: NotifierPlace): Readonly<Record<string, Resource>> => ({
  ...(isOfRule
    ? {
        NotifierDroppedEventsAlarm: counted(
          'Lambda gave up an alert after three tries of the notifier. Its log says why. The alert is in the failure queue of the notifier unless Lambda could not write there.',
          ofFunction('AsyncEventsDropped', 'Notifier'),
          alarms,
        ),
      }
    : {
        NotifierErrorsAlarm: counted(
          'The notifier failed. Its log says why. Alerts wait in its queue or are tried again.',
          ofFunction('Errors', 'Notifier'),
          alarms,
        ),
        NotifierFailuresUnreachableAlarm: counted(
          'Lambda could not put an alert into the failure queue of the notifier: people are not told of it.',
          ofFunction('DestinationDeliveryFailures', 'Notifier'),
          alarms,
        ),
      }),
  NotifierFailuresAlarm: waiting(
    'The failure queue of the notifier holds alerts that people have not been told of.',
    'NotifierFailureQueue',
    alarms,
  ),
  NotifierTroubleAlarm: counted(
    'The notifier told or held alerts in spite of something that is wrong: the table, the queue or a topic, or nobody has a confirmed subscription. Its log says what.',
    { ...trouble, Dimensions: [] },
    alarms,
  ),
  NotifierTickMissingAlarm: alarm(
    'The notifier is not run each minute. Alerts that are held for a list wait.',
    {
      ...ofRule('NotifierTick', 'Invocations'),
      Statistic: 'Sum',
      Period: 300,
      EvaluationPeriods: 2,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    },
    alarms,
  ),
});
