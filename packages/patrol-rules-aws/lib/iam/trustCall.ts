/** Reads calls that write the trust policy of a role that the operator named. Rules load this module as a chunk. */
import { actor, type Finding, type Pairs } from '@patrol/core';
import { arnsOverlap } from './arn.ts';
import type { PolicyCallEvent } from './calls.ts';
import { type Glob, parseGlob } from './glob.ts';
import { type Policy, parsePolicy } from './policy.ts';
import { namesOf, resourceOf, unseen } from './readCall.ts';
import { fieldsOf, textOf } from '../request.ts';
import { awsCommand } from '../undo.ts';
import { listed } from '../words.ts';

/**
 * The finding about a call that says who may use a role with one of the given ARNs. None where the new trust policy allows
 * nobody: then access can only have been taken away.
 *
 * @param ignored mutes alerts by the caller's name and the ARN of the role.
 * @throws PolicyError for a document that cannot be read.
 */
export function trustGiven(
  { detail, account }: PolicyCallEvent,
  named: readonly string[],
  ignored: Pairs,
): Finding | undefined {
  const caller = actor(detail.userIdentity);
  const request = fieldsOf(detail.requestParameters);
  const created = textOf(fieldsOf(fieldsOf(detail.responseElements)['role'])['arn']);
  const name = textOf(request['roleName']) ?? resourceOf(detail.errorMessage)['role'];
  const isNew = detail.eventName === 'CreateRole';
  const path = textOf(request['path']) ?? '/';
  const partition = /^arn:([\w-]+):/.exec(caller.arn ?? '')?.[1] ?? 'aws';
  const arn =
    created ??
    (name === undefined
      ? undefined
      : `arn:${partition}:iam::${detail.recipientAccountId ?? account}:role${path}${name}`);
  const items = arn === undefined ? [] : named.filter((item) => isNamed(item, arn, isNew));
  const who = caller.description;
  const what = `trust policy of ${name === undefined ? 'a role' : `role ${name}`}`;
  const about = (finding: Finding): Finding => ({
    ...finding,
    facts: { ...(name === undefined ? {} : { role: name }), ...finding.facts },
    targets: [{ type: 'AWS::IAM::Role', id: arn }],
    group: detail.eventName,
    undo: isNew ? awsCommand('iam delete-role', { 'role-name': name }) : undefined,
    suppression: ignored.suppression(namesOf(caller)[0], arn),
    suppressedBy: ignored.find(namesOf(caller), [arn]),
  });
  const document = request['policyDocument'] ?? request['assumeRolePolicyDocument'] ?? undefined;
  if (document === undefined) {
    return items.length > 0 || 'omitted' in request ? about(unseen(what, who, request)) : undefined;
  }
  const principals = items.length > 0 ? allowedIn(parsePolicy(document)) : [];
  if (principals.length === 0) return undefined;
  return about({
    title: `Access to ${listed(items, 3)} granted by ${who} in ${what}`,
    summary: `${who} wrote the ${what}, which lets in ${listed(principals, 5)} and so gives access to ${listed(items)}.`,
    facts: { resource: listed(items), letsIn: listed(principals) },
  });
}

/** Whether an ARN of the operator's can be that of a role. Only the record of a role's creation has the path of the role. */
function isNamed(item: string, arn: string, isPathKnown: boolean): boolean {
  const glob = (text: string): Glob => parseGlob(text, { fold: true }).glob;
  // A name is in one path only. What is named by its path alone can be any role.
  const withoutPath = item.replace(/:role\/.*\/(?!\*?$)/s, ':role/');
  return [item, ...(isPathKnown ? [] : [withoutPath])].some((each) =>
    arnsOverlap(glob(each), glob(arn)),
  );
}

/** Whom a trust policy lets in, as it names them. */
const allowedIn = ({ statements }: Policy): readonly string[] =>
  statements
    .filter(({ effect }) => effect === 'Allow')
    .flatMap(({ principals }) =>
      principals?.except
        ? [`everybody but ${listed(principals.list.map(({ id }) => id))}`]
        : (principals?.list.map(({ id }) => (id === '*' ? 'everybody' : id)) ?? []),
    );
