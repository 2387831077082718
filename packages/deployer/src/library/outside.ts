/** What programs give the library, and what it takes where they give nothing. */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Connections } from '../cloud/connections.ts';
import type { Clockwork } from '../cloud/effects.ts';
import type { CloudOptions } from '../cloud/options.ts';
import type { Outside } from '../engine/look.ts';
import { uniquePrefix } from '../identity/naming.ts';
import type { Note, Tell } from '../notes/tell.ts';

/**
 * Where a program looks for rules, and how it reaches AWS. Everything may be left out.
 */
export interface OutsideOptions {
  /** The folder in which rule packages are looked for, and to which paths are relative. The working folder when left out. */
  readonly cwd?: string;
  /** The region, such as `eu-west-1`. When left out, the one that the AWS SDK finds. A fleet's file has its own regions. */
  readonly region?: string;
  /** A profile of `~/.aws/config`. When left out, the AWS SDK looks for credentials as usual. */
  readonly profile?: string;
  /**
   * Variables of an environment that Patrol reads: proxies, endpoints, `AWS_DEFAULT_REGION`. None when left out. The AWS SDK
   * reads those of the process all the same.
   */
  readonly variables?: Readonly<Record<string, string | undefined>>;
  /** Ends the run when it is given: what is under way in AWS goes on there, and nothing more is begun. */
  readonly signal?: AbortSignal;
  /** Stands for AWS, in tests. */
  readonly connections?: Connections;
  /** The time in milliseconds. That of this machine when left out. */
  readonly now?: () => number;
  /** Waits for so many milliseconds; comes back early when the signal is given. */
  readonly sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

/** Something that happens while a plan is made or carried out. */
export type LibraryNote = Exclude<Note, { readonly type: 'result' }>;

/**
 * Takes what happens.
 */
export interface Listening {
  /**
   * Takes what happens while it happens: what changes in resources and permissions (`changes`), progress, warnings, CloudFormation's
   * events. docs/contracts.md describes each note but `status`, which says every second or two how far an operation is.
   */
  readonly tell?: (note: LibraryNote) => void;
}

/** Makes the ways to AWS. */
export type Connect = (environment: Record<string, string | undefined>) => Connections;

/** What the library runs in. */
export function outsideOf(options: OutsideOptions, connect: Connect): Outside {
  // A copy: which profile is meant is written to them.
  const { connections = connect({ ...options.variables }) } = options;
  return {
    ...connections,
    cwd: options.cwd ?? process.cwd(),
    signal: options.signal ?? new AbortController().signal,
    now: options.now ?? ownClockwork.now,
    sleep: options.sleep ?? ownClockwork.sleep,
    unique: ownClockwork.unique,
  };
}

/** Time as it goes by on this machine. */
export const ownClockwork: Omit<Clockwork, 'signal'> = {
  now: () => Date.now(),
  sleep: async (milliseconds, signal) => {
    await wait(milliseconds, undefined, signal ? { signal } : {}).catch(() => undefined);
  },
  unique: () => `${uniquePrefix}${randomUUID()}`,
};

/** Where in AWS, and as whom. */
export const credentialsOf = ({ region, profile }: OutsideOptions): CloudOptions => ({
  region,
  profile,
});

/** Hands notes on. Results are for commands: the library returns them. */
export const tellOf =
  ({ tell }: Listening): Tell =>
  (note) => {
    if (note.type !== 'result' && note.type !== 'shown') tell?.(note);
  };
