import { apiCallRecord, denied, describeRule, identities } from '@patrol/core/testing';
import rule from './rule.ts';

const administrator = 'arn:aws:iam::111122223333:role/Administrator';
const sso =
  'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_AdministratorAccess_0123456789abcdef';

const assume = (roleArn: string, fields = {}): unknown =>
  apiCallRecord('sts.amazonaws.com', 'AssumeRole', {
    readOnly: true,
    requestParameters: { roleArn, roleSessionName: 'maintenance', durationSeconds: 3600 },
    responseElements: { assumedRoleUser: { assumedRoleId: 'AROAEXAMPLE:maintenance' } },
    ...fields,
  });

describeRule(rule, {
  parameters: { disallowedRoles: 'Administrator, BreakGlass*' },
  alerts: {
    'a disallowed role, by its name': [
      assume(administrator),
      {
        title: 'Disallowed role Administrator assumed by IAM user alice',
        severity: 'high',
        facts: { role: administrator, disallowedBy: 'Administrator', session: 'maintenance' },
        targets: [{ type: 'AWS::IAM::Role', id: administrator }],
        groupKey: 'assumeRole:111122223333:arn:aws:iam::111122223333:user/alice:Administrator',
        undo: null,
        suppression: { parameter: 'ignoredActors', item: 'arn:aws:iam::111122223333:user/alice' },
      },
    ],
    'a disallowed role with a path': [
      assume('arn:aws:iam::111122223333:role/teams/ops/Administrator'),
      { title: 'Disallowed role Administrator assumed by IAM user alice' },
    ],
    'a name in other letters, which IAM takes for the same': [
      assume('arn:aws:iam::111122223333:role/ADMINISTRATOR'),
      { title: 'Disallowed role ADMINISTRATOR assumed by IAM user alice' },
    ],
    'a name that a * covers': [
      assume('arn:aws:iam::111122223333:role/BreakGlass-Prod'),
      {
        title: 'Disallowed role BreakGlass-Prod assumed by IAM user alice',
        facts: { disallowedBy: 'BreakGlass*' },
        groupKey: 'assumeRole:111122223333:arn:aws:iam::111122223333:user/alice:BreakGlass*',
      },
    ],
    'a whole ARN': [
      assume(sso),
      {
        title:
          'Disallowed role AWSReservedSSO_AdministratorAccess_0123456789abcdef assumed by IAM user alice',
        facts: { role: sso, disallowedBy: sso, session: 'maintenance' },
      },
      { parameters: { disallowedRoles: sso } },
    ],
    'an ARN of another partition': [
      assume('arn:aws-us-gov:iam::111122223333:role/Administrator'),
      { title: 'Disallowed role Administrator assumed by IAM user alice' },
    ],
    'a session through SAML': [
      assume(administrator, { eventName: 'AssumeRoleWithSAML', userIdentity: identities.samlUser }),
      {
        title: 'Disallowed role Administrator assumed by SAML user bob@example.com of SAMLEXAMPLE',
        groupKey: 'assumeRole:111122223333:SAMLEXAMPLE:Administrator',
      },
    ],
    'a session through a web identity': [
      assume(administrator, {
        eventName: 'AssumeRoleWithWebIdentity',
        userIdentity: identities.webIdentityUser,
      }),
      {
        title:
          'Disallowed role Administrator assumed by web identity repo:example/app:ref:refs/heads/main of arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com',
      },
    ],
    'a principal of another account': [
      assume(administrator, { userIdentity: identities.otherAccount }),
      {
        title:
          'Disallowed role Administrator assumed by principal AIDAEXAMPLEOTHER0001 of account 444455556666',
      },
    ],
    'an AWS service, when the operator wants to know': [
      assume(administrator, { userIdentity: identities.service }),
      { title: 'Disallowed role Administrator assumed by AWS service ec2.amazonaws.com' },
      { parameters: { serviceCallers: 'alert' } },
    ],
    'a request that CloudTrail left out, by the session in the response': [
      assume(administrator, {
        requestParameters: { omitted: true, originalSize: 102_401 },
        responseElements: {
          assumedRoleUser: {
            arn: 'arn:aws:sts::111122223333:assumed-role/Administrator/maintenance',
          },
        },
      }),
      {
        title: 'Disallowed role Administrator assumed by IAM user alice',
        facts: { role: administrator, disallowedBy: 'Administrator' },
      },
    ],
    'a denied attempt that names no role': [
      assume(administrator, {
        requestParameters: null,
        responseElements: null,
        errorCode: 'AccessDenied',
        errorMessage: 'MultiFactorAuthentication failed with invalid MFA one time pass code.',
      }),
      {
        title: 'Denied attempt: Role that the record does not name assumed by IAM user alice',
        severity: 'low',
        facts: { message: 'MultiFactorAuthentication failed with invalid MFA one time pass code.' },
      },
      { parameters: { deniedAttempts: 'alert' } },
    ],
    'a role of Identity Center by the beginning of its name': [
      assume(sso),
      {
        title:
          'Disallowed role AWSReservedSSO_AdministratorAccess_0123456789abcdef assumed by IAM user alice',
      },
      { parameters: { disallowedRoles: 'AWSReservedSSO_AdministratorAccess_*' } },
    ],
    'a record whose parameters were left out but whose resources are there': [
      assume(administrator, {
        requestParameters: null,
        resources: [{ ARN: administrator, accountId: '111122223333', type: 'AWS::IAM::Role' }],
      }),
      { title: 'Disallowed role Administrator assumed by IAM user alice' },
    ],
    'a denied attempt, which names the role in its message only': [
      assume(administrator, denied('sts:AssumeRole', administrator)),
      {
        title: 'Denied attempt: Disallowed role Administrator assumed by IAM user alice',
        severity: 'medium',
      },
      { parameters: { deniedAttempts: 'alert' } },
    ],
  },
  quiet: {
    'an AWS service, which is nobody': [
      assume(administrator, { userIdentity: identities.service }),
    ],
    'another role': [assume('arn:aws:iam::111122223333:role/Deploy')],
    'a role whose name only holds a disallowed one': [
      assume('arn:aws:iam::111122223333:role/NonAdministrators'),
    ],
    'a trailing comma, which is not a name': [
      assume('arn:aws:iam::111122223333:role/Deploy'),
      { parameters: { disallowedRoles: 'Administrator,' } },
    ],
    'the same name in another account, when an ARN is disallowed': [
      assume('arn:aws:iam::444455556666:role/Administrator'),
      { parameters: { disallowedRoles: administrator } },
    ],
    'a denied attempt': [assume(administrator, denied('sts:AssumeRole', administrator))],
    'an expired token, which is no denial': [
      assume(administrator, { errorCode: 'ExpiredTokenException', requestParameters: null }),
      { parameters: { deniedAttempts: 'alert' } },
    ],
  },
  refuses: {
    'a call that names no role': [
      assume(administrator, { requestParameters: null, responseElements: null }),
      /could not evaluate event c1b9c8d0.*expected the ARN of the assumed role, found undefined/,
    ],
    'no disallowed role at all, which would watch nothing': [
      assume(administrator),
      /disallowedRoles: .*required/,
      { parameters: { disallowedRoles: '' } },
    ],
    'a role of Identity Center without the end of its name, which would match nothing': [
      assume(sso),
      /disallowedRoles: "AWSReservedSSO_AdministratorAccess" is not allowed; expected .*AWSReservedSSO_AdministratorAccess_\*/,
      { parameters: { disallowedRoles: 'AWSReservedSSO_AdministratorAccess' } },
    ],
    'a part of an ARN, which would match nothing': [
      assume(administrator),
      /disallowedRoles: "role\/Administrator" is not allowed; expected the name of a role/,
      { parameters: { disallowedRoles: 'role/Administrator' } },
    ],
  },
});
