/** Reads which IAM user a call is about. */
import type { Call } from '@patrol/core';

/** The IAM user that a call is about. */
interface AboutUser {
  /** The name; `undefined` where the record does not tell it. */
  readonly user: string | undefined;
  /** For a sentence: `user alice`. */
  readonly what: string;
  /** Whether it is the caller. */
  readonly isOwn: boolean;
  /** Whether it is the root user, who calls about itself. Rules on the root user alert on that. */
  readonly isRoot: boolean;
}

/** The user that a call is about: the one that the request names, or the caller. */
export function userOf({
  actor,
  request,
  record,
}: Pick<Call, 'actor' | 'request' | 'record'>): AboutUser {
  // A denied call has no request parameters; IAM then names the user in the message only.
  const [, inMessage] = /\bon resource: user (\S+)/.exec(String(record.errorMessage ?? '')) ?? [];
  const named = request.text('userName') ?? inMessage;
  const caller = actor.type === 'IAMUser' ? (actor.name ?? undefined) : undefined;
  const user = named ?? caller;
  const isRoot = actor.type === 'Root' && (named === undefined || named === 'AWS ROOT USER');
  return {
    user,
    what: user === undefined ? 'a user' : `user ${user}`,
    // IAM does not tell names apart that differ by case only.
    isOwn: isRoot || named === undefined || named.toLowerCase() === caller?.toLowerCase(),
    isRoot,
  };
}
