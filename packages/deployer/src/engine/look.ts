/** What a fleet wants and what stands of it: everything that planning needs to know. */
import { type Cloud, explain, isKnown, orRefusal, type Place } from '../cloud/cloud.ts';
import type { Connections } from '../cloud/connections.ts';
import { type Clockwork, clockworkOf, patiently, type Waiting } from '../cloud/effects.ts';
import type { CloudOptions } from '../cloud/options.ts';
import { unitsListed } from '../cloud/organizations.ts';
import { inParallel } from '../cloud/parallel.ts';
import type { StackSets } from '../cloud/stacksets.ts';
import { baseName } from '../destinations/base.ts';
import { isMissing, unheardOf } from '../destinations/confirmed.ts';
import { type PlacedStacks, readSubscriptions, type Subscriptions } from '../destinations/fleet.ts';
import type { FleetFile } from '../file/file.ts';
import { requireNone } from '../file/problem.ts';
import { keyOf } from '../identity/naming.ts';
import { isOfFleet, isPatrols } from '../identity/ownership.ts';
import { installedAssemblies } from '../packages/assembly.ts';
import type { LookupFrom } from '../packages/lookup.ts';
import type { FleetOptions } from '../plan/context.ts';
import { type FleetPlan, planFleet, withoutUpdates } from '../plan/fleet.ts';
import { type OrganizationPlan, planOrganization } from '../plan/organization.ts';
import type { PlaceState, UnitsState } from '../plan/state.ts';
import { doingOf, type Plan, type StackSetStep, type StackStep } from '../plan/step.ts';
import { readOrganization } from '../run/organization.ts';
import { explained } from '../run/stacksets.ts';
import { discard, propose, settled, wantedOf } from '../stage/stacks.ts';
import { isInline, readTemplate, type Template } from '../template/template.ts';
import { InterruptedError, OperatorError, requireNoProblems } from '../text/errors.ts';
import { compact } from '../text/records.ts';
import { type FleetGround, type FleetWanted, wantedFleet } from '../want/fleet.ts';
import { type OrganizationWanted, wantedOrganization } from '../want/organization.ts';
import type { Remark } from '../view/sentences/remarks.ts';
import type { Installed } from '../want/rules.ts';
import { withinBuses } from './buses.ts';
import { withReverts } from './drift.ts';
import { withItems } from './items.ts';
import { type Clouds, cloudsOf } from './clouds.ts';
import { fleetDefaults } from './defaults.ts';
import { queuedIn } from './queues.ts';
import type { State } from './loop.ts';

/** The outside of a fleet's commands. */
export interface Outside extends Connections, Clockwork, LookupFrom {}

/** The accounts and regions that are read at once. */
const placesAtOnce = 16;

/**
 * The installed rules.
 *
 * @throws OperatorError for packages that cannot be read: their rules would look as if nobody wanted them.
 */
export function installedHere(from: LookupFrom): Installed {
  const { assemblies, problems } = installedAssemblies(from);
  requireNoProblems('Rule packages are broken:', problems);
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
  world: Outside,
): Promise<FleetGround> {
  const installed = installedHere(world);
  const { account, partition } = await (await world.cloud({ ...options, region })).place();
  return {
    ...installed,
    account,
    partition,
    today: new Date(world.now()).toISOString().slice(0, 10),
  };
}

/** A fleet, what there is of it, what has to be done, and how AWS is reached. */
export interface FleetState extends State {
  /** Of an organisation, what the account that manages it gets itself. */
  readonly wanted: FleetWanted;
  readonly clouds: Clouds;
  readonly plan: Plan & Pick<FleetPlan, 'fleet' | 'environment' | 'failures'>;
  /** What the accounts of an organisation get. */
  readonly organization?: OrganizationPart;
  /** Who does not receive what is sent. */
  readonly subscriptions: Subscriptions;
}

/** What an organisation is to get, and how its stack sets are reached. */
interface OrganizationPart {
  readonly wanted: OrganizationWanted;
  readonly stackSets: StackSets;
  readonly units: UnitsState;
  /** What there is to say of it alone. */
  readonly notes: readonly Remark[];
}

/**
 * Looks at a fleet.
 *
 * @param path of the file, for messages.
 * @throws UsageError when the file cannot be used; OperatorError when a topic that it names is not there.
 */
