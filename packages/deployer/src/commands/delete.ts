/** `patrol-deploy delete <rule>`: deletes the stack of a rule. */
import { remove } from '../run/stacks.ts';
import { rootCause } from '../run/cause.ts';
import type { Cloud, LeaveBehind, Place, Stack } from '../cloud/cloud.ts';
import { agreed, type Consent, inPerson, requireConsent } from './consent.ts';
import type { StackOptions } from './deployed.ts';
import { awsCommand, type RunScope, unprotectCommand } from '../text/command.ts';
import { OperatorError } from '../text/errors.ts';
import { protectedWords } from '../view/reasons.ts';
import { basePackage } from '../identity/naming.ts';
import { foreignness } from '../identity/ownership.ts';
import { settled } from '../run/recover.ts';
import { noStack, reference } from '../packages/reference.ts';
import { secretsOf } from '../stage/secrets.ts';
import { conditionOf, meaningOf } from '../cloud/states.ts';
import type { Ended } from '../run/watch.ts';
import { effectsOf, type World } from './world.ts';
import { lookCommand } from '../library/goals.ts';
import type { Result, Tell } from '../notes/tell.ts';
import type { Effects } from '../cloud/effects.ts';

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
  const refer = reference(name, options.environment, world);
  const { stack: stackName } = refer;
  const cloud = await world.cloud(options);
  const [place, found] = await Promise.all([cloud.place(), cloud.stack(stackName)]);
  const { region, account } = place;
  const result = { type: 'result', did: 'delete', stack: stackName } as const;
  const declined: Result = { ...result, ok: false, did: 'none', message: 'Nothing was changed.' };
  if (!found) {
    const message = `${noStack(refer, place)}. Nothing to delete.`;
    return { ...result, ok: true, did: 'none', message };
  }
  requireOwn(found, region);
  const isBase = found.tags['patrol:package'] === basePackage;
  if (isBase) await requireUnused(cloud, found, place, options);
  const what = isBase
    ? 'topics'
    : 'function, log, queues, alarms, and its topic unless it is shared';
  const because = `this deletes its ${what}`;
  const shown = { stack: stackName, region, account, because, differences: [] };
  tell({ type: 'plan', do: 'delete', ...shown });
  requireConsent(world, options, `delete ${stackName}`);
  const busy = conditionOf(found) === 'busy';
  if (busy) tell({ type: 'progress', message: meaningOf(found) });
  const question = busy
    ? `Wait until this ends, and then delete ${stackName}?`
    : `Delete ${stackName}?`;
  if (!(await agreed(world, options, question))) return declined;
  const effects = effectsOf(world, cloud, tell);
  const current = busy ? await settled(effects, found) : found;
  if (conditionOf(found) === 'shell') await requireEmpty(cloud, found);
  const secrets = secretsOf(found);
  const remaining = secretsLeft(secrets, { region, profile: options.profile });
  const kept = secrets.length === 0 ? {} : { secrets };
  const gone: Result = { ...result, ok: true, stackId: found.id, ...kept, message: '' };
  if (!current) {
    return { ...gone, status: 'DELETE_COMPLETE', message: `${stackName} was deleted.${remaining}` };
  }
  if (!(await unprotected(cloud, current, region, options, world))) return declined;
  const look = lookCommand(name, options, region);
  const ended = await removeStubborn(effects, current, look, options, world);
  const { status, stackId } = ended;
  if (ended.success) {
    const { left = [] } = ended;
    const told = left.length === 0 ? '' : ` Kept in the account: ${left.map(words).join(', ')}.`;
    const message = `${stackName} was deleted.${told}${remaining}`;
    return { ...gone, status, ...(left.length === 0 ? {} : { left }), message };
  }
  const cause = rootCause(ended.events, stackId);
  const retry =
    status === 'DELETE_FAILED'
      ? ' Fix the cause and delete it again, or use --force to keep what cannot be deleted.'
      : '';
  const message = `${stackName} could not be deleted. Its state is ${status}.${retry}`;
  return { ...result, ok: false, stackId, status, message, ...(cause ? { cause } : {}) };
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
async function requireUnused(
  cloud: Cloud,
  base: Stack,
  place: Place,
  run: RunScope,
): Promise<void> {
  const { baseInUse } = await import('../destinations/base.ts');
  const used = baseInUse(base, place, await cloud.allStacks(), run);
  if (used !== undefined) throw new OperatorError(used);
}

/** Whether a stack is not, or no longer, protected against deletion. The protection is turned off only after a question. */
async function unprotected(
  cloud: Cloud,
  { id, name, terminationProtected }: Stack,
  region: string,
  options: DeleteOptions,
  world: World,
): Promise<boolean> {
  if (!terminationProtected) return true;
  const agree = inPerson(world, options);
  if (!agree) {
    throw new OperatorError(
      `${protectedWords(name, unprotectCommand(name, { region, profile: options.profile }))} Or run the same command in a terminal without --yes: it asks.`,
    );
  }
  if (!(await agree(`${name} is protected against deletion. Turn the protection off?`)))
    return false;
  await cloud.unprotect(id);
  return true;
}

/** A resource that a deletion leaves behind. */
type Left = NonNullable<Result['left']>[number];

const words = ({ resource, type, physicalId }: Left): string =>
  `${resource} (${type}${physicalId === undefined ? '' : ` ${physicalId}`})`;

/**
 * Deletes a stack. Resources that cannot be deleted are kept, if the operator agrees: first those that failed, by name, which
 * CloudFormation allows only after a failure, then all others.
 */
async function removeStubborn(
  effects: Effects,
  current: Stack,
  look: string,
  options: DeleteOptions,
  world: World,
): Promise<Ended & { readonly left?: readonly Left[] }> {
  let ended = await remove(effects, current, look);
  let left: readonly Left[] | undefined;
  const attempts: ((clinging: readonly string[]) => LeaveBehind)[] = [
    (resources) => ({ resources }),
    () => ({ force: true }),
  ];
  for (const attempt of attempts) {
    if (ended.status !== 'DELETE_FAILED') break;
    const clinging = (await effects.cloud.resources(current.id))
      .filter(({ status }) => status === 'DELETE_FAILED')
      .map(({ resource, type, physicalId }) => ({
        resource,
        type,
        ...(physicalId === undefined ? {} : { physicalId }),
      }));
    if (clinging.length === 0) break;
    const told = clinging.map(words).join(', ');
    const cause = rootCause(ended.events, current.id);
    if (!(await mayLeave(told, cause?.reason, options, world))) break;
    left = clinging;
    const leave = attempt(clinging.map(({ resource }) => resource));
    ended = await remove(effects, current, look, leave);
  }
  return left !== undefined && ended.success ? { ...ended, left } : ended;
}

async function mayLeave(
  told: string,
  reason: string | undefined,
  options: DeleteOptions,
  world: World,
): Promise<boolean> {
  if (options.force) return true;
  const agree = inPerson(world, options);
  const why = reason === undefined ? '' : ` (${reason})`;
  return (
    agree !== undefined &&
    agree(`${told} cannot be deleted${why}. Delete the stack and keep what cannot be deleted?`)
  );
}

/** What of a stack's secrets outlives it. */
function secretsLeft(secrets: readonly string[], scope: RunScope): string {
  if (secrets.length === 0) return '';
  const commands = secrets.map(
    (arn) => `\`${awsCommand(['secretsmanager', 'delete-secret', '--secret-id', arn], scope)}\``,
  );
  return ` Its secrets remain. If nothing else uses them, delete them: ${commands.join(', ')}.`;
}
