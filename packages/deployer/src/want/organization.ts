/** From a fleet for an organisation and the installed rules to the stack sets that it wants. Pure. */
import { patrolCommand } from '../text/command.ts';
import { type Route, stackNames } from '@patrol/core/contracts';
import type { Artifact } from '../packages/assembly.ts';
import type { Place } from '../cloud/cloud.ts';
import {
  baseParameters,
  baseStack,
  baseTopic,
  memberContent,
  memberQueues,
} from '../destinations/base.ts';
import { givenAlarmTopic, namedTopics } from '../destinations/destinations.ts';
import {
  type Alerts,
  emailsOf,
  type Fleet,
  type FleetFile,
  type Organization,
  type Topics,
} from '../file/file.ts';
import { problem, sorted } from '../file/problem.ts';
import {
  expecting,
  type FleetGround,
  type FleetWanted,
  takesQueues,
  unsharedFleet,
  watchedPlaces,
  type WantedBase,
  type WantedPlace,
  type WantedStack,
} from './fleet.ts';
import type { Disagreement } from '../notes/parts.ts';
import {
  codeAt,
  defaultEnvironment,
  type Holds,
  keyOf,
  tagsOf,
  typedFor,
  withBucket,
} from '../identity/naming.ts';
import { sha256, type Template } from '../template/template.ts';
import type { AutoDeployment, Preferences } from '../cloud/stacksets.ts';
import { regionalTemplate, splitValues } from '../template/regional.ts';
import { organizationMayPublish } from '../destinations/organization.ts';
import type { Wanted } from './stack.ts';
import { partitionOf } from '../cloud/partitions.ts';
import { disagreementsOf } from '../template/agreement.ts';
import type { Remark } from '../view/sentences/remarks.ts';
import { routesOf } from './routes.ts';
import { type Refuse, refuseRule } from './rules.ts';
import { compact, distinct, mapValues, type Texts } from '../text/records.ts';

const { parameters: common } = stackNames;

/** A stack set that a fleet wants. */
export interface WantedStackSet {
  readonly holds: Holds;
  readonly stackSet: string;
  /** Absent where it holds no rule. */
  readonly artifact?: Artifact;
  readonly template: Template;
  readonly parameters: Readonly<Record<string, string>>;
  /** What a stack of it is made of, before what differs between regions was taken out of the parameters. */
  readonly single: Pick<Wanted, 'content' | 'values'>;
  readonly tags: Readonly<Record<string, string>>;
  readonly units: readonly string[];
  readonly regions: readonly string[];
  readonly autoDeployment: AutoDeployment;
  readonly notes: readonly Remark[];
  /** What brings its rule, where no line of the file names it: a pattern, or `defaults.enabled`. */
  readonly by?: string;
  /** What the package's `rules.json` says otherwise than its template. */
  readonly disagreements?: readonly Disagreement[];
}

/** What a fleet wants of an organisation. */
export interface OrganizationWanted extends Pick<
  FleetWanted,
  'fleet' | 'environment' | 'run' | 'notes' | 'problems'
> {
  readonly organization: string;
  /** Where the stack sets are managed. */
  readonly home: Place;
  /** The account that manages them in a region, with the bucket for the code there. */
  readonly placeIn: (region: string) => Place;
  readonly delegatedAdministrator: boolean;
  readonly preferences: Preferences;
  readonly stackSets: readonly WantedStackSet[];
  /** What the managing account itself gets: base stacks with the topics of the organisation. Planned as a fleet. */
  readonly central: FleetWanted;
  /** The regions that need the rules' code. */
  readonly regions: readonly string[];
}

/** Where stack sets are managed unless the file says otherwise: a constant, since they are known in their region only. */
const homes: Readonly<Record<string, string>> = {
  aws: 'us-east-1',
  'aws-cn': 'cn-north-1',
  'aws-us-gov': 'us-gov-west-1',
};

/** In a tenth of the accounts of a region deploying may fail: one that refuses everything does not keep the others waiting. */
const defaultTolerance = '10%';
const defaultConcurrency = '25%';

