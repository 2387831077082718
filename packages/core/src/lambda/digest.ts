/**
 * Many findings of one run as few messages: whoever deploys a rule on something that is in disorder gets a list, not
 * hundreds of e-mails.
 */
import type { Alert } from '../contracts/alert.ts';
import { groupKey } from '../alert.ts';
import type { AnyRule } from '../rule.ts';
import { clean } from '../unseen.ts';

/** A message, and the findings that it tells. */
export interface Telling {
  readonly message: Alert;
  readonly findings: readonly Alert[];
}

/** So many findings of a severity are told one by one. */
const apart = 10;

/**
 * How many bytes the list in a message may have. It stands in it twice, once as JSON in JSON, and SNS takes 256 KB; an issue
 * that Dispatch makes of it holds 40,000 characters.
 */
const listLimit = 24_000;

/**
 * Puts the findings of a run into messages: each into its own, or, where there are more than ten of a severity, all of
 * that severity into one that lists them, or as many as they need.
 */
export function tellings(rule: AnyRule, alerts: readonly Alert[]): readonly Telling[] {
  const found = Map.groupBy(alerts, ({ severity, suppressed }) => (suppressed ? '' : severity));
  return [...found].flatMap(([severity, findings]) => {
    // What is suppressed is counted by its items, and no list for people.
    return severity === '' || findings.length <= apart
      ? findings.map((message) => ({ message, findings: [message] }))
      : lists(findings).map((list) => ({ message: digest(rule, list), findings: list }));
  });
}

const row = ({ dedupKey, title }: Alert): readonly [string, string] => [
  clean(dedupKey, 200),
  // What is empty is not shown.
  clean(title, 200) || '(no title)',
];

/** The rows by their keys; those of findings without a key of their own are told apart by a number. */
function rows(findings: readonly Alert[]): Readonly<Record<string, string>> {
  const listed = new Map<string, string>();
  for (const [index, finding] of findings.entries()) {
    const [key, title] = row(finding);
    listed.set(listed.has(key) ? `${key} (${index + 1})` : key, title);
  }
  return Object.fromEntries(listed);
}

function digest(rule: AnyRule, findings: readonly Alert[]): Alert {
  const [first] = findings;
  if (!first) throw new Error('A message tells of one finding at least.');
  const facts = { findings: findings.length, ...rows(findings) };
  return {
    ...first,
    // The rule's title says too much of findings that are good news, such as a deployment that ended well.
    title: `${findings.length} findings, the first: ${row(first)[1]}`,
    summary: `One run of ${rule.name} found these ${findings.length} things. They are listed by their keys.`,
    facts,
    targets: findings.flatMap(({ targets }) => targets),
    before: null,
    undo: null,
    suppression: null,
    groupKey: groupKey(rule, first, 'digest'),
    // The same when the same run is told again.
    dedupKey: [rule.name, first.account, first.region, first.eventId, 'digest', first.dedupKey]
      .filter(Boolean)
      .join(':'),
  };
}

/** Cuts findings into lists that have room in a message. */
function lists(findings: readonly Alert[]): readonly (readonly Alert[])[] {
  const found: Alert[][] = [];
  let size = Infinity;
  for (const finding of findings) {
    const bytes = Buffer.byteLength(JSON.stringify([row(finding), finding.targets]));
    if (size + bytes > listLimit) {
      found.push([]);
      size = 0;
    }
    found.at(-1)?.push(finding);
    size += bytes;
  }
  return found;
}
