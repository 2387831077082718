/** Where the alerts and alarms of a fleet's stacks go, in each account and region. Pure. */
import { emailParameters, stackNames } from '@patrol/core/contracts';
import type { Place } from '../cloud/cloud.ts';
import { baseStack, baseTopic } from './base.ts';
import { emailsOf, type Fleet, type Topics } from '../file/file.ts';
import type { Path } from '../file/problem.ts';
import type { Fault } from '../view/sentences/faults.ts';
import { compact, mapValues, own } from '../text/records.ts';
import { separated } from '../text/words.ts';
import type { Given, Ground, Question, Settings, Value } from './values.ts';
import { refuseEmails, refuseTopic } from '../cloud/addresses.ts';
import { emailTexts } from './emails.ts';

const { parameters: common } = stackNames;

/** Where the alerts and alarms of the stacks of an account and region go. */
export interface Destination extends Given {
  /** Whether a topic of the base stack is among them. */
  readonly usesBase: boolean;
}

/** A topic that the file names. */
interface NamedTopic {
  readonly path: Path;
  readonly arn: string;
}

const inRegion = (topics: Topics, region: string): string | undefined =>
  typeof topics === 'string' ? topics : own(topics, region);

const regionOf = (arn: string): string => arn.split(':')[3] ?? '';

/** The topic of a region to which the file sends alarms. */
export const givenAlarmTopic = ({ alarms }: Fleet, region: string): string | undefined =>
  alarms?.topic && inRegion(alarms.topic, region);

/** Where the stacks of an account and region send what they have to say. */
export function destinationIn(fleet: Fleet, environment: string, place: Place): Destination {
  const { alerts, alarms } = fleet;
  const base = baseStack(fleet.fleet, environment);
  const { shared = false } = alerts;
  const topic = shared
    ? baseTopic(place, base, 'machines')
    : alerts.topic && inRegion(alerts.topic, place.region);
  const alarmTopic =
    alarms?.email === undefined
      ? // Alarms go past the notifier, to people.
        (givenAlarmTopic(fleet, place.region) ??
        (shared ? baseTopic(place, base, 'alerts') : undefined))
      : baseTopic(place, base, 'alarms');
  return compact({
    usesBase: shared || alarms?.email !== undefined,
    alertTopicArn: topic,
    alertEmails: shared || alerts.email === undefined ? undefined : emailsOf(alerts),
    parameters: compact<Record<string, string>>({
      [common.alarmTopic]: alarmTopic,
      // The notifier of a base stack sends there what it tells people.
      [common.alertForm]: alerts.form,
      [common.dispatchTopic]: shared ? undefined : alerts.dispatch,
    }),
  });
}

/** Every topic that the file names. */
export function namedTopics({ alerts, alarms }: Fleet): readonly NamedTopic[] {
  const of = (path: Path, topics: Topics | undefined): readonly NamedTopic[] => {
    if (topics === undefined) return [];
    if (typeof topics === 'string') return [{ path, arn: topics }];
    return Object.entries(topics).map(([region, arn]) => ({ path: [...path, region], arn }));
  };
  return [
    ...of(['alerts', 'topic'], alerts.topic),
    ...of(['alerts', 'dispatch'], alerts.dispatch),
    ...(alerts.topics ?? []).map(({ topic: arn }, index) => ({
      path: ['alerts', 'topics', index, 'topic'],
      arn,
    })),
    ...of(['alarms', 'topic'], alarms?.topic),
  ];
}

/**
 * What keeps alerts or alarms from being heard: topics of another partition, regions without a topic, and alarms that
 * would have to go to another region, which CloudWatch cannot do.
 *
 * @param regions all in which the fleet has stacks.
 */
export function* undelivered(
  fleet: Fleet,
  partition: string,
  regions: readonly string[],
): Generator<readonly [Path, Fault]> {
  const { alerts, alarms } = fleet;
  for (const { path, arn } of namedTopics(fleet)) {
    const why = refuseTopic(arn, partition);
    if (why !== undefined) yield [path, { code: 'value', why }];
  }
  const alertTopic = (region: string) => alerts.topic && inRegion(alerts.topic, region);
  const alarmTopic = (region: string) => alarms?.topic && inRegion(alarms.topic, region);
  const without = regions.filter((region) => alerts.topic && alertTopic(region) === undefined);
  if (without.length > 0) yield [['alerts', 'topic'], { code: 'noTopic', regions: without }];
  if (alarms?.email !== undefined) return;
  const isFar = (arn: string | undefined, region: string): boolean =>
    arn !== undefined && regionOf(arn) !== region;
  const wrongly = regions.filter((region) => isFar(alarmTopic(region), region));
  if (wrongly.length > 0) yield [['alarms', 'topic'], { code: 'farAlarms', regions: wrongly }];
  const silent = regions.filter(
    (region) => alarmTopic(region) === undefined && isFar(alertTopic(region), region),
  );
  if (silent.length > 0) yield [['alerts', 'topic'], { code: 'silentAlarms', regions: silent }];
}

const nothing: Settings = { values: {}, questions: [], problems: [] };

/** Where alerts go: e-mail addresses, or a topic. */
export function destination(
  { place, template, current }: Pick<Ground, 'place' | 'template' | 'current'>,
  given: Given,
): Settings {
  const { alertEmails: emails, alertTopicArn: topic } = given;
  // Rules built with an earlier version take one address.
  const slots = emailParameters(common.alertEmail).filter(
    (name, index) => index === 0 || Object.hasOwn(template.parameters, name),
  );
  const set = (addresses: readonly string[], arn: string, from: Value['from']): Settings => {
    const values = { ...emailTexts(slots, addresses), [common.alertTopic]: arn };
    return { ...nothing, values: mapValues(values, (text) => ({ text, from })) };
  };
  const unless = (why: string | undefined, about: string, settings: Settings): Settings =>
    why ? { ...nothing, problems: [{ about, fault: { code: 'value', why } }] } : settings;
  if (emails !== undefined && topic !== undefined) {
    return { ...nothing, problems: [{ fault: { code: 'bothDestinations' } }] };
  }
  if (emails !== undefined) {
    const addresses = emails.map((each) => each.trim());
    const why = refuseEmails(addresses, slots.length);
    return unless(why, '--alert-email', set(addresses, '', 'given'));
  }
  if (topic !== undefined) {
    const arn = topic.trim();
    const why = refuseTopic(arn, place.partition);
    return unless(why, '--alert-topic-arn', set([], arn, 'given'));
  }
  const has = slots.map((name) => current?.parameters[name] ?? '');
  const arn = current?.parameters[common.alertTopic] ?? '';
  if ([...has, arn].some(Boolean)) return set(has, arn, 'stack');
  const question: Question = {
    name: 'alerts',
    description:
      'Where to send alerts: e-mail addresses, separated by commas, or the ARN of an SNS topic (--alert-email or --alert-topic-arn).',
    required: true,
    refuse: (answer) =>
      answer.startsWith('arn:')
        ? refuseTopic(answer, place.partition)
        : refuseEmails(separated(answer), slots.length),
  };
  return { ...nothing, questions: [question] };
}
