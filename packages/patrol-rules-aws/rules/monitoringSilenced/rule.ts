import { type Call, type Deed, defineCallRule, mitre, names } from '@patrol/core';
import { isByService, isServiceWork } from '../../lib/actor.ts';
import { awsCommand } from '../../lib/undo.ts';
import { withNames } from '../../lib/words.ts';

const parameters = {
  protectedNames: names(
    'The alarms and EventBridge rules that watch over security, by their names.',
    {
      default:
        '*security*, *cloudtrail*, *guardduty*, *audit*, *unauthorized*, *intrusion*, *root*login*, *root*usage*, CIS-*, *-CIS-*',
      ignoreCase: true,
    },
  ),
};
type MonitoringCall = Call<typeof parameters>;

export default defineCallRule({
  name: 'monitoringSilenced',
  title: 'Monitoring silenced',
  description:
    'Alerts when somebody deletes, mutes or disables alarms and EventBridge rules that watch over security, or withdraws the configuration that switches telemetry on. Other alarms without actions and disabled rules are told with severity low.',
  severity: 'medium',
  runbook:
    'Ask the actor why nobody should be told any longer. If nobody can say, enable or create again what was silenced, treat the credentials that were used as ' +
    'stolen, and look in CloudTrail for what the alarm or the rule would have told meanwhile.',
  references: [mitre('T1562.001', 'Impair Defenses: Disable or Modify Tools')],
  parameters,
  calls: {
    'monitoring.amazonaws.com': {
      DeleteAlarms: (call) => alarms(call, 'deleted'),
      DisableAlarmActions: (call) =>
        alarms(call, 'without actions', {
          undo: awsCommand('cloudwatch enable-alarm-actions', {
            'alarm-names': call.request.texts('alarmNames'),
            region: call.region,
          }),
        }),
      PutAlarmMuteRule: (call) => alarms(call, 'muted'),
    },
    'events.amazonaws.com': {
      DisableRule: (call) =>
        rule(call, 'name', 'disabled', {
          undo: awsCommand('events enable-rule', {
            name: call.request.text('name'),
            ...(call.request.has('eventBusName') && {
              'event-bus-name': call.request.text('eventBusName'),
            }),
            region: call.region,
          }),
        }),
      DeleteRule: (call) => rule(call, 'name', 'deleted'),
      RemoveTargets: (call) => rule(call, 'rule', 'without some of its targets'),
    },
    'observabilityadmin.amazonaws.com': {
      StopTelemetryEvaluation: telemetry('no longer evaluated'),
      StopTelemetryEvaluationForOrganization: telemetry('no longer evaluated in the organisation'),
      DeleteTelemetryRule: telemetry('no longer switched on by rule'),
      DeleteTelemetryRuleForOrganization: telemetry('no longer switched on by organisation rule'),
    },
  },
});

/** Alarms, of which one at least is protected. Scaling policies delete their own. */
function alarms(
  { request, record, parameters: given, name }: MonitoringCall,
  what: string,
  more: Partial<Deed> = {},
): Deed | undefined {
  const list = [...request.texts('alarmNames'), ...request.texts('muteTargets.alarmNames')];
  const isProtected = list.length === 0 || given.protectedNames.find(...list) !== undefined;
  // Alarms come and go with what they watch.
  if (isServiceWork({ record }) || (!isProtected && name === 'DeleteAlarms')) return undefined;
  return {
    ...more,
    ...(isProtected && !isByService({ record }) ? {} : { severity: 'low' }),
    deed: `${withNames('CloudWatch alarms', ...list)} ${what}`,
    target: ['AWS::CloudWatch::Alarm', list[0]],
  };
}

/** A rule that is protected, or that is disabled. Services remove their own. */
function rule(
  { request, record, parameters: given, name }: MonitoringCall,
  field: string,
  what: string,
  more: Partial<Deed> = {},
): Deed | undefined {
  const id = request.text(field);
  const isProtected = id === undefined || given.protectedNames.find(id) !== undefined;
  if (isServiceWork({ record }) || (!isProtected && name !== 'DisableRule')) return undefined;
  return {
    ...more,
    ...(isProtected && !isByService({ record }) ? {} : { severity: 'low' }),
    deed: `${withNames('EventBridge rule', id)} ${what}`,
    target: ['AWS::Events::Rule', id],
  };
}

function telemetry(what: string): (call: MonitoringCall) => Deed {
  return ({ request }) => ({
    deed: withNames(`Telemetry ${what}`, request.text('ruleIdentifier')),
    meaning: 'New resources get no logs and metrics by themselves any longer.',
    target: ['AWS::ObservabilityAdmin::TelemetryRule', request.text('ruleIdentifier')],
  });
}
