/** `patrol-deploy try`: runs the built code of a rule on one event, as Lambda would, without AWS or, with `--live`, asking it. */
import { isAbsolute, relative, sep } from 'node:path';
import { type RuleManifest, stackNames } from '@patrol/core/contracts';
import { findArtifact, typedName } from '../packages/assembly.ts';
import type { Live } from '../cloud/live.ts';
import { objectOf } from '../view/machine.ts';
import { patrolCommand } from '../text/command.ts';
import { colorsFor } from '../view/report.ts';
import { type ChosenParameters, notesOn } from '../evaluate/parameters.ts';
import { attempt, type AttemptOptions } from '../sandbox/trial.ts';
import { type Streams, writer } from '../text/streams.ts';
import { render } from '../view/try.ts';

/** The release of Node that the functions run on in Lambda. */
const lambdaNode = 24;

/** What `try` is asked for. */
export interface TryOptions extends AttemptOptions {
  readonly json?: boolean;
  /** What is typed before the arguments of the command; its own name when left out. */
  readonly runner?: string;
}

/**
 * Runs a rule on an event and prints what its subscribers would get.
 *
 * @returns the exit code: 0 when it ran, 1 when the event would not be delivered, the rule needs an answer, or the function
 *   failed.
 * @throws UsageError for parameters and events that cannot be used; OperatorError for a package that is not built right.
 */
export async function tryRule(options: TryOptions, streams: Streams): Promise<number> {
  const { artifact, live } = options;
  const { rule } = artifact;
  const { trial, chosen, origin, clean } = await attempt(options, streams);
  const out = writer(streams.stdout);
  await out.write(
    options.json
      ? objectOf(trial)
      : render(trial, {
          ...clean({
            origin,
            note: [...notesOn(chosen), live && liveNote(live, rule), versionNote()]
              .filter(Boolean)
              .join('\n'),
            next: deployCommand(options, chosen),
            rule: nameHere(options),
            dispatchTopic: chosen.values[stackNames.parameters.dispatchTopic],
          }),
          colors: colorsFor(streams.stdout, process.env),
        }),
  );
  return trial.error === undefined && trial.needs === undefined ? 0 : 1;
}

const liveNote = ({ environment }: Live, { permissions }: RuleManifest): string =>
  permissions.length > 0
    ? `The rule uses your own credentials in ${environment['AWS_REGION'] ?? 'AWS'}. No alert is sent.`
    : 'Patrol reads the secrets that the parameters name with your own credentials. The rule does not get them. No alert is sent.';

/** The command that deploys what was tried: with the values that were given, and those that deploying needs. */
function deployCommand(options: TryOptions, { values }: ChosenParameters): string {
  const { artifact, parameters, runner = 'patrol-deploy' } = options;
  const required = Object.entries(artifact.rule.parameters)
    .filter(([, { default: standard }]) => standard === undefined)
    .map(([name]) => name);
  const names = new Set([...required, ...Object.keys(parameters)]);
  const texts = { ...values, ...parameters };
  const further = [...names].flatMap((name) => ['--param', `${name}=${texts[name] ?? ''}`]);
  const command = patrolCommand(
    ['deploy', nameHere(options)],
    { region: artifact.rule.regions?.[0] },
    ['--alert-email', 'you@example.com', ...further],
  );
  return command.replace(/^patrol-deploy/, () => runner);
}

/** The rule as it is found from this folder: by its package's name, or by its path where the name leads elsewhere. */
function nameHere({ artifact, ...from }: TryOptions): string {
  const { assembly, rule } = artifact;
  const byName = typedName(artifact);
  try {
    if (findArtifact(byName, from).assembly.folder === assembly.folder) return byName;
  } catch {
    // It is not installed, but was given by its path.
  }
  const path = relative(from.cwd, assembly.folder).split(sep).join('/') || '.';
  return `${isAbsolute(path) || path.startsWith('.') ? path : `./${path}`}/${rule.name}`;
}

/** Says so when the function ran on another release of Node than it will. */
function versionNote(): string {
  const here = Number(process.versions.node.split('.')[0]);
  return here >= lambdaNode
    ? ''
    : `It ran on Node ${here}, but Lambda uses Node ${lambdaNode}. Results may differ.`;
}
