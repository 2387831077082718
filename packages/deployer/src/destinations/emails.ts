/** The e-mail addresses behind the topics of a stack, and the parameters that have them. Pure. */
import { emailParameters, stackNames } from '@patrol/core/contracts';
import type { Stack } from '../cloud/cloud.ts';
import type { Subscription } from '../notes/objects.ts';
import type { Settings } from './values.ts';
import { own, type Texts } from '../text/records.ts';

/** The first parameter for the addresses of each kind. */
export const firstEmails = {
  alerts: stackNames.parameters.alertEmail,
  alarms: 'AlarmEmail',
} as const;

/** The addresses that a stack has. */
export const emailsIn = (parameters: Texts, first: string): readonly string[] =>
  emailParameters(first).flatMap((name) => parameters[name] || []);

/** Addresses by the names of their parameters, as a new stack has them. */
export const emailTexts = (names: readonly string[], emails: readonly string[]): Texts =>
  Object.fromEntries(names.map((name, index) => [name, emails[index] ?? '']));

/**
 * The same values, in which each address has the parameter that it has in the stack. With another parameter it would get another
 * resource. SNS gives both the same subscription, so that CloudFormation would delete it with the first of them.
 */
export function keepingEmails(values: Settings['values'], current: Texts): Settings['values'] {
  const moved = Object.values(firstEmails).flatMap((first) => {
    const names = emailParameters(first).filter((name) => Object.hasOwn(values, name));
    const wanted = names.map((name) => own(values, name)).filter((value) => value?.text);
    const isWanted = (text: string | undefined): boolean =>
      wanted.some((value) => value?.text === text);
    const has = (name: string) => own(current, name);
    const stays = new Set(names.map(has).filter(isWanted));
    const added = wanted.filter((value) => !stays.has(value?.text));
    return names.map((name) => {
      const text = has(name);
      const value = isWanted(text) ? wanted.find((each) => each?.text === text) : added.shift();
      return [name, value ?? { text: '', from: 'given' as const }] as const;
    });
  });
  return { ...values, ...Object.fromEntries(moved) };
}

/** The addresses that the topic of a stack for alerts or alarms has. */
export const addressesOf = ({ parameters }: Pick<Stack, 'parameters'>, what: string) =>
  emailsIn(parameters, what === 'alarms' ? firstEmails.alarms : firstEmails.alerts);

/** The subscriptions to a topic, with those that SNS has deleted: nobody confirmed them within two days, or they were ended. */
export const withDeleted = (
  subscriptions: readonly Subscription[],
  topic: string,
  addresses: readonly string[],
): readonly Subscription[] => {
  const known = new Set(subscriptions.map(({ endpoint }) => endpoint.toLowerCase()));
  const deleted = addresses.filter((address) => !known.has(address.toLowerCase()));
  return [
    ...subscriptions,
    ...deleted.map((endpoint) => {
      const about = { topic, protocol: 'email', endpoint, confirmed: false };
      return { ...about, isDeleted: true };
    }),
  ];
};
