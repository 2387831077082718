/** CloudTrail records of the calls that write an IAM policy, for tests. */
import type { PolicyCallName } from '../lib/iam/calls.ts';
import { apiCallRecord } from '@patrol/core/testing';

type Fields = Readonly<Record<string, unknown>>;

/** The record of a call that writes a policy, with its usual request and answer. IAM records in us-east-1. */
export function policyCall(
  eventName: PolicyCallName,
  policyDocument: unknown,
  fields: Fields = {},
): Fields {
  const { request, response } = calls[eventName];
  return apiCallRecord('iam.amazonaws.com', eventName, {
    awsRegion: 'us-east-1',
    requestParameters: { ...request, policyDocument },
    responseElements: response,
    ...fields,
  });
}

const policyArn = 'arn:aws:iam::111122223333:policy/teams/support';

const calls = {
  CreatePolicy: {
    request: { policyName: 'support', path: '/teams/' },
    response: {
      policy: {
        policyName: 'support',
        policyId: 'ANPAEXAMPLESUPPORT01',
        arn: policyArn,
        path: '/teams/',
        defaultVersionId: 'v1',
        attachmentCount: 0,
        permissionsBoundaryUsageCount: 0,
        isAttachable: true,
        createDate: 'Nov 20, 2026 8:30:17 AM',
        updateDate: 'Nov 20, 2026 8:30:17 AM',
      },
    },
  },
  CreatePolicyVersion: {
    request: { policyArn, setAsDefault: true },
    response: {
      policyVersion: {
        versionId: 'v2',
        isDefaultVersion: true,
        createDate: 'Nov 20, 2026 8:30:17 AM',
      },
    },
  },
  PutGroupPolicy: { request: { groupName: 'staff', policyName: 'support' }, response: null },
  PutRolePolicy: { request: { roleName: 'Deploy', policyName: 'support' }, response: null },
  PutUserPolicy: { request: { userName: 'bob', policyName: 'support' }, response: null },
} as const satisfies Readonly<Record<PolicyCallName, object>>;

/** The fields that CloudTrail writes when request parameters are too large for it. */
export const omitted = {
  requestParameters: {
    reason: 'requestParameters too large',
    omitted: true,
    originalSize: 120_447,
  },
};
