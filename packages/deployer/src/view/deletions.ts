/** What the deletions of a plan take away, in words for the question that is asked before. Pure. */
import { removedStacks, removesStacks } from '../plan/stacksets.ts';
import * as plans from '../plan/step.ts';
import { counted, enumerated } from '../text/words.ts';
import { scopesWords } from './sentences/reasons.ts';

/** Of more accounts it is said how many. */
const mostAccounts = 4;

/** The question that is asked before a plan deletes anything; `undefined` when it deletes nothing. */
export function deletionQuestion(plan: Pick<plans.Plan, 'steps'>): string | undefined {
  const deleted = plans.stackSteps(plan).filter((step) => plans.doingOf(step) === 'delete');
  const names = [...new Set(deleted.map(({ target }) => target.name))];
  const accountsDiffer = new Set(deleted.map(({ target }) => target.place.account)).size > 1;
  const ofSets = plans.stackSetSteps(plan).flatMap(ofSet);
  const what = [
    ...names.map((name) =>
      ofStack(
        deleted.filter(({ target }) => target.name === name),
        accountsDiffer,
      ),
    ),
    ...ofSets.map(({ words }) => words),
  ];
  if (what.length === 0) return undefined;
  const count = ofSets.reduce((sum, each) => sum + each.count, deleted.length);
  return `Delete ${counted(count, 'stack')} that the file no longer lists: ${what.join('; ')}?`;
}

/** A stack, wherever it is deleted. */
function ofStack(steps: readonly plans.StackStep[], accountsDiffer: boolean): string {
  const [name] = steps.map(({ target }) => target.name);
  const places = steps.map(({ target }) => target.place);
  const accounts = Map.groupBy(places, ({ account }) => account);
  if (accounts.size > mostAccounts) {
    return `${name} in ${accounts.size} accounts (${steps.length} stacks)`;
  }
  const where = [...accounts].map(([account, found]) => {
    const regions = enumerated(found.map(({ region }) => region));
    return accountsDiffer ? `${regions} (account ${account})` : regions;
  });
  return `${name} in ${enumerated(where)}`;
}

/** What a step of an organisation deletes. */
function ofSet(
  step: plans.StackSetStep,
): readonly { readonly count: number; readonly words: string }[] {
  const { key, counts } = step;
  const words = (what: string, count: number): string => `${what} (${counted(count, 'stack')})`;
  if (plans.doingOf(step) === 'delete') {
    return [{ count: counts.total, words: words(`the stack set ${key}`, counts.total) }];
  }
  if (!removesStacks(step)) return [];
  const { count, scopes } = removedStacks(step);
  return [
    { count, words: words(`stacks of the stack set ${key} in ${scopesWords(scopes)}`, count) },
  ];
}
