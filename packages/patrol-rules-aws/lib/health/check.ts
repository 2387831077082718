/**
 * What is wrong with Patrol itself, from what was seen of it. Pure: `aws.ts` looks.
 *
 * Rules load this module as a chunk: `const { check } = await import('../../lib/health/check.ts')`.
 */
import {
  type Finding,
  type Matchers,
  matchesName,
  type Severity,
  type Suppression,
} from '@patrol/core';
import {
  type ListedTrail,
  trailScope,
  type TrailSelectors,
  type TrailStatus,
} from '@patrol/core/trail';
import { awsCommand, enableRule } from '../undo.ts';
import { capital } from '../words.ts';

/** What AWS answered, or why it did not. */
export type Answer<T> = { readonly value: T } | Failure;

/** A call that failed. */
export interface Failure {
  /** The call, as it is named in permissions: `sns:ListSubscriptionsByTopic`. */
  readonly call: string;
  /** What it asked about. */
  readonly about: string;
  readonly error: string;
  /** Whether what it asked about is not there. */
  readonly isMissing: boolean;
}

/** Everything that was looked at. */
export interface Seen {
  /** Patrol's stacks in the region. */
  readonly stacks: Answer<readonly Answer<SeenStack>[]>;
  /** The topics that the stacks name. */
  readonly topics: readonly SeenTopic[];
  /** The trails that record in the region. */
  readonly trails: Answer<readonly SeenTrail[]>;
}

/** A stack of Patrol's. */
export interface SeenStack {
  readonly name: string;
  readonly status: string;
  /** The rule that it holds. */
  readonly rule: string;
  /** Empty while CloudFormation is at work on it. */
  readonly parts: Answer<readonly SeenPart[]>;
}

/** A resource of a stack, as far as it can be out of order. */
export interface SeenPart {
  readonly kind: PartState['kind'];
  readonly name: string;
  /** By what commands know it, where that is not the name. */
  readonly id?: string;
  readonly answer: Answer<PartState>;
}

/** What is looked at of a resource. */
export type PartState =
  | { readonly kind: 'EventBridge rule'; readonly state: string; readonly targets: number }
  /** `undefined` when the function shares the account's concurrency. */
  | { readonly kind: 'function'; readonly reservedConcurrency: number | undefined }
  | { readonly kind: 'queue'; readonly messages: number }
  | { readonly kind: 'alarm'; readonly actionsEnabled: boolean }
  /** `mayPublish`: to the topic of the alerts, as far as IAM decides about it. */
  | { readonly kind: 'role'; readonly mayPublish: boolean }
  /** `routes`: those that lead somewhere. */
  | {
      readonly kind: 'webhook endpoint';
      readonly isDisabled: boolean;
      readonly routes: number;
      readonly stages: number;
    }
  | { readonly kind: 'webhook secret'; readonly isBeingDeleted: boolean }
  | { readonly kind: 'table'; readonly status: string };

/** A topic that stacks name. */
export interface SeenTopic {
  readonly arn: string;
  /** Which stacks name it, and what it does for them: "gets the alerts". */
  readonly uses: readonly { readonly stack: string; readonly what: string }[];
  readonly answer: Answer<{ readonly isHeard: boolean; readonly pending: number }>;
}

/** A trail that records in the region. */
export interface SeenTrail {
  readonly arn: string;
  readonly listed?: ListedTrail;
  readonly status: Answer<TrailStatus>;
  readonly selectors: Answer<TrailSelectors>;
}

/** The outside world. */
export interface HealthPorts {
  readonly look: () => Promise<Seen>;
  /** Tells a third party that all is well; gives the reason when that fails. */
  readonly beat: (url: string) => Promise<string | undefined>;
}

/** What the operator decides about it. */
export interface HealthParameters {
  readonly expectedRules: Matchers;
  /** Empty when nobody is to be told that all is well. */
  readonly heartbeatUrl: string;
  readonly ignoredResources: Matchers;
}

