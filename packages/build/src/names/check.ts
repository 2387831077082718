/** Holds the names in a rule against the lists of AWS's and GitHub's names: a rule with a typo would be deployed, and would never alert. */
import { type AnyRule, github, type Trigger } from '@patrol/core';
import { isWebhookEvent } from '@patrol/core/contracts';
import { eventPatterns, patternWays, senderOf } from '@patrol/core/evaluation';
import { otherEvents } from './github.ts';
import { nameList } from './list.ts';
import {
  isListed,
  kindOf,
  type Names,
  namesWith,
  nearest,
  type RecordedCall,
  type UnlistedNames,
} from './names.ts';
import { matching, readValues, type Value } from './values.ts';

/** Finds names that AWS or GitHub does not have. Each problem is a sentence or two. */
export function nameProblems(rule: AnyRule): readonly string[] {
  const { unlisted = {} } = rule;
  const found = problemsWith(rule, unlisted);
  return [
    ...found,
    ...Object.entries(unlisted).flatMap(([key, source]) => {
      if (kindOf(key) === undefined) {
        return [
          `unlisted: ${JSON.stringify(key)} has none of the forms 'cloudtrail.amazonaws.com:NewCall', 'cloudtrail:NewAction', 'aws.health:New Event' and 'github:new_event'`,
        ];
      }
      if (!source.trim()) return [`unlisted: say where ${key} is documented or recorded`];
      const { [key]: _, ...others } = unlisted;
      // What a later list has is not needed either, but must not break a build.
      const isNeeded = isListed(key) || problemsWith(rule, others).length > found.length;
      return isNeeded ? [] : [`unlisted: ${key} is not needed: the rule does not name it`];
    }),
  ];
}

function problemsWith(rule: AnyRule, unlisted: UnlistedNames): readonly string[] {
  const names = namesWith(unlisted);
  const problems = [
    ...eventPatterns(rule)
      .flatMap((pattern) => patternWays(pattern))
      .flatMap((way) => triggerProblems(way, names))
      .map((problem) => `triggers: ${problem}`),
    ...(rule.permissions ?? [])
      .flatMap(({ Action }) => Action)
      .flatMap((action) => actionProblems(action, names))
      .map((problem) => `permissions: ${problem}`),
    ...rule.triggers
      .flatMap((trigger: Trigger) => webhookProblems(trigger, names))
      .map((problem) => `triggers: ${problem}`),
  ];
  return [...new Set(problems)];
}

/** A way through the `$or`s of a pattern: the values that it asks for, by the dotted path of their field. */
type Way = ReadonlyMap<string, readonly unknown[]>;

function triggerProblems(way: Way, names: Names): readonly string[] {
  const given = way.get('source');
  const sources = given && readValues(given).filter(({ text }) => /^aws\.?[^/]*$/.test(text));
  // Other programs choose their own names.
  if (sources?.length === 0) return [];
  const senders = [...names.sources, ...names.eventSources.map(sourceOf)];
  const unknown = (sources ?? []).filter(({ matches }) => !senders.some(matches));
  if (unknown.length > 0) {
    return unknown.map(
      ({ text, shown, isExact }) =>
        `no service has the source ${shown}.${suggest(nearest(text, senders))} ${allow(isExact ? text : 'aws.new', 'New Event')}`,
    );
  }
  const types = way.get('detail-type');
  const isRecord = ({ matches }: Value): boolean => names.cloudTrailTypes.some(matches);
  const records = types ? readValues(types).filter(isRecord) : undefined;
  return [
    ...(types ? typeProblems(readValues(types), sources, names) : []),
    ...(records?.length === 0 ? [] : recordProblems(way, sources, names)),
  ];
}

/** Finds names that no record of CloudTrail has. */
function recordProblems(
  way: Way,
  sources: readonly Value[] | undefined,
  names: Names,
): readonly string[] {
  const given = way.get('detail.eventSource');
  const eventNames = way.get('detail.eventName');
  const unknown = readValues(given ?? []).filter(
    ({ matches }) => !names.eventSources.some(matches),
  );
  if (unknown.length > 0) {
    return unknown.map(
      ({ text, shown, isExact }) =>
        `no service has the eventSource ${shown}.${suggest(nearest(text, names.eventSources))} ${allow(isExact ? text : 'new.amazonaws.com', 'NewCall')}`,
    );
  }
  const fits = (eventSource: string): boolean =>
    sources?.some(({ matches }) => matches(sourceOf(eventSource))) ?? true;
  const eventSources = given
    ? matching(given, names.eventSources)
    : names.eventSources.filter(fits);
  const foreign = eventSources.filter((eventSource) => !fits(eventSource));
  if (foreign.length > 0) {
    return foreign.map(
      (eventSource) =>
        `events of ${eventSource} have the source ${sourceOf(eventSource)}, and the pattern asks for ${(sources ?? []).map(({ shown }) => shown).join(', ')}`,
    );
  }
  if (!eventNames) return [];
  if (eventSources.length === 0) {
    return [
      `CloudTrail records no calls of ${(sources ?? []).map(({ shown }) => shown).join(', ')}. Name the eventSource`,
    ];
  }
  const problems = callProblems(readValues(eventNames), eventSources, names);
  // One typo is one problem, also where the service has no other name.
  if (problems.length > 0) return problems;
  return readValues(given ?? [])
    .filter(
      ({ text, isExact }) => isExact && matching(eventNames, formsOf(text, names)).length === 0,
    )
    .map(({ text }) => `${text} has none of the calls that the pattern names with it`);
}

