/** `patrol-deploy describe <rule>`: everything an operator needs to know before deploying. */
import { allowed, type ParameterSpec } from '@patrol/core/evaluation';
import { type Artifact, findArtifact, typedName } from '../packages/assembly.ts';
import { hasSameCore } from '../packages/core.ts';
import { objectOf } from '../view/machine.ts';
import type { TemplateParameter } from '../notes/objects.ts';
import { patrolCommand } from '../text/command.ts';
import { printable } from '../text/printable.ts';
import { type Description, description } from '../template/describe.ts';
import { disagreementWords, grantWords } from '../template/words.ts';
import { readTemplate } from '../template/template.ts';
import { triggerWords } from '../view/trigger.ts';
import { enumerated } from '../text/words.ts';
import type { World } from './world.ts';

/** Describes a rule: what its package says of it, and what its template will have CloudFormation make. */
export function describe(
  name: string,
  { json }: { readonly json?: boolean },
  world: World,
): number {
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
      ? [
          '  It may query AWS or GitHub before it decides. `try` and `replay` do so only with --live.',
        ]
      : []),
    '',
    regionWords(described),
    '',
    'Parameters',
    ...linesOr('  none', parameters.flatMap(parameterLines)),
    '',
    'Parameters of the stack',
    ...Object.entries(described.stackParameters).flatMap(sharedLines),
    '',
    'Permissions of the function',
    ...linesOr(
      '  none',
      described.permissions.map((grant) => grantLine(grant)),
    ),
    '',
    'Access that the stack gives to others',
    ...linesOr(
      '  none',
      described.access.map((grant) => grantLine(grant)),
    ),
    '',
    ...(untold.length > 0
      ? [
          'Resources whose access Patrol cannot read',
          ...untold.map(({ resource, type, why }) => `  ${resource} (${type}): ${why}`),
          '',
        ]
      : []),
    'Resources of the stack',
    `  ${Object.entries(described.resources).map(counted).join(', ')}`,
    '',
    'Alarms on the rule itself',
    ...linesOr(
      '  none',
      alarms.map(
        ({ resource, metric, rings, actions }) =>
          `  ${resource}: ${[metric, rings, actions === '' ? 'notifies nobody' : ''].filter(Boolean).join(', ')}`,
      ),
    ),
    '',
    'What to do when it alerts',
    indent(runbook),
    ...(runbookUrl ? [`  ${runbookUrl}`] : []),
    '',
    ...(references.length > 0
      ? ['References', ...references.map((reference) => `  ${reference}`), '']
      : []),
    `Code  zip of ${code.bytes} bytes, built with @patrol/core ${core.version}; ${memorySize} MB of memory, times out after ${timeout} s`,
    `Log   ${logWords(described.log)}`,
    '',
    `Try it with \`${patrolCommand(['try', name])}\`. Deploy it with \`${patrolCommand(['deploy', name])}\`.`,
  ].join('\n');
}

const linesOr = (none: string, lines: readonly string[]): readonly string[] =>
  lines.length > 0 ? lines : [none];

const warningLines = ({ disagreements }: Description): readonly string[] =>
  disagreements.length === 0
    ? []
    : [
        'WARNING: rules.json of this package does not match its template. The deployment follows the template.',
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

/** A grant, and the resource that gives it. */
function grantLine({ defaults = {}, ...grant }: Description['permissions'][number]): string {
  const { where, effect, says } = grantWords(grant);
  const standard = Object.entries(defaults).map(([name, value]) => `default of ${name}: ${value}`);
  return `  ${where}: ${[`${effect} ${says}`, ...standard].join('; ')}`;
}

const counted = ([type, count]: readonly [string, number]): string =>
  count === 1 ? type : `${count} × ${type}`;

function logWords({ days, parameter }: Description['log']): string {
  if (parameter === undefined)
    return days === undefined ? 'never expires' : `kept for ${days} days`;
  return days === undefined
    ? `kept for as long as ${parameter} sets`
    : `kept for ${days} days, unless ${parameter} sets another time`;
}

/** Where a rule has to be deployed. */
function regionWords({ regions, triggers }: Description): string {
  if (regions) {
    return `Regions  only ${regions.join(', ')}, where AWS delivers these events`;
  }
  return triggers.every(({ kind }) => kind === 'webhook' || kind === 'schedule')
    ? 'Regions  any one region: its triggers do not depend on the region'
    : 'Regions  every region that you use: it sees only the events of its own region';
}

/** One parameter: what it is, what it is when nothing is given, and what is allowed. */
function parameterLines([name, spec]: readonly [string, ParameterSpec]): readonly string[] {
  const { description, kind, example, formerly = [] } = spec;
  const notes = [
    ...allowed(spec),
    ...(example === undefined ? [] : [`For example ${example}`]),
    ...(formerly.length === 0 ? [] : [`It was called ${enumerated(formerly)} before.`]),
  ];
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
  value === undefined ? 'required' : value === '' ? 'empty by default' : `default: ${value}`;

const indent = (text: string): string =>
  text
    .split('\n')
    .map((line) => `  ${line}`.trimEnd())
    .join('\n');
