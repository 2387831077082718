/** `patrol-deploy describe <rule>`: everything an operator needs to know before deploying. */
import { allowed, type ParameterSpec } from '@patrol/core/evaluation';
import { type Artifact, findArtifact, typedName } from '../packages/assembly.ts';
import { hasSameCore } from '../packages/core.ts';
import { objectOf } from '../view/machine.ts';
import type { TemplateParameter } from '../notes/objects.ts';
import { printable } from '../text/printable.ts';
import { type Description, description } from '../template/describe.ts';
import { disagreementWords, grantWords } from '../template/words.ts';
import { readTemplate } from '../template/template.ts';
import { triggerWords } from '../view/trigger.ts';
import type { World } from './world.ts';

/** Describes a rule: what its package says of it, and what its template will have CloudFormation make. */
export function describe(name: string, { json }: { readonly json: boolean }, world: World): number {
  const { streams } = world;
  const artifact = findArtifact(name, world);
  const described = description(artifact.rule, readTemplate(artifact), hasSameCore(artifact));
  streams.stdout.write(
    json ? machine(artifact, described) : `${printable(human(artifact, described))}\n`,
  );
  return 0;
}

const machine = (artifact: Artifact, described: Description): string => {
  const { package: packed, core } = artifact.assembly.manifest;
  return objectOf({
    type: 'describe',
    ...described,
    name: typedName(artifact),
    package: packed,
    core,
  });
};

function human(artifact: Artifact, described: Description): string {
  const { package: packed, core } = artifact.assembly.manifest;
  const name = typedName(artifact);
  const { title, severity, runbook, runbookUrl, references, code } = described;
  const parameters = Object.entries(described.parameters);
  const { memorySize, timeout, alarms, untold } = described;
  return [
    `${name}  ${title}  (${severity}, ${packed.name} ${packed.version})`,
    '',
    described.description,
    '',
    ...warningLines(described),
    'Runs on',
    ...linesOr(
      '  nothing',
      [...described.triggers, ...described.otherTriggers].flatMap(triggerLines),
    ),
    ...(described.asks
      ? [`  It may ask AWS or GitHub before it decides; \`try\` and \`replay\` do with --live.`]
      : []),
    '',
    regionWords(described),
    '',
    'Parameters',
    ...linesOr('  none', parameters.flatMap(parameterLines)),
    '',
    'Parameters of its stack',
    ...Object.entries(described.stackParameters).flatMap(sharedLines),
    '',
    'Its function may',
    ...linesOr(
      '  nothing',
      described.permissions.map((grant) => grantLine(grant)),
    ),
    '',
    'Others may, by what its stack makes',
    ...linesOr(
      '  nothing',
      described.access.map((grant) => grantLine(grant)),
    ),
    '',
    ...(untold.length > 0
      ? [
          'Who else may do what cannot be told, because of',
          ...untold.map(({ resource, type, why }) => `  ${resource} (${type}): ${why}`),
          '',
        ]
      : []),
    'Its stack makes',
    `  ${Object.entries(described.resources).map(counted).join(', ')}`,
    '',
    'Alarms about the rule itself',
    ...linesOr(
      '  none',
      alarms.map(
        ({ resource, metric, rings, actions }) =>
          `  ${resource}: ${[metric, rings, actions === '' ? 'and tells nobody' : ''].filter(Boolean).join(', ')}`,
      ),
    ),
    '',
    'When it alerts',
    indent(runbook),
    ...(runbookUrl ? [`  ${runbookUrl}`] : []),
    '',
    ...(references.length > 0
      ? ['References', ...references.map((reference) => `  ${reference}`), '']
      : []),
    `Code  ${code.bytes} bytes zipped with @patrol/core ${core.version}, ${memorySize} MB, at most ${timeout} s`,
    `Log   ${logWords(described.log)}`,
    '',
    `Deploy it with \`patrol-deploy ${name}\`, try it first with \`patrol-deploy try ${name}\`.`,
  ].join('\n');
}

const linesOr = (none: string, lines: readonly string[]): readonly string[] =>
  lines.length > 0 ? lines : [none];

const warningLines = ({ disagreements }: Description): readonly string[] =>
  disagreements.length === 0
    ? []
    : [
        'WARNING: rules.json of the package does not describe its template, which is what is deployed.',
        ...disagreements.map((each) => `  ${disagreementWords(each)}`),
        '',
      ];

const triggerLines = (
  trigger: Description['triggers'][number] | Description['otherTriggers'][number],
): readonly string[] => [
  `  ${triggerWords(trigger)}`,
  ...('state' in trigger ? [`  State ${trigger.state}`] : []),
  ...(trigger.kind === 'event' ? [`  Pattern ${JSON.stringify(trigger.pattern)}`] : []),
];

/** A grant, and where it stands when that is not the function's own role. */
function grantLine({ defaults = {}, ...grant }: Description['permissions'][number]): string {
  const { where, effect, says } = grantWords(grant);
  const standard = Object.entries(defaults).map(
    ([name, value]) => `${name} is ${value} by default`,
  );
  return `  ${where}: ${[`${effect} ${says}`, ...standard].join('; ')}`;
}

const counted = ([type, count]: readonly [string, number]): string =>
  count === 1 ? type : `${count} × ${type}`;

function logWords({ days, parameter }: Description['log']): string {
  if (parameter === undefined)
    return days === undefined ? 'kept for ever' : `kept for ${days} days`;
  return days === undefined
    ? `kept as long as ${parameter} says`
    : `kept for ${days} days, unless ${parameter} says otherwise`;
}

/** Where a rule has to be deployed. */
function regionWords({ regions, triggers }: Description): string {
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
