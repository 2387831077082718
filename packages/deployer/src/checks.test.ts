import { describe, expect, test } from 'vitest';
import type { FieldSelector, Trail } from './account.ts';
import { ofBucket, ofCaller, ofEventRules, ofPermissions, ofTopics, ofTrails } from './checks.ts';
import { CloudError } from './cloud.ts';
import { wholeTrail } from './operations.fake.ts';

const place = { partition: 'aws', region: 'eu-west-1', account: '111122223333' };

describe('trails', () => {
  const basic = (readWriteType: string, includesManagementEvents = true): Trail => ({
    ...wholeTrail,
    basic: [{ readWriteType, includesManagementEvents }],
  });
  const field = (name: string, more: Partial<FieldSelector>): FieldSelector => ({
    field: name,
    equals: [],
    notEquals: [],
    byParts: false,
    ...more,
  });
  const management = field('eventCategory', { equals: ['Management'] });
  const advanced = (...fields: readonly FieldSelector[]): Trail => ({
    ...wholeTrail,
    basic: [],
    advanced: [fields],
  });

  test.each([
    ['all', basic('All')],
    ['writes only', basic('WriteOnly')],
    ['advanced', advanced(management)],
    ['advanced, writes only', advanced(management, field('readOnly', { equals: ['false'] }))],
    [
      'without the calls of KMS',
      advanced(management, field('eventSource', { notEquals: ['kms.amazonaws.com'] })),
    ],
  ])('%s: in order', (_, trail) => {
    expect(ofTrails([{ ...wholeTrail, isLogging: false }, trail])).toMatchObject({ status: 'ok' });
  });

  test.each([
    ['none', []],
    ['stopped', [{ ...wholeTrail, isLogging: false }]],
    ['reads only', [basic('ReadOnly')]],
    ['data events only', [basic('All', false)]],
    ['advanced, data events only', [advanced(field('eventCategory', { equals: ['Data'] }))]],
    ['advanced, reads only', [advanced(management, field('readOnly', { equals: ['true'] }))]],
    ['advanced, no writes', [advanced(management, field('readOnly', { notEquals: ['false'] }))]],
    ['an empty selector', [advanced()]],
  ])('%s: a problem', (_, trails) => {
    const found = ofTrails(trails);
    expect(found).toMatchObject({ status: 'problem', todo: expect.any(String) });
    expect(found.says).toContain('no API calls are recorded here');
  });

  test.each([
    ['one service', field('eventSource', { equals: ['ec2.amazonaws.com'] })],
    ['all but one', field('eventSource', { notEquals: ['iam.amazonaws.com'] })],
    ['services that begin so', field('eventSource', { byParts: true })],
    ['some calls', field('eventName', { notEquals: ['StopLogging'] })],
  ])('%s: only some', (_, narrowing) => {
    const found = ofTrails([advanced(management, narrowing)]);
    expect(found).toMatchObject({ status: 'problem' });
    expect(found.says).toContain('only some of the API calls');
  });

  test('what cannot be read may be a good one; beside a good one it does not matter', () => {
    const denied = new CloudError('denied', 'cloudtrail:GetTrailStatus', 'No.');
    expect(ofTrails([basic('ReadOnly'), denied])).toMatchObject({ status: 'warning' });
    expect(ofTrails([denied, wholeTrail])).toMatchObject({ status: 'ok' });
  });

  test('logs that cannot be delivered are a warning', () => {
    expect(ofTrails([{ ...wholeTrail, deliveryError: 'NoSuchBucket' }])).toMatchObject({
      status: 'warning',
      says: expect.stringContaining('NoSuchBucket'),
    });
  });
});

