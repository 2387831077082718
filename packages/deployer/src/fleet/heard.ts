/** Whether anybody gets the alerts and alarms of a fleet. */
import { type Cloud, CloudError, type Place, type Stack } from '../cloud.ts';
import { topicsOf } from '../heard.ts';
import { inParallel } from '../parallel.ts';

/** A stack and where it stands. */
export interface PlacedStack {
  readonly place: Place;
  readonly stack: Stack;
}

/** The topics that are looked at at once. */
const topicsAtOnce = 16;

/** Says which topics of base stacks nobody has confirmed yet. What may not be looked at is passed over. */
export async function unheardTopics(
  bases: readonly PlacedStack[],
  clouds: { readonly at: (place: Place) => Promise<Cloud> },
): Promise<readonly string[]> {
  const topics = bases.flatMap(({ place, stack }) =>
    Object.entries(topicsOf(stack)).flatMap(([what, topic]) =>
      topic === undefined ? [] : [{ place, what, topic }],
    ),
  );
  const messages = await inParallel(topics, topicsAtOnce, async ({ place, what, topic }) => {
    const cloud = await clouds.at(place);
    const subscriptions = await cloud.subscriptions(topic).catch((error: unknown) => {
      if (error instanceof CloudError) return undefined;
      throw error;
    });
    if (!subscriptions || subscriptions.some(({ confirmed }) => confirmed)) return [];
    const whom = subscriptions.map(({ endpoint }) => endpoint).join(', ') || 'Nobody';
    const has = subscriptions.length > 0 ? 'has to confirm its subscription to' : 'listens to';
    return [`${whom} ${has} ${topic}; until then no ${what} of ${place.region} arrive.`];
  });
  return messages.flat();
}
