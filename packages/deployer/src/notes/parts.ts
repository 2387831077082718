/** What stands in several lines and objects. */
import * as v from 'valibot';
import {
  byName,
  count,
  list,
  object,
  objects,
  oneOf,
  optional,
  text,
  texts,
  time,
  type Told,
} from './schema.ts';

/** An account and a region. */
export const placeEntries = {
  region: text('The region.'),
  account: text('The id of the account.'),
};

/** Where the stack of a line is: there where several stacks are worked on at once. */
export const where = v.object(
  optional({
    region: text('The region, where several stacks are worked on at once.'),
    account: text('The id of the account, where several stacks are worked on at once.'),
  }),
);
/** Where the stack of a line is. */
export type Where = Told<typeof where>;

/** Something that is to change. */
export const difference = v.object({
  what: text('What changes, in words for people.'),
  name: text(
    'What changes, by its name: a parameter or tag of the stack, a setting of the webhook.',
  ),
  ...optional({
    before: text('What it is now. Left out where there is nothing.'),
    after: text('What it will be. Left out where it goes.'),
    reason: oneOf(
      ['newDefault', 'default', 'renamed', 'newer', 'older'],
      'Why, where that is not plain. `newDefault`: the stack has the default of its version, and follows the one of the installed version. `default`: `patrol.yaml` gives no value. `renamed`: the value is taken over from a former name. `newer`, `older`: of the version of a package.',
    ),
    formerly: text('The former name of a parameter, under which the stack has the value.'),
  }),
});
/** Something that is to change. */
export type Difference = Told<typeof difference>;

/** A value of a stack that differs from the default of the installed version. */
export const ownValue = v.object({
  name: text('The parameter.'),
  value: text('The value.'),
  default: text('The default of the installed version.'),
});
/** A value of a stack that differs from the default of the installed version. */
export type OwnValue = Told<typeof ownValue>;

/** What needs attention before a stack is changed. */
export const cautions = v.object(
  optional({
    downgrade: object('The installed version of the package is older than the deployed one.', {
      package: text('The name of the package.'),
      deployed: text('The version that is deployed.'),
      installed: text('The version that is installed here.'),
    }),
    lostValues: objects(
      'Values that are lost, since the installed version of the rule has no such parameters.',
      {
        name: text('The parameter that is gone.'),
        value: text('The value. `****` is hidden by CloudFormation.'),
      },
    ),
  }),
);
/** What needs attention before a stack is changed. */
export type Cautions = Told<typeof cautions>;
/** An older version of a package in place of a newer one. */
export type Downgrade = NonNullable<Cautions['downgrade']>;
/** A value of a stack that has no parameter any more. */
export type LostValue = NonNullable<Cautions['lostValues']>[number];

/** Why an operation failed: the first failure that no other failure caused. */
export const cause = object('Why it failed: the first failure that no other failure caused.', {
  resource: text('The logical id of the resource that failed first.'),
  resourceType: text('Its type, such as `AWS::Lambda::Function`.'),
  status: text('Its status, such as `CREATE_FAILED`.'),
  reason: text('What AWS says.'),
  hint: v.exactOptional(text('What that usually means and what to do, where that is known.')),
  console: v.exactOptional(text("The URL of the stack's events in AWS's console.")),
});
/** What a deployment failed on. */
export type Cause = Told<typeof cause>;

/** What becomes of one resource. */
const resourceChange = v.object({
  action: text("CloudFormation's word: `Add`, `Modify`, `Remove`, …"),
  resource: text('The logical id.'),
  type: text('The type.'),
  ...optional({
    condition: text(
      "The template's condition on which the resource depends, where nobody knows yet whether it is met.",
    ),
    replacement: oneOf(
      ['True', 'False', 'Conditional'],
      'Whether a new resource takes the place of this one: CloudFormation may not know.',
    ),
  }),
  properties: objects('The properties that change.', {
    name: text('The property, or the path of a part of it: `Environment.Variables.limit`.'),
    before: v.exactOptional(text('Its value now, where CloudFormation says. `****` is a secret.')),
    after: v.exactOptional(text('Its next value, where CloudFormation says. `****` is a secret.')),
  }),
});
/** What becomes of one resource, as it is shown. */
export type ResourceChange = Told<typeof resourceChange>;

