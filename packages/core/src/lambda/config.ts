import { type Parameters, readParameters, type Values } from '../parameter.ts';

/**
 * Reads declared parameters from the environment: the helper of functions that are not rules.
 *
 * @throws ParametersError with every missing or bad value.
 */
export const config = <const P extends Parameters>(
  parameters: P,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Values<P> => readParameters(parameters, (name) => environment[name]);
