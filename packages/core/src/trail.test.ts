import { describe, expect, test } from 'vitest';
import {
  type BasicSelector,
  defaultSelectors,
  type FieldSelector,
  type TrailScope,
  trailScope,
  type TrailSelectors,
} from './trail.ts';

const logging = { isLogging: true, deliveryError: '' };
const stopped = { isLogging: false, deliveryError: '' };

const basic = (...selectors: readonly BasicSelector[]): TrailSelectors => ({
  basic: selectors,
  advanced: [],
});
const advanced = (...selectors: readonly (readonly FieldSelector[])[]): TrailSelectors => ({
  basic: [],
  advanced: selectors.map((FieldSelectors) => ({ FieldSelectors })),
});
const field = (Field: string, more: Partial<FieldSelector>): FieldSelector => ({ Field, ...more });
const management = field('eventCategory', { Equals: ['Management'] });
/** One advanced selector of management events, as far as these fields let them through. */
const managing = (...fields: readonly FieldSelector[]): TrailSelectors =>
  advanced([management, ...fields]);

describe('a trail that logs', () => {
  test.each<readonly [name: string, selectors: TrailSelectors, scope: TrailScope]>([
    ['AWS’s default', defaultSelectors, 'all'],
    ['reads and writes', basic({ ReadWriteType: 'All', IncludeManagementEvents: true }), 'all'],
    ['writes only', basic({ ReadWriteType: 'WriteOnly' }), 'all'],
    [
      'without the calls of KMS',
      basic({ ExcludeManagementEventSources: ['kms.amazonaws.com'] }),
      'all',
    ],
    ['reads and writes apart', basic({ ReadWriteType: 'ReadOnly' }, {}), 'all'],
    [
      'without the calls of IAM',
      basic({ ExcludeManagementEventSources: ['kms.amazonaws.com', 'iam.amazonaws.com'] }),
      'some',
    ],
    ['reads only', basic({ ReadWriteType: 'ReadOnly' }), 'none'],
    ['data events only', basic({ IncludeManagementEvents: false }), 'none'],
    ['no selectors', basic(), 'none'],

    ['advanced', managing(), 'all'],
    ['advanced, all writes', managing(field('readOnly', { Equals: ['false'] })), 'all'],
    [
      'advanced, without the calls of KMS',
      managing(field('eventSource', { NotEquals: ['kms.amazonaws.com'] })),
      'all',
    ],
    [
      'advanced, without the calls of KMS and RDS',
      managing(field('eventSource', { NotEquals: ['kms.amazonaws.com', 'rdsdata.amazonaws.com'] })),
      'all',
    ],
    [
      'advanced, one service beside all writes',
      advanced(
        [management, field('eventSource', { Equals: ['ec2.amazonaws.com'] })],
        [management, field('readOnly', { Equals: ['false'] })],
      ),
      'all',
    ],
    [
      'advanced, one service',
      managing(field('eventSource', { Equals: ['ec2.amazonaws.com'] })),
      'some',
    ],
    [
      'advanced, all services but one',
      managing(field('eventSource', { NotEquals: ['iam.amazonaws.com'] })),
      'some',
    ],
    [
      'advanced, services that begin so',
      managing(field('eventSource', { StartsWith: ['ec2'] })),
      'some',
    ],
    [
      'advanced, all calls but one',
      managing(field('eventName', { NotEquals: ['StopLogging'] })),
      'some',
    ],
    [
      'advanced, data events only',
      advanced([field('eventCategory', { Equals: ['Data'] })]),
      'none',
    ],
    ['advanced, reads only', managing(field('readOnly', { Equals: ['true'] })), 'none'],
    ['advanced, no writes', managing(field('readOnly', { NotEquals: ['false'] })), 'none'],
    ['an empty advanced selector', advanced([]), 'none'],
  ])('%s', (_, selectors, scope) => {
    expect(trailScope(logging, selectors)).toBe(scope);
    expect(trailScope(stopped, selectors)).toBe('none');
  });
});

test('what cannot be read may be all, unless the other part says that nothing is recorded', () => {
  expect(trailScope(undefined, undefined)).toBeUndefined();
  expect(trailScope(logging, undefined)).toBeUndefined();
  expect(trailScope(undefined, defaultSelectors)).toBeUndefined();
  expect(trailScope(stopped, undefined)).toBe('none');
  expect(trailScope(undefined, basic({ ReadWriteType: 'ReadOnly' }))).toBe('none');
});

test('a trail of us-east-1 that leaves out global services does not record all', () => {
  const listed = { HomeRegion: 'us-east-1', IncludeGlobalServiceEvents: false };
  expect(trailScope(logging, defaultSelectors, listed)).toBe('some');
  expect(trailScope(stopped, defaultSelectors, listed)).toBe('none');
  expect(trailScope(logging, undefined, listed)).toBeUndefined();
  // Elsewhere there is nothing of theirs to record.
  expect(trailScope(logging, defaultSelectors, { ...listed, HomeRegion: 'eu-west-1' })).toBe('all');
  expect(
    trailScope(logging, defaultSelectors, { ...listed, IncludeGlobalServiceEvents: true }),
  ).toBe('all');
});
