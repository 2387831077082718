/**
 * A rule's template for a stack set, the same in all regions. Pure.
 *
 * A stack set has one template, and one value for each parameter. Some values differ between regions, such as the bucket with
 * the code. Overrides of parameters do not reach accounts that join a unit later. So these values become a mapping of the
 * template, which every account gets.
 */
import { isObject } from '@patrol/core';
import { fields, intrinsic, references } from './functions.ts';
import type { Template } from './template.ts';
import { mapValues, picked, type Texts } from '../text/records.ts';

/** The mapping of the values that differ between regions. */
const mapping = 'Regional';

/** Values of a parameter, by region. */
export type ByRegion = Texts;

/**
 * Splits the values of parameters into those that are the same in all regions and those that are not.
 *
 * @param values by region, then by parameter. All regions have the same parameters.
 */
export function splitValues(values: Readonly<Record<string, Texts>>): {
  readonly same: Texts;
  readonly regional: Readonly<Record<string, ByRegion>>;
} {
  const regions = Object.keys(values).toSorted();
  const names = Object.keys(values[regions[0] ?? ''] ?? {});
  const same: Record<string, string> = {};
  const regional: Record<string, ByRegion> = {};
  for (const name of names) {
    const texts = regions.map((region): [string, string] => [region, values[region]?.[name] ?? '']);
    const first = texts[0]?.[1] ?? '';
    if (texts.every(([, text]) => text === first)) same[name] = first;
    else regional[name] = Object.fromEntries(texts);
  }
  return { same, regional };
}

/**
 * Replaces parameters of a template by a mapping of their values in each region.
 *
 * @param computed what stands for parameters whose values differ between accounts.
 */
export function regionalTemplate(
  template: Template,
  regional: Readonly<Record<string, ByRegion>>,
  computed: Readonly<Record<string, unknown>> = {},
): Template {
  const names = [...Object.keys(regional), ...Object.keys(computed)];
  if (names.length === 0) return template;
  const body: Record<string, unknown> = JSON.parse(template.text);
  const { Parameters = {}, Rules, Mappings, ...rest } = body;
  const byRegion: Record<string, Record<string, string>> = {};
  for (const [name, texts] of Object.entries(regional)) {
    for (const [region, text] of Object.entries(texts)) {
      byRegion[region] = { ...byRegion[region], [name]: text };
    }
  }
  const parameters = picked(Parameters as Template['parameters'], (name) => !names.includes(name));
  const isRegional = (name: string): boolean => names.includes(name);
  const filled = fields(mapped(rest, isRegional, computed));
  const left = references(filled).find(isRegional);
  if (left !== undefined) {
    throw new Error(
      `The template substitutes \${${left}} in a text; only references to it can differ between regions.`,
    );
  }
  const whole = {
    ...filled,
    ...mappingsOf(Mappings, byRegion),
    Parameters: parameters,
    // Rules cannot use mappings. The deployer has already checked these values itself.
    ...(Rules === undefined || references(Rules).some(isRegional) ? {} : { Rules }),
  };
  return {
    text: JSON.stringify(whole),
    parameters,
    resources: filled['Resources'] as Template['resources'],
  };
}

const mappingsOf = (given: unknown, byRegion: Readonly<Record<string, Texts>>) =>
  given === undefined && Object.keys(byRegion).length === 0
    ? {}
    : { Mappings: { ...fields(given), [mapping]: byRegion } };

/** A copy in which references to regional parameters look up the mapping, and others are what is computed for them. */
function mapped(
  value: unknown,
  isRegional: (name: string) => boolean,
  computed: Readonly<Record<string, unknown>>,
): unknown {
  if (Array.isArray(value)) return value.map((each) => mapped(each, isRegional, computed));
  if (!isObject(value)) return value;
  const [name, operand] = intrinsic(value) ?? [];
  if (name !== 'Ref' || !isRegional(String(operand))) {
    return mapValues(value, (each) => mapped(each, isRegional, computed));
  }
  return (
    computed[String(operand)] ?? { 'Fn::FindInMap': [mapping, { Ref: 'AWS::Region' }, operand] }
  );
}
