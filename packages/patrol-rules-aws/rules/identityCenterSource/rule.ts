import { type Call, type Deed, defineCallRule, mitre, names } from '@patrol/core';
import { known } from '../../lib/facts.ts';

const parameters = {
  privilegedGroups: names(
    'The groups of the directory whose members are powerful, by their ids. Each new member is alerted on with high severity.',
    { default: '', example: '906752a1-7d1e-4f6a-9b0e-1c2d3e4f5a6b' },
  ),
};

// CloudTrail has records of the console’s own calls (sso-directory, UpdateSsoConfiguration). The shapes of the others are those of
// the API's model (botocore, sso-admin and identitystore).
export default defineCallRule({
  name: 'identityCenterSource',
  title: 'Sign-in by Identity Center changed',
  description:
    'Alerts when somebody changes where the users of Identity Center come from and how they sign in: identity provider, MFA, trusted token issuers, attributes. New users and members of groups are of low severity, but for members of privileged groups.',
  severity: 'high',
  runbook:
    'Whoever controls the source of users can pass for all of them, in every account. Ask the actor why. If nobody can say, put ' +
    'the setting back, take the user out of the group, end the active sessions (IAM Identity Center, Active sessions), and look ' +
    'in CloudTrail at who has signed in since.',
  references: [
    mitre('T1556.007', 'Modify Authentication Process: Hybrid Identity'),
    mitre('T1484.002', 'Domain or Tenant Policy Modification: Trust Modification'),
    mitre('T1136.003', 'Create Account: Cloud Account'),
  ],
  parameters,
  calls: {
    'sso.amazonaws.com': {
      UpdateSsoConfiguration(call) {
        const type = call.request.text('configurationType');
        // How long a session lasts is no way in.
        const isSession = type === 'SESSION';
        return about(
          call,
          isSession
            ? 'Session settings of Identity Center changed'
            : 'Sign-in settings of Identity Center changed',
          {
            severity: isSession ? 'low' : 'high',
            meaning: isSession ? undefined : 'Among them is whether users need MFA.',
            facts: known({
              configurationType: type,
              session: call.request.text(
                'ssoConfiguration.sessionConfiguration.maxAuthenticationAge',
              ),
            }),
          },
        );
      },
      CreateTrustedTokenIssuer: (call) =>
        about(call, 'Trusted token issuer of Identity Center added', {
          meaning: 'Its tokens can be exchanged for those of users.',
          facts: known({
            issuer: call.request.text(
              'trustedTokenIssuerConfiguration.oidcJwtConfiguration.issuerUrl',
            ),
            name: call.request.text('name'),
          }),
        }),
      UpdateInstanceAccessControlAttributeConfiguration: (call) =>
        about(call, 'Attributes for access control of Identity Center changed', {
          severity: 'medium',
          meaning: 'Policies that ask for attributes of users now see others.',
        }),
      DeleteInstance: (call) =>
        about(call, 'Identity Center deleted', {
          meaning: 'Nobody can sign in by it any more, and its assignments are gone.',
        }),
    },
    'sso-directory.amazonaws.com': {
      EnableExternalIdPConfigurationForDirectory: (call) =>
        about(call, 'Identity provider of Identity Center switched on', {
          meaning: 'Users sign in where this provider says.',
        }),
      DisableExternalIdPConfigurationForDirectory: (call) =>
        about(call, 'Identity provider of Identity Center switched off', {
          meaning: 'Users sign in with passwords of Identity Center.',
        }),
      AddMemberToGroup: (call) => joined(call, call.request.text('member.memberId')),
      CreateUser: (call) => created(call, call.response.text('user.userId')),
    },
    'identitystore.amazonaws.com': {
      CreateGroupMembership: (call) => joined(call, call.request.text('memberId.userId')),
      CreateUser: (call) => created(call, call.response.text('userId')),
    },
  },
});

type Changing = Call<typeof parameters>;

function about({ request }: Changing, deed: string, { facts, ...more }: Partial<Deed>): Deed {
  return {
    deed,
    ...more,
    facts: {
      ...known({
        instance: request.text('instanceArn'),
        directory: request.text('identityStoreId') ?? request.text('directoryId'),
      }),
      ...facts,
    },
    target: ['AWS::SSO::Instance', request.text('instanceArn')],
  };
}

function joined(call: Changing, member: string | undefined): Deed {
  const group = call.request.text('groupId');
  const isPrivileged = call.parameters.privilegedGroups.find(group) !== undefined;
  return {
    ...about(
      call,
      `Member added to a ${isPrivileged ? 'privileged ' : ''}group of Identity Center`,
      {
        severity: isPrivileged ? 'high' : 'low',
        facts: known({ group, member }),
      },
    ),
    target: ['AWS::IdentityStore::Group', group],
  };
}

const created = (call: Changing, user: string | undefined): Deed =>
  about(call, 'User of Identity Center created', { severity: 'low', facts: known({ user }) });