/** A finding: always with a key, since every run finds it again. */
export type HealthFinding = Finding & {
  readonly key: string;
  readonly severity: Severity;
  readonly group: string;
};

/**
 * Looks at Patrol, and gives everything that is wrong, what the operator ignores marked as muted. Only when nothing is
 * wrong the heartbeat is sent: whoever misses it hears of a Patrol that is ill as well as of one that is dead.
 *
 * @param region that of the run: what is looked at is there.
 */
export async function check(
  { look, beat }: HealthPorts,
  parameters: HealthParameters,
  region?: string,
): Promise<readonly HealthFinding[]> {
  const found = findings(await look(), parameters, region);
  const { heartbeatUrl: url } = parameters;
  if (url === '' || found.some(({ suppressedBy }) => suppressedBy === undefined)) return found;
  const failure = await beat(url);
  return failure === undefined ? found : [...found, heartbeatFailed(url, failure)];
}

/** Everything that is wrong with what was seen. */
export function findings(
  seen: Seen,
  { expectedRules, ignoredResources }: Pick<HealthParameters, 'expectedRules' | 'ignoredResources'>,
  region?: string,
): readonly HealthFinding[] {
  const ignored: Ignored = (...names) => ignoredResources.find(...names);
  const item = (name: string | undefined): Suppression | undefined =>
    ignoredResources.suppression(name);
  const listed = valueOf(seen.stacks) ?? [];
  const stacks = listed.flatMap((stack) => valueOf(stack) ?? []);
  const parts = stacks.flatMap((stack) =>
    (valueOf(stack.parts) ?? []).map((part) => ({
      stack,
      part,
      ignoredBy: ignored(stack.name, part.name),
    })),
  );
  const topics = seen.topics.map((topic) => ({ topic, ignoredBy: ignoredTopic(topic, ignored) }));
  const trails = ofTrails(valueOf(seen.trails), ignored);
  return [
    ...stacks.flatMap((stack) => muted(ofStack(stack), ignored(stack.name), item(stack.name))),
    ...parts.flatMap(({ stack, part, ignoredBy }) =>
      muted(ofPart(stack, part, region), ignoredBy, item(part.name)),
    ),
    ...topics.flatMap(({ topic, ignoredBy }) => muted(ofTopic(topic), ignoredBy, item(topic.arn))),
    ...trails.found.flatMap(({ arns, ...finding }) =>
      muted(finding, ignored(...arns), item(arns[0])),
    ),
    ...unread([
      { answer: seen.stacks },
      { answer: seen.trails },
      ...listed.map((answer) => ({
        answer,
        ignoredBy: 'value' in answer ? undefined : ignored(answer.about),
      })),
      ...stacks.map(({ name, parts: answer }) => ({ answer, ignoredBy: ignored(name) })),
      // That one of these is not there is a finding of its own.
      ...[
        ...parts.map(({ part: { answer }, ignoredBy }) => ({ answer, ignoredBy })),
        ...topics.map(({ topic: { answer }, ignoredBy }) => ({ answer, ignoredBy })),
      ].filter(({ answer }) => 'value' in answer || !answer.isMissing),
      ...trails.unread,
    ]),
    // A stack that could not be looked at may be the one that is missed.
    ...('value' in seen.stacks && stacks.length === listed.length
      ? ofExpected(stacks, expectedRules)
      : []),
  ];
}

/** The item by which the operator ignores something, given all its names. */
type Ignored = (...names: readonly string[]) => string | undefined;

const valueOf = <T>(answer: Answer<T>): T | undefined =>
  'value' in answer ? answer.value : undefined;

const muted = (
  finding: HealthFinding | undefined,
  suppressedBy: string | undefined,
  suppression: Suppression | undefined,
): readonly HealthFinding[] => (finding ? [{ ...finding, suppressedBy, suppression }] : []);

/** The states in which nothing is wrong with a stack, from CloudFormation's "Stack status codes". */
const settled = /^(CREATE|UPDATE|UPDATE_ROLLBACK|IMPORT|IMPORT_ROLLBACK)_COMPLETE$/;

