import { type CallReader, defineCallRule, type Fields, mitre } from '@patrol/core';
import { isServiceItself, unlessByService } from '../../lib/actor.ts';
import { known } from '../../lib/facts.ts';
import { awsCommand } from '../../lib/undo.ts';
import { withNames } from '../../lib/words.ts';

const acl = 'AWS::WAFv2::WebACL';
const firewall = 'AWS::NetworkFirewall::Firewall';

// The shapes of the requests are those of the API's models: recorded were denied calls only, which have none.
export default defineCallRule({
  name: 'firewallRemoved',
  title: 'Firewall or DDoS protection removed',
  description:
    'Alerts when somebody takes away or loosens a protection against attacks from the network: AWS WAF, Network Firewall, Firewall Manager, Shield Advanced. ' +
    'What a stack of CloudFormation does is low, and what Firewall Manager does by itself is quiet.',
  severity: 'high',
  runbook:
    'Ask the actor what protects the resource now. If nobody can say, put the protection back, and look in the logs of the resource at what came through since.',
  references: [
    mitre('T1562.007', 'Impair Defenses: Disable or Modify Cloud Firewall'),
    mitre('T1562.008', 'Impair Defenses: Disable or Modify Cloud Logs'),
  ],
  parameters: {},
  calls: {
    'wafv2.amazonaws.com': {
      DisassociateWebACL: removed('Web ACL taken from', '', 'resourceArn'),
      DeleteWebACL: removed('Web ACL deleted:', acl, 'name'),
      DeleteRuleGroup: removed('Rule group of AWS WAF deleted:', 'AWS::WAFv2::RuleGroup', 'name'),
      DeleteLoggingConfiguration: removed('Logs turned off of web ACL', acl, 'resourceArn'),
      UpdateWebACL(call) {
        const { request } = call;
        const counting = request
          .list('rules')
          .filter((rule) => isThere(rule, 'action.count') || isThere(rule, 'overrideAction.count'))
          .flatMap((rule) => rule.text('name') ?? []);
        // Most web ACLs allow what no rule blocks: it tells nothing as long as there are rules.
        const isOpen = isThere(request, 'defaultAction.allow') && !blocks(request);
        if (isServiceItself(call) || (!isOpen && counting.length === 0)) return undefined;
        return {
          severity: isOpen ? unlessByService(call, 'high') : 'low',
          deed: `${withNames('Web ACL', request.text('name'))} ${isOpen ? 'left without a rule that blocks' : 'has rules that only count'}`,
          meaning: isOpen
            ? 'It lets through every request.'
            : 'They block nothing. The record does not tell whether they did before.',
          facts: known({ counting, scope: request.text('scope') }),
          target: [acl, request.text('id')],
        };
      },
    },
    'network-firewall.amazonaws.com': {
      DeleteFirewall: removed('Network firewall deleted:', firewall, 'firewallName', 'firewallArn'),
      DeleteFirewallPolicy: removed(
        'Policy of network firewalls deleted:',
        'AWS::NetworkFirewall::FirewallPolicy',
        'firewallPolicyName',
        'firewallPolicyArn',
      ),
      UpdateFirewallDeleteProtection: (call) =>
        call.request.flag('deleteProtection') === false
          ? {
              severity: unlessByService(call, 'medium'),
              deed: `${withNames('Network firewall', firewallOf(call.request))} may be deleted again`,
              target: [firewall, firewallOf(call.request)],
              undo: awsCommand('network-firewall update-firewall-delete-protection', {
                ...(call.request.has('firewallArn')
                  ? { 'firewall-arn': call.request.text('firewallArn') }
                  : { 'firewall-name': call.request.text('firewallName') }),
                'delete-protection': true,
                region: call.region,
              }),
            }
          : undefined,
      UpdateLoggingConfiguration: (call) =>
        call.request.list('loggingConfiguration.logDestinationConfigs').length === 0
          ? {
              severity: unlessByService(call, 'high'),
              deed: `Logs turned off of ${withNames('network firewall', firewallOf(call.request))}`,
              target: [firewall, firewallOf(call.request)],
            }
          : undefined,
    },
    'fms.amazonaws.com': {
      DeletePolicy: removed('Policy of Firewall Manager deleted:', 'AWS::FMS::Policy', 'policyId'),
      DisassociateAdminAccount: removed('Administrator of Firewall Manager removed', ''),
    },
    'shield.amazonaws.com': {
      DeleteProtection: removed(
        'Protection of Shield Advanced deleted:',
        'AWS::Shield::Protection',
        'protectionId',
      ),
      DisableProactiveEngagement: removed('Help of the Shield Response Team turned off', ''),
      DisassociateDRTRole: removed('Role of the Shield Response Team taken away', ''),
    },
  },
});

const firewallOf = (request: Fields): string | undefined =>
  request.text('firewallName') ?? request.text('firewallArn');

/** Groups of rules block by themselves unless they are overridden. */
const blocks = (request: Fields): boolean =>
  request
    .list('rules')
    .some((rule) =>
      ['action.block', 'action.captcha', 'action.challenge', 'overrideAction.none'].some((path) =>
        isThere(rule, path),
      ),
    );

/** `{}` is the whole of an action. */
const isThere = (fields: Fields, path: string): boolean => fields.value(path) !== undefined;

function removed(deed: string, type: string, ...ids: readonly string[]): CallReader {
  return (call) => {
    const id = ids.map((name) => call.request.text(name)).find((text) => text !== undefined);
    return isServiceItself(call)
      ? undefined
      : {
          severity: unlessByService(call, 'high'),
          deed: withNames(deed, id),
          ...(type === '' ? {} : { target: [type, id] }),
        };
  };
}
