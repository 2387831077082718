/** Whether anybody gets the alerts and alarms of a fleet. */
import { type Cloud, explain, orRefusal, type Place, type Stack } from '../cloud/cloud.ts';
import { heardThrough } from './base.ts';
import { isMissing, topicsOf } from './confirmed.ts';
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
  /** Who has to confirm what, and topics that nobody listens to. */
  readonly unconfirmed: readonly RemarkOf<'unconfirmed'>[];
  /** Topics that are not there although stacks send to them: what they send is lost. */
  readonly lost: readonly RemarkOf<'lost'>[];
  /** Where it could not be found out. */
  readonly notes: readonly RemarkOf<'unknownSubscriptions'>[];
}

/** Tells who has to confirm what, and what is lost. */
export function tellSubscriptions({ unconfirmed, lost, notes }: Subscriptions, tell: Tell): void {
  for (const remark of notes) tell(warningOf(remark));
  for (const remark of [...unconfirmed, ...lost]) {
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
    const uses = usesOf(place, stacks);
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
    lost: found.flatMap(({ lost }) => lost),
    notes: found.flatMap(({ notes }) => notes),
  };
}

/** There is nothing to say. */
export const nothing: Subscriptions = { unconfirmed: [], lost: [], notes: [] };

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
  return { ...nothing, unconfirmed: unconfirmedIn(place, there, subscriptions), lost };
}

/** What to do about a topic that somebody deleted outside CloudFormation: a new one with the same name replaces it. */
const gone = (
  { region, account }: Place,
  topic: string,
  { what, stacks }: Use,
  run: RunScope,
): RemarkOf<'lost'> => {
  const scope = { ...run, region };
  const name = topic.split(':').at(-1) ?? '';
  const email = ['--protocol', 'email', '--notification-endpoint', 'ADDRESS'];
  return {
    code: 'lost',
    region,
    account,
    what,
    topics: [topic],
    stacks,
    endpoints: [],
    create: awsCommand(['sns', 'create-topic', '--name', name], scope),
    subscribe: awsCommand(['sns', 'subscribe', '--topic-arn', topic, ...email], scope),
  };
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
): Subscriptions['unconfirmed'] {
  const silent = [...uses].flatMap(([topic, use]) => {
    const own = subscriptions.filter((each) => each.topic === topic);
    const endpoints = own.map(({ endpoint }) => endpoint);
    return own.some(({ confirmed }) => confirmed) ? [] : [{ ...use, topic, endpoints }];
  });
  const groups = Map.groupBy(silent, ({ what, endpoints }) => [what, ...endpoints].join(' '));
  return [...groups.values()].map((group) => {
    const { what = '', endpoints = [] } = group[0] ?? {};
    const topics = group.map(({ topic }) => topic);
    const stacks = group.flatMap((each) => each.stacks);
    return { code: 'unconfirmed', region, account, what, topics, stacks, endpoints };
  });
}
