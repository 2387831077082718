/**
 * The JSON schema of a `patrol.yaml`, narrowed to the installed rules: an editor completes their names, their parameters
 * and the values of those. Draft 07, the newest that yaml-language-server documents. What it refuses is refused when
 * planning too; regular expressions and whatever depends on AWS only planning checks. Pure.
 */
import { allowed, type ParameterSpec } from '@patrol/core/evaluation';
import { stackNames } from '@patrol/core/contracts';
import { fleetShape } from '../file/file.ts';
import { setsOf } from './lines.ts';
import { type Installed, installedRules, parameterNames } from './rules.ts';
import type { Schema } from '../file/shape.ts';
import type { TemplateParameter } from '../notes/objects.ts';
import { compact, own } from '../text/records.ts';

type Properties = Readonly<Record<string, Schema>>;

/** The schema of `patrol.yaml` files, for `JSON.stringify`. */
export function fleetSchema(installed: Installed): Schema {
  const rules: Record<string, Schema> = {};
  const parts = new Map<string, Part>();
  const retentions = new Set<number>();
  for (const [name, artifact] of installedRules(installed.assemblies)) {
    const template = installed.templateOf(artifact);
    const { title, severity, description, parameters: specs } = artifact.rule;
    const parameters: Properties = Object.fromEntries(
      parameterNames({ artifact, template }).flatMap((each) => {
        const spec = own(specs, each);
        const schema = spec ? ruleParameter(spec) : stackParameter(template.parameters[each] ?? {});
        const former = (spec?.formerly ?? []).map(
          (name) => [name, formerly(each, schema)] as const,
        );
        return [[each, schema] as const, ...former];
      }),
    );
    const { AllowedValues = [] } = template.parameters[stackNames.parameters.logRetention] ?? {};
    for (const days of AllowedValues) retentions.add(Number(days));
    const muting = Object.keys(specs).flatMap((each) =>
      specs[each]?.suppresses ? [each, ...(specs[each]?.formerly ?? [])] : [],
    );
    parts.set(name, { parameters, muting });
    rules[name] = {
      description: `${title} (${severity}). ${description}`,
      ...ruleSchema(parameters, muting),
    };
  }
  const all = together([...parts.values()]);
  for (const { name, description, rules: of } of installed.assemblies.flatMap(setsOf)) {
    const { parameters, muting } = together(of.flatMap((each) => parts.get(each) ?? []));
    rules[name] = { description, ...ruleSchema(parameters, muting) };
  }
  const retention = retentions.size > 0 ? { enum: [...retentions] } : {};
  const patternProperties = { '[*]': ruleSchema(all.parameters, all.muting) };
  const packages = (each: Schema): Schema => {
    const range = part(each, 'additionalProperties');
    const names = installed.assemblies.map(({ manifest }) => manifest.package.name);
    return named(each, Object.fromEntries(names.map((name) => [name, range])));
  };
  const ofRules = (each: Schema): Schema => ({ ...named(each, rules), patternProperties });
  const inEnvironments = ['environments', 'additionalProperties', 'properties'];
  const narrowed = [
    [[...inEnvironments, 'rules'], ofRules],
    [[...inEnvironments, 'logRetention'], (each: Schema) => ({ ...each, ...retention })],
    [
      [...inEnvironments, 'defaults', 'properties', 'parameters'],
      (each: Schema) => named(each, all.parameters),
    ],
    [['packages'], packages],
    [['logRetention'], (each: Schema) => ({ ...each, ...retention })],
    [['defaults', 'properties', 'parameters'], (each: Schema) => named(each, all.parameters)],
    [['rules'], ofRules],
  ] as const;
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A fleet of Patrol rules',
    ...narrowed.reduce<Schema>(
      (schema, [path, to]) => replaced(schema, ['properties', ...path], to),
      fleetShape.schema,
    ),
  };
}

/** The schema of a parameter under a former name, which editors strike through. */
const formerly = (name: string, schema: Schema): Schema => {
  const message = `Now called ${name}.`;
  return { ...schema, description: message, deprecated: true, deprecationMessage: message };
};

/** A part of a schema. */
const part = (schema: Schema, ...path: readonly string[]): Schema =>
  path.reduce((inner, key) => inner[key] as Schema, schema);

/** A schema with another one in the place of a part. */
const replaced = (
  schema: Schema,
  [key = '', ...rest]: readonly string[],
  to: (part: Schema) => Schema,
): Schema => {
  const inner = schema[key] as Schema;
  return { ...schema, [key]: rest.length > 0 ? replaced(inner, rest, to) : to(inner) };
};

const anyOf = (schemas: readonly Schema[]): Schema =>
  schemas.length === 1 && schemas[0] ? schemas[0] : { anyOf: schemas };

/** What is special about the schema of a rule. */
interface Part {
  readonly parameters: Properties;
  /** The parameters that mute alerts. */
  readonly muting: readonly string[];
}

