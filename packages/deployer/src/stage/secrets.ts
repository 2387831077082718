/** Values of secret parameters: they go into Secrets Manager, and only their ARN goes to the stack. */
import type { Cloud, Stack, StoredSecret } from '../cloud/cloud.ts';
import type { Effects } from '../cloud/effects.ts';
import { secretName } from '../identity/naming.ts';
import type { SecretInput } from '../plan/step.ts';
import { awsCommand, type RunScope } from '../text/command.ts';
import { OperatorError } from '../text/errors.ts';
import { compact, type Texts } from '../text/records.ts';

/** The values to store in secrets, by parameter. */
export type SecretTexts = Texts;

/** By which a secret is known as that of a stack. */
const tag = 'patrol:stack';

/** Secrets Manager takes at most this many bytes. */
const most = 65_536;

/** What is wrong with the value of a secret. The message does not show it. */
export function refuseSecret(text: string): string | undefined {
  if (text === '') return 'The value is empty.';
  const bytes = Buffer.byteLength(text);
  return bytes > most ? `The value has ${bytes} bytes; Secrets Manager allows ${most}.` : undefined;
}

/**
 * Finds where values will be stored.
 *
 * @param scope what suggested commands repeat of the run.
 * @throws OperatorError when a secret of that name is not this stack's or is scheduled for deletion.
 */
export const findSecrets = (
  cloud: Pick<Cloud, 'secret'>,
  scope: RunScope,
  stack: string,
  parameters: readonly string[],
): Promise<readonly SecretInput[]> =>
  Promise.all(
    parameters.map(async (parameter) => {
      const name = secretName(stack, parameter);
      const found = await cloud.secret(name);
      if (found) requireOwn(found, name, stack, scope);
      return compact<SecretInput>({ parameter, name, arn: found?.arn });
    }),
  );

function requireOwn(found: StoredSecret, name: string, stack: string, scope: RunScope): void {
  if (found.deleted) {
    throw new OperatorError(
      `The secret ${name} is scheduled for deletion, so nothing can be stored in it. \`${awsCommand(['secretsmanager', 'restore-secret', '--secret-id', name], scope)}\` restores it. Then run the same command again.`,
    );
  }
  if (found.tags[tag] !== stack) {
    throw new OperatorError(
      `There is already a secret ${name}, but it does not have the tag ${tag}=${stack} of secrets that patrol-deploy created. Patrol does not touch it. Give its ARN as the parameter's value, or rename it.`,
    );
  }
}

/** What storing a value does, for people. */
export const tellSecret = ({ parameter, name, arn }: SecretInput): string =>
  arn === undefined
    ? `The value of ${parameter} will be stored in Secrets Manager as ${name}. The stack gets only its ARN.`
    : `The value of ${parameter} will replace the value of the secret ${name}. Running instances of the function use it after their next start.`;

/** Stores values; gives the parameters' ARNs. */
export async function storeSecrets(
  { cloud, tell, unique }: Effects,
  stack: string,
  tags: Texts,
  inputs: readonly SecretInput[],
  texts: SecretTexts,
): Promise<Texts> {
  const arns: Record<string, string> = {};
  for (const { parameter, name, arn } of inputs) {
    const text = texts[parameter];
    if (text === undefined) throw new Error(`Nobody gave the value of ${parameter}.`);
    if (arn === undefined) {
      const description = `The parameter ${parameter} of ${stack}. Stored by patrol-deploy.`;
      const own = { ...tags, [tag]: stack };
      arns[parameter] = await cloud.createSecret({ name, text, description, tags: own }, unique());
    } else {
      await cloud.updateSecret(arn, text, unique());
      arns[parameter] = arn;
    }
    const message = `Stored the value of ${parameter} in ${name}.`;
    tell({ type: 'progress', message, stored: { parameter, secret: name } });
  }
  return arns;
}

/** The secrets that patrol-deploy stored for a stack, as far as its parameters still name them. */
export const secretsOf = ({
  name,
  parameters,
}: Pick<Stack, 'name' | 'parameters'>): readonly string[] =>
  Object.values(parameters).filter(
    (value) => value.startsWith('arn:') && value.includes(`:secret:${secretName(name, '')}`),
  );
