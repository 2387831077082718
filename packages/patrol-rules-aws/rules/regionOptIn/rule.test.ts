import { apiCallRecord, describeRule, identities } from '@patrol/core/testing';
import { expect } from 'vitest';
import rule from './rule.ts';

const call = (eventName: string, requestParameters: object = {}, fields = {}) =>
  apiCallRecord('account.amazonaws.com', eventName, {
    awsRegion: 'us-east-1',
    requestParameters: { RegionName: 'af-south-1', ...requestParameters },
    ...fields,
  });
const by = 'by IAM user alice';

describeRule(rule, {
  alerts: {
    'a region that is switched on': [
      call('EnableRegion'),
      {
        title: `Region af-south-1 switched on in account 111122223333 ${by}`,
        severity: 'medium',
        suppression: { parameter: 'approvedRegions', item: 'af-south-1' },
        undo: 'aws account disable-region --region-name af-south-1',
      },
    ],
    'a region that is switched on where others are approved': [
      call('EnableRegion'),
      { title: `Region af-south-1 switched on in account 111122223333 ${by}` },
      { parameters: { approvedRegions: 'eu-south-1' } },
    ],
    'a region that the management account switches on': [
      call('EnableRegion', { AccountId: '444455556666' }),
      {
        title: `Region af-south-1 switched on in account 444455556666 ${by}`,
        severity: 'low',
        undo: 'aws account disable-region --region-name af-south-1 --account-id 444455556666',
      },
    ],
    'a region that account vending switches on': [
      call(
        'EnableRegion',
        {},
        {
          userIdentity: {
            ...identities.assumedRole,
            sessionContext: {
              sessionIssuer: { type: 'Role', userName: 'AWSControlTowerExecution' },
            },
          },
        },
      ),
      { title: expect.stringContaining('Region af-south-1'), severity: 'low' },
    ],
    'a region that is switched off': [
      call('DisableRegion'),
      {
        title: `Region af-south-1 switched off in account 111122223333 ${by}`,
        severity: 'medium',
        undo: 'aws account enable-region --region-name af-south-1',
      },
    ],
  },
  quiet: {
    'a region that is switched on already': [
      call('EnableRegion', {}, { errorCode: 'ConflictException' }),
    ],
    'a region that is switched off already': [
      call('DisableRegion', {}, { errorCode: 'ConflictException' }),
    ],
  },
  suppressed: {
    'a region that is approved': [
      call('EnableRegion'),
      'af-*',
      { parameters: { approvedRegions: 'af-*' } },
    ],
  },
});
