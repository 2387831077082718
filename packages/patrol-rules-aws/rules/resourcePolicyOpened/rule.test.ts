import { apiCallRecord, describeRule } from '@patrol/core/testing';
import { expect } from 'vitest';
import { allow, document } from '../../testing/policies.ts';
import rule from './rule.ts';

const own = '111122223333';
const foreign = '444455556666';
const call = (service: string, eventName: string, requestParameters: object, fields = {}) =>
  apiCallRecord(`${service}.amazonaws.com`, eventName, { requestParameters, ...fields });
const arn = (rest: string): string => `arn:aws:${rest.replace('::', `:eu-west-1:${own}:`)}`;

/** The calls that set a policy, each with the field that has it, what it is called in the title, and its type and id. */
const calls: Readonly<
  Record<string, (policy: string) => readonly [event: object, what: string, type: string]>
> = {
  'the policy of a key': (policy) => [
    call('kms', 'PutKeyPolicy', { keyId: 'key-1', policyName: 'default', policy }),
    'KMS key key-1',
    'AWS::KMS::Key',
  ],
  'a new key': (policy) => [
    call('kms', 'CreateKey', { policy }, { responseElements: { keyMetadata: { arn: 'key-1' } } }),
    'KMS key key-1',
    'AWS::KMS::Key',
  ],
  'a secret': (resourcePolicy) => [
    call('secretsmanager', 'PutResourcePolicy', { secretId: 'db', resourcePolicy }),
    'Secret db',
    'AWS::SecretsManager::Secret',
  ],
  'a topic': (attributeValue) => [
    call('sns', 'SetTopicAttributes', {
      topicArn: arn('sns::news'),
      attributeName: 'Policy',
      attributeValue,
    }),
    `SNS topic ${arn('sns::news')}`,
    'AWS::SNS::Topic',
  ],
  'a new topic': (Policy) => [
    call('sns', 'CreateTopic', { name: 'news', attributes: { Policy } }),
    'SNS topic news',
    'AWS::SNS::Topic',
  ],
  'a queue': (Policy) => [
    call('sqs', 'SetQueueAttributes', { queueUrl: 'https://sqs/jobs', attributes: { Policy } }),
    'SQS queue https://sqs/jobs',
    'AWS::SQS::Queue',
  ],
  'a new queue': (Policy) => [
    call('sqs', 'CreateQueue', { queueName: 'jobs', attributes: { Policy } }),
    'SQS queue jobs',
    'AWS::SQS::Queue',
  ],
  'a repository': (policyText) => [
    call('ecr', 'SetRepositoryPolicy', { repositoryName: 'web', policyText, force: false }),
    'Container repository web',
    'AWS::ECR::Repository',
  ],
  'a registry': (policyText) => [
    call('ecr', 'PutRegistryPolicy', { policyText, registryId: own }),
    `Container registry ${own}`,
    'AWS::ECR::RegistryPolicy',
  ],
  'a domain': (accessPolicies) => [
    call('es', 'UpdateDomainConfig', { domainName: 'logs', accessPolicies }),
    'OpenSearch domain logs',
    'AWS::OpenSearchService::Domain',
  ],
  'a new domain': (accessPolicies) => [
    call('es', 'CreateDomain', { domainName: 'logs', accessPolicies }),
    'OpenSearch domain logs',
    'AWS::OpenSearchService::Domain',
  ],
  'a domain of Elasticsearch': (accessPolicies) => [
    call('es', 'UpdateElasticsearchDomainConfig', { domainName: 'logs', accessPolicies }),
    'OpenSearch domain logs',
    'AWS::Elasticsearch::Domain',
  ],
  'a new domain of Elasticsearch': (accessPolicies) => [
    call('es', 'CreateElasticsearchDomain', { domainName: 'logs', accessPolicies }),
    'OpenSearch domain logs',
    'AWS::Elasticsearch::Domain',
  ],
  'a file system': (policy) => [
    call('elasticfilesystem', 'PutFileSystemPolicy', { fileSystemId: 'fs-1', policy }),
    'File system fs-1',
    'AWS::EFS::FileSystem',
  ],
  'a catalog': (policyInJson) => [
    call('glue', 'PutResourcePolicy', { policyInJson }),
    'Glue catalog',
    'AWS::Glue::Database',
  ],
  'a table': (policy) => [
    call('dynamodb', 'PutResourcePolicy', { resourceArn: 'orders', policy }),
    'DynamoDB table orders',
    'AWS::DynamoDB::Table',
  ],
  'a new table': (resourcePolicy) => [
    call('dynamodb', 'CreateTable', { tableName: 'orders', resourcePolicy }),
    'DynamoDB table orders',
    'AWS::DynamoDB::Table',
  ],
  'a parameter': (policy) => [
    call('ssm', 'PutResourcePolicy', { resourceArn: arn('ssm::parameter/db'), policy }),
    `SSM resource ${arn('ssm::parameter/db')}`,
    'AWS::SSM::ResourcePolicy',
  ],
  'a certificate authority': (policy) => [
    call('acm-pca', 'PutPolicy', { resourceArn: arn('acm-pca::certificate-authority/1'), policy }),
    `Certificate authority ${arn('acm-pca::certificate-authority/1')}`,
    'AWS::ACMPCA::CertificateAuthority',
  ],
  'a vault': (policy) => [
    call('backup', 'PutBackupVaultAccessPolicy', { backupVaultName: 'Default', policy }),
    'AWS Backup vault Default',
    'AWS::Backup::BackupVault',
  ],
};

