/**
 * What a call of CloudTrail does to what is recorded. A request holds the new setting, and no record holds the old one: a
 * setting that leaves something out is taken for one that left it out just now.
 */
import { type Fields, fieldsOf, isObject, type Severity } from '@patrol/core';
import { lookUp } from '../request.ts';

/** What a call does. */
export interface Effect {
  readonly severity: Severity;
  /** What is lost, as the beginning of a sentence: `management events are no longer recorded`. */
  readonly lost?: string;
}

/** What a call does to what is recorded. */
export function effectOf(name: string, requestParameters: unknown, account: string): Effect {
  const request = fieldsOf(requestParameters);
  // The record of a denied call has no request, and CloudTrail leaves out requests that are too large.
  if (judged.has(name) && (!isObject(requestParameters) || request.flag('omitted'))) {
    return { severity: 'critical', lost: 'what is still recorded is not known' };
  }
  switch (name) {
    case 'PutEventSelectors':
      return worst(selectors(request));
    case 'UpdateTrail':
      return worst(trail(request, account));
    case 'UpdateEventDataStore':
      return worst(store(request));
    case 'PutInsightSelectors':
      // The console sends an empty list for each trail that it makes. What is recorded stays the same.
      return worst(
        request.list('insightSelectors').length === 0
          ? [{ severity: 'medium', lost: 'unusual activity is no longer looked for (Insights)' }]
          : [],
      );
    default:
      return lookUp(fixed, name) ?? { severity: 'low' };
  }
}

/** The calls whose effect is in the request. */
const judged: ReadonlySet<string> = new Set([
  'PutEventSelectors',
  'PutInsightSelectors',
  'UpdateEventDataStore',
  'UpdateTrail',
]);

/** The calls whose effect is always the same. */
const fixed: Readonly<Record<string, Effect>> = {
  DeleteChannel: { severity: 'medium', lost: 'a channel no longer brings events' },
  DeleteEventDataStore: {
    severity: 'critical',
    lost: 'an event data store is deleted in seven days',
  },
  DeleteResourcePolicy: { severity: 'medium' },
  DeleteTrail: { severity: 'critical', lost: 'a trail no longer records' },
  DeregisterOrganizationDelegatedAdmin: { severity: 'high' },
  DisableAWSServiceAccess: {
    severity: 'critical',
    lost: 'trails and event data stores of the organisation no longer record its accounts',
  },
  PutEventConfiguration: { severity: 'medium' },
  RegisterOrganizationDelegatedAdmin: { severity: 'medium' },
  StopEventDataStoreIngestion: {
    severity: 'critical',
    lost: 'an event data store no longer takes events',
  },
  StopImport: { severity: 'medium' },
  StopLogging: { severity: 'critical', lost: 'a trail no longer records' },
  UpdateChannel: { severity: 'medium' },
};

const order: readonly Severity[] = ['low', 'medium', 'high', 'critical'];

/** The effect that matters most; none is information. */
const worst = (effects: readonly Effect[]): Effect =>
  effects.toSorted((a, b) => order.indexOf(b.severity) - order.indexOf(a.severity))[0] ?? {
    severity: 'low',
  };

const effect = (isLost: boolean, severity: Severity, lost: string): readonly Effect[] =>
  isLost ? [{ severity, lost }] : [];

/** What the selectors of a trail leave out. Basic and advanced selectors exclude each other ("PutEventSelectors", API reference). */
function selectors(request: Fields): readonly Effect[] {
  const advanced = request.list('advancedEventSelectors');
  const basic = request.list('eventSelectors');
  if (advanced.length > 0) return managementOf(advanced.map(advancedSelector));
  // What neither holds is not known: an empty list leaves nothing to be recorded.
  return managementOf(basic.map(basicSelector));
}

/** Which management events a selector selects; `undefined` for a selector of other events. */
interface Management {
  readonly reads: boolean;
  readonly writes: boolean;
  /** The services that it leaves out. */
  readonly without: readonly string[];
  /** Whether it selects by anything else, so that only some events are recorded. */
  readonly isPartial: boolean;
}

function basicSelector(selector: Fields): Management | undefined {
  if (selector.flag('includeManagementEvents') === false) return undefined;
  const type = selector.text('readWriteType') ?? 'All';
  return {
    reads: type !== 'WriteOnly',
    writes: type !== 'ReadOnly',
    without: selector.texts('excludeManagementEventSources'),
    isPartial: false,
  };
}

