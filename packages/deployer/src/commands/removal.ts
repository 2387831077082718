/** Deletes a stack that may hold on to some of its resources. */
import type { LeaveBehind, Stack } from '../cloud/cloud.ts';
import type { Effects } from '../cloud/effects.ts';
import type { Result } from '../notes/tell.ts';
import { rootCause } from '../run/cause.ts';
import { remove } from '../run/stacks.ts';
import type { Ended } from '../run/watch.ts';

/** A resource that a deletion leaves behind. */
type Left = NonNullable<Result['left']>[number];

/** Resources in words. */
export const resourcesText = (left: readonly Left[]): string =>
  left
    .map(({ resource, type, physicalId: id }) => `${resource} (${type}${id ? ` ${id}` : ''})`)
    .join(', ');

/** What is tried when a deletion failed: CloudFormation keeps resources by name, and only after a failure. */
const attempts: readonly ((left: readonly Left[]) => LeaveBehind)[] = [
  (left) => ({ resources: left.map(({ resource }) => resource) }),
  () => ({ force: true }),
];

/**
 * Deletes a stack. Resources that cannot be deleted are kept, if that is agreed to: first those that failed, then all others.
 *
 * @param mayLeave whether they may be kept; it is given them and the cause of the failure in words.
 */
export async function removeStubborn(
  effects: Effects,
  current: Stack,
  look: string,
  mayLeave: (told: string, reason: string | undefined) => Promise<boolean>,
): Promise<Ended & { readonly left: readonly Left[] }> {
  let ended = await remove(effects, current, look);
  let left: readonly Left[] = [];
  for (const attempt of attempts) {
    if (ended.status !== 'DELETE_FAILED') break;
    const clinging = (await effects.cloud.resources(current.id))
      .filter(({ status }) => status === 'DELETE_FAILED')
      .map(({ resource, type, physicalId }) => ({
        resource,
        type,
        ...(physicalId === undefined ? {} : { physicalId }),
      }));
    const reason = rootCause(ended.events, current.id)?.reason;
    if (clinging.length === 0 || !(await mayLeave(resourcesText(clinging), reason))) break;
    left = clinging;
    ended = await remove(effects, current, look, attempt(clinging));
  }
  return { ...ended, left };
}
