/**
 * An alert as machines get it: the `default` text of the SNS message. A rule gives a finding; `evaluate.ts` makes an
 * alert of it, with what the event says of itself.
 *
 * Functions hold the types of this module only: nothing of a schema library is in a zip.
 */
import * as v from 'valibot';
import { severities } from '../rule.ts';
import type { Contract, Immutable } from './contract.ts';
import { object, record, text } from './schema.ts';

/** The version of the format that this release writes. */
export const alertVersion = 1;

/** A text that comes from an event or a rule: it may be empty. */
const string = (description: string) => v.pipe(v.string(), v.description(description));

/** The same, where the event may not say. */
const perhaps = (description: string) => v.pipe(v.nullable(v.string()), v.description(description));

const facts = record(v.string(), v.union([v.string(), v.number(), v.boolean()]));

const target = object({
  type: text(
    'As CloudFormation names the type: `AWS::S3::Bucket`. In the same way `GitHub::Repository`.',
  ),
  id: string('Its ARN where it has one. Otherwise its id, its name, or `owner/name`.'),
});

const suppression = object({
  parameter: text('The parameter of the rule.'),
  item: text('The item to add to the list in this parameter. It matches this value and no other.'),
});

const suppressed = object({
  parameter: perhaps('The parameter of the rule in which the item stands.'),
  item: text('The item that keeps the alert from people, as the operator wrote it.'),
  owner: perhaps('Who answers for the item, as `patrol.yaml` says.'),
  reason: perhaps('Why it is there, as `patrol.yaml` says.'),
  until: perhaps('The last day (UTC) on which it applies. `null` where it never ends.'),
});

const actor = object({
  type: string(
    '`userIdentity.type` of CloudTrail, or the type of the GitHub account. `Unknown` where the event gives none.',
  ),
  description: string('For a sentence: `IAM user alice`, `role Deploy (session bob)`.'),
  name: perhaps('The name of the user or role.'),
  arn: perhaps('The ARN, which for a role is that of the session.'),
  accountId: perhaps('The AWS account of the actor.'),
  principal: perhaps(
    'The actor without what it can choose anew for every call: the ARN of a user, the ARN of the role behind a session, the root user, an AWS service, an identity provider, another account, or the login at GitHub.',
  ),
});

const network = object({
  name: perhaps('The name of the network: that of a provider, or one that you gave it.'),
  asn: v.pipe(
    v.nullable(v.pipe(v.number(), v.integer())),
    v.description('The number of its autonomous system.'),
  ),
  country: perhaps('The country, as two letters of ISO 3166-1.'),
});

const alert = v.pipe(
  object({
    version: v.pipe(v.literal(alertVersion), v.description('The version of this contract.')),
    rule: text('The name of the rule.'),
    test: v.pipe(
      v.boolean(),
      v.description('Whether the alert comes from a trial. Then nothing happened.'),
    ),
    canary: v.exactOptional(
      v.pipe(
        v.boolean(),
        v.description('Whether it only proves that alerts arrive. It is for machines alone.'),
      ),
    ),
    suppressed: v.exactOptional(
      v.pipe(
        suppressed,
        v.description(
          'What the operator wrote that keeps it from people. It is for machines alone: its `dedupKey` is never that of an alert that people get.',
        ),
      ),
    ),
    suppressions: v.exactOptional(
      v.pipe(
        v.array(
          object({
            parameter: text('The parameter.'),
            item: text('The item.'),
            until: text('Its last day (UTC).'),
          }),
        ),
        v.description('The suppressions that the rule has. Only a canary says them.'),
      ),
    ),
    outcome: v.pipe(
      v.picklist(['succeeded', 'denied']),
      v.description('`denied`: the call was attempted, and AWS refused it.'),
    ),
    severity: v.pipe(v.picklist(severities), v.description('How much it matters.')),
    title: string('What happened, in one line.'),
    summary: string('Who did what to what, in a sentence or two.'),
    facts: v.pipe(
      facts,
      v.description(
        'What the decision rests on, by name. Each rule has names of its own. For a call in a session, `sessionIssuer` is the role or user whose session it is, and `mfaAuthenticated` says whether it was opened with MFA.',
      ),
    ),
    targets: v.pipe(v.array(target), v.description('What it is about. The list may be empty.')),
    before: v.pipe(
      v.nullable(facts),
      v.description('What it was before, by name. `null` where the event does not say.'),
    ),
    undo: perhaps(
      'The command that undoes it, quoted for a POSIX shell. `null` where no single command does.',
    ),
    suppression: v.pipe(
      v.nullable(suppression),
      v.description('What mutes exactly this. `null` where no item of a parameter does.'),
    ),
    dedupKey: text('The same for every alert about the same finding. Compare it as a whole.'),
    groupKey: text(
      'The same for alerts that belong together: those of one rule about one kind of deed, by one principal in one account. Compare it as a whole.',
    ),
    account: perhaps('The AWS account in which it happened: 12 digits.'),
    accountName: perhaps('The name of that account.'),
    region: perhaps('The AWS region in which it happened.'),
    actor: v.pipe(v.nullable(actor), v.description('Who acted.')),
    sourceAddress: perhaps('The IP address, or the AWS service, that the call came from.'),
    network: v.pipe(v.nullable(network), v.description('The network of the source address.')),
    userAgent: perhaps('The program that made the call, as it names itself.'),
    eventName: perhaps('The name of the call or of the event.'),
    eventTime: perhaps('When it happened, in ISO 8601.'),
    eventId: perhaps('The same for every copy of the event.'),
    consoleUrl: perhaps(
      'The event in the CloudTrail console; null for data events, which its event history does not have.',
    ),
    runbook: string('What to do, in a paragraph.'),
    runbookUrl: perhaps('Where more is written about it.'),
    references: v.pipe(
      v.array(v.string()),
      v.description('Controls and attacks that the rule belongs to, in words.'),
    ),
    event: v.pipe(
      v.unknown(),
      v.description(
        'The event as it came. `{"truncated": "…"}` with its beginning where it was too large to send.',
      ),
    ),
  }),
  v.title('Alert'),
  v.description(
    'What a rule found, and what the event says of it. A field is `null` where the event does not say.',
  ),
);

/** An alert. */
export const alertContract: Contract = { name: 'alert', version: alertVersion, schema: alert };

/** An alert as machines get it: a rule's finding, and what the event says of itself. */
export type Alert = Immutable<v.InferOutput<typeof alert>>;
/** What a decision rests on, or what something was, by name. */
export type Facts = Immutable<v.InferOutput<typeof facts>>;
/** Something that a finding is about. */
export type Target = Immutable<v.InferOutput<typeof target>>;
/** The item of a parameter that mutes a finding. */
export type Suppression = Immutable<v.InferOutput<typeof suppression>>;
/** Who acted. */
export type Actor = Immutable<v.InferOutput<typeof actor>>;
