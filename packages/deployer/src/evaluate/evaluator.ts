/** Runs a rule's built code on events, in a thread of its own. The replay goes on when the thread dies or hangs. */
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { RuleManifest } from '@patrol/core/contracts';
import { messageOf, OperatorError } from '../text/errors.ts';
import type { Evaluated, WorkerData, WorkerMessage } from './worker.ts';

/** A rule that evaluates events. */
export interface Evaluator {
  /** Returns the result of each event, in order. Only one call may run at a time. */
  evaluate(events: readonly unknown[]): Promise<readonly Evaluated[]>;
  close(): Promise<void>;
}

/** What an evaluator is started with. */
export interface EvaluatorOptions {
  readonly rule: Pick<RuleManifest, 'name' | 'memorySize'>;
  /** The folder of the unpacked code. */
  readonly folder: string;
  /** The whole environment of the code. */
  readonly environment: Readonly<Record<string, string>>;
  /** Whether AWS and GitHub cannot be asked. An event that needs an answer then has no verdict. Only for rules that ask. */
  readonly isOffline?: boolean;
  /** Takes what the code prints. */
  readonly print: (text: string) => void;
  /** How many milliseconds one event may take. After that the thread counts as hung. */
  readonly patience: number;
  /** How many milliseconds loading the code may take; 30 seconds when left out. */
  readonly startPatience?: number;
}

/** What a thread answers: its results, or how it ended. */
type Answer = { readonly results: readonly Evaluated[] } | { readonly end: string };

/**
 * Starts a rule's code.
 *
 * @throws OperatorError when the code does not start. `evaluate` throws it too, when the code does not start again.
 */
export async function startEvaluator(options: EvaluatorOptions): Promise<Evaluator> {
  const begun = new Int32Array(new SharedArrayBuffer(4));
  let thread = await startThread(options, begun);

  const restart = async (): Promise<void> => {
    await thread.stop();
    thread = await startThread(options, begun);
  };

  return {
    async evaluate(events) {
      const results = new Map<number, Evaluated>();
      let open = events.map((_, index) => index);
      let hasRestarted = false;
      while (open.length > 0) {
        Atomics.store(begun, 0, 0);
        const answer = await thread.ask(open.map((index) => events[index]));
        if ('results' in answer) {
          answer.results.forEach((result, at) => results.set(open[at] ?? -1, result));
          break;
        }
        const at = Atomics.load(begun, 0) - 1;
        await restart();
        // The thread died before it began an event, of something that earlier events left behind. That is forgiven once.
        if (at < 0 && !hasRestarted) {
          hasRestarted = true;
          continue;
        }
        // The other events are evaluated again, since evaluating has no side effects.
        const culprit = open[Math.max(0, at)];
        if (culprit !== undefined)
          results.set(culprit, { error: `${options.rule.name} ${answer.end}` });
        open = open.filter((index) => index !== culprit);
      }
      return events.map(
        (_, index) => results.get(index) ?? { error: `${options.rule.name} returned no result` },
      );
    },
    close: () => thread.stop(),
  };
}

interface Thread {
  ask(events: readonly unknown[]): Promise<Answer>;
  stop(): Promise<void>;
}

async function startThread(options: EvaluatorOptions, begun: Int32Array): Promise<Thread> {
  const { rule, folder, environment, print, patience, startPatience = 30_000 } = options;
  const { name: ruleName, memorySize } = rule;
  const url = pathToFileURL(join(folder, 'index.mjs')).href;
  const data: WorkerData = { url, isOffline: options.isOffline === true, begun };
  const worker = new Worker(new URL(`./worker${extname(import.meta.url)}`, import.meta.url), {
    workerData: data,
    env: environment,
    argv: [],
    execArgv: [],
    stdin: false,
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: memorySize },
  });
  for (const stream of [worker.stdout, worker.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => print(text));
  }

  let end: string | undefined;
  let settle: (message: WorkerMessage | undefined) => void = () => {};
  const finish = (why: string): void => {
    end ??= why;
    settle(undefined);
  };
  worker.on('message', (message: WorkerMessage) => settle(message));
  worker.on('messageerror', (error) =>
    finish(`returned a result that cannot be read: ${error.message}`),
  );
  worker.on('error', (error: unknown) =>
    finish(
      error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
        ? `needs more than its ${memorySize} MB of memory`
        : `crashed: ${messageOf(error)}`,
    ),
  );
  worker.on('exit', (code) => finish(`ended its own process with exit code ${code}`));

  /** The next message of the thread; `undefined` when it ends first, or begins no new event for too long. */
  const next = async (limit: number): Promise<WorkerMessage | undefined> => {
    if (end !== undefined) return undefined;
    let seen = Atomics.load(begun, 0);
    let since = performance.now();
    const watch = setInterval(
      () => {
        const now = Atomics.load(begun, 0);
        if (now !== seen) since = performance.now();
        else if (performance.now() - since >= limit)
          finish(`did not answer within ${limit / 1000} s`);
        seen = now;
      },
      Math.min(1000, limit / 4),
    );
    const said = await new Promise<WorkerMessage | undefined>((resolve) => {
      settle = resolve;
    });
    clearInterval(watch);
    return said;
  };

  const stop = async (): Promise<void> => {
    await worker.terminate();
  };
  const first = await next(startPatience);
  if (first?.kind !== 'ready') {
    await stop();
    const why = first?.kind === 'failed' ? first.message : end;
    throw new OperatorError(
      `The built code of ${ruleName} does not start: ${why}. In Lambda it would not start either. Build the rule package again with \`patrol-build\`, or check the parameters.`,
    );
  }
  return {
    async ask(events) {
      const answer = next(patience);
      try {
        worker.postMessage(events);
      } catch (error) {
        finish(`cannot be given its events: ${messageOf(error)}`);
      }
      const said = await answer;
      return said?.kind === 'evaluated'
        ? { results: said.results }
        : { end: end ?? 'answered without a question' };
    },
    stop,
  };
}
