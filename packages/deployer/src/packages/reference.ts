/** Which stack is meant, also by those who have uninstalled the rule. */
import * as assemblies from './assembly.ts';
import type { Place, Stack } from '../cloud/cloud.ts';
import { OperatorError, UsageError } from '../text/errors.ts';
import type { LookupFrom } from './lookup.ts';
import { basePackage, isBase, stackName, typedFor } from '../identity/naming.ts';

/** A rule's stack by name. */
export interface Reference {
  readonly name: string;
  readonly stack: string;
  /** Absent when the package or the rule is no longer installed; `missing` says so then. */
  readonly artifact?: assemblies.Artifact;
  readonly missing?: string;
  /** The fleet whose base stack it is. It is built in: nothing has to be installed for it. */
  readonly base?: string;
}

/**
 * Finds the stack of `<package>/<rule>`. The package need not be installed, so that what was deployed can be looked at
 * and deleted without it.
 *
 * @throws UsageError for what cannot be a rule's name and for a path that leads nowhere.
 */
export function reference(name: string, environment: string, from: LookupFrom): Reference {
  const { packagePart, rulePart } = assemblies.splitName(name, from);
  if (isBase(name)) {
    return { name, stack: stackName(packagePart, rulePart, environment), base: rulePart };
  }
  try {
    const artifact = assemblies.findArtifact(name, from);
    const { shortName: short } = artifact.assembly;
    return {
      name: assemblies.typedName(artifact),
      stack: stackName(short, rulePart, environment),
      artifact,
    };
  } catch (error) {
    if (!(error instanceof OperatorError) || assemblies.isPath(packagePart)) throw error;
    const stack = stackName(assemblies.shortName(packagePart), rulePart, environment);
    return { name, stack, missing: error.message };
  }
}

/** What is typed for a stack of Patrol, by its tags. */
export function typedOfStack({ tags }: Pick<Stack, 'tags'>): string {
  const { 'patrol:package': from = '', 'patrol:rule': rule = '' } = tags;
  return from === basePackage ? typedFor({ base: rule }) : assemblies.typedNameFor(from, rule);
}

/**
 * Says that there is no stack.
 *
 * @throws UsageError when there is no rule of that name either: it is mistyped.
 */
export function noStack({ stack, missing }: Reference, { region, account }: Place): string {
  const words = `There is no stack ${stack} in ${region} (account ${account})`;
  if (missing === undefined) return words;
  throw new UsageError(`${words}, and no installed rule has that name. ${missing}`);
}
