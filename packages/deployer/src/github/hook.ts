/** How a webhook of GitHub has to be, and which of its deliveries failed. Pure. */
import type { Hook, HookDelivery, HookSettings } from './github.ts';
import type { Difference } from '../notes/parts.ts';

/** What is to be done with the webhooks of an organisation. */
export interface HookPlan {
  /** `try`: all that GitHub tells is right; whether the secret is, a ping tells. */
  readonly do: 'create' | 'update' | 'try';
  readonly because: string;
  readonly differences: readonly Difference[];
  /** The one that stands. */
  readonly standing?: Hook;
  /** Further ones with the same URL: GitHub delivers to each. */
  readonly others: readonly Hook[];
}

/** What GitHub is to send; which secret it is, is said by where it lies. */
export type Wanted = Pick<HookSettings, 'url' | 'events'> & { readonly secretArn: string };

/** Compares the webhooks that stand with the one that is wanted. */
export function planHook(wanted: Wanted, hooks: readonly Hook[]): HookPlan {
  const [standing, ...others] = hooks.filter(({ url }) => isSameUrl(url, wanted.url));
  const events = wanted.events.toSorted().join(', ');
  if (!standing) {
    const differences = [
      { what: 'events', name: 'events', after: events },
      { what: 'the secret', name: 'secret', after: lying(wanted) },
    ];
    return { do: 'create', because: 'there is none with this URL', differences, others };
  }
  const compared = [
    ['events', 'events', standing.events.toSorted().join(', '), events],
    ['content_type', 'content type', standing.contentType, 'json'],
    [
      'insecure_ssl',
      'certificate of the receiver',
      standing.verifiesTls ? 'verified' : 'not verified',
      'verified',
    ],
    ['active', 'state', standing.active ? 'active' : 'inactive', 'active'],
  ] as const;
  const differences = compared.flatMap(([name, what, before, after]) =>
    before === after ? [] : [{ what, name, before, after }],
  );
  if (differences.length === 0 && standing.hasSecret) {
    return { do: 'try', because: 'it is as it has to be', differences: [], standing, others };
  }
  const because = standing.hasSecret
    ? `${differences.map(({ what }) => what).join(', ')} changed`
    : 'it signs nothing';
  // What is changed is set with the secret, which GitHub would otherwise forget.
  const all = [...differences, anew(wanted)];
  return { do: 'update', because, differences: all, standing, others };
}

/** The plan for a webhook whose ping was refused although all that GitHub tells is right: its secret is another. */
export const withSecret = (plan: HookPlan, wanted: Wanted, because: string): HookPlan => ({
  ...plan,
  do: 'update',
  because,
  differences: [anew(wanted)],
});

const lying = ({ secretArn }: Wanted): string => `as it lies in ${secretArn}`;

/** GitHub does not tell which secret it has. */
const anew = (wanted: Wanted): Difference => ({
  what: 'the secret',
  name: 'secret',
  before: 'as GitHub has it',
  after: lying(wanted),
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
  const latest = new Map<string, HookDelivery>();
  for (const delivery of deliveries) {
    if (!latest.has(delivery.guid)) latest.set(delivery.guid, delivery);
  }
  return [...latest.values()]
    .filter((delivery) => events.includes(delivery.event) && !isAnswered(delivery))
    .toReversed();
}

/** What was answered, in words. */
export const answerWords = ({ statusCode, status }: HookDelivery): string =>
  statusCode === 0 ? `not answered (${status})` : `answered ${statusCode} (${status})`;

/** What an answer to a ping means, and what to do about it. */
export function pingAdvice({ statusCode }: HookDelivery): string {
  if (statusCode === 401) {
    return 'The function found the signature wrong: it has another secret than GitHub. Run the same command again; a function that runs already reads a changed secret within a minute.';
  }
  if (statusCode === 403 || statusCode === 404) {
    return 'There is no endpoint of Patrol at that URL any more: deploy the rule again, then run the same command again.';
  }
  return statusCode === 0
    ? 'GitHub could not reach the URL; look at it in a browser, and at https://www.githubstatus.com.'
    : "Look at the function's log, then run the same command again.";
}
