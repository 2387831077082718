/** Registers a webhook with an organisation at GitHub, and checks that its deliveries arrive. */
import type { Clockwork } from '../cloud/effects.ts';
import type { Result, Tell } from '../notes/tell.ts';
import { InterruptedError } from '../text/errors.ts';
import { counted } from '../text/words.ts';
import { explainGitHub, type GitHub, GitHubError, type HookDelivery } from './github.ts';
import * as hooks from './hook.ts';

/** What is registered, and who is asked. */
export interface Registration extends Omit<Clockwork, 'unique'> {
  readonly github: GitHub;
  readonly org: string;
  readonly wanted: hooks.Wanted;
  readonly secret: string;
  /** When the secret was replaced; absent where it never was, or nobody may know. */
  readonly replaced?: Date | undefined;
  readonly dryRun: boolean;
  /** The command that shows the log of the function. */
  readonly logs: string;
  readonly tell: Tell;
  /** Whether the webhook may be created or updated. Called only when it has to be. */
  readonly agree: (step: 'create' | 'update') => Promise<boolean>;
}

/** Brings the webhook to where it is wanted. */
export async function register(
  work: Registration,
): Promise<Pick<Result, 'ok' | 'did' | 'hook' | 'ping' | 'message'>> {
  const { github, org, wanted, secret, dryRun, tell } = work;
  const seen = hooks.planHook(wanted, await github.hooks(org));
  if (seen.others.length > 0) {
    const duplicates = seen.others.map(({ id }) => id);
    const message = `${org} has more webhooks with this URL: ${duplicates.join(', ')}. GitHub delivers each event to all of them. Delete them in the settings of the organisation.`;
    tell({ type: 'warning', message, duplicates });
  }
  // GitHub does not show the secret that it has. A ping shows whether it is the right one.
  const fresh = freshlyReplaced(work);
  const isTried = seen.do === 'try' && !dryRun && fresh === undefined;
  const pong = isTried && seen.current ? await ping(work, seen.current.id) : undefined;
  const isRefused = pong?.statusCode === 401;
  const why = isRefused
    ? `its ping was ${hooks.answerWords(pong)}, so its secret is wrong`
    : seen.do === 'try'
      ? fresh
      : undefined;
  const plan = why === undefined ? seen : hooks.withSecret(seen, wanted, why);
  const { current, because, differences } = plan;
  const step = plan.do === 'try' ? 'keep' : plan.do;
  tell({ type: 'hook', do: step, org, url: wanted.url, because, differences });
  const known = current ? { hook: current.id } : {};
  if (step === 'keep') {
    const said = `Nothing changed: ${because}`;
    if (dryRun) {
      const message = `${said}. GitHub does not show whether the secret is right.`;
      return { ok: true, did: 'keep', ...known, message };
    }
    const tested = pinged(said, pong, work);
    return { did: tested.ok ? 'keep' : 'none', ...known, ...tested };
  }
  if (dryRun) return { ok: true, did: step, ...known, message: 'Dry run: nothing was changed.' };
  if (!(await work.agree(step))) {
    return { ok: false, did: 'none', ...known, message: 'Nothing was changed.' };
  }
  const settings = { url: wanted.url, events: wanted.events, secret };
  const { id } = current
    ? await github.updateHook(org, current.id, settings)
    : await github.createHook(org, settings);
  const done = `${step === 'create' ? 'Created' : 'Updated'} the webhook ${id} of ${org}`;
  return { did: step, hook: id, ...pinged(done, await pingOnceRead(work, id), work) };
}

/**
 * So long a function may use a secret after it was replaced, in milliseconds: it reads its secret again after five minutes, and
 * clocks differ. A ping that is signed with the one before proves nothing then.
 */
const usedFor = 6 * 60_000;

/** Says that the function may still use another secret than the current one; `undefined` when it does not. */
function freshlyReplaced({ replaced, now }: Registration): string | undefined {
  if (!replaced || now() - replaced.getTime() > usedFor) return undefined;
  return `its secret was replaced at ${replaced.toISOString()}, and the function may still accept the one before`;
}

/** So often a function reads its secret again after a wrong signature, in milliseconds. */
const rereadAfter = 60_000;

/** The result of a ping; once more a minute later, where the function may not have read the current secret yet. */
async function pingOnceRead(work: Registration, id: number): Promise<HookDelivery | undefined> {
  const pong = await ping(work, id);
  if (pong?.statusCode !== 401) return pong;
  const message = `The ping was ${hooks.answerWords(pong)}. The function reads its secret again at most once a minute. Waiting for a minute, then pinging again.`;
  work.tell({ type: 'progress', message });
  await work.sleep(rereadAfter, work.signal);
  return ping(work, id);
}

/** What the result of a ping adds to what is said. */
function pinged(said: string, pong: HookDelivery | undefined, { logs }: Registration) {
  if (!pong) {
    const message = `${said}. But GitHub did not show the result of its ping within ${patience / 1000} s. Run the same command again in a minute. It changes nothing that is right.`;
    return { ok: false, message };
  }
  const { statusCode, status } = pong;
  const ok = hooks.isAnswered(pong);
  const message = ok
    ? `${said}. Its ping was ${hooks.answerWords(pong)}.`
    : `${said}. But its ping was ${hooks.answerWords(pong)}. ${hooks.pingAdvice(pong)} To see the function's log: \`${logs}\`.`;
  return { ok, ping: { statusCode, status }, message };
}

