import { type Matchers, names } from '@patrol/core';
import { parseParameter } from '@patrol/core/evaluation';
import { describe, expect, test } from 'vitest';
import { announcedStackSets, ofAnnouncements } from './announced.ts';
import type { SeenStack, Written } from './seen.ts';

const deployers = (value = ''): Matchers =>
  parseParameter(names('Any.', { default: '' }), value, 'deployers') as Matchers;
const role = 'arn:aws:sts::111122223333:assumed-role/deploy/pipeline';
const time = (minutes: number): number => Date.parse('2026-11-20T08:00:00Z') + minutes * 60_000;
const [a, b] = ['patrol-aws-cloudTrail-production', 'patrol-aws-rootLogin-production'];

const written = (
  stacks: object,
  { by = role, at = 0, until = 60, run = 'patrol-run1' } = {},
): Written => ({
  by,
  at: time(at),
  text: JSON.stringify({ run, until: new Date(time(until)).toISOString(), stacks }),
});
const stack = (
  name: string,
  template: string,
  code?: string,
  status = 'UPDATE_COMPLETE',
): SeenStack => ({
  name,
  status,
  rule: 'any',
  parts: { value: [] },
  deployed: { templates: [`raw-${template}`, template], code },
});
const asked = (
  announcements: readonly Written[],
  stacks: readonly SeenStack[],
  { now = 10, who = '' } = {},
) => ofAnnouncements(announcements, stacks, deployers(who), time(now));

const update = { [a]: ['update', 'T1', 'C1'] };

