import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseManifest } from '@patrol/core/contracts';
import { expect, test } from 'vitest';
import { alone, costedRules, costsPage, inMember, shared } from './costs.ts';

const root = join(import.meta.dirname, '..');
const file = join(root, 'packages/patrol-rules-aws/dist/rules.json');
const rules = costedRules(parseManifest(readFileSync(file, 'utf8'), file), dirname(file));

test('the page says what the templates say (`pnpm generate` writes it)', () => {
  expect(readFileSync(join(root, 'docs/costs.md'), 'utf8')).toBe(costsPage(rules));
});

test('60 rules of an account and region have at most 10 alarms, and each more costs nothing', () => {
  expect(rules.filter(({ watches }) => watches).map(({ name }) => name)).toEqual(['patrolHealth']);
  expect(shared(rules, 60).alarms).toBeLessThanOrEqual(10);
  expect(shared(rules, rules.length).fixed).toBe(shared(rules, 1).fixed);
  // A member account of an organisation has no notifier.
  expect(inMember(rules, 60).alarms).toBe(shared(rules, 60).alarms - 5);
  // A rule on events that has its own costs half a dollar, and its notifier a little more.
  expect(alone(rules, 3).fixed - alone(rules, 2).fixed).toBeCloseTo(0.5 + 0.5548, 4);
});
