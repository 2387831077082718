/** What is wanted of a stack. */
import type { Place } from '../cloud/cloud.ts';
import type { Content } from '../template/template.ts';
import type { Settings } from '../destinations/values.ts';
import type { RunScope } from '../text/command.ts';

/** What is wanted of a stack. */
export interface Wanted {
  readonly content: Content;
  readonly stack: string;
  readonly place: Place;
  readonly environment: string;
  /** The fleet that it is to belong to; absent for a rule that is deployed by itself. */
  readonly fleet?: string;
  /** The tags that are given, by themselves or for the fleet. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Whether termination protection is turned on, if it is off. */
  readonly isProtected?: boolean | undefined;
  /** The ARN of the role with which CloudFormation works on it. */
  readonly role?: string | undefined;
  /** What brings its rule, where no line of the file names it: a pattern, or `defaults.enabled`. */
  readonly by?: string;
  /** What suggested commands repeat of the run. */
  readonly run?: RunScope;
  readonly values: Settings['values'];
  /** The defaults of the template that the stack has, where they are known: a value that is no more than one is not lost. */
  readonly defaults?: Readonly<Record<string, string>>;
}
