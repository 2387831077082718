/** What a change of the organisation is: a chunk of its own in the function of the rule. */
import type { Call, CallReader, Deed, Matchers, Parameter } from '@patrol/core';
import { isByService, isServiceItself } from '../actor.ts';
import { known } from '../facts.ts';
import { awsCommand } from '../undo.ts';
import { fromVending } from '../vending.ts';
import { withNames } from '../words.ts';
import type { OrganizationChange } from './changes.ts';

type Parameters = { readonly vendingRoles: Parameter<Matchers> };
type OrganizationCall = Call<Parameters>;

/** The services whose work for the whole organisation is security. */
const guards =
  /^(access-analyzer|cloudtrail|config|config-multiaccountsetup|controltower|detective|fms|guardduty|inspector2|macie|malware-protection\.guardduty|member\.org\.stacksets\.cloudformation|securityhub|securitylake|security-ir|sso)\./;

/** The deed of each call. */
export const deeds: Readonly<Record<OrganizationChange, CallReader<Parameters>>> = {
  LeaveOrganization: ({ account }) => left(`Account ${account} left the organisation`, account),
  RemoveAccountFromOrganization: ({ request }) =>
    left(
      `${withNames('Account', request.text('accountId'))} removed from the organisation`,
      request.text('accountId'),
    ),
  CloseAccount: ({ request }) => ({
    ...left(`${withNames('Account', request.text('accountId'))} closed`, request.text('accountId')),
    meaning: 'AWS deletes what it holds after 90 days. Until then, AWS Support can reopen it.',
  }),
  DeleteOrganization: () => left('Organisation deleted', undefined),
  DisablePolicyType({ request }) {
    const type = request.text('policyType');
    const isGuard = /^(SERVICE|RESOURCE)_CONTROL_POLICY$/.test(type ?? '');
    return {
      severity: isGuard ? 'critical' : 'high',
      deed: withNames('Organisation policies switched off:', type),
      meaning:
        'All policies of this type are detached, and switching it on again does not attach them.',
    };
  },
  DetachPolicy: ({ request, record }) => {
    const [policy, from] = [request.text('policyId'), request.text('targetId')];
    // Without FullAWSAccess, less is allowed.
    const isWeaker = policy !== 'p-FullAWSAccess' && !isServiceItself({ record });
    return {
      severity: isWeaker ? 'high' : 'low',
      deed: `${withNames('Organisation policy', policy)} detached from ${from ?? 'a part of the organisation'}`,
      target: ['AWS::Organizations::Policy', policy],
      undo: awsCommand('organizations attach-policy', {
        'policy-id': policy,
        'target-id': from,
      }),
    };
  },
  UpdatePolicy({ request, response, record }) {
    const content = request.text('content');
    const type = response.text('policy.policySummary.type');
    const isGuard = type === undefined || /^(SERVICE|RESOURCE)_CONTROL_POLICY$/.test(type);
    const isEmpty = isGuard && content !== undefined && !/"Effect"\s*:\s*"Deny"/i.test(content);
    return {
      severity:
        content === undefined || isServiceItself({ record }) ? 'low' : isEmpty ? 'high' : 'medium',
      deed: `${withNames('Organisation policy', request.text('policyId'))} ${isEmpty ? 'denies nothing any longer' : 'changed'}`,
      facts: known({ type, content }),
      target: ['AWS::Organizations::Policy', request.text('policyId')],
    };
  },
  MoveAccount({ request }) {
    const [account, from, to] = [
      request.text('accountId'),
      request.text('sourceParentId'),
      request.text('destinationParentId'),
    ];
    return {
      // The policies of an organisational unit do not hold in the root.
      severity: to === undefined || to.startsWith('r-') ? 'high' : 'low',
      deed: `${withNames('Account', account)} moved ${to?.startsWith('r-') ? 'to the root of the organisation' : 'to another organisational unit'}`,
      facts: known({ from, to }),
      target: ['AWS::Organizations::Account', account],
      undo: awsCommand('organizations move-account', {
        'account-id': account,
        'source-parent-id': to,
        'destination-parent-id': from,
      }),
    };
  },
  DisableAWSServiceAccess: (call) =>
    service(
      call,
      'may no longer work in the accounts of the organisation',
      'enable-aws-service-access',
    ),
  EnableAWSServiceAccess: (call) =>
    service(
      call,
      'may work in all accounts of the organisation',
      'disable-aws-service-access',
      'ordinary',
    ),
  DeregisterDelegatedAdministrator: (call) =>
    service(call, 'no longer administered by the account', 'register-delegated-administrator'),
  RegisterDelegatedAdministrator: (call) =>
    service(call, 'administered by another account', 'deregister-delegated-administrator'),
  PutResourcePolicy: ({ request }) => ({
    severity: 'medium',
    deed: 'Organisation delegated to other accounts by a policy',
    meaning: 'Accounts that it names may manage policies of the organisation.',
    facts: known({ content: request.text('content') }),
  }),
  InviteAccountToOrganization: handedOver(
    ({ request }) =>
      `${withNames('Account', request.text('target.id'))} invited into the organisation`,
  ),
  AcceptHandshake: handedOver(({ request }) =>
    withNames('Invitation of the organisation accepted:', request.text('handshakeId')),
  ),
  InviteOrganizationToTransferResponsibility: handedOver(({ request }) =>
    withNames('Billing offered to', request.text('target.id')),
  ),
  UpdateResponsibilityTransfer: handedOver(({ request }) =>
    withNames('Transfer of the billing changed:', request.text('id')),
  ),
  TerminateResponsibilityTransfer: handedOver(({ request }) =>
    withNames('Transfer of the billing ended:', request.text('id')),
  ),
  AttachPolicy: told('policy attached:', 'policyId'),
  CancelHandshake: told('invitation cancelled:', 'handshakeId'),
  CreateAccount: told('account created:', 'accountName'),
  CreateGovCloudAccount: told('account created:', 'accountName'),
  CreateOrganization: told('created'),
  CreateOrganizationalUnit: told('unit created:', 'name'),
  CreatePolicy: told('policy created:', 'name'),
  DeclineHandshake: told('invitation declined:', 'handshakeId'),
  DeleteOrganizationalUnit: told('unit deleted:', 'organizationalUnitId'),
  // A policy that is attached to something cannot be deleted.
  DeletePolicy: told('policy deleted:', 'policyId'),
  DeleteResourcePolicy: told('no longer delegated to other accounts'),
  EnableAllFeatures: told('given all features'),
  EnablePolicyType: told('policies switched on:', 'policyType'),
  UpdateOrganizationalUnit: told('unit changed:', 'organizationalUnitId'),
};

