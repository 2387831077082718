/** Asks the simulator, in as few requests as possible. */
import type { Decision, SimulationRequest, Simulator } from '../simulator.ts';
import { keyOf, type Pair } from './questions.ts';

/** The most pairs in one request. The only limit that IAM documents is 1,000 results for each page of the answer. */
const mostInRequest = 100;
/** Nothing more is asked after so many pairs that the caller does not have. */
const enough = 20;

/** What IAM said. */
export interface Answer {
  /** The pairs that the caller does not have, each with what gives it. */
  readonly beyond: readonly (Decision & Pick<Pair, 'from'>)[];
  /** The number of pairs with an answer. */
  readonly asked: number;
  /** Why IAM refused to answer for other pairs. */
  readonly refused: string | undefined;
}

/** Asks about pairs, as many at a time as possible. */
export async function ask(
  pairs: readonly Pair[],
  simulator: Simulator,
  about: Pick<SimulationRequest, 'region' | 'principal' | 'context'>,
): Promise<Answer> {
  const beyond: Answer['beyond'][number][] = [];
  const from = new Map(pairs.map((pair) => [keyOf(pair), pair.from]));
  let asked = 0;
  let refused: string | undefined;
  for (const { actions, resources } of requestsFor(pairs)) {
    if (beyond.length >= enough) break;
    const answer = await simulator.simulate({ ...about, actions, resources });
    if ('refused' in answer) {
      refused ??= answer.refused;
      continue;
    }
    asked += answer.length;
    for (const decision of answer) {
      if (decision.isAllowed) continue;
      beyond.push({ ...decision, from: from.get(keyOf(decision)) ?? decision.action });
    }
  }
  return { beyond, asked, refused };
}

/** Groups pairs by their resources and actions. An action that IAM may refuse has a request of its own. */
function requestsFor(
  pairs: readonly Pair[],
): readonly { readonly actions: readonly string[]; readonly resources: readonly string[] }[] {
  const byResource = grouped(
    pairs,
    ({ resource, isWild, action }) => `${isWild ? action : ''} ${resource}`,
  );
  const byActions = grouped(byResource, (group) => group.map(({ action }) => action).join(' '));
  return byActions.flatMap((groups) => {
    const actions = chunks(
      (groups[0] ?? []).map(({ action }) => action),
      mostInRequest,
    );
    const resources = groups.flatMap(([first]) => (first ? [first.resource] : []));
    return actions.flatMap((some) =>
      chunks(resources, Math.max(1, Math.floor(mostInRequest / some.length))).map((few) => ({
        actions: some,
        resources: few,
      })),
    );
  });
}

function grouped<T>(list: readonly T[], keyOf: (item: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const item of list) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups.values()];
}

const chunks = <T>(list: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  );
