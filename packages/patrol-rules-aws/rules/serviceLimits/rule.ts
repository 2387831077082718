import { defineRule, event, type EventPattern, mitre, names } from '@patrol/core';
import type { Reader } from '../../lib/limits.ts';

type Detail = Readonly<Record<string, unknown>>;

/** The services that report limits: in which events, and which function of `lib/limits.ts` reads them. */
const sources: readonly {
  readonly source: string;
  readonly type: string;
  readonly detail: EventPattern;
  readonly reader: Reader;
}[] = [
  {
    source: 'aws.trustedadvisor',
    type: 'Trusted Advisor Check Item Refresh Notification',
    detail: {
      status: ['WARN', 'ERROR'],
      // Only checks of limits have these fields.
      'check-item-detail': {
        $or: ['Limit Amount', 'Limit Name', 'Current Usage'].map((name) => ({
          [name]: [{ exists: true }],
        })),
      },
    },
    reader: 'byTrustedAdvisor',
  },
  {
    source: 'aws.health',
    type: 'AWS Health Event',
    detail: {
      service: ['SERVICEQUOTAS'],
      eventTypeCode: [
        'AWS_SERVICEQUOTAS_THRESHOLD_BREACH',
        'AWS_SERVICEQUOTAS_APPROACHING_THRESHOLD',
        'AWS_SERVICEQUOTAS_INCREASE_REQUEST_FAILED',
      ],
    },
    reader: 'byHealth',
  },
  {
    source: 'aws.servicequotas',
    type: 'AWS Service Event via CloudTrail',
    detail: {
      eventSource: ['servicequotas.amazonaws.com'],
      eventName: ['ServiceQuotasUtilizationBreachingThreshold'],
    },
    reader: 'byServiceQuotas',
  },
  {
    source: 'aws.cloudwatch',
    type: 'CloudWatch Alarm State Change',
    detail: {
      state: { value: ['ALARM'] },
      // The metric math function that gives the quota of a usage metric.
      configuration: { metrics: { expression: [{ wildcard: '*SERVICE_QUOTA(*' }] } },
    },
    reader: 'byAlarm',
  },
];

export default defineRule({
  name: 'serviceLimits',
  title: 'Service limit near or reached',
  description:
    'Alerts when a limit (service quota) of the account is nearly or wholly used, as Trusted Advisor, Service Quotas or a CloudWatch alarm on a quota says. ' +
    'Trusted Advisor speaks in us-east-1 only, about the limits of all regions, and needs a paid support plan; the others speak in the region of the limit, ' +
    'Service Quotas once its Automatic Management is started.',
  severity: 'medium',
  runbook:
    'Look at what uses up the limit, in the region that the alert names: resources that nobody knows, above all instances, are a sign that somebody works at your ' +
    'expense. If the use is your own, ask for a higher limit in Service Quotas before it is reached, or remove what is not needed.',
  references: [mitre('T1496', 'Resource Hijacking')],
  triggers: sources.map(({ source, type, detail }) =>
    event<Detail>({ source: [source], 'detail-type': [type], detail }),
  ),
  parameters: {
    ignoredResources: names(
      'The limits that are not alerted on, as LIMIT, SERVICE/LIMIT or REGION/SERVICE/LIMIT in the words of the alert: VPC/VPCs, us-west-1/*. A comma in a name is written as *.',
      { default: '', ignoreCase: true, suppresses: true },
    ),
  },
  async evaluate(given, { parameters }) {
    const found = sources.find(({ source }) => source === given.source);
    if (found === undefined) {
      const expected = sources.map(({ source }) => source).join(', ');
      throw new Error(`expected one of ${expected} as the source, found ${given.source}`);
    }
    const { readers } = await import('../../lib/limits.ts');
    return [readers[found.reader](given)].flat().map((limit) => {
      const { what, region = 'no region', service, name, usage, source, more, severity } = limit;
      const path = service === undefined ? name : `${service}/${name}`;
      const owner = limit.account === given.account ? undefined : limit.account;
      const where =
        (limit.region === undefined ? '' : ` in ${region}`) +
        (owner === undefined ? '' : ` of account ${owner}`);
      return {
        title: `${what}: ${path}${where}, ${usage}`,
        summary: `${source} says of the limit ${path}${where}: ${usage}.${more === undefined ? '' : ` ${more}`}`,
        severity,
        facts: {
          region,
          ...(service === undefined ? {} : { service }),
          limit: name,
          ...(owner === undefined ? {} : { affectedAccount: owner }),
          usage,
          source,
        },
        group: what,
        key: `${owner === undefined ? '' : `${owner}/`}${region}/${path}: ${what}, ${severity}`,
        suppression: parameters.ignoredResources.suppression(`${region}/${path}`),
        suppressedBy: parameters.ignoredResources.find(
          name,
          path,
          `${region}/${path}`,
          ...limit.aliases,
        ),
      };
    });
  },
});
