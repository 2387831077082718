/** What `doctor` finds: each question about an account with its answer and what to do. Pure. */
import { trailScope } from '@patrol/core/trail';
import type { RuleManifest } from '@patrol/core/contracts';
import type { Decision, Trail } from '../cloud/account.ts';
import { quotaCommand, standardQuota } from '../cloud/bus.ts';
import { missingSettings } from '../cloud/bucket.ts';
import * as aws from '../cloud/cloud.ts';
import { patrolCommand, type RunScope } from '../text/command.ts';
import { messageOf } from '../text/errors.ts';
import type { Check, Hop } from '../notes/objects.ts';
import { counted } from '../text/words.ts';
import { conditionOf, driftOf } from '../cloud/states.ts';
import type { ListedAlarm } from '../cloud/wiring.ts';
import { isBase } from '../identity/naming.ts';
import type { RemarkOf } from '../view/sentences/remarks.ts';
import { toConfirm, toProtect } from './confirm.ts';

/** The data of a check besides its words. */
type DataOf<C extends Check['check']> = Omit<
  Extract<Check, { readonly check: C }>,
  'check' | 'status' | 'says' | 'todo'
>;

/** The answers of one check. What is wrong says what to do. */
const answersOf = <C extends Check['check']>(check: C) => {
  const wrong =
    (status: 'warning' | 'problem') =>
    (says: string, todo: string, data?: DataOf<C>): Check =>
      ({ check, status, says, todo, ...data }) as Check;
  return {
    ok: (says: string, data?: DataOf<C>): Check =>
      ({ check, status: 'ok', says, ...data }) as Check,
    warning: wrong('warning'),
    problem: wrong('problem'),
  };
};

/** What could not be read may be wrong. */
export const notRead = (check: Check['check'], error: aws.CloudError): Check =>
  answersOf(check).warning('could not be read', aws.explain(error));

/** Whether an ARN is that of the root user of an account. */
const isRoot = (arn: string): boolean => arn.endsWith(':root');

/** Who deploys. */
export function ofCaller(caller: string, scope: RunScope): Check {
  const { ok, warning } = answersOf('credentials');
  if (!isRoot(caller)) return ok(caller, { caller });
  return warning(
    `${caller}: the root user of the account`,
    `Deploy with a role that has only the permissions that \`${policyCommand(scope)}\` prints. Otherwise every deployment causes alerts on root calls.`,
    { caller },
  );
}

/** The command that prints the policies, or one of them. */
const policyCommand = (scope: RunScope, ...names: readonly string[]): string =>
  patrolCommand(['doctor'], scope, ['--policy', ...names]);

/** Whether the rules get their events in the region. */
export function ofRegion(
  { region, account, partition }: aws.Place,
  rules: readonly { readonly name: string; readonly rule: RuleManifest }[],
): Check {
  const { ok, problem } = answersOf('region');
  const elsewhere = rules.filter(
    ({ rule }) => partition === 'aws' && rule.regions && !rule.regions.includes(region),
  );
  const [first] = elsewhere;
  if (!first) return ok(`${region} (account ${account})`, { region, account });
  const names = elsewhere.map(({ name }) => name);
  return problem(
    `AWS delivers no events in ${region} for ${names.join(', ')}`,
    `Deploy with --region ${first.rule.regions?.join(' or ')}.`,
    { region, account, rules: names },
  );
}

/** What the caller may not do of all that deploying needs. */
export function ofPermissions(decisions: readonly Decision[], scope: RunScope): Check {
  const { ok, warning, problem } = answersOf('permissions');
  const refused = decisions.filter(({ allowed }) => !allowed);
  const sure = actionsOf(refused.filter(({ depends }) => depends.length === 0));
  const asked = actionsOf(decisions).length;
  if (sure.length > 0) {
    const closed = actionsOf(refused.filter(({ byOrganization }) => byOrganization));
    return problem(
      `${sure.length} of ${asked} actions are not allowed: ${sure.join(', ')}${closed.length > 0 ? `. A policy of the organisation denies ${closed.join(', ')}` : ''}`,
      `\`${policyCommand(scope)}\` prints the permissions to allow.`,
      { refused: sure, byOrganization: closed },
    );
  }
  const unsure = actionsOf(refused);
  if (unsure.length === 0) return ok(`all ${asked} actions that Patrol needs are allowed`);
  const keys = [...new Set(refused.flatMap(({ depends }) => depends))];
  return warning(
    `${unsure.length} of ${asked} actions are allowed only under conditions (${keys.join(', ')}): ${unsure.join(', ')}`,
    'IAM cannot say in advance whether the conditions are met. A deployment will show it.',
    { conditional: unsure },
  );
}

