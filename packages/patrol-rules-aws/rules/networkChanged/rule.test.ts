import { apiCallRecord, denied, describeRule, type ExpectedAlert } from '@patrol/core/testing';
import rule from './rule.ts';

const call = (eventName: string, requestParameters: unknown, fields = {}): unknown =>
  apiCallRecord('ec2.amazonaws.com', eventName, { requestParameters, ...fields });

/** What a call is asked for, and how the title of its alert begins. */
const changes: Readonly<Record<string, readonly [unknown, string]>> = {
  AuthorizeSecurityGroupEgress: [{ groupId: 'sg-1' }, 'Security group outbound rule added: sg-1'],
  AuthorizeSecurityGroupIngress: [{ groupId: 'sg-1' }, 'Security group inbound rule added: sg-1'],
  CreateSecurityGroup: [{ groupName: 'web' }, 'Security group created: web'],
  DeleteSecurityGroup: [{ groupId: 'sg-1' }, 'Security group deleted: sg-1'],
  ModifySecurityGroupRules: [
    { ModifySecurityGroupRulesRequest: { GroupId: 'sg-1' } },
    'Security group rules changed: sg-1',
  ],
  RevokeSecurityGroupEgress: [{ groupId: 'sg-1' }, 'Security group outbound rule removed: sg-1'],
  RevokeSecurityGroupIngress: [{ groupId: 'sg-1' }, 'Security group inbound rule removed: sg-1'],
  CreateNetworkAcl: [{ vpcId: 'vpc-1' }, 'Network ACL created by'],
  DeleteNetworkAcl: [{ networkAclId: 'acl-1' }, 'Network ACL deleted: acl-1'],
  DeleteNetworkAclEntry: [{ networkAclId: 'acl-1' }, 'Network ACL entry removed: acl-1'],
  ReplaceNetworkAclAssociation: [
    { associationId: 'aclassoc-1', networkAclId: 'acl-1' },
    'Network ACL association replaced: acl-1',
  ],
  ReplaceNetworkAclEntry: [{ networkAclId: 'acl-1' }, 'Network ACL entry replaced: acl-1'],
  AttachInternetGateway: [{ internetGatewayId: 'igw-1' }, 'Internet gateway attached: igw-1'],
  CreateCustomerGateway: [{ type: 'ipsec.1' }, 'Customer gateway created by'],
  CreateInternetGateway: [{}, 'Internet gateway created by'],
  DeleteCustomerGateway: [{ customerGatewayId: 'cgw-1' }, 'Customer gateway deleted: cgw-1'],
  DeleteInternetGateway: [{ internetGatewayId: 'igw-1' }, 'Internet gateway deleted: igw-1'],
  DetachInternetGateway: [{ internetGatewayId: 'igw-1' }, 'Internet gateway detached: igw-1'],
  CreateRouteTable: [{ vpcId: 'vpc-1' }, 'Route table created by'],
  DeleteRoute: [{ routeTableId: 'rtb-1' }, 'Route table route removed: rtb-1'],
  DeleteRouteTable: [{ routeTableId: 'rtb-1' }, 'Route table deleted: rtb-1'],
  DisassociateRouteTable: [
    { associationId: 'rtbassoc-1' },
    'Route table taken from a subnet: rtbassoc-1',
  ],
  ReplaceRoute: [{ routeTableId: 'rtb-1' }, 'Route table route replaced: rtb-1'],
  ReplaceRouteTableAssociation: [
    { routeTableId: 'rtb-1' },
    'Route table association replaced: rtb-1',
  ],
  AcceptVpcPeeringConnection: [
    { vpcPeeringConnectionId: 'pcx-1' },
    'VPC peering connection accepted: pcx-1',
  ],
  AttachClassicLinkVpc: [{ vpcId: 'vpc-1' }, 'VPC linked to an instance of EC2-Classic: vpc-1'],
  CreateVpc: [{ cidrBlock: '192.0.2.0/24' }, 'VPC created by'],
  CreateVpcPeeringConnection: [{ vpcId: 'vpc-1' }, 'VPC peering connection asked for: vpc-1'],
  DeleteVpc: [{ vpcId: 'vpc-1' }, 'VPC deleted: vpc-1'],
  DeleteVpcPeeringConnection: [
    { DeleteVpcPeeringConnectionRequest: { VpcPeeringConnectionId: 'pcx-1' } },
    'VPC peering connection deleted: pcx-1',
  ],
  DetachClassicLinkVpc: [
    { vpcId: 'vpc-1' },
    'VPC link to an instance of EC2-Classic removed: vpc-1',
  ],
  DisableVpcClassicLink: [{ vpcId: 'vpc-1' }, 'VPC ClassicLink turned off: vpc-1'],
  EnableVpcClassicLink: [{ vpcId: 'vpc-1' }, 'VPC ClassicLink turned on: vpc-1'],
  ModifyVpcAttribute: [{ vpcId: 'vpc-1' }, 'VPC attribute changed: vpc-1'],
  RejectVpcPeeringConnection: [
    { vpcPeeringConnectionId: 'pcx-1' },
    'VPC peering connection rejected: pcx-1',
  ],
};

describeRule(rule, {
  alerts: {
    ...Object.fromEntries(
      Object.entries(changes).map(
        ([name, [request, begin]]): [string, [unknown, ExpectedAlert]] => [
          name,
          [
            call(name, request),
            {
              title: begin.endsWith(' by')
                ? `${begin} IAM user alice`
                : `${begin} by IAM user alice`,
              severity: 'low',
            },
          ],
        ],
      ),
    ),
    'an entry of a network ACL, with what it says': [
      call('CreateNetworkAclEntry', {
        networkAclId: 'acl-1',
        ruleNumber: 10,
        egress: false,
        ruleAction: 'allow',
        icmpTypeCode: {},
        portRange: {},
        aclProtocol: '-1',
        cidrBlock: '0.0.0.0/0',
      }),
      {
        title: 'Network ACL entry added: acl-1 by IAM user alice',
        facts: { aclProtocol: '-1', cidrBlock: '0.0.0.0/0', ruleAction: 'allow', ruleNumber: '10' },
        targets: [{ type: 'AWS::EC2::NetworkAcl', id: 'acl-1' }],
      },
    ],
    'a route, with where it goes': [
      call('CreateRoute', {
        routeTableId: 'rtb-1',
        destinationCidrBlock: '0.0.0.0/0',
        gatewayId: 'igw-1',
      }),
      {
        title: 'Route table route added: rtb-1 by IAM user alice',
        facts: { destinationCidrBlock: '0.0.0.0/0', gatewayId: 'igw-1' },
      },
    ],
  },
  quiet: {
    'a denied attempt': [call('DeleteVpc', null, denied('ec2:DeleteVpc', '*'))],
  },
});
