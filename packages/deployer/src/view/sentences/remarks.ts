/** What there is to say beside the reasons of a plan: for each code its facts, which are JSON, and its sentence. Pure. */
import type { Unconfirmed } from '../../notes/parts.ts';
import { type Renamed, renamedWords } from '../../template/renames.ts';
import type { Coded } from '../../text/records.ts';
import { counted, enumerated, pathText, quoted } from '../../text/words.ts';

/** Something that there is to say, as data. */
export type Remark = Coded<typeof sentences>;

/** The remarks with a code. */
export type RemarkOf<Code extends Remark['code']> = Extract<Remark, { readonly code: Code }>;

/** The same in a sentence or a few. */
export const remarkWords = (remark: Remark): string =>
  (sentences[remark.code] as (facts: Remark) => string)(remark);

/** The same as it is told. */
export const warningOf = <R extends Remark>(remark: R) =>
  ({ type: 'warning', message: remarkWords(remark), remark }) as const;

type Names = readonly string[];

interface At {
  readonly region: string;
  readonly account: string;
}

/** What AWS did not tell, and why. `command`: what prints the permissions needed. */
interface Untold {
  readonly why: string;
  readonly command: string;
}

/** An item that mutes alerts until a day. */
interface Suppressed {
  readonly rule: string;
  readonly parameter: string;
  readonly item: string;
  readonly owner: string;
  readonly reason: string;
  readonly expires: string;
}

/** Where a file uses the former name of a parameter. */
export interface RenamedAt extends Renamed {
  readonly path: readonly (string | number)[];
  readonly line: number;
  readonly column: number;
}

interface Topics extends Unconfirmed, At {}

