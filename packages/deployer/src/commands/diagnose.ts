/** `patrol-deploy diagnose <rule>`: why the last operation that failed did. */
import { lastFailure, rootCause } from '../run/cause.ts';
import type { World } from './world.ts';
import { foreignness } from '../identity/ownership.ts';
import { noStack } from '../packages/reference.ts';
import type { Result, Tell } from '../notes/tell.ts';
import { lookedUp, type StackOptions } from './deployed.ts';

const kinds: Readonly<Record<string, NonNullable<Result['failed']>['operation']>> = {
  CREATE: 'creation',
  UPDATE: 'update',
  DELETE: 'deletion',
  IMPORT: 'import',
};

/** Reads the events of a stack, also of one that is deleted: a creation that fails leaves none. */
export async function diagnose(
  name: string,
  options: StackOptions,
  world: World,
  tell: Tell,
): Promise<Result> {
  const { refer, cloud, place, stack: current } = await lookedUp(name, options, world);
  const id = current?.id ?? (await cloud.deletedStack(refer.stack));
  const result = { type: 'result', ok: true, did: 'none', stack: refer.stack } as const;
  if (id === undefined) {
    const message = `${noStack(refer, place)}, and none was deleted in the last 90 days.`;
    return { ...result, message };
  }
  const foreign = current && foreignness(current);
  if (foreign) {
    tell({ type: 'warning', message: `This is the stack ${refer.stack}, but ${foreign}.` });
  }
  const failed = lastFailure(await cloud.events(id), id);
  const now = current ? `Its state is now ${current.status}.` : 'The stack is now deleted.';
  const about = { ...result, stackId: id, ...(current ? { status: current.status } : {}) };
  if (!failed) {
    return { ...about, message: `No operation on ${refer.stack} has failed. ${now}` };
  }
  const [first] = failed.events;
  const kind = kinds[first?.status.split('_')[0] ?? ''] ?? 'operation';
  const cause = rootCause(failed.events, id);
  const { began, status } = failed;
  const found = { operation: kind, began: began.toISOString(), status };
  const message = `The ${kind} of ${refer.stack} that began at ${found.began} failed with ${status}. ${now}`;
  if (cause) tell({ type: 'progress', message });
  return { ...about, failed: found, message, ...(cause ? { cause } : {}) };
}
