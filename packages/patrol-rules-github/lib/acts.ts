/**
 * Rules on what GitHub's webhooks tell: a table that has, for each act, what makes it a finding. The events, the title, the
 * summary, the group and what mutes the finding follow from the table.
 */
import {
  defineRule,
  type Finding,
  isObject,
  type Matchers,
  names,
  type Parameter,
  type Parameters,
  type Rule,
  type Values,
  webhook,
  type WebhookDelivery,
  type WebhookTrigger,
} from '@patrol/core';
import type { components } from '@octokit/openapi-webhooks-types';
import {
  ignoredRepositories,
  login,
  readRepository,
  type Repository,
  senderOf,
} from './payload.ts';

export { text } from './payload.ts';

type Schemas = components['schemas'];

/** `repository_ruleset.deleted` as GitHub's OpenAPI description writes it: `repository-ruleset-deleted`. */
type Dashed<Name extends string> = Name extends `${infer Before}_${infer After}`
  ? Dashed<`${Before}-${After}`>
  : Name extends `${infer Before}.${infer After}`
    ? Dashed<`${Before}-${After}`>
    : Name;

/**
 * What comes from outside: the compiler knows the names of its fields, and nothing is sure to be there. A field may even
 * have another type, so texts, numbers and lists are read by {@link text}, {@link whole} and {@link list}.
 */
type Loose<T> = T extends readonly (infer Element)[]
  ? readonly Loose<Element>[] | null | undefined
  : T extends object
    ? { readonly [Name in keyof T]?: Loose<T[Name]> } | null | undefined
    : T | null | undefined;

/** The payload of an act, by the name of its event and action. An act that GitHub does not have is refused by the compiler. */
export type Payload<Name extends string> = `webhook-${Dashed<Name>}` extends keyof Schemas
  ? NonNullable<Loose<Schemas[`webhook-${Dashed<Name>}`]>>
  : never;

/** What somebody did, for the reader of an act. */
interface Act<Name extends string, P extends Parameters> {
  readonly payload: Payload<Name>;
  /** Who did it, for a sentence. */
  readonly by: string;
  /** The repository of the payload; `undefined` where it has none. */
  readonly repository: Repository | undefined;
  /** The login of the organisation; empty where the payload does not say. */
  readonly organization: string;
  /** What the act happened in, for a sentence: the repository, or else the organisation. */
  readonly where: string;
  readonly parameters: Values<P>;
}

/** What somebody should know of. */
export interface Deed extends Omit<
  Finding,
  'title' | 'summary' | 'targets' | 'group' | 'suppression' | 'suppressedBy'
> {
  /** What was done, without who did it. It begins with the rule's own words. */
  readonly deed: string;
  /** What follows from it, in a sentence. */
  readonly meaning?: string | undefined;
  /** What it was done to, where that is not the repository or the organisation. */
  readonly target?: readonly [type: `GitHub::${string}`, id: string] | undefined;
  /** The repository as it was called before, by owner and name: that is what an operator meant who muted it. */
  readonly called?: string | undefined;
}

/** Says whether an act is a finding. */
type ActReader<Name extends string, P extends Parameters> = (
  act: Act<Name, P>,
) => Deed | readonly Deed[] | undefined;

/** A rule on acts: all that a rule has but its triggers and `evaluate`, and the table of its acts. */
type ActRule<Name extends string, P extends Parameters> = Omit<
  Rule<WebhookTrigger<WebhookDelivery>, P, undefined>,
  'triggers' | 'evaluate' | 'clients'
> & { readonly acts: { readonly [Each in Name]: ActReader<Each, P & Common> } };

/** The parameters of every rule on acts. */
const common = {
  ignoredRepositories,
  ignoredAccounts: names('The accounts whose acts are not alerted on, each by its login.', {
    default: '',
    suppresses: true,
    // GitHub ignores the case of logins.
    ignoreCase: true,
    form: {
      // An item without a letter or a digit, such as *-*, would mute half of everybody.
      pattern: '[\\w*-]*\\w[\\w*-]*(\\[bot\\])?',
      words: 'the login of an account (alice, release-bot[bot]), with * for any characters',
    },
  }) satisfies Parameter<Matchers>,
};
type Common = typeof common;

