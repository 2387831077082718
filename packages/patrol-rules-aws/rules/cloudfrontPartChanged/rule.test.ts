import * as sdk from '@aws-sdk/client-cloudfront';
import { apiCallRecord, describeRule } from '@patrol/core/testing';
import { expect, test } from 'vitest';
import rule from './rule.ts';

const call = (eventName: string, requestParameters: unknown, fields = {}): unknown =>
  apiCallRecord('cloudfront.amazonaws.com', eventName, { requestParameters, ...fields });

describeRule(rule, {
  alerts: {
    'keys that sign URLs': [
      call('UpdateKeyGroup2020_05_31', { id: 'bc3b1f4c', keyGroupConfig: { items: ['K1'] } }),
      {
        title: 'CloudFront key group bc3b1f4c changed by IAM user alice',
        summary:
          'IAM user alice called cloudfront:UpdateKeyGroup2020_05_31. Every distribution that uses the key group is affected. The record does not say which ones do.',
        severity: 'high',
        targets: [{ type: 'AWS::CloudFront::KeyGroup', id: 'bc3b1f4c' }],
      },
    ],
    'a function that goes live': [
      call('PublishFunction2020_05_31', { name: 'rewrite', ifMatch: 'E' }),
      { title: 'CloudFront function rewrite published by IAM user alice', severity: 'low' },
    ],
    'a function as records may name the call without a version': [
      call('UpdateFunction', { name: 'rewrite', ifMatch: 'E' }),
      { title: 'CloudFront function rewrite changed by IAM user alice' },
    ],
    'a record without its request': [
      call('DeletePublicKey2020_05_31', null),
      { title: 'CloudFront public key deleted by IAM user alice', targets: [] },
    ],
    'the way to an origin': [
      call('UpdateOriginAccessControl2020_05_31', { id: 'E327' }),
      {
        title: 'CloudFront origin access control E327 changed by IAM user alice',
        severity: 'medium',
      },
    ],
    'a profile of encryption': [
      call('UpdateFieldLevelEncryptionProfile2020_05_31', { id: 'P1' }),
      { title: 'CloudFront configuration of field-level encryption P1 changed by IAM user alice' },
    ],
    'a trust store': [
      call('UpdateTrustStore2020_05_31', { id: 'ts_1' }),
      { title: 'CloudFront trust store ts_1 changed by IAM user alice', severity: 'high' },
    ],
  },
  quiet: {
    'a denied attempt': [call('UpdateFunction2020_05_31', null, { errorCode: 'AccessDenied' })],
    'a call that failed': [
      call('DeleteKeyGroup2020_05_31', { id: 'x' }, { errorCode: 'ResourceInUse' }),
    ],
  },
});

test('every call that is named is one of CloudFront', () => {
  const known = Object.keys(sdk).filter((name) => name.endsWith('Command'));
  const branches = JSON.stringify(rule.triggers[0]?.pattern.detail);
  const prefixes = [...branches.matchAll(/"prefix":"(\w+)"/g)].map(([, name = '']) => name);
  expect(prefixes.length).toBeGreaterThan(10);
  expect(prefixes.filter((name) => !known.some((command) => command.startsWith(name)))).toEqual([]);
});
