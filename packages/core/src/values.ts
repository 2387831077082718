/** Reads the values of parameters as every function and every command does. */
import { readExpressions } from './expressions.ts';
import { isObject } from './cloudtrail.ts';
import {
  lasting,
  type Parameters,
  type ParameterSpec,
  parseParameterWith,
  quote,
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
 * Parses the text of one parameter. Refuses what a function could read and would never match: ARNs with other separators than
 * commas.
 *
 * @param name the parameter's, for what would mute a finding.
 * @returns a string, a number, `Matchers` or a `SecretReference`, by the parameter's kind.
 * @throws an Error whose message says what was found and what is allowed.
 */
export function parseParameter(
  spec: ParameterSpec,
  given: string | undefined,
  name?: string,
): unknown {
  const parsed = parseParameterWith(readExpressions, spec, given, name);
  const items = isObject(parsed) && Array.isArray(parsed['written']) ? parsed['written'] : [given];
  for (const written of items) {
    const { item } = lasting(spec, String(written ?? ''));
    const wrong = separatorIn(spec.kind, item);
    if (wrong !== undefined) throw new Error(joinedWords(item, wrong));
  }
  return parsed;
}

/** What separates an ARN from what follows it in a text that should be one ARN; `undefined` where nothing does. */
const separatorIn = (kind: ParameterSpec['kind'], item: string): string | undefined =>
  // In a regular expression a bar is one of its own signs.
  (kind === 'patterns' || kind === 'pairs'
    ? /([;\s])\s*\^?arn:/.exec(item)
    : (/([;|\s])\s*arn:/.exec(item) ?? inOne.exec(item))
  )?.[1];

/** Services in whose ARNs there is none of these characters. Names of alarms, objects and groups may have some. */
const inOne =
  /^arn:[^:]*:(?:iam|sts|sso|kms|sns|sqs|lambda|organizations|cloudtrail|secretsmanager|ssm):.*?([;|\s])/;

/** Says what separates ARNs. */
const joinedWords = (item: string, found: string): string =>
  `${quote(item)} is not one ARN, since it contains ${found.trim() === '' ? 'a blank' : quote(found)}. Separate ARNs with commas.`;

/**
 * What is wrong with a text that should be one name or one ARN.
 *
 * @example
 * ```ts
 * import { refuseJoined } from '@patrol/core/evaluation';
 *
 * refuseJoined('arn:aws:iam::111122223333:role/A'); // → undefined
 * refuseJoined('arn:aws:iam::111122223333:role/A;'); // → '"arn:aws:iam::111122223333:role/A;" is not one ARN, since it contains ";". Separate ARNs with commas.'
 * ```
 */
export function refuseJoined(text: string): string | undefined {
  const wrong = separatorIn('text', text);
  return wrong === undefined ? undefined : joinedWords(text, wrong);
}
