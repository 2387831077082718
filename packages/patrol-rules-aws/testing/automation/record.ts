/** Records of what deployments do: who calls, and the calls in the order in which they are made. */
import { apiCallRecord, type Fields } from '@patrol/core/testing';

export const account = '111122223333';
export const region = 'eu-west-1';

/** A call of a run: the service, its name, what was asked and what was answered. Other fields of the record may follow. */
export type Act = readonly [
  service: string,
  name: string,
  request: unknown,
  response?: unknown,
  more?: Fields,
];

/** Services that record their calls in one region. */
const regions: Readonly<Record<string, string>> = {
  cloudfront: 'us-east-1',
  iam: 'us-east-1',
  organizations: 'us-east-1',
  route53: 'us-east-1',
};

/** What is a lookup. CloudTrail marks it as read-only. */
const reads = /^(?:Get|List|Describe|Lookup|Search|Head|Batch(?:Get|Check)|AssumeRole)/;

/** The records of calls that one caller makes. Each has an id of its own. */
export const madeBy = (caller: Fields, acts: readonly Act[]): readonly Fields[] =>
  acts.map(([service, name, requestParameters, responseElements = null, more = {}]) =>
    apiCallRecord(`${service}.amazonaws.com`, name, {
      requestParameters,
      responseElements,
      awsRegion: regions[service] ?? region,
      readOnly: reads.test(name),
      tlsDetails: { tlsVersion: 'TLSv1.3', cipherSuite: 'TLS_AES_128_GCM_SHA256' },
      ...caller,
      ...more,
      eventID: crypto.randomUUID(),
    }),
  );

/** A role of an account, in a session. */
export const session = (
  role: string,
  name: string,
  { in: accountId = account, path = '/', ...more }: Fields & { in?: string; path?: string } = {},
): Fields => {
  const principalId = `AROAEXAMPLE${role.replaceAll(/\W/g, '').toUpperCase().slice(0, 10)}`;
  return {
    type: 'AssumedRole',
    principalId: `${principalId}:${name}`,
    arn: `arn:aws:sts::${accountId}:assumed-role/${role}/${name}`,
    accountId,
    accessKeyId: 'ASIAEXAMPLE111122229',
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId,
        arn: `arn:aws:iam::${accountId}:role${path}${role}`,
        accountId,
        userName: role,
      },
      attributes: { creationDate: '2026-11-20T08:29:40Z', mfaAuthenticated: 'false' },
    },
    ...more,
  };
};

/** What AWS makes of an identity for which a service calls. */
export const via = (service: string, userIdentity: Fields): Fields => ({
  userIdentity: { ...userIdentity, invokedBy: `${service}.amazonaws.com` },
  sourceIPAddress: `${service}.amazonaws.com`,
  userAgent: `${service}.amazonaws.com`,
});

/** A service that calls by itself. */
export const itself = (service: string): Fields => ({
  userIdentity: { type: 'AWSService', invokedBy: `${service}.amazonaws.com` },
  sourceIPAddress: `${service}.amazonaws.com`,
  userAgent: `${service}.amazonaws.com`,
});

const deployment = session('Deploy', 'github-actions');

/** The ARN of the pipeline in its session. */
export const pipelineArn = String(deployment['arn']);

/** The role of a pipeline: a workflow of GitHub came into it through OIDC. */
const oidc = {
  ...deployment,
  sessionContext: {
    ...(deployment['sessionContext'] as Fields),
    webIdFederationData: {
      federatedProvider: `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com`,
      attributes: {},
    },
  },
};

const agent = (userAgent: string): Fields => ({
  userIdentity: oidc,
  sourceIPAddress: '192.0.2.44',
  userAgent,
});

/** The pipeline, by the tool that it runs. */
export const pipeline = {
  cli: agent('aws-cli/2.31.18 md/awscrt#0.28.2 ua/2.1 os/linux#6.11.0-1018-azure md/arch#x86_64'),
  sdk: agent(
    'aws-sdk-js/3.1100.0 ua/2.1 os/linux#6.11.0 lang/js md/nodejs#24.11.0 api/cloudformation',
  ),
  terraform: agent(
    'APN/1.0 HashiCorp/1.0 Terraform/1.13.4 (+https://www.terraform.io) terraform-provider-aws/6.18.0 (+https://registry.terraform.io/providers/hashicorp/aws)',
  ),
  stack: via('cloudformation', oidc),
} as const;

/** The workflow comes into its role. */
export const comesIn = (): readonly Fields[] =>
  madeBy(
    {
      userIdentity: {
        type: 'WebIdentityUser',
        principalId: `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com:sts.amazonaws.com:repo:example/app:ref:refs/heads/main`,
        userName: 'repo:example/app:ref:refs/heads/main',
        identityProvider: `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com`,
      },
      sourceIPAddress: '192.0.2.44',
      userAgent: 'aws-sdk-js/3.1100.0 configure-aws-credentials-for-github-actions',
    },
    [
      [
        'sts',
        'AssumeRoleWithWebIdentity',
        {
          roleArn: `arn:aws:iam::${account}:role/Deploy`,
          roleSessionName: 'github-actions',
          durationSeconds: 3600,
        },
        {
          subjectFromWebIdentityToken: 'repo:example/app:ref:refs/heads/main',
          assumedRoleUser: {
            assumedRoleId: 'AROAEXAMPLEDEPLOY:github-actions',
            arn: pipelineArn,
          },
          provider: `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com`,
          audience: 'sts.amazonaws.com',
        },
      ],
    ],
  );

/** A policy as requests have it. */
export const policy = (...statements: readonly Fields[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });

/** The trust policy for a service. */
export const trustOf = (service: string): string =>
  policy({
    Effect: 'Allow',
    Principal: { Service: `${service}.amazonaws.com` },
    Action: 'sts:AssumeRole',
  });

/** The ARN of a role. */
export const roleArn = (name: string): string => `arn:aws:iam::${account}:role/${name}`;

/** A role for a service. */
export const roleFor = (service: string, roleName: string, more: Fields = {}): Act => [
  'iam',
  'CreateRole',
  { roleName, ...more, assumeRolePolicyDocument: trustOf(service) },
];

/** A policy of AWS for a role, by what follows `policy/` in its ARN. */
export const attach = (roleName: string, name: string): Act => [
  'iam',
  'AttachRolePolicy',
  { roleName, policyArn: `arn:aws:iam::aws:policy/${name}` },
];

/** What a call says of a rule of a security group. Records have its empty lists too. */
export const permissions = (rule: Fields): Fields => ({
  items: [{ groups: {}, ipRanges: {}, ipv6Ranges: {}, prefixListIds: {}, ...rule }],
});

/** A rule for a security group. */
export const authorize = (direction: 'Ingress' | 'Egress', groupId: string, rule: Fields): Act => [
  'ec2',
  `AuthorizeSecurityGroup${direction}`,
  { groupId, ipPermissions: permissions(rule) },
  { _return: true },
];

/** The setting that blocks each kind of public access to buckets. */
export const allBlocked: Fields = {
  BlockPublicAcls: true,
  BlockPublicPolicy: true,
  IgnorePublicAcls: true,
  RestrictPublicBuckets: true,
};
