/**
 * The services whose loss hurts most. The simulator is asked about all of their actions that a wildcard matches, before those
 * of other services and in this order. `actions.ts` has all of their actions.
 */
export const criticalServices: readonly string[] = [
  'iam',
  'organizations',
  'sts',
  'account',
  'sso',
  'identitystore',
  'cloudtrail',
  'kms',
  'secretsmanager',
  's3',
  'ssm',
  'lambda',
  'cloudformation',
  'guardduty',
  'config',
  'ec2',
];
