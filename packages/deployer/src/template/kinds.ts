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

/** The full names of types, which are listed by service. */
const typesOf = (services: Readonly<Record<string, readonly string[]>>): readonly string[] =>
  Object.entries(services).flatMap(([service, types]) =>
    types.map((type) => `AWS::${service}::${type}`),
  );

/** Types that give access only by policies, roles and {@link accessProperties}. Most of them give none. */
const understood = typesOf({
  ApiGatewayV2: ['Api', 'Integration', 'Route', 'Stage'],
  CloudWatch: ['Alarm'],
  DynamoDB: ['Table'],
  EC2: ['SecurityGroup'],
  ECR: ['Repository'],
  Events: ['Rule'],
  IAM: ['Group', 'Role', 'User'],
  KMS: ['Alias', 'Key'],
  Lambda: [
    'Alias',
    'EventInvokeConfig',
    'EventSourceMapping',
    'Function',
    'LayerVersion',
    'Permission',
    'Url',
    'Version',
  ],
  Logs: ['LogGroup', 'MetricFilter', 'ResourcePolicy'],
  RolesAnywhere: ['Profile'],
  S3: ['Bucket'],
  SecretsManager: ['Secret'],
  SNS: ['Topic'],
  SQS: ['Queue'],
  SSO: ['PermissionSet'],
});

/** Types whose every resource is a grant by itself. Its properties say to whom, and to what. */
const grantTypes = typesOf({
  Cognito: ['IdentityPoolRoleAttachment'],
  EC2: ['SecurityGroupIngress', 'VPCEndpointServicePermissions'],
  EKS: ['AccessEntry', 'PodIdentityAssociation'],
  IAM: ['AccessKey', 'InstanceProfile', 'OIDCProvider', 'SAMLProvider', 'UserToGroupAddition'],
  IdentityStore: ['GroupMembership'],
  Lambda: ['LayerVersionPermission'],
  RAM: ['ResourceShare'],
  RolesAnywhere: ['TrustAnchor'],
  S3: ['AccessGrant'],
  SNS: ['Subscription'],
  SSO: ['ApplicationAssignment', 'Assignment'],
});

/** All types that Patrol reads. */
export const knownTypes: readonly string[] = [
  ...Object.keys(attachments),
  ...understood,
  ...grantTypes,
];

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
export const isGrantType = (type: string): boolean => grantTypes.includes(type);

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
