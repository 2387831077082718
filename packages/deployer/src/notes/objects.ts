/** The JSON objects: what a command finds out, as one value. */
import { type Contract, ruleFields } from '@patrol/core/contracts';
import * as v from 'valibot';
import { fleetActions, stackSetActions } from './lines.ts';
import * as parts from './parts.ts';
import * as is from './schema.ts';
import { outputVersion } from './version.ts';

/** What every object begins with. */
const head = <const Type extends string>(type: Type, says: string) => ({
  type: is.only(type, says),
  version: is.only(outputVersion, 'The version of this contract.'),
});

const { severity, title, description, triggers, regions, references, asks } = ruleFields;

const listed = v.object({
  ...head('list', 'The rules of the installed packages.'),
  rules: is.objects('The rules, by package and area, or by name where there are no areas.', {
    name: is.text('What you type for the rule: `aws/cloudTrail`.'),
    package: is.text('The package that has it.'),
    version: is.text('The version of the package.'),
    source: is.object('Where the package was found.', {
      from: is.oneOf(
        ['project', 'command'],
        '`project`: the project of the working folder has it. `command`: it was installed together with the command.',
      ),
      folder: is.text('The folder of its `rules.json`.'),
    }),
    area: v.exactOptional(is.text('What it watches, in words of its package.')),
    sets: is.texts('The sets that it is in: `aws:essential`.'),
    severity,
    title,
    description,
    triggers,
    regions,
    references,
    asks,
  }),
  sets: is.objects('The sets of rules that a `patrol.yaml` can name.', {
    name: is.text('What you write for the set: `aws:essential`.'),
    package: is.text('The package that defines it.'),
    description: is.text('What it is for, in a sentence.'),
    rules: is.texts('The names of its rules.'),
  }),
  problems: is.texts('Packages that cannot be read, and why.'),
});

const templateParameter = v.object(
  is.optional({
    Type: is.text('The type.'),
    Default: is.described(v.union([v.string(), v.number()]), 'The default.'),
    NoEcho: is.flag('Whether its value is hidden.'),
    AllowedValues: is.list(v.union([v.string(), v.number()]), 'The values that are allowed.'),
    AllowedPattern: is.text('A regular expression that its value must match.'),
    ConstraintDescription: is.text('The same in words.'),
    Description: is.text('What it is for.'),
  }),
);
/** A parameter as a template declares it. */
export type TemplateParameter = is.Told<typeof templateParameter>;

const describedGrant = v.object({
  ...parts.grant.entries,
  defaults: v.exactOptional(
    is.byName(
      v.string(),
      'What the parameters in it are by default. Left out where there are none.',
    ),
  ),
});

/** What runs a rule, as a template says it. */
const templateTrigger = v.variant('kind', [
  v.object({
    kind: is.only('event', 'Events on an event bus of EventBridge.'),
    pattern: is.byName(v.unknown(), 'The event pattern.'),
    state: is.text('The state of the EventBridge rule.'),
    bus: v.exactOptional(is.text('The event bus, where that is not the default one.')),
  }),
  v.object({
    kind: is.only('schedule', 'A clock.'),
    expression: is.text('The schedule expression of EventBridge.'),
    state: is.text('The state of the EventBridge rule.'),
  }),
  v.object({
    kind: is.only('sns', 'Messages of an SNS topic of the stack.'),
    services: is.texts('The AWS services that may publish to the topic.'),
  }),
  v.object({
    kind: is.only('webhook', 'Requests to an endpoint of the stack.'),
    route: is.text('What is asked for: `POST /`.'),
  }),
  v.object({
    kind: is.only('other', 'Something that no template of Patrol has.'),
    type: is.text('The type of the resource.'),
    resource: is.text('Its logical id.'),
  }),
]);
/** What runs a rule, as its template says it. */
export type TemplateTrigger = is.Told<typeof templateTrigger>;

/** A number, where the template says one. */
const numeric = (says: string) => is.described(v.union([v.number(), v.string()]), says);

/** What a rule's template decides is told by the template: that is what is deployed. */
const {
  permissions: _permissions,
  memorySize: _memorySize,
  timeout: _timeout,
  triggers: triggerFields,
  ...packaged
} = ruleFields;

