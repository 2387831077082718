import {
  type AnyRule,
  cis,
  cisGitHub,
  type EventPattern,
  splitArn,
  type Trigger,
} from '@patrol/core';
import {
  commonParameters,
  allParameters,
  compilePattern,
  eventPatterns,
  parseParameter,
  senderOf,
  severities,
} from '@patrol/core/evaluation';
import {
  parameterNameForm,
  patternLimit,
  ruleNameForm,
  isWebhookEvent,
  serviceForm,
  webhookEventWords,
} from '@patrol/core/contracts';
import { nameProblems } from './names/check.ts';

/**
 * Finds everything that is wrong with what a rule declares. Each problem is a sentence.
 *
 * @param folder the name of the rule's folder.
 */
export function problemsOf(rule: AnyRule, folder: string): readonly string[] {
  const problems: string[] = [];
  const expect = (holds: boolean, problem: string): void => {
    if (!holds) problems.push(problem);
  };
  expect(
    ruleNameForm.test(rule.name),
    `name ${JSON.stringify(rule.name)} must be camelCase: letters and digits, at most 40`,
  );
  expect(
    rule.name === folder,
    `name ${JSON.stringify(rule.name)} must be that of its folder, ${folder}`,
  );
  for (const field of ['title', 'description', 'runbook'] as const) {
    expect(Boolean(rule[field]?.trim()), `${field} must not be empty`);
  }
  expect(/[.!?]$/.test(rule.description ?? ''), 'description must be a sentence');
  expect(severities.includes(rule.severity), `severity must be one of ${severities.join(', ')}`);
  expect(rule.triggers.length > 0, 'triggers must not be empty: nothing would ever run the rule');
  const refused = eventPatterns(rule).flatMap((pattern) =>
    attempt('triggers', () => compilePattern(pattern)),
  );
  problems.push(...refused);
  // In a pattern that EventBridge refuses there is nothing to look up.
  if (refused.length === 0) {
    problems.push(...eventPatterns(rule).flatMap(nullProblems), ...nameProblems(rule));
  }
  for (const pattern of eventPatterns(rule)) {
    const length = JSON.stringify(pattern).length;
    expect(
      length <= patternLimit,
      `the event pattern has ${length} characters; EventBridge takes ${patternLimit}`,
    );
  }
  for (const trigger of rule.triggers) problems.push(...triggerProblems(trigger));
  const senders = rule.triggers.flatMap((trigger: Trigger) =>
    trigger.kind === 'webhook' ? JSON.stringify(senderOf([trigger])) : [],
  );
  expect(
    new Set(senders).size <= 1,
    'triggers: all webhooks of a rule must have the same sender, since its stack has one endpoint and one secret. Write a rule for each sender',
  );
  problems.push(
    ...reminderProblems(rule),
    ...watchProblems(rule),
    ...onceProblems(rule),
    ...referenceProblems(rule.references ?? []),
  );
  for (const [name, spec] of Object.entries(allParameters(rule))) {
    // An environment variable has the same name, and Lambda accepts none with one letter.
    expect(
      parameterNameForm.test(name),
      `parameter ${name} must be camelCase: letters and digits, at least 2`,
    );
    expect(/[.?]$/.test(spec.description), `parameter ${name}: the description must be a sentence`);
    const example = spec.default ?? spec.example;
    expect(example !== undefined, `parameter ${name} must have a default or an example`);
    if (example !== undefined) {
      problems.push(...attempt(`parameter ${name}`, () => parseParameter(spec, example)));
    }
    expect(
      !spec.actsOutside || (spec.kind === 'text' && spec.default === ''),
      `parameter ${name}: actsOutside is only for a text with an empty default, which try and replay then use`,
    );
  }
  for (const name of commonParameters) {
    expect(
      rule.parameters[name] === undefined,
      `parameter ${name} is common to all rules on CloudTrail events and must not be declared`,
    );
  }
  for (const { Action, Resource } of rule.permissions ?? []) {
    expect(
      !Action.some((action) => action.includes('*')),
      'permissions must name their actions, without *',
    );
    if (typeof Resource === 'string' && Resource !== '*') {
      problems.push(...attempt('permissions', () => splitArn(Resource)));
    }
    const shown = typeof Resource === 'string' ? Resource : String(JSON.stringify(Resource));
    expect(
      !/arn:aws[\w-]*:/.test(shown),
      `permissions: ${shown} must use \${AWS::Partition} in Fn::Sub`,
    );
  }
  return problems;
}

/** Finds what EventBridge takes in a pattern, and CloudFormation does not. */
const nullProblems = (pattern: EventPattern): readonly string[] =>
  nullsIn(pattern, '').map(
    (place) =>
      `triggers: found null at ${place} in the event pattern, which CloudFormation takes in no template. Write { exists: false } for a field that is absent, or { exists: true } for one that is null or an object: only values exist`,
  );

