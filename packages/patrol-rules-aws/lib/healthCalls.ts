/**
 * What a call does to Patrol. Pure.
 *
 * What CloudFormation does is part of a deployment, or of a deletion that is alerted on itself, and is left alone. But no
 * record says of which stack, and templates can put policies on roles and topics of other stacks: what no template of
 * Patrol's does is alerted on. Two things cannot be told from a deployment here: a change set that somebody executes past
 * patrol-deploy, and a policy that has the name of one of Patrol's own and allows something else. The schedule sees what
 * they left: whether every rule is heard, and whether every role may still publish to the topic of its alerts. It is also
 * what sees the roles from other regions than us-east-1, where alone IAM records its calls.
 *
 * Rules load this module as a chunk: `const { tampering } = await import('../../lib/healthCalls.ts')`.
 */
import {
  actor,
  type CloudTrailRecord,
  type Finding,
  isObject,
  type Matchers,
  outcome,
  type Severity,
} from '@patrol/core';

/** What a call does. */
export interface Deed {
  /** The request parameter that names what it is done to, or several: a text or a list of texts, by its dotted path. */
  readonly target: string;
  /** The sentence, with the target for `%`. */
  readonly says: string;
  readonly harm: string;
  readonly severity?: Severity;
  /** Whether this call does no harm after all. */
  readonly isHarmless?: (request: Request) => boolean;
  /** Whether a deployment of Patrol's makes this call: any, when left out. */
  readonly isDeployment?: (request: Request, target: string) => boolean;
}

type Request = Readonly<Record<string, unknown>>;

const blinds = 'The rule may no longer see what it should, or no longer say it.';
const silences = 'Alerts may no longer reach anybody.';
const hides = 'What goes wrong with the rule may no longer be noticed.';

const attribute =
  (...harmful: readonly string[]): Required<Deed>['isHarmless'] =>
  ({ attributeName: name }) =>
    typeof name === 'string' && !harmful.includes(name);

const roleChange = { target: 'roleName', says: 'Permissions of role % changed', harm: blinds };

/** Calls that no template of Patrol's leads to. */
const never = (): boolean => false;

/** The names of the policies that the templates give their roles. A test compares them with the templates. */
export const ownPolicies: readonly string[] = ['Rule', 'EncryptedTopic', 'DispatchTopic'];

const isOwnPolicy: Required<Deed>['isDeployment'] = ({ policyName }) =>
  ownPolicies.some((name) => name === policyName);

/** The templates' policies allow, and nothing else. One that cannot be read is none of them. */
function allows({ policyDocument }: Request): boolean {
  try {
    const { Statement } = JSON.parse(String(policyDocument)) as { Statement?: unknown };
    return [Statement]
      .flat()
      .every((statement) => isObject(statement) && statement['Effect'] === 'Allow');
  } catch {
    return false;
  }
}

/** The templates give policies to the topics that run a rule, and none to the topics of alerts. No topic gets a key. */
const isSourcePolicy: Required<Deed>['isDeployment'] = ({ attributeName }, target) =>
  attributeName === 'Policy' && /^patrol-.+-SourceTopic\d*-[A-Za-z0-9]+$/.test(target);

/**
 * By the service and the call. Lambda puts the version of its API behind most names of calls ("Logging AWS Lambda API
 * calls using AWS CloudTrail"); it is left out here.
 */
