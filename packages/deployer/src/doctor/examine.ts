/** Asks an account and region everything that `doctor` checks. */
import { type RuleManifest, stackNames } from '@patrol/core/contracts';
import type { Account, Decision } from '../cloud/account.ts';
import { type Cloud, explain, orRefusal, type Place, type Stack } from '../cloud/cloud.ts';
import { inParallel } from '../cloud/parallel.ts';
import type { Wiring } from '../cloud/wiring.ts';
import { furtherTopicsOf, topicsOf, unheardOf } from '../destinations/confirmed.ts';
import { addressesOf, withDeleted } from '../destinations/emails.ts';
import { bucketName, queuesOf } from '../identity/naming.ts';
import type { Check } from '../notes/objects.ts';
import { type Reference, typedOfStack } from '../packages/reference.ts';
import type { RunScope } from '../text/command.ts';
import * as checks from './checks.ts';
import { hopsToFunction, type Subject } from './verify.ts';
import { policy } from './permissions.ts';

/**
 * Checks everything.
 *
 * @param refers the rules that it is for; all that is deployed and may be when empty.
 */
export async function examine(
  refers: readonly Reference[],
  cloud: Cloud,
  account: Account,
  wiring: Wiring,
  options: RunScope,
): Promise<readonly Check[]> {
  const known = await orRefusal(Promise.all([account.caller(), cloud.place()]), explain);
  // Nothing else can be asked.
  if (typeof known === 'string') {
    return [{ check: 'credentials', status: 'problem', says: known }];
  }
  const [caller, place] = known;
  const scope = { ...options, region: place.region };
  const rules = refers.flatMap(({ name, artifact }) =>
    artifact ? [{ name, rule: artifact.rule }] : [],
  );
  const isMeant = ({ name }: Stack): boolean =>
    refers.length === 0 || refers.some(({ stack }) => stack === name);
  const stacks = account.stacks().then((all) => all.filter(isMeant));
  const subjects = stacks.then((all) => all.flatMap((each) => subjectsOf(each, place, scope)));
  const waysTo = (all: readonly Subject[]) =>
    inParallel(all, atOnce, async (subject) => ({
      name: subject.name,
      hops: await hopsToFunction(subject, { cloud, wiring }),
    }));
  const looking = (
    check: Check['check'],
    look: () => Promise<Check | readonly Check[]>,
  ): Promise<Check | readonly Check[]> =>
    orRefusal(look(), (error) => checks.notRead(check, error));
  const found = await Promise.all([
    looking('permissions', () => ofSimulation(account, caller, place, scope)),
    looking('stacks', async () => checks.ofStacks(await stacks, scope)),
    looking('rules', async () => checks.ofRules(await waysTo(await subjects))),
    looking('alarms', async () => {
      const all = (await stacks).map(named);
      const listed = all.length === 0 ? [] : (await wiring.listed()).alarms.values();
      return checks.ofAlarms(all, [...listed], scope);
    }),
    looking('queues', async () => {
      const queues = (await stacks).flatMap((stack) =>
        queuesOf(stack).map((url) => ({ name: named(stack).name, url })),
      );
      const counted = await inParallel(queues, atOnce, async (each) => ({
        ...each,
        events: await cloud.queued(each.url),
      }));
      return checks.ofQueues(counted, scope);
    }),
    looking('drift', async () => checks.ofDrift((await stacks).map(named), scope)),
    looking('subscriptions', async () =>
      checks.ofTopics(await topicsIn(cloud, await stacks), scope),
    ),
    looking('subscriptions', async () => {
      const topics = (await stacks).flatMap(furtherTopicsOf);
      return checks.ofFurther(await unheardOf(cloud, [...new Set(topics)]));
    }),
    looking('subscriptions', async () => checks.ofLinks(await linksIn(cloud, await stacks), scope)),
    needsTrail(rules.map(({ rule }) => rule))
      ? looking('trail', async () => checks.ofTrails(await account.trails(), scope))
      : [],
    looking('event rules', async () => {
      const [found, quota, current] = await Promise.all([
        account.eventRules(),
        // Without an answer the documented default still says something.
        orRefusal(account.eventRuleQuota(), () => undefined),
        stacks,
      ]);
      const wanted = refers.flatMap(({ stack, artifact }) =>
        artifact && current.every(({ name }) => name !== stack) ? rulesOf(artifact.rule) : [],
      );
      return checks.ofEventRules(scope, found, quota, wanted);
    }),
    looking('bucket', async () => {
      const name = bucketName(place);
      return checks.ofBucket(name, place, await cloud.bucket(name));
    }),
  ]);
  return [checks.ofCaller(caller, scope), checks.ofRegion(place, rules), ...found.flat()];
}

