/** The command line: what can be typed, and which exit code it ends with. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError, Help, Option } from 'commander';
import { findArtifact } from './assembly.ts';
import { CloudError, explain } from './cloud.ts';
import { describe } from './commands/describe.ts';
import { deleteRule } from './commands/delete.ts';
import { deploy } from './commands/deploy.ts';
import { info } from './commands/info.ts';
import { list } from './commands/list.ts';
import { InterruptedError, messageOf, OperatorError, UsageError } from './errors.ts';
import { defaultEnvironment } from './naming.ts';
import { printable } from './printable.ts';
import { reporter, type Result, type Tell } from './report.ts';
import { parseParams } from './settings.ts';
import type { CloudOptions, World } from './world.ts';

/** Options as commander gives them. */
interface Typed {
  readonly param: readonly string[];
  readonly alertEmail?: string;
  readonly alertTopicArn?: string;
  readonly region?: string;
  readonly profile?: string;
  readonly env: string;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly dryRun?: boolean;
}

const manifest: { version: string } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
);

const examples = `
Examples:
  patrol-deploy list
  patrol-deploy describe aws/cloudTrail
  patrol-deploy try aws/cloudTrail
  patrol-deploy aws/cloudTrail --region eu-west-1 --alert-email security@example.com
  patrol-deploy aws/cloudTrail --param disallowedActions=StopLogging,DeleteTrail --yes

Exit codes: 0 done or nothing to do, 1 failure, 2 wrong usage, 130 interrupted.`;

/**
 * Runs the command line.
 *
 * @param argv the arguments, without the names of the program.
 * @returns the exit code.
 */
export async function main(argv: readonly string[], world: World): Promise<number> {
  const { streams } = world;
  const ended = { code: 0 };
  const program = commands(world, (code) => {
    ended.code = code;
  });
  if (argv.length === 0) {
    program.outputHelp({ error: true });
    return 2;
  }
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return ended.code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    streams.stderr.write(`${printable(complaint(error))}\n`);
    return exitCodeOf(error);
  }
}

const exitCodeOf = (error: unknown): number =>
  error instanceof OperatorError ? error.exitCode : 1;

/** What is said of an error: to operators what they need; of a mistake in this program everything. */
export function complaint(error: unknown): string {
  if (error instanceof OperatorError) return error.message;
  if (error instanceof CloudError) return explain(error);
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `${stack}\n\nThis is a mistake in patrol-deploy ${manifest.version}. Please report it, with the lines above.`;
}

function commands(world: World, end: (code: number) => void): Command {
  const { streams } = world;
  const program = new Command('patrol-deploy')
    .description('Deploys Patrol rules to AWS: one CloudFormation stack for each rule.')
    .usage('[options] <rule>\n       patrol-deploy [options] <command>')
    .version(manifest.version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => streams.stderr.write(text),
    })
    .addHelpText('after', examples);
  deployCommands(program, world, end);
  localCommands(program, world, end);
  // Without the name of a command it deploys, so that its help is that of deploying as well.
  const [deployment] = program.commands;
  return program.configureHelp({
    visibleOptions: (command) => [
      ...(command === program ? (deployment?.options ?? []) : []),
      ...new Help().visibleOptions(command),
    ],
  });
}

const ruleArgument = ['<rule>', 'the rule, as in aws/cloudTrail or ./my-rules/x'] as const;

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];
const paramOption = (): Option =>
  new Option('--param <name=value>', "one of the rule's parameters; can be repeated")
    .argParser(collect)
    .default([], 'none');

/** The options of every command that goes to AWS. */
const inAws = (command: Command): Command =>
  command
    .option('--region <region>', 'the region; otherwise AWS_REGION, or that of the profile')
    .option('--profile <profile>', 'a profile of ~/.aws/config')
    .option('--env <name>', 'which of several deployments of the rule', defaultEnvironment);

