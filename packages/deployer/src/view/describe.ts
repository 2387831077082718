/** A rule as `describe` shows it to people. Pure. */
import { allowed, type ParameterSpec } from '@patrol/core/evaluation';
import type { TemplateParameter } from '../notes/objects.ts';
import { type Artifact, typedName } from '../packages/assembly.ts';
import type { Description } from '../template/describe.ts';
import { costWords } from '../template/costs.ts';
import { disagreementWords, grantWords } from '../template/words.ts';
import { patrolCommand } from '../text/command.ts';
import { enumerated } from '../text/words.ts';
import { triggerWords } from './trigger.ts';

type Lines = readonly string[];

/** Lines below a heading, indented. */
const section = (heading: string, lines: Lines): Lines => [
  heading,
  ...(lines.length > 0 ? lines : ['none']).map((line) => `  ${line}`.trimEnd()),
  '',
];

/** The same where it is left out without lines. */
const sectionIf = (heading: string, lines: Lines): Lines =>
  lines.length > 0 ? section(heading, lines) : [];

/** Everything that an operator needs to know of a rule. */
export function descriptionText(artifact: Artifact, described: Description): string {
  const { package: packed, core } = artifact.assembly.manifest;
  const name = typedName(artifact);
  const { title, severity, runbook, runbookUrl, references, code } = described;
  const { memorySize, timeout, alarms, untold, disagreements } = described;
  const triggers = [...described.triggers, ...described.otherTriggers].flatMap(triggerLines);
  const asks = described.asks
    ? ['It may query AWS or GitHub before it decides. `try` and `replay` do so only with --live.']
    : [];
  return [
    `${name}  ${title}  (${severity}, ${packed.name} ${packed.version})`,
    '',
    described.description,
    '',
    ...sectionIf(
      'WARNING: rules.json of this package does not match its template. The deployment follows the template.',
      disagreements.map(disagreementWords),
    ),
    ...section('Runs on', [...(triggers.length > 0 ? triggers : ['nothing']), ...asks]),
    regionWords(described),
    '',
    ...section('Parameters', Object.entries(described.parameters).flatMap(parameterLines)),
    ...section(
      'Parameters of the stack',
      Object.entries(described.stackParameters).flatMap(sharedLines),
    ),
    ...section('Permissions of the function', described.permissions.map(grantLine)),
    ...section('Access that the stack gives to others', described.access.map(grantLine)),
    ...sectionIf(
      'Resources whose access Patrol cannot read',
      untold.map(({ resource, type, why }) => `${resource} (${type}): ${why}`),
    ),
    ...section('Resources of the stack', [
      Object.entries(described.resources).map(counted).join(', '),
    ]),
    ...section('Alarms on the rule itself', alarms.map(alarmLine)),
    ...section('Costs', [`${costWords(described.costs)}.`]),
    ...section('What to do when it alerts', [
      ...runbook.split('\n'),
      ...(runbookUrl ? [runbookUrl] : []),
    ]),
    ...sectionIf('References', references),
    `Code  zip of ${code.bytes} bytes, built with @patrol/core ${core.version}; ${memorySize} MB of memory, times out after ${timeout} s`,
    `Log   ${logWords(described.log)}`,
    '',
    `Try it with \`${patrolCommand(['try', name])}\`. Deploy it with \`${patrolCommand(['deploy', name])}\`.`,
  ].join('\n');
}

const alarmLine = ({ resource, metric, rings, actions }: Description['alarms'][number]): string => {
  const words = [metric, rings, actions === '' ? 'notifies nobody' : ''];
  return `${resource}: ${words.filter(Boolean).join(', ')}`;
};

const triggerLines = (
  trigger: Description['triggers'][number] | Description['otherTriggers'][number],
): readonly string[] => [
  triggerWords(trigger),
  ...('state' in trigger ? [`State ${trigger.state}`] : []),
  ...(trigger.kind === 'event' ? [`Pattern ${JSON.stringify(trigger.pattern)}`] : []),
];

/** A grant, and the resource that gives it. */
function grantLine({ defaults = {}, ...grant }: Description['permissions'][number]): string {
  const { where, effect, says } = grantWords(grant);
  const standard = Object.entries(defaults).map(([name, value]) => `default of ${name}: ${value}`);
  return `${where}: ${[`${effect} ${says}`, ...standard].join('; ')}`;
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
    return `Regions  deploy it only in ${regions.join(', ')}, where AWS delivers these events`;
  }
  return triggers.every(({ kind }) => kind === 'webhook' || kind === 'schedule')
    ? 'Regions  deploy it in any one region: its triggers do not depend on the region'
    : 'Regions  deploy it in every region that you use: a stack sees only the events of its own region';
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
    `${name}  (${kind}, ${standard(spec.default)})`,
    ...[description, ...notes].map((line) => `  ${line}`),
  ];
}

/** A parameter of the stack. */
const sharedLines = ([name, declared]: readonly [string, TemplateParameter]): readonly string[] => {
  const { Default, Description, AllowedValues } = declared;
  const notes = [Description, AllowedValues && `One of ${AllowedValues.join(', ')}.`];
  return [
    `${name}  (${standard(Default)})`,
    ...notes.flatMap((line) => (line ? [`  ${line}`] : [])),
  ];
};

/** What a parameter is when nothing is given. */
const standard = (value: string | number | undefined): string =>
  value === undefined ? 'required' : value === '' ? 'empty by default' : `default: ${value}`;
