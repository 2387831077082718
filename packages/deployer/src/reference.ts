/** Which stack is meant, also by those who have uninstalled the rule. */
import {
  type Artifact,
  findArtifact,
  isPath,
  shortName,
  splitName,
  typedName,
} from './assembly.ts';
import { OperatorError, UsageError } from './errors.ts';
import { stackName } from './naming.ts';

/** A rule's stack by name. */
export interface Reference {
  readonly name: string;
  readonly stack: string;
  /** Absent when the package or the rule is no longer installed; `missing` says so then. */
  readonly artifact?: Artifact;
  readonly missing?: string;
}

/**
 * Finds the stack of `<package>/<rule>`. The package need not be installed, so that what was deployed can be looked at
 * and deleted without it.
 *
 * @throws UsageError for what cannot be a rule's name; OperatorError when a path leads nowhere.
 */
export function reference(name: string, environment: string, from: string): Reference {
  const { packagePart, rulePart } = splitName(name);
  try {
    const artifact = findArtifact(name, from);
    const { assembly, rule } = artifact;
    const stack = stackName(assembly.shortName, rule.name, environment);
    return { name: typedName(artifact), stack, artifact };
  } catch (error) {
    const gone = error instanceof OperatorError && !(error instanceof UsageError);
    if (!gone || isPath(packagePart)) throw error;
    const stack = stackName(shortName(packagePart), rulePart, environment);
    return { name, stack, missing: error.message };
  }
}
