import {
  type Call,
  type CallReader,
  defineCallRule,
  type Fields,
  guardDuty,
  mitre,
  names,
  stratus,
} from '@patrol/core';
import { requestOf } from '../../lib/ec2.ts';
import { known } from '../../lib/facts.ts';
import { awsCommand } from '../../lib/undo.ts';
import { withNames } from '../../lib/words.ts';

const parameters = {
  ports: names(
    'The ports that must not be open to the world. A security group that lets in everything is a finding whatever this says.',
    {
      default:
        '20,21,22,23,135,139,445,1433,1521,2375,2376,2379,3306,3389,5432,5900,5985,5986,6379,9200,10250,11211,27017',
      form: { pattern: '\\d{1,5}', words: 'the number of a port, such as 22' },
    },
  ),
};

type P = typeof parameters;

export default defineCallRule({
  name: 'securityGroupOpened',
  title: 'Security group opened to the world',
  description:
    'Alerts when somebody opens a security group to all addresses (or to a range of IPv4 wider than /8), for all traffic or for a port of remote access, of a database or of another service that is not meant for the internet.',
  severity: 'high',
  runbook:
    'Ask the actor why. If nobody can say, take the rule away with the command in the alert. Find out which instances the group protects, and look there at who connected since.',
  references: [
    mitre('T1562.007', 'Impair Defenses: Disable or Modify Cloud Firewall'),
    stratus('exfiltration.ec2-security-group-open-port-22-ingress'),
    guardDuty('EC2SecurityGroupPublicSSH'),
  ],
  parameters,
  calls: {
    'ec2.amazonaws.com': {
      AuthorizeSecurityGroupIngress: opening(({ request }) => [
        request,
        ...request.list('ipPermissions'),
      ]),
      ModifySecurityGroupRules: opening((call) =>
        requestOf(call)
          .list('SecurityGroupRule')
          .map((rule) => rule.at('SecurityGroupRule')),
      ),
    },
  },
});

function opening(rulesOf: (call: Call<P>) => readonly Fields[]): CallReader<P> {
  return (call) => {
    const ports = call.parameters.ports.items.map(Number);
    const open = rulesOf(call).flatMap((rule) => {
      const traffic = dangerous(rule, ports);
      return traffic === undefined
        ? []
        : sourcesOf(rule)
            .filter(isWide)
            .map((from) => `${traffic} from ${from}`);
    });
    if (open.length === 0) return undefined;
    const group = requestOf(call).text('groupId') ?? call.request.text('groupName');
    return {
      deed: `${withNames('Security group', group)} opened to the world`,
      meaning: `It now lets in ${open.slice(0, 5).join(', ')}${open.length > 5 ? ' and more' : ''}.`,
      facts: known({ opened: open }),
      target: ['AWS::EC2::SecurityGroup', group],
      undo: closing(call, group),
    };
  };
}

/** What AWS made of the request has ids, by which it can be taken back. */
function closing({ response, region }: Call<P>, group: string | undefined) {
  const ids = response
    .list('securityGroupRuleSet')
    .filter((rule) => sourcesOf(rule).some(isWide))
    .flatMap((rule) => rule.text('securityGroupRuleId') ?? []);
  return ids.length === 0
    ? undefined
    : awsCommand('ec2 revoke-security-group-ingress', {
        'group-id': group,
        'security-group-rule-ids': ids,
        region,
      });
}

/** Protocols that have ports, by name and by number. */
const withPorts = new Set(['tcp', 'udp', '6', '17']);

/** What a rule lets in, if that is everything or a port of the list. */
function dangerous(rule: Fields, ports: readonly number[]): string | undefined {
  const protocol = rule.text('ipProtocol') ?? '';
  if (protocol === '-1') return 'all traffic';
  if (!withPorts.has(protocol)) return undefined;
  const from = rule.number('fromPort') ?? 0;
  const to = rule.number('toPort') ?? 65_535;
  // -1 is how EC2 writes that all ports are meant.
  if (from === -1) return `${protocol} on all ports`;
  return ports.some((port) => from <= port && port <= to)
    ? `${protocol} ${from === to ? from : `${from}-${to}`}`
    : undefined;
}

const sourcesOf = (rule: Fields): readonly string[] => [
  ...['cidrIp', 'cidrIpv4', 'cidrIpv6'].flatMap((name) => rule.text(name) ?? []),
  ...rule.list('ipRanges').flatMap((range) => range.text('cidrIp') ?? []),
  ...rule.list('ipv6Ranges').flatMap((range) => range.text('cidrIpv6') ?? []),
];

/** Whether a range has all addresses, or so many that it cannot be meant for anybody. All of IPv6's public ones are 2000::/3. */
function isWide(range: string): boolean {
  const [address = '', prefix] = range.split('/');
  return prefix !== undefined && /^\d+$/.test(prefix)
    ? Number(prefix) < (address.includes(':') ? 4 : 8)
    : false;
}
