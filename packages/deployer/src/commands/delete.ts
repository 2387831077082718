/** `patrol-deploy delete <rule>`: deletes the stack of a rule. */
import { remove } from '../apply.ts';
import { rootCause } from '../cause.ts';
import type { Stack } from '../cloud.ts';
import { OperatorError, UsageError } from '../errors.ts';
import { foreignness } from '../naming.ts';
import { noStack, reference } from '../reference.ts';
import type { Result, Tell } from '../report.ts';
import { conditionOf, whatToDo } from '../states.ts';
import { type CloudOptions, effectsOf, isInteractive, type World } from '../world.ts';
import { lookCommand } from './deploy.ts';

/** What `patrol-deploy delete` is told. */
export interface DeleteOptions extends CloudOptions {
  readonly environment: string;
  readonly yes: boolean;
  readonly json: boolean;
}

/** Deletes the stack of a rule, after asking. That there is none is no failure. */
export async function deleteRule(
  name: string,
  options: DeleteOptions,
  world: World,
  tell: Tell,
): Promise<Result> {
  const refer = reference(name, options.environment, world.cwd);
  const { stack: stackName, name: typed } = refer;
  const cloud = await world.cloud(options);
  const [place, standing] = await Promise.all([cloud.place(), cloud.stack(stackName)]);
  const { region, account } = place;
  const result = { type: 'result', did: 'delete', stack: stackName } as const;
  if (!standing) {
    const message = `${noStack(refer, place)}; nothing to delete.`;
    return { ...result, ok: true, did: 'none', message };
  }
  requireDeletable(standing, region, typed);
  const because = 'it is to be deleted, with its function, log, queues, alarms and own topic';
  tell({
    type: 'progress',
    message: `Delete ${stackName} in ${region} (account ${account}): ${because}.`,
  });
  if (!options.yes) {
    if (!isInteractive(world, options)) {
      throw new UsageError(
        `There is no terminal to ask in whether to delete ${stackName}. Add --yes to do it without asking.`,
      );
    }
    const ask = await world.ask();
    if (!(await ask.confirm(`Delete ${stackName}?`))) {
      return { ...result, ok: false, did: 'none', message: 'Nothing was changed.' };
    }
  }
  const look = lookCommand(name, options, region);
  const ended = await remove(effectsOf(world, cloud, tell), standing, look);
  const { status, stackId } = ended;
  if (ended.success) {
    return { ...result, ok: true, stackId, status, message: `${stackName} is deleted.` };
  }
  const cause = rootCause(ended.events, stackId);
  const message = `${stackName} could not be deleted; it is in the state ${status}.`;
  return { ...result, ok: false, stackId, status, message, ...(cause ? { cause } : {}) };
}

/** @throws OperatorError for stacks that are not Patrol's, are protected, or are busy. */
function requireDeletable(standing: Stack, region: string, rule: string): void {
  const { name, status, terminationProtected } = standing;
  const condition = conditionOf(standing);
  const foreign = foreignness(standing);
  if (foreign) {
    throw new OperatorError(
      `There is a stack ${name} in ${region}, but ${foreign}. It is left alone; delete it yourself if nobody needs it.`,
    );
  }
  if (terminationProtected) {
    throw new OperatorError(
      `${name} is protected against deletion. Take that off first: \`aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name ${name} --region ${region}\`.`,
    );
  }
  if (condition === 'busy') {
    throw new OperatorError(
      `${name} is in the state ${status}. ${whatToDo(standing, region, rule)}`,
    );
  }
}
