import {
  apiCallRecord,
  denied,
  describeRule,
  type Fields,
  identities,
  run,
} from '@patrol/core/testing';
import { expect, test } from 'vitest';
import { by } from '../../testing/people.ts';
import rule from './rule.ts';

const model = 'anthropic.claude-3-sonnet-20240229-v1:0';

const call = (eventName: string, requestParameters: unknown, fields: Fields = {}): unknown =>
  apiCallRecord('bedrock.amazonaws.com', eventName, { requestParameters, ...fields });

const throughput = (fields: Fields = {}): unknown =>
  call(
    'CreateProvisionedModelThroughput',
    { modelId: model, modelUnits: 2, provisionedModelName: 'mine', commitmentDuration: 'OneMonth' },
    fields,
  );

const byKey = (eventName: string): unknown =>
  call(
    eventName,
    { modelId: model },
    {
      userIdentity: {
        ...identities.userWithKeys,
        arn: 'arn:aws:iam::111122223333:user/BedrockAPIKey-a1b2',
        userName: 'BedrockAPIKey-a1b2',
      },
      additionalEventData: { callWithBearerToken: true },
    },
  );

const known = { parameters: { apiKeyAddresses: '192.0.2.200, 192.0.2.9*' } };
const used = {
  title: `API key of Bedrock used for model ${model} by IAM user BedrockAPIKey-a1b2`,
  severity: 'medium' as const,
  facts: { address: '192.0.2.17' },
};

describeRule(rule, {
  alerts: {
    'what a stack asks for, which is somebody’s doing': [
      call('CreateFoundationModelAgreement', { modelId: model }, by.stack),
      { severity: 'low', title: expect.stringContaining('through cloudformation.amazonaws.com') },
    ],
    'access to a model, by a role': [
      call('PutFoundationModelEntitlement', { modelId: model }, by.deployment),
      {
        title: `Access to a Bedrock model asked for: ${model} by role Developer (session mallory)`,
        severity: 'high',
        targets: [{ type: 'AWS::Bedrock::Model', id: model }],
      },
    ],
    'a use case': [
      call('PutUseCaseForModelAccess', null),
      { title: 'Use case for Bedrock models sent in by IAM user alice', severity: 'high' },
    ],
    'an agreement': [
      call('CreateFoundationModelAgreement', { modelId: model }),
      { title: `Agreement for a Bedrock model made: ${model} by IAM user alice` },
    ],
    throughput: [
      throughput(),
      {
        title: `Throughput bought for Bedrock model ${model} by IAM user alice`,
        severity: 'high',
        facts: { units: 2, commitment: 'OneMonth', name: 'mine' },
      },
    ],
    'throughput of a deployment': [
      throughput(by.deployment),
      { title: expect.any(String), severity: 'low' },
    ],
    'InvokeModel by an API key from elsewhere': [byKey('InvokeModel'), used, known],
    'InvokeModelWithResponseStream by an API key from elsewhere': [
      byKey('InvokeModelWithResponseStream'),
      used,
      known,
    ],
    'Converse by an API key from elsewhere': [byKey('Converse'), used, known],
    'ConverseStream by an API key from elsewhere': [byKey('ConverseStream'), used, known],
  },
  quiet: {
    'an API key, by default': [byKey('InvokeModel')],
    'an API key from a known address': [
      byKey('Converse'),
      { parameters: { apiKeyAddresses: '192.0.2.*' } },
    ],
    'a denied attempt': [
      call('PutUseCaseForModelAccess', null, denied('bedrock:PutUseCaseForModelAccess', '*')),
    ],
  },
});

test('calls without an API key are not delivered', async () => {
  await expect(run(rule, call('InvokeModel', { modelId: model }))).rejects.toThrow(
    'would never receive',
  );
});
