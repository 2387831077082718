/**
 * What keeps a `patrol.yaml`, or what is given for one stack, from being used: for each code its facts and its sentence, which
 * ends without a stop. Pure.
 */
import { patrolCommand } from '../../text/command.ts';
import type { Coded } from '../../text/records.ts';
import { enumerated, quoted } from '../../text/words.ts';

/** A fault, as data. */
export type Fault = Coded<typeof sentences> & {
  /** The rules for which a value is refused that several get from one line. */
  readonly ofRules?: Names;
  /** The rule that is refused as a whole, brought by a line that does not name it. */
  readonly brought?: string;
};

/** The same as a sentence. */
export function faultWords(fault: Fault): string {
  const { ofRules = [], brought } = fault;
  const [first] = ofRules;
  const words = (sentences[fault.code] as (facts: Fault) => string)(fault);
  const whose =
    ofRules.length > 3 ? `${ofRules.length} rules, such as ${first}` : enumerated(ofRules);
  const whole = `${brought === undefined ? '' : `${brought}: `}${whose && `for ${whose}: `}${words}`;
  const ended = /[.?]$/.test(whole) ? whole : `${whole}.`;
  return brought === undefined
    ? ended
    : `${ended} To leave it out, add \`${brought}: false\` below.`;
}

type Names = readonly string[];

/** A name that is near to what was written, which somebody may have meant. */
interface Near {
  readonly meant?: string | undefined;
}

/** Where a parameter of every stack is given instead. */
interface Elsewhere {
  readonly elsewhere?: string | undefined;
}

const or = ({ meant }: Near, otherwise: string): string =>
  meant === undefined ? otherwise : `did you mean ${meant}?`;

const given = (it: Near & Elsewhere, otherwise: string): string =>
  it.elsewhere === undefined ? or(it, otherwise) : `it is given with ${it.elsewhere}`;

const has = (whose: string, names: Names, none = 'none'): string =>
  `${whose} ${enumerated(names) || none}`;

const install = ({ name, range }: { name: string; range: string }): string =>
  `install the version with \`pnpm add "${name}@${range}"\`, or change this line`;

const list = `\`${patrolCommand(['list'])}\``;

