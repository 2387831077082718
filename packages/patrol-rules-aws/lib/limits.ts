/**
 * Reads events about limits (service quotas) that are near or reached. Four services send them to EventBridge: Trusted
 * Advisor; Service Quotas through AWS Health and through CloudTrail ("Service Quotas Automatic Management", Service Quotas
 * user guide); and CloudWatch alarms ("Alarm events and EventBridge", CloudWatch user guide).
 *
 * The rule loads this module as a chunk.
 */
import type { EventBridgeEvent } from '@patrol/core';
import { field, listOf, shown, texts } from './request.ts';

type Detail = Readonly<Record<string, unknown>>;

/** A limit that is near or reached, or could not be raised. */
interface Limit {
  readonly what: 'Limit reached' | 'Limit near' | 'Limit not raised';
  /** The region of the limit, which may be another one than that of the event; `undefined` for a limit without a region. */
  readonly region: string | undefined;
  readonly service: string | undefined;
  readonly name: string;
  /** `5 of 5`, `80.0%`. */
  readonly usage: string;
  readonly severity: 'low' | 'medium' | 'high';
  /** Who reports it, and more that it says. */
  readonly source: string;
  readonly more?: string | undefined;
  /** Other names of the limit. */
  readonly aliases: readonly string[];
  /** The account whose limit it is, where the event is about another one than its own. */
  readonly account?: string | undefined;
}

/** The functions that read what an event says of limits. They throw for an event that cannot be read. */
export const readers = { byTrustedAdvisor, byHealth, byServiceQuotas, byAlarm };

export type Reader = keyof typeof readers;

/** A text in a field of an object; `undefined` when it is missing or empty. */
const textOf = (value: unknown, name: string): string | undefined => texts(field(value, name))[0];

/** Trusted Advisor's checks of limits warn at 80% and report an error at 100%. */
function byTrustedAdvisor({ detail }: EventBridgeEvent<Detail>): Limit {
  const item = detail['check-item-detail'];
  const status = textOf(detail, 'status');
  if (status !== 'WARN' && status !== 'ERROR') {
    throw new Error(`expected WARN or ERROR as the status, found ${shown(status)}`);
  }
  const check = textOf(detail, 'check-name');
  const name = textOf(item, 'Limit Name') ?? check;
  if (name === undefined) {
    throw new Error(`expected a Limit Name in check-item-detail, found ${shown(item)}`);
  }
  const region = textOf(item, 'Region');
  const used = textOf(item, 'Current Usage') ?? 'an unknown number';
  return {
    what: status === 'ERROR' ? 'Limit reached' : 'Limit near',
    region: region === '-' ? undefined : region,
    service: textOf(item, 'Service'),
    name,
    usage: `${used} of ${textOf(item, 'Limit Amount') ?? 'an unknown number'}`,
    severity: status === 'ERROR' ? 'high' : 'medium',
    source: 'Trusted Advisor',
    aliases: texts([check, detail['resource_id']]),
  };
}

/**
 * Service Quotas through AWS Health. The entities are texts such as `Service: cloudtrail | Quota Name: Trails per region |
 * Utilization: 80.0%` (Service Quotas user guide, Automatic Management).
 */
function byHealth({ detail, region }: EventBridgeEvent<Detail>): readonly Limit[] {
  if (textOf(detail, 'statusCode') === 'closed') return [];
  const entities = listOf(detail['affectedEntities']).flatMap((entity) =>
    texts(field(entity, 'entityValue')),
  );
  const isFailure = textOf(detail, 'eventTypeCode')?.endsWith('_INCREASE_REQUEST_FAILED');
  return (entities.length > 0 ? entities : ['a limit that the event does not name']).map(
    (entity) => {
      const [, service, name = entity, used] =
        /^Service: ([^|]+) \| Quota Name: ([^|]+) \| Utilization: ([\d.]+)%$/.exec(entity) ?? [];
      const percent = Number(used ?? 0);
      return {
        what: isFailure ? 'Limit not raised' : percent >= 100 ? 'Limit reached' : 'Limit near',
        region: textOf(detail, 'eventRegion') ?? region,
        service,
        name,
        usage: used === undefined ? 'how much is used is not said' : `${used}% used`,
        severity: percent >= 95 ? 'high' : 'medium',
        source: 'AWS Health (Service Quotas)',
        aliases: [],
        // AWS Health sends events about all accounts of an organisation to its delegated administrator.
        account: textOf(detail, 'affectedAccount'),
      };
    },
  );
}

/** Service Quotas through CloudTrail: breaches for which it sends no notification. */
function byServiceQuotas({ detail, region }: EventBridgeEvent<Detail>): Limit {
  const said = detail['serviceEventDetails'];
  const name = textOf(said, 'quotaName') ?? textOf(said, 'quotaCode');
  if (name === undefined) {
    throw new Error(`expected a quotaName in serviceEventDetails, found ${shown(said)}`);
  }
  const threshold = textOf(said, 'breachingThreshold');
  return {
    what: 'Limit near',
    region: textOf(detail, 'awsRegion') ?? region,
    service: textOf(said, 'serviceCode'),
    name,
    usage: `${textOf(said, 'utilizationValue') ?? 'an unknown number'} used, past the threshold of ${threshold ?? 'an unknown number of'}%`,
    severity: Number(threshold) >= 95 ? 'medium' : 'low',
    source: 'Service Quotas',
    aliases: texts(field(said, 'quotaCode')),
  };
}

/** An alarm on a usage metric against its quota, such as the Service Quotas console makes. */
function byAlarm({ detail, region }: EventBridgeEvent<Detail>): Limit {
  const alarm = textOf(detail, 'alarmName');
  if (alarm === undefined) {
    throw new Error(`expected an alarmName, found ${shown(detail['alarmName'])}`);
  }
  const [dimensions] = listOf(field(detail['configuration'], 'metrics'))
    .map((metric) => field(field(metric, 'metricStat'), 'metric'))
    .filter((metric) => field(metric, 'namespace') === 'AWS/Usage')
    .map((metric) => field(metric, 'dimensions'));
  return {
    what: 'Limit near',
    region,
    service: textOf(dimensions, 'Service'),
    name: textOf(dimensions, 'Resource') ?? alarm,
    usage: 'in alarm',
    severity: 'medium',
    source: `The CloudWatch alarm ${alarm}`,
    more: textOf(field(detail, 'state'), 'reason'),
    aliases: [alarm],
  };
}
