/** Whose a stack is, by its tags. Pure. */
import type { Stack } from '../cloud/cloud.ts';
import { conditionOf } from '../cloud/states.ts';
import { compact, type Texts } from '../text/records.ts';
import { fleetTag } from './naming.ts';

/** Whether Patrol made a stack. */
export const isPatrols = ({ tags }: Stack): boolean =>
  ['patrol:package', 'patrol:rule', 'patrol:environment'].every((tag) => Object.hasOwn(tags, tag));

/** Whether the tags of a stack or stack set are those of a fleet. */
export const isOfFleet = (
  { tags }: Pick<Stack, 'tags'>,
  { fleet, environment }: { readonly fleet: string; readonly environment: string },
): boolean => tags[fleetTag] === fleet && tags['patrol:environment'] === environment;

/**
 * Says that a stack is not Patrol's; `undefined` for those that are, and for an empty one without tags: an abandoned run
 * may have left it, since CloudFormation sets the tags of a new stack when it carries out the change set.
 */
export const foreignness = (stack: Stack): string | undefined =>
  isUntagged(stack) ? notPatrols : undefined;

/** What is said of it. */
export const notPatrols =
  "it is not Patrol's: it does not have the tags of a stack that patrol-deploy created";

const isUntagged = (stack: Stack): boolean =>
  !isPatrols(stack) && !(conditionOf(stack) === 'shell' && Object.keys(stack.tags).length === 0);

/** Whether a stack without tags is about to be gone: perhaps the empty one of a run that was stopped. It is waited for, never touched. */
const isVanishing = ({ status, tags }: Pick<Stack, 'status' | 'tags'>): boolean =>
  status === 'DELETE_IN_PROGRESS' && Object.keys(tags).length === 0;

/** How a stack or stack set is seen not to be what is meant. */
export type Strangeness =
  /** It has not the tags that patrol-deploy gives its own. */
  | { readonly code: 'untagged' }
  | {
      readonly code: 'otherTag';
      readonly tag: string;
      readonly found?: string;
      readonly expected: string;
    }
  | { readonly code: 'otherFleet'; readonly found: string; readonly expected: string }
  | { readonly code: 'selfManaged' };

/**
 * How a stack is seen to be another's; `undefined` when it is ours to change.
 *
 * @param expected the tags that it would have.
 * @param fleet the fleet that it is to belong to. One that was deployed by itself joins the fleet.
 */
export function strangeness(
  stack: Stack,
  expected: Texts,
  fleet?: string,
): Strangeness | undefined {
  if (isVanishing(stack)) return undefined;
  if (isUntagged(stack)) return { code: 'untagged' };
  if (!isPatrols(stack)) return undefined;
  const owner = stack.tags[fleetTag] ?? fleet;
  if (fleet !== undefined && owner !== undefined && owner !== fleet) {
    return { code: 'otherFleet', found: owner, expected: fleet };
  }
  return otherTag(stack.tags, expected, ['patrol:package', 'patrol:rule', 'patrol:environment']);
}

/** The first of some tags that is not as expected. */
export function otherTag(
  tags: Texts,
  expected: Texts,
  names: readonly string[],
): Strangeness | undefined {
  const tag = names.find((name) => tags[name] !== expected[name]);
  if (tag === undefined) return undefined;
  return compact({ code: 'otherTag', tag, found: tags[tag], expected: expected[tag] ?? '' });
}