export async function lookAt(
  path: string,
  read: FleetFile,
  {
    prune = false,
    only,
    environment,
    ...credentials
  }: CloudOptions &
    Pick<FleetOptions, 'prune' | 'only'> & { readonly environment?: string | undefined },
  world: Outside,
): Promise<FleetState> {
  const region = read.fleet.regions[0] ?? '';
  const run = { profile: credentials.profile, file: path, chosen: environment };
  const file = await identified(path, read, { ...credentials, region }, world);
  const named = await accountNamesFor(file.fleet, { ...credentials, region }, world);
  const ground = {
    ...(await groundIn(region, credentials, world)),
    run,
    accountNames: named.names,
  };
  const organization = file.fleet.organization && wantedOrganization(file, ground);
  const wanted = organization?.central ?? wantedFleet(file, ground);
  requireNone(path, organization?.problems ?? wanted.problems);
  const { kmsKey } = file.fleet.artifacts ?? {};
  const clouds = cloudsOf(world, compact({ ...credentials, kmsKey }), { places: wanted.known });
  const own = await clouds.at({ account: ground.account, region });
  await requireAll(own, wanted.topics);
  const routes = wanted.bases.flatMap((base) => base.routes?.map(({ topic }) => topic) ?? []);
  const unheard = await unheardOf(own, [...new Set(routes)]);
  const further = prune ? await furtherPlaces(wanted, clouds, world) : { places: [], notes: [] };
  const known = await readPlaces({ places: wanted.known }, clouds, world);
  const beside = await readPlaces(further, clouds, world);
  const current = [
    ...known,
    ...beside.map((found) => ('failure' in found ? { ...found, beside: true as const } : found)),
  ];
  const subscriptions = await readSubscriptions(currentStacks(wanted, current), clouds, run);
  const planned = async (options: FleetOptions): Promise<FleetPlan> => {
    const queued = await queuedIn(wanted, current, clouds);
    const plan = planFleet(wanted, current, { ...options, queued });
    const warnings = wanted.warnings.map(
      (each) => ({ code: 'renamed', file: path, ...each }) as const,
    );
    const express: readonly Remark[] = credentials.express
      ? [{ code: 'express', stackSets: organization !== undefined }]
      : [];
    const notes = [
      ...plan.notes,
      ...express,
      ...unheard,
      ...further.notes,
      ...named.notes,
      ...warnings,
    ];
    const updating = withoutUpdates({ ...plan, notes }, await unchangedIn(plan, clouds, world));
    const wiring = (place: Place) => world.wiring(clouds.optionsAt(place));
    return withReverts(updating, { wiring, cloud: (place) => clouds.at(place) }, world);
  };
  const found = { wanted, clouds, subscriptions };
  if (!organization) {
    const defaults = await fleetDefaults(wanted.stacks, current, clouds, world);
    const plan = await planned(compact({ prune, defaults, only }));
    const accountAt = (place: Place) => world.account(clouds.optionsAt(place));
    const fitting = await withinBuses(plan, accountAt, world, run);
    return { ...found, plan: await withItems(fitting, (place) => clouds.at(place)) };
  }
  const { home, delegatedAdministrator } = organization;
  const stackSets = await world.stackSets({
    ...credentials,
    region: home.region,
    delegatedAdministrator,
  });
  const organizations = await world.organizations({ ...credentials, region });
  const state = await orRefusal(
    readOrganization({ ...clockworkOf(world), stackSets, organizations }, organization),
    (error) => {
      throw new OperatorError(explained(error, organization));
    },
  );
  requireUnits(organization, state.units.absent);
  const whole = planOrganization(organization, state, { prune });
  // All of the base stacks: every stack set sends to them.
  const central = await planned({
    prune: prune && only === undefined,
    subscribedElsewhere: !isSettled(whole),
  });
  const others = [baseName(wanted.fleet)];
  const sets =
    only === undefined ? whole : planOrganization(organization, state, { prune, only, others });
  const plan = { ...central, steps: together(central.steps, sets.steps, wanted.base) };
  return {
    ...found,
    plan: await withItems(plan, (place) => clouds.at(place)),
    organization: { wanted: organization, stackSets, units: sets.units, notes: sets.notes },
  };
}

/** One plan: base stacks come first, since everything sends to their topics; what is deleted of them comes last. */
function together(stacks: readonly StackStep[], sets: readonly StackSetStep[], base: string) {
  const isDeletion = (step: StackStep): boolean => doingOf(step) === 'delete';
  const first = stacks.filter((step) => !isDeletion(step));
  const bases = first.filter(({ target }) => target.name === base).map(({ key }) => key);
  const all = sets.map(({ key }) => key);
  return [
    ...first,
    ...sets.map((step) => ({ ...step, needs: [...bases, ...step.needs] })),
    ...stacks.filter(isDeletion).map((step) => ({ ...step, needs: [...step.needs, ...all] })),
  ];
}

/**
 * The stacks that are to be updated for no other reason than that their last update was rolled back, and of which CloudFormation
 * finds that nothing would change. Asked with change sets that are taken back; where that is not allowed, nothing is known.
 */
async function unchangedIn({ steps }: FleetPlan, clouds: Clouds, outside: Outside) {
  const same = await inParallel(steps, placesAtOnce, async (step) => {
    if (doingOf(step) !== 'update' || step.differences.length > 0) return [];
    const wanted = wantedOf(step);
    const cloud = await clouds.at(step.target.place);
    const effects = { cloud, tell: () => undefined, ...clockworkOf(outside) };
    const deployment = { step, wanted, parameters: settled(wanted.parameters, {}) };
    try {
      // Looking uploads nothing, and what CloudFormation echoes after a rollback need not be the template that stands.
      const { template } = wanted.content;
      const hasTemplate = !isInline(template);
      if (hasTemplate && (await cloud.template(step.target.name)) !== template.text) return [];
      const changeSet = await propose(effects, deployment, { clears: false, hasTemplate });
      if (!changeSet) return [step.key];
      await discard(effects, step.target.name, changeSet.id);
    } catch (error) {
      if (!isKnown(error) || error instanceof InterruptedError) throw error;
    }
    return [];
  });
  return new Set(same.flat());
}

