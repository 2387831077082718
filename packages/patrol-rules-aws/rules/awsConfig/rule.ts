import { type Call, type CallReader, cis, defineCallRule, mitre } from '@patrol/core';
import { isServiceWork, unlessByService } from '../../lib/actor.ts';
import { known } from '../../lib/facts.ts';
import { awsCommand } from '../../lib/undo.ts';
import { withNames } from '../../lib/words.ts';

const unrecorded = 'AWS Config no longer records what is changed, and rules no longer judge it.';

export default defineCallRule({
  name: 'awsConfig',
  title: 'AWS Config changed',
  description:
    'Alerts when somebody stops AWS Config, narrows what it records, or removes its rules. Tells other changes of what it records and where to as well, with severity low.',
  severity: 'high',
  runbook:
    'Ask the actor whether this was planned. If it was not, start the recorder again, record all types of resources, and deploy the rules again. ' +
    'Treat the credentials that were used as stolen, and look in CloudTrail at what was changed while AWS Config did not look.',
  references: [cis(9), mitre('T1562.001', 'Impair Defenses: Disable or Modify Tools')],
  parameters: {},
  calls: {
    'config.amazonaws.com': {
      StopConfigurationRecorder({ request, region }) {
        const recorder = request.text('configurationRecorderName');
        return {
          deed: `${withNames('AWS Config recorder', recorder)} stopped`,
          meaning: unrecorded,
          target: ['AWS::Config::ConfigurationRecorder', recorder],
          undo: awsCommand('configservice start-configuration-recorder', {
            'configuration-recorder-name': recorder,
            region,
          }),
        };
      },
      DeleteConfigurationRecorder: ({ request }) => ({
        deed: `${withNames('AWS Config recorder', request.text('configurationRecorderName'))} deleted`,
        meaning: unrecorded,
        target: ['AWS::Config::ConfigurationRecorder', request.text('configurationRecorderName')],
      }),
      DeleteServiceLinkedConfigurationRecorder: (call) =>
        isServiceWork(call)
          ? undefined
          : {
              severity: unlessByService(call, 'high'),
              deed: `${withNames('AWS Config recorder of service', call.request.text('servicePrincipal'))} deleted`,
              meaning: 'The service no longer learns what is changed.',
            },
      PutConfigurationRecorder({ request }) {
        const group = request.at('configurationRecorder.recordingGroup');
        const excluded = group.texts('exclusionByResourceTypes.resourceTypes');
        const only = group.texts('resourceTypes');
        // Without a group, all types are recorded.
        const isNarrow =
          excluded.length > 0 || only.length > 0 || group.flag('allSupported') === false;
        const recorder = request.text('configurationRecorder.name');
        return {
          severity: isNarrow ? 'high' : 'low',
          deed: `${withNames('AWS Config recorder', recorder)} ${isNarrow ? 'records some types of resources only' : 'set'}`,
          facts: known({ excluded, only }),
          target: ['AWS::Config::ConfigurationRecorder', recorder],
        };
      },
      DisassociateResourceTypes: ({ request }) => ({
        deed: `AWS Config no longer records ${withNames('types', ...request.texts('resourceTypes'))}`,
        facts: known({ types: request.texts('resourceTypes') }),
        target: ['AWS::Config::ConfigurationRecorder', request.text('configurationRecorderArn')],
      }),
      DeleteDeliveryChannel: ({ request }) => ({
        deed: `${withNames('AWS Config delivery channel', request.text('deliveryChannelName'))} deleted`,
        meaning: 'What AWS Config records is no longer delivered.',
        target: ['AWS::Config::DeliveryChannel', request.text('deliveryChannelName')],
      }),
      PutDeliveryChannel: ({ request }) => ({
        severity: 'low',
        deed: `AWS Config delivers to ${withNames('bucket', request.text('deliveryChannel.s3BucketName'))}`,
        meaning: 'The record does not say where it delivered before.',
        target: ['AWS::Config::DeliveryChannel', request.text('deliveryChannel.name')],
      }),
      DeleteConfigRule: removed('rule', 'configRuleName', 'AWS::Config::ConfigRule'),
      DeleteConformancePack: removed(
        'conformance pack',
        'conformancePackName',
        'AWS::Config::ConformancePack',
      ),
      DeleteOrganizationConfigRule: removed(
        'rule of the organisation',
        'organizationConfigRuleName',
        'AWS::Config::OrganizationConfigRule',
      ),
      DeleteOrganizationConformancePack: removed(
        'conformance pack of the organisation',
        'organizationConformancePackName',
        'AWS::Config::OrganizationConformancePack',
      ),
      DeleteRemediationConfiguration: removed(
        'remediation of rule',
        'configRuleName',
        'AWS::Config::RemediationConfiguration',
      ),
      DeleteAggregationAuthorization: removed(
        'aggregation into account',
        'authorizedAccountId',
        'AWS::Config::AggregationAuthorization',
      ),
    },
  },
});

/** Something that judges resources, or shows what was judged. Services remove what they made themselves. */
function removed(what: string, name: string, type: string): CallReader {
  return (call: Call) =>
    isServiceWork(call)
      ? undefined
      : {
          severity: unlessByService(call, 'medium'),
          deed: `${withNames(`AWS Config ${what}`, call.request.text(name))} deleted`,
          target: [type, call.request.text(name)],
        };
}