function nullsIn(value: unknown, place: string): readonly string[] {
  if (value === null) return [place];
  if (Array.isArray(value)) {
    return value.flatMap((each, index) => nullsIn(each, `${place}[${index}]`));
  }
  return typeof value === 'object'
    ? Object.entries(value).flatMap(([name, each]) =>
        nullsIn(each, place ? `${place}.${name}` : name),
      )
    : [];
}

/** Finds events that a sender of webhooks does not have, and services that AWS does not have. */
function triggerProblems(trigger: Trigger): readonly string[] {
  if (trigger.kind === 'webhook') {
    return trigger.events.length === 0
      ? ['triggers: a webhook must name the events that the rule needs']
      : trigger.events
          .filter((name) => !isWebhookEvent(name, trigger.from))
          .map(
            (name) =>
              `triggers: ${JSON.stringify(name)} is not an event of ${senderOf([trigger]).name} webhooks. Expected ${webhookEventWords(trigger.from)}`,
          );
  }
  if (trigger.kind === 'sns') {
    return trigger.services
      .filter((service) => !serviceForm.test(service))
      .map(
        (service) =>
          `triggers: ${JSON.stringify(service)} is not the service principal of an AWS service. Expected one such as backup.amazonaws.com`,
      );
  }
  return [];
}

/**
 * Finds a `remindAfter` that would suppress nothing, because it is shorter than the time between runs, or that has no
 * schedule.
 */
function reminderProblems({ remindAfter, triggers }: AnyRule): readonly string[] {
  if (remindAfter === undefined) return [];
  if (!Number.isInteger(remindAfter) || remindAfter <= 0) {
    return [`remindAfter must be a whole number of seconds, found ${remindAfter}`];
  }
  const given: readonly Trigger[] = triggers;
  const schedules = given.filter((trigger) => trigger.kind === 'schedule');
  if (schedules.length === 0) return ['remindAfter needs a schedule, and the rule has none'];
  // The times between the runs of cron(…) differ, and only the longest is known.
  return schedules
    .filter(
      ({ expression, everySeconds }) =>
        expression.startsWith('rate(') && everySeconds > remindAfter,
    )
    .map(
      ({ expression }) =>
        `remindAfter is shorter than ${expression}: every run would send everything again`,
    );
}

/** Finds a rule that watches the others and that no clock runs. */
const watchProblems = ({ watches, triggers }: AnyRule): readonly string[] =>
  watches && triggers.every(({ kind }: Trigger) => kind !== 'schedule')
    ? ['watches needs a schedule, and the rule has none: nothing would run it while all is quiet']
    : [];

/** Finds a `onceWithin` that is no number of seconds, or of a rule that no event runs. */
function onceProblems({ onceWithin, triggers }: AnyRule): readonly string[] {
  if (onceWithin === undefined) return [];
  if (!Number.isInteger(onceWithin) || onceWithin <= 0) {
    return [`onceWithin must be a whole number of seconds, found ${onceWithin}`];
  }
  return triggers.every(({ kind }: Trigger) => kind === 'schedule')
    ? ['onceWithin is for events, and the rule has none: use remindAfter for a schedule']
    : [];
}

/** Finds references to CIS and MITRE ATT&CK that do not have the usual form, and references that are given twice. */
function referenceProblems(references: readonly string[]): readonly string[] {
  const isWell = (reference: string): boolean => {
    if (reference.startsWith('CIS GitHub')) {
      return reference === cisGitHub(/\d+\.\d+\.\d+/.exec(reference)?.[0] ?? '');
    }
    if (reference.startsWith('CIS')) {
      const control = Number(/4\.(\d+)/.exec(reference)?.[1]);
      // Section 4 has 16 controls in all of these versions.
      const missing = /: in part, without (.+)$/.exec(reference)?.[1];
      return control >= 1 && control <= 16 && reference === cis(control, missing);
    }
    if (reference.startsWith('MITRE')) {
      return /^MITRE ATT&CK T\d{4}(\.\d{3})? [A-Z]\S*( \S+)*$/.test(reference);
    }
    return /^\S+( \S+)*$/.test(reference);
  };
  return [
    ...references
      .filter((reference) => !isWell(reference))
      .map(
        (reference) =>
          `references: ${JSON.stringify(reference)} has none of the usual forms. Expected cis(1) to cis(16), mitre('T1562.008', 'Disable or Modify Cloud Logs'), or a line of text`,
      ),
    ...references
      .filter((reference, index) => references.indexOf(reference) !== index)
      .map((reference) => `references: ${JSON.stringify(reference)} is given twice`),
  ];
}

function attempt(what: string, run: () => unknown): readonly string[] {
  try {
    run();
    return [];
  } catch (error) {
    return [`${what}: ${error instanceof Error ? error.message : String(error)}`];
  }
}