/**
 * The regions that the file names no more, if it ever did: all others that the accounts have enabled. Stacks of the fleet may
 * be left there.
 */
async function furtherPlaces({ known }: FleetWanted, clouds: Clouds, world: Outside) {
  const accounts = new Map(known.map((each) => [each.place.account, each]));
  const named = new Set(known.map(({ place }) => keyOf(place)));
  const notes: Remark[] = [];
  const places = await inParallel([...accounts.values()], placesAtOnce, async (each) => {
    const regions = await orRefusal(world.regions(clouds.optionsAt(each.place)), (error) => {
      notes.push({
        code: 'unknownRegions',
        account: each.place.account,
        why: explain(error),
      });
      return [];
    });
    return regions
      .map((region) => ({ ...each, place: { ...each.place, region } }))
      .filter(({ place }) => !named.has(keyOf(place)));
  });
  return { places: places.flat(), notes };
}

/** Whether every instance of an organisation is as the file says: until then it may send to topics that the file no longer has. */
const isSettled = ({ steps }: OrganizationPlan): boolean =>
  steps.every((step) => step.verdict === 'keep' && step.troubled.length === 0);

/** A fleet whose organisation has its id: what the file leaves out, AWS Organizations tells. */
async function identified(path: string, file: FleetFile, options: CloudOptions, world: Outside) {
  const { organization } = file.fleet;
  if (!organization || organization.id !== undefined) return file;
  const id = await orRefusal((await world.organizations(options)).id(), (error) => {
    throw new OperatorError(
      `${path} does not say the ID of the organisation, which buckets and topics need to allow its accounts. AWS did not return it: ${explain(error)} Write it into the file, as in \`organization: { id: o-a1b2c3d4e5, … }\`.`,
      { cause: error },
    );
  });
  return { ...file, fleet: { ...file.fleet, organization: { ...organization, id } } };
}

/** The names of the accounts of a fleet of several, as AWS Organizations has them, and why there are none. */
async function accountNamesFor(
  { organization, accounts = [] }: FleetFile['fleet'],
  options: CloudOptions,
  world: Outside,
): Promise<{
  readonly names: Readonly<Record<string, string>>;
  readonly notes: readonly Remark[];
}> {
  if (!organization && accounts.length < 2) return { names: {}, notes: [] };
  const reading = (await world.organizations(options)).names();
  return orRefusal(
    reading.then((names) => ({ names, notes: [] })),
    (error) => {
      // Accounts without an organisation have the names that the file gives them.
      if (error.failure === 'missing') return { names: {}, notes: [] };
      return { names: {}, notes: [{ code: 'unknownNames', why: explain(error) }] };
    },
  );
}

/** @throws OperatorError when a unit is not there: a stack set would be made for nobody. */
function requireUnits({ stackSets }: OrganizationWanted, absent: readonly string[]): void {
  const problems = absent
    .filter((unit) => stackSets.some(({ units }) => units.includes(unit)))
    .map((unit) => `There is no organisational unit ${unit} in the organisation.`);
  requireNoProblems(`Check organizationalUnits in the file, or --org. ${unitsListed}`, problems);
}

/** @throws OperatorError when a topic is not there: what is sent to it would be lost. */
async function requireAll(cloud: Cloud, topics: readonly string[]): Promise<void> {
  const missing = await Promise.all(
    topics.map(async (topic) => ((await isMissing(cloud, topic)) ? [topic] : [])),
  );
  const problems = missing.flat().map((topic) => `There is no topic ${topic}.`);
  requireNoProblems('Alerts to a topic that does not exist are lost. Create it first:', problems);
}

/** Reads what stands in each account and region of a fleet. */
export const readPlaces = (
  { places }: Pick<FleetWanted, 'places'>,
  clouds: Pick<Clouds, 'at'>,
  waiting: Waiting,
): Promise<readonly PlaceState[]> =>
  inParallel(places, placesAtOnce, ({ place }) => {
    const reading = async (): Promise<PlaceState> => {
      const cloud = await clouds.at(place);
      const stacks = await patiently(waiting, () => cloud.allStacks(), ['throttled']);
      return { place, stacks };
    };
    return orRefusal(reading(), (error): PlaceState => {
      const where = `${place.region} (account ${place.account})`;
      return { place, failure: `${where} could not be read. ${explain(error)}` };
    });
  });

/** The stacks of a fleet that stand, in each account and region. */
export const currentStacks = (
  wanted: Pick<FleetWanted, 'fleet' | 'environment'>,
  current: readonly PlaceState[],
): readonly PlacedStacks[] =>
  current.flatMap((found) => {
    if ('failure' in found) return [];
    const stacks = found.stacks.filter((stack) => isPatrols(stack) && isOfFleet(stack, wanted));
    return [{ place: found.place, stacks }];
  });
