/** What the deletions of a plan take away, in words for the question that is asked before. Pure. */
import {
  type OrganizationPlan,
  type OrganizationStep,
  removedStacks,
  removesStacks,
} from './stacksets.ts';
import type { FleetPlan, FleetStep } from './fleet.ts';
import { enumerated } from '../text/words.ts';

/** Of more accounts it is said how many. */
const mostAccounts = 4;

/** The question that is asked before a plan deletes anything; `undefined` when it deletes nothing. */
export function deletionQuestion(
  { steps }: Pick<FleetPlan, 'steps'>,
  sets: Pick<OrganizationPlan, 'steps'> = { steps: [] },
): string | undefined {
  const deleted = steps.filter(({ action }) => action.do === 'delete');
  const names = [...new Set(deleted.map(({ action }) => action.stack))];
  const accountsDiffer = new Set(deleted.map(({ place }) => place.account)).size > 1;
  const ofSets = sets.steps.flatMap(ofSet);
  const what = [
    ...names.map((name) =>
      ofStack(
        deleted.filter(({ action }) => action.stack === name),
        accountsDiffer,
      ),
    ),
    ...ofSets.map(({ words }) => words),
  ];
  if (what.length === 0) return undefined;
  const count = ofSets.reduce((sum, each) => sum + each.count, deleted.length);
  const total = count === 1 ? '1 stack' : `${count} stacks`;
  return `Delete ${total}, which the file no longer has: ${what.join('; ')}?`;
}

/** A stack, wherever it is deleted. */
function ofStack(steps: readonly FleetStep[], accountsDiffer: boolean): string {
  const [name] = steps.map(({ action }) => action.stack);
  const accounts = new Map<string, string[]>();
  for (const { place } of steps) {
    accounts.set(place.account, [...(accounts.get(place.account) ?? []), place.region]);
  }
  if (accounts.size > mostAccounts) {
    return `${name} in ${accounts.size} accounts (${steps.length} stacks)`;
  }
  const places = [...accounts].map(([account, regions]) =>
    accountsDiffer ? `${enumerated(regions)} (account ${account})` : enumerated(regions),
  );
  return `${name} in ${enumerated(places)}`;
}

/** What a step of an organisation deletes. */
function ofSet(
  step: OrganizationStep,
): readonly { readonly count: number; readonly words: string }[] {
  const { key, instances } = step;
  const words = (what: string, count: number): string =>
    `${what} (${count === 1 ? '1 stack' : `${count} stacks`})`;
  if (step.do === 'delete') {
    return [{ count: instances.total, words: words(`the stack set ${key}`, instances.total) }];
  }
  if (!removesStacks(step)) return [];
  const { count, where } = removedStacks(step);
  return [{ count, words: words(`what the stack set ${key} has in ${where}`, count) }];
}
