/** The `patrol.yaml` of what stands in AWS. Pure. */
import { forms, stackNames, type Route } from '@patrol/core/contracts';
import { lasting, type ParameterSpec } from '@patrol/core/evaluation';
import type { Stack } from '../cloud/cloud.ts';
import { conditionOf } from '../cloud/states.ts';
import { baseParameters, baseStack, baseTopic } from '../destinations/base.ts';
import { emailsIn } from '../destinations/emails.ts';
import * as files from '../file/file.ts';
import { fleetText } from '../file/write.ts';
import { basePackage, fleetTag } from '../identity/naming.ts';
import { isPatrols } from '../identity/ownership.ts';
import { listed, OperatorError } from '../text/errors.ts';
import { compact, own, picked, type Texts } from '../text/records.ts';
import { order, separated } from '../text/words.ts';
import { type Remark, remarkWords } from '../view/sentences/remarks.ts';
import { expected, type FleetGround, wantedFleet } from '../want/fleet.ts';
import { keptValue } from '../want/kept.ts';
import { chosenBy } from '../want/only.ts';
import { regionsOf } from '../want/regions.ts';
import { type Chosen, installedRules, parameterNames } from '../want/rules.ts';
import { holds, valueOf } from '../want/values.ts';
import { planFleet } from './fleet.ts';
import { because } from '../view/sentences/reasons.ts';
import { type PlacedStack, type PlaceState, stacksIn } from './state.ts';
import { doingOf, type StackStep } from './step.ts';

const { parameters: common } = stackNames;

/** What is to be saved. */
export interface SaveOptions {
  /** Stacks that carry this fleet's tag, and those that carry none. */
  readonly fleet: string;
  readonly environment: string;
  /** The versions of packages that a file from before takes. */
  readonly packages?: files.Fleet['packages'];
  /** The accounts that were read, with the roles in them: that of the credentials when left out. */
  readonly accounts?: readonly files.Account[];
  /** Where the JSON schema lies. */
  readonly schema?: string;
  /** Names of rules, with `*` for any run of characters: only these are saved. */
  readonly only?: readonly string[];
  /** The defaults of templates that stand, by the ids of stacks: a value that is no more than one is not saved. */
  readonly defaults?: ReadonlyMap<string, Texts>;
}

/** A saved fleet. */
export interface Saved {
  readonly fleet: files.Fleet;
  readonly text: string;
  /** What the file cannot say of the stacks, and what it would change. */
  readonly notes: readonly Remark[];
}

/** A rule that is installed. */
type InstalledRule = Pick<Chosen, 'name' | 'artifact' | 'template'>;

/** A rule's stack and where it stands. */
interface Deployed extends InstalledRule, PlacedStack {
  /** The defaults of the template that the stack has, where they are known. */
  readonly defaults?: Texts;
}

/** The stacks that are saved, and what there is to say of others. */
export function deployedRules(
  current: readonly PlaceState[],
  { fleet, environment, only, defaults }: SaveOptions,
  ground: FleetGround,
): {
  readonly deployed: readonly Deployed[];
  /** All stacks of the fleet, and those without one. */
  readonly stacks: readonly Stack[];
  readonly installed: readonly InstalledRule[];
  readonly notes: Remark[];
} {
  const notes = current.flatMap((found): readonly Remark[] =>
    'failure' in found ? [{ code: 'unread', ...found.place, why: found.failure }] : [],
  );
  const placed = stacksIn(current).filter(
    ({ stack }) =>
      isPatrols(stack) &&
      conditionOf(stack) !== 'absent' &&
      stack.tags['patrol:environment'] === environment &&
      (stack.tags[fleetTag] ?? fleet) === fleet,
  );
  const installed = [...installedRules(ground.assemblies)].map(([name, artifact]) => ({
    name,
    artifact,
    template: ground.templateOf(artifact),
  }));
  const isMeant = chosenBy(
    only,
    installed.map(({ name }) => name),
  );
  const deployed = placed.flatMap(({ place, stack }): readonly Deployed[] => {
    const { 'patrol:package': packageName = '', 'patrol:rule': rule = '' } = stack.tags;
    if (packageName === basePackage) return [];
    const found = installed.find(
      ({ artifact }) =>
        artifact.assembly.manifest.package.name === packageName && artifact.rule.name === rule,
    );
    if (!found) {
      const of = { package: packageName, rule };
      notes.push({ code: 'notInstalled', stack: stack.name, ...place, ...of });
    }
    return found && isMeant(found.name)
      ? [compact({ ...found, place, stack, defaults: defaults?.get(stack.id) })]
      : [];
  });
  return { deployed, stacks: placed.map(({ stack }) => stack), installed, notes };
}

