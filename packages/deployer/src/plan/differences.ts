/** What is to change in the definition of a stack set. Pure. */
import type { StackSet } from '../cloud/stacksets.ts';
import type { Difference } from '../notes/parts.ts';
import { presentName } from '../template/renames.ts';
import type { WantedStackSet } from '../want/organization.ts';
import { nextOf, valueDifference } from './told.ts';

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
    return isSame ? [] : [{ what: name, name, ...told }];
  });
  return [...others, ...gone];
}

/** What is to change in the definition of a stack set. */
export function differencesOf(wanted: WantedStackSet, stackSet: StackSet): readonly Difference[] {
  const differences: Difference[] = [];
  const compare = (
    name: string,
    what: string,
    before: string | undefined,
    after: string | undefined,
  ): void => {
    if (before === after) return;
    differences.push({
      what,
      name,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    });
  };
  differences.push(...parameterDifferences(wanted, stackSet));
  for (const name of union(wanted.tags, stackSet.tags)) {
    // The version alone is no reason to touch every account; of AWS's own tags nothing can be said.
    if (name === 'patrol:version' || name.startsWith('aws:')) continue;
    const what = name === 'patrol:template' ? templateWords : `tag ${name}`;
    compare(name, what, stackSet.tags[name], wanted.tags[name]);
  }
  const { autoDeployment: before } = stackSet;
  const { autoDeployment: after } = wanted;
  if (before && before.enabled !== after.enabled) {
    const [was, is] = [onOrOff(before.enabled), onOrOff(after.enabled)];
    compare('autoDeployment.enabled', 'automatic deployment', was, is);
  }
  // Without automatic deployment there is nothing to decide about accounts that leave.
  if (before?.enabled && after.enabled && before.retainStacks !== after.retainStacks) {
    const words = (retained: boolean): string => (retained ? 'stay' : 'are deleted');
    compare(
      'autoDeployment.retainStacks',
      'stacks of accounts that leave',
      words(before.retainStacks),
      words(after.retainStacks),
    );
  }
  return differences;
}

export const templateWords = 'template';

const onOrOff = (on: boolean): string => (on ? 'on' : 'off');

const union = (a: object, b: object): readonly string[] => [
  ...new Set([...Object.keys(a), ...Object.keys(b)]),
];
