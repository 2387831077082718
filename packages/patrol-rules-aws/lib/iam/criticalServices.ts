/**
 * The services that do most harm in the wrong hands. Where a wildcard matches their actions, the simulator is asked about
 * all of them, before those of other services and in this order. `actions.ts` has all of their actions.
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
