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
 * Rules load this module as a chunk: `const { tampering } = await import('../../lib/health/tampering.ts')`.
 */
import {
  actor,
  type CloudTrailRecord,
  type Finding,
  isObject,
  type Matchers,
  outcome,
} from '@patrol/core';
import { textOf } from '../request.ts';
import { type Request, type TamperingCall, tamperingCalls } from './tamperingCalls.ts';

/** What the operator decides about it. */
export interface TamperingParameters {
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
  { alertTopics, ignoredResources }: TamperingParameters,
): Finding | undefined {
  const service = record.eventSource.replace(/\.amazonaws\.com$/, '');
  const call = record.eventName.replace(/\d{8}(v\d+)?$/, '');
  const known = tamperingCalls.get(`${service}.${call}`);
  if (!known) return undefined;
  const isThrough = service !== 'cloudformation' && isByCloudFormation(record);
  const { isDeployment } = known;
  if (isThrough && !isDeployment) return undefined;
  const request = isObject(record.requestParameters) ? record.requestParameters : {};
  const targets = targetsOf(record, request, known).flatMap((value) => {
    const topic = topicOf(value);
    const isGiven = alertTopics.find(topic) !== undefined;
    const name = patrols(value) ?? (isGiven ? topic : undefined);
    return name === undefined || (isThrough && isDeployment?.(request, name))
      ? []
      : [
          {
            name,
            id: known.type === 'AWS::SNS::Topic' ? topic : name,
            isSure: isGiven || isSurelyPatrols(name),
            ignoredBy: ignoredResources.find(name, stackOf(name), topic),
          },
        ];
  });
  const [first, ...others] = targets;
  if (first === undefined || known.isHarmless?.(request) === true) return undefined;
  const isSure = targets.some((target) => target.isSure);
  const who = actor(record.userIdentity).description;
  const target = others.length > 0 ? `${first.name} and ${others.length} more` : first.name;
  const says =
    request['state'] === 'DISABLED' ? known.says.replace(/changed$/, 'disabled') : known.says;
  const names = targets.map(({ name }) => name);
  const type = known.type ?? /^\w+::\w+::\w+$/.exec(textOf(request['typeName']) ?? '')?.[0];
  return {
    title: `${says.replace('%', () => target)} by ${who}`,
    summary:
      `${call} was called on ${names.join(', ')} by ${who}. ${known.harm}` +
      (isThrough ? ' It was done by a template, and not by one of Patrol.' : '') +
      (isSure ? '' : ` Whether ${first.name} is Patrol's is not certain: only its name says so.`),
    severity: !isSure ? 'low' : isThrough ? 'high' : (known.severity ?? 'critical'),
    facts: { action: record.eventName, target },
    targets: targets.flatMap(({ id }) => (type === undefined ? [] : [{ type, id }])),
    group: call,
    undo: known.undo?.({ name: first.name, names, request, region: record.awsRegion }),
    // Of several, each needs an item of its own.
    suppression: others.length > 0 ? undefined : ignoredResources.suppression(first.name),
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
  { target }: TamperingCall,
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
