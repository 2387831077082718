/** CloudWatch, as far as tests of alarms need it: what a metric filter counts, and when an alarm rings. */
import { isObject } from '../cloudtrail.ts';

type Values = Readonly<Record<string, unknown>>;

/** A value of a metric. */
export interface Datum {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Values;
  /** When it was measured: minutes after something went wrong. */
  readonly minute: number;
  readonly value: number;
}

/** A value can be seen so many minutes after it was measured. */
const late = 2;

/** How many of these lines of a log a metric filter counts. It knows the patterns that templates of Patrol have. */
export function countedBy({ FilterPattern }: Values, lines: readonly Values[]): number {
  const pattern = String(FilterPattern);
  const [, all = ''] = /^\{ (.+) \}$/.exec(pattern) ?? [];
  const terms = all.split(' && ').map((term) => {
    const [, field, text, is] = /^\(?\$\.(\w+) (?:= "(\w+)"|IS (TRUE))\)?$/.exec(term) ?? [];
    if (field === undefined) throw new Error(`${pattern} is not known here.`);
    return (line: Values): boolean => line[field] === (is ? true : text);
  });
  return lines.filter((line) => terms.every((holds) => holds(line))).length;
}

/**
 * After how many minutes an alarm rings. CloudWatch looks each minute, at the last periods of the alarm.
 *
 * @param alarm its properties, as the stack has them.
 * @param within so many minutes are looked at.
 * @returns `undefined` when it does not ring.
 */
export function ringsAfter(
  alarm: Values,
  data: readonly Datum[],
  within: number,
): number | undefined {
  const [period, periods, threshold] = ['Period', 'EvaluationPeriods', 'Threshold'].map((name) =>
    Number(alarm[name]),
  ) as [number, number, number];
  const dimensions = (Array.isArray(alarm['Dimensions']) ? alarm['Dimensions'] : []).filter(
    isObject,
  );
  const own = data.filter(
    (each) =>
      each.namespace === alarm['Namespace'] &&
      each.metric === alarm['MetricName'] &&
      Object.keys(each.dimensions).length === dimensions.length &&
      dimensions.every(({ Name, Value }) => each.dimensions[String(Name)] === Value),
  );
  const isBreached = (now: number, from: number, to: number): boolean => {
    const values = own
      .filter(({ minute }) => minute >= from && minute < to && minute + late <= now)
      .map(({ value }) => value);
    if (values.length === 0) return alarm['TreatMissingData'] === 'breaching';
    // Of so few values a high percentile is the highest.
    const value = alarm['Statistic'] === 'Sum' ? sum(values) : Math.max(...values);
    return alarm['ComparisonOperator'] === 'LessThanThreshold'
      ? value < threshold
      : value >= threshold;
  };
  const minutes = period / 60;
  for (let now = 0; now <= within; now += 1) {
    const ends = Array.from({ length: periods }, (_, index) => now - index * minutes);
    if (ends.every((end) => isBreached(now, end - minutes, end))) return now;
  }
  return undefined;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value);