const to = (id: string, more: object = {}): string =>
  document(allow('a:Use', { Principal: { AWS: id }, ...more }));
const each = <T>(make: (name: string, of: (typeof calls)[string]) => readonly [string, T][]) =>
  Object.fromEntries(Object.entries(calls).flatMap(([name, of]) => make(name, of)));
const opened = (what: string, who = `account ${foreign}`): string =>
  `${what} opened to ${who} by IAM user alice`;

const grant = (granteePrincipal: string, fields = {}) =>
  call('kms', 'CreateGrant', { keyId: 'key-1', granteePrincipal, operations: ['Decrypt'] }, fields);
const replication = (registryId: string) =>
  call('ecr', 'PutReplicationConfiguration', {
    replicationConfiguration: { rules: [{ destinations: [{ region: 'eu-west-1', registryId }] }] },
  });
const topic = arn('sns::news');
const topicPermission = (id: string) =>
  call('sns', 'AddPermission', {
    topicArn: topic,
    label: 'x',
    aWSAccountId: [id],
    actionName: ['Publish'],
  });
const queuePermission = (id: string) =>
  call('sqs', 'AddPermission', {
    queueUrl: 'https://sqs/jobs',
    label: 'x',
    aWSAccountIds: [id],
    actions: ['SendMessage'],
  });
const authority = arn('acm-pca::certificate-authority/1');
const authorityPermission = (sourceAccount: string) =>
  call('acm-pca', 'CreatePermission', {
    certificateAuthorityArn: authority,
    principal: 'acm.amazonaws.com',
    sourceAccount,
    actions: ['IssueCertificate'],
  });