/** Whether CloudFormation is at work on a stack: its resources then come and go. */
export const isBusy = (status: string): boolean => status.endsWith('_IN_PROGRESS');

function ofStack({ name, status, rule }: SeenStack): HealthFinding | undefined {
  if (settled.test(status) || isBusy(status)) return undefined;
  return {
    key: `stack:${name}`,
    severity: 'high',
    title: `Stack ${name} is in the state ${status}`,
    summary: `The last operation on the stack ${name} failed: the rule ${rule} may be incomplete, or older than was meant.`,
    facts: { stack: name, status },
    targets: [{ type: 'AWS::CloudFormation::Stack', id: name }],
    group: 'stack',
  };
}

/** The types of the resources that are looked at. */
const types: Readonly<Record<PartState['kind'], string>> = {
  'EventBridge rule': 'AWS::Events::Rule',
  function: 'AWS::Lambda::Function',
  queue: 'AWS::SQS::Queue',
  alarm: 'AWS::CloudWatch::Alarm',
  role: 'AWS::IAM::Role',
  'webhook endpoint': 'AWS::ApiGatewayV2::Api',
  'webhook secret': 'AWS::SecretsManager::Secret',
  table: 'AWS::DynamoDB::Table',
};

function ofPart(
  stack: SeenStack,
  { kind, name, id = name, answer }: SeenPart,
  region: string | undefined,
): HealthFinding | undefined {
  const finding = (
    severity: Severity,
    says: string,
    harm: string,
    undo?: readonly string[],
  ): HealthFinding => ({
    key: `${kind}:${name}`,
    severity,
    title: `${capital(kind)} ${name} ${says}`,
    summary: `The ${kind} ${name} of the stack ${stack.name} ${says}. ${harm}`,
    facts: { stack: stack.name, rule: stack.rule },
    targets: [{ type: types[kind], id }],
    group: kind,
    undo,
  });
  const blind = `The rule ${stack.rule} does not see what it should.`;
  const unnoticed = `What goes wrong with the rule ${stack.rule} is not noticed.`;
  const forgetful = `The rule ${stack.rule} fails, since it cannot remember what it told.`;
  if (!('value' in answer)) {
    if (!answer.isMissing) return undefined;
    if (kind === 'table') return finding('high', 'is not there', forgetful);
    return kind === 'queue' || kind === 'alarm'
      ? finding('high', 'is not there', unnoticed)
      : finding('critical', 'is not there', blind);
  }
  const { value } = answer;
  switch (value.kind) {
    case 'EventBridge rule':
      if (!value.state.startsWith('ENABLED')) {
        return finding(
          'critical',
          `is in the state ${value.state || 'unknown'}`,
          blind,
          value.state === 'DISABLED' ? enableRule(name, region) : undefined,
        );
      }
      return value.targets === 0 ? finding('critical', 'has no target', blind) : undefined;
    case 'function':
      return value.reservedConcurrency === 0
        ? finding(
            'critical',
            'never runs: its reserved concurrency is 0',
            blind,
            // The templates reserve none.
            awsCommand('lambda delete-function-concurrency', { 'function-name': name, region }),
          )
        : undefined;
    case 'queue':
      return value.messages === 0
        ? undefined
        : finding(
            'high',
            'is not empty',
            `It holds about ${value.messages} events that did not reach the rule ${stack.rule} or that it could not evaluate. They are lost 14 days after they came.`,
          );
    case 'alarm':
      return value.actionsEnabled
        ? undefined
        : finding(
            'high',
            'tells nobody: its actions are disabled',
            unnoticed,
            awsCommand('cloudwatch enable-alarm-actions', { 'alarm-names': name, region }),
          );
    case 'role':
      return value.mayPublish
        ? undefined
        : finding(
            'critical',
            'may not publish to the topic of the alerts',
            `What the rule ${stack.rule} finds reaches nobody: a policy of the role, its permissions boundary or a policy of the organization keeps it back.`,
          );
    case 'webhook endpoint':
      if (value.isDisabled) {
        return finding(
          'critical',
          'is disabled',
          blind,
          awsCommand('apigatewayv2 update-api', {
            'api-id': name,
            'no-disable-execute-api-endpoint': true,
            region,
          }),
        );
      }
      if (value.routes === 0) return finding('critical', 'has no route', blind);
      return value.stages === 0 ? finding('critical', 'has no stage', blind) : undefined;
    case 'webhook secret':
      return value.isBeingDeleted
        ? finding(
            'critical',
            'is being deleted: it cannot be read any more',
            blind,
            awsCommand('secretsmanager restore-secret', { 'secret-id': id, region }),
          )
        : undefined;
    case 'table':
      return /^(ACTIVE|UPDATING)$/.test(value.status)
        ? undefined
        : finding('high', `is in the state ${value.status || 'unknown'}`, forgetful);
  }
}

