/** `patrol-deploy failures [rule]`: events that no rule could handle: shown, run again, or dropped. */
import { splitArn } from '@patrol/core';
import { stackNames } from '@patrol/core/contracts';
import { explain, orRefusal, type Place, type Stack } from '../cloud/cloud.ts';
import type { QueuedMessage, Queues } from '../cloud/queues.ts';
import { readQueued } from '../events/queued.ts';
import { isBase, keyOf, queuesOf } from '../identity/naming.ts';
import type { OutputOf } from '../notes/objects.ts';
import { noStack, reference, typedOfStack } from '../packages/reference.ts';
import { OperatorError, UsageError } from '../text/errors.ts';
import { patrolCommand } from '../text/command.ts';
import { compact } from '../text/records.ts';
import { counted } from '../text/words.ts';
import { failuresText } from '../view/failures.ts';
import { objectOf } from '../view/machine.ts';
import type { StackOptions } from './deployed.ts';
import { named, type PlacesOptions, wheresIn } from './places.ts';
import { type Consent, operatorOf, type World } from './world.ts';

/** What `patrol-deploy failures` is told. */
export interface FailuresOptions extends PlacesOptions, Consent {
  /** Whether the events are run again. */
  readonly retry?: boolean;
  /** Whether they are deleted. */
  readonly drop?: boolean;
}

type Failures = Omit<OutputOf<'failures'>, 'version' | 'type'>;
type Told = Failures['events'][number];

/** So many messages of a queue are read in a run. */
const most = 100;

/** How long a message is hidden from others, in seconds: while somebody reads what was found, and decides. */
const hidden = 300;

/** A message that this run holds. */
interface Held {
  readonly url: string;
  readonly message: QueuedMessage;
  readonly queues: Queues;
  readonly options: StackOptions;
  told: Told;
}

/**
 * Shows what lies in queues, and runs it again or drops it. A message is deleted only after Lambda has taken its event, or
 * after somebody agreed to lose it. Exits with 1 when something that was to be done could not be.
 */
export async function failures(
  name: string | undefined,
  options: FailuresOptions,
  world: World,
): Promise<number> {
  const { retry = false, drop = false } = options;
  if (retry && drop) throw new UsageError('failures takes one of --retry and --drop, not both.');
  const operator = operatorOf(world, options);
  if (retry || drop) operator.requireConsent(retry ? 'run the events again' : 'drop the events');
  const held: Held[] = [];
  const queues: Failures['queues'][number][] = [];
  try {
    for (const part of await partsOf(name, options, world)) {
      queues.push(...(await readPart(part, held, world)));
    }
    const { stdout } = world.streams;
    const found = (): Failures => ({ queues, events: held.map(({ told }) => told) });
    const named = name === undefined ? [] : [name];
    const again = retry || drop ? undefined : typedAgain(named, options);
    const show = (): void => {
      if (options.json) stdout.write(objectOf({ type: 'failures', ...found() }));
      else stdout.write(`${failuresText(found(), again, stdout.columns)}\n`);
    };
    const count = counted(held.length, 'event');
    const question = retry
      ? `Run ${count} again? The functions send alerts as if the events had just happened.`
      : `Drop ${count}? This cannot be undone.`;
    if (!retry && !drop) show();
    else if (held.length > 0) {
      if (operator.inPerson) show();
      if (await operator.agrees(question)) {
        world.holdInterrupts();
        for (const each of held) if (!world.signal.aborted) await settle(each, retry, world);
      }
      show();
    } else show();
    return held.some(({ told }) => told.error !== undefined) ? 1 : 0;
  } finally {
    await giveBack(held);
  }
}

/** The command that looks at the same events. */
function typedAgain(
  named: readonly string[],
  { file, chosen, region, profile, environment }: FailuresOptions,
): string {
  if (file === undefined) {
    return patrolCommand(['failures', ...named], { region, profile, environment });
  }
  // Neither has a default here.
  const inFile = ['--file', file, ...(chosen === undefined ? [] : ['--env', chosen])];
  return patrolCommand(['failures', ...named], { region, profile }, inFile);
}

/** Gives back what is still in its queue. What cannot be given back comes back by itself. */
async function giveBack(held: readonly Held[]): Promise<void> {
  for (const { told, url, queues, message } of held) {
    if (told.did === 'kept') {
      await orRefusal(queues.hide(url, message.handle, 0), () => undefined);
    }
  }
}