describeRule(rule, {
  alerts: {
    ...each((name, of) => {
      const [event, what, type] = of(to(`arn:aws:iam::${foreign}:root`));
      return [
        [
          `${name} for another account`,
          [
            event,
            {
              title: opened(what),
              severity: 'high',
              suppression: { parameter: 'trustedAccounts', item: foreign },
              ...(what === 'Glue catalog' ? {} : { targets: [{ type, id: expect.any(String) }] }),
            },
          ],
        ],
      ];
    }),
    'a key for everybody': [
      calls['the policy of a key']?.(to('*'))[0],
      { title: opened('KMS key key-1', 'everybody'), severity: 'critical' },
    ],
    'a domain in a VPC for everybody': [
      call('es', 'CreateDomain', {
        domainName: 'logs',
        accessPolicies: to('*'),
        vPCOptions: { subnetIds: ['subnet-1'] },
      }),
      { title: opened('OpenSearch domain logs', 'everybody'), severity: 'low' },
    ],
    'a domain that is in a VPC, for everybody': [
      call(
        'es',
        'UpdateDomainConfig',
        { domainName: 'logs', accessPolicies: to('*') },
        { responseElements: { domainConfig: { vPCOptions: { options: { vPCId: 'vpc-1' } } } } },
      ),
      { title: opened('OpenSearch domain logs', 'everybody'), severity: 'low' },
    ],
    'a grant': [
      grant(`arn:aws:iam::${foreign}:role/Reader`),
      {
        title: `KMS key key-1 opened to arn:aws:iam::${foreign}:role/Reader by a grant by IAM user alice`,
        facts: expect.objectContaining({ actions: 'kms:Decrypt' }),
      },
    ],
    'images that are copied to another account': [
      replication(foreign),
      { title: `Container registry replicated to account ${foreign} by IAM user alice` },
    ],
    'a permission of a topic': [
      topicPermission(foreign),
      {
        title: opened(`SNS topic ${topic}`),
        facts: expect.objectContaining({ actions: 'sns:Publish' }),
      },
    ],
    'a permission of a queue': [
      queuePermission(foreign),
      {
        title: opened('SQS queue https://sqs/jobs'),
        facts: expect.objectContaining({ actions: 'sqs:SendMessage' }),
      },
    ],
    'a permission of a certificate authority': [
      authorityPermission(foreign),
      {
        title: `Certificate authority ${authority} opened to account ${foreign} through a service by IAM user alice`,
      },
    ],
    'a file system without its policy': [
      call('elasticfilesystem', 'DeleteFileSystemPolicy', { fileSystemId: 'fs-1' }),
      { title: 'Policy of file system fs-1 deleted by IAM user alice', severity: 'low' },
    ],
  },
  quiet: {
    ...each((name, of) => [
      [`${name} for the own account`, [of(to(`arn:aws:iam::${own}:root`))[0]]],
      [
        `${name} for the own account under a condition`,
        [of(to('*', { Condition: { StringEquals: { 'aws:SourceOwner': own } } }))[0]],
      ],
    ]),
    'a key without a policy': [call('kms', 'CreateKey', { description: 'x' })],
    'another attribute of a topic': [
      call('sns', 'SetTopicAttributes', {
        topicArn: topic,
        attributeName: 'DisplayName',
        attributeValue: 'News',
      }),
    ],
    'another attribute of a queue': [
      call('sqs', 'SetQueueAttributes', {
        queueUrl: 'https://sqs/jobs',
        attributes: { VisibilityTimeout: '60' },
      }),
    ],
    'a grant within the account': [grant(`arn:aws:iam::${own}:role/Reader`)],
    'a grant for a service': [grant('dynamodb.eu-west-1.amazonaws.com')],
    'a grant that a service makes': [
      grant(`arn:aws:iam::${foreign}:role/Reader`, {
        userIdentity: { type: 'AWSService', invokedBy: 'rds.amazonaws.com' },
      }),
    ],
    'images that are copied to another region': [replication(own)],
    'a permission of a topic for the own account': [topicPermission(own)],
    'a permission of a queue for the own account': [queuePermission(own)],
    'a permission of a certificate authority for the own account': [authorityPermission(own)],
    'a queue for a topic': [
      calls['a queue']?.(
        document(
          allow('sqs:SendMessage', {
            Principal: { Service: 'sns.amazonaws.com' },
            Condition: { ArnEquals: { 'aws:SourceArn': topic } },
          }),
        ),
      )[0],
    ],
  },
  suppressed: {
    'an account that is trusted': [
      calls['a secret']?.(to(foreign))[0],
      foreign,
      { parameters: { trustedAccounts: foreign } },
    ],
  },
});
