/** The operator's own way to AWS, for rules that ask before they decide. `aws/live.ts` makes it, tests stand in for it. */

/** The services that a function of the sandbox does not ask itself: alerts would be sent, and secrets could not be redacted. */
export type LiveService = 'dynamodb' | 'secretsmanager' | 'sns' | 'ssm';

/** A request that a function sent to the sandbox. */
export interface LiveRequest {
  readonly service: LiveService;
  readonly region: string;
  readonly body: string;
  /** The headers that say what the body is and what it asks for. */
  readonly headers: Readonly<Record<string, string>>;
}

/** An answer as it came. */
export interface LiveAnswer {
  readonly status: number;
  /** The media type of the body. */
  readonly type: string;
  readonly body: string;
}

/** What `--live` gives a function, and what is asked in its name. */
export interface Live {
  /** Variables for the function: credentials, region, endpoints. */
  readonly environment: Readonly<Record<string, string>>;
  /** Reads a secret, from Secrets Manager or the Parameter Store. */
  readSecret(arn: string): Promise<string>;
  /** Asks AWS what the function asked the sandbox. */
  ask(request: LiveRequest): Promise<LiveAnswer>;
}

/** What of the operator's credentials is not to be shown. */
export const secretsOf = ({ environment }: Live): readonly string[] =>
  ['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'].flatMap((name) => environment[name] ?? []);
