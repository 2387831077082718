/** What is known of types of resources: which say who may do what, and how. Pure. */

/** Who or what something is attached to. */
export interface Attachment {
  readonly kind:
    | 'role'
    | 'user'
    | 'group'
    | 'queue'
    | 'topic'
    | 'bucket'
    | 'secret'
    | 'function'
    | 'key'
    | 'event bus'
    | 'resource';
  readonly name: string;
}

/** Which property of a policy that stands by itself says what it is attached to. */
export const attachments: Readonly<Record<string, Readonly<Record<string, Attachment['kind']>>>> = {
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

/** Types whose access is all in their policies, roles and {@link accessProperties} properties; most of them give none. */
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

/** Types of which every resource gives access by being there: all its properties say to whom and to what. */
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

/** All types whose resources are read. */
export const knownTypes: readonly string[] = [...understood, ...grantTypes];

/** Properties that give access without a policy. */
export const accessProperties: Readonly<Record<string, readonly string[]>> = {
  'AWS::EC2::SecurityGroup': ['SecurityGroupIngress'],
  'AWS::IAM::User': ['Groups'],
  'AWS::Logs::LogGroup': ['BearerTokenAuthenticationEnabled'],
  'AWS::RolesAnywhere::Profile': ['RoleArns'],
  'AWS::SNS::Topic': ['Subscription'],
};

/** Properties that stand for resources of other types. */
export const importingProperties: Readonly<Record<string, readonly string[]>> = {
  'AWS::ApiGatewayV2::Api': ['Body', 'BodyS3Location', 'RouteKey', 'Target'],
};

/** Whether every resource of a type gives access by being there. */
export const isGrantType = (type: string): boolean => grantTypes.has(type);

/** Why what a resource of a type gives access to cannot be told; `undefined` when it can. */
export function whyUntold(type: string): string | undefined {
  if (knownTypes.includes(type)) return undefined;
  if (type === 'AWS::CloudFormation::Stack') {
    return 'it is a nested stack, and what is in its template is not read';
  }
  if (type === 'AWS::CloudFormation::StackSet') {
    return 'it makes stacks in other accounts or regions, and what is in their template is not read';
  }
  if (type === 'AWS::CloudFormation::CustomResource' || type.startsWith('Custom::')) {
    return 'it is a custom resource, whose code may make anything';
  }
  if (type.endsWith('::MODULE')) return 'it is a module, which may make anything';
  if (!type.startsWith('AWS::')) return 'its type is not one of AWS, and may make anything';
  return 'Patrol does not read what a resource of this type gives access to';
}