const describedRule = v.object({
  ...head(
    'describe',
    'A rule, as its package describes it. What its template decides is read there.',
  ),
  ...packaged,
  name: is.text('What you type for the rule: `aws/cloudTrail`.'),
  package: is.object('The package that has the rule.', {
    name: is.text('Its name.'),
    version: is.text('Its version.'),
  }),
  core: is.object('The `@patrol/core` that is inside the zip.', {
    version: is.text('Its version.'),
  }),
  triggers: is.list(triggerFields.item, 'What runs it: the triggers that its template has.'),
  otherTriggers: is.list(
    templateTrigger,
    'What its template runs it on as well, and its `rules.json` does not name.',
  ),
  memorySize: numeric("The function's memory in MB. A text where that is not known yet."),
  timeout: numeric("The function's time limit in seconds. A text where that is not known yet."),
  permissions: is.list(describedGrant, 'What its function may do.'),
  access: is.list(describedGrant, 'What else its stack lets somebody do.'),
  untold: is.list(parts.untold, 'Resources whose effect on access cannot be told.'),
  log: is.object(
    'How long its log is kept.',
    is.optional({
      days: numeric(
        'Days, or those of the default. Left out where it never expires, or the parameter has no default.',
      ),
      parameter: is.text('The parameter that decides.'),
    }),
  ),
  alarms: is.objects('The alarms about the rule itself.', {
    resource: is.text('The logical id.'),
    metric: is.text('What it measures: `AWS/Lambda Errors`.'),
    rings: is.text('When it goes off: `Sum >= 1 within 300 s`.'),
    actions: is.text('Who is told. Empty where nobody is.'),
  }),
  costs: is.described(
    parts.costs,
    'What its stack costs with alarms and queues of its own, in US dollars.',
  ),
  resources: is.byName(is.count('How many.'), 'The types of the resources of its stack.'),
  stackParameters: is.byName(
    templateParameter,
    "The parameters of the stack beside the rule's own, as CloudFormation has them.",
  ),
  disagreements: is.list(
    parts.disagreement,
    'What `rules.json` says otherwise than the template, which is what is deployed.',
  ),
});
/** A rule, as it is described. */
export type DescribedRule = is.Told<typeof describedRule>;
/** How long a log is kept. */
export type Retention = DescribedRule['log'];
/** An alarm about a rule itself, as a template has it. */
export type DeclaredAlarm = DescribedRule['alarms'][number];

/** An alarm of a stack. */
const alarm = v.object({
  name: is.text('Its name in CloudWatch.'),
  state: is.text('`OK`, `ALARM` or `INSUFFICIENT_DATA`.'),
  reason: v.exactOptional(is.text('Why, as CloudWatch says.')),
});
/** An alarm and its state. */
export type Alarm = is.Told<typeof alarm>;

/** A subscription to a topic. */
const subscription = v.object({
  topic: is.text('The ARN of the topic.'),
  protocol: is.text('`email`, `sqs`, `https`, …'),
  endpoint: is.text('Who receives the messages.'),
  confirmed: is.flag('Whether the subscription is confirmed: until then nothing is sent.'),
  isDeleted: v.exactOptional(
    is.flag(
      'Whether the stack has the address and SNS no subscription: SNS deletes what nobody confirms within two days.',
    ),
  ),
});
/** A subscription to a topic. */
export type Subscription = is.Told<typeof subscription>;

/** A stack in AWS. */
const stack = v.object({
  id: is.text('The ARN.'),
  name: is.text('The name.'),
  status: is.text("CloudFormation's status."),
  reason: v.exactOptional(is.text('Why, as CloudFormation says.')),
  parameters: is.byName(v.string(), 'The parameters. `****` is hidden by CloudFormation.'),
  outputs: is.byName(v.string(), 'The outputs.'),
  tags: is.byName(v.string(), 'The tags.'),
  created: is.time('When it was created.'),
  updated: v.exactOptional(is.time('When it was last updated.')),
  terminationProtected: is.flag('Whether it is protected against deletion.'),
  drifted: v.exactOptional(
    is.time('When CloudFormation found that resources were changed outside it.'),
  ),
});

const subscriptions = (of: string) =>
  is.orNull(
    v.array(subscription),
    `The subscriptions to the topic of its ${of}. \`null\`: AWS did not say, see \`problems\`.`,
  );

