/** What `doctor` finds: each question about an account with its answer and what to do. Pure. */
import { trailScope } from '@patrol/core/trail';
import type { RuleManifest } from '@patrol/core/contracts';
import type { Decision, Trail } from '../cloud/account.ts';
import { missingSettings } from '../cloud/bucket.ts';
import {
  type BucketProtection,
  CloudError,
  explain,
  type Place,
  type Stack,
} from '../cloud/cloud.ts';
import { awsCommand, patrolCommand, type RunScope } from '../text/command.ts';
import { messageOf } from '../text/errors.ts';
import type { Check } from '../notes/objects.ts';
import { conditionOf } from '../cloud/states.ts';

/** What could not be read may be wrong. */
export const notRead = (check: Check['check'], error: CloudError): Check => ({
  check,
  status: 'warning',
  says: 'could not be read',
  todo: explain(error),
});

/** Whether an ARN is that of the root user of an account. */
export const isRoot = (arn: string): boolean => arn.endsWith(':root');

/** Who deploys. */
export function ofCaller(arn: string, scope: RunScope): Check {
  const check = 'credentials';
  if (!isRoot(arn)) return { check, status: 'ok', says: arn, caller: arn };
  return {
    check,
    status: 'warning',
    says: `${arn}: the root user of the account`,
    caller: arn,
    todo: `Deploy with a role that has only the permissions that \`${policyCommand(scope)}\` prints. Otherwise every deployment causes alerts on root calls.`,
  };
}

/** The command that prints the policies, or one of them. */
export const policyCommand = (scope: RunScope, ...names: readonly string[]): string =>
  patrolCommand(['doctor'], scope, ['--policy', ...names]);

/** Whether the rules get their events in the region. */
export function ofRegion(
  { region, account, partition }: Place,
  rules: readonly { readonly name: string; readonly rule: RuleManifest }[],
): Check {
  const check = 'region';
  const elsewhere = rules.filter(
    ({ rule }) => partition === 'aws' && rule.regions && !rule.regions.includes(region),
  );
  const [first] = elsewhere;
  const where = { region, account };
  if (!first) return { check, status: 'ok', says: `${region} (account ${account})`, ...where };
  return {
    check,
    status: 'problem',
    says: `AWS delivers no events in ${region} for ${elsewhere.map(({ name }) => name).join(', ')}`,
    todo: `Deploy with --region ${first.rule.regions?.join(' or ')}.`,
    ...where,
    rules: elsewhere.map(({ name }) => name),
  };
}

/** What the caller may not do of all that deploying needs. */
export function ofPermissions(decisions: readonly Decision[], scope: RunScope): Check {
  const check = 'permissions';
  const refused = decisions.filter(({ allowed }) => !allowed);
  const sure = actionsOf(refused.filter(({ depends }) => depends.length === 0));
  const asked = actionsOf(decisions).length;
  if (sure.length > 0) {
    const closed = actionsOf(refused.filter(({ byOrganization }) => byOrganization));
    return {
      check,
      status: 'problem',
      says: `${sure.length} of ${asked} actions are not allowed: ${sure.join(', ')}${closed.length > 0 ? `. A policy of the organisation denies ${closed.join(', ')}` : ''}`,
      todo: `\`${policyCommand(scope)}\` prints the permissions to allow.`,
      refused: sure,
      byOrganization: closed,
    };
  }
  const unsure = actionsOf(refused);
  if (unsure.length === 0) return { check, status: 'ok', says: `all ${asked} actions are allowed` };
  const keys = [...new Set(refused.flatMap(({ depends }) => depends))];
  return {
    check,
    status: 'warning',
    says: `${unsure.length} of ${asked} actions are allowed only under conditions (${keys.join(', ')}): ${unsure.join(', ')}`,
    todo: 'IAM cannot say in advance whether the conditions are met. A deployment will show it.',
    conditional: unsure,
  };
}

