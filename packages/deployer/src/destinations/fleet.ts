/** Whether anybody gets the alerts and alarms of a fleet. */
import { type Cloud, explain, orRefusal, type Place, type Stack } from '../cloud/cloud.ts';
import { heardThrough } from './base.ts';
import { isMissing, topicsOf } from './confirmed.ts';
import type { OutputOf, Subscription } from '../notes/objects.ts';
import type { Unconfirmed } from '../notes/parts.ts';
import { inParallel } from '../cloud/parallel.ts';
import type { Tell } from '../notes/tell.ts';
import { awsCommand, type RunScope } from '../text/command.ts';
import { enumerated, order } from '../text/words.ts';

/** The stacks of a fleet in an account and region. */
export interface PlacedStacks {
  readonly place: Place;
  readonly stacks: readonly Stack[];
}

/** The places that are looked at at once. */
const placesAtOnce = 16;

type Topics = OutputOf<'fleetPlan'>['unconfirmed'];

/** What there is to say of the subscriptions of a fleet’s topics. */
export interface Subscriptions {
  /** Who has to confirm what, and topics that nobody listens to. */
  readonly unconfirmed: Topics;
  /** Topics that are not there although stacks send to them: what they send is lost. */
  readonly lost: Topics;
  /** Where it could not be found out. */
  readonly notes: readonly string[];
}

/** Tells who has to confirm what, and what is lost. */
export function tellSubscriptions({ unconfirmed, lost, notes }: Subscriptions, tell: Tell): void {
  for (const message of notes) tell({ type: 'warning', message });
  for (const { message, what, topics, stacks, endpoints } of unconfirmed) {
    tell({ type: 'warning', message, unconfirmed: { what, topics, stacks, endpoints } });
  }
  for (const { message, what, topics, stacks, endpoints } of lost) {
    tell({ type: 'warning', message, lost: { what, topics, stacks, endpoints } });
  }
}

/** So many stacks are named; of more it is said how many. */
const mostNamed = 3;

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
    const uses = usesOf(place, stacks);
    if (uses.size === 0) return nothing;
    const reading = subscriptionsIn(place, uses, await clouds.at(place), run);
    return orRefusal(reading, (error): Subscriptions => {
      const what = `It is not known whether anybody receives the alerts of ${place.region}.`;
      return { ...nothing, notes: [`${what} ${explain(error)}`] };
    });
  });
  return {
    unconfirmed: found.flatMap(({ unconfirmed }) => unconfirmed),
    lost: found.flatMap(({ lost }) => lost),
    notes: found.flatMap(({ notes }) => notes),
  };
}

const nothing: Subscriptions = { unconfirmed: [], lost: [], notes: [] };

async function subscriptionsIn(
  place: Place,
  uses: ReadonlyMap<string, Use>,
  cloud: Cloud,
  run: RunScope,
): Promise<Subscriptions> {
  const subscriptions = await cloud.allSubscriptions();
  const lost: Topics[number][] = [];
  const there = new Map<string, Use>();
  for (const [topic, use] of uses) {
    // A topic without any subscription may not even be there.
    const isKnown = subscriptions.some((each) => each.topic === topic);
    if (isKnown || !(await isMissing(cloud, topic))) there.set(topic, use);
    else lost.push(gone(place, topic, use, run));
  }
  return { ...nothing, unconfirmed: unconfirmedIn(place, there, subscriptions), lost };
}

/** What to do about a topic that somebody deleted outside CloudFormation: a new one with the same name replaces it. */
const gone = ({ region, account }: Place, topic: string, { what, stacks }: Use, run: RunScope) => {
  const name = topic.split(':').at(-1) ?? '';
  const by = stacks.length > mostNamed ? `${stacks.length} stacks` : enumerated(stacks);
  const scope = { ...run, region };
  const create = awsCommand(['sns', 'create-topic', '--name', name], scope);
  const email = ['--protocol', 'email', '--notification-endpoint', 'ADDRESS'];
  const subscribe = awsCommand(['sns', 'subscribe', '--topic-arn', topic, ...email], scope);
  const message = `There is no topic ${topic}: the ${what} of ${by} in ${region} are lost. Somebody deleted it outside CloudFormation. \`${create}\` creates it again, and \`${subscribe}\` subscribes an address.`;
  return { message, region, account, what, topics: [topic], stacks, endpoints: [] };
};

/** What is sent to a topic, and by which stacks. */
interface Use {
  readonly what: string;
  readonly stacks: string[];
}

/** The topics of an account and region that its stacks send to. */
function usesOf({ account, region }: Place, stacks: readonly Stack[]): ReadonlyMap<string, Use> {
  const uses = new Map<string, Use>();
  // AWS gives them in the order in which they were made, which is another one every time.
  for (const stack of stacks.toSorted((one, other) => order(one.name, other.name))) {
    for (const [what, topic = ''] of Object.entries(topicsOf(stack))) {
      if (!topic.includes(`:sns:${region}:${account}:`)) continue;
      for (const each of heardThrough(topic)) {
        const use = uses.get(each) ?? { what, stacks: [] };
        if (!use.stacks.includes(stack.name)) use.stacks.push(stack.name);
        uses.set(each, use);
      }
    }
  }
  return uses;
}

function unconfirmedIn(
  { region, account }: Place,
  uses: ReadonlyMap<string, Use>,
  subscriptions: readonly Subscription[],
): Topics {
  const silent = [...uses].flatMap(([topic, use]) => {
    const own = subscriptions.filter((each) => each.topic === topic);
    const endpoints = own.map(({ endpoint }) => endpoint);
    return own.some(({ confirmed }) => confirmed) ? [] : [{ ...use, topic, endpoints }];
  });
  const groups = Map.groupBy(silent, ({ what, endpoints }) => [what, ...endpoints].join(' '));
  return [...groups.values()].map((group) => {
    const { what = '', endpoints = [] } = group[0] ?? {};
    const topics = group.map(({ topic }) => topic);
    const about = { what, endpoints, topics, stacks: group.flatMap(({ stacks }) => stacks) };
    return { message: unconfirmedWords(region, about), region, account, ...about };
  });
}

/** Who has to confirm what before anything arrives. */
function unconfirmedWords(region: string, { what, topics, stacks, endpoints }: Unconfirmed) {
  const [topic] = topics;
  const named = stacks.length > mostNamed ? `${stacks.length} stacks` : enumerated(stacks);
  const lost = `nobody receives the ${what} of ${named} in ${region}`;
  if (endpoints.length === 0) {
    const which = topics.length === 1 ? topic : `the topics of ${named}`;
    return `Nobody is subscribed to ${which}, so ${lost}.`;
  }
  const many = `${topics.length} subscriptions, one for each stack`;
  const which = topics.length === 1 ? `the subscription to ${topic}` : many;
  const fewer =
    topics.length === 1 ? '' : ' With `alerts: { shared: true }` there is only one to confirm.';
  const confirm = endpoints.length === 1 ? 'confirms' : 'confirm';
  return `Until ${enumerated(endpoints)} ${confirm} ${which}, ${lost}. To confirm, open the link in the message "AWS Notification - Subscription Confirmation" from SNS.${fewer}`;
}