const left = (deed: string, account: string | undefined): Deed => ({
  severity: 'critical',
  deed,
  meaning: 'The policies and the trails of the organisation no longer hold for it.',
  target: ['AWS::Organizations::Account', account],
});

/** A change that is ordinary: `Organisation policy attached: p-1`. */
function told(what: string, field?: string): CallReader<Parameters> {
  return ({ request }) => ({
    severity: 'low',
    deed: withNames(`Organisation ${what}`, field && request.text(field)),
  });
}

/** An account or the billing that somebody else gets. */
function handedOver(deed: (call: OrganizationCall) => string): CallReader<Parameters> {
  return (call) => ({ severity: fromVending(call) ? 'low' : 'medium', deed: deed(call) });
}

/** A service, or who administers it. What AWS services arrange by themselves is told only. */
function service(
  { request, record }: OrganizationCall,
  what: string,
  undoing: string,
  kind: 'harmful' | 'ordinary' = 'harmful',
): Deed {
  const principal = request.text('servicePrincipal');
  const account = request.text('accountId');
  const isGuard = principal === undefined || guards.test(principal);
  const isHarmful = kind === 'harmful';
  return {
    severity:
      isByService({ record }) || !(isHarmful || isGuard)
        ? 'low'
        : isHarmful && isGuard
          ? 'high'
          : 'medium',
    deed: `Organisation: ${withNames('service', principal)} ${what}${account === undefined ? '' : ` (account ${account})`}`,
    target: ['AWS::Organizations::Account', account],
    undo: awsCommand(`organizations ${undoing}`, {
      'service-principal': principal,
      ...(request.has('accountId') && { 'account-id': account }),
    }),
  };
}
