import { type Call, type CallReader, defineCallRule, mitre } from '@patrol/core';
import { opened, shared } from '../../lib/access/opened.ts';
import { trust } from '../../lib/access/trust.ts';
import { isByService } from '../../lib/actor.ts';
import { withNames } from '../../lib/words.ts';

type P = typeof trust;

export default defineCallRule({
  name: 'resourcePolicyOpened',
  title: 'Resource policy opened',
  description:
    'Alerts when a policy, grant or permission lets in everybody, another account or another organisation. ' +
    'The resources are KMS keys, secrets, SNS topics, SQS queues, container registries, OpenSearch domains, file systems, Glue catalogs, DynamoDB tables, SSM resources, certificate authorities and backup vaults. ' +
    'It also tells, with severity low, when the policy of a file system is deleted.',
  severity: 'high',
  runbook:
    'Ask the actor who the others are. If nobody can say, take the statement out of the policy, find out in CloudTrail what they read or wrote since, ' +
    'and treat the credentials that were used as stolen. If they may have access, name them in trustedAccounts or trustedOrganizations.',
  references: [mitre('T1537', 'Transfer Data to Cloud Account')],
  parameters: trust,
  calls: {
    'kms.amazonaws.com': {
      CreateKey: policy('KMS key', 'AWS::KMS::Key', 'keyId', 'policy'),
      PutKeyPolicy: policy('KMS key', 'AWS::KMS::Key', 'keyId', 'policy'),
      CreateGrant(call) {
        const { request } = call;
        const key = request.text('keyId');
        return shared(
          isByService(call) ? [] : request.texts('granteePrincipal'),
          request.texts('operations').map((operation) => `kms:${operation}`),
          call,
          (who) => ({
            deed: `${withNames('KMS key', key)} opened to ${who} by a grant`,
            target: ['AWS::KMS::Key', key],
          }),
        );
      },
    },
    'secretsmanager.amazonaws.com': {
      PutResourcePolicy: policy(
        'Secret',
        'AWS::SecretsManager::Secret',
        'secretId',
        'resourcePolicy',
      ),
    },
    'sns.amazonaws.com': {
      CreateTopic: policy('SNS topic', 'AWS::SNS::Topic', 'name', 'attributes.Policy'),
      SetTopicAttributes: (call) =>
        call.request.text('attributeName') === 'Policy'
          ? policy('SNS topic', 'AWS::SNS::Topic', 'topicArn', 'attributeValue')(call)
          : undefined,
      AddPermission: added(
        'SNS topic',
        'AWS::SNS::Topic',
        'topicArn',
        'aWSAccountId',
        'actionName',
        'sns',
      ),
    },
    'sqs.amazonaws.com': {
      CreateQueue: policy('SQS queue', 'AWS::SQS::Queue', 'queueName', 'attributes.Policy'),
      SetQueueAttributes: policy('SQS queue', 'AWS::SQS::Queue', 'queueUrl', 'attributes.Policy'),
      AddPermission: added(
        'SQS queue',
        'AWS::SQS::Queue',
        'queueUrl',
        'aWSAccountIds',
        'actions',
        'sqs',
      ),
    },
    'ecr.amazonaws.com': {
      SetRepositoryPolicy: policy(
        'Container repository',
        'AWS::ECR::Repository',
        'repositoryName',
        'policyText',
      ),
      PutRegistryPolicy: policy(
        'Container registry',
        'AWS::ECR::RegistryPolicy',
        'registryId',
        'policyText',
      ),
      PutReplicationConfiguration: (call) =>
        shared(
          call.request
            .list('replicationConfiguration.rules')
            .flatMap((rule) => rule.list('destinations'))
            .flatMap((destination) => destination.text('registryId') ?? []),
          'ecr:ReplicateImage',
          call,
          (who) => ({
            deed: `Container registry replicated to ${who}`,
            meaning: 'New images are copied there.',
          }),
        ),
    },
    'es.amazonaws.com': {
      CreateDomain: policy(
        'OpenSearch domain',
        'AWS::OpenSearchService::Domain',
        'domainName',
        'accessPolicies',
      ),
      CreateElasticsearchDomain: policy(
        'OpenSearch domain',
        'AWS::Elasticsearch::Domain',
        'domainName',
        'accessPolicies',
      ),
      UpdateDomainConfig: policy(
        'OpenSearch domain',
        'AWS::OpenSearchService::Domain',
        'domainName',
        'accessPolicies',
      ),
      UpdateElasticsearchDomainConfig: policy(
        'OpenSearch domain',
        'AWS::Elasticsearch::Domain',
        'domainName',
        'accessPolicies',
      ),
    },
    'elasticfilesystem.amazonaws.com': {
      PutFileSystemPolicy: policy('File system', 'AWS::EFS::FileSystem', 'fileSystemId', 'policy'),
      DeleteFileSystemPolicy: ({ request }) => ({
        severity: 'low',
        deed: `${withNames('Policy of file system', request.text('fileSystemId'))} deleted`,
        meaning: 'Whoever reaches a mount target may now read and write, without IAM.',
        target: ['AWS::EFS::FileSystem', request.text('fileSystemId')],
      }),
    },
    'glue.amazonaws.com': {
      PutResourcePolicy: policy(
        'Glue catalog',
        'AWS::Glue::Database',
        'resourceArn',
        'policyInJson',
      ),
    },
    'dynamodb.amazonaws.com': {
      CreateTable: policy('DynamoDB table', 'AWS::DynamoDB::Table', 'tableName', 'resourcePolicy'),
      PutResourcePolicy: policy('DynamoDB table', 'AWS::DynamoDB::Table', 'resourceArn', 'policy'),
    },
    'ssm.amazonaws.com': {
      PutResourcePolicy: policy(
        'SSM resource',
        'AWS::SSM::ResourcePolicy',
        'resourceArn',
        'policy',
      ),
    },
    'acm-pca.amazonaws.com': {
      PutPolicy: policy(
        'Certificate authority',
        'AWS::ACMPCA::CertificateAuthority',
        'resourceArn',
        'policy',
      ),
      CreatePermission: (call) => {
        const authority = call.request.text('certificateAuthorityArn');
        return shared(
          call.request.texts('sourceAccount'),
          call.request.texts('actions').map((action) => `acm-pca:${action}`),
          call,
          (who) => ({
            deed: `${withNames('Certificate authority', authority)} opened to ${who} through a service`,
            target: ['AWS::ACMPCA::CertificateAuthority', authority],
          }),
        );
      },
    },
    'backup.amazonaws.com': {
      PutBackupVaultAccessPolicy: policy(
        'AWS Backup vault',
        'AWS::Backup::BackupVault',
        'backupVaultName',
        'policy',
      ),
    },
  },
});

