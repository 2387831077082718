/** What stands in several lines and objects. */
import * as v from 'valibot';
import * as is from './schema.ts';

/** An account and a region. */
export const placeEntries = {
  region: is.text('The region.'),
  account: is.text('The id of the account.'),
};

/** Where the stack of a line is: there where several stacks are worked on at once. */
export const where = v.object(
  is.optional({
    region: is.text('The region, where several stacks are worked on at once.'),
    account: is.text('The id of the account, where several stacks are worked on at once.'),
  }),
);
/** Where the stack of a line is. */
export type Where = is.Told<typeof where>;

/** Something that is to change. */
export const difference = v.object({
  what: is.text('What changes, in words for people.'),
  name: is.text(
    'What changes, by its name: a parameter or tag of the stack, a setting of the webhook.',
  ),
  ...is.optional({
    before: is.text('What it is now. Left out where there is nothing.'),
    after: is.text('What it will be. Left out where it goes.'),
    reason: is.oneOf(
      ['newDefault', 'default', 'renamed', 'newer', 'older'],
      'Why, where that is not plain. `newDefault`: the stack has the default of its version, and follows the one of the installed version. `default`: nothing gives a value. `renamed`: the value is taken over from a former name. `newer`, `older`: of the version of a package.',
    ),
    formerly: is.text('The former name of a parameter, under which the stack has the value.'),
    news: is.texts(
      "Of a newer version: what the package's changelog says since the deployed one. Left out where it says nothing.",
    ),
  }),
});
/** Something that is to change. */
export type Difference = is.Told<typeof difference>;

/** A value of a stack that differs from the default of the installed version. */
export const ownValue = v.object({
  name: is.text('The parameter.'),
  value: is.text('The value.'),
  default: is.text('The default of the installed version.'),
});
/** A value of a stack that differs from the default of the installed version. */
export type OwnValue = is.Told<typeof ownValue>;

/** What needs attention before a stack is changed. */
export const cautions = v.object(
  is.optional({
    downgrade: is.object('The installed version of the package is older than the deployed one.', {
      package: is.text('The name of the package.'),
      deployed: is.text('The version that is deployed.'),
      installed: is.text('The version that is installed here.'),
    }),
    lostValues: is.objects(
      'Values that are lost, since the installed version of the rule has no such parameters.',
      {
        name: is.text('The parameter that is gone.'),
        value: is.text('The value. `****` is hidden by CloudFormation.'),
      },
    ),
  }),
);
/** What needs attention before a stack is changed. */
export type Cautions = is.Told<typeof cautions>;
/** An older version of a package in place of a newer one. */
export type Downgrade = NonNullable<Cautions['downgrade']>;
/** A value of a stack that has no parameter any more. */
export type LostValue = NonNullable<Cautions['lostValues']>[number];

/** Why an operation failed: the first failure that no other failure caused. */
export const cause = is.object('Why it failed: the first failure that no other failure caused.', {
  resource: is.text('The logical id of the resource that failed first.'),
  resourceType: is.text('Its type, such as `AWS::Lambda::Function`.'),
  status: is.text('Its status, such as `CREATE_FAILED`.'),
  reason: is.text('What AWS says.'),
  hint: v.exactOptional(is.text('What that usually means and what to do, where that is known.')),
  console: v.exactOptional(is.text("The URL of the stack's events in AWS's console.")),
});
/** What a deployment failed on. */
export type Cause = is.Told<typeof cause>;

/** What becomes of one resource. */
const resourceChange = v.object({
  action: is.text("CloudFormation's word: `Add`, `Modify`, `Remove`, …"),
  resource: is.text('The logical id.'),
  type: is.text('The type.'),
  ...is.optional({
    condition: is.text(
      "The template's condition on which the resource depends, where nobody knows yet whether it is met.",
    ),
    replacement: is.oneOf(
      ['True', 'False', 'Conditional'],
      'Whether a new resource takes the place of this one: CloudFormation may not know.',
    ),
  }),
  properties: is.objects('The properties that change.', {
    name: is.text('The property, or the path of a part of it: `Environment.Variables.limit`.'),
    ...is.optional({
      before: is.text('Its value now, where CloudFormation says. `****` is a secret.'),
      after: is.text('Its next value, where CloudFormation says. `****` is a secret.'),
    }),
  }),
});
/** What becomes of one resource, as it is shown. */
export type ResourceChange = is.Told<typeof resourceChange>;

/** What a grant has. */
export const grant = v.object({
  resource: is.text('The logical id of the resource that says so, such as the role or the policy.'),
  ...is.optional({
    attachedTo: is.objects('What it is attached to, where that is not the resource itself.', {
      kind: is.text('What it is: `role`, `group`, `account`, …'),
      name: is.text('Its name.'),
    }),
  }),
  effect: is.text('`Allow` or `Deny`. `Boundary`: the most that others may allow.'),
  says: is.byName(
    v.string(),
    'The parts of a statement, such as `Action`, `Resource`, `Principal` and `Condition`, each as one text. `Policy` for a managed policy, `Role` for a role that a resource uses. Of what gives access without a policy its properties.',
  ),
  when: v.exactOptional(
    is.texts(
      'The conditions of the template that decide whether it is there, in words. Left out where it is there in any case.',
    ),
  ),
});
/** Something that a resource of a template lets somebody do, or keeps somebody from. */
export type Grant = is.Told<typeof grant>;

