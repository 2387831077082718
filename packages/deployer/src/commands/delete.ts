/** `patrol-deploy delete <rule>`: deletes the stack of a rule. */
import { type Cloud, type LeaveBehind, orRefusal, type Place, type Stack } from '../cloud/cloud.ts';
import type { Effects } from '../cloud/effects.ts';
import { conditionOf, meaningOf } from '../cloud/states.ts';
import { basePackage, queuesOf } from '../identity/naming.ts';
import { foreignness } from '../identity/ownership.ts';
import { lookCommand } from '../engine/rule.ts';
import type { Result, Tell } from '../notes/tell.ts';
import { noStack } from '../packages/reference.ts';
import { rootCause } from '../run/cause.ts';
import { settled } from '../run/recover.ts';
import { remove } from '../run/stacks.ts';
import type { Ended } from '../run/watch.ts';
import { announceDeletion } from '../stage/announce.ts';
import { secretsOf } from '../stage/secrets.ts';
import { awsCommand, patrolCommand, type RunScope, unprotectCommand } from '../text/command.ts';
import { OperatorError } from '../text/errors.ts';
import { counted } from '../text/words.ts';
import { protectedWords } from '../view/sentences/reasons.ts';
import { lookedUp, type StackOptions } from './deployed.ts';
import { type Consent, effectsOf, type Operator, operatorOf, type World } from './world.ts';

/** What `patrol-deploy delete` is told. */
export interface DeleteOptions extends StackOptions, Consent {
  /** Whether what cannot be deleted may be left behind. */
  readonly force?: boolean;
}

/** Deletes the stack of a rule, after asking. That there is none is no failure. */
export async function deleteRule(
  name: string,
  options: DeleteOptions,
  world: World,
  tell: Tell,
): Promise<Result> {
  const { refer, cloud, place, stack: found } = await lookedUp(name, options, world);
  const { stack: stackName } = refer;
  const { region, account } = place;
  const result = { type: 'result', did: 'delete', stack: stackName } as const;
  const declined: Result = { ...result, ok: false, did: 'none', message: 'Nothing was changed.' };
  if (!found) {
    return { ...declined, ok: true, message: `${noStack(refer, place)}. Nothing to delete.` };
  }
  requireOwn(found, region);
  const isBase = found.tags['patrol:package'] === basePackage;
  if (isBase) await requireUnused(cloud, found, place, options);
  const what = isBase
    ? 'topics'
    : 'function, log, queues, alarms, and its topic unless it is shared';
  const counting = Promise.all(queuesOf(found).map((url) => cloud.queued(url)));
  const waiting = (await orRefusal(counting, () => [])).reduce((sum, each) => sum + each, 0);
  const events = waiting > 0 ? ` with ${counted(waiting, 'event')} in its queues` : '';
  const because = `this deletes its ${what}${events}`;
  if (waiting > 0) {
    const command = patrolCommand(['failures', name], { ...options, region }, ['--retry']);
    const message = `The events that no rule could handle are lost with the queues. \`${command}\` runs them again.`;
    tell({ type: 'warning', message });
  }
  const differences: [] = [];
  tell({ type: 'plan', do: 'delete', stack: stackName, region, account, because, differences });
  const operator = operatorOf(world, options);
  operator.requireConsent(`delete ${stackName}`);
  const busy = conditionOf(found) === 'busy';
  if (busy) tell({ type: 'progress', message: meaningOf(found) });
  const question = busy
    ? `Wait until this ends, and then delete ${stackName}?`
    : `Delete ${stackName}${events}?`;
  if (!(await operator.agrees(question))) return declined;
  const run = { ...options, region };
  const ended = await ending(name, found, run, effectsOf(world, cloud, tell), operator.inPerson);
  if (!ended) return declined;
  const { status, stackId, left } = ended;
  const scope = { region, profile: options.profile };
  if (ended.success) {
    const secrets = secretsOf(found);
    const told = left.length === 0 ? '' : ` Kept in the account: ${resourcesText(left)}.`;
    return {
      ...result,
      ok: true,
      stackId,
      ...(secrets.length === 0 ? {} : { secrets }),
      status,
      ...(left.length === 0 ? {} : { left }),
      message: `${stackName} was deleted.${told}${secretsLeft(secrets, scope)}`,
    };
  }
  const cause = rootCause(ended.events, stackId);
  const retry =
    status === 'DELETE_FAILED'
      ? ' Fix the cause and delete it again, or use --force to keep what cannot be deleted.'
      : '';
  const message = `${stackName} could not be deleted. Its state is ${status}.${retry}`;
  return { ...result, ok: false, stackId, status, message, ...(cause ? { cause } : {}) };
}

