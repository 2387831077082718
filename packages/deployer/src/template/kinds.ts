/** Types of resources: which of them give access, and by which properties. Pure. */

/** The properties of policy resources that say what the policy is attached to. */
export const attachments: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'AWS::Events::EventBusPolicy': { EventBusName: 'event bus' },
  'AWS::IAM::GroupPolicy': { GroupName: 'group' },
  'AWS::IAM::ManagedPolicy': { Roles: 'role', Users: 'user', Groups: 'group' },
  'AWS::IAM::Policy': { Roles: 'role', Users: 'user', Groups: 'group' },
  'AWS::IAM::RolePolicy': { RoleName: 'role' },
  'AWS::IAM::UserPolicy': { UserName: 'user' },
  'AWS::Lambda::ResourcePolicy': { ResourceArn: 'function' },
  'AWS::S3::BucketPolicy': { Bucket: 'bucket' },
  'AWS::SecretsManager::ResourcePolicy': { SecretId: 'secret' },
  'AWS::SNS::TopicInlinePolicy': { TopicArn: 'topic' },
  'AWS::SNS::TopicPolicy': { Topics: 'topic' },
  'AWS::SQS::QueueInlinePolicy': { Queue: 'queue' },
  'AWS::SQS::QueuePolicy': { Queues: 'queue' },
};

/** Types that give access only by policies, roles and {@link accessProperties}. Most of them give none. */
const understood: ReadonlySet<string> = new Set([
  ...Object.keys(attachments),
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Stage',
  'AWS::CloudWatch::Alarm',
  'AWS::DynamoDB::Table',
  'AWS::EC2::SecurityGroup',
  'AWS::ECR::Repository',
  'AWS::Events::Rule',
  'AWS::IAM::Group',
  'AWS::IAM::Role',
  'AWS::IAM::User',
  'AWS::KMS::Alias',
  'AWS::KMS::Key',
  'AWS::Lambda::Alias',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Lambda::Permission',
  'AWS::Lambda::Url',
  'AWS::Lambda::Version',
  'AWS::Logs::LogGroup',
  'AWS::Logs::MetricFilter',
  'AWS::Logs::ResourcePolicy',
  'AWS::RolesAnywhere::Profile',
  'AWS::S3::Bucket',
  'AWS::SecretsManager::Secret',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
  'AWS::SSO::PermissionSet',
]);

/** Types whose every resource is a grant by itself. Its properties say to whom, and to what. */
const grantTypes: ReadonlySet<string> = new Set([
  'AWS::Cognito::IdentityPoolRoleAttachment',
  'AWS::EC2::SecurityGroupIngress',
  'AWS::EC2::VPCEndpointServicePermissions',
  'AWS::EKS::AccessEntry',
  'AWS::EKS::PodIdentityAssociation',
  'AWS::IAM::AccessKey',
  'AWS::IAM::InstanceProfile',
  'AWS::IAM::OIDCProvider',
  'AWS::IAM::SAMLProvider',
  'AWS::IAM::UserToGroupAddition',
  'AWS::IdentityStore::GroupMembership',
  'AWS::Lambda::LayerVersionPermission',
  'AWS::RAM::ResourceShare',
  'AWS::RolesAnywhere::TrustAnchor',
  'AWS::S3::AccessGrant',
  'AWS::SNS::Subscription',
  'AWS::SSO::ApplicationAssignment',
  'AWS::SSO::Assignment',
]);

/** All types that Patrol reads. */
export const knownTypes: readonly string[] = [...understood, ...grantTypes];

/** Properties that give access without a policy. */
export const accessProperties: Readonly<Record<string, readonly string[]>> = {
  'AWS::EC2::SecurityGroup': ['SecurityGroupIngress'],
  'AWS::IAM::User': ['Groups'],
  'AWS::Logs::LogGroup': ['BearerTokenAuthenticationEnabled'],
  'AWS::RolesAnywhere::Profile': ['RoleArns'],
  'AWS::SNS::Topic': ['Subscription'],
};

/** Properties that create other resources. */
export const importingProperties: Readonly<Record<string, readonly string[]>> = {
  'AWS::ApiGatewayV2::Api': ['Body', 'BodyS3Location', 'RouteKey', 'Target'],
};

/** Whether every resource of a type is a grant by itself. */
export const isGrantType = (type: string): boolean => grantTypes.has(type);

/** Why Patrol cannot tell what access resources of a type give; `undefined` when it can. */
export function whyUntold(type: string): string | undefined {
  if (knownTypes.includes(type)) return undefined;
  if (type === 'AWS::CloudFormation::Stack') {
    return 'it is a nested stack, and Patrol does not read its template';
  }
  if (type === 'AWS::CloudFormation::StackSet') {
    return 'it creates stacks in other accounts or regions, and Patrol does not read their template';
  }
  if (type === 'AWS::CloudFormation::CustomResource' || type.startsWith('Custom::')) {
    return 'it is a custom resource, and its code may create anything';
  }
  if (type.endsWith('::MODULE')) return 'it is a module, which may create anything';
  if (!type.startsWith('AWS::')) return 'its type is not one of AWS, and it may create anything';
  return 'Patrol does not read what access a resource of this type gives';
}
