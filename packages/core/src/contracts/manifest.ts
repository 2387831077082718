/**
 * `rules.json`: the whole contract between a rule package and whatever deploys it. It is written by `patrol-build` and
 * stands in the package's `dist`; every path in it is relative to its own folder. Deploying reads this file and the files
 * it names, and runs no code of the rule.
 */
import * as v from 'valibot';
import { isObject } from '../cloudtrail.ts';
import { deniedAttempts, severities } from '../rule.ts';
import type { Contract, Immutable } from './contract.ts';
import { parameterNameSchema, parameterSchema } from './parameter.ts';
import { check, type Problem } from './problems.ts';
import {
  distinct,
  expected,
  form,
  line,
  object,
  record,
  set,
  show,
  text,
  together,
  whole,
} from './schema.ts';
import { triggerSchema } from './trigger.ts';

/** The version of the format that this release writes and reads. */
export const manifestVersion = 1;

/** The form of a rule's name: its folder, its zip and its stack carry it unchanged. */
export const ruleNameForm: RegExp = /^[a-z][A-Za-z0-9]{1,39}$/;

const version = (description: string) =>
  form(/^\d+\.\d+\.\d+(-[\w.-]+)?(\+[\w.-]+)?$/, 'a version such as 1.2.3', description);

/** A file of the package. Nothing outside of its folder: neither `..` nor an absolute path, in the way of any system. */
const path = (ending: string, description: string) =>
  form(
    new RegExp(`^(?!\\.{1,2}/)[\\w@.-]+(/(?!\\.{1,2}/)[\\w@.-]+)*\\.${ending}$`),
    `a path of a .${ending} file below the folder of rules.json, such as rules/name/file.${ending}`,
    description,
  );

const sha256 = (description: string) =>
  form(/^[0-9a-f]{64}$/, 'a SHA-256 in 64 small hexadecimal digits', description);

/** An intrinsic function of CloudFormation, and so the one field of its object. */
const intrinsic = v.pipe(
  record(
    form(/^(Ref|Fn::[A-Z]\w+)$/, 'Ref or a function of CloudFormation, such as Fn::Sub', 'A name.'),
    v.unknown(),
  ),
  v.check(
    (value) => Object.keys(value).length === 1,
    'expected one function of CloudFormation, such as Fn::Sub',
  ),
);

const resource = v.union([form(/^(\*$|arn:)/, 'an ARN or *', 'An ARN, or `*`.'), intrinsic]);

const statement = object({
  Action: set(
    form(/^[a-z0-9-]+:[A-Za-z0-9]+$/, 'an action without *, such as s3:GetObject', 'An action.'),
    1,
    'The actions.',
  ),
  Resource: v.pipe(
    v.union([resource, v.pipe(v.array(resource), v.minLength(1, expected('at least one item')))]),
    v.description('The resources, as CloudFormation takes them.'),
  ),
  Condition: v.exactOptional(
    v.pipe(
      record(
        form(
          /^(Fn::\w+|(For(All|Any)Values:)?[A-Z][A-Za-z]+)$/,
          'an operator of IAM, such as StringEquals',
          'An operator.',
        ),
        v.unknown(),
      ),
      v.description('The conditions, as IAM takes them.'),
    ),
  ),
});

/** Former names that could be taken for another parameter: whose value it is must be certain. */
function formerNames(
  parameters: Readonly<Record<string, { readonly formerly?: readonly string[] | undefined }>>,
): readonly (readonly [string, string])[] {
  const owners = new Map<string, string>();
  return Object.entries(parameters).flatMap(([name, { formerly = [] }]) =>
    formerly.flatMap((former): readonly (readonly [string, string])[] => {
      if (Object.hasOwn(parameters, former)) {
        return [[name, `formerly names ${former}, which is a parameter of this rule today`]];
      }
      const owner = owners.get(former);
      if (owner === undefined) owners.set(former, name);
      return owner === undefined
        ? []
        : [[name, `formerly names ${former}, as does formerly of ${owner}`]];
    }),
  );
}