const information = v.object({
  ...head('info', 'The stack of a rule.'),
  rule: is.text('What you type for the rule, or for the base stack.'),
  ...parts.placeEntries,
  stack: is.described(stack, 'The stack.'),
  ...is.optional({
    webhook: is.object('The webhook of the rule, where it has one.', {
      url: is.text('Where deliveries must be sent to.'),
      secretArn: is.text('The ARN of the secret that the sender signs with.'),
      sender: is.text('Who must deliver, such as GitHub.'),
      ownSecret: v.pipe(
        v.boolean(),
        v.description('Whether the sender makes the secret. Then it must be stored there.'),
      ),
      events: is.texts(
        'The events that the rule needs. Empty where the rule is not installed here.',
      ),
    }),
  }),
  alarms: is.orNull(
    v.array(v.object({ ...alarm.entries, resource: is.text('The logical id in the stack.') })),
    'The alarms of the stack. `null`: AWS did not say, see `problems`.',
  ),
  subscriptions: subscriptions('alerts'),
  alarmSubscriptions: v.exactOptional(subscriptions('alarms, where that is another topic')),
  problems: is.texts('What AWS did not say, and why.'),
  upToDate: is.orNull(
    v.boolean(),
    'Whether a deployment would change nothing. `null`: nobody knows, since the rule is not installed here.',
  ),
  comparison: is.text('The same in words.'),
  differences: v.exactOptional(
    is.list(
      parts.difference,
      'What a deployment would change. Left out where it would change nothing.',
    ),
  ),
  ...parts.cautions.entries,
  ownValues: v.exactOptional(
    is.list(
      parts.ownValue,
      'Values that differ from the defaults of the installed version. They stay: nothing tells whether somebody chose them.',
    ),
  ),
});

/** What is decided about a stack or a stack set. */
const decided = <const Actions extends readonly string[]>(actions: Actions) => ({
  do: is.oneOf(
    actions,
    'What will be done. `orphaned`: `patrol.yaml` no longer lists it, and it stays.',
  ),
  because: is.text('Why, in words for people.'),
  reasons: parts.reasons,
  differences: is.list(parts.difference, 'What differs.'),
  ...parts.cautions.entries,
});

const step = v.object({
  key: is.text('`<account>/<region>/<stack>`.'),
  name: is.text('What you type for it: `aws/cloudTrail`, or `base/<fleet>` for a base stack.'),
  stack: is.text("The stack's name."),
  ...parts.placeEntries,
  ...decided(fleetActions),
  drift: v.exactOptional(parts.drift),
  needs: is.texts('The keys of the steps that must be done first.'),
  ...parts.remarks('What else there is to say.'),
});
/** A step of a fleet's plan, as machines read it. */
export type FleetPlanStep = is.Told<typeof step>;

const scopeEntries = {
  units: is.texts('The organisational units.'),
  regions: is.texts('The regions.'),
  accounts: v.exactOptional(is.texts('Of the units only these accounts.')),
};

const stackSetStep = v.object({
  stackSet: is.text("The stack set's name."),
  name: is.text('What you type for it.'),
  ...decided(stackSetActions),
  ...is.optional({
    changes: is.described(parts.shownChanges, 'What another template changes in each account.'),
  }),
  work: is.list(
    v.variant('do', [
      v.object({ do: is.only('create', 'The stack set is created.') }),
      v.object({
        do: is.only('update', 'Template, parameters, tags and all instances are updated.'),
      }),
      v.object({ do: is.only('delete', 'The stack set is deleted.') }),
      v.object({ do: is.only('retry', 'Instances are updated again.'), ...scopeEntries }),
      v.object({ do: is.only('add', 'Instances are created.'), ...scopeEntries }),
      v.object({ do: is.only('remove', 'Instances are deleted.'), ...scopeEntries }),
    ]),
    'The operations, in their order.',
  ),
  waits: is.flag('Whether an operation is in progress, which `apply` waits for first.'),
  counts: is.described(parts.instanceCounts, 'How its instances are.'),
  instances: is.objects('Every instance.', {
    account: is.text('The id of the account.'),
    region: is.text('The region.'),
    unit: is.text('The organisational unit through which the account is reached.'),
    status: is.text('`CURRENT`, `OUTDATED` or `INOPERABLE`.'),
    detail: is.text('The detailed status: `PENDING`, `RUNNING`, `SUCCEEDED`, `FAILED`, …'),
    reason: v.exactOptional(is.text('What AWS says.')),
  }),
  troubled: is.list(parts.troubledInstance, 'The instances that are not as they should be.'),
  ...parts.remarks('What else there is to say.'),
  units: v.exactOptional(is.texts('The organisational units that get it.')),
  regions: v.exactOptional(is.texts('The regions that get it.')),
});
/** A stack set of a plan, as machines read it. */
export type StackSetPlanStep = is.Told<typeof stackSetStep>;

