/** Commands about the stack of one rule: `diagnose`, `info`, `delete`, `logs`, `invoke`, `hook`; and `failures`, `doctor`, `verify`, `mute`. */
import type { Command } from 'commander';
import { deleteRule, type DeleteOptions } from '../commands/delete.ts';
import type { StackOptions } from '../commands/deployed.ts';
import { diagnose } from '../commands/diagnose.ts';
import type { DoctorOptions, PolicyOptions } from '../commands/doctor.ts';
import type { FailuresOptions } from '../commands/failures.ts';
import { hook, type HookOptions } from '../commands/hook.ts';
import { info, type InfoOptions } from '../commands/info.ts';
import type { InvokeOptions } from '../commands/invoke.ts';
import type { LogsOptions } from '../commands/logs.ts';
import type { MuteOptions, MutesOptions } from '../commands/mute.ts';
import type { PlacesOptions } from '../commands/places.ts';
import type { VerifyOptions } from '../commands/verify.ts';
import { isApiUrl } from '../github/github.ts';
import { UsageError } from '../text/errors.ts';
import {
  eventArgument,
  isChosen,
  ofRule,
  ofStack,
  type OptionList,
  withOptions,
} from './options.ts';
import { resulting, type Shell, type TellOptions } from './shell.ts';

/** Adds a command about the stack of one rule. */
const ruleCommand = (
  program: Command,
  name: string,
  says: string,
  ...options: OptionList
): Command => withOptions(ofRule(program.command(name).description(says)), ...options);

export function addStack(program: Command, { world, end }: Shell): void {
  const explained = "explain the last failed operation on a rule's stack";
  ruleCommand(program, 'diagnose', explained, 'ndjson').action(
    async (rule: string, typed: StackOptions & TellOptions) =>
      end(await resulting(world, typed, (tell) => diagnose(rule, typed, world, tell))),
  );

  const shown = "show a rule's stack: state, parameters, outputs, alarms and subscriptions";
  ruleCommand(program, 'info', shown, everywhere, 'json').action(
    async (rule: string, typed: InfoOptions, command: Command) =>
      end(await info(rule, inFile(typed, command), world)),
  );

  ruleCommand(program, 'delete', "delete a rule's stack", 'yes', 'details', 'quiet', 'ndjson', {
    '--force':
      'delete the stack even if some resources cannot be deleted; they stay in the account',
  }).action(async (rule: string, typed: DeleteOptions & TellOptions) =>
    end(await resulting(world, typed, (tell) => deleteRule(rule, typed, world, tell))),
  );
}

/** The options of a command that takes the file of a fleet. */
const inFile = <Typed extends PlacesOptions>(typed: Typed, command: Command): Typed =>
  typed.file !== undefined && isChosen(command) ? { ...typed, chosen: typed.environment } : typed;

const everywhere = {
  '--file <path>': 'file of a fleet: look in all its accounts and regions',
} as const;

const logOptions = {
  '--since <time>': {
    says: 'how far back to go: 30m, 6h, 2d, or a time such as 2026-01-31T09:00Z',
    standard: '1h',
  },
  '--follow': 'wait for new lines and show them',
  '--filter <text>':
    'show only lines that match: a text, /a regular expression/, or a CloudWatch Logs filter pattern',
} as const;

const failureOptions = {
  '--retry': 'run the events again; each leaves its queue when Lambda has taken it',
  '--drop': 'delete the events; asks first',
} as const;

const policyOption = {
  '--policy [name]':
    'print an IAM policy with the permissions needed: deploy, operate, organization, mute or plan (default: all)',
  '--oidc <subject>':
    'with --policy: print the trust policy of a role for GitHub Actions, such as github:OWNER/REPO:pull_request',
};

const verifyOptions = {
  '--all': 'check every deployed rule of the environment in the account and region',
  '--file <path>': 'check the rules of this fleet, in all its accounts and regions',
} as const;

const hookOptions = {
  '--url <url>': {
    says: 'API of a GitHub Enterprise Server: https://HOST/api/v3',
    read: readApi,
  },
  '--redeliver': 'send failed deliveries of the last three days again',
};