describe('a deployment', () => {
  test('of many stacks, in several announcements, ends as one line', () => {
    const many = [
      written({ ...update, [b]: ['create', 'T2', 'C2'] }),
      written({ 'patrol-base-security-production': ['update', 'T3'], gone: ['delete'] }, { at: 1 }),
    ];
    const stacks = [stack(a, 'T1', 'C1'), stack(b, 'T2', 'C2')];
    const base = stack('patrol-base-security-production', 'T3');
    expect(asked(many, [...stacks, base])).toEqual([
      {
        key: 'announced:patrol-run1:2026-11-20T08:01:00.000Z',
        severity: 'low',
        title: `Deployment of 4 stacks by ${role} ended as announced`,
        summary: expect.stringContaining(b),
        facts: { by: role, at: '2026-11-20T08:00:00.000Z', stacks: expect.stringContaining(a) },
        group: 'announced',
      },
    ]);
  });

  test.each([
    ['other code', [stack(a, 'T1', 'C2')]],
    ['another template', [stack(a, 'T2', 'C1')]],
    ['no stack', []],
    [
      'a stack that nobody could read',
      [{ ...stack(a, ''), deployed: { templates: [], code: '' } }],
    ],
  ])('that ends with %s is told when its time is over', (_, stacks) => {
    expect(asked([written(update)], stacks, { now: 60 })).toEqual([]);
    expect(asked([written(update)], stacks, { now: 61 })).toMatchObject([
      {
        key: 'unlike announced:patrol-run1:2026-11-20T08:00:00.000Z',
        severity: 'high',
        title: `Deployment by ${role} did not end as announced`,
        targets: [{ type: 'AWS::CloudFormation::Stack', id: a }],
        group: 'announcement',
      },
    ]);
  });

  test('that CloudFormation is still at is waited for', () => {
    const busy = stack(a, 'T1', 'C1', 'UPDATE_IN_PROGRESS');
    expect(asked([written(update)], [busy], { now: 61 })).toEqual([]);
  });

  test('of a stack that is not deleted is told', () => {
    const announced = [written({ [a]: ['delete'] })];
    expect(asked(announced, [stack(a, 'T1')], { now: 61 })).toMatchObject([{ severity: 'high' }]);
    expect(asked(announced, [], { now: 5 })).toMatchObject([{ severity: 'low' }]);
  });

  test('is not judged by what a later one made of it', () => {
    const later = written(
      { [a]: ['update', 'T2', 'C2'] },
      { at: 20, until: 80, run: 'patrol-run2' },
    );
    const found = asked([written(update), later], [stack(a, 'T2', 'C2')], { now: 61 });
    expect(found).toMatchObject([
      { key: 'announced:patrol-run1:2026-11-20T08:00:00.000Z', severity: 'low' },
      { key: 'announced:patrol-run2:2026-11-20T08:20:00.000Z', severity: 'low' },
    ]);
  });

  describe('of stack sets', () => {
    const [set, less] = ['stackset/patrol-aws-x-production', 'stackset/patrol-aws-y-production'];
    const sets = [written({ ...update, [set]: ['create', 'T3', 'C3'], [less]: ['remove'] })];
    const there = [stack(a, 'T1', 'C1'), stack(set, 'T3', 'C3'), stack(less, 'any')];

    test('ends as announced', () => {
      expect(asked(sets, there)).toMatchObject([
        {
          severity: 'low',
          title: `Deployment of 1 stack and 2 stack sets by ${role} ended as announced`,
        },
      ]);
      const gone = [written({ [set]: ['delete'] })];
      expect(asked(gone, [])).toMatchObject([
        { title: `Deployment of 1 stack set by ${role} ended as announced` },
      ]);
    });

    test.each([
      ['with another template', [there[0], stack(set, 'evil', 'C3'), there[2]], set],
      ['with other code', [there[0], stack(set, 'T3', 'evil'), there[2]], set],
      ['without the one that only loses instances', there.slice(0, 2), less],
    ])('that end %s is told', (_, stacks, name) => {
      const seen = stacks.flatMap((each) => each ?? []);
      expect(asked(sets, seen, { now: 61 })).toMatchObject([
        {
          severity: 'high',
          targets: [{ type: 'AWS::CloudFormation::StackSet', id: name.replace('stackset/', '') }],
        },
      ]);
    });

    test('are looked at, the latest first, and not too many', () => {
      const many = Object.fromEntries(
        Array.from({ length: 400 }, (_, index) => [`stackset/patrol-${index}`, ['delete']]),
      );
      const old = written({ 'stackset/patrol-old': ['delete'] }, { at: -2000 });
      const found = announcedStackSets([old, written(many), ...sets], time(10));
      expect(found.slice(0, 3)).toEqual([set, less, 'stackset/patrol-0']);
      expect(found).toHaveLength(300);
      expect(announcedStackSets([old, written(update)], time(10))).toEqual([]);
    });
  });

  test('of long ago is not told again', () => {
    expect(asked([written(update)], [stack(a, 'T1', 'C1')], { now: 20 * 60 })).toEqual([]);
  });

  test.each([
    ['whoever deploys', role],
    ['somebody else', 'arn:aws:iam::111122223333:user/mallory'],
  ])('is told although %s announces another under its id', (_, by) => {
    const later = written({ [b]: ['update', 'evil', 'evil'] }, { by, at: 20, until: 80 });
    const stacks = [stack(a, 'T1', 'C1'), stack(b, 'evil', 'evil')];
    const keys = (announcements: readonly Written[]) =>
      asked(announcements, stacks, { now: 25 }).map(({ key }) => key);
    const told = keys([written(update)]);
    expect(told).toHaveLength(1);
    const untold = keys([written(update), later]).filter((key) => !told.includes(key));
    expect(untold).toHaveLength(1);
  });

  test('is told when its stacks are changed again after it ended', () => {
    const keys = (template: string, now: number) =>
      asked([written(update)], [stack(a, template, 'C1')], { now }).map(({ key }) => key);
    const ended = keys('T1', 10);
    expect(ended).toHaveLength(1);
    expect(keys('T1', 61)).toEqual(ended);
    expect(keys('evil', 61)).toHaveLength(1);
    expect(keys('evil', 61)).not.toEqual(ended);
  });

  test('nobody can add to that of somebody else', () => {
    const forged = written(
      { [b]: ['update', 'evil', 'evil'] },
      { by: 'arn:aws:iam::1:user/mallory' },
    );
    const found = asked(
      [written(update), forged],
      [stack(a, 'T1', 'C1'), stack(b, 'evil', 'evil')],
    );
    expect(found).toMatchObject([
      { title: expect.stringContaining(role) },
      { title: expect.stringContaining('mallory') },
    ]);
  });
});

describe('an announcement does not hold', () => {
  test('that is longer than two hours', () => {
    const stacks = [stack(a, 'T1', 'C1')];
    expect(asked([written(update, { until: 121 })], stacks)).toMatchObject([
      { severity: 'high', title: `Deployment announced for too long by ${role}` },
    ]);
    expect(asked([written(update, { until: 120 })], stacks)).toMatchObject([{ severity: 'low' }]);
  });

  test.each([
    ['deploy', 'low'],
    ['arn:aws:iam::111122223333:role/deploy', 'low'],
    [role, 'low'],
    ['deploy*', 'low'],
    ['pipeline', 'high'],
    ['arn:aws:iam::444455556666:role/deploy', 'high'],
  ])('of somebody whom deployers=%s does not name: %s', (who, severity) => {
    const found = asked([written(update)], [stack(a, 'T1', 'C1')], { who });
    expect(found).toMatchObject([{ severity }]);
  });

  test.each(['', 'x', '[]', '{}', '{"run":"a","until":"soon","stacks":{}}', 'null'])(
    'that says %j',
    (text) => {
      expect(asked([{ by: role, at: time(0), text }], [])).toMatchObject([
        { severity: 'high', title: `Announcement that cannot be read by ${role}` },
      ]);
    },
  );
});
