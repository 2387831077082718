import { describe, expect, test } from 'vitest';
import { apiCall, type EventPattern } from '@patrol/core';
import { watchedCalls } from './watched.ts';

const shown = (patterns: readonly EventPattern[], unlisted?: Record<string, string>) =>
  watchedCalls(patterns, unlisted).map(
    ({ eventSource, eventName, confirmed }) =>
      `${eventSource.replace('.amazonaws.com', '')}:${eventName}${confirmed ? ' recorded' : ''}`,
  );

describe('the calls that patterns watch', () => {
  test('are named once, and say whether a recorded event confirms the name', () => {
    const { pattern } = apiCall('cloudtrail.amazonaws.com', ['StopLogging', 'DeleteChannel']);
    expect(shown([pattern, pattern])).toEqual([
      'cloudtrail:DeleteChannel',
      'cloudtrail:StopLogging recorded',
    ]);
  });

  test('are all that a wildcard matches', () => {
    const { pattern } = apiCall('cloudtrail.amazonaws.com', ['Stop*']);
    expect(shown([pattern])).toEqual([
      'cloudtrail:StopEventDataStoreIngestion',
      'cloudtrail:StopImport',
      'cloudtrail:StopLogging recorded',
    ]);
  });

  test('have no version behind their names, though records do', () => {
    const { pattern } = apiCall('lambda.amazonaws.com', ['UpdateFunctionCode*']);
    expect(shown([pattern])).toEqual(['lambda:UpdateFunctionCode recorded']);
  });

  test('are those of each way through $or', () => {
    const pattern: EventPattern = {
      detail: {
        $or: [
          { eventSource: ['iam.amazonaws.com'], eventName: ['CreateUser'] },
          { eventSource: ['kms.amazonaws.com'], eventName: ['DisableKey'] },
        ],
      },
    };
    expect(shown([pattern])).toEqual(['iam:CreateUser recorded', 'kms:DisableKey']);
  });

  test('may be names that the rule allows itself', () => {
    const pattern: EventPattern = {
      detail: { eventSource: ['timemachine.amazonaws.com'], eventName: ['StopTime'] },
    };
    expect(shown([pattern])).toEqual([]);
    expect(shown([pattern], { 'timemachine.amazonaws.com:StopTime': 'https://…' })).toEqual([
      'timemachine:StopTime',
    ]);
  });

  test('are not named where the pattern names none', () => {
    expect(
      shown([{ detail: { eventSource: ['iam.amazonaws.com'] } }, { source: ['aws.health'] }]),
    ).toEqual([]);
  });
});
