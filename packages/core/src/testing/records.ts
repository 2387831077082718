/**
 * CloudTrail records of real shape: account 111122223333, users alice, bob and mallory, addresses of 192.0.2.0/24, which
 * documentation uses.
 */

/** Fields of a record. */
export type Fields = Readonly<Record<string, unknown>>;

const account = '111122223333';

const session = (role: string, name: string): Fields => ({
  principalId: `AROAEXAMPLE${role.toUpperCase()}:${name}`,
  arn: `arn:aws:sts::${account}:assumed-role/${role}/${name}`,
  accountId: account,
  accessKeyId: 'ASIAEXAMPLE111122223',
});

/** One `userIdentity` of each shape that CloudTrail writes. A rule has to hold for all of them. */
export const identities = {
  root: {
    type: 'Root',
    principalId: account,
    arn: `arn:aws:iam::${account}:root`,
    accountId: account,
    accessKeyId: '',
  },
  /** A user with access keys has no `sessionContext`. */
  userWithKeys: {
    type: 'IAMUser',
    principalId: 'AIDAEXAMPLEALICE0001',
    arn: `arn:aws:iam::${account}:user/alice`,
    accountId: account,
    accessKeyId: 'AKIAEXAMPLE111122223',
    userName: 'alice',
  },
  /** A user in the console has a session without an issuer. */
  userInConsole: {
    type: 'IAMUser',
    principalId: 'AIDAEXAMPLEBOB000001',
    arn: `arn:aws:iam::${account}:user/bob`,
    accountId: account,
    accessKeyId: 'ASIAEXAMPLE111122224',
    userName: 'bob',
    sessionContext: {
      attributes: { creationDate: '2026-11-20T08:00:00Z', mfaAuthenticated: 'true' },
    },
  },
  assumedRole: {
    type: 'AssumedRole',
    ...session('Developer', 'mallory'),
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: 'AROAEXAMPLEDEVELOPER',
        arn: `arn:aws:iam::${account}:role/Developer`,
        accountId: account,
        userName: 'Developer',
      },
      attributes: { creationDate: '2026-11-20T08:00:00Z', mfaAuthenticated: 'false' },
    },
  },
  /** Records of old sessions and of some services lack the issuer. */
  assumedRoleWithoutIssuer: { type: 'AssumedRole', ...session('Developer', 'mallory') },
  federatedUser: {
    type: 'FederatedUser',
    principalId: `${account}:bob`,
    arn: `arn:aws:sts::${account}:federated-user/bob`,
    accountId: account,
    sessionContext: { sessionIssuer: { type: 'IAMUser', userName: 'alice' } },
  },
  samlUser: {
    type: 'SAMLUser',
    principalId: 'SAMLEXAMPLE:bob@example.com',
    userName: 'bob@example.com',
    identityProvider: 'SAMLEXAMPLE',
  },
  webIdentityUser: {
    type: 'WebIdentityUser',
    principalId: `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com:sts.amazonaws.com:repo:example/app:ref:refs/heads/main`,
    userName: 'repo:example/app:ref:refs/heads/main',
    identityProvider: `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com`,
  },
  identityCenterUser: {
    type: 'IdentityCenterUser',
    accountId: account,
    onBehalfOf: {
      userId: '906752a1-example',
      identityStoreArn: `arn:aws:identitystore::${account}:identitystore/d-example`,
    },
    credentialId: 'example',
  },
  otherAccount: {
    type: 'AWSAccount',
    principalId: 'AIDAEXAMPLEOTHER0001',
    accountId: '444455556666',
  },
  service: { type: 'AWSService', invokedBy: 'ec2.amazonaws.com' },
  serviceForUser: {
    type: 'IAMUser',
    principalId: 'AIDAEXAMPLEALICE0001',
    arn: `arn:aws:iam::${account}:user/alice`,
    accountId: account,
    userName: 'alice',
    invokedBy: 'cloudformation.amazonaws.com',
  },
  unknown: { type: 'Unknown', principalId: '', accountId: '', userName: '' },
  none: null,
} as const satisfies Readonly<Record<string, Fields | null>>;

/** The record of an API call that alice made. `fields` replace the usual ones. */
export const apiCallRecord = (
  eventSource: string,
  eventName: string,
  fields: Fields = {},
): Fields => ({
  eventVersion: '1.11',
  userIdentity: identities.userWithKeys,
  eventTime: '2026-11-20T08:30:17Z',
  eventSource,
  eventName,
  awsRegion: 'eu-west-1',
  sourceIPAddress: '192.0.2.17',
  userAgent: 'Boto3/1.40.40 md/Botocore#1.40.40 os/macos#24.6.0',
  requestParameters: null,
  responseElements: null,
  requestID: '4a9c7b60-8f53-4a6e-8a3b-9d2e9b1d5e77',
  eventID: 'c1b9c8d0-6f1c-4f63-9e0b-8f1f6f9d3a42',
  readOnly: false,
  eventType: 'AwsApiCall',
  managementEvent: true,
  recipientAccountId: account,
  eventCategory: 'Management',
  ...fields,
});

/** The fields of a call for which permissions were missing: no parameters, and the reason in the message. */
export const denied = (action: string, resource: string): Fields => ({
  errorCode: 'AccessDenied',
  errorMessage: `User: arn:aws:iam::${account}:user/alice is not authorized to perform: ${action} on resource: ${resource}`,
  requestParameters: null,
});

/** The record of a sign-in to the console. `fields` replace the usual ones. */
export const signInRecord = (userIdentity: Fields, fields: Fields = {}): Fields => ({
  eventVersion: '1.11',
  userIdentity,
  eventTime: '2026-11-20T22:41:03Z',
  eventSource: 'signin.amazonaws.com',
  eventName: 'ConsoleLogin',
  awsRegion: 'us-east-1',
  sourceIPAddress: '192.0.2.101',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
  requestParameters: null,
  responseElements: { ConsoleLogin: 'Success' },
  additionalEventData: {
    LoginTo: 'https://console.aws.amazon.com/console/home',
    MobileVersion: 'No',
    MFAUsed: 'No',
  },
  eventID: '0a3c9c8e-52a2-4a8e-9c55-1c8f3f6a9d20',
  readOnly: false,
  eventType: 'AwsConsoleSignIn',
  managementEvent: true,
  recipientAccountId: account,
  eventCategory: 'Management',
  ...fields,
});
