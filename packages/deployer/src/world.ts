/** The outside of a command: everything that a test replaces. */
import type { Account } from './account.ts';
import type { Ask } from './ask.ts';
import type { Cloud } from './cloud.ts';
import type { Functions } from './functions.ts';
import type { GitHub, GitHubOptions } from './github.ts';
import type { Live } from './live.ts';
import type { Logs } from './logs.ts';
import type { LookupFrom } from './lookup.ts';
import type { Organizations } from './organization/organizations.ts';
import type { StackSets } from './organization/stacksets.ts';
import type { Tell } from './report.ts';
import type { Streams } from './sandbox/streams.ts';
import type { Effects } from './watch.ts';

/** Where in AWS, and as whom. */
export interface CloudOptions {
  readonly region?: string;
  readonly profile?: string;
  /** A role to assume, with the credentials that are found otherwise. */
  readonly role?: Role;
}

/** A role of another account. */
export interface Role {
  readonly account: string;
  /** With its path, if it has one. */
  readonly name: string;
  readonly externalId?: string;
}

/** Where stack sets are managed, and as whom. */
export interface StackSetsOptions extends CloudOptions {
  /** Whether the credentials are of a delegated administrator instead of the management account. */
  readonly delegatedAdministrator: boolean;
}

/** What a command is run in. */
export interface World extends Omit<Effects, 'cloud' | 'tell'>, LookupFrom {
  readonly streams: Streams;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Loads the AWS SDK, and so only when it is needed. */
  readonly cloud: (options: CloudOptions) => Promise<Cloud>;
  readonly logs: (options: CloudOptions) => Promise<Logs>;
  readonly functions: (options: CloudOptions) => Promise<Functions>;
  readonly account: (options: CloudOptions) => Promise<Account>;
  /** The regions that the account of the credentials, or of the role, has enabled. */
  readonly regions: (options: CloudOptions) => Promise<readonly string[]>;
  readonly stackSets: (options: StackSetsOptions) => Promise<StackSets>;
  readonly organizations: (options: CloudOptions) => Promise<Organizations>;
  /** Finds the operator's own credentials, for a rule that asks. */
  readonly live: (options: CloudOptions) => Promise<Live>;
  /** Loads Octokit, and so only when it is needed. */
  readonly github: (options: GitHubOptions) => Promise<GitHub>;
  /** Loads the prompts, and so only when there is somebody to ask. */
  readonly ask: () => Promise<Ask>;
  /** From now on an interrupt gives the signal; before, it ends the process. */
  readonly holdInterrupts: () => void;
}

/** Whether there is somebody who can be asked. */
export const isInteractive = ({ streams }: World, { json }: { readonly json: boolean }): boolean =>
  !json && Reflect.get(streams.stdin, 'isTTY') === true && streams.stdout.isTTY === true;

/** The effects of a command on a cloud. */
export const effectsOf = (world: World, cloud: Cloud, tell: Tell): Effects => {
  const { sleep, signal, now, unique } = world;
  world.holdInterrupts();
  return { cloud, tell, sleep, signal, now, unique };
};