export const deeds: ReadonlyMap<string, Deed> = new Map(
  Object.entries({
    'cloudformation.DeleteStack': { target: 'stackName', says: 'Stack % deleted', harm: blinds },
    'cloudformation.UpdateStack': {
      // patrol-deploy updates through change sets.
      target: 'stackName',
      says: 'Stack % changed without patrol-deploy',
      harm: blinds,
      severity: 'high',
    },
    'cloudformation.UpdateTerminationProtection': {
      target: 'stackName',
      says: 'Termination protection of stack % switched off',
      harm: 'The stack can now be deleted.',
      severity: 'high',
      isHarmless: ({ enableTerminationProtection }) => enableTerminationProtection === true,
    },
    'cloudcontrolapi.DeleteResource': { target: 'identifier', says: '% deleted', harm: blinds },
    'cloudcontrolapi.UpdateResource': { target: 'identifier', says: '% changed', harm: blinds },

    'events.DeleteRule': { target: 'name', says: 'EventBridge rule % deleted', harm: blinds },
    'events.DisableRule': { target: 'name', says: 'EventBridge rule % disabled', harm: blinds },
    'events.PutRule': { target: 'name', says: 'EventBridge rule % changed', harm: blinds },
    'events.PutTargets': {
      target: 'rule',
      says: 'Targets of EventBridge rule % changed',
      harm: blinds,
    },
    'events.RemoveTargets': {
      target: 'rule',
      says: 'Targets of EventBridge rule % removed',
      harm: blinds,
    },

    'lambda.DeleteFunction': {
      target: 'functionName',
      says: 'Function % deleted',
      harm: blinds,
    },
    'lambda.PutFunctionConcurrency': {
      target: 'functionName',
      says: 'Function % given a reserved concurrency of 0',
      harm: blinds,
      isHarmless: ({ reservedConcurrentExecutions: reserved }) => Number(reserved) > 0,
    },
    'lambda.RemovePermission': {
      target: 'functionName',
      says: 'Permission to invoke function % removed',
      harm: blinds,
    },
    'lambda.UpdateFunctionCode': {
      target: 'functionName',
      says: 'Code of function % changed',
      harm: blinds,
      isHarmless: ({ dryRun }) => dryRun === true,
    },
    'lambda.UpdateFunctionConfiguration': {
      target: 'functionName',
      says: 'Configuration of function % changed',
      harm: blinds,
    },
    ...Object.fromEntries(
      ['Delete', 'Put', 'Update'].map((verb) => [
        `lambda.${verb}FunctionEventInvokeConfig`,
        {
          target: 'functionName',
          says: 'Retries and failure queue of function % changed',
          harm: hides,
          severity: 'high' as const,
        },
      ]),
    ),

    'dynamodb.DeleteTable': {
      target: 'tableName',
      says: 'Table % deleted',
      harm: 'The rule fails, since it cannot remember what it told.',
      severity: 'high',
    },

    'iam.AttachRolePolicy': { ...roleChange, isDeployment: never },
    'iam.DeleteRole': { ...roleChange, says: 'Role % deleted' },
    'iam.DeleteRolePolicy': { ...roleChange, isDeployment: isOwnPolicy },
    'iam.PutRolePermissionsBoundary': { ...roleChange, isDeployment: never },
    'iam.PutRolePolicy': {
      ...roleChange,
      isDeployment: (request, target) => isOwnPolicy(request, target) && allows(request),
    },
    'iam.UpdateAssumeRolePolicy': roleChange,

    'sns.DeleteTopic': { target: 'topicArn', says: 'Topic % deleted', harm: silences },
    'sns.PutDataProtectionPolicy': {
      target: 'resourceArn',
      says: 'Data protection policy of topic % changed',
      harm: silences,
    },
    'sns.RemovePermission': {
      target: 'topicArn',
      says: 'Permission to publish to topic % removed',
      harm: silences,
    },
    'sns.SetSubscriptionAttributes': {
      target: 'subscriptionArn',
      says: 'Filter of a subscription to topic % changed',
      harm: silences,
      severity: 'high',
      isHarmless: attribute('FilterPolicy', 'FilterPolicyScope'),
    },
    'sns.SetTopicAttributes': {
      target: 'topicArn',
      says: 'Policy or key of topic % changed',
      harm: silences,
      isHarmless: attribute('Policy', 'KmsMasterKeyId'),
      isDeployment: isSourcePolicy,
    },
    'sns.Unsubscribe': {
      target: 'subscriptionArn',
      says: 'Subscription to topic % removed',
      harm: silences,
    },

    'monitoring.DeleteAlarms': {
      target: 'alarmNames',
      says: 'Alarm % deleted',
      harm: hides,
      severity: 'high',
    },
    'monitoring.DisableAlarmActions': {
      target: 'alarmNames',
      says: 'Actions of alarm % disabled',
      harm: hides,
      severity: 'high',
    },
    'monitoring.PutAlarmMuteRule': {
      target: 'muteTargets.alarmNames',
      says: 'Alarm % muted',
      harm: hides,
      severity: 'high',
      isDeployment: never,
    },
    'monitoring.PutMetricAlarm': {
      target: 'alarmName',
      says: 'Alarm % changed',
      harm: hides,
      severity: 'high',
    },
    'monitoring.SetAlarmState': {
      target: 'alarmName',
      says: 'State of alarm % set by hand',
      harm: hides,
      severity: 'high',
      // An alarm that is made to ring is a test of it.
      isHarmless: ({ stateValue }) => stateValue === 'ALARM',
    },
    'logs.DeleteLogGroup': {
      target: 'logGroupName',
      says: 'Log % deleted',
      harm: 'What the rule has done can no longer be read.',
      severity: 'high',
    },
    'sqs.DeleteQueue': {
      target: 'queueUrl',
      says: 'Queue % deleted',
      harm: hides,
      severity: 'high',
    },
    'sqs.PurgeQueue': {
      target: 'queueUrl',
      says: 'Queue % emptied',
      harm: 'The events that the rule could not evaluate, or that did not reach it, are lost.',
      severity: 'high',
    },
    'sqs.SetQueueAttributes': {
      target: 'queueUrl',
      says: 'Policy, key or retention of queue % changed',
      harm: hides,
      severity: 'high',
      isHarmless: ({ attributes }) =>
        isObject(attributes) &&
        !['Policy', 'KmsMasterKeyId', 'MessageRetentionPeriod'].some((name) =>
          Object.hasOwn(attributes, name),
        ),
    },
  } satisfies Readonly<Record<string, Deed>>),
);