/** How the operations of an organisation's stack sets are carried out. */
const preferencesOf = (organization: Organization): Preferences => ({
  failureTolerance: organization.failureTolerance ?? defaultTolerance,
  maxConcurrency: organization.maxConcurrency ?? defaultConcurrency,
  parallelRegions: organization.parallelRegions ?? true,
});

/** What a fleet wants of an organisation, with every problem at once. */
export function wantedOrganization(file: FleetFile, ground: FleetGround): OrganizationWanted {
  const { fleet, where } = file;
  const { organization } = fleet;
  if (!organization) throw new Error('The fleet has no organization.');
  const environment = fleet.environment ?? defaultEnvironment;
  const regions = organization.regions ?? fleet.regions;
  const { account, partition } = ground;
  const region = organization.home ?? homes[partition] ?? fleet.regions.toSorted()[0] ?? '';
  const homeIn = (region: string): Place =>
    withBucket({ account, region, partition }, fleet.artifacts?.bucket);
  const home = homeIn(region);
  const within = { ...fleet, regions };
  const central = centralOf(within, home, environment);
  // Member accounts have no base stack: their rules have queues and alarms of their own.
  const inner = unsharedFleet({ fleet: singular(within, central), where }, ground);
  const problems = [...inner.problems];
  const refuse: Refuse = (path, fault) => void problems.push(problem(where(path), path, fault));
  const id = organization.id ?? '';
  if (id === '') refuse(['organization'], { code: 'noOrganizationId' });
  const found = partitionOf(region);
  if (found !== partition) {
    const fault = { code: 'otherPartition', region, found, own: partition, isHome: true } as const;
    refuse(['organization', 'home'], fault);
  }
  // Each account has the same: its units are those of all rules.
  const stacks = inner.stacks.map((each) => expecting(each, inner.stacks));
  const byRule = Map.groupBy(stacks, ({ wanted }) => typedFor(wanted.content.holds));
  for (const [name, [first]] of byRule) {
    if (!first?.artifact.rule.triggers.some(({ kind }) => kind === 'webhook')) continue;
    const command = patrolCommand(['deploy', name]);
    refuseRule({ name, at: first.at }, refuse, { code: 'organizationWebhook', command });
  }
  const routes = routesOf(
    fleet,
    [...byRule].flatMap(([name, [first]]) => (first ? [{ name, artifact: first.artifact }] : [])),
    Object.keys(ground.accountNames ?? {}),
    ground.accountNames ?? {},
    refuse,
  );
  const topics = watchedPlaces(inner.stacks);
  const shares = (stacks: readonly WantedStack[]): boolean =>
    stacks.every(
      ({ wanted: { place, content } }) => topics.has(keyOf(place)) && takesQueues(content.template),
    );
  const ofRules = [...byRule.values()].map((stacks) =>
    stackSetOf(stacks, organization, inner, shares(stacks)),
  );
  const sharing = [...byRule.values()].filter(shares).flat();
  const stackSets = [
    ...(sharing.length > 0 ? [memberBase(sharing, organization, inner, topics)] : []),
    ...ofRules,
  ];
  const used = [...new Set(stackSets.flatMap((each) => each.regions))].toSorted();
  const places = [...new Set([region, ...used])].map((each) => ({
    place: homeIn(each),
  }));
  const isElsewhere = ({ place }: WantedPlace): boolean =>
    ![region, ...used].includes(place.region);
  return {
    ...(ground.run && { run: ground.run }),
    fleet: fleet.fleet,
    environment,
    organization: id,
    home,
    placeIn: homeIn,
    delegatedAdministrator: organization.delegatedAdministrator === true,
    preferences: preferencesOf(organization),
    stackSets,
    central: {
      ...inner,
      home,
      stacks: [],
      places,
      known: [...places, ...inner.known.filter(isElsewhere)],
      bases: basesOf(within, central, home, used, id, routes),
      topics: [...new Set(namedTopics(fleet).map(({ arn }) => arn))],
      // They are told of the organisation.
      notes: [],
      expired: [],
      problems: [],
    },
    regions: used,
    notes: [
      { code: 'withoutManagement' },
      ...idle(fleet),
      ...openTopics(fleet, id),
      ...inner.notes,
    ],
    problems: sorted(problems),
  };
}