/** The same of several rules, which may have different parameters of one name. */
function together(parts: readonly Part[]): Part {
  const everywhere = new Map<string, Schema[]>();
  for (const [name, schema] of parts.flatMap(({ parameters }) => Object.entries(parameters))) {
    const all = everywhere.get(name) ?? [];
    const isNew = !all.some((other) => JSON.stringify(other) === JSON.stringify(schema));
    everywhere.set(name, isNew ? [...all, schema] : all);
  }
  return {
    parameters: Object.fromEntries([...everywhere].map(([each, all]) => [each, anyOf(all)])),
    muting: [...new Set(parts.flatMap(({ muting }) => muting))],
  };
}

/** A dictionary of the given names and no others. */
function named(dictionary: Schema, properties: Properties): Schema {
  const { propertyNames, ...others } = dictionary;
  return propertyNames ? { ...others, properties, additionalProperties: false } : dictionary;
}

/** The schema of one rule. */
function ruleSchema(parameters: Properties, muting: readonly string[]): Schema {
  const { anyOf: [flag, settings = {}] = [] } = part(fleetShape.schema, 'properties', 'rules')[
    'additionalProperties'
  ] as { readonly anyOf?: readonly Schema[] };
  const muted = (each: Schema): Schema => ({ ...each, enum: muting });
  const suppressions = (each: Schema): Schema =>
    muting.length > 0
      ? replaced(each, ['items', 'properties', 'parameter'], muted)
      : { ...each, maxItems: 0 };
  const withSuppressions = replaced(settings, ['properties', 'suppressions'], suppressions);
  const ours = (each: Schema): Schema => named(each, parameters);
  return { anyOf: [flag, replaced(withSuppressions, ['properties', 'parameters'], ours)] };
}

const scalar: Schema = { type: ['string', 'number'] };

/** The words, and as numbers those that YAML reads as such. */
const words = (values: readonly string[]): Schema => ({
  enum: values.map((value) => (String(Number(value)) === value ? Number(value) : value)),
});

/** Texts are taken without the spaces around them, and numbers as they are written: here only planning can tell. */
const untold = '^\\s+\\S|\\S\\s+$|^[0-9]+$';
const otherwise: Schema = { type: 'string', pattern: untold };

/** A pattern that the whole of a text must match; none where the regular expressions of editors do not know it. */
function whole(pattern: string | undefined, empty: boolean): Schema {
  if (pattern === undefined) return empty ? {} : { pattern: '\\S' };
  const text = empty ? `^\\s*(?:(?:${pattern})\\s*)?$` : `^\\s*(?:${pattern})\\s*$`;
  try {
    new RegExp(text, 'u');
    return { pattern: text };
  } catch {
    return {};
  }
}

/** The schema of a rule's parameter. */
const ruleParameter = (spec: ParameterSpec): Schema =>
  compact<Schema>({
    description: [spec.description, ...allowed(spec)].join(' '),
    default: spec.default,
    examples: spec.example === undefined ? undefined : [spec.example],
    ...valueSchema(spec),
  });

function valueSchema(spec: ParameterSpec): Schema {
  const { kind, among = [], form, minimum, maximum } = spec;
  const empty = spec.default === '';
  const list = (item: Schema): Schema => ({
    anyOf: [
      { type: 'array', items: item, ...(empty ? {} : { minItems: 1 }) },
      { ...scalar, ...whole(undefined, empty) },
    ],
  });
  switch (kind) {
    case 'text':
      return { ...scalar, ...whole(form?.pattern, empty) };
    case 'names':
      if (among.length === 0) return list({ ...scalar, ...whole(form?.pattern, false) });
      return list({
        anyOf: [
          words(among),
          spec.ignoreCase ? scalar : { type: 'string', pattern: `[*]|${untold}` },
        ],
      });
    case 'patterns':
      return list({ ...scalar, ...whole(undefined, false) });
    case 'pairs':
      return list({ type: 'string', pattern: ':' });
    case 'number':
      return {
        anyOf: [
          compact<Schema>({ type: 'number', minimum, maximum }),
          { type: 'string', ...whole('[+-]?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?', false) },
        ],
      };
    case 'choice':
      return { anyOf: [words(among), otherwise] };
    case 'secret':
      return { type: 'string', ...whole('arn:[^:]+:(secretsmanager|ssm):\\S+', empty) };
  }
}

/** The schema of a parameter of the template itself. Some of them are lists. */
const stackParameter = ({ Description, Default, AllowedValues }: TemplateParameter): Schema =>
  compact<Schema>({
    description: Description,
    default: Default,
    anyOf: AllowedValues
      ? [words(AllowedValues.map(String)), otherwise]
      : [scalar, { type: 'array', items: { ...scalar, ...whole(undefined, false) } }],
  });
