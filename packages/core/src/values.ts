/** Reads the values of parameters as every function and every command does. */
import { readExpressions } from './expressions.ts';
import {
  type Parameters,
  type ParameterSpec,
  parseParameterWith,
  readParametersWith,
  type Values,
} from './parameter.ts';

/**
 * Reads all values of a rule's parameters from their texts, as the operator typed them.
 *
 * @param read gives the text of a parameter, or `undefined` where there is none (the default then applies).
 * @throws ParametersError with every problem at once.
 *
 * @example
 * ```ts
 * import { readParameters } from '@patrol/core/evaluation';
 *
 * const declared = { days: number('How many days are left.', { default: '30' }) };
 * readParameters(declared, () => undefined).days; // → 30
 * readParameters(declared, () => '7').days; // → 7
 * ```
 */
export const readParameters = <P extends Parameters>(
  parameters: P,
  read: (name: string) => string | undefined,
): Values<P> => readParametersWith(readExpressions, parameters, read);

/**
 * Parses the text of one parameter.
 *
 * @param name the parameter's, for what would mute a finding.
 * @returns a string, a number, `Matchers` or a `SecretReference`, by the parameter's kind.
 * @throws an Error whose message says what was found and what is allowed.
 */
export const parseParameter = (
  spec: ParameterSpec,
  given: string | undefined,
  name?: string,
): unknown => parseParameterWith(readExpressions, spec, given, name);
