/** Chooses the parameter values that a rule is tried with. */
import { ParametersError, readParameters } from '@patrol/core/evaluation';
import type { RuleManifest } from '@patrol/core/contracts';
import { UsageError } from '../text/errors.ts';
import { presentName, type Renamed, renamedIn, renamedWords } from '../template/renames.ts';
import { refuseValue, stackParameters, type Template } from '../template/template.ts';

/** The values of all parameters of a rule, and of those of its stack that were given. */
export interface ChosenParameters {
  readonly values: Readonly<Record<string, string>>;
  /** Parameters with the example of the rule's author, because no value was given and there is no default. */
  readonly examples: readonly string[];
  /** Parameters that were given and are left empty, because they make the rule act outside the sandbox. */
  readonly leftEmpty: readonly string[];
  /** Parameters that were given by former names. */
  readonly renamed?: readonly Renamed[];
}

/**
 * Chooses each parameter's value: the given one, else the default, else the example. A parameter that makes the rule act
 * outside the sandbox is checked and then left empty.
 *
 * @throws UsageError with every problem: names that neither the rule nor its stack has, and values that they refuse.
 */
export function chooseParameters(
  rule: Pick<RuleManifest, 'name' | 'parameters'>,
  template: Pick<Template, 'parameters'>,
  typed: Readonly<Record<string, string>>,
): ChosenParameters {
  const renamed = renamedIn(typed, rule.parameters);
  const twice = renamed.find(({ name }) => Object.hasOwn(typed, name));
  if (twice) {
    throw new UsageError(
      `${twice.former} is called ${twice.name} today, which is given as well; give it once.`,
    );
  }
  const given = Object.fromEntries(
    Object.entries(typed).map(([name, text]) => [presentName(rule.parameters, name) ?? name, text]),
  );
  const ofStack = stackParameters(rule, template);
  const known = [...Object.keys(rule.parameters), ...ofStack];
  const unknown = Object.keys(given).filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new UsageError(
      `${rule.name} has no parameter ${unknown.join(', ')}. ` +
        (known.length > 0 ? `It has ${known.join(', ')}.` : 'It has no parameters.'),
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
  const problems: string[] = [];
  try {
    readParameters(rule.parameters, (name) => values[name]);
  } catch (error) {
    if (!(error instanceof ParametersError)) throw error;
    problems.push(...error.problems);
  }
  for (const name of ofStack.filter((candidate) => Object.hasOwn(given, candidate))) {
    const text = given[name] ?? '';
    values[name] = text;
    const wrong = refuseValue(template.parameters[name] ?? {}, text);
    if (wrong) problems.push(`${name}: ${wrong}`);
  }
  if (problems.length > 0) {
    throw new UsageError(
      `${rule.name} cannot run with these parameters:\n` +
        problems.map((problem) => `  ${problem}`).join('\n') +
        '\nGive a value with --param name=value.',
    );
  }
  const leftEmpty = Object.entries(rule.parameters).flatMap(([name, { actsOutside }]) =>
    actsOutside && values[name] ? [name] : [],
  );
  for (const name of leftEmpty) values[name] = '';
  return { values, examples, leftEmpty, ...(renamed.length > 0 ? { renamed } : {}) };
}

/** Lines about values that the operator may not expect: examples that are used, and parameters that are left empty. */
export const notesOn = ({
  values,
  examples,
  leftEmpty,
  renamed = [],
}: ChosenParameters): readonly string[] => [
  ...renamed.map(renamedWords),
  ...(examples.length === 0
    ? []
    : [
        `With the example ${examples.length === 1 ? 'value' : 'values'} of ` +
          `${examples.map((name) => `${name} (${values[name]})`).join(', ')}; choose others with --param name=value.`,
      ]),
  ...(leftEmpty.length === 0
    ? []
    : [`Left empty: ${leftEmpty.join(', ')}. It would make the rule act outside the sandbox.`]),
];
