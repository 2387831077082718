/** What things are called in AWS. */
import { stackNames } from '@patrol/core/contracts';
import type { Place, Stack, StoredObject } from '../cloud/cloud.ts';
import { defaultEnvironment, fleetFile } from '../text/command.ts';
import { UsageError } from '../text/errors.ts';

const names = stackNames.outputs;

/** What stands for a package in the names and tags of base stacks, which hold what the rules of a fleet share. */
export const basePackage = 'base';

/** Whether what is typed for a rule is a base stack: `base/security`. */
export const isBase = (name: string): boolean => name.startsWith(`${basePackage}/`);

export { defaultEnvironment, fleetFile };

/** How the names of all stacks begin, and so those of what they make. */
export const stackPrefix = 'patrol-';

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
  const name = `${stackPrefix}${shortName}-${rule}-${environment}`;
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

/** What tells stacks apart, and without the name of one accounts and regions. */
export const keyOf = ({ account, region }: Pick<Place, 'account' | 'region'>, stack = ''): string =>
  `${account}/${region}/${stack}`;

/** How the names of change sets begin, and the tokens of requests. */
export const uniquePrefix = 'patrol-';

/** What a stack or stack set holds, as the operator types it: `aws/cloudTrail`; of a base stack the fleet. */
export type Holds = { readonly rule: string } | { readonly base: string };

/** What the operator types for it: `aws/cloudTrail`, `base/security`. */
export const typedFor = (holds: Holds): string =>
  'rule' in holds ? holds.rule : `${basePackage}/${holds.base}`;

/** The queues that a stack has itself, by their URLs. */
export const queuesOf = ({ outputs }: Pick<Stack, 'outputs'>): readonly string[] =>
  [outputs[names.failures], outputs[names.undelivered]].filter((url) => url !== undefined);

/** What names and tags are made of. */
export interface Identity {
  readonly packageName: string;
  readonly shortName: string;
  /** Of the package. */
  readonly version: string;
  readonly rule: string;
  /** The SHA-256 of the template. */
  readonly template: string;
}

/** The tags by which the deployer knows its own stacks again. */
export const tagsOf = (
  { packageName, rule, version, template }: Identity,
  environment: string,
): Readonly<Record<string, string>> => ({
  'patrol:package': packageName,
  'patrol:rule': rule,
  'patrol:environment': environment,
  'patrol:version': version,
  'patrol:template': template,
});

/** What the name of a tag of the operator looks like, and its value: neither AWS's own nor Patrol's. */
export const tagName: RegExp = /^(?![aA][wW][sS]:|patrol:)[\p{L}\p{Z}\p{N}_.:/=+@-]+$/u;
export const tagValue: RegExp = /^[\p{L}\p{Z}\p{N}_.:/=+@-]*$/u;

/** The tag by which the stacks of a fleet are known. */
export const fleetTag = 'patrol:fleet';

/** The name of the secret that holds the value of a parameter. */
export const secretName = (stack: string, parameter: string): string =>
  `patrol/${stack}/${parameter}`;

/**
 * Stands for the ARN of a secret that does not exist yet, and is as long: Secrets Manager adds a dash and six random characters
 * to its name.
 */
export const secretArnToCome = ({ partition, region, account }: Place, name: string): string =>
  `arn:${partition}:secretsmanager:${region}:${account}:secret:${name}-random`;

/** The bucket that holds the zips of an account and region. */
export const bucketName = ({ account, region, bucket }: Place): string =>
  bucket ?? `patrol-artifacts-${account}-${region}`;

/** The same place with another bucket for the code: `{account}` and `{region}` in its name stand for those of the place. */
export const withBucket = (place: Place, bucket: string | undefined): Place =>
  bucket === undefined
    ? place
    : {
        ...place,
        bucket: bucket.replaceAll('{account}', place.account).replaceAll('{region}', place.region),
      };

/** The ARN of the role with which CloudFormation works, by its name. */
export const roleArn = ({ partition, account }: Place, name: string | undefined) =>
  name === undefined ? undefined : `arn:${partition}:iam::${account}:role/${name}`;

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
export const codeAt = (
  place: Place,
  { shortName, rule }: Pick<Identity, 'shortName' | 'rule'>,
  sha256: string,
): StoredObject => ({
  bucket: bucketName(place),
  key: `patrol/${shortName}/${rule}/${sha256}.zip`,
});

/** Where a file with names and suppressions lies. The template of a rule says the same. */
export const namesAt = (place: Place, sha256: string): StoredObject => ({
  bucket: bucketName(place),
  key: `patrol/names/${sha256}.zip`,
});

/** Where a rule's template lies when it is too large to be sent along. */
export const templateAt = (
  place: Place,
  { shortName, rule, template }: Pick<Identity, 'shortName' | 'rule' | 'template'>,
): StoredObject => ({
  bucket: bucketName(place),
  key: `patrol/${shortName}/${rule}/${template}.json`,
});