const actionsOf = (decisions: readonly Decision[]): readonly string[] =>
  [...new Set(decisions.map(({ action }) => action))].toSorted((a, b) => a.localeCompare(b));

/** The deployed stacks. */
export function ofStacks(stacks: readonly Stack[], scope: RunScope): Check {
  const check = 'stacks';
  const bad = stacks.filter((stack) => !['ready', 'busy'].includes(conditionOf(stack)));
  if (bad.length > 0) {
    return {
      check,
      status: 'problem',
      says: bad.map(({ name, status }) => `${name} is in state ${status}`).join('; '),
      todo: `\`${patrolCommand(['diagnose', 'RULE'], scope)}\` says why. Deploying the rule again says what you can do.`,
      stacks: bad.map(({ name, status }) => ({ name, status })),
    };
  }
  return { check, status: 'ok', says: `${stacks.length} deployed here` };
}

/** A topic that stacks send to, and whether anybody confirmed a subscription to it. */
export interface TopicUse {
  readonly arn: string;
  /** `alerts` or `alarms`. */
  readonly what: string;
  /** The stacks that send to it. */
  readonly stacks: readonly string[];
  readonly confirmed: number;
  readonly pending: readonly string[];
}

/** Whether somebody receives what is sent to the topics. */
export function ofTopics(topics: readonly TopicUse[]): readonly Check[] {
  const check = 'subscriptions';
  const unconfirmed = topics.filter(({ confirmed }) => confirmed === 0);
  if (unconfirmed.length === 0) {
    const says =
      topics.length === 0 ? 'no topics yet' : `confirmed for all ${topics.length} topics`;
    return [{ check, status: 'ok', says }];
  }
  return unconfirmed.map(({ arn, what, stacks, pending }) => ({
    check,
    status: 'problem',
    says: `nobody receives the ${what} of ${some(stacks)}: no subscription to ${arn} is confirmed`,
    todo:
      pending.length > 0
        ? `${pending.join(', ')}: open the link in the message "AWS Notification - Subscription Confirmation". It works for two days.`
        : 'Subscribe somebody to the topic. They must confirm the subscription.',
    unconfirmed: { what, topics: [arn], stacks, endpoints: pending },
  }));
}

const some = (names: readonly string[]): string =>
  names.length > 3
    ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`
    : names.join(', ');

/** Whether a trail records the API calls of the region that change something: EventBridge is given no others. */
export function ofTrails(trails: readonly Trail[], scope: RunScope): Check {
  const check = 'trail';
  const seen = trails.map(({ arn, listed, status, selectors }) => ({
    arn,
    status: valueOf(status),
    scope: trailScope(valueOf(status), valueOf(selectors), listed),
    failures: [status, selectors].filter((part) => part instanceof CloudError),
  }));
  const whole = seen.find(({ scope }) => scope === 'all');
  if (whole) {
    const { arn, status } = whole;
    return status?.deliveryError
      ? {
          check,
          status: 'warning',
          says: `${arn} records management events, but cannot deliver its logs: ${status.deliveryError}`,
          todo: 'Fix the policy of its bucket or of its key. The rules still get their events.',
          trail: arn,
        }
      : { check, status: 'ok', says: `${arn} records management events`, trail: arn };
  }
  const unread = seen.filter(({ scope }) => scope === undefined);
  const [failure] = unread.flatMap(({ failures }) => failures);
  if (failure) {
    return {
      check,
      status: 'warning',
      says: `${unread.length} of ${trails.length} trails could not be read, and no other trail records all API calls: ${messageOf(failure)}`,
      todo: `Allow the permissions that \`${policyCommand(scope, 'operate')}\` prints, or ask the owner of the trail.`,
    };
  }
  const partial = seen.find(({ scope }) => scope === 'some');
  const found = partial
    ? `only some API calls are recorded in this region, by ${partial.arn}`
    : seen.length > 0
      ? `no API calls are recorded in this region: ${seen.map(({ arn, status }) => `${arn} ${status?.isLogging === false ? 'is stopped' : 'excludes them'}`).join('; ')}`
      : 'no API calls are recorded in this region: there is no trail';
  return {
    check,
    status: 'problem',
    says: `${found}. Rules on API calls see only recorded calls`,
    todo: 'Create a trail for all regions that records management events: reads and writes, or only writes.',
  };
}

