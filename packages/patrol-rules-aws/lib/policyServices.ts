/**
 * The actions that are about resources of a service though they are not its own, by the service's name in ARNs; each by
 * its beginning. They are data planes and prefixes that differ from the ARN's, out of AWS's service authorization
 * reference. What is there and left out here is about so much else that it says nothing of one resource; a test has it.
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
