/** What has to be done so that a stack is as it is wanted. Pure; needs to know no more of AWS than one `DescribeStacks` says. */
import { emailParameters, stackNames } from '@patrol/core/contracts';
import { type Place, previousValue, type Stack } from '../cloud/cloud.ts';
import { conditionOf, recoveryOf } from '../cloud/states.ts';
import { baseParameters } from '../destinations/base.ts';
import { firstEmails, keepingEmails } from '../destinations/emails.ts';
import { codeAt, fleetTag, type Holds, keyOf, tagsOf, typedFor } from '../identity/naming.ts';
import { strangeness } from '../identity/ownership.ts';
import type { Difference } from '../notes/parts.ts';
import { patrolCommand, type RunScope } from '../text/command.ts';
import { compact, own, picked, type Texts } from '../text/records.ts';
import type { Wanted } from '../want/stack.ts';
import { type Reason, type Refusal, said } from '../view/sentences/reasons.ts';
import type { SecretInput, Setting, StackOperation, StackStep } from './step.ts';
import { isOnlyNew, nextOf, told, valueDifference } from './told.ts';

const { parameters: common } = stackNames;

/** The part of {@link Wanted} that decides whether anything can be done at all. */
export type Claim = Omit<Wanted, 'values'>;

/** Decides what has to be done so that a stack is as it is wanted. */
export function planStack(
  asked: Wanted,
  current: Stack | undefined,
  inputs: readonly SecretInput[] = [],
): StackStep {
  const first = beforehand(asked, current);
  if (first) return first;
  const condition = conditionOf(current);
  const upright = condition === 'ready' ? current : undefined;
  const values = keepingEmails(asked.values, upright?.parameters ?? {});
  const wanted = { ...asked, values };
  const parameters = parametersOf(wanted, inputs, upright);
  const own = tagsOf(wanted.content.identity, wanted.environment);
  const tags = { ...keptTags(upright), ...own, ...wanted.tags };
  const differences = differencesOf(wanted, parameters, { ...keptTags(upright), ...own }, upright);
  const tagged = upright ? tagDifferences(wanted.tags ?? {}, upright) : [];
  // The same code and template with other tags are no other version.
  const isOther = (operation: string): boolean =>
    operation === 'recreate' || (operation === 'update' && differences.length > 0);
  const step = (
    operation: StackOperation['do'] | 'keep',
    reasons: readonly Reason[],
  ): StackStep => ({
    ...blankFor(wanted, current),
    verdict: operation === 'keep' && inputs.length === 0 ? 'keep' : 'change',
    operations: operation === 'keep' ? [] : [{ do: operation } as StackOperation],
    inputs,
    reasons,
    ...told(
      wanted.content,
      isOther(operation) ? current : undefined,
      [...differences, ...tagged, ...(operation === 'keep' ? [] : besides(wanted, upright))],
      wanted.defaults,
    ),
    wanted: {
      content: wanted.content,
      parameters,
      tags,
      role: wanted.role,
      isProtected: wanted.isProtected === true && !upright?.terminationProtected,
    },
  });
  if (condition === 'absent') return step('create', [{ code: 'absent' }]);
  if (condition === 'shell') return step('create', [{ code: 'absent' }, { code: 'empty' }]);
  if (!upright) return step('recreate', current ? [{ code: 'broken', stack: said(current) }] : []);
  const reasons: readonly Reason[] = [
    ...(differences.length > 0
      ? [{ code: 'changed' as const, what: differences.map(({ what }) => what) }]
      : // What DescribeStacks echoes after a rollback need not be what stands: the change set decides.
        upright.status.includes('ROLLBACK')
        ? [{ code: 'rolledBack' as const }]
        : []),
    ...tagged.map(({ name, after = '' }): Reason =>
      name === fleetTag ? { code: 'joins', fleet: after } : { code: 'tagged', tag: name },
    ),
  ];
  return reasons.length > 0
    ? step('update', reasons)
    : step('keep', [{ code: 'same', kind: 'stack' }]);
}

