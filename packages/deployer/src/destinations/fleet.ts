/** Whether anybody gets the alerts and alarms of a fleet. */
import { type Cloud, explain, orRefusal, type Place, type Stack } from '../cloud/cloud.ts';
import { heardThrough } from './base.ts';
import { isMissing, topicsOf } from './confirmed.ts';
import { addressesOf, withDeleted } from './emails.ts';
import type { Subscription } from '../notes/objects.ts';
import { inParallel } from '../cloud/parallel.ts';
import type { Tell } from '../notes/tell.ts';
import { awsCommand, type RunScope } from '../text/command.ts';
import { order } from '../text/words.ts';
import { type RemarkOf, warningOf } from '../view/sentences/remarks.ts';

/** The stacks of a fleet in an account and region. */
export interface PlacedStacks {
  readonly place: Place;
  readonly stacks: readonly Stack[];
}

/** The places that are looked at at once. */
const placesAtOnce = 16;

/** What there is to say of the subscriptions of a fleet’s topics. */
export interface Subscriptions {
  /** Topics that nobody listens to, and who has to confirm what. */
  readonly unconfirmed: readonly RemarkOf<'unconfirmed'>[];
  /** Who has to confirm what of topics that others listen to. */
  readonly pending: readonly RemarkOf<'pending'>[];
  /** Topics that are not there although stacks send to them: what they send is lost. */
  readonly lost: readonly RemarkOf<'lost'>[];
  /** Where it could not be found out. */
  readonly notes: readonly RemarkOf<'unknownSubscriptions'>[];
}

/** Tells who has to confirm what, and what is lost. */
export function tellSubscriptions(
  { unconfirmed, pending, lost, notes }: Subscriptions,
  tell: Tell,
): void {
  for (const remark of notes) tell(warningOf(remark));
  for (const remark of [...unconfirmed, ...pending, ...lost]) {
    const { code, what, topics, stacks, endpoints } = remark;
    tell({ ...warningOf(remark), [code]: { what, topics, stacks, endpoints } });
  }
}

/**
 * Says which topics of the stacks' own account and region nobody has confirmed a subscription to, and which do not exist. It
 * reads the lists of all subscriptions, so the number of stacks makes no difference.
 *
 * @param run what suggested commands repeat of the run.
 */
export async function readSubscriptions(
  all: readonly PlacedStacks[],
  clouds: { readonly at: (place: Place) => Promise<Cloud> },
  run: RunScope = {},
): Promise<Subscriptions> {
  const found = await inParallel(all, placesAtOnce, async ({ place, stacks }) => {
    const own = `:sns:${place.region}:${place.account}:`;
    const uses = new Map([...usesOf(stacks)].filter(([topic]) => topic.includes(own)));
    if (uses.size === 0) return nothing;
    const reading = subscriptionsIn(place, uses, await clouds.at(place), run);
    return orRefusal(reading, (error): Subscriptions => {
      const { region, account } = place;
      const why = explain(error);
      return { ...nothing, notes: [{ code: 'unknownSubscriptions', region, account, why }] };
    });
  });
  return {
    unconfirmed: found.flatMap(({ unconfirmed }) => unconfirmed),
    pending: found.flatMap(({ pending }) => pending),
    lost: found.flatMap(({ lost }) => lost),
    notes: found.flatMap(({ notes }) => notes),
  };
}

/** Who has to confirm what of one stack. That it cannot be found out never fails a deployment. */
export async function subscriptionsOf(
  cloud: Cloud,
  place: Place,
  stack: Stack,
  run: RunScope,
): Promise<Subscriptions> {
  const read = await Promise.all(
    [...usesOf([stack])].map(async ([topic, use]) => {
      const found = await cloud.subscriptions(topic).catch(() => undefined);
      return found ? ([[topic, use, found]] as const) : [];
    }),
  );
  const known = read.flat();
  const uses = new Map(known.map(([topic, use]) => [topic, use]));
  const all = known.flatMap(([, , found]) => found);
  return { ...nothing, ...unconfirmedIn(place, uses, all, run) };
}

/** There is nothing to say. */
const nothing: Subscriptions = { unconfirmed: [], pending: [], lost: [], notes: [] };