/** How many of a plan's steps do what. */
const counted = <const Action extends string>(all: readonly Action[]) =>
  is.described(
    v.object(
      Object.fromEntries(
        all.map((action) => [action, is.count(`How many of them: \`${action}\`.`)]),
      ) as Record<Action, ReturnType<typeof is.count>>,
    ),
    'How many do what.',
  );

const topicToTell = v.object({
  message: is.text('What there is to say, in words for people.'),
  ...parts.placeEntries,
  ...parts.unconfirmed.entries,
  ...is.optional({
    again: is.text(
      'The command that has SNS send another message to confirm, where it has deleted a subscription after two days.',
    ),
    create: is.text('The command that creates a topic again that does not exist.'),
    subscribe: is.text('The command that subscribes an address to it.'),
  }),
});

const fleetPlan = v.object({
  ...head('fleetPlan', 'What will be done so that a fleet is as its file says.'),
  fleet: is.text("The fleet's name."),
  environment: is.text("The fleet's environment."),
  steps: is.list(step, 'The stacks in the order in which they are worked on.'),
  counts: counted(fleetActions),
  costs: is.described(
    parts.costs,
    'What the stacks cost after the plan, in US dollars. Of an organisation, in each of its accounts.',
  ),
  ...parts.remarks('What there is to say of the whole.'),
  unconfirmed: is.list(topicToTell, 'Topics without a confirmed subscription.'),
  pending: is.list(
    topicToTell,
    'Topics with a confirmed subscription and others that are not confirmed.',
  ),
  lost: is.list(topicToTell, 'Topics that do not exist although stacks send to them.'),
  ...is.optional({
    organization: is.object('The stack sets of an organisation, where `patrol.yaml` has one.', {
      organization: is.text('The id of the organisation.'),
      home: is.text('The region in which the stack sets are managed.'),
      stackSets: is.list(stackSetStep, 'The stack sets.'),
      counts: counted(stackSetActions),
      ...parts.remarks('What there is to say of the organisation.'),
    }),
  }),
});

const check = <const Name extends string, const Entries extends v.ObjectEntries>(
  name: Name,
  says: string,
  entries: Entries,
) =>
  v.object({
    check: is.only(name, says),
    status: is.oneOf(['ok', 'warning', 'problem'], 'How it is.'),
    says: is.text('What was found, in words for people.'),
    ...is.optional({
      todo: is.text('What to do, in words for people.'),
      ...parts.placeEntries,
      ...entries,
    }),
  });

const checks = v.variant('check', [
  check('credentials', 'Who calls.', {
    caller: is.text('The ARN of the user or role that calls.'),
  }),
  check('region', 'Where, and whether the rules get events there.', {
    region: parts.placeEntries.region,
    account: parts.placeEntries.account,
    rules: is.texts('Rules that get no events in this region.'),
  }),
  check('permissions', 'Whether the caller may do what a deployment needs.', {
    refused: is.texts('Actions that are not allowed.'),
    conditional: is.texts('Actions that are allowed on conditions.'),
    byOrganization: is.texts('Of those that are refused: by a policy of the organisation.'),
  }),
  check('stacks', "The state of Patrol's stacks.", {
    stacks: is.objects('Stacks that cannot be updated.', {
      name: is.text('The name.'),
      status: is.text('The status.'),
    }),
  }),
  check('rules', 'Whether what is deployed can run, and is as it was deployed.', {
    rule: is.text('What you type for the rule, or for the base stack.'),
    resource: is.text('The name or ARN of what cannot.'),
  }),
  check('alarms', "Patrol's alarms.", {
    alarms: is.texts('The names of those that are in alarm, or that send nothing.'),
  }),
  check('queues', 'Events that no rule could handle.', {
    queue: is.text('The URL of the queue.'),
    events: is.count('About how many it holds.'),
  }),
  check('drift', 'Whether CloudFormation found resources that were changed outside it.', {
    stack: is.text("The stack's name."),
  }),
  check('subscriptions', 'Whether somebody receives what is sent to a topic.', {
    unconfirmed: is.described(parts.unconfirmed, 'A topic without a confirmed subscription.'),
    pending: is.described(
      parts.unconfirmed,
      'A topic with a confirmed subscription and others that are not confirmed.',
    ),
    unprotected: is.objects('Topics whose messages have a link that ends a subscription.', {
      topic: is.text('The ARN of the topic.'),
      endpoints: is.texts('The addresses that anybody who has the link can unsubscribe.'),
    }),
  }),
  check('trail', 'Whether a trail records API calls.', {
    trail: is.text('The ARN of the trail that records.'),
  }),
  check('event rules', 'How many rules the event bus has.', {
    of: is.oneOf(['all', 'wildcards'], 'All rules of the bus, or those with wildcards.'),
    used: is.count('Rules that are there.'),
    coming: is.count('Rules that a deployment would add.'),
    quota: is.count('Rules that may be there.'),
  }),
  check('bucket', 'The bucket for the code.', {
    bucket: is.text('The name of the bucket.'),
    missing: is.texts('The protection that it lacks.'),
  }),
]);
/** An answer of `doctor`. */
export type Check = is.Told<typeof checks>;

