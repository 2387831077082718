/** `patrol-deploy save`: what stands in AWS, as the file of a fleet. */
import { cloudsOf } from '../engine/clouds.ts';
import { schemaFile } from '../want/init.ts';
import { groundIn, readPlaces } from '../engine/look.ts';
import { savedDefaults } from '../engine/defaults.ts';
import { deployedRules, saveFleet, type SaveOptions } from '../plan/save.ts';
import { mayWrite, writeFleet, writtenBefore } from './written.ts';
import { OperatorError } from '../text/errors.ts';
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
}

/** Writes what stands as the file of a fleet. What the file cannot say is told on standard error. */
export async function save(command: SaveCommand, world: World): Promise<number> {
  const { environment, fleet, output, profile, only } = command;
  if (output !== undefined && !(await mayWrite(output, world))) return 1;
  const regions = command.regions?.length
    ? command.regions
    : [(await (await world.cloud({ profile })).place()).region];
  const ground = await groundIn(regions[0] ?? '', { profile }, world);
  const places = regions.map((region) => ({
    place: { account: ground.account, region, partition: ground.partition },
  }));
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
  });
  const rules = deployedRules(current, options, ground);
  const defaults = await savedDefaults(rules, clouds, world);
  const saved = saveFleet(current, { ...options, defaults }, ground);
  const { stdout, stderr } = world.streams;
  // AWS does not tell what brought a rule.
  const patterns = Object.keys(before?.rules ?? {}).filter(isShared);
  const gone: readonly Remark[] =
    patterns.length > 0 ? [{ code: 'patternsGone', file: output ?? '', patterns }] : [];
  for (const note of [...gone, ...saved.notes]) stderr.write(`${printable(remarkWords(note))}\n`);
  if (output === undefined) stdout.write(saved.text);
  else writeFleet(output, saved.text, ground, world);
  return 0;
}
