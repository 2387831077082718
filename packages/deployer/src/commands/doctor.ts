/** `patrol-deploy doctor [rule…]`: whether deploying, and what is deployed, can work in an account and region. */
import type { Place } from '../cloud/cloud.ts';
import { inParallel } from '../cloud/parallel.ts';
import { keyOf } from '../identity/naming.ts';
import type { Check } from '../notes/objects.ts';
import { partitionOf } from '../cloud/partitions.ts';
import { examine } from '../doctor/examine.ts';
import { requireSubject, trustPolicy } from '../doctor/oidc.ts';
import { policy, type PolicyName, policyNames } from '../doctor/permissions.ts';
import { reference, type Reference } from '../packages/reference.ts';
import { printable } from '../text/printable.ts';
import { UsageError } from '../text/errors.ts';
import { checksText } from '../view/checks.ts';
import { objectOf } from '../view/machine.ts';
import { colorsFor } from '../view/report.ts';
import type { StackOptions } from './deployed.ts';
import { named, type PlacesOptions, wheresIn } from './places.ts';
import type { World } from './world.ts';

/** What `patrol-deploy doctor` is told. */
export interface DoctorOptions extends PlacesOptions {
  readonly json?: boolean;
}

/** Checks everything, and says what is wrong. Exits with 1 when something is. */
export async function doctor(
  names: readonly string[],
  options: DoctorOptions,
  world: World,
): Promise<number> {
  const { stdout } = world.streams;
  const examined = await inParallel(await partsOf(names, options, world), atOnce, async (part) => {
    const { refers, options: there } = part;
    const [cloud, account] = await Promise.all([world.cloud(there), world.account(there)]);
    const checks = await examine(refers, cloud, account, await world.wiring(there), there);
    return { ...part, checks };
  });
  const colors = colorsFor(stdout, world.environment);
  const text = (): string =>
    examined
      .map(({ place, checks }) => {
        const where = place && `${place.region} (account ${place.account})`;
        const head = where === undefined ? '' : `${colors.bold(printable(where))}\n`;
        return `${head}${checksText(checks, colors, stdout.columns)}`;
      })
      .join('\n');
  const all = examined.flatMap(({ place, checks }) =>
    checks.map((check): Check => {
      const { region, account } = place ?? {};
      return { ...check, ...(place && { region, account }) } as Check;
    }),
  );
  stdout.write(options.json ? objectOf({ type: 'doctor', checks: all }) : text());
  return all.some(({ status }) => status === 'problem') ? 1 : 0;
}

/** The accounts and regions that are examined at once. */
const atOnce = 4;

/** An account and region to examine, for some rules. */
interface Part {
  /** Where, when that is not said otherwise. */
  readonly place?: Place;
  readonly refers: readonly Reference[];
  readonly options: StackOptions;
}

/** @throws UsageError for names beside a file that are not in it. */
async function partsOf(
  names: readonly string[],
  { file, ...options }: DoctorOptions,
  world: World,
): Promise<readonly Part[]> {
  if (file === undefined) {
    return [{ refers: names.map((name) => reference(name, options.environment, world)), options }];
  }
  const all = await wheresIn(file, options, world);
  const meant = named(all, names, file);
  return [...Map.groupBy(meant, ({ place }) => keyOf(place)).values()].flatMap((here) => {
    const [first] = here;
    return first
      ? [{ place: first.place, options: first.options, refers: here.map(({ refer }) => refer) }]
      : [];
  });
}

/** Which policy is printed. */
export interface PolicyOptions {
  readonly policy?: string | true | undefined;
  /** Whose tokens a role trusts. */
  readonly oidc?: string | undefined;
}

/**
 * `patrol-deploy doctor --policy`: prints one policy as IAM takes it, or all of them by their names. Makes no calls to AWS. With
 * `--oidc` it prints the trust policy of a role, and asks whose account it is for.
 */
export async function printPolicy(
  { policy: name, oidc }: PolicyOptions,
  options: StackOptions,
  world: World,
): Promise<number> {
  const { streams } = world;
  if (oidc !== undefined) {
    if (name !== true)
      throw new UsageError(
        'Give --oidc with --policy and without the name of a policy, as in `patrol-deploy doctor --policy --oidc github:OWNER/REPO`.',
      );
    requireSubject(oidc);
    const place = await (await world.cloud(options)).place();
    streams.stdout.write(`${JSON.stringify(trustPolicy(oidc, place), null, 2)}\n`);
    return 0;
  }
  const { region } = options;
  const scope = { partition: partitionOf(region ?? ''), region: region ?? '*', account: '*' };
  const document =
    name === true || name === undefined
      ? Object.fromEntries(policyNames.map((each) => [each, policy(each, scope)]))
      : policy(policyNamed(name), scope);
  streams.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  return 0;
}

function policyNamed(name: string): PolicyName {
  const found = policyNames.find((each) => each === name);
  if (found) return found;
  throw new UsageError(
    `--policy expects one of ${policyNames.join(', ')}, or no value for all; found ${JSON.stringify(name)}.`,
  );
}
