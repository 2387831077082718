/** `patrol-deploy apply` of a fleet of rules in a pipeline, the first one and an upgrade that changes everything. */
import type { AnyRule } from '@patrol/core';
import { type Announcement, announcementName } from '@patrol/core/contracts';
import { ruleTemplate } from '@patrol/core/template';
import type { Fields } from '@patrol/core/testing';
import { missingSettings } from '../../../deployer/src/cloud/bucket.ts';
import { announcedFor } from '../../../deployer/src/stage/announce.ts';
import { sha256 } from '../../../deployer/src/template/template.ts';
import type { Written } from '../../lib/health/seen.ts';
import {
  account,
  type Act,
  allBlocked,
  comesIn,
  madeBy,
  pipeline,
  pipelineArn,
  region,
} from './record.ts';
import { stackCalls } from './stack.ts';

const bucketName = `patrol-artifacts-${account}-${region}`;

const bucket = (name: string, request: Fields): Act => [
  's3',
  name,
  { bucketName, Host: `s3.${region}.amazonaws.com`, ...request },
];

const s3Namespace = { xmlns: 'http://s3.amazonaws.com/doc/2006-03-01/' };

/** How records have the settings that the deployer makes on its bucket. */
const settings: Readonly<Record<string, (policy?: string) => Act>> = {
  private: () =>
    bucket('PutBucketPublicAccessBlock', {
      publicAccessBlock: '',
      PublicAccessBlockConfiguration: { ...s3Namespace, ...allBlocked },
    }),
  ownership: () =>
    bucket('PutBucketOwnershipControls', {
      ownershipControls: '',
      OwnershipControls: { ...s3Namespace, Rule: { ObjectOwnership: 'BucketOwnerEnforced' } },
    }),
  encryption: () =>
    bucket('PutBucketEncryption', {
      encryption: '',
      ServerSideEncryptionConfiguration: {
        ...s3Namespace,
        Rule: { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
      },
    }),
  versioning: () =>
    bucket('PutBucketVersioning', {
      versioning: '',
      VersioningConfiguration: { ...s3Namespace, Status: 'Enabled' },
    }),
  policy: (policy = '') =>
    bucket('PutBucketPolicy', { policy: '', bucketPolicy: JSON.parse(policy) }),
};

const artifacts = (): readonly Act[] => [
  ['sts', 'GetCallerIdentity', null],
  ['s3', 'HeadBucket', { bucketName, Host: `s3.${region}.amazonaws.com` }],
  bucket('CreateBucket', {
    'x-amz-object-ownership': 'BucketOwnerEnforced',
    CreateBucketConfiguration: { ...s3Namespace, LocationConstraint: region },
  }),
  ...missingSettings(
    bucketName,
    { partition: 'aws' },
    { encrypted: false, versioned: false, private: false, ownerEnforced: false },
  ).map(
    ({ set, ...given }) => settings[set]?.('policy' in given ? given.policy : undefined) as Act,
  ),
];

const upload = (key: string): Act => [
  's3',
  'PutObject',
  {
    bucketName,
    key,
    Host: `s3.${region}.amazonaws.com`,
    'x-amz-checksum-sha256': 'YWJj',
    'x-amz-expected-bucket-owner': account,
  },
  { 'x-amz-server-side-encryption': 'AES256' },
  { managementEvent: false, eventCategory: 'Data' },
];

const values: Readonly<Record<string, string>> = {
  AlertEmail: 'security@example.com',
  CodeS3Bucket: bucketName,
  CodeS3Key: 'patrol/rules.zip',
};

type Step = 'create' | 'update';

const stackName = ({ name }: AnyRule): string => `patrol-aws-${name}-prod`;

/** The stack of a change set, by the ARN of the change set. */
export const stackOf = (changeSet: string): string =>
  changeSet.slice(changeSet.lastIndexOf('/') + 1);

/** What the deployer announces to patrolHealth, as the Parameter Store has it. Twenty stacks fit into an announcement. */
export function announcements(rules: readonly AnyRule[], step: Step): readonly Written[] {
  const at = Date.parse('2026-11-20T08:30:02Z');
  const until = new Date(at + announcedFor).toISOString();
  return Array.from({ length: Math.ceil(rules.length / 20) }, (_, index) => {
    const some = rules.slice(index * 20, index * 20 + 20);
    const announcement: Announcement = {
      run: 'patrol-7c6b5a48',
      until,
      stacks: Object.fromEntries(
        some.map((rule) => [stackName(rule), [step, sha256(JSON.stringify(ruleTemplate(rule)))]]),
      ),
    };
    return { by: pipelineArn, at, text: JSON.stringify(announcement) };
  });
}

const announce = (rules: readonly AnyRule[], step: Step): readonly Fields[] =>
  madeBy(
    pipeline.sdk,
    announcements(rules, step).map(() => [
      'ssm',
      'PutParameter',
      {
        name: announcementName,
        type: 'String',
        overwrite: true,
        value: 'HIDDEN_DUE_TO_SECURITY_REASONS',
      },
    ]),
  );

/** One stack: the calls of the deployer, then those of CloudFormation. */
function stack(rule: AnyRule, step: Step): readonly Fields[] {
  const name = stackName(rule);
  const stackId = `arn:aws:cloudformation:${region}:${account}:stack/${name}/0f1e2d3c`;
  const changeSet = `arn:aws:cloudformation:${region}:${account}:changeSet/patrol-7c6b5a49/${name}`;
  return [
    ...madeBy(pipeline.sdk, [
      ['cloudformation', 'DescribeStacks', { stackName: name }],
      upload(`${rule.name}.zip`),
      [
        'cloudformation',
        'CreateChangeSet',
        {
          stackName: name,
          changeSetName: 'patrol-7c6b5a49',
          changeSetType: step.toUpperCase(),
          capabilities: ['CAPABILITY_IAM'],
          parameters: Object.keys(values).map((parameterKey) => ({ parameterKey })),
          tags: [
            { key: 'patrol:package', value: '@patrol/rules-aws' },
            { key: 'patrol:rule', value: rule.name },
          ],
        },
        { id: changeSet, stackId },
      ],
      ['cloudformation', 'DescribeChangeSet', { changeSetName: changeSet }],
      ['cloudformation', 'ExecuteChangeSet', { changeSetName: changeSet }],
      ['cloudformation', 'DescribeStackEvents', { stackName: name }],
    ]),
    ...madeBy(
      pipeline.stack,
      stackCalls(name, ruleTemplate(rule) as unknown as Fields, step, values),
    ),
  ];
}

/** The first `apply` of a fleet. */
export const firstApply = (rules: readonly AnyRule[]): readonly Fields[] => [
  ...comesIn(),
  ...madeBy(pipeline.sdk, artifacts()),
  ...announce(rules, 'create'),
  ...rules.flatMap((rule) => stack(rule, 'create')),
];

/** An `apply` that changes each resource of each stack: no upgrade does more. */
export const upgrade = (rules: readonly AnyRule[]): readonly Fields[] => [
  ...comesIn(),
  ...announce(rules, 'update'),
  ...rules.flatMap((rule) => stack(rule, 'update')),
];
