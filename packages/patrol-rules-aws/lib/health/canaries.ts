/** Says which rules could not send their canary. */
import type { HealthFinding } from './finding.ts';
import { patrolDeploy } from './names.ts';
import { partTypes, type SeenCanary } from './seen.ts';

export function ofCanary(
  { stack, rule, name, answer }: SeenCanary,
  region: string | undefined,
): HealthFinding | undefined {
  if (!('value' in answer) || answer.value === undefined) return undefined;
  const verify = patrolDeploy('verify ', { name: stack, rule }, region);
  return {
    key: `canary:${name}`,
    severity: 'critical',
    title: `Function ${name} could not send its canary`,
    summary: `patrolHealth runs the function of each rule once a day, to see whether its alerts would arrive. That of the rule ${rule}, in the stack ${stack}, failed: ${answer.value}. What the rule finds reaches nobody.${verify ? ` \`${verify}\` shows what is wrong.` : ''}`,
    facts: { stack, rule },
    targets: [{ type: partTypes.function, id: name }],
    group: 'canary',
  };
}