function advancedSelector(selector: Fields): Management | undefined {
  const fields = selector.list('fieldSelectors');
  const of = (name: string): readonly Fields[] =>
    fields.filter((field) => field.text('field') === name);
  if (!of('eventCategory').some((field) => field.texts('equals').includes('Management'))) {
    return undefined;
  }
  const readOnly = of('readOnly').flatMap((field) => field.texts('equals'));
  const sources = of('eventSource');
  const known = of('eventCategory').length + of('readOnly').length + sources.length;
  return {
    reads: !readOnly.includes('false'),
    writes: !readOnly.includes('true'),
    without: sources.flatMap((field) => field.texts('notEquals')),
    isPartial: known < fields.length || sources.some((field) => !field.has('notEquals')),
  };
}

/** What the selectors together leave out of the management events. */
function managementOf(all: readonly (Management | undefined)[]): readonly Effect[] {
  const found = all.filter((each) => each !== undefined);
  const whole = found.filter(({ isPartial }) => !isPartial);
  if (found.length === 0) {
    return effect(true, 'critical', 'management events are no longer recorded');
  }
  if (whole.length === 0) {
    return effect(true, 'critical', 'only selected management events are still recorded');
  }
  const writing = whole.filter(({ writes }) => writes);
  const reading = whole.filter(({ reads }) => reads);
  const left = [...new Set([...leftOut(writing), ...leftOut(reading)])].toSorted();
  return [
    ...effect(
      writing.length === 0,
      'critical',
      'calls that change something are no longer recorded',
    ),
    ...effect(reading.length === 0, 'high', 'calls that only read are no longer recorded'),
    // KMS and RDS Data are the two whose volume AWS lets everybody leave out.
    ...effect(
      left.length > 0,
      left.every((source) => /^(kms|rdsdata)\.amazonaws\.com$/.test(source))
        ? 'medium'
        : 'critical',
      `management events of ${left.slice(0, 5).join(', ')} are not recorded`,
    ),
  ];
}

/** The services that every one of some selectors leaves out: what one of them selects is recorded. */
const leftOut = ([first, ...others]: readonly Management[]): readonly string[] =>
  (first?.without ?? []).filter((source) =>
    others.every(({ without }) => without.includes(source)),
  );

/** What an update takes away from a trail. */
const trail = (request: Fields, account: string): readonly Effect[] => {
  const key = request.text('kmsKeyId');
  const keyOwner = /^arn:[\w-]+:kms:[\w-]+:(\d{12}):/.exec(key ?? '')?.[1] ?? account;
  return [
    ...effect(
      request.flag('isMultiRegionTrail') === false,
      'critical',
      'other regions are no longer recorded',
    ),
    ...effect(
      request.flag('includeGlobalServiceEvents') === false,
      'critical',
      'calls of global services such as IAM are no longer recorded',
    ),
    ...effect(
      request.flag('isOrganizationTrail') === false,
      'critical',
      'the other accounts of the organisation are no longer recorded',
    ),
    ...effect(
      request.flag('enableLogFileValidation') === false,
      'high',
      'log files can be changed unseen (validation is off)',
    ),
    ...effect(
      request.has('s3BucketName'),
      'high',
      `log files go to bucket ${request.text('s3BucketName')}`,
    ),
    ...effect(
      isEmptied(request, 'cloudWatchLogsLogGroupArn'),
      'high',
      'CloudWatch Logs no longer gets the events',
    ),
    ...effect(
      keyOwner !== account,
      'high',
      `log files are encrypted with a key of account ${keyOwner}`,
    ),
    ...effect(
      isEmptied(request, 'kmsKeyId'),
      'medium',
      'log files are no longer encrypted with a key of KMS',
    ),
  ];
};

/** What an update takes away from an event data store. */
const store = (request: Fields): readonly Effect[] => [
  ...effect(
    request.flag('multiRegionEnabled') === false,
    'critical',
    'other regions are no longer recorded',
  ),
  ...effect(
    request.flag('organizationEnabled') === false,
    'critical',
    'the other accounts of the organisation are no longer recorded',
  ),
  ...effect(
    request.flag('terminationProtectionEnabled') === false,
    'high',
    'an event data store can be deleted (protection is off)',
  ),
  ...effect(
    request.has('retentionPeriod'),
    'medium',
    `events are kept for ${request.text('retentionPeriod')} days`,
  ),
  ...(request.has('advancedEventSelectors') ? selectors(request) : []),
];

/** Whether a request sets a value to nothing, unlike one that does not speak of it. */
const isEmptied = (request: Fields, name: string): boolean => request.value(name) === '';
