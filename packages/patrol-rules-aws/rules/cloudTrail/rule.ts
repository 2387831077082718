import {
  actor,
  apiCall,
  cis,
  type CloudTrailRecord,
  defineRule,
  event,
  type EventPattern,
  mitre,
  names,
  stratus,
  type Target,
} from '@patrol/core';
import { lookUp } from '../../lib/request.ts';
import { awsCommand } from '../../lib/undo.ts';
import { capital, named } from '../../lib/words.ts';

/** Every call of CloudTrail that changes something. A test compares them with the calls that the AWS SDK knows. */
export const writeCalls = [
  'AddTags',
  'CancelQuery',
  'CreateChannel',
  'CreateDashboard',
  'CreateEventDataStore',
  'CreateTrail',
  'DeleteChannel',
  'DeleteDashboard',
  'DeleteEventDataStore',
  'DeleteResourcePolicy',
  'DeleteTrail',
  'DeregisterOrganizationDelegatedAdmin',
  'DisableFederation',
  'EnableFederation',
  'GenerateQuery',
  'PutEventConfiguration',
  'PutEventSelectors',
  'PutInsightSelectors',
  'PutResourcePolicy',
  'RegisterOrganizationDelegatedAdmin',
  'RemoveTags',
  'RestoreEventDataStore',
  'StartDashboardRefresh',
  'StartEventDataStoreIngestion',
  'StartImport',
  'StartLogging',
  'StartQuery',
  'StopEventDataStoreIngestion',
  'StopImport',
  'StopLogging',
  'UpdateChannel',
  'UpdateDashboard',
  'UpdateEventDataStore',
  'UpdateTrail',
] as const;

type WriteCall = (typeof writeCalls)[number];

/** The request parameters that name the target of a call, in the order of preference, and the type of each. */
const targets = {
  name: 'AWS::CloudTrail::Trail',
  trailName: 'AWS::CloudTrail::Trail',
  eventDataStore: 'AWS::CloudTrail::EventDataStore',
  channel: 'AWS::CloudTrail::Channel',
  resourceArn: 'AWS::CloudTrail::ResourcePolicy',
  memberAccountId: 'AWS::Organizations::Account',
  delegatedAdminAccountId: 'AWS::Organizations::Account',
} as const;

/** The commands that undo a call, each with the option that takes the target. */
const undoing: Readonly<Partial<Record<WriteCall, readonly [command: string, option: string]>>> = {
  DeleteEventDataStore: ['restore-event-data-store', 'event-data-store'],
  DeregisterOrganizationDelegatedAdmin: [
    'register-organization-delegated-admin',
    'member-account-id',
  ],
  RegisterOrganizationDelegatedAdmin: [
    'deregister-organization-delegated-admin',
    'delegated-admin-account-id',
  ],
  StopEventDataStoreIngestion: ['start-event-data-store-ingestion', 'event-data-store'],
  StopLogging: ['start-logging', 'name'],
};

type Request = Readonly<Record<string, unknown>>;

/** CloudTrail records the accounts of an organisation only while the organisation trusts it. */
const organizations = apiCall<Request>('organizations.amazonaws.com', ['DisableAWSServiceAccess']);

export default defineRule({
  name: 'cloudTrail',
  title: 'CloudTrail changed',
  description:
    'Alerts when somebody stops, deletes or changes what CloudTrail records. An alert is critical when something is no longer recorded, and low when nothing is lost.',
  severity: 'critical',
  runbook:
    'Ask the actor whether the change was planned. If it was not, turn the recording on again (StartLogging, or the previous ' +
    'event selectors), treat the credentials that were used as stolen, and look for what was done while nothing was recorded: ' +
    'other trails, AWS Config, VPC flow logs and the access logs of the services.',
  references: [
    cis(5),
    mitre('T1562.008', 'Impair Defenses: Disable or Modify Cloud Logs'),
    stratus('defense-evasion.cloudtrail-stop'),
    stratus('defense-evasion.cloudtrail-delete'),
    stratus('defense-evasion.cloudtrail-event-selectors'),
  ],
  triggers: [
    apiCall<Request>('cloudtrail.amazonaws.com', writeCalls),
    event<CloudTrailRecord<Request>>({
      ...organizations.pattern,
      detail: {
        ...(organizations.pattern.detail as EventPattern),
        requestParameters: { servicePrincipal: ['cloudtrail.amazonaws.com'] },
      },
    }),
  ],
  parameters: {
    disallowedActions: names('The calls of CloudTrail that are alerted on.', {
      among: [...writeCalls, 'DisableAWSServiceAccess'],
      default: [
        'CreateTrail',
        'DeleteChannel',
        'DeleteEventDataStore',
        'DeleteResourcePolicy',
        'DeleteTrail',
        'DeregisterOrganizationDelegatedAdmin',
        'DisableAWSServiceAccess',
        'PutEventConfiguration',
        'PutEventSelectors',
        'PutInsightSelectors',
        'StartLogging',
        'StopEventDataStoreIngestion',
        'StopImport',
        'StopLogging',
        'UpdateChannel',
        'UpdateEventDataStore',
        'UpdateTrail',
      ].join(', '),
    }),
  },
  async evaluate({ detail, account }, { parameters }) {
    const { eventName, requestParameters: request } = detail;
    if (parameters.disallowedActions.find(eventName) === undefined) return undefined;
    const { effectOf } = await import('../../lib/cloudtrail/effect.ts');
    const { severity, lost } = effectOf(eventName, request, account);
    const [about] = targetsOf(eventName, request);
    const target = about?.id;
    const call = target ? `${eventName} on ${named(target)}` : eventName;
    const who = actor(detail.userIdentity).description;
    const isPlain = /^(Stop|Delete)/.test(eventName);
    return {
      title: `CloudTrail: ${lost && !isPlain ? `${lost}: ` : ''}${call} by ${who}`,
      summary: `The disallowed action ${call} was called by ${who}.${lost ? ` ${capital(lost)}.` : ''}`,
      severity,
      facts: { action: eventName, ...(target ? { target } : {}) },
      targets: about ? [about] : [],
      group: eventName,
      undo: undo(eventName, target, detail.awsRegion),
    };
  },
});

/** The targets of a call. */
const targetsOf = (eventName: string, request: Request | null | undefined): readonly Target[] =>
  Object.entries(targets).flatMap(([field, type]) => {
    const id = request?.[field];
    if (typeof id !== 'string' || id === '') return [];
    // Channels, dashboards and event data stores have a `name`, too.
    const named = field === 'name' && /(Channel|Dashboard|EventDataStore)$/.exec(eventName)?.[1];
    return [{ type: named ? `AWS::CloudTrail::${named}` : type, id }];
  });

function undo(
  eventName: string,
  target: string | undefined,
  region: string | undefined,
): readonly string[] | undefined {
  const [command, option] = lookUp(undoing, eventName) ?? [];
  return command && option
    ? awsCommand(`cloudtrail ${command}`, { [option]: target, region })
    : undefined;
}
