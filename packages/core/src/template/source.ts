import type { SnsTrigger } from '../trigger.ts';
import { getAtt, given, ref, when } from './intrinsics.ts';
import type { Part } from './merge.ts';
import { mayInvoke } from './permission.ts';
import { deadLetterQueueArn } from './queue.ts';

/** The accounts that may publish to the topics whose messages run the rule. */
export const publishers: Part = {
  Parameters: {
    PublisherAccounts: {
      Type: 'String',
      Default: '',
      AllowedPattern: '([0-9]{12}(,[0-9]{12})*)?',
      ConstraintDescription:
        'must be empty or account ids of 12 digits, separated by commas without spaces',
      Description:
        'The ids of other accounts that may publish to the topic that runs the rule, separated by commas. The own account may always.',
    },
  },
  Conditions: { HasPublisherAccounts: given('PublisherAccounts') },
};

/**
 * A topic whose messages run the rule: who may publish to it, over HTTPS only, and the subscription of the function.
 * Publishers are let in by the topic's policy, so that nobody needs a user or a key for it.
 */
export function sourceTopic(id: string, { services }: Pick<SnsTrigger, 'services'>): Part {
  const publish = { Action: 'sns:Publish', Resource: ref(id) };
  return {
    Resources: {
      [id]: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: 'Patrol' } },
      [`${id}Policy`]: {
        Type: 'AWS::SNS::TopicPolicy',
        Properties: {
          Topics: [ref(id)],
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Sid: 'OwnAccount',
                Effect: 'Allow',
                Principal: { AWS: ref('AWS::AccountId') },
                ...publish,
              },
              ...services.map((service) => ({
                Sid: sid(service),
                Effect: 'Allow',
                Principal: { Service: service },
                ...publish,
                Condition: { StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') } },
              })),
              when(
                'HasPublisherAccounts',
                {
                  Sid: 'OtherAccounts',
                  Effect: 'Allow',
                  Principal: { AWS: { 'Fn::Split': [',', ref('PublisherAccounts')] } },
                  ...publish,
                },
                ref('AWS::NoValue'),
              ),
              {
                Sid: 'HttpsOnly',
                Effect: 'Deny',
                Principal: '*',
                ...publish,
                Condition: { Bool: { 'aws:SecureTransport': 'false' } },
              },
            ],
          },
        },
      },
      [`${id}Subscription`]: {
        Type: 'AWS::SNS::Subscription',
        Properties: {
          TopicArn: ref(id),
          Protocol: 'lambda',
          Endpoint: getAtt('Function', 'Arn'),
          RedrivePolicy: { deadLetterTargetArn: deadLetterQueueArn },
        },
      },
      [`${id}Permission`]: mayInvoke('sns.amazonaws.com', ref(id)),
    },
    Outputs: {
      [`${id}Arn`]: { Description: 'A topic whose messages run the rule.', Value: ref(id) },
    },
  };
}

/** The name of a service's statement: letters and digits only. */
const sid = (service: string): string =>
  service
    .replace(/\.amazonaws\.com(\.cn)?$/, '')
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