/** The same of a caller whose policies IAM does not know. */
export const notSimulated = (caller: string, scope: RunScope): Check => {
  const { ok, warning } = answersOf('permissions');
  return isRoot(caller)
    ? ok('the root user may do everything that the organisation allows')
    : warning(
        `IAM cannot simulate the permissions of ${caller}`,
        `\`${policyCommand(scope)}\` prints the permissions needed.`,
      );
};

const actionsOf = (decisions: readonly Decision[]): readonly string[] =>
  [...new Set(decisions.map(({ action }) => action))].toSorted((a, b) => a.localeCompare(b));

/** The deployed stacks. */
export function ofStacks(stacks: readonly aws.Stack[], scope: RunScope): Check {
  const { ok, problem } = answersOf('stacks');
  const bad = stacks.filter((stack) => !['ready', 'busy'].includes(conditionOf(stack)));
  if (bad.length === 0) return ok(`${stacks.length} deployed in this account and region`);
  return problem(
    bad.map(({ name, status }) => `${name} is in state ${status}`).join('; '),
    `\`${patrolCommand(['diagnose', 'RULE'], scope)}\` shows why. Deploy the rule again to see what you can do about it.`,
    { stacks: bad.map(({ name, status }) => ({ name, status })) },
  );
}

/** A stack, by what is typed for it. */
interface Named {
  readonly name: string;
  readonly stack: aws.Stack;
}

/** Whether rules can run: what is wrong on the way of an event to each function, and with the function. */
export function ofRules(
  found: readonly { readonly name: string; readonly hops: readonly Hop[] }[],
): readonly Check[] {
  if (found.length === 0) return [];
  const answers = answersOf('rules');
  const wrong = found.flatMap(({ name: rule, hops }) =>
    hops.flatMap(({ check, status, says, todo = '', resource = '' }) =>
      // The states of stacks are told by themselves.
      status === 'ok' || check === 'stack'
        ? []
        : [answers[status](`${rule}: ${says}`, todo, { rule, resource })],
    ),
  );
  const can = `${counted(found.length, 'function')} can run: triggers, permissions and functions are as deployed`;
  return wrong.length > 0 ? wrong : [answers.ok(can)];
}

/** Whether alarms of the stacks ring, or would tell nobody. */
export function ofAlarms(
  stacks: readonly Named[],
  listed: readonly ListedAlarm[],
  scope: RunScope,
): readonly Check[] {
  if (stacks.length === 0) return [];
  const { ok, problem } = answersOf('alarms');
  const all = stacks.flatMap(({ name, stack }) =>
    listed.flatMap((alarm) =>
      alarm.name.startsWith(`${stack.name}-`) ? [{ ...alarm, rule: name }] : [],
    ),
  );
  const wrong = all.flatMap(({ name, rule, state, reason, acts }) => {
    const info = `\`${patrolCommand(['info', rule], scope)}\` shows its alarms.`;
    const deploy = `\`${isBase(rule) ? patrolCommand(['apply'], scope) : patrolCommand(['deploy', rule], scope)}\` changes it back.`;
    return [
      ...(state === 'ALARM'
        ? [problem(`${name} is in alarm${reason ? `: ${reason}` : ''}`, info, { alarms: [name] })]
        : []),
      ...(acts
        ? []
        : [problem(`${name} sends nothing: its actions are disabled`, deploy, { alarms: [name] })]),
    ];
  });
  return wrong.length > 0 ? wrong : [ok(`${counted(all.length, 'alarm')}, 0 in alarm`)];
}

