/** What `verify` finds: each hop on the way of an event through a stack, with its state and what to do. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { isObject, matchesName } from '@patrol/core';
import type { Stack } from '../cloud/cloud.ts';
import type { EventRule, FunctionState } from '../cloud/wiring.ts';
import { fleetTag } from '../identity/naming.ts';
import type { Hop, Subscription } from '../notes/objects.ts';
import type { Difference } from '../notes/parts.ts';
import type { Fields } from '../template/functions.ts';
import { awsCommand, patrolCommand, type RunScope } from '../text/command.ts';
import { jsonIn } from '../text/records.ts';
import { enumerated } from '../text/words.ts';
import { toConfirm } from './confirm.ts';

/** The answers at one hop. What is wrong says what to do. */
export const hopAt = (check: Hop['check'], resource: string) => {
  const wrong =
    (status: Hop['status']) =>
    (says: string, todo: string): Hop => ({ check, status, says, todo, resource });
  return {
    ok: (says: string): Hop => ({ check, status: 'ok', says, resource }),
    unknown: wrong('warning'),
    silent: wrong('problem'),
  };
};

const removed = 'Somebody removed it outside CloudFormation, which does not notice.';

/** What helps where somebody removed a part of the stack of a rule. */
export function redeploy(name: string, { tags }: Pick<Stack, 'tags'>, scope: RunScope): string {
  const remove = patrolCommand(['delete', name], scope);
  const deploy = deployCommand(name, { tags }, scope);
  return `${removed} Delete the stack: \`${remove}\`. Then deploy it again: \`${deploy}\`.`;
}

/** The command that deploys a stack, with its fleet where it has one. */
export const deployCommand = (
  name: string,
  { tags }: Pick<Stack, 'tags'>,
  scope: RunScope,
): string =>
  tags[fleetTag] === undefined
    ? patrolCommand(['deploy', name], scope)
    : patrolCommand(['apply'], scope);

/** What helps where somebody removed a part of a base stack. It is not deleted: its topics would lose their subscriptions. */
export const restore = (stack: string): string =>
  `${removed} In the CloudFormation console, create a change set for the stack ${stack}, with the type "Drift-aware", and execute it. CloudFormation then makes again what is missing.`;

/** A function, as hops lead to it. */
export interface Goal {
  readonly arn: string;
  /** The name in the ARN. */
  readonly functionName: string;
  readonly scope: RunScope;
  /** What helps where somebody removed a part of the stack. */
  readonly whenRemoved: string;
}

/**
 * Whether a rule of EventBridge is as the template of its stack has it, and leads to the function.
 *
 * @param name the rule's name.
 * @param declared its properties in the template.
 */
export function ofEventRule(
  name: string,
  declared: Fields,
  rule: EventRule | undefined,
  { arn, scope, whenRemoved }: Goal,
): readonly Hop[] {
  const trigger = hopAt('trigger', name);
  if (!rule) return [trigger.silent(`the EventBridge rule ${name} does not exist`, whenRemoved)];
  const { EventPattern, ScheduleExpression, State = 'ENABLED' } = declared;
  const given = (option: string, value: unknown): readonly string[] =>
    typeof value === 'string' ? [option, value] : [];
  const what = [
    ...given('--event-pattern', EventPattern && JSON.stringify(EventPattern)),
    ...given('--schedule-expression', ScheduleExpression),
  ];
  const as = ['--name', name, '--state', String(State)];
  const putRule = awsCommand(['events', 'put-rule', ...as, ...what], scope);
  const mend = `Somebody changed it outside CloudFormation. This makes it as deployed: \`${putRule}\`.`;
  const isSame =
    rule.schedule === ScheduleExpression &&
    isDeepStrictEqual(rule.pattern && jsonIn(rule.pattern), EventPattern);
  const pattern = hopAt('pattern', name);
  const target = hopAt('target', name);
  const is = `the EventBridge rule ${name} is ${rule.state}`;
  return [
    rule.state === State ? trigger.ok(is) : trigger.silent(`${is}, not ${String(State)}`, mend),
    isSame
      ? pattern.ok('its pattern or schedule is that of the deployed template')
      : pattern.silent('its pattern or schedule is not that of the deployed template', mend),
    rule.targets.includes(arn)
      ? target.ok('it delivers to the function')
      : target.silent(`it does not deliver to ${arn}`, whenRemoved),
  ];
}

/**
 * What keeps a function from running as the template of its stack has it.
 *
 * @param changed what of it is otherwise.
 * @param deploy the command that deploys it.
 */
