/** Secrets, and other parameters of the Parameter Store, through the AWS SDK. */
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { SSM } from '@aws-sdk/client-ssm';
import { splitArn } from '@patrol/core';
import { compact } from '../../text/records.ts';
import { CloudError, type Secrets, type StoredSecret } from '../cloud.ts';
import { type Connection, isMissing, orNone, tagList, textsOf, withCloudErrors } from './sdk.ts';

/** Reads the text of a secret where it lies: in Secrets Manager, or as a SecureString of the Parameter Store. */
export async function readSecret(connection: Connection, arn: string): Promise<string> {
  const { service, region } = splitArn(arn);
  const there = { ...connection, region };
  const isParameter = service === 'ssm';
  const text = await (isParameter ? fromParameterStore : fromSecretsManager)(there, arn);
  if (text) return text;
  const call = isParameter ? 'ssm:GetParameter' : 'secretsmanager:GetSecretValue';
  throw new CloudError('invalid', call, `The secret ${arn} contains no text.`);
}

const secretsManager = (connection: Connection): SecretsManager =>
  withCloudErrors('secretsmanager', new SecretsManager(connection));

const fromSecretsManager = async (connection: Connection, SecretId: string) =>
  (await secretsManager(connection).getSecretValue({ SecretId })).SecretString;

async function fromParameterStore(connection: Connection, Name: string) {
  const client = withCloudErrors('ssm', new SSM(connection));
  return (await client.getParameter({ Name, WithDecryption: true })).Parameter?.Value;
}

/** Writes a parameter of the Parameter Store that is no secret. */
export async function announce(connection: Connection, Name: string, Value: string): Promise<void> {
  const client = withCloudErrors('ssm', new SSM(connection));
  await client.putParameter({ Name, Value, Type: 'String', Overwrite: true });
}

/** Storing secrets in Secrets Manager. What they hold goes into requests only. */
export function awsSecrets(connection: Connection): Secrets {
  const client = secretsManager(connection);
  return {
    secret: async (SecretId) => {
      // A secret that several webhooks share may be in another region.
      const { region } = SecretId.startsWith('arn:') ? splitArn(SecretId) : { region: undefined };
      const there = region ? secretsManager({ ...connection, region }) : client;
      const found = await orNone(there.describeSecret({ SecretId }), isMissing);
      const stages = Object.values(found?.VersionIdsToStages ?? {}).flat();
      return (
        found &&
        compact<StoredSecret>({
          arn: found.ARN ?? '',
          tags: textsOf(found.Tags, ({ Key, Value }) => [Key, Value]),
          deleted: found.DeletedDate !== undefined,
          replaced: stages.includes('AWSPREVIOUS') ? found.LastChangedDate : undefined,
        })
      );
    },
    createSecret: async ({ name, text, description, tags }, token) => {
      const { ARN = '' } = await client.createSecret({
        Name: name,
        SecretString: text,
        Description: description,
        ClientRequestToken: token,
        Tags: tagList(tags),
      });
      return ARN;
    },
    updateSecret: (SecretId, SecretString, ClientRequestToken) =>
      client.putSecretValue({ SecretId, SecretString, ClientRequestToken }),
  };
}
