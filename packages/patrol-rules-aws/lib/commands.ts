/** Commands of Systems Manager to machines. A chunk of its own in the functions of rules on calls. */
import type { Call, Deed } from '@patrol/core';
import { isByPerson, isServiceWork, unlessAutomated } from './actor.ts';
import { known } from './facts.ts';
import { withNames } from './words.ts';

type Commanding = Pick<Call, 'record' | 'request'> & {
  readonly parameters: { readonly manyInstances: number };
};

/**
 * What a command to machines is told as; nothing for what a deployment sends to a few of them, or an AWS service to any.
 *
 * @param instances the machines that the call names.
 * @param deed what was done, to which `to instance …` fits.
 */
export function ran(
  call: Commanding,
  instances: readonly string[],
  deed: string,
  more: Partial<Deed>,
): Deed | undefined {
  if (isServiceWork(call)) return undefined;
  const targets = call.request
    .list('targets')
    .map((target) => `${target.text('key') ?? ''}=${target.texts('values').join(', ')}`);
  const isForAll = targets.some((target) => /^InstanceIds=(.*, )?\*(,|$)/i.test(target));
  const isForMany = isForAll || instances.length >= call.parameters.manyInstances;
  if (!isForMany && !isByPerson(call)) return undefined;
  return {
    severity: isForMany ? unlessAutomated(call, 'medium') : 'low',
    deed: `${deed} to ${isForAll ? 'all instances' : targets.length > 0 ? `instances of ${targets.join(' and ')}` : withNames(instances.length === 1 ? 'instance' : 'instances', ...instances)}`,
    facts: known({ instances, targets }),
    target: ['AWS::EC2::Instance', instances[0]],
    ...more,
  };
}
