/** Secrets through the AWS SDK. */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { splitArn } from '@patrol/core';
import { CloudError } from '../cloud.ts';
import type { Connection } from './connection.ts';
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
  throw new CloudError('invalid', call, `The secret ${arn} holds no text.`);
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