/** What a step has before anything is decided. */
export const blank = (
  place: Place,
  name: string,
  holds: Holds,
  current: Stack | undefined,
): Omit<StackStep, 'verdict' | 'reasons'> =>
  compact({
    key: keyOf(place, name),
    target: { kind: 'stack', place, name, holds },
    operations: [],
    inputs: [],
    needs: [],
    differences: [],
    cautions: {},
    notes: [],
    current,
  });

const blankFor = ({ place, stack, content }: Claim, current: Stack | undefined) =>
  blank(place, stack, content.holds, current);

/** A step that is refused. */
export const refused = (claim: Claim, current: Stack | undefined, why: Refusal): StackStep => ({
  ...blankFor(claim, current),
  verdict: 'refused',
  reasons: [why],
});

/**
 * The step of a stack with which something else has to happen before it can be planned: it is not this rule's, or it is in a
 * state in which nothing can be done with it; `undefined` for all others.
 */
export function beforehand(claim: Claim, current: Stack | undefined): StackStep | undefined {
  const { content, stack, place, environment } = claim;
  const { regions } = content;
  if (regions && place.partition === 'aws' && !regions.includes(place.region)) {
    const name = typedFor(content.holds);
    return refused(claim, current, { code: 'wrongRegion', name, regions, region: place.region });
  }
  const condition = conditionOf(current);
  if (!current || condition === 'absent') return undefined;
  const strange = strangeness(current, tagsOf(content.identity, environment), claim.fleet);
  if (strange) {
    const { region } = place;
    const about = { kind: 'stack', name: stack, region, because: strange } as const;
    return refused(claim, current, { code: 'foreign', ...about });
  }
  const about = { stack: said(current), region: place.region };
  if (condition === 'busy' || condition === 'stuck') {
    const recovery = recoveryOf(current);
    const command = deployAgain(claim);
    if (!recovery) return refused(claim, current, { code: 'stuck', ...about, command });
    return {
      ...blankFor(claim, current),
      verdict: 'change',
      operations: [{ do: 'recover', recovery }],
      reasons: [{ code: 'recovers', ...about, command }],
    };
  }
  if (condition === 'broken' && current.terminationProtected) {
    const command = patrolCommand(['delete', typedFor(content.holds)], scopeOf(claim));
    return refused(claim, current, { code: 'protected', ...about, isBroken: true, command });
  }
  return undefined;
}

/** What a command about this very stack has to say. */
const scopeOf = ({ run, place: { region }, environment }: Claim): RunScope => ({
  ...run,
  region,
  environment,
});

/** What the operator types to have the stack deployed: with its fleet, or by itself. */
const deployAgain = (claim: Claim): string => {
  const { content, fleet } = claim;
  return fleet !== undefined || 'base' in content.holds
    ? patrolCommand(['apply'], claim.run)
    : patrolCommand(['deploy', typedFor(content.holds)], scopeOf(claim));
};

/** The parameters to send: what the stack has stays by reference, so that it is never read back and written again. */
function parametersOf(
  { content: { template, identity, artifact, names }, values, place }: Wanted,
  inputs: readonly SecretInput[],
  current: Stack | undefined,
): Readonly<Record<string, Setting>> {
  const code = codeAt(place, identity, artifact?.rule.code.sha256 ?? '');
  // None is not worth an update of a stack that has none.
  const isNone = names?.sha256 === '' && !current?.parameters[common.names];
  const fixed = compact<Texts>({
    [common.codeBucket]: code.bucket,
    [common.codeKey]: code.key,
    [common.names]: isNone ? undefined : names?.sha256,
  });
  const parameters: Record<string, Setting> = {};
  for (const name of Object.keys(template.parameters)) {
    const has = current !== undefined && Object.hasOwn(current.parameters, name);
    if (name === common.codeVersion) {
      // Which version holds the code is known once it is stored. The same code is still where it was.
      const same = has && current.parameters[common.codeKey] === code.key;
      if (same && current.parameters[name] !== '') parameters[name] = previousValue;
      continue;
    }
    const input = inputs.find(({ parameter }) => parameter === name);
    if (input && input.arn === undefined) {
      parameters[name] = { fromSecret: input.name };
      continue;
    }
    const value = own(values, name);
    const text =
      fixed[name] ?? input?.arn ?? (has && value?.from === 'stack' ? undefined : value?.text);
    if (text !== undefined && (!has || text !== current.parameters[name])) parameters[name] = text;
    else if (has) parameters[name] = previousValue;
  }
  return parameters;
}

