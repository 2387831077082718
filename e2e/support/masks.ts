/** What differs from run to run, and what stands for it in the transcripts. */

/** A replacement. Its pattern says what stands before and behind, so that nothing else is replaced. */
interface Mask {
  readonly what: string;
  readonly pattern: RegExp;
  readonly to: string;
  readonly only?: (found: string) => boolean;
}

/** Whether a time is one of this run, and not one of a sample event. */
const isNow = (text: string): boolean => Math.abs(Date.parse(text) - Date.now()) < 600_000;

const uuid = '[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}';
const duration = '(?:\\d+ min )?\\d+ s';
const hash = '0123456789abcdef'.repeat(4);

/** All of them. What stands in a table or is broken at the width of the terminal keeps its length. */
export const masks: readonly Mask[] = [
  {
    what: 'times of the run, but not those of sample events',
    pattern: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g,
    to: '2026-01-31T09:00:00Z',
    only: isNow,
  },
  {
    what: 'times of the run with milliseconds',
    pattern: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g,
    to: '2026-01-31T09:00:00.000Z',
    only: isNow,
  },
  {
    what: 'times of the run without seconds',
    pattern: /\d{4}-\d\d-\d\dT\d\d:\d\dZ/g,
    to: '2026-01-31T09:00Z',
    only: isNow,
  },
  { what: 'the day of the run', pattern: /(?<=, saved on )\d{4}-\d\d-\d\d/g, to: '2026-01-31' },
  {
    what: "the time of day of CloudFormation's events",
    pattern: /(?<=^ +)\d\d:\d\d:\d\d(?=  [A-Z]+_)/gm,
    to: '09:00:00',
  },
  {
    what: 'how long CloudFormation takes',
    pattern: new RegExp(`(?<=_COMPLETE after |resources, |to do, )${duration}\\b`, 'g'),
    to: '2 s',
  },
  { what: 'the spinner', pattern: /[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/g, to: '⠋' },
  {
    what: 'how long a function takes',
    pattern: /(?<=ran for |call took )\d+ ms/g,
    to: '50 ms',
  },
  { what: 'how long a replay takes', pattern: /(?<=B\) in )\d+\.\d s/g, to: '0.1 s' },
  { what: 'the port of the emulator', pattern: /(?<=localhost:)\d{5}/g, to: '45660' },
  { what: 'ids of HTTP APIs', pattern: /[0-9a-f]{8}(?=\.execute-api)/g, to: hash.slice(0, 8) },
  {
    what: 'ids of stacks and of messages',
    pattern: new RegExp(`(?<=%2F|"messageId":")${uuid}`, 'g'),
    to: '01234567-89ab-4cde-8f01-23456789abcd',
  },
  {
    what: 'the ends of the ARNs of secrets',
    pattern: /(?<=Secret-[0-9A-F]{13}-)[0-9a-f]{6}/g,
    to: hash.slice(0, 6),
  },
  { what: 'ids of organisations', pattern: /\bo-[a-z0-9]{10}\b/g, to: 'o-0123456789' },
  {
    what: 'ids of organisational units',
    pattern: /\bou-[a-z0-9]{4}-[a-z0-9]{8}\b/g,
    to: 'ou-0123-01234567',
  },
  { what: "hashes of the rules' code", pattern: /(?<=\/)[0-9a-f]{64}(?=\.zip)/g, to: hash },
  { what: 'the size of the code', pattern: /(?<=zip of |zip \()\d+(?= bytes)/g, to: '70000' },
  {
    what: 'versions of packages',
    pattern: /(?<=@patrol\/[\w-]+ )\d+\.\d+\.\d+/g,
    to: '1.2.3',
  },
];

const used = new Set<Mask>();

/** What has found nothing so far: the text that it was written for may be another one now. */
export const unusedMasks = (): readonly string[] =>
  masks.filter((mask) => !used.has(mask)).map(({ what }) => what);

/** A text without what differs from run to run. */
export const masked = (text: string): string =>
  masks.reduce(
    (before, mask) =>
      before.replace(mask.pattern, (found) => {
        if (mask.only?.(found) === false) return found;
        used.add(mask);
        return mask.to;
      }),
    text,
  );
