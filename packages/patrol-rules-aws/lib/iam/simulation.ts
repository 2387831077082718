/**
 * Finds out whether a policy gives more than its author has, with IAM's policy simulator. The simulator takes only whole
 * names of actions ("This operation does not support using wildcards (*) in an action name"). So a wildcard is replaced by
 * the known actions that it matches. For a wildcard over all services, these are all actions of the critical services and a
 * sample of the others. The finding says where it was only a sample.
 */
import type { Finding, Matchers } from '@patrol/core';
import { fieldsOf, textOf } from '../request.ts';
import type { PolicyCallEvent } from './calls.ts';
import { criticalServices } from './criticalServices.ts';
import { isAdministrator } from './grants.ts';
import { conditionText, type Policy } from './policy.ts';
import { type PolicyCall, readPolicyCall } from './readCall.ts';
import { listed } from '../words.ts';
import { type Answer, ask } from './simulation/ask.ts';
import { type Caller, callerOf, contextOf } from './simulation/caller.ts';
import {
  mostPairs,
  type Pair,
  questionsOn,
  type SimulationParameters,
} from './simulation/questions.ts';
import type { Simulator } from './simulator.ts';

/**
 * Compares what a policy gives with what the caller who wrote it has.
 *
 * @returns the finding that it gives more, or that the two cannot be compared.
 * @throws PolicyError for a document that cannot be read; what the simulator throws.
 */
export async function compare(
  event: PolicyCallEvent,
  parameters: SimulationParameters,
  simulator: Simulator,
): Promise<Finding | undefined> {
  const { detail } = event;
  const caller = callerOf(detail.userIdentity);
  // The root user may do everything. What a service does on its own is up to AWS: there are no permissions to compare with.
  if (caller.is === 'root' || caller.is === 'service') return undefined;
  if (!isWanted(caller, parameters.principalRegex)) return undefined;
  const call = readPolicyCall(event);
  if (!call.policy) return call.unseen();
  const questions = questionsOn(call.policy, parameters);
  if (questions.all.length === 0) return undefined;
  if (caller.principal === undefined) {
    return incomparable(
      call,
      'The record names no user or role whose permissions could be looked up.',
    );
  }
  const { principal } = caller;
  // IAM answers with the new policy already in force. It cannot say what the caller had before.
  if (isOwn(event, principal)) return forItself(call, call.policy, principal, questions.all);
  const answer = await ask(questions.all, simulator, {
    region: textOf(detail.awsRegion) ?? 'us-east-1',
    principal,
    context: contextOf(detail),
  });
  if (answer.beyond.length > 0) return exceeding(call, call.policy, principal, answer);
  if (answer.refused !== undefined) {
    return incomparable(
      call,
      `IAM did not say what ${principal} may do: ${answer.refused.replace(/\.+$/, '')}.`,
    );
  }
  if (questions.isCut) {
    return incomparable(
      call,
      `It names more than ${mostPairs} pairs of an action and a resource. ${principal} has the first ones; the others were not looked at.`,
    );
  }
  return questions.sampled.length > 0
    ? sampled(call, principal, answer, questions.sampled)
    : undefined;
}

/** Whether the operator wants the policies of a caller compared. Without items, or with `none`, all callers count. */
function isWanted({ arns }: Caller, wanted: Matchers): boolean {
  const isForAll =
    wanted.items.length === 0 || wanted.items.some((item) => item.toLowerCase() === 'none');
  // No item can match a record that names no caller. It is compared, too.
  return isForAll || arns.length === 0 || wanted.find(...arns) !== undefined;
}

/** Whether the caller wrote an inline policy of the very user or role that they are. */
function isOwn({ detail }: PolicyCallEvent, principal: string): boolean {
  const [, kind] = /^Put(User|Role)Policy$/.exec(detail.eventName) ?? [];
  if (kind === undefined) return false;
  const holder = textOf(fieldsOf(detail.requestParameters)[`${kind.toLowerCase()}Name`]);
  const [, type, name] = /:(user|role)\/(?:.*\/)?([^/]+)$/s.exec(principal) ?? [];
  // IAM takes no two names that differ by letter case only.
  return type === kind.toLowerCase() && holder?.toLowerCase() === name?.toLowerCase();
}

function forItself(
  { who, what, about }: PolicyCall,
  policy: Policy,
  principal: string,
  given: readonly Pair[],
): Finding {
  const all = isAdministrator(policy);
  const from = given.map((pair) => pair.from);
  return about({
    title: `Policy written by ${who} for itself: ${all ? 'every action' : listed(from, 5)}, in ${what}`,
    summary:
      `${who} wrote ${what}, which gives the caller itself ${all ? 'every action' : listed(from)}. ` +
      `IAM's policy simulator counts this policy already. It cannot say what ${principal} had before.`,
    ...(all ? { severity: 'high' } : {}),
    facts: {
      principal,
      given: listed(from),
      resources: listed(given.map(({ resource }) => resource)),
      compared: 'no',
    },
  });
}

function exceeding(
  { who, what, about }: PolicyCall,
  policy: Policy,
  principal: string,
  { beyond, asked }: Answer,
): Finding {
  const all = isAdministrator(policy);
  const given = beyond.map(({ from }) => from);
  const pairs = beyond.map(({ action, resource }) => `${action} on ${resource}`);
  const missing = listed(beyond.flatMap((decision) => decision.missing));
  const conditions = listed(
    policy.statements
      .filter(({ effect }) => effect === 'Allow')
      .flatMap((statement) => statement.conditions.map(conditionText)),
  );
  return about({
    title: `Policy gives more than ${who} has: ${all ? 'every action' : listed(given, 5)}, in ${what}`,
    summary:
      `${who} wrote ${what}, which allows what ${principal} itself may not do: ${listed(pairs, 5)}.` +
      (missing ? ` IAM's answer depends on ${missing}, which the record does not say.` : ''),
    ...(all ? { severity: 'high' } : {}),
    facts: {
      principal,
      given: listed(given),
      actions: listed(beyond.map(({ action }) => action)),
      resources: listed(beyond.map(({ resource }) => resource)),
      compared: asked,
      ...(missing ? { missingContext: missing } : {}),
      ...(conditions ? { conditions } : {}),
    },
  });
}

const incomparable = ({ who, what, about }: PolicyCall, why: string): Finding =>
  about({
    title: `Policy that could not be compared with what ${who} has: ${what}`,
    summary: `${who} wrote ${what}. Whether it gives more than ${who} has is not known. ${why}`,
    facts: { compared: 'no' },
  });

const sampled = (
  { who, what, about }: PolicyCall,
  principal: string,
  { asked }: Answer,
  wildcards: readonly string[],
): Finding =>
  about({
    title: `Policy compared in part with what ${who} has: ${listed(wildcards, 5)}, in ${what}`,
    summary:
      `${who} wrote ${what}, which allows ${listed(wildcards)}: more than can be asked about. ${principal} has the ${asked} pairs of an action ` +
      `and a resource that were, which begin with those of ${listed(criticalServices)}. Whether it has the others is not known.`,
    severity: 'low',
    facts: { principal, given: listed(wildcards), compared: asked },
  });
