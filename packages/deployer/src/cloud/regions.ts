/** The names of AWS's regions. Pure. */
import { UsageError } from '../text/errors.ts';
import { nearest } from '../text/nearest.ts';

/** The regions of November 2026: how many there are of each name, since their numbers begin with 1. */
const numbers: Readonly<Record<string, number>> = {
  'af-south': 1,
  'ap-east': 2,
  'ap-northeast': 3,
  'ap-south': 2,
  'ap-southeast': 7,
  'ca-central': 1,
  'ca-west': 1,
  'cn-north': 1,
  'cn-northwest': 1,
  'eu-central': 2,
  'eu-isoe-west': 1,
  'eu-north': 1,
  'eu-south': 2,
  'eu-west': 3,
  'eusc-de-east': 1,
  'il-central': 1,
  'me-central': 1,
  'me-south': 1,
  'mx-central': 1,
  'sa-east': 1,
  'us-east': 2,
  'us-gov-east': 1,
  'us-gov-west': 1,
  'us-iso-east': 1,
  'us-iso-west': 1,
  'us-isob-east': 1,
  'us-isob-west': 1,
  'us-isof-east': 1,
  'us-isof-south': 1,
  'us-west': 2,
};

const directions = 'central|north|south|east|west|northeast|northwest|southeast|southwest';
const form = new RegExp(`^([a-z]{2,4}(?:-[a-z]{2,4})?-(?:${directions}))-([1-9])$`);

/** All regions that are known. */
export const known: readonly string[] = Object.entries(numbers).flatMap(([name, count]) =>
  Array.from({ length: count }, (_, index) => `${name}-${index + 1}`),
);

/**
 * Why a text is not the name of a region; `undefined` when it is one, or may be one that AWS has opened since: a new name, or the
 * next number of a known one.
 */
export function refuseRegion(text: string): string | undefined {
  const [, name = '', number] = form.exec(text) ?? [];
  if (number !== undefined && Number(number) <= (numbers[name] ?? 0) + 1) return undefined;
  const like = nearest(text, known);
  return `expected a region, such as eu-west-1, found ${JSON.stringify(text)}.${like === undefined ? '' : ` Did you mean ${like}?`}`;
}

/**
 * The name of a region.
 *
 * @param from what it was given as: an option or a variable.
 * @throws UsageError for what is none.
 */
export function requireRegion(text: string, from: string): string {
  const refusal = refuseRegion(text);
  if (refusal === undefined) return text;
  throw new UsageError(`${from}: ${refusal}`);
}
