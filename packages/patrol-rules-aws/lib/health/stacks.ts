/** Says what is wrong with the stacks of Patrol and their resources. */
import { type Matchers, matchesName, type Severity } from '@patrol/core';
import { awsCommand, enableRule } from '../undo.ts';
import { capital } from '../words.ts';
import type { HealthFinding } from './finding.ts';
import { comparable, differences } from './compare/properties.ts';
import { isShared, patrolDeploy } from './names.ts';
import { isBusy, partTypes, type SeenPart, type SeenResource, type SeenStack } from './seen.ts';

/** The states of a stack that are in order (CloudFormation, "Stack status codes"). */
const settled = /^(CREATE|UPDATE|UPDATE_ROLLBACK|IMPORT|IMPORT_ROLLBACK)_COMPLETE$/;

export function ofStack(
  { name, status, rule }: SeenStack,
  region: string | undefined,
): HealthFinding | undefined {
  if (settled.test(status) || isBusy(status)) return undefined;
  const why = patrolDeploy('diagnose ', { name, rule }, region);
  return {
    key: `stack:${name}`,
    severity: 'high',
    title: `Stack ${name} is in the state ${status}`,
    summary: `The last operation on the stack ${name} failed: the rule ${rule} may be incomplete, or older than was meant.${why ? ` \`${why}\` shows why.` : ''}`,
    facts: { stack: name, status },
    targets: [{ type: 'AWS::CloudFormation::Stack', id: name }],
    group: 'stack',
  };
}

export function ofPart(
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
    targets: [{ type: partTypes[kind], id }],
    group: kind,
    undo,
  });
  const blind = `The rule ${stack.rule} does not see what it should.`;
  const unnoticed = `What goes wrong with the rule ${stack.rule} is not noticed.`;
  const forgetful = `The rule ${stack.rule} cannot remember what it told.`;
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
            // Patrol reserves no concurrency.
            awsCommand('lambda delete-function-concurrency', { 'function-name': name, region }),
          )
        : undefined;
    case 'queue':
      return value.messages === 0 || value.isOfNotifier
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

/** What is told otherwise where it is missing: `ofPart` and `ofTopic` look at resources of these types, too. */
const alsoParts: readonly string[] = [...Object.values(partTypes), 'AWS::SNS::Topic'];

/** The finding that a resource is not as the template of its stack says. */
export function ofResource(
  stack: SeenStack,
  { type, name, wanted, answer }: SeenResource,
  region: string | undefined,
): HealthFinding | undefined {
  const known = comparable[type];
  if (!known) return undefined;
  const { kind, severity } = known;
  const harm = {
    blind: `The rule ${stack.rule} may not see what it should, or not say it.`,
    unnoticed: `What goes wrong with the rule ${stack.rule} may not be noticed.`,
    lost: `Events that the rule ${stack.rule} cannot evaluate, or that do not reach it, may be lost.`,
  }[known.harm];
  // Who deletes a base stack loses the subscriptions of its topics.
  const [remove, deploy] = isShared(stack.name)
    ? []
    : [patrolDeploy('delete ', stack, region), patrolDeploy('', stack, region)];
  const mend = remove && deploy ? ` To have it back: \`${remove}\`, then \`${deploy}\`.` : '';
  const finding = (says: string, facts: Readonly<Record<string, string>>): HealthFinding => ({
    key: `template:${type}:${name}`,
    severity,
    title: `${capital(kind)} ${name} ${says}`,
    summary: `The ${kind} ${name} of the stack ${stack.name} ${says}. Somebody changed it outside CloudFormation. ${harm}${mend}`,
    facts: { stack: stack.name, rule: stack.rule, ...facts },
    targets: [{ type, id: name }],
    group: 'template',
  });
  if (!('value' in answer)) {
    return answer.isMissing && !alsoParts.includes(type) ? finding('is not there', {}) : undefined;
  }
  const differing = differences(known, wanted, answer.value).join(', ');
  return differing === ''
    ? undefined
    : finding(`is not as its template says: ${differing}`, { differing });
}

/**
 * So long after patrolHealth was told of other rules these may be on their way, in milliseconds: a run of `apply` takes less. Stack
 * sets come to one account after the other.
 */
const arriving = (name: string): number => (name.startsWith('StackSet-') ? 86_400_000 : 3_600_000);

/**
 * The findings for expected rules that no stack holds.
 *
 * @param at when it was looked.
 */
export function ofExpected(
  stacks: readonly SeenStack[],
  { items }: Matchers,
  at: number,
): readonly HealthFinding[] {
  const current = stacks.filter(({ status }) => status !== 'DELETE_IN_PROGRESS');
  if (current.length === 0) {
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
  const isArriving = ({ name, rule, updated = 0 }: SeenStack): boolean =>
    rule === 'patrolHealth' && at - updated < arriving(name);
  if (stacks.some(isArriving)) return [];
  return items
    .filter((item) =>
      current.every(({ rule, name }) => !matchesName(item, rule) && !matchesName(item, name)),
    )
    .map((item) => ({
      key: `expected:${item}`,
      severity: 'critical',
      title: `The rule ${item} is not deployed in this region`,
      summary: `expectedRules names ${item}, but no stack of Patrol in this region holds it. \`patrol-deploy apply\` deploys the rules of a fleet again.`,
      facts: { expected: item },
      group: 'expected',
    }));
}
