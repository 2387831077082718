/** What the clients of the SDK are made with. */

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
