/** `patrol-deploy init`: a first `patrol.yaml`, by asking. */
import { mostEmails } from '@patrol/core/contracts';
import type { ParameterSpec } from '@patrol/core/evaluation';
import { OperatorError, UsageError } from '../text/errors.ts';
import { type Alerts, readFleet } from '../file/file.ts';
import { type Answers, initialText } from '../want/init.ts';
import { isAbout, isShared, partOf, setsOf } from '../want/lines.ts';
import { installedHere } from '../engine/look.ts';
import { installedRules } from '../want/rules.ts';
import { refusal } from '../want/settings.ts';
import { mayWrite, writeFleet, writtenBefore } from './written.ts';
import { type Artifact, noPackages } from '../packages/assembly.ts';
import { defaultEnvironment, patrolCommand } from '../text/command.ts';
import { printable } from '../text/printable.ts';
import { type ChoiceQuestion, isInteractive, type World } from './world.ts';
import { partitionOf } from '../cloud/partitions.ts';
import { known, refuseRegion } from '../cloud/regions.ts';
import { compact } from '../text/records.ts';
import { counted, separated } from '../text/words.ts';
import { refuseEmails, refuseTopic } from '../cloud/addresses.ts';

/** The name of the set that is offered first. */
const usualSet = 'essential';

/** Asks until the answer is taken. */
const ask = async (
  world: World,
  message: string,
  initial: string | undefined,
  refuse: (answer: string) => string | undefined,
): Promise<string> => (await world.ask()).text({ message: printable(message), initial, refuse });

const choose = async (world: World, question: ChoiceQuestion): Promise<readonly string[]> =>
  (await world.ask()).choose(question);

