/** `patrol-deploy doctor --policy`: the permissions that deploying needs. Makes no calls to AWS. */
import { UsageError } from '../text/errors.ts';
import { partitionOf } from '../cloud/partitions.ts';
import { policy, type PolicyName, policyNames } from '../doctor/permissions.ts';
import type { World } from './world.ts';

/** Prints one policy as IAM takes it, or all of them by their names. */
export function printPolicy(
  name: string | true,
  region: string | undefined,
  { streams }: World,
): number {
  const scope = { partition: partitionOf(region ?? ''), region: region ?? '*', account: '*' };
  const document =
    name === true
      ? Object.fromEntries(policyNames.map((each) => [each, policy(each, scope)]))
      : policy(named(name), scope);
  streams.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  return 0;
}

function named(name: string): PolicyName {
  const found = policyNames.find((each) => each === name);
  if (found) return found;
  throw new UsageError(
    `--policy expects one of ${policyNames.join(', ')}, or no value for all; found ${JSON.stringify(name)}.`,
  );
}
