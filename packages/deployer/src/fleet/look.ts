/** What a fleet wants and what stands of it: everything that planning needs to know. */
import { installedAssemblies } from '../assembly.ts';
import { type Cloud, CloudError, explain, type Place } from '../cloud.ts';
import { listed, OperatorError } from '../errors.ts';
import { isMissing, topicsOf } from '../heard.ts';
import { bucketName } from '../naming.ts';
import { readTemplate, type Template } from '../template.ts';
import type { CloudOptions, World } from '../world.ts';
import { Clouds } from './clouds.ts';
import type { FleetFile } from './file.ts';
import { inParallel } from '../organization/parallel.ts';
import { type FleetOptions, type FleetPlan, planFleet, type PlaceStanding } from './plan.ts';
import { requireNone } from './problem.ts';
import type { Installed } from './rules.ts';
import { type FleetGround, type FleetWanted, wantedFleet } from './wanted.ts';

/** The accounts and regions that are read at once. */
const placesAtOnce = 16;

/**
 * The installed rules.
 *
 * @throws OperatorError for packages that cannot be read: their rules would look as if nobody wanted them.
 */
export function installedHere(cwd: string): Installed {
  const { assemblies, problems } = installedAssemblies(cwd);
  if (problems.length > 0) throw new OperatorError(listed('Rule packages are broken:', problems));
  const templates = new Map<string, Template>();
  return {
    assemblies,
    templateOf: (artifact) => {
      const key = `${artifact.assembly.folder}/${artifact.rule.name}`;
      const known = templates.get(key) ?? readTemplate(artifact);
      templates.set(key, known);
      return known;
    },
  };
}

/** What a fleet is seen against: the installed rules, and the account of the credentials. */
export async function groundIn(
  region: string,
  options: CloudOptions,
  world: World,
): Promise<FleetGround> {
  const installed = installedHere(world.cwd);
  const { account, partition } = await (await world.cloud({ ...options, region })).place();
  return {
    ...installed,
    account,
    partition,
    today: new Date(world.now()).toISOString().slice(0, 10),
  };
}

/** A fleet, what stands of it, and how AWS is reached. */
export interface FleetSight {
  readonly wanted: FleetWanted;
  readonly clouds: Clouds;
  readonly standing: readonly PlaceStanding[];
  readonly plan: FleetPlan;
  /** Addresses that have to confirm, and topics that nobody listens to. */
  readonly unheard: readonly string[];
}

/**
 * Looks at a fleet.
 *
 * @param path of the file, for messages.
 * @throws UsageError when the file cannot be used; OperatorError when a topic that it names is not there.
 */
export async function lookAt(
  path: string,
  file: FleetFile,
  options: CloudOptions & FleetOptions,
  world: World,
): Promise<FleetSight> {
  const { prune, only, ...credentials } = options;
  const ground = await groundIn(file.fleet.regions[0] ?? '', credentials, world);
  const wanted = wantedFleet(file, ground);
  requireNone(path, wanted.problems);
  const clouds = new Clouds(world, credentials, wanted);
  const own = await clouds.at({ account: ground.account, region: file.fleet.regions[0] ?? '' });
  await requireAll(own, wanted.topics);
  const standing = await readStanding(wanted, clouds);
  const plan = planFleet(wanted, standing, {
    ...(prune === undefined ? {} : { prune }),
    ...(only === undefined ? {} : { only }),
  });
  const unheard = await unheardBases(wanted, standing, clouds);
  return { wanted, clouds, standing, plan, unheard };
}

/** @throws OperatorError when a topic is not there: what is sent to it would be lost. */
async function requireAll(cloud: Cloud, topics: readonly string[]): Promise<void> {
  const missing = await Promise.all(
    topics.map(async (topic) => ((await isMissing(cloud, topic)) ? [topic] : [])),
  );
  const problems = missing.flat().map((topic) => `There is no topic ${topic}.`);
  if (problems.length > 0) {
    throw new OperatorError(
      listed('What is sent to a topic that is not there is lost; create it first:', problems),
    );
  }
}

/** Reads what stands in each account and region of a fleet. */
export const readStanding = (
  { places, bases }: Pick<FleetWanted, 'places' | 'bases'>,
  clouds: Pick<Clouds, 'at'>,
): Promise<readonly PlaceStanding[]> =>
  inParallel(places, placesAtOnce, async ({ place }): Promise<PlaceStanding> => {
    const isHere = (other: Place): boolean =>
      other.account === place.account && other.region === place.region;
    try {
      const cloud = await clouds.at(place);
      const stacks = await cloud.allStacks();
      if (!bases.some((base) => base.bucket && isHere(base.place))) return { place, stacks };
      return { place, stacks, hasBucket: (await cloud.bucket(bucketName(place))) !== 'absent' };
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      const where = `${place.region} (account ${place.account})`;
      return { place, failure: `${where} could not be looked at. ${explain(error)}` };
    }
  });

/** Says which topics of base stacks nobody has confirmed yet. What may not be looked at is passed over. */
async function unheardBases(
  { base }: FleetWanted,
  standing: readonly PlaceStanding[],
  clouds: Clouds,
): Promise<readonly string[]> {
  const topics = standing.flatMap((found) => {
    const stack = 'stacks' in found ? found.stacks.find(({ name }) => name === base) : undefined;
    if (!stack) return [];
    return Object.entries(topicsOf(stack)).flatMap(([what, topic]) =>
      topic === undefined ? [] : [{ place: found.place, what, topic }],
    );
  });
  const messages = await inParallel(topics, placesAtOnce, async ({ place, what, topic }) => {
    const cloud = await clouds.at(place);
    const subscriptions = await cloud.subscriptions(topic).catch((error: unknown) => {
      if (error instanceof CloudError) return undefined;
      throw error;
    });
    if (!subscriptions || subscriptions.some(({ confirmed }) => confirmed)) return [];
    const whom = subscriptions.map(({ endpoint }) => endpoint).join(', ') || 'Nobody';
    const has = subscriptions.length > 0 ? 'has to confirm its subscription to' : 'listens to';
    return [`${whom} ${has} ${topic}; until then no ${what} of ${place.region} arrive.`];
  });
  return messages.flat();
}
