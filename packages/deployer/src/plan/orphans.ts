/** What has to be done with stacks that a fleet no longer wants. Pure. */
import type { Stack } from '../cloud/cloud.ts';
import { conditionOf } from '../cloud/states.ts';
import { baseTopics } from '../destinations/base.ts';
import { typedFor } from '../identity/naming.ts';
import { isOfFleet, isPatrols } from '../identity/ownership.ts';
import { shortName, typedNameFor } from '../packages/assembly.ts';
import { unprotectCommand } from '../text/command.ts';
import { compact } from '../text/records.ts';
import { order } from '../text/words.ts';
import { isStopped, isUsed, type PlaceContext } from './context.ts';
import { type Reason, type Refusal, said } from '../view/sentences/reasons.ts';
import { blank } from './stack.ts';
import type { StackStep } from './step.ts';

/** The stacks that are tagged as the fleet's, but that it no longer wants. */
export function orphans(context: PlaceContext, steps: readonly StackStep[]): readonly StackStep[] {
  const { place, wanted, stacks = [], prune } = context;
  const known = new Set(steps.map(({ target }) => target.name));
  const found = stacks
    // What a stack set made here has its tags, but is the stack set's to delete.
    .filter(({ name }) => !name.startsWith('StackSet-') && !known.has(name))
    .filter((stack) => isPatrols(stack) && isOfFleet(stack, wanted))
    .map((current) => {
      const { 'patrol:package': packageName = '', 'patrol:rule': rule = '' } = current.tags;
      const isBase = current.name === wanted.base;
      const named = { rule: typedNameFor(packageName, rule) };
      return { current, isBase, holds: isBase ? { base: wanted.fleet } : named };
    })
    // The base stack last: until then the others may use it.
    .toSorted(
      (a, b) => Number(a.isBase) - Number(b.isBase) || order(typedFor(a.holds), typedFor(b.holds)),
    );
  // Those that will use no topic of the base stack afterwards unless the file says so.
  const settled = new Set(
    steps.filter((step) => !isStopped(step)).map(({ target }) => target.name),
  );
  const earlier = steps.map(({ key }) => key);
  return found.map(({ current, isBase, holds }): StackStep => {
    const start = blank(place, current.name, holds, current);
    const needs = isBase && prune ? [...earlier] : [];
    const decided = removal(context, current, isBase, settled);
    if (decided.verdict === 'change') settled.add(current.name);
    earlier.push(start.key);
    return { ...start, needs, ...decided };
  });
}

function removal(
  context: PlaceContext,
  current: Stack,
  isBase: boolean,
  settled: ReadonlySet<string>,
): Pick<StackStep, 'verdict' | 'operations' | 'reasons'> {
  const { place, wanted, prune } = context;
  const { region } = place;
  if (!prune) {
    const reasons = [{ code: 'unlisted', deleted: false }] as const;
    return { verdict: 'orphaned', operations: [], reasons };
  }
  const refuse = (why: Refusal): ReturnType<typeof removal> => ({
    verdict: 'refused',
    operations: [],
    reasons: [why],
  });
  // Anybody can put tags on a stack. The name must show as well that Patrol created it.
  const { name, tags, terminationProtected } = current;
  const expected = `patrol-${shortName(tags['patrol:package'] ?? '')}-${tags['patrol:rule'] ?? ''}-${tags['patrol:environment'] ?? ''}`;
  if (name !== expected) return refuse({ code: 'misnamed', name, expected });
  // A base stack is protected by its own deployment. It is deleted only where nothing uses it.
  if (terminationProtected && !isBase) {
    const command = unprotectCommand(name, { ...wanted.run, region });
    const about = { stack: said(current), region, isBroken: false, command };
    return refuse({ code: 'protected', ...about });
  }
  if (conditionOf(current) === 'busy') return refuse({ code: 'busy', stack: said(current) });
  const topics = isBase ? baseTopics(place, wanted.base) : [];
  if (topics.some((topic) => isUsed(context, topic, settled))) {
    return refuse({ code: 'baseUsed', base: name });
  }
  const reasons = [
    compact<Reason>({
      code: 'unlisted',
      deleted: true,
      unprotects: terminationProtected || undefined,
    }),
  ];
  return { verdict: 'change', operations: [{ do: 'delete' }], reasons };
}
