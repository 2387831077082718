/** Secrets through the AWS SDK. */
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { SSM } from '@aws-sdk/client-ssm';
import { splitArn } from '@patrol/core';
import { CloudError, type Secrets } from '../cloud.ts';
import { callsOf, isMissing, orNone, tagList, textsOf } from './calls.ts';
import type { Connection } from './client.ts';

/** Reads the text of a secret where it lies: in Secrets Manager, or as a SecureString of the Parameter Store. */
export async function readSecret(connection: Connection, arn: string): Promise<string> {
  const { service, region } = splitArn(arn);
  const there = { ...connection, region };
  const [from, call, read] =
    service === 'ssm'
      ? (['ssm', 'GetParameter', fromParameterStore] as const)
      : (['secretsmanager', 'GetSecretValue', fromSecretsManager] as const);
  const text = await callsOf(from)(call, () => read(there, arn));
  if (text) return text;
  throw new CloudError('invalid', `${from}:${call}`, `The secret ${arn} contains no text.`);
}

const fromSecretsManager = async (
  connection: Connection,
  SecretId: string,
): Promise<string | undefined> =>
  (await new SecretsManager(connection).getSecretValue({ SecretId })).SecretString;

const fromParameterStore = async (
  connection: Connection,
  Name: string,
): Promise<string | undefined> =>
  (await new SSM(connection).getParameter({ Name, WithDecryption: true })).Parameter?.Value;

/** Storing secrets in Secrets Manager. What they hold goes into requests only. */
export function awsSecrets(connection: Connection): Secrets {
  const client = new SecretsManager(connection);
  const call = callsOf('secretsmanager');
  return {
    secret: async (SecretId) => {
      const described = call('DescribeSecret', () => client.describeSecret({ SecretId }));
      const found = await orNone(described, isMissing);
      return (
        found && {
          arn: found.ARN ?? '',
          tags: textsOf(found.Tags, ({ Key, Value }) => [Key, Value]),
          deleted: found.DeletedDate !== undefined,
        }
      );
    },
    createSecret: ({ name, text, description, tags }, token) =>
      call('CreateSecret', async () => {
        const { ARN = '' } = await client.createSecret({
          Name: name,
          SecretString: text,
          Description: description,
          ClientRequestToken: token,
          Tags: tagList(tags),
        });
        return ARN;
      }),
    updateSecret: (SecretId, SecretString, ClientRequestToken) =>
      call('PutSecretValue', async () => {
        await client.putSecretValue({ SecretId, SecretString, ClientRequestToken });
      }),
  };
}
