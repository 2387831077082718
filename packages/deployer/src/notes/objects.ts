/** The JSON objects: what a command finds out, as one value. */
import { type Contract, ruleFields } from '@patrol/core/contracts';
import * as v from 'valibot';
import { fleetActions, stackSetActions } from './lines.ts';
import * as parts from './parts.ts';
import {
  byName,
  count,
  described,
  flag,
  list,
  object,
  objects,
  oneOf,
  only,
  optional,
  orNull,
  text,
  texts,
  time,
  type Told,
} from './schema.ts';
import { outputVersion } from './version.ts';

/** What every object begins with. */
const head = <const Type extends string>(type: Type, is: string) => ({
  type: only(type, is),
  version: only(outputVersion, 'The version of this contract.'),
});

const { severity, title, description, triggers, regions, references, asks } = ruleFields;

const listed = v.object({
  ...head('list', 'The rules of the installed packages.'),
  rules: objects('The rules, by package and name.', {
    name: text('What you type for the rule: `aws/cloudTrail`.'),
    package: text('The package that has it.'),
    version: text('The version of the package.'),
    source: object('Where the package was found.', {
      from: oneOf(
        ['project', 'command'],
        '`project`: the project of the working folder has it. `command`: it was installed together with the command.',
      ),
      folder: text('The folder of its `rules.json`.'),
    }),
    severity,
    title,
    description,
    triggers,
    regions,
    references,
    asks,
  }),
  problems: texts('Packages that cannot be read, and why.'),
});

const templateParameter = v.object(
  optional({
    Type: text('The type.'),
    Default: described(v.union([v.string(), v.number()]), 'The default.'),
    NoEcho: flag('Whether its value is hidden.'),
    AllowedValues: list(v.union([v.string(), v.number()]), 'The values that are allowed.'),
    AllowedPattern: text('A regular expression that its value must match.'),
    ConstraintDescription: text('The same in words.'),
    Description: text('What it is for.'),
  }),
);
/** A parameter as a template declares it. */
export type TemplateParameter = Told<typeof templateParameter>;

const describedGrant = v.object({
  ...parts.grant.entries,
  defaults: v.exactOptional(
    byName(v.string(), 'What the parameters in it are by default. Left out where there are none.'),
  ),
});

/** What runs a rule, as a template says it. */
const templateTrigger = v.variant('kind', [
  v.object({
    kind: only('event', 'Events on an event bus of EventBridge.'),
    pattern: byName(v.unknown(), 'The event pattern.'),
    state: text('The state of the EventBridge rule.'),
    bus: v.exactOptional(text('The event bus, where that is not the default one.')),
  }),
  v.object({
    kind: only('schedule', 'A clock.'),
    expression: text('The schedule expression of EventBridge.'),
    state: text('The state of the EventBridge rule.'),
  }),
  v.object({
    kind: only('sns', 'Messages of an SNS topic of the stack.'),
    services: texts('The AWS services that may publish to the topic.'),
  }),
  v.object({
    kind: only('webhook', 'Requests to an endpoint of the stack.'),
    route: text('What is asked for: `POST /`.'),
  }),
  v.object({
    kind: only('other', 'Something that no template of Patrol has.'),
    type: text('The type of the resource.'),
    resource: text('Its logical id.'),
  }),
]);
/** What runs a rule, as its template says it. */
export type TemplateTrigger = Told<typeof templateTrigger>;

/** A number, where the template says one. */
const numeric = (is: string) => described(v.union([v.number(), v.string()]), is);

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
  name: text('What you type for the rule: `aws/cloudTrail`.'),
  package: object('The package that has the rule.', {
    name: text('Its name.'),
    version: text('Its version.'),
  }),
  core: object('The `@patrol/core` that is inside the zip.', { version: text('Its version.') }),
  triggers: list(triggerFields.item, 'What runs it: the triggers that its template has.'),
  otherTriggers: list(
    templateTrigger,
    'What its template runs it on as well, and its `rules.json` does not name.',
  ),
  memorySize: numeric("The function's memory in MB. A text where that is not known yet."),
  timeout: numeric("The function's time limit in seconds. A text where that is not known yet."),
  permissions: list(describedGrant, 'What its function may do.'),
  access: list(describedGrant, 'What else its stack lets somebody do.'),
  untold: list(parts.untold, 'Resources whose effect on access cannot be told.'),
  log: object(
    'How long its log is kept.',
    optional({
      days: numeric(
        'Days, or those of the default. Left out where it never expires, or the parameter has no default.',
      ),
      parameter: text('The parameter that decides.'),
    }),
  ),
  alarms: objects('The alarms about the rule itself.', {
    resource: text('The logical id.'),
    metric: text('What it measures: `AWS/Lambda Errors`.'),
    rings: text('When it goes off: `Sum >= 1 within 300 s`.'),
    actions: text('Who is told. Empty where nobody is.'),
  }),
  resources: byName(count('How many.'), 'The types of the resources of its stack.'),
  stackParameters: byName(
    templateParameter,
    "The parameters of the stack beside the rule's own, as CloudFormation has them.",
  ),
  disagreements: list(
    parts.disagreement,
    'What `rules.json` says otherwise than the template, which is what is deployed.',
  ),
});
/** A rule, as it is described. */
export type DescribedRule = Told<typeof describedRule>;
/** How long a log is kept. */
export type Retention = DescribedRule['log'];
/** An alarm about a rule itself, as a template has it. */
export type DeclaredAlarm = DescribedRule['alarms'][number];

