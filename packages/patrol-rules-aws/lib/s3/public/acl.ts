/** ACLs of buckets and objects that give something to everybody. */
import { type Finding, isObject } from '@patrol/core';
import { field, texts } from '../../request.ts';
import { blockPublic } from './block.ts';
import { type Call, unlessBlocked, notRecorded } from './call.ts';
import { type PublicGrant, publicGrants } from './grants.ts';

/** A call that sets the ACL of a bucket or of an object. */
export function setAcl(call: Call): Finding | undefined {
  const { record, where, who } = call;
  const { eventName, requestParameters: request } = record;
  const [key] = [...texts(field(request, 'key')), ...texts(field(request, 'Key'))];
  const what =
    eventName === 'PutObjectAcl' ? `object ${key ?? 'without a key'} in ${where}` : where;
  const grants = publicGrants(request);
  // A new bucket has a private ACL where the call does not say otherwise.
  if (!grants) {
    const isPrivate = eventName === 'CreateBucket' && (isObject(request) || record.errorCode);
    return isPrivate ? undefined : notRecorded('The ACL', { ...call, where: what });
  }
  if (grants.length === 0) return undefined;
  const words = grantWords(grants);
  return {
    title: `ACL makes ${what} public: ${words}, by ${who}`,
    summary: `The ACL that ${who} set gives ${words}, on ${what}. ${unlessBlocked('IgnorePublicAcls')}`,
    severity: grants.every(({ permission }) => permission.startsWith('READ')) ? 'high' : 'critical',
    facts: { grants: words, ...(key === undefined ? {} : { key }) },
    undo: blockPublic(call),
  };
}

/** `READ and WRITE to anybody, READ to any AWS account`. */
const grantWords = (grants: readonly PublicGrant[]): string =>
  [...new Set(grants.map(({ grantee }) => grantee))]
    .map((grantee) => {
      const permissions = grants.filter((grant) => grant.grantee === grantee);
      return `${[...new Set(permissions.map(({ permission }) => permission))].join(' and ')} to ${grantee}`;
    })
    .join(', ');
