/** IAM policies for tests. */
import { parsePolicy, type Policy } from '../lib/iam/policy.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The text of a policy with the given statements. */
export const document = (...statements: readonly Fields[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });

/** A statement that allows actions on everything. `more` replaces its fields. */
export const allow = (action: unknown, more: Fields = {}): Fields => ({
  Effect: 'Allow',
  Action: action,
  Resource: '*',
  ...more,
});

/** A statement that denies. */
export const deny = (action: unknown, more: Fields = {}): Fields => ({
  ...allow(action, more),
  Effect: 'Deny',
});

/** The policy with the given statements, as it is read. */
export const policyOf = (...statements: readonly Fields[]): Policy =>
  parsePolicy({ Version: '2012-10-17', Statement: statements });
