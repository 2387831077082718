import type { Severity } from '../rule.ts';
import type { Form } from './forms.ts';

/** A further topic of a notifier, and which alerts it gets: all, unless it says which. */
export interface Route {
  readonly topic: string;
  readonly form: Form;
  /** The lowest severity. */
  readonly severity?: Severity;
  /** The names of the rules, without those of their packages. */
  readonly rules?: readonly string[];
  readonly accounts?: readonly string[];
}
