/** The command line: what can be typed, and which exit code it ends with. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError, Help, Option } from 'commander';
import { stackNames } from '@patrol/core/contracts';
import { type Artifact, findArtifact } from '../packages/assembly.ts';
import { CloudError, explain } from '../cloud/cloud.ts';
import { describe } from '../commands/describe.ts';
import { diagnose } from '../commands/diagnose.ts';
import { deleteRule } from '../commands/delete.ts';
import { deploy } from '../commands/deploy.ts';
import { hook } from '../commands/hook.ts';
import { info } from '../commands/info.ts';
import { list } from '../commands/list.ts';
import type { FleetCommand } from '../commands/plan.ts';
import { InterruptedError, messageOf, OperatorError, UsageError } from '../text/errors.ts';
import { explainGitHub, GitHubError, isApiUrl } from '../github/github.ts';
import type { Live } from '../cloud/live.ts';
import { defaultEnvironment, fleetFile } from '../identity/naming.ts';
import { printable } from '../text/printable.ts';
import { lineOf } from '../view/machine.ts';
import { reporter, wantsMovement } from '../view/report.ts';
import { runner } from '../packages/runner.ts';
import { parseParams, parseSecrets } from '../want/settings.ts';
import type { World } from '../commands/world.ts';
import type { Result, Tell } from '../notes/tell.ts';
import type { CloudOptions } from '../cloud/options.ts';

/** Options as commander gives them. */
interface Typed {
  readonly param: readonly string[];
  readonly secret: readonly string[];
  readonly skipResources?: readonly string[];
  readonly force?: boolean;
  readonly alertEmail?: string;
  readonly alertTopicArn?: string;
  readonly dispatchTopic?: string;
  readonly publisherAccounts?: string;
  readonly org: string;
  readonly url?: string;
  readonly redeliver?: boolean;
  readonly live?: boolean;
  readonly policy?: string | true;
  readonly follow?: boolean;
  readonly since: string;
  readonly filter?: string;
  readonly from?: string;
  readonly region?: string;
  readonly profile?: string;
  readonly env: string;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly dryRun?: boolean;
}

/** The options of commands about a fleet. */
interface FleetTyped {
  readonly file: string;
  readonly only?: readonly string[];
  readonly all?: boolean;
  readonly org?: readonly string[];
  readonly prune?: boolean;
  readonly profile?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** The options of `save`. */
interface SaveTyped {
  readonly region?: readonly string[];
  readonly profile?: string;
  readonly env: string;
  readonly fleet: string;
  readonly output?: string;
}

const manifest: { version: string } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
);

const examples = `
Examples:
  patrol-deploy list
  patrol-deploy describe aws/cloudTrail
  patrol-deploy try aws/cloudTrail
  patrol-deploy aws/cloudTrail --region eu-west-1 --alert-email security@example.com
  patrol-deploy aws/cloudTrail --param disallowedActions=StopLogging,DeleteTrail --yes
  patrol-deploy diff aws/cloudTrail
  patrol-deploy hook github/madePublic --org acme
  patrol-deploy init && patrol-deploy plan && patrol-deploy apply

Exit codes: 0 done or nothing to do, 1 failure, 2 wrong usage, 3 changes pending (diff, plan), 130 interrupted.`;

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
    // It has written what there is to say: help that was asked for, or what is wrong.
    const isSaid = error instanceof CommanderError;
    if (isSaid && error.exitCode === 0) return 0;
    // Options may be what is wrong, so that nothing but the arguments tells who reads it.
    if (argv.includes('--json')) streams.stdout.write(lineOf(failureOf(error)));
    if (!isSaid) streams.stderr.write(`${printable(complaint(error))}\n`);
    return isSaid ? 2 : exitCodeOf(error);
  }
}

