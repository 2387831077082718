import type { Artifact } from '../packages/assembly.ts';
import type { Live } from '../cloud/live.ts';
import type { LookupFrom } from '../packages/lookup.ts';

/** What every run of a built rule on this machine is asked for. */
export interface RunOptions extends LookupFrom {
  readonly artifact: Artifact;
  /** The values given with `--param`. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly json: boolean;
  /** How a rule that asks gets its answers; without it nothing is decided where it needs one. */
  readonly live?: Live | undefined;
}