export function addOperations(program: Command, { world, end }: Shell): void {
  const logged = "show the log of a deployed rule's function: verdicts, alerts and failures";
  ruleCommand(program, 'logs', logged, everywhere, logOptions, 'ndjson').action(
    async (rule: string, typed: LogsOptions, command: Command) => {
      const { logs } = await import('../commands/logs.ts');
      end(await logs(rule, inFile(typed, command), world));
    },
  );

  const invoked = 'run the function of a deployed rule on an event; shows its answer and log';
  ruleCommand(program, 'invoke', invoked, everywhere, 'yes', 'json')
    .argument(...eventArgument)
    .action(
      async (rule: string, event: string | undefined, typed: InvokeOptions, command: Command) => {
        const { invoke } = await import('../commands/invoke.ts');
        end(await invoke(rule, { ...inFile(typed, command), event }, world));
      },
    );

  const failing = program
    .command('failures')
    .description(
      'show events that no rule could handle, with the reason; run them again or drop them',
    )
    .argument('[rule]', 'only the events of this rule');
  withOptions(ofStack(failing), everywhere, failureOptions, 'yes', 'json').action(
    async (rule: string | undefined, typed: FailuresOptions, command: Command) => {
      const { failures } = await import('../commands/failures.ts');
      end(await failures(rule, inFile(typed, command), world));
    },
  );

  const examination = program
    .command('doctor')
    .description(
      'check an account and region, or a fleet: permissions, stacks, what keeps rules from running, queues, alarms, subscriptions, trail, quotas',
    )
    .argument('[rule...]', 'check only what these rules need');
  withOptions(ofStack(examination), everywhere, policyOption, 'json').action(
    async (
      rules: readonly string[],
      { policy, oidc, ...typed }: DoctorOptions & PolicyOptions,
      command: Command,
    ) => {
      const { doctor, printPolicy } = await import('../commands/doctor.ts');
      end(
        policy === undefined && oidc === undefined
          ? await doctor(rules, inFile(typed, command), world)
          : await printPolicy({ policy, oidc }, typed, world),
      );
    },
  );

  const verification = program
    .command('verify')
    .description('check each hop from an event to its alert, and name the broken ones')
    .argument('[rule...]', 'rules, such as aws/cloudTrail');
  withOptions(ofStack(verification), verifyOptions, 'json').action(
    async (rules: readonly string[], typed: VerifyOptions, command: Command) => {
      const { verify } = await import('../commands/verify.ts');
      end(await verify(rules, inFile(typed, command), world));
    },
  );

  addMutes(program, { world, end });

  const registration = program
    .command('hook')
    .description('register the webhook of a deployed rule with a GitHub organisation, and test it')
    .addHelpText('after', tokenHelp);
  withOptions(registration, organizationOption);
  withOptions(ofRule(registration), hookOptions, 'yes', 'dryRun', 'quiet', 'ndjson').action(
    async (rule: string, typed: HookOptions & TellOptions) =>
      end(await resulting(world, typed, (tell) => hook(rule, typed, world, tell))),
  );
}

const organizationOption = {
  '--org <name>': { says: 'GitHub organisation', mandatory: true, read: readOrganization },
} as const;

const neededToMute = {
  '--for <time>': { says: 'how long, such as 30m or 2h; at most 24h', mandatory: true },
  '--reason <text>': { says: 'why; people are told', mandatory: true },
} as const;

const fleetOption = { '--fleet <name>': 'name of the fleet (default: the only one there)' };

const ruleOption = { '--rule <rule>': 'rule with its own topic, which has its own notifier' };

const muteOptions = {
  '--actor <arn>': 'only alerts about this user or role: an ARN, role/NAME or user/NAME',
  '--resource <id>': 'only alerts about this resource alone, by the id that the alert shows',
  '--account <id>': 'only alerts of this account',
  '--event-region <region>': 'only alerts about what happens in this region',
} as const;

function addMutes(program: Command, { world, end }: Shell): void {
  const muting = program
    .command('mute')
    .description(
      'mute alerts of a rule for some hours: people do not get them, machines and logs still do',
    );
  withOptions(muting, neededToMute);
  withOptions(ofRule(muting), muteOptions, fleetOption, 'json').action(
    async (rule: string, typed: MuteOptions) => {
      const { mute } = await import('../commands/mute.ts');
      end(await mute(rule, typed, world));
    },
  );

  const listing = program.command('mutes').description('show what is muted, until when and why');
  withOptions(ofStack(listing), fleetOption, ruleOption, 'json').action(
    async (typed: MutesOptions) => {
      const { mutes } = await import('../commands/mute.ts');
      end(await mutes(typed, world));
    },
  );

  const ending = program.command('unmute').description('end a mute early');
  ending.argument('<id>', 'id of the mute, as mutes shows it');
  withOptions(ofStack(ending), fleetOption, ruleOption, 'json').action(
    async (id: string, typed: MutesOptions) => {
      const { unmute } = await import('../commands/mute.ts');
      end(await unmute(id, typed, world));
    },
  );
}

/** @throws UsageError for what cannot be the login of an organisation. */
function readOrganization(text: string): string {
  if (/^[A-Za-z\d](?:[A-Za-z\d_-]*[A-Za-z\d])?$/.test(text)) return text;
  throw new UsageError(
    `--org expects the name of the organisation in its GitHub URL, such as acme; found ${JSON.stringify(text)}.`,
  );
}

/** @throws UsageError for an API that no token may be sent to. */
function readApi(text: string): string {
  if (isApiUrl(text)) return text;
  throw new UsageError(
    `--url expects the https:// URL of a GitHub Enterprise Server API, such as https://github.example.com/api/v3; found ${JSON.stringify(text)}.`,
  );
}

const tokenHelp = `
The command needs a GitHub token. It reads GH_TOKEN or GITHUB_TOKEN.
With --url it reads GH_ENTERPRISE_TOKEN or GITHUB_ENTERPRISE_TOKEN.
Without them it asks.`;