/** How a command ended that threw an error, for machines. */
function failureOf(error: unknown): Result {
  const known = [OperatorError, CloudError, GitHubError].some((kind) => error instanceof kind);
  const message = known ? complaint(error) : messageOf(error).replace(/^error: /, '');
  return { type: 'result', ok: false, did: 'none', error: reasonOf(error), message };
}

/** Why a command gave up, as data. */
function reasonOf(error: unknown): NonNullable<Result['error']> {
  if (error instanceof CloudError || error instanceof GitHubError) {
    const { failure, call } = error;
    return { kind: error instanceof CloudError ? 'aws' : 'github', failure, call };
  }
  if (error instanceof InterruptedError) return { kind: 'interrupted' };
  // What was waited for in vain has the call that failed as its cause.
  if (error instanceof OperatorError && error.cause instanceof CloudError) {
    return reasonOf(error.cause);
  }
  if (error instanceof UsageError || error instanceof CommanderError) return { kind: 'usage' };
  return { kind: error instanceof OperatorError ? 'refused' : 'mistake' };
}

const exitCodeOf = (error: unknown): number =>
  error instanceof OperatorError ? error.exitCode : 1;

/** What is said of an error: to operators what they need; of a mistake in this program everything. */
export function complaint(error: unknown): string {
  if (error instanceof OperatorError) return error.message;
  if (error instanceof CloudError) return explain(error);
  if (error instanceof GitHubError) return explainGitHub(error);
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
  fleetCommands(program, world, end);
  operationCommands(program, world, end);
  hookCommand(program, world, end);
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

const eventArgument = [
  '[event]',
  "a file with the event, or - for standard input; otherwise the rule's sample",
] as const;

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];
const paramOption = (): Option =>
  new Option('--param <name=value>', "one of the rule's parameters; can be repeated")
    .argParser(collect)
    .default([], 'none');

/** The options of every command that goes to AWS. */
const inAws = (command: Command): Command =>
  command
    .option('--region <region>', 'the region; otherwise AWS_REGION, or that of the profile')
    .option('--profile <profile>', 'a profile of ~/.aws/config');

/** The options of every command that is about a stack. */
const ofStack = (command: Command): Command =>
  inAws(command).option(
    '--env <name>',
    'which of several deployments of the rule',
    defaultEnvironment,
  );

/** The options of commands that run a rule here. */
const mayAsk = (command: Command): Command =>
  inAws(
    command.option(
      '--live',
      'let a rule that asks AWS or GitHub do so, with your own credentials; nothing is published',
    ),
  );

/** The options that say what is wanted of a rule's stack. */
const ofDeployment = (command: Command): Command =>
  ofStack(command.argument(...ruleArgument))
    .addOption(paramOption())
    .addOption(
      new Option(
        '--secret <name>',
        'a secret parameter: asks for its value, or with name=- reads it from standard input, and puts it into Secrets Manager; can be repeated',
      )
        .argParser(collect)
        .default([], 'none'),
    )
    .option(
      '--from <file>',
      'a patrol.yaml that gives the parameters, where alerts go and the environment; other options go before it',
    )
    .option('--alert-email <address>', 'who gets the alerts; must confirm once')
    .option('--alert-topic-arn <arn>', 'an existing SNS topic that gets the alerts instead')
    .option('--dispatch-topic <arn>', 'the SNS topic of Dispatch, which gets the alerts as well')
    .option(
      '--publisher-accounts <ids>',
      'accounts that may publish to the topic that runs the rule, separated by commas',
    );

/** What is wanted, as it was typed. */
function deploymentOf(typed: Typed, command: Command): Parameters<typeof deploy>[1] {
  const { alertEmail, alertTopicArn } = typed;
  return {
    ...where(typed),
    // A file that is named may say another than the usual one.
    ...(command.getOptionValueSource('env') === 'default' ? {} : { environment: typed.env }),
    ...switches(typed),
    secrets: parseSecrets(typed.secret),
    ...(typed.skipResources === undefined ? {} : { skip: typed.skipResources }),
    ...(typed.from === undefined ? {} : { from: typed.from }),
    given: {
      parameters: parseParams([...typed.param, ...asParams(typed)]),
      ...(alertEmail === undefined ? {} : { alertEmail }),
      ...(alertTopicArn === undefined ? {} : { alertTopicArn }),
    },
  };
}