const sentences = {
  /** What another part says of the value, such as the rule's own parameter. */
  value: (it: { why: string }) => it.why,

  // The text.
  notYaml: (it: { why: string }) => `not YAML: ${it.why}`,
  tooLarge: (it: { most: number }) => `the file has more than ${it.most} KB; split it into several`,
  empty: () => 'the file is empty',
  secondDocument: () => 'a second YAML document begins here; expected one in the file',
  yamlVersion: () => 'expected YAML 1.2; remove the line %YAML',
  noAnchor: (it: { name: string }) =>
    `there is no anchor &${it.name} before *${it.name}; put a text that begins with * in quotes`,
  containsItself: () => 'this value contains itself',
  tooDeep: (it: { most: number }) => `nested deeper than ${it.most} levels`,
  tag: (it: { tag: string }) => `the tag ${it.tag} is not allowed; remove it`,
  keyName: () => 'expected a name as the key',
  sameKey: (it: { key: string; first: number }) =>
    `the key ${JSON.stringify(it.key)} is already in line ${it.first}; keep one of them`,
  notMerged: () => 'only maps can be merged with <<',
  manyMerged: (it: { most: number }) => `merge keys create more than ${it.most} entries`,
  manyValues: (it: { most: number }) => `anchors make more than ${it.most} values of this file`,

  // Its form.
  unexpected: (it: { expected: string; found: string; quotes: boolean }) =>
    `expected ${it.expected}; found ${it.found}${it.quotes ? '; put it in quotes to make it a text' : ''}`,
  repeated: (it: { text?: string | undefined }) =>
    `${it.text === undefined ? 'the same' : quoted(it.text)} is already in this list`,
  tooMany: (it: { most: number | undefined; found: number }) =>
    `expected at most ${it.most}; found ${it.found}`,
  wrongKey: (it: { expected: string; key: string }) =>
    `expected ${it.expected}; found the key ${quoted(it.key)}`,
  noKey: (it: Near & { keys: Names }) =>
    `there is no such key; ${or(it, `expected ${it.keys.join(', ')}`)}`,
  missingKey: (it: { key: string; expected: string | undefined }) =>
    `the key ${it.key} is missing: ${it.expected}`,
  either: (it: { keys: Names; found: 'neither' | 'both' }) =>
    `expected either ${it.keys.join(' or ')}; found ${it.found}`,
  goesWith: (it: { key: string; other: string }) => `${it.key} goes with ${it.other} only`,

  // Its rules.
  noMatch: (it: Near & { packages: Names }) =>
    `no installed rule matches; ${or(it, `${list} shows the installed rules of ${enumerated(it.packages)}`)}`,
  noSet: (it: Near & { name: string; sets: Names }) =>
    `there is no such set; ${or(it, has(`${it.name} has`, it.sets, 'no sets'))}`,
  noRule: (it: Near & { name: string; rules: Names }) =>
    `there is no such rule; ${or(it, it.rules.length > 20 ? `${it.name} has ${it.rules.length} rules: ${list} shows them` : has(`${it.name} has`, it.rules))}`,
  longName: (it: { name: string }) => `write ${it.name}, as ${list} does`,
  noPackage: (it: Near & { names: Names }) =>
    `no rule package ${it.names.join(' or ')} is installed; ${or(it, `install it, for example with \`pnpm add ${it.names[0]}\``)}`,
  pinned: (it: { name: string; range: string; found: string }) =>
    `expected ${it.range}; found ${it.found} installed; ${install(it)}`,
  fullName: (it: { name: string }) => `write the full name, ${it.name}`,
  noPinned: (it: Near & { name: string; range: string }) =>
    `no such rule package is installed; ${or(it, install(it))}`,
  hiddenParameter: (it: { name: string; command: string }) =>
    `Patrol cannot see whether its hidden parameter ${it.name} (NoEcho) has changed. Deploy it by itself: \`${it.command}\``,
  sameStack: (it: { stack: string; other: string }) =>
    `its stack would be ${it.stack}, which is the stack of ${it.other}`,
  webhooks: (it: { count: number; command: string }) =>
    `each of its ${it.count} stacks would have its own webhook, and every alert would come ${it.count} times. List one region under regions, or remove the rule and deploy it once: \`${it.command}\``,
  organizationWebhook: (it: { command: string }) =>
    `each account of the organisation would have its own webhook. Remove it here, and deploy it once: \`${it.command}\``,

  // Their parameters and suppressions.
  noSuchParameter: (it: Near & Elsewhere & { has: Names }) =>
    `there is no such parameter; ${given(it, has('it has', it.has))}`,
  nobodysParameter: (it: Near & Elsewhere & { among: 'fleet' | 'line' }) =>
    `no rule ${it.among === 'fleet' ? 'of the fleet' : 'that this line matches'} has this parameter; ${given(it, 'remove it')}`,
  givenTwice: (it: { name: string }) =>
    `is now called ${it.name}, which is given as well; remove one of them`,
  required: (it: { name: string; description: string }) =>
    `the parameter ${it.name} is required: ${it.description}`,
  outdated: (it: { name: string }) =>
    `its template has no parameter ${it.name}; update its package, or build it again`,
  oneValue: () => 'takes one value; found a list',
  brokenItem: (it: { item: string }) =>
    `${quoted(it.item)} is not read as one item when commas separate the items`,
  comma: (it: { item: string; escapes: boolean }) =>
    `${quoted(it.item)} has a comma, which separates items; make it two items${it.escapes ? ', or write \\, for a comma within an item' : ''}`,
  noneMutes: (it: Near & { parameter: string; has: Names }) =>
    `none of the rules that this line matches can be muted by ${quoted(it.parameter)}; ${or(it, has('they have', it.has))}`,
  mutesNothing: (it: Near & { parameter: string; rule: string; has: Names }) =>
    `${quoted(it.parameter)} is not a parameter that mutes alerts; ${or(it, has(`${it.rule} has`, it.has))}`,
  mutedForEver: (it: { item: string; parameter: string }) =>
    `${quoted(it.item)} is also in ${it.parameter} itself, where it never expires; remove one of them`,
  mutedTwice: (it: { item: string }) =>
    `${quoted(it.item)} is suppressed twice; remove one of them`,
  tooLate: (it: { expires: string; last: string; parameter: string }) =>
    `${it.expires} is more than a year ahead. Choose a day until ${it.last}, or write what stays muted into ${it.parameter} itself`,

  // What is given for one stack.
  unknownParameter: (it: Near & Elsewhere & { rule: string; has: Names }) =>
    it.elsewhere === undefined
      ? `${it.rule} has no such parameter; ${or(it, `it has ${it.has.join(', ') || 'none'}`)}`
      : `give it with ${it.elsewhere}`,
  noTrigger: (it: { rule: string }) =>
    `${it.rule} has no trigger topic, so no account needs to publish to one`,
  noSecret: (it: { rule: string; has: Names }) =>
    `${it.rule} has ${it.has.length === 0 ? 'no secret parameter' : `only the secret parameters ${it.has.join(', ')}`}`,
  bothNames: (it: { name: string }) =>
    `is called ${it.name} today, which is given as well; give it once`,
  bothOptions: () => 'found both --param and --secret; give it once',
  bothDestinations: () => 'Give either --alert-email or --alert-topic-arn; found both',
  /** `alarms`: the parameter that takes another topic for alarms; absent where that is the one. */
  farTopic: (it: { region: string; stack: string; alarms?: string | undefined }) =>
    `the topic is in ${it.region}, but the stack is in ${it.stack}. ${
      it.alarms === undefined
        ? 'CloudWatch alarms reach only topics of their own region'
        : `Alerts reach it, CloudWatch alarms do not. Give a topic in ${it.stack} for the alarms: --param ${it.alarms}=arn:…`
    }`,
  largeEnvironment: (it: { size: number; most: number; largest: Names }) =>
    `The parameters together make ${it.size} bytes of environment variables; Lambda allows ${it.most}. The largest are ${it.largest.join(', ')}. Shorten them, for example with * in names`,

  // Where it goes.
  deadRegion: (it: { name: string; regions: Names; region: string }) =>
    `AWS delivers the events of ${it.name} only in ${it.regions.join(', ')}; in ${it.region} it would never alert`,
  sameAccount: (it: { account: string }) => `the account ${it.account} is already in this list`,
  needsRole: (it: { account: string; own: string }) =>
    `the credentials belong to the account ${it.own}; name a role to assume in ${it.account}`,
  otherPartition: (it: { region: string; found: string; own: string; isHome: boolean }) =>
    `${it.region} is in the partition ${it.found}, but the account of the credentials is in ${it.own}${it.isHome ? '' : '. Use another file for it'}`,
  noOrganizationId: () =>
    'the key id is missing: buckets and topics allow the accounts of the organisation by its id. `aws organizations describe-organization --query Organization.Id` prints it',
  needsNotifier: () => 'only a notifier sends to further topics; add `shared: true` under alerts',
  sameTopic: (it: { topic: string }) => `the topic ${it.topic} is already given`,
  ownTopic: (it: { topic: string }) =>
    `${it.topic} is a topic of Patrol itself; expected one of your own`,
  noneOfFleet: (it: Near & { name: string }) =>
    `${it.name} names no rule of the fleet; ${or(it, `${list} shows the installed rules`)}`,
  noAccount: (it: Near & { account: string }) =>
    `${it.account} is no account of the fleet; ${or(it, 'give its id, or a name of accountNames')}`,
  manyTopics: (it: { size: number; most: number }) =>
    `they take ${it.size} bytes of the ${it.most} that the notifier has room for; name fewer topics, rules or accounts`,
  noTopic: (it: { regions: Names }) =>
    `has no topic for ${enumerated(it.regions)}, where the fleet has rules too`,
  farAlarms: (it: { regions: Names }) =>
    `CloudWatch alarms reach only topics of their own region: expected a topic in ${enumerated(it.regions)}`,
  silentAlarms: (it: { regions: Names }) =>
    `the rules of ${enumerated(it.regions)} cannot send alarms to a topic of another region. Say under alarms where to send them, for example \`alarms: { email: … }\``,
};