/**
 * Writes the stacks that stand as a fleet. Stacks of a rule have one set of values in a file: where theirs differ, the file
 * gets that of most. Planning the fleet says so: whatever it would change is among the notes.
 */
export function saveFleet(
  current: readonly PlaceState[],
  options: SaveOptions,
  ground: FleetGround,
): Saved {
  const { deployed, stacks, installed, notes } = deployedRules(current, options, ground);
  if (deployed.length === 0) {
    throw new OperatorError(
      listed(
        `There is nothing to save: the environment ${options.environment} has no stacks of installed rules. Stacks of fleets other than ${options.fleet} do not count.`,
        notes.map(remarkWords),
      ).trim(),
    );
  }
  const baseName = baseStack(options.fleet, options.environment);
  const bases = stacks.filter(({ name }) => name === baseName);
  const fleet = fleetOf(deployed, bases, options, ground);
  const wanted = wantedFleet(files.unwritten(fleet), ground);
  for (const { line, column, message } of wanted.problems) {
    notes.push({ code: 'unusable', file: 'patrol.yaml', line, column, message });
  }
  if (wanted.problems.length === 0) {
    const { steps } = planFleet(wanted, current);
    notes.push(...steps.flatMap((step) => differenceNote(step)));
  }
  notes.push(...installed.flatMap((each) => mutingNotes(each, fleet)));
  const head = [
    `The rules deployed in the environment ${options.environment}, saved on ${ground.today}.`,
  ];
  return { fleet, text: fleetText(fleet, compact({ head, schema: options.schema })), notes };
}

/**
 * Says what of a rule's parameters mutes alerts beyond their defaults: the stacks have the items of suppressions among those
 * of the parameter, and do not tell them apart.
 */
function mutingNotes({ name, artifact }: InstalledRule, { rules }: files.Fleet): readonly Remark[] {
  const settings = rules[name];
  const parameters = (typeof settings === 'object' ? settings.parameters : undefined) ?? {};
  return Object.entries(artifact.rule.parameters).flatMap(([parameter, spec]) => {
    const value = spec.suppresses === true ? (parameters[parameter] ?? []) : [];
    const items = [value]
      .flat()
      .filter((item) => item !== '' && !holds(spec, spec.default ?? [], item))
      // One that has a last day in the stack keeps it in the file.
      .filter((item) => lasting(spec, item).item === item);
    return items.length === 0 ? [] : [{ code: 'endless', items, parameter, rule: name }];
  });
}

/** What a saved fleet would still change. */
function differenceNote(step: StackStep): readonly Remark[] {
  if (step.verdict === 'keep' || step.verdict === 'orphaned') return [];
  const { name: stack, place } = step.target;
  const why = because(step.reasons);
  return [{ code: 'wouldChange', stack, ...place, does: doingOf(step), why }];
}

/** The text that most have; the first by its letters of several. */
function most(texts: readonly string[]): string {
  const found = [...Map.groupBy(texts, (text) => text)];
  const [first] = found.toSorted(
    ([a, one], [b, other]) => other.length - one.length || order(a, b),
  );
  return first?.[0] ?? '';
}

const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)].toSorted(order);
/** What a stack has of a parameter, under its name of today or a former one. Instead of an old default it is today's. */
const valueOrNone = (each: Deployed, name: string, spec?: ParameterSpec): string | undefined =>
  // The file of a fleet says by its rules which are expected.
  name === expected && each.artifact.rule.watches && each.stack.tags[fleetTag]
    ? undefined
    : keptValue({ ...each, current: each.stack }, name, spec)?.text;