/** An alarm of a stack. */
const alarm = v.object({
  name: text('Its name in CloudWatch.'),
  state: text('`OK`, `ALARM` or `INSUFFICIENT_DATA`.'),
  reason: v.exactOptional(text('Why, as CloudWatch says.')),
});
/** An alarm and its state. */
export type Alarm = Told<typeof alarm>;

/** A subscription to a topic. */
const subscription = v.object({
  topic: text('The ARN of the topic.'),
  protocol: text('`email`, `sqs`, `https`, …'),
  endpoint: text('Who receives the messages.'),
  confirmed: flag('Whether the subscription is confirmed: until then nothing is sent.'),
});
/** A subscription to a topic. */
export type Subscription = Told<typeof subscription>;

/** A stack in AWS. */
const stack = v.object({
  id: text('The ARN.'),
  name: text('The name.'),
  status: text("CloudFormation's status."),
  reason: v.exactOptional(text('Why, as CloudFormation says.')),
  parameters: byName(v.string(), 'The parameters. `****` is hidden by CloudFormation.'),
  outputs: byName(v.string(), 'The outputs.'),
  tags: byName(v.string(), 'The tags.'),
  created: time('When it was created.'),
  updated: v.exactOptional(time('When it was last updated.')),
  terminationProtected: flag('Whether it is protected against deletion.'),
  drifted: v.exactOptional(
    time('When CloudFormation found that resources were changed outside it.'),
  ),
});

const subscriptions = (of: string) =>
  orNull(
    v.array(subscription),
    `The subscriptions to the topic of its ${of}. \`null\`: AWS did not say, see \`problems\`.`,
  );

const information = v.object({
  ...head('info', 'The stack of a rule.'),
  rule: text('What you type for the rule, or for the base stack.'),
  ...parts.placeEntries,
  stack: described(stack, 'The stack.'),
  ...optional({
    webhook: object('The webhook of the rule, where it has one.', {
      url: text('Where GitHub must deliver to.'),
      secretArn: text('The ARN of the secret that GitHub must sign with.'),
      events: texts('The events that the rule needs. Empty where the rule is not installed here.'),
    }),
  }),
  alarms: orNull(
    v.array(v.object({ ...alarm.entries, resource: text('The logical id in the stack.') })),
    'The alarms of the stack. `null`: AWS did not say, see `problems`.',
  ),
  subscriptions: subscriptions('alerts'),
  alarmSubscriptions: v.exactOptional(subscriptions('alarms, where that is another topic')),
  problems: texts('What AWS did not say, and why.'),
  upToDate: orNull(
    v.boolean(),
    'Whether a deployment would change nothing. `null`: nobody knows, since the rule is not installed here.',
  ),
  comparison: text('The same in words.'),
  differences: v.exactOptional(
    list(
      parts.difference,
      'What a deployment would change. Left out where it would change nothing.',
    ),
  ),
  ...parts.cautions.entries,
  ownValues: v.exactOptional(
    list(
      parts.ownValue,
      'Values that differ from the defaults of the installed version. They stay: nothing tells whether somebody chose them.',
    ),
  ),
});

/** What is decided about a stack or a stack set. */
const decided = <const Actions extends readonly string[]>(actions: Actions) => ({
  do: oneOf(
    actions,
    'What will be done. `orphaned`: `patrol.yaml` no longer lists it, and it stays.',
  ),
  because: text('Why, in words for people.'),
  reasons: parts.reasons,
  differences: list(parts.difference, 'What differs.'),
  ...parts.cautions.entries,
});

