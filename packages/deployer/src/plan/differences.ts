/** What is to change in the definition of a stack set. Pure. */
import type { StackSet } from '../cloud/stacksets.ts';
import type { Difference } from '../notes/parts.ts';
import { presentName } from '../template/renames.ts';
import { compact } from '../text/records.ts';
import type { WantedStackSet } from '../want/organization.ts';
import { changedNames } from './changes.ts';
import { isOnlyNew, nextOf, valueDifference } from './told.ts';

/** What is to change in the values of a stack set. The value of a renamed parameter is told with its name of today. */
function parameterDifferences(
  { parameters, single: { content, values } }: WantedStackSet,
  { parameters: current }: StackSet,
): readonly Difference[] {
  const next = nextOf(content);
  const isTaken = (name: string): boolean => {
    const present = presentName(next.rule.parameters, name);
    return present !== undefined && !Object.hasOwn(current, present);
  };
  const gone = Object.keys(current)
    .filter((name) => !Object.hasOwn(parameters, name) && !isTaken(name))
    .map((name) => ({ what: name, name, before: current[name] ?? '' }));
  const others = Object.entries(parameters).flatMap(([name, text]) => {
    const value = { ...(values[name] ?? { from: 'given' as const }), text };
    const told = valueDifference(next, name, value, current);
    const isSame = told.before === text && told.formerly === undefined;
    return isSame || isOnlyNew(next, name, told) ? [] : [{ what: name, name, ...told }];
  });
  return [...others, ...gone];
}

/** What is to change in the definition of a stack set. */
export function differencesOf(wanted: WantedStackSet, stackSet: StackSet): readonly Difference[] {
  const tags = changedNames(wanted.tags, stackSet.tags)
    // The version alone is no reason to touch every account; of AWS's own tags nothing can be said.
    .filter((name) => name !== 'patrol:version' && !name.startsWith('aws:'))
    .map((name): Difference => {
      const what = name === 'patrol:template' ? templateWords : `the tag ${name}`;
      return compact({ what, name, before: stackSet.tags[name], after: wanted.tags[name] });
    });
  return [
    ...parameterDifferences(wanted, stackSet),
    ...tags,
    ...deploymentDifferences(wanted, stackSet),
  ];
}

function* deploymentDifferences(
  { autoDeployment: is }: WantedStackSet,
  { autoDeployment: was }: StackSet,
): Generator<Difference> {
  if (was && was.enabled !== is.enabled) {
    const [before, after] = [onOrOff(was.enabled), onOrOff(is.enabled)];
    yield { what: 'automatic deployment', name: 'autoDeployment.enabled', before, after };
  }
  // Without automatic deployment there is nothing to decide about accounts that leave.
  if (was?.enabled && is.enabled && was.retainStacks !== is.retainStacks) {
    const [before, after] = [stayOrGo(was.retainStacks), stayOrGo(is.retainStacks)];
    const what = 'stacks of accounts that leave';
    yield { what, name: 'autoDeployment.retainStacks', before, after };
  }
  if (was?.enabled && is.enabled && was.after !== is.after) {
    const [before = 'nothing', after = 'nothing'] = [was.after, is.after];
    yield {
      what: 'stack sets that a new account gets first',
      name: 'autoDeployment.after',
      before,
      after,
    };
  }
}

export const templateWords = 'template';

const onOrOff = (on: boolean): string => (on ? 'on' : 'off');
const stayOrGo = (retained: boolean): string => (retained ? 'stay' : 'are deleted');
