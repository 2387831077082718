/** `patrol-deploy <rule>` and `patrol-deploy diff <rule>`. */
import { type Command, Option } from 'commander';
import { stackNames } from '@patrol/core/contracts';
import { deploy, type DeployOptions } from '../commands/deploy.ts';
import { parseParams, parseSecrets } from '../want/settings.ts';
import {
  collect,
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

export function addDeployment(program: Command, { world, end }: Shell): void {
  ofDeployment(
    program
      .command('deploy', { isDefault: true })
      .description('deploy a rule, or bring its stack up to date (`deploy` can be left out)'),
  )
    .addOption(
      new Option(
        '--skip-resources <ids>',
        'resources that a stuck rollback may leave out, separated by commas',
      ).argParser(separated),
    )
    .option(...yesOption)
    .option('--dry-run', 'show what would be done; leaves nothing behind')
    .option(...quietOption)
    .option(...ndjsonOption)
    .action(async (rule: string, typed: DeployTyped, command: Command) => {
      const { yes = false, json = false, dryRun = false, skipResources: skip } = typed;
      const code = await resulting(world, typed, (tell) => {
        const options = { ...wantedOf(typed, command), yes, json, dryRun };
        return deploy(rule, skip === undefined ? options : { ...options, skip }, world, tell);
      });
      end(code);
    });

  ofDeployment(
    program
      .command('diff')
      .description('show what deploying a rule would change; exit code 3 when it would'),
  )
    .option(...ndjsonOption)
    .action(async (rule: string, typed: DiffTyped, command: Command) => {
      let pending = false;
      const code = await resulting(world, typed, async (tell) => {
        const { json = false } = typed;
        const options = { ...wantedOf(typed, command), yes: false, json, dryRun: true };
        const result = await deploy(rule, options, world, tell);
        pending = result.did !== 'keep';
        return pending ? { ...result, message: 'It differs; nothing was changed.' } : result;
      });
      end(code === 0 && pending ? 3 : code);
    });
}
