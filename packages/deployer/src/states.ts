/** The states of a CloudFormation stack, and what the deployer makes of each. Pure. */
import type { Stack } from './cloud.ts';

/**
 * What can be done with a stack:
 * - `absent`: there is none;
 * - `shell`: an abandoned change set left it, it holds nothing and is deleted before creating;
 * - `ready`: it can be updated;
 * - `broken`: its creation failed, it can only be deleted and created anew;
 * - `busy`: an operation is under way;
 * - `stuck`: CloudFormation wants a decision first.
 */
export type Condition = 'absent' | 'shell' | 'ready' | 'broken' | 'busy' | 'stuck';

/** What can be done with a stack in its state. States that CloudFormation may add are `stuck`: nothing is guessed. */
export function conditionOf(stack: Stack | undefined): Condition {
  switch (stack?.status) {
    case undefined:
    case 'DELETE_COMPLETE':
      return 'absent';
    case 'REVIEW_IN_PROGRESS':
      return 'shell';
    case 'CREATE_COMPLETE':
    case 'UPDATE_COMPLETE':
    case 'UPDATE_ROLLBACK_COMPLETE':
    case 'IMPORT_COMPLETE':
    case 'IMPORT_ROLLBACK_COMPLETE':
      return 'ready';
    case 'CREATE_FAILED':
    case 'ROLLBACK_COMPLETE':
    case 'ROLLBACK_FAILED':
      return 'broken';
    default:
      return stack?.status.endsWith('_IN_PROGRESS') ? 'busy' : 'stuck';
  }
}

/** What a state means and what to do about it, for the states in which the deployer does nothing. */
export function whatToDo({ name, status, reason }: Stack, region: string, rule: string): string {
  const cli = (command: string): string =>
    `\`aws cloudformation ${command} --stack-name ${name} --region ${region}\``;
  const because = reason ? ` (${reason.replace(/\.$/, '')})` : '';
  switch (status) {
    case 'UPDATE_ROLLBACK_FAILED':
      return `Its last update failed and could not be rolled back either${because}. Mend what the rollback stumbled over, then run ${cli('continue-update-rollback')} and deploy again; --resources-to-skip leaves out a resource that cannot be mended.`;
    case 'UPDATE_FAILED':
      return `Its last update failed and was not rolled back${because}. Run ${cli('rollback-stack')}, then deploy again.`;
    case 'DELETE_FAILED':
      return `Its deletion failed${because}. Run \`patrol-deploy delete ${rule}\` again; if that fails on the same resource, ${cli('delete-stack')} with --deletion-mode FORCE_DELETE_STACK leaves that resource behind. Then deploy again.`;
    case 'IMPORT_ROLLBACK_FAILED':
      return `Resources were being imported into it, and that could not be rolled back${because}. Run ${cli('continue-update-rollback')}, then deploy again.`;
    default:
      return status.endsWith('_IN_PROGRESS')
        ? `Somebody, perhaps an earlier run of yours, is ${activity(status)} right now. Wait until that is done (\`patrol-deploy info ${rule}\` tells), then run the same command again.`
        : `This release of patrol-deploy does not know that state${because}. Look at the stack in the console, or bring @patrol/deployer up to date.`;
  }
}

/** What goes on in a state that ends in `_IN_PROGRESS`, in words. */
function activity(status: string): string {
  if (status.includes('ROLLBACK')) return 'rolling it back';
  if (status.startsWith('CREATE')) return 'creating it';
  if (status.startsWith('DELETE')) return 'deleting it';
  return 'updating it';
}

/** An operation on a stack. */
export type Operation = 'create' | 'update' | 'delete';

/**
 * Whether an operation is over. A failed creation passes through `CREATE_FAILED` and `ROLLBACK_COMPLETE` before
 * CloudFormation deletes the stack (`OnStackFailure: DELETE`), so that these are `passing`: the end only if they last.
 */
export function ending(
  operation: Operation,
  status: string,
): 'no' | 'passing' | 'success' | 'failure' {
  if (status.endsWith('_IN_PROGRESS')) return 'no';
  const wanted = {
    create: 'CREATE_COMPLETE',
    update: 'UPDATE_COMPLETE',
    delete: 'DELETE_COMPLETE',
  };
  if (status === wanted[operation]) return 'success';
  const passes = ['CREATE_FAILED', 'ROLLBACK_COMPLETE', 'ROLLBACK_FAILED'].includes(status);
  return operation === 'create' && passes ? 'passing' : 'failure';
}
