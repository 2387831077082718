import { expect } from 'vitest';
import { apiCallRecord, denied, describeRule, identities } from '@patrol/core/testing';
import rule from './rule.ts';

const created = (userName: string, fields = {}): unknown =>
  apiCallRecord('iam.amazonaws.com', 'CreateUser', {
    awsRegion: 'us-east-1',
    requestParameters: { userName },
    responseElements: { user: { userName, arn: `arn:aws:iam::111122223333:user/${userName}` } },
    ...fields,
  });
const linked = {
  ...identities.assumedRole,
  sessionContext: {
    sessionIssuer: {
      arn: 'arn:aws:iam::111122223333:role/aws-service-role/example.amazonaws.com/AWSServiceRoleForExample',
    },
  },
};

describeRule(rule, {
  alerts: {
    'a new user': [
      created('mallory'),
      {
        title: 'IAM user mallory created by IAM user alice',
        severity: 'medium',
        targets: [{ type: 'AWS::IAM::User', id: 'arn:aws:iam::111122223333:user/mallory' }],
        undo: 'aws iam delete-user --user-name mallory',
      },
    ],
    'a new user of a stack': [
      created('mailer', { userIdentity: identities.serviceForUser }),
      {
        title: 'IAM user mailer created by IAM user alice, through cloudformation.amazonaws.com',
        severity: 'low',
      },
    ],
    'a role whose name only looks like that of a service': [
      created('mallory', {
        userIdentity: {
          type: 'AssumedRole',
          arn: 'arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForExample/mallory',
          accountId: '111122223333',
          sessionContext: {
            sessionIssuer: { arn: 'arn:aws:iam::111122223333:role/AWSServiceRoleForExample' },
          },
        },
      }),
      { title: expect.stringContaining('IAM user mallory created'), severity: 'medium' },
    ],
    'a denied attempt, when the operator wants to know': [
      created('mallory', denied('iam:CreateUser', 'arn:aws:iam::111122223333:user/mallory')),
      {
        title: expect.stringContaining('Denied attempt: IAM user'),
        severity: 'low',
        undo: null,
      },
      { parameters: { deniedAttempts: 'alert' } },
    ],
  },
  quiet: {
    'the user that the console makes for a key of Bedrock': [created('BedrockAPIKey-a1b2')],
    'an AWS service by itself': [created('service', { userIdentity: identities.service })],
    'the service-linked role of an AWS service': [created('service', { userIdentity: linked })],
    'a denied attempt': [created('mallory', { errorCode: 'AccessDenied' })],
  },
});
