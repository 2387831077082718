import { apiCallRecord, denied, describeRule, type Fields } from '@patrol/core/testing';
import { expect } from 'vitest';
import rule from './rule.ts';

const foreign = '444455556666';

const call = (eventName: string, requestParameters: unknown, fields: Fields = {}): unknown =>
  apiCallRecord('lambda.amazonaws.com', eventName, { requestParameters, ...fields });

const permitted = (principal: string, more: Fields = {}): unknown =>
  call('AddPermission20150331v2', {
    functionName: 'billing',
    statementId: 'open',
    action: 'lambda:InvokeFunction',
    principal,
    ...more,
  });

const layer = (principal: string, more: Fields = {}): unknown =>
  call('AddLayerVersionPermission20181031', {
    layerName: 'tools',
    versionNumber: 3,
    statementId: 'open',
    action: 'lambda:GetLayerVersion',
    principal,
    ...more,
  });

const url = (eventName: string, authType: string | undefined): unknown =>
  call(eventName, { functionName: 'billing', ...(authType ? { authType } : {}) });

describeRule(rule, {
  alerts: {
    everybody: [
      permitted('*'),
      {
        title: 'Lambda function billing opened to everybody by IAM user alice',
        severity: 'critical',
        targets: [{ type: 'AWS::Lambda::Function', id: 'billing' }],
        undo: 'aws lambda remove-permission --function-name billing --statement-id open --region eu-west-1',
      },
    ],
    'everybody, by a URL without authentication': [
      permitted('*', {
        action: 'lambda:InvokeFunctionUrl',
        functionUrlAuthType: 'NONE',
        qualifier: 'live',
      }),
      {
        title: 'Lambda function billing opened to everybody by IAM user alice',
        undo: 'aws lambda remove-permission --function-name billing --statement-id open --qualifier live --region eu-west-1',
      },
    ],
    'another account': [
      permitted(foreign),
      {
        title: `Lambda function billing opened to account ${foreign} by IAM user alice`,
        severity: 'high',
        suppression: { parameter: 'trustedAccounts', item: foreign },
      },
    ],
    'a service for another account': [
      permitted('s3.amazonaws.com', { sourceAccount: foreign }),
      { title: expect.stringContaining(foreign) },
    ],
    'another organisation': [
      permitted('*', { principalOrgID: 'o-a1b2c3d4e5' }),
      { title: expect.stringContaining('organisation o-a1b2c3d4e5') },
    ],
    'a layer for everybody': [
      layer('*'),
      {
        title: 'Lambda layer tools opened to everybody by IAM user alice',
        severity: 'medium',
        undo: 'aws lambda remove-layer-version-permission --layer-name tools --version-number 3 --statement-id open --region eu-west-1',
      },
    ],
    'a new URL without authentication': [
      url('CreateFunctionUrlConfig', 'NONE'),
      {
        title: 'URL made without authentication for Lambda function billing by IAM user alice',
        severity: 'high',
        undo: 'aws lambda update-function-url-config --function-name billing --auth-type AWS_IAM --region eu-west-1',
      },
    ],
    'a changed URL, with the version of the API behind the name': [
      url('UpdateFunctionUrlConfig20211031', 'NONE'),
      { title: 'URL changed without authentication for Lambda function billing by IAM user alice' },
    ],
  },
  quiet: {
    'the own account': [permitted('111122223333')],
    'an API of the own account': [
      permitted('apigateway.amazonaws.com', {
        sourceArn: 'arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/*/GET/',
      }),
    ],
    'a service without a source': [permitted('events.amazonaws.com')],
    'the own organisation': [
      permitted('*', { principalOrgID: 'o-a1b2c3d4e5' }),
      { parameters: { trustedOrganizations: 'o-a1b2c3d4e5' } },
    ],
    'a layer for the own account': [layer('111122223333')],
    'a URL that asks for credentials': [url('CreateFunctionUrlConfig', 'AWS_IAM')],
    'a URL whose authentication stays': [url('UpdateFunctionUrlConfig', undefined)],
    'a denied attempt': [
      call('AddPermission20150331v2', null, denied('lambda:AddPermission', 'billing')),
    ],
  },
  suppressed: {
    'a trusted account': [
      permitted(foreign),
      foreign,
      { parameters: { trustedAccounts: foreign } },
    ],
  },
});
