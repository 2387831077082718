/** The states of a CloudFormation stack, and what the deployer makes of each. Pure. */
import type { Stack } from './cloud.ts';
import { awsCommand } from '../text/command.ts';
import type { UnderWay } from '../text/errors.ts';
import { compact } from '../text/records.ts';

/**
 * What can be done with a stack:
 * - `absent`: there is none;
 * - `shell`: a change set that was not executed left it, it holds nothing; a creation makes its change set on it;
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
const stuck = (means: string, recovery?: Recovery): State =>
  compact({ condition: 'stuck', means, recovery });

/** Every state that CloudFormation has. */
export const states: Readonly<Record<string, State>> = {
  CREATE_IN_PROGRESS: busy('is being created'),
  CREATE_COMPLETE: ready('was created'),
  CREATE_FAILED: broken('could not be created, and was not rolled back'),
  ROLLBACK_IN_PROGRESS: busy('could not be created, and is being rolled back'),
  ROLLBACK_COMPLETE: broken('could not be created, and is empty'),
  ROLLBACK_FAILED: broken('could not be created, and the rollback failed as well'),
  UPDATE_IN_PROGRESS: busy('is being updated'),
  UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: busy(
    'was updated, and the replaced resources are being deleted',
  ),
  UPDATE_COMPLETE: ready('was updated'),
  UPDATE_FAILED: stuck('could not be updated, and was not rolled back', 'roll-back'),
  UPDATE_ROLLBACK_IN_PROGRESS: busy('could not be updated, and is being rolled back'),
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: busy(
    'could not be updated and was rolled back; resources of the update are being deleted',
  ),
  UPDATE_ROLLBACK_COMPLETE: ready('could not be updated, and was rolled back'),
  UPDATE_ROLLBACK_FAILED: stuck(
    'could not be updated, and the rollback failed as well',
    'continue-rollback',
  ),
  DELETE_IN_PROGRESS: busy('is being deleted'),
  DELETE_COMPLETE: { condition: 'absent', means: 'was deleted' },
  DELETE_FAILED: broken('could not be deleted completely'),
  REVIEW_IN_PROGRESS: {
    condition: 'shell',
    means: 'is empty, since its change set was never executed',
  },
  IMPORT_IN_PROGRESS: busy('is importing resources'),
  IMPORT_COMPLETE: ready('has imported resources'),
  IMPORT_ROLLBACK_IN_PROGRESS: busy('could not import resources, and is being rolled back'),
  IMPORT_ROLLBACK_COMPLETE: ready('could not import resources, and was rolled back'),
  IMPORT_ROLLBACK_FAILED: stuck('could not import resources, and the rollback failed as well'),
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
 * What there is to say when CloudFormation found resources of a stack changed outside it, as data; `undefined` when it found none.
 * Whether a deployment overwrites such a change depends on what it updates.
 */
export const driftOf = (
  { name, drifted }: Pick<Stack, 'name' | 'drifted'>,
  region: string,
  profile?: string,
) => {
  if (!drifted) return undefined;
  const shows = ['cloudformation', 'describe-stack-resource-drifts', '--stack-name', name];
  const command = awsCommand(shows, { region, profile });
  return { code: 'drifted', stack: name, detectedAt: drifted.toISOString(), command } as const;
};

/** What a command does about a state, by what gets a stack out of it. */
const helps: Readonly<Record<Recovery, (command: string) => string>> = {
  wait: (command) =>
    `Somebody started this operation, perhaps an earlier run of yours. \`${command}\` waits until it ends, and then continues.`,
  'continue-rollback': (command) =>
    `\`${command}\` continues the rollback once you have fixed its cause, or skips resources that cannot be rolled back. It asks first.`,
  'roll-back': (command) => `\`${command}\` rolls it back and then continues. It asks first.`,
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
  const otherwise =
    stack.status === 'IMPORT_ROLLBACK_FAILED'
      ? 'Somebody imported resources, which Patrol never does. Finish the import in the console. Then deploy again.'
      : 'Check the stack in the console, or update @patrol/deployer.';
  return `${meaningOf(stack, 'It')} ${recovery ? helps[recovery](command) : otherwise}`;
}

/** An operation on a stack. */
export type Operation = UnderWay['operation'];

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
