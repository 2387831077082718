/** What the rules on IAM policies declare. `readCall.ts`, a lazy chunk, reads the calls. */
import {
  apiCall,
  type ApiCallEvent,
  type EventTrigger,
  type Pairs,
  pairs,
  type Parameter,
} from '@patrol/core';

/** The request parameters of the calls that write a policy. Any of them can be missing. */
interface PolicyRequest {
  readonly assumeRolePolicyDocument?: unknown;
  readonly path?: unknown;
  readonly policyName?: unknown;
  readonly policyArn?: unknown;
  readonly policyDocument?: unknown;
  readonly userName?: unknown;
  readonly roleName?: unknown;
  readonly groupName?: unknown;
  /** CloudTrail gives this instead of parameters that are too large for it. */
  readonly omitted?: unknown;
}

/** The answers to the calls that write a policy. */
interface PolicyResponse {
  readonly policy?: { readonly arn?: unknown };
}

/** A call that wrote an IAM policy. */
export type PolicyCallEvent = ApiCallEvent<PolicyRequest, PolicyResponse>;

const policyCallNames = [
  'CreatePolicy',
  'CreatePolicyVersion',
  'PutGroupPolicy',
  'PutRolePolicy',
  'PutUserPolicy',
] as const;

/** The name of a call that writes a policy. */
export type PolicyCallName = (typeof policyCallNames)[number];

/** The calls that write the trust policy of a role. */
export const trustCallNames = ['CreateRole', 'UpdateAssumeRolePolicy'] as const;

/** The calls of IAM that write a policy of permissions or the trust policy of a role. */
export const policyAndTrustCalls: EventTrigger<PolicyCallEvent> = apiCall('iam.amazonaws.com', [
  ...policyCallNames,
  ...trustCallNames,
]);

/** The calls of IAM that write the document of a policy of permissions. */
export const policyCalls: EventTrigger<PolicyCallEvent> = apiCall(
  'iam.amazonaws.com',
  policyCallNames,
);

/** Which policies, written by whom, are not alerted on. */
export const ignoredRolePolicy: Parameter<Pairs> = pairs(
  "The policies that are not alerted on when a certain caller writes them: the role's name and the policy's ARN or name. The first colon separates the two. An IAM user is named as user/alice, or by its ARN with . for each colon.",
  ['role', 'policy'],
  { suppresses: true, ignoreCase: true, default: '' },
);
