/** Whether anybody gets the alerts and alarms of a fleet. */
import { type Cloud, CloudError, explain, type Place, type Stack } from '../cloud.ts';
import { topicsOf } from '../heard.ts';
import { inParallel } from '../parallel.ts';
import { enumerated } from './problem.ts';

/** The stacks of a fleet in an account and region. */
export interface PlacedStacks {
  readonly place: Place;
  readonly stacks: readonly Stack[];
}

/** The places that are looked at at once. */
const placesAtOnce = 16;

/** So many stacks are named; of more it is said how many. */
const mostNamed = 3;

/**
 * Says which topics of the stacks' own account and region nobody has confirmed a subscription to. Asks for the lists of all
 * subscriptions, so that the number of stacks makes no difference.
 */
export async function unheardTopics(
  all: readonly PlacedStacks[],
  clouds: { readonly at: (place: Place) => Promise<Cloud> },
): Promise<readonly string[]> {
  const messages = await inParallel(all, placesAtOnce, async ({ place, stacks }) => {
    const uses = usesOf(place, stacks);
    if (uses.size === 0) return [];
    try {
      return unheardIn(place, uses, await (await clouds.at(place)).allSubscriptions());
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      return [`Whether anybody gets the alerts of ${place.region} is not known. ${explain(error)}`];
    }
  });
  return messages.flat();
}

/** What is sent to a topic, and by which stacks. */
interface Use {
  readonly what: string;
  readonly stacks: string[];
}

/** The topics of an account and region that its stacks send to. */
function usesOf({ account, region }: Place, stacks: readonly Stack[]): ReadonlyMap<string, Use> {
  const uses = new Map<string, Use>();
  for (const stack of stacks) {
    for (const [what, topic = ''] of Object.entries(topicsOf(stack))) {
      if (!topic.includes(`:sns:${region}:${account}:`)) continue;
      const use = uses.get(topic) ?? { what, stacks: [] };
      use.stacks.push(stack.name);
      uses.set(topic, use);
    }
  }
  return uses;
}

function unheardIn(
  { region }: Place,
  uses: ReadonlyMap<string, Use>,
  subscriptions: Awaited<ReturnType<Cloud['allSubscriptions']>>,
): readonly string[] {
  const groups = new Map<string, { what: string; whom: string; topics: string[]; by: string[] }>();
  for (const [topic, { what, stacks }] of uses) {
    const own = subscriptions.filter((each) => each.topic === topic);
    if (own.some(({ confirmed }) => confirmed)) continue;
    const whom = own.map(({ endpoint }) => endpoint).join(', ');
    const group = groups.get(`${what} ${whom}`) ?? { what, whom, topics: [], by: [] };
    group.topics.push(topic);
    group.by.push(...stacks);
    groups.set(`${what} ${whom}`, group);
  }
  return [...groups.values()].map(({ what, whom, topics, by }) => {
    const [topic] = topics;
    const named = by.length > mostNamed ? `${by.length} stacks` : enumerated(by);
    const until = `until then no ${what} of ${named} in ${region} arrive`;
    if (whom === '') {
      const which = topics.length === 1 ? topic : `the topics of ${named}`;
      return `Nobody is subscribed to ${which}; ${until}.`;
    }
    const which =
      topics.length === 1
        ? `the subscription to ${topic}`
        : `${topics.length} subscriptions, one for each stack (\`alerts: { shared: true }\` makes it one)`;
    return `${whom} has to confirm ${which}; ${until}.`;
  });
}
