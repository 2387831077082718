/**
 * All policies that AWS manages, as moto has them, against an evaluator of IAM policies that others wrote. docs/noise.md judges
 * what they do not agree about.
 */
import { expect, test } from 'vitest';
import { accessTo } from '../packages/patrol-rules-aws/lib/iam/accessTo.ts';
import { parsePolicy } from '../packages/patrol-rules-aws/lib/iam/policy.ts';
import {
  account,
  actionsAbout,
  allowsAny,
} from '../packages/patrol-rules-aws/testing/secondOpinion.ts';
import { isFull } from './support/full.ts';
import { path, python, run } from './support/tools.ts';

/** The policies, by their names. */
async function managedPolicies(): Promise<readonly (readonly [string, unknown])[]> {
  const script =
    'from moto.iam.aws_managed_policies import aws_managed_policies_data as d; print(d)';
  const { stdout } = await run(await python('python'), ['-c', script], { env: { PATH: path } });
  const all = JSON.parse(stdout) as Readonly<Record<string, { readonly Document: unknown }>>;
  return Object.entries(all).map(([name, { Document }]) => [name, Document]);
}

test.runIf(isFull).each([
  ['role', `arn:aws:iam::${account}:role/BreakGlass`, ['iam', 'sts'], 'role'],
  [
    'key',
    `arn:aws:kms:eu-west-1:${account}:key/0d5f7a11-1111-4222-8333-444455556666`,
    ['kms'],
    'key',
  ],
  [
    'secret',
    `arn:aws:secretsmanager:eu-west-1:${account}:secret:payroll-AbCdEf`,
    ['secretsmanager'],
    'Secret',
  ],
] as const)(
  'both see access to a %s in the same policies of AWS',
  { timeout: 600_000 },
  async (_, arn, services, kind) => {
    const about = (await Promise.all(services.map((each) => actionsAbout(each, kind)))).flat();
    const counts = { both: 0, refused: 0 };
    const wrong: string[] = [];
    for (const [name, policy] of await managedPolicies()) {
      let ours: boolean;
      try {
        ours = accessTo(parsePolicy(policy), arn).length > 0;
      } catch {
        // Longer than IAM lets customers write.
        counts.refused += 1;
        continue;
      }
      const theirs = await allowsAny(policy, about, arn);
      if (ours && theirs) counts.both += 1;
      // A policy variable is whatever the principal has there; the other evaluator is not told.
      const isOpen = ours && JSON.stringify(policy).includes('${');
      if (ours !== theirs && !isOpen)
        wrong.push(`${name}: ${ours ? 'only Patrol' : 'only the other'}`);
    }
    expect(wrong).toEqual([]);
    expect(counts.both).toBeGreaterThan(40);
    expect(counts.refused).toBeLessThan(10);
  },
);