/** Deletes a stack once nothing is in progress on it, and says how that ended; `undefined` when it stays protected. */
async function ending(
  name: string,
  found: Stack,
  options: DeleteOptions & { readonly region: string },
  effects: Effects,
  agree: Operator['inPerson'],
): Promise<Awaited<ReturnType<typeof removeStubborn>> | undefined> {
  const { region, profile } = options;
  const current = conditionOf(found) === 'busy' ? await settled(effects, found) : found;
  if (conditionOf(found) === 'shell') await requireEmpty(effects.cloud, found);
  if (current && !(await unprotected(effects.cloud, current, { region, profile }, agree)))
    return undefined;
  const mayLeave = async (told: string, reason: string | undefined): Promise<boolean> => {
    const why = reason === undefined ? '' : ` (${reason})`;
    const ask = `${told} cannot be deleted${why}. Delete the stack and keep what cannot be deleted?`;
    return options.force || ((await agree?.(ask)) ?? false);
  };
  return current
    ? removeStubborn(effects, current, lookCommand(name, { ...options, region }), mayLeave)
    : { success: true, status: 'DELETE_COMPLETE', stackId: found.id, events: [], left: [] };
}

/** @throws OperatorError for stacks that are not Patrol's. */
function requireOwn(current: Stack, region: string): void {
  const foreign = foreignness(current);
  if (!foreign) return;
  throw new OperatorError(
    `There is a stack ${current.name} in ${region}, but ${foreign}. Patrol does not touch it. Delete it yourself if nobody needs it.`,
  );
}

/** @throws OperatorError for an empty stack that another run has created since. */
async function requireEmpty(cloud: Cloud, { id, name }: Stack): Promise<void> {
  const now = await cloud.stack(id);
  if (!now || conditionOf(now) === 'shell' || now.status === 'DELETE_COMPLETE') return;
  throw new OperatorError(
    `${name} was empty, but its state is ${now.status} now: another run has created it. Nothing was deleted. Run the same command again.`,
  );
}

/** @throws OperatorError for a base stack that something may still send to. */
async function requireUnused(cloud: Cloud, base: Stack, place: Place, run: RunScope) {
  const { baseInUse } = await import('../destinations/base.ts');
  const used = baseInUse(base, place, await cloud.allStacks(), run);
  if (used !== undefined) throw new OperatorError(used);
}

/** Whether a stack is not, or no longer, protected against deletion. The protection is turned off only after a question. */
async function unprotected(
  cloud: Cloud,
  { id, name, terminationProtected }: Stack,
  scope: RunScope,
  agree: Operator['inPerson'],
): Promise<boolean> {
  if (!terminationProtected) return true;
  if (!agree) {
    throw new OperatorError(
      `${protectedWords(name, unprotectCommand(name, scope))} Or run the same command in a terminal without --yes: it asks.`,
    );
  }
  const isAgreed = await agree(`${name} is protected against deletion. Turn the protection off?`);
  if (isAgreed) await cloud.unprotect(id);
  return isAgreed;
}

/** What of a stack's secrets outlives it. */
function secretsLeft(secrets: readonly string[], scope: RunScope): string {
  if (secrets.length === 0) return '';
  const commands = secrets.map(
    (arn) => `\`${awsCommand(['secretsmanager', 'delete-secret', '--secret-id', arn], scope)}\``,
  );
  return ` Its secrets remain. If nothing else uses them, delete them: ${commands.join(', ')}.`;
}

/** A resource that a deletion leaves behind. */
type Left = NonNullable<Result['left']>[number];

/** Resources in words. */
const resourcesText = (left: readonly Left[]): string =>
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
async function removeStubborn(
  effects: Effects,
  current: Stack,
  look: string,
  mayLeave: (told: string, reason: string | undefined) => Promise<boolean>,
): Promise<Ended & { readonly left: readonly Left[] }> {
  await announceDeletion(effects, current.name);
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
