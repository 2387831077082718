/** The object ownership of buckets: whether ACLs count at all. */
import type { Finding, Severity } from '@patrol/core';
import { unlessAutomated } from '../../actor.ts';
import { field, listOf, shown, texts } from '../../request.ts';
import { awsCommand } from '../../undo.ts';
import { type Call, notRecorded } from './call.ts';
import { setAcl } from './acl.ts';

/** The settings under which ACLs count. */
const withAcls = ['BucketOwnerPreferred', 'ObjectWriter'];

/** A call that sets the object ownership of a bucket. Deployments of buckets for logs do. A public ACL is an alert of its own. */
export function setOwnership(call: Call): Finding | undefined {
  const controls = field(call.record.requestParameters, 'OwnershipControls');
  if (controls === undefined) return notRecorded('The object ownership', call);
  const rules = listOf(field(controls, 'Rule') ?? field(controls, 'Rules'));
  const ownerships = rules.flatMap((rule) => texts(field(rule, 'ObjectOwnership')));
  if (ownerships.length === 0 || ownerships.length < rules.length) {
    throw new Error(
      `expected OwnershipControls with a Rule and its ObjectOwnership, found ${shown(controls)}`,
    );
  }
  return ownership(call, ownerships, unlessAutomated(call, 'medium'));
}

/** A new bucket is private, and has its ACLs disabled, where the call does not say otherwise. */
export const newBucket = (call: Call): Finding | undefined =>
  setAcl(call) ??
  ownership(call, texts(field(call.record.requestParameters, 'x-amz-object-ownership')), 'low');

/** The command that disables the ACLs of a bucket. */
const disableAcls = ({ bucket, record }: Call): readonly string[] | undefined =>
  awsCommand('s3api put-bucket-ownership-controls', {
    bucket,
    'ownership-controls': 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]',
    region: record.awsRegion,
  });

function ownership(
  call: Call,
  ownerships: readonly string[],
  severity: Severity,
): Finding | undefined {
  const { where, who, record } = call;
  const [setting] = ownerships.filter((name) => name !== 'BucketOwnerEnforced');
  if (setting === undefined) return undefined;
  if (!withAcls.includes(setting)) {
    throw new Error(
      `expected BucketOwnerEnforced, ${withAcls.join(' or ')} as the object ownership, found ${shown(setting)}`,
    );
  }
  return {
    title: `ACLs of ${where} enabled by ${who} (${setting})`,
    summary:
      `The object ownership of ${where} was set to ${setting} by ${who}${record.eventName === 'CreateBucket' ? ', who created it' : ''}. ` +
      'ACLs count from now on: one of the bucket or of an object can make it public.',
    severity,
    facts: { objectOwnership: setting },
    undo: disableAcls(call),
  };
}

/**
 * A call that deletes the object ownership of a bucket. S3 disables the ACLs of new buckets by `BucketOwnerEnforced`.
 * Without it, a bucket is as buckets were before that setting (API reference, GetBucketOwnershipControls).
 */
export function removedOwnership(call: Call): Finding {
  const { where, who } = call;
  return {
    title: `ACLs of ${where} enabled by ${who}`,
    summary: `The object ownership of ${where} was deleted by ${who}. S3 counts the ACLs of a bucket without it, and those of its objects.`,
    severity: unlessAutomated(call, 'medium'),
    undo: disableAcls(call),
  };
}
