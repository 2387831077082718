/**
 * S3 policies of an organisation, which decide about the public access blocks of all accounts under them. Facts are those of
 * the user guide of Organizations, "Amazon S3 policy syntax and examples".
 */
import { type Finding, isObject } from '@patrol/core';
import { field, shown, textOf } from '../../request.ts';
import { awsCommand } from '../../undo.ts';
import { type Call, notRecorded } from './call.ts';

/** The policy of a call, by the request or by the answer. */
function policyOf({
  record,
}: Call): { readonly id: string | undefined } & Required<Pick<Finding, 'targets'>> {
  const summary = field(field(record.responseElements, 'policy'), 'policySummary');
  const id = textOf(field(record.requestParameters, 'policyId')) ?? textOf(field(summary, 'id'));
  return { id, targets: [{ type: 'AWS::Organizations::Policy', id }] };
}

const named = (id: string | undefined): string =>
  id === undefined ? ' that the record does not name' : ` ${id}`;

/** A call that writes an S3 policy. */
export function setOrganizationPolicy(call: Call): Finding | undefined {
  const { record, who } = call;
  const isNew = record.eventName === 'CreatePolicy';
  const { id, targets } = policyOf(call);
  const request = record.requestParameters;
  const content = field(request, 'content') ?? undefined;
  if (content === undefined || (typeof content === 'string' && content.startsWith('HIDDEN_'))) {
    // A call may change no more than the name or the description.
    const isWhole = isObject(request) && !('omitted' in request);
    return isWhole && content === undefined && !isNew
      ? undefined
      : { ...notRecorded('The S3 policy', { ...call, where: 'the organisation' }), targets };
  }
  const assigned = assignedBy(content);
  if (assigned === 'all') return undefined;
  const does =
    assigned === 'none'
      ? 'turns off all four settings of the public access blocks'
      : 'does not turn on public access blocks';
  return {
    title: `S3 policy of the organisation ${isNew ? 'created' : 'changed'} by ${who}: it ${does}`,
    summary:
      `${who} ${isNew ? 'created' : 'changed'} the S3 policy${named(id)}, and it ${does} of the accounts that it is attached to. ` +
      'Public ACLs and policies that were held back by it can count from now on.',
    severity: isNew ? 'medium' : 'high',
    facts: { assigned, ...(id === undefined ? {} : { policy: id }) },
    targets,
  };
}

/** What a policy assigns to the public access blocks: `all`, `none`, or `nothing`. */
function assignedBy(content: unknown): string {
  let policy: unknown = content;
  if (typeof content === 'string') {
    try {
      policy = JSON.parse(content);
    } catch (error) {
      throw new Error(`expected the content of an S3 policy as JSON, found ${shown(content)}`, {
        cause: error,
      });
    }
  }
  const block = field(field(policy, 's3_attributes'), 'public_access_block_configuration');
  const assigned = field(block, '@@assign');
  return assigned === 'all' || assigned === 'none' ? assigned : 'nothing';
}

/** A call that ends all S3 policies of an organisation. */
export function disabledOrganizationPolicies({ record, who }: Call): Finding {
  const root = textOf(field(record.requestParameters, 'rootId'));
  return {
    title: `S3 policies of the organisation disabled by ${who}`,
    summary: `${who} disabled the policies of type S3_POLICY for the whole organisation. Its accounts decide about their public access blocks by themselves from now on.`,
    ...(root === undefined ? {} : { facts: { root } }),
    targets: [{ type: 'AWS::Organizations::Organization', id: record.recipientAccountId }],
    undo: awsCommand('organizations enable-policy-type', {
      'root-id': root,
      'policy-type': 'S3_POLICY',
    }),
  };
}

/** A call that takes a policy off accounts. The record does not tell the type of the policy. */
export function detachedOrganizationPolicy(call: Call): Finding {
  const { record, who } = call;
  const { id, targets } = policyOf(call);
  const target = textOf(field(record.requestParameters, 'targetId'));
  return {
    title: `Policy of the organisation detached by ${who}; the record does not say whether it blocks public access`,
    summary:
      `${who} detached the policy${named(id)} from ${target ?? 'accounts that the record does not name'}. ` +
      'If it is an S3 policy, it no longer turns on the public access blocks there: look at its type in Organizations.',
    severity: 'low',
    facts: {
      ...(id === undefined ? {} : { policy: id }),
      ...(target === undefined ? {} : { detachedFrom: target }),
    },
    targets,
    undo: awsCommand('organizations attach-policy', { 'policy-id': id, 'target-id': target }),
  };
}
