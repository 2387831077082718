/** What the command line says about a fleet instead of its file. Pure. */
import { unitsListed } from '../cloud/organizations.ts';
import { UsageError } from '../text/errors.ts';
import { unitPattern, type FleetFile } from '../file/file.ts';

/** What the command line may say instead of the file. */
export interface Amendments {
  /** Whether every installed rule is meant, also those that the file does not name; not those that it turns off. */
  readonly all?: boolean | undefined;
  /** The organisational units, or the root, whose accounts get the fleet. */
  readonly units?: readonly string[] | undefined;
}

/**
 * A fleet as the command line wants it.
 *
 * @throws UsageError when that does not go with the file.
 */
export function amended(file: FleetFile, { all = false, units }: Amendments): FleetFile {
  const { fleet } = file;
  if (units !== undefined && fleet.accounts) {
    throw new UsageError(
      '--org deploys to the accounts of organisational units, but the file lists accounts. Remove them from the file, or use another file for the organisation.',
    );
  }
  const wrong = units?.find((unit) => !new RegExp(unitPattern).test(unit));
  // Nobody at all is as wrong: an empty variable of a script, most likely.
  if (wrong !== undefined || units?.length === 0) {
    throw new UsageError(
      `--org expects ids of organisational units (ou-…) or of the root (r-…), separated by commas; found ${JSON.stringify(wrong ?? '')}. ${unitsListed}`,
    );
  }
  return {
    ...file,
    fleet: {
      ...fleet,
      ...(all && { defaults: { ...fleet.defaults, enabled: true } }),
      ...(units && { organization: { ...fleet.organization, organizationalUnits: units } }),
    },
  };
}
