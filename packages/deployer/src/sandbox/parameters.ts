/** Which values a rule is tried with. */
import { ParametersError, readParameters } from '@patrol/core';
import type { RuleManifest } from '@patrol/core/manifest';
import { UsageError } from '../errors.ts';

/** The values of all parameters of a rule, as texts. */
export interface ChosenParameters {
  readonly values: Readonly<Record<string, string>>;
  /** The names of those that the rule's author gave as an example, since there is neither a given value nor a default. */
  readonly examples: readonly string[];
}

/**
 * Chooses each parameter's value: the given one, else the default, else the example.
 *
 * @throws UsageError for a name that the rule does not have and for values that it would refuse, with every problem.
 */
export function chooseParameters(
  rule: RuleManifest,
  given: Readonly<Record<string, string>>,
): ChosenParameters {
  const known = Object.keys(rule.parameters);
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(rule.parameters, name));
  if (unknown.length > 0) {
    throw new UsageError(
      `${rule.name} has no parameter ${unknown.join(', ')}. ` +
        (known.length > 0 ? `It has ${known.join(', ')}.` : 'It has none at all.'),
    );
  }
  const values: Record<string, string> = {};
  const examples: string[] = [];
  for (const [name, { default: standard, example }] of Object.entries(rule.parameters)) {
    const value = Object.hasOwn(given, name) ? given[name] : (standard ?? example);
    if (value === undefined) continue;
    values[name] = value;
    if (!Object.hasOwn(given, name) && standard === undefined) examples.push(name);
  }
  try {
    readParameters(rule.parameters, (name) => values[name]);
  } catch (error) {
    if (!(error instanceof ParametersError)) throw error;
    throw new UsageError(
      `${rule.name} cannot run with these parameters:\n` +
        error.problems.map((problem) => `  ${problem}`).join('\n') +
        '\nGive a value with --param name=value.',
    );
  }
  return { values, examples };
}

/** One line that says which examples are used; empty when there are none. */
export const examplesNote = ({ values, examples }: ChosenParameters): string =>
  examples.length === 0
    ? ''
    : `With the example ${examples.length === 1 ? 'value' : 'values'} of ` +
      `${examples.map((name) => `${name} (${values[name]})`).join(', ')}; choose others with --param name=value.`;
