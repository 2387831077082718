/**
 * Reads calls that write an IAM policy: who wrote which policy, and its content. Rules load this module as a chunk, together
 * with the functions that find what a policy gives.
 */
import { type Actor, actor, type Finding, type Pairs } from '@patrol/core';
import type { PolicyCallEvent, PolicyCallName } from './calls.ts';
import type { Grant } from './grants.ts';
import { parsePolicy, type Policy } from './policy.ts';
import { fieldsOf, lookUp, textOf } from '../request.ts';
import { awsCommand } from '../undo.ts';
import { capital, listed } from '../words.ts';

export { administratorBut, allActions, grantsOn, isActionAmong } from './grants.ts';
export { listed } from '../words.ts';

/** A call that wrote a policy, as a rule sees it. */
export interface PolicyCall {
  /** Who called, for a sentence. */
  readonly who: string;
  /** The policy, for a sentence: `inline policy "admin" of user alice`. */
  readonly what: string;
  /** The policy itself; `undefined` where the record does not hold it. */
  readonly policy: Policy | undefined;
  /**
   * Adds to a finding what all findings about this call have: facts, target, command that undoes it, and whether it is
   * muted.
   */
  readonly about: (finding: Finding) => Finding;
  /** The finding that nobody knows what the policy says. */
  readonly unseen: () => Finding;
}

/**
 * Reads a call that wrote a policy.
 *
 * @param ignored mutes alerts by the caller's name and the policy's ARN or name, where the rule has such a parameter.
 * @throws PolicyError for a document that cannot be read.
 */
