/**
 * What a trail of CloudTrail records. EventBridge is given the API calls of a region only where a trail records them ("Events
 * from AWS services via CloudTrail"). Selectors have the field names of CloudTrail's API reference ("EventSelector",
 * "AdvancedFieldSelector").
 */

/** What `GetTrailStatus` tells of a trail. */
export interface TrailStatus {
  readonly isLogging: boolean;
  /** Why CloudTrail could not deliver the last logs; empty when it could. */
  readonly deliveryError: string;
}

/** What `GetEventSelectors` tells of a trail, which has selectors of one of the two kinds. */
export interface TrailSelectors {
  readonly basic: readonly BasicSelector[];
  readonly advanced: readonly AdvancedSelector[];
}

/** A basic selector. */
export interface BasicSelector {
  readonly ReadWriteType?: string | undefined;
  readonly IncludeManagementEvents?: boolean | undefined;
  readonly ExcludeManagementEventSources?: readonly string[] | undefined;
}

/** An advanced selector: it selects what all of its parts select. */
export interface AdvancedSelector {
  readonly FieldSelectors?: readonly FieldSelector[] | undefined;
}

/** A part of an advanced selector. */
export interface FieldSelector {
  readonly Field: string | undefined;
  readonly Equals?: readonly string[] | undefined;
  readonly NotEquals?: readonly string[] | undefined;
  readonly StartsWith?: readonly string[] | undefined;
  readonly EndsWith?: readonly string[] | undefined;
  readonly NotStartsWith?: readonly string[] | undefined;
  readonly NotEndsWith?: readonly string[] | undefined;
}

/** What `DescribeTrails` tells of a trail, as far as it decides anything. */
export interface ListedTrail {
  readonly HomeRegion?: string | undefined;
  readonly IncludeGlobalServiceEvents?: boolean | undefined;
}

/** The selectors of a trail that was given none: all management events, reads and writes. */
export const defaultSelectors: TrailSelectors = { basic: [{}], advanced: [] };

/** How much a trail records of the API calls that change something. */
export type TrailScope = 'all' | 'some' | 'none';

/**
 * How much a trail records, from what could be read of it; `undefined` where that does not say. A trail that is stopped, or
 * that selects none of them, records nothing whatever the other part is. That CloudTrail knows no such trail says nothing:
 * it listed the trail a moment ago, and says so to the members of an organization about the trails of their management account.
 *
 * The calls of IAM, STS and CloudFront are recorded in us-east-1; a trail of that region alone may leave them out ("Enabling
 * and disabling global service event logging").
 */
export function trailScope(
  status: TrailStatus | undefined,
  selectors: TrailSelectors | undefined,
  { HomeRegion, IncludeGlobalServiceEvents }: ListedTrail = {},
): TrailScope | undefined {
  const selected = selectors && widest(selectors);
  if (status?.isLogging === false || selected === 'none') return 'none';
  const leavesOut = HomeRegion === 'us-east-1' && IncludeGlobalServiceEvents === false;
  return status && (leavesOut && selected ? 'some' : selected);
}

const widest = ({ basic, advanced }: TrailSelectors): TrailScope => {
  const scopes = [...basic.map(ofBasic), ...advanced.map(ofAdvanced)];
  return (['all', 'some'] as const).find((scope) => scopes.includes(scope)) ?? 'none';
};

/** The services whose calls a trail may leave out: they are many, and no rule looks at them ("Logging management events"). */
const optionalSources = ['kms.amazonaws.com', 'rdsdata.amazonaws.com'];

const areOptional = (sources: readonly string[]): boolean =>
  sources.every((source) => optionalSources.includes(source));

function ofBasic({
  ReadWriteType = 'All',
  IncludeManagementEvents = true,
  ExcludeManagementEventSources = [],
}: BasicSelector): TrailScope {
  if (!IncludeManagementEvents || ReadWriteType === 'ReadOnly') return 'none';
  return areOptional(ExcludeManagementEventSources) ? 'all' : 'some';
}

function ofAdvanced({ FieldSelectors = [] }: AdvancedSelector): TrailScope {
  const on = (field: string): readonly FieldSelector[] =>
    FieldSelectors.filter(({ Field }) => Field === field);
  const isManagement = on('eventCategory').some(({ Equals }) => Equals?.includes('Management'));
  const isReads = on('readOnly').some(
    ({ Equals, NotEquals }) =>
      (Equals && !Equals.includes('false')) || NotEquals?.includes('false'),
  );
  if (!isManagement || isReads) return 'none';
  const isWhole = FieldSelectors.every(
    ({ Field = '', NotEquals = [], ...others }) =>
      ['eventCategory', 'readOnly'].includes(Field) ||
      (Field === 'eventSource' &&
        Object.values(others).every((values) => !values?.length) &&
        areOptional(NotEquals)),
  );
  return isWhole ? 'all' : 'some';
}
