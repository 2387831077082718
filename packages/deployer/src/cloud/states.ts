/** The states of a CloudFormation stack, and what the deployer makes of each. Pure. */
import type { Stack } from './cloud.ts';
import type { Drift } from '../notes/parts.ts';

/**
 * What can be done with a stack:
 * - `absent`: there is none;
 * - `shell`: an abandoned change set left it, it holds nothing and is deleted before creating;
 * - `ready`: it can be updated;
 * - `broken`: its creation or its deletion failed, it can only be deleted and created anew;
 * - `busy`: an operation is under way;
 * - `stuck`: CloudFormation wants a decision first.
 */
export type Condition = 'absent' | 'shell' | 'ready' | 'broken' | 'busy' | 'stuck';

/** What gets a stack out of its state without deleting it; each only after asking. */
export type Recovery = 'wait' | 'continue-rollback' | 'roll-back';

/** What the deployer knows of a state. */
interface State {
  readonly condition: Condition;
  /** What it means, as the rest of a sentence that begins with the stack. */
  readonly means: string;
  readonly recovery?: Recovery;
}

const busy = (means: string): State => ({ condition: 'busy', means, recovery: 'wait' });
const ready = (means: string): State => ({ condition: 'ready', means });
const broken = (means: string): State => ({ condition: 'broken', means });
const stuck = (means: string, recovery?: Recovery): State => ({
  condition: 'stuck',
  means,
  ...(recovery === undefined ? {} : { recovery }),
});

/** Every state that CloudFormation has. */
export const states: Readonly<Record<string, State>> = {
  CREATE_IN_PROGRESS: busy('is being created'),
  CREATE_COMPLETE: ready('was created'),
  CREATE_FAILED: broken('could not be created, and what was created was not removed'),
  ROLLBACK_IN_PROGRESS: busy('could not be created, and what was created is being removed'),
  ROLLBACK_COMPLETE: broken('could not be created, and is empty'),
  ROLLBACK_FAILED: broken('could not be created, and not all that was created could be removed'),
  UPDATE_IN_PROGRESS: busy('is being updated'),
  UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: busy(
    'was updated, and what the update replaced is being removed',
  ),
  UPDATE_COMPLETE: ready('was updated'),
  UPDATE_FAILED: stuck('could not be updated, and was not put back', 'roll-back'),
  UPDATE_ROLLBACK_IN_PROGRESS: busy('could not be updated, and is being put back'),
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: busy(
    'could not be updated and was put back, and what the update made is being removed',
  ),
  UPDATE_ROLLBACK_COMPLETE: ready('could not be updated, and was put back'),
  UPDATE_ROLLBACK_FAILED: stuck(
    'could not be updated, and could not be put back either',
    'continue-rollback',
  ),
  DELETE_IN_PROGRESS: busy('is being deleted'),
  DELETE_COMPLETE: { condition: 'absent', means: 'was deleted' },
  DELETE_FAILED: broken('could not be deleted as a whole'),
  REVIEW_IN_PROGRESS: {
    condition: 'shell',
    means: 'is empty: a change set that was not carried out left it',
  },
  IMPORT_IN_PROGRESS: busy('is importing resources'),
  IMPORT_COMPLETE: ready('has imported resources'),
  IMPORT_ROLLBACK_IN_PROGRESS: busy('could not import resources, and is being put back'),
  IMPORT_ROLLBACK_COMPLETE: ready('could not import resources, and was put back'),
  IMPORT_ROLLBACK_FAILED: stuck('could not import resources, and could not be put back either'),
};

const stateOf = (status: string): State | undefined =>
  Object.hasOwn(states, status) ? states[status] : undefined;

/** What can be done with a stack in its state. States that CloudFormation may add are `stuck`: nothing is guessed. */
export function conditionOf(stack: Pick<Stack, 'status'> | undefined): Condition {
  if (!stack) return 'absent';
  const unknown = stack.status.endsWith('_IN_PROGRESS') ? 'busy' : 'stuck';
  return stateOf(stack.status)?.condition ?? unknown;
}

/** What gets a stack out of its state; `undefined` where nothing is needed, or nothing is known to help. */
export const recoveryOf = ({ status }: Pick<Stack, 'status'>): Recovery | undefined =>
  stateOf(status)?.recovery ??
  (status.endsWith('_IN_PROGRESS') && stateOf(status) === undefined ? 'wait' : undefined);

