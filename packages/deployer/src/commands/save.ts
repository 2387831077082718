/** `patrol-deploy save`: what stands in AWS, as the file of a fleet. */
import { cloudsOf } from '../engine/clouds.ts';
import { schemaFile } from '../want/init.ts';
import { groundIn, readPlaces } from '../engine/look.ts';
import { savedDefaults } from '../engine/defaults.ts';
import { deployedRules, saveFleet, type SaveOptions } from '../plan/save.ts';
import { mayWrite, writeFleet, writtenBefore } from './written.ts';
import { OperatorError, UsageError } from '../text/errors.ts';
import type { Account } from '../file/file.ts';
import { objectOf } from '../view/machine.ts';
import { printable } from '../text/printable.ts';
import { compact } from '../text/records.ts';
import { isShared } from '../want/lines.ts';
import { type Remark, remarkWords } from '../view/sentences/remarks.ts';
import type { World } from './world.ts';
import type { CloudOptions } from '../cloud/options.ts';

/** What `patrol-deploy save` is told. */
export interface SaveCommand extends Pick<CloudOptions, 'profile'> {
  readonly environment: string;
  readonly fleet: string;
  /** That of the environment when left out or empty. */
  readonly regions?: readonly string[];
  /** Names of rules, with `*` for any run of characters; all when empty. */
  readonly only: readonly string[];
  /** The file, as it was typed. */
  readonly output?: string;
  /** The accounts to read, by their ids: that of the credentials when left out. */
  readonly accounts?: readonly string[];
  /** The name of the role that is assumed in them, and the external id that it asks for. */
  readonly role?: string;
  readonly externalId?: string;
  readonly json?: boolean;
}

/** Writes what stands as the file of a fleet. What the file cannot say is told on standard error. */
export async function save(command: SaveCommand, world: World): Promise<number> {
  const { environment, fleet, output, profile, only, accounts: ids, role, externalId } = command;
  if (command.json && output !== undefined) {
    throw new UsageError('save takes one of --json and --output, not both.');
  }
  if (output !== undefined && !(await mayWrite(output, world))) return 1;
  const regions = command.regions?.length
    ? command.regions
    : [(await (await world.cloud({ profile })).place()).region];
  const ground = await groundIn(regions[0] ?? '', { profile }, world);
  const { account: own, partition } = ground;
  // In the account of the credentials nothing has to be assumed.
  const accounts = ids?.map((id) =>
    compact<Account>({ id, ...(id !== own && { role, externalId }) }),
  );
  const unreachable = accounts?.find((each) => each.id !== own && each.role === undefined);
  if (unreachable) {
    throw new UsageError(
      `The credentials are of the account ${own}. To read ${unreachable.id}, name a role in it with --role.`,
    );
  }
  const places = (accounts ?? [{ id: own } as Account]).flatMap((account) =>
    regions.map((region) => ({
      place: { account: account.id, region, partition },
      ...(account.role !== undefined && { role: account.role }),
      ...(account.externalId !== undefined && { externalId: account.externalId }),
    })),
  );
  const clouds = cloudsOf(world, { profile }, { places });
  const current = await readPlaces({ places }, clouds, world);
  const failures = current.flatMap((found) => ('failure' in found ? [found.failure] : []));
  // What is missing from a saved file would be taken for unwanted.
  if (failures.length > 0) throw new OperatorError(failures.join('\n'));
  const before = output === undefined ? undefined : writtenBefore(output, world);
  const options = compact<SaveOptions>({
    fleet,
    environment,
    schema: `./${schemaFile}`,
    only: only.length > 0 ? only : undefined,
    packages: before?.packages,
    accounts,
  });
  const rules = deployedRules(current, options, ground);
  const defaults = await savedDefaults(rules, clouds, world);
  const saved = saveFleet(current, { ...options, defaults }, ground);
  const { stdout, stderr } = world.streams;
  // AWS does not tell what brought a rule.
  const patterns = Object.keys(before?.rules ?? {}).filter(isShared);
  const gone: readonly Remark[] =
    patterns.length > 0 ? [{ code: 'patternsGone', file: output ?? '', patterns }] : [];
  const remarks = [...gone, ...saved.notes];
  const notes = remarks.map(remarkWords);
  if (command.json) {
    const { text, fleet: found } = saved;
    const rules = Object.keys(found.rules);
    stdout.write(objectOf({ type: 'save', environment, fleet, rules, text, notes, remarks }));
    return 0;
  }
  for (const note of notes) stderr.write(`${printable(note)}\n`);
  if (output === undefined) stdout.write(saved.text);
  else writeFleet(output, saved.text, ground, world);
  return 0;
}
