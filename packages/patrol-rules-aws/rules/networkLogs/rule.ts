import { defineCallRule, guardDuty, mitre, stratus } from '@patrol/core';
import { known } from '../../lib/facts.ts';
import { awsCommand } from '../../lib/undo.ts';
import { withNames } from '../../lib/words.ts';

const dns = 'DNS queries of these networks are no longer recorded.';

export default defineCallRule({
  name: 'networkLogs',
  title: 'Network logs removed',
  description:
    'Alerts when somebody deletes VPC flow logs, or ends the logging of DNS queries in a VPC or of a hosted zone.',
  severity: 'high',
  runbook:
    'Ask the actor why the traffic should no longer be recorded. If nobody can say, create the flow logs or the query logging again, treat the credentials ' +
    'that were used as stolen, and look at what was done in the network since. GuardDuty reads traffic and DNS queries in its own way: look at its findings.',
  references: [
    mitre('T1562.008', 'Impair Defenses: Disable or Modify Cloud Logs'),
    stratus('defense-evasion.vpc-remove-flow-logs'),
    stratus('defense-evasion.dns-delete-logs'),
    guardDuty('VPCFlowLogsDeleted'),
    guardDuty('DNSQueryLogsDeleted'),
  ],
  parameters: {},
  calls: {
    'ec2.amazonaws.com': {
      DeleteFlowLogs({ request }) {
        const ids = request
          .list('DeleteFlowLogsRequest.FlowLogId')
          .flatMap((id) => id.text('content') ?? []);
        return {
          deed: `${withNames('VPC flow logs', ...ids)} deleted`,
          meaning: 'The traffic of these networks is no longer recorded.',
          facts: known({ flowLogs: ids }),
          target: ['AWS::EC2::FlowLog', ids[0]],
        };
      },
    },
    'route53resolver.amazonaws.com': {
      DeleteResolverQueryLogConfig({ request, response }) {
        const config = request.text('resolverQueryLogConfigId');
        return {
          deed: `${withNames('DNS query logging', config)} deleted`,
          meaning: dns,
          facts: known({ destination: response.text('resolverQueryLogConfig.destinationArn') }),
          target: ['AWS::Route53Resolver::ResolverQueryLoggingConfig', config],
        };
      },
      DisassociateResolverQueryLogConfig({ request, region }) {
        const config = request.text('resolverQueryLogConfigId');
        const vpc = request.text('resourceId');
        return {
          deed: `DNS query logging ended in ${withNames('VPC', vpc)}`,
          meaning: dns,
          facts: known({ queryLogging: config }),
          target: ['AWS::EC2::VPC', vpc],
          undo: awsCommand('route53resolver associate-resolver-query-log-config', {
            'resolver-query-log-config-id': config,
            'resource-id': vpc,
            region,
          }),
        };
      },
    },
    'route53.amazonaws.com': {
      DeleteQueryLoggingConfig: ({ request }) => ({
        deed: `${withNames('DNS query logging of a hosted zone', request.text('id'))} deleted`,
        meaning: 'DNS queries for the names in the zone are no longer recorded.',
        target: ['AWS::Route53::QueryLoggingConfig', request.text('id')],
      }),
    },
  },
});
