/** What the artifact bucket must be, and what it lacks. Pure. */
import type { BucketProtection, BucketSetting, Place } from './cloud.ts';

/** The statement that refuses requests without TLS. */
const tlsOnly = (bucket: string, partition: string): unknown => ({
  Sid: 'PatrolTlsOnly',
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: [`arn:${partition}:s3:::${bucket}`, `arn:${partition}:s3:::${bucket}/*`],
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
});

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
  if (!found.policy?.includes('aws:SecureTransport')) {
    const policy = found.policy ? JSON.parse(found.policy) : { Version: '2012-10-17' };
    const statements = [policy.Statement ?? [], tlsOnly(name, partition)].flat();
    settings.push({ set: 'policy', policy: JSON.stringify({ ...policy, Statement: statements }) });
  }
  return settings;
}
