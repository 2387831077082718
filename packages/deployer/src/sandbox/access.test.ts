import { expect, test } from 'vitest';
import type { Live } from '../cloud/live.ts';
import { resolveEnvironment } from '../evaluate/environment.ts';
import { liveAccess, stackResources } from './access.ts';

test('what belongs to the stack is told apart from what the operator named', () => {
  const Variables = {
    ALERTS: { Ref: 'Topic' },
    DISPATCH: { Ref: 'dispatch' },
    SECRET: { Ref: 'Secret' },
    MEMORY: { Ref: 'Table' },
    roles: { Ref: 'roles' },
  };
  const text = JSON.stringify({
    Parameters: { dispatch: { Type: 'String' }, roles: { Type: 'String' } },
    Resources: {
      Topic: { Type: 'AWS::SNS::Topic' },
      Secret: { Type: 'AWS::SecretsManager::Secret' },
      Table: { Type: 'AWS::DynamoDB::Table' },
      Function: { Type: 'AWS::Lambda::Function', Properties: { Environment: { Variables } } },
    },
  });
  const far = 'arn:aws:sns:eu-west-1:444455556666:dispatch';
  const variables = resolveEnvironment(
    { text },
    {
      dispatch: far,
      roles: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:theirs-AbCdEf',
    },
  );
  expect(stackResources({ parameters: { roles: {} } }, { text }, variables)).toEqual({
    topics: ['arn:aws:sns:us-east-1:111122223333:patrol-sandbox-Topic', far],
    secrets: ['arn:aws:secretsmanager:us-east-1:111122223333:secret:patrol-sandbox-Secret-000000'],
    tables: ['patrol-sandbox-Table'],
  });
});

test('what may be asked in the operator’s name is what the parameters and the permissions name', () => {
  const secret = { kind: 'secret', description: 'A secret.' } as const;
  const rule = {
    parameters: {
      token: secret,
      other: secret,
      word: { kind: 'text', description: 'A word.' } as const,
    },
    permissions: [
      { Action: ['sns:ListTopics', 'iam:GetRole'], Resource: '*' },
      { Action: ['sns:GetTopicAttributes'], Resource: '*' },
    ],
  };
  const values = { token: ' arn:token ', word: 'arn:word' };
  const aws: Live = {
    environment: {},
    readSecret: async () => '',
    ask: async () => ({ status: 200, type: '', body: '' }),
  };
  expect(liveAccess(rule, values, aws)).toEqual({
    aws,
    secrets: ['arn:token'],
    actions: ['sns:ListTopics', 'iam:GetRole', 'sns:GetTopicAttributes'],
  });
});
