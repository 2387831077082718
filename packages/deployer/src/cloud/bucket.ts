/** What the artifact bucket must be, and what it lacks. Pure. */
import { isObject } from '@patrol/core';
import type { BucketProtection, BucketSetting, Place } from './cloud.ts';

/** The ARNs of a bucket and of its objects. */
const arnsOf = (bucket: string, partition: string): readonly string[] => [
  `arn:${partition}:s3:::${bucket}`,
  `arn:${partition}:s3:::${bucket}/*`,
];

/** The statement that refuses requests without TLS, whatever the ARNs of the bucket and of its objects are written as. */
export const tlsOnly = (Resource: readonly unknown[]): Readonly<Record<string, unknown>> => ({
  // By which it is known again in a policy, where it may stand once only.
  Sid: 'PatrolTlsOnly',
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource,
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
});

/** All that S3 has against public access. */
export const publicAccessBlock = {
  BlockPublicAcls: true,
  BlockPublicPolicy: true,
  IgnorePublicAcls: true,
  RestrictPublicBuckets: true,
} as const;

/** Whether a statement refuses all requests without TLS, whoever wrote it. */
function isTlsOnly(statement: unknown, bucket: string, partition: string): boolean {
  if (!isObject(statement)) return false;
  const { Effect, Principal, Action, Resource, Condition } = statement;
  const principal = isObject(Principal) ? Principal['AWS'] : Principal;
  const holds = (field: unknown, ...wanted: readonly string[]): boolean =>
    wanted.every((each) => [field].flat().includes(each));
  return (
    Effect === 'Deny' &&
    holds(principal, '*') &&
    holds(Action, 's3:*') &&
    holds(Resource, ...arnsOf(bucket, partition)) &&
    // One more condition would let more through.
    /^\{"Bool":\{"aws:SecureTransport":\[?"?false"?\]?\}\}$/.test(JSON.stringify(Condition))
  );
}

/**
 * What must still be set on a bucket, in order: also completes a bucket whose creation was cut short. What an operator
 * set stays: the statement on TLS is added to a policy that is there.
 */
export function missingSettings(
  name: string,
  { partition }: Pick<Place, 'partition'>,
  found: BucketProtection,
): readonly BucketSetting[] {
  const settings: BucketSetting[] = [];
  if (!found.private) settings.push({ set: 'private' });
  if (!found.ownerEnforced) settings.push({ set: 'ownership' });
  if (!found.encrypted) settings.push({ set: 'encryption' });
  if (!found.versioned) settings.push({ set: 'versioning' });
  const isThere = (each: unknown): boolean => isTlsOnly(each, name, partition);
  const policy = withStatement(found.policy, tlsOnly(arnsOf(name, partition)), isThere);
  return [...settings, ...policy];
}

/** Adds a statement to a policy, in the place of an earlier one with the same `Sid`, unless what it says is there. */
export function withStatement(
  policy: string | undefined,
  statement: Readonly<Record<string, unknown>>,
  isThere: (each: unknown) => boolean,
): readonly BucketSetting[] {
  const whole = policy ? JSON.parse(policy) : { Version: '2012-10-17' };
  const statements: readonly unknown[] = [whole.Statement ?? []].flat();
  if (statements.some(isThere)) return [];
  const others = statements.filter((each) => !isObject(each) || each['Sid'] !== statement['Sid']);
  const Statement = [...others, statement];
  return [{ set: 'policy', policy: JSON.stringify({ ...whole, Statement }) }];
}
