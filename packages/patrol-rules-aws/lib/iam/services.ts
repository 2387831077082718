/**
 * The actions that are about resources of a service though they are not its own, by the service's name in ARNs; each by
 * its beginning. They are data planes and prefixes that differ from the ARN's, out of AWS's service authorization
 * reference.
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
  ec2: 'ebs: ec2-instance-connect: ssm:SendCommand ssm:StartSession',
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
 * By service in the ARN: other services some of whose actions are about its resources, but about so much else as well
 * that they say nothing of one resource. A test has it from AWS's reference.
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
 * @param service the service as it stands in actions: `iam`.
 * @param resource an ARN, perhaps with wildcards; of one whose service has any, the answer is no.
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
 * How the actions begin that are about a resource; `undefined` where the service of its ARN has a wildcard.
 *
 * @param arn the resource's ARN.
 */
export function beginningsOf(arn: string): readonly string[] | undefined {
  const service = arn.split(':')[2] ?? '';
  if (!/^[\w-]+$/.test(service)) return undefined;
  const others = Object.hasOwn(more, service) ? more[service]?.split(' ') : undefined;
  return [`${service}:`, ...(others ?? [])];
}
