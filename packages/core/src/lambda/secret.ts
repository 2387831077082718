// This file is a chunk of its own, loaded when a secret is read. Imported by name, both clients together take less room
// in the zip than either would if all of it were imported.
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { SecretReference } from '../parameter.ts';

/**
 * Reads the value of a secret from where it lies.
 *
 * @throws what the SDK throws, or an Error when there is no text under the reference.
 */
export async function readSecret({ service, arn, region }: SecretReference): Promise<string> {
  const value =
    service === 'ssm'
      ? await fromParameterStore(arn, region)
      : await fromSecretsManager(arn, region);
  if (!value) throw new Error(`The secret ${arn} holds no text; store the value as a string.`);
  return value;
}

async function fromSecretsManager(arn: string, region: string): Promise<string | undefined> {
  const { SecretString } = await new SecretsManagerClient({ region }).send(
    new GetSecretValueCommand({ SecretId: arn }),
  );
  return SecretString;
}

async function fromParameterStore(arn: string, region: string): Promise<string | undefined> {
  const { Parameter } = await new SSMClient({ region }).send(
    new GetParameterCommand({ Name: arn, WithDecryption: true }),
  );
  return Parameter?.Value;
}