/** Whether events wait in queues. */
export function ofQueues(
  queues: readonly { readonly name: string; readonly url: string; readonly events: number }[],
  scope: RunScope,
): readonly Check[] {
  if (queues.length === 0) return [];
  const { ok, problem } = answersOf('queues');
  const full = queues.filter(({ events }) => events > 0);
  if (full.length === 0) return [ok(`${counted(queues.length, 'queue')}, 0 events`)];
  return full.map(({ name, url: queue, events }) =>
    problem(
      `${counted(events, 'event')} of ${name} ${events === 1 ? 'was' : 'were'} not handled`,
      `\`${patrolCommand(['failures', name], scope)}\` shows why, and can run them again.`,
      { queue, events },
    ),
  );
}

/** What CloudFormation's own drift detection found. */
export const ofDrift = (stacks: readonly Named[], scope: RunScope): readonly Check[] =>
  stacks.flatMap(({ stack }) => {
    const drift = driftOf(stack, scope.region ?? '', scope.profile);
    return drift
      ? [
          answersOf('drift').warning(
            `at ${drift.detectedAt} CloudFormation found resources of ${stack.name} changed outside it`,
            `\`${drift.command}\` shows them.`,
            { stack: stack.name },
          ),
        ]
      : [];
  });

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
export function ofTopics(topics: readonly TopicUse[], scope: RunScope): readonly Check[] {
  const { ok, warning, problem } = answersOf('subscriptions');
  const found = topics.flatMap(({ arn, what, stacks, confirmed, pending }) => {
    const about = { what, topics: [arn], stacks, endpoints: pending };
    const todo = toConfirm(arn, pending, scope);
    if (confirmed === 0) {
      const says = `nobody receives the ${what} of ${some(stacks)}: no subscription to ${arn} is confirmed`;
      return [problem(says, todo, { unconfirmed: about })];
    }
    if (pending.length === 0) return [];
    const says = `${pending.join(', ')} ${pending.length === 1 ? 'receives' : 'receive'} no ${what} of ${some(stacks)}: the subscription to ${arn} is not confirmed`;
    return [warning(says, todo, { pending: about })];
  });
  if (found.length > 0) return found;
  return [
    ok(
      topics.length === 0
        ? 'no topics yet'
        : `topics with a confirmed subscription: ${topics.length} of ${topics.length}`,
    ),
  ];
}

/** What there is to say of the further topics of notifiers. */
export const ofFurther = (
  remarks: readonly RemarkOf<'unheardTopic' | 'unseenTopic'>[],
): readonly Check[] => {
  const { warning, problem } = answersOf('subscriptions');
  return remarks.map((remark) =>
    remark.code === 'unseenTopic'
      ? warning(`it is not known who is subscribed to ${remark.topic}`, remark.why)
      : problem(
          `nobody is subscribed to ${remark.topic}, to which the notifier sends`,
          'Subscribe its chat or pager, or remove it from alerts.topics.',
        ),
  );
};

/** Whether the link in a message ends a subscription: whoever is handed such a message can open it. */
export function ofLinks(
  topics: readonly { readonly topic: string; readonly endpoints: readonly string[] }[],
  scope: RunScope,
): readonly Check[] {
  const unprotected = topics.filter(({ endpoints }) => endpoints.length > 0);
  const [first] = unprotected;
  if (!first) return [];
  const addresses = [...new Set(unprotected.flatMap(({ endpoints }) => endpoints))];
  return [
    answersOf('subscriptions').warning(
      `anybody with a message from ${some(unprotected.map(({ topic }) => topic))} can unsubscribe ${some(addresses)} with its link`,
      toProtect(first.topic, scope),
      { unprotected },
    ),
  ];
}

