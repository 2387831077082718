/** Announcements of deployments: which hold, whose they are, and whether what they say has come about. Pure. */
import { type CloudTrailRecord, isObject, type Matchers, type Target } from '@patrol/core';
import { type AnnouncedStack, longestAnnouncement, stackSetPrefix } from '@patrol/core/contracts';
import { textOf } from '../request.ts';
import type { HealthFinding } from './finding.ts';
import { type Deployed, isBusy, type Written } from './seen.ts';

/** What a run of patrol-deploy announced. */
interface Run {
  readonly id: string;
  /** The ARN of whoever wrote it. The Parameter Store says who that was. */
  readonly by: string;
  readonly at: number;
  readonly until: number;
  readonly stacks: Readonly<Record<string, AnnouncedStack>>;
}

/** CloudTrail cuts the fraction of a second off the time of a call. */
const second = 1000;

/** How long a run is looked back at. It is told once, and a day later it would be told again. */
const lookedAt = 72_000_000;

/** What the announcement says; `undefined` where it is none. */
function read({ by, at, text }: Written): Run | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value) || !isObject(value['stacks'])) return undefined;
  const id = textOf(value['run']);
  const until = Date.parse(String(textOf(value['until'])));
  const stacks = Object.entries(value['stacks']).filter(
    (entry): entry is [string, AnnouncedStack] =>
      Array.isArray(entry[1]) && entry[1].every((item) => typeof item === 'string'),
  );
  return id === undefined || Number.isNaN(until)
    ? undefined
    : { id, by, at, until, stacks: Object.fromEntries(stacks) };
}

/** The names by which an operator may name whoever deploys: the ARN, that of the role, and the last part of either. */
function namesOf(by: string): readonly string[] {
  const [, start = '', role = ''] =
    /^(arn:[^:]*:)sts(?=:)[^/]*:assumed-role\/([^/]+)/.exec(by) ?? [];
  const account = by.split(':')[4] ?? '';
  return role === ''
    ? [by, by.slice(by.lastIndexOf('/') + 1)]
    : [by, `${start}iam::${account}:role/${role}`, role];
}

/** Whether the operator expects somebody to deploy. Where nobody is named, everybody is. */
const isExpected = (by: string, deployers: Matchers): boolean =>
  deployers.items.length === 0 || deployers.find(...namesOf(by)) !== undefined;

const isShort = ({ at, until }: Run): boolean => until - at <= longestAnnouncement;

/** The announcements that hold. */
const holding = (written: readonly Written[], deployers: Matchers): readonly Run[] =>
  written
    .flatMap((each) => read(each) ?? [])
    .filter((run) => isShort(run) && isExpected(run.by, deployers));

/** The calls that give a stack or a stack set another template. */
const withTemplate: ReadonlySet<string> = new Set(['ExecuteChangeSet', 'UpdateStackSet']);

/**
 * Whether a call was announced, by whoever made it and before it was made. A deletion counts only where the operator named
 * who deploys: otherwise an announcement would be a cheap way to delete Patrol quietly. A call with a template counts only
 * where the template was announced: otherwise the schedule could not tell whether the deployment ended as announced.
 */
export function wasAnnounced(
  { userIdentity, eventTime, eventName }: CloudTrailRecord,
  stack: string,
  written: readonly Written[],
  deployers: Matchers,
): boolean {
  const time = Date.parse(eventTime ?? '');
  const isDeletion = eventName.startsWith('Delete');
  const deleting =
    eventName === 'DeleteStackInstances' ? ['remove', 'delete'] : ['delete', 'recreate', 'recover'];
  return holding(written, deployers).some(({ by, at, until, stacks }) => {
    const [doing, template] = Object.hasOwn(stacks, stack) ? (stacks[stack] ?? []) : [];
    return (
      doing !== undefined &&
      by === userIdentity?.arn &&
      at < time + second &&
      time <= until &&
      (template !== undefined || !withTemplate.has(eventName)) &&
      (!isDeletion || (deployers.items.length > 0 && deleting.includes(doing)))
    );
  });
}

/** So many stack sets are looked at: more than anybody has, and few enough for the time that there is. */
const mostStackSets = 300;

/** The stack sets that were announced lately, by their names in the announcement, the latest first. */
export function announcedStackSets(written: readonly Written[], now: number): readonly string[] {
  const recent = written.filter(({ at }) => now - at < lookedAt);
  const names = recent.toReversed().flatMap((each) => Object.keys(read(each)?.stacks ?? {}));
  const all = new Set(names.filter((name) => name.startsWith(stackSetPrefix)));
  return [...all].slice(0, mostStackSets);
}

/** What of announcements is not as it should be, and which deployments ended as announced. */
export function ofAnnouncements(
  written: readonly Written[],
  stacks: readonly Deployed[],
  deployers: Matchers,
  now: number,
): readonly HealthFinding[] {
  const recent = written.filter(({ at }) => now - at < lookedAt);
  const held = holding(recent, deployers);
  const runs = [...new Set(held.map(keyOf))].map((key) => held.filter((run) => keyOf(run) === key));
  return [
    ...recent.flatMap((each) => refused(each, deployers) ?? []),
    ...runs.flatMap((run) => ended(run, held, stacks, now) ?? []),
  ];
}

