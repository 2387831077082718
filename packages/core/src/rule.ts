import type { Facts, Target } from './contracts/alert.ts';
import type { Statement } from './contracts/manifest.ts';
import type { EventPattern } from './pattern.ts';
import {
  choice,
  type Matchers,
  type Muting,
  names,
  type Parameter,
  type Parameters,
  type SecretReference,
  type Values,
} from './parameter.ts';
import { deliversCloudTrail, type EventOf, type Trigger } from './trigger.ts';

export type { Statement };

/** How much a finding matters, from least to most. */
export const severities = ['low', 'medium', 'high', 'critical'] as const;
/** How much a finding matters. */
export type Severity = (typeof severities)[number];

/** A finding: what `evaluate` gives for each thing that somebody should know of. */
export interface Finding {
  /** What happened, in one line: the subject of the e-mail. Any length; it is cut for the subject, never in the body. */
  readonly title: string;
  /** Who did what to what, in a sentence or two. */
  readonly summary: string;
  /** When it differs from the rule's. */
  readonly severity?: Severity;
  /** What the decision rests on, by name: shown as a table in the e-mail, kept as an object for machines. */
  readonly facts?: Facts;
  /** What it is about: the bucket, the role, the repository. What the event gives no id of is left out. */
  readonly targets?: readonly {
    readonly type: Target['type'];
    readonly id: Target['id'] | null | undefined;
  }[];
  /**
   * What belongs together, in a word of which there are few: the name of the call, or the operator's item that the rule
   * looks for. Nothing that the actor can vary at will, such as the name of a bucket or of a session: whoever floods
   * would make a group of every alert.
   */
  readonly group?: string;
  /**
   * What the finding is about, the same in every run that finds it: two alerts of a rule with the same key are one
   * finding. By it a rule that looks at a state is kept from telling the same thing at every run (`remindAfter`), and
   * receivers recognise what they know. The event's id when left out.
   */
  readonly key?: string;
  /**
   * For events of a rule with `onceWithin`: what is told once within that time, such as a session. Of the findings with
   * one key only the first is sent; denied attempts and successes are told apart. Nothing that the actor can vary at
   * will, or it would get a message for each, and nothing that lets it hide behind somebody else's finding. It takes the
   * place of `key`.
   */
  readonly once?: string | undefined;
  /** What it was before, by name, where the event tells. */
  readonly before?: Facts | undefined;
  /**
   * The command that undoes it, one argument each: `['aws', 'cloudtrail', 'start-logging', …]`. Only where this one
   * command, with nothing but what the event says, undoes the deed or its harm. It is quoted for the shell when it is
   * sent.
   */
  readonly undo?: readonly string[] | undefined;
  /** What would mute exactly this: made by the parameter itself, `parameters.bucketFilter.suppression(bucket)`. */
  readonly suppression?: Muting;
  /** The item of a parameter that mutes this finding, as the operator wrote it: it is logged instead of sent. */
  readonly suppressedBy?: string | undefined;
}

/** What `evaluate` is given beside the event. */
export interface Context<P extends Parameters, C> {
  readonly parameters: Values<P>;
  readonly clients: C;
}

/** What `clients` is given. */
export interface ClientContext<P extends Parameters> {
  readonly parameters: Values<P>;
  /** Reads the value of a secret parameter, at run time. */
  readonly secret: (reference: SecretReference) => Promise<string>;
}

/** One or several findings, or nothing. */
export type Findings = Finding | readonly Finding[] | undefined | null;

/**
 * A rule: one value from which the function, the event pattern, the template, the parameters, the permissions, the
 * documentation and the guards of the tests are computed.
 */
export interface Rule<T extends Trigger = Trigger, P extends Parameters = Parameters, C = unknown> {
  /** camelCase; the folder, the zip and the stack carry it unchanged. */
  readonly name: string;
  /** What it is about, in a few words: "CloudTrail changed". */
  readonly title: string;
  /** What it alerts on, in a sentence. */
  readonly description: string;
  readonly severity: Severity;
  /** What to do when it alerts: one paragraph, sent with every alert. */
  readonly runbook: string;
  /** Where catalogues of controls and of attacks speak of it; made by `cis` and `mitre`. */
  readonly references?: readonly string[];
  /** When it runs, and so what it is given. One or more. */
  readonly triggers: readonly T[];
  /** What the operator decides. */
  readonly parameters: P;
  /**
   * Whether it alerts on denied attempts by default: for calls that say most when they are denied. Operators can change it
   * (`deniedAttempts`).
   */
  readonly alertsOnDenied?: boolean;
  /** What its role may do besides writing its log and publishing alerts. */
  readonly permissions?: readonly Statement[];
  /**
   * Names that `patrol-build` does not know, each with its source: where it is documented, or where it was recorded. A call
   * is `cloudtrail.amazonaws.com:NewCall`, an action of IAM `cloudtrail:NewAction`, a detail-type `aws.health:New Event`,
   * an event of GitHub's webhooks `github:new_event`.
   * The build fails on other names that are not in its list, since a rule with a typo would never alert.
   */
  readonly unlisted?: Readonly<Record<string, string>>;
  /** The function's memory in MB; 256 when left out. */
  readonly memorySize?: number;
  /** The function's time limit in seconds; 30 when left out. */
  readonly timeout?: number;
  /**
   * For schedules: whether it watches the other rules of its account and region, and reads what only metrics say of them.
   * Where such a rule stands, the rules of a fleet share queues and alarms.
   */
  readonly watches?: boolean;
  /**
   * For schedules: what is still found is told again after this many seconds, and not at every run. The stack then has
   * a table that remembers what was told (see `Finding.key`); what is no longer found is forgotten.
   */
  readonly remindAfter?: number;
  /**
   * For events: a finding that says what it is about (`Finding.once`) is sent once within this many seconds. The stack then
   * has a table that remembers what was told. A function that cannot ask its table sends everything.
   */
  readonly onceWithin?: number;
  /** Ports to the outside world, made once per cold start. */
  readonly clients?: (context: ClientContext<P>) => C | Promise<C>;
  /**
   * Decides. Pure but for its clients: it reads no clock, no environment and no global state. For CloudTrail events it
   * is asked only about calls that succeeded and, where the operator wants to hear of them, calls that were denied, and
   * need not tell them apart.
   *
   * @throws for an event that it cannot read: silence would mean that there was nothing to find.
   */
  evaluate(event: EventOf<T>, context: Context<P, C>): Findings | Promise<Findings>;
}

