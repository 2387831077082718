import { apiCallRecord, describeRule } from '@patrol/core/testing';
import rule from './rule.ts';

const foreign = '444455556666';
const logs = (eventName: string, requestParameters: unknown) =>
  apiCallRecord('logs.amazonaws.com', eventName, { requestParameters });
const bus = (requestParameters: unknown) =>
  apiCallRecord('events.amazonaws.com', 'PutPermission', { requestParameters });
const destination = (account: string) => `arn:aws:logs:eu-west-1:${account}:destination:collector`;
const subscription = (account: string) =>
  logs('PutSubscriptionFilter', {
    logGroupName: '/aws/lambda/shop',
    filterName: 'all',
    filterPattern: '',
    destinationArn: destination(account),
  });
const policy = (Principal: unknown, more = {}) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal, Action: 'logs:*', Resource: '*', ...more }],
  });
const by = 'by IAM user alice';

describeRule(rule, {
  alerts: {
    'a subscription to another account': [
      subscription(foreign),
      {
        title: `Logs sent to account ${foreign} from log group /aws/lambda/shop ${by}`,
        severity: 'medium',
        facts: { destination: destination(foreign) },
        targets: [{ type: 'AWS::Logs::LogGroup', id: '/aws/lambda/shop' }],
        suppression: { parameter: 'trustedAccounts', item: foreign },
        undo: 'aws logs delete-subscription-filter --log-group-name /aws/lambda/shop --filter-name all --region eu-west-1',
      },
    ],
    'a delivery to another account': [
      logs('CreateDelivery', {
        deliverySourceName: 'waf',
        deliveryDestinationArn: `arn:aws:logs:eu-west-1:${foreign}:delivery-destination:s3`,
      }),
      { title: `Logs sent to account ${foreign} from log groups ${by}` },
    ],
    'all groups that are sent to another account': [
      logs('PutAccountPolicy', {
        policyName: 'all',
        policyType: 'SUBSCRIPTION_FILTER_POLICY',
        policyDocument: JSON.stringify({ DestinationArn: destination(foreign), FilterPattern: '' }),
      }),
      { title: `Logs sent to account ${foreign} from log groups ${by}` },
    ],
    'log groups that another account may use': [
      logs('PutResourcePolicy', {
        policyName: 'siem',
        policyDocument: policy({ AWS: `arn:aws:iam::${foreign}:root` }),
      }),
      {
        title: `Log groups, by resource policy siem opened to account ${foreign} ${by}`,
        severity: 'high',
      },
    ],
    'log groups that everybody may use': [
      logs('PutResourcePolicy', { policyName: 'siem', policyDocument: policy('*') }),
      {
        title: `Log groups, by resource policy siem opened to everybody ${by}`,
        severity: 'critical',
      },
    ],
    'a destination to which everybody may send': [
      logs('PutDestinationPolicy', { destinationName: 'collector', accessPolicy: policy('*') }),
      { title: `Log destination collector opened to everybody ${by}`, severity: 'medium' },
    ],
    'a bus to which everybody may send': [
      bus({ action: 'events:PutEvents', principal: '*', statementId: 'all' }),
      { title: `Event bus opened to everybody ${by}`, severity: 'medium' },
    ],
    'a bus to which everybody may send by a policy': [
      bus({ eventBusName: 'orders', policy: policy('*', { Action: 'events:PutEvents' }) }),
      { title: `Event bus orders opened to everybody ${by}` },
    ],
  },
  quiet: {
    'a subscription in the same account': [subscription('111122223333')],
    'a delivery in the same account': [
      logs('CreateDelivery', {
        deliveryDestinationArn: 'arn:aws:logs:eu-west-1:111122223333:delivery-destination:s3',
      }),
    ],
    'an account policy of another kind': [
      logs('PutAccountPolicy', {
        policyType: 'DATA_PROTECTION_POLICY',
        policyDocument: JSON.stringify({ Statement: [] }),
      }),
    ],
    'log groups that a service may write to': [
      logs('PutResourcePolicy', {
        policyName: 'dns',
        policyDocument: policy({ Service: 'delivery.logs.amazonaws.com' }),
      }),
    ],
    'log groups that a trusted account may use': [
      logs('PutResourcePolicy', { policyDocument: policy({ AWS: foreign }) }),
      { parameters: { trustedAccounts: foreign } },
    ],
    'a destination for another account': [
      logs('PutDestinationPolicy', { accessPolicy: policy({ AWS: foreign }) }),
    ],
    'a bus for another account': [
      bus({ action: 'events:PutEvents', principal: foreign, statementId: 'a' }),
    ],
    'a bus for an organisation': [
      bus({
        action: 'events:PutEvents',
        principal: '*',
        statementId: 'a',
        condition: { type: 'StringEquals', key: 'aws:PrincipalOrgID', value: 'o-a1b2c3d4e5' },
      }),
    ],
  },
  suppressed: {
    'a subscription to a trusted account': [
      subscription(foreign),
      foreign,
      { parameters: { trustedAccounts: foreign } },
    ],
  },
});
