import { apiCallRecord, denied, describeRule, type Fields } from '@patrol/core/testing';
import { by } from '../../testing/people.ts';
import { expect } from 'vitest';
import rule from './rule.ts';

const arn = 'arn:aws:lambda:eu-west-1:111122223333:function:billing';

const call = (eventName: string, requestParameters: unknown, fields: Fields = {}): unknown =>
  apiCallRecord('lambda.amazonaws.com', eventName, { requestParameters, ...fields });

const code = (more: Fields = {}, fields: Fields = {}): unknown =>
  call(
    'UpdateFunctionCode20150331v2',
    { functionName: 'billing', publish: false, dryRun: false, ...more },
    { responseElements: { functionArn: arn, codeSha256: 'Pt1c8vVaBygmNtAeSyjl' }, ...fields },
  );

const configured = (more: Fields, fields: Fields = {}): unknown =>
  call(
    'UpdateFunctionConfiguration20150331v2',
    { functionName: 'billing', environment: {}, ...more },
    fields,
  );

const layerOf = (account: string): Fields => ({
  layers: [`arn:aws:lambda:eu-west-1:${account}:layer:tools:1`],
});

const mapping = (more: Fields, fields: Fields = {}): unknown =>
  call('UpdateEventSourceMapping20150331', { uUID: 'm-1', ...more }, fields);

describeRule(rule, {
  alerts: {
    'code of an access key': [
      code({ s3Bucket: 'bucket', s3Key: 'code.zip' }),
      {
        title: 'Code replaced of Lambda function billing by IAM user alice',
        severity: 'medium',
        facts: { bucket: 'bucket', key: 'code.zip', sha256: 'Pt1c8vVaBygmNtAeSyjl' },
        targets: [{ type: 'AWS::Lambda::Function', id: arn }],
      },
    ],
    'code of somebody in the console': [
      code({}, by.console),
      { title: expect.any(String), severity: 'medium' },
    ],
    'code of somebody of Identity Center': [
      code({}, by.identityCenter),
      { title: expect.any(String), severity: 'medium' },
    ],
    'a layer': [
      configured(layerOf('111122223333')),
      {
        title: 'Layers of Lambda function billing changed by IAM user alice',
        severity: 'medium',
      },
    ],
    'a layer of another account': [
      configured(layerOf('444455556666')),
      {
        title: 'Layers of Lambda function billing changed by IAM user alice',
        severity: 'high',
        facts: { foreignLayers: 'arn:aws:lambda:eu-west-1:444455556666:layer:tools:1' },
      },
    ],
    'role and handler': [
      configured({ role: 'arn:aws:iam::111122223333:role/admin', handler: 'evil.handler' }),
      {
        title: 'Role and handler of Lambda function billing changed by IAM user alice',
        severity: 'medium',
        facts: { role: 'arn:aws:iam::111122223333:role/admin', handler: 'evil.handler' },
      },
    ],
    'the events of a source': [
      mapping({ functionName: 'other' }),
      {
        title: 'Event source sent to Lambda function other by IAM user alice',
        facts: { mapping: 'm-1' },
      },
    ],
  },
  quiet: {
    'code of a deployment': [code({}, by.deployment)],
    'code of a stack': [code({}, by.stack)],
    'code that is only tried': [code({ dryRun: true })],
    'a layer of a deployment': [configured(layerOf('444455556666'), by.deployment)],
    'more memory': [configured({ memorySize: 1024 })],
    'a source that stays with its function': [mapping({ enabled: true })],
    'a source that a deployment sends elsewhere': [
      mapping({ functionName: 'other' }, by.deployment),
    ],
    'a denied attempt': [
      call('UpdateFunctionCode20150331v2', null, denied('lambda:UpdateFunctionCode', arn)),
    ],
  },
});
