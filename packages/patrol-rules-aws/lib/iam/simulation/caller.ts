/** Who wrote a policy, and what the record says of their request. */
import type { CloudTrailRecord } from '@patrol/core';
import { fieldsOf, textOf } from '../../request.ts';
import type { ContextEntry } from '../simulator.ts';

/** A caller, and whose permissions the caller has. */
export interface Caller {
  readonly is: 'root' | 'service' | 'principal';
  /** The user or role; `undefined` where the record names none. */
  readonly principal?: string | undefined;
  /** The ARNs that name the caller: the session's and the role's. */
  readonly arns: readonly string[];
}

const principalArn = /^arn:[^:]+:iam::\d{12}:(user|role)\/.+$/s;

/**
 * Reads a `userIdentity`. A session has at most the permissions of the role or user that issued it. No record says what a
 * session policy takes away.
 */
export function callerOf(identity: unknown): Caller {
  const given = fieldsOf(identity);
  const issuer = fieldsOf(fieldsOf(given['sessionContext'])['sessionIssuer']);
  const arn = textOf(given['arn']);
  const issuerArn = textOf(issuer['arn']);
  const arns = [arn, issuerArn].filter((value) => value !== undefined);
  if (given['type'] === 'Root') return { is: 'root', arns };
  // Only services of AWS can assume service-linked roles.
  const isService =
    given['type'] === 'AWSService' ||
    (arn === undefined && textOf(given['invokedBy']) !== undefined) ||
    /:role\/aws-service-role\//.test(issuerArn ?? '');
  if (isService) return { is: 'service', arns };
  // Without the issuer, nobody knows the path of the role. IAM says whether there is a role without a path.
  const [, partition, account, role] =
    /^arn:([^:]+):sts::(\d{12}):assumed-role\/([^/]+)\//.exec(arn ?? '') ?? [];
  const derived = role && `arn:${partition}:iam::${account}:role/${role}`;
  const principal = [issuerArn, arn, derived].find((value) => principalArn.test(value ?? ''));
  return { is: 'principal', principal, arns };
}

/** The values of the condition keys that policies most often ask for, as far as the record gives them. */
export function contextOf(record: CloudTrailRecord): readonly ContextEntry[] {
  const address = textOf(record.sourceIPAddress);
  const region = textOf(record.awsRegion);
  const mfa = fieldsOf(fieldsOf(fieldsOf(record.userIdentity)['sessionContext'])['attributes'])[
    'mfaAuthenticated'
  ];
  return [
    // The API of IAM accepts only TLS.
    { key: 'aws:SecureTransport', type: 'boolean', value: 'true' },
    ...(region ? [{ key: 'aws:RequestedRegion', type: 'string' as const, value: region }] : []),
    // For a service that calls for somebody, the record has the name of the service here.
    ...(address && /^(\d{1,3}(\.\d{1,3}){3}|[\da-f]*:[\da-f:]+)$/i.test(address)
      ? [{ key: 'aws:SourceIp', type: 'ip' as const, value: address }]
      : []),
    ...(mfa === 'true' || mfa === 'false'
      ? [{ key: 'aws:MultiFactorAuthPresent', type: 'boolean' as const, value: mfa }]
      : []),
  ];
}
