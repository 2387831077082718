import { type CallReader, cis, defineCallRule, mitre } from '@patrol/core';
import { requestOf } from '../../lib/ec2.ts';
import { known } from '../../lib/facts.ts';
import { capital, withNames } from '../../lib/words.ts';

/** What a call is about: its name in words, its type, and the fields that have its id. */
type Thing = readonly [what: string, type: string, ...ids: readonly string[]];

const group: Thing = ['security group', 'AWS::EC2::SecurityGroup', 'groupId', 'groupName'];
const acl: Thing = ['network ACL', 'AWS::EC2::NetworkAcl', 'networkAclId', 'associationId'];
const customerGateway: Thing = [
  'customer gateway',
  'AWS::EC2::CustomerGateway',
  'customerGatewayId',
];
const gateway: Thing = ['internet gateway', 'AWS::EC2::InternetGateway', 'internetGatewayId'];
const routes: Thing = ['route table', 'AWS::EC2::RouteTable', 'routeTableId', 'associationId'];
const vpc: Thing = ['VPC', 'AWS::EC2::VPC', 'vpcId'];
const peering: Thing = [
  'VPC peering connection',
  'AWS::EC2::VPCPeeringConnection',
  'vpcPeeringConnectionId',
  'vpcId',
];

export default defineCallRule({
  name: 'networkChanged',
  title: 'Network changed',
  description:
    'Tells each change of security groups, network ACLs, gateways, route tables and VPCs. It is meant for accounts whose network seldom changes: every deployment of a network is many alerts.',
  severity: 'low',
  runbook:
    'Compare it with what was planned for the network. If nobody planned it, put it back as it was and look in CloudTrail at what else the actor did.',
  references: [
    cis(10),
    cis(11),
    cis(12),
    cis(13),
    cis(14),
    mitre('T1562.007', 'Impair Defenses: Disable or Modify Cloud Firewall'),
  ],
  parameters: {},
  calls: {
    'ec2.amazonaws.com': {
      AuthorizeSecurityGroupEgress: changed(group, 'outbound rule added'),
      AuthorizeSecurityGroupIngress: changed(group, 'inbound rule added'),
      CreateSecurityGroup: changed(group, 'created'),
      DeleteSecurityGroup: changed(group, 'deleted'),
      ModifySecurityGroupRules: changed(group, 'rules changed'),
      RevokeSecurityGroupEgress: changed(group, 'outbound rule removed'),
      RevokeSecurityGroupIngress: changed(group, 'inbound rule removed'),

      CreateNetworkAcl: changed(acl, 'created'),
      CreateNetworkAclEntry: changed(acl, 'entry added'),
      DeleteNetworkAcl: changed(acl, 'deleted'),
      DeleteNetworkAclEntry: changed(acl, 'entry removed'),
      ReplaceNetworkAclAssociation: changed(acl, 'association replaced'),
      ReplaceNetworkAclEntry: changed(acl, 'entry replaced'),

      AttachInternetGateway: changed(gateway, 'attached'),
      CreateCustomerGateway: changed(customerGateway, 'created'),
      CreateInternetGateway: changed(gateway, 'created'),
      DeleteCustomerGateway: changed(customerGateway, 'deleted'),
      DeleteInternetGateway: changed(gateway, 'deleted'),
      DetachInternetGateway: changed(gateway, 'detached'),

      CreateRoute: changed(routes, 'route added'),
      CreateRouteTable: changed(routes, 'created'),
      DeleteRoute: changed(routes, 'route removed'),
      DeleteRouteTable: changed(routes, 'deleted'),
      DisassociateRouteTable: changed(routes, 'taken from a subnet'),
      ReplaceRoute: changed(routes, 'route replaced'),
      ReplaceRouteTableAssociation: changed(routes, 'association replaced'),

      AcceptVpcPeeringConnection: changed(peering, 'accepted'),
      AttachClassicLinkVpc: changed(vpc, 'linked to an instance of EC2-Classic'),
      CreateVpc: changed(vpc, 'created'),
      CreateVpcPeeringConnection: changed(peering, 'asked for'),
      DeleteVpc: changed(vpc, 'deleted'),
      DeleteVpcPeeringConnection: changed(peering, 'deleted'),
      DetachClassicLinkVpc: changed(vpc, 'link to an instance of EC2-Classic removed'),
      DisableVpcClassicLink: changed(vpc, 'ClassicLink turned off'),
      EnableVpcClassicLink: changed(vpc, 'ClassicLink turned on'),
      ModifyVpcAttribute: changed(vpc, 'attribute changed'),
      RejectVpcPeeringConnection: changed(peering, 'rejected'),
    },
  },
});

/** What a change of the network may say, besides what it is about. */
const details = [
  'aclProtocol',
  'cidrBlock',
  'cidrIp',
  'destinationCidrBlock',
  'gatewayId',
  'ipv6CidrBlock',
  'destinationIpv6CidrBlock',
  'natGatewayId',
  'peerOwnerId',
  'peerVpcId',
  'ruleAction',
  'ruleNumber',
  'transitGatewayId',
  'vpcId',
  'vpcPeeringConnectionId',
];

function changed([what, type, ...ids]: Thing, how: string): CallReader {
  return (call) => {
    const request = requestOf(call);
    const id = ids.map((name) => request.text(name)).find((text) => text !== undefined);
    return {
      deed: withNames(`${capital(what)} ${how}:`, id),
      facts: known(Object.fromEntries(details.map((name) => [name, request.text(name)]))),
      target: [type, id],
    };
  };
}