/** What is said of one built rule. What else tells of a rule says it the same way. */
export const ruleFields = {
  name: form(
    ruleNameForm,
    'a name in camelCase: letters and digits, at most 40',
    'The name of the rule in camelCase, as it is typed behind the slash.',
  ),
  title: line('What it is about, in a few words.'),
  description: text('What it alerts on, in a sentence.'),
  severity: v.pipe(
    v.picklist(severities),
    v.description('How much a finding matters, unless the finding says otherwise.'),
  ),
  runbook: text('What to do when it alerts: one paragraph, sent with every alert.'),
  runbookUrl: v.pipe(
    v.nullable(
      form(/^https?:\/\/[^\s/?#]\S*$/, 'an address that begins with https://', 'An address.'),
    ),
    v.description('Where more is said about it. `null` when the package has no homepage.'),
  ),
  references: set(
    line('A control or an attack.'),
    0,
    'Controls and attacks that it belongs to, in words.',
  ),
  asks: v.pipe(v.boolean(), v.description('Whether it asks AWS or GitHub before it decides.')),
  remindAfter: v.exactOptional(
    whole(
      1,
      Number.MAX_SAFE_INTEGER,
      'Rules with a schedule: what is still found is told again after this many seconds.',
    ),
  ),
  onceWithin: v.exactOptional(
    whole(
      1,
      Number.MAX_SAFE_INTEGER,
      'Rules with events: some findings, those of a session for example, are told once within this many seconds.',
    ),
  ),
  triggers: v.pipe(
    v.array(triggerSchema),
    v.minLength(1, 'expected at least one item: nothing would ever run the rule'),
    distinct(),
    v.description('What runs it.'),
  ),
  parameters: v.pipe(
    record(parameterNameSchema, parameterSchema),
    together((parameters) => formerNames(parameters)),
    v.description('Its own parameters and those common to rules of its kind, by name.'),
  ),
  permissions: v.pipe(
    v.array(statement),
    v.description('What the rule declares that its role may do, besides logging and publishing.'),
  ),
  regions: v.pipe(
    v.nullable(
      set(
        form(
          /^(?!cn-|us-gov-|us-iso|eu-iso)[a-z]{2}(-[a-z]+)+-\d{1,2}$/,
          'a region such as eu-west-1',
          'A region.',
        ),
        1,
        'Regions.',
      ),
    ),
    v.description(
      'The regions of the partition `aws` in which its events can occur. `null` for all.',
    ),
  ),
  memorySize: whole(128, 10_240, "The function's memory in MB."),
  timeout: whole(1, 900, "The function's time limit in seconds."),
  watches: v.exactOptional(
    v.pipe(
      v.literal(true),
      v.description(
        'Whether it watches the other rules of its account and region, which then share queues and alarms.',
      ),
    ),
  ),
  code: v.pipe(
    object({
      path: path('zip', 'The zip.'),
      sha256: sha256('Its SHA-256, in hexadecimal.'),
      bytes: whole(1, 250 * 1024 * 1024, 'Its size in bytes.'),
      handler: form(
        /^[\w-]+(\/[\w-]+)*\.[A-Za-z_$][\w$]*$/,
        'a module and its export, such as index.handler',
        'The entry of the function: `index.handler`.',
      ),
    }),
    v.description("The function's code."),
  ),
  template: v.pipe(
    object({
      path: path('json', 'The template.'),
      sha256: sha256('Its SHA-256, in hexadecimal.'),
    }),
    v.description('The CloudFormation template.'),
  ),
  sample: v.pipe(
    object({ path: path('json', 'The event, as the function is given it.') }),
    v.description('An event on which it alerts, for `try`.'),
  ),
};

const rule = v.pipe(
  object(ruleFields),
  together(({ remindAfter, onceWithin, triggers, parameters }) => {
    const common = parameters['deniedAttempts'];
    return [
      ...(remindAfter !== undefined && triggers.every(({ kind }) => kind !== 'schedule')
        ? [['remindAfter', 'is for rules with a schedule; this one has none'] as const]
        : []),
      ...(onceWithin !== undefined && triggers.every(({ kind }) => kind === 'schedule')
        ? [['onceWithin', 'is for rules with events; this one has only a schedule'] as const]
        : []),
      // The runtime acts by its value.
      ...(common &&
      (common.kind !== 'choice' || String(common.among) !== String(deniedAttempts.among))
        ? [
            [
              'parameters',
              `expected deniedAttempts to be a choice of ${deniedAttempts.among?.join(' and ')}`,
            ] as const,
          ]
        : []),
    ];
  }),
);

/** Names of rules of the package. */
const ruleNames = (description: string) =>
  set(form(ruleNameForm, 'the name of a rule', 'The name of a rule.'), 1, description);

const manifest = v.pipe(
  object({
    formatVersion: v.pipe(
      v.literal(manifestVersion),
      v.description('The version of this contract.'),
    ),
    package: v.pipe(
      object({
        name: form(
          /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/,
          'the name of a package',
          'Its name, as in its package.json.',
        ),
        version: version('Its version, as in its package.json.'),
      }),
      v.description('The package that holds the rules.'),
    ),
    core: v.pipe(
      object({ version: version('Its version.') }),
      v.description('The `@patrol/core` that is inside the zips.'),
    ),
    rules: v.pipe(v.array(rule), v.description('The rules, in the order of their names.')),
    areas: v.exactOptional(
      v.pipe(
        v.array(
          object({
            title: line('What they watch, in a few words.'),
            rules: ruleNames('Their names.'),
          }),
        ),
        distinct(),
        v.description('The rules by what they watch. Each is in one area, where there are any.'),
      ),
    ),
    sets: v.exactOptional(
      v.pipe(
        record(
          form(ruleNameForm, 'a name in camelCase: letters and digits, at most 40', 'A name.'),
          object({
            description: line('What the set is for, in a sentence.'),
            rules: ruleNames('The names of its rules.'),
          }),
        ),
        v.description(
          'Sets of rules that a `patrol.yaml` can name, by their names behind the colon: `essential` is typed as `aws:essential`.',
        ),
      ),
    ),
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const { rules } = dataset.value;
    for (const [key, value] of rules.entries()) {
      const first = rules.findIndex(({ name }) => name === value.name);
      if (first === key) continue;
      addIssue({
        message: `the rule ${value.name} is there twice; the first is rules[${first}]`,
        path: [
          { type: 'object', origin: 'value', input: { rules }, key: 'rules', value: rules },
          { type: 'array', origin: 'value', input: rules, key, value },
          { type: 'object', origin: 'value', input: { ...value }, key: 'name', value: value.name },
        ],
      });
    }
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
export type TriggerManifest = Immutable<v.InferOutput<typeof triggerSchema>>;
/** An IAM statement of a function's role. `Resource` and `Condition` may hold intrinsic functions of CloudFormation. */
export type Statement = Immutable<v.InferOutput<typeof statement>>;
/** What the operator reads and types: the serialisable part of a parameter. */
export type ParameterSpec = Immutable<v.InferOutput<typeof parameterSchema>>;

/** How many problems are told at once. */
const atMost = 10;

/** What to do about a file that cannot be used. */
const again = 'Install the package again; build it with `patrol-build` if it is yours.';

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
      `${where} is not JSON: ${error instanceof Error ? error.message : String(error)}. ${again}`,
    );
  }
  refuseVersion(isObject(value) ? value['formatVersion'] : undefined, where);
  const checked = check(manifest, value);
  if ('value' in checked) return checked.value;
  const lines = checked.problems.map((problem) => `  ${withRule(problem, value)}`);
  const more = lines.length - atMost;
  throw new Error(
    [
      `${where} is not a manifest of format version ${manifestVersion}:`,
      ...lines.slice(0, atMost),
      ...(more > 0 ? [`  … and ${more} more`] : []),
      again,
    ].join('\n'),
  );
}

/** Everything that keeps a value from being the content of a `rules.json`, in sentences. */
export function manifestProblems(value: unknown): readonly string[] {
  const checked = check(manifest, value);
  return 'value' in checked ? [] : checked.problems.map((problem) => withRule(problem, value));
}

/** Other versions are told by themselves: what this release knows of the fields says nothing of theirs. */
function refuseVersion(found: unknown, where: string): void {
  if (found === manifestVersion) return;
  if (typeof found === 'number' && found > manifestVersion) {
    throw new Error(
      `${where} has the format version ${found}, which is newer than this release of Patrol: it reads version ${manifestVersion}. ` +
        'Update @patrol/deployer.',
    );
  }
  throw new Error(
    `${where} has no format version that this release of Patrol reads: expected ${manifestVersion}; found ${found === undefined ? 'none' : show(found)}. ` +
      'Update the rule package, or build it again with `patrol-build`.',
  );
}

/** A problem with its place, and the name of the rule that it is in. */
function withRule({ path: place, message }: Problem, value: unknown): string {
  const index = Number(/^rules\[(\d+)\]/.exec(place)?.[1]);
  const rules: unknown = isObject(value) ? value['rules'] : undefined;
  const found: unknown = Array.isArray(rules) ? rules[index] : undefined;
  const name = isObject(found) ? found['name'] : undefined;
  const of = typeof name === 'string' && ruleNameForm.test(name) ? ` (rule ${name})` : '';
  return `${place || 'the whole'}${of}: ${message}`;
}
