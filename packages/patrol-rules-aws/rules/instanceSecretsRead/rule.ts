import { defineCallRule, guardDuty, mitre, stratus } from '@patrol/core';
import { isByInstance, isByPerson } from '../../lib/actor.ts';
import { withNames } from '../../lib/words.ts';

export default defineCallRule({
  name: 'instanceSecretsRead',
  title: 'Instance password or user data read',
  description:
    'Alerts when somebody asks for the password of a Windows instance or for the user data of an instance, or tries to. ' +
    'User data that a role reads is quiet unless the role is denied it, or is the role of an instance: tools such as Terraform read it often.',
  severity: 'medium',
  runbook:
    'Ask the actor why. If nobody can say, treat the credentials that were used as stolen, and change the passwords and keys that stand in the user data. ' +
    'Who asks for one instance after the other is looking for secrets.',
  references: [
    mitre('T1552.005', 'Unsecured Credentials: Cloud Instance Metadata API'),
    mitre('T1552', 'Unsecured Credentials'),
    mitre('T1580', 'Cloud Infrastructure Discovery'),
    stratus('credential-access.ec2-get-password-data'),
    stratus('discovery.ec2-download-user-data'),
    guardDuty('EC2PasswordDataRetrieved'),
  ],
  // Who took over an account tries it on every instance and is mostly denied.
  alertsOnDenied: true,
  parameters: {},
  calls: {
    'ec2.amazonaws.com': {
      GetPasswordData: ({ request }) => ({
        deed: `Windows password read of ${withNames('EC2 instance', request.text('instanceId'))}`,
        meaning: 'It is encrypted with the key pair with which the instance was launched.',
        target: ['AWS::EC2::Instance', request.text('instanceId')],
      }),
      DescribeInstanceAttribute: {
        where: { requestParameters: { attribute: ['userData'] } },
        read(call) {
          const { request, record } = call;
          return record.errorCode === undefined && !isByPerson(call) && !isByInstance(call)
            ? undefined
            : {
                deed: `User data read of ${withNames('EC2 instance', request.text('instanceId'))}`,
                meaning: 'User data often has passwords and keys.',
                target: ['AWS::EC2::Instance', request.text('instanceId')],
              };
        },
      },
    },
  },
});
