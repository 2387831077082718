import { splitArn } from '../arn.ts';
import { parseParameter } from '../parameter.ts';
import { compilePattern } from '../pattern.ts';
import { allParameters, type AnyRule, eventPatterns, severities } from '../rule.ts';

/** EventBridge's default quota for the length of a pattern, in characters. */
const patternLimit = 2048;

/**
 * Everything that can be wrong with a rule before it is built, in sentences.
 *
 * @param folder the name of the folder that it stands in.
 */
export function problemsOf(rule: AnyRule, folder: string): readonly string[] {
  const problems: string[] = [];
  const expect = (holds: boolean, problem: string): void => {
    if (!holds) problems.push(problem);
  };
  expect(
    /^[a-z][A-Za-z0-9]{1,39}$/.test(rule.name),
    `name ${JSON.stringify(rule.name)} must be camelCase: letters and digits, at most 40`,
  );
  expect(
    rule.name === folder,
    `name ${JSON.stringify(rule.name)} must be that of its folder, ${folder}`,
  );
  for (const field of ['title', 'description', 'runbook'] as const) {
    expect(Boolean(rule[field]?.trim()), `${field} must not be empty`);
  }
  expect(/[.!?]$/.test(rule.description ?? ''), 'description must be a sentence');
  expect(severities.includes(rule.severity), `severity must be one of ${severities.join(', ')}`);
  expect(rule.triggers.length > 0, 'triggers must not be empty: nothing would ever run the rule');
  for (const pattern of eventPatterns(rule)) {
    problems.push(...attempt('triggers', () => compilePattern(pattern)));
    const length = JSON.stringify(pattern).length;
    expect(
      length <= patternLimit,
      `the event pattern has ${length} characters; EventBridge takes ${patternLimit}`,
    );
  }
  for (const [name, spec] of Object.entries(allParameters(rule))) {
    // It names an environment variable too: Lambda takes none of one letter.
    expect(
      /^[a-z][A-Za-z0-9]+$/.test(name),
      `parameter ${name} must be camelCase: letters and digits, at least 2`,
    );
    expect(/[.?]$/.test(spec.description), `parameter ${name}: the description must be a sentence`);
    const example = spec.default ?? spec.example;
    expect(example !== undefined, `parameter ${name} must have a default or an example`);
    if (example !== undefined) {
      problems.push(...attempt(`parameter ${name}`, () => parseParameter(spec, example)));
    }
  }
  expect(
    rule.parameters['deniedAttempts'] === undefined,
    'parameter deniedAttempts is common to all rules on CloudTrail events and must not be declared',
  );
  for (const { Action, Resource } of rule.permissions ?? []) {
    expect(
      !Action.some((action) => action.includes('*')),
      'permissions must name their actions, without *',
    );
    if (typeof Resource === 'string' && Resource !== '*') {
      problems.push(...attempt('permissions', () => splitArn(Resource)));
    }
    const shown = typeof Resource === 'string' ? Resource : String(JSON.stringify(Resource));
    expect(
      !/arn:aws[\w-]*:/.test(shown),
      `permissions: ${shown} must use \${AWS::Partition} in Fn::Sub`,
    );
  }
  return problems;
}

function attempt(what: string, run: () => unknown): readonly string[] {
  try {
    run();
    return [];
  } catch (error) {
    return [`${what}: ${error instanceof Error ? error.message : String(error)}`];
  }
}
