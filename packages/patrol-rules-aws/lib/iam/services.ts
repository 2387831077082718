/**
 * Actions that are about resources of another service than their own: by the name of that service in ARNs, the beginnings of
 * the actions. They belong to data planes, or their prefix differs from the name in the ARN. From AWS's service
 * authorization reference.
 */
const more: Readonly<Record<string, string>> = {
  'app-integrations': 'connect:',
  billing: 'bcm-data-exports: ce:',
  catalog: 'servicecatalog:',
  cloudfront: 'cloudfront-keyvaluestore:',
  cloudtrail: 'cloudtrail-data:',
  codewhisperer: 'q:',
  'compute-optimizer': 'aco-automation:',
  ds: 'ds-data:',
  ec2: 'ebs: ec2-instance-connect: ssm:',
  ecs: 'ssm:StartSession',
  eks: 'eks-auth:',
  iam: 'sts:AssumeRole',
  iot: 'greengrass: iotjobsdata: iotwireless:',
  'iq-permission': 'iq:',
  kafka: 'kafka-cluster:',
  opensearch: 'es:',
  qbusiness: 'qapps:',
  qdeveloper: 'q:',
  rds: 'rds-data:',
  redshift: 'redshift-data:',
  'redshift-serverless': 'redshift-data:',
  'route53-recovery-control': 'route53-recovery-cluster: route53-recovery-control-config:',
  's3-object-lambda': 's3:',
  sagemaker: 'sagemaker-mlflow:',
  sso: 'sso-oauth:',
  'vpc-lattice': 'vpc-lattice-svcs:',
  wisdom: 'connect:',
};

/**
 * By the name of a service in ARNs: other services some of whose actions are about its resources. These actions are about
 * much else as well, so they say nothing about one resource. A test compares the list with AWS's reference.
 */
const inPassing: Readonly<Record<string, string>> = {
  acm: 'ec2',
  amplify: 'wafv2',
  apigateway: 'wafv2',
  apprunner: 'wafv2',
  appsync: 'wafv2',
  'bedrock-agentcore': 'wafv2',
  'cognito-idp': 'wafv2',
  ec2: 'vpce wafv2 workspaces-instances',
  eks: 'aps',
  'elastic-inference': 'ec2',
  elasticloadbalancing: 'arc-zonal-shift waf-regional wafv2',
  iam: 'codestar ec2 ssm',
  kms: 'events kinesis',
  'license-manager': 'ec2',
  mpa: 'payment-cryptography',
  'resource-groups': 'ec2',
  s3: 'ssm',
  sns: 'devops-guru',
  wafv2: 'apprunner cognito-idp',
};

/** The service whose actions are about resources of every other one. */
const everywhere = 'backup';

/**
 * Whether no action of a service is about a resource.
 *
 * @param service the service by its name in actions: `iam`.
 * @param resource an ARN, perhaps with wildcards. Where the service has a wildcard, the answer is no.
 */
export function isOfOthers(service: string, resource: string): boolean {
  const beginnings = resource.startsWith('arn:') ? beginningsOf(resource) : undefined;
  if (!beginnings) return false;
  const of = resource.split(':')[2] ?? '';
  const passing = Object.hasOwn(inPassing, of) ? inPassing[of]?.split(' ') : undefined;
  return ![
    ...beginnings.map((beginning) => beginning.replace(/:.*/s, '').toLowerCase()),
    ...(passing ?? []),
    everywhere,
  ].includes(service.toLowerCase());
}

/**
 * The beginnings of the actions that are about a resource; `undefined` where the service in its ARN has a wildcard.
 *
 * @param arn the resource's ARN.
 */
export function beginningsOf(arn: string): readonly string[] | undefined {
  const service = arn.split(':')[2] ?? '';
  if (!/^[\w-]+$/.test(service)) return undefined;
  const others = Object.hasOwn(more, service) ? more[service]?.split(' ') : undefined;
  return [`${service}:`, ...(others ?? [])];
}