const step = v.object({
  key: text('`<account>/<region>/<stack>`.'),
  name: text('What you type for it: `aws/cloudTrail`, or `base/<fleet>` for a base stack.'),
  stack: text("The stack's name."),
  ...parts.placeEntries,
  ...decided(fleetActions),
  drift: v.exactOptional(parts.drift),
  needs: texts('The keys of the steps that must be done first.'),
  notes: texts('What else there is to say.'),
});
/** A step of a fleet's plan, as machines read it. */
export type FleetPlanStep = Told<typeof step>;

const scopeEntries = {
  units: texts('The organisational units.'),
  regions: texts('The regions.'),
  accounts: v.exactOptional(texts('Of the units only these accounts.')),
};

const stackSetStep = v.object({
  stackSet: text("The stack set's name."),
  name: text('What you type for it.'),
  ...decided(stackSetActions),
  ...optional({
    changes: described(parts.shownChanges, 'What another template changes in each account.'),
  }),
  work: list(
    v.variant('do', [
      v.object({ do: only('create', 'The stack set is created.') }),
      v.object({
        do: only('update', 'Template, parameters, tags and all instances are updated.'),
      }),
      v.object({ do: only('delete', 'The stack set is deleted.') }),
      v.object({ do: only('retry', 'Instances are updated again.'), ...scopeEntries }),
      v.object({ do: only('add', 'Instances are created.'), ...scopeEntries }),
      v.object({ do: only('remove', 'Instances are deleted.'), ...scopeEntries }),
    ]),
    'The operations, in their order.',
  ),
  waits: flag('Whether an operation is in progress, which `apply` waits for first.'),
  counts: described(parts.instanceCounts, 'How its instances are.'),
  instances: objects('Every instance.', {
    account: text('The id of the account.'),
    region: text('The region.'),
    unit: text('The organisational unit through which the account is reached.'),
    status: text('`CURRENT`, `OUTDATED` or `INOPERABLE`.'),
    detail: text('The detailed status: `PENDING`, `RUNNING`, `SUCCEEDED`, `FAILED`, …'),
    reason: v.exactOptional(text('What AWS says.')),
  }),
  troubled: list(parts.troubledInstance, 'The instances that are not as they should be.'),
  notes: texts('What else there is to say.'),
  units: v.exactOptional(texts('The organisational units that get it.')),
  regions: v.exactOptional(texts('The regions that get it.')),
});
/** A stack set of a plan, as machines read it. */
export type StackSetPlanStep = Told<typeof stackSetStep>;

/** How many of a plan's steps do what. */
const counted = <const Action extends string>(all: readonly Action[]) =>
  described(
    v.object(
      Object.fromEntries(
        all.map((action) => [action, count(`How many of them: \`${action}\`.`)]),
      ) as Record<Action, ReturnType<typeof count>>,
    ),
    'How many do what.',
  );

const topicToTell = v.object({
  message: text('What there is to say, in words for people.'),
  ...parts.placeEntries,
  ...parts.unconfirmed.entries,
});

const fleetPlan = v.object({
  ...head('fleetPlan', 'What will be done so that a fleet is as its file says.'),
  fleet: text("The fleet's name."),
  environment: text("The fleet's environment."),
  steps: list(step, 'The stacks in the order in which they are worked on.'),
  counts: counted(fleetActions),
  notes: texts('What there is to say of the whole.'),
  unconfirmed: list(topicToTell, 'Topics without a confirmed subscription.'),
  lost: list(topicToTell, 'Topics that do not exist although stacks send to them.'),
  ...optional({
    organization: object('The stack sets of an organisation, where `patrol.yaml` has one.', {
      organization: text('The id of the organisation.'),
      home: text('The region in which the stack sets are managed.'),
      stackSets: list(stackSetStep, 'The stack sets.'),
      counts: counted(stackSetActions),
      notes: texts('What there is to say of the organisation.'),
    }),
  }),
});

const check = <const Name extends string, const Entries extends v.ObjectEntries>(
  name: Name,
  is: string,
  entries: Entries,
) =>
  v.object({
    check: only(name, is),
    status: oneOf(['ok', 'warning', 'problem'], 'How it is.'),
    says: text('What was found, in words for people.'),
    ...optional({ todo: text('What to do, in words for people.'), ...entries }),
  });

