/** The ways to AWS, by where and as whom. */
import type { Account } from './account.ts';
import type { Cloud } from './cloud.ts';
import type { Functions } from './functions.ts';
import type { Live } from './live.ts';
import type { Logs } from './logs.ts';
import type { CloudOptions, StackSetsOptions } from './options.ts';
import type { Organizations } from './organizations.ts';
import type { Queues } from './queues.ts';
import type { StackSets } from './stacksets.ts';
import type { Wiring } from './wiring.ts';

/** Connects to AWS. No connection makes a call before it is used. */
export interface Connections {
  /** Loads the AWS SDK, and so only when it is needed. */
  readonly cloud: (options: CloudOptions) => Promise<Cloud>;
  readonly logs: (options: CloudOptions) => Promise<Logs>;
  readonly functions: (options: CloudOptions) => Promise<Functions>;
  readonly queues: (options: CloudOptions) => Promise<Queues>;
  readonly wiring: (options: CloudOptions) => Promise<Wiring>;
  readonly account: (options: CloudOptions) => Promise<Account>;
  /** The regions that the account of the credentials, or of the role, has enabled. */
  readonly regions: (options: CloudOptions) => Promise<readonly string[]>;
  readonly stackSets: (options: StackSetsOptions) => Promise<StackSets>;
  readonly organizations: (options: CloudOptions) => Promise<Organizations>;
  /** Finds the operator's own credentials, for a rule that asks. */
  readonly live: (options: CloudOptions) => Promise<Live>;
}