/** The e-mail addresses behind the topics of the managing account. */
interface Central {
  readonly alertEmails: readonly string[];
  readonly alarmEmails: readonly string[];
  readonly alerts: Topics | undefined;
  readonly alarms: Topics | undefined;
}

/**
 * Where the alerts and alarms of an organisation go: functions publish in the region of the topic, wherever they are, so
 * that one topic does for all alerts. Alarms reach topics of their own region only, in whatever account: one in each region.
 */
function centralOf({ fleet, alerts, alarms, regions }: Fleet, home: Place, environment: string) {
  const base = baseStack(fleet, environment);
  const alertEmails = emailsOf(alerts);
  const alarmEmails = alarms ? emailsOf(alarms) : alertEmails;
  const own = Object.fromEntries(
    // A rule of a global service goes to other regions than the fleet's.
    [...new Set([...regions, home.region, 'us-east-1'])].map((region): [string, string] => [
      region,
      baseTopic({ ...home, region }, base, 'alarms'),
    ]),
  );
  return {
    alertEmails,
    alarmEmails,
    alerts: alerts.email === undefined ? alerts.topic : baseTopic(home, base, 'machines'),
    alarms: alarmEmails.length === 0 ? alarms?.topic : own,
  };
}

/** The fleet of one account whose stacks are what every account of the organisation gets. */
function singular(fleet: Fleet, { alerts, alarms }: Central): Fleet {
  const { organization: _, accounts: __, alarms: ___, artifacts, ...rest } = fleet;
  return {
    ...rest,
    ...(artifacts && { artifacts: { ...artifacts, shared: false } }),
    alerts: compact<Alerts>({
      topic: alerts,
      form: fleet.alerts.form,
      dispatch: fleet.alerts.email === undefined ? fleet.alerts.dispatch : undefined,
    }),
    ...(alarms && { alarms: { topic: alarms } }),
  };
}

/** The base stacks of the managing account. */
const basesOf = (
  fleet: Fleet,
  { alertEmails, alarmEmails }: Central,
  home: Place,
  regions: readonly string[],
  organization: string,
  routes: readonly Route[],
): readonly WantedBase[] =>
  [
    ...new Set([
      ...(alertEmails.length === 0 ? [] : [home.region]),
      ...(alarmEmails.length === 0 ? [] : regions),
    ]),
  ].map((region) => {
    const hasAlerts = region === home.region && alertEmails.length > 0;
    return compact<WantedBase>({
      place: { ...home, region },
      alertEmails: hasAlerts ? alertEmails : [],
      alarmEmails: regions.includes(region) ? alarmEmails : [],
      alarmTopic: hasAlerts ? givenAlarmTopic(fleet, region) : undefined,
      dispatchTopic: hasAlerts ? fleet.alerts.dispatch : undefined,
      boundary: hasAlerts ? fleet.permissionsBoundary : undefined,
      routes: hasAlerts && routes.length > 0 ? routes : undefined,
      organization,
    });
  });

/** What the file says and an organisation has one way or the other. */
function* idle({ alerts, artifacts }: Fleet): Generator<Remark> {
  if (alerts.shared !== undefined) yield { code: 'idleSharing' };
  if (artifacts?.shared === true) yield { code: 'idleBucket' };
}

/** What the policies of topics that the file names have to say: they are not the deployer's to change. */
const openTopics = (fleet: Fleet, organization: string): readonly Remark[] =>
  namedTopics(fleet)
    // To further topics the notifier alone publishes.
    .filter(({ path }) => path[1] !== 'topics')
    .map(({ arn: topic, path }) => {
      const alarmsToo = path[0] === 'alarms' || fleet.alarms === undefined;
      return {
        code: 'openTopic',
        topic,
        policy: organizationMayPublish(topic, organization, alarmsToo),
      };
    });

/** What becomes of accounts that join or leave. */
const deploymentOf = ({ autoDeployment, retainStacks }: Organization): AutoDeployment => ({
  enabled: autoDeployment ?? true,
  retainStacks: retainStacks === true,
});

