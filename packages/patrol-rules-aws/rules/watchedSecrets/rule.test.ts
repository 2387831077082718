import { apiCallRecord, denied, describeRule } from '@patrol/core/testing';
import rule from './rule.ts';

const call = (service: string, eventName: string, requestParameters: unknown, fields = {}) =>
  apiCallRecord(`${service}.amazonaws.com`, eventName, {
    readOnly: true,
    requestParameters,
    ...fields,
  });
const arn = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/admin-AbCdEf';
const parameterArn = 'arn:aws:ssm:eu-west-1:111122223333:parameter/decoy/root';
const secret = (secretId: string) => call('secretsmanager', 'GetSecretValue', { secretId });
const byPath = (path: string, recursive: boolean) =>
  call('ssm', 'GetParametersByPath', { path, recursive, withDecryption: true });
const admin = 'Watched secret prod/admin read by IAM user alice';
const root = 'Watched secret /decoy/root read by IAM user alice';

describeRule(rule, {
  parameters: { watchedSecrets: 'prod/admin, /decoy/*' },
  alerts: {
    'a secret by its name': [
      secret('prod/admin'),
      {
        title: admin,
        severity: 'high',
        facts: { secrets: 'prod/admin' },
        targets: [{ type: 'AWS::SecretsManager::Secret', id: 'prod/admin' }],
      },
    ],
    'a secret by its ARN': [
      secret(arn),
      { title: admin, targets: [{ type: 'AWS::SecretsManager::Secret', id: arn }] },
    ],
    'a secret that somebody tries to read': [
      call('secretsmanager', 'GetSecretValue', null, denied('secretsmanager:GetSecretValue', arn)),
      { title: `Denied attempt: ${admin}`, severity: 'medium' },
    ],
    'a parameter': [
      call('ssm', 'GetParameter', { name: '/decoy/root', withDecryption: true }),
      { title: root, targets: [{ type: 'AWS::SSM::Parameter', id: '/decoy/root' }] },
    ],
    'a parameter by its ARN': [
      call('ssm', 'GetParameter', { name: parameterArn }),
      { title: root, targets: [{ type: 'AWS::SSM::Parameter', id: parameterArn }] },
    ],
    'what a parameter was before': [
      call('ssm', 'GetParameterHistory', { name: '/decoy/root' }),
      { title: root },
    ],
    'a parameter among others': [
      call('ssm', 'GetParameters', { names: ['/shop/db', '/decoy/root'] }),
      { title: root, facts: { secrets: '/decoy/root' } },
    ],
    'the parameters of a path': [
      byPath('/decoy', false),
      {
        title: 'Watched secrets read by their path by IAM user alice',
        facts: { path: '/decoy/', watched: '/decoy/*' },
      },
    ],
    'all parameters': [
      byPath('/', true),
      {
        title: 'Watched secrets read by their path by IAM user alice',
        facts: { path: '/', watched: '/decoy/*' },
      },
    ],
  },
  quiet: {
    'another secret': [secret('prod/admin-2')],
    'another secret by its ARN': [secret(arn.replace('admin', 'web'))],
    'another secret that somebody tries to read': [
      call(
        'secretsmanager',
        'GetSecretValue',
        null,
        denied('secretsmanager:GetSecretValue', arn.replace('admin', 'web')),
      ),
    ],
    'another parameter': [call('ssm', 'GetParameter', { name: '/shop/db' })],
    'what another parameter was before': [call('ssm', 'GetParameterHistory', { name: '/shop/db' })],
    'other parameters': [call('ssm', 'GetParameters', { names: ['/shop/db'] })],
    'the parameters of another path': [byPath('/shop', true)],
    'the parameters without a path': [byPath('/', false)],
  },
});
