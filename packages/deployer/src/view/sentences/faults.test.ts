import { expect, test } from 'vitest';
import { type Fault, faultWords } from './faults.ts';

const many = Array.from({ length: 21 }, (_, index) => `rule${index}`);
const noRule = { code: 'noRule', name: 'aws' } as const;
const noSet = { code: 'noSet', name: 'aws' } as const;

test.each<readonly [Fault, string]>([
  [{ code: 'oneValue' }, 'takes one value; found a list.'],
  [
    { code: 'brokenItem', item: 'a{' },
    '"a{" is not read as one item when commas separate the items.',
  ],
  [
    { code: 'comma', item: 'a,b', escapes: false },
    '"a,b" has a comma, which separates items; make it two items.',
  ],
  [
    { code: 'comma', item: 'a,b', escapes: true },
    '"a,b" has a comma, which separates items; make it two items, or write \\, for a comma within an item.',
  ],
  // What was meant takes the place of what there is.
  [{ ...noRule, rules: ['a', 'b'], meant: 'aws/a' }, 'there is no such rule; did you mean aws/a?'],
  [{ ...noRule, rules: ['a', 'b'] }, 'there is no such rule; aws has a and b.'],
  [
    { ...noRule, rules: many },
    'there is no such rule; aws has 21 rules: `patrol-deploy list` shows them.',
  ],
  [{ ...noSet, sets: [] }, 'there is no such set; aws has no sets.'],
  [{ ...noSet, sets: ['aws:cis'] }, 'there is no such set; aws has aws:cis.'],
  [
    { code: 'noSuchParameter', has: [], elsewhere: 'alerts.email' },
    'there is no such parameter; it is given with alerts.email.',
  ],
  [{ code: 'noSuchParameter', has: [] }, 'there is no such parameter; it has none.'],
  // Several rules get the value from one line.
  [{ code: 'oneValue', ofRules: ['a'] }, 'for a: takes one value; found a list.'],
  [
    { code: 'oneValue', ofRules: ['a', 'b', 'c'] },
    'for a, b and c: takes one value; found a list.',
  ],
  [
    { code: 'oneValue', ofRules: ['a', 'b', 'c', 'd'] },
    'for 4 rules, such as a: takes one value; found a list.',
  ],
  // A line brings the rule that does not name it.
  [
    { code: 'outdated', name: 'AlertForm', brought: 'aws/a' },
    'aws/a: its template has no parameter AlertForm; update its package, or build it again. To leave it out, add `aws/a: false` below.',
  ],
  [
    { code: 'value', why: 'Does it end?', brought: 'aws/a' },
    'aws/a: Does it end? To leave it out, add `aws/a: false` below.',
  ],
])('%j', (fault, words) => {
  expect(faultWords(fault)).toBe(words);
});
