import { ruleDelivery } from '@patrol/core/evaluation';
import { describeRule } from '@patrol/core/testing';
import { expect, test } from 'vitest';
import { describeHostile } from '@patrol/build/testing';
import rule from './rule.ts';

const envelope = (source: string, type: string, detail: object, fields = {}) => ({
  version: '0',
  id: '9cbec8aa-461b-f452-a6e6-848aed225f30',
  'detail-type': type,
  source,
  account: '111122223333',
  time: '2026-11-20T01:53:17Z',
  region: 'eu-west-1',
  resources: [],
  detail,
  ...fields,
});

const advice = (status: string, item: object = {}, more = {}) =>
  envelope(
    'aws.trustedadvisor',
    'Trusted Advisor Check Item Refresh Notification',
    {
      'check-name': 'VPC',
      'check-item-detail': {
        Status: 'Red',
        'Current Usage': '5',
        'Limit Name': 'VPCs',
        Region: 'us-west-1',
        Service: 'VPC',
        'Limit Amount': '5',
        ...item,
      },
      status,
      resource_id: '',
      uuid: 'e21d6506-5ff4-4bde-bb87-5ce55e09f194',
      ...more,
    },
    { region: 'us-east-1' },
  );

const health = (entities: readonly string[], more = {}) =>
  envelope(
    'aws.health',
    'AWS Health Event',
    {
      eventArn:
        'arn:aws:health:ca-central-1::event/SERVICEQUOTAS/AWS_SERVICEQUOTAS_THRESHOLD_BREACH/AWS_SERVICEQUOTAS_THRESHOLD_BREACH-YUL-1757643474686',
      service: 'SERVICEQUOTAS',
      eventTypeCode: 'AWS_SERVICEQUOTAS_THRESHOLD_BREACH',
      eventTypeCategory: 'accountNotification',
      eventScopeCode: 'ACCOUNT_SPECIFIC',
      communicationId: 'a26c337bff88e2bcb6ec65835dda2152ec3f870926433ccf6c871712ed655221-1',
      startTime: 'Fri, 20 Nov 2026 02:17:54 GMT',
      lastUpdatedTime: 'Fri, 20 Nov 2026 02:17:54 GMT',
      statusCode: 'open',
      eventRegion: 'ca-central-1',
      affectedEntities: entities.map((entityValue) => ({
        entityValue,
        lastUpdatedTime: 'Fri, 20 Nov 2026 02:17:54 GMT',
      })),
      affectedAccount: '111122223333',
      page: '1',
      totalPages: '1',
      ...more,
    },
    { region: 'ca-central-1', resources: entities },
  );
const trails = 'Service: cloudtrail | Quota Name: Trails per region | Utilization: 80.0%';
const tables = 'Service: dynamodb | Quota Name: Maximum number of tables | Utilization: 95.2%';

const breach = (serviceEventDetails: object = {}, fields = {}) =>
  envelope('aws.servicequotas', 'AWS Service Event via CloudTrail', {
    eventVersion: '1.10',
    userIdentity: { accountId: '111122223333', invokedBy: 'servicequotas.amazonaws.com' },
    eventTime: '2026-11-20T08:19:07Z',
    eventSource: 'servicequotas.amazonaws.com',
    eventName: 'ServiceQuotasUtilizationBreachingThreshold',
    awsRegion: 'eu-west-1',
    sourceIPAddress: 'servicequotas.amazonaws.com',
    userAgent: 'servicequotas.amazonaws.com',
    requestParameters: null,
    responseElements: null,
    eventID: 'ee20d580-8015-4c20-bd6d-ef53b969aefb',
    readOnly: false,
    eventType: 'AwsServiceEvent',
    managementEvent: true,
    recipientAccountId: '111122223333',
    serviceEventDetails: {
      action: 'NOTIFY_ONLY',
      created: 'Fri Nov 20 08:19:07 UTC 2026',
      serviceCode: 'dynamodb',
      quotaCode: 'L-F98FE922',
      quotaName: 'Maximum number of tables',
      utilizationValue: '2500.0',
      breachingThreshold: '95',
      adjustability: 'Adjustable',
      quotaArn: 'arn:aws:servicequotas:eu-west-1:111122223333:dynamodb/L-F98FE922',
      ...serviceEventDetails,
    },
    eventCategory: 'Management',
    ...fields,
  });

const reason =
  'Threshold Crossed: 1 out of the last 1 datapoints [91.0 (20/11/26 17:10:00)] was greater than the threshold (80.0) (minimum 1 datapoint for OK -> ALARM transition).';
