/** ACLs of buckets and objects that give something to everybody. */
import { type Finding, isObject } from '@patrol/core';
import { field, shown, texts } from '../../request.ts';
import { blockPublic } from './block.ts';
import { type Call, unlessBlocked, notRecorded } from './call.ts';
import { type PublicGrant, publicGrants } from './grants.ts';

/** The calls that make a bucket or an object. What they make has a private ACL where they do not say otherwise. */
const making = /^(CreateBucket|PutObject|CopyObject|CreateMultipartUpload)$/;

/** A call that sets the ACL of a bucket or of an object. */
export function setAcl(call: Call): Finding | undefined {
  const { record, where, who } = call;
  const { eventName, requestParameters: request } = record;
  const [key] = [...texts(field(request, 'key')), ...texts(field(request, 'Key'))];
  const isOfObject = !eventName.includes('Bucket');
  const what = isOfObject ? `an object in ${where}` : where;
  const grants = publicGrants(request);
  if (!grants) {
    const isPrivate = making.test(eventName) && (isObject(request) || record.errorCode);
    return isPrivate ? undefined : notRecorded('The ACL', { ...call, where: what });
  }
  if (grants.length === 0) return undefined;
  const words = grantWords(grants);
  return {
    title: `ACL makes ${what} public: ${words}, by ${who}${key === undefined ? '' : `, key ${shown(key)}`}`,
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
