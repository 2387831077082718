/** Secrets through the AWS SDK. */
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { splitArn } from '@patrol/core';
import { type Cloud, CloudError } from '../cloud.ts';
import type { Connection } from './client.ts';
import { cloudError } from './errors.ts';

/** Reads the text of a secret where it lies: in Secrets Manager, or as a SecureString of the Parameter Store. */
export async function readSecret(connection: Connection, arn: string): Promise<string> {
  const { service, region } = splitArn(arn);
  const there = { ...connection, region };
  const [call, read] =
    service === 'ssm'
      ? (['ssm:GetParameter', fromParameterStore] as const)
      : (['secretsmanager:GetSecretValue', fromSecretsManager] as const);
  let text: string | undefined;
  try {
    text = await read(there, arn);
  } catch (error) {
    throw cloudError(call, error);
  }
  if (text) return text;
  throw new CloudError('invalid', call, `The secret ${arn} contains no text.`);
}

async function fromSecretsManager(
  connection: Connection,
  arn: string,
): Promise<string | undefined> {
  const client = new SecretsManagerClient(connection);
  return (await client.send(new GetSecretValueCommand({ SecretId: arn }))).SecretString;
}

async function fromParameterStore(
  connection: Connection,
  arn: string,
): Promise<string | undefined> {
  const client = new SSMClient(connection);
  const command = new GetParameterCommand({ Name: arn, WithDecryption: true });
  return (await client.send(command)).Parameter?.Value;
}

/** Storing secrets in Secrets Manager. What they hold goes into requests only. */
export function awsSecrets(
  connection: Connection,
): Pick<Cloud, 'secret' | 'createSecret' | 'updateSecret'> {
  const client = new SecretsManagerClient(connection);
  return {
    secret: async (SecretId) => {
      try {
        const found = await client.send(new DescribeSecretCommand({ SecretId }));
        return {
          arn: found.ARN ?? '',
          tags: Object.fromEntries(
            (found.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]),
          ),
          deleted: found.DeletedDate !== undefined,
        };
      } catch (error) {
        const failure = cloudError('secretsmanager:DescribeSecret', error);
        if (failure.failure === 'missing') return undefined;
        throw failure;
      }
    },
    createSecret: async ({ name, text, description, tags }, token) => {
      try {
        const { ARN = '' } = await client.send(
          new CreateSecretCommand({
            Name: name,
            SecretString: text,
            Description: description,
            ClientRequestToken: token,
            Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
          }),
        );
        return ARN;
      } catch (error) {
        throw cloudError('secretsmanager:CreateSecret', error);
      }
    },
    updateSecret: async (SecretId, SecretString, ClientRequestToken) => {
      try {
        await client.send(
          new PutSecretValueCommand({ SecretId, SecretString, ClientRequestToken }),
        );
      } catch (error) {
        throw cloudError('secretsmanager:PutSecretValue', error);
      }
    },
  };
}
