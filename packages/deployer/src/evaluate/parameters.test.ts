import type { ParameterSpec } from '@patrol/core/evaluation';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../text/errors.ts';
import { type ChosenParameters, chooseParameters, notesOn } from './parameters.ts';
import type { TemplateParameter } from '../notes/objects.ts';

const specs: Record<string, ParameterSpec> = {
  roles: { kind: 'names', description: 'Roles.', example: 'Admin' },
  limit: { kind: 'number', description: 'Limit.', default: '5', example: '7', maximum: 10 },
  required: { kind: 'text', description: 'Text.' },
};
const stack: Record<string, TemplateParameter> = {
  CodeS3Key: {},
  AlertEmail: {},
  DispatchSnsArn: {
    Default: '',
    AllowedPattern: '(arn:.+)?',
    ConstraintDescription: 'must be an ARN',
  },
};
const choose = (
  given: Record<string, string>,
  parameters = specs,
  ofStack: Record<string, TemplateParameter> = {},
): ChosenParameters =>
  chooseParameters(
    { name: 'rule', parameters },
    {
      parameters: {
        ...ofStack,
        ...Object.fromEntries(Object.keys(parameters).map((name) => [name, {}])),
      },
    },
    given,
  );

describe('chooseParameters', () => {
  test('takes the given value, else the default, else the example', () => {
    expect(choose({ required: 'x' })).toEqual({
      values: { roles: 'Admin', limit: '5', required: 'x' },
      examples: ['roles'],
      leftEmpty: [],
    });
    expect(choose({ required: 'x', roles: 'A', limit: '6' })).toEqual({
      values: { roles: 'A', limit: '6', required: 'x' },
      examples: [],
      leftEmpty: [],
    });
  });

  test('takes a former name for the one of today, unless both are given', () => {
    const renamed: Record<string, ParameterSpec> = {
      most: { kind: 'number', description: 'Limit.', default: '5', formerly: ['limit', 'atMost'] },
    };
    const chosen = choose({ atMost: '6' }, renamed);
    expect(chosen.values).toEqual({ most: '6' });
    expect(notesOn(chosen)).toEqual([
      'The parameter atMost is now called most. Write most instead.',
    ]);
    expect(() => choose({ atMost: '6', most: '7' }, renamed)).toThrow(
      new UsageError('atMost is called most today, which is given as well; give it once.'),
    );
  });

  test('refuses unknown names and lists the known', () => {
    expect(() => choose({ rolez: 'x', toString: 'y' })).toThrow(
      new UsageError('rule has no parameter rolez, toString. It has roles, limit, required.'),
    );
    expect(() => choose({ x: '' }, {})).toThrow(
      new UsageError('rule has no parameter x. It has no parameters.'),
    );
  });

  test('takes those of the stack where they are given, as CloudFormation would', () => {
    const required = { required: 'x' };
    const given = { ...required, DispatchSnsArn: 'arn:x' };
    expect(choose(given, specs, stack).values).toMatchObject({ DispatchSnsArn: 'arn:x' });
    expect(choose(required, specs, stack).values).not.toHaveProperty('DispatchSnsArn');
    expect(() => choose({ ...required, DispatchSnsArn: 'x', limit: '11' }, specs, stack)).toThrow(
      /limit: .*\n.*DispatchSnsArn: "x" is not allowed; it must be an ARN\./,
    );
    expect(() => choose({ ...required, AlertEmail: 'x' }, specs, stack)).toThrow(
      'rule has no parameter AlertEmail. It has roles, limit, required, DispatchSnsArn.',
    );
  });

  test('leaves empty what would be done outside, once it was found right', () => {
    const ping: ParameterSpec = {
      kind: 'text',
      description: 'Text.',
      default: '',
      actsOutside: true,
      form: { pattern: 'https://.+', words: 'a URL' },
    };
    expect(choose({ ping: 'https://x.example/1' }, { ping })).toEqual({
      values: { ping: '' },
      examples: [],
      leftEmpty: ['ping'],
    });
    expect(choose({}, { ping })).toEqual({ values: { ping: '' }, examples: [], leftEmpty: [] });
    expect(() => choose({ ping: 'x' }, { ping })).toThrow(/ping: "x" is not allowed/);
  });

  test('refuses bad and missing values, all at once', () => {
    expect(() => choose({ limit: '11' })).toThrow(UsageError);
    expect(() => choose({ limit: '11' })).toThrow(
      /limit: "11" is not allowed.*\n.*required: is required/,
    );
  });
});

test('the notes name the examples, and what is left empty', () => {
  expect(notesOn(choose({ required: 'x' }))).toEqual([
    'With the example value of roles (Admin); choose others with --param name=value.',
  ]);
  expect(notesOn(choose({ required: 'x', roles: 'y' }))).toEqual([]);
  expect(notesOn({ values: { ping: '' }, examples: [], leftEmpty: ['ping'] })).toEqual([
    'Left empty: ping. It would make the rule act outside the sandbox.',
  ]);
});