const valueOf = <T extends object>(part: T | CloudError): T | undefined =>
  part instanceof CloudError ? undefined : part;

/** "Amazon EventBridge quotas": how many rules a bus may have unless a higher quota was granted. */
const standardQuota = (region: string): number =>
  ['af-south-1', 'eu-south-1'].includes(region) ? 100 : 300;

/** The same page: rules with wildcards in their patterns, a quota that cannot be raised. */
const wildcardQuota = 30;

/** How full the default event bus is. */
export function ofEventRules(
  scope: RunScope & { readonly region: string },
  rules: readonly { readonly pattern?: string }[],
  granted: number | undefined,
  wanted: readonly { readonly pattern?: string }[],
): readonly Check[] {
  const quota = granted ?? standardQuota(scope.region);
  const wildcards = (among: typeof rules): number =>
    among.filter(({ pattern = '' }) => /"wildcard"\s*:/.test(pattern)).length;
  const known = granted === undefined ? ' (AWS’s default)' : '';
  return [
    fullness(
      `rules on the default event bus`,
      { of: 'all', used: rules.length, coming: wanted.length, quota },
      known,
      `Request a higher quota: \`${awsCommand(['service-quotas', 'request-service-quota-increase', '--service-code', 'events', '--quota-code', 'L-244521F2', '--desired-value', String(quota * 2)], scope)}\`.`,
    ),
    fullness(
      'rules with wildcards in their patterns',
      {
        of: 'wildcards',
        used: wildcards(rules),
        coming: wildcards(wanted),
        quota: wildcardQuota,
      },
      '',
      'AWS does not raise this quota. Give the rules parameters without wildcards, or delete rules that nobody needs.',
    ),
  ];
}

function fullness(
  what: string,
  counts: {
    readonly of: 'all' | 'wildcards';
    readonly used: number;
    readonly coming: number;
    readonly quota: number;
  },
  known: string,
  todo: string,
): Check {
  const check = 'event rules';
  const { used, coming, quota } = counts;
  const more = coming > 0 ? `; the named rules add ${coming}` : '';
  const says = `${used} of ${quota}${known} ${what}${more}`;
  const total = used + coming;
  if (total > quota) return { check, status: 'problem', says, todo, ...counts };
  return total > 0.8 * quota
    ? { check, status: 'warning', says, todo, ...counts }
    : { check, status: 'ok', says, ...counts };
}

/** Whether the bucket of the code exists and is protected. */
export function ofBucket(
  name: string,
  place: Place,
  found: BucketProtection | 'absent' | 'foreign',
): Check {
  const check = 'bucket';
  const bucket = name;
  if (found === 'absent') {
    const says = `${name} does not exist yet; the first deployment creates it`;
    return { check, status: 'ok', says, bucket };
  }
  if (found === 'foreign') {
    return {
      check,
      status: 'problem',
      says: `${name} does not belong to the account ${place.account}, or these credentials may not read it (s3:ListBucket)`,
      todo: 'Find out who owns the bucket. Patrol uploads nothing to it.',
      bucket,
    };
  }
  const missing = missingSettings(name, place, found).map(({ set }) => set);
  if (missing.length === 0) {
    const says = `${name} is private, encrypted, versioned, TLS only`;
    return { check, status: 'ok', says, bucket, missing };
  }
  return {
    check,
    status: 'warning',
    says: `${name} lacks protection: ${missing.join(', ')}`,
    todo: 'The next deployment that uploads code sets it.',
    bucket,
    missing,
  };
}