/**
 * Tags that others gave the stack, and that of its fleet: a change set replaces all tags, so they are sent again. AWS's own
 * cannot be.
 */
const keptTags = (current: Stack | undefined): Texts =>
  picked(current?.tags ?? {}, (name) => name === fleetTag || !/^(aws|patrol):/.test(name));

const emailWords = (kind: keyof typeof firstEmails): Texts =>
  Object.fromEntries(
    emailParameters(firstEmails[kind]).map((name, index) => [
      name,
      `e-mail address ${index === 0 ? '' : `${index + 1} `}for ${kind}`,
    ]),
  );

const wordsFor: Texts = {
  [common.codeBucket]: 'artifact bucket',
  [common.codeKey]: 'code',
  ...emailWords('alerts'),
  [common.alertTopic]: 'topic for alerts',
  ...emailWords('alarms'),
  [baseParameters.bucket]: 'artifact bucket',
  [baseParameters.routes]: 'further topics',
  [baseParameters.routeTopics]: 'ARNs of further topics',
  [baseParameters.organization]: 'organisation',
  [common.alertForm]: 'form of alerts',
  [common.alarmTopic]: 'topic for alarms',
  [common.dispatchTopic]: 'Dispatch topic',
  [common.dispatchForm]: 'form for the Dispatch topic',
  [common.dispatchType]: 'type in Dispatch',
  [common.dispatchUsers]: 'users in Dispatch',
  [common.failureQueue]: 'failure queue',
  [common.deadLetterQueue]: 'dead-letter queue',
  [baseParameters.queueAlarms]: 'topic for alarms of the shared queues',
  [common.publishers]: 'publisher accounts',
  [common.logRetention]: 'log retention in days',
  [common.boundary]: 'permissions boundary',
  [common.names]: 'file of names and suppressions',
  'patrol:template': 'template',
};

function differencesOf(
  { content, values }: Wanted,
  parameters: Readonly<Record<string, Setting>>,
  tags: Texts,
  current: Stack | undefined,
): readonly Difference[] {
  const differences: Difference[] = [];
  const add = (name: string, told: Pick<Difference, 'before' | 'after'>): void => {
    differences.push({ what: wordsFor[name] ?? name, name, ...told });
  };
  for (const [name, setting] of Object.entries(parameters)) {
    // Of a new stack, what is left empty is not worth a line.
    if (setting === previousValue || (!current && setting === '')) continue;
    const after = typeof setting === 'string' ? setting : `the secret ${setting.fromSecret}`;
    const value = { ...(values[name] ?? { from: 'given' as const }), text: after };
    const next = nextOf(content);
    const told = valueDifference(next, name, value, current?.parameters ?? {});
    if (!isOnlyNew(next, name, told)) add(name, told);
  }
  for (const [name, after] of Object.entries(tags)) {
    // The version alone is no reason to touch every resource: code and template tell whether anything is new.
    if (name === 'patrol:version' || current?.tags[name] === after) continue;
    if (current) add(name, compact({ before: current.tags[name], after }));
  }
  return differences;
}

/** What a deployment sets besides. That alone is no reason for one. */
const besides = (
  { isProtected, role }: Wanted,
  current: Stack | undefined,
): readonly Difference[] => [
  ...(isProtected && !current?.terminationProtected
    ? [{ what: 'termination protection', name: 'terminationProtection', after: 'on' }]
    : []),
  ...(role !== undefined && role !== current?.role
    ? [
        compact<Difference>({
          what: 'role of CloudFormation',
          name: 'cloudFormationRole',
          before: current?.role,
          after: role,
        }),
      ]
    : []),
];

/** What the fleet's tags change. */
const tagDifferences = (tags: Texts, current: Stack): readonly Difference[] =>
  Object.entries(tags)
    .filter(([name, text]) => current.tags[name] !== text)
    .map(([name, after]) => compact({ what: name, name, before: current.tags[name], after }));
