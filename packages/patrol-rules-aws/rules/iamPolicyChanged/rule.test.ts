import { apiCallRecord, describeRule, denied, identities, type Fields } from '@patrol/core/testing';
import { expect, test } from 'vitest';
import rule from './rule.ts';

const call = (eventName: string, requestParameters: unknown, fields: Fields = {}): unknown =>
  apiCallRecord('iam.amazonaws.com', eventName, {
    awsRegion: 'us-east-1',
    requestParameters,
    ...fields,
  });
const policyArn = 'arn:aws:iam::111122223333:policy/app';
const inline = { policyName: 'app', policyDocument: '{}' };
const by = 'by IAM user alice';
const about = (eventName: string, request: Fields, deed: string) =>
  [call(eventName, request), { title: `${deed} ${by}`, severity: 'low' as const }] as const;

describeRule(rule, {
  alerts: {
    'a policy attached to a user': [
      call('AttachUserPolicy', { userName: 'bob', policyArn }),
      {
        title: `IAM policy attached to user bob ${by}`,
        severity: 'low',
        facts: { policy: 'app', policyArn, user: 'bob' },
        targets: [{ type: 'AWS::IAM::User', id: 'bob' }],
        undo: `aws iam detach-user-policy --user-name bob --policy-arn ${policyArn}`,
        groupKey:
          'iamPolicyChanged:111122223333:arn:aws:iam::111122223333:user/alice:AttachUserPolicy',
      },
    ],
    'one attached to a group': about(
      'AttachGroupPolicy',
      { groupName: 'developers', policyArn },
      'IAM policy attached to group developers',
    ),
    'one attached to a role': about(
      'AttachRolePolicy',
      { roleName: 'Deploy', policyArn },
      'IAM policy attached to role Deploy',
    ),
    'one detached from a user': [
      call('DetachUserPolicy', { userName: 'bob', policyArn }),
      {
        title: `IAM policy detached from user bob ${by}`,
        undo: `aws iam attach-user-policy --user-name bob --policy-arn ${policyArn}`,
      },
    ],
    'one detached from a group': about(
      'DetachGroupPolicy',
      { groupName: 'developers', policyArn },
      'IAM policy detached from group developers',
    ),
    'one detached from a role': about(
      'DetachRolePolicy',
      { roleName: 'Deploy', policyArn },
      'IAM policy detached from role Deploy',
    ),
    'an inline policy of a user': [
      call('PutUserPolicy', { userName: 'bob', ...inline }),
      { title: `Inline policy written for user bob ${by}`, facts: { policy: 'app' }, undo: null },
    ],
    'one of a group': about(
      'PutGroupPolicy',
      { groupName: 'developers', ...inline },
      'Inline policy written for group developers',
    ),
    'one of a role': about(
      'PutRolePolicy',
      { roleName: 'Deploy', ...inline },
      'Inline policy written for role Deploy',
    ),
    'one of a user deleted': about(
      'DeleteUserPolicy',
      { userName: 'bob', policyName: 'app' },
      'Inline policy deleted from user bob',
    ),
    'one of a group deleted': about(
      'DeleteGroupPolicy',
      { groupName: 'developers', policyName: 'app' },
      'Inline policy deleted from group developers',
    ),
    'one of a role deleted': about(
      'DeleteRolePolicy',
      { roleName: 'Deploy', policyName: 'app' },
      'Inline policy deleted from role Deploy',
    ),
    'a managed policy': [
      call('CreatePolicy', inline, { responseElements: { policy: { arn: policyArn } } }),
      {
        title: `IAM policy created: app ${by}`,
        severity: 'low',
        targets: [{ type: 'AWS::IAM::ManagedPolicy', id: policyArn }],
      },
    ],
    'one deleted': about('DeletePolicy', { policyArn }, 'IAM policy deleted: app'),
    'a new version': [
      call(
        'CreatePolicyVersion',
        { policyArn, setAsDefault: true },
        {
          responseElements: { policyVersion: { versionId: 'v3' } },
        },
      ),
      {
        title: `IAM policy version created: app ${by}`,
        severity: 'low',
        facts: { version: 'v3' },
      },
    ],
    'a version deleted': about(
      'DeletePolicyVersion',
      { policyArn, versionId: 'v1' },
      'IAM policy version deleted: app',
    ),
    'another version made the default': [
      call('SetDefaultPolicyVersion', { policyArn, versionId: 'v1' }),
      {
        title: `IAM policy version made the default: app ${by}`,
        summary: expect.stringContaining('what this version says'),
        severity: 'medium',
        facts: { policyArn, version: 'v1' },
      },
    ],
    'one that a stack makes the default': [
      call(
        'SetDefaultPolicyVersion',
        { policyArn, versionId: 'v1' },
        {
          userIdentity: identities.serviceForUser,
        },
      ),
      { title: expect.stringContaining('through cloudformation'), severity: 'low' },
    ],
  },
  quiet: {
    'a denied attempt': [
      call('DetachRolePolicy', null, denied('iam:DetachRolePolicy', 'role Deploy')),
    ],
  },
});

test('all sixteen calls of control 4.4 of the benchmark are watched', () => {
  const pattern = JSON.stringify(rule.triggers[0]?.pattern);
  for (const name of ['CreatePolicy', 'DeletePolicy', 'CreatePolicyVersion', 'DeletePolicyVersion'])
    expect(pattern).toContain(`"${name}"`);
  for (const verb of ['Attach', 'Detach', 'Put', 'Delete'])
    for (const kind of ['User', 'Role', 'Group']) {
      expect(pattern).toContain(`"${verb}${kind}Policy"`);
    }
});
