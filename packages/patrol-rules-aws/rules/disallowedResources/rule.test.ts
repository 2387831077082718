import { apiCallRecord, denied, describeRule, identities } from '@patrol/core/testing';
import { expect } from 'vitest';
import { describeActors } from '../../testing/actors.ts';
import { describeHostile } from '@patrol/build/testing';
import { allow, deny, document } from '../../testing/policies.ts';
import { omitted, policyCall } from '../../testing/policyCalls.ts';
import rule from './rule.ts';

const bucket = 'arn:aws:s3:::payroll';
const role = 'arn:aws:iam::111122223333:role/BreakGlass';
const inline = 'inline policy "support" of user bob';
const wrote = (...statements: readonly Readonly<Record<string, unknown>>[]): unknown =>
  policyCall('PutUserPolicy', document(...statements));
const by = (userIdentity: unknown): unknown =>
  policyCall('PutUserPolicy', document(allow('s3:*')), { userIdentity });
const accessTo = (arn: string): { title: string } => ({
  title: `Access to ${arn} granted by IAM user alice in ${inline}`,
});

const trusting = (
  eventName: 'CreateRole' | 'UpdateAssumeRolePolicy',
  roleName: string,
  statement: object,
  fields: Readonly<Record<string, unknown>> = {},
): unknown =>
  apiCallRecord('iam.amazonaws.com', eventName, {
    awsRegion: 'us-east-1',
    requestParameters: {
      roleName,
      [eventName === 'CreateRole' ? 'assumeRolePolicyDocument' : 'policyDocument']: document({
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        ...statement,
      }),
    },
    ...fields,
  });
const foreign = { Principal: { AWS: 'arn:aws:iam::444455556666:root' } };
const inOps = {
  parameters: { disallowedResourceArns: 'arn:aws:iam::111122223333:role/ops/Break*' },
};

