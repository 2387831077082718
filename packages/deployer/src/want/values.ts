/** The text of a parameter from what a fleet says of it: lists joined, suppressions added. Pure. */
import { isObject } from '@patrol/core';
import { type ParameterSpec, parseParameter } from '@patrol/core/evaluation';
import { messageOf } from '../text/errors.ts';
import type { ParameterValue } from '../file/file.ts';
import type { Fault } from '../view/sentences/faults.ts';

/** Kinds of parameters that hold several items, with commas between. */
const lists: readonly ParameterSpec['kind'][] = ['names', 'patterns', 'pairs'];
/** Whether a parameter holds several items. */
export const isList = (spec: ParameterSpec): boolean => lists.includes(spec.kind);

/** A text for CloudFormation, or what is wrong with the value. */
export type Text = { readonly text: string } | { readonly wrong: Fault };

/** The items of a list as its rule will read them; none of a text that it refuses. */
function itemsOf(spec: ParameterSpec, text: string): readonly string[] {
  try {
    const parsed = parseParameter(spec, text);
    return isObject(parsed) && Array.isArray(parsed['written']) ? parsed['written'] : [];
  } catch {
    return [];
  }
}

/**
 * The text of a parameter. Whether the rule accepts it, settling says.
 *
 * @param spec `undefined` for a parameter of the template itself.
 * @param added items of suppressions, behind those of the value.
 */
export function textOf(
  spec: ParameterSpec | undefined,
  value: ParameterValue,
  added: readonly string[] = [],
): Text {
  if (typeof value === 'string' && added.length === 0) return { text: value };
  if (!spec) return { text: [value, added].flat().join(',') };
  if (!isList(spec)) return { wrong: { code: 'oneValue' } };
  const items = [typeof value === 'string' ? itemsOf(spec, value) : value, added]
    .flat()
    .map((item) => item.trim());
  const text = items.join(',');
  const read = itemsOf(spec, text);
  // Brackets that one item leaves open would swallow the comma behind it.
  const broken = read.length > 0 && items.find((item, index) => item !== read[index]);
  return broken === false || broken === undefined
    ? { text }
    : { wrong: { code: 'brokenItem', item: broken } };
}

/** Why a rule refuses the text of a parameter. */
export function refusal(spec: ParameterSpec | undefined, text = ''): Fault | undefined {
  try {
    if (spec) parseParameter(spec, text);
    return undefined;
  } catch (error) {
    return { code: 'value', why: messageOf(error) };
  }
}

/** What is wrong with one item of a list, by itself. */
export function wrongItem(spec: ParameterSpec, item: string): Fault | undefined {
  const text = item.trim();
  const wrong = refusal(spec, text);
  if (wrong !== undefined) return wrong;
  const [first, ...more] = itemsOf(spec, text);
  if (more.length === 0 && first === text) return undefined;
  return { code: 'comma', item: text, escapes: spec.kind !== 'names' };
}

/** Whether an item stands in the value of a list. */
export function holds(spec: ParameterSpec, value: ParameterValue, item: string): boolean {
  const text = textOf(spec, value);
  return 'text' in text && itemsOf(spec, text.text).includes(item.trim());
}

/** The value as it reads best: the items of a list, where joining them gives the same text again. */
export function valueOf(spec: ParameterSpec | undefined, text: string): ParameterValue {
  const items = spec && isList(spec) ? itemsOf(spec, text) : [];
  const again = textOf(spec, items);
  return items.length > 0 && 'text' in again && again.text === text ? items : text;
}
