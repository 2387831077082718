import { newAccessPoint, setAccessPointPolicy } from './accessPoint.ts';
import { setAcl } from './acl.ts';
import { removedBlock, setBlock } from './block.ts';
import { newBucket, removedOwnership, setOwnership } from './ownership.ts';
import { setPolicy } from './policy.ts';

/**
 * The functions that read from the record of a call whether it makes an S3 bucket public, or removes what prevents that. Each
 * returns a finding, or `undefined` when the call gives nothing away, and throws for what it cannot read. The rule says which
 * function reads which call, and loads this module as a chunk.
 *
 * Facts are those of the S3 user guide: "Access control list (ACL) overview", "Blocking public access to your Amazon S3
 * storage", "Controlling ownership of objects and disabling ACLs for your bucket", "Managing public access to access points".
 */
export const readers = {
  newAccessPoint,
  newBucket,
  removedBlock,
  removedOwnership,
  setAccessPointPolicy,
  setAcl,
  setBlock,
  setOwnership,
  setPolicy,
};

export type Reader = keyof typeof readers;
