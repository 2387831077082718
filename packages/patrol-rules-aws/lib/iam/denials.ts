/** What the Denies of a policy take away. */
import { arnCovers, arnsOverlap } from './arn.ts';
import { everything, type Glob } from './glob.ts';
import type { Policy, PolicyStatement, Principals, Selection } from './policy.ts';

/** Whether a selection certainly holds every action or resource that matches the pattern. */
export const selects = ({ except, patterns }: Selection, glob: Glob): boolean =>
  except
    ? !patterns.some((pattern) => arnsOverlap(pattern.glob, glob))
    : patterns.some((pattern) => !pattern.varies && arnCovers(pattern.glob, glob));

/** Patterns that match all texts a selection can hold. */
export const selected = ({ except, patterns }: Selection): readonly Glob[] =>
  except ? [everything] : patterns.map(({ glob }) => glob);

/** The Denies of a policy that certainly take something away: they have no conditions and hold for everybody. */
export const certainDenials = ({ statements }: Policy): readonly PolicyStatement[] =>
  statements.filter(
    ({ effect, conditions, principals }) =>
      effect === 'Deny' &&
      conditions.length === 0 &&
      (!principals || (!principals.except && principals.list.some(isEverybody))),
  );

/** Makes a function that tells whether Denies take an action away on all of the resources. */
export function takenAway(
  denials: readonly PolicyStatement[],
  resources: readonly Glob[],
): (action: Glob) => boolean {
  /**
   * The Denies that cover a pattern, as bits. So the time does not grow much where there are many Denies, actions and
   * resources.
   */
  const covering = (part: 'actions' | 'resources', glob: Glob): bigint =>
    denials.reduce(
      (bits, denial, index) => (selects(denial[part], glob) ? bits | (1n << BigInt(index)) : bits),
      0n,
    );
  const byResource = [...new Set(resources.map((resource) => covering('resources', resource)))];
  return (action) => {
    const byAction = covering('actions', action);
    return byResource.every((bits) => (bits & byAction) !== 0n);
  };
}

/** Makes a function that tells whether the Denies of a policy certainly take an action away on a resource. */
export const isDeniedOn = (policy: Policy, resource: Glob): ((action: Glob) => boolean) =>
  takenAway(certainDenials(policy), [resource]);

/** Whether a principal is `*`, and not all of one kind, such as all services. */
export const isEverybody = ({ kind, id }: Principals['list'][number]): boolean =>
  id === '*' && kind.toLowerCase() === 'aws';
