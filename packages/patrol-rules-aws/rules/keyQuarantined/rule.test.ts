import { apiCallRecord, describeRule } from '@patrol/core/testing';
import rule from './rule.ts';

const call = (eventName: string, requestParameters: unknown): unknown =>
  apiCallRecord('iam.amazonaws.com', eventName, { awsRegion: 'us-east-1', requestParameters });
const policyArn = 'arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3';
const policyName = 'AWSExposedCredentialPolicy_DO_NOT_REMOVE';
const begun = 'Access key found in public: user alice put into quarantine by IAM user alice';
const lifted = 'Quarantine lifted from user alice by IAM user alice';

describeRule(rule, {
  alerts: {
    'AWS found a key': [
      call('AttachUserPolicy', { userName: 'alice', policyArn }),
      {
        title: begun,
        severity: 'critical',
        facts: { user: 'alice', policy: 'AWSCompromisedKeyQuarantineV3' },
        targets: [{ type: 'AWS::IAM::User', id: 'alice' }],
        undo: null,
      },
    ],
    'AWS found a key and wrote an inline policy': [
      call('PutUserPolicy', { userName: 'alice', policyName, policyDocument: '{}' }),
      { title: begun, severity: 'critical', facts: { policy: policyName } },
    ],
    'the quarantine lifted': [
      call('DetachUserPolicy', { userName: 'alice', policyArn }),
      { title: lifted, severity: 'high' },
    ],
    'the inline policy deleted': [
      call('DeleteUserPolicy', { userName: 'alice', policyName: 'AWSCompromisedKeyQuarantine' }),
      { title: lifted, severity: 'high' },
    ],
  },
  quiet: {
    'a denied attempt to lift it': [
      apiCallRecord('iam.amazonaws.com', 'DetachUserPolicy', {
        errorCode: 'AccessDenied',
        requestParameters: { userName: 'alice', policyArn },
      }),
    ],
  },
  refuses: {
    'another policy of AWS': [
      call('AttachUserPolicy', {
        userName: 'alice',
        policyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
      }),
      'would never receive this event',
    ],
    'another inline policy': [
      call('PutUserPolicy', { userName: 'alice', policyName: 'app' }),
      'would never receive this event',
    ],
  },
});