/** Every name that records have for calls of a service. */
const formsOf = (eventSource: string, names: Names): readonly string[] =>
  names.callsOf(eventSource).map(({ eventName }) => eventName);

/** The `source` of what CloudTrail records of a service. */
const sourceOf = (eventSource: string): string =>
  `aws.${eventSource.replace(/\.amazonaws\.com$/, '')}`;

function callProblems(
  values: readonly Value[],
  eventSources: readonly string[],
  names: Names,
): readonly string[] {
  const calls = eventSources.flatMap(names.callsOf);
  return values.flatMap((value) => {
    const found = calls.filter(({ eventName }) => value.matches(eventName));
    if (found.length === 0) return [unknownCall(value, eventSources, names)];
    const missed = missedForm(found, calls, values);
    return missed
      ? [
          `records of ${missed.eventSource} have the version of the API behind ${missed.call}, as in ${missed.eventName}. Name ${missed.call}*`,
        ]
      : [];
  });
}

/** A name with a version of one of the calls that are found, where no value of the pattern matches any such name of it. */
function missedForm(
  found: readonly RecordedCall[],
  calls: readonly RecordedCall[],
  values: readonly Value[],
): RecordedCall | undefined {
  for (const { eventSource, call } of found) {
    const dated = calls.filter(
      (other) =>
        other.eventSource === eventSource && other.call === call && other.eventName !== call,
    );
    const isMatched = dated.some((form) => values.some(({ matches }) => matches(form.eventName)));
    if (!isMatched && dated[0]) return dated[0];
  }
  return undefined;
}

function unknownCall(value: Value, eventSources: readonly string[], names: Names): string {
  const { text, shown, isExact, matches } = value;
  const [first = ''] = eventSources;
  for (const eventSource of eventSources) {
    const recorded = names.recordedAs(eventSource, text);
    if (recorded) {
      return `CloudTrail records ${text} of ${eventSource} as ${recorded.join(' or ')}. Name that`;
    }
  }
  const near = nearest(
    text,
    eventSources.flatMap((eventSource) => formsOf(eventSource, names)),
  );
  const owner =
    near === undefined && isExact
      ? names.eventSources.find((eventSource) => formsOf(eventSource, names).some(matches))
      : undefined;
  const hint = owner ? ` ${owner} has one.` : suggest(near);
  const nobody =
    eventSources.length === 1
      ? `${first} has no call ${shown}.`
      : `none of the pattern's services has a call ${shown}.`;
  return `${nobody}${hint} ${allow(first, isExact ? text : 'NewCall')}`;
}

function typeProblems(
  types: readonly Value[],
  sources: readonly Value[] | undefined,
  names: Names,
): readonly string[] {
  const senders = names.sources.filter(
    (name) => sources?.some(({ matches }) => matches(name)) ?? true,
  );
  const known = [...names.cloudTrailTypes, ...senders.flatMap(names.detailTypesOf)];
  const [source] = sources ?? [];
  return types
    .filter(({ matches }) => !known.some(matches))
    .map(
      ({ text, shown, isExact }) =>
        `no event${source ? ` of the source ${source.shown}` : ''} has the detail-type ${shown}.${suggest(nearest(text, known))} ${allow(source?.isExact ? source.text : 'aws.service', isExact ? text : 'New Event')}`,
    );
}

function actionProblems(action: string, names: Names): readonly string[] {
  // Wildcards are refused with the form of permissions.
  if (action.includes('*') || names.actions.includes(action)) return [];
  const [service = '', name = ''] = action.split(':');
  return [
    `IAM has no action ${action}.${suggest(nearest(action, names.actions))} ${allow(service, name)}`,
  ];
}

/** Finds events that a webhook of an organisation never gets. Their form is checked elsewhere. */
function webhookProblems(trigger: Trigger, { webhookEvents }: Names): readonly string[] {
  if (trigger.kind !== 'webhook' || senderOf([trigger]).name !== github.name) return [];
  return trigger.events
    .filter((event) => isWebhookEvent(event) && !webhookEvents.includes(event))
    .map((event) =>
      otherEvents.includes(event)
        ? `GitHub sends ${event} to no webhook of an organisation`
        : `GitHub has no event ${event}.${suggest(nearest(event, webhookEvents))} ${allow('github', event)}`,
    );
}

const suggest = (name: string | undefined): string => (name ? ` Did you mean ${name}?` : '');

/** How to allow a name that is right. */
const allow = (owner: string, name: string): string =>
  `The list is of ${nameList().made}. If the name is right, give its source: unlisted: { '${owner}:${name}': 'https://…' }`;
