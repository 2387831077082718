/** `patrol-deploy try`: runs the built code of a rule on one event, as Lambda would, without AWS or, with `--live`, asking it. */
import { isAbsolute, relative, sep } from 'node:path';
import { type RuleManifest, stackNames } from '@patrol/core/contracts';
import { createColors } from 'picocolors';
import { findArtifact, typedName } from '../packages/assembly.ts';
import { type Live, secretsOf } from '../cloud/live.ts';
import { objectOf } from '../view/machine.ts';
import { redactIn } from '../text/redact.ts';
import { wantsColors } from '../view/report.ts';
import { delivery } from '../events/deliver.ts';
import { chooseEvent } from '../sandbox/choose.ts';
import type { RunOptions } from '../sandbox/options.ts';
import { type ChosenParameters, chooseParameters, notesOn } from '../evaluate/parameters.ts';
import type { RuntimeClient } from '../sandbox/runtime.ts';
import { type Streams, writer } from '../text/streams.ts';
import { notRun, runTrial } from '../sandbox/trial.ts';
import { readTemplate } from '../template/template.ts';
import { render } from '../view/try.ts';

/** The release of Node that the functions run on in Lambda. */
const lambdaNode = 24;

/** What `try` is asked for. */
export interface TryOptions extends RunOptions {
  /** What is typed before the arguments of the command; its own name when left out. */
  readonly runner?: string;
  /** A file, or `-` for standard input; the rule's own sample when left out. */
  readonly event?: string;
  /** The runtime client that runs the function, for tests of other clients; ours when left out. */
  readonly client?: RuntimeClient;
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
  const chosen = chooseParameters(rule, readTemplate(artifact), options.parameters);
  const { event, request, origin } = await chooseEvent(options, streams);
  const gate = delivery(rule);
  // Whether a request brings a delivery that the rule takes, the function itself says.
  const isDelivered = request !== undefined || gate.delivers(event);
  const { trial, secrets } = isDelivered
    ? await runTrial({
        artifact,
        values: chosen.values,
        event,
        request,
        live,
        client: options.client,
      })
    : { trial: { ...notRun(rule, false), error: gate.whyNot(event) }, secrets: [] };
  const clean = <T>(value: T): T =>
    live ? redactIn(value, [...secretsOf(live), ...secrets]) : value;
  const shown = clean(trial);
  const out = writer(streams.stdout);
  await out.write(
    options.json
      ? objectOf(shown)
      : render(shown, {
          ...clean({
            origin,
            note: [...notesOn(chosen), live && liveNote(live, rule), versionNote()]
              .filter(Boolean)
              .join('\n'),
            next: deployCommand(options, chosen),
            rule: nameHere(options),
            dispatchTopic: chosen.values[stackNames.parameters.dispatchTopic],
          }),
          colors: createColors(wantsColors(streams.stdout, process.env)),
        }),
  );
  return trial.error === undefined && trial.needs === undefined ? 0 : 1;
}

const liveNote = ({ environment }: Live, { permissions }: RuleManifest): string =>
  permissions.length > 0
    ? `With your own credentials in ${environment['AWS_REGION'] ?? 'AWS'}; alerts stay here.`
    : 'Your own credentials read the secrets that its parameters name, and are not given to it; alerts stay here.';

/** What to type to deploy what was tried: with the values that were given, and those that deploying asks for. */
function deployCommand(options: TryOptions, { values }: ChosenParameters): string {
  const { artifact, parameters } = options;
  const required = Object.entries(artifact.rule.parameters)
    .filter(([, { default: standard }]) => standard === undefined)
    .map(([name]) => name);
  const names = new Set([...required, ...Object.keys(parameters)]);
  return [
    options.runner ?? 'patrol-deploy',
    shellWord(nameHere(options)),
    ...(artifact.rule.regions ? [`--region ${artifact.rule.regions[0]}`] : []),
    '--alert-email you@example.com',
    ...[...names].map((name) => {
      const from = Object.hasOwn(parameters, name) ? parameters : values;
      return `--param ${shellWord(`${name}=${from[name] ?? ''}`)}`;
    }),
  ].join(' ');
}

/** The rule as it is found again from this folder: by its package's name, or by the path where that leads elsewhere. */
function nameHere({ artifact, ...from }: RunOptions): string {
  const { assembly, rule } = artifact;
  const byName = typedName(artifact);
  try {
    if (findArtifact(byName, from).assembly.folder === assembly.folder) return byName;
  } catch {
    // Not installed here: it was given by its path.
  }
  const path = relative(from.cwd, assembly.folder).split(sep).join('/') || '.';
  return `${isAbsolute(path) || path.startsWith('.') ? path : `./${path}`}/${rule.name}`;
}

const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** Says so when the function ran on another release of Node than it will. */
function versionNote(): string {
  const here = Number(process.versions.node.split('.')[0]);
  return here >= lambdaNode
    ? ''
    : `It ran on Node ${here}; Lambda runs it on Node ${lambdaNode}. Where the two differ, believe the newer.`;
}
