/** `patrol-deploy describe <rule>`: everything an operator needs to know before deploying. */
import { allowed, type ParameterSpec } from '@patrol/core/evaluation';
import type { RuleManifest } from '@patrol/core/contracts';
import { type Artifact, findArtifact, typedName } from '../assembly.ts';
import { objectOf } from '../machine.ts';
import type { TemplateParameter } from '../notes/objects.ts';
import { printable } from '../printable.ts';
import { readTemplate, stackParameters } from '../template.ts';
import { triggerWords } from '../trigger.ts';
import type { World } from '../world.ts';

/** Describes a rule from its manifest. */
export function describe(name: string, { json }: { readonly json: boolean }, world: World): number {
  const { streams } = world;
  const artifact = findArtifact(name, world);
  const template = readTemplate(artifact);
  const shared = Object.fromEntries(
    stackParameters(artifact.rule, template).flatMap((parameter) => {
      const declared = template.parameters[parameter];
      return declared ? [[parameter, declared]] : [];
    }),
  );
  streams.stdout.write(
    json ? machine(artifact, shared) : `${printable(human(artifact, shared))}\n`,
  );
  return 0;
}

/** The parameters of a template beside the rule's, as it declares them. */
type Shared = Readonly<Record<string, TemplateParameter>>;

function machine(artifact: Artifact, shared: Shared): string {
  const { rule, assembly } = artifact;
  const { package: packed } = assembly.manifest;
  return objectOf({
    type: 'describe',
    ...rule,
    name: typedName(artifact),
    package: packed,
    core: assembly.manifest.core,
    stackParameters: shared,
  });
}

function human(artifact: Artifact, shared: Shared): string {
  const { rule, assembly } = artifact;
  const { package: packed, core } = assembly.manifest;
  const name = typedName(artifact);
  const parameters = Object.entries(rule.parameters);
  const patterns = rule.triggers.flatMap((trigger) =>
    trigger.kind === 'event'
      ? [`  State ${trigger.state}`, `  Pattern ${JSON.stringify(trigger.pattern)}`]
      : [],
  );
  return [
    `${name}  ${rule.title}  (${rule.severity}, ${packed.name} ${packed.version})`,
    '',
    rule.description,
    '',
    'Runs on',
    ...rule.triggers.map((trigger) => `  ${triggerWords(trigger)}`),
    ...patterns,
    ...(rule.asks
      ? [`  It may ask AWS or GitHub before it decides; \`try\` and \`replay\` do with --live.`]
      : []),
    '',
    regionWords(rule),
    '',
    'Parameters',
    ...(parameters.length === 0 ? ['  none'] : parameters.flatMap(parameterLines)),
    '',
    'Parameters of its stack',
    ...Object.entries(shared).flatMap(sharedLines),
    '',
    'Its role may, besides writing its log and publishing alerts',
    ...(rule.permissions.length === 0
      ? ['  nothing']
      : rule.permissions.map((statement) => indent(JSON.stringify(statement, null, 2)))),
    '',
    'When it alerts',
    indent(rule.runbook),
    ...(rule.runbookUrl ? [`  ${rule.runbookUrl}`] : []),
    '',
    ...(rule.references.length > 0
      ? ['References', ...rule.references.map((reference) => `  ${reference}`), '']
      : []),
    `Code  ${rule.code.bytes} bytes zipped with @patrol/core ${core.version}, ${rule.memorySize} MB, at most ${rule.timeout} s`,
    '',
    `Deploy it with \`patrol-deploy ${name}\`, try it first with \`patrol-deploy try ${name}\`.`,
  ].join('\n');
}

/** Where a rule has to be deployed. */
function regionWords({ regions, triggers }: RuleManifest): string {
  if (regions) {
    return `Regions  only ${regions.join(', ')}: AWS delivers these events nowhere else`;
  }
  return triggers.every(({ kind }) => kind === 'webhook' || kind === 'schedule')
    ? 'Regions  any: no event of a region runs it'
    : 'Regions  it sees the events of the region that it stands in: deploy it in every one that you use';
}

/** One parameter: what it is, what it is when nothing is given, and what is allowed. */
function parameterLines([name, spec]: readonly [string, ParameterSpec]): readonly string[] {
  const { description, kind, example } = spec;
  const notes = [...allowed(spec), ...(example === undefined ? [] : [`For example ${example}`])];
  return [
    `  ${name}  (${kind}, ${standard(spec.default)})`,
    ...[description, ...notes].map((line) => `    ${line}`),
  ];
}

/** A parameter of the stack. */
const sharedLines = ([name, declared]: readonly [string, TemplateParameter]): readonly string[] => {
  const { Default, Description, AllowedValues } = declared;
  const notes = [Description, AllowedValues && `One of ${AllowedValues.join(', ')}.`];
  return [
    `  ${name}  (${standard(Default)})`,
    ...notes.flatMap((line) => (line ? [`    ${line}`] : [])),
  ];
};

/** What a parameter is when nothing is given. */
const standard = (value: string | number | undefined): string =>
  value === undefined ? 'required' : value === '' ? 'empty by default' : `by default ${value}`;

const indent = (text: string): string =>
  text
    .split('\n')
    .map((line) => `  ${line}`.trimEnd())
    .join('\n');
