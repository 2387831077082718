import { describe, expect, test } from 'vitest';
import { consoleLink, hintFor, lastFailure, rootCause } from './cause.ts';
import type { StackEvent } from '../cloud/cloud.ts';

const event = (resource: string, status: string, reason?: string): StackEvent => ({
  id: `${resource}-${status}`,
  time: new Date(0),
  resource,
  resourceType: resource === 's' ? 'AWS::CloudFormation::Stack' : `AWS::${resource}`,
  physicalId: resource === 's' ? 'arn:s' : resource,
  status,
  ...(reason ? { reason } : {}),
});

describe('the root cause', () => {
  test('is the first failure that is neither a cancellation nor the stack itself', () => {
    const events = [
      event('s', 'CREATE_IN_PROGRESS', 'User Initiated'),
      event('Role', 'CREATE_FAILED', 'Resource creation cancelled'),
      event('s', 'CREATE_FAILED', 'The following resource(s) failed to create: [Queue, Role].'),
      event('Queue', 'CREATE_FAILED', 'Invalid retention.'),
      event('Topic', 'CREATE_FAILED', 'Another one.'),
      event('Queue', 'DELETE_COMPLETE'),
    ];
    expect(rootCause(events, 'arn:s')).toEqual({
      resource: 'Queue',
      resourceType: 'AWS::Queue',
      status: 'CREATE_FAILED',
      reason: 'Invalid retention.',
    });
  });

  test('is the cancellation when there is nothing else, then the stack, then nothing', () => {
    const cancelled = event('Role', 'UPDATE_FAILED', 'Resource update cancelled');
    expect(rootCause([cancelled], 'arn:s')).toMatchObject({ resource: 'Role' });
    const stack = event('s', 'ROLLBACK_IN_PROGRESS', 'Could not assume the role.');
    expect(rootCause([event('s', 'CREATE_IN_PROGRESS'), stack], 'arn:s')).toMatchObject({
      reason: 'Could not assume the role.',
    });
    expect(rootCause([event('s', 'UPDATE_COMPLETE')], 'arn:s')).toBeUndefined();
    expect(rootCause([], 'arn:s')).toBeUndefined();
  });

  test('a nested stack is a resource, not the stack itself', () => {
    const nested = {
      ...event('s', 'CREATE_FAILED', 'No.'),
      resource: 'Nested',
      physicalId: 'arn:other',
    };
    expect(rootCause([nested], 'arn:s')).toMatchObject({ resource: 'Nested' });
  });
});

describe('what it usually means', () => {
  test.each([
    [
      'User: arn:aws:iam::1:user/x is not authorized to perform: iam:CreateRole on resource: y with an explicit deny in a service control policy',
      'service control policy of your organisation',
    ],
    ['… with an explicit deny in a resource control policy', 'resource control policy of your'],
    ['… with an explicit deny in an identity-based policy', 'denies it explicitly'],
    [
      '… because no permissions boundary allows the iam:CreateRole action',
      'permissions boundary denies',
    ],
    [
      'User: arn:aws:iam::1:user/x is not authorized to perform: lambda:CreateFunction on resource: y',
      'may not do this',
    ],
    ['Resource handler returned message: "Access Denied (Service: S3)"', 'may not do this'],
    [
      'The security token included in the request is expired',
      'Sign in and run the same command again',
    ],
    ['Error occurred while GetObject. S3 Error Code: NoSuchKey.', 'could not read the zip'],
    ['Error occurred while GetObject. S3 Error Code: NoSuchVersion.', 'could not read the zip'],
    ['patrol-x-Webhook already exists in stack arn:y', 'exists outside this stack'],
    ['The following hook(s) failed: [A::B::C]', 'Ask the owners of the hook'],
    [
      'Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit.',
      'Shorten the longest',
    ],
    ['Invalid parameter: Email address', 'refuses the e-mail address'],
    ['Event pattern is not valid. Reason: x', 'bug in the rule'],
    ['Rate exceeded (Service: Lambda)', 'limited the requests of this account'],
    ['The maximum number of rules has been reached: LimitExceededException', 'quota'],
    [
      "Specified ReservedConcurrentExecutions decreases account's UnreservedConcurrentExecution below its minimum",
      'concurrent functions',
    ],
  ])('%s', (reason, words) => expect(hintFor(reason)).toContain(words));

  test('says nothing where nothing is known', () => expect(hintFor('Oh.')).toBeUndefined());
});

