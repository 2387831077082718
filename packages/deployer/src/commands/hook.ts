/** `patrol-deploy hook <rule> --org NAME`: registers the webhook of a rule with an organisation at GitHub, and checks it. */
import { stackNames } from '@patrol/core/contracts';
import { findArtifact, typedName } from '../packages/assembly.ts';
import { InterruptedError, OperatorError, UsageError } from '../text/errors.ts';
import {
  explainGitHub,
  type GitHub,
  GitHubError,
  type Hook,
  type HookDelivery,
  tokenVariables,
} from '../github/github.ts';
import {
  answerWords,
  failedDeliveries,
  type HookPlan,
  isAnswered,
  pingAdvice,
  planHook,
  type Wanted,
  withSecret,
} from '../github/hook.ts';
import { patrolCommand } from '../text/command.ts';
import { webhookEvents } from '../view/trigger.ts';
import { isInteractive, type World } from './world.ts';
import type { Result, Tell } from '../notes/tell.ts';
import { agreed, type Consent, orDryRun, requireConsent } from './consent.ts';
import { type Deployed, deployed, type StackOptions } from './deployed.ts';

/** What `patrol-deploy hook` is told. */
export interface HookOptions extends StackOptions, Consent {
  /** The organisation's login. */
  readonly org: string;
  /** The API of a GitHub Enterprise Server. */
  readonly url?: string;
  /** Whether failed deliveries are asked for once more. */
  readonly redeliver?: boolean;
  readonly dryRun?: boolean;
}

const { outputs } = stackNames;

/** Makes the webhook of an organisation as the rule needs it, and checks that its deliveries arrive. */
export async function hook(
  name: string,
  options: HookOptions,
  world: World,
  tell: Tell,
): Promise<Result> {
  const { org } = options;
  const { rule, ...artifact } = findArtifact(name, world, options);
  const events = webhookEvents(rule);
  if (events.length === 0) {
    throw new UsageError(
      `${typedName({ rule, ...artifact })} has no webhook to register. \`${patrolCommand(['describe', name])}\` shows what runs it.`,
    );
  }
  const found = await deployed(name, options, world);
  const { cloud, scope } = found;
  const wanted = endpointOf(name, found);
  const secret = await cloud.readSecret(wanted.secretArn);
  const token = await tokenOf(world, options);
  const github = await world.github({
    token,
    ...(options.url === undefined ? {} : { url: options.url }),
  });
  const work: Work = {
    github,
    org,
    wanted: { ...wanted, events },
    secret,
    logs: patrolCommand(['logs', name], scope),
    world,
    tell,
  };
  const settled = await settle(work, options);
  const { id, did, ok, ping: pong, message } = settled;
  const result: Result = {
    type: 'result',
    ok,
    did,
    stack: found.stack.name,
    ...(id === undefined ? {} : { hook: id }),
    ...(pong === undefined ? {} : { ping: answerOf(pong) }),
    ...(options.dryRun ? { dryRun: true } : {}),
    message,
  };
  if (!options.redeliver || !ok || id === undefined || options.dryRun) return result;
  return { ...result, ...(await redeliver(work, id, message)) };
}

/** Everything that the steps share. */
interface Work {
  readonly github: GitHub;
  readonly org: string;
  readonly wanted: Wanted;
  readonly secret: string;
  /** The command that shows the log of the function. */
  readonly logs: string;
  readonly world: World;
  readonly tell: Tell;
}

/** Where the deployed rule takes deliveries, and where the secret is that they are signed with. */
function endpointOf(
  name: string,
  { place, stack, scope }: Deployed,
): { readonly url: string; readonly secretArn: string } {
  const url = stack.outputs[outputs.webhookUrl];
  const secretArn = stack.outputs[outputs.webhookSecret];
  if (url && secretArn) return { url, secretArn };
  throw new OperatorError(
    `The stack ${stack.name} in ${place.region} has no outputs ${outputs.webhookUrl} and ${outputs.webhookSecret}. Its state is ${stack.status}. Update it first: \`${patrolCommand(['deploy', name], scope)}\`.`,
  );
}