/** A topic is ignored by its ARN, or when every stack that names it is. */
function ignoredTopic({ arn, uses }: SeenTopic, ignored: Ignored): string | undefined {
  const byStack = uses.map(({ stack }) => ignored(stack));
  return ignored(arn) ?? (byStack.includes(undefined) ? undefined : byStack[0]);
}

function ofTopic({ arn, uses, answer }: SeenTopic): HealthFinding | undefined {
  const what = [...new Set(uses.map((use) => use.what))].join(' and ');
  const stacks = uses.map(({ stack }) => stack).join(', ');
  const finding = (title: string, why: string): HealthFinding => ({
    key: `topic:${arn}`,
    severity: 'critical',
    title,
    summary: `The topic ${arn} ${what} of ${stacks}. ${why}`,
    facts: { topic: arn, stacks },
    targets: [{ type: 'AWS::SNS::Topic', id: arn }],
    group: 'topic',
  });
  if (!('value' in answer)) {
    return answer.isMissing
      ? finding(`Topic ${arn} is not there`, 'What is sent to it is lost.')
      : undefined;
  }
  const { isHeard, pending } = answer.value;
  if (isHeard) return undefined;
  return finding(
    `Nobody is subscribed to ${arn}`,
    pending > 0
      ? `No subscription is confirmed; ${pending} wait for it: SNS sent them a message with the subject "AWS Notification - Subscription Confirmation", whose link works for two days.`
      : 'It has no subscription.',
  );
}

/** A finding about trails, which can be ignored by the ARN of any of them. */
interface TrailFinding extends HealthFinding {
  readonly arns: readonly string[];
}

/**
 * One trail that records all calls that change something is enough: what cannot be read of the others does not matter
 * then.
 */
function ofTrails(
  trails: readonly SeenTrail[] | undefined,
  ignored: Ignored,
): {
  readonly found: readonly TrailFinding[];
  readonly unread: readonly {
    readonly answer: Answer<unknown>;
    readonly ignoredBy: string | undefined;
  }[];
} {
  if (!trails) return { found: [], unread: [] };
  const scopes = trails.map(({ status, selectors, listed }) =>
    trailScope(valueOf(status), valueOf(selectors), listed),
  );
  if (scopes.includes('all')) return { found: trails.flatMap(ofDelivery), unread: [] };
  const unread = trails.flatMap(({ arn, status, selectors }, index) =>
    scopes[index] === undefined
      ? [status, selectors].map((answer) => ({ answer, ignoredBy: ignored(arn) }))
      : [],
  );
  const words = trails.map(({ arn }, index) => `${arn} records ${scopes[index]} of them`);
  const isPartial = scopes.includes('some');
  const recording: TrailFinding = {
    key: 'trails',
    arns: trails.map(({ arn }) => arn),
    severity: isPartial ? 'high' : 'critical',
    title: isPartial
      ? 'CloudTrail records only some of the API calls in this region'
      : 'CloudTrail records no API calls in this region',
    summary: `EventBridge is only given the API calls that a trail records: rules on others are blind here. ${words.join('; ') || 'There is no trail'}.`,
    facts: { trails: trails.length },
    targets: trails.map(({ arn: id }) => ({ type: 'AWS::CloudTrail::Trail', id })),
    group: 'trails',
  };
  return {
    found: [...(unread.length > 0 ? [] : [recording]), ...trails.flatMap(ofDelivery)],
    unread,
  };
}

