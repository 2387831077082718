import { denied, describeRule, type Fields } from '@patrol/core/testing';
import { expect } from 'vitest';
import { by } from '../../testing/people.ts';
import { call } from '../../testing/call.ts';
import rule from './rule.ts';

const quota = (serviceCode: string, fields: Fields = {}): unknown =>
  call(
    'servicequotas',
    'RequestServiceQuotaIncrease',
    { serviceCode, quotaCode: 'L-417A185B', desiredValue: 512 },
    fields,
  );

const support = (fields: Fields = {}): unknown =>
  call(
    'support',
    'CreateCase',
    { severityCode: 'low', categoryCode: 'other', language: 'en', serviceCode: 'ses' },
    { responseElements: { caseId: 'case-1' }, ...fields },
  );

const reserved = (fields: Fields = {}): unknown =>
  call(
    'ec2',
    'PurchaseReservedInstancesOffering',
    { reservedInstancesOfferingId: 'o-1', instanceCount: 10 },
    fields,
  );

describeRule(rule, {
  alerts: {
    'a quota of EC2': [
      quota('ec2', {
        responseElements: { requestedQuota: { quotaName: 'Running On-Demand P instances' } },
      }),
      {
        title: 'Higher quota asked for: ec2 by IAM user alice',
        severity: 'medium',
        facts: { quota: 'Running On-Demand P instances', value: 512 },
      },
    ],
    'a quota of another service': [
      quota('elasticloadbalancing'),
      {
        title: 'Higher quota asked for: elasticloadbalancing by IAM user alice',
        severity: 'low',
        facts: { quota: 'L-417A185B', value: 512 },
      },
    ],
    'a quota of a service that the operator names': [
      quota('elasticloadbalancing'),
      { title: expect.any(String), severity: 'medium' },
      { parameters: { costlyServices: 'elastic*' } },
    ],
    'a quota in account vending': [
      quota('ec2', by.deployment),
      { title: expect.any(String), severity: 'low' },
    ],
    'a quota that nobody names, denied': [
      call(
        'servicequotas',
        'RequestServiceQuotaIncrease',
        null,
        denied('servicequotas:RequestServiceQuotaIncrease', '*'),
      ),
      { title: 'Denied attempt: Higher quota asked for by IAM user alice', severity: 'low' },
      { parameters: { deniedAttempts: 'alert' } },
    ],
    'a case': [
      support(),
      {
        title: 'Support case opened: ses by IAM user alice',
        severity: 'medium',
        facts: { case: 'case-1', category: 'other' },
      },
    ],
    'a case of account vending': [
      support(by.deployment),
      { title: expect.any(String), severity: 'low' },
    ],
    'reserved instances': [
      reserved(),
      {
        title: 'Reserved instances bought by IAM user alice',
        severity: 'medium',
        facts: { count: 10, offering: 'o-1' },
      },
    ],
    'reserved instances of a deployment': [
      reserved(by.deployment),
      { title: expect.any(String), severity: 'low' },
    ],
    hosts: [
      call('ec2', 'PurchaseHostReservation', {
        PurchaseHostReservationRequest: { OfferingId: 'o-2' },
      }),
      {
        title: 'Reservation of dedicated hosts bought by IAM user alice',
        facts: { offering: 'o-2' },
      },
    ],
    'a capacity block': [
      call('ec2', 'PurchaseCapacityBlock', {
        PurchaseCapacityBlockRequest: { CapacityBlockOfferingId: 'o-3' },
      }),
      { title: 'Capacity block bought by IAM user alice', facts: { offering: 'o-3' } },
    ],
    capacity: [
      call('ec2', 'CreateCapacityReservation', {
        CreateCapacityReservationRequest: { InstanceType: 'p5.48xlarge', InstanceCount: 4 },
      }),
      {
        title: 'Capacity reserved by IAM user alice',
        facts: { count: 4, type: 'p5.48xlarge' },
      },
    ],
    'a savings plan': [
      call('savingsplans', 'CreateSavingsPlan', {
        savingsPlanOfferingId: 'o-4',
        commitment: '10.0',
      }),
      {
        title: 'Savings plan bought by IAM user alice',
        facts: { offering: 'o-4', commitment: '10.0' },
      },
    ],
  },
  quiet: {
    'a denied attempt': [call('support', 'CreateCase', null, denied('support:CreateCase', '*'))],
  },
});
