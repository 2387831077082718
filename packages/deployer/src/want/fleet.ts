/** From a fleet and the installed rules to the stacks that it wants in each account and region. Pure. */
import { type Route, stackNames } from '@patrol/core/contracts';
import type { Artifact } from '../packages/assembly.ts';
import type { Place } from '../cloud/cloud.ts';
import { OperatorError } from '../text/errors.ts';
import {
  defaultEnvironment,
  fleetTag,
  keyOf,
  roleArn,
  stackName,
  withBucket,
} from '../identity/naming.ts';
import { patrolCommand, type RunScope } from '../text/command.ts';
import { settle } from './settings.ts';
import { ruleContent, stackParameters, type Template } from '../template/template.ts';
import { baseQueues, baseStack } from '../destinations/base.ts';
import {
  type Destination,
  destinationIn,
  givenAlarmTopic,
  namedTopics,
  undelivered,
} from '../destinations/destinations.ts';
import { type Account, emailsOf, type Fleet, type FleetFile } from '../file/file.ts';
import { type Path, type Problem, problem, sorted } from '../file/problem.ts';
import { namesOf } from './names.ts';
import { checkPins } from './pins.ts';
import { deadRegions, regionsOf } from './regions.ts';
import type { Fault } from '../view/sentences/faults.ts';
import type { Remark, RenamedAt } from '../view/sentences/remarks.ts';
import { routesOf } from './routes.ts';
import {
  checkShared,
  type Chosen,
  chosenRules,
  type Installed,
  type Refuse,
  refuseRule,
  type RuleSuppression,
  ruleValues,
  type RuleValues,
  SharedRefusals,
} from './rules.ts';
import { partitionOf } from '../cloud/partitions.ts';
import type { Wanted } from './stack.ts';
import { settingProblemText, type Settings, type Value } from '../destinations/values.ts';
import { compact, distinct, mapValues } from '../text/records.ts';
import { order } from '../text/words.ts';

const { parameters: common } = stackNames;

/** What a fleet is seen against. */
export interface FleetGround extends Installed {
  /** The account and the partition of the credentials. */
  readonly account: string;
  readonly partition: string;
  /** As in 2027-03-31, in UTC. */
  readonly today: string;
  /** The names of accounts as AWS Organizations has them, by their ids. */
  readonly accountNames?: Readonly<Record<string, string>>;
  /** What suggested commands repeat of the run. */
  readonly run?: RunScope;
}

/** An account and region in which a fleet has stacks, and the role to assume there. */
export interface WantedPlace extends Pick<Account, 'role' | 'externalId'> {
  readonly place: Place;
}

/** A rule's stack that a fleet wants. */
export interface WantedStack {
  readonly wanted: Wanted;
  readonly artifact: Artifact;
  /** Whether it sends something to a topic of the base stack. */
  readonly usesBase: boolean;
  readonly notes: readonly Remark[];
  /** The line of the file that brings it. */
  readonly at: Path;
}

/** A base stack that a fleet wants. */
export interface WantedBase {
  readonly place: Place;
  /** Empty where the base stack has no topic for alerts. */
  readonly alertEmails: readonly string[];
  /** Empty where the base stack has no topic for alarms. */
  readonly alarmEmails: readonly string[];
  /** The topic of the file for alarms about what the base stack itself has. */
  readonly alarmTopic?: string | undefined;
  /** The topic of Dispatch, which gets what people are told. */
  readonly dispatchTopic?: string | undefined;
  /** Further topics that the notifier sends to. */
  readonly routes?: readonly Route[] | undefined;
  /** The organisation that may publish to its topics. */
  readonly organization?: string;
  /** The topic that gets the alarms of the queues that the rules share; absent where each has its own. */
  readonly queueAlarms?: string;
  /** The permissions boundary of its role, by name. */
  readonly boundary?: string | undefined;
}

