import { expect, test } from 'vitest';
import { cautionNotes, undecidedNote } from './cautions.ts';

const calls = Array.from({ length: 30 }, (_, index) => `DeleteSomething${index}`).join();

test('values that differ at their end are shown to their end', () => {
  const values = [{ name: 'actions', value: calls, default: `${calls},StopLogging` }];
  const { message } = undecidedNote('No.', values);
  expect(message).toContain(`"${calls}"`);
  expect(message).toContain(`"${calls},StopLogging"`);
});

test('a value that is lost is shown whole', () => {
  const [note] = cautionNotes({ lostValues: [{ name: 'actions', value: calls }] });
  expect(note?.message).toContain(`actions ("${calls}")`);
});
