/** What a change of GuardDuty is: a chunk of its own in the function of the rule. */
import type { Call, CallReader, Deed, Fields } from '@patrol/core';
import { known } from '../facts.ts';
import { awsCommand } from '../undo.ts';
import { withNames } from '../words.ts';
import type { GuardDutyChange } from './changes.ts';

const blind = 'GuardDuty no longer sees what happens there.';
const hidden = 'Findings about what matches it no longer reach anybody.';

/** The deed of each call. */
export const deeds: Readonly<Record<GuardDutyChange, CallReader>> = {
  DeleteDetector: ({ request }) => ({
    ...about(request),
    deed: `${withNames('GuardDuty detector', request.text('detectorId'))} deleted`,
    meaning: `${blind} Its findings are deleted as well.`,
  }),
  UpdateDetector(call) {
    const { request, region } = call;
    const detector = request.text('detectorId');
    if (request.flag('enable') === false) {
      return {
        ...about(request),
        deed: `${withNames('GuardDuty detector', detector)} switched off`,
        meaning: blind,
        undo: awsCommand('guardduty update-detector', {
          'detector-id': detector,
          enable: true,
          region,
        }),
      };
    }
    return withoutPlans(call) ?? slower(call);
  },
  UpdateMemberDetectors: withoutPlans,
  // CloudTrail still writes the old name where a program uses it.
  DisassociateFromAdministratorAccount: leaves,
  DisassociateFromMasterAccount: leaves,
  DisassociateMembers: accounts('detached from the administrator of GuardDuty'),
  StopMonitoringMembers: accounts('no longer monitored by GuardDuty'),
  DeleteMembers: accounts('removed from the members of GuardDuty'),
  DisableOrganizationAdminAccount: ({ request }) => ({
    deed: `${withNames('GuardDuty administrator of the organisation', request.text('adminAccountId'))} removed`,
    meaning: 'Nobody sees the findings of all accounts any longer.',
  }),
  UpdateOrganizationConfiguration({ request }) {
    const isOff =
      request.flag('autoEnable') === false ||
      request.text('autoEnableOrganizationMembers') === 'NONE';
    const plans = plansIn(request, (plan) => plan.text('autoEnable') === 'NONE');
    if (!isOff && plans.length === 0) return undefined;
    return {
      ...about(request),
      severity: isOff ? 'high' : 'medium',
      deed: `GuardDuty ${isOff ? '' : `${withNames('plans', ...plans)} `}no longer switched on for new accounts`,
    };
  },
  DeletePublishingDestination: ({ request }) => ({
    ...about(request),
    severity: 'high',
    deed: `${withNames('GuardDuty publishing destination', request.text('destinationId'))} deleted`,
    meaning: 'Findings are no longer exported.',
  }),
  UpdateMalwareProtectionPlan({ request }) {
    const prefixes = request.texts('protectedResource.s3Bucket.objectPrefixes');
    const isUntagged = request.text('actions.tagging.status') === 'DISABLED';
    if (prefixes.length === 0 && !isUntagged) return undefined;
    return {
      severity: 'medium',
      deed: `${withNames('GuardDuty malware protection plan', request.text('malwareProtectionPlanId'))} narrowed`,
      meaning: isUntagged
        ? 'Objects with malware are no longer tagged.'
        : 'Only objects with these prefixes are scanned for malware.',
      facts: known({ prefixes }),
    };
  },
  DeleteMalwareProtectionPlan: ({ request }) => ({
    severity: 'medium',
    deed: `${withNames('GuardDuty malware protection plan', request.text('malwareProtectionPlanId'))} deleted`,
    meaning: 'Objects in the bucket are no longer scanned for malware.',
  }),
  CreateFilter: ({ request, region }) =>
    archives(request, request.text('name'), {
      undo: awsCommand('guardduty delete-filter', {
        'detector-id': request.text('detectorId'),
        'filter-name': request.text('name'),
        region,
      }),
    }),
  UpdateFilter: ({ request }) => archives(request, request.text('filterName')),
  CreateIPSet: ({ request }) =>
    trusts('IP addresses', 'AWS::GuardDuty::IPSet', request, request.text('name')),
  UpdateIPSet: ({ request }) =>
    trusts('IP addresses', 'AWS::GuardDuty::IPSet', request, request.text('ipSetId')),
  CreateTrustedEntitySet: ({ request }) =>
    trusts('entities', 'AWS::GuardDuty::TrustedEntitySet', request, request.text('name')),
  UpdateTrustedEntitySet: ({ request }) =>
    trusts(
      'entities',
      'AWS::GuardDuty::TrustedEntitySet',
      request,
      request.text('trustedEntitySetId'),
    ),
  DeleteCustomDetectionRuleAssociation: ({ request }) => ruleOff(request, 'no longer used'),
  DeleteCustomDetectionRuleOrgConfiguration: ({ request }) =>
    request.text('mode') === 'DRY_RUN' ? undefined : ruleOff(request, 'no longer used'),
  UpdateCustomDetectionRuleAssociation: ({ request }) => dryRun(request),
  UpdateCustomDetectionRuleOrgConfiguration: ({ request }) =>
    request.texts('excludeAccountIds').length > 0
      ? ruleOff(request, 'no longer used for some accounts')
      : dryRun(request),
};