function deployCommands(program: Command, world: World, end: (code: number) => void): void {
  ofDeployment(
    program
      .command('deploy', { isDefault: true })
      .description('deploy a rule, or bring its stack up to date (`deploy` can be left out)'),
  )
    .addOption(
      new Option(
        '--skip-resources <ids>',
        'resources that a stuck rollback may leave out, separated by commas',
      ).argParser((ids) => ids.split(',').map((id) => id.trim())),
    )
    .option('--yes', 'do it without asking')
    .option('--dry-run', 'show what would be done; leaves nothing behind')
    .option('--quiet', 'write errors and the result only')
    .option('--json', 'write NDJSON; the last line is the result')
    .action(async (rule: string, typed: Typed, command: Command) => {
      const code = await resulting(world, typed, (tell) =>
        deploy(rule, deploymentOf(typed, command), world, tell),
      );
      end(code);
    });

  ofDeployment(
    program
      .command('diff')
      .description('show what deploying a rule would change; exit code 3 when it would'),
  )
    .option('--json', 'write NDJSON; the last line is the result')
    .action(async (rule: string, typed: Typed, command: Command) => {
      let pending = false;
      const code = await resulting(world, typed, async (tell) => {
        const options = { ...deploymentOf(typed, command), dryRun: true };
        const result = await deploy(rule, options, world, tell);
        pending = result.did !== 'keep';
        return pending ? { ...result, message: 'It differs; nothing was changed.' } : result;
      });
      end(code === 0 && pending ? 3 : code);
    });

  ofStack(
    program
      .command('diagnose')
      .description("say why the last failed operation on a rule's stack failed")
      .argument(...ruleArgument),
  )
    .option('--json', 'write NDJSON; the last line is the result')
    .action(async (rule: string, typed: Typed) => {
      end(await resulting(world, typed, (tell) => diagnose(rule, placed(typed), world, tell)));
    });

  ofStack(
    program
      .command('info')
      .description("show a rule's stack: state, parameters, outputs, alarms, subscriptions")
      .argument(...ruleArgument),
  )
    .option('--json', 'write JSON')
    .action(async (rule: string, typed: Typed) => {
      end(await info(rule, { ...placed(typed), ...switches(typed) }, world));
    });

  ofStack(
    program
      .command('delete')
      .description("delete a rule's stack")
      .argument(...ruleArgument),
  )
    .option('--yes', 'do it without asking')
    .option('--quiet', 'write errors and the result only')
    .option('--json', 'write NDJSON; the last line is the result')
    .option('--force', 'leave behind in the account what cannot be deleted')
    .action(async (rule: string, typed: Typed) => {
      const options = { ...placed(typed), ...switches(typed), force: typed.force === true };
      const code = await resulting(world, typed, (tell) => deleteRule(rule, options, world, tell));
      end(code);
    });
}

/** The options of every command about a fleet. */
const ofFleet = (command: Command): Command =>
  command
    .option('--file <path>', 'the file of the fleet', fleetFile)
    .addOption(
      new Option(
        '--only <rules>',
        'only these rules, separated by commas; * for any characters',
      ).argParser(separated),
    )
    .option('--all', 'every installed rule, also those that the file does not name')
    .addOption(
      new Option(
        '--org <units>',
        'the accounts of these organisational units (or of the root) through StackSets, whatever the file says; separated by commas',
      ).argParser(separated),
    )
    .option('--profile <profile>', 'a profile of ~/.aws/config');

const separated = (text: string): readonly string[] =>
  text
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean);

