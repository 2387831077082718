/** What the deployer asks of GitHub about an organisation's webhooks. `octokit.ts` answers with Octokit, `testing/github.ts` in memory. */

/** Who asks, and whom. */
export interface GitHubOptions {
  readonly token: string;
  /** The API of a GitHub Enterprise Server, such as `https://github.example.com/api/v3`; github.com's when left out. */
  readonly url?: string;
}

/** Whether a text is the address of an API that a token may be sent to: encrypted, or to this machine. */
export function isApiUrl(text: string): boolean {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return false;
  const { protocol, hostname, username, password, search, hash } = new URL(text);
  const isHere = hostname === 'localhost' || hostname === '127.0.0.1';
  return (
    (protocol === 'https:' || isHere) && [username, password, search, hash].every((part) => !part)
  );
}

/**
 * The variables that may hold the token for an API, in their order, as GitHub's own `gh` has them ("gh help environment"):
 * a server of an enterprise's own is not given what is for github.com.
 */
export function tokenVariables(url: string | undefined): readonly [string, string] {
  const { hostname } = new URL(url ?? 'https://api.github.com');
  return hostname === 'api.github.com' || hostname.endsWith('.ghe.com')
    ? ['GH_TOKEN', 'GITHUB_TOKEN']
    : ['GH_ENTERPRISE_TOKEN', 'GITHUB_ENTERPRISE_TOKEN'];
}

/** A webhook of an organisation. Its secret is never told. */
export interface Hook {
  readonly id: number;
  readonly url: string;
  /** `json` or `form`. */
  readonly contentType: string;
  /** Whether GitHub verifies the certificate of the receiver. */
  readonly verifiesTls: boolean;
  readonly hasSecret: boolean;
  readonly active: boolean;
  readonly events: readonly string[];
}

/** The settings that differ between webhooks. The others are always the same: JSON, active, certificates verified. */
export interface HookSettings {
  readonly url: string;
  readonly secret: string;
  readonly events: readonly string[];
}

/** An attempt to deliver something. */
export interface HookDelivery {
  /** Of the attempt; GitHub's may be larger than numbers are exact. */
  readonly id: number | bigint;
  /** Of what was delivered: the same for every attempt (`X-GitHub-Delivery`). */
  readonly guid: string;
  readonly event: string;
  readonly deliveredAt: Date;
  /** What the receiver answered; 0 where it did not. */
  readonly statusCode: number;
  /** GitHub's words for it: `OK`, `Invalid HTTP Response: 503`, `timed out`, … */
  readonly status: string;
}

/** Everything the deployer asks of GitHub. Every call throws nothing but {@link GitHubError} for what GitHub or the network refuse. */
export interface GitHub {
  hooks(org: string): Promise<readonly Hook[]>;
  createHook(org: string, settings: HookSettings): Promise<Hook>;
  updateHook(org: string, id: number, settings: HookSettings): Promise<Hook>;
  /** Has GitHub send a `ping`. */
  ping(org: string, id: number): Promise<void>;
  /** The attempts since a time, newest first; without one the newest hundred. */
  deliveries(org: string, id: number, since?: Date): Promise<readonly HookDelivery[]>;
  /** Has GitHub repeat the delivery of an attempt. */
  redeliver(org: string, id: number, attempt: HookDelivery['id']): Promise<void>;
}

/** Why GitHub did not do what it was asked. */
export type GitHubFailure =
  | 'token'
  | 'forbidden'
  | 'missing'
  | 'limited'
  | 'unreachable'
  | 'invalid'
  | 'other';

/** GitHub, or the way to it, refused a call. */
export class GitHubError extends Error {
  override readonly name = 'GitHubError';
  readonly failure: GitHubFailure;
  /** `GET /orgs/acme/hooks`. */
  readonly call: string;
  /** It holds no cause: the SDK's errors carry the whole request, and so the webhook's secret. */
  constructor(failure: GitHubFailure, call: string, message: string) {
    super(message);
    this.failure = failure;
    this.call = call;
  }
}

/** What a token has to be allowed to do ("REST API endpoints for organization webhooks"). */
const rights =
  'Use a classic token of an organisation owner with the scope admin:org_hook. A fine-grained token or an app needs the organisation permission "Webhooks: read and write".';

const advice: Readonly<Record<GitHubFailure, string>> = {
  token: `GitHub refused this token; it may have expired. Set another in GH_TOKEN, or in GH_ENTERPRISE_TOKEN for a GitHub Enterprise Server. ${rights}`,
  forbidden: `The token may not do this. ${rights} If the organisation requires single sign-on, authorise the token for it.`,
  missing: `The organisation does not exist, or the token may not see its webhooks. GitHub answers the same in both cases. ${rights}`,
  limited: 'GitHub limits the requests of this token. Run the same command again later.',
  unreachable: 'Check the network, --url, HTTPS_PROXY, NO_PROXY and AWS_CA_BUNDLE.',
  invalid: '',
  other: '',
};

/** A refused call in words for the operator: what was asked, what GitHub said, what to do. */
export const explainGitHub = ({ call, message, failure }: GitHubError): string =>
  `${call} failed: ${message.replace(/\.?$/, '.')} ${advice[failure]}`.trim();