function deployCommands(program: Command, world: World, end: (code: number) => void): void {
  inAws(
    program
      .command('deploy', { isDefault: true })
      .description('deploy a rule, or bring its stack up to date (`deploy` can be left out)')
      .argument(...ruleArgument),
  )
    .addOption(paramOption())
    .option('--alert-email <address>', 'who gets the alerts; must confirm once')
    .option('--alert-topic-arn <arn>', 'an existing SNS topic that gets the alerts instead')
    .option('--yes', 'do it without asking')
    .option('--dry-run', 'show what would be done; leaves nothing behind')
    .option('--json', 'write NDJSON; the last line is the result')
    .action(async (rule: string, typed: Typed) => {
      const { alertEmail, alertTopicArn } = typed;
      const given = (): Parameters<typeof deploy>[1]['given'] => ({
        parameters: parseParams(typed.param),
        ...(alertEmail === undefined ? {} : { alertEmail }),
        ...(alertTopicArn === undefined ? {} : { alertTopicArn }),
      });
      const code = await resulting(world, typed, (tell) =>
        deploy(rule, { ...placed(typed), ...switches(typed), given: given() }, world, tell),
      );
      end(code);
    });

  inAws(
    program
      .command('info')
      .description("show a rule's stack: state, parameters, outputs, alarms, subscriptions")
      .argument(...ruleArgument),
  )
    .option('--json', 'write JSON')
    .action(async (rule: string, typed: Typed) => {
      end(await info(rule, { ...placed(typed), ...switches(typed) }, world));
    });

  inAws(
    program
      .command('delete')
      .description("delete a rule's stack")
      .argument(...ruleArgument),
  )
    .option('--yes', 'do it without asking')
    .option('--json', 'write NDJSON; the last line is the result')
    .action(async (rule: string, typed: Typed) => {
      const code = await resulting(world, typed, (tell) =>
        deleteRule(rule, { ...placed(typed), ...switches(typed) }, world, tell),
      );
      end(code);
    });
}

function localCommands(program: Command, world: World, end: (code: number) => void): void {
  const { streams, cwd } = world;
  program
    .command('list')
    .description('list the rules of the installed packages')
    .option('--json', 'write JSON')
    .action((typed: Typed) => end(list(switches(typed), world)));

  program
    .command('describe')
    .description('describe a rule: triggers, parameters, permissions, what to do when it alerts')
    .argument(...ruleArgument)
    .option('--json', 'write JSON')
    .action((rule: string, typed: Typed) => end(describe(rule, switches(typed), world)));

  program
    .command('try')
    .description('run a rule here, without AWS, on one event')
    .argument(...ruleArgument)
    .argument(
      '[event]',
      "a file with the event, or - for standard input; otherwise the rule's sample",
    )
    .addOption(paramOption())
    .option('--json', 'write JSON')
    .action(async (rule: string, event: string | undefined, typed: Typed) => {
      const { json } = switches(typed);
      const parameters = parseParams(typed.param);
      const artifact = findArtifact(rule, cwd);
      const { tryRule } = await import('./commands/try.ts');
      const options = { artifact, parameters, json, cwd };
      end(await tryRule(event === undefined ? options : { ...options, event }, streams));
    });

  program
    .command('replay')
    .description('run a rule here, without AWS, on recorded events')
    .argument(...ruleArgument)
    .argument(
      '[path...]',
      'files or folders of them (.json, .ndjson, .jsonl, .gz), or - for standard input',
    )
    .addOption(paramOption())
    .option('--json', 'write NDJSON; the last line is the summary')
    .action(async (rule: string, paths: readonly string[], typed: Typed) => {
      const { json } = switches(typed);
      const parameters = parseParams(typed.param);
      const artifact = findArtifact(rule, cwd);
      const { replay } = await import('./commands/replay.ts');
      end(await replay({ artifact, paths, parameters, json, cwd }, streams));
    });
}

const switches = (
  typed: Typed,
): { readonly yes: boolean; readonly json: boolean; readonly dryRun: boolean } => ({
  yes: typed.yes === true,
  json: typed.json === true,
  dryRun: typed.dryRun === true,
});

function placed({ region, profile, env }: Typed): CloudOptions & { readonly environment: string } {
  if (region !== undefined && !/^[a-z]+(-[a-z]+)+-\d+$/.test(region)) {
    throw new UsageError(
      `--region expects a region such as eu-west-1; found ${JSON.stringify(region)}.`,
    );
  }
  return {
    environment: env,
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
  };
}

/** Runs a command that ends in a result, and tells it: to machines also when it is an error. */
async function resulting(
  world: World,
  typed: Typed,
  run: (tell: Tell) => Promise<Result>,
): Promise<number> {
  const tell = reporter(world.streams, typed.json === true, world.environment);
  try {
    const result = await run(tell);
    tell(result);
    if (!result.ok) world.streams.stderr.write(`${printable(result.message)}\n`);
    return result.ok ? 0 : 1;
  } catch (error) {
    const known = error instanceof OperatorError || error instanceof CloudError;
    const message = known ? complaint(error) : messageOf(error);
    const interrupted = error instanceof InterruptedError ? { interrupted: true } : {};
    tell({ type: 'result', ok: false, did: 'none', message, ...interrupted });
    throw error;
  }
}