describeRule(rule, {
  parameters: { disallowedResourceArns: `${bucket}, ${role}*` },
  alerts: {
    'actions that only read about a role': [
      wrote(allow(['iam:GetRole', 'iam:Simulate*'])),
      { ...accessTo(`${role}*`), severity: 'low' },
    ],
    'actions that only read about a role, beside one that lets it be used': [
      wrote(allow(['iam:GetRole', 'sts:AssumeRole'])),
      { ...accessTo(`${role}*`), severity: 'high' },
    ],
    'the trust policy of the role': [
      trusting('UpdateAssumeRolePolicy', 'BreakGlass', foreign),
      {
        title: `Access to ${role}* granted by IAM user alice in trust policy of role BreakGlass`,
        summary: `IAM user alice wrote the trust policy of role BreakGlass, which lets in arn:aws:iam::444455556666:root and so gives access to ${role}*.`,
        severity: 'high',
        facts: { role: 'BreakGlass', letsIn: 'arn:aws:iam::444455556666:root' },
        targets: [{ type: 'AWS::IAM::Role', id: role }],
        undo: null,
        suppression: { parameter: 'ignoredRolePolicy', item: `user/alice:${role}` },
      },
    ],
    'a trust policy that lets in all but one, in other letters': [
      trusting('UpdateAssumeRolePolicy', 'breakglass-2', { NotPrincipal: { AWS: '444455556666' } }),
      {
        title: `Access to ${role}* granted by IAM user alice in trust policy of role breakglass-2`,
        facts: { letsIn: 'everybody but 444455556666' },
      },
    ],
    'a role of that name made': [
      trusting('CreateRole', 'BreakGlass', { Principal: '*' }),
      {
        title: `Access to ${role}* granted by IAM user alice in trust policy of role BreakGlass`,
        facts: { letsIn: 'everybody' },
        undo: 'aws iam delete-role --role-name BreakGlass',
      },
    ],
    'a role of that name made in its path': [
      trusting('CreateRole', 'BreakGlass', foreign, {
        responseElements: {
          role: { arn: 'arn:aws:iam::111122223333:role/ops/BreakGlass', roleName: 'BreakGlass' },
        },
      }),
      {
        title: expect.stringContaining('role/ops/Break*'),
        targets: [{ type: 'AWS::IAM::Role', id: 'arn:aws:iam::111122223333:role/ops/BreakGlass' }],
      },
      inOps,
    ],
    'the trust policy of a role whose path the record does not have': [
      trusting('UpdateAssumeRolePolicy', 'BreakGlass', foreign),
      { title: expect.stringContaining('role/ops/Break*') },
      inOps,
    ],
    'a trust policy that CloudTrail left out': [
      trusting('UpdateAssumeRolePolicy', 'BreakGlass', foreign, omitted),
      {
        title:
          'IAM policy that could not be read, trust policy of a role, written by IAM user alice',
        severity: 'high',
      },
    ],
    'a denied change of the trust policy': [
      trusting('UpdateAssumeRolePolicy', 'BreakGlass', foreign, {
        requestParameters: null,
        ...denied('iam:UpdateAssumeRolePolicy', 'role BreakGlass'),
      }),
      {
        title:
          'Denied attempt: IAM policy that could not be read, trust policy of role BreakGlass, written by IAM user alice',
      },
      { parameters: { deniedAttempts: 'alert' } },
    ],
    'a read of a bucket': [
      wrote(allow('s3:GetObject', { Resource: `${bucket}/*` })),
      { ...accessTo(bucket), severity: 'high' },
    ],
    'the resource by its name': [
      policyCall(
        'PutRolePolicy',
        document(
          allow(['s3:GetBucketPolicy', 's3:ListBucket'], {
            Resource: ['arn:aws:s3:::other', bucket],
            Condition: { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } },
          }),
        ),
      ),
      {
        title: `Access to ${bucket} granted by IAM user alice in inline policy "support" of role Deploy`,
        summary: `IAM user alice wrote inline policy "support" of role Deploy, which allows s3:GetBucketPolicy, s3:ListBucket on ${bucket} and so gives access to ${bucket}. It does so under conditions only, which this rule does not judge: IpAddress aws:SourceIp = 192.0.2.0/24.`,
        severity: 'high',
        facts: {
          policy: 'support',
          role: 'Deploy',
          resource: bucket,
          actions: 's3:GetBucketPolicy, s3:ListBucket',
          through: bucket,
          conditions: 'IpAddress aws:SourceIp = 192.0.2.0/24',
        },
      },
    ],
    "a bucket's objects": [
      wrote(allow('s3:GetObject', { Resource: `${bucket}/2026/*` })),
      { ...accessTo(bucket), facts: { through: `${bucket}/2026/*` } },
    ],
    'every action on every resource': [
      wrote(allow('*')),
      { ...accessTo(`${bucket}, ${role}*`), facts: { actions: '*', through: '*' } },
    ],
    'NotAction, which gives everything else': [
      wrote({ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }),
      {
        ...accessTo(`${bucket}, ${role}*`),
        summary: `IAM user alice wrote ${inline}, which allows every action but iam:* on * and so gives access to ${bucket}, ${role}*.`,
        facts: { actions: 'every action but iam:*', notAction: 'iam:*' },
      },
    ],
    'NotResource, which gives everything else': [
      wrote({ Effect: 'Allow', Action: 's3:*', NotResource: 'arn:aws:s3:::public/*' }),
      {
        ...accessTo(bucket),
        summary: `IAM user alice wrote ${inline}, which allows s3:* on every resource but arn:aws:s3:::public/* and so gives access to ${bucket}.`,
        facts: {
          through: 'every resource but arn:aws:s3:::public/*',
          notResource: 'arn:aws:s3:::public/*',
        },
      },
    ],
    'NotAction beside actions, each with its own resources': [
      wrote(
        { Effect: 'Allow', NotAction: 's3:Put*', Resource: bucket },
        allow(['s3:PutBucketAcl', 's3:PutBucketPolicy']),
      ),
      {
        ...accessTo(bucket),
        summary: `IAM user alice wrote ${inline}, which allows every action but s3:Put* on ${bucket}, s3:PutBucketAcl, s3:PutBucketPolicy on * and so gives access to ${bucket}.`,
      },
    ],
    'documents that run on an instance': [
      wrote(allow('ssm:CreateAssociation')),
      accessTo('arn:aws:ec2:us-east-1:111122223333:instance/i-0abc'),
      {
        parameters: {
          disallowedResourceArns: 'arn:aws:ec2:us-east-1:111122223333:instance/i-0abc',
        },
      },
    ],
    'an action that AWS made after this rule': [wrote(allow('s3:WalkBucket')), accessTo(bucket)],
    'an action in other letters': [
      wrote(allow('S3:GETOBJECT', { Resource: `${bucket}/*` })),
      accessTo(bucket),
    ],
    'a wildcard in the action': [wrote(allow('s3:*', { Resource: bucket })), accessTo(bucket)],
    'a wildcard in the service': [wrote(allow('s*:Get*')), accessTo(bucket)],
    'a wildcard in the resource': [
      wrote(allow('s3:GetObject', { Resource: 'arn:aws:s3:::pay*' })),
      { ...accessTo(bucket), facts: { through: 'arn:aws:s3:::pay*' } },
    ],
    'a wildcard for one character': [
      wrote(allow('s3:GetObject', { Resource: 'arn:aws:s3:::payrol?/*' })),
      accessTo(bucket),
    ],
    'a policy variable that can be it': [
      wrote(allow('s3:*', { Resource: 'arn:aws:s3:::${aws:username}/*' })),
      accessTo(bucket),
    ],
    'one of the resources that a * names': [
      wrote(allow('sts:AssumeRole', { Resource: `${role}Prod` })),
      { ...accessTo(`${role}*`), facts: { through: `${role}Prod` } },
    ],
    'a role that STS may assume, like any other': [wrote(allow('sts:*')), accessTo(`${role}*`)],
    'the last of many actions on many resources': [
      wrote(
        allow([...Array.from({ length: 200 }, (_, index) => `s3:A${index}`), 'iam:PassRole'], {
          Resource: [
            ...Array.from({ length: 200 }, (_, index) => `arn:aws:s3:::other${index}`),
            role,
          ],
        }),
      ),
      accessTo(`${role}*`),
    ],
    'a Deny of something else': [
      wrote(allow('s3:*'), deny('s3:Put*', { Resource: bucket })),
      accessTo(bucket),
    ],
    'a Deny of the bucket, but not of its objects': [
      wrote(allow('s3:*'), deny('s3:*', { Resource: bucket })),
      accessTo(bucket),
    ],
    'a Deny under a condition': [
      wrote(
        allow('s3:*'),
        deny('s3:*', { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'false' } } }),
      ),
      accessTo(bucket),
    ],
    'some of it without conditions': [
      wrote(
        allow('s3:Get*', { Condition: { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } } }),
        allow('s3:List*'),
      ),
      {
        ...accessTo(bucket),
        summary: `IAM user alice wrote ${inline}, which allows s3:Get*, s3:List* on * and so gives access to ${bucket}. Some of it is under conditions only, which this rule does not judge: StringEquals aws:RequestedRegion = eu-west-1.`,
      },
    ],
    'a statement that is not in a list': [
      policyCall('PutUserPolicy', JSON.stringify({ Statement: allow('s3:*') })),
      accessTo(bucket),
    ],
    'a new version of a policy': [
      policyCall('CreatePolicyVersion', document(allow('s3:*'))),
      {
        title: `Access to ${bucket} granted by IAM user alice in a new version of policy arn:aws:iam::111122223333:policy/teams/support`,
      },
    ],
    'a new policy': [
      policyCall('CreatePolicy', document(allow('s3:*'))),
      {
        title: `Access to ${bucket} granted by IAM user alice in policy arn:aws:iam::111122223333:policy/teams/support`,
        groupKey:
          'disallowedResources:111122223333:arn:aws:iam::111122223333:user/alice:CreatePolicy',
        undo: 'aws iam delete-policy --policy-arn arn:aws:iam::111122223333:policy/teams/support',
        suppression: {
          parameter: 'ignoredRolePolicy',
          item: 'user/alice:arn:aws:iam::111122223333:policy/teams/support',
        },
      },
    ],
    'a policy written by the root user, whose identity has no session': [
      by(identities.root),
      { title: `Access to ${bucket} granted by the root user of 111122223333 in ${inline}` },
    ],
    'a policy written by an IAM user with access keys, whose identity has no session': [
      by(identities.userWithKeys),
      accessTo(bucket),
    ],
    'a policy whose ARN only begins like an ignored one': [
      policyCall('CreatePolicyVersion', document(allow('s3:*'))),
      {
        title: `Access to ${bucket} granted by IAM user alice in a new version of policy arn:aws:iam::111122223333:policy/teams/support`,
      },
      {
        parameters: { ignoredRolePolicy: 'user/alice:arn:aws:iam::111122223333:policy/teams/supp' },
      },
    ],
    'a trailing comma, which is not a pair': [
      wrote(allow('s3:*')),
      accessTo(bucket),
      { parameters: { ignoredRolePolicy: 'bob:x,' } },
    ],
    'any service, where the ARN does not name one': [
      wrote(allow('ec2:Describe*')),
      accessTo('arn:aws:*:*:444455556666:*'),
      { parameters: { disallowedResourceArns: 'arn:aws:*:*:444455556666:*' } },
    ],
    'a policy that was padded until CloudTrail left it out': [
      policyCall('CreatePolicyVersion', '', omitted),
      {
        title:
          'IAM policy that could not be read, a new version of a policy, written by IAM user alice',
        severity: 'high',
        facts: { document: 'left out by CloudTrail' },
      },
    ],
    'a denied attempt, of which CloudTrail records no document': [
      policyCall('PutUserPolicy', '', denied('iam:PutUserPolicy', 'user bob')),
      {
        title:
          'Denied attempt: IAM policy that could not be read, an inline policy of user bob, written by IAM user alice',
        severity: 'medium',
      },
      { parameters: { deniedAttempts: 'alert' } },
    ],
  },
  quiet: {
    'the trust policy of another role': [trusting('UpdateAssumeRolePolicy', 'Auditor', foreign)],
    'the trust policy of another role, whose path may be the one that is named': [
      trusting('UpdateAssumeRolePolicy', 'Auditor', foreign),
      { parameters: { disallowedResourceArns: 'arn:aws:iam::111122223333:role/ops/*' } },
    ],
    'the role in another path': [trusting('CreateRole', 'BreakGlass', foreign), inOps],
    'a trust policy that lets nobody in': [
      trusting('UpdateAssumeRolePolicy', 'BreakGlass', { ...foreign, Effect: 'Deny' }),
    ],
    'a denied change of the trust policy of another role': [
      trusting('UpdateAssumeRolePolicy', 'Auditor', foreign, {
        requestParameters: null,
        ...denied('iam:UpdateAssumeRolePolicy', 'role Auditor'),
      }),
      { parameters: { deniedAttempts: 'alert' } },
    ],
    'another resource': [
      wrote(allow('s3:*', { Resource: ['arn:aws:s3:::payroll2', `${bucket}2/*`] })),
    ],
    'a resource of which only some parts match': [
      wrote(
        allow('sts:AssumeRole', { Resource: 'arn:aws:iam::*:role/Auditor' }),
        allow('logs:PutLogEvents', { Resource: 'arn:*:logs:*:*:log-group:/aws/lambda/*' }),
      ),
    ],
    'actions that are about no resource, or about another kind': [
      wrote(
        allow('s3:ListAllMyBuckets', { Resource: 'arn:aws:s3:::*' }),
        allow(['s3:ListAllMyBuckets', 'iam:GetAccountSummary', 'iam:ListUsers', 'iam:CreateUser']),
      ),
    ],
    'actions of objects on a bucket, which give nothing': [
      wrote(allow('s3:GetObject', { Resource: bucket })),
    ],
    'a resource in other letters': [wrote(allow('s3:*', { Resource: 'arn:aws:s3:::Payroll' }))],
    'actions that are about other resources': [
      wrote(allow(['ec2:Describe*', 'logs:*', 'sts:GetCallerIdentity'])),
    ],
    'a Deny, which grants nothing': [wrote(deny('*'))],
    'a Deny of the resource and its objects': [
      wrote(allow('s3:*'), deny('s3:*', { Resource: [bucket, `${bucket}/*`] })),
    ],
    'everything but the services of the resources': [
      wrote({ Effect: 'Allow', NotAction: ['s3:*', 'iam:*', 'sts:*'], Resource: '*' }),
    ],
    'everything but the resources': [
      wrote({ Effect: 'Allow', Action: '*', NotResource: [`${bucket}*`, `${role}*`] }),
    ],
    'a bucket of which objects are named': [
      wrote(allow('s3:GetObject', { Resource: `${bucket}/public/*` })),
      { parameters: { disallowedResourceArns: `${bucket}/secret/*` } },
    ],
    'empty items of parameters, which match nothing': [
      wrote(allow('s3:*', { Resource: 'arn:aws:s3:::other' })),
      { parameters: { disallowedResourceArns: `,${bucket},` } },
    ],
    'a denied attempt': [policyCall('PutUserPolicy', '', denied('iam:PutUserPolicy', 'user bob'))],
  },
  suppressed: {
    'a trust policy that is written by whom the operator named': [
      trusting('UpdateAssumeRolePolicy', 'BreakGlass', foreign),
      `user/alice:${role}`,
      { parameters: { ignoredRolePolicy: `user/alice:${role}` } },
    ],
    'an ignored role and policy': [
      policyCall('PutUserPolicy', document(allow('s3:*')), {
        userIdentity: identities.assumedRole,
      }),
      'Developer:supp.*',
      { parameters: { ignoredRolePolicy: 'Developer:supp.*' } },
    ],
    'a new policy that is ignored by its ARN': [
      policyCall('CreatePolicy', document(allow('s3:*'))),
      'USER/alice:arn:aws:iam::111122223333:policy/teams/support',
      {
        parameters: {
          ignoredRolePolicy: 'USER/alice:arn:aws:iam::111122223333:policy/teams/support',
        },
      },
    ],
  },
  refuses: {
    'a document that is not JSON': [
      policyCall('PutUserPolicy', '{"Statement":'),
      'the policy document is not JSON',
    ],
    'no resource at all': [
      wrote(allow('*')),
      'disallowedResourceArns: is required',
      { parameters: { disallowedResourceArns: '' } },
    ],
    'a resource that is not an ARN': [
      wrote(allow('*')),
      'disallowedResourceArns: "payroll" is not allowed; expected an ARN, with * for any characters.',
      { parameters: { disallowedResourceArns: 'payroll' } },
    ],
    'a role without a policy': [
      wrote(allow('*')),
      'ignoredRolePolicy: "R" is not a pair',
      { parameters: { ignoredRolePolicy: 'R' } },
    ],
    'a pair that matches everything': [
      wrote(allow('*')),
      'ignoredRolePolicy: ".*:.*" would mute most alerts',
      { parameters: { ignoredRolePolicy: '.*:.*' } },
    ],
  },
});

describeActors(rule, by, { parameters: { disallowedResourceArns: bucket } });

describeHostile(rule, [
  policyCall('CreatePolicy', document(allow('*'))),
  policyCall('PutRolePolicy', document(allow('s3:*', { Resource: bucket }), deny('s3:Get*'))),
]);
