/**
 * What CloudFormation does to the parts of Patrol for the stacks of Patrol. A record names neither the stack nor the template
 * behind a call, and templates of other stacks can name parts of Patrol too. `tampering.test.ts` holds this against the
 * templates.
 */
import { isObject } from '@patrol/core';
import { stackNames } from '@patrol/core/contracts';
import { textOf } from '../request.ts';
import { isShared, patrolName, stackOf } from './names.ts';
import type { Request } from './tamperingCalls.ts';

/** Whether a template of Patrol leads to a call on a part of that name. */
type ByTemplate = (request: Request, name: string) => boolean;

/** For calls that no template of Patrol leads to. */
export const never: ByTemplate = () => false;

/** Whether a name is of a part of a notifier, in a base stack or in the stack of a rule. */
const isOfNotifier = (name: string, kind: string): boolean =>
  new RegExp(`-Notifier${kind}-`).test(name);

export const isOwnPolicy: ByTemplate = ({ policyName }, name) =>
  Object.values<unknown>({
    ...stackNames.policies,
    ...(isOfNotifier(name, 'Role') ? stackNames.basePolicies : {}),
  }).includes(policyName);

/** The statements of a policy; `undefined` where it cannot be read. */
function statementsOf(policy: unknown): readonly unknown[] | undefined {
  try {
    const { Statement } = JSON.parse(String(policy)) as { Statement?: unknown };
    return Statement === undefined ? undefined : [Statement].flat();
  } catch {
    return undefined;
  }
}

/** Whether a policy only allows, as the policies of Patrol's roles do. One that cannot be read does not count. */
const allows = (policy: unknown): boolean =>
  statementsOf(policy)?.every(
    (statement) => isObject(statement) && statement['Effect'] === 'Allow',
  ) ?? false;

/** A policy of a role that has the name of one of Patrol's, and denies nothing. */
export const isOwnRolePolicy: ByTemplate = (request, name) =>
  isOwnPolicy(request, name) && allows(request['policyDocument']);

/** The permissions boundary of a stack: a policy of the account, never one of AWS's, such as AWSDenyAll. */
export const isOwnBoundary: ByTemplate = ({ permissionsBoundary }) =>
  /^arn:[^:]+:iam::\d{12}:policy\//.test(String(permissionsBoundary));

/**
 * Patrol gives policies to the topics that run a rule, and to those of a fleet in an organization. Those of alerts have none. It
 * gives no topic a key.
 */
export const isOwnTopicPolicy: ByTemplate = ({ attributeName, attributeValue }, topic) =>
  attributeName === 'Policy' &&
  (/^(StackSet-)?patrol-.+-SourceTopic\d*-[A-Za-z0-9]+$/.test(topic) ||
    (isShared(topic) && (statementsOf(attributeValue)?.every(isOfBase) ?? false)));

/** Whether a condition is about everything whose ARN ends with Patrol's names, and about nothing else. */
const isAboutPatrol = (condition: unknown, operator: string): boolean => {
  const keys = isObject(condition) ? condition[operator] : undefined;
  const arns = isObject(keys) ? (keys['aws:PrincipalArn'] ?? keys['aws:SourceArn']) : undefined;
  return (
    Array.isArray(arns) &&
    ['patrol-*', 'StackSet-patrol-*'].every((name) =>
      arns.some((arn) => new RegExp(`[:/]${name.replace('*', String.raw`\*`)}$`).test(String(arn))),
    )
  );
};

/** Whether a statement is one that base stacks give: it lets in, or keeps out what is not named after Patrol. */
const isOfBase = (statement: unknown): boolean =>
  isObject(statement) &&
  (statement['Effect'] === 'Allow' || isAboutPatrol(statement['Condition'], 'ArnNotLike'));

/** The services that put what they cannot deliver into a queue of Patrol's. */
const senders: readonly unknown[] = ['events.amazonaws.com', 'sns.amazonaws.com'];

/** CloudFormation cuts the name of a role where it would be longer than 64 characters, and leaves so much of the stack's. */
const cut = 20;

/** Whether a statement is about everybody but the notifier of the stack that has a part. */
const isButNotifier = (statement: unknown, part: string): boolean => {
  const own = stackOf(part);
  const condition = isObject(statement) ? statement['Condition'] : undefined;
  const keys = isObject(condition) ? condition['ArnNotEquals'] : undefined;
  const spared = isObject(keys) ? String(keys['aws:PrincipalArn']) : '';
  const [, stack] = /^(.+)-NotifierRole-/.exec(patrolName(spared) ?? '') ?? [];
  return stack !== undefined && (stack === own || (stack.length >= cut && own.startsWith(stack)));
};

/** Whether a statement keeps everybody but the notifier from the queue in which its alerts wait. */
const isOfHeld = (statement: unknown, queue: string): boolean =>
  isObject(statement) &&
  statement['Effect'] === 'Deny' &&
  isOfNotifier(queue, 'HeldQueue') &&
  isButNotifier(statement, queue);

/** Whether a statement says who may put something into a queue. */
const isOfSenders = (statement: unknown, queue: string): boolean =>
  isObject(statement) &&
  statement['Action'] === 'sqs:SendMessage' &&
  (isObject(statement['Principal'])
    ? statement['Effect'] === 'Allow' && senders.includes(statement['Principal']['Service'])
    : isShared(queue) &&
      isAboutPatrol(
        statement['Condition'],
        statement['Effect'] === 'Allow' ? 'ArnLike' : 'ArnNotLike',
      ));

/**
 * Patrol's dead-letter queues take messages of these services alone, and those of base stacks of what is named after Patrol.
 * From the queue of the notifier nobody else takes any. Where the policy goes, an empty one takes its place.
 */
export const isOwnQueuePolicy = (policy: unknown, queue: string): boolean =>
  (queue.includes('-DeadLetterQueue-') ||
    isOfNotifier(queue, '(Held|Failure)Queue') ||
    isShared(queue)) &&
  (policy === '' ||
    (statementsOf(policy)?.every(
      (statement) => isOfSenders(statement, queue) || isOfHeld(statement, queue),
    ) ??
      false));

/** What keeps an alert that was received a thousand times in vain, in the failure queue of the same notifier. */
export const isOwnRedrive = (policy: unknown, queue: string): boolean => {
  const [, target, most] =
    /"deadLetterTargetArn":"([^"]+)","maxReceiveCount":"?(\d+)/.exec(String(policy)) ?? [];
  return (
    isOfNotifier(queue, 'HeldQueue') &&
    patrolName(target ?? '')?.startsWith(`${stackOf(queue)}-NotifierFailureQueue-`) === true &&
    Number(most) >= 1000
  );
};

/** The policy of the notifier's table, which keeps everybody but the notifier from writing. */
export const isOwnTablePolicy: ByTemplate = ({ policy }, table) =>
  isOfNotifier(table, 'Table') &&
  (statementsOf(policy)?.every((statement) => isButNotifier(statement, table)) ?? false);

/** CloudFormation names statements and filters after the stack whose template has them. */
const isNamedAfter = (given: unknown, part: string): boolean => {
  const name = textOf(given);
  return name !== undefined && name.startsWith(stackOf(part));
};
/** A statement of the stack that holds the function. */
export const isOwnStatement: ByTemplate = ({ statementId }, name) =>
  isNamedAfter(statementId, name);
/** A metric filter of the stack that holds the log. */
export const isOwnFilter: ByTemplate = ({ filterName }, name) => isNamedAfter(filterName, name);
