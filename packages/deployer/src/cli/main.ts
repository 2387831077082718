/** Runs the command line, and says which exit code it ends with. */
import { type Command, CommanderError } from 'commander';
import type { World } from '../commands/world.ts';
import { printable } from '../text/printable.ts';
import { lineOf } from '../view/machine.ts';
import { complaint, exitCodeOf, failureOf } from './failure.ts';
import { programOf } from './program.ts';
import { isCommandWord, unknownCommand } from './unknown.ts';

/**
 * Runs the command line.
 *
 * @param argv the arguments, without the names of the program.
 * @returns the exit code.
 */
export async function main(argv: readonly string[], world: World): Promise<number> {
  const { streams } = world;
  const ended = { code: 0 };
  const program = programOf({
    world,
    end: (code) => {
      ended.code = code;
    },
  });
  if (argv.length === 0) {
    program.outputHelp({ error: true });
    return 2;
  }
  try {
    requireCommand(argv, program, world);
    await program.parseAsync([...argv], { from: 'user' });
    return ended.code;
  } catch (error) {
    // It has written what there is to say: help that was asked for, or what is wrong.
    const isSaid = error instanceof CommanderError;
    if (isSaid && error.exitCode === 0) return 0;
    // Options may be what is wrong, so that nothing but the arguments tells who reads it.
    if (argv.includes('--json')) streams.stdout.write(lineOf(failureOf(error)));
    if (!isSaid) streams.stderr.write(`${printable(complaint(error))}\n`);
    return isSaid ? 2 : exitCodeOf(error);
  }
}

/** @throws UsageError for a first word that is neither a command nor a rule: commander would take it for a rule. */
function requireCommand([word = '', ...rest]: readonly string[], program: Command, world: World) {
  const known = ['help', ...program.commands.map((command) => command.name())];
  if (isCommandWord(word) && !known.includes(word)) {
    throw unknownCommand(word, rest, program, world);
  }
}
