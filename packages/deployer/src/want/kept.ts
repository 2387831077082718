/** What a stack keeps of its values when its rule gets a new version: what the operator chose, but no old default. Pure. */
import type { RuleManifest } from '@patrol/core/contracts';
import type { ParameterSpec } from '@patrol/core/evaluation';
import type { LostValue, OwnValue } from '../notes/parts.ts';
import { stackParameters, type Template } from '../template/template.ts';
import { nameIn, presentName } from '../template/renames.ts';
import { hidden } from '../template/scope.ts';
import type { Given, Ground, Value } from '../destinations/values.ts';
import { own, type Texts } from '../text/records.ts';

/** Values by the names of parameters. */

/** The default of a parameter in the version that is deployed next. */
const nextDefault = (
  { template }: Pick<Ground, 'template'>,
  name: string,
  spec: ParameterSpec | undefined,
): string | undefined => (spec ? spec.default : template.parameters[name]?.Default?.toString());

/** A value that a stack has, and the name of the parameter there: a former one, where it was renamed. */
export interface Kept extends Value {
  readonly name: string;
}

/**
 * The value of a parameter that a stack goes on with; `undefined` where it has none. A value that is no more than the
 * default of the version that stands follows the default of the next one. Nothing tells such a value from the same one
 * given by the operator.
 */
export function keptValue(
  ground: Pick<Ground, 'template' | 'current' | 'defaults'>,
  name: string,
  spec?: ParameterSpec,
): Kept | undefined {
  const parameters = ground.current?.parameters ?? {};
  const found = nameIn(parameters, name, spec);
  const text = found === undefined ? undefined : parameters[found];
  if (found === undefined || text === undefined) return undefined;
  const next = nextDefault(ground, name, spec);
  const isDefault = own(ground.defaults, found) === text;
  return isDefault && next !== undefined && next !== text
    ? { name: found, text: next, from: 'default', was: text }
    : { name: found, text, from: 'stack' };
}

/**
 * The values of a stack that may be defaults of the version that stands: only its template tells.
 *
 * @param given what the operator gives is decided.
 */
export function undecided(
  ground: Pick<Ground, 'rule' | 'template' | 'current'>,
  given: Given['parameters'],
): readonly OwnValue[] {
  const { rule, template } = ground;
  return [...Object.keys(rule.parameters), ...stackParameters(rule, template)].flatMap((name) => {
    const spec = own(rule.parameters, name);
    const next = nextDefault(ground, name, spec);
    const value = keptValue(ground, name, spec)?.text;
    if (value === undefined || value === hidden || next === undefined || next === value) return [];
    return nameIn(given, name, spec) === undefined ? [{ name, value, default: next }] : [];
  });
}

/** The parameters of a rule and of its template. */
interface Declared {
  readonly rule: Pick<RuleManifest, 'parameters'>;
  readonly template: Pick<Template, 'parameters'>;
}

/**
 * The values that a stack loses, since the next version has no parameter for them. One that is no more than a default is no
 * loss; neither is an empty one.
 *
 * @param defaults those of the template that stands; where they are not known, any value may be the operator's.
 */
export function lostValues(
  { rule, template }: Declared,
  parameters: Texts,
  defaults: Texts | undefined,
): readonly LostValue[] {
  return Object.entries(parameters).flatMap(([name, value]) => {
    const present = presentName(rule.parameters, name);
    const isTaken =
      Object.hasOwn(template.parameters, name) ||
      (present !== undefined && nameIn(parameters, present, rule.parameters[present]) === name);
    const isDefault = own(defaults, name) === value;
    return isTaken || isDefault || value === '' ? [] : [{ name, value }];
  });
}
