import { apiCallRecord, describeRule } from '@patrol/core/testing';
import rule from './rule.ts';

/** A call in the shape of EC2's newer calls. */
const ec2 = (eventName: string, request: unknown = '') =>
  apiCallRecord('ec2.amazonaws.com', eventName, {
    requestParameters: { [`${eventName}Request`]: request },
  });
const flat = (eventName: string, requestParameters: object) =>
  apiCallRecord('ec2.amazonaws.com', eventName, { requestParameters });
const imds = 'Need for IMDSv2 turned off for new instances by IAM user alice';

describeRule(rule, {
  alerts: {
    'default encryption that is turned off': [
      ec2('DisableEbsEncryptionByDefault'),
      {
        title: 'Default encryption of EBS volumes turned off by IAM user alice',
        severity: 'high',
        undo: 'aws ec2 enable-ebs-encryption-by-default --region eu-west-1',
      },
    ],
    'public snapshots': [
      ec2('DisableSnapshotBlockPublicAccess'),
      {
        title: 'Block of public EBS snapshots turned off by IAM user alice',
        undo: 'aws ec2 enable-snapshot-block-public-access --state block-all-sharing --region eu-west-1',
      },
    ],
    'public AMIs': [
      ec2('DisableImageBlockPublicAccess'),
      {
        title: 'Block of public AMIs turned off by IAM user alice',
        undo: 'aws ec2 enable-image-block-public-access --image-block-public-access-state block-new-sharing --region eu-west-1',
      },
    ],
    'any AMI': [
      ec2('DisableAllowedImagesSettings'),
      { title: 'Allowed AMIs turned off by IAM user alice' },
    ],
    'serial consoles': [
      ec2('EnableSerialConsoleAccess'),
      {
        title: 'Serial console access turned on by IAM user alice',
        undo: 'aws ec2 disable-serial-console-access --region eu-west-1',
      },
    ],
    'IMDSv1 by default': [
      ec2('ModifyInstanceMetadataDefaults', { HttpTokens: 'optional' }),
      {
        title: imds,
        severity: 'high',
        facts: { httpTokens: 'optional' },
        undo: 'aws ec2 modify-instance-metadata-defaults --http-tokens required --region eu-west-1',
      },
    ],
    'IMDSv2 that is no longer enforced': [
      flat('ModifyInstanceMetadataDefaults', { httpTokensEnforced: 'disabled' }),
      { title: imds, severity: 'high' },
    ],
    'IMDSv2 that is left to each instance': [
      flat('ModifyInstanceMetadataDefaults', { httpTokens: 'no-preference' }),
      { title: imds, severity: 'medium' },
    ],
    'VPCs without their block': [
      ec2('ModifyVpcBlockPublicAccessOptions', { InternetGatewayBlockMode: 'off' }),
      { title: 'Block of public access to VPCs turned off by IAM user alice', severity: 'high' },
    ],
    'a subnet without the block': [
      ec2('CreateVpcBlockPublicAccessExclusion', {
        SubnetId: 'subnet-0a1b2c3d',
        InternetGatewayExclusionMode: 'allow-bidirectional',
      }),
      {
        title:
          'Exclusion from the block of public access made for subnet subnet-0a1b2c3d by IAM user alice',
        severity: 'medium',
        targets: [{ type: 'AWS::EC2::Subnet', id: 'subnet-0a1b2c3d' }],
      },
    ],
    'a VPC that may send to the internet': [
      flat('CreateVpcBlockPublicAccessExclusion', {
        vpcId: 'vpc-0a1b2c3d',
        internetGatewayExclusionMode: 'allow-egress',
      }),
      {
        title:
          'Exclusion from the block of public access made for VPC vpc-0a1b2c3d by IAM user alice',
        severity: 'low',
        targets: [{ type: 'AWS::EC2::VPC', id: 'vpc-0a1b2c3d' }],
      },
    ],
  },
  quiet: {
    'IMDSv2 by default': [ec2('ModifyInstanceMetadataDefaults', { HttpTokens: 'required' })],
    'a number of hops': [flat('ModifyInstanceMetadataDefaults', { httpPutResponseHopLimit: 2 })],
    'a block of VPCs that stays': [
      ec2('ModifyVpcBlockPublicAccessOptions', { InternetGatewayBlockMode: 'block-ingress' }),
    ],
  },
});
