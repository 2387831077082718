/**
 * `rules.json`: the whole contract between a rule package and whatever deploys it. It is written by `patrol-build` and
 * stands in the package's `dist`; every path in it is relative to its own folder. Deploying reads this file and the files
 * it names, and runs no code of the rule.
 */
import { isObject } from './cloudtrail.ts';
import type { EventPattern } from './pattern.ts';
import type { ParameterSpec } from './parameter.ts';
import type { Severity } from './rule.ts';
import type { RuleState } from './trigger.ts';

/** The version of the format that this release writes and reads. */
export const manifestVersion = 1;

/**
 * The names by which whoever deploys a template of this format gives it what it needs and finds what it made. They are
 * part of the format: every template of a version has those that it has a use for. `publishers` and `sourceTopic` are of
 * rules on a topic's messages, `webhookUrl` and `webhookSecret` of rules on a webhook; of rules on nothing else there
 * is no queue of `failures`. All others are in every template.
 */
export const stackNames = {
  parameters: {
    codeBucket: 'CodeS3Bucket',
    codeKey: 'CodeS3Key',
    codeVersion: 'CodeS3ObjectVersion',
    alertEmail: 'AlertEmail',
    alertTopic: 'AlertTopicArn',
    alarmTopic: 'AlarmTopicArn',
    dispatchTopic: 'DispatchSnsArn',
    dispatchType: 'DispatchType',
    dispatchUsers: 'DispatchUsers',
    publishers: 'PublisherAccounts',
    logRetention: 'LogRetentionInDays',
  },
  outputs: {
    function: 'FunctionName',
    topic: 'AlertTopicArn',
    log: 'LogGroupName',
    failures: 'FailureQueueUrl',
    sourceTopic: 'SourceTopicArn',
    webhookUrl: 'WebhookUrl',
    webhookSecret: 'WebhookSecretArn',
  },
  resources: { function: 'Function' },
} as const;

/** The content of `rules.json`. */
export interface Manifest {
  readonly formatVersion: typeof manifestVersion;
  /** The package that holds the rules. */
  readonly package: { readonly name: string; readonly version: string };
  /** Sorted by name. */
  readonly rules: readonly RuleManifest[];
}

/** One built rule. */
export interface RuleManifest {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly severity: Severity;
  readonly runbook: string;
  readonly runbookUrl: string | null;
  /** Controls and attacks that it belongs to, in words. */
  readonly references: readonly string[];
  /** Whether it asks AWS or GitHub before it decides. */
  readonly asks: boolean;
  /** Of rules that look at a state: what is still found is told again after this many seconds. */
  readonly remindAfter?: number;
  readonly triggers: readonly TriggerManifest[];
  /** Own and common parameters, by name. */
  readonly parameters: Readonly<Record<string, ParameterSpec>>;
  /** What the role may do besides logging and publishing. */
  readonly permissions: readonly unknown[];
  /** The regions of the partition `aws` in which its events can occur; `null` for all. */
  readonly regions: readonly string[] | null;
  readonly memorySize: number;
  readonly timeout: number;
  /** The zip of the function's code; `handler` is its entry (`index.handler`), `sha256` in hexadecimal. */
  readonly code: {
    readonly path: string;
    readonly sha256: string;
    readonly bytes: number;
    readonly handler: string;
  };
  /** The CloudFormation template; `sha256` in hexadecimal. */
  readonly template: { readonly path: string; readonly sha256: string };
  /** An event on which it alerts, for `try`. */
  readonly sample: { readonly path: string };
}

/** What runs a rule, as data. */
export type TriggerManifest =
  | { readonly kind: 'event'; readonly pattern: EventPattern; readonly state: RuleState }
  | { readonly kind: 'schedule'; readonly expression: string; readonly everySeconds: number }
  | { readonly kind: 'sns'; readonly services: readonly string[] }
  | {
      readonly kind: 'webhook';
      /** What the webhook has to send. */
      readonly events: readonly string[];
      /** What the rule takes as well, where a webhook sends it. */
      readonly also?: readonly string[];
    };

/**
 * Reads the text of a `rules.json`.
 *
 * @param where the file's path, for messages.
 * @throws an Error that says what is wrong with it and what to do.
 */
