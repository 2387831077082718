import { actor, apiCall, cis, defineRule, mitre, names, type Target } from '@patrol/core';
import { lookUp } from '../../lib/request.ts';
import { awsCommand } from '../../lib/undo.ts';

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

export default defineRule({
  name: 'cloudTrail',
  title: 'CloudTrail changed',
  description: 'Alerts when somebody stops, deletes or changes what CloudTrail records.',
  severity: 'critical',
  runbook:
    'Ask the actor whether the change was planned. If it was not, turn the recording on again (StartLogging, or the previous ' +
    'event selectors), treat the credentials that were used as stolen, and look for what was done while nothing was recorded: ' +
    'other trails, AWS Config, VPC flow logs and the access logs of the services.',
  references: [
    cis(5, 'trails that are created or started'),
    mitre('T1562.008', 'Impair Defenses: Disable or Modify Cloud Logs'),
  ],
  triggers: [apiCall<Request>('cloudtrail.amazonaws.com', writeCalls)],
  parameters: {
    disallowedActions: names('The calls of CloudTrail that are alerted on.', {
      among: writeCalls,
      default: [
        'DeleteEventDataStore',
        'DeleteTrail',
        'DeregisterOrganizationDelegatedAdmin',
        'PutEventSelectors',
        'PutInsightSelectors',
        'StopEventDataStoreIngestion',
        'StopLogging',
        'UpdateEventDataStore',
        'UpdateTrail',
      ].join(', '),
    }),
  },
  evaluate({ detail }, { parameters }) {
    const { eventName, requestParameters: request } = detail;
    if (parameters.disallowedActions.find(eventName) === undefined) return undefined;
    const [about] = targetsOf(eventName, request);
    const target = about?.id;
    const call = target ? `${eventName} on ${target}` : eventName;
    const who = actor(detail.userIdentity).description;
    return {
      title: `CloudTrail: ${call} by ${who}`,
      summary: `The disallowed action ${call} was called by ${who}.`,
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
