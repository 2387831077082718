import { stackNames } from '../contracts/stack-names.ts';
import { allParameters, type AnyRule, type Statement } from '../rule.ts';
import { bounded } from './boundary.ts';
import { getAtt, ref, sub, when } from './intrinsics.ts';
import { remembers } from './memory.ts';
import type { Part, Resource } from './merge.ts';
import { failureQueueArn } from './queue.ts';
import { ownsTopic, tellsDispatch } from './topic.ts';
import { isAsynchronous, namedTriggers } from './trigger.ts';
import { webhookSecretArn } from './webhook.ts';

export const policy = (Statement: readonly unknown[]): unknown => ({
  Version: '2012-10-17',
  Statement,
});

/** Lets Lambda run a function in the name of a role. */
export const assumedByLambda: unknown = policy([
  {
    Effect: 'Allow',
    Principal: { Service: 'lambda.amazonaws.com' },
    Action: 'sts:AssumeRole',
  },
]);

export const allow = (
  statement: Omit<Statement, 'Resource'> & { readonly Resource: unknown },
): unknown => ({ Effect: 'Allow', ...statement });

/** A topic, or several. */
type Ref = ReturnType<typeof ref> | { readonly 'Fn::Split': readonly [string, unknown] };

/** The use of the key under which a given topic is encrypted: through SNS, and for this topic only. */
const topicKey = (topic: Ref): Statement => ({
  Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
  Resource: '*',
  Condition: {
    StringLike: { 'kms:ViaService': 'sns.*.amazonaws.com*' },
    StringEquals: { 'kms:EncryptionContext:aws:sns:topicArn': topic },
  },
});

/** A policy that a role has under a condition. */
const conditionalPolicy = (
  roleId: string,
  PolicyName: string,
  Condition: string,
  statements: readonly Statement[],
): Resource => ({
  Type: 'AWS::IAM::Policy',
  Condition,
  Properties: {
    Roles: [ref(roleId)],
    PolicyName,
    PolicyDocument: policy(statements.map(allow)),
  },
});

/** Publishing to the topic of Dispatch, or to further ones, which may be encrypted under a key of their owner. */
export const dispatchPolicy = (
  roleId: string,
  topic: Ref,
  condition: string,
  name: string = stackNames.policies.dispatchTopic,
): Resource =>
  conditionalPolicy(roleId, name, condition, [
    { Action: ['sns:Publish'], Resource: topic },
    topicKey(topic),
  ]);

/** Writing to a log group. */
export const writesLog = (id: string): Statement => ({
  Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  Resource: getAtt(id, 'Arn'),
});

/** The function's role: its own log group, topics, failure queue, secrets and memory, and what the rule asks for. */
export const role = (rule: AnyRule): Part => ({
  Resources: {
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        Description: `Patrol rule ${rule.name}`,
        AssumeRolePolicyDocument: assumedByLambda,
        ...bounded,
        Policies: [
          {
            PolicyName: stackNames.policies.rule,
            PolicyDocument: policy(
              [
                writesLog('LogGroup'),
                // The topic of people too: a stack that is updated gives its function the other topic a while later.
                {
                  Action: ['sns:Publish'],
                  Resource: when(
                    ownsTopic,
                    [ref('MachinesTopic'), ref('AlertTopic')],
                    ref('AlertTopicArn'),
                  ),
                },
                ...(isAsynchronous(rule)
                  ? [{ Action: ['sqs:SendMessage'], Resource: failureQueueArn }]
                  : []),
                ...webhookSecret(rule),
                ...memory(rule),
                ...secrets(rule),
                ...(rule.permissions ?? []),
              ].map(allow),
            ),
          },
        ],
      },
    },
    EncryptedTopicPolicy: conditionalPolicy(
      'Role',
      stackNames.policies.encryptedTopic,
      'IsGivenAlertTopic',
      [topicKey(ref('AlertTopicArn'))],
    ),
    DispatchTopicPolicy: dispatchPolicy('Role', ref('DispatchSnsArn'), tellsDispatch),
  },
});

/** Reading the secret that GitHub signs with. AWS's own key of Secrets Manager needs no statement. */
const webhookSecret = (rule: AnyRule): readonly Statement[] =>
  namedTriggers(rule)
    .filter(({ trigger }) => trigger.kind === 'webhook')
    .map(({ id }) => ({
      Action: ['secretsmanager:GetSecretValue'],
      Resource: webhookSecretArn(id),
    }));

/** Remembering what was told. What is told once is claimed in one step, without reading. */
const memory = (rule: AnyRule): readonly Statement[] =>
  remembers(rule)
    ? [
        {
          Action: [
            ...(rule.remindAfter === undefined ? [] : ['dynamodb:GetItem']),
            'dynamodb:PutItem',
          ],
          Resource: getAtt('Memory', 'Arn'),
        },
      ]
    : [];

/** Reading the secrets that the rule's parameters refer to, whichever of the two services they lie in. */
const secrets = (rule: AnyRule): readonly Statement[] =>
  Object.entries(allParameters(rule)).flatMap(([name, spec]) =>
    spec.kind === 'secret'
      ? [
          { Action: ['secretsmanager:GetSecretValue', 'ssm:GetParameter'], Resource: ref(name) },
          {
            // A SecureString or secret under a key of the customer's; AWS's own keys need no statement.
            Action: ['kms:Decrypt'],
            Resource: sub('arn:${AWS::Partition}:kms:*:${AWS::AccountId}:key/*'),
            Condition: {
              StringLike: {
                'kms:ViaService': ['secretsmanager.*.amazonaws.com', 'ssm.*.amazonaws.com'],
              },
              StringEquals: {
                'kms:CallerAccount': ref('AWS::AccountId'),
              },
            },
          },
        ]
      : [],
  );
