/** The stacks that a command with `--file` is about: those of a fleet, in all its accounts and regions. */
import type { Place } from '../cloud/cloud.ts';
import { typedFor } from '../identity/naming.ts';
import { typedName } from '../packages/assembly.ts';
import type { Reference } from '../packages/reference.ts';
import { UsageError } from '../text/errors.ts';
import { printable } from '../text/printable.ts';
import { enumerated } from '../text/words.ts';
import type { StackOptions } from './deployed.ts';
import { stateOf } from './plan.ts';
import type { World } from './world.ts';

/** What a command about one stack, or about the same one of a whole fleet, is told. */
export interface PlacesOptions extends StackOptions {
  /** The file of a fleet. */
  readonly file?: string;
  /** The environment that was typed beside it; without one the file decides. */
  readonly chosen?: string;
}

/** A stack of a fleet, by what is typed for it, and how it is reached. */
export interface Where {
  readonly name: string;
  readonly place: Place;
  readonly options: StackOptions;
  readonly refer: Reference;
}

/**
 * The stacks of a fleet that its file wants, base stacks first.
 *
 * @param options a region in it leaves out all others.
 */
export async function wheresIn(
  file: string,
  { region, profile, chosen }: Omit<PlacesOptions, 'file'>,
  world: World,
): Promise<readonly Where[]> {
  const { wanted, clouds, organization } = await stateOf(
    { file, profile, environment: chosen, prune: false },
    world,
  );
  if (organization) {
    const note = `${file} has an organisation. Stacks in member accounts are not read. To read them, run the command with credentials of each member account, and without --file.\n`;
    world.streams.stderr.write(printable(note));
  }
  const { environment } = wanted;
  const where = (place: Place, refer: Reference): Where => ({
    name: refer.name,
    place,
    options: { ...clouds.optionsAt(place), environment },
    refer,
  });
  return [
    ...wanted.bases.map(({ place }) =>
      where(place, {
        name: typedFor({ base: wanted.fleet }),
        stack: wanted.base,
        base: wanted.fleet,
      }),
    ),
    ...wanted.stacks.map(({ wanted: { place, stack }, artifact }) =>
      where(place, { name: typedName(artifact), stack, artifact }),
    ),
  ].filter(({ place }) => region === undefined || place.region === region);
}

/**
 * Where the stack is that a command is about: once, or in every account and region of the file.
 *
 * @throws UsageError when the file does not have it.
 */
export async function wheresOf(
  name: string,
  { file, ...options }: PlacesOptions,
  world: World,
): Promise<readonly Pick<Where, 'name' | 'options'>[]> {
  if (file === undefined) return [{ name, options }];
  return named(await wheresIn(file, options, world), [name], file);
}

/**
 * The stacks of these names, or all of them without any.
 *
 * @throws UsageError for a name that the file does not have.
 */
export function named(
  all: readonly Where[],
  names: readonly string[],
  file: string,
): readonly Where[] {
  const known = new Set(all.map(({ name }) => name));
  const strange = names.find((name) => !known.has(name));
  if (strange === undefined) {
    return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
  }
  throw new UsageError(
    `Expected a rule of ${file}; found ${JSON.stringify(strange)}. It has ${enumerated([...known])}.`,
  );
}
