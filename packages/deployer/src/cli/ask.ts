/** Asks in a terminal. */
import { setTimeout as sleep } from 'node:timers/promises';
import { autocompleteMultiselect, confirm, isCancel, log, password, text } from '@clack/prompts';
import { InterruptedError } from '../text/errors.ts';
import type { Ask } from '../commands/world.ts';

type Terminal = NodeJS.ReadableStream & {
  setRawMode?: (raw: boolean) => unknown;
};

/** What a prompt gives that was not answered. */
type Cancelled = Extract<Awaited<ReturnType<typeof text>>, symbol>;

/**
 * Drops what was typed before a question was shown: an accidental Enter must not answer a question that nobody has read.
 *
 * @throws InterruptedError when Ctrl-C was among it.
 */
async function drain(stdin: Terminal): Promise<void> {
  let interrupted = false;
  const drop = (chunk: Buffer | string): void => {
    interrupted ||= chunk.toString().includes('\u0003');
  };
  stdin.setRawMode?.(true);
  stdin.on('data', drop);
  stdin.resume();
  await sleep(50);
  stdin.off('data', drop);
  stdin.pause();
  stdin.setRawMode?.(false);
  if (interrupted) throw new InterruptedError();
}

/**
 * Asks with clack's prompts.
 *
 * @param output where questions are shown; standard output when left out.
 */
export function terminalAsk(
  stdin: Terminal,
  interrupted: AbortSignal,
  output?: NodeJS.WriteStream,
): Ask {
  // When the terminal is closed, nobody is left to answer.
  const closed = new AbortController();
  stdin.once('end', () => closed.abort());
  const signal = AbortSignal.any([interrupted, closed.signal]);
  const answered = async <T>(prompt: () => Promise<T | Cancelled>): Promise<T> => {
    await drain(stdin);
    const given = await prompt();
    if (isCancel(given)) throw new InterruptedError();
    return given as T;
  };
  return {
    async text({ message, initial, refuse }) {
      const validate = (value = ''): string | undefined => refuse(value.trim());
      const given = await answered(() =>
        text({
          message,
          signal,
          validate,
          ...(output && { output }),
          ...(initial !== undefined && { initialValue: initial }),
        }),
      );
      return given.trim();
    },
    async choose({ message, among, initial = [], required = false }) {
      const chosen = await answered(() =>
        autocompleteMultiselect({
          message,
          signal,
          ...(output && { output }),
          options: among.map(({ value, about }) => ({
            value,
            label: value,
            ...(about !== undefined && { hint: about }),
          })),
          initialValues: [...initial],
          required,
          placeholder: 'type to search',
          maxItems: 12,
        }),
      );
      // The prompt leaves no more than their number.
      log.message(chosen.join(', ') || 'none', output && { output });
      return chosen;
    },
    async secret(message) {
      return (await answered(() => password({ message, signal, mask: '' }))).trim();
    },
    confirm: (message) => answered(() => confirm({ message, signal, initialValue: false })),
  };
}