const fleetOf = (typed: FleetTyped): FleetCommand => ({
  file: typed.file,
  prune: typed.prune === true,
  json: typed.json === true,
  all: typed.all === true,
  ...(typed.org === undefined ? {} : { units: typed.org }),
  ...(typed.only === undefined ? {} : { only: typed.only }),
  ...(typed.profile === undefined ? {} : { profile: typed.profile }),
});

/** A fleet in one file. */
function fleetCommands(program: Command, world: World, end: (code: number) => void): void {
  program
    .command('init')
    .description(`write a first ${fleetFile} by asking, and the JSON schema for editors beside it`)
    .option('--file <path>', 'the file to write', fleetFile)
    .action(async ({ file }: FleetTyped) => {
      const { init } = await import('../commands/init.ts');
      end(await init(file, world));
    });

  ofFleet(
    program
      .command('plan')
      .description(
        'show what would make a fleet as its file says; exit code 3 when changes are pending',
      ),
  )
    .option('--prune', 'plan to delete stacks of the fleet that the file no longer has')
    .option('--json', 'write JSON')
    .action(async (typed: FleetTyped) => {
      const { planCommand } = await import('../commands/plan.ts');
      end(await planCommand(fleetOf(typed), world));
    });

  ofFleet(
    program
      .command('apply')
      .description('make a fleet as its file says, after showing the plan and asking'),
  )
    .option('--prune', 'delete stacks of the fleet that the file no longer has, after asking')
    .option('--yes', 'do it without asking')
    .option('--quiet', 'write errors and the result only')
    .option('--json', 'write NDJSON; the last line is the result')
    .action(async (typed: FleetTyped) => {
      const { applyCommand } = await import('../commands/apply.ts');
      const options = { ...fleetOf(typed), yes: typed.yes === true };
      end(await resulting(world, typed, (tell) => applyCommand(options, world, tell)));
    });

  program
    .command('save')
    .description('write what stands in an account as the file of a fleet')
    .argument('[rule...]', 'only these rules')
    .addOption(
      new Option('--region <regions>', 'the regions to look at, separated by commas').argParser(
        separated,
      ),
    )
    .option('--profile <profile>', 'a profile of ~/.aws/config')
    .option('--env <name>', 'which of several deployments of the rules', defaultEnvironment)
    .option('--fleet <name>', "the fleet's name", 'security')
    .option('--output <path>', 'the file to write; otherwise standard output')
    .action(async (only: readonly string[], typed: SaveTyped) => {
      const { region, profile, env, fleet, output } = typed;
      const { save } = await import('../commands/save.ts');
      const regions = (region ?? []).map((each) => where({ region: each }).region ?? each);
      const options = {
        environment: env,
        fleet,
        regions,
        ...(only.length === 0 ? {} : { only }),
        ...(profile === undefined ? {} : { profile }),
        ...(output === undefined ? {} : { output }),
      };
      end(await save(options, world));
    });
}

