/** What is told of an operation on a stack that failed. */
import type { Cause } from '../notes/parts.ts';
import { doingOf, type StackStep } from '../plan/step.ts';
import { rootCause } from './cause.ts';
import type { Ended } from './watch.ts';

/** What failed, what is left, and the first failure that no other failure caused. */
export function failed(
  step: StackStep,
  { status, stackId, events }: Ended,
): { readonly message: string; readonly cause?: Cause } {
  const cause = rootCause(events, stackId);
  const { name } = step.target;
  const doing = doingOf(step);
  const told = cause ? { cause } : {};
  if (doing === 'delete') {
    return { message: `${name} could not be deleted; it is in the state ${status}.`, ...told };
  }
  const left: Readonly<Record<string, string>> = {
    DELETE_COMPLETE: 'CloudFormation removed what it had created; nothing is left.',
    UPDATE_ROLLBACK_COMPLETE: 'CloudFormation restored what stood before.',
    ROLLBACK_COMPLETE: 'An empty stack is left; the next deployment deletes it, after asking.',
  };
  const after =
    left[status] ?? `It is in the state ${status} now; deploy again to hear what to do about that.`;
  const what = doing === 'update' ? 'updated' : 'created';
  return { message: `${name} could not be ${what}. ${after}`, ...told };
}