const sentences = {
  /** A rule goes nowhere in an account: the account has none of the rule's regions. */
  nowhere: (it: { name: string; regions: Names; own: Names }) =>
    `${it.name} is not deployed in an account with the regions ${enumerated(it.regions)}: its own regions are ${enumerated(it.own)}.`,
  /** A rule whose events AWS delivers in some regions only goes to those. */
  confined: (it: { name: string; regions: Names; wanted: Names }) =>
    `${it.name} is deployed in ${enumerated(it.regions)} instead of ${enumerated(it.wanted) || 'nowhere'}: AWS delivers its events only there.`,
  unknownPartition: (it: { name: string; partition: string }) =>
    `${it.name} is deployed in all regions of the fleet. Patrol does not know where AWS delivers its events in the partition ${it.partition}.`,
  /** CloudFormation works in express mode. */
  express: (it: { stackSets: boolean }) =>
    `Express mode: CloudFormation reports success once everything is configured, and some resources become ready later. What fails before that is rolled back as usual. What fails later is not rolled back: run \`patrol-deploy doctor\` afterwards.${it.stackSets ? ' Stack sets do not have this mode: it applies to the base stacks only.' : ''}`,
  expired: (it: Suppressed) =>
    `${it.rule} alerts on ${quoted(it.item)} again. Its suppression in ${it.parameter} expired on ${it.expires} (${whose(it)}).`,
  /** The suppressions of a rule are too many for its environment. */
  inFile: (it: { rule: string; suppressions: number }) =>
    `The ${it.suppressions} suppressions of ${it.rule} have no room in the environment of its function. They are in its file of names and suppressions.`,
  /** Suppressions in the file of a rule come and go. */
  items: (it: { rule: string; added: Names; removed: Names }) =>
    [
      `Suppressions in the file of ${it.rule}:`,
      ...(it.added.length > 0
        ? [`added ${enumerated(it.added)}${it.removed.length > 0 ? ';' : ''}`]
        : []),
      ...(it.removed.length > 0 ? [`removed ${enumerated(it.removed)}`] : []),
    ].join(' ') + '.',
  unknownItems: (it: { rule: string }) =>
    `It is not known which suppressions in the file of ${it.rule} are new. The deployed file cannot be read.`,
  /** A suppression ends soon. */
  ending: (it: Suppressed) =>
    `${it.rule} alerts on ${quoted(it.item)} again after ${it.expires}. Its suppression in ${it.parameter} ends then (${whose(it)}).`,
  renamed: (it: RenamedAt & { file: string }) =>
    `${it.file}:${it.line}:${it.column}: ${pathText(it.path)}: ${renamedWords(it)}`,
  /** The environment of the command line overrides that of the file. */
  overridden: (it: { environment: string; usual: string; file: string }) =>
    `--env ${it.environment} overrides the environment ${it.usual} of ${it.file}. Alerts still go where those of ${it.usual} go, unless an option names another destination.`,
  withoutManagement: () =>
    'The management account gets no stacks of rules: StackSets deploys only to member accounts. To deploy there too, use a second file with another fleet name and without `organization`.',
  idleSharing: () =>
    'alerts.shared has no effect for an organisation: all its alerts go to one topic anyway.',
  /** Earlier versions had a use for `artifacts.shared`. */
  idleBucket: () =>
    'artifacts.shared has no effect: the bucket for the code belongs to no base stack. Remove it from the file.',
  /** `policy`: the statements that the policy of a topic of the file needs. */
  openTopic: (it: { topic: string; policy: readonly object[] }) =>
    `The policy of ${it.topic} must allow the organisation to publish: ${JSON.stringify(it.policy)}`,
  topicStays: (it: { kind: 'alerts' | 'machines' | 'alarms' }) =>
    `Its topic for ${it.kind} stays until no stack sends to it any more.`,
  queuesStay: () => 'Its queues stay until they are empty and no stack writes to them any more.',
  /** The fleet has stacks in another environment. */
  elsewhere: (it: { fleet: string; environment: string; other: string; stacks: number }) =>
    `This file is for the environment ${it.environment}. The fleet ${it.fleet} also has ${counted(it.stacks, 'stack')} in the environment ${it.other}, which this command does not touch.`,
  /** An account and region could not be looked at. */
  unread: (it: At & { why: string }) => it.why,
  /** Places outside the file could not be searched for what is left of the fleet. */
  unsearched: (it: { places: readonly At[]; why: string }) =>
    `${enumerated(it.places.map(placed))} may still have orphaned stacks of the fleet. ${it.why}`,
  /** Existing stacks send to a new subscription. */
  newSubscription: (it: { address: string; stacks: Names }) =>
    `Until ${it.address} confirms the new subscription, nobody receives the alerts of ${named(it)}. Confirm it as soon as SNS has sent its message.`,
  /** Queues of a stack's own stay. `events`: absent where nobody can see how many they hold. */
  heldQueues: (it: { events?: number; command: string }) =>
    `${it.events === undefined ? 'Patrol cannot see whether its own queues hold events' : `Its own queues hold about ${counted(it.events, 'event')}`}. They stay, with their alarms, until they are empty. Then run \`${it.command}\` again: the rule will share the queues of the base stack.`,
  /** CloudFormation found it changed outside. `command`: what shows the differences. */
  drifted: (it: { stack: string; detectedAt: string; command: string }) =>
    `Drift: at ${it.detectedAt} CloudFormation found resources of ${it.stack} changed outside it. A deployment overwrites only what it updates. \`${it.command}\` shows the differences.`,
  inoperable: (it: { stackSet: string; accounts: Names }) =>
    `Instances of ${it.stackSet} in ${enumerated(it.accounts)} are INOPERABLE, because their deletion failed: StackSets skips them. Remove them from the stack set with \`aws cloudformation delete-stack-instances --retain-stacks\`. Then delete their stacks in those accounts.`,
  suspended: (it: { stackSet: string; accounts: Names }) =>
    `${it.stackSet} skips ${enumerated(it.accounts)}: suspended by AWS Organizations.`,
  emptyUnit: (it: { unit: string }) => `${it.unit} has no accounts that a stack set can deploy to.`,
  unknownAccounts: (it: Untold & { units: Names }) =>
    `The accounts of ${enumerated(it.units)} are not known, so accounts without stacks may be missed. ${untold(it)}`,
  unknownRegions: (it: { account: string; why: string }) =>
    `Only the regions of the file were searched for orphaned stacks in the account ${it.account}. ${it.why}`,
  unknownNames: (it: { why: string }) =>
    `Alerts name only the accounts that accountNames in the file names. ${it.why}`,
  /** Nobody looked for what was changed outside CloudFormation. */
  driftUnread: (it: { why: string } & At) =>
    `Changes made outside CloudFormation in ${it.region} (account ${it.account}) are not shown. ${it.why}`,
  /** The rules on a default event bus were not counted. */
  uncounted: (it: Untold & At) => `The rules on ${busIn(it)} were not counted. ${untold(it)}`,
  unknownQuota: (it: Untold & At & { used: number; coming: number; standard: number }) =>
    `There are ${counted(it.used, 'rule')} on ${busIn(it)}, and this plan adds ${it.coming}. AWS allows ${it.standard}, unless it raised the quota. The quota is not known. ${untold(it)}`,
  /** What nothing sends to any more could not be deleted. */
  topicsLeft: (it: { why?: string }) =>
    `Some topics that nothing sends to any more still exist. The next run deletes them.${it.why === undefined ? '' : ` ${it.why}`}`,
  /** Nobody has confirmed a subscription to topics. `again`: has SNS send another message. */
  unconfirmed: (it: Topics & { again?: string }) => {
    const lost = `nobody receives the ${it.what} of ${named(it)} in ${it.region}`;
    return it.endpoints.length === 0
      ? `Nobody is subscribed to ${it.topics.length === 1 ? it.topics[0] : `the topics of ${named(it)}`}, so ${lost}.`
      : `Until ${confirming(it)}, ${lost}. ${toConfirm(it)}`;
  },
  /** Some have not confirmed a subscription to topics, and others have. */
  pending: (it: Topics & { again?: string }) => {
    const many = it.endpoints.length > 1;
    return `Until ${confirming(it)}, ${many ? 'they do' : 'this address does'} not receive the ${it.what} of ${named(it)} in ${it.region}. Others do. ${toConfirm(it)}`;
  },
  /** Nobody is subscribed to a topic that the notifier sends to besides. */
  unheardTopic: (it: { topic: string }) =>
    `Nobody is subscribed to ${it.topic}, which alerts.topics names. What the notifier sends there reaches nobody. Subscribe its chat or pager, or remove it from the file.`,
  /** AWS does not say who is. */
  unseenTopic: (it: { topic: string; why: string }) =>
    `Patrol cannot see who is subscribed to ${it.topic}, which alerts.topics names. ${it.why}`,
  /** A base stack is new, and its alarms go where its alerts go. */
  alarmsToPeople: () =>
    'The file has no `alarms`, so alarms about the rules go to the addresses that get the alerts. With `alarms: { email: … }` they go elsewhere.',
  /** There is no such topic. The commands create it again, and subscribe an address. */
  lost: (it: Topics & { create: string; subscribe: string }) =>
    `There is no topic ${it.topics[0]}: the ${it.what} of ${named(it)} in ${it.region} are lost. Somebody deleted it outside CloudFormation. \`${it.create}\` creates it again, and \`${it.subscribe}\` subscribes an address.`,
  /** A stack is not saved. */
  notInstalled: (it: At & { stack: string; package: string; rule: string }) =>
    `${it.stack} in ${placed(it)} is left out: ${it.package} is not installed, or has no rule ${it.rule}.`,
  /** A saved file has a fault. */
  unusable: (it: { file: string; line: number; column: number; message: string }) =>
    `${it.file}:${it.line}:${it.column}: ${it.message}`,
  /** A saved file differs from what stands. `does`: what is done to a stack, or `refuse`. */
  wouldChange: (it: At & { stack: string; does: string; why: string }) =>
    it.does === 'refuse'
      ? it.why
      : `Applying this file would ${it.does} ${it.stack} in ${placed(it)}: ${it.why}.`,
  /** What stacks have of suppressions counts as values of the parameter. */
  endless: (it: { items: Names; parameter: string; rule: string }) =>
    `${enumerated(it.items.map(quoted))} in ${it.parameter} of ${it.rule} ${it.items.length === 1 ? 'mutes alerts and never expires' : 'mute alerts and never expire'}. To give one an end date, move it to \`suppressions\`.`,
  /** A file that named rules by patterns names each of them. */
  patternsGone: (it: { file: string; patterns: Names }) =>
    `${it.file} had ${enumerated(it.patterns)}. The new file names each rule instead, so later versions of a package bring no rules by themselves. Add the patterns again if they should.`,
  /** AWS does not say who is subscribed. */
  unknownSubscriptions: (it: At & { why: string }) =>
    `It is not known whether anybody receives the alerts of ${it.region}. ${it.why}`,
};

