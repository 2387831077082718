/**
 * Says what is wrong with Patrol itself, from what `aws.ts` saw. Pure.
 *
 * Rules load this module as a chunk: `const { check } = await import('../../lib/health/check.ts')`.
 */
import type { Matchers, Muting } from '@patrol/core';
import { ofAnnouncements } from './announced.ts';
import type { HealthFinding, Ignored } from './finding.ts';
import { ofCanary } from './canaries.ts';
import { type Answer, type HealthPorts, type Seen, valueOf } from './seen.ts';
import { ofExpected, ofPart, ofResource, ofStack } from './stacks.ts';
import { ofMetric } from './metrics.ts';
import { ignoredTopic, ofTopic } from './topics.ts';
import { ofTrails } from './trails.ts';

/** The parameters of the rule that matter here. */
export interface HealthParameters {
  readonly expectedRules: Matchers;
  /** Empty when nobody is to be told. */
  readonly heartbeatUrl: string;
  readonly ignoredResources: Matchers;
  /** Who deploys Patrol; everybody when it is empty. */
  readonly deployers: Matchers;
}

/**
 * Looks at Patrol.
 *
 * It sends the heartbeat only when nothing is wrong. So whoever waits for heartbeats hears of problems, and also notices
 * when Patrol no longer runs at all.
 *
 * @param region the region of the run. What is looked at is there.
 * @returns everything that is wrong. What the operator ignores is marked as muted.
 */
export async function check(
  { look, beat }: Pick<HealthPorts, 'look' | 'beat'>,
  parameters: HealthParameters,
  region?: string,
): Promise<readonly HealthFinding[]> {
  const found = findings(await look(), parameters, region);
  const { heartbeatUrl: url } = parameters;
  // That a deployment ended as announced is nothing wrong.
  const isWrong = found.some(({ group, suppressedBy }) => group !== 'announced' && !suppressedBy);
  if (url === '' || isWrong) return found;
  const failure = await beat(url);
  return failure === undefined ? found : [...found, heartbeatFailed(url, failure)];
}

/** Everything that is wrong with what was seen. */
export function findings(
  seen: Seen,
  { expectedRules, ignoredResources, deployers }: Omit<HealthParameters, 'heartbeatUrl'>,
  region?: string,
): readonly HealthFinding[] {
  const ignored: Ignored = (...names) => ignoredResources.find(...names);
  const item = (name: string | undefined): Muting => ignoredResources.suppression(name);
  const listed = valueOf(seen.stacks) ?? [];
  const stacks = listed.flatMap((stack) => valueOf(stack) ?? []);
  const parts = stacks.flatMap((stack) =>
    (valueOf(stack.parts) ?? []).map((part) => ({
      stack,
      part,
      ignoredBy: ignored(stack.name, part.name),
    })),
  );
  const resources = stacks.flatMap((stack) =>
    (stack.resources ? (valueOf(stack.resources) ?? []) : []).map((resource) => ({
      stack,
      resource,
      ignoredBy: ignored(stack.name, resource.name),
    })),
  );
  const topics = seen.topics.map((topic) => ({ topic, ignoredBy: ignoredTopic(topic, ignored) }));
  const canaries = seen.canaries.map((canary) => ({
    canary,
    ignoredBy: ignored(canary.stack, canary.name),
  }));
  const stackSets = seen.stackSets.flatMap((each) => valueOf(each) ?? []);
  // One that is not there was deleted, or is not as announced.
  const unreadSets = seen.stackSets.filter((each) => !('value' in each || each.isMissing));
  const trails = ofTrails(valueOf(seen.trails), ignored);
  return [
    ...stacks.flatMap((stack) =>
      muted(ofStack(stack, region), ignored(stack.name), item(stack.name)),
    ),
    ...parts.flatMap(({ stack, part, ignoredBy }) =>
      muted(ofPart(stack, part, region), ignoredBy, item(part.name)),
    ),
    ...resources.flatMap(({ stack, resource, ignoredBy }) =>
      muted(ofResource(stack, resource, region), ignoredBy, item(resource.name)),
    ),
    ...(valueOf(seen.metrics) ?? []).flatMap((metric) =>
      muted(ofMetric(metric), ignored(metric.stack, metric.name), item(metric.name)),
    ),
    ...canaries.flatMap(({ canary, ignoredBy }) =>
      muted(ofCanary(canary, region), ignoredBy, item(canary.name)),
    ),
    ...topics.flatMap(({ topic, ignoredBy }) => muted(ofTopic(topic), ignoredBy, item(topic.arn))),
    ...trails.found.flatMap(({ arns, ...finding }) =>
      muted(finding, ignored(...arns), item(arns[0])),
    ),
    ...unread([
      { answer: seen.stacks },
      { answer: seen.trails },
      { answer: seen.announcements },
      ...unreadSets.map((answer) => ({ answer })),
      { answer: seen.metrics },
      ...listed.map((answer) => ({
        answer,
        ignoredBy: 'value' in answer ? undefined : ignored(answer.about),
      })),
      ...stacks.flatMap(({ name, parts, resources: compared }) =>
        [parts, ...(compared ? [compared] : [])].map((answer) => ({
          answer,
          ignoredBy: ignored(name),
        })),
      ),
      // A missing resource or topic has a finding of its own.
      ...[
        ...parts.map(({ part: { answer }, ignoredBy }) => ({ answer, ignoredBy })),
        ...resources.map(({ resource: { answer }, ignoredBy }) => ({ answer, ignoredBy })),
        ...topics.map(({ topic: { answer }, ignoredBy }) => ({ answer, ignoredBy })),
        ...canaries.map(({ canary: { answer }, ignoredBy }) => ({ answer, ignoredBy })),
      ].filter(({ answer }) => 'value' in answer || !answer.isMissing),
      ...trails.unread,
    ]),
    // What nobody could look at may be as it was announced.
    ...('value' in seen.announcements &&
    'value' in seen.stacks &&
    stacks.length === listed.length &&
    unreadSets.length === 0
      ? ofAnnouncements(seen.announcements.value, [...stacks, ...stackSets], deployers, seen.at)
      : []),
    // A stack that nobody could look at may hold the missing rule.
    ...('value' in seen.stacks && stacks.length === listed.length
      ? ofExpected(stacks, expectedRules, seen.at)
      : []),
  ];
}

const muted = (
  finding: HealthFinding | undefined,
  suppressedBy: string | undefined,
  suppression: Muting,
): readonly HealthFinding[] => (finding ? [{ ...finding, suppressedBy, suppression }] : []);

/**
 * What nobody could look at: one finding for each call, since a permission is usually missing for all resources or for none.
 */
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

/** The finding that the heartbeat failed. It names only the host: whoever knows the whole URL could send heartbeats. */
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
