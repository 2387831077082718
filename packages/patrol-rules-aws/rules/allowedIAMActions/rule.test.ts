import { denied, describeRule, identities } from '@patrol/core/testing';
import { expect } from 'vitest';
import { describeActors } from '../../testing/actors.ts';
import { describeHostile } from '@patrol/build/testing';
import { allow, deny, document } from '../../testing/policies.ts';
import { by } from '../../testing/people.ts';
import { omitted, policyCall } from '../../testing/policyCalls.ts';
import rule from './rule.ts';

const passRole = document(allow('iam:PassRole'));
const inline = 'inline policy "support" of user bob';
const wrote = (statement: Readonly<Record<string, unknown>>, fields = {}): unknown =>
  policyCall('PutUserPolicy', document(statement), fields);
const granted = (actions: string): { title: string } => ({
  title: `Restricted ${actions} granted by IAM user alice in ${inline}`,
});

const byRole = (actions: string): { title: string } => ({
  title: `Restricted ${actions} granted by role Developer (session mallory) in ${inline}`,
});
/** No action is allowed. */
const all = { parameters: { allowedActions: '' } };

describeRule(rule, {
  parameters: { restrictedServices: 'iam, cloudtrail', allowedActions: 'iam:PassRole, iam:Get*' },
  alerts: {
    'an action of a restricted service': [
      policyCall(
        'PutRolePolicy',
        document({
          Effect: 'Allow',
          Action: ['iam:PutUserPolicy', 's3:*', 'cloudtrail:StopLogging'],
          Resource: ['arn:aws:iam::111122223333:user/*', '*'],
          Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
        }),
      ),
      {
        title:
          'Restricted iam:PutUserPolicy, cloudtrail:StopLogging granted by IAM user alice in inline policy "support" of role Deploy',
        summary:
          'IAM user alice wrote inline policy "support" of role Deploy, which grants iam:PutUserPolicy, cloudtrail:StopLogging. ' +
          'It does so under conditions only, which this rule does not judge: Bool aws:MultiFactorAuthPresent = true.',
        severity: 'high',
        facts: {
          policy: 'support',
          role: 'Deploy',
          actions: 'iam:PutUserPolicy, cloudtrail:StopLogging',
          resources: 'arn:aws:iam::111122223333:user/*, *',
          conditions: 'Bool aws:MultiFactorAuthPresent = true',
        },
        targets: [{ type: 'AWS::IAM::Role', id: 'Deploy' }],
        groupKey:
          'allowedIAMActions:111122223333:arn:aws:iam::111122223333:user/alice:PutRolePolicy',
        before: null,
        undo: 'aws iam delete-role-policy --role-name Deploy --policy-name support',
        suppression: { parameter: 'ignoredRolePolicy', item: 'user/alice:support' },
      },
    ],
    'a policy written by the root user, whose identity has no session': [
      wrote(allow('iam:CreateUser'), { userIdentity: identities.root }),
      {
        title: `Restricted iam:CreateUser granted by the root user of 111122223333 in ${inline}`,
        undo: 'aws iam delete-user-policy --user-name bob --policy-name support',
        // No item names the root user.
        suppression: { parameter: 'ignoredActors', item: 'arn:aws:iam::111122223333:root' },
      },
    ],
    'a policy written by an IAM user with access keys, whose identity has no session': [
      wrote(allow('iam:CreateUser'), { userIdentity: identities.userWithKeys }),
      granted('iam:CreateUser'),
    ],
    'a policy written by an AWS service, whose identity has nothing but its name': [
      wrote(allow('iam:CreateUser'), { userIdentity: identities.service }),
      {
        title: `Restricted iam:CreateUser granted by AWS service ec2.amazonaws.com in ${inline}`,
      },
    ],
    'every action': [
      wrote(allow('*')),
      {
        title: `Every action granted by IAM user alice in ${inline}`,
        summary: `IAM user alice wrote ${inline}, which grants every action on every resource.`,
        severity: 'critical',
        facts: { actions: 'iam:*, cloudtrail:*', resources: '*' },
      },
    ],
    'every action but those of a service that is none, by NotAction': [
      wrote({ Effect: 'Allow', NotAction: 'none:Action', Resource: '*' }),
      {
        title: `Every action but none:Action granted by IAM user alice in ${inline}`,
        summary: `IAM user alice wrote ${inline}, which grants every action but none:Action on every resource.`,
        severity: 'critical',
        facts: { actions: 'iam:*, cloudtrail:*', notAction: 'none:Action' },
      },
    ],
    'NotAction that leaves all of IAM, beside a Deny of something else': [
      policyCall(
        'PutUserPolicy',
        document(
          { Effect: 'Allow', NotAction: ['s3:*', 'organizations:*'], Resource: '*' },
          deny('ec2:*'),
          { Effect: 'Deny', NotAction: ['iam:*', 'cloudtrail:*'], Resource: '*' },
        ),
      ),
      {
        title: `Every action but s3:*, organizations:*, what it denies granted by IAM user alice in ${inline}`,
        severity: 'critical',
      },
    ],
    'NotAction beside a Deny of some of IAM': [
      policyCall(
        'PutUserPolicy',
        document({ Effect: 'Allow', NotAction: 's3:*', Resource: '*' }, deny('iam:Put*')),
      ),
      { ...granted('iam:*, cloudtrail:*'), severity: 'high' },
    ],
    'NotAction beside a Deny of all but another service': [
      policyCall(
        'PutUserPolicy',
        document(
          { Effect: 'Allow', NotAction: 's3:*', Resource: '*' },
          { Effect: 'Deny', NotAction: 'cloudtrail:*', Resource: '*' },
        ),
      ),
      { ...granted('cloudtrail:*'), severity: 'high' },
    ],
    'NotAction under a condition': [
      wrote({
        Effect: 'Allow',
        NotAction: 's3:*',
        Resource: '*',
        Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
      }),
      { ...granted('iam:*, cloudtrail:*'), severity: 'high' },
    ],
    'NotAction on some resources': [
      wrote({ Effect: 'Allow', NotAction: 's3:*', Resource: 'arn:aws:iam::*:role/app-*' }),
      { ...granted('iam:*'), severity: 'high' },
    ],
    'actions that only read': [
      wrote(allow(['iam:List*', 'iam:Generate*Report', 'cloudtrail:DescribeTrails'])),
      { ...granted('iam:List*, iam:Generate*Report, cloudtrail:DescribeTrails'), severity: 'low' },
    ],
    'actions that change nothing about permissions': [
      wrote(allow(['iam:ListUsers', 'iam:ChangePassword', 'iam:CreateServiceLinkedRole'])),
      {
        ...granted('iam:ListUsers, iam:ChangePassword, iam:CreateServiceLinkedRole'),
        severity: 'medium',
      },
    ],
    'a named role that a deployment lets its function have': [
      wrote(
        allow(['iam:PassRole', 'iam:GetRole'], {
          Resource: ['arn:aws:iam::111122223333:role/app-worker', 'arn:aws:iam::*:role/app-*'],
        }),
        by.deployment,
      ),
      { ...byRole('iam:PassRole, iam:GetRole'), severity: 'low' },
      all,
    ],
    'the same by a person': [
      wrote(allow('iam:PassRole', { Resource: 'arn:aws:iam::111122223333:role/app-worker' })),
      { ...granted('iam:PassRole'), severity: 'high' },
      all,
    ],
    'the instance profiles of a deployment': [
      wrote(allow(['iam:CreateInstanceProfile', 'iam:AddRoleToInstanceProfile']), by.deployment),
      { ...byRole('iam:CreateInstanceProfile, iam:AddRoleToInstanceProfile'), severity: 'low' },
      all,
    ],
    'the service-linked roles of a deployment': [
      wrote(allow('iam:CreateServiceLinkedRole'), by.stack),
      { title: expect.stringContaining('iam:CreateServiceLinkedRole'), severity: 'low' },
      all,
    ],
    'any role, in a deployment': [
      wrote(allow('iam:PassRole'), by.deployment),
      { ...byRole('iam:PassRole'), severity: 'high' },
      all,
    ],
    'any role by wildcards, in a deployment': [
      wrote(allow('iam:PassRole', { Resource: 'arn:aws:iam::111122223333:role/*' }), by.deployment),
      { ...byRole('iam:PassRole'), severity: 'high' },
      all,
    ],
    'any role but one, in a deployment': [
      wrote(
        {
          Effect: 'Allow',
          Action: 'iam:PassRole',
          NotResource: 'arn:aws:iam::111122223333:role/app-worker',
        },
        by.deployment,
      ),
      { ...byRole('iam:PassRole'), severity: 'high' },
      all,
    ],
    'more than a named role, in a deployment': [
      wrote(
        allow(['iam:PassRole', 'iam:UpdateAssumeRolePolicy'], {
          Resource: 'arn:aws:iam::111122223333:role/app-worker',
        }),
        by.deployment,
      ),
      { ...byRole('iam:PassRole, iam:UpdateAssumeRolePolicy'), severity: 'high' },
      all,
    ],
    'every action, in a deployment': [
      wrote(allow('*'), by.deployment),
      { title: expect.stringContaining('Every action granted by role'), severity: 'critical' },
      all,
    ],
    'one action that gives permissions, among those that read': [
      wrote(allow(['iam:ListUsers', 'iam:AttachUserPolicy'])),
      { ...granted('iam:ListUsers, iam:AttachUserPolicy'), severity: 'high' },
    ],
    'Get of a service that keeps data': [
      wrote(allow('secretsmanager:GetSecretValue')),
      { ...granted('secretsmanager:GetSecretValue'), severity: 'high' },
      { parameters: { restrictedServices: 'secretsmanager' } },
    ],
    'every action of every service': [
      wrote(allow('*:*')),
      { title: `Every action granted by IAM user alice in ${inline}`, severity: 'critical' },
    ],
    'every action on some resources': [
      wrote(allow('*', { Resource: 'arn:aws:iam::111122223333:role/app-*' })),
      { ...granted('iam:*'), severity: 'high', facts: { actions: 'iam:*' } },
    ],
    'a wildcard for the service': [wrote(allow('iam:*')), granted('iam:*')],
    'a wildcard for some actions': [wrote(allow('iam:Put*')), granted('iam:Put*')],
    'a wildcard in the name of the service': [wrote(allow('i*:*')), granted('iam:*')],
    'a wildcard that is wider than what is allowed': [wrote(allow('iam:G*')), granted('iam:G*')],
    'a wildcard that names the service, on what is not its own': [
      wrote(allow('IAM:*', { Resource: 'arn:aws:s3:::data/*' })),
      granted('iam:*'),
    ],
    'every action on a bucket and on roles': [
      wrote(allow('*', { Resource: ['arn:aws:s3:::data/*', 'arn:aws:iam::*:role/*'] })),
      granted('iam:*'),
    ],
    'every action on what may be of any service': [
      wrote(allow('*', { Resource: 'arn:aws:*:*:111122223333:*' })),
      granted('iam:*, cloudtrail:*'),
    ],
    'every action on everything but a bucket': [
      wrote({ Effect: 'Allow', Action: '*', NotResource: 'arn:aws:s3:::data/*' }),
      granted('iam:*, cloudtrail:*'),
    ],
    'an action in other letters': [wrote(allow('IAM:PUTUSERPOLICY')), granted('iam:PUTUSERPOLICY')],
    'NotAction, which gives everything else': [
      wrote({ Effect: 'Allow', NotAction: ['s3:*', 'iam:Delete*'], Resource: '*' }),
      {
        ...granted('iam:*, cloudtrail:*'),
        summary: `IAM user alice wrote ${inline}, which grants iam:*, cloudtrail:*: it has NotAction, which leaves out s3:*, iam:Delete* only.`,
        severity: 'high',
        facts: { notAction: 's3:*, iam:Delete*' },
      },
    ],
    'a statement that is not in a list': [
      policyCall('PutUserPolicy', JSON.stringify({ Statement: allow('iam:CreateUser') })),
      granted('iam:CreateUser'),
    ],
    'a document that is URL-encoded': [
      policyCall('PutUserPolicy', encodeURIComponent(document(allow('iam:CreateUser')))),
      granted('iam:CreateUser'),
    ],
    'one statement among others': [
      policyCall(
        'PutGroupPolicy',
        document(allow('s3:*'), deny('iam:DeleteUser'), allow('iam:CreateUser')),
      ),
      {
        title:
          'Restricted iam:CreateUser granted by IAM user alice in inline policy "support" of group staff',
        facts: { group: 'staff' },
        targets: [{ type: 'AWS::IAM::Group', id: 'staff' }],
        undo: 'aws iam delete-group-policy --group-name staff --policy-name support',
      },
    ],
    'a new policy': [
      policyCall('CreatePolicy', document(allow('iam:*'))),
      {
        title:
          'Restricted iam:* granted by IAM user alice in policy arn:aws:iam::111122223333:policy/teams/support',
        facts: { policyArn: 'arn:aws:iam::111122223333:policy/teams/support', policy: 'support' },
        targets: [
          { type: 'AWS::IAM::ManagedPolicy', id: 'arn:aws:iam::111122223333:policy/teams/support' },
        ],
        undo: 'aws iam delete-policy --policy-arn arn:aws:iam::111122223333:policy/teams/support',
        suppression: {
          parameter: 'ignoredRolePolicy',
          item: 'user/alice:arn:aws:iam::111122223333:policy/teams/support',
        },
      },
    ],
    'a new version of a policy': [
      policyCall('CreatePolicyVersion', document(allow('iam:*'))),
      {
        title:
          'Restricted iam:* granted by IAM user alice in a new version of policy arn:aws:iam::111122223333:policy/teams/support',
        // Which version was the default one before is not in the record.
        undo: null,
      },
    ],
    'a new version of a policy that does not count yet': [
      policyCall('CreatePolicyVersion', document(allow('iam:*')), {
        responseElements: { policyVersion: { versionId: 'v2', isDefaultVersion: false } },
      }),
      {
        title:
          'Restricted iam:* granted by IAM user alice in a new version of policy arn:aws:iam::111122223333:policy/teams/support',
        undo: 'aws iam delete-policy-version --policy-arn arn:aws:iam::111122223333:policy/teams/support --version-id v2',
      },
    ],
    'names that a shell and the AWS CLI would take for something else': [
      policyCall('PutUserPolicy', document(allow('iam:CreateUser')), {
        requestParameters: {
          userName: '--profile',
          policyName: "it's $(id).*",
          policyDocument: document(allow('iam:CreateUser')),
        },
        userIdentity: identities.assumedRole,
      }),
      {
        title: `Restricted iam:CreateUser granted by role Developer (session mallory) in inline policy "it's $(id).*" of user --profile`,
        undo: `aws iam delete-user-policy --user-name=--profile --policy-name 'it'\\''s $(id).*'`,
        suppression: {
          parameter: 'ignoredRolePolicy',
          item: "Developer:it's \\$\\(id\\)\\.\\*",
        },
      },
    ],
    'a name that the AWS CLI would read from a file': [
      policyCall('PutUserPolicy', document(allow('iam:CreateUser')), {
        requestParameters: {
          userName: 'bob',
          policyName: 'file:///etc/passwd',
          policyDocument: document(allow('iam:CreateUser')),
        },
      }),
      {
        title:
          'Restricted iam:CreateUser granted by IAM user alice in inline policy "file:///etc/passwd" of user bob',
        undo: null,
      },
    ],
    'a Deny that takes only some of it away': [
      policyCall('PutUserPolicy', document(allow('iam:*'), deny('iam:DeleteUser'))),
      granted('iam:*'),
    ],
    'a policy of another partition': [
      wrote(allow('iam:CreateUser'), { awsRegion: 'us-gov-west-1' }),
      granted('iam:CreateUser'),
    ],
    'a policy that was padded until CloudTrail left it out': [
      policyCall('PutUserPolicy', '', omitted),
      {
        title:
          'IAM policy that could not be read, an inline policy of a user, written by IAM user alice',
        severity: 'high',
        targets: [],
        undo: null,
        suppression: { parameter: 'ignoredActors', item: 'arn:aws:iam::111122223333:user/alice' },
        facts: { document: 'left out by CloudTrail' },
      },
    ],
    'a record without the document': [
      policyCall('CreatePolicy', undefined),
      {
        title:
          'IAM policy that could not be read, policy arn:aws:iam::111122223333:policy/teams/support, written by IAM user alice',
        facts: { document: 'not in the record' },
      },
    ],
    'a policy whose ARN only begins like an ignored one': [
      policyCall('CreatePolicyVersion', document(allow('iam:*')), {
        requestParameters: {
          policyArn: 'arn:aws:iam::111122223333:policy/EVIL',
          policyDocument: document(allow('iam:*')),
        },
      }),
      {
        title:
          'Restricted iam:* granted by IAM user alice in a new version of policy arn:aws:iam::111122223333:policy/EVIL',
      },
      { parameters: { ignoredRolePolicy: 'user/alice:arn:aws:iam::111122223333:policy/GOOD' } },
    ],
    'another caller than the ignored one': [
      wrote(allow('iam:*')),
      granted('iam:*'),
      {
        parameters: {
          ignoredRolePolicy: 'user/lice:support, user/alice2:support, user/bob:support',
        },
      },
    ],
    'a trailing comma, which is not a pair': [
      wrote(allow('iam:*')),
      granted('iam:*'),
      { parameters: { ignoredRolePolicy: 'bob:x,' } },
    ],
    'an IAM user that has the name of an ignored role': [
      wrote(allow('iam:*'), {
        userIdentity: { ...identities.userWithKeys, userName: 'Developer' },
      }),
      { title: `Restricted iam:* granted by IAM user Developer in ${inline}` },
      { parameters: { ignoredRolePolicy: 'Developer:.*' } },
    ],
    'a federated session that took the name of an ignored role': [
      wrote(allow('iam:*'), {
        userIdentity: {
          ...identities.federatedUser,
          arn: 'arn:aws:sts::111122223333:federated-user/Deploy',
        },
      }),
      {
        title: `Restricted iam:* granted by federated user Deploy (token issued by alice) in ${inline}`,
      },
      { parameters: { ignoredRolePolicy: 'Deploy:support' } },
    ],
    'a denied attempt whose document is recorded': [
      wrote(allow('iam:*'), {
        ...denied('iam:PutUserPolicy', 'user bob'),
        requestParameters: {
          userName: 'bob',
          policyName: 'support',
          policyDocument: passRole.replace('PassRole', '*'),
        },
      }),
      {
        title: `Denied attempt: Restricted iam:* granted by IAM user alice in ${inline}`,
        severity: 'medium',
      },
      { parameters: { deniedAttempts: 'alert' } },
    ],
    'a denied attempt on a policy, which the message names': [
      policyCall(
        'CreatePolicyVersion',
        '',
        denied('iam:CreatePolicyVersion', 'policy arn:aws:iam::111122223333:policy/teams/support'),
      ),
      {
        title:
          'Denied attempt: IAM policy that could not be read, a new version of policy arn:aws:iam::111122223333:policy/teams/support, written by IAM user alice',
        facts: { policy: 'support' },
      },
      { parameters: { deniedAttempts: 'alert' } },
    ],
    'a denied attempt, of which CloudTrail records no document': [
      wrote(allow('iam:*'), denied('iam:PutUserPolicy', 'user bob')),
      {
        title:
          'Denied attempt: IAM policy that could not be read, an inline policy of user bob, written by IAM user alice',
        severity: 'medium',
      },
      { parameters: { deniedAttempts: 'alert' } },
    ],
  },
  quiet: {
    'actions that only read, in a deployment': [
      wrote(allow(['iam:List*', 'iam:SimulatePrincipalPolicy']), by.deployment),
    ],
    'allowed actions': [
      policyCall('CreatePolicy', document(allow(['iam:PassRole', 'IAM:getuser']))),
    ],
    'a wildcard that what is allowed covers': [wrote(allow('iam:Get*'))],
    'other services': [wrote(allow(['s3:*', 'iamx:*', 'access-analyzer:*']))],
    'a Deny, which grants nothing': [wrote(deny('iam:*'))],
    'NotAction that leaves the restricted services out': [
      wrote({ Effect: 'Allow', NotAction: ['iam:*', 'CloudTrail:*'], Resource: '*' }),
    ],
    "every action on what is another service's": [
      wrote(allow(['*', '*:*', 'i*:*', '?am:PassRole'], { Resource: 'arn:aws:s3:::data/*' })),
    ],
    "NotAction on what is another service's": [
      wrote({
        Effect: 'Allow',
        NotAction: 's3:DeleteBucket',
        Resource: ['arn:aws:s3:::data', 'arn:*:s3:::data/*'],
      }),
    ],
    'everything but what a Deny takes away': [
      policyCall('CreatePolicy', document(allow('*'), deny(['iam:*', 'cloudtrail:*']))),
    ],
    'empty items of parameters, which match nothing': [
      wrote(allow(['iam:PassRole', 's3:*'])),
      { parameters: { restrictedServices: ',iam,', allowedActions: 'iam:PassRole,' } },
    ],
    'a denied attempt': [wrote(allow('iam:*'), denied('iam:PutUserPolicy', 'user bob'))],
    'a call that failed': [
      wrote(allow('iam:*'), { errorCode: 'MalformedPolicyDocumentException' }),
      { parameters: { deniedAttempts: 'alert' } },
    ],
  },
  suppressed: {
    'an ignored role and policy': [
      wrote(allow('iam:*'), { userIdentity: identities.assumedRole }),
      'developer:SUPPORT',
      { parameters: { ignoredRolePolicy: 'x:y, developer:SUPPORT' } },
    ],
    'the role of a session whose issuer is not recorded': [
      wrote(allow('iam:*'), { userIdentity: identities.assumedRoleWithoutIssuer }),
      'Developer:support',
      { parameters: { ignoredRolePolicy: 'Developer:support' } },
    ],
    'an ignored user and the ARN of a new policy': [
      policyCall('CreatePolicy', document(allow('iam:*'))),
      'user/alice:arn:aws:iam::111122223333:policy/teams/.*',
      { parameters: { ignoredRolePolicy: 'user/alice:arn:aws:iam::111122223333:policy/teams/.*' } },
    ],
    'an ignored user and the name of a policy': [
      policyCall('CreatePolicyVersion', document(allow('iam:*'))),
      'user/alice:support',
      { parameters: { ignoredRolePolicy: 'user/alice:support' } },
    ],
    'an ignored user by its ARN': [
      policyCall('CreatePolicy', document(allow('iam:*'))),
      'arn.aws.iam..111122223333.user/alice:.*',
      { parameters: { ignoredRolePolicy: 'arn.aws.iam..111122223333.user/alice:.*' } },
    ],
    'a policy that could not be read, by its ARN': [
      policyCall('CreatePolicy', undefined),
      'user/alice:support',
      { parameters: { ignoredRolePolicy: 'user/alice:support' } },
    ],
  },
  refuses: {
    'a document that is not JSON': [
      policyCall('PutUserPolicy', '{"Statement":'),
      /could not evaluate event c1b9c8d0.*the policy document is not JSON/,
    ],
    'a document without actions': [
      wrote({ Effect: 'Allow', Resource: '*' }),
      'expected Action or NotAction in Statement 1, found neither',
    ],
    'a role without a policy': [
      wrote(allow('iam:*')),
      'ignoredRolePolicy: "R" is not a pair; expected role:policy, neither empty.',
      { parameters: { ignoredRolePolicy: 'R' } },
    ],
    'a pair that matches everything': [
      wrote(allow('iam:*')),
      'ignoredRolePolicy: ".*:.+" would mute most alerts',
      { parameters: { ignoredRolePolicy: 'bob:x, .*:.+' } },
    ],
    'a name that is there twice, of which IAM may take either': [
      policyCall(
        'PutUserPolicy',
        '{"Statement":{"Effect":"Allow","Action":"iam:*","Action":"s3:GetObject","Resource":"*"}}',
      ),
      'expected every name once in each object of the policy',
    ],
    'pairs that match everything together': [
      wrote(allow('iam:*')),
      'would mute most alerts',
      { parameters: { ignoredRolePolicy: '[A-P].*:.*, [^A-P].*:.*' } },
    ],
    'allowed actions that are all of a service': [
      wrote(allow('iam:*')),
      'allowedActions: "iam:*" is not allowed; expected an action, such as iam:PassRole or iam:Get*',
      { parameters: { allowedActions: 'iam:*, organizations:*' } },
    ],
    'allowed actions that are all of them': [
      wrote(allow('iam:*')),
      'allowedActions: "*" ',
      { parameters: { allowedActions: '*' } },
    ],
    'a service that is an action': [
      wrote(allow('iam:*')),
      'restrictedServices: "iam:*" is not allowed; expected the prefix of a service, such as iam.',
      { parameters: { restrictedServices: 'iam:*' } },
    ],
  },
});

describeActors(rule, (userIdentity) => wrote(allow('iam:CreateUser'), { userIdentity }));

describeHostile(rule, [
  policyCall('CreatePolicy', document(allow('*'))),
  policyCall('PutRolePolicy', document(allow('iam:*'), deny('iam:Get*'))),
  policyCall('PutUserPolicy', '', omitted),
]);