/** Runs an event again, or drops it. */
async function settle(held: Held, retry: boolean, world: World): Promise<void> {
  const { url, message, queues, options, told } = held;
  const remove = (): Promise<unknown> => queues.remove(url, message.handle);
  const run = async (): Promise<void> => {
    // Somebody else may have it by now: then it is theirs.
    const isHeld = await orRefusal(
      queues.hide(url, message.handle, hidden).then(() => true),
      (error) => {
        if (!/in ?flight/i.test(error.message)) throw error;
        return false;
      },
    );
    if (!isHeld) {
      held.told = {
        ...told,
        error:
          'Not done: it was reserved for five minutes, and another run may have it. Run the same command again.',
      };
      return;
    }
    if (!retry) {
      await remove();
      held.told = { ...told, did: 'dropped' };
      return;
    }
    if (told.function === undefined) {
      held.told = { ...told, error: 'No stack of Patrol here has a function for it.' };
      return;
    }
    await (await world.functions(options)).enqueue(told.function, told.event);
    held.told = { ...told, did: 'retried' };
    await remove();
  };
  await orRefusal(run(), (error) => {
    held.told = { ...held.told, error: explain(error) };
  });
}

/** An account and region in which queues are read. */
interface Part {
  readonly options: StackOptions;
  /** The names of the stacks; all of the environment when left out. */
  readonly stacks?: readonly string[];
  /** Says that there is no such stack; absent where one may be missing. */
  readonly missing?: (place: Place) => string;
}

async function partsOf(
  name: string | undefined,
  typed: FailuresOptions,
  world: World,
): Promise<readonly Part[]> {
  const { file, region, profile, environment } = typed;
  const options = compact<StackOptions>({ region, profile, environment });
  if (file !== undefined) {
    const all = await wheresIn(file, typed, world);
    const meant = named(all, name === undefined ? [] : [name], file);
    return [...Map.groupBy(meant, ({ place }) => keyOf(place)).values()].flatMap((here) =>
      here[0] ? [{ options: here[0].options, stacks: here.map(({ refer }) => refer.stack) }] : [],
    );
  }
  if (name === undefined) return [{ options }];
  const refer = reference(name, environment, world);
  return [{ options, stacks: [refer.stack], missing: (place) => noStack(refer, place) }];
}

/** Reads the queues of an account and region. */
async function readPart(
  { options, stacks, missing }: Part,
  held: Held[],
  world: World,
): Promise<Failures['queues']> {
  const [cloud, queues, account] = await Promise.all([
    world.cloud(options),
    world.queues(options),
    world.account(options),
  ]);
  const place = await cloud.place();
  const { environment } = options;
  const all = (await account.stacks()).filter(
    ({ tags }) => tags['patrol:environment'] === environment,
  );
  const meant = stacks ? all.filter((stack) => stacks.includes(stack.name)) : all;
  if (missing && meant.length === 0) {
    throw new OperatorError(`${missing(place)}. Without a rule, failures shows the events of all.`);
  }
  const isSharing = ({ parameters }: Stack): boolean =>
    !!parameters[stackNames.parameters.failureQueue];
  const bases = meant.some(isSharing) ? all.filter((stack) => isBase(typedOfStack(stack))) : [];
  const urls = new Set([...meant, ...bases].flatMap(queuesOf));
  const { region, account: id } = place;
  const read: Failures['queues'][number][] = [];
  for (const url of urls) {
    const events = await cloud.queued(url);
    let count = 0;
    while (count < most) {
      const messages = await queues.receive(url, hidden);
      if (messages.length === 0) break;
      count += messages.length;
      for (const message of messages) {
        const told = tell(message, all, { queue: url, region, account: id });
        const isMeant = stacks === undefined || meant.some((stack) => isOf(told, stack));
        if (isMeant) held.push({ url, message, queues, options, told: told.event });
        else await orRefusal(queues.hide(url, message.handle, 0), () => undefined);
      }
    }
    read.push({ queue: url, region, account: id, events: Math.max(events, count), read: count });
  }
  return read;
}

/** An event, and the stack of its rule. */
interface Owned {
  readonly event: Told;
  readonly stack?: Stack;
}

const isOf = (owned: Owned, { name }: Stack): boolean => owned.stack?.name === name;

/** Reads a message, and finds its rule: functions and topics are named after their stacks. */
function tell(
  { id, body, attributes, sent }: QueuedMessage,
  stacks: readonly Stack[],
  where: Pick<Told, 'queue' | 'region' | 'account'>,
): Owned {
  const { event, from, target, reason } = readQueued(body, attributes);
  const name = target?.startsWith('arn:') ? splitArn(target).resource : target;
  const stack =
    name === undefined
      ? undefined
      : stacks.find(
          (each) =>
            each.outputs[stackNames.outputs.function] === name || name.startsWith(`${each.name}-`),
        );
  const functionName = stack?.outputs[stackNames.outputs.function];
  return compact<Owned>({
    stack,
    event: compact<Told>({
      id,
      ...where,
      rule: stack && typedOfStack(stack),
      function: functionName,
      since: sent.toISOString(),
      from,
      reason,
      event,
      did: 'kept',
    }),
  });
}