const valueIn = ({ stack }: Deployed, name: string): string => stack.parameters[name] ?? '';
const regionOf = ({ place }: PlacedStack): string => place.region;

function fleetOf(
  deployed: readonly Deployed[],
  bases: readonly Stack[],
  { fleet, environment, packages, accounts }: SaveOptions,
  { partition }: FleetGround,
): files.Fleet {
  // Rules that AWS confines to a region say nothing of where the fleet is.
  const free = deployed.filter(
    ({ artifact }) => partition !== 'aws' || artifact.rule.regions === null,
  );
  const telling = free.length > 0 ? free : deployed;
  const regions = unique(telling.map(regionOf));
  const retention = most(deployed.map((each) => valueOrNone(each, common.logRetention) ?? ''));
  const boundary = most(deployed.map((each) => valueOrNone(each, common.boundary) ?? ''));
  const names = unique(deployed.map(({ name }) => name));
  const rules = names.map((name) => {
    const all = deployed.filter((each) => each.name === name);
    return [name, settingsOf(all, { regions, partition, retention, boundary })] as const;
  });
  const tags = commonTags([...deployed.map(({ stack }) => stack), ...bases]);
  const base = { stack: baseStack(fleet, environment), current: bases };
  return compact<files.Fleet>({
    version: 1,
    fleet,
    environment,
    packages,
    regions,
    accounts: accounts?.map((account) => ({ ...account, ...regionsIn(account, telling, regions) })),
    tags: Object.keys(tags).length > 0 ? tags : undefined,
    alerts: alertsOf(deployed, base),
    alarms: alarmsOf(deployed, base),
    permissionsBoundary: boundary || undefined,
    logRetention: /^[1-9]\d*$/.test(retention) ? Number(retention) : undefined,
    rules: Object.fromEntries(rules),
  });
}

/** The regions of an account, where they are not those of the fleet. */
function regionsIn(
  { id }: files.Account,
  deployed: readonly Deployed[],
  fleet: readonly string[],
): Pick<files.Account, 'regions'> {
  const regions = unique(deployed.filter(({ place }) => place.account === id).map(regionOf));
  return regions.length === 0 || regions.join() === fleet.join() ? {} : { regions };
}

/** What decides about the settings of a saved rule. */
interface Around {
  readonly regions: readonly string[];
  readonly partition: string;
  /** What most stacks have. */
  readonly retention: string;
  readonly boundary: string;
}

function settingsOf(all: readonly Deployed[], around: Around): true | files.RuleSettings {
  const [first] = all;
  if (!first) return true;
  const { artifact, template } = first;
  const { regions: limits, parameters: specs } = artifact.rule;
  const { regions: fleet, partition } = around;
  const { regions } = regionsOf({ name: first.name, limits, partition, fleet });
  const here = unique(all.map(regionOf));
  const asExpected = unique(regions).join() === here.join();
  const parameters = parameterNames(first).flatMap(
    (name): (readonly [string, files.ParameterValue])[] => {
      const spec = own(specs, name);
      const values = all.flatMap((each) => valueOrNone(each, name, spec) ?? []);
      const ofFleet = {
        [common.logRetention]: around.retention,
        [common.boundary]: around.boundary,
      };
      const usual =
        own(ofFleet, name) ?? spec?.default ?? template.parameters[name]?.Default?.toString();
      const text = most(values);
      return values.length === 0 || text === usual ? [] : [[name, valueOf(spec, text)]];
    },
  );
  if (asExpected && parameters.length === 0) return true;
  return compact<files.RuleSettings>({
    regions: asExpected ? undefined : here,
    parameters: parameters.length > 0 ? Object.fromEntries(parameters) : undefined,
  });
}

/** The tags that all stacks have, but for those of Patrol and AWS. */
const commonTags = ([first, ...others]: readonly Stack[]): Texts =>
  picked(
    first?.tags ?? {},
    (name, text) => !/^(aws|patrol):/.test(name) && others.every(({ tags }) => tags[name] === text),
  );

/** The base stacks of the fleet. */
interface Bases {
  readonly stack: string;
  readonly current: readonly Stack[];
}