/** What the operator decides about it. */
export interface CallParameters {
  /** Topics of the operator's own that get Patrol's alerts. */
  readonly alertTopics: Matchers;
  readonly ignoredResources: Matchers;
}

/**
 * The alert about a call that takes a part of Patrol away or switches it off.
 *
 * @throws when the call succeeded and does not say what it was done to.
 */
export function tampering(
  record: CloudTrailRecord,
  { alertTopics, ignoredResources }: CallParameters,
): Finding | undefined {
  const service = record.eventSource.replace(/\.amazonaws\.com$/, '');
  const call = record.eventName.replace(/\d{8}(v\d+)?$/, '');
  const deed = deeds.get(`${service}.${call}`);
  if (!deed) return undefined;
  const isThrough = service !== 'cloudformation' && isByCloudFormation(record);
  const { isDeployment } = deed;
  if (isThrough && !isDeployment) return undefined;
  const request = isObject(record.requestParameters) ? record.requestParameters : {};
  const targets = targetsOf(record, request, deed).flatMap((value) => {
    const topic = topicOf(value);
    const isGiven = alertTopics.find(topic) !== undefined;
    const name = patrols(value) ?? (isGiven ? topic : undefined);
    return name === undefined || (isThrough && isDeployment?.(request, name))
      ? []
      : [
          {
            name,
            isSure: isGiven || isSurelyPatrols(name),
            ignoredBy: ignoredResources.find(name, stackOf(name), topic),
          },
        ];
  });
  const [first, ...others] = targets;
  if (first === undefined || deed.isHarmless?.(request) === true) return undefined;
  const isSure = targets.some((target) => target.isSure);
  const who = actor(record.userIdentity).description;
  const target = others.length > 0 ? `${first.name} and ${others.length} more` : first.name;
  const says =
    request['state'] === 'DISABLED' ? deed.says.replace(/changed$/, 'disabled') : deed.says;
  const names = targets.map(({ name }) => name);
  return {
    title: `${says.replace('%', () => target)} by ${who}`,
    summary:
      `${call} was called on ${names.join(', ')} by ${who}. ${deed.harm}` +
      (isThrough ? ' It was done by a template, and not by one of Patrol.' : '') +
      (isSure ? '' : ` Whether ${first.name} is Patrol's is not certain: only its name says so.`),
    severity: !isSure ? 'low' : isThrough ? 'high' : (deed.severity ?? 'critical'),
    facts: { action: record.eventName, target },
    // A call on several is muted when all of them are.
    suppressedBy: targets.every(({ ignoredBy }) => ignoredBy) ? first.ignoredBy : undefined,
  };
}

/** CloudTrail names the service that called for somebody, and puts it in place of an address: a caller can write neither. */
const isByCloudFormation = ({ userIdentity, sourceIPAddress }: CloudTrailRecord): boolean =>
  [userIdentity?.invokedBy, sourceIPAddress].includes('cloudformation.amazonaws.com');

/** What the call names. A call that was denied may name it in the message only, or not at all. */
function targetsOf(
  record: CloudTrailRecord,
  request: Request,
  { target }: Deed,
): readonly string[] {
  const value = target
    .split('.')
    .reduce<unknown>((inner, field) => (isObject(inner) ? inner[field] : undefined), request);
  const names = (Array.isArray(value) ? value : [value]).filter((name) => typeof name === 'string');
  if (names.length > 0) return names;
  if (outcome(record) !== 'succeeded') {
    return [/ on resource: (arn:\S+)/.exec(String(record.errorMessage))?.[1] ?? ''];
  }
  throw new Error(
    `expected ${target} in the request parameters, found ${String(JSON.stringify(value)).slice(0, 100)}`,
  );
}

/**
 * The name of a resource of Patrol's in a name, an ARN or a URL: `patrol-<package>-<rule>-<environment>`, and for what
 * CloudFormation named after that stack with more behind. It cuts what is too long for the kind of resource.
 */
const patrols = (value: string): string | undefined =>
  /(?:^|[:/])(patrol(?:-[A-Za-z0-9]+){3,})/.exec(value)?.[1];

/**
 * Whether a name of that form can hardly be anybody else's: the package is one of Patrol's own, or the rule has a capital
 * letter, as names of several words have. `patrol-car-fleet-api` may be somebody else's.
 */
const isSurelyPatrols = (name: string): boolean =>
  /^patrol-(?:(?:aws|github)-|[A-Za-z0-9]+-[a-z]+[A-Z])/.test(name);

/** The topic of a topic's ARN or of a subscription's, which has an id behind. */
const topicOf = (arn: string): string => arn.split(':').slice(0, 6).join(':');

/** The stack that a resource was named after: CloudFormation puts the logical id and a random text behind. */
const stackOf = (name: string): string => name.replace(/-[a-z0-9]+-[a-z0-9]{12,13}$/i, '');
