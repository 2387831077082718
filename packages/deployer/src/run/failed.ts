/** What is told of an operation that failed. */
import type { Work } from './apply.ts';
import { rootCause } from './cause.ts';
import type { Ended } from './watch.ts';
import type { Result } from '../notes/tell.ts';

/** The result of an operation that failed. */
export function failed(step: Work['step'], { status, stackId, events }: Ended): Result {
  const cause = rootCause(events, stackId);
  const left: Readonly<Record<string, string>> = {
    DELETE_COMPLETE: 'CloudFormation removed what it had created; nothing is left.',
    UPDATE_ROLLBACK_COMPLETE: 'CloudFormation restored what stood before.',
    ROLLBACK_COMPLETE: 'An empty stack is left; the next deployment deletes it, after asking.',
  };
  const after =
    left[status] ?? `It is in the state ${status} now; deploy again to hear what to do about that.`;
  const message = `${step.stack} could not be ${step.do === 'update' ? 'updated' : 'created'}. ${after}`;
  return {
    type: 'result',
    ok: false,
    did: step.do,
    stack: step.stack,
    status,
    stackId,
    message,
    ...(cause ? { cause } : {}),
  };
}
