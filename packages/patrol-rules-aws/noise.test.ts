/** What all rules make of ordinary automation, with all parameters at their defaults. */
import { readdirSync } from 'node:fs';
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
import type { SimulationRequest } from './lib/iam/simulator.ts';
import { attacks } from './testing/automation/attacks.ts';
import { bootstrap, deploy } from './testing/automation/cdk.ts';
import { ecsDeployment } from './testing/automation/ecs.ts';
import { eksDeployment } from './testing/automation/eks.ts';
import { firstApply, upgrade } from './testing/automation/patrol.ts';
import { madeBy, pipeline } from './testing/automation/record.ts';
import { terraformApply, terraformChange } from './testing/automation/terraform.ts';
import { accountVending } from './testing/automation/vending.ts';

/** A rule that watches Patrol itself: its own tests say what it makes of a deployment of Patrol. */
const watchesPatrol = new Set(['patrolHealth']);

const rules = await Promise.all(
  readdirSync(join(import.meta.dirname, 'rules'))
    .filter((name) => !watchesPatrol.has(name))
    .map(async (name) => {
      const { default: rule } = (await import(`./rules/${name}/rule.ts`)) as { default: AnyRule };
      return rule;
    }),
);

/** IAM, for a pipeline that may do all that it gives; nothing else of AWS answers. */
const clients = {
  simulate: async ({ actions, resources }: SimulationRequest) =>
    actions.flatMap((action) =>
      resources.map((resource) => ({ action, resource, isAllowed: true, missing: [] })),
    ),
};

/** The rules with their defaults. What has no default is set as its example says. */
const watching = rules.map((rule) => {
  const specs = allParameters(rule);
  const parameters = readParameters(specs, (name) => specs[name]?.default ?? specs[name]?.example);
  return {
    rule,
    ways: deliveryWays(rule.triggers),
    evaluate: evaluator(rule, { parameters, clients }),
  };
});

/** What the rules say of one act. */
interface Told {
  readonly act: string;
  readonly by: readonly string[];
  readonly loud: readonly string[];
}

/** What the rules say of each act of a run of which they say anything. */
async function told(records: readonly Fields[]): Promise<readonly Told[]> {
  const found: Told[] = [];
  for (const record of records) {
    const event = wrapRecord(record);
    const alerts: Alert[] = [];
    for (const { ways, evaluate } of watching) {
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

const runs: Readonly<Record<string, readonly Fields[]>> = {
  'patrol-deploy apply': firstApply(rules),
  'patrol-deploy apply of an upgrade': upgrade(rules),
  'cdk bootstrap': bootstrap(),
  'cdk deploy': deploy(),
  'terraform apply': terraformApply(),
  'terraform apply of a change': terraformChange(),
  'account vending': accountVending(),
  'a deployment to EKS': eksDeployment(),
  'a deployment to ECS': ecsDeployment(),
};

/**
 * Acts of which two rules tell, both with severity low: one tells of each change, as CIS asks, and the other of what this one
 * gives. docs/noise.md judges them.
 */
const twice = [
  ['adminPolicyAttached', 'iamPolicyChanged'],
  ['allowedIAMActions', 'iamPolicyChanged'],
  ['bucketSettings', 'bucketShared'],
  ['disallowedResources', 'iamPolicyChanged'],
].map(String);

describe.each(Object.entries(runs))('%s', (_title, records) => {
  test('is told with severity low, and each act once', async () => {
    const acts = await told(records);
    expect(acts.flatMap(({ loud }) => loud)).toEqual([]);
    const often = acts.map(({ by }) => String(by)).filter((by) => by.includes(','));
    expect(often.filter((by) => !twice.includes(by))).toEqual([]);
  });
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
