/**
 * Alerts on calls that tamper with Patrol. Pure but for what it asks of the ports.
 *
 * Calls that CloudFormation makes are part of a deployment, or of a deletion that has an alert of its own: they are left
 * alone. But a record does not say to which stack a call belongs, and templates of other stacks can name parts of Patrol
 * too. So there are alerts on what no template of Patrol does.
 *
 * Something of another template can still look like a deployment here, such as a policy that has the name of one of Patrol's
 * policies and allows something else. The schedule sees the effects: it compares what there is with the template of the
 * stack, and asks whether each role may still publish to the topic of its alerts. It also sees the roles from every region,
 * while IAM records its calls in us-east-1 only.
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
  type Severity,
} from '@patrol/core';
import { announcementName, stackSetPrefix } from '@patrol/core/contracts';
import { textOf } from '../request.ts';
import { wasAnnounced } from './announced.ts';
import { isShared, isSurelyPatrol, patrolName, stackOf, topicOf } from './names.ts';
import type { Answer, HealthPorts } from './seen.ts';
import {
  type Request,
  stackSetType,
  type TamperingCall,
  tamperingCalls,
} from './tamperingCalls.ts';

/** The parameters of the rule that matter here. */
export interface TamperingParameters {
  /** The operator's own topics that get Patrol's alerts. */
  readonly alertTopics: Matchers;
  /** The operator's own keys that Patrol's topics are encrypted with. */
  readonly alertKeys: Matchers;
  readonly ignoredResources: Matchers;
  /** Who deploys Patrol; everybody when it is empty. */
  readonly deployers: Matchers;
}

/** What is asked where a record does not tell. */
export type TamperingPorts = Pick<HealthPorts, 'announcements' | 'isAnswering' | 'stackWith'>;

/** A part of Patrol that a call names. */
interface Target {
  readonly name: string;
  /** What it is known by in AWS. */
  readonly id: string;
  /** Its stack, where the name is another one. */
  readonly stack?: string;
  /** Whether it is certainly of Patrol. */
  readonly isSure: boolean;
  /** Whether all rules of a fleet share it. */
  readonly isShared: boolean;
}

/**
 * The alert on a call that deletes, changes or disables a part of Patrol.
 *
 * @throws when the call succeeded and does not say what it changed.
 */
export async function tampering(
  record: CloudTrailRecord,
  parameters: TamperingParameters,
  ports: TamperingPorts,
): Promise<Finding | undefined> {
  const service = record.eventSource.replace(/\.amazonaws\.com$/, '');
  const call = record.eventName.replace(/\d{8}(v\d+)?$/, '');
  const known = tamperingCalls.get(`${service}.${call}`);
  if (!known) return undefined;
  const isByTemplate = service !== 'cloudformation' && isByCloudFormation(record);
  const { isDeployment } = known;
  if (isByTemplate && !isDeployment) return undefined;
  const request = isObject(record.requestParameters) ? record.requestParameters : {};
  const values = targetsOf(record, request, known);
  if (known.isHarmless?.(request) === true) return undefined;
  const named = await Promise.all(
    values.map((value) => targetOf(value, known, record, parameters, ports)),
  );
  const { ignoredResources } = parameters;
  const targets = named.flatMap((target) =>
    target === undefined || (isByTemplate && isDeployment?.(request, target.name)) ? [] : [target],
  );
  const [first, ...others] = targets;
  if (first === undefined) return undefined;
  if (known.isOfStackSets === true && isByStackSets(record, targets)) return undefined;
  if (await isAnnounced(known, record, targets, parameters, ports)) return undefined;
  const isSure = targets.some((target) => target.isSure);
  const who = actor(record.userIdentity).description;
  const target = others.length > 0 ? `${first.name} and ${others.length} more` : first.name;
  const says =
    request['state'] === 'DISABLED' ? known.says.replace(/changed$/, 'disabled') : known.says;
  const names = targets.map(({ name }) => name);
  const type = known.type ?? /^\w+::\w+::\w+$/.exec(textOf(request['typeName']) ?? '')?.[0];
  const ignored = targets.map(({ name, id }) => ignoredResources.find(name, stackOf(name), id));
  return {
    title: `${says.replace('%', () => target)} by ${who}`,
    summary:
      `${call} was called on ${names.join(', ')} by ${who}. ${known.harm}` +
      (isByTemplate ? ' It was done by a template, and not by one of Patrol.' : '') +
      (isSure ? '' : ` Whether ${first.name} is Patrol's is not certain${doubt(known)}.`),
    severity: severityOf(known, targets, isByTemplate),
    facts: { action: record.eventName, target },
    targets: targets.flatMap(({ id }) => (type === undefined ? [] : [{ type, id }])),
    group: call,
    undo: known.undo?.({ name: first.name, names, request, region: record.awsRegion }),
    // Several resources need an item each.
    suppression: others.length > 0 ? undefined : ignoredResources.suppression(first.name),
    // A call on several resources is muted when all of them are.
    suppressedBy: ignored.includes(undefined) ? undefined : ignored[0],
  };
}

