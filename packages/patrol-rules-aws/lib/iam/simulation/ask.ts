/** Asking the simulator, in as few requests as it takes. */
import type { Decision, SimulationRequest, Simulator } from '../simulator.ts';
import { keyOf, type Pair } from './questions.ts';

/** The most pairs in one request. IAM documents no limit but that a page of its answer has 1,000 results at most. */
const mostInRequest = 100;
/** When so many pairs were found that the caller does not have, nothing more is asked. */
const enough = 20;

/** What IAM said. */
export interface Answer {
  /** What the caller does not have, and what gives it. */
  readonly beyond: readonly (Decision & Pick<Pair, 'from'>)[];
  /** How many pairs there were answers for. */
  readonly asked: number;
  /** Why there was no answer for others. */
  readonly refused: string | undefined;
}

/** Asks about pairs, as many at a time as go together. */
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

/** Puts together what has the same resources and actions. What IAM may refuse is asked by itself. */
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
