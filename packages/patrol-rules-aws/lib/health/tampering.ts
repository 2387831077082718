/**
 * Alerts on calls that tamper with Patrol. Pure.
 *
 * Calls that CloudFormation makes are part of a deployment, or of a deletion that has an alert of its own: they are left
 * alone. But a record does not say to which stack a call belongs, and templates of other stacks can put policies on Patrol's
 * roles and topics. So there are alerts on what no template of Patrol does.
 *
 * Two things look like a deployment here: a change set that somebody executes without patrol-deploy, and a policy that has
 * the name of one of Patrol's policies and allows something else. The schedule sees their effects: it checks whether
 * somebody is subscribed to each topic, and whether each role may still publish to the topic of its alerts. It also sees the
 * roles from every region, while IAM records its calls in us-east-1 only.
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

/** The parameters of the rule that matter here. */
export interface TamperingParameters {
  /** The operator's own topics that get Patrol's alerts. */
  readonly alertTopics: Matchers;
  readonly ignoredResources: Matchers;
}

/**
 * The alert on a call that deletes, changes or disables a part of Patrol.
 *
 * @throws when the call succeeded and does not say what it changed.
 */
export function tampering(
  record: CloudTrailRecord,
  { alertTopics, ignoredResources }: TamperingParameters,
): Finding | undefined {
  const service = record.eventSource.replace(/\.amazonaws\.com$/, '');
  const call = record.eventName.replace(/\d{8}(v\d+)?$/, '');
  const known = tamperingCalls.get(`${service}.${call}`);
  if (!known) return undefined;
  const isByTemplate = service !== 'cloudformation' && isByCloudFormation(record);
  const { isDeployment } = known;
  if (isByTemplate && !isDeployment) return undefined;
  const request = isObject(record.requestParameters) ? record.requestParameters : {};
  const targets = targetsOf(record, request, known).flatMap((value) => {
    const topic = topicOf(value);
    const isGiven = alertTopics.find(topic) !== undefined;
    const name = patrolName(value) ?? (isGiven ? topic : undefined);
    return name === undefined || (isByTemplate && isDeployment?.(request, name))
      ? []
      : [
          {
            name,
            id: known.type === 'AWS::SNS::Topic' ? topic : name,
            isSure: isGiven || isSurelyPatrol(name),
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
      (isByTemplate ? ' It was done by a template, and not by one of Patrol.' : '') +
      (isSure ? '' : ` Whether ${first.name} is Patrol's is not certain: only its name says so.`),
    severity: !isSure ? 'low' : isByTemplate ? 'high' : (known.severity ?? 'critical'),
    facts: { action: record.eventName, target },
    targets: targets.flatMap(({ id }) => (type === undefined ? [] : [{ type, id }])),
    group: call,
    undo: known.undo?.({ name: first.name, names, request, region: record.awsRegion }),
    // Several resources need an item each.
    suppression: others.length > 0 ? undefined : ignoredResources.suppression(first.name),
    // A call on several resources is muted when all of them are.
    suppressedBy: targets.every(({ ignoredBy }) => ignoredBy) ? first.ignoredBy : undefined,
  };
}

/**
 * CloudTrail names the service that made the call for somebody, and gives its name instead of an address. A caller can set
 * neither.
 */
const isByCloudFormation = ({ userIdentity, sourceIPAddress }: CloudTrailRecord): boolean =>
  [userIdentity?.invokedBy, sourceIPAddress].includes('cloudformation.amazonaws.com');

/** The resources that a call names. A denied call may name one in its message only, or none. */
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
 * The name of a part of Patrol in a name, an ARN or a URL. Stacks are named `patrol-<package>-<rule>-<environment>`.
 * CloudFormation names a resource after its stack, with more behind, and cuts the name where the kind of resource allows
 * less.
 */
const patrolName = (value: string): string | undefined =>
  /(?:^|[:/])(patrol(?:-[A-Za-z0-9]+){3,})/.exec(value)?.[1];

/**
 * Whether such a name almost certainly belongs to Patrol: the package is one of Patrol, or the rule has a capital letter, as
 * names of several words do. `patrol-car-fleet-api` may belong to somebody else.
 */
const isSurelyPatrol = (name: string): boolean =>
  /^patrol-(?:(?:aws|github)-|[A-Za-z0-9]+-[a-z]+[A-Z])/.test(name);

/** The ARN of the topic, from that ARN or from the ARN of a subscription, which has an id behind. */
const topicOf = (arn: string): string => arn.split(':').slice(0, 6).join(':');

/** The stack that a resource was named after. CloudFormation adds the logical id and a random text. */
const stackOf = (name: string): string => name.replace(/-[a-z0-9]+-[a-z0-9]{12,13}$/i, '');
