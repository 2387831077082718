import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UsageError } from '../text/errors.ts';
import { stackName } from './naming.ts';

test('the names of stacks', () => {
  expect(stackName('aws', 'cloudTrail', 'production')).toBe('patrol-aws-cloudTrail-production');
  expect(stackName('acme-x', 'y', 'eu-1')).toBe('patrol-acme-x-y-eu-1');
});

test.each([
  ['aws', 'x', '', '--env must be letters'],
  ['aws', 'x', '-a', '--env'],
  ['aws', 'x', 'a_b', '--env'],
  ['aws', 'x/y', 'a', 'is not a valid stack name'],
  ['aws', 'x', 'e'.repeat(120), 'has 133 characters'],
])('%s %s %s is refused', (short, rule, environment, words) => {
  expect(() => stackName(short, rule, environment)).toThrow(UsageError);
  expect(() => stackName(short, rule, environment)).toThrow(words);
});

test('whatever is accepted is a name that CloudFormation accepts', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (short, rule, environment) => {
      try {
        expect(stackName(short, rule, environment)).toMatch(/^[A-Za-z][-A-Za-z0-9]{0,127}$/);
      } catch (error) {
        expect(error).toBeInstanceOf(UsageError);
      }
    }),
  );
});