/** What is asked of what stands. */
function operationCommands(program: Command, world: World, end: (code: number) => void): void {
  ofStack(
    program
      .command('logs')
      .description("show the log of a deployed rule's function: verdicts, alerts, failures")
      .argument(...ruleArgument),
  )
    .option(
      '--since <time>',
      'from when on: 30m, 6h, 2d, or a time such as 2026-01-31T09:00Z',
      '1h',
    )
    .option('--follow', 'go on as new lines come')
    .option(
      '--filter <text>',
      'lines with a text, with /a regular expression/, or that a pattern of CloudWatch Logs matches',
    )
    .option('--json', 'write NDJSON; the last line is the result')
    .action(async (rule: string, typed: Typed) => {
      const { since, follow, filter } = typed;
      const { logs } = await import('../commands/logs.ts');
      const options = {
        ...placed(typed),
        ...switches(typed),
        since,
        follow: follow === true,
        ...(filter === undefined ? {} : { filter }),
      };
      end(await logs(rule, options, world));
    });

  ofStack(
    program
      .command('invoke')
      .description('run the function of a deployed rule on an event, and show its answer and log')
      .argument(...ruleArgument)
      .argument(...eventArgument),
  )
    .option('--yes', 'do it without asking')
    .option('--json', 'write JSON')
    .action(async (rule: string, event: string | undefined, typed: Typed) => {
      const { invoke } = await import('../commands/invoke.ts');
      const options = { ...placed(typed), ...switches(typed) };
      end(await invoke(rule, event === undefined ? options : { ...options, event }, world));
    });

  ofStack(
    program
      .command('doctor')
      .description(
        'check credentials, permissions, stacks, subscriptions, trail, quotas and bucket of an account and region',
      )
      .argument('[rule...]', 'only what these rules need'),
  )
    .option(
      '--policy [name]',
      'print what whoever deploys has to be allowed instead: deploy, operate, organization, or all',
    )
    .option('--json', 'write JSON')
    .action(async (rules: readonly string[], typed: Typed) => {
      if (typed.policy !== undefined) {
        const { printPolicy } = await import('../commands/policy.ts');
        end(printPolicy(typed.policy, where(typed).region, world));
        return;
      }
      const { doctor } = await import('../commands/doctor.ts');
      end(await doctor(rules, { ...placed(typed), ...switches(typed) }, world));
    });
}

/** Options that stand for a parameter of the stack. */
const asParams = ({ dispatchTopic, publisherAccounts }: Typed): readonly string[] =>
  [
    [stackNames.parameters.dispatchTopic, dispatchTopic] as const,
    [stackNames.parameters.publishers, publisherAccounts] as const,
  ].flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));

function hookCommand(program: Command, world: World, end: (code: number) => void): void {
  ofStack(
    program
      .command('hook')
      .description(
        'register the webhook of a deployed rule with a GitHub organisation, and check it; takes a token from GH_TOKEN or GITHUB_TOKEN (for a server of your own from GH_ENTERPRISE_TOKEN or GITHUB_ENTERPRISE_TOKEN), or asks',
      )
      .argument(...ruleArgument)
      .requiredOption('--org <name>', 'the organisation'),
  )
    .option('--url <url>', 'the API of a GitHub Enterprise Server: https://HOST/api/v3')
    .option('--redeliver', 'have failed deliveries of the last three days sent once more')
    .option('--yes', 'do it without asking')
    .option('--dry-run', 'show what would be done; changes nothing')
    .option('--quiet', 'write errors and the result only')
    .option('--json', 'write NDJSON; the last line is the result')
    .action(async (rule: string, typed: Typed) => {
      const code = await resulting(world, typed, (tell) =>
        hook(rule, { ...placed(typed), ...switches(typed), ...atGitHub(typed) }, world, tell),
      );
      end(code);
    });
}

/** The organisation, and which GitHub it is at. */
function atGitHub({ org, url, redeliver }: Typed): {
  readonly org: string;
  readonly url?: string;
  readonly redeliver: boolean;
} {
  if (!/^[A-Za-z\d](?:[A-Za-z\d_-]*[A-Za-z\d])?$/.test(org)) {
    throw new UsageError(
      `--org expects the name of an organisation as it stands in its address, such as acme; found ${JSON.stringify(org)}.`,
    );
  }
  if (url !== undefined && !isApiUrl(url)) {
    throw new UsageError(
      `--url expects the API of a GitHub Enterprise Server at an address that begins with https://, such as https://github.example.com/api/v3; found ${JSON.stringify(url)}.`,
    );
  }
  return { org, redeliver: redeliver === true, ...(url === undefined ? {} : { url }) };
}

