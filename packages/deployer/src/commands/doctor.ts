/** `patrol-deploy doctor [rule…]`: whether deploying, and what is deployed, can work in an account and region. */
import type { RuleManifest } from '@patrol/core/contracts';
import pc from 'picocolors';
import type { Account, Decision } from '../cloud/account.ts';
import {
  notRead,
  notSimulated,
  ofBucket,
  ofCaller,
  ofEventRules,
  ofPermissions,
  ofRegion,
  ofStacks,
  ofTopics,
  ofTrails,
  type TopicUse,
} from '../doctor/checks.ts';
import { type Cloud, CloudError, explain, type Place, type Stack } from '../cloud/cloud.ts';
import { topicsOf } from '../destinations/confirmed.ts';
import { bucketName } from '../identity/naming.ts';
import type { Check } from '../notes/objects.ts';
import { policy } from '../doctor/permissions.ts';
import { objectOf } from '../view/machine.ts';
import type { RunScope } from '../text/command.ts';
import { printable } from '../text/printable.ts';
import { reference, type Reference } from '../packages/reference.ts';
import { wantsColors } from '../view/report.ts';
import type { World } from './world.ts';
import type { StackOptions } from './deployed.ts';

/** What `patrol-deploy doctor` is told. */
export interface DoctorOptions extends StackOptions {
  readonly json?: boolean;
}

/** Checks everything, and says what is wrong. Exits with 1 when something is. */
export async function doctor(
  names: readonly string[],
  options: DoctorOptions,
  world: World,
): Promise<number> {
  const refers = names.map((name) => reference(name, options.environment, world));
  const checks = await examine(refers, options, world);
  const { stdout } = world.streams;
  stdout.write(options.json ? objectOf({ type: 'doctor', checks }) : human(checks, world));
  return checks.some(({ status }) => status === 'problem') ? 1 : 0;
}

async function examine(
  refers: readonly Reference[],
  options: DoctorOptions,
  world: World,
): Promise<readonly Check[]> {
  const [cloud, account] = await Promise.all([world.cloud(options), world.account(options)]);
  let caller: string;
  let place: Place;
  try {
    [caller, place] = await Promise.all([account.caller(), cloud.place()]);
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    // Nothing else can be asked.
    return [{ check: 'credentials', status: 'problem', says: explain(error) }];
  }
  const scope = { ...options, region: place.region };
  const named = refers.flatMap(({ name, artifact }) =>
    artifact ? [{ name, rule: artifact.rule }] : [],
  );
  const stacks = account
    .stacks()
    .then((all) =>
      refers.length === 0
        ? all
        : all.filter(({ name }) => refers.some(({ stack }) => stack === name)),
    );
  const found = await Promise.all([
    looking('permissions', async () => [await ofSimulation(account, caller, place, scope)]),
    looking('stacks', async () => [ofStacks(await stacks, scope)]),
    looking('subscriptions', async () => ofTopics(await topicsIn(cloud, await stacks))),
    needsTrail(named.map(({ rule }) => rule))
      ? looking('trail', async () => [ofTrails(await account.trails(), scope)])
      : [],
    looking('event rules', async () => {
      const [rules, quota, current] = await Promise.all([
        account.eventRules(),
        // Without an answer the documented default still says something.
        account.eventRuleQuota().catch((error: unknown) => {
          if (error instanceof CloudError) return undefined;
          throw error;
        }),
        stacks,
      ]);
      const wanted = refers.flatMap(({ stack, artifact }) =>
        artifact && current.every(({ name }) => name !== stack) ? rulesOf(artifact.rule) : [],
      );
      return ofEventRules({ ...scope, region: place.region }, rules, quota, wanted);
    }),
    looking('bucket', async () => {
      const name = bucketName(place);
      return [ofBucket(name, place, await cloud.bucket(name))];
    }),
  ]);
  return [ofCaller(caller, scope), ofRegion(place, named), ...found.flat()];
}

