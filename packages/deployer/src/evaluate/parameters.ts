/** Chooses the parameter values that a rule is tried with. */
import { parseParameter } from '@patrol/core/evaluation';
import type { RuleManifest } from '@patrol/core/contracts';
import { messageOf, UsageError } from '../text/errors.ts';
import { presentName, type Renamed, renamedIn, renamedWords } from '../template/renames.ts';
import { refuseValue, stackParameters, type Template } from '../template/template.ts';
import { own } from '../text/records.ts';

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
    const { former, name } = twice;
    throw new UsageError(
      `${former} is called ${name} today, which is given as well; give it once.`,
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
    const known = own(given, name) ?? standard;
    if (known === undefined && example !== undefined) examples.push(name);
    const value = known ?? example;
    if (value !== undefined) values[name] = value;
  }
  const problems: string[] = [];
  for (const [name, spec] of Object.entries(rule.parameters)) {
    try {
      parseParameter(spec, values[name], name);
    } catch (error) {
      problems.push(`${name}: ${messageOf(error)}`);
    }
  }
  for (const name of ofStack) {
    const text = own(given, name);
    if (text === undefined) continue;
    values[name] = text;
    const wrong = refuseValue(template.parameters[name] ?? {}, text);
    if (wrong) problems.push(`${name}: ${wrong}`);
  }
  if (problems.length > 0) {
    const heading = `${rule.name} cannot run with these parameters:`;
    const lines = problems.map((problem) => `  ${problem}`);
    const todo = 'Give a value with --param name=value.';
    throw new UsageError([heading, ...lines, todo].join('\n'));
  }
  const leftEmpty = Object.entries(rule.parameters).flatMap(([name, { actsOutside }]) =>
    actsOutside && values[name] ? [name] : [],
  );
  for (const name of leftEmpty) values[name] = '';
  return { values, examples, leftEmpty, ...(renamed.length > 0 && { renamed }) };
}

/** Lines about values that the operator may not expect: examples that are used, and parameters that are left empty. */
export function notesOn(chosen: ChosenParameters): readonly string[] {
  const { values, examples, leftEmpty, renamed = [] } = chosen;
  const notes = renamed.map(renamedWords);
  if (examples.length > 0) {
    const used = examples.map((name) => `${name} (${values[name]})`).join(', ');
    const word = examples.length === 1 ? 'value' : 'values';
    notes.push(`With the example ${word} of ${used}; choose others with --param name=value.`);
  }
  if (leftEmpty.length > 0) {
    const why = 'It would make the rule act outside the sandbox.';
    notes.push(`Left empty: ${leftEmpty.join(', ')}. ${why}`);
  }
  return notes;
}
