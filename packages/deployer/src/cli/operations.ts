/** Commands about what runs in AWS: `logs`, `invoke`, `doctor`. */
import type { Command } from 'commander';
import {
  eventArgument,
  jsonOption,
  ndjsonOption,
  ofStack,
  placed,
  ruleArgument,
  type StackTyped,
  where,
  yesOption,
} from './options.ts';
import type { Shell } from './shell.ts';

interface LogsTyped extends StackTyped {
  readonly since: string;
  readonly follow?: boolean;
  readonly filter?: string;
  readonly json?: boolean;
}

interface InvokeTyped extends StackTyped {
  readonly yes?: boolean;
  readonly json?: boolean;
}

interface DoctorTyped extends StackTyped {
  readonly policy?: string | true;
  readonly json?: boolean;
}

export function addOperations(program: Command, { world, end }: Shell): void {
  ofStack(
    program
      .command('logs')
      .description("show the log of a deployed rule's function: verdicts, alerts and failures")
      .argument(...ruleArgument),
  )
    .option(
      '--since <time>',
      'show lines since then: 30m, 6h, 2d, or a time such as 2026-01-31T09:00Z',
      '1h',
    )
    .option('--follow', 'wait for new lines and show them')
    .option(
      '--filter <text>',
      'show only lines that match: a text, /a regular expression/, or a CloudWatch Logs filter pattern',
    )
    .option(...ndjsonOption)
    .action(async (rule: string, typed: LogsTyped) => {
      const { since, follow = false, filter, json = false } = typed;
      const { logs } = await import('../commands/logs.ts');
      const options = { ...placed(typed), json, since, follow };
      end(await logs(rule, filter === undefined ? options : { ...options, filter }, world));
    });

  ofStack(
    program
      .command('invoke')
      .description('run the function of a deployed rule on an event; shows its answer and log')
      .argument(...ruleArgument)
      .argument(...eventArgument),
  )
    .option(...yesOption)
    .option(...jsonOption)
    .action(async (rule: string, event: string | undefined, typed: InvokeTyped) => {
      const { yes = false, json = false } = typed;
      const { invoke } = await import('../commands/invoke.ts');
      const options = { ...placed(typed), yes, json };
      end(await invoke(rule, event === undefined ? options : { ...options, event }, world));
    });

  ofStack(
    program
      .command('doctor')
      .description(
        'check an account and region: credentials, permissions, stacks, subscriptions, trail, quotas, bucket',
      )
      .argument('[rule...]', 'check only what these rules need'),
  )
    .option(
      '--policy [name]',
      'print an IAM policy with the permissions needed: deploy, operate or organization (default: all)',
    )
    .option(...jsonOption)
    .action(async (rules: readonly string[], typed: DoctorTyped) => {
      const { policy, json = false } = typed;
      if (policy !== undefined) {
        const { printPolicy } = await import('../commands/policy.ts');
        end(printPolicy(policy, where(typed).region, world));
        return;
      }
      const { doctor } = await import('../commands/doctor.ts');
      end(await doctor(rules, { ...placed(typed), json }, world));
    });
}