/** The addresses that most stacks have of those that have any. */
function mostEmailsOf(stacks: readonly Stack[], first: string): files.Alerts['email'] {
  const all = stacks.map(({ parameters }) => emailsIn(parameters, first).toSorted(order).join());
  const emails = separated(most(all.filter((text) => text !== '')));
  return emails.length < 2 ? emails[0] : emails;
}

/** The addresses of a topic of the base stacks, when most rules send to it. */
function sharedEmail(
  deployed: readonly Deployed[],
  { stack, current }: Bases,
  kind: 'alerts' | 'alarms',
): files.Alerts['email'] {
  const [address, given, kinds] =
    kind === 'alerts'
      ? // Before there were notifiers, rules sent to people themselves.
        ([baseParameters.alertEmail, common.alertTopic, ['machines', 'alerts']] as const)
      : ([baseParameters.alarmEmail, common.alarmTopic, ['alarms']] as const);
  const email = mostEmailsOf(current, address);
  const sending = deployed.filter((each) =>
    kinds.some((of) => valueIn(each, given) === baseTopic(each.place, stack, of)),
  );
  return sending.length * 2 > deployed.length ? email : undefined;
}

/** The topics that most stacks of a region have: one for all, or one for each region that has any. */
function topicsOf(
  deployed: readonly Deployed[],
  topicOf: (each: Deployed) => string,
): files.Topics | undefined {
  const regions = unique(deployed.map(regionOf));
  const topics = regions.map((region) => {
    const here = deployed.filter((each) => regionOf(each) === region);
    return [region, most(here.map(topicOf))] as const;
  });
  const [first, ...others] = unique(topics.map(([, topic]) => topic));
  if (others.length === 0) return first === '' ? undefined : first;
  return Object.fromEntries(topics.filter(([, topic]) => topic !== ''));
}

function alertsOf(deployed: readonly Deployed[], bases: Bases): files.Alerts {
  const shared = sharedEmail(deployed, bases, 'alerts');
  const dispatchTopics =
    shared === undefined
      ? deployed.map((each) => valueIn(each, common.dispatchTopic))
      : bases.current.map(({ parameters }) => parameters[baseParameters.dispatchTopic] ?? '');
  const dispatch = most(dispatchTopics) || undefined;
  if (shared !== undefined) {
    const topics = furtherTopics(deployed, bases);
    return compact({ email: shared, shared: true, dispatch, topics });
  }
  const email = mostEmailsOf(
    deployed.map(({ stack }) => stack),
    common.alertEmail,
  );
  const topic = topicsOf(deployed, (each) => valueIn(each, common.alertTopic));
  if (email !== undefined || topic === undefined) return compact({ email, dispatch });
  const form = forms.find(
    (each) => each === most(deployed.map((of) => valueIn(of, common.alertForm))),
  );
  return compact({ topic, form: form === 'text' ? undefined : form, dispatch });
}

/** The further topics of the base stacks. They know rules by their names alone. */
function furtherTopics(deployed: readonly Deployed[], bases: Bases): files.Alerts['topics'] {
  const text = most(bases.current.map(({ parameters }) => parameters[baseParameters.routes] ?? ''));
  if (text === '') return undefined;
  const routes: readonly Route[] = JSON.parse(text);
  return routes.map(({ rules, form, ...route }) =>
    compact({
      ...route,
      form: form === 'text' ? undefined : form,
      rules: rules && unique(namesIn(deployed, rules)),
    }),
  );
}

const namesIn = (deployed: readonly Deployed[], rules: readonly string[]): readonly string[] =>
  deployed.filter(({ artifact }) => rules.includes(artifact.rule.name)).map(({ name }) => name);

function alarmsOf(deployed: readonly Deployed[], bases: Bases): files.Alarms | undefined {
  const email = sharedEmail(deployed, bases, 'alarms');
  const topic = topicsOf(deployed, (each) => {
    const given = valueIn(each, common.alarmTopic);
    // Without a word about alarms they go to the topic of people.
    return given === baseTopic(each.place, bases.stack, 'alerts') ? '' : given;
  });
  return email === undefined ? topic && { topic } : { email };
}
