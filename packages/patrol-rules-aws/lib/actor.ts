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

/** The services that do whatever somebody asks them to: what they do is the doing of whoever asked. */
const proxies = /^(cloudcontrolapi|cloudformation|servicecatalog|ssm|states)\.amazonaws\.com$/;

/**
 * Whether a call is a service's own work, such as a lifecycle of AWS Backup or a scaling policy: rules may be quiet about it.
 * What a caller does through CloudFormation and the like is not, or a stack would be a way round every such rule.
 */
export const isServiceWork = (call: Made): boolean =>
  isServiceItself(call) ||
  (isByService(call) && !proxies.test(String(identityOf(call)['invokedBy'])));

/** Whether the caller used a long-lived access key of an IAM user, and no session. */
export function isByAccessKey(call: Made): boolean {
  const { accessKeyId } = identityOf(call);
  return typeof accessKeyId === 'string' && accessKeyId.startsWith('AKIA');
}

/** `low` for what a service does, such as CloudFormation when somebody deploys a stack; the given severity otherwise. */
export const unlessByService = (call: Made, severity: Severity): Severity =>
  isByService(call) ? 'low' : severity;

/**
 * Whether a person made the call: the root user, an IAM user, somebody who came through a sign-in (Identity Center, SAML), or
 * anybody in the console. A pipeline with the access key of an IAM user cannot be told from a person.
 */
export function isByPerson(call: Made): boolean {
  const { type, arn } = identityOf(call);
  const { sessionCredentialFromConsole }: Readonly<Record<string, unknown>> = { ...call.record };
  return (
    !isByService(call) &&
    ((typeof type === 'string' && people.has(type)) ||
      sessionCredentialFromConsole === 'true' ||
      // IAM keeps this beginning of a name for the roles of Identity Center.
      (typeof arn === 'string' && arn.includes(':assumed-role/AWSReservedSSO_')))
  );
}

const people = new Set(['Root', 'IAMUser', 'FederatedUser', 'SAMLUser', 'IdentityCenterUser']);

/** `low` for what services and roles do, such as those of a deployment; the given severity for what a person does. */
export const unlessAutomated = (call: Made, severity: Severity): Severity =>
  isByPerson(call) ? severity : 'low';

/** Whether the credentials of the caller are those that an instance of EC2 gets for its role. */
export function isByInstance(call: Made): boolean {
  const { sessionContext } = identityOf(call);
  return isObject(sessionContext) && sessionContext['ec2RoleDelivery'] !== undefined;
}
