import { apiCallRecord, denied, describeRule, type Fields } from '@patrol/core/testing';
import rule from './rule.ts';

const group = 'sg-0a1b2c3d4e5f60718';

/** A record with the rules in a list, as the AWS CLI and Terraform ask for them. */
const authorized = (...items: readonly Fields[]): unknown =>
  apiCallRecord('ec2.amazonaws.com', 'AuthorizeSecurityGroupIngress', {
    requestParameters: { groupId: group, ipPermissions: { items } },
  });

const from = (cidrIp: string, more: Fields = {}): Fields => ({
  ipProtocol: 'tcp',
  fromPort: 22,
  toPort: 22,
  groups: {},
  ipRanges: { items: [{ cidrIp }] },
  ipv6Ranges: {},
  prefixListIds: {},
  ...more,
});

/** A record with one rule beside the group, as old clients ask for it. */
const flat = (more: Fields): unknown =>
  apiCallRecord('ec2.amazonaws.com', 'AuthorizeSecurityGroupIngress', {
    requestParameters: { groupId: group, ipPermissions: {}, ...more },
    responseElements: {
      _return: true,
      securityGroupRuleSet: {
        items: [
          { securityGroupRuleId: 'sgr-1', ipProtocol: 'tcp', cidrIpv4: more['cidrIp'] },
          { securityGroupRuleId: 'sgr-2', ipProtocol: 'tcp', cidrIpv4: '192.0.2.0/24' },
        ],
      },
    },
  });

const modified = (SecurityGroupRule: Fields): unknown =>
  apiCallRecord('ec2.amazonaws.com', 'ModifySecurityGroupRules', {
    requestParameters: {
      ModifySecurityGroupRulesRequest: {
        GroupId: group,
        SecurityGroupRule: { SecurityGroupRule, SecurityGroupRuleId: 'sgr-1', tag: 1 },
      },
    },
  });

const opened = (what: string) => ({
  title: `Security group ${group} opened to the world by IAM user alice`,
  severity: 'high' as const,
  facts: { opened: what },
});

describeRule(rule, {
  alerts: {
    'port 22 beside the group': [
      flat({ cidrIp: '0.0.0.0/0', fromPort: 22, toPort: 22, ipProtocol: 'tcp' }),
      {
        ...opened('tcp 22 from 0.0.0.0/0'),
        targets: [{ type: 'AWS::EC2::SecurityGroup', id: group }],
        undo: `aws ec2 revoke-security-group-ingress --group-id ${group} --security-group-rule-ids sgr-1 --region eu-west-1`,
      },
    ],
    'any address with a prefix of none': [
      flat({ cidrIp: '192.0.2.7/0', fromPort: 22, toPort: 22, ipProtocol: 'tcp' }),
      opened('tcp 22 from 192.0.2.7/0'),
    ],
    'port 22 in a list': [authorized(from('0.0.0.0/0')), opened('tcp 22 from 0.0.0.0/0')],
    IPv6: [
      authorized(from('192.0.2.0/24', { ipv6Ranges: { items: [{ cidrIpv6: '::/0' }] } })),
      opened('tcp 22 from ::/0'),
    ],
    'half of all addresses': [authorized(from('128.0.0.0/1')), opened('tcp 22 from 128.0.0.0/1')],
    'a range of ports around one': [
      authorized(from('0.0.0.0/0', { fromPort: 3000, toPort: 4000 })),
      opened('tcp 3000-4000 from 0.0.0.0/0'),
    ],
    'all ports': [
      authorized(from('0.0.0.0/0', { fromPort: -1, toPort: -1 })),
      opened('tcp on all ports from 0.0.0.0/0'),
    ],
    'all traffic': [
      authorized(from('0.0.0.0/0', { ipProtocol: '-1', fromPort: undefined, toPort: undefined })),
      opened('all traffic from 0.0.0.0/0'),
    ],
    'the second of two rules': [
      authorized(
        from('192.0.2.0/24'),
        from('0.0.0.0/0', { ipProtocol: 'udp', fromPort: 11211, toPort: 11211 }),
      ),
      opened('udp 11211 from 0.0.0.0/0'),
    ],
    'a rule that is changed': [
      modified({ IpProtocol: 'tcp', FromPort: 3389, ToPort: 3389, CidrIpv4: '0.0.0.0/0' }),
      opened('tcp 3389 from 0.0.0.0/0'),
    ],
    'a port that the operator names': [
      authorized(from('0.0.0.0/0', { fromPort: 8080, toPort: 8080 })),
      opened('tcp 8080 from 0.0.0.0/0'),
      { parameters: { ports: '8080' } },
    ],
  },
  quiet: {
    'a web server': [authorized(from('0.0.0.0/0', { fromPort: 443, toPort: 443 }))],
    'an own network': [authorized(from('10.0.0.0/8'))],
    'private addresses of IPv6': [
      authorized(from('192.0.2.0/24', { ipv6Ranges: { items: [{ cidrIpv6: 'fc00::/7' }] } })),
    ],
    'another group': [
      authorized(from('', { groups: { items: [{ groupId: group }] }, ipRanges: {} })),
    ],
    pings: [authorized(from('0.0.0.0/0', { ipProtocol: 'icmp', fromPort: -1, toPort: -1 }))],
    'a rule that is changed to a web server': [
      modified({ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIpv4: '0.0.0.0/0' }),
    ],
    'a description that is changed': [modified({ Description: 'office' })],
    'a denied attempt': [
      apiCallRecord('ec2.amazonaws.com', 'AuthorizeSecurityGroupIngress', {
        ...denied('ec2:AuthorizeSecurityGroupIngress', '*'),
      }),
    ],
  },
});
