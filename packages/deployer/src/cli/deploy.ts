/** `patrol-deploy <rule>` and `patrol-deploy diff <rule>`. */
import type { Command } from 'commander';
import { stackNames } from '@patrol/core/contracts';
import { deploy, type DeployOptions } from '../commands/deploy.ts';
import type { World } from '../commands/world.ts';
import type { Given } from '../destinations/values.ts';
import { UsageError } from '../text/errors.ts';
import { separated } from '../text/words.ts';
import { parseParams, parseSecrets, parseTags } from '../want/settings.ts';
import { expressOption, isChosen, ofRule, paramOption, repeated, withOptions } from './options.ts';
import { resulting, type Shell, type TellOptions } from './shell.ts';
import { isCommandWord, unknownCommand } from './unknown.ts';

/** The options of `deploy` and `diff`, as they are typed. */
type DeploymentTyped = Omit<DeployOptions, 'given' | 'secrets' | 'tags'> &
  Omit<Given, 'parameters' | 'secrets'> &
  TellOptions & {
    readonly param: readonly string[];
    readonly secret: readonly string[];
    readonly dispatchTopic?: string;
    readonly publisherAccounts?: string;
    readonly permissionsBoundary?: string;
    readonly webhookSecret?: string;
    readonly tag: readonly string[];
  };

const secretOption = repeated(
  '--secret <name>',
  'store a secret parameter in Secrets Manager; asks for the value, or reads standard input with name=-; repeatable',
);

const tagOption = repeated(
  '--tag <name=value>',
  'tag of the stack and its resources; repeatable; existing tags are kept',
);

const deploymentOptions = {
  '--from <file>':
    'read parameters, alert destinations and environment from this patrol.yaml; command-line options override it',
  '--alert-email <address>': {
    says: 'e-mail address that receives the alerts; its owner must confirm once; repeatable',
    repeats: true,
    as: 'alertEmails',
  },
  '--alert-topic-arn <arn>':
    'ARN of an existing SNS topic that receives the alerts, instead of --alert-email',
  '--dispatch-topic <arn>':
    'ARN of the SNS topic of Mapbox Dispatch, which also receives the alerts',
  '--permissions-boundary <name>':
    "name of a customer managed policy in the account, which becomes the permissions boundary of the stack's roles",
  '--webhook-secret <arn>':
    'ARN of an existing secret that signs the deliveries of the webhook; several rules can share it',
  '--cloudformation-role <name>': {
    says: 'name of the role that CloudFormation uses for this stack (default: that of the stack, or your permissions)',
    as: 'cloudFormationRole',
  },
  '--termination-protection': 'turn termination protection on (default for aws/patrolHealth)',
  '--no-termination-protection': 'do not change termination protection',
  '--artifact-bucket <name>':
    "name of the bucket for the code (default: the stack's, or patrol-artifacts-ACCOUNT-REGION)",
  '--artifact-key <key>': 'KMS key that encrypts the code in the bucket',
  '--publisher-accounts <ids>':
    "IDs of AWS accounts allowed to publish to the rule's trigger topic, separated by commas",
} as const;

const ofDeployment = (command: Command): Command =>
  withOptions(
    ofRule(command).addOption(paramOption).addOption(secretOption).addOption(tagOption),
    deploymentOptions,
    expressOption,
  );

const skipOption = {
  '--skip-resources <ids>': {
    says: 'logical IDs of resources to skip when continuing a failed rollback, separated by commas',
    read: separated,
  },
};

/** The same as the command takes them. */
function wantedOf(typed: DeploymentTyped, command: Command): DeployOptions {
  const { param, secret, tag, alertEmails, alertTopicArn, ...others } = typed;
  const { dispatchTopic, publisherAccounts, permissionsBoundary, webhookSecret, ...options } =
    others;
  // Options that stand for a parameter of the stack.
  const further = [
    [stackNames.parameters.dispatchTopic, dispatchTopic],
    [stackNames.parameters.publishers, publisherAccounts],
    [stackNames.parameters.boundary, permissionsBoundary],
    [stackNames.parameters.webhookSecret, webhookSecret],
  ].flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
  return {
    ...options,
    ...(!isChosen(command) && { environment: undefined }),
    secrets: parseSecrets(secret),
    tags: parseTags(tag),
    given: { parameters: parseParams([...param, ...further]), alertEmails, alertTopicArn },
  };
}

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
  const deployment = ofDeployment(
    program
      .command('deploy', { isDefault: true })
      .description('deploy a rule or update its stack (the word `deploy` is optional)')
      // What is too much says more here than commander can: a command may come after options.
      .allowExcessArguments(),
  );
  withOptions(
    deployment,
    skipOption,
    'yes',
    'downgrade',
    'dryRun',
    'details',
    'quiet',
    'ndjson',
  ).action(async (rule: string, typed: DeploymentTyped, command: Command) => {
    requireOneRule(rule, command, { program, world });
    const options = wantedOf(typed, command);
    end(await resulting(world, typed, (tell) => deploy(rule, options, world, tell)));
  });

  const comparison = ofDeployment(
    program
      .command('diff')
      .description('show what deploying a rule would change; exit code 3 if changes are pending'),
  );
  withOptions(comparison, 'details', 'ndjson').action(
    async (rule: string, typed: DeploymentTyped, command: Command) => {
      let pending = false;
      const code = await resulting(world, typed, async (tell) => {
        const options = { ...wantedOf(typed, command), dryRun: true };
        const result = await deploy(rule, options, world, tell);
        pending = result.did !== 'keep';
        const message = 'Deploying would change the stack. This command changed nothing.';
        return pending ? { ...result, message } : result;
      });
      end(code === 0 && pending ? 3 : code);
    },
  );
}
