import { type CallReader, defineCallRule, type Fields, mitre, type Severity } from '@patrol/core';
import { requestOf } from '../../lib/ec2.ts';
import { known } from '../../lib/facts.ts';
import { awsCommand } from '../../lib/undo.ts';
import { withNames } from '../../lib/words.ts';

export default defineCallRule({
  name: 'ec2AccountGuards',
  title: 'EC2 guard of the account lowered',
  description:
    'Alerts when somebody lowers a guard of EC2 that holds for the whole account in a region. ' +
    'The guards are default encryption, IMDSv2 by default, allowed AMIs, and the blocks of public snapshots, AMIs and VPCs. ' +
    'It also alerts when the serial consoles of instances are opened.',
  severity: 'high',
  runbook:
    'Ask the actor which change needed it. If nobody can say, raise the guard again with the command in the alert. Look in CloudTrail at what was shared or launched in the region since, and treat the credentials that were used as stolen.',
  references: [
    mitre('T1562.001', 'Impair Defenses: Disable or Modify Tools'),
    mitre('T1578.005', 'Modify Cloud Compute Infrastructure: Modify Cloud Compute Configurations'),
  ],
  parameters: {},
  calls: {
    'ec2.amazonaws.com': {
      DisableEbsEncryptionByDefault: lowered(
        'Default encryption of EBS volumes turned off',
        'New volumes and snapshots of this region are no longer encrypted unless somebody asks for it.',
        'ec2 enable-ebs-encryption-by-default',
      ),
      DisableSnapshotBlockPublicAccess: lowered(
        'Block of public EBS snapshots turned off',
        'Snapshots of this region can be shared with everybody.',
        'ec2 enable-snapshot-block-public-access',
        { state: 'block-all-sharing' },
      ),
      DisableImageBlockPublicAccess: lowered(
        'Block of public AMIs turned off',
        'AMIs of this region can be shared with everybody.',
        'ec2 enable-image-block-public-access',
        { 'image-block-public-access-state': 'block-new-sharing' },
      ),
      DisableAllowedImagesSettings: lowered(
        'Allowed AMIs turned off',
        'Instances of this region can be launched from any AMI.',
        'ec2 enable-allowed-images-settings',
        { 'allowed-images-settings-state': 'enabled' },
      ),
      EnableSerialConsoleAccess: lowered(
        'Serial console access turned on',
        'Whoever may send a key to a serial console can sign in to the instances of this region without a network.',
        'ec2 disable-serial-console-access',
      ),
      // The shapes of these three requests are those of the API reference: no records were at hand.
      ModifyInstanceMetadataDefaults(call) {
        const request = requestOf(call);
        const severity = metadataSeverity(request);
        return (
          severity && {
            severity,
            deed: 'Need for IMDSv2 turned off for new instances',
            meaning:
              'Whoever can make a new instance send a request can read the credentials of its role (IMDSv1).',
            facts: known({
              httpTokens: request.text('httpTokens'),
              httpTokensEnforced: request.text('httpTokensEnforced'),
            }),
            undo: awsCommand('ec2 modify-instance-metadata-defaults', {
              'http-tokens': 'required',
              region: call.region,
            }),
          }
        );
      },
      ModifyVpcBlockPublicAccessOptions: (call) =>
        requestOf(call).text('internetGatewayBlockMode') === 'off'
          ? {
              deed: 'Block of public access to VPCs turned off',
              meaning: 'The VPCs of this region can be reached through internet gateways.',
            }
          : undefined,
      CreateVpcBlockPublicAccessExclusion(call) {
        const request = requestOf(call);
        const mode = request.text('internetGatewayExclusionMode');
        const subnet = request.text('subnetId');
        const vpc = request.text('vpcId');
        return {
          severity: mode === 'allow-egress' ? 'low' : 'medium',
          deed: `Exclusion from the block of public access made for ${subnet ? withNames('subnet', subnet) : withNames('VPC', vpc)}`,
          facts: known({ mode }),
          target: subnet ? ['AWS::EC2::Subnet', subnet] : ['AWS::EC2::VPC', vpc],
        };
      },
    },
  },
});

/** `no-preference` leaves it to each AMI and instance. */
const metadataSeverity = (request: Fields): Severity | undefined =>
  request.text('httpTokens') === 'optional' || request.text('httpTokensEnforced') === 'disabled'
    ? 'high'
    : request.text('httpTokens') === 'no-preference'
      ? 'medium'
      : undefined;

/** A guard that a call without any parameter lowers. */
function lowered(
  deed: string,
  meaning: string,
  command: string,
  options: Readonly<Record<string, string>> = {},
): CallReader {
  return ({ region }) => ({
    deed,
    meaning,
    undo: awsCommand(command, { ...options, region }),
  });
}
