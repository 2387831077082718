/** What the clients of the SDK are made with. */
import type { CloudOptions } from '../options.ts';

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