/** A check that fails to read something is an answer as well. */
async function looking(
  check: Check['check'],
  look: () => Promise<readonly Check[]>,
): Promise<readonly Check[]> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    return [notRead(check, error)];
  }
}

/** The rules on the event bus that a rule's stack makes. */
const rulesOf = ({ triggers }: RuleManifest): readonly { readonly pattern?: string }[] =>
  triggers.flatMap((trigger) =>
    trigger.kind === 'event'
      ? [{ pattern: JSON.stringify(trigger.pattern) }]
      : trigger.kind === 'schedule'
        ? [{}]
        : [],
  );

/** Whether the rules are on API calls; without any named, some will be. */
const needsTrail = (rules: readonly RuleManifest[]): boolean =>
  rules.length === 0 ||
  rules.some(({ triggers }) =>
    triggers.some(
      (trigger) =>
        trigger.kind === 'event' && JSON.stringify(trigger.pattern).includes('via CloudTrail'),
    ),
  );

/** Has IAM say what the caller may do of what deploying needs. */
async function ofSimulation(
  account: Account,
  caller: string,
  place: Place,
  scope: RunScope,
): Promise<Check> {
  const principal = await principalOf(account, caller);
  if (principal === undefined) return notSimulated(caller, scope);
  const decisions: Decision[] = [];
  // One after the other: IAM allows few such calls a second.
  for (const { Action, Resource } of policy('deploy', place).Statement) {
    const simulation = {
      actions: Action,
      resources: Resource.map(sampled),
      context: {
        'aws:RequestedRegion': place.region,
        'iam:PassedToService': 'lambda.amazonaws.com',
      },
    };
    decisions.push(...(await account.simulate(principal, simulation)));
  }
  return ofPermissions(decisions, scope);
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

/** The topics that the stacks send to, and who is subscribed to each. */
async function topicsIn(cloud: Cloud, stacks: readonly Stack[]): Promise<readonly TopicUse[]> {
  const uses = new Map<string, { what: Set<string>; stacks: string[] }>();
  for (const stack of stacks) {
    for (const [what, arn] of Object.entries(topicsOf(stack))) {
      if (!arn) continue;
      const use = uses.get(arn) ?? { what: new Set(), stacks: [] };
      use.what.add(what);
      use.stacks.push(stack.name);
      uses.set(arn, use);
    }
  }
  return Promise.all(
    [...uses].map(async ([arn, use]) => {
      const subscriptions = await cloud.subscriptions(arn).catch((error: unknown) => {
        // A missing topic is an answer: nobody receives what is sent to it.
        if (error instanceof CloudError && error.failure === 'missing') return [];
        throw error;
      });
      return {
        arn,
        what: [...use.what].join(' and '),
        stacks: use.stacks,
        confirmed: subscriptions.filter(({ confirmed }) => confirmed).length,
        pending: subscriptions
          .filter(({ confirmed }) => !confirmed)
          .map(({ endpoint }) => endpoint),
      };
    }),
  );
}

function human(checks: readonly Check[], { streams, environment }: World): string {
  const colors = pc.createColors(wantsColors(streams.stdout, environment));
  const paints = { ok: colors.green, warning: colors.yellow, problem: colors.red };
  const width = Math.max(...checks.map(({ check }) => check.length));
  const indent = ' '.repeat('problem'.length + width + 4);
  const lines = checks.flatMap(({ check, status, says, todo }) => [
    `${paints[status](status.padEnd('problem'.length))}  ${check.padEnd(width)}  ${printable(says)}`,
    ...(todo === undefined ? [] : [`${indent}${printable(todo)}`]),
  ]);
  const count = (wanted: Check['status']): number =>
    checks.filter(({ status }) => status === wanted).length;
  const [problems, warnings] = [count('problem'), count('warning')];
  const sum =
    problems + warnings === 0
      ? 'Found no problems.'
      : `${problems} ${problems === 1 ? 'problem' : 'problems'}, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}.`;
  return `${[...lines, '', sum].join('\n')}\n`;
}