/** What a fleet wants. */
export interface FleetWanted {
  readonly fleet: string;
  readonly environment: string;
  /** The name of its base stacks. */
  readonly base: string;
  /** The tags of all its stacks, beside those of each rule. */
  readonly tags: Readonly<Record<string, string>>;
  /** The account and region that the file names first. What a fleet has once lies there, whoever applies it. */
  readonly home: Place;
  /** The accounts and regions in which it has stacks. */
  readonly places: readonly WantedPlace[];
  /** Those, and all others that the file names: what is left of the fleet may stand there. */
  readonly known: readonly WantedPlace[];
  readonly stacks: readonly WantedStack[];
  readonly bases: readonly WantedBase[];
  /** Whether base stacks are protected against deletion, and with which role CloudFormation works on them, by name. */
  readonly isProtected: boolean;
  readonly role?: string | undefined;
  /** The topics that the file names: what is sent to one that is not there is lost. */
  readonly topics: readonly string[];
  readonly expired: readonly RuleSuppression[];
  readonly notes: readonly Remark[];
  /** What of the file still works and should be written otherwise. */
  readonly warnings: readonly RenamedAt[];
  /** What suggested commands repeat of the run. */
  readonly run?: RunScope;
  /** With any of them nothing may be planned: what could not be read would look as if it were no longer wanted. */
  readonly problems: readonly Problem[];
}

/** What settling calls the destinations. Each stack has the same to say about them. */
const topicNames: ReadonlySet<string> = new Set([
  common.alertTopic,
  common.alarmTopic,
  common.dispatchTopic,
  '--alert-topic-arn',
  '--alert-email',
]);

/** What a fleet of accounts wants, with every problem at once. What an organisation wants, `wantedOrganization` says. */
export function wantedFleet(file: FleetFile, ground: FleetGround): FleetWanted {
  const wanted = unsharedFleet(file, ground);
  const topics = watchedPlaces(wanted.stacks);
  const places = wanted.places.filter(({ place }) => topics.has(keyOf(place)));
  return {
    ...wanted,
    stacks: wanted.stacks.map((each) =>
      expecting(
        topics.has(keyOf(each.wanted.place)) ? sharing(each, wanted.base) : each,
        wanted.stacks,
      ),
    ),
    bases: places.reduce<readonly WantedBase[]>((bases, { place }) => {
      const isHere = (base: WantedBase): boolean => keyOf(base.place) === keyOf(place);
      const none = {
        place,
        alertEmails: [],
        alarmEmails: [],
        boundary: file.fleet.permissionsBoundary,
      };
      const base = { ...(bases.find(isHere) ?? none), queueAlarms: topics.get(keyOf(place)) ?? '' };
      return [...bases.filter((each) => !isHere(each)), base];
    }, wanted.bases),
  };
}

/** The parameter by which a rule that watches the others knows which have to stand beside it. */
export const expected = 'expectedRules';

/** The same stack, which knows all rules that the file has for its account and region, unless the file says which. */
export function expecting(each: WantedStack, all: readonly WantedStack[]): WantedStack {
  const { wanted, artifact } = each;
  if (!artifact.rule.watches || wanted.values[expected]?.from !== 'default') return each;
  const here = all.filter((other) => keyOf(other.wanted.place) === keyOf(wanted.place));
  const names = new Set(here.map((other) => other.artifact.rule.name));
  const value: Value = { text: [...names].toSorted(order).join(', '), from: 'given' };
  return { ...each, wanted: { ...wanted, values: { ...wanted.values, [expected]: value } } };
}

/** Where a rule watches the others, by account and region: the topic of its alarms. There they share queues. */
export const watchedPlaces = (stacks: readonly WantedStack[]): ReadonlyMap<string, string> =>
  new Map(
    stacks.flatMap(({ artifact, wanted: { place, values } }) => {
      const topic = artifact.rule.watches && alarmTopicOf(values);
      return topic ? [[keyOf(place), topic] as const] : [];
    }),
  );

/** Whether a template takes queues that others use as well. */
export const takesQueues = ({ parameters }: Template): boolean =>
  Object.hasOwn(parameters, common.failureQueue);

