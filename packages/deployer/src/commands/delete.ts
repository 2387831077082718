/** `patrol-deploy delete <rule>`: deletes the stack of a rule. */
import { remove } from '../run/stacks.ts';
import { rootCause } from '../run/cause.ts';
import type { Cloud, LeaveBehind, Place, Stack } from '../cloud/cloud.ts';
import { agreed, inPerson } from './consent.ts';
import { OperatorError, UsageError } from '../text/errors.ts';
import { basePackage } from '../identity/naming.ts';
import { foreignness } from '../identity/ownership.ts';
import { settled } from '../run/recover.ts';
import { noStack, reference } from '../packages/reference.ts';
import { secretsOf } from '../stage/secrets.ts';
import { conditionOf, meaningOf } from '../cloud/states.ts';
import type { Ended } from '../run/watch.ts';
import { effectsOf, isInteractive, type World } from './world.ts';
import { lookCommand } from './deploy.ts';
import type { Result, Tell } from '../notes/tell.ts';
import type { Effects } from '../cloud/effects.ts';
import type { CloudOptions } from '../cloud/options.ts';

/** What `patrol-deploy delete` is told. */
export interface DeleteOptions extends CloudOptions {
  readonly environment: string;
  readonly yes: boolean;
  readonly json: boolean;
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
    const message = `${noStack(refer, place)}; nothing to delete.`;
    return { ...result, ok: true, did: 'none', message };
  }
  requireOwn(found, region);
  const isBase = found.tags['patrol:package'] === basePackage;
  if (isBase) await requireUnused(cloud, found, place);
  const what = isBase ? 'topics' : 'function, log, queues, alarms and own topic';
  const because = `it is to be deleted, with its ${what}`;
  const shown = { stack: stackName, region, account, because, differences: [] };
  tell({ type: 'plan', do: 'delete', ...shown });
  if (!options.yes && !isInteractive(world, options)) {
    throw new UsageError(
      `There is no terminal to ask in whether to delete ${stackName}. Add --yes to do it without asking.`,
    );
  }
  const busy = conditionOf(found) === 'busy';
  if (busy) tell({ type: 'progress', message: meaningOf(found) });
  const question = busy
    ? `Wait until that is over, and then delete ${stackName}?`
    : `Delete ${stackName}?`;
  if (!(await agreed(world, options, question))) return declined;
  const effects = effectsOf(world, cloud, tell);
  const standing = busy ? await settled(effects, found) : found;
  if (conditionOf(found) === 'shell') await requireEmpty(cloud, found);
  const secrets = secretsOf(found);
  const remaining = secretsLeft(secrets, region);
  const kept = secrets.length === 0 ? {} : { secrets };
  const gone: Result = { ...result, ok: true, stackId: found.id, ...kept, message: '' };
  if (!standing) {
    return { ...gone, status: 'DELETE_COMPLETE', message: `${stackName} is deleted.${remaining}` };
  }
  if (!(await unprotected(cloud, standing, region, options, world))) return declined;
  const look = lookCommand(name, options, region);
  const ended = await removeStubborn(effects, standing, look, options, world);
  const { status, stackId } = ended;
  if (ended.success) {
    const { left = [] } = ended;
    const told = left.length === 0 ? '' : ` Left behind: ${left.map(words).join(', ')}.`;
    const message = `${stackName} is deleted.${told}${remaining}`;
    return { ...gone, status, ...(left.length === 0 ? {} : { left }), message };
  }
  const cause = rootCause(ended.events, stackId);
  const retry =
    status === 'DELETE_FAILED'
      ? ' Mend what it failed on and delete it again, or leave that behind with --force.'
      : '';
  const message = `${stackName} could not be deleted; it is in the state ${status}.${retry}`;
  return { ...result, ok: false, stackId, status, message, ...(cause ? { cause } : {}) };
}

/** @throws OperatorError for stacks that are not Patrol's. */
function requireOwn(standing: Stack, region: string): void {
  const foreign = foreignness(standing);
  if (!foreign) return;
  throw new OperatorError(
    `There is a stack ${standing.name} in ${region}, but ${foreign}. It is left alone; delete it yourself if nobody needs it.`,
  );
}

/** @throws OperatorError for an empty stack that another run has created since. */
async function requireEmpty(cloud: Cloud, { id, name }: Stack): Promise<void> {
  const now = await cloud.stack(id);
  if (!now || conditionOf(now) === 'shell' || now.status === 'DELETE_COMPLETE') return;
  throw new OperatorError(
    `${name} was empty when this run looked, and is ${now.status} now: another run has created it. Nothing was deleted. Run the same command again.`,
  );
}

/** @throws OperatorError for a base stack that something may still send to. */
async function requireUnused(cloud: Cloud, base: Stack, place: Place): Promise<void> {
  const { baseInUse } = await import('../destinations/base.ts');
  const used = baseInUse(base, place, await cloud.allStacks());
  if (used !== undefined) throw new OperatorError(used);
}

/** Whether a stack can be deleted as far as its protection goes; that is taken off only if somebody says so in person. */
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
      `${name} is protected against deletion. Take that off first: \`aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name ${name} --region ${region}\`; or delete it in a terminal without --yes, where you are asked.`,
    );
  }
  if (!(await agree(`${name} is protected against deletion. Take that off?`))) return false;
  await cloud.unprotect(id);
  return true;
}

/** A resource that a deletion leaves behind. */
type Left = NonNullable<Result['left']>[number];

const words = ({ resource, type, physicalId }: Left): string =>
  `${resource} (${type}${physicalId === undefined ? '' : ` ${physicalId}`})`;

/**
 * Deletes a stack. When resources cling to it, it is deleted without them, if that is wanted: first by name, which
 * CloudFormation allows only after a failure, then whatever else cannot be deleted.
 */
async function removeStubborn(
  effects: Effects,
  standing: Stack,
  look: string,
  options: DeleteOptions,
  world: World,
): Promise<Ended & { readonly left?: readonly Left[] }> {
  let ended = await remove(effects, standing, look);
  let left: readonly Left[] | undefined;
  const attempts: ((clinging: readonly string[]) => LeaveBehind)[] = [
    (resources) => ({ resources }),
    () => ({ force: true }),
  ];
  for (const attempt of attempts) {
    if (ended.status !== 'DELETE_FAILED') break;
    const clinging = (await effects.cloud.resources(standing.id))
      .filter(({ status }) => status === 'DELETE_FAILED')
      .map(({ resource, type, physicalId }) => ({
        resource,
        type,
        ...(physicalId === undefined ? {} : { physicalId }),
      }));
    if (clinging.length === 0) break;
    const told = clinging.map(words).join(', ');
    const cause = rootCause(ended.events, standing.id);
    if (!(await mayLeave(told, cause?.reason, options, world))) break;
    left = clinging;
    const leave = attempt(clinging.map(({ resource }) => resource));
    ended = await remove(effects, standing, look, leave);
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
    agree(`${told} cannot be deleted${why}. Delete the stack and leave it behind in the account?`)
  );
}

/** What of a stack's secrets outlives it. */
function secretsLeft(secrets: readonly string[], region: string): string {
  if (secrets.length === 0) return '';
  const commands = secrets.map(
    (arn) => `\`aws secretsmanager delete-secret --secret-id ${arn} --region ${region}\``,
  );
  return ` Its secrets remain; if nothing else uses them, delete them: ${commands.join(', ')}.`;
}
