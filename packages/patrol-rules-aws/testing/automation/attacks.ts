/** What somebody with stolen credentials of a pipeline does. Some of it a pipeline may do too: then somebody should know. */
import { account, type Act, authorize, policy, region } from './record.ts';

export const attacks: Readonly<Record<string, Act>> = {
  'the trail stopped': [
    'cloudtrail',
    'StopLogging',
    { name: `arn:aws:cloudtrail:${region}:${account}:trail/all` },
  ],
  'an administrator': [
    'iam',
    'AttachUserPolicy',
    { userName: 'mallory', policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
  ],
  'a role that lets in another account': [
    'iam',
    'UpdateAssumeRolePolicy',
    {
      roleName: 'app-worker',
      policyDocument: policy({
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::444455556666:root' },
        Action: 'sts:AssumeRole',
      }),
    },
  ],
  'any role to be passed': [
    'iam',
    'PutRolePolicy',
    {
      roleName: 'app-worker',
      policyName: 'data',
      policyDocument: policy({ Effect: 'Allow', Action: 'iam:PassRole', Resource: '*' }),
    },
  ],
  'a public bucket': [
    's3',
    'PutBucketPolicy',
    {
      bucketName: 'example-app-uploads',
      policy: '',
      bucketPolicy: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: '*',
            Action: 's3:GetObject',
            Resource: 'arn:aws:s3:::example-app-uploads/*',
          },
        ],
      },
    },
  ],
  'SSH opened to the world': authorize('Ingress', 'sg-0a1', {
    ipProtocol: 'tcp',
    fromPort: 22,
    toPort: 22,
    ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] },
  }),
  'a database snapshot shared': [
    'rds',
    'ModifyDBSnapshotAttribute',
    {
      dBSnapshotIdentifier: 'before-upgrade',
      attributeName: 'restore',
      valuesToAdd: ['444455556666'],
    },
  ],
  'an IAM user': ['iam', 'CreateUser', { userName: 'app-smtp', path: '/service/' }],
  'GuardDuty deleted': ['guardduty', 'DeleteDetector', { detectorId: '12abc0' }],
  'a function that everybody may call': [
    'lambda',
    'AddPermission20150331v2',
    {
      functionName: 'app-worker',
      statementId: 'all',
      action: 'lambda:InvokeFunction',
      principal: '*',
    },
  ],
};
