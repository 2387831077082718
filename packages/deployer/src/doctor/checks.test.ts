import { describe, expect, test } from 'vitest';
import type { Trail } from '../cloud/account.ts';
import { ofBucket, ofCaller, ofEventRules, ofPermissions, ofTopics, ofTrails } from './checks.ts';
import { CloudError } from '../cloud/cloud.ts';
import { wholeTrail } from '../testing/operations.ts';

const place = { partition: 'aws', region: 'eu-west-1', account: '111122223333' };

describe('trails', () => {
  const selecting = (ReadWriteType: string): Trail => ({
    ...wholeTrail,
    selectors: { basic: [{ ReadWriteType }], advanced: [] },
  });
  const stopped: Trail = { ...wholeTrail, status: { isLogging: false, deliveryError: '' } };
  const denied = new CloudError('denied', 'cloudtrail:GetTrailStatus', 'No.');

  test.each(['All', 'WriteOnly'])('%s: in order', (type) => {
    expect(ofTrails([stopped, selecting(type)], {})).toMatchObject({ status: 'ok' });
  });

  test.each([
    ['none', [], 'there is no trail'],
    ['stopped', [stopped], 'is stopped'],
    ['reads only', [selecting('ReadOnly')], 'excludes them'],
    ['stopped, and not to be read', [{ ...stopped, selectors: denied }], 'is stopped'],
    ['not to be read, reads only', [{ ...selecting('ReadOnly'), status: denied }], 'excludes them'],
  ])('%s: a problem', (_, trails, why) => {
    const found = ofTrails(trails, {});
    expect(found).toMatchObject({ status: 'problem', todo: expect.any(String) });
    expect(found.says).toContain('no API calls are recorded in this region');
    expect(found.says).toContain(why);
  });

  test('some calls: only some', () => {
    const FieldSelectors = [
      { Field: 'eventCategory', Equals: ['Management'] },
      { Field: 'eventName', NotEquals: ['StopLogging'] },
    ];
    const selectors = { basic: [], advanced: [{ FieldSelectors }] };
    const listed = { HomeRegion: 'us-east-1', IncludeGlobalServiceEvents: false };
    expect(ofTrails([{ ...wholeTrail, listed }], {}).says).toContain('only some API calls');
    const found = ofTrails([{ ...wholeTrail, selectors }], {});
    expect(found).toMatchObject({ status: 'problem' });
    expect(found.says).toContain('only some API calls');
  });

  test.each(['status', 'selectors'])(
    'what cannot be read (the %s) may be a good one; beside a good one it does not matter',
    (part) => {
      const unread = { ...wholeTrail, [part]: denied };
      expect(ofTrails([selecting('ReadOnly'), unread], {})).toMatchObject({
        status: 'warning',
        says: expect.stringContaining('1 of 2 trails could not be read'),
      });
      expect(ofTrails([unread, wholeTrail], {})).toMatchObject({ status: 'ok' });
    },
  );

  test('logs that cannot be delivered are a warning', () => {
    const status = { isLogging: true, deliveryError: 'NoSuchBucket' };
    expect(ofTrails([{ ...wholeTrail, status }], {})).toMatchObject({
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
    expect(ofPermissions([fine, fine], {})).toMatchObject({
      status: 'ok',
      says: 'all 1 actions that Patrol needs are allowed',
    });
    expect(ofPermissions([fine, no, no], {})).toMatchObject({
      status: 'problem',
      says: '1 of 2 actions are not allowed: iam:CreateRole',
      refused: ['iam:CreateRole'],
      byOrganization: [],
    });
    expect(ofPermissions([{ ...no, byOrganization: true }], {}).says).toContain(
      'A policy of the organisation denies iam:CreateRole',
    );
    expect(
      ofPermissions([fine, { ...no, depends: ['aws:MultiFactorAuthPresent'] }], {}),
    ).toMatchObject({
      status: 'warning',
      says: '1 of 2 actions are allowed only under conditions (aws:MultiFactorAuthPresent): iam:CreateRole',
      conditional: ['iam:CreateRole'],
    });
  });

  test('the root user is no way to deploy', () => {
    expect(ofCaller('arn:aws:iam::111122223333:root', {}).status).toBe('warning');
    expect(ofCaller('arn:aws:iam::111122223333:user/root', {}).status).toBe('ok');
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
      says: '100 of 300 rules on the default event bus (AWS’s default quota); the named rules add 2',
      of: 'all',
      used: 100,
      coming: 2,
      quota: 300,
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
  const arn = 'arn:aws:sns:us-east-1:111122223333:t';
  const scope = { region: 'eu-west-1', profile: 'ops' };
  const topic = { arn, what: 'alerts', stacks: ['a', 'b', 'c', 'd', 'e'] };
  expect(
    ofTopics(
      [
        { ...topic, confirmed: 0, pending: ['a@example.com'] },
        { ...topic, confirmed: 1, pending: [] },
        { ...topic, confirmed: 0, pending: [] },
      ],
      scope,
    ),
  ).toEqual([
    {
      check: 'subscriptions',
      status: 'problem',
      says: 'nobody receives the alerts of a, b, c and 2 more: no subscription to arn:aws:sns:us-east-1:111122223333:t is confirmed',
      todo: expect.stringMatching(
        /^a@example\.com: open the link .* `aws sns subscribe --topic-arn arn:aws:sns:us-east-1:111122223333:t --protocol email --notification-endpoint a@example\.com --region us-east-1 --profile ops`$/,
      ),
      unconfirmed: {
        what: 'alerts',
        topics: [arn],
        stacks: topic.stacks,
        endpoints: ['a@example.com'],
      },
    },
    expect.objectContaining({
      todo: 'Subscribe somebody to the topic. They must confirm the subscription.',
    }),
  ]);
  expect(ofTopics([{ ...topic, confirmed: 1, pending: [] }], scope)).toMatchObject([
    { status: 'ok' },
  ]);
});

test('the bucket: absent, somebody else’s, bare', () => {
  const bare = { encrypted: false, versioned: true, private: true, ownerEnforced: true };
  expect(ofBucket('b', place, 'absent').status).toBe('ok');
  expect(ofBucket('b', place, 'foreign').status).toBe('problem');
  expect(ofBucket('b', place, bare)).toMatchObject({
    status: 'warning',
    says: 'b lacks protection: encryption, policy',
    bucket: 'b',
    missing: ['encryption', 'policy'],
  });
});
