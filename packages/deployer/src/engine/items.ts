/** Which suppressions come and go with a plan. CloudFormation has a hash of the file that some of them are in alone. */
import { isObject } from '@patrol/core';
import { stackNames } from '@patrol/core/contracts';
import { type Cloud, orRefusal, type Place } from '../cloud/cloud.ts';
import { inParallel } from '../cloud/parallel.ts';
import { namesAt } from '../identity/naming.ts';
import { isStack, type Plan, type Step, typedOf } from '../plan/step.ts';
import { sha256 } from '../template/template.ts';
import { distinct, jsonIn, type Texts } from '../text/records.ts';
import type { Remark } from '../view/sentences/remarks.ts';

/** So many files are read at once. */
const atOnce = 16;

/** A plan that says which suppressions come and go where no parameter shows them. */
export async function withItems<P extends Plan>(
  plan: P,
  cloudAt: (place: Place) => Promise<Cloud>,
): Promise<P> {
  const found = await inParallel(plan.steps, atOnce, (step) => itemsOf(step, cloudAt));
  const notes = distinct(found.flat());
  return notes.length === 0 ? plan : { ...plan, notes: [...plan.notes, ...notes] };
}

async function itemsOf(
  step: Step,
  cloudAt: (place: Place) => Promise<Cloud>,
): Promise<readonly Remark[]> {
  const { names } = stackNames.parameters;
  const file = step.differences.find(({ name }) => name === names);
  if (step.verdict !== 'change' || !file) return [];
  const content = isStack(step) ? step.wanted?.content : step.wanted?.single.content;
  const shown = step.differences.map(({ before, after }) => `${before},${after}`).join();
  const unseen = (item: string): boolean => !shown.includes(item.replace(/ in \w+$/, ''));
  const after = itemsIn(content?.names?.text);
  const { place } = step.target;
  const before = file.before ? await storedAt(place, file.before, await cloudAt(place)) : [];
  const rule = typedOf(step);
  if (before === undefined) {
    // Not a word of what nobody can tell, unless there is something.
    return after.some(unseen) ? [{ code: 'unknownItems', rule }] : [];
  }
  const added = after.filter((item) => !before.includes(item) && unseen(item));
  const removed = before.filter((item) => !after.includes(item) && unseen(item));
  return added.length + removed.length > 0 ? [{ code: 'items', rule, added, removed }] : [];
}

/** The items of the file with this hash; `undefined` where it cannot be read. */
async function storedAt(
  place: Place,
  hash: string,
  cloud: Cloud,
): Promise<readonly string[] | undefined> {
  const stored = await orRefusal(cloud.readText(namesAt(place, hash)), () => undefined);
  // In a zip that compresses nothing, the file is as it is behind its name.
  const [, rest = ''] = stored?.text.split(`${hash}.json`) ?? [];
  const text = rest.slice(0, rest.lastIndexOf('}') + 1);
  return sha256(text) === hash ? itemsIn(text) : undefined;
}

/** The items of a file, with their last days. */
function itemsIn(text = ''): readonly string[] {
  const file = text === '' ? undefined : jsonIn(text);
  const all = isObject(file) && Array.isArray(file['suppressions']) ? file['suppressions'] : [];
  return all.map(({ parameter, item, until }: Texts) => `${item} until ${until} in ${parameter}`);
}