/** What a stack's state means: a sentence that begins with the stack. */
export function meaningOf(
  { name, status, reason }: Pick<Stack, 'name' | 'status' | 'reason'>,
  subject: string = name,
): string {
  const means =
    stateOf(status)?.means ?? 'is in a state that this release of patrol-deploy does not know';
  const because = reason ? ` (${reason.replace(/\.$/, '')})` : '';
  return `${subject} ${means}${because}.`;
}

/**
 * What is said of a stack whose resources CloudFormation has found to be changed past it; `undefined` where it has found none.
 * Whoever changes them so finds them changed back, or not, as it happens.
 */
export const driftOf = (
  { name, drifted }: Pick<Stack, 'name' | 'drifted'>,
  region: string,
): { readonly message: string; readonly drift: Drift } | undefined =>
  drifted && {
    drift: { detectedAt: drifted.toISOString() },
    message: `Resources of ${name} were changed past CloudFormation, as it found at ${drifted.toISOString()}. A deployment sets only the properties that it changes itself. \`aws cloudformation describe-stack-resource-drifts --stack-name ${name} --region ${region}\` shows what differs.`,
  };

const recoveries: Readonly<Record<Exclude<Recovery, 'wait'>, string>> = {
  'continue-rollback':
    'takes up putting it back again, for when you have mended what that stumbled over, and can leave out resources that cannot be put back',
  'roll-back': 'puts it back and goes on then',
};

/**
 * What a state means and what to do about it, for the states in which nothing can be done at once.
 *
 * @param command what the operator types to have something done, with all that it needs to find this very stack.
 */
export function whatToDo(
  stack: Pick<Stack, 'name' | 'status' | 'reason'>,
  command: string,
): string {
  const recovery = recoveryOf(stack);
  const words = (): string => {
    if (stack.status === 'IMPORT_ROLLBACK_FAILED') {
      return 'Patrol imports nothing: whoever did has to finish that in the console. Then deploy again.';
    }
    if (recovery === undefined) {
      return 'Look at the stack in the console, or bring @patrol/deployer up to date.';
    }
    return recovery === 'wait'
      ? `Somebody, perhaps an earlier run of yours, set that going. \`${command}\` waits until it is over, and goes on then.`
      : `\`${command}\` ${recoveries[recovery]}, after asking.`;
  };
  return `${meaningOf(stack, 'It')} ${words()}`;
}

/** What each command does with a stack in a state. */
export interface Handling {
  readonly deploy: 'create' | 'update' | 'recreate' | 'refuse' | Recovery;
  readonly delete: 'none' | 'delete' | 'wait';
}

/** What the commands do with a stack in a state. */
export function handlingOf(status: string): Handling {
  const condition = conditionOf({ status });
  const recovery = recoveryOf({ status });
  const deploys: Readonly<Record<Condition, Handling['deploy']>> = {
    absent: 'create',
    shell: 'create',
    ready: 'update',
    broken: 'recreate',
    busy: recovery ?? 'refuse',
    stuck: recovery ?? 'refuse',
  };
  const deletes = { absent: 'none', busy: 'wait' } as const;
  return {
    deploy: deploys[condition],
    delete: condition === 'absent' || condition === 'busy' ? deletes[condition] : 'delete',
  };
}

/** An operation on a stack. */
export type Operation = 'create' | 'update' | 'delete' | 'rollback';

/**
 * Whether an operation is over. A failed creation passes through `CREATE_FAILED` and `ROLLBACK_COMPLETE` before
 * CloudFormation deletes the stack (`OnStackFailure: DELETE`), so that these are `passing`: the end only if they last.
 */
export function ending(
  operation: Operation,
  status: string,
): 'no' | 'passing' | 'success' | 'failure' {
  if (status.endsWith('_IN_PROGRESS')) return 'no';
  const wanted: Readonly<Record<Operation, string>> = {
    create: 'CREATE_COMPLETE',
    update: 'UPDATE_COMPLETE',
    delete: 'DELETE_COMPLETE',
    rollback: 'UPDATE_ROLLBACK_COMPLETE',
  };
  if (status === wanted[operation]) return 'success';
  const passes = ['CREATE_FAILED', 'ROLLBACK_COMPLETE', 'ROLLBACK_FAILED'].includes(status);
  return operation === 'create' && passes ? 'passing' : 'failure';
}
