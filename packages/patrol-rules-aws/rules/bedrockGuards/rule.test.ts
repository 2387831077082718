import { apiCallRecord, denied, describeRule, type Fields } from '@patrol/core/testing';
import { expect } from 'vitest';
import { by } from '../../testing/people.ts';
import rule from './rule.ts';

const call = (eventName: string, requestParameters: unknown, fields: Fields = {}): unknown =>
  apiCallRecord('bedrock.amazonaws.com', eventName, { requestParameters, ...fields });

const logged = (loggingConfig: Fields, fields: Fields = {}): unknown =>
  call('PutModelInvocationLoggingConfiguration', { loggingConfig }, fields);

const enforced = (excludedModels: readonly string[], fields: Fields = {}): unknown =>
  call(
    'PutEnforcedGuardrailConfiguration',
    {
      guardrailInferenceConfig: {
        guardrailIdentifier: 'g-1',
        guardrailVersion: '1',
        modelEnforcement: { includedModels: ['ALL'], excludedModels },
      },
    },
    fields,
  );

const deleted = (fields: Fields = {}): unknown =>
  call('DeleteModelInvocationLoggingConfiguration', null, fields);

describeRule(rule, {
  alerts: {
    'no log': [
      deleted(),
      { title: 'Log of Bedrock model calls turned off by IAM user alice', severity: 'high' },
    ],
    'no log, by a stack': [deleted(by.stack), { title: expect.any(String), severity: 'low' }],
    'a log without texts': [
      logged({
        s3Config: { bucketName: 'logs' },
        textDataDeliveryEnabled: false,
        imageDataDeliveryEnabled: true,
      }),
      {
        title: 'Log of Bedrock model calls without text by IAM user alice',
        severity: 'high',
        facts: { bucket: 'logs' },
      },
    ],
    'a log without images': [
      logged({ textDataDeliveryEnabled: true, imageDataDeliveryEnabled: false }),
      {
        title: 'Log of Bedrock model calls without image by IAM user alice',
        severity: 'low',
      },
    ],
    'a guardrail that is deleted': [
      call('DeleteGuardrail', { guardrailIdentifier: 'g-1' }),
      {
        title: 'Guardrail of Bedrock deleted: g-1 by IAM user alice',
        severity: 'high',
        targets: [{ type: 'AWS::Bedrock::Guardrail', id: 'g-1' }],
      },
    ],
    'a guardrail that is changed': [
      call('UpdateGuardrail', { guardrailIdentifier: 'g-1', name: 'strict' }),
      { title: 'Guardrail of Bedrock changed: g-1 by IAM user alice', severity: 'low' },
    ],
    'an enforced guardrail that is removed': [
      call('DeleteEnforcedGuardrailConfiguration', { configId: 'c-1' }),
      {
        title: 'Enforced guardrail of Bedrock removed by IAM user alice',
        severity: 'high',
        facts: { configuration: 'c-1' },
      },
    ],
    'an enforced guardrail with exceptions': [
      enforced(['anthropic.claude-3-sonnet-20240229-v1:0']),
      {
        title: 'Enforced guardrail of Bedrock set with exceptions by IAM user alice',
        severity: 'medium',
        facts: {
          guardrail: 'g-1',
          version: '1',
          excluded: 'anthropic.claude-3-sonnet-20240229-v1:0',
        },
      },
    ],
    'an enforced guardrail without exceptions': [
      enforced([]),
      { title: 'Enforced guardrail of Bedrock set by IAM user alice', severity: 'low' },
    ],
  },
  quiet: {
    'a whole log': [
      logged({
        textDataDeliveryEnabled: true,
        imageDataDeliveryEnabled: true,
        embeddingDataDeliveryEnabled: true,
      }),
    ],
    'a denied attempt': [
      call(
        'DeleteModelInvocationLoggingConfiguration',
        null,
        denied('bedrock:DeleteModelInvocationLoggingConfiguration', '*'),
      ),
    ],
  },
});
