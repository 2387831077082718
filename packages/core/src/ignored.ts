/** Mutes what users, roles and services do that the operator named. */
import { actor, type CloudTrailRecord, isObject } from './cloudtrail.ts';
import type { Actor, Suppression } from './contracts/alert.ts';
import type { Matchers } from './parameter.ts';
import type { Finding } from './rule.ts';

/** A finding of which it is known what would mute it. */
export interface Found extends Finding {
  readonly suppression: Suppression | undefined;
}

/** A finding with what mutes it and what would, also where the operator may have named who acted. */
export async function withMuting(
  finding: Finding,
  record: CloudTrailRecord | undefined,
  ignoredActors: Matchers | undefined,
): Promise<Found> {
  const suppression = await finding.suppression;
  if (!record || !ignoredActors) return { ...finding, suppression };
  const names = namesOfActor(record);
  const by = ignoredActors.find(...names);
  return {
    ...finding,
    suppressedBy: finding.suppressedBy ?? by,
    suppression: suppression ?? (await ignoredActors.suppression(names.at(-1))),
  };
}

/**
 * The names by which an operator can name who made a call, the most exact one last. None of them can be chosen by the caller: no
 * session has a name here. Those without an account are for callers of the account in which the call was made.
 */
function namesOfActor(record: CloudTrailRecord): readonly string[] {
  const identity = isObject(record.userIdentity) ? record.userIdentity : {};
  const caller = actor(identity);
  const { accountId, principal } = caller;
  const service = typeof identity['invokedBy'] === 'string' ? identity['invokedBy'] : undefined;
  const plain = ownName(caller, record.recipientAccountId ?? accountId);
  const names = [
    ...(plain === undefined ? [] : [plain]),
    ...(principal?.startsWith('arn:') ? [principal] : []),
  ];
  // What a service does for somebody is told apart from what the service does by itself.
  if (names.length === 0) return principal === service && service !== undefined ? [service] : [];
  return service === undefined
    ? names
    : [...names, ...names.map((each) => `${each} via ${service}`)];
}

/** The name of a user or role without its account: `role/Deploy`. `undefined` for callers of other accounts than this one. */
export function ownName(who: Actor | null, account: unknown): string | undefined {
  if (!who?.name || who.accountId === null || who.accountId !== account) return undefined;
  if (who.type === 'IAMUser') return `user/${who.name}`;
  return /^(AssumedRole|Role)$/.test(who.type) ? `role/${who.name}` : undefined;
}