/** The topic of a stack's alarms, where it is known before there is a stack. */
const alarmTopicOf = (values: Settings['values']): string | undefined =>
  values[common.alarmTopic]?.text || values[common.alertTopic]?.text;

/** The same stack with the queues of the base stack, as far as its template can take them. */
function sharing(each: WantedStack, base: string): WantedStack {
  const { wanted } = each;
  if (!takesQueues(wanted.content.template)) return each;
  const queues = mapValues(baseQueues(wanted.place, base), (text): Value => ({
    text,
    from: 'given',
  }));
  return {
    ...each,
    usesBase: true,
    wanted: { ...wanted, values: { ...wanted.values, ...queues } },
  };
}

/** The same without what the rules of an account and region share because one of them watches the others. */
export function unsharedFleet({ fleet, where }: FleetFile, ground: FleetGround): FleetWanted {
  if (fleet.organization) throw new Error('An organisation is not wanted account by account.');
  const { partition, run } = ground;
  const problems: Problem[] = [];
  const refuse: Refuse = (path, fault) => void problems.push(problem(where(path), path, fault));
  const accounts = accountsOf(fleet, ground, refuse);
  checkPartitions(fleet, ground, refuse);
  checkPins(fleet, ground.assemblies, refuse);
  const chosen = chosenRules(fleet, ground, refuse);
  checkShared(fleet, chosen, refuse);
  const ids = accounts.map(({ id }) => id);
  const routes = routesOf(fleet, chosen, ids, ground.accountNames ?? {}, refuse);
  const environment = fleet.environment ?? defaultEnvironment;
  const bucket = fleet.artifacts?.bucket;
  const tags = { ...fleet.tags, [fleetTag]: fleet.fleet };
  const all = { fleet: fleet.fleet, environment, tags, ...(run && { run }) };
  const stackOf = stackNamer(environment, refuse);
  const stacks: WantedStack[] = [];
  const notes: Remark[] = fleet.artifacts?.shared === true ? [{ code: 'idleBucket' }] : [];
  const expired: RuleSuppression[] = [];
  const muting: Remark[] = [];
  const warnings: RenamedAt[] = [];
  const topicProblems: string[] = [];
  const shared = new SharedRefusals(refuse);
  for (const rule of chosen) {
    const stack = stackOf(rule);
    if (stack === undefined) continue;
    const refuseValue = shared.of(rule);
    const values = ruleValues(rule, fleet, ground.today, refuseValue);
    const names = namesOf(fleet, ground.accountNames, values.active);
    expired.push(...values.expired);
    muting.push(...values.notes);
    warnings.push(...values.renamed.map((each) => ({ ...where(each.path), ...each })));
    const { name, artifact } = rule;
    const limits = artifact.rule.regions;
    const line = rule.lines.findLast(({ settings }) => settings.regions);
    const own = line?.settings.regions;
    const choice = { name, limits, partition, fleet: fleet.regions, rule: own };
    // A pattern names regions for many rules: those that AWS confines to others go there, as with the fleet's regions.
    for (const region of line?.key === name ? deadRegions(choice) : []) {
      const index = own?.indexOf(region) ?? 0;
      const fault = { code: 'deadRegion', name, regions: limits ?? [], region } as const;
      refuse(['rules', name, 'regions', index], fault);
    }
    const placed = accounts.flatMap((account) => {
      const { regions, note } = regionsOf({ ...choice, account: account.regions });
      const said = note === undefined ? [] : [note];
      notes.push(...said);
      return regions.map((region): WantedStack => {
        const place = withBucket({ account: account.id, region, partition }, bucket);
        const to = destinationIn(fleet, environment, place);
        const content = ruleContent(artifact, rule.template, names);
        const about = {
          ...all,
          content,
          stack,
          place,
          isProtected: fleet.terminationProtection ?? artifact.rule.watches === true,
          role: roleArn(place, fleet.cloudFormationRole),
          ...(rule.by !== undefined && { by: rule.by }),
        };
        return {
          wanted: {
            ...about,
            values: settled(rule, about, values, to, refuseValue, topicProblems),
          },
          artifact,
          usesBase: to.usesBase,
          at: rule.at,
          notes: [...said, ...values.notes],
        };
      });
    });
    checkWebhooks(rule, placed.length, refuse);
    stacks.push(...placed);
  }
  shared.tell();
  const placeOf = (account: string, region: string): [string, WantedPlace] => {
    const { role, externalId } = accounts.find(({ id }) => id === account) ?? {};
    const place = withBucket({ account, region, partition }, bucket);
    return [`${account}/${region}`, compact<WantedPlace>({ place, role, externalId })];
  };
  const places = new Map(
    stacks.map(({ wanted: { place } }) => placeOf(place.account, place.region)),
  );
  const named = accounts.flatMap(({ id, regions = [] }) =>
    [...fleet.regions, ...regions, ...ruleRegions(fleet)].map((region) => placeOf(id, region)),
  );
  const regions = [...new Set([...places.values()].map(({ place }) => place.region))].toSorted();
  const silent = [...undelivered(fleet, partition, regions)];
  for (const [path, fault] of silent) refuse(path, fault);
  // They say the same for each stack, in other words; should they ever say more, it is not lost.
  if (silent.length === 0)
    for (const why of topicProblems) refuse(['alerts'], { code: 'value', why });
  return {
    ...all,
    base: baseStack(fleet.fleet, environment),
    home: homeOf(fleet, accounts, ground),
    places: [...places.values()],
    known: [...new Map([...places, ...named]).values()],
    stacks,
    bases: basesOf(fleet, [...places.values()], routes),
    isProtected: fleet.terminationProtection !== false,
    role: fleet.cloudFormationRole,
    topics: [...new Set(namedTopics(fleet).map(({ arn }) => arn))],
    expired,
    notes: distinct([...notes, ...muting]),
    warnings: sorted(warnings),
    problems: sorted(problems),
  };
}