/** How long GitHub is given to show the result of a delivery, and how often it is asked, in milliseconds. */
const patience = 30_000;
const pace = 2000;

/**
 * Looks at the deliveries of a webhook until something is found; `undefined` when it is not in time.
 *
 * @param before earlier deliveries, newest first: all later ones are read. The time is GitHub's, since its clock may differ
 *   from ours.
 */
async function watch<T>(
  { github, org, sleep, signal }: Registration,
  id: number,
  [newest]: readonly HookDelivery[],
  look: (deliveries: readonly HookDelivery[]) => T | undefined,
): Promise<T | undefined> {
  for (let waited = 0; waited < patience; waited += pace) {
    await sleep(pace, signal);
    if (signal.aborted) {
      throw new InterruptedError(
        'Interrupted. The webhook is set, but it was not tested whether deliveries arrive.',
      );
    }
    const found = look(await github.deliveries(org, id, newest?.deliveredAt));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Has GitHub send a ping, and gives the result. */
async function ping(work: Registration, id: number): Promise<HookDelivery | undefined> {
  const { github, org } = work;
  const known = await github.deliveries(org, id);
  const before = new Set(known.map((delivery) => delivery.id));
  await github.ping(org, id);
  let bad: HookDelivery['id'] | undefined;
  return watch(work, id, known, (deliveries) => {
    const pong = deliveries.find(
      ({ event, id: attempt }) => event === 'ping' && !before.has(attempt),
    );
    // GitHub also pings a new webhook by itself. A bad answer counts only if no good one follows.
    if (!pong || hooks.isAnswered(pong) || pong.id === bad) return pong;
    bad = pong.id;
    return undefined;
  });
}

/** GitHub keeps deliveries for three days ("Redelivering webhooks"), here in milliseconds. */
const keptFor = 3 * 24 * 60 * 60 * 1000;

/**
 * Has failed deliveries sent again, and gives the result.
 *
 * @param said what was done before.
 */
export async function redeliver(
  work: Registration,
  id: number,
  said: string,
): Promise<Pick<Result, 'ok' | 'redelivered' | 'message'>> {
  const { github, org, wanted, now } = work;
  const all = await github.deliveries(org, id, new Date(now() - keptFor));
  const failed = hooks.failedDeliveries(all, wanted.events);
  if (failed.length === 0) {
    const message = `${said} No delivery of the last three days failed.`;
    return { ok: true, redelivered: { asked: 0, answered: 0 }, message };
  }
  const guids = await askedAgain(work, id, failed);
  const before = new Set(all.map((delivery) => delivery.id));
  let attempts: readonly HookDelivery[] = [];
  if (guids.size > 0) {
    await watch(work, id, all, (deliveries) => {
      attempts = deliveries.filter((next) => guids.has(next.guid) && !before.has(next.id));
      return guidsOf(attempts).size >= guids.size ? attempts : undefined;
    });
  }
  const answered = guidsOf(attempts.filter(hooks.isAnswered)).size;
  const redelivered = { asked: failed.length, answered };
  const message = `${said} ${redeliveredWords(redelivered, guids.size, work)}`;
  return { ok: answered === failed.length, redelivered, message };
}

/** Asks for deliveries once more, and gives the ids of those that GitHub takes. */
async function askedAgain(
  { github, org, tell, sleep, signal }: Registration,
  id: number,
  failed: readonly HookDelivery[],
): Promise<ReadonlySet<string>> {
  const guids = new Set<string>();
  for (const delivery of failed) {
    const { event, guid, statusCode } = delivery;
    const deliveredAt = delivery.deliveredAt.toISOString();
    const message = `Redelivering ${event} ${guid} of ${deliveredAt}. It was ${hooks.answerWords(delivery)}.`;
    tell({
      type: 'progress',
      message,
      redelivering: { event, guid, deliveredAt, statusCode },
    });
    try {
      await github.redeliver(org, id, delivery.id);
      guids.add(guid);
    } catch (error) {
      if (!(error instanceof GitHubError)) throw error;
      tell({ type: 'warning', message: explainGitHub(error) });
      // GitHub makes clients that go on anyway wait longer ("Rate limits for the REST API").
      if (error.failure === 'limited') break;
    }
    // "Make at least one second pass between requests that change something" (best practices for the REST API).
    await sleep(1000, signal);
    if (signal.aborted) throw new InterruptedError('Interrupted between redeliveries.');
  }
  return guids;
}

const guidsOf = (attempts: readonly HookDelivery[]): ReadonlySet<string> =>
  new Set(attempts.map(({ guid }) => guid));

/** The result of redeliveries, some of which GitHub may have refused. */
function redeliveredWords(
  { asked, answered }: { readonly asked: number; readonly answered: number },
  taken: number,
  { logs }: Registration,
): string {
  const late = taken - answered;
  return [
    `Redelivered ${counted(taken, 'failed delivery', 'failed deliveries')}: ${answered} succeeded`,
    late === 0 ? '.' : `, ${late} failed again or got no answer within ${patience / 1000} s.`,
    taken === asked ? '' : ` ${asked - taken} could not be redelivered.`,
    late === 0 ? '' : ` To see the function's log: \`${logs}\`.`,
    answered === asked ? '' : ' Run the same command again to retry the rest.',
  ].join('');
}