const tagsFor = (
  { content: { identity } }: Pick<Wanted, 'content'>,
  { environment, tags }: FleetWanted,
  template: Template,
): Texts => ({
  ...tagsOf(identity, environment),
  ...tags,
  'patrol:template': sha256(template.text),
});

const regionsOf = (stacks: readonly WantedStack[]): readonly string[] =>
  [...new Set(stacks.map(({ wanted: { place } }) => place.region))].toSorted();

/** The stack set of the base stacks of member accounts: the queues that stacks of rules share. */
function memberBase(
  stacks: readonly WantedStack[],
  organization: Organization,
  fleet: FleetWanted,
  topics: ReadonlyMap<string, string>,
): WantedStackSet {
  const content = memberContent(fleet.fleet, fleet.environment);
  const values = Object.fromEntries(
    stacks.map(({ wanted: { place } }) => [
      place.region,
      { [baseParameters.queueAlarms]: topics.get(keyOf(place)) ?? '' },
    ]),
  );
  const { same, regional } = splitValues(values);
  const template = regionalTemplate(content.template, regional);
  return {
    holds: content.holds,
    stackSet: fleet.base,
    template,
    parameters: same,
    single: { content, values: mapValues(same, (text) => ({ text, from: 'given' })) },
    tags: tagsFor({ content }, fleet, template),
    units: organization.organizationalUnits.toSorted(),
    regions: regionsOf(stacks),
    autoDeployment: deploymentOf(organization),
    notes: [],
  };
}

/**
 * The same template with queues of its own, whether they are used or not. Whether those of member accounts hold events
 * cannot be seen from here. A queue that nothing writes to costs nothing.
 */
function keepingQueues(template: Template): Template {
  const resources = mapValues(template.resources, (resource) => {
    const { Condition: _, ...always } = resource;
    return resource.Type === 'AWS::SQS::Queue' ? always : resource;
  });
  const text = JSON.stringify({ ...JSON.parse(template.text), Resources: resources });
  return { ...template, text, resources };
}

/**
 * The stack set of a rule, from what its stacks would be in each region.
 *
 * @param isSharing whether its stacks use the queues of the base stacks of their accounts.
 */
function stackSetOf(
  stacks: readonly WantedStack[],
  organization: Organization,
  fleet: FleetWanted,
  isSharing: boolean,
): WantedStackSet {
  const [first] = stacks;
  if (!first) throw new Error('A rule without stacks is not wanted.');
  const { artifact, wanted } = first;
  const queues = isSharing ? memberQueues(fleet.base) : {};
  const values = Object.fromEntries(
    stacks.map(({ wanted: { place, values: settled, content } }) => {
      const { bucket, key } = codeAt(place, content.identity, artifact.rule.code.sha256);
      const fixed: Readonly<Record<string, string>> = {
        [common.codeBucket]: bucket,
        [common.codeKey]: key,
        [common.names]: content.names?.sha256 ?? '',
      };
      const names = Object.keys(content.template.parameters).filter(
        (name) => !Object.hasOwn(queues, name),
      );
      const texts = names.flatMap((name): [string, string][] => {
        const text = fixed[name] ?? settled[name]?.text;
        return text === undefined ? [] : [[name, text]];
      });
      return [place.region, Object.fromEntries(texts)];
    }),
  );
  const { same, regional } = splitValues(values);
  const whole = isSharing ? keepingQueues(wanted.content.template) : wanted.content.template;
  const template = regionalTemplate(whole, regional, queues);
  return {
    holds: wanted.content.holds,
    stackSet: wanted.stack,
    artifact,
    template,
    parameters: same,
    single: { content: wanted.content, values: wanted.values },
    tags: tagsFor(wanted, fleet, template),
    units: organization.organizationalUnits.toSorted(),
    regions: regionsOf(stacks),
    autoDeployment: compact<AutoDeployment>({
      ...deploymentOf(organization),
      after: isSharing ? fleet.base : undefined,
    }),
    notes: distinct(stacks.flatMap(({ notes }) => notes)),
    ...(wanted.by !== undefined && { by: wanted.by }),
    ...disagreementsOf(wanted.content),
  };
}
