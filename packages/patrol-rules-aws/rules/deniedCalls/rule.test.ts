import { apiCallRecord, denied, describeRule, identities } from '@patrol/core/testing';
import rule from './rule.ts';

const refused = (service: string, eventName: string, fields = {}): unknown =>
  apiCallRecord(`${service}.amazonaws.com`, eventName, {
    ...denied(`${service}:${eventName}`, 'user mallory because no identity-based policy allows it'),
    ...fields,
  });
const title = 'Denied attempt: Sensitive call';

describeRule(rule, {
  alerts: {
    'a sensitive call': [
      refused('iam', 'CreateAccessKey'),
      {
        title: `${title} iam:CreateAccessKey by IAM user alice`,
        severity: 'low',
        facts: {
          call: 'iam:CreateAccessKey',
          watchedBy: 'iam:CreateAccessKey',
          errorCode: 'AccessDenied',
          resource: 'user mallory',
        },
        groupKey:
          'deniedCalls:111122223333:arn:aws:iam::111122223333:user/alice:iam:CreateAccessKey',
      },
    ],
    'a call of EC2, which has an error of its own': [
      refused('ec2', 'ModifyImageAttribute', { errorCode: 'Client.UnauthorizedOperation' }),
      { title: `${title} ec2:ModifyImageAttribute by IAM user alice` },
    ],
    'a call with the version of the API behind its name': [
      refused('lambda', 'UpdateFunctionCode20150331v2', { errorCode: 'AccessDeniedException' }),
      { title: `${title} lambda:UpdateFunctionCode20150331v2 by IAM user alice` },
    ],
    'any call, where the operator watches all': [
      refused('s3', 'ListBuckets'),
      { title: `${title} s3:ListBuckets by IAM user alice`, facts: { watchedBy: '*' } },
      { parameters: { watchedCalls: '*' } },
    ],
  },
  quiet: {
    'another call': [refused('s3', 'ListBuckets')],
    'an AWS service for somebody': [
      refused('iam', 'CreateUser', { userIdentity: identities.serviceForUser }),
    ],
    'a sensitive call, where the operator does not want to hear of denied attempts': [
      refused('iam', 'CreateUser'),
      { parameters: { deniedAttempts: 'quiet' } },
    ],
  },
  refuses: {
    'an AWS service by itself': [
      refused('iam', 'CreateUser', { userIdentity: identities.service }),
      'would never receive this event',
    ],
    'a call that succeeded': [
      apiCallRecord('iam.amazonaws.com', 'CreateUser'),
      'would never receive this event',
    ],
    'a call that failed for another reason': [
      refused('iam', 'CreateUser', { errorCode: 'EntityAlreadyExistsException' }),
      'would never receive this event',
    ],
  },
});