const some = (names: readonly string[]): string =>
  names.length > 3
    ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`
    : names.join(', ');

/** Whether a trail records the API calls of the region that change something: EventBridge is given no others. */
export function ofTrails(trails: readonly Trail[], scope: RunScope): Check {
  const { ok, warning, problem } = answersOf('trail');
  const seen = trails.map(({ arn, listed, status, selectors }) => ({
    arn,
    status: valueOf(status),
    scope: trailScope(valueOf(status), valueOf(selectors), listed),
    failures: [status, selectors].filter((part) => part instanceof aws.CloudError),
  }));
  const whole = seen.find(({ scope }) => scope === 'all');
  if (whole) {
    const { arn: trail, status } = whole;
    return status?.deliveryError
      ? warning(
          `${trail} records management events, but cannot deliver its logs: ${status.deliveryError}`,
          'Fix the policy of its bucket or of its key. The rules still get their events.',
          { trail },
        )
      : ok(`${trail} records management events`, { trail });
  }
  const unread = seen.filter(({ scope }) => scope === undefined);
  const [failure] = unread.flatMap(({ failures }) => failures);
  if (failure) {
    return warning(
      `${unread.length} of ${trails.length} trails could not be read, and no other trail records all API calls: ${messageOf(failure)}`,
      `Allow the permissions that \`${policyCommand(scope, 'operate')}\` prints, or ask the owner of the trail.`,
    );
  }
  const partial = seen.find(({ scope }) => scope === 'some');
  const found = partial
    ? `only some API calls are recorded in this region, by ${partial.arn}`
    : seen.length > 0
      ? `no API calls are recorded in this region: ${seen.map(({ arn, status }) => `${arn} ${status?.isLogging === false ? 'is stopped' : 'excludes them'}`).join('; ')}`
      : 'no API calls are recorded in this region: there is no trail';
  return problem(
    `${found}. Rules that watch API calls see only recorded calls`,
    'Create a trail for all regions that records management events: reads and writes, or only writes.',
  );
}

const valueOf = <T extends object>(part: T | aws.CloudError): T | undefined =>
  part instanceof aws.CloudError ? undefined : part;

/** "Amazon EventBridge quotas": rules with wildcards in their patterns, a quota that cannot be raised. */
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
  const known = granted === undefined ? ' (AWS’s default quota)' : '';
  return [
    fullness(
      `rules on the default event bus${known}`,
      { of: 'all', used: rules.length, coming: wanted.length, quota },
      `Request a higher quota: \`${quotaCommand(quota * 2, scope)}\`.`,
    ),
    fullness(
      'rules with wildcards in their patterns',
      { of: 'wildcards', used: wildcards(rules), coming: wildcards(wanted), quota: wildcardQuota },
      'AWS does not raise this quota. Give the rules parameters without wildcards, or delete rules that nobody needs.',
    ),
  ];
}

function fullness(
  what: string,
  counts: Omit<Required<DataOf<'event rules'>>, 'region' | 'account'>,
  todo: string,
): Check {
  const { ok, warning, problem } = answersOf('event rules');
  const { used, coming, quota } = counts;
  const says = `${used} of ${quota} ${what}${coming > 0 ? `; the named rules add ${coming}` : ''}`;
  const total = used + coming;
  if (total > quota) return problem(says, todo, counts);
  return total > 0.8 * quota ? warning(says, todo, counts) : ok(says, counts);
}

/** Whether the bucket of the code exists and is protected. */
export function ofBucket(
  bucket: string,
  place: aws.Place,
  found: aws.BucketProtection | 'absent' | 'foreign',
): Check {
  const { ok, warning, problem } = answersOf('bucket');
  if (found === 'absent') {
    return ok(`${bucket} does not exist yet; the first deployment creates it`, { bucket });
  }
  if (found === 'foreign') {
    return problem(
      `${bucket} does not belong to the account ${place.account}, or these credentials may not read it (s3:ListBucket)`,
      'Find out who owns the bucket. Patrol uploads nothing to it.',
      { bucket },
    );
  }
  const missing = missingSettings(bucket, place, found).map(({ set }) => set);
  if (missing.length === 0) {
    return ok(`${bucket} is private, encrypted, versioned, TLS only`, { bucket, missing });
  }
  return warning(
    `${bucket} lacks protection: ${missing.join(', ')}`,
    'The next deployment that uploads code adds the protection.',
    { bucket, missing },
  );
}
