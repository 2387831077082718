import { apiCallRecord, describeRule } from '@patrol/core/testing';
import { by } from '../../testing/people.ts';
import { expect } from 'vitest';
import rule from './rule.ts';

const foreign = '444455556666';

const call = (eventName: string, requestParameters: unknown, fields = {}): unknown =>
  apiCallRecord('ec2.amazonaws.com', eventName, { requestParameters, ...fields });

const asked = (peerOwnerId: string | undefined, fields = {}): unknown =>
  call(
    'CreateVpcPeeringConnection',
    { vpcId: 'vpc-1', peerVpcId: 'vpc-2', ...(peerOwnerId ? { peerOwnerId } : {}) },
    fields,
  );

const accepted = (ownerId: string): unknown =>
  call(
    'AcceptVpcPeeringConnection',
    { vpcPeeringConnectionId: 'pcx-1' },
    {
      responseElements: {
        vpcPeeringConnection: {
          vpcPeeringConnectionId: 'pcx-1',
          requesterVpcInfo: { ownerId, vpcId: 'vpc-2' },
          accepterVpcInfo: { ownerId: '111122223333', vpcId: 'vpc-1' },
        },
      },
    },
  );

const transit = (PeerAccountId: string): unknown =>
  call('CreateTransitGatewayPeeringAttachment', {
    CreateTransitGatewayPeeringAttachmentRequest: {
      TransitGatewayId: 'tgw-1',
      PeerTransitGatewayId: 'tgw-2',
      PeerAccountId,
      PeerRegion: 'us-east-1',
    },
  });

const mirrored = (fields = {}): unknown =>
  call(
    'CreateTrafficMirrorSession',
    {
      CreateTrafficMirrorSessionRequest: {
        NetworkInterfaceId: 'eni-1',
        TrafficMirrorTargetId: 'tmt-1',
        TrafficMirrorFilterId: 'tmf-1',
        SessionNumber: 1,
      },
    },
    {
      responseElements: {
        CreateTrafficMirrorSessionResponse: {
          trafficMirrorSession: { trafficMirrorSessionId: 'tms-1' },
        },
      },
      ...fields,
    },
  );

describeRule(rule, {
  alerts: {
    'a VPC of another account': [
      asked(foreign),
      {
        title: `VPC vpc-1 connected to a network of account ${foreign} by IAM user alice`,
        severity: 'high',
        suppression: { parameter: 'trustedAccounts', item: foreign },
        targets: [{ type: 'AWS::EC2::VPC', id: 'vpc-1' }],
      },
    ],
    'a deployment that connects': [
      asked(foreign, by.deployment),
      { title: expect.any(String), severity: 'low' },
    ],
    'a connection that is accepted': [
      accepted(foreign),
      { title: `VPC vpc-1 connected to a network of account ${foreign} by IAM user alice` },
    ],
    'a transit gateway of another account': [
      transit(foreign),
      {
        title: `Transit gateway tgw-1 connected to a network of account ${foreign} by IAM user alice`,
      },
    ],
    'mirrored traffic': [
      mirrored(by.deployment),
      {
        title: 'Traffic mirrored of network interface eni-1 by role Developer (session mallory)',
        severity: 'high',
        facts: { session: 'tms-1', target: 'tmt-1', filter: 'tmf-1' },
        undo: 'aws ec2 delete-traffic-mirror-session --traffic-mirror-session-id tms-1 --region eu-west-1',
      },
    ],
    'traffic that a stack mirrors': [
      mirrored(by.stack),
      { title: expect.any(String), severity: 'low' },
    ],
  },
  quiet: {
    'a VPC of the same account': [asked('111122223333')],
    'a VPC without an owner': [asked(undefined)],
    'a connection of the same account that is accepted': [accepted('111122223333')],
    'a transit gateway of the same account': [transit('111122223333')],
  },
  suppressed: {
    'a trusted account': [asked(foreign), foreign, { parameters: { trustedAccounts: foreign } }],
  },
});
