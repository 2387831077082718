import { type Call, defineCallRule, mitre } from '@patrol/core';
import { shared } from '../../lib/access/opened.ts';
import { trust } from '../../lib/access/trust.ts';
import { unlessAutomated, unlessByService } from '../../lib/actor.ts';
import { requestOf } from '../../lib/ec2.ts';
import { known } from '../../lib/facts.ts';
import { awsCommand } from '../../lib/undo.ts';
import { withNames } from '../../lib/words.ts';

type P = typeof trust;

// The requests for mirroring and for transit gateways are as in the API's model: no records were at hand.
export default defineCallRule({
  name: 'trafficExposed',
  title: 'Network connected or traffic copied',
  description:
    'Alerts when somebody connects a VPC or a transit gateway with one of another account, or mirrors the traffic of a network interface.',
  severity: 'high',
  runbook:
    'Ask the actor who is at the other end. If nobody can say, delete the connection or the mirror session with the command in the alert, and look at what could be reached or read through it since.',
  references: [
    mitre('T1040', 'Network Sniffing'),
    mitre('T1599', 'Network Boundary Bridging'),
    mitre('T1020.001', 'Automated Exfiltration: Traffic Duplication'),
  ],
  parameters: trust,
  calls: {
    'ec2.amazonaws.com': {
      CreateVpcPeeringConnection: (call) =>
        connected(call, call.request.text('peerOwnerId'), [
          'VPC',
          'AWS::EC2::VPC',
          call.request.text('vpcId'),
        ]),
      AcceptVpcPeeringConnection: (call) =>
        connected(call, call.response.text('vpcPeeringConnection.requesterVpcInfo.ownerId'), [
          'VPC',
          'AWS::EC2::VPC',
          call.response.text('vpcPeeringConnection.accepterVpcInfo.vpcId'),
        ]),
      CreateTransitGatewayPeeringAttachment: (call) =>
        connected(call, requestOf(call).text('peerAccountId'), [
          'Transit gateway',
          'AWS::EC2::TransitGateway',
          requestOf(call).text('transitGatewayId'),
        ]),
      CreateTrafficMirrorSession(call) {
        const request = requestOf(call);
        const session = call.response.text(
          'CreateTrafficMirrorSessionResponse.trafficMirrorSession.trafficMirrorSessionId',
        );
        return {
          severity: unlessByService(call, 'high'),
          deed: `Traffic mirrored of ${withNames('network interface', request.text('networkInterfaceId'))}`,
          meaning:
            'Whoever has the target of the session reads what the interface sends and receives.',
          facts: known({
            session,
            target: request.text('trafficMirrorTargetId'),
            filter: request.text('trafficMirrorFilterId'),
          }),
          target: ['AWS::EC2::NetworkInterface', request.text('networkInterfaceId')],
          undo: awsCommand('ec2 delete-traffic-mirror-session', {
            'traffic-mirror-session-id': session,
            region: call.region,
          }),
        };
      },
    },
  },
});

const connected = (
  call: Call<P>,
  owner: string | undefined,
  [what, type, id]: readonly [what: string, type: string, id: string | undefined],
) =>
  shared(owner === undefined ? [] : [owner], 'ec2:AcceptVpcPeeringConnection', call, (who) => ({
    severity: unlessAutomated(call, 'high'),
    deed: `${withNames(what, id)} connected to a network of ${who}`,
    meaning:
      'Where the routes and security groups of both sides allow it, their machines reach each other.',
    target: [type, id],
  }));
