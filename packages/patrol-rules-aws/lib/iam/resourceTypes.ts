import { reference, verbs } from './reference.ts';

/** The actions of a service, by their names in lower case. */
type Service = ReadonlyMap<string, Action>;

interface Action {
  readonly name: string;
  readonly formats: readonly string[];
}

/**
 * The resources that an action can be about.
 *
 * @param action an action without wildcards, in any case: `s3:GetObject`.
 * @returns the formats of their ARNs, with `*` for what varies: `arn:*:iam::*:role/*`. An ARN may match several formats of
 *   a service, since names may hold `/` and `:`. The longest of them is that of the resource: `arn:*:s3:::*` is a bucket only
 *   where the format of objects does not match. An action that is about no resource has no format. `undefined` for an action
 *   that the reference does not have, or whose service {@link actionsOf} does not have.
 */
export function resourceTypesOf(action: string): readonly string[] | undefined {
  const [service = '', name = ''] = action.toLowerCase().split(':');
  return serviceOf(service)?.get(name)?.formats;
}

/**
 * The names of all actions of a service; `undefined` for a service that is not listed.
 *
 * @param service the service by its name in actions, in any case: `s3`.
 */
export function actionsOf(service: string): readonly string[] | undefined {
  const actions = serviceOf(service.toLowerCase());
  return actions && [...actions.values()].map(({ name }) => name);
}

const read = new Map<string, Service>();

function serviceOf(name: string): Service | undefined {
  const service = read.get(name) ?? readService(name);
  if (service) read.set(name, service);
  return service;
}

/** Reads one service's lines: its name with the formats, then groups of actions that are about the same ones. */
function readService(name: string): Service | undefined {
  if (!/^[\w-]+$/.test(name)) return undefined;
  const [, head = '', groups] =
    new RegExp(`^${name}((?: \\S+)*)\\n((?: .*\\n)+)`, 'm').exec(reference) ?? [];
  if (groups === undefined) return undefined;
  const formats = head.split(' ').slice(1);
  const actions = groups.split('\n').flatMap((group) => {
    const [, places = '', ...tokens] = group.split(' ');
    const about = places
      .split(',')
      .flatMap((place) => formats[Number(place || Number.NaN)] ?? [])
      .map((format) => `arn:*:${format}`);
    return tokens.flatMap(namesOf).map((action) => ({ name: action, formats: about }));
  });
  return new Map(actions.map((action) => [action.name.toLowerCase(), action]));
}

/** The actions that a token stands for: `bc,aRule` for GetRule, DeleteRule and ListRules; `_connect` for itself. */
function namesOf(token: string): readonly string[] {
  if (token.startsWith('_')) return [token.slice(1)];
  const [, one = '', many = '', noun = ''] = /^([a-z]*)(?:,([a-z]+))?(.*)$/.exec(token) ?? [];
  const named = (letters: string, rest: string): readonly string[] =>
    letters.split('').map((letter) => `${verbs[letter.charCodeAt(0) - 97] ?? ''}${rest}`);
  return one || many ? [...named(one, noun), ...named(many, `${noun}s`)] : [noun];
}