export function readPolicyCall({ detail }: PolicyCallEvent, ignored?: Pairs): PolicyCall {
  const caller = actor(detail.userIdentity);
  const request = fieldsOf(detail.requestParameters);
  const inMessage = resourceOf(detail.errorMessage);
  const arn =
    textOf(fieldsOf(fieldsOf(detail.responseElements)['policy'])['arn']) ??
    textOf(request['policyArn']) ??
    (inMessage['policy']?.startsWith('arn:') ? inMessage['policy'] : undefined);
  const name = textOf(request['policyName']) ?? (arn ?? inMessage['policy'])?.replace(/^.*\//s, '');
  const kind = /^Put(User|Role|Group)Policy$/.exec(detail.eventName)?.[1]?.toLowerCase();
  const holder = kind && (textOf(request[`${kind}Name`]) ?? inMessage[kind]);
  const quoted = name === undefined ? undefined : JSON.stringify(name);
  const what = kind
    ? `${quoted ? `inline policy ${quoted}` : 'an inline policy'} of ${holder === undefined ? `a ${kind}` : `${kind} ${holder}`}`
    : `${detail.eventName === 'CreatePolicyVersion' ? 'a new version of ' : ''}${(arn ?? quoted) ? `policy ${arn ?? quoted}` : 'a policy'}`;
  const about = (finding: Finding): Finding => ({
    ...finding,
    facts: {
      ...(name === undefined ? {} : { policy: name }),
      ...(arn === undefined ? {} : { policyArn: arn }),
      ...(kind && holder !== undefined ? { [kind]: holder } : {}),
      ...finding.facts,
    },
    targets: [
      kind
        ? { type: `AWS::IAM::${capital(kind)}`, id: holder }
        : { type: 'AWS::IAM::ManagedPolicy', id: arn ?? name },
    ],
    group: detail.eventName,
    undo: lookUp(
      undoing,
      detail.eventName,
    )?.({
      request,
      response: detail.responseElements,
      arn,
    }),
    suppression: ignored?.suppression(namesOf(caller)[0], arn ?? name),
    suppressedBy: ignored?.find(namesOf(caller), [arn, name]),
  });
  const who = caller.description;
  const document = request['policyDocument'] ?? undefined;
  return {
    who,
    what,
    policy: document === undefined ? undefined : parsePolicy(document),
    about,
    unseen: () => about(unseen(what, who, request)),
  };
}

/**
 * The names by which an operator can name a caller: a role by its name, a user as `user/NAME` or by its ARN. So no user can
 * pass for a role. The name of a federated session does not count, since the session chose it.
 */
export function namesOf({ type, name, arn }: Actor): readonly (string | null)[] {
  if (type === 'AssumedRole' || type === 'Role') return [name];
  return type === 'IAMUser' ? [name && `user/${name}`, arn] : [];
}

/** A call that wrote a policy, for the command that removes the policy. */
interface Written {
  readonly request: Readonly<Record<string, unknown>>;
  readonly response: unknown;
  readonly arn: string | undefined;
}

const deleteInline =
  (holder: 'user' | 'role' | 'group') =>
  ({ request }: Written): readonly string[] | undefined =>
    awsCommand(`iam delete-${holder}-policy`, {
      [`${holder}-name`]: textOf(request[`${holder}Name`]),
      'policy-name': textOf(request['policyName']),
    });

/**
 * The commands that remove what a call wrote. IAM keeps no earlier inline policy of the same name, and a record does not say
 * which version of a policy was the default before.
 */
const undoing: Readonly<
  Record<PolicyCallName, (written: Written) => readonly string[] | undefined>
> = {
  CreatePolicy: ({ arn }) => awsCommand('iam delete-policy', { 'policy-arn': arn }),
  CreatePolicyVersion: ({ response, arn }) => {
    const { versionId, isDefaultVersion } = fieldsOf(fieldsOf(response)['policyVersion']);
    return isDefaultVersion === false
      ? awsCommand('iam delete-policy-version', {
          'policy-arn': arn,
          'version-id': textOf(versionId),
        })
      : undefined;
  },
  PutGroupPolicy: deleteInline('group'),
  PutRolePolicy: deleteInline('role'),
  PutUserPolicy: deleteInline('user'),
};

/**
 * The resource in the message of a denied call: `… on resource: role Deploy because no …`. The record names it nowhere else.
 */
export function resourceOf(message: unknown): Readonly<Record<string, string | undefined>> {
  const [, kind, name] =
    /\bon resource: (user|role|group|policy) (\S+)/.exec(textOf(message) ?? '') ?? [];
  return kind === undefined ? {} : { [kind]: name };
}

/**
 * The finding for a record without the document. CloudTrail leaves out request parameters of more than 100 KB and gives
 * `{"omitted": true, "originalSize": …, "reason": "requestParameters too large"}` instead. IAM takes documents of up to 128
 * KB and does not count white space, so a padded policy does not reach this rule.
 */
export function unseen(
  what: string,
  who: string,
  request: Readonly<Record<string, unknown>>,
): Finding {
  const size = request['originalSize'];
  const omitted = 'omitted' in request;
  const why = omitted
    ? `CloudTrail left the request out because it was too large${typeof size === 'number' || typeof size === 'string' ? ` (${size} bytes)` : ''}. No policy is that large unless it is padded, and padding hides it from CloudTrail.`
    : 'The record does not hold the document.';
  return {
    title: `IAM policy that could not be read, ${what}, written by ${who}`,
    summary: `${who} wrote ${what}, and what it grants is not known. ${why} Read the policy in IAM.`,
    ...(omitted ? { severity: 'high' as const } : {}),
    facts: { document: omitted ? 'left out by CloudTrail' : 'not in the record' },
  };
}

/** A sentence about the conditions of grants, with a space before it; empty where there are none. */
export function conditionsLeftOpen(grants: readonly Grant[]): string {
  const conditions = listed(grants.flatMap((grant) => grant.conditions));
  if (conditions === '') return '';
  const isAll = grants.every((grant) => grant.conditions.length > 0);
  return ` ${isAll ? 'It does so' : 'Some of it is'} under conditions only, which this rule does not judge: ${conditions}.`;
}
