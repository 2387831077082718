import { expect, test } from 'vitest';
import { deletionQuestion } from './deletions.ts';
import { account, otherAccount, placeOf } from '../testing/fleet.ts';
import type { StackStep } from '../plan/step.ts';

const deletion = (stack: string, region: string, id = account): StackStep => ({
  key: `${id}/${region}/${stack}`,
  target: { kind: 'stack', place: placeOf(region, id), name: stack, holds: { rule: stack } },
  verdict: 'change',
  operations: [{ do: 'delete' }],
  inputs: [],
  reasons: [{ code: 'unlisted', deleted: true }],
  differences: [],
  cautions: {},
  needs: [],
  notes: [],
});

test.each([
  ['nothing', [], undefined],
  [
    'one stack',
    [deletion('a', 'eu-west-1')],
    'Delete 1 stack that the file no longer lists: a in eu-west-1?',
  ],
  [
    'several regions',
    ['eu-west-1', 'us-east-1', 'ap-south-1'].map((region) => deletion('a', region)),
    'Delete 3 stacks that the file no longer lists: a in eu-west-1, us-east-1 and ap-south-1?',
  ],
  [
    'several accounts',
    [
      deletion('a', 'eu-west-1'),
      deletion('a', 'us-east-1'),
      deletion('a', 'eu-west-1', otherAccount),
      deletion('b', 'eu-west-1'),
    ],
    'Delete 4 stacks that the file no longer lists: a in eu-west-1 and us-east-1 (account 111122223333) and eu-west-1 (account 444455556666); b in eu-west-1 (account 111122223333)?',
  ],
  [
    'many accounts',
    [1, 2, 3, 4, 5].map((each) => deletion('a', 'eu-west-1', `11112222333${each}`)),
    'Delete 5 stacks that the file no longer lists: a in 5 accounts (5 stacks)?',
  ],
])('before a deletion it is asked how much goes and where: %s', (_, steps, expected) => {
  expect(deletionQuestion({ steps })).toBe(expected);
});