/** A call that sets the policy of a resource. Calls that make one, or change something else, have none. */
function policy(what: string, type: string, idName: string, field: string): CallReader<P> {
  return (call) => {
    const { request, response } = call;
    const id = request.text(idName) ?? response.text('keyMetadata.arn');
    return request.has(field)
      ? opened(request.value(field), call, (who) => ({
          deed: `${withNames(what, id)} opened to ${who}`,
          target: [type, id],
          ...(isInVpc(call)
            ? { severity: 'low', meaning: 'Only who reaches its VPC gets in.' }
            : {}),
        }))
      : undefined;
  };
}

/** Whether it is a domain of OpenSearch in a VPC. Such domains often have a policy for everybody. */
const isInVpc = ({ request, response }: Call<P>): boolean =>
  request.has('vPCOptions.subnetIds') ||
  ['domainConfig.vPCOptions.options', 'domainStatus.vPCOptions'].some((path) =>
    response.has(`${path}.vPCId`),
  );

/** A call that adds a permission for accounts. */
function added(
  what: string,
  type: string,
  idName: string,
  accounts: string,
  actions: string,
  service: string,
): CallReader<P> {
  return (call) => {
    const { request } = call;
    const id = request.text(idName);
    return shared(
      request.texts(accounts),
      request.texts(actions).map((action) => `${service}:${action}`),
      call,
      (who) => ({ deed: `${withNames(what, id)} opened to ${who}`, target: [type, id] }),
    );
  };
}
