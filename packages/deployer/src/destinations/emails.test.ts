import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emailParameters } from '@patrol/core/contracts';
import { mapValues, type Texts } from '../text/records.ts';
import { emailTexts, keepingEmails } from './emails.ts';

const names = emailParameters('AlertEmail');

/** The parameters of a stack after a deployment of these addresses. */
const next = (current: Texts, emails: readonly string[]): Texts =>
  mapValues(
    keepingEmails(
      mapValues(emailTexts(names, emails), (text) => ({ text, from: 'given' as const })),
      current,
    ),
    ({ text }) => text,
  );

/** A stack as CloudFormation updates it. SNS gives one address one subscription, whichever resource asks for it. */
class Deployed {
  parameters: Texts = {};
  readonly confirmed: Set<string> = new Set();
  update(after: Texts): void {
    const before = this.parameters;
    this.parameters = after;
    // What a resource no longer has is deleted last, by its ARN, whatever else has it by now.
    for (const name of names) {
      if (before[name] && before[name] !== after[name]) this.confirmed.delete(before[name]);
    }
  }
}

const lists = fc.array(
  fc.uniqueArray(
    fc.constantFrom<string>('a@b.cc', 'b@b.cc', 'c@b.cc', 'd@b.cc', 'e@b.cc', 'f@b.cc'),
    {
      minLength: 1,
      maxLength: names.length,
    },
  ),
  { minLength: 2, maxLength: 12 },
);

test('an address that stays keeps its parameter, and so its confirmed subscription', () => {
  fc.assert(
    fc.property(lists, (all) => {
      const stack = new Deployed();
      let before: readonly string[] = [];
      for (const emails of all) {
        const was = stack.parameters;
        stack.update(next(was, emails));
        const stays = emails.filter((email) => before.includes(email));
        for (const name of names) {
          const has = was[name] ?? '';
          if (stays.includes(has)) expect(stack.parameters[name]).toBe(has);
        }
        expect([...stack.confirmed].filter((email) => stays.includes(email)).toSorted()).toEqual(
          stays.toSorted(),
        );
        // Each address once, and no other.
        expect(Object.values(stack.parameters).filter(Boolean).toSorted()).toEqual(
          emails.toSorted(),
        );
        for (const email of emails) stack.confirmed.add(email);
        before = emails;
      }
    }),
  );
});

test.each([
  ['the first goes', ['b'], ['', 'b', '']],
  ['the first goes, and comes back', ['b', 'a'], ['a', 'b', '']],
  ['their order changes', ['b', 'a'], ['a', 'b', '']],
  ['one takes the place of another', ['c', 'b'], ['c', 'b', '']],
  ['another comes before them', ['c', 'a', 'b'], ['a', 'b', 'c']],
  ['all are others', ['c', 'd', 'e'], ['c', 'd', 'e']],
])('%s', (_, emails, expected) => {
  const parameters = next({ AlertEmail: 'a', AlertEmail2: 'b' }, emails);
  expect(names.slice(0, 3).map((name) => parameters[name])).toEqual(expected);
});

test('alerts and alarms have their own, and other values stay as they are', () => {
  const given = (text: string) => ({ text, from: 'given' as const });
  const values = {
    AlertEmail: given('b'),
    AlertEmail2: given(''),
    AlarmEmail: given('b'),
    other: given('x'),
  };
  const current = { AlertEmail: 'a', AlertEmail2: 'b', AlarmEmail: 'b' };
  expect(keepingEmails(values, current)).toEqual({
    AlertEmail: given(''),
    AlertEmail2: given('b'),
    AlarmEmail: given('b'),
    other: given('x'),
  });
  // A template that has one parameter gets no others.
  expect(keepingEmails({ AlertEmail: given('b') }, current)).toEqual({ AlertEmail: given('b') });
});
