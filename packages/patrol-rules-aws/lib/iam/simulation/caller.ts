/** Who wrote a policy, and what the record says of their request. */
import type { CloudTrailRecord } from '@patrol/core';
import { fieldsOf, textOf } from '../../request.ts';
import type { ContextEntry } from '../simulator.ts';

/** Whose permissions are those of a caller. */
export interface Caller {
  readonly is: 'root' | 'service' | 'principal';
  /** The user or role; `undefined` where the record names none. */
  readonly principal?: string | undefined;
  /** The ARNs that name the caller: the session's and the role's. */
  readonly arns: readonly string[];
}

const principalArn = /^arn:[^:]+:iam::\d{12}:(user|role)\/.+$/s;

/**
 * Reads a `userIdentity`. A session has the permissions of the role or user that issued it, at most: what a session
 * policy takes away is in no record.
 */
export function callerOf(identity: unknown): Caller {
  const given = fieldsOf(identity);
  const issuer = fieldsOf(fieldsOf(given['sessionContext'])['sessionIssuer']);
  const arn = textOf(given['arn']);
  const issuerArn = textOf(issuer['arn']);
  const arns = [arn, issuerArn].filter((value) => value !== undefined);
  if (given['type'] === 'Root') return { is: 'root', arns };
  // Only AWS's services can assume service-linked roles.
  const isService =
    given['type'] === 'AWSService' ||
    (arn === undefined && textOf(given['invokedBy']) !== undefined) ||
    /:role\/aws-service-role\//.test(issuerArn ?? '');
  if (isService) return { is: 'service', arns };
  // Where the issuer is not recorded the path of the role is not known: IAM says whether there is one without.
  const [, partition, account, role] =
    /^arn:([^:]+):sts::(\d{12}):assumed-role\/([^/]+)\//.exec(arn ?? '') ?? [];
  const derived = role && `arn:${partition}:iam::${account}:role/${role}`;
  const principal = [issuerArn, arn, derived].find((value) => principalArn.test(value ?? ''));
  return { is: 'principal', principal, arns };
}

/** What the record says of the keys that conditions in the caller's policies most often ask for. */
export function contextOf(record: CloudTrailRecord): readonly ContextEntry[] {
  const address = textOf(record.sourceIPAddress);
  const region = textOf(record.awsRegion);
  const mfa = fieldsOf(fieldsOf(fieldsOf(record.userIdentity)['sessionContext'])['attributes'])[
    'mfaAuthenticated'
  ];
  return [
    // IAM's API is served over TLS only.
    { key: 'aws:SecureTransport', type: 'boolean', value: 'true' },
    ...(region ? [{ key: 'aws:RequestedRegion', type: 'string' as const, value: region }] : []),
    // A service that calls for somebody stands here by its name.
    ...(address && /^(\d{1,3}(\.\d{1,3}){3}|[\da-f]*:[\da-f:]+)$/i.test(address)
      ? [{ key: 'aws:SourceIp', type: 'ip' as const, value: address }]
      : []),
    ...(mfa === 'true' || mfa === 'false'
      ? [{ key: 'aws:MultiFactorAuthPresent', type: 'boolean' as const, value: mfa }]
      : []),
  ];
}