function ofDelivery({ arn, status }: SeenTrail): readonly TrailFinding[] {
  const { isLogging = false, deliveryError = '' } = valueOf(status) ?? {};
  if (!isLogging || deliveryError === '') return [];
  return [
    {
      key: `delivery:${arn}`,
      arns: [arn],
      severity: 'medium',
      title: `CloudTrail cannot deliver the logs of ${arn}`,
      summary: `Rules still get their events, but the trail's own logs are not kept: its last delivery failed with ${deliveryError}. Mend the policy of its bucket or of its key.`,
      facts: { trail: arn, error: deliveryError },
      targets: [{ type: 'AWS::CloudTrail::Trail', id: arn }],
      group: 'delivery',
    },
  ];
}

/** What could not be looked at, one finding for each call: a permission is mostly missing for all of them or for none. */
function unread(
  answers: readonly { readonly answer: Answer<unknown>; readonly ignoredBy?: string | undefined }[],
): readonly HealthFinding[] {
  const failures = answers.flatMap(({ answer, ignoredBy }) =>
    'value' in answer ? [] : [{ ...answer, ignoredBy }],
  );
  const calls = new Set(failures.map(({ call }) => call));
  return [...calls].flatMap((call) => {
    const group = failures.filter((failure) => failure.call === call);
    const open = group.filter(({ ignoredBy }) => ignoredBy === undefined);
    const [first, ...others] = open.length > 0 ? open : group;
    if (!first) return [];
    const more = others.length > 0 ? ` and ${others.length} more` : '';
    return [
      {
        key: `unread:${call}`,
        severity: 'high' as const,
        title: `Patrol cannot look at itself: ${call} fails`,
        summary: `${call} was asked about ${first.about}${more} and failed: ${first.error}. What cannot be looked at is not known to be in order.`,
        facts: { call, about: first.about, failures: others.length + 1 },
        group: 'unread',
        suppressedBy: first.ignoredBy,
      },
    ];
  });
}

function ofExpected(stacks: readonly SeenStack[], { items }: Matchers): readonly HealthFinding[] {
  const standing = stacks.filter(({ status }) => status !== 'DELETE_IN_PROGRESS');
  if (standing.length === 0) {
    return [
      {
        key: 'stacks',
        group: 'expected',
        severity: 'critical',
        title: 'No stack of Patrol is to be found in this region',
        summary:
          'Not even the stack of this rule, whose function just ran: stacks of Patrol are known by their names (patrol-…) and their tags (patrol:rule).',
      },
    ];
  }
  return items
    .filter((item) =>
      standing.every(({ rule, name }) => !matchesName(item, rule) && !matchesName(item, name)),
    )
    .map((item) => ({
      key: `expected:${item}`,
      severity: 'critical',
      title: `The rule ${item} is not deployed in this region`,
      summary: `expectedRules names ${item}, but no stack of Patrol in this region holds it.`,
      facts: { expected: item },
      group: 'expected',
    }));
}

/** The finding that the heartbeat did not get through. It names the host only: who knows the whole URL can send heartbeats. */
function heartbeatFailed(url: string, failure: string): HealthFinding {
  const host = /^https?:\/\/([^/]+)/.exec(url)?.[1] ?? 'the URL of the heartbeat';
  return {
    key: 'heartbeat',
    severity: 'medium',
    title: 'The heartbeat of Patrol does not get through',
    summary: `${host} was to be told that all is well with Patrol, but that failed three times: ${failure}.`,
    facts: { host },
    group: 'heartbeat',
  };
}