/**
 * Whether patrol-deploy announced a call. The schedule tells how the deployment ended. In a replay nothing can be asked: only
 * for a change set that has a name of patrol-deploy is there no verdict then.
 */
async function isAnnounced(
  { isOfDeployer, type }: TamperingCall,
  record: CloudTrailRecord,
  targets: readonly Target[],
  { deployers }: TamperingParameters,
  ports: TamperingPorts,
): Promise<boolean> {
  const request = isObject(record.requestParameters) ? record.requestParameters : {};
  const isOwn = isOfDeployer?.(request) ?? false;
  if (isOwn === false || (isOwn === 'perhaps' && ports.isAnswering !== true)) return false;
  const written = await ports.announcements();
  const before = type === stackSetType ? stackSetPrefix : '';
  return (
    'value' in written &&
    targets.every(({ name, stack = name }) =>
      wasAnnounced(record, `${before}${stack}`, written.value, deployers),
    )
  );
}

/** Why it is not certain whether something is Patrol's. */
const doubt = ({ kind, or }: TamperingCall): string =>
  kind === 'api'
    ? ': the ids of APIs are random, and AWS did not say of which stack this one is'
    : or === 'changeSetName'
      ? ': AWS did not say of which stack the change set is'
      : ': only its name says so';

/** What is done to what all rules share is done to all of them. */
function severityOf(
  known: TamperingCall,
  targets: readonly Target[],
  isByTemplate: boolean,
): Severity {
  if (!targets.some(({ isSure }) => isSure)) return 'low';
  const { severity = 'critical' } = known;
  if (severity !== 'critical' && severity !== 'high') return severity;
  if (targets.some(({ name }) => isShared(name))) return 'critical';
  if (isByTemplate) return 'high';
  return targets.some((target) => target.isShared) ? 'critical' : severity;
}

/**
 * CloudTrail names the service that made the call for somebody, and gives its name instead of an address. A caller can set
 * neither.
 */
const isByCloudFormation = ({ userIdentity, sourceIPAddress }: CloudTrailRecord): boolean =>
  [userIdentity?.invokedBy, sourceIPAddress].includes('cloudformation.amazonaws.com');

/**
 * Whether the organisation's stack sets made the call, for stacks that they made themselves. A stack that patrol-deploy made can only be in
 * a stack set into which somebody imported it.
 */
const isByStackSets = ({ userIdentity }: CloudTrailRecord, targets: readonly Target[]): boolean =>
  userIdentity?.invokedBy === 'member.org.stacksets.cloudformation.amazonaws.com' &&
  !targets.some(({ name }) => name.startsWith('patrol-'));

/** The values within a value at a path. A list on the way gives those of all its elements. */
function valuesAt(value: unknown, [field, ...path]: readonly string[]): readonly unknown[] {
  if (Array.isArray(value))
    return value.flatMap((inner) => valuesAt(inner, [field ?? '', ...path]));
  if (!isObject(value) || field === undefined) return [];
  return path.length === 0 ? [value[field]].flat() : valuesAt(value[field], path);
}