/** Writes the first file of a fleet. Exits with 1 when it was not to be overwritten. */
export async function init(typed: string, world: World): Promise<number> {
  const { streams, environment: variables } = world;
  if (!isInteractive(world, { json: false })) {
    throw new UsageError(
      `\`${patrolCommand(['init'])}\` asks questions, but there is no terminal to ask. To write a file from what is deployed in AWS, without questions: \`${patrolCommand(['save'])}\`.`,
    );
  }
  const installed = installedHere(world);
  if (installedRules(installed.assemblies).size === 0) throw new OperatorError(noPackages);
  if (!(await mayWrite(typed, world))) return 1;
  const named = (text: string): string | undefined =>
    /^[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*$/.test(text)
      ? undefined
      : 'Expected letters, digits and single dashes, such as security.';
  const fleet = await ask(world, 'Name of the fleet:', 'security', named);
  const environment = await ask(world, 'Environment:', defaultEnvironment, named);
  const given = [variables['AWS_REGION'], variables['AWS_DEFAULT_REGION']];
  const region = given.find((name) => name && refuseRegion(name) === undefined) ?? 'us-east-1';
  const regions = await choose(world, {
    message: 'Regions to watch:',
    among: [...new Set([...known, region])].map((value) => ({ value })),
    initial: [region],
    required: true,
  });
  const alerts = await askAlerts(regions, world);
  const { count, ...chosen } = await askRules(installed, world);
  const { packages } = writtenBefore(typed, world) ?? {};
  const answers = { fleet, environment, regions, alerts, ...chosen, packages };
  const text = initialText(compact(answers), installed.assemblies);
  const read = readFleet(text);
  if ('problems' in read) {
    throw new OperatorError(read.problems.map(({ message }) => message).join('\n'));
  }
  writeFleet(typed, text, installed, world);
  streams.stdout.write(
    `Wrote ${typed} with ${counted(count, 'rule')}. \`${patrolCommand(['plan'], { file: typed })}\` shows what would change in AWS. \`${patrolCommand(['apply'], { file: typed })}\` shows it too, asks, and deploys.\n`,
  );
  return 0;
}

async function askAlerts(regions: readonly string[], world: World): Promise<Alerts> {
  const partition = partitionOf(regions[0] ?? '');
  const to = await ask(
    world,
    'Where to send alerts: e-mail addresses, separated by commas, or the ARN of an SNS topic.',
    undefined,
    (text) =>
      text.startsWith('arn:')
        ? refuseTopic(text, partition)
        : refuseEmails(separated(text), mostEmails),
  );
  if (to.startsWith('arn:')) return { topic: to };
  const [first = '', ...others] = separated(to);
  const email = others.length === 0 ? first : [first, ...others];
  const separately = await (
    await world.ask()
  ).confirm(
    'Give each rule its own topic? You then confirm one subscription for each rule. Otherwise all rules of an account and region share one topic.',
  );
  return separately ? { email } : { email, shared: true };
}

/** The rules, patterns and sets, how many rules they are, and the values of parameters. */
async function askRules(
  { assemblies }: ReturnType<typeof installedHere>,
  world: World,
): Promise<Required<Pick<Answers, 'lines' | 'rules'>> & { readonly count: number }> {
  const installed = [...installedRules(assemblies)];
  const sets = assemblies.flatMap(setsOf);
  // What everybody wants to know, where a package says so, and all rules of the others.
  const parts = [...new Set(installed.map(([name]) => partOf(name)))];
  const patterns = parts.map((part) => `${part}/*`);
  const usual = parts.map(
    (part) => sets.find(({ name }) => name === `${part}:${usualSet}`)?.name ?? `${part}/*`,
  );
  const offered = [
    ...sets.map(({ name, rules, description }) => ({
      value: name,
      about: `${counted(rules.length, 'rule')}. ${description}`,
    })),
    ...patterns.map((value) => ({ value, about: 'all rules, those of later versions too' })),
    ...installed.map(([value, { rule }]) => ({ value, about: `${rule.title} (${rule.severity})` })),
  ];
  const chosen = await choose(world, {
    message: 'Rules and sets of them:',
    among: offered,
    initial: usual,
    required: true,
  });
  const wanted = installed.filter(([name, artifact]) =>
    chosen.some((key) => isAbout(key, name, artifact)),
  );
  const rules: Record<string, Record<string, string>> = {};
  for (const [name, { rule }] of wanted) {
    const texts: Record<string, string> = {};
    for (const [parameter, spec] of Object.entries(rule.parameters)) {
      if (spec.default !== undefined) continue;
      texts[parameter] = await askParameter(world, name, parameter, spec);
    }
    if (chosen.includes(name) || Object.keys(texts).length > 0) rules[name] = texts;
  }
  for (const name of await askOptional(wanted, world)) {
    const { parameters = {} } = wanted.find(([each]) => each === name)?.[1].rule ?? {};
    const texts = (rules[name] ??= {});
    for (const [parameter, spec] of Object.entries(parameters)) {
      if (spec.default === undefined) continue;
      const text = await askParameter(world, name, parameter, spec);
      if (text !== spec.default) texts[parameter] = text;
    }
  }
  return { lines: [...new Set(chosen.filter(isShared))], rules, count: wanted.length };
}

/** The rules whose optional parameters are to be asked. */
async function askOptional(
  wanted: readonly (readonly [string, Artifact])[],
  world: World,
): Promise<readonly string[]> {
  const among = wanted.flatMap(([value, { rule }]) => {
    const optional = Object.entries(rule.parameters).flatMap(([name, spec]) =>
      spec.default === undefined ? [] : [name],
    );
    return optional.length === 0 ? [] : [{ value, about: optional.join(', ') }];
  });
  const message = 'Rules with optional parameters. Tick those that you want to set now:';
  return among.length === 0 ? [] : choose(world, { message, among });
}

async function askParameter(
  world: World,
  rule: string,
  name: string,
  spec: ParameterSpec,
): Promise<string> {
  // An example that is the initial answer would be deployed when the operator just presses Enter.
  const example =
    spec.default !== undefined || spec.example === undefined ? '' : ` For example: ${spec.example}`;
  const message = `${rule}, ${name}: ${spec.description}${example}`;
  return ask(world, message, spec.default, (text) => refusal(spec, text));
}
