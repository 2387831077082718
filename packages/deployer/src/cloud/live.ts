/** The operator's own way to AWS, for rules that ask before they decide. `aws/live.ts` makes it, tests stand in for it. */

/** A request of SNS's query protocol. */
export interface SnsRequest {
  readonly region: string;
  /** The form. */
  readonly body: string;
}

/** An answer as it came. */
export interface SnsAnswer {
  readonly status: number;
  readonly body: string;
}

/** What `--live` gives a function, and what is asked in its name. */
export interface Live {
  /** Variables for the function: credentials, region, endpoints. */
  readonly environment: Readonly<Record<string, string>>;
  /** Reads a secret, from Secrets Manager or the Parameter Store. */
  readSecret(arn: string): Promise<string>;
  /** Asks SNS what the function asked the sandbox's. */
  askSns(request: SnsRequest): Promise<SnsAnswer>;
}

/** What of the operator's credentials is not to be shown. */
export const secretsOf = ({ environment }: Live): readonly string[] =>
  ['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'].flatMap((name) => environment[name] ?? []);
