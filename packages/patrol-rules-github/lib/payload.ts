/**
 * Reads GitHub's webhook payloads ("Webhook events and payloads", GitHub's documentation). A payload comes from outside, so
 * every field is checked.
 */
import { isObject, type Matchers, names, type Parameter } from '@patrol/core';

/** A repository, as payloads describe it. */
export interface Repository {
  /** Owner and name: `acme/website`. */
  readonly fullName: string;
  readonly name: string;
  /** The login of the organisation or user that owns it. */
  readonly owner: string;
  /** Whether it is not public: internal repositories are private ones too. */
  readonly isPrivate: boolean;
  readonly visibility: 'public' | 'private' | 'internal';
  /** The URL of its page; empty where the payload does not say. */
  readonly url: string;
  /** When it was changed last, in ISO 8601; empty where the payload does not say. */
  readonly updatedAt: string;
}

/**
 * Reads a repository of a payload.
 *
 * @param what the name of its field, for the error: `repository`.
 * @throws an Error when its name, its owner or `private` is missing or of another type.
 */
export function readRepository(value: unknown, what: string): Repository {
  const fullName = required(value, what, 'full_name');
  const owner = required(fieldOf(value, 'owner'), `${what}.owner`, 'login');
  const isPrivate = fieldOf(value, 'private');
  if (typeof isPrivate !== 'boolean')
    throw unexpected(`${what}.private`, 'true or false', isPrivate);
  // Older GitHub Enterprise Servers send no `visibility`. Where it contradicts `private`, `private` is right.
  const visibility = fieldOf(value, 'visibility');
  const url = fieldOf(value, 'html_url');
  const updatedAt = fieldOf(value, 'updated_at');
  return {
    fullName,
    name: fullName.slice(fullName.lastIndexOf('/') + 1),
    owner,
    isPrivate,
    visibility: !isPrivate ? 'public' : visibility === 'internal' ? 'internal' : 'private',
    url: isText(url) ? url : '',
    updatedAt: isText(updatedAt) ? updatedAt : '',
  };
}

/** The name of a repository for GitHub's command line. A server other than github.com is a part of the name. */
export function forCommand({ fullName, url }: Repository): string {
  const host = /^https?:\/\/([^/]+)\//.exec(url)?.[1];
  return host === undefined || host === 'github.com' ? fullName : `${host}/${fullName}`;
}

/** Who acted, for a sentence: the sender, and the person behind it where the sender is a bot and GitHub says who that is. */
export function senderOf(payload: Readonly<Record<string, unknown>>): string {
  const sender = payload['sender'];
  const name = login(sender);
  if (name === 'ghost') return 'an account that is gone';
  if (name === '') return 'an unknown account';
  const isBot = isObject(sender) && sender['type'] === 'Bot';
  const run = payload['workflow_run'];
  const behind = [
    isObject(run) ? login(run['triggering_actor']) || login(run['actor']) : '',
    isObject(payload['pusher']) ? text(payload['pusher']['name']) : '',
    login(payload['requester']),
  ].find((each) => each !== '' && !isSame(each, name));
  return isBot && behind ? `${name} for ${behind}` : name;
}

/** The login of an account; empty where there is none. */
export const login = (account: unknown): string =>
  isObject(account) ? text(account['login']) : '';

/** A text of a payload; empty where there is none. */
export const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Whether two logins, or two names of repositories, are the same. GitHub ignores case. */
export const isSame = (one: string, other: string): boolean =>
  one.toLowerCase() === other.toLowerCase();

/** The parameter by which an operator mutes repositories. */
export const ignoredRepositories: Parameter<Matchers> = names(
  'The repositories that are not alerted on, each by its name or by its owner and name.',
  {
    default: '',
    suppresses: true,
    ignoreCase: true,
    form: {
      // An item without a letter in the name, such as acme/*, would mute the whole organisation.
      pattern: '([\\w.-]+/)?[\\w.*-]*[\\w.-][\\w.*-]*',
      words:
        'the name of a repository (website) or its owner and name (acme/website), with * for any characters of the name',
    },
  },
);

function required(value: unknown, what: string, field: string): string {
  const found = fieldOf(value, field);
  if (!isText(found)) throw unexpected(`${what}.${field}`, 'a text', found);
  return found;
}

const fieldOf = (value: unknown, field: string): unknown =>
  isObject(value) ? value[field] : undefined;

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const unexpected = (where: string, expected: string, found: unknown): Error =>
  new Error(
    `expected ${expected} as ${where} of the payload, found ${found === null || found === '' ? 'nothing' : typeof found}`,
  );
