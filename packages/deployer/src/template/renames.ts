/** Parameters of rules that had other names before. Pure. */
import type { ParameterSpec } from '@patrol/core/evaluation';

/** The parameters of a rule, by the names that they have today. */
type Specs = Readonly<Record<string, Pick<ParameterSpec, 'formerly'>>>;

/** Today's name of a parameter, by a former one; `undefined` for every other name. */
export const presentName = (specs: Specs, former: string): string | undefined =>
  Object.keys(specs).find((name) => specs[name]?.formerly?.includes(former));

/** The former names of all parameters of a rule. */
export const formerNames = (specs: Specs): readonly string[] =>
  Object.values(specs).flatMap(({ formerly = [] }) => formerly);

/** The name under which values have a parameter: today's goes before former ones. `undefined` where they do not have it. */
export const nameIn = (
  values: Readonly<Record<string, unknown>>,
  name: string,
  spec: Pick<ParameterSpec, 'formerly'> | undefined,
): string | undefined =>
  [name, ...(spec?.formerly ?? [])].find((each) => Object.hasOwn(values, each));

/** A former name of a parameter that is in use, and today's. */
export interface Renamed {
  readonly former: string;
  readonly name: string;
}

/** The same in words. */
export const renamedWords = ({ former, name }: Renamed): string =>
  `The parameter ${former} is now called ${name}. Write ${name} instead.`;

/** The former names that values use. */
export const renamedIn = (
  values: Readonly<Record<string, unknown>>,
  specs: Specs,
): readonly Renamed[] =>
  Object.keys(values).flatMap((former) => {
    const name = presentName(specs, former);
    return name === undefined ? [] : [{ former, name }];
  });
