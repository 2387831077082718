/** What the clients of the SDK are made with. */
import type { CloudOptions } from '../options.ts';
import { cloudError } from './errors.ts';

/** What every client of the SDK is made with. */
export interface Connection {
  readonly region: string;
  readonly profile?: string;
  readonly retryMode: 'adaptive';
  readonly maxAttempts: number;
  readonly requestHandler: Readonly<Record<string, unknown>>;
  /** Those of a role; otherwise the SDK finds the operator's own. */
  readonly credentials?: () => Promise<Credentials>;
}

/** Credentials as the clients of the SDK take them. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** Variables of the process, or those that stand for them. */
export type Environment = Record<string, string | undefined>;

/**
 * Connects to a service. Makes no call yet.
 *
 * @throws OperatorError when no region is set.
 */
export type Connect<T, O = CloudOptions> = (options: O, environment: Environment) => Promise<T>;

/** What a client of the SDK is given to run around its calls. */
type Call = (args: never) => Promise<unknown>;
type Around = <C extends Call>(next: C, context: { readonly commandName?: string }) => C;
interface Client {
  readonly middlewareStack: {
    add(around: Around, options: { step: 'initialize'; priority: 'high' }): void;
  };
}

/** The permissions that IAM calls otherwise than the SDK calls what needs them. */
const permissions: Readonly<Record<string, string>> = {
  'lambda:Invoke': 'lambda:InvokeFunction',
  's3:GetBucketEncryption': 's3:GetEncryptionConfiguration',
  's3:GetPublicAccessBlock': 's3:GetBucketPublicAccessBlock',
  's3:HeadBucket': 's3:ListBucket',
  's3:HeadObject': 's3:GetObject',
  's3:PutBucketEncryption': 's3:PutEncryptionConfiguration',
  's3:PutPublicAccessBlock': 's3:PutBucketPublicAccessBlock',
};

/**
 * A client that throws nothing but CloudErrors for what AWS and the network refuse.
 *
 * @param service as IAM spells it.
 */
export function withCloudErrors<C extends Client>(service: string, client: C): C {
  const around = <N extends Call>(next: N, { commandName = '' }: { commandName?: string }): N =>
    ((args) =>
      next(args).catch((error: unknown) => {
        const call = `${service}:${commandName.replace(/Command$/, '')}`;
        throw cloudError(permissions[call] ?? call, error);
      })) as N;
  client.middlewareStack.add(around, { step: 'initialize', priority: 'high' });
  return client;
}
