import { actor, apiCall, cis, defineRule, mitre, names } from '@patrol/core';

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

/** The request parameters that name what a call is about, in the order of preference. */
const targets = [
  'name',
  'trailName',
  'eventDataStore',
  'channel',
  'resourceArn',
  'memberAccountId',
  'delegatedAdminAccountId',
] as const;

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
  references: [cis(5), mitre('T1562.008', 'Impair Defenses: Disable or Modify Cloud Logs')],
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
    const target = targets
      .map((name) => request?.[name])
      .filter((value) => typeof value === 'string')
      .find(Boolean);
    const call = target ? `${eventName} on ${target}` : eventName;
    const who = actor(detail.userIdentity).description;
    return {
      title: `CloudTrail: ${call} by ${who}`,
      summary: `The disallowed action ${call} was called by ${who}.`,
      facts: { action: eventName, ...(target ? { target } : {}) },
    };
  },
});
