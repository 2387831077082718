/** Policies that let in everybody. */
import type { Finding } from '@patrol/core';
import { parsePolicy } from '../../iam/policy.ts';
import { publicStatements } from '../../access/public.ts';
import { field } from '../../request.ts';
import { blockPublic } from './block.ts';
import { type Call, unlessBlocked, notRecorded } from './call.ts';

/** A call that sets the policy of a bucket. */
export function setPolicy(call: Call): Finding | undefined {
  const document = field(call.record.requestParameters, 'bucketPolicy');
  if (document === undefined) return notRecorded('The policy', call);
  return openPolicy(call, document, unlessBlocked('RestrictPublicBuckets'), {
    undo: blockPublic(call),
  });
}

/** The finding about what a policy lets everybody do; `undefined` when it opens nothing. */
export function openPolicy(
  { where, who }: Call,
  document: unknown,
  takesEffect: string,
  more: Pick<Finding, 'targets' | 'undo'>,
): Finding | undefined {
  const open = publicStatements(parsePolicy(document));
  if (open.length === 0) return undefined;
  const all = (list: (statement: (typeof open)[number]) => readonly string[]): string =>
    [...new Set(open.flatMap(list))].join(', ');
  const actions = all((statement) => statement.actions);
  const principals = all((statement) => statement.principals);
  const conditions = all((statement) => statement.conditions);
  return {
    title: `Policy makes ${where} public: ${actions} to ${principals}, by ${who}`,
    summary: `The policy that ${who} put on ${where} makes it public. ${open.map(({ why }) => why).join(' ')} ${takesEffect}`,
    severity: open.every(({ actions: given }) => given.every(isRead)) ? 'high' : 'critical',
    facts: {
      actions,
      principals,
      resources: all((statement) => statement.resources),
      ...(conditions === '' ? {} : { conditions }),
    },
    ...more,
  };
}

const isRead = (action: string): boolean => /^s3(-object-lambda)?:(get|list)/i.test(action);
