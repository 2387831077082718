import type { Finding, Matchers } from '@patrol/core';
import { bucketCall, type BucketRecord } from '../bucket.ts';
import { newAccessPoint, setAccessPointPolicy } from './accessPoint.ts';
import { setAcl } from './acl.ts';
import { removedBlock, setBlock } from './block.ts';
import {
  detachedOrganizationPolicy,
  disabledOrganizationPolicies,
  setOrganizationPolicy,
} from './organization.ts';
import { newBucket, removedOwnership, setOwnership } from './ownership.ts';
import { setPolicy } from './policy.ts';

const readers = {
  detachedOrganizationPolicy,
  disabledOrganizationPolicies,
  newAccessPoint,
  newBucket,
  removedBlock,
  removedOwnership,
  setAccessPointPolicy,
  setAcl,
  setBlock,
  setOrganizationPolicy,
  setOwnership,
  setPolicy,
};

/** The name of a function that reads from a record whether the call makes something public, or removes what prevents that. */
export type Reader = keyof typeof readers;

/**
 * Reads from a record whether its call makes an S3 bucket or object public, or removes what prevents that. `calls.ts` says which
 * function reads which call; the rule loads this module as a chunk.
 *
 * Facts are those of the S3 user guide: "Access control list (ACL) overview", "Blocking public access to your Amazon S3
 * storage", "Controlling ownership of objects and disabling ACLs for your bucket", "Managing public access to access points".
 *
 * @returns `undefined` when the call gives nothing away.
 * @throws for what cannot be read.
 */
export function readCall(
  reader: Reader,
  record: BucketRecord,
  filter: Matchers,
): Finding | undefined {
  const { found, ...call } = bucketCall(record, filter);
  const finding = readers[reader]({ record, ...call });
  return finding && found(finding);
}
