/** `patrol-deploy init`: a first `patrol.yaml`, by asking. */
import { OperatorError, UsageError } from '../text/errors.ts';
import { type Alerts, readFleet } from '../file/file.ts';
import { type Answers, initialText } from '../want/init.ts';
import { isAbout, isShared, partOf, setsOf } from '../want/lines.ts';
import { installedHere } from '../engine/look.ts';
import { installedRules } from '../want/rules.ts';
import { refusal } from '../want/settings.ts';
import { mayWrite, writeFleet, writtenBefore } from './written.ts';
import { noPackages } from '../packages/assembly.ts';
import { defaultEnvironment, patrolCommand } from '../text/command.ts';
import { printable } from '../text/printable.ts';
import { isInteractive, type World } from './world.ts';
import { partitionOf } from '../cloud/partitions.ts';
import { refuseRegion } from '../cloud/regions.ts';
import { compact } from '../text/records.ts';
import { counted, enumerated, separated } from '../text/words.ts';
import { refuseEmail, refuseTopic } from '../cloud/addresses.ts';

/** The name of the set that is offered first. */
const usualSet = 'essential';

/** Asks until the answer is taken. */
const ask = async (
  world: World,
  message: string,
  initial: string | undefined,
  refuse: (answer: string) => string | undefined,
): Promise<string> => (await world.ask()).text({ message: printable(message), initial, refuse });

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
  const region = variables['AWS_REGION'] ?? variables['AWS_DEFAULT_REGION'] ?? 'us-east-1';
  const regions = separated(
    await ask(world, 'Regions to watch, separated by commas:', region, (text) =>
      separated(text).length === 0
        ? 'Expected regions, such as eu-west-1, us-east-1.'
        : separated(text).map(refuseRegion).find(Boolean),
    ),
  );
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
    'Where to send alerts: an e-mail address, or the ARN of an SNS topic.',
    undefined,
    (text) => (text.startsWith('arn:') ? refuseTopic(text, partition) : refuseEmail(text)),
  );
  if (to.startsWith('arn:')) return { topic: to };
  const separately = await (
    await world.ask()
  ).confirm(
    'Give each rule its own topic? You then confirm one subscription for each rule. Otherwise all rules of an account and region share one topic.',
  );
  return separately ? { email: to } : { email: to, shared: true };
}

/** Of so many installed rules, the question has the names. */
const fewNames = 20;

/** The rules, patterns and sets, how many rules they are, and a value for each parameter that has no default. */
async function askRules(
  { assemblies }: ReturnType<typeof installedHere>,
  world: World,
): Promise<Required<Pick<Answers, 'lines' | 'rules'>> & { readonly count: number }> {
  const installed = [...installedRules(assemblies)];
  const sets = assemblies.flatMap(setsOf);
  const among = sets.map(({ name, rules }) => `${name} (${counted(rules.length, 'rule')})`);
  const known =
    installed.length > fewNames
      ? `\`${patrolCommand(['list'])}\` shows the ${installed.length} installed rules`
      : `Installed: ${enumerated(installed.map(([name]) => name))}`;
  const offered = [
    `Rules${sets.length > 0 ? ' and sets of them' : ''}, separated by commas; * matches any characters.`,
    ...(sets.length > 0 ? [`Sets: ${enumerated(among)}.`] : []),
    `${known}.`,
  ];
  // What everybody wants to know, where a package says so, and all rules of the others.
  const parts = [...new Set(installed.map(([name]) => partOf(name)))];
  const usual = parts.map(
    (part) => sets.find(({ name }) => name === `${part}:${usualSet}`)?.name ?? `${part}/*`,
  );
  const chosen = separated(
    await ask(world, offered.join(' '), usual.join(', '), (text) => {
      const wrong = separated(text).find(
        (key) => !installed.some(([name, artifact]) => isAbout(key, name, artifact)),
      );
      if (wrong !== undefined) return `${JSON.stringify(wrong)} matches no installed rule.`;
      return separated(text).length > 0 ? undefined : 'Expected rules, such as aws/*.';
    }),
  );
  const rules: Record<string, Record<string, string>> = {};
  let count = 0;
  for (const [name, artifact] of installed) {
    if (!chosen.some((key) => isAbout(key, name, artifact))) continue;
    count += 1;
    const { rule } = artifact;
    const texts: Record<string, string> = {};
    for (const [parameter, spec] of Object.entries(rule.parameters)) {
      if (spec.default !== undefined) continue;
      // An example that is the initial answer would be deployed when the operator just presses Enter.
      const example = spec.example === undefined ? '' : ` For example: ${spec.example}`;
      const message = `${name}, ${parameter}: ${spec.description}${example}`;
      texts[parameter] = await ask(world, message, undefined, (text) => refusal(spec, text));
    }
    if (chosen.includes(name) || Object.keys(texts).length > 0) rules[name] = texts;
  }
  return { lines: [...new Set(chosen.filter(isShared))], rules, count };
}
