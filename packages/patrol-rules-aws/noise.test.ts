/** What all rules make of ordinary automation, with all parameters at their defaults. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AnyRule } from '@patrol/core';
import type { Alert } from '@patrol/core/contracts';
import {
  allParameters,
  deliveryWays,
  evaluator,
  readParameters,
  wrapRecord,
} from '@patrol/core/evaluation';
import type { Fields } from '@patrol/core/testing';
import { describe, expect, test } from 'vitest';
import type { Written } from './lib/health/seen.ts';
import type { SimulationRequest } from './lib/iam/simulator.ts';
import { attacks } from './testing/automation/attacks.ts';
import { bootstrap, deploy } from './testing/automation/cdk.ts';
import { ecsDeployment } from './testing/automation/ecs.ts';
import { eksDeployment } from './testing/automation/eks.ts';
import { announcements, firstApply, stackOf, upgrade } from './testing/automation/patrol.ts';
import { madeBy, pipeline } from './testing/automation/record.ts';
import { terraformApply, terraformChange } from './testing/automation/terraform.ts';
import { accountVending } from './testing/automation/vending.ts';

const rules = await Promise.all(
  readdirSync(join(import.meta.dirname, 'rules')).map(async (name) => {
    const { default: rule } = (await import(`./rules/${name}/rule.ts`)) as { default: AnyRule };
    return rule;
  }),
);

/**
 * IAM, for a pipeline that may do all that it gives, and what patrolHealth asks about a deployment of Patrol. Nothing else of
 * AWS answers.
 */
const clients = (announced: readonly Written[]) => ({
  simulate: async ({ actions, resources }: SimulationRequest) =>
    actions.flatMap((action) =>
      resources.map((resource) => ({ action, resource, isAllowed: true, missing: [] })),
    ),
  isAnswering: true,
  stackWith: async (_kind: string, id: string) => ({ value: stackOf(id) }),
  announcements: async () => ({ value: announced }),
});

/** The rules with their defaults. What has no default is set as its example says. */
const watching = (announced: readonly Written[]) =>
  rules.map((rule) => {
    const specs = allParameters(rule);
    const parameters = readParameters(
      specs,
      (name) => specs[name]?.default ?? specs[name]?.example,
    );
    return {
      ways: deliveryWays(rule.triggers),
      evaluate: evaluator(rule, { parameters, clients: clients(announced) }),
    };
  });

/** What the rules say of one act. */
interface Told {
  readonly act: string;
  readonly by: readonly string[];
  readonly loud: readonly string[];
}

/** What the deployer announced before either `apply`. It quietens nothing else. */
const announcedAll = [...announcements(rules, 'create'), ...announcements(rules, 'update')];

/** What the rules say of each act of a run of which they say anything. */
async function told(
  records: readonly Fields[],
  announced = announcedAll,
): Promise<readonly Told[]> {
  const found: Told[] = [];
  const asked = watching(announced);
  for (const record of records) {
    const event = wrapRecord(record);
    const alerts: Alert[] = [];
    for (const { ways, evaluate } of asked) {
      if (ways.every(({ refusal }) => refusal(event) !== undefined)) continue;
      alerts.push(...(await evaluate(event)).alerts);
    }
    if (alerts.length === 0) continue;
    found.push({
      act: String(record['eventName']),
      by: alerts.map(({ rule }) => rule).toSorted(),
      loud: alerts.flatMap(({ severity, rule, title }) =>
        severity === 'low' ? [] : [`${severity}, ${rule}: ${title}`],
      ),
    });
  }
  return found;
}

/** The runs, by their names in docs/noise.md. */
const runs: Readonly<Record<string, readonly Fields[]>> = {
  [`\`patrol-deploy apply\` of ${rules.length} rules`]: firstApply(rules),
  '`patrol-deploy apply` of an upgrade of all of them': upgrade(rules),
  '`cdk bootstrap`': bootstrap(),
  '`cdk deploy`': deploy(),
  '`terraform apply`: network, buckets, roles, database …': terraformApply(),
  '`terraform apply` of a change': terraformChange(),
  'A new account by Control Tower, with Identity Center': accountVending(),
  'A cluster of EKS, its nodes and controllers': eksDeployment(),
  'A service of ECS on Fargate and its release': ecsDeployment(),
};

/** The cells of the tables in docs/noise.md, by the first one of a row. */
const documented = new Map(
  readFileSync(join(import.meta.dirname, '../../docs/noise.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|').slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()))
    .map(([first = '', ...others]) => [first, others]),
);

/** The rules that tell of each change, as the CIS benchmark asks. Without them each act is told once. */
const reports: readonly string[] = ['bucketSettings', 'iamPolicyChanged', 'networkChanged'];

/**
 * Acts of which two rules tell, both with severity low: one of the reports, and the rule that tells what this change gives.
 * docs/noise.md judges them.
 */
const twice = [
  ['adminPolicyAttached', 'iamPolicyChanged'],
  ['allowedIAMActions', 'iamPolicyChanged'],
  ['bucketSettings', 'bucketShared'],
  ['disallowedResources', 'iamPolicyChanged'],
].map(String);

describe.each(Object.entries(runs))('%s', (title, records) => {
  test('is told with severity low, each act once, and as docs/noise.md counts', async () => {
    const acts = await told(records);
    expect(acts.flatMap(({ loud }) => loud)).toEqual([]);
    const often = acts.map(({ by }) => String(by)).filter((by) => by.includes(','));
    expect(often.filter((by) => !twice.includes(by))).toEqual([]);
    const withoutReports = acts.map(({ by }) => by.filter((rule) => !reports.includes(rule)));
    expect(withoutReports.filter((by) => by.length > 1)).toEqual([]);
    const counts = [records, acts.flatMap(({ by }) => by)].map(({ length }) => length);
    expect(documented.get(title)).toEqual(counts.map((count) => count.toLocaleString('en')));
  });
});

test('an apply that nobody announced is told loudly of each stack', async () => {
  const acts = await told(firstApply(rules), []);
  expect(acts.filter(({ loud }) => loud.length > 0).map(({ act }) => act)).toEqual(
    rules.map(() => 'ExecuteChangeSet'),
  );
});

test('rules are deployed by the dozen', () => {
  expect(rules.length).toBeGreaterThan(60);
});

test.each(Object.entries(attacks))(
  'in the same session, %s is told loudly',
  async (_title, act) => {
    const [found] = await told(madeBy(pipeline.terraform, [act]));
    expect(found?.loud).not.toEqual([]);
  },
);
