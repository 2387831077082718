import { expect, test } from 'vitest';
import { awsCommand, folded, patrolCommand } from './command.ts';

const scope = { region: 'eu-west-1', environment: 'staging', profile: 'ops' };

test('a command repeats the options of the run that it takes', () => {
  expect(patrolCommand(['info', 'aws/x'], scope)).toBe(
    'patrol-deploy info aws/x --region eu-west-1 --env staging --profile ops',
  );
  expect(patrolCommand(['deploy', 'aws/x'], scope)).toBe(
    'patrol-deploy aws/x --region eu-west-1 --env staging --profile ops',
  );
  expect(patrolCommand(['apply'], { ...scope, file: 'eu.yaml' }, ['--prune'])).toBe(
    'patrol-deploy apply --file eu.yaml --profile ops --prune',
  );
  expect(patrolCommand(['list'], scope)).toBe('patrol-deploy list');
  expect(awsCommand(['sns', 'list-topics'], scope)).toBe(
    'aws sns list-topics --region eu-west-1 --profile ops',
  );
});

test('what would be used anyway is left out', () => {
  expect(patrolCommand(['info', 'aws/x'], { environment: 'production' })).toBe(
    'patrol-deploy info aws/x',
  );
  expect(patrolCommand(['plan'], { file: 'patrol.yaml' })).toBe('patrol-deploy plan');
  expect(patrolCommand(['doctor'])).toBe('patrol-deploy doctor');
});

test('a shell takes each word as it is', () => {
  expect(patrolCommand(['info', 'aws/x'], { profile: "my team's" })).toBe(
    "patrol-deploy info aws/x --profile 'my team'\\''s'",
  );
});

test('a long command is continued on lines that fit', () => {
  const command = patrolCommand(['info', 'aws/cloudTrail'], scope, ['--json']);
  expect(folded(command)).toEqual([command]);
  expect(folded(command, 90)).toEqual([command]);
  expect(folded(command, 50)).toEqual([
    'patrol-deploy info aws/cloudTrail \\',
    '  --region eu-west-1 --env staging --profile ops \\',
    '  --json',
  ]);
  const quoted = patrolCommand(['info', 'aws/cloudTrail'], { profile: 'a --b' });
  expect(folded(quoted, 20)).toEqual([quoted]);
});