export function ofFunction(
  found: FunctionState | undefined,
  changed: readonly Difference[],
  deploy: string,
  { functionName, scope, whenRemoved }: Goal,
): readonly Hop[] {
  const broken = (says: string, todo: string): readonly Hop[] => [
    hopAt('function', functionName).silent(says, todo),
  ];
  if (!found) return broken(`the function ${functionName} does not exist`, whenRemoved);
  if (found.reserved === 0) {
    const name = ['--function-name', functionName];
    const free = awsCommand(['lambda', 'delete-function-concurrency', ...name], scope);
    return broken(
      `${functionName} never runs: its reserved concurrency is 0`,
      `Somebody stopped it. This lets it run again: \`${free}\`.`,
    );
  }
  if (found.state === 'Failed') {
    return broken(
      `${functionName} is in state Failed${found.reason === undefined ? '' : `: ${found.reason}`}`,
      whenRemoved,
    );
  }
  if (changed.length > 0) {
    return broken(
      `${enumerated(changed.map(({ what }) => what))} of ${functionName} changed outside CloudFormation`,
      `This changes it back: \`${deploy}\`.`,
    );
  }
  return [];
}

/**
 * Whether EventBridge says that the patterns match the rule's sample.
 *
 * @param deploy the command that deploys the rule.
 */
export function ofSample(matches: readonly boolean[], name: string, deploy: string): Hop {
  const { ok, silent } = hopAt('pattern', name);
  return matches.includes(true)
    ? ok("EventBridge matches the rule's sample with the deployed pattern")
    : silent(
        "EventBridge does not match the rule's sample with any deployed pattern",
        `Deploy the rule again: \`${deploy}\`. If there is nothing to update, somebody changed the pattern: follow what is said of it above.`,
      );
}

/** Whether a service may invoke the function for a source. */
export function ofPermission(
  policy: string | undefined,
  service: string,
  source: string,
  { functionName, scope }: Goal,
): Hop {
  const { ok, silent } = hopAt('permission', source);
  if (mayInvoke(policy, service, source)) {
    return ok(`${service} may invoke the function for ${source}`);
  }
  const as = ['--function-name', functionName, '--statement-id', 'PatrolVerify'];
  const what = [
    '--action',
    'lambda:InvokeFunction',
    '--principal',
    service,
    '--source-arn',
    source,
  ];
  const add = awsCommand(['lambda', 'add-permission', ...as, ...what], scope);
  return silent(
    `${service} may not invoke the function for ${source}`,
    `Somebody removed the permission. Add it again: \`${add}\`.`,
  );
}

/** The statements of a policy of a function: those that AWS makes have one service, one action, and a source. */
function mayInvoke(policy = '{}', service: string, source: string): boolean {
  const document = jsonIn(policy);
  const statements = isObject(document) ? [document['Statement']].flat() : [];
  const applies = statements.filter(isObject).filter((each) => {
    const { Principal, Action, Condition } = each;
    const services = isObject(Principal) ? [Principal['Service']].flat() : [Principal];
    return (
      (services.includes(service) || services.includes('*')) &&
      [Action]
        .flat()
        .some((action) => /^(lambda:InvokeFunction|lambda:\*|\*)$/i.test(String(action))) &&
      sourcesIn(Condition).every((pattern) => matchesName(pattern, source))
    );
  });
  return (
    applies.some(({ Effect }) => Effect === 'Allow') &&
    applies.every(({ Effect }) => Effect !== 'Deny')
  );
}

/** The ARNs that the conditions of a statement name. */
const sourcesIn = (condition: unknown): readonly string[] =>
  (isObject(condition) ? Object.values(condition).filter(isObject) : []).flatMap((keys) =>
    Object.entries(keys).flatMap(([key, value]) =>
      key.toLowerCase() === 'aws:sourcearn' ? [String(value)] : [],
    ),
  );

/**
 * Whether a topic is there, and somebody has confirmed a subscription to it.
 *
 * @param subscriptions `undefined` when there is no such topic.
 * @param whenRemoved what helps then.
 */
export function ofTopic(
  topic: string,
  subscriptions: readonly Subscription[] | undefined,
  { whenRemoved, scope }: Pick<Goal, 'whenRemoved' | 'scope'>,
): readonly Hop[] {
  const itself = hopAt('topic', topic);
  if (!subscriptions) return [itself.silent(`the topic ${topic} does not exist`, whenRemoved)];
  const confirmed = subscriptions.filter((each) => each.confirmed).length;
  const pending = subscriptions.filter((each) => !each.confirmed).map(({ endpoint }) => endpoint);
  const { ok, silent } = hopAt('subscription', topic);
  return [
    itself.ok(`the topic ${topic} exists`),
    confirmed > 0
      ? ok(`${confirmed} of ${subscriptions.length} subscriptions to ${topic} are confirmed`)
      : silent(
          `no subscription to ${topic} is confirmed, so nobody receives what is sent there`,
          toConfirm(topic, pending, scope),
        ),
  ];
}

/** Whether a topic hands its messages to the function. */
export function ofDelivery(
  topic: string,
  subscriptions: readonly Subscription[] | undefined,
  { arn, whenRemoved }: Goal,
): Hop {
  const { ok, silent } = hopAt('subscription', topic);
  return subscriptions?.some(({ endpoint, confirmed }) => endpoint === arn && confirmed)
    ? ok(`${topic} delivers to ${arn}`)
    : silent(`${topic} does not deliver to ${arn}`, whenRemoved);
}