/** The regions that single rules name. */
const ruleRegions = ({ rules }: Fleet): readonly string[] =>
  Object.values(rules).flatMap((rule) => (typeof rule === 'object' ? (rule.regions ?? []) : []));

/** The accounts of a fleet: those that it lists, or that of the credentials. */
function accountsOf(fleet: Fleet, { account }: FleetGround, refuse: Refuse): readonly Account[] {
  const accounts = fleet.accounts ?? [{ id: account }];
  for (const [index, { id, role }] of accounts.entries()) {
    const path = ['accounts', index, 'id'];
    if (accounts.findIndex((other) => other.id === id) < index) {
      refuse(path, { code: 'sameAccount', account: id });
    }
    if (role === undefined && id !== account) {
      refuse(path, { code: 'needsRole', account: id, own: account });
    }
  }
  return accounts;
}

function homeOf(
  { regions: [region = ''] }: Fleet,
  [first]: readonly Account[],
  { account, partition }: FleetGround,
): Place {
  return { account: first?.id ?? account, region: first?.regions?.[0] ?? region, partition };
}

/** An organisation at GitHub tells each webhook of everything: of several, each would alert. */
function checkWebhooks(rule: Chosen, count: number, refuse: Refuse): void {
  const { name, artifact } = rule;
  if (count < 2 || !artifact.rule.triggers.some(({ kind }) => kind === 'webhook')) return;
  const command = patrolCommand(['deploy', name]);
  refuseRule(rule, refuse, { code: 'webhooks', count, command });
}

/** Regions of another partition cannot be reached with these credentials. */
function checkPartitions(fleet: Fleet, { partition }: FleetGround, refuse: Refuse): void {
  const named: readonly (readonly [Path, readonly string[] | undefined])[] = [
    [['regions'], fleet.regions],
    ...(fleet.accounts ?? []).map(
      ({ regions }, index) => [['accounts', index, 'regions'], regions] as const,
    ),
    ...Object.entries(fleet.rules).map(
      ([name, rule]) =>
        [['rules', name, 'regions'], typeof rule === 'object' ? rule.regions : undefined] as const,
    ),
  ];
  for (const [path, regions = []] of named) {
    for (const [index, region] of regions.entries()) {
      const other = partitionOf(region);
      if (other === partition) continue;
      const fault = { code: 'otherPartition', region, found: other, own: partition } as const;
      refuse([...path, index], { ...fault, isHome: false });
    }
  }
}

