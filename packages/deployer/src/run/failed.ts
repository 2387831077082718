/** What to say of an operation on a stack that failed. */
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
    return { message: `${name} could not be deleted. Its state is ${status}.`, ...told };
  }
  const left: Readonly<Record<string, string>> = {
    DELETE_COMPLETE: 'CloudFormation deleted everything that it had created.',
    UPDATE_ROLLBACK_COMPLETE: 'CloudFormation rolled it back to its previous state.',
    ROLLBACK_COMPLETE: 'An empty stack is left. The next deployment asks, and then deletes it.',
  };
  const after =
    left[status] ?? `Its state is ${status}. Deploy again to see what you can do about that.`;
  const what = doing === 'update' ? 'updated' : 'created';
  return { message: `${name} could not be ${what}. ${after}`, ...told };
}