describe('hooks', () => {
  test('what the hook said goes with the failure that names it', () => {
    const failed = event('Bucket', 'CREATE_FAILED', 'The following hook(s) failed: [Acme::Guard]');
    const hooked = {
      ...event('Bucket', 'CREATE_IN_PROGRESS'),
      hook: 'Acme::Guard::Hook: must be encrypted',
    };
    expect(rootCause([hooked, failed], 'arn:s')).toMatchObject({
      reason: 'The following hook(s) failed: [Acme::Guard] (Acme::Guard::Hook: must be encrypted)',
      hint: expect.stringContaining('hook'),
    });
    const other = event('Queue', 'CREATE_FAILED', 'Invalid.');
    expect(rootCause([hooked, other], 'arn:s')).toMatchObject({ reason: 'Invalid.' });
  });
});

describe('the console', () => {
  test.each([
    ['aws', 'eu-west-1', 'https://eu-west-1.console.aws.amazon.com/'],
    ['aws-cn', 'cn-north-1', 'https://cn-north-1.console.amazonaws.cn/'],
    ['aws-us-gov', 'us-gov-west-1', 'https://us-gov-west-1.console.amazonaws-us-gov.com/'],
  ])('of %s', (partition, region, host) => {
    const id = `arn:${partition}:cloudformation:${region}:111122223333:stack/s/1`;
    expect(consoleLink(id)).toBe(
      `${host}cloudformation/home?region=${region}#/stacks/events?stackId=${encodeURIComponent(id)}`,
    );
  });

  test('of a partition that is not known is not guessed', () => {
    expect(consoleLink('arn:aws-iso:cloudformation:us-iso-east-1:1:stack/s/1')).toBeUndefined();
  });
});

describe('the last failure', () => {
  const own = (status: string): StackEvent => event('s', status);
  const failure = (reason: string): StackEvent => event('Queue', 'UPDATE_FAILED', reason);

  test('is that of the last operation in which something failed', () => {
    const events = [
      own('CREATE_IN_PROGRESS'),
      own('CREATE_COMPLETE'),
      own('UPDATE_IN_PROGRESS'),
      failure('First.'),
      own('UPDATE_ROLLBACK_IN_PROGRESS'),
      own('UPDATE_ROLLBACK_COMPLETE'),
      own('UPDATE_IN_PROGRESS'),
      own('UPDATE_COMPLETE'),
    ];
    const found = lastFailure(events, 'arn:s');
    expect(found).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE' });
    expect(rootCause(found?.events ?? [], 'arn:s')).toMatchObject({ reason: 'First.' });
    expect(lastFailure(events.slice(0, 2), 'arn:s')).toBeUndefined();
  });

  test('a rollback that is taken up again is an operation of its own', () => {
    const found = lastFailure(
      [
        own('UPDATE_IN_PROGRESS'),
        failure('First.'),
        own('UPDATE_ROLLBACK_IN_PROGRESS'),
        own('UPDATE_ROLLBACK_FAILED'),
        own('UPDATE_ROLLBACK_IN_PROGRESS'),
        failure('Second.'),
        own('UPDATE_ROLLBACK_FAILED'),
      ],
      'arn:s',
    );
    expect(rootCause(found?.events ?? [], 'arn:s')).toMatchObject({ reason: 'Second.' });
  });

  test('a creation that fails is one operation with the deletion after it', () => {
    const found = lastFailure(
      [
        own('REVIEW_IN_PROGRESS'),
        own('CREATE_IN_PROGRESS'),
        event('Queue', 'CREATE_FAILED', 'Invalid.'),
        own('CREATE_FAILED'),
        own('DELETE_IN_PROGRESS'),
        own('DELETE_COMPLETE'),
      ],
      'arn:s',
    );
    expect(rootCause(found?.events ?? [], 'arn:s')).toMatchObject({ reason: 'Invalid.' });
  });
});