/** The operator's token: of the environment, as GitHub's own `gh` looks for it, or asked for. */
async function tokenOf(world: World, options: HookOptions): Promise<string> {
  const [first, second] = tokenVariables(options.url);
  const found = (world.environment[first] || world.environment[second] || '').trim();
  const what = 'a GitHub token that may manage webhooks of the organisation (admin:org_hook)';
  if (found === '' && !isInteractive(world, options)) {
    throw new UsageError(`Expected ${what} in ${first} or ${second}; found neither.`);
  }
  const token = found || (await (await world.ask()).secret(`Enter ${what}. It is not shown.`));
  if (/^[!-~]+$/.test(token)) return token;
  throw new UsageError(
    `Expected ${what}; found ${token === '' ? 'nothing' : 'characters that no token has'}.`,
  );
}

/** What became of a ping, as data. */
const answerOf = ({ statusCode, status }: HookDelivery): NonNullable<Result['ping']> => ({
  statusCode,
  status,
});

interface Settled {
  readonly ok: boolean;
  readonly did: 'create' | 'update' | 'keep' | 'none';
  readonly id?: number;
  /** The ping that shows whether deliveries arrive. */
  readonly ping?: HookDelivery | undefined;
  readonly message: string;
}

/** Brings the webhook to where it is wanted. */
async function settle(work: Work, options: HookOptions): Promise<Settled> {
  const { github, org, wanted, tell } = work;
  const seen = planHook(wanted, await github.hooks(org));
  if (seen.others.length > 0) {
    const ids = seen.others.map(({ id }) => id).join(', ');
    const message = `${org} has more webhooks with this URL: ${ids}. GitHub delivers each event to all of them. Delete them in the settings of the organisation.`;
    tell({ type: 'warning', message, duplicates: seen.others.map(({ id }) => id) });
  }
  // GitHub does not show the secret that it has. A ping shows whether it is the right one.
  const isTried = seen.do === 'try' && !options.dryRun;
  const pong = isTried && seen.current ? await ping(work, seen.current.id) : undefined;
  const plan =
    pong?.statusCode === 401
      ? withSecret(seen, wanted, `its ping was ${answerWords(pong)}, so its secret is wrong`)
      : seen;
  const { current, because, differences } = plan;
  const step = plan.do === 'try' ? 'keep' : plan.do;
  tell({ type: 'hook', do: step, org, url: wanted.url, because, differences });
  const known = current ? { id: current.id } : {};
  if (step === 'keep') return { ...unchanged(plan, pong, work, options), ...known, ping: pong };
  if (options.dryRun) {
    return { ok: true, did: step, ...known, message: 'Dry run: nothing was changed.' };
  }
  requireConsent(work.world, options, `${step} the webhook of ${org}`, orDryRun);
  const verb = step === 'create' ? 'Create' : 'Update';
  if (!(await agreed(work.world, options, `${verb} the webhook of ${org}?`))) {
    return { ok: false, did: 'none', ...known, message: 'Nothing was changed.' };
  }
  work.world.holdInterrupts();
  const { id } = await carryOut(plan, work);
  const last = await ping(work, id);
  const done = `${step === 'create' ? 'Created' : 'Updated'} the webhook ${id} of ${org}`;
  return last && isAnswered(last)
    ? {
        ok: true,
        did: step,
        id,
        ping: last,
        message: `${done}. Its ping was ${answerWords(last)}.`,
      }
    : { ok: false, did: step, id, ping: last, message: `${done}. ${unanswered(last, work)}` };
}

/** What is said of a webhook that stays as it is. */
function unchanged(
  { because }: HookPlan,
  pong: HookDelivery | undefined,
  work: Work,
  { dryRun }: HookOptions,
): Pick<Settled, 'ok' | 'did' | 'message'> {
  const said = `Nothing changed: ${because}`;
  if (dryRun) {
    const message = `${said}. GitHub does not show whether the secret is right.`;
    return { ok: true, did: 'keep', message };
  }
  return pong && isAnswered(pong)
    ? { ok: true, did: 'keep', message: `${said}. Its ping was ${answerWords(pong)}.` }
    : { ok: false, did: 'none', message: `${said}. ${unanswered(pong, work)}` };
}

