/** What every command of the program is run in. */
import type { Consent, World } from '../commands/world.ts';
import type { Result, Tell } from '../notes/tell.ts';
import { printable } from '../text/printable.ts';
import { reporter, wantsMovement } from '../view/report.ts';
import { failureOf } from './failure.ts';

/** What the commands are made with. */
export interface Shell {
  readonly world: World;
  /** Takes the exit code. */
  readonly end: (code: number) => void;
}

/** The options of commands that end in a result. */
export interface TellOptions extends Consent {
  readonly quiet?: boolean;
  readonly details?: boolean;
}

/** Runs a command that ends in a result, and tells it. */
export async function resulting(
  world: World,
  { json = false, quiet = false, yes = false, details = false }: TellOptions,
  run: (tell: Tell) => Promise<Result>,
): Promise<number> {
  const tell = await reporter(world.streams, world.environment, {
    json,
    quiet,
    asks: !yes,
    details,
  });
  const moves = !json && !quiet && wantsMovement(world.streams.stdout, world.environment);
  const stopping = (): void => {
    const message = 'Stopping. Interrupt again to stop at once.';
    // The moving block writes it above itself; written directly, the line would appear in its middle.
    if (moves) tell({ type: 'warning', message });
    else world.streams.stderr.write(`${message}\n`);
  };
  world.signal.addEventListener('abort', stopping, { once: true });
  try {
    const result = await run(tell);
    tell(result);
    if (!result.ok) world.streams.stderr.write(`${printable(result.message)}\n`);
    return result.ok ? 0 : 1;
  } catch (error) {
    // Machines are told where the command line ends, as by every command.
    if (!json) tell(failureOf(error));
    throw error;
  } finally {
    world.signal.removeEventListener('abort', stopping);
  }
}