describe('permissions', () => {
  const decision = (action: string, more: object = {}) => ({
    action,
    allowed: true,
    byOrganization: false,
    depends: [],
    ...more,
  });

  test('all, some, some for the organisation, some on conditions', () => {
    const fine = decision('s3:GetObject');
    const no = decision('iam:CreateRole', { allowed: false });
    expect(ofPermissions([fine, fine])).toMatchObject({
      status: 'ok',
      says: 'all 1 actions are allowed',
    });
    expect(ofPermissions([fine, no, no])).toMatchObject({
      status: 'problem',
      says: '1 of 2 actions are not allowed: iam:CreateRole',
    });
    expect(ofPermissions([{ ...no, byOrganization: true }]).says).toContain(
      'A policy of the organisation refuses iam:CreateRole',
    );
    expect(ofPermissions([fine, { ...no, depends: ['aws:MultiFactorAuthPresent'] }])).toMatchObject(
      {
        status: 'warning',
        says: '1 of 2 actions are allowed on conditions only (aws:MultiFactorAuthPresent): iam:CreateRole',
      },
    );
  });

  test('the root user is no way to deploy', () => {
    expect(ofCaller('arn:aws:iam::111122223333:root').status).toBe('warning');
    expect(ofCaller('arn:aws:iam::111122223333:user/root').status).toBe('ok');
  });
});

describe('rules of the event bus', () => {
  const rules = (count: number, pattern?: string) =>
    Array.from({ length: count }, () => (pattern === undefined ? {} : { pattern }));
  const statuses = (...args: Parameters<typeof ofEventRules>): readonly string[] =>
    ofEventRules(...args).map(({ status }) => status);

  test('are counted against the quota, with those that are to come', () => {
    expect(ofEventRules(place, rules(100), undefined, rules(2))[0]).toMatchObject({
      status: 'ok',
      says: '100 of 300 (AWS’s default) rules on the default event bus, and 2 more are to come',
    });
    expect(statuses(place, rules(299), 300, rules(1))).toEqual(['warning', 'ok']);
    expect(statuses(place, rules(299), 300, rules(2))).toEqual(['problem', 'ok']);
    expect(statuses(place, rules(299), 1000, rules(2))).toEqual(['ok', 'ok']);
    expect(statuses({ region: 'af-south-1' }, rules(101), undefined, [])).toEqual([
      'problem',
      'ok',
    ]);
  });

  test('with wildcards there may be 30', () => {
    const pattern = '{"detail":{"eventName":[{"wildcard":"Put*"}]}}';
    const other = '{"detail":{"eventName":["wildcard"]}}';
    expect(statuses(place, rules(30, pattern), 300, [])).toEqual(['ok', 'warning']);
    expect(statuses(place, rules(30, pattern), 300, rules(1, pattern))).toEqual(['ok', 'problem']);
    expect(statuses(place, rules(40, other), 300, [])).toEqual(['ok', 'ok']);
  });
});

test('a topic that nobody confirmed names who has to', () => {
  const topic = { arn: 'arn:t', what: 'alerts', stacks: ['a', 'b', 'c', 'd', 'e'] };
  expect(
    ofTopics([
      { ...topic, confirmed: 0, pending: ['a@example.com'] },
      { ...topic, confirmed: 1, pending: [] },
      { ...topic, confirmed: 0, pending: [] },
    ]),
  ).toEqual([
    {
      check: 'subscriptions',
      status: 'problem',
      says: 'the alerts of a, b, c and 2 more reach nobody: nobody has confirmed a subscription to arn:t',
      todo: expect.stringContaining('a@example.com must open the link'),
    },
    expect.objectContaining({ todo: 'Subscribe somebody to it, and have them confirm.' }),
  ]);
  expect(ofTopics([{ ...topic, confirmed: 1, pending: [] }])).toMatchObject([{ status: 'ok' }]);
});

test('the bucket: absent, somebody else’s, bare', () => {
  const bare = { encrypted: false, versioned: true, private: true, ownerEnforced: true };
  expect(ofBucket('b', place, 'absent').status).toBe('ok');
  expect(ofBucket('b', place, 'foreign').status).toBe('problem');
  expect(ofBucket('b', place, bare)).toMatchObject({
    status: 'warning',
    says: 'b lacks protection: encryption, policy',
  });
});
