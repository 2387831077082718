/**
 * The calls that make a bucket or an object public, or remove what prevents that: each with the function that reads it, and the
 * pattern by which they are delivered.
 */
import { apiCall, type EventPattern } from '@patrol/core';
import { lookUp, namesIn } from '../../request.ts';
import { grantHeaders, publicAcls } from './headers.ts';
import type { Reader } from './readers.ts';

type Table = Readonly<Record<string, Reader>>;

const onBuckets = {
  CreateAccessPoint: 'newAccessPoint',
  CreateBucket: 'newBucket',
  CreateMultiRegionAccessPoint: 'newAccessPoint',
  DeleteAccountPublicAccessBlock: 'removedBlock',
  DeleteBucketOwnershipControls: 'removedOwnership',
  DeleteBucketPublicAccessBlock: 'removedBlock',
  PutAccessPointPolicy: 'setAccessPointPolicy',
  PutAccessPointPolicyForObjectLambda: 'setAccessPointPolicy',
  PutAccountPublicAccessBlock: 'setBlock',
  PutBucketAcl: 'setAcl',
  PutBucketOwnershipControls: 'setOwnership',
  PutBucketPolicy: 'setPolicy',
  PutBucketPublicAccessBlock: 'setBlock',
  PutMultiRegionAccessPointPolicy: 'setAccessPointPolicy',
  // A data event: delivered where a trail records those of the bucket.
  PutObjectAcl: 'setAcl',
} as const satisfies Table;

/** Data events of which only those with a public ACL are delivered. A bucket may have millions of the others. */
const onObjects = {
  CopyObject: 'setAcl',
  CreateMultipartUpload: 'setAcl',
  PutObject: 'setAcl',
} as const satisfies Table;

/** Calls on policies of an organisation. Only those are delivered that are about S3 policies. */
const onPolicies = {
  CreatePolicy: 'setOrganizationPolicy',
  DisablePolicyType: 'disabledOrganizationPolicies',
  UpdatePolicy: 'setOrganizationPolicy',
} as const satisfies Table;

/** A call on a policy of an organisation whose record does not tell the type of the policy. */
const onAnyPolicy = { DetachPolicy: 'detachedOrganizationPolicy' } as const satisfies Table;

const all = { ...onBuckets, ...onObjects, ...onPolicies, ...onAnyPolicy };

/** The function that reads a call. */
export const readerOf = (eventName: string): Reader | undefined => lookUp<Reader>(all, eventName);

const headers: readonly EventPattern[] = [
  { 'x-amz-acl': publicAcls },
  ...[...grantHeaders.keys()]
    // This one is for buckets only.
    .filter((header) => header !== 'x-amz-grant-write')
    .map((header) => ({ [header]: [{ wildcard: '*/groups/global/*' }] })),
];

const s3 = 's3.amazonaws.com';
const organizations = 'organizations.amazonaws.com';
const s3Policies = ['S3_POLICY'];

const { pattern } = apiCall(s3, namesIn(onBuckets));

/** What the pattern of calls asks of the record. */
const detailOf = (calls: { readonly pattern: EventPattern }): EventPattern =>
  calls.pattern['detail'] as EventPattern;

/** The pattern of all these calls. */
export const callsThatMayOpen: EventPattern = {
  ...pattern,
  detail: {
    $or: [
      detailOf({ pattern }),
      {
        ...detailOf(apiCall(s3, namesIn(onObjects))),
        requestParameters: {
          // Records have the headers beside the key, or below `accessControlList`.
          $or: [...headers, { accessControlList: { $or: headers } }],
        },
      },
      detailOf(apiCall(organizations, namesIn(onAnyPolicy))),
      {
        ...detailOf(apiCall(organizations, namesIn(onPolicies))),
        $or: [
          { requestParameters: { policyType: s3Policies } },
          { requestParameters: { content: [{ wildcard: '*s3_attributes*' }] } },
          { responseElements: { policy: { policySummary: { type: s3Policies } } } },
        ],
      },
    ],
  },
};
