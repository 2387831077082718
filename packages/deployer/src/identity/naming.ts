/** What things are called in AWS. */
import type { Place, Stack, StoredObject } from '../cloud/cloud.ts';
import { defaultEnvironment, fleetFile } from '../text/command.ts';
import { UsageError } from '../text/errors.ts';
import { conditionOf } from '../cloud/states.ts';

/** What stands for a package in the names and tags of base stacks, which hold what the rules of a fleet share. */
export const basePackage = 'base';

/** Whether what is typed for a rule is a base stack: `base/security`. */
export const isBase = (name: string): boolean => name.startsWith(`${basePackage}/`);

/** What the operator types to deploy what has this name; a base stack goes with its fleet. */
export const deployCommand = (name: string): string =>
  isBase(name) ? applyCommand : `patrol-deploy ${name}`;

export { defaultEnvironment, fleetFile };

/**
 * The name of a rule's stack.
 *
 * @param shortName the package's, such as `aws`.
 * @throws UsageError when it is not a name that CloudFormation accepts.
 */
export function stackName(shortName: string, rule: string, environment: string): string {
  if (!/^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$/.test(environment)) {
    throw new UsageError(
      `--env must be letters, digits and single dashes, such as staging; found ${JSON.stringify(environment)}.`,
    );
  }
  const name = `patrol-${shortName}-${rule}-${environment}`;
  if (!/^[A-Za-z][-A-Za-z0-9]*$/.test(name)) {
    throw new UsageError(
      `${name} is not a valid stack name: CloudFormation allows letters, digits and dashes. Rename the rule or its package.`,
    );
  }
  if (name.length > 128) {
    throw new UsageError(
      `The stack name ${name} has ${name.length} characters; CloudFormation allows 128. Choose a shorter --env.`,
    );
  }
  return name;
}

/** How the names of change sets begin, and the tokens of requests. */
export const uniquePrefix = 'patrol-';

/** What names and tags are made of: the part of an artifact that says what it is. */
export interface Identity {
  readonly assembly: {
    readonly shortName: string;
    readonly manifest: { readonly package: { readonly name: string; readonly version: string } };
  };
  readonly rule: {
    readonly name: string;
    readonly code: { readonly sha256: string };
    readonly template: { readonly sha256: string };
  };
}

/** The tags by which the deployer knows its own stacks again. */
export const tagsOf = (
  { assembly, rule }: Identity,
  environment: string,
): Readonly<Record<string, string>> => ({
  'patrol:package': assembly.manifest.package.name,
  'patrol:rule': rule.name,
  'patrol:environment': environment,
  'patrol:version': assembly.manifest.package.version,
  'patrol:template': rule.template.sha256,
});

/** The tag by which the stacks of a fleet are known. */
export const fleetTag = 'patrol:fleet';

/** Whether Patrol made a stack. */
export const isPatrols = ({ tags }: Stack): boolean =>
  ['patrol:package', 'patrol:rule', 'patrol:environment'].every((tag) => Object.hasOwn(tags, tag));

/**
 * Says that a stack is not Patrol's; `undefined` for those that are, and for an empty one without tags: an abandoned run
 * may have left it, since CloudFormation sets the tags of a new stack when it carries out the change set.
 */
export const foreignness = (stack: Stack): string | undefined =>
  isPatrols(stack) || (conditionOf(stack) === 'shell' && Object.keys(stack.tags).length === 0)
    ? undefined
    : "it is not Patrol's: it does not have the tags of a stack that patrol-deploy created";

/** Whether a stack without tags is about to be gone: perhaps the empty one of a run that was stopped. It is waited for, never touched. */
export const isVanishing = ({ status, tags }: Pick<Stack, 'status' | 'tags'>): boolean =>
  status === 'DELETE_IN_PROGRESS' && Object.keys(tags).length === 0;

/** The bucket that holds the zips of an account and region. */
export const bucketName = ({ account, region }: Place): string =>
  `patrol-artifacts-${account}-${region}`;

/**
 * Where the lease of a fleet lies. The name of the bucket has no region in it, so that runs whose files have their regions in
 * another order look in the same place. It is not the artifact bucket: that may still have to be made by the base stack, and
 * it would keep a version of every renewal.
 */
export const leaseAt = (
  { account }: Pick<Place, 'account'>,
  fleet: string,
  environment: string,
): StoredObject => ({
  bucket: `patrol-leases-${account}`,
  key: `patrol/leases/${fleet}/${environment}.json`,
});

/** Where a rule's zip lies: its content is in the name, so that one name never means two things. */
export const codeAt = (place: Place, { assembly, rule }: Identity): StoredObject => ({
  bucket: bucketName(place),
  key: `patrol/${assembly.shortName}/${rule.name}/${rule.code.sha256}.zip`,
});

/** Where a rule's template lies when it is too large to be sent along. */
export const templateAt = (place: Place, { assembly, rule }: Identity): StoredObject => ({
  bucket: bucketName(place),
  key: `patrol/${assembly.shortName}/${rule.name}/${rule.template.sha256}.json`,
});

/** What the operator types to have a fleet deployed. */
export const applyCommand = 'patrol-deploy apply';
