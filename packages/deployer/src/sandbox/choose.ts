/** Chooses the event that a rule runs on: from a file, from standard input, or the rule's own sample. */
import { senderOf } from '@patrol/core/evaluation';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Artifact, readArtifact } from '../packages/assembly.ts';
import type { Place } from '../cloud/cloud.ts';
import { messageOf, OperatorError, UsageError } from '../text/errors.ts';
import {
  type KnownEvent,
  type Recognised,
  recognise,
  knownKinds,
  scheduledEvent,
} from '../events/recognise.ts';
import { readAll, type Streams } from '../text/streams.ts';
import { deliveryOf, type HttpRequest } from '../events/webhook.ts';

/** The event that a rule runs on. */
export interface ChosenEvent {
  /** The event; absent for a request that delivers none. */
  readonly event?: KnownEvent | undefined;
  /** The request that was given instead of an event. */
  readonly request?: HttpRequest;
  /** Where the event is from, for people. */
  readonly origin: string;
}

/** How an event is chosen. */
export interface EventChoice {
  readonly artifact: Artifact;
  /** A file, or `-` for standard input; the rule's own sample when left out. */
  readonly event?: string | undefined;
  /** The event itself, instead of where it is. */
  readonly value?: unknown;
  readonly cwd: string;
  /** The account and region of a made-up scheduled event; the sandbox's when left out. */
  readonly place?: Place;
}

/**
 * Reads the chosen event.
 *
 * @throws UsageError for what is no event; OperatorError for a sample that cannot be used.
 */
export async function chooseEvent(
  { artifact, event, value, cwd, place }: EventChoice,
  { stdin }: Pick<Streams, 'stdin'>,
): Promise<ChosenEvent> {
  const { rule } = artifact;
  if (value !== undefined) {
    return { ...oneEvent(value, 'what was given', artifact), origin: 'the event that was given' };
  }
  if (event !== undefined) {
    const where = event === '-' ? 'standard input' : event;
    const text =
      event === '-' ? await readAll(stdin) : await readEventFile(resolve(cwd, event), event);
    const origin = `the event of ${where}`;
    return { ...oneEvent(parseEvent(text, where), where, artifact), origin };
  }
  if (rule.triggers.every(({ kind }) => kind === 'schedule')) {
    return { event: scheduledEvent(new Date(), place), origin: 'a made-up Scheduled Event' };
  }
  return { ...readSample(artifact), origin: "the rule's own sample" };
}

function readSample(artifact: Artifact): Omit<ChosenEvent, 'origin'> {
  const { name, sample } = artifact.rule;
  try {
    const text = readArtifact(artifact, sample.path).toString('utf8');
    return oneEvent(parseEvent(text, sample.path), sample.path, artifact);
  } catch (error) {
    throw new OperatorError(
      `The sample event of ${name} cannot be used: ${messageOf(error).replace(/\.?$/, '.')} Give an event, or build the rule package again with \`patrol-build\`.`,
      { cause: error },
    );
  }
}

async function readEventFile(path: string, given: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(
      `Expected a file with an event, but ${given} cannot be read: ${messageOf(error)}. Leave it out to use the rule's own sample.`,
    );
  }
}

function parseEvent(text: string, where: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new UsageError(
      `Expected one event as JSON in ${where}, found: ${messageOf(error)}. \`patrol-deploy replay\` reads files with many events.`,
    );
  }
}

function oneEvent(value: unknown, where: string, { rule }: Artifact): Omit<ChosenEvent, 'origin'> {
  let known: Recognised = recognise(value);
  while (known.kind === 'list' && known.values.length === 1) known = recognise(known.values[0]);
  const refused = (expected: string, found: string): UsageError =>
    new UsageError(`Expected ${expected} in ${where}, found ${found}.`);
  switch (known.kind) {
    case 'event':
      return { event: known.event };
    case 'request':
      if (rule.triggers.some(({ kind }) => kind === 'webhook')) {
        return {
          event: deliveryOf(known.request, senderOf(rule.triggers)),
          request: known.request,
        };
      }
      throw refused('an event', `an HTTP request; ${rule.name} has no webhook that takes one`);
    case 'list': {
      const { length } = known.values;
      throw refused(
        'one event',
        `${length}. \`patrol-deploy replay\` reads files with many events`,
      );
    }
    case 'digest':
      throw refused('an event', 'a digest file of CloudTrail, which contains no events');
    case 'unknown':
      throw refused(knownKinds, known.found);
  }
}
