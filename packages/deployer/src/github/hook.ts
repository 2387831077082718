/** The settings that a webhook at GitHub needs, and which of its deliveries failed. Pure. */
import type { Hook, HookDelivery, HookSettings } from './github.ts';
import type { Difference } from '../notes/parts.ts';

/** What is to be done with the webhooks of an organisation. */
export interface HookPlan {
  /** `try`: everything that GitHub shows is right. A ping shows whether the secret is right as well. */
  readonly do: 'create' | 'update' | 'try';
  readonly because: string;
  readonly differences: readonly Difference[];
  /** The one that exists. */
  readonly current?: Hook;
  /** Further ones with the same URL: GitHub delivers to each. */
  readonly others: readonly Hook[];
}

/** What GitHub should send, and where the secret is stored that it should sign with. */
export type Wanted = Pick<HookSettings, 'url' | 'events'> & { readonly secretArn: string };

/** Compares the webhooks of the organisation with the one that is wanted. */
export function planHook(wanted: Wanted, hooks: readonly Hook[]): HookPlan {
  const [current, ...others] = hooks.filter(({ url }) => isSameUrl(url, wanted.url));
  const events = wanted.events.toSorted().join(', ');
  if (!current) {
    const differences = [
      { what: 'events', name: 'events', after: events },
      { what: 'secret', name: 'secret', after: valueOf(wanted) },
    ];
    const because = 'the organisation has no webhook with this URL';
    return { do: 'create', because, differences, others };
  }
  const certificate = current.verifiesTls ? 'verified' : 'not verified';
  const compared = [
    ['events', 'events', current.events.toSorted().join(', '), events],
    ['content_type', 'content type', current.contentType, 'json'],
    ['insecure_ssl', 'SSL certificate', certificate, 'verified'],
    ['active', 'state', current.active ? 'active' : 'inactive', 'active'],
  ] as const;
  const differences = compared.flatMap(([name, what, before, after]) =>
    before === after ? [] : [{ what, name, before, after }],
  );
  if (differences.length === 0 && current.hasSecret) {
    const because = 'the webhook is up to date';
    return { do: 'try', because, differences: [], current, others };
  }
  const because = current.hasSecret
    ? `${differences.map(({ what }) => what).join(', ')} changed`
    : 'it has no secret, so it does not sign deliveries';
  // Every update sets the secret as well: GitHub would otherwise forget it.
  const all = [...differences, replaced(wanted)];
  return { do: 'update', because, differences: all, current, others };
}

/** The plan for a webhook whose ping was refused although everything that GitHub shows is right: its secret differs. */
export const withSecret = (plan: HookPlan, wanted: Wanted, because: string): HookPlan => ({
  ...plan,
  do: 'update',
  because,
  differences: [replaced(wanted)],
});

const valueOf = ({ secretArn }: Wanted): string => `the value of ${secretArn}`;

/** GitHub does not show which secret it has. */
const replaced = (wanted: Wanted): Difference => ({
  what: 'secret',
  name: 'secret',
  before: 'the value that GitHub has',
  after: valueOf(wanted),
});

function isSameUrl(a: string, b: string): boolean {
  return URL.canParse(a) && URL.canParse(b) ? new URL(a).href === new URL(b).href : a === b;
}

/** Whether a delivery was answered as one that arrived. */
export const isAnswered = ({ statusCode }: HookDelivery): boolean =>
  statusCode >= 200 && statusCode < 300;

/**
 * The attempts to repeat, oldest first: of everything that the rule needs, the latest attempt where that failed.
 *
 * @param deliveries newest first.
 */
export function failedDeliveries(
  deliveries: readonly HookDelivery[],
  events: readonly string[],
): readonly HookDelivery[] {
  return [...Map.groupBy(deliveries, ({ guid }) => guid).values()]
    .flatMap(([latest]) => latest ?? [])
    .filter((delivery) => events.includes(delivery.event) && !isAnswered(delivery))
    .toReversed();
}

/** The answer, in words. */
export const answerWords = ({ statusCode, status }: HookDelivery): string =>
  statusCode === 0 ? `not answered (${status})` : `answered with ${statusCode} (${status})`;

/** What an answer to a ping means, and what to do about it. */
export function pingAdvice({ statusCode }: HookDelivery): string {
  if (statusCode === 401) {
    return 'The function refused the signature: GitHub has another secret. Run the same command again in a minute, when all instances of the function have read the changed secret.';
  }
  if (statusCode === 403 || statusCode === 404) {
    return 'Patrol has no endpoint at that URL any more. Deploy the rule again, then run the same command again.';
  }
  return statusCode === 0
    ? 'GitHub could not reach the URL. Open it in a browser, and check https://www.githubstatus.com.'
    : "Check the function's log, then run the same command again.";
}
