/** How lines are written for people. */
import type pc from 'picocolors';

/** How texts are painted. */
export type Colors = ReturnType<typeof pc.createColors>;

/** How lines are written for people. */
export interface Style {
  readonly colors: Colors;
  /** The columns of the terminal now; absent when there is none. */
  readonly width?: number | undefined;
  /** Whether to show what most people need not see to approve. */
  readonly details?: boolean;
}