const alarm = (state: string, expression = 'm1/SERVICE_QUOTA(m1)*100', namespace = 'AWS/Usage') =>
  envelope(
    'aws.cloudwatch',
    'CloudWatch Alarm State Change',
    {
      alarmName: 'vcpu-quota',
      configuration: {
        description: '',
        metrics: [
          { expression, id: 'e1', label: 'Utilization', returnData: true },
          {
            id: 'm1',
            metricStat: {
              metric: {
                dimensions: {
                  Class: 'Standard/OnDemand',
                  Resource: 'vCPU',
                  Service: 'EC2',
                  Type: 'Resource',
                },
                name: 'ResourceCount',
                namespace,
              },
              period: 300,
              stat: 'Maximum',
            },
            returnData: false,
          },
        ],
      },
      previousState: { value: 'OK', timestamp: '2026-11-20T17:00:48.554+0000' },
      state: {
        reason,
        reasonData: '{"version":"1.0","period":300,"recentDatapoints":[91.0],"threshold":80.0}',
        timestamp: '2026-11-20T17:20:48.554+0000',
        value: state,
      },
    },
    { resources: ['arn:aws:cloudwatch:eu-west-1:111122223333:alarm:vcpu-quota'] },
  );

describeRule(rule, {
  alerts: {
    'a limit of another account of the organisation': [
      health([trails], { affectedAccount: '444455556666' }),
      {
        title:
          'Limit near: cloudtrail/Trails per region in ca-central-1 of account 444455556666, 80.0% used',
        facts: { affectedAccount: '444455556666' },
      },
    ],
    'a limit that Trusted Advisor finds reached, in its own region': [
      advice('ERROR'),
      {
        title: 'Limit reached: VPC/VPCs in us-west-1, 5 of 5',
        summary: 'Trusted Advisor says of the limit VPC/VPCs in us-west-1: 5 of 5.',
        severity: 'high',
        account: '111122223333',
        facts: {
          region: 'us-west-1',
          service: 'VPC',
          limit: 'VPCs',
          usage: '5 of 5',
          source: 'Trusted Advisor',
        },
        dedupKey: 'serviceLimits:111122223333:us-east-1:us-west-1/VPC/VPCs: Limit reached, high',
        groupKey: 'serviceLimits:111122223333::Limit reached',
        suppression: { parameter: 'ignoredResources', item: 'us-west-1/VPC/VPCs' },
      },
    ],
    'a limit that Trusted Advisor finds near': [
      advice('WARN', { Status: 'Yellow', 'Current Usage': '4' }),
      { title: 'Limit near: VPC/VPCs in us-west-1, 4 of 5', severity: 'medium' },
    ],
    'a limit of no region': [
      advice('WARN', { Region: '-', Service: 'IAM', 'Limit Name': 'Roles', 'Current Usage': null }),
      { title: 'Limit near: IAM/Roles, an unknown number of 5', facts: { region: 'no region' } },
    ],
    'a limit that has the name of its check only': [
      advice('ERROR', { 'Limit Name': undefined }),
      { title: 'Limit reached: VPC/VPC in us-west-1, 5 of 5' },
    ],
    'a limit whose name no item can hold': [
      advice('ERROR', { 'Limit Name': 'VPCs, per region' }),
      { title: 'Limit reached: VPC/VPCs, per region in us-west-1, 5 of 5', suppression: null },
    ],
    'a quota that Service Quotas tells of through AWS Health': [
      health([trails]),
      {
        title: 'Limit near: cloudtrail/Trails per region in ca-central-1, 80.0% used',
        severity: 'medium',
        facts: {
          region: 'ca-central-1',
          service: 'cloudtrail',
          limit: 'Trails per region',
          usage: '80.0% used',
          source: 'AWS Health (Service Quotas)',
        },
      },
    ],
    'several quotas in one event of AWS Health': [
      health([trails, tables, 'Service: sns | Quota Name: Topics | Utilization: 100.0%']),
      [
        { title: 'Limit near: cloudtrail/Trails per region in ca-central-1, 80.0% used' },
        {
          title: 'Limit near: dynamodb/Maximum number of tables in ca-central-1, 95.2% used',
          severity: 'high',
        },
        { title: 'Limit reached: sns/Topics in ca-central-1, 100.0% used', severity: 'high' },
      ],
    ],
    'quotas of which one is ignored': [
      health([trails, tables]),
      { title: 'Limit near: dynamodb/Maximum number of tables in ca-central-1, 95.2% used' },
      { parameters: { ignoredResources: 'cloudtrail/Trails per region' } },
    ],
    'an entity of AWS Health of another form': [
      health(['Trails per region']),
      { title: 'Limit near: Trails per region in ca-central-1, how much is used is not said' },
    ],
    'an event of AWS Health that names no quota': [
      health([]),
      {
        title:
          'Limit near: a limit that the event does not name in ca-central-1, how much is used is not said',
      },
    ],
    'a quota that could not be raised': [
      health([trails], { eventTypeCode: 'AWS_SERVICEQUOTAS_INCREASE_REQUEST_FAILED' }),
      { title: 'Limit not raised: cloudtrail/Trails per region in ca-central-1, 80.0% used' },
    ],
    'a breach that Service Quotas records in CloudTrail': [
      breach(),
      {
        title:
          'Limit near: dynamodb/Maximum number of tables in eu-west-1, 2500.0 used, past the threshold of 95%',
        severity: 'medium',
      },
    ],
    'a breach of a lower threshold': [
      breach({ breachingThreshold: '80' }),
      {
        title:
          'Limit near: dynamodb/Maximum number of tables in eu-west-1, 2500.0 used, past the threshold of 80%',
        severity: 'low',
      },
    ],
    'an alarm on a quota': [
      alarm('ALARM'),
      {
        title: 'Limit near: EC2/vCPU in eu-west-1, in alarm',
        summary: `The CloudWatch alarm vcpu-quota says of the limit EC2/vCPU in eu-west-1: in alarm. ${reason}`,
        severity: 'medium',
      },
    ],
    'an alarm on a quota of a metric of one’s own': [
      alarm('ALARM', 'IF(SERVICE_QUOTA(m1) > 0, 100*m1/SERVICE_QUOTA(m1))', 'Own'),
      { title: 'Limit near: vcpu-quota in eu-west-1, in alarm' },
    ],
    'a limit whose name only holds an ignored one': [
      advice('ERROR', { 'Limit Name': 'VPCs per subnet' }),
      { title: 'Limit reached: VPC/VPCs per subnet in us-west-1, 5 of 5' },
      { parameters: { ignoredResources: 'VPC/VPCs,' } },
    ],
  },
  quiet: {
    'an event of AWS Health that is over': [health([trails], { statusCode: 'closed' })],
  },
  suppressed: {
    'a limit by service and name, in any letters': [
      advice('ERROR'),
      'vpc/vpcs',
      { parameters: { ignoredResources: 'IAM/Roles, vpc/vpcs' } },
    ],
    'all limits of a region': [
      advice('ERROR'),
      'us-west-1/*',
      { parameters: { ignoredResources: 'us-west-1/*' } },
    ],
    'a limit by the name of its check': [
      advice('ERROR', {}, { 'check-name': 'EC2-VPC Elastic IP Address' }),
      'EC2-VPC Elastic IP Address',
      { parameters: { ignoredResources: 'EC2-VPC Elastic IP Address' } },
    ],
    'a limit by the id of a resource': [
      advice('WARN', {}, { resource_id: 'arn:aws:ec2:us-west-1:111122223333:vpc/vpc-1' }),
      'arn:aws:ec2:us-west-1:111122223333:vpc/vpc-1',
      { parameters: { ignoredResources: 'arn:aws:ec2:us-west-1:111122223333:vpc/vpc-1' } },
    ],
    'a quota by its code': [
      breach(),
      'L-F98FE922',
      { parameters: { ignoredResources: 'L-F98FE922' } },
    ],
    'an alarm by its name': [
      alarm('ALARM'),
      'vcpu-*',
      { parameters: { ignoredResources: 'vcpu-*' } },
    ],
  },
  refuses: {
    'a check item without a name': [
      advice('ERROR', { 'Limit Name': {} }, { 'check-name': null }),
      /expected a Limit Name in check-item-detail, found \{"Status":"Red"/,
    ],
    'a breach without a quota': [
      breach({ quotaName: 1, quotaCode: null }),
      /expected a quotaName in serviceEventDetails/,
    ],
    'an alarm without a name': [
      { ...alarm('ALARM'), detail: { ...alarm('ALARM').detail, alarmName: null } },
      /expected an alarmName, found null/,
    ],
    'an ignored resource that would mute everything': [
      advice('ERROR'),
      /ignoredResources: "\*" would mute most alerts/,
      { parameters: { ignoredResources: '*' } },
    ],
  },
});

test.each<[string, object]>([
  ['a limit that is far from reached', advice('OK', { Status: 'Green' })],
  ['a limit that could not be read', advice('NOT_AVAILABLE', { Status: 'Blue' })],
  [
    'a check of Trusted Advisor that is not about limits',
    envelope('aws.trustedadvisor', 'Trusted Advisor Check Item Refresh Notification', {
      'check-name': 'Amazon S3 Bucket Versioning',
      'check-item-detail': { Status: 'Yellow', Region: 'us-east-1', 'Bucket Name': 'photos' },
      status: 'WARN',
      resource_id: 'arn:aws:s3:::photos',
      uuid: 'b485c38e-2eca-415c-a4b7-3a53fc5e2afe',
    }),
  ],
  [
    'fields that no event of Trusted Advisor has',
    envelope('aws.trustedadvisor', 'Trusted Advisor Check Item Refresh Notification', {
      eventSource: 'aws.trustedadvisor',
      eventName: 'Service Limits',
    }),
  ],
  [
    'an operational issue of AWS Health',
    health([], { eventTypeCode: 'AWS_SERVICEQUOTAS_OPERATIONAL_ISSUE' }),
  ],
  ['an event of AWS Health about another service', health([], { service: 'EC2' })],
  ['another call of Service Quotas', breach({}, { eventName: 'RequestServiceQuotaIncrease' })],
  ['an alarm that is over', alarm('OK')],
  ['an alarm that is not on a quota', alarm('ALARM', 'SUM(METRICS())')],
])('is not given %s', (_what, event) => {
  expect(ruleDelivery(rule)(event)).toBe('it matches none of the event patterns of the rule');
});

describeHostile(rule, [advice('ERROR'), health([trails, tables]), breach(), alarm('ALARM')]);