/** The resources that a call names. A denied call may name one in its message only, or none. */
function targetsOf(
  record: CloudTrailRecord,
  request: Request,
  { target, or }: TamperingCall,
): readonly string[] {
  for (const path of [target, ...(or === undefined ? [] : [or])]) {
    const names = valuesAt(request, path.split('.')).filter((name) => typeof name === 'string');
    if (names.length > 0) return names;
  }
  if (outcome(record) !== 'succeeded') {
    return [/ on resource: (arn:\S+)/.exec(textOf(record.errorMessage) ?? '')?.[1] ?? ''];
  }
  const found = String(JSON.stringify(valuesAt(request, target.split('.'))[0])).slice(0, 100);
  throw new Error(`expected ${target} in the request parameters, found ${found}`);
}

/** The part of Patrol that a value names; `undefined` when it is somebody else's. */
async function targetOf(
  value: string,
  known: TamperingCall,
  record: CloudTrailRecord,
  { alertTopics, alertKeys }: TamperingParameters,
  ports: TamperingPorts,
): Promise<Target | undefined> {
  const name = patrolName(value);
  const own = (id: string): Target | undefined =>
    name === undefined ? undefined : { name, id, isSure: isSurelyPatrol(name), isShared: false };
  switch (known.kind) {
    case 'topic': {
      const topic = topicOf(value);
      return alertTopics.find(topic) === undefined
        ? own(topic)
        : { name: name ?? topic, id: topic, isSure: true, isShared: true };
    }
    case 'key': {
      const key = arnOfKey(value, record);
      return alertKeys.find(key) === undefined
        ? undefined
        : { name: key, id: key, isSure: true, isShared: true };
    }
    case 'bus':
      // Rules of other buses get no events of AWS.
      return /(^|\/)default$/.test(value)
        ? { name: value, id: value, isSure: true, isShared: true }
        : undefined;
    case 'announcement':
      return value.endsWith(announcementName)
        ? { name: announcementName, id: announcementName, isSure: true, isShared: false }
        : undefined;
    case 'api':
    case 'secret':
      return known.kind === 'secret' && /(^|:)patrol\//.test(value)
        ? ownSecret(value)
        : unnamed(value, record, ports);
    case undefined:
      if (name === undefined && /^arn:\S+:changeSet\//.test(value)) {
        return ofStack(await ports.stackWith('change set', value), value);
      }
      return own(name ?? '');
  }
}

/** A secret that patrol-deploy stored: `patrol/<stack>/<parameter>`, with random characters behind in an ARN. */
function ownSecret(value: string): Target | undefined {
  const [, name, stack = ''] = /(?:^|:)(patrol\/([^/]+)\/\S+)$/.exec(value) ?? [];
  return name === undefined || patrolName(stack) === undefined
    ? undefined
    : { name, id: value, stack, isSure: isSurelyPatrol(stack), isShared: false };
}

/** Something whose name does not tell whose it is. CloudFormation knows in which stack it is. */
async function unnamed(
  value: string,
  { responseElements }: CloudTrailRecord,
  ports: TamperingPorts,
): Promise<Target | undefined> {
  if (value === '') return undefined;
  const id = value.slice(value.lastIndexOf(':') + 1);
  // Where nothing can be asked, as in a replay, only the schedule can tell.
  if (ports.isAnswering !== true) return { name: id, id: value, isSure: false, isShared: false };
  const arn = isObject(responseElements)
    ? (textOf(responseElements['arn']) ?? textOf(responseElements['aRN']))
    : undefined;
  const stack = await ports.stackWith('resource', arn ?? value);
  const found = ofStack(stack, value);
  // A resource is told by its own name, and not by that of its stack.
  return found && { ...found, name: id, id: value };
}

/** What belongs to a stack, if that is one of Patrol. What cannot be asked may well be. */
function ofStack(stack: Answer<string | undefined>, value: string): Target | undefined {
  if (!('value' in stack)) return { name: value, id: value, isSure: false, isShared: false };
  const { value: name } = stack;
  return name === undefined || patrolName(name) === undefined
    ? undefined
    : { name, id: name, isSure: isSurelyPatrol(name), isShared: false };
}

/** The ARN of the key that a call names, which CloudTrail gives where the call has only the id. */
function arnOfKey(value: string, { resources }: CloudTrailRecord): string {
  const named: readonly unknown[] = Array.isArray(resources) ? resources : [];
  const arns = named.flatMap((each) => (isObject(each) ? (textOf(each['ARN']) ?? []) : []));
  return value.startsWith('arn:') ? value : (arns.find((arn) => arn.includes(':kms:')) ?? value);
}
