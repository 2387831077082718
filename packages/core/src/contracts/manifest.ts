/**
 * `rules.json`: the whole contract between a rule package and whatever deploys it. It is written by `patrol-build` and
 * stands in the package's `dist`; every path in it is relative to its own folder. Deploying reads this file and the files
 * it names, and runs no code of the rule.
 */
import * as v from 'valibot';
import { isObject } from '../cloudtrail.ts';
import type { EventPattern } from '../pattern.ts';
import { severities } from '../rule.ts';
import type { Contract, Immutable } from './contract.ts';
import { check, type Problem } from './problems.ts';
import { object, record, text } from './schema.ts';

/** The version of the format that this release writes and reads. */
export const manifestVersion = 1;

const path = (description: string) => v.pipe(text(description), v.description(description));

const sha256 = (description: string) => v.pipe(text(description), v.description(description));

/** What runs a rule, as data. */
const trigger = v.variant('kind', [
  v.object({
    kind: v.pipe(
      v.literal('event'),
      v.description('Events on the default event bus of EventBridge.'),
    ),
    pattern: v.pipe(
      record(v.string(), v.unknown()) as v.GenericSchema<unknown, EventPattern>,
      v.description('The event pattern, as EventBridge takes it.'),
    ),
    state: v.pipe(
      v.picklist(['ENABLED', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS']),
      v.description('The state that the EventBridge rule needs.'),
    ),
  }),
  v.object({
    kind: v.pipe(v.literal('schedule'), v.description('A clock.')),
    expression: text('A schedule expression of EventBridge: `rate(…)` or `cron(…)`.'),
    everySeconds: v.pipe(
      v.number(),
      v.description('The longest time in seconds that may pass between two runs.'),
    ),
  }),
  v.object({
    kind: v.pipe(v.literal('sns'), v.description('Messages of an SNS topic of the stack.')),
    services: v.pipe(
      v.array(v.string()),
      v.description('The AWS services that may publish to the topic.'),
    ),
  }),
  v.object({
    kind: v.pipe(
      v.literal('webhook'),
      v.description('Deliveries of a GitHub webhook to an endpoint of the stack.'),
    ),
    events: v.pipe(v.array(v.string()), v.description('The events that the webhook has to send.')),
    also: v.exactOptional(
      v.pipe(
        v.array(v.string()),
        v.description('Events that the rule takes as well, where a webhook sends them.'),
      ),
    ),
  }),
]);

/** What the operator reads and types: the serialisable part of a parameter. */
const parameter = object({
  kind: v.pipe(
    v.picklist(['text', 'names', 'patterns', 'pairs', 'number', 'choice', 'secret']),
    v.description('How the text that the operator types is read.'),
  ),
  description: text('A sentence for the operator.'),
  default: v.exactOptional(
    v.pipe(
      v.string(),
      v.description(
        'The text used when the operator gives none. Without it the parameter is required.',
      ),
    ),
  ),
  example: v.exactOptional(
    v.pipe(
      v.string(),
      v.description('A value that `try` and the documentation use where there is no default.'),
    ),
  ),
  suppresses: v.exactOptional(
    v.pipe(
      v.boolean(),
      v.description(
        'Lists only: the items mute alerts, so those that would match everything, or most of it, are refused.',
      ),
    ),
  ),
  ignoreCase: v.exactOptional(
    v.pipe(
      v.boolean(),
      v.description('Names, patterns and pairs: compared without regard to case.'),
    ),
  ),
  anywhere: v.exactOptional(
    v.pipe(
      v.boolean(),
      v.description(
        'Patterns: searched for anywhere in the value, rather than matched against the whole of it.',
      ),
    ),
  ),
  halves: v.exactOptional(
    v.pipe(
      v.strictTuple([v.string(), v.string()]),
      v.description('Pairs: what the two halves are matched against, in words.'),
    ),
  ),
  actsOutside: v.exactOptional(
    v.pipe(
      v.boolean(),
      v.description(
        'Text with an empty default: what is given makes the rule do something outside, so that `try` and `replay` leave it empty.',
      ),
    ),
  ),
  among: v.exactOptional(
    v.pipe(
      v.array(v.string()),
      v.description(
        'Names: each item must match at least one of these. Choice: the allowed values.',
      ),
    ),
  ),
  form: v.exactOptional(
    v.pipe(
      object({
        pattern: text('A regular expression that the whole value must match.'),
        words: text('The same in words: "a role name or a role ARN".'),
      }),
      v.description('Text and names: the form of a value or of each item.'),
    ),
  ),
  minimum: v.exactOptional(v.pipe(v.number(), v.description('Number: the least.'))),
  maximum: v.exactOptional(v.pipe(v.number(), v.description('Number: the most.'))),
});

/** One built rule. */
const rule = object({
  name: text('The name of the rule in camelCase, as it is typed after the slash.'),
  title: text('What it is about, in a few words.'),
  description: text('What it alerts on, in a sentence.'),
  severity: v.pipe(
    v.picklist(severities),
    v.description('How much a finding matters, unless the finding says otherwise.'),
  ),
  runbook: text('What to do when it alerts: one paragraph, sent with every alert.'),
  runbookUrl: v.pipe(
    v.nullable(v.string()),
    v.description('Where more is said about it; `null` when the package has no homepage.'),
  ),
  references: v.pipe(
    v.array(v.string()),
    v.description('Controls and attacks that it belongs to, in words.'),
  ),
  asks: v.pipe(v.boolean(), v.description('Whether it asks AWS or GitHub before it decides.')),
  remindAfter: v.exactOptional(
    v.pipe(
      v.number(),
      v.description(
        'Rules that look at a state: what is still found is told again after this many seconds.',
      ),
    ),
  ),
  triggers: v.pipe(v.array(trigger), v.description('What runs it.')),
  parameters: v.pipe(
    record(v.string(), parameter),
    v.description('Its own parameters and those common to rules of its kind, by name.'),
  ),
  permissions: v.pipe(
    v.array(v.unknown()),
    v.description('What its role may do besides logging and publishing.'),
  ),
  regions: v.pipe(
    v.nullable(v.array(v.string())),
    v.description(
      'The regions of the partition `aws` in which its events can occur; `null` for all.',
    ),
  ),
  memorySize: v.pipe(v.number(), v.description("The function's memory in MB.")),
  timeout: v.pipe(v.number(), v.description("The function's time limit in seconds.")),
  code: v.pipe(
    object({
      path: path('The zip.'),
      sha256: sha256('Of the zip.'),
      bytes: v.pipe(v.number(), v.description('Size of the zip.')),
      handler: text('The entry of the function: `index.handler`.'),
    }),
    v.description("The function's code."),
  ),
  template: v.pipe(
    object({ path: path('The template.'), sha256: sha256('Of the template.') }),
    v.description('The CloudFormation template.'),
  ),
  sample: v.pipe(
    object({ path: path('The event, as JSON.') }),
    v.description('An event on which it alerts, for `try`.'),
  ),
});

const manifest = v.pipe(
  object({
    formatVersion: v.pipe(
      v.literal(manifestVersion),
      v.description('The version of this contract.'),
    ),
    package: v.pipe(
      object({
        name: text('Its name, as in its package.json.'),
        version: text('Its version, as in its package.json.'),
      }),
      v.description('The package that holds the rules.'),
    ),
    rules: v.pipe(v.array(rule), v.description('The rules, sorted by name.')),
  }),
  v.title('rules.json'),
  v.description('What a package of Patrol rules holds, written by `patrol-build`.'),
);

/** `rules.json`. */
export const rulesContract: Contract = {
  name: 'rules',
  version: manifestVersion,
  schema: manifest,
};

/** The content of `rules.json`. */
export type Manifest = Immutable<v.InferOutput<typeof manifest>>;
/** One built rule. */
export type RuleManifest = Immutable<v.InferOutput<typeof rule>>;
/** What runs a rule, as data. */
export type TriggerManifest = Immutable<v.InferOutput<typeof trigger>>;
/** What the operator reads and types: the serialisable part of a parameter. */
export type ParameterSpec = Immutable<v.InferOutput<typeof parameter>>;

/** How many problems are told at once. */
const atMost = 10;

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
  const version = isObject(value) ? value['formatVersion'] : undefined;
  if (version !== manifestVersion) {
    throw new Error(
      `${where} has the format version ${JSON.stringify(version)}; this release reads version ${manifestVersion}. ` +
        'Bring the rule package and @patrol/deployer to releases of the same time.',
    );
  }
  const checked = check(manifest, value);
  if ('value' in checked) return checked.value;
  throw new Error(
    `${where} is not a manifest of format version ${manifestVersion}:\n${lines(checked.problems)}\n` +
      'Build the rule package again with `patrol-build`, or install it again.',
  );
}

/** A line for each problem. */
function lines(problems: readonly Problem[]): string {
  const told = problems
    .slice(0, atMost)
    .map(({ path: place, message }) => `  ${place || 'the whole'}: ${message}`);
  const more = problems.length - told.length;
  return [...told, ...(more > 0 ? [`  and ${more} more`] : [])].join('\n');
}
