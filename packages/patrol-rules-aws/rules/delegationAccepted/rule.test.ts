import { apiCallRecord, denied, describeRule } from '@patrol/core/testing';
import rule from './rule.ts';

const call = (eventName: string, fields = {}): unknown =>
  apiCallRecord('iam.amazonaws.com', eventName, {
    awsRegion: 'us-east-1',
    requestParameters: { delegationRequestId: 'dr-a1b2' },
    ...fields,
  });

describeRule(rule, {
  alerts: {
    'a request accepted': [
      call('AcceptDelegationRequest'),
      {
        title: 'Delegation of permissions to a vendor accepted by IAM user alice',
        severity: 'medium',
        facts: { request: 'dr-a1b2' },
      },
    ],
    'the token sent': [
      call('SendDelegationToken'),
      { title: 'Token sent to a vendor by IAM user alice', severity: 'medium' },
    ],
  },
  quiet: {
    'a denied attempt': [
      call('AcceptDelegationRequest', denied('iam:AcceptDelegationRequest', '*')),
    ],
  },
});
