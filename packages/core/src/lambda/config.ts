import type { Parameters, Values } from '../parameter.ts';
import { readParameters } from '../values.ts';

/**
 * Reads declared parameters from the environment: the helper of functions that are not rules.
 *
 * @throws ParametersError with every missing or bad value.
 *
 * @example
 * ```ts
 * import { config } from '@patrol/core/lambda';
 *
 * const { retries } = config(
 *   { retries: number('How often it is tried again.', { default: '3' }) },
 *   {},
 * );
 * retries; // → 3
 * ```
 */
export const config = <const P extends Parameters>(
  parameters: P,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Values<P> => readParameters(parameters, (name) => environment[name]);