const statementChange = v.object({
  change: is.oneOf(['add', 'remove'], 'Whether it is added or removed.'),
  ...grant.entries,
});
/** A grant that a deployment adds or takes off. */
export type StatementChange = is.Told<typeof statementChange>;

/** Something whose effect on access cannot be told. */
export const untold = v.object({
  resource: is.text('The logical id of the resource.'),
  type: is.text('The type.'),
  why: is.text('Why, in words for people.'),
});
/** Something whose effect on access cannot be told. */
export type Untold = is.Told<typeof untold>;

/** Something that `rules.json` and the template of a rule say differently. */
export const disagreement = v.object({
  what: is.text('What it is about: `memorySize`, `permission`, `trigger`, …'),
  manifest: v.exactOptional(is.text('What `rules.json` says. Left out where it says nothing.')),
  template: v.exactOptional(is.text('What the template says. Left out where it says nothing.')),
});
/** Something that `rules.json` and the template of a rule say differently. */
export type Disagreement = is.Told<typeof disagreement>;

/** What becomes of the resources and permissions of a stack. */
export const shownChanges = v.object({
  isNew: v.exactOptional(is.flag('Whether all of it is new: the stack is created.')),
  changes: is.list(resourceChange, 'What becomes of each resource.'),
  statements: is.list(statementChange, 'What becomes of access.'),
  untold: is.list(untold, 'Resources whose effect on access cannot be told.'),
  disagreements: v.exactOptional(
    is.list(
      disagreement,
      'What the `rules.json` of the package says otherwise than the template, which is what is deployed. Left out where they agree.',
    ),
  ),
});
/** Changes as they are shown: without values that are to stay hidden, and with what becomes of permissions. */
export type ShownChanges = is.Told<typeof shownChanges>;

/** How the stack instances of a stack set are. */
export const instanceCounts = v.object({
  total: is.count('All instances.'),
  current: is.count('Instances that are as the stack set says.'),
  outdated: is.count('Instances that the last operation did not reach, or failed on.'),
  inoperable: is.count('Instances on which an operation failed so that AWS gave them up.'),
  busy: is.count('Instances that an operation is working on.'),
});
/** How the instances of a stack set are. */
export type InstanceCounts = is.Told<typeof instanceCounts>;

/** A stack instance that is not as it should be. */
export const troubledInstance = v.object({
  account: is.text('The id of the account.'),
  region: is.text('The region.'),
  status: is.text(
    '`OUTDATED` or `INOPERABLE`, with the detailed status where that says more: `OUTDATED (FAILED)`.',
  ),
  reason: is.text('What AWS says.'),
});
/** An instance that is not as it should be, and what AWS says of it. */
export type TroubledInstance = is.Told<typeof troubledInstance>;

/** A topic from which nobody receives what is sent to it. */
export const unconfirmed = v.object({
  what: is.text('`alerts` or `alarms`.'),
  topics: is.texts('The ARNs of the topics.'),
  stacks: is.texts('The names of the stacks that send to them.'),
  endpoints: is.texts('Who must confirm a subscription. Empty where nobody is subscribed.'),
});
/** Topics from which nobody receives what is sent to them. */
export type Unconfirmed = is.Told<typeof unconfirmed>;

/** Resources that were changed outside CloudFormation. */
export const drift = is.object('Resources were changed outside CloudFormation.', {
  detectedAt: is.time('When CloudFormation found it.'),
});

/** A run of `apply` that holds the lease of a fleet. */
export const leaseHolder = v.object(
  is.optional({
    run: is.text('The id of the run.'),
    caller: is.text('The ARN of the credentials that started it.'),
    host: is.text('The name of the machine.'),
    pid: is.count('The id of the process on that machine.'),
    job: is.text('The address of the CI job, where there is one.'),
    since: is.time('When it took the lease, by the clock of that machine.'),
  }),
);
/** A run of `apply` that holds the lease of a fleet. */
export type LeaseHolder = is.Told<typeof leaseHolder>;

/** What there is to say beside reasons, or why it stays. */
export const remark = v.looseObject({
  code: is.text('What it is about, in one word. Further fields have the names and numbers.'),
});

/** What there is to say, in words and as data. */
export const remarks = (says: string) => ({
  notes: is.texts(says),
  remarks: is.list(remark, 'The same as data, in the same order.'),
});

/** Why something is done, or nothing. */
export const reasons = is.list(
  v.looseObject({
    code: is.oneOf(
      [
        'absent',
        'newBy',
        'empty',
        'same',
        'changed',
        'drifted',
        'broken',
        'rolledBack',
        'noDifference',
        'joins',
        'tagged',
        'recovers',
        'unlisted',
        'underWay',
        'outdated',
        'goes',
        'leaves',
        'left',
        'wrongRegion',
        'foreign',
        'stuck',
        'protected',
        'busy',
        'older',
        'unseen',
        'busFull',
        'needsBase',
        'baseUsed',
        'misnamed',
        'regionsLeft',
        'overlappingUnits',
        'sharedAccounts',
      ],
      'What it is about. Further fields have the names and numbers.',
    ),
  }),
  'The same, as data.',
);

/** What stacks cost. */
export const costs = v.object({
  alarms: is.count('Alarms, as CloudWatch bills them: by the metrics that they look at.'),
  fixed: is.dollars('A month while nothing happens.'),
  perMillion: is.dollars('For a million events of the dearest rule.'),
  region: is.text('The region whose prices these are.'),
  asOf: is.text('The day of these prices: `2026-11-27`.'),
});
/** What stacks cost. */
export type Costs = is.Told<typeof costs>;