const unanswered = (pong: HookDelivery | undefined, { logs }: Work): string =>
  pong
    ? `But its ping was ${answerWords(pong)}. ${pingAdvice(pong)} To see the function's log: \`${logs}\`.`
    : `But GitHub did not show the result of its ping within ${patience / 1000} s. Run the same command again in a minute. It changes nothing that is right.`;

function carryOut({ current }: HookPlan, { github, org, wanted, secret }: Work): Promise<Hook> {
  const settings = { url: wanted.url, events: wanted.events, secret };
  return current ? github.updateHook(org, current.id, settings) : github.createHook(org, settings);
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
  { github, org, world }: Work,
  id: number,
  [newest]: readonly HookDelivery[],
  look: (deliveries: readonly HookDelivery[]) => T | undefined,
): Promise<T | undefined> {
  for (let waited = 0; waited < patience; waited += pace) {
    await world.sleep(pace, world.signal);
    if (world.signal.aborted) {
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
async function ping(work: Work, id: number): Promise<HookDelivery | undefined> {
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
    if (!pong || isAnswered(pong) || pong.id === bad) return pong;
    bad = pong.id;
    return undefined;
  });
}

/** GitHub keeps deliveries for three days ("Redelivering webhooks"), here in milliseconds. */
const keptFor = 3 * 24 * 60 * 60 * 1000;

/** Has failed deliveries sent again, and gives the result. */
async function redeliver(
  work: Work,
  id: number,
  said: string,
): Promise<Pick<Result, 'ok' | 'redelivered' | 'message'>> {
  const { github, org, wanted, world, tell } = work;
  const all = await github.deliveries(org, id, new Date(world.now() - keptFor));
  const failed = failedDeliveries(all, wanted.events);
  const before = new Set(all.map((delivery) => delivery.id));
  const guids = new Set<string>();
  for (const delivery of failed) {
    const { event, guid, deliveredAt } = delivery;
    const message = `Redelivering ${event} ${guid} of ${deliveredAt.toISOString()}. It was ${answerWords(delivery)}.`;
    const redelivering = {
      event,
      guid,
      deliveredAt: deliveredAt.toISOString(),
      statusCode: delivery.statusCode,
    };
    tell({ type: 'progress', message, redelivering });
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
    await world.sleep(1000, world.signal);
    if (world.signal.aborted) throw new InterruptedError('Interrupted between redeliveries.');
  }
  if (failed.length === 0) {
    const message = `${said} No delivery of the last three days failed.`;
    return { ok: true, redelivered: { asked: 0, answered: 0 }, message };
  }
  let attempts: readonly HookDelivery[] = [];
  if (guids.size > 0) {
    await watch(work, id, all, (deliveries) => {
      attempts = deliveries.filter((next) => guids.has(next.guid) && !before.has(next.id));
      return guidsOf(attempts).size >= guids.size ? attempts : undefined;
    });
  }
  const answered = guidsOf(attempts.filter(isAnswered)).size;
  const redelivered = { asked: failed.length, answered };
  return {
    ok: answered === failed.length,
    redelivered,
    message: `${said} ${redeliveredWords(redelivered, guids.size, work)}`,
  };
}

const guidsOf = (attempts: readonly HookDelivery[]): ReadonlySet<string> =>
  new Set(attempts.map(({ guid }) => guid));

/** The result of redeliveries, some of which GitHub may have refused. */
function redeliveredWords(
  { asked, answered }: { readonly asked: number; readonly answered: number },
  taken: number,
  { logs }: Work,
): string {
  const late = taken - answered;
  return [
    `Redelivered ${taken} failed ${taken === 1 ? 'delivery' : 'deliveries'}: ${answered} succeeded`,
    late === 0 ? '.' : `, ${late} failed again or got no answer within ${patience / 1000} s.`,
    taken === asked ? '' : ` ${asked - taken} could not be redelivered.`,
    late === 0 ? '' : ` To see the function's log: \`${logs}\`.`,
    answered === asked ? '' : ' Run the same command again to retry the rest.',
  ].join('');
}
