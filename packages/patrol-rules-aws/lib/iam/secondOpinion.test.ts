/**
 * What the policy rules say of made policies, against an evaluator of IAM policies that others wrote. It decides about one action
 * on one resource; the rules say what a document gives at all.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allow, deny, document } from '../../testing/policies.ts';
import { account, actionsAbout, allowsAny } from '../../testing/secondOpinion.ts';
import { accessTo } from './accessTo.ts';
import { grantsOn } from './grants.ts';
import { parsePolicy } from './policy.ts';

const role = `arn:aws:iam::${account}:role/BreakGlass`;
const secret = `arn:aws:secretsmanager:eu-west-1:${account}:secret:payroll-AbCdEf`;

const someOf = (...texts: readonly string[]): fc.Arbitrary<string | readonly string[]> =>
  fc.oneof(
    fc.constantFrom(...texts),
    fc.uniqueArray(fc.constantFrom(...texts), { minLength: 1, maxLength: 3 }),
  );

const actions = someOf(
  '*',
  'iam:*',
  'IAM:get*',
  'iam:*Role',
  'iam:PassRole',
  'iam:CreateUser',
  'iam:List*',
  'iam:GetAccount*',
  's3:*',
  'secretsmanager:*',
  'secretsmanager:GetSecretValue',
  'secretsmanager:List*',
  'secretsmanager:*Secret?alue',
);

const resources = someOf(
  '*',
  'arn:aws:iam::*:role/*',
  `arn:aws:iam::${account}:role/Break?lass`,
  `arn:aws:iam::${account}:role/break*`,
  'arn:*:iam::*:user/*',
  `arn:aws:iam::${account}:*`,
  'arn:aws:iam::*:role/Auditor',
  'arn:aws:secretsmanager:*:*:secret:pay*',
  `arn:aws:secretsmanager:eu-west-1:${account}:secret:*-AbCdEf`,
  'arn:aws:secretsmanager:us-east-1:*:secret:*',
  'arn:aws:s3:::*',
);

const statement = fc
  .record({
    isDeny: fc.boolean(),
    action: fc.constantFrom('Action', 'NotAction'),
    resource: fc.constantFrom('Resource', 'NotResource'),
    actions,
    resources,
  })
  .map(({ isDeny, action, resource, ...given }) => {
    const { Effect } = isDeny ? deny('*') : allow('*');
    return { Effect, [action]: given.actions, [resource]: given.resources };
  });

const policies = fc
  .array(statement, { minLength: 1, maxLength: 3 })
  .map((statements) => JSON.parse(document(...statements)) as unknown);

test.each([
  [
    'a role',
    role,
    [...(await actionsAbout('iam', 'role')), ...(await actionsAbout('sts', 'role'))],
  ],
  ['a secret', secret, await actionsAbout('secretsmanager', 'Secret')],
])('they agree whether a policy gives access to %s', async (_kind, arn, about) => {
  await fc.assert(
    fc.asyncProperty(policies, async (policy) => {
      const ours = accessTo(parsePolicy(policy), arn).length > 0;
      expect(ours).toBe(await allowsAny(policy, about, arn));
    }),
    { numRuns: 100 },
  );
});

const giveOfIam = (policy: unknown): boolean => grantsOn(parsePolicy(policy), 'iam').length > 0;

test('no policy that gives actions of IAM about no resource is missed', async () => {
  const about = await actionsAbout('iam');
  await fc.assert(
    fc.asyncProperty(policies, async (policy) => {
      const theirs = await allowsAny(policy, about, '*');
      // What is about resources is allowed without them being there.
      expect(theirs && !giveOfIam(policy)).toBe(false);
    }),
    { numRuns: 100 },
  );
});

/** Policies about every resource. What several statements leave of a NotAction together, the rules do not work out. */
const everywhere = fc
  .array(fc.record({ isDeny: fc.boolean(), isNot: fc.boolean(), actions }), {
    minLength: 1,
    maxLength: 3,
  })
  .map((statements) => {
    const made = statements.map(({ isDeny, isNot, actions: of }) => {
      if (isDeny) return deny(of);
      return isNot ? allow(undefined, { NotAction: of }) : allow(of);
    });
    return JSON.parse(document(...made)) as unknown;
  });

test('they agree whether a policy about every resource gives actions of IAM', async () => {
  const some = [
    ['*', await actionsAbout('iam')],
    [role, await actionsAbout('iam', 'role')],
    [`arn:aws:iam::${account}:user/alice`, await actionsAbout('iam', 'user')],
  ] as const;
  await fc.assert(
    fc.asyncProperty(everywhere, async (policy) => {
      const theirs = await Promise.all(some.map(([arn, about]) => allowsAny(policy, about, arn)));
      expect(giveOfIam(policy)).toBe(theirs.includes(true));
    }),
    { numRuns: 100 },
  );
});