/**
 * Makes a rule from a table of acts, each by GitHub's names of the event and the action: `repository.renamed`, or `push` for
 * an event without actions.
 */
export function defineActRule<const Name extends string, const P extends Parameters>({
  acts,
  parameters,
  ...rule
}: ActRule<Name, P>): Rule<WebhookTrigger<WebhookDelivery>, P & Common, undefined> {
  const readers = new Map<string, ActReader<never, P & Common>>(Object.entries(acts));
  const events = [...new Set([...readers.keys()].map((name) => name.replace(/\..*/, '')))];
  return defineRule<WebhookTrigger<WebhookDelivery>, P & Common, undefined>({
    ...rule,
    triggers: [webhook<WebhookDelivery>(events)],
    parameters: { ...parameters, ...common },
    evaluate({ name, payload }, context) {
      const act = actOf(name, payload, readers);
      const read = readers.get(act);
      if (!read || !isObject(payload)) return undefined;
      const repository = isObject(payload['repository'])
        ? readRepository(payload['repository'], 'repository')
        : undefined;
      const organization = login(payload['organization']);
      const about = {
        payload: payload as never,
        by: senderOf(payload),
        repository,
        organization,
        where: repository?.fullName ?? (organization || 'an unknown place'),
        parameters: context.parameters,
      };
      return [read(about) ?? []].flat().map((deed) => findingOf(act, about, payload, deed));
    },
  });
}

/** The name of the act that a delivery tells of. */
function actOf(event: string, payload: unknown, readers: ReadonlyMap<string, unknown>): string {
  const action = isObject(payload) ? payload['action'] : undefined;
  if (typeof action === 'string') return readers.has(event) ? event : `${event}.${action}`;
  const hasActions = [...readers.keys()].some((name) => name.startsWith(`${event}.`));
  if (!hasActions) return event;
  throw new Error(
    `expected the action of the event ${event}, found ${JSON.stringify(action) ?? 'none'}`,
  );
}

function findingOf(
  act: string,
  { by, repository, organization, parameters }: Act<never, Common>,
  payload: Readonly<Record<string, unknown>>,
  { deed, meaning, target, called, facts, ...finding }: Deed,
): Finding {
  const { ignoredRepositories: repositories, ignoredAccounts: accounts } = parameters;
  const fullName = called ?? repository?.fullName;
  const sender = login(payload['sender']);
  const byRepository =
    fullName && repositories.find(fullName, fullName.slice(fullName.lastIndexOf('/') + 1));
  const standing: readonly [`GitHub::${string}`, string] | undefined = repository
    ? ['GitHub::Repository', repository.fullName]
    : organization
      ? ['GitHub::Organization', organization]
      : undefined;
  const [type, id] = target ?? standing ?? [];
  // Of what GitHub itself finds, such as a secret, nobody is the sender.
  const done = payload['sender'] === undefined ? deed : `${deed} by ${by}`;
  return {
    ...finding,
    title: done,
    summary: `${done}.${meaning ? ` ${meaning}` : ''}`,
    facts: {
      ...(repository && { repository: repository.fullName }),
      ...(organization && { organization }),
      ...(payload['sender'] !== undefined && { by }),
      ...facts,
    },
    targets: type ? [{ type, id }] : [],
    group: act,
    suppression: fullName
      ? repositories.suppression(fullName)
      : accounts.suppression(sender || undefined),
    suppressedBy: byRepository || (sender ? accounts.find(sender) : undefined) || undefined,
  };
}

/** A whole number of a payload; `undefined` where there is none. */
export const whole = (value: unknown): number | undefined =>
  Number.isInteger(value) ? Number(value) : undefined;

/** The elements of a list of a payload that are there; none where it is no list. */
export const list = <T>(value: readonly T[] | null | undefined): readonly NonNullable<T>[] =>
  Array.isArray(value) ? value.filter((each) => each !== null && each !== undefined) : [];
