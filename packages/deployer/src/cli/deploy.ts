/** `patrol-deploy <rule>` and `patrol-deploy diff <rule>`. */
import { type Command, Option } from 'commander';
import { stackNames } from '@patrol/core/contracts';
import { deploy, type DeployOptions } from '../commands/deploy.ts';
import type { World } from '../commands/world.ts';
import { UsageError } from '../text/errors.ts';
import { parseParams, parseSecrets } from '../want/settings.ts';
import {
  collect,
  downgradeOption,
  dryRunOption,
  ndjsonOption,
  ofStack,
  paramOption,
  quietOption,
  ruleArgument,
  separated,
  type StackTyped,
  where,
  yesOption,
} from './options.ts';
import { resulting, type Shell } from './shell.ts';
import { isCommandWord, unknownCommand } from './unknown.ts';

/** The options that say what is wanted of a rule's stack. */
interface DeploymentTyped extends StackTyped {
  readonly param: readonly string[];
  readonly secret: readonly string[];
  readonly from?: string;
  readonly alertEmail?: string;
  readonly alertTopicArn?: string;
  readonly dispatchTopic?: string;
  readonly publisherAccounts?: string;
}

interface DeployTyped extends DeploymentTyped {
  readonly skipResources?: readonly string[];
  readonly yes?: boolean;
  readonly allowDowngrade?: boolean;
  readonly dryRun?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

interface DiffTyped extends DeploymentTyped {
  readonly json?: boolean;
}

const ofDeployment = (command: Command): Command =>
  ofStack(command.argument(...ruleArgument))
    .addOption(paramOption())
    .addOption(
      new Option(
        '--secret <name>',
        'store a secret parameter in Secrets Manager; prompts for the value, or name=- reads standard input; repeatable',
      )
        .argParser(collect)
        .default([], 'none'),
    )
    .option(
      '--from <file>',
      'read parameters, alert destinations and environment from this patrol.yaml; command-line options override it',
    )
    .option('--alert-email <address>', 'e-mail address that receives the alerts; must confirm once')
    .option(
      '--alert-topic-arn <arn>',
      'ARN of an existing SNS topic that receives the alerts instead',
    )
    .option(
      '--dispatch-topic <arn>',
      'ARN of the SNS topic of Dispatch, which also receives the alerts',
    )
    .option(
      '--publisher-accounts <ids>',
      "IDs of AWS accounts allowed to publish to the rule's trigger topic, separated by commas",
    );

/** What is wanted, as it was typed. */
function wantedOf(
  typed: DeploymentTyped,
  command: Command,
): Omit<DeployOptions, 'yes' | 'json' | 'dryRun'> {
  const { alertEmail, alertTopicArn } = typed;
  return {
    ...where(typed),
    // A file that is named may say another than the usual one.
    ...(command.getOptionValueSource('env') === 'default' ? {} : { environment: typed.env }),
    secrets: parseSecrets(typed.secret),
    ...(typed.from === undefined ? {} : { from: typed.from }),
    given: {
      parameters: parseParams([...typed.param, ...asParams(typed)]),
      ...(alertEmail === undefined ? {} : { alertEmail }),
      ...(alertTopicArn === undefined ? {} : { alertTopicArn }),
    },
  };
}

/** Options that stand for a parameter of the stack. */
const asParams = ({ dispatchTopic, publisherAccounts }: DeploymentTyped): readonly string[] =>
  [
    [stackNames.parameters.dispatchTopic, dispatchTopic] as const,
    [stackNames.parameters.publishers, publisherAccounts] as const,
  ].flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));

/** @throws UsageError when something else than one rule was typed, such as a command that comes after options. */
function requireOneRule(
  rule: string,
  command: Command,
  { program, world }: { readonly program: Command; readonly world: World },
): void {
  const [, ...more] = command.args;
  if (isCommandWord(rule) && program.args[0] !== command.name()) {
    const known = program.commands.some((each) => each.name() === rule);
    if (!known) throw unknownCommand(rule, more, program, world);
    throw new UsageError(
      `The command ${rule} must come before its options: \`patrol-deploy ${rule} …\`.`,
    );
  }
  if (more.length > 0) {
    throw new UsageError(
      `There are too many arguments: expected one rule; found ${[rule, ...more].join(', ')}.`,
    );
  }
}

export function addDeployment(program: Command, { world, end }: Shell): void {
  ofDeployment(
    program
      .command('deploy', { isDefault: true })
      .description('deploy a rule or update its stack (the word `deploy` is optional)')
      // What is too much says more here than commander can: a command may come after options.
      .allowExcessArguments(),
  )
    .addOption(
      new Option(
        '--skip-resources <ids>',
        'resources to skip when a failed rollback is continued, separated by commas',
      ).argParser(separated),
    )
    .option(...yesOption)
    .option(...downgradeOption)
    .option(...dryRunOption)
    .option(...quietOption)
    .option(...ndjsonOption)
    .action(async (rule: string, typed: DeployTyped, command: Command) => {
      requireOneRule(rule, command, { program, world });
      const { yes = false, json = false, dryRun = false, skipResources: skip } = typed;
      const { allowDowngrade = false } = typed;
      const code = await resulting(world, typed, (tell) => {
        const options = { ...wantedOf(typed, command), yes, json, dryRun, allowDowngrade };
        return deploy(rule, skip === undefined ? options : { ...options, skip }, world, tell);
      });
      end(code);
    });

  ofDeployment(
    program
      .command('diff')
      .description('show what deploying a rule would change; exit code 3 if anything would'),
  )
    .option(...ndjsonOption)
    .action(async (rule: string, typed: DiffTyped, command: Command) => {
      let pending = false;
      const code = await resulting(world, typed, async (tell) => {
        const { json = false } = typed;
        const options = { ...wantedOf(typed, command), yes: false, json, dryRun: true };
        const result = await deploy(rule, options, world, tell);
        pending = result.did !== 'keep';
        return pending ? { ...result, message: 'The stack differs. Nothing was changed.' } : result;
      });
      end(code === 0 && pending ? 3 : code);
    });
}
