/** What is wanted of a stack. */
import type { Place } from '../cloud/cloud.ts';
import type { Template } from '../template/template.ts';
import type { Settings } from '../template/values.ts';

/** What is wanted of a rule's stack. */
export interface Wanted {
  /** What the operator types for the rule: `aws/cloudTrail`. */
  readonly name: string;
  readonly stack: string;
  readonly place: Place;
  readonly environment: string;
  /** What the operator types to have it deployed, where that is not the rule's own command. */
  readonly command?: string;
  readonly template: Template;
  readonly values: Settings['values'];
}
