import { apiCallRecord, describeRule, identities } from '@patrol/core/testing';
import rule from './rule.ts';

const listOf = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `/shop/secret-${index}`);
const call = (service: string, eventName: string, requestParameters: object, fields = {}) =>
  apiCallRecord(`${service}.amazonaws.com`, eventName, {
    readOnly: true,
    requestParameters,
    ...fields,
  });
const batch = (request: object, fields = {}) =>
  call('secretsmanager', 'BatchGetSecretValue', request, fields);
const parameters = (count: number, more: object = {}, fields = {}) =>
  call('ssm', 'GetParameters', { names: listOf(count), withDecryption: true, ...more }, fields);
const byPath = (path: string, more: object = {}) =>
  call('ssm', 'GetParametersByPath', { path, recursive: true, withDecryption: true, ...more });
const byRole = { userIdentity: identities.assumedRole };
const byPerson = {
  userIdentity: {
    type: 'AssumedRole',
    arn: 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/bob',
    accountId: '111122223333',
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        userName: 'AWSReservedSSO_Admin_0123456789abcdef',
        arn: 'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef',
      },
    },
  },
};

describeRule(rule, {
  alerts: {
    'all secrets that a filter matches': [
      batch({ filters: [{ key: 'tag-key', values: ['team', 'owner'] }] }),
      {
        title: 'All secrets that a filter matches read in one call by IAM user alice',
        severity: 'high',
        facts: { filters: 'tag-key=team or owner' },
      },
    ],
    'all secrets that a filter matches, by a role': [
      batch({ filters: [{ key: 'all', values: ['prod'] }] }, byRole),
      {
        title:
          'All secrets that a filter matches read in one call by role Developer (session mallory)',
        severity: 'high',
      },
    ],
    'many secrets by name': [
      batch({ secretIdList: listOf(10) }),
      { title: '10 secrets read in one call by IAM user alice', severity: 'high' },
    ],
    'many secrets by name, by a role': [
      batch({ secretIdList: listOf(10) }, byRole),
      {
        title: '10 secrets read in one call by role Developer (session mallory)',
        severity: 'low',
      },
    ],
    'many parameters': [
      parameters(10),
      {
        title: '10 encrypted parameters read in one call by IAM user alice',
        severity: 'high',
        facts: { names: listOf(10).join(', ') },
      },
    ],
    'many parameters, by somebody of Identity Center': [
      parameters(10, {}, byPerson),
      {
        title:
          '10 encrypted parameters read in one call by role AWSReservedSSO_Admin_0123456789abcdef (session bob)',
        severity: 'high',
      },
    ],
    'some parameters, where that is many': [
      parameters(3),
      { title: '3 encrypted parameters read in one call by IAM user alice' },
      { parameters: { bulk: '3' } },
    ],
    'all parameters': [
      byPath('/'),
      {
        title: 'All parameters of the region read in one call by IAM user alice',
        severity: 'high',
      },
    ],
  },
  quiet: {
    'some secrets': [batch({ secretIdList: listOf(9) })],
    'some parameters': [parameters(9)],
    'many parameters as they are stored': [parameters(10, { withDecryption: false })],
    'what CloudFormation reads for a stack': [
      parameters(10, {}, { userIdentity: identities.serviceForUser }),
    ],
    'the parameters of an application': [byPath('/shop')],
    'the parameters without a path': [byPath('/', { recursive: false })],
    'all parameters as they are stored': [byPath('/', { withDecryption: false })],
  },
});