/** What tells runs apart: nobody can add to the run of somebody else. */
const keyOf = ({ id, by }: Run): string => `${id} ${by}`;

/** Why an announcement does not hold. */
function refused(each: Written, deployers: Matchers): HealthFinding | undefined {
  const run = read(each);
  const finding = (title: string, why: string): HealthFinding => ({
    key: `announcement:${each.at}`,
    severity: 'high',
    title: `${title} by ${each.by}`,
    summary: `${each.by} announced a deployment of Patrol at ${timeOf(each.at)}. ${why} It does not hold: each call is alerted on.`,
    facts: { by: each.by, at: timeOf(each.at) },
    group: 'announcement',
  });
  if (!run) return finding('Announcement that cannot be read', 'It is not one of patrol-deploy.');
  if (!isExpected(each.by, deployers)) {
    return finding(
      'Deployment announced',
      'The parameter deployers does not name them among those who deploy.',
    );
  }
  return isShort(run)
    ? undefined
    : finding('Deployment announced for too long', `It is to end at ${timeOf(run.until)}.`);
}

const timeOf = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** How a run ended; `undefined` while it goes on. */
function ended(
  run: readonly Run[],
  all: readonly Run[],
  seen: readonly Deployed[],
  now: number,
): HealthFinding | undefined {
  const [first] = run;
  if (!first) return undefined;
  const until = Math.max(...run.map((each) => each.until));
  const named = run.flatMap(({ stacks, at }) =>
    Object.entries(stacks).map(([name, wanted]) => ({ name, wanted, at })),
  );
  // A later run says what becomes of the stack.
  const own = named.filter(
    ({ name, at }) => !all.some((other) => other.at > at && Object.hasOwn(other.stacks, name)),
  );
  const others = own.filter(({ name, wanted }) => !isAsAnnounced(wanted, stackOf(name, seen)));
  const { by, id } = first;
  // Anybody can take the id of a run that was told today. AWS gives the time.
  const last = timeOf(Math.max(...run.map(({ at }) => at)));
  const names = named.map(({ name }) => name).join(', ');
  if (others.length === 0) {
    return {
      key: `announced:${id}:${last}`,
      severity: 'low',
      title: `Deployment of ${countOf(named)} by ${by} ended as announced`,
      summary: `${by} announced at ${timeOf(first.at)} what is to become of ${names}. All have the template and the code that were announced.`,
      facts: { by, at: timeOf(first.at), stacks: names },
      group: 'announced',
    };
  }
  if (now <= until || others.some(({ name }) => isBusy(stackOf(name, seen)?.status ?? ''))) {
    return undefined;
  }
  const left = others.map(({ name }) => name).join(', ');
  return {
    key: `unlike announced:${id}:${last}`,
    severity: 'high',
    title: `Deployment by ${by} did not end as announced`,
    summary: `${by} announced at ${timeOf(first.at)} a deployment that was to end at ${timeOf(until)}. These stacks have another template or other code than was announced, or are not there: ${left}.`,
    facts: { by, at: timeOf(first.at), stacks: left },
    targets: others.map(({ name }) => targetOf(name)),
    group: 'announcement',
  };
}

const stackOf = (name: string, seen: readonly Deployed[]): Deployed | undefined =>
  seen.find((stack) => stack.name === name);

const isStackSet = (name: string): boolean => name.startsWith(stackSetPrefix);

const targetOf = (name: string): Target =>
  isStackSet(name)
    ? { type: 'AWS::CloudFormation::StackSet', id: name.slice(stackSetPrefix.length) }
    : { type: 'AWS::CloudFormation::Stack', id: name };

/** `1 stack`, `3 stacks and 2 stack sets`. */
function countOf(named: readonly { readonly name: string }[]): string {
  const sets = named.filter(({ name }) => isStackSet(name)).length;
  const counts = [
    [named.length - sets, 'stack'],
    [sets, 'stack set'],
  ] as const;
  return counts
    .flatMap(([count, what]) => (count === 0 ? [] : `${count} ${what}${count === 1 ? '' : 's'}`))
    .join(' and ');
}

/** Whether a stack is what was announced. What becomes of a recovered stack nobody knows before. */
function isAsAnnounced(
  [doing, template, code]: AnnouncedStack,
  stack: Deployed | undefined,
): boolean {
  if (doing === 'delete') return stack === undefined;
  if (doing === 'recover') return true;
  // Of a stack set that only loses instances no template is announced.
  if (doing === 'remove' && template === undefined) return stack !== undefined;
  return (
    stack !== undefined &&
    !isBusy(stack.status) &&
    template !== undefined &&
    stack.deployed?.templates.includes(template) === true &&
    (code === undefined || stack.deployed.code === code)
  );
}