/** A rule whose type parameters do not matter. */
// oxlint-disable-next-line no-explicit-any -- the one place that holds rules of unknown types
export type AnyRule = Rule<any, any, any>;

/**
 * Returns its argument; the types do the work: the event's comes from the triggers, the parameters' from their declaration.
 *
 * @example
 * ```ts
 * const rule = defineRule({
 *   name: 'keyDeletion',
 *   title: 'KMS key scheduled for deletion',
 *   description: 'Alerts when a KMS key is scheduled for deletion.',
 *   severity: 'high',
 *   runbook: 'Cancel the deletion unless the actor can say why.',
 *   triggers: [apiCall<{ readonly keyId?: string }>('kms.amazonaws.com', ['ScheduleKeyDeletion'])],
 *   parameters: {
 *     ignoredKeys: names('Keys that may be deleted, by their ids.', { default: '', suppresses: true }),
 *   },
 *   evaluate: ({ detail }, { parameters }) => {
 *     const key = detail.requestParameters?.keyId ?? 'that the record does not name';
 *     return {
 *       title: `KMS key ${key} scheduled for deletion`,
 *       summary: `${actor(detail.userIdentity).description} scheduled it for deletion.`,
 *       suppressedBy: parameters.ignoredKeys.find(key),
 *     };
 *   },
 * });
 * rule.triggers[0]?.pattern.detail; // → { eventSource: ['kms.amazonaws.com'], eventName: ['ScheduleKeyDeletion'] }
 * ```
 */
export const defineRule = <const T extends Trigger, const P extends Parameters, C = undefined>(
  rule: Rule<T, P, C>,
): Rule<T, P, C> => rule;

/** A parameter common to all rules on CloudTrail events. */
export const deniedAttempts: Parameter<'quiet' | 'alert'> = /* @__PURE__ */ choice(
  'Whether to alert on denied calls too, one severity lower and marked as denied attempts.',
  ['quiet', 'alert'],
  { default: 'quiet' },
);

/** A parameter common to all rules on CloudTrail events. `namesOfActor` says what its items are held against. */
const ignoredActors: Parameter<Matchers> = /* @__PURE__ */ names(
  'Users, roles and AWS services whose calls cause no alert. user/NAME and role/NAME are those of the account in which the call was made.',
  {
    default: '',
    suppresses: true,
    ignoreCase: true,
    form: {
      // At least three characters of a name, so that no item mutes everybody.
      pattern:
        '((arn:[\\w*-]+:iam::[\\d*]+:)?(user|role)/[\\w+=.@/*-]*[\\w+=.@-]{3}[\\w+=.@/*-]*|arn:[\\w-]+:iam::\\d+:root)( via [\\w.-]+)?|[\\w.-]+\\.amazonaws\\.com',
      words:
        'user/NAME, role/NAME, an ARN, a service (backup.amazonaws.com), or what a service does for somebody (role/NAME via cloudformation.amazonaws.com)',
    },
  },
);

/** The parameters common to all rules on CloudTrail events. */
const common = { deniedAttempts, ignoredActors };

/** The names of the parameters that no rule declares itself, since all rules on CloudTrail events have them. */
export const commonParameters: readonly string[] = /* @__PURE__ */ Object.keys(common);

/** All parameters of a rule on CloudTrail events: its own and those common to all of them. */
export const withCommonParameters = (rule: AnyRule): Parameters => ({
  ...rule.parameters,
  ...common,
  ...(rule.alertsOnDenied ? { deniedAttempts: { ...deniedAttempts, default: 'alert' } } : {}),
});

/** All parameters of a rule: its own and those common to rules of its kind. */
export const allParameters = (rule: AnyRule): Parameters =>
  rule.triggers.some(deliversCloudTrail) ? withCommonParameters(rule) : rule.parameters;

/** Every event pattern of a rule. */
export const eventPatterns = (rule: AnyRule): readonly EventPattern[] =>
  rule.triggers.flatMap((trigger: Trigger) => (trigger.kind === 'event' ? [trigger.pattern] : []));
