import { expect, test } from 'vitest';
import { names, pairs, patterns, secret, text } from './parameter.ts';
import { parseParameter, refuseJoined } from './values.ts';

const [a, b] = ['arn:aws:iam::111122223333:role/A', 'arn:aws:iam::111122223333:role/B'];
const list = names('Roles.', { default: '' });
const muting = names('Roles.', { default: '', suppresses: true });
const expressions = patterns('Callers.', { default: '' });

test.each([
  [list, `${a};${b}`],
  [list, `${a} ; ${b}`],
  [list, `${a}|${b}`],
  [list, `${a} ${b}`],
  [list, `${a}\n${b}`],
  [list, `Admin;${a}`],
  [list, `${a};`],
  [list, `${a}; Admin`],
  [list, `x, ${a} ${b}`],
  [list, `arn:aws:s3:::payroll|arn:aws:s3:::wages`],
  [muting, `${a};${b} until 2027-03-31`],
  [expressions, `${a};${b}`],
  [expressions, `^${a}$ ^${b}$`],
  [pairs('Pairs.', ['a', 'b'], { default: '' }), `x:${a};${b}`],
  [text('A role.', { default: '' }), `${a}|${b}`],
  [
    secret('A token.', { default: '' }),
    'arn:aws:ssm:eu-west-1:111122223333:parameter/a;arn:aws:ssm:eu-west-1:111122223333:parameter/b',
  ],
])('refuses ARNs that something else than a comma separates: %j %j', (spec, given) => {
  expect(() => parseParameter(spec, given)).toThrow(
    /is not one ARN, since it contains .+\. Separate ARNs with commas\.$|is not the ARN of a secret/,
  );
});

test.each([
  [list, `${a}, ${b}`],
  [list, `${a},\n${b},`],
  [list, 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:Too many | too few; my alarm'],
  [list, 'arn:aws:s3:::photos/a b;c'],
  [list, 'My role; a team'],
  [muting, `${a} until 2027-03-31`],
  [expressions, `(${a}|${b}), .*;x`],
  [text('What.', { default: '' }), 'see arn:aws:iam::111122223333:role/A'.replace('see ', 'see:')],
])('takes %j %j', (spec, given) => {
  expect(() => parseParameter(spec, given)).not.toThrow();
});

test('says it of one text', () => {
  expect(refuseJoined(`${a};${b}`)).toContain('contains ";"');
  expect(refuseJoined(`${a} `)).toContain('contains a blank');
  expect(refuseJoined(a)).toBeUndefined();
  expect(refuseJoined('role/A')).toBeUndefined();
});
