/**
 * Reads access control lists of S3 from CloudTrail records: a canned ACL in a header, grants in headers, or grants in the
 * body. Facts are those of the S3 user guide, "Access control list (ACL) overview".
 */
import { isObject } from '@patrol/core';
import { field, listOf, lookUp, shown, texts } from '../../request.ts';
import { grantHeaders, type publicAcls } from './headers.ts';

/** A permission that an ACL gives to more than named accounts. */
export interface PublicGrant {
  /** `READ`, `WRITE`, `READ_ACP`, `WRITE_ACP` or `FULL_CONTROL`. */
  readonly permission: string;
  readonly grantee: 'anybody' | 'any AWS account';
}

const read = { permission: 'READ', grantee: 'anybody' } as const;

const publicGrantsOf: Readonly<Record<(typeof publicAcls)[number], readonly PublicGrant[]>> = {
  'public-read': [read],
  'public-read-write': [read, { permission: 'WRITE', grantee: 'anybody' }],
  'authenticated-read': [{ permission: 'READ', grantee: 'any AWS account' }],
};

/** The canned ACLs that give nothing to more than named accounts. */
const privateAcls: ReadonlySet<string> = new Set([
  'private',
  'aws-exec-read',
  'bucket-owner-read',
  'bucket-owner-full-control',
  'log-delivery-write',
]);

/**
 * The public grants of the ACL that a request sets; `undefined` when the record holds no ACL.
 *
 * @param request the request parameters. Records put the headers beside the body or below `accessControlList`.
 * @throws when there is an ACL that cannot be read.
 */
export function publicGrants(request: unknown): readonly PublicGrant[] | undefined {
  const body = field(request, 'AccessControlPolicy');
  const given = [
    ...headersOf(request).flatMap(({ name, value }) => ofHeader(name, value)),
    ...headersOf(field(request, 'accessControlList')).flatMap(({ name, value }) =>
      ofHeader(name, value),
    ),
    ...(body === undefined ? [] : [ofBody(body)]),
  ];
  return given.length === 0 ? undefined : given.flat();
}

const headersOf = (value: unknown): readonly { name: string; value: unknown }[] =>
  isObject(value)
    ? Object.entries(value).map(([name, inner]) => ({ name: name.toLowerCase(), value: inner }))
    : [];

/** The public grants of a header, one list for each of its texts; none for a header that is not about an ACL. */
function ofHeader(name: string, value: unknown): readonly (readonly PublicGrant[])[] {
  const permission = grantHeaders.get(name);
  if (name !== 'x-amz-acl' && permission === undefined) return [];
  const found = texts(value);
  if (found.length === 0) throw new Error(`expected a text in ${name}, found ${shown(value)}`);
  return found.map((text) =>
    permission === undefined ? ofCanned(text) : ofList(permission, text),
  );
}

function ofCanned(name: string): readonly PublicGrant[] {
  const grants = lookUp(publicGrantsOf, name);
  if (grants) return grants;
  if (!privateAcls.has(name))
    throw new Error(`expected the name of a canned ACL, found ${shown(name)}`);
  return [];
}

/** The grantees of a header: `uri="http://acs.amazonaws.com/groups/global/AllUsers", id="…"`, with quotes or without. */
const ofList = (permission: string, text: string): readonly PublicGrant[] =>
  [...text.matchAll(/\buri\s*=\s*["']?([^"',\s]+)/gi)].flatMap(([, uri]) =>
    ofGroup(permission, uri),
  );

function ofBody(body: unknown): readonly PublicGrant[] {
  const list = field(body, 'AccessControlList') ?? '';
  if (!isObject(body) || !(list === '' || isObject(list))) {
    throw new Error(
      `expected an AccessControlPolicy with an AccessControlList, found ${shown(body)}`,
    );
  }
  return listOf(field(list, 'Grant')).flatMap((grant) => {
    const grantee = field(grant, 'Grantee');
    const permission = field(grant, 'Permission');
    if (!isObject(grantee) || typeof permission !== 'string') {
      throw new Error(`expected a Grant with a Grantee and a Permission, found ${shown(grant)}`);
    }
    return ofGroup(permission, field(grantee, 'URI'));
  });
}

/** The groups with more than named accounts, by the end of their URI. All other groups are services of AWS. */
const groups: ReadonlyMap<string, PublicGrant['grantee']> = new Map([
  ['allusers', 'anybody'],
  ['authenticatedusers', 'any AWS account'],
]);

function ofGroup(permission: string, uri: unknown): readonly PublicGrant[] {
  const group = /\/groups\/global\/(\w+)\/?$/i.exec(typeof uri === 'string' ? uri : '')?.[1];
  const grantee = groups.get(group?.toLowerCase() ?? '');
  return grantee === undefined ? [] : [{ permission, grantee }];
}
