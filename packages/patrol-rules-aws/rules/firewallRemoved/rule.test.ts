import { denied, describeRule, type Fields } from '@patrol/core/testing';
import { expect } from 'vitest';
import { by } from '../../testing/people.ts';
import { call } from '../../testing/call.ts';
import rule from './rule.ts';

const balancer =
  'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/shop/0a1b2c3d4e5f6071';

const firewall = 'arn:aws:network-firewall:eu-west-1:111122223333:firewall/edge';

const taken = (fields: Fields = {}): unknown =>
  call('wafv2', 'DisassociateWebACL', { resourceArn: balancer }, fields);

const acl = (defaultAction: Fields, rules: readonly Fields[], fields: Fields = {}): unknown =>
  call(
    'wafv2',
    'UpdateWebACL',
    { name: 'shop', scope: 'REGIONAL', id: 'acl-1', defaultAction, rules },
    fields,
  );

const allow = { allow: {} };
const blocking = { name: 'bad-bots', priority: 0, action: { block: {} } };
const counting = { name: 'bad-bots', priority: 0, action: { count: {} } };
const group = (overrideAction: Fields): Fields => ({ name: 'common', priority: 1, overrideAction });

const protection = (deleteProtection: boolean): unknown =>
  call('network-firewall', 'UpdateFirewallDeleteProtection', {
    firewallArn: firewall,
    deleteProtection,
  });

const logging = (logDestinationConfigs: readonly Fields[]): unknown =>
  call('network-firewall', 'UpdateLoggingConfiguration', {
    firewallName: 'edge',
    loggingConfiguration: { logDestinationConfigs },
  });

describeRule(rule, {
  alerts: {
    'a load balancer without its web ACL': [
      taken(),
      { title: `Web ACL taken from ${balancer} by IAM user alice`, severity: 'high' },
    ],
    'a load balancer whose web ACL a stack takes': [
      taken(by.stack),
      { title: expect.any(String), severity: 'low' },
    ],
    'a web ACL': [
      call('wafv2', 'DeleteWebACL', { name: 'shop', scope: 'REGIONAL', id: 'acl-1' }),
      {
        title: 'Web ACL deleted: shop by IAM user alice',
        severity: 'high',
        targets: [{ type: 'AWS::WAFv2::WebACL', id: 'shop' }],
      },
    ],
    'a group of rules': [
      call('wafv2', 'DeleteRuleGroup', { name: 'common', scope: 'REGIONAL', id: 'g-1' }),
      { title: 'Rule group of AWS WAF deleted: common by IAM user alice' },
    ],
    'the logs of a web ACL': [
      call('wafv2', 'DeleteLoggingConfiguration', { resourceArn: 'acl-arn' }),
      { title: 'Logs turned off of web ACL acl-arn by IAM user alice', severity: 'high' },
    ],
    'a web ACL without rules': [
      acl(allow, []),
      { title: 'Web ACL shop left without a rule that blocks by IAM user alice', severity: 'high' },
    ],
    'a web ACL whose rules all count': [
      acl(allow, [counting, group({ count: {} })]),
      {
        title: 'Web ACL shop left without a rule that blocks by IAM user alice',
        severity: 'high',
        facts: { counting: 'bad-bots, common', scope: 'REGIONAL' },
      },
    ],
    'a web ACL that a stack leaves without rules': [
      acl(allow, [], by.stack),
      { title: expect.any(String), severity: 'low' },
    ],
    'a web ACL of which some rules count': [
      acl(allow, [counting, group({ none: {} })]),
      { title: 'Web ACL shop has rules that only count by IAM user alice', severity: 'low' },
    ],
    'a firewall': [
      call('network-firewall', 'DeleteFirewall', { firewallArn: firewall }),
      { title: `Network firewall deleted: ${firewall} by IAM user alice`, severity: 'high' },
    ],
    'a policy of firewalls': [
      call('network-firewall', 'DeleteFirewallPolicy', { firewallPolicyName: 'edge' }),
      { title: 'Policy of network firewalls deleted: edge by IAM user alice' },
    ],
    'a firewall that may be deleted': [
      protection(false),
      {
        title: `Network firewall ${firewall} may be deleted again by IAM user alice`,
        severity: 'medium',
        undo: `aws network-firewall update-firewall-delete-protection --firewall-arn ${firewall} --delete-protection --region eu-west-1`,
      },
    ],
    'a firewall without logs': [
      logging([]),
      { title: 'Logs turned off of network firewall edge by IAM user alice', severity: 'high' },
    ],
    'a policy of Firewall Manager': [
      call('fms', 'DeletePolicy', { policyId: 'p-1', deleteAllPolicyResources: true }),
      { title: 'Policy of Firewall Manager deleted: p-1 by IAM user alice' },
    ],
    'the administrator of Firewall Manager': [
      call('fms', 'DisassociateAdminAccount', null),
      { title: 'Administrator of Firewall Manager removed by IAM user alice' },
    ],
    'a protection of Shield': [
      call('shield', 'DeleteProtection', { protectionId: 's-1' }),
      { title: 'Protection of Shield Advanced deleted: s-1 by IAM user alice' },
    ],
    'the help of the response team': [
      call('shield', 'DisableProactiveEngagement', null),
      { title: 'Help of the Shield Response Team turned off by IAM user alice' },
    ],
    'the role of the response team': [
      call('shield', 'DisassociateDRTRole', null),
      { title: 'Role of the Shield Response Team taken away by IAM user alice' },
    ],
  },
  quiet: {
    'what Firewall Manager does by itself': [taken(by.service)],
    'a web ACL that blocks by a rule': [acl(allow, [blocking])],
    'a web ACL that blocks by a group': [acl(allow, [group({ none: {} })])],
    'a web ACL that blocks by default': [acl({ block: {} }, [])],
    'what a service does to a web ACL by itself': [acl(allow, [], by.service)],
    'a firewall that may not be deleted': [protection(true)],
    'a firewall with logs': [logging([{ logType: 'ALERT', logDestinationType: 'S3' }])],
    'a denied attempt': [call('wafv2', 'DeleteWebACL', null, denied('wafv2:DeleteWebACL', '*'))],
  },
});
