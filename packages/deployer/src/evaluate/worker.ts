/** The thread that runs a rule's built code on events. `evaluator.ts` starts it; other files import only its types. */
import { setImmediate } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../text/errors.ts';
import type { NoteOf } from '../notes/lines.ts';
import type { Muted } from '../notes/objects.ts';
import { standIns } from './standins.ts';

/** The parts of an alert that a replay shows, and what it is about where that is told once. */
interface Found extends Pick<NoteOf<'alert'>, 'severity' | 'title' | 'summary' | 'eventId'> {
  readonly eventTime: string | null;
  readonly once?: string;
}

/** What became of one event. */
export type Evaluated =
  | { readonly alerts: readonly Found[]; readonly suppressed: readonly Muted[] }
  /** The question that the rule needs an answer to. */
  | { readonly needs: string }
  | { readonly error: string };

/** What the thread is started with. */
export interface WorkerData {
  /** The URL of `index.mjs`. */
  readonly url: string;
  /** Whether the rule gets stand-ins for its clients. */
  readonly isOffline: boolean;
  /** Its first element counts the events of a batch that were begun. It tells at which one the thread died. */
  readonly begun: Int32Array;
}

/** The messages of the thread. */
export type WorkerMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'evaluated'; readonly results: readonly Evaluated[] };

const { url, isOffline, begun }: WorkerData = workerData;
const say = (message: WorkerMessage): void => parentPort?.postMessage(message);

/** The parts of a rule's verdict that are used. */
interface Verdict {
  readonly alerts: readonly (Omit<Found, 'eventId' | 'eventTime'> &
    Partial<Found> & { readonly dedupKey?: string })[];
  readonly once?: readonly string[];
  readonly suppressed?: readonly Muted[];
}

type Evaluate = (event: unknown, clients?: unknown) => Promise<Verdict>;

async function evaluateOne(evaluate: Evaluate, event: unknown): Promise<Evaluated> {
  const { clients, asked } = standIns();
  const evaluated = await evaluateWith(() => evaluate(event, ...(isOffline ? [clients] : [])));
  // Without the answer, whatever the rule decided is no verdict.
  const needs = asked();
  return needs === undefined ? evaluated : { needs };
}

async function evaluateWith(evaluate: () => Promise<Verdict>): Promise<Evaluated> {
  try {
    const { alerts, once = [], suppressed = [] } = await evaluate();
    return {
      alerts: alerts.map(({ severity, title, summary, eventId, eventTime, dedupKey }) => ({
        severity: String(severity),
        title,
        summary,
        eventId: eventId ?? null,
        eventTime: eventTime ?? null,
        ...(dedupKey !== undefined && once.includes(dedupKey) && { once: dedupKey }),
      })),
      suppressed: suppressed.map(({ title, by }) => ({ title, by })),
    };
  } catch (error) {
    return { error: messageOf(error) };
  }
}

async function evaluateAll(evaluate: Evaluate, events: readonly unknown[]): Promise<Evaluated[]> {
  const results: Evaluated[] = [];
  for (const event of events) {
    Atomics.add(begun, 0, 1);
    results.push(await evaluateOne(evaluate, event));
  }
  return results;
}

const streams = [process.stdout, process.stderr];

/** Waits until what the rule has printed has arrived: with the thread, what is still on its way would be lost. */
async function printed(): Promise<void> {
  while (streams.some(({ writableLength }) => writableLength > 0)) await setImmediate();
}

async function load(): Promise<Evaluate> {
  const exported: unknown = await import(url);
  const evaluate: unknown = Reflect.get(Object(exported), 'evaluate');
  if (typeof evaluate === 'function') {
    return (...given) => Reflect.apply(evaluate, undefined, given);
  }
  throw new Error('its index.mjs exports no function evaluate');
}

try {
  const evaluate = await load();
  parentPort?.on('message', (events: readonly unknown[]) => {
    void evaluateAll(evaluate, events).then(async (results) => {
      await printed();
      say({ kind: 'evaluated', results });
    });
  });
  say({ kind: 'ready' });
} catch (error) {
  say({ kind: 'failed', message: messageOf(error) });
}
