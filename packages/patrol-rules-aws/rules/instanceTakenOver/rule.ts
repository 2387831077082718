import {
  type CallReader,
  defineCallRule,
  type Fields,
  guardDuty,
  mitre,
  stratus,
} from '@patrol/core';
import { unlessAutomated, unlessByService } from '../../lib/actor.ts';
import { requestOf } from '../../lib/ec2.ts';
import { known } from '../../lib/facts.ts';
import { awsCommand } from '../../lib/undo.ts';
import { withNames } from '../../lib/words.ts';

// The requests about root volumes and metadata are as in the API's model: no records were at hand.
export default defineCallRule({
  name: 'instanceTakenOver',
  title: 'EC2 instance prepared for takeover',
  description:
    'Alerts when somebody replaces the user data, the role or the root volume of an EC2 instance, or lets its metadata be read without IMDSv2.',
  severity: 'high',
  runbook:
    'Ask the actor why. If nobody can say, stop the instance and keep its volume for examination. Look in CloudTrail at what its role did since, and treat the credentials of the actor as stolen.',
  references: [
    mitre('T1578.005', 'Modify Cloud Compute Infrastructure: Modify Cloud Compute Configurations'),
    mitre('T1552.005', 'Unsecured Credentials: Cloud Instance Metadata API'),
    stratus('execution.ec2-user-data'),
    guardDuty('EC2UserDataModified'),
  ],
  parameters: {},
  calls: {
    'ec2.amazonaws.com': {
      ModifyInstanceAttribute(call) {
        const { request } = call;
        if (!request.has('userData') && request.text('attribute') !== 'userData') return undefined;
        return {
          severity: unlessByService(call, 'high'),
          deed: `User data replaced of ${instance(request)}`,
          meaning: 'It may run as root at the next start. The record does not show it.',
          target: ['AWS::EC2::Instance', request.text('instanceId')],
        };
      },
      AssociateIamInstanceProfile: roleGiven('associationId'),
      ReplaceIamInstanceProfileAssociation: roleGiven('associationId'),
      CreateReplaceRootVolumeTask(call) {
        const request = requestOf(call);
        return {
          severity: unlessAutomated(call, 'medium'),
          deed: `Root volume replaced of ${instance(request)}`,
          facts: known({
            image: request.text('imageId'),
            snapshot: request.text('snapshotId'),
            volume: request.text('volumeId'),
          }),
          target: ['AWS::EC2::Instance', request.text('instanceId')],
        };
      },
      ModifyInstanceMetadataOptions(call) {
        const request = requestOf(call);
        if (request.text('httpTokens') !== 'optional') return undefined;
        return {
          severity: unlessAutomated(call, 'medium'),
          deed: `IMDSv1 allowed on ${instance(request)}`,
          meaning:
            'Whoever can make the instance send a request can read the credentials of its role.',
          target: ['AWS::EC2::Instance', request.text('instanceId')],
          undo: awsCommand('ec2 modify-instance-metadata-options', {
            'instance-id': request.text('instanceId'),
            'http-tokens': 'required',
            region: call.region,
          }),
        };
      },
    },
  },
});

const instance = (request: Fields): string => withNames('EC2 instance', request.text('instanceId'));

function roleGiven(idName: string): CallReader {
  return (call) => {
    const request = requestOf(call);
    const profile =
      request.text('iamInstanceProfile.name') ?? request.text('iamInstanceProfile.arn');
    // Who replaces an association names only that; the answer has the instance.
    const association = call.response.at(`${call.name}Response.iamInstanceProfileAssociation`);
    const id = request.text('instanceId') ?? association.text('instanceId');
    return {
      severity: unlessAutomated(call, 'high'),
      deed: `${withNames('EC2 instance', id)} given ${withNames('instance profile', profile)}`,
      meaning: 'Whoever is on the instance has the permissions of that role.',
      facts: known({
        profile,
        association: request.text(idName) ?? association.text(idName),
      }),
      target: ['AWS::EC2::Instance', id],
    };
  };
}
