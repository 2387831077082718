/** The names of AWS as they were on one day. `scripts/names.ts` of the repository makes the list. */
import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';

/** Lists of names, each a text with one space between names, by what they belong to. */
type Lists = Readonly<Record<string, string>>;

/** The list as it is stored. */
export interface NameList {
  /** The day on which it was made: `2026-11-27`. */
  readonly made: string;
  /** The packages that it was made from, with their versions. */
  readonly from: readonly string[];
  /** By `eventSource`: the `eventName`s that CloudTrail records. */
  readonly calls: Lists;
  /** By `eventSource`: the calls that CloudTrail records under other names than the API's, with those names. */
  readonly renamed: Readonly<Record<string, Lists>>;
  /** By `eventSource`: a version of the API, where CloudTrail writes it behind names. */
  readonly dated: Readonly<Record<string, string>>;
  /** By `eventSource`: the `eventName`s that recorded events have. */
  readonly recorded: Lists;
  /** By service: the actions of IAM. */
  readonly actions: Lists;
  /** The `detail-type`s of what CloudTrail hands to EventBridge. */
  readonly cloudTrailTypes: readonly string[];
  /** By `source`: the other `detail-type`s of EventBridge, with `|` between them. */
  readonly detailTypes: Lists;
}

/** The stored list. */
export const listFile: URL = new URL('../../names.json.br', import.meta.url);

let list: NameList | undefined;

/** Reads the list once. */
export const nameList = (): NameList =>
  (list ??= JSON.parse(brotliDecompressSync(readFileSync(listFile)).toString('utf8')) as NameList);

/** The name of a call without the version of the API that some services write behind it. */
export const undated = (name: string): string =>
  name.replace(/(?:\d{8}(?:v\d+)?|\d{4}_\d{2}_\d{2})$/, '');
