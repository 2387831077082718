/** Who calls, for tests of rules that tell people from deployments. */
import { type Fields, identities } from '@patrol/core/testing';

/** A session in a role. */
export const inRole = (role: string): Fields => ({
  userIdentity: {
    ...identities.assumedRole,
    arn: `arn:aws:sts::111122223333:assumed-role/${role}/session`,
    sessionContext: {
      ...identities.assumedRole.sessionContext,
      sessionIssuer: {
        ...identities.assumedRole.sessionContext.sessionIssuer,
        arn: `arn:aws:iam::111122223333:role/${role}`,
        userName: role,
      },
    },
  },
});

/** Fields of a record, by who made the call. */
export const by = {
  /** A role that no person signed in to: of a deployment, say. */
  deployment: { userIdentity: identities.assumedRole },
  /** CloudFormation, for somebody. */
  stack: { userIdentity: identities.serviceForUser },
  /** An AWS service by itself. */
  service: { userIdentity: identities.service, eventType: 'AwsServiceEvent' },
  /** Somebody who came through Identity Center. */
  identityCenter: {
    userIdentity: {
      ...identities.assumedRole,
      arn: 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/bob',
      sessionContext: {
        sessionIssuer: {
          type: 'Role',
          principalId: 'AROAEXAMPLESSO',
          arn: 'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef',
          accountId: '111122223333',
          userName: 'AWSReservedSSO_Admin_0123456789abcdef',
        },
      },
    },
  },
  /** Somebody in the console, in a role. */
  console: { userIdentity: identities.assumedRole, sessionCredentialFromConsole: 'true' },
  /** An IAM user who signed in. */
  user: { userIdentity: identities.userInConsole },
} satisfies Readonly<Record<string, Fields>>;
