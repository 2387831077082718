/** What holds for all rules on what GitHub's webhooks tell: their events, and what they say of payloads that were not made for them. */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describeHostile } from '@patrol/build/testing';
import type { AnyRule } from '@patrol/core';
import { evaluator, readParameters, ruleDelivery } from '@patrol/core/evaluation';
import { describe, expect, test } from 'vitest';
import { actsOf, deliveryOf, isForOrganizations } from './testing/payloads.ts';

const folder = join(import.meta.dirname, 'rules');
const rules: readonly AnyRule[] = await Promise.all(
  readdirSync(folder).map(async (name) => {
    const { default: rule } = (await import(join(folder, name, 'rule.ts'))) as {
      readonly default: AnyRule;
    };
    return rule;
  }),
);
const eventsOf = ({ triggers }: AnyRule): readonly string[] =>
  triggers.flatMap((trigger) => (trigger.kind === 'webhook' ? trigger.events : []));
const hooked = rules.filter((rule) => eventsOf(rule).length > 0);

test('every event is one that GitHub sends to webhooks of organisations', () => {
  for (const event of new Set(hooked.flatMap(eventsOf))) {
    const acts = actsOf(event);
    expect([event, acts.length > 0]).toEqual([event, true]);
    expect([event, acts.every((act) => isForOrganizations(act))]).toEqual([event, true]);
  }
});

test('no event is needed by more than three rules: GitHub lets 20 webhooks subscribe to it', () => {
  const needed = Map.groupBy(hooked.flatMap(eventsOf), (event) => event);
  expect([...needed].filter(([, each]) => each.length > 3)).toEqual([]);
});

interface Example {
  readonly name: string;
  readonly examples: readonly Readonly<Record<string, unknown>>[];
}

const require = createRequire(import.meta.url);
const examples = JSON.parse(
  readFileSync(
    join(
      dirname(require.resolve('@octokit/webhooks-examples/package.json')),
      'api.github.com/index.json',
    ),
    'utf8',
  ),
) as readonly Example[];

/**
 * What the rules say of all payloads that GitHub's community has collected: the severity, the rule and the act, and how often.
 * Each was judged: it is what the rule promises.
 */
const meant: Readonly<Record<string, number>> = {
  'medium, accessGranted: member.added': 3,
  'medium, accessGranted: member.edited': 1,
  'medium, codeAlertDismissed: code_scanning_alert.closed_by_user': 1,
  'medium, credentialAdded: deploy_key.created': 2,
  'medium, historyRewritten: push': 4,
  'high, madePublic: public': 3,
  'high, madePublic: repository.publicized': 3,
  'low, madePublic: repository.created': 2,
  'low, ownerAdded: org_block.blocked': 3,
  'high, protectionWeakened: branch_protection_rule.edited': 1,
  'high, protectionWeakened: branch_protection_rule.deleted': 1,
  'medium, repositoryMoved: repository.edited': 1,
  'medium, repositoryMoved: repository.renamed': 1,
  'medium, repositoryMoved: repository.transferred': 3,
  'medium, riskyRun: workflow_job.queued': 1,
  'critical, webhookDeleted: meta.deleted': 2,
};

test('of the examples nothing but what is meant leads to an alert', async () => {
  const found: Record<string, number> = {};
  for (const rule of hooked) {
    const delivers = ruleDelivery(rule);
    const evaluate = evaluator(rule, {
      parameters: readParameters(rule.parameters, () => undefined),
      clients: undefined,
    });
    for (const { name, examples: payloads } of examples) {
      for (const payload of payloads) {
        const event = { name, payload };
        if (delivers(event) !== undefined) continue;
        for (const { severity } of (await evaluate(event)).alerts) {
          const act = [name, payload['action']].filter(Boolean).join('.');
          const line = `${severity}, ${rule.name}: ${act}`;
          found[line] = (found[line] ?? 0) + 1;
        }
      }
    }
  }
  expect(found).toEqual(meant);
});

describe('hostile deliveries', () => {
  for (const rule of hooked) {
    const sample: unknown = JSON.parse(
      readFileSync(join(folder, rule.name, 'sample.json'), 'utf8'),
    );
    const acts = eventsOf(rule).flatMap(actsOf);
    describeHostile(rule, [sample, ...acts.map((act) => deliveryOf(act))], { alerting: 0.01 });
  }
});
