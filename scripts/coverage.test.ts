import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseManifest } from '@patrol/core/contracts';
import { expect, test } from 'vitest';
import { coverage, unknownReferences, unlistedNames } from './coverage.ts';

const root = join(import.meta.dirname, '..');
const file = join(root, 'packages/patrol-rules-aws/dist/rules.json');
const { rules } = parseManifest(readFileSync(file, 'utf8'), file);

test('the page says what the rules say (`pnpm generate` writes it)', async () => {
  const page = coverage(rules, await unlistedNames(rules));
  expect(readFileSync(join(root, 'docs/coverage.md'), 'utf8')).toBe(page);
});

test('the name of a call that no recorded event confirms is marked', () => {
  const [rule] = rules;
  if (!rule) throw new Error('There are rules.');
  const pattern = {
    $or: [
      {
        detail: {
          eventSource: ['cloudtrail.amazonaws.com'],
          eventName: ['StopLogging', 'StopTheTrail'],
        },
      },
      { detail: { eventSource: ['sts.amazonaws.com'], eventName: ['AssumeRoot'] } },
    ],
  };
  const page = coverage(
    [{ ...rule, name: 'one', triggers: [{ kind: 'event', pattern, state: 'ENABLED' }] }],
    { one: { 'cloudtrail.amazonaws.com:StopTheTrail': 'a document' } },
  );
  expect(page).toContain('| `one` | cloudtrail: StopLogging, _StopTheTrail_; sts: _AssumeRoot_ |');
  expect(page).toContain('watch 3 calls by name. A recorded event confirms the names of 1.');
});

test('no rule names an attack or a signal that there is not', () => {
  expect(unknownReferences(rules)).toEqual([]);
  const [rule] = rules;
  if (!rule) throw new Error('There are rules.');
  const references = ['Stratus Red Team aws.defense-evasion.cloudtrail-stopp'];
  expect(unknownReferences([{ ...rule, references }])).toEqual([`${rule.name}: ${references[0]}`]);
});

test('a control is watched fully or in part, and a gap is told', () => {
  const [rule] = rules;
  if (!rule) throw new Error('There are rules.');
  const named = (name: string, ...references: readonly string[]) => ({ ...rule, name, references });
  const cis = (control: number, rest: string): string =>
    `CIS AWS Foundations Benchmark 4.${control} (v1.4 to v5.0), 5.${control} (v6.0, v7.0): ${rest}`;
  const page = coverage(
    [
      named('one', cis(5, 'fully'), cis(8, 'in part, without CORS')),
      named('two', cis(5, 'in part, without trails of others')),
    ],
    {},
  );
  expect(page).toContain(
    '| 4.5 | 5.5 | Changes of CloudTrail | fully | `one`, `two` (without trails of others) |',
  );
  expect(page).toMatch(/\| 4\.8 \| .* \| in part \| `one` \(without CORS\) \|/);
  expect(page).toMatch(/\| 4\.15 \| .* \| no \| \*\*no rule\*\* \|/);
  expect(page).toContain('Rules alert on 0 of 44 attacks');
  expect(page).toContain('Rules alert on 0 of 35 signals');
});