function localCommands(program: Command, world: World, end: (code: number) => void): void {
  const { streams, cwd, command, environment } = world;
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

  mayAsk(
    program
      .command('try')
      .description('run a rule here, without AWS, on one event')
      .argument(...ruleArgument)
      .argument(...eventArgument)
      .addOption(paramOption()),
  )
    .option('--json', 'write JSON')
    .action(async (rule: string, event: string | undefined, typed: Typed) => {
      const { json } = switches(typed);
      const parameters = parseParams(typed.param);
      const artifact = findArtifact(rule, world);
      const live = await liveOf(world, typed, artifact);
      const { tryRule } = await import('../commands/try.ts');
      const options = {
        artifact,
        parameters,
        json,
        cwd,
        command,
        live,
        runner: runner(environment['npm_config_user_agent'], artifact.assembly),
      };
      end(await tryRule(event === undefined ? options : { ...options, event }, streams));
    });

  mayAsk(
    program
      .command('replay')
      .description('run a rule here, without AWS, on recorded events')
      .argument(...ruleArgument)
      .argument(
        '[path...]',
        'files or folders of them (.json, .ndjson, .jsonl, .gz), or - for standard input',
      )
      .addOption(paramOption()),
  )
    .option('--json', 'write NDJSON; the last line is the result')
    .action(async (rule: string, paths: readonly string[], typed: Typed) => {
      const { json } = switches(typed);
      const parameters = parseParams(typed.param);
      const artifact = findArtifact(rule, world);
      const live = await liveOf(world, typed, artifact);
      const { replay } = await import('../commands/replay.ts');
      end(await replay({ artifact, paths, parameters, json, cwd, command, live }, streams));
    });
}

/** The operator's own credentials where they are wanted. */
async function liveOf(world: World, typed: Typed, { rule }: Artifact): Promise<Live | undefined> {
  const { region, profile, live } = typed;
  if (live === true) {
    if (rule.asks) return world.live(where(typed));
    const note = `${rule.name} asks nothing before it decides; --live makes no difference.\n`;
    world.streams.stderr.write(printable(note));
    return undefined;
  }
  if (region === undefined && profile === undefined) return undefined;
  throw new UsageError(
    '--region and --profile say with whose credentials a rule asks AWS, and so belong to --live.',
  );
}

const switches = (
  typed: Typed,
): { readonly yes: boolean; readonly json: boolean; readonly dryRun: boolean } => ({
  yes: typed.yes === true,
  json: typed.json === true,
  dryRun: typed.dryRun === true,
});

const placed = (typed: Typed): CloudOptions & { readonly environment: string } => ({
  environment: typed.env,
  ...where(typed),
});

function where({ region, profile }: Pick<Typed, 'region' | 'profile'>): CloudOptions {
  if (region !== undefined && !/^[a-z]+(-[a-z]+)+-\d+$/.test(region)) {
    throw new UsageError(
      `--region expects a region such as eu-west-1; found ${JSON.stringify(region)}.`,
    );
  }
  return {
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
  };
}

/** Runs a command that ends in a result, and tells it. */
async function resulting(
  world: World,
  typed: Pick<Typed, 'json' | 'quiet' | 'yes'>,
  run: (tell: Tell) => Promise<Result>,
): Promise<number> {
  const tell = await reporter(world.streams, world.environment, {
    json: typed.json === true,
    quiet: typed.quiet === true,
    asks: typed.yes !== true,
  });
  const moves =
    !typed.json && !typed.quiet && wantsMovement(world.streams.stdout, world.environment);
  const stopping = (): void => {
    const message = 'Stopping; once more stops at once.';
    // Above the block that moves; written past it, the line would come to stand in its middle.
    if (moves) tell({ type: 'warning', message });
    else world.streams.stderr.write(`${message}\n`);
  };
  world.signal.addEventListener('abort', stopping, { once: true });
  try {
    const result = await run(tell);
    tell(result);
    if (!result.ok) world.streams.stderr.write(`${printable(result.message)}\n`);
    return result.ok ? 0 : 1;
  } catch (error) {
    // Machines are told where the command line ends, as by every command.
    if (typed.json !== true) tell(failureOf(error));
    throw error;
  } finally {
    world.signal.removeEventListener('abort', stopping);
  }
}