/** What a grant has. */
export const grant = v.object({
  resource: text('The logical id of the resource that says so, such as the role or the policy.'),
  ...optional({
    attachedTo: objects('What it is attached to, where that is not the resource itself.', {
      kind: text('What it is: `role`, `group`, `account`, …'),
      name: text('Its name.'),
    }),
  }),
  effect: text('`Allow` or `Deny`. `Boundary`: the most that others may allow.'),
  says: byName(
    v.string(),
    'The parts of a statement, such as `Action`, `Resource`, `Principal` and `Condition`, each as one text. `Policy` for a managed policy, `Role` for a role that a resource uses. Of what gives access without a policy its properties.',
  ),
  when: v.exactOptional(
    texts(
      'The conditions of the template that decide whether it is there, in words. Left out where it is there in any case.',
    ),
  ),
});
/** Something that a resource of a template lets somebody do, or keeps somebody from. */
export type Grant = Told<typeof grant>;

const statementChange = v.object({
  change: oneOf(['add', 'remove'], 'Whether it is added or removed.'),
  ...grant.entries,
});
/** A grant that a deployment adds or takes off. */
export type StatementChange = Told<typeof statementChange>;

/** Something whose effect on access cannot be told. */
export const untold = v.object({
  resource: text('The logical id of the resource.'),
  type: text('The type.'),
  why: text('Why, in words for people.'),
});
/** Something whose effect on access cannot be told. */
export type Untold = Told<typeof untold>;

/** Something that `rules.json` and the template of a rule say differently. */
export const disagreement = v.object({
  what: text('What it is about: `memorySize`, `permission`, `trigger`, …'),
  manifest: v.exactOptional(text('What `rules.json` says. Left out where it says nothing.')),
  template: v.exactOptional(text('What the template says. Left out where it says nothing.')),
});
/** Something that `rules.json` and the template of a rule say differently. */
export type Disagreement = Told<typeof disagreement>;

/** What becomes of the resources and permissions of a stack. */
export const shownChanges = v.object({
  changes: list(resourceChange, 'What becomes of each resource.'),
  statements: list(statementChange, 'What becomes of access.'),
  untold: list(untold, 'Resources whose effect on access cannot be told.'),
  disagreements: v.exactOptional(
    list(
      disagreement,
      'What the `rules.json` of the package says otherwise than the template, which is what is deployed. Left out where they agree.',
    ),
  ),
});
/** Changes as they are shown: without values that are to stay hidden, and with what becomes of permissions. */
export type ShownChanges = Told<typeof shownChanges>;

/** How the stack instances of a stack set are. */
export const instanceCounts = v.object({
  total: count('All instances.'),
  current: count('Instances that are as the stack set says.'),
  outdated: count('Instances that the last operation did not reach, or failed on.'),
  inoperable: count('Instances on which an operation failed so that AWS gave them up.'),
  busy: count('Instances that an operation is working on.'),
});
/** How the instances of a stack set are. */
export type InstanceCounts = Told<typeof instanceCounts>;

/** A stack instance that is not as it should be. */
export const troubledInstance = v.object({
  account: text('The id of the account.'),
  region: text('The region.'),
  status: text(
    '`OUTDATED` or `INOPERABLE`, with the detailed status where that says more: `OUTDATED (FAILED)`.',
  ),
  reason: text('What AWS says.'),
});
/** An instance that is not as it should be, and what AWS says of it. */
export type TroubledInstance = Told<typeof troubledInstance>;

/** A topic from which nobody receives what is sent to it. */
export const unconfirmed = v.object({
  what: text('`alerts` or `alarms`.'),
  topics: texts('The ARNs of the topics.'),
  stacks: texts('The names of the stacks that send to them.'),
  endpoints: texts('Who must confirm a subscription. Empty where nobody is subscribed.'),
});
/** Topics from which nobody receives what is sent to them. */
export type Unconfirmed = Told<typeof unconfirmed>;

/** Resources that were changed outside CloudFormation. */
export const drift = object('Resources were changed outside CloudFormation.', {
  detectedAt: time('When CloudFormation found it.'),
});

/** Resources that were changed outside CloudFormation. */
export type Drift = Told<typeof drift>;

/** A run of `apply` that holds the lease of a fleet. */
export const leaseHolder = v.object(
  optional({
    run: text('The id of the run.'),
    caller: text('The ARN of the credentials that started it.'),
    host: text('The name of the machine.'),
    pid: count('The id of the process on that machine.'),
    job: text('The address of the CI job, where there is one.'),
    since: time('When it took the lease, by the clock of that machine.'),
  }),
);
/** A run of `apply` that holds the lease of a fleet. */
export type LeaseHolder = Told<typeof leaseHolder>;

/** Why something is done, or nothing. */
export const reasons = list(
  v.looseObject({
    code: oneOf(
      [
        'absent',
        'newBy',
        'empty',
        'same',
        'changed',
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
        'needsBase',
        'baseUsed',
        'misnamed',
        'regionsLeft',
        'sharedAccounts',
      ],
      'What it is about. Further fields have the names and numbers.',
    ),
  }),
  'The same, as data.',
);
