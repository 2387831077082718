import type { Artifact } from '../packages/assembly.ts';
import type { Live } from '../cloud/live.ts';
import type { LookupFrom } from '../packages/lookup.ts';

/** Options of every command that runs a built rule on this machine. */
export interface RunOptions extends LookupFrom {
  readonly artifact: Artifact;
  /** The values that are given. */
  readonly parameters: Readonly<Record<string, string>>;
  /** How a rule gets answers of AWS and GitHub. Without it, an event that needs one has no verdict. */
  readonly live?: Live | undefined;
}