/** The stacks, and the queues, that are looked at at once. */
const atOnce = 8;

/** A stack by what is typed for it. */
const named = (stack: Stack) => ({ name: typedOfStack(stack), stack });

/** The functions of a stack: its rule's, and that of its notifier. */
function subjectsOf(stack: Stack, place: Place, scope: RunScope): readonly Subject[] {
  const { function: rule } = stackNames.outputs;
  const functions = [stack.outputs[rule], stack.outputs[stackNames.baseOutputs.notifier]];
  return functions.flatMap((functionName) =>
    functionName === undefined ? [] : [{ ...named(stack), place, functionName, scope }],
  );
}

/** The rules on the event bus that a rule's stack makes. */
const rulesOf = ({ triggers }: RuleManifest): readonly { readonly pattern?: string }[] =>
  triggers.flatMap((trigger) => {
    if (trigger.kind === 'event') return [{ pattern: JSON.stringify(trigger.pattern) }];
    return trigger.kind === 'schedule' ? [{}] : [];
  });

/** Whether the rules are on API calls; without any named, some will be. */
const needsTrail = (rules: readonly RuleManifest[]): boolean =>
  rules.length === 0 ||
  rules.some((rule) =>
    rulesOf(rule).some(({ pattern = '' }) => pattern.includes('via CloudTrail')),
  );

/** Has IAM say what the caller may do of what deploying needs. */
async function ofSimulation(account: Account, caller: string, place: Place, scope: RunScope) {
  const principal = await principalOf(account, caller);
  if (principal === undefined) return checks.notSimulated(caller, scope);
  const decisions: Decision[] = [];
  const context = {
    'aws:RequestedRegion': place.region,
    'iam:PassedToService': 'lambda.amazonaws.com',
  };
  // One after the other: IAM allows few such calls a second.
  for (const { Action, Resource } of policy('deploy', place).Statement) {
    const resources = Resource.map(sampled);
    const asked = await account.simulate(principal, { actions: Action, resources, context });
    decisions.push(...asked);
  }
  return checks.ofPermissions(decisions, scope);
}

/** A resource that a pattern of the policy covers. The simulator takes patterns for names. */
const sampled = (arn: string): string => (arn === '*' ? arn : arn.replaceAll('*', 'x'));

/** The user or role whose policies apply; `undefined` for those that IAM knows no policies of. */
async function principalOf(account: Account, caller: string): Promise<string | undefined> {
  // The ARN of a session names the role without its path.
  const [, role] = /^arn:[^:]+:sts::\d+:assumed-role\/([^/]+)\//.exec(caller) ?? [];
  if (role !== undefined) return account.role(role);
  return /^arn:[^:]+:iam::\d+:user\//.test(caller) ? caller : undefined;
}

/** A missing topic is an answer: nobody receives what is sent to it. */
const unlessMissing = <T>(asked: Promise<readonly T[]>): Promise<readonly T[]> =>
  orRefusal(asked, (error) => {
    if (error.failure === 'missing') return [];
    throw error;
  });

/** The topics that the stacks send to, each with whom the link in a message unsubscribes. */
const linksIn = (cloud: Cloud, stacks: readonly Stack[]) =>
  Promise.all(
    [...new Set(stacks.flatMap((stack) => Object.values(topicsOf(stack))))]
      .filter((topic) => topic !== undefined)
      .map(async (topic) => ({
        topic,
        endpoints: await unlessMissing(cloud.cancellable(topic)),
      })),
  );

/** The topics that the stacks send to, and who is subscribed to each. */
async function topicsIn(cloud: Cloud, stacks: readonly Stack[]) {
  const all = stacks.flatMap((stack) =>
    Object.entries(topicsOf(stack)).flatMap(([what, arn]) =>
      arn ? [{ arn, what, stack: stack.name, addresses: addressesOf(stack, what) }] : [],
    ),
  );
  return Promise.all(
    [...Map.groupBy(all, ({ arn }) => arn)].map(async ([arn, uses]) => {
      const listed = await unlessMissing(cloud.subscriptions(arn));
      const addresses = uses.flatMap((use) => use.addresses);
      const subscriptions = withDeleted(listed, arn, addresses);
      const pending = subscriptions.filter(({ confirmed }) => !confirmed);
      return {
        arn,
        what: [...new Set(uses.map(({ what }) => what))].join(' and '),
        stacks: uses.map(({ stack }) => stack),
        confirmed: subscriptions.length - pending.length,
        pending: pending.map(({ endpoint }) => endpoint),
      };
    }),
  );
}
