import { apiCallRecord, denied, describeRule } from '@patrol/core/testing';
import rule from './rule.ts';

const call = (eventName: string, requestParameters: unknown, fields = {}): unknown =>
  apiCallRecord('signin.amazonaws.com', eventName, {
    awsRegion: 'us-east-1',
    requestParameters,
    ...fields,
  });

describeRule(rule, {
  alerts: {
    'controls switched off': [
      call('DeleteConsoleAuthorizationConfiguration', { targetId: '111122223333' }),
      {
        title: 'Sign-in controls switched off by IAM user alice',
        severity: 'high',
        facts: { target: '111122223333' },
      },
    ],
    'controls switched on': [
      call('PutConsoleAuthorizationConfiguration', { targetId: '111122223333' }),
      { title: 'Sign-in controls switched on by IAM user alice', severity: 'medium' },
    ],
    'a statement removed': [
      call('DeleteResourcePermissionStatement', { statementId: 'statement-1' }),
      {
        title: 'Sign-in permission removed by IAM user alice',
        severity: 'high',
        facts: { statement: 'statement-1' },
      },
    ],
    'a statement added': [
      call(
        'PutResourcePermissionStatement',
        { sourceIp: '192.0.2.0/24' },
        { responseElements: { statementId: 'statement-2' } },
      ),
      {
        title: 'Sign-in permission added by IAM user alice',
        severity: 'medium',
        facts: { sourceIp: '192.0.2.0/24', statement: 'statement-2' },
      },
    ],
    'a statement that leaves somebody out': [
      call('PutResourcePermissionStatement', {
        sourceVpc: 'vpc-0a1b2c3d',
        excludedPrincipal: 'arn:aws:iam::111122223333:user/mallory',
      }),
      {
        title: 'Sign-in permission added with an exception by IAM user alice',
        severity: 'high',
        facts: { excludedPrincipal: 'arn:aws:iam::111122223333:user/mallory' },
      },
    ],
  },
  quiet: {
    'a denied attempt': [
      call('DeleteConsoleAuthorizationConfiguration', null, {
        ...denied('signin:DeleteConsoleAuthorizationConfiguration', '*'),
      }),
    ],
  },
});