/** Who confirms what. */
const confirming = ({ endpoints, topics }: Topics): string =>
  `${enumerated(endpoints)} ${endpoints.length === 1 ? 'confirms' : 'confirm'} ${
    topics.length === 1
      ? `the subscription to ${topics[0]}`
      : `${topics.length} subscriptions, one for each stack`
  }`;

/** How a subscription is confirmed. */
const toConfirm = ({ topics, again }: Topics & { readonly again?: string }): string =>
  [
    'To confirm, open the link in the message "AWS Notification - Subscription Confirmation" from SNS.',
    ...(again === undefined
      ? []
      : [`SNS deletes what nobody confirms within two days. \`${again}\` sends another message.`]),
    ...(topics.length === 1
      ? []
      : ['With `alerts: { shared: true }` there is only one to confirm.']),
  ].join(' ');

const whose = ({ owner, reason }: Suppressed): string =>
  `${owner}: ${reason.trim().replace(/\.$/, '')}`;

/** So many stacks are named; of more it is said how many. */
const named = ({ stacks }: { readonly stacks: Names }): string =>
  stacks.length > 3 ? `${stacks.length} stacks` : enumerated(stacks);

const placed = ({ region, account }: At): string => `${region} (account ${account})`;

const busIn = (it: At): string => `the default event bus in ${placed(it)}`;

const untold = ({ why, command }: Untold): string =>
  `${why} \`${command}\` prints the permissions needed.`;