const doctor = v.object({
  ...head('doctor', 'Whether deploying, and what is deployed, can work in an account and region.'),
  checks: is.list(checks, 'The answers. A part that could not be read has no data.'),
});

const trial = v.object({
  ...head('try', 'One run of a rule on this machine.'),
  rule: is.text('The name of the rule in its package: `cloudTrail`.'),
  delivered: is.flag('Whether AWS or GitHub would deliver the event to the rule.'),
  messages: is.objects('What the function published.', {
    topic: is.text('The ARN of the topic.'),
    subject: is.orNull(v.string(), 'The subject of the e-mail. `null`: it has none.'),
    email: is.text('What subscribers by e-mail receive.'),
    json: is.described(
      v.unknown(),
      'What all other subscribers receive: an alert, or for Dispatch what Dispatch takes. A text where it is not JSON.',
    ),
    attributes: is.byName(v.string(), "The message's attributes."),
  }),
  logs: is.texts('What the function wrote to its log, line by line.'),
  durationMs: is.orNull(v.number(), 'How long it ran, in milliseconds. `null`: it did not run.'),
  ...is.optional({
    answer: is.object('What the function answered, where the event is an HTTP request.', {
      statusCode: is.count('The status.'),
      headers: is.byName(v.string(), 'The headers.'),
      body: is.text('The body.'),
    }),
    suppressed: is.objects('Alerts that a parameter suppresses.', {
      title: is.text('The title of what was found.'),
      by: is.text('The item of a parameter that suppresses it.'),
    }),
    needs: is.text('What the rule asks first. The function did not run: with `--live` it asks.'),
    error: is.text('What went wrong.'),
  }),
});
/** What one run found. */
type Trial = is.Told<typeof trial>;
/** A message as its subscribers get it. */
export type Message = Trial['messages'][number];
/** What a function answers to an HTTP request. */
export type HttpAnswer = NonNullable<Trial['answer']>;
/** A finding that a parameter of the rule mutes. */
export type Muted = NonNullable<Trial['suppressed']>[number];

const invocation = v.object({
  ...head('invoke', 'One run of a deployed function.'),
  rule: is.text('What you type for the rule.'),
  stack: is.text("The stack's name."),
  ...parts.placeEntries,
  function: is.text("The function's name."),
  ok: is.flag('Whether the function succeeded.'),
  answer: is.described(v.unknown(), 'What the function answered. A text where it is not JSON.'),
  log: is.list(v.unknown(), 'The end of its log, line by line. A text where it is not JSON.'),
  durationMs: is.orNull(
    v.number(),
    'How long Lambda says that it ran, in milliseconds. `null`: the end of the log does not say.',
  ),
  elapsedMs: is.count('How long the answer took, in milliseconds.'),
  error: v.exactOptional(is.text('What went wrong.')),
});

const mute = {
  id: is.text('What you type to end it.'),
  rule: is.text('The name of the rule in its package: `cloudTrail`.'),
  ...is.optional({
    actor: is.text('The one actor whose alerts are muted.'),
    resource: is.text('The one resource.'),
    account: is.text('The one account.'),
    region: is.text('The one region in which something happens.'),
  }),
  from: is.time('When it began.'),
  until: is.time('When it ends.'),
  reason: is.text('Why.'),
  by: is.text('Who asked for it, as the command said.'),
};

