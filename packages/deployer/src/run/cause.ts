/** Why a deployment failed: the first failure that is nobody else's consequence, and what it usually means. Pure. */
import type { StackEvent } from '../cloud/cloud.ts';
import type { Cause } from '../notes/parts.ts';
import { compact, own, type Texts } from '../text/records.ts';

/** CloudFormation's words for resources that it gave up because another one failed. */
const cancellation =
  /^(Resource (creation|update|deletion) cancelled|The following resource\(s\) failed)/i;

/** CloudFormation's words for its hooks; a webhook is none. */
const ofHook = /\bhook/i;

/** Whether an event is of the stack itself rather than of one of its resources. */
export const isOfStack = (event: StackEvent, stackId: string): boolean =>
  event.resourceType === 'AWS::CloudFormation::Stack' && (event.physicalId ?? stackId) === stackId;

/**
 * The root cause in the events of one operation, oldest first: the first failed resource that was not merely cancelled;
 * without one, the first thing that went wrong with the stack itself. `undefined` when no event tells of a failure.
 */
export function rootCause(events: readonly StackEvent[], stackId: string): Cause | undefined {
  const failed = events.filter(({ status }) => status.endsWith('FAILED'));
  const found =
    failed.find((event) => !isOfStack(event, stackId) && !cancellation.test(event.reason ?? '')) ??
    failed.find((event) => !isOfStack(event, stackId)) ??
    events.find(
      (event) => isOfStack(event, stackId) && /FAILED$|ROLLBACK_IN_PROGRESS$/.test(event.status),
    );
  if (!found) return undefined;
  const said = found.reason ?? 'AWS gave no reason';
  // The failure itself names a hook; what the hook said stands in an event of its own before.
  const hook = ofHook.test(said)
    ? events.findLast((event) => event.resource === found.resource && event.hook !== undefined)
    : undefined;
  const reason = hook?.hook === undefined ? said : `${said} (${hook.hook})`;
  const { resource, resourceType, status } = found;
  const hint = hintFor(reason);
  const console = consoleLink(stackId);
  return compact({ resource, resourceType, status, reason, hint, console });
}

const consoles: Texts = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

/** Where AWS's console shows the events of a stack; `undefined` for partitions whose console is not known. */
export function consoleLink(stackId: string): string | undefined {
  const [, partition = '', , region = ''] = stackId.split(':');
  const host = own(consoles, partition);
  return host && region
    ? `https://${region}.${host}/cloudformation/home?region=${region}#/stacks/events?stackId=${encodeURIComponent(stackId)}`
    : undefined;
}

/** One operation on a stack, by its events. */
export interface PastOperation {
  /** Oldest first. */
  readonly events: readonly StackEvent[];
  /** When it began, and in which state of the stack it ended. */
  readonly began: Date;
  readonly status: string;
}

const begins = /^(CREATE|UPDATE|DELETE|IMPORT)_IN_PROGRESS$/;

/** The last operation on a stack in which something failed, in all of its events, oldest first. */
export function lastFailure(
  events: readonly StackEvent[],
  stackId: string,
): PastOperation | undefined {
  const operations: StackEvent[][] = [];
  let before = '';
  for (const event of events) {
    const own = isOfStack(event, stackId);
    // A rollback that is taken up again begins where the failed one ended.
    const again = event.status === 'UPDATE_ROLLBACK_IN_PROGRESS' && before.endsWith('_FAILED');
    if (own && (begins.test(event.status) || again)) operations.push([]);
    if (own) before = event.status;
    operations.at(-1)?.push(event);
  }
  const failed = operations.findLast((operation) =>
    operation.some(
      ({ status }) => status.endsWith('_FAILED') || status.includes('ROLLBACK_IN_PROGRESS'),
    ),
  );
  const [first] = failed ?? [];
  const last = failed?.findLast((event) => isOfStack(event, stackId));
  return failed && first && last && { events: failed, began: first.time, status: last.status };
}

/** AWS's words as patterns, of which the first that fits counts, and what they mean. */
const hints: Texts = {
  [ofHook.source]:
    'A CloudFormation hook of this account or organisation checked the resource and refused it. Ask the owners of the hook what the resource must look like.',
  'explicit deny in a service control policy':
    'A service control policy of your organisation denies it. No permission in this account can change that. Ask the administrators of the organisation.',
  'explicit deny in a resource control policy':
    'A resource control policy of your organisation denies it. No permission in this account can change that. Ask the administrators of the organisation.',
  'permissions boundary':
    'A permissions boundary denies it. Ask the owner of the boundary on your role to allow it, or use other credentials.',
  'explicit deny':
    'A policy denies it explicitly, so more permissions do not help. Find the Deny statement and add an exception to it.',
  'not authorized to perform:? (?:iam:)?\\S+|AccessDenied|Access Denied|UnauthorizedOperation':
    'Your credentials may not do this. Give them the permission that the message names, or use other credentials with --profile.',
  'security token .*(expired|invalid)|ExpiredToken':
    'The credentials expired while CloudFormation was working. Sign in and run the same command again.',
  'Error occurred while GetObject|NoSuch(Key|Version|Bucket)|specified (key|version) does not exist':
    'Lambda could not read the zip in the artifact bucket: it was deleted, or the bucket is in another region. Run the same command again to upload it.',
  'already exists':
    'A resource with that name already exists outside this stack, perhaps left by an earlier stack. Delete or rename it, or choose another --env. Then deploy again.',
  'exceeded the 4KB limit':
    "Together, the function's parameters are too long. Shorten the longest ones.",
  'Invalid parameter: .*(Endpoint|Email)':
    'SNS refuses the e-mail address. Give another with --alert-email.',
  'Event pattern is not valid|too complex':
    "EventBridge refuses the rule's event pattern. This is a bug in the rule. Please report it to its authors.",
  'not supported.*runtime|runtime .*not supported|runtime parameter of':
    'This region does not offer the Lambda runtime yet. Choose another --region.',
  'UnreservedConcurrentExecution|concurren':
    "The account's limit of concurrent functions is reached. Ask AWS to raise it: Service Quotas, Lambda, Concurrent executions.",
  'limit exceeded|LimitExceeded|quota':
    'A quota of the account is used up. Raise it in the Service Quotas console, or delete what nobody needs. Then deploy again.',
  'Rate exceeded|Throttl':
    'AWS limited the requests of this account. Run the same command again in a few minutes.',
};

/** What the words of a failure usually mean. */
export const hintFor = (reason: string): string | undefined => meaningOf(hints, reason);

/** What the first of some patterns means that fits a text. */
export const meaningOf = (meanings: Texts, text: string): string | undefined =>
  Object.entries(meanings).find(([words]) => new RegExp(words, 'i').test(text))?.[1];
