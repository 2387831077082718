/**
 * Rules on calls of AWS APIs: a table that has, for each call, what makes it a finding. The event pattern, the title, the
 * summary and the group follow from the table.
 */
import type { EventName, EventSource, Unlisted } from './callNames.ts';
import type { Actor, ApiCallEvent, CloudTrailRecord } from './cloudtrail.ts';
import type { Target } from './contracts/alert.ts';
import type { Fields } from './fields.ts';
import { matchesName, type Parameters, type Values } from './parameter.ts';
import type { EventPattern } from './pattern.ts';
import { defineRule, type Finding, type Rule } from './rule.ts';
import { type EventTrigger, signInTypes } from './trigger.ts';

/** A call of an AWS API, for the reader of a rule. Nothing in it throws, whatever the record holds. */
export interface Call<P extends Parameters = Parameters> {
  /** The name of the call. */
  readonly name: string;
  /** Who called. */
  readonly actor: Actor;
  /** What was asked for. */
  readonly request: Fields;
  /** What AWS answered. */
  readonly response: Fields;
  /** The account in which it happened. */
  readonly account: string | undefined;
  /** The region in which it happened. */
  readonly region: string | undefined;
  /** The partition of ARNs there: `aws`, `aws-cn`, `aws-us-gov`. */
  readonly partition: string;
  /** The whole record. */
  readonly record: CloudTrailRecord;
  readonly parameters: Values<P>;
}

/** What a call did that somebody should know of. */
export interface Deed extends Omit<Finding, 'title' | 'summary' | 'targets' | 'group'> {
  /**
   * What was done, without who did it: `GuardDuty detector 12abc0 deleted`. It begins with the rule's own words; what the
   * caller chose stands behind them.
   */
  readonly deed: string;
  /** What follows from it, in a sentence. */
  readonly meaning?: string | undefined;
  /** What it was done to: CloudFormation's name of the type, and the ARN, the id or the name. */
  readonly target?: readonly [type: Target['type'], id: string | undefined] | undefined;
}

/** Says whether a call is a finding. */
export type CallReader<P extends Parameters = Parameters> = (
  call: Call<P>,
) => Deed | readonly Deed[] | undefined | Promise<Deed | readonly Deed[] | undefined>;

/** A call of which only some are delivered. */
export interface SomeCalls<P extends Parameters = Parameters> {
  /** What the record has to hold besides its name: a part of an event pattern, such as `{ userIdentity: { type: ['Root'] } }`. */
  readonly where: EventPattern;
  readonly read: CallReader<P>;
}

/**
 * Readers of calls, by `eventSource` and `eventName`. A name that ends in `*` stands for all that begin so: Lambda and
 * CloudFront put the version of their API behind the name. The compiler knows the names of each service; for a new one use
 * `[unlisted('NewCall')]`.
 */
export type Calls<P extends Parameters = Parameters> = {
  readonly [Source in EventSource]?: EventName<Source> extends infer Name extends string
    ? Table<Name, P>
    : never;
} & { readonly [Source in Unlisted]?: Table<string, P> };

type Table<Name extends string, P extends Parameters> = {
  readonly [Each in Name]?: CallReader<P> | SomeCalls<P>;
};

/** The same for whom the names do not matter. */
type Tables<P extends Parameters> = Readonly<
  Record<string, Readonly<Record<string, CallReader<P> | SomeCalls<P>>>>
>;

/** A rule on calls: all that a rule has but its triggers and `evaluate`, and the table of its calls. */
export type CallRule<P extends Parameters = Parameters> = Omit<
  Rule<EventTrigger<ApiCallEvent>, P, undefined>,
  'triggers' | 'evaluate' | 'clients'
> & {
  readonly calls: Calls<P>;
};

/**
 * Makes a rule from a table of calls. Each call that is made becomes a finding where its reader says so.
 *
 * A request that CloudTrail left out because it was too large is a finding as well: nobody knows what it asked for.
 *
 * @example
 * ```ts
 * const rule = defineCallRule({
 *   name: 'flowLogsDeleted',
 *   title: 'VPC flow logs deleted',
 *   description: 'Alerts when somebody deletes VPC flow logs.',
 *   severity: 'high',
 *   runbook: 'Create the flow logs again unless the actor can say why.',
 *   parameters: {},
 *   calls: {
 *     'ec2.amazonaws.com': {
 *       DeleteFlowLogs: ({ request }) => ({
 *         deed: 'VPC flow logs deleted',
 *         facts: { flowLogs: request.texts('DeleteFlowLogsRequest.FlowLogId.content').join(', ') },
 *       }),
 *     },
 *   },
 * });
 * rule.triggers[0]?.pattern.source; // → [{ prefix: 'aws.' }]
 * ```
 */
export const defineCallRule = <const P extends Parameters>({
  calls,
  ...rule
}: CallRule<P>): Rule<EventTrigger<ApiCallEvent>, P, undefined> => {
  const tables = calls as Readonly<Record<string, unknown>> as Tables<P>;
  let pattern: EventPattern | undefined;
  return defineRule<EventTrigger<ApiCallEvent>, P, undefined>({
    ...rule,
    triggers: [
      {
        kind: 'event',
        // A function has no use for it, and would make it at each start.
        get pattern() {
          return (pattern ??= patternOf(tables));
        },
      },
    ],
    async evaluate(event, { parameters }) {
      const read = readerOf(tables, event.detail);
      // Reading a call is a chunk of its own, so that the entry of a function stays small.
      return read && (await import('./call.ts')).findingsOf(event, parameters, read);
    },
  });
};

/** The reader of a record's call. The pattern delivers no other call, but a function can be invoked with any. */
function readerOf<P extends Parameters>(
  calls: Tables<P>,
  { eventSource, eventName }: CloudTrailRecord,
): CallReader<P> | undefined {
  const table = Object.hasOwn(calls, eventSource) ? calls[eventSource] : undefined;
  const [, found] =
    Object.entries(table ?? {}).find(([name]) => matchesName(name, eventName)) ?? [];
  return typeof found === 'function' ? found : found?.read;
}

/**
 * The event pattern of a table: each name with the source that it belongs to, since several services have calls of the same
 * name.
 */
function patternOf<P extends Parameters>(calls: Tables<P>): EventPattern {
  const branches = Object.entries(calls).flatMap(([source, table]) => {
    const entries = Object.entries(table);
    const plain = entries.flatMap(([name, read]) => (typeof read === 'function' ? [name] : []));
    const some = entries.flatMap(([name, read]) =>
      typeof read === 'function'
        ? []
        : [{ eventSource: [source], eventName: [nameIn(name)], ...read.where }],
    );
    return plain.length > 0
      ? [{ eventSource: [source], eventName: plain.map(nameIn) }, ...some]
      : some;
  });
  const [only, ...others] = branches;
  return {
    source: [{ prefix: 'aws.' }],
    'detail-type': [
      'AWS API Call via CloudTrail',
      'AWS Service Event via CloudTrail',
      ...('signin.amazonaws.com' in calls ? signInTypes : []),
    ],
    detail: only && others.length === 0 ? only : { $or: branches },
  };
}

const nameIn = (name: string): string | { readonly prefix: string } =>
  name.endsWith('*') ? { prefix: name.slice(0, -1) } : name;
