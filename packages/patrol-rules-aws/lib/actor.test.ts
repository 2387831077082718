import type { CloudTrailRecord } from '@patrol/core';
import { identities } from '@patrol/core/testing';
import { expect, test } from 'vitest';
import { isServiceWork } from './actor.ts';

const by = (invokedBy: string) => ({ ...identities.serviceForUser, invokedBy });

test.each([
  ['a service by itself', identities.service, true],
  ['a lifecycle of AWS Backup', by('backup.amazonaws.com'), true],
  ['a stack, which does what somebody asked for', by('cloudformation.amazonaws.com'), false],
  ['an automation of Systems Manager', by('ssm.amazonaws.com'), false],
  ['somebody', identities.userWithKeys, false],
])('is it the work of a service: %s', (_what, userIdentity, isIt) => {
  expect(isServiceWork({ record: { userIdentity } as unknown as CloudTrailRecord })).toBe(isIt);
});