/** The detector that a request is about. */
const about = (request: Fields): Pick<Deed, 'target'> => ({
  target: ['AWS::GuardDuty::Detector', request.text('detectorId')],
});

/** A member that leaves its administrator. */
function leaves({ request, account }: Call): Deed {
  return {
    ...about(request),
    deed: 'GuardDuty detached from its administrator account',
    meaning: `Whoever watches the organisation no longer sees findings of account ${account}.`,
  };
}

/** A call about a list of member accounts. */
function accounts(what: string): (call: Call) => Deed {
  return ({ request, name }) => ({
    ...about(request),
    // An account is detached before it is removed.
    severity: name === 'DeleteMembers' ? 'high' : 'critical',
    deed: `${withNames('GuardDuty: accounts', ...request.texts('accountIds'))} ${what}`,
    facts: known({ accounts: request.texts('accountIds') }),
  });
}

/** Protection plans that are switched off. */
function withoutPlans({ request }: Call): Deed | undefined {
  const plans = plansOff(request);
  if (plans.length === 0) return undefined;
  return {
    ...about(request),
    severity: 'high',
    deed: `${withNames('GuardDuty protection plans', ...plans)} switched off`,
    facts: known({ plans, accounts: request.texts('accountIds') }),
  };
}

/** The longest time between exports is the default. Who sets it may have had a shorter one. */
const slower = ({ request }: Call): Deed | undefined =>
  request.text('findingPublishingFrequency') === 'SIX_HOURS'
    ? {
        ...about(request),
        severity: 'low',
        deed: 'GuardDuty findings exported every six hours only',
        meaning: 'Findings that occur again reach EventBridge and S3 six hours later at worst.',
      }
    : undefined;

/** A filter that hides findings. */
const archives = (
  request: Fields,
  name: string | undefined,
  more: Pick<Deed, 'undo'> = {},
): Deed | undefined =>
  request.text('action') === 'ARCHIVE'
    ? {
        ...more,
        severity: 'high',
        deed: withNames('GuardDuty findings archived by filter', name),
        meaning: hidden,
        target: ['AWS::GuardDuty::Filter', name],
      }
    : undefined;

/** A list of whom GuardDuty trusts. One that is in use may be given other content. */
const trusts = (
  what: string,
  type: string,
  request: Fields,
  name: string | undefined,
): Deed | undefined =>
  (request.flag('activate') ?? request.has('location'))
    ? {
        severity: 'high',
        deed: withNames(`GuardDuty trusts ${what} of list`, name),
        meaning: hidden,
        facts: known({ list: request.text('location') }),
        target: [type, name],
      }
    : undefined;

const ruleOff = (request: Fields, what: string): Deed => ({
  severity: 'high',
  deed: `${withNames('GuardDuty custom detection rule', request.text('ruleId'))} ${what}`,
});

const dryRun = (request: Fields): Deed | undefined =>
  request.text('mode') === 'DRY_RUN'
    ? ruleOff(request, 'set to dry run: it finds nothing')
    : undefined;

/** The names of protection plans, and of what is configured within them, for which something holds. */
const plansIn = (request: Fields, holds: (plan: Fields) => boolean): readonly string[] =>
  request
    .list('features')
    .flatMap((plan) => [plan, ...plan.list('additionalConfiguration')])
    .filter(holds)
    .map((plan) => plan.text('name') ?? 'without a name');

/** How requests in the old form name what the plans look at. */
const old = {
  S3_DATA_EVENTS: 's3Logs.enable',
  EKS_AUDIT_LOGS: 'kubernetes.auditLogs.enable',
  EBS_MALWARE_PROTECTION: 'malwareProtection.scanEc2InstanceWithFindings.ebsVolumes',
};

/** The protection plans that a request switches off. */
const plansOff = (request: Fields): readonly string[] => [
  ...plansIn(request, (plan) => plan.text('status') === 'DISABLED'),
  ...Object.entries(old).flatMap(([plan, path]) =>
    request.flag(`dataSources.${path}`) === false ? [plan] : [],
  ),
];
