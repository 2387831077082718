/** Who made a call: somebody, an AWS service for somebody, or an AWS service by itself. */
import { type CloudTrailRecord, isObject, type Severity } from '@patrol/core';

/** A call, as far as it says who made it. */
interface Made {
  readonly record: CloudTrailRecord;
}

const identityOf = ({ record: { userIdentity } }: Made): Readonly<Record<string, unknown>> =>
  isObject(userIdentity) ? userIdentity : {};

/** Whether an AWS service made the call by itself, perhaps in its service-linked role. Nobody else can have such a role. */
export function isServiceItself(call: Made): boolean {
  const { type, sessionContext } = identityOf(call);
  const issuer = isObject(sessionContext) ? sessionContext['sessionIssuer'] : undefined;
  const role = isObject(issuer) ? issuer['arn'] : undefined;
  return (
    type === 'AWSService' ||
    call.record.eventType === 'AwsServiceEvent' ||
    // IAM keeps this path for service-linked roles. Their names alone are free for all.
    (typeof role === 'string' && /^arn:[^:]*:iam::\d*:role\/aws-service-role\//.test(role))
  );
}

/** Whether an AWS service made the call, by itself or for somebody. Older records say `signin` of whoever uses the console. */
export function isByService(call: Made): boolean {
  const { invokedBy } = identityOf(call);
  return (
    isServiceItself(call) ||
    (typeof invokedBy === 'string' && /(?<!^signin)\.amazonaws\.com(\.cn)?$/.test(invokedBy))
  );
}

/** Whether the caller used a long-lived access key of an IAM user, and no session. */
export function isByAccessKey(call: Made): boolean {
  const { accessKeyId } = identityOf(call);
  return typeof accessKeyId === 'string' && accessKeyId.startsWith('AKIA');
}

/** `low` for what a service does, such as CloudFormation when somebody deploys a stack; the given severity otherwise. */
export const unlessByService = (call: Made, severity: Severity): Severity =>
  isByService(call) ? 'low' : severity;