/** Names the rules' stacks, each for one rule. */
function stackNamer(environment: string, refuse: Refuse): (rule: Chosen) => string | undefined {
  const rules = new Map<string, string>();
  return (rule) => {
    const { name, artifact, template } = rule;
    const refused = (fault: Fault): undefined => {
      refuseRule(rule, refuse, fault);
    };
    const hidden = Object.keys(template.parameters).find(
      (each) => template.parameters[each]?.NoEcho,
    );
    if (hidden !== undefined) {
      const command = patrolCommand(['deploy', name]);
      return refused({ code: 'hiddenParameter', name: hidden, command });
    }
    let stack: string;
    try {
      stack = stackName(artifact.assembly.shortName, artifact.rule.name, environment);
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error;
      return refused({ code: 'value', why: error.message });
    }
    const other = rules.get(stack);
    if (other !== undefined) return refused({ code: 'sameStack', stack, other });
    rules.set(stack, name);
    return stack;
  };
}

/** The values of a stack. The file decides them all: what it does not give has its default, whatever the stack has. */
function settled(
  chosen: Chosen,
  { stack, place }: Pick<Wanted, 'stack' | 'place'>,
  { texts, refused, pathOf }: RuleValues,
  to: Destination,
  refuse: Refuse,
  topicProblems: string[],
): Settings['values'] {
  const { artifact, template } = chosen;
  const topics = Object.entries(to.parameters);
  const ground = { rule: artifact.rule, template, stack, place, current: undefined };
  const taken = topics.filter(([name]) => Object.hasOwn(template.parameters, name));
  const parameters = { ...texts, ...Object.fromEntries(taken) };
  for (const [name] of topics.filter((each) => !taken.includes(each))) {
    refuseRule(chosen, refuse, { code: 'outdated', name });
  }
  const { values, questions, problems } = settle(ground, { ...to, parameters });
  for (const each of problems) {
    const { about } = each;
    const fault = { code: 'value', why: settingProblemText(each) } as const;
    if (about !== undefined && Object.hasOwn(texts, about)) {
      refuse(pathOf(about), each.fault);
    } else if (about !== undefined && topicNames.has(about)) topicProblems.push(fault.why);
    else refuseRule(chosen, refuse, fault);
  }
  for (const { name, required, description } of questions) {
    if (required && name !== 'alerts' && !refused.includes(name)) {
      refuseRule(chosen, refuse, { code: 'required', name, description });
    }
  }
  const defaults = stackParameters(artifact.rule, template).flatMap((name) => {
    const text = template.parameters[name]?.Default?.toString();
    return text === undefined ? [] : [[name, { text, from: 'default' }] as const];
  });
  return { ...Object.fromEntries(defaults), ...values };
}

/** A base stack wherever the fleet has stacks, if it wants any. */
function basesOf(
  fleet: Fleet,
  places: readonly WantedPlace[],
  routes: readonly Route[],
): readonly WantedBase[] {
  const { alerts, alarms } = fleet;
  const alertEmails = alerts.shared ? emailsOf(alerts) : [];
  const alarmEmails = emailsOf(alarms);
  if (alertEmails.length + alarmEmails.length === 0) return [];
  const dispatchTopic = alerts.shared ? alerts.dispatch : undefined;
  return places.map(({ place }) => {
    const alarmTopic = alerts.shared ? givenAlarmTopic(fleet, place.region) : undefined;
    const more = routes.length > 0 ? { routes } : {};
    return compact<WantedBase>({
      place,
      alertEmails,
      alarmEmails,
      alarmTopic,
      dispatchTopic,
      boundary: fleet.permissionsBoundary,
      ...more,
    });
  });
}
