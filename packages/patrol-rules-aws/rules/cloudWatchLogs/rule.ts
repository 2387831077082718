import {
  type Call,
  type Deed,
  defineCallRule,
  mitre,
  names,
  number,
  type Severity,
} from '@patrol/core';
import { isServiceWork, unlessByService } from '../../lib/actor.ts';
import { known } from '../../lib/facts.ts';
import { withNames } from '../../lib/words.ts';

const parameters = {
  protectedLogGroups: names('The log groups whose loss is alerted on, by their names.', {
    default:
      '*cloudtrail*, *audit*, *flow*log*, *route53*, *dns*quer*, *security*, aws-controltower*, aws-waf-logs-*',
    ignoreCase: true,
  }),
  minimumDays: number('How many days the logs of these groups have to be kept at least.', {
    default: '7',
    minimum: 1,
    maximum: 3653,
  }),
};
type LogCall = Call<typeof parameters>;

export default defineCallRule({
  name: 'cloudWatchLogs',
  title: 'Logs in CloudWatch destroyed or cut off',
  description:
    'Alerts when somebody deletes a protected log group, its streams or its metric filters, or shortens how long it keeps logs; ends what any group forwards; or shows data that was masked in logs.',
  severity: 'medium',
  runbook:
    'Ask the actor why the logs are no longer needed. If nobody can say, create again what was deleted, and treat the credentials that were used as stolen. ' +
    'Deleted logs cannot be restored: look for copies in S3, and in what the subscriptions of the group forwarded.',
  references: [
    mitre('T1562.008', 'Impair Defenses: Disable or Modify Cloud Logs'),
    mitre('T1070', 'Indicator Removal'),
  ],
  parameters,
  calls: {
    'logs.amazonaws.com': {
      DeleteLogGroup: (call) => ofProtected(call, 'Log group deleted:', { severity: 'high' }),
      DeleteLogStream: (call) => ofProtected(call, 'Logs deleted: a stream of log group'),
      DeleteMetricFilter: (call) =>
        ofProtected(call, 'Metric filter deleted from log group', {
          severity: 'high',
          meaning: 'Alarms that count what it matches no longer ring.',
        }),
      PutRetentionPolicy(call) {
        const days = call.request.number('retentionInDays') ?? 0;
        return days < call.parameters.minimumDays
          ? ofProtected(call, `Logs kept for ${days} days only in log group`, {
              facts: known({ days }),
            })
          : undefined;
      },
      DeleteSubscriptionFilter: (call) =>
        ofProtected(call, 'Logs no longer forwarded from log group', { severity: 'high' }) ??
        ofAny(call, 'Logs no longer forwarded from log group', 'low'),
      DeleteDataProtectionPolicy: (call) => ofAny(call, 'Data no longer masked in log group'),
      // Without it, the services that it names can no longer write to the groups that it names.
      DeleteResourcePolicy: (call) =>
        ofAny(call, 'Services may no longer write to log groups', 'low'),
    },
  },
});

/** A call about a group. Services delete what they made themselves. */
function ofAny({ request, record }: LogCall, what: string, severity: Severity = 'medium') {
  const group = groupOf(request);
  return isServiceWork({ record })
    ? undefined
    : ({
        severity: unlessByService({ record }, severity),
        deed: withNames(what, group),
        facts: known({
          policy: request.text('policyName'),
          filter: request.text('filterName'),
        }),
        target: ['AWS::Logs::LogGroup', group],
      } satisfies Deed);
}

/** A call about a group that is protected, or that the record does not name. */
function ofProtected(call: LogCall, what: string, more: Partial<Deed> = {}): Deed | undefined {
  const group = groupOf(call.request);
  const isProtected =
    group === undefined || call.parameters.protectedLogGroups.find(group) !== undefined;
  const deed = isProtected ? ofAny(call, what, more.severity) : undefined;
  return deed && { ...deed, ...more, severity: deed.severity };
}

/** The name of a group, of which some calls give the ARN. */
const groupOf = (request: LogCall['request']): string | undefined =>
  (request.text('logGroupName') ?? request.text('logGroupIdentifier'))?.replace(
    /^arn:[^:]*:logs:[^:]*:\d*:log-group:/,
    '',
  );