export function parseManifest(text: string, where: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(
      `${where} is not JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  const version =
    typeof value === 'object' && value !== null ? Reflect.get(value, 'formatVersion') : undefined;
  if (version !== manifestVersion) {
    throw new Error(
      `${where} has the format version ${JSON.stringify(version)}; this release reads version ${manifestVersion}. ` +
        'Bring the rule package and @patrol/deployer to releases of the same time.',
    );
  }
  const problems = manifestProblems(value);
  if (problems.length > 0) {
    throw new Error(
      `${where} is not a manifest of format version ${manifestVersion}: ${problems.slice(0, 3).join('; ')}. ` +
        'Build the rule package again with `patrol-build`, or install it again.',
    );
  }
  return value as Manifest;
}

type Shape =
  | 'string'
  | 'number'
  | 'boolean'
  | 'list'
  | 'object'
  | { readonly [field: string]: Shape };

const ruleShape: Shape = {
  name: 'string',
  title: 'string',
  description: 'string',
  severity: 'string',
  runbook: 'string',
  references: 'list',
  asks: 'boolean',
  triggers: 'list',
  parameters: 'object',
  permissions: 'list',
  memorySize: 'number',
  timeout: 'number',
  code: { path: 'string', sha256: 'string', bytes: 'number', handler: 'string' },
  template: { path: 'string', sha256: 'string' },
  sample: { path: 'string' },
};

const triggerShapes: { readonly [kind: string]: Shape } = {
  event: { kind: 'string', pattern: 'object', state: 'string' },
  schedule: { kind: 'string', expression: 'string', everySeconds: 'number' },
  sns: { kind: 'string', services: 'list' },
  webhook: { kind: 'string', events: 'list' },
};

/** What keeps a value from being a manifest, each with the place. */
function manifestProblems(value: unknown): readonly string[] {
  const problems = shapeProblems(
    value,
    { package: { name: 'string', version: 'string' }, rules: 'list' },
    '',
  );
  if (problems.length > 0) return problems;
  const { rules } = value as { rules: readonly unknown[] };
  return rules.flatMap((rule, index) => [
    ...shapeProblems(rule, ruleShape, `rules[${index}]`),
    ...optionalProblems(rule, `rules[${index}]`),
    ...entriesProblems(rule, `rules[${index}]`),
  ]);
}

function shapeProblems(value: unknown, shape: Shape, where: string): readonly string[] {
  const place = where || 'the whole';
  if (typeof shape === 'string') {
    const fits =
      shape === 'list'
        ? Array.isArray(value)
        : shape === 'object'
          ? isObject(value)
          : typeof value === shape;
    return fits ? [] : [`${place} should be ${shape === 'object' ? 'an' : 'a'} ${shape}`];
  }
  if (!isObject(value)) return [`${place} should be an object`];
  return Object.entries(shape).flatMap(([field, inner]) =>
    shapeProblems(value[field], inner, where ? `${where}.${field}` : field),
  );
}

/** What is `null`, or left out, where there is none. */
function optionalProblems(rule: unknown, where: string): readonly string[] {
  if (!isObject(rule)) return [];
  return [
    ['regions', 'list', null] as const,
    ['runbookUrl', 'string', null] as const,
    ['remindAfter', 'number', undefined] as const,
  ].flatMap(([field, shape, none]) =>
    rule[field] === none ? [] : shapeProblems(rule[field], shape, `${where}.${field}`),
  );
}

/** Triggers and parameters are told apart by their kinds. */
function entriesProblems(rule: unknown, where: string): readonly string[] {
  if (!isObject(rule)) return [];
  const { triggers, parameters } = rule;
  return [
    ...(Array.isArray(triggers) ? triggers : []).flatMap((trigger: unknown, index) =>
      triggerProblems(trigger, `${where}.triggers[${index}]`),
    ),
    ...Object.entries(isObject(parameters) ? parameters : {}).flatMap(([name, spec]) =>
      shapeProblems(spec, { kind: 'string', description: 'string' }, `${where}.parameters.${name}`),
    ),
  ];
}

function triggerProblems(trigger: unknown, where: string): readonly string[] {
  const kind = String(isObject(trigger) ? trigger['kind'] : 'event');
  const shape = Object.hasOwn(triggerShapes, kind) ? triggerShapes[kind] : undefined;
  return shape
    ? shapeProblems(trigger, shape, where)
    : [`${where}.kind should be one of ${Object.keys(triggerShapes).join(', ')}`];
}