const checks = v.variant('check', [
  check('credentials', 'Who calls.', {
    caller: text('The ARN of the user or role that calls.'),
  }),
  check('region', 'Where, and whether the rules get events there.', {
    region: parts.placeEntries.region,
    account: parts.placeEntries.account,
    rules: texts('Rules that get no events in this region.'),
  }),
  check('permissions', 'Whether the caller may do what a deployment needs.', {
    refused: texts('Actions that are not allowed.'),
    conditional: texts('Actions that are allowed on conditions.'),
    byOrganization: texts('Of those that are refused: by a policy of the organisation.'),
  }),
  check('stacks', "The state of Patrol's stacks.", {
    stacks: objects('Stacks that cannot be updated.', {
      name: text('The name.'),
      status: text('The status.'),
    }),
  }),
  check('subscriptions', 'Whether somebody receives what is sent to a topic.', {
    unconfirmed: described(parts.unconfirmed, 'A topic without a confirmed subscription.'),
  }),
  check('trail', 'Whether a trail records API calls.', {
    trail: text('The ARN of the trail that records.'),
  }),
  check('event rules', 'How many rules the event bus has.', {
    of: oneOf(['all', 'wildcards'], 'All rules of the bus, or those with wildcards.'),
    used: count('Rules that are there.'),
    coming: count('Rules that a deployment would add.'),
    quota: count('Rules that may be there.'),
  }),
  check('bucket', 'The bucket for the code.', {
    bucket: text('The name of the bucket.'),
    missing: texts('The protection that it lacks.'),
  }),
]);
/** An answer of `doctor`. */
export type Check = Told<typeof checks>;

const doctor = v.object({
  ...head('doctor', 'Whether deploying, and what is deployed, can work in an account and region.'),
  checks: list(checks, 'The answers. A part that could not be read has no data.'),
});

const trial = v.object({
  ...head('try', 'One run of a rule on this machine.'),
  rule: text('The name of the rule in its package: `cloudTrail`.'),
  delivered: flag('Whether AWS or GitHub would deliver the event to the rule.'),
  messages: objects('What the function published.', {
    topic: text('The ARN of the topic.'),
    subject: orNull(v.string(), 'The subject of the e-mail. `null`: it has none.'),
    email: text('What subscribers by e-mail receive.'),
    json: described(
      v.unknown(),
      'What all other subscribers receive: an alert, or for Dispatch what Dispatch takes. A text where it is not JSON.',
    ),
    attributes: byName(v.string(), "The message's attributes."),
  }),
  logs: texts('What the function wrote to its log, line by line.'),
  durationMs: orNull(v.number(), 'How long it ran, in milliseconds. `null`: it did not run.'),
  ...optional({
    answer: object('What the function answered, where the event is an HTTP request.', {
      statusCode: count('The status.'),
      headers: byName(v.string(), 'The headers.'),
      body: text('The body.'),
    }),
    suppressed: objects('Alerts that a parameter suppresses.', {
      title: text('The title of what was found.'),
      by: text('The item of a parameter that suppresses it.'),
    }),
    needs: text('What the rule asks first. The function did not run: with `--live` it asks.'),
    error: text('What went wrong.'),
  }),
});
/** What one run found. */
type Trial = Told<typeof trial>;
/** A message as its subscribers get it. */
export type Message = Trial['messages'][number];
/** What a function answers to an HTTP request. */
export type HttpAnswer = NonNullable<Trial['answer']>;
/** A finding that a parameter of the rule mutes. */
export type Muted = NonNullable<Trial['suppressed']>[number];

const invocation = v.object({
  ...head('invoke', 'One run of a deployed function.'),
  rule: text('What you type for the rule.'),
  stack: text("The stack's name."),
  ...parts.placeEntries,
  function: text("The function's name."),
  ok: flag('Whether the function succeeded.'),
  answer: described(v.unknown(), 'What the function answered. A text where it is not JSON.'),
  log: list(v.unknown(), 'The end of its log, line by line. A text where it is not JSON.'),
  durationMs: orNull(
    v.number(),
    'How long Lambda says that it ran, in milliseconds. `null`: the end of the log does not say.',
  ),
  elapsedMs: count('How long the answer took, in milliseconds.'),
  error: v.exactOptional(text('What went wrong.')),
});

/** An object, told apart by its `type`. */
export const output = v.pipe(
  v.variant('type', [listed, describedRule, information, fleetPlan, doctor, trial, invocation]),
  v.title('The object of `patrol-deploy … --json`'),
  v.description('What a command finds out, as one JSON object.'),
);
/** An object. */
export type Output = Told<typeof output>;
/** The object of a type. */
export type OutputOf<Type extends Output['type']> = Extract<Output, { readonly type: Type }>;

/** The objects, as a contract. */
export const outputContract: Contract = { name: 'output', version: outputVersion, schema: output };
