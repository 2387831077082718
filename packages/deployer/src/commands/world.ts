/** The outside of a command: everything that a test replaces. */
import type { Cloud } from '../cloud/cloud.ts';
import type { GitHub, GitHubOptions } from '../github/github.ts';
import type { Connections } from '../cloud/connections.ts';
import type { LookupFrom } from '../packages/lookup.ts';
import type { Streams } from '../text/streams.ts';
import type { Tell } from '../notes/tell.ts';
import { clockworkOf, type Effects } from '../cloud/effects.ts';
import type { Ask } from './ask.ts';

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
