/** The outside of a command: everything that a test replaces; and asking the operator. */
import type { Cloud } from '../cloud/cloud.ts';
import type { GitHub, GitHubOptions } from '../github/github.ts';
import type { Connections } from '../cloud/connections.ts';
import type { LookupFrom } from '../packages/lookup.ts';
import type { Streams } from '../text/streams.ts';
import type { Tell } from '../notes/tell.ts';
import { clockworkOf, type Effects } from '../cloud/effects.ts';
import { UsageError } from '../text/errors.ts';

/** What a command is run in. */
export interface World extends Omit<Effects, 'cloud' | 'tell'>, Connections, LookupFrom {
  readonly streams: Streams;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** By what a run is found on this machine. */
  readonly machine: { readonly host: string; readonly pid: number };
  /** Loads Octokit, and so only when it is needed. */
  readonly github: (options: GitHubOptions) => Promise<GitHub>;
  /** Loads the prompts, and so only when there is somebody to ask. */
  readonly ask: () => Promise<Ask>;
  /** From now on an interrupt gives the signal; before, it ends the process. */
  readonly holdInterrupts: () => void;
}

/** Whether there is somebody who can be asked. */
export const isInteractive = ({ streams }: World, { json }: { readonly json?: boolean }): boolean =>
  !json && Reflect.get(streams.stdin, 'isTTY') === true && streams.stdout.isTTY === true;

/** The effects of a command on a cloud. */
export const effectsOf = (world: World, cloud: Cloud, tell: Tell): Effects => {
  world.holdInterrupts();
  return { cloud, tell, ...clockworkOf(world) };
};

/** Somebody who can be asked. Every question throws {@link InterruptedError} when it is not answered but stopped. */
export interface Ask {
  text(question: TextQuestion): Promise<string>;
  /** Some of a list, which are ticked. */
  choose(question: ChoiceQuestion): Promise<readonly string[]>;
  /** Something that does not appear on the screen. */
  secret(message: string): Promise<string>;
  /** Yes or no; no when it is answered with Enter alone. */
  confirm(message: string): Promise<boolean>;
}

/** A question that is answered with a line of text. */
interface TextQuestion {
  readonly message: string;
  /** Stands in the line already. */
  readonly initial?: string | undefined;
  /** Says what is wrong with an answer; it is asked for again then. */
  readonly refuse: (answer: string) => string | undefined;
}

/** A question that is answered by ticking items of a list. */
export interface ChoiceQuestion {
  readonly message: string;
  /** The items, each with a few words about it. */
  readonly among: readonly { readonly value: string; readonly about?: string }[];
  /** Those that are ticked already. */
  readonly initial?: readonly string[];
  /** Whether at least one must be ticked. */
  readonly required?: boolean;
}

/** What decides whether somebody is asked. */
export interface Consent {
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** The operator, as far as a command may ask. */
export const operatorOf = (world: World, { yes = false, json = false }: Consent) => {
  const isThere = isInteractive(world, { json });
  const confirm = async (question: string): Promise<boolean> =>
    (await world.ask()).confirm(question);
  return {
    /** Whether there is somebody who can be asked. */
    isThere,
    /** Asks for what `--yes` does not agree to; `undefined` where nobody can be asked. */
    inPerson: isThere && !yes ? confirm : undefined,
    /**
     * @param what may be done, after "whether to".
     * @param instead what can be done instead, after "without asking".
     * @throws UsageError where nobody can be asked, and `--yes` is not given.
     */
    requireConsent: (what: string, instead = ''): void => {
      if (yes || isThere) return;
      throw new UsageError(
        `There is no terminal to ask whether to ${what}. Add --yes to go ahead without asking${instead}.`,
      );
    },
    /**
     * Whether something may be done: `--yes` agrees, otherwise it is asked, and the default answer is no.
     *
     * @throws UsageError where there is neither; it says what `--yes` would do.
     */
    agrees: async (question: string): Promise<boolean> => {
      if (yes || isThere) return yes || confirm(question);
      throw new UsageError(
        `There is no terminal to ask: ${question} Add --yes to go ahead without asking.`,
      );
    },
  };
};

/** Somebody whose agreement a command needs. */
export type Operator = ReturnType<typeof operatorOf>;

/** What can be done instead, where a command has `--dry-run`. */
export const orDryRun = ', or --dry-run to see what would change';