async function subscriptionsIn(
  place: Place,
  uses: ReadonlyMap<string, Use>,
  cloud: Cloud,
  run: RunScope,
): Promise<Subscriptions> {
  const subscriptions = await cloud.allSubscriptions();
  const lost: RemarkOf<'lost'>[] = [];
  const there = new Map<string, Use>();
  for (const [topic, use] of uses) {
    // A topic without any subscription may not even be there.
    const isKnown = subscriptions.some((each) => each.topic === topic);
    if (isKnown || !(await isMissing(cloud, topic))) there.set(topic, use);
    else lost.push(gone(place, topic, use, run));
  }
  return { ...nothing, ...unconfirmedIn(place, there, subscriptions, run), lost };
}

/** The command that subscribes an address, or has SNS send it another message to confirm. */
export const resending = (topic: string, address: string, scope: RunScope): string => {
  const email = ['--protocol', 'email', '--notification-endpoint', address];
  return awsCommand(['sns', 'subscribe', '--topic-arn', topic, ...email], scope);
};

/** What to do about a topic that somebody deleted outside CloudFormation: a new one with the same name replaces it. */
const gone = (
  { region, account }: Place,
  topic: string,
  { what, stacks }: Use,
  run: RunScope,
): RemarkOf<'lost'> => {
  const scope = { ...run, region };
  const name = topic.split(':').at(-1) ?? '';
  return {
    code: 'lost',
    region,
    account,
    what,
    topics: [topic],
    stacks,
    endpoints: [],
    create: awsCommand(['sns', 'create-topic', '--name', name], scope),
    subscribe: resending(topic, 'ADDRESS', scope),
  };
};

/** What is sent to a topic, by which stacks, and who should get it. */
interface Use {
  readonly what: string;
  readonly stacks: string[];
  readonly addresses: string[];
}

/** The topics that stacks send to. */
function usesOf(stacks: readonly Stack[]): ReadonlyMap<string, Use> {
  const uses = new Map<string, Use>();
  // AWS gives them in the order in which they were made, which is another one every time.
  for (const stack of stacks.toSorted((one, other) => order(one.name, other.name))) {
    for (const [what, topic = ''] of Object.entries(topicsOf(stack))) {
      for (const each of topic === '' ? [] : heardThrough(topic)) {
        const use = uses.get(each) ?? { what, stacks: [], addresses: [] };
        if (!use.stacks.includes(stack.name)) use.stacks.push(stack.name);
        use.addresses.push(...addressesOf(stack, what));
        uses.set(each, use);
      }
    }
  }
  return uses;
}

/** Who has not confirmed, grouped by what is said of it: whether others have, and who it is. */
function unconfirmedIn(
  { region, account }: Place,
  uses: ReadonlyMap<string, Use>,
  subscriptions: readonly Subscription[],
  run: RunScope,
): Pick<Subscriptions, 'unconfirmed' | 'pending'> {
  const silent = [...uses].flatMap(([topic, use]) => {
    const listed = subscriptions.filter((each) => each.topic === topic);
    const all = withDeleted(listed, topic, use.addresses);
    const isHeard = all.some(({ confirmed }) => confirmed);
    const waiting = all.filter(({ confirmed }) => !confirmed);
    const endpoints = waiting.map(({ endpoint }) => endpoint);
    const deleted = waiting.flatMap(({ endpoint, isDeleted }) => (isDeleted ? [endpoint] : []));
    return isHeard && waiting.length === 0 ? [] : [{ ...use, topic, isHeard, endpoints, deleted }];
  });
  const groups = Map.groupBy(silent, ({ what, isHeard, endpoints, deleted }) =>
    JSON.stringify([what, isHeard, endpoints, deleted]),
  );
  const remarks = [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const { what, isHeard, endpoints, topic, deleted } = first;
    const topics = group.map((each) => each.topic);
    const stacks = [...new Set(group.flatMap((each) => each.stacks))];
    const [address] = deleted;
    const again = address === undefined ? undefined : resending(topic, address, { ...run, region });
    const about = { region, account, what, topics, stacks, endpoints, ...(again && { again }) };
    return [{ isHeard, about }];
  });
  const of = (heard: boolean) =>
    remarks.flatMap(({ isHeard, about }) => (isHeard === heard ? [about] : []));
  return {
    unconfirmed: of(false).map((about) => ({ code: 'unconfirmed', ...about })),
    pending: of(true).map((about) => ({ code: 'pending', ...about })),
  };
}