const mutes = v.object({
  ...head('mutes', 'What a notifier keeps from people for some hours.'),
  ...is.optional({
    fleet: is.text('The fleet whose notifier it is.'),
    rule: is.text('What you type for the rule whose own notifier it is.'),
  }),
  ...parts.placeEntries,
  mutes: is.objects('The mutes that hold now.', {
    ...mute,
    muted: is.count(
      'Alerts that it has muted so far. Those that wait to be counted are not among them.',
    ),
  }),
  mute: v.exactOptional(is.object('The mute that began or ended.', mute)),
});

const hop = v.object({
  check: is.oneOf(
    ['stack', 'trigger', 'pattern', 'target', 'permission', 'function', 'topic', 'subscription'],
    'The hop. `trigger`: what runs the rule. `target`: whether that leads to the function. `permission`: whether it may invoke the function. `subscription`: who is subscribed to the topic.',
  ),
  status: is.oneOf(
    ['ok', 'warning', 'problem'],
    '`problem`: nothing gets past this hop. `warning`: nobody knows.',
  ),
  says: is.text('What was found, in words for people.'),
  todo: v.exactOptional(is.text('What to do, in words for people.')),
  resource: v.exactOptional(is.text('The name or ARN of what it is about.')),
});
/** A hop of the way from an event to whoever is told. */
export type Hop = is.Told<typeof hop>;

const verification = v.object({
  ...head('verify', 'Each hop from an event to its alert, and those that are silent.'),
  rules: is.objects('The rules.', {
    rule: is.text('What you type for the rule.'),
    stack: is.text("The stack's name."),
    ...parts.placeEntries,
    ok: is.flag('Whether no hop is silent.'),
    hops: is.list(hop, 'The hops, in the order in which an alert passes them.'),
  }),
});

const failures = v.object({
  ...head('failures', 'Events that no rule could handle, in the queues that keep them.'),
  queues: is.objects('The queues that were read.', {
    queue: is.text('The URL.'),
    ...parts.placeEntries,
    events: is.count('About how many events it holds, those of other rules too.'),
    read: is.count('How many of them were read. Fewer: run the command again for the others.'),
  }),
  events: is.objects('The events that were read.', {
    id: is.text('The id of the message.'),
    queue: is.text('The URL of its queue.'),
    ...parts.placeEntries,
    ...is.optional({
      rule: is.text(
        'What you type for the rule that it was for, where a stack of Patrol is known.',
      ),
      function: is.text('The name of the function that it was for.'),
      error: is.text('Why it stays in the queue although it was to be run again or dropped.'),
    }),
    since: is.time('Since when it is there.'),
    from: is.oneOf(
      ['lambda', 'eventbridge', 'sns', 'unknown'],
      'Who wrote the message. `lambda`: the function failed. `eventbridge`, `sns`: the event was not delivered to it.',
    ),
    reason: is.text('Why it is there.'),
    event: is.described(
      v.unknown(),
      'The event, as the function gets it. A text where it is no JSON.',
    ),
    did: is.oneOf(
      ['kept', 'retried', 'dropped'],
      '`retried`: Lambda took the event, and it left the queue. `kept`: it is in the queue.',
    ),
  }),
});

const saved = v.object({
  ...head('save', 'The file of a fleet, made from what is deployed.'),
  environment: is.text('The environment.'),
  fleet: is.text('The name of the fleet.'),
  rules: is.texts('What you type for each rule in it.'),
  text: is.text('The file: YAML.'),
  ...parts.remarks('What the file cannot say, and what it would change.'),
});

/** An object, told apart by its `type`. */
export const output = v.pipe(
  v.variant('type', [
    listed,
    describedRule,
    information,
    fleetPlan,
    doctor,
    trial,
    invocation,
    mutes,
    verification,
    failures,
    saved,
  ]),
  v.title('The object of `patrol-deploy … --json`'),
  v.description('What a command finds out, as one JSON object.'),
);
/** An object. */
export type Output = is.Told<typeof output>;
/** The object of a type. */
export type OutputOf<Type extends Output['type']> = Extract<Output, { readonly type: Type }>;

/** The objects, as a contract. */
export const outputContract: Contract = { name: 'output', version: outputVersion, schema: output };
