/** Commands about what runs in AWS: `logs`, `invoke`, `doctor`. */
import type { Command } from 'commander';
import type { DoctorOptions } from '../commands/doctor.ts';
import type { InvokeOptions } from '../commands/invoke.ts';
import type { LogsOptions } from '../commands/logs.ts';
import {
  eventArgument,
  jsonOption,
  ndjsonOption,
  ofStack,
  placed,
  requireRegion,
  ruleCommand,
  type Typed,
  yesOption,
} from './options.ts';
import type { Shell } from './shell.ts';

export function addOperations(program: Command, { world, end }: Shell): void {
  ruleCommand(
    program,
    'logs',
    "show the log of a deployed rule's function: verdicts, alerts and failures",
  )
    .option(
      '--since <time>',
      'how far back to go: 30m, 6h, 2d, or a time such as 2026-01-31T09:00Z',
      '1h',
    )
    .option('--follow', 'wait for new lines and show them')
    .option(
      '--filter <text>',
      'show only lines that match: a text, /a regular expression/, or a CloudWatch Logs filter pattern',
    )
    .option(...ndjsonOption)
    .action(async (rule: string, typed: Typed<LogsOptions>) => {
      const { logs } = await import('../commands/logs.ts');
      end(await logs(rule, placed(typed), world));
    });

  ruleCommand(
    program,
    'invoke',
    'run the function of a deployed rule on an event; shows its answer and log',
  )
    .argument(...eventArgument)
    .option(...yesOption)
    .option(...jsonOption)
    .action(async (rule: string, event: string | undefined, typed: Typed<InvokeOptions>) => {
      const { invoke } = await import('../commands/invoke.ts');
      end(await invoke(rule, { ...placed(typed), event }, world));
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
    .action(
      async (
        rules: readonly string[],
        { policy, ...typed }: Typed<DoctorOptions> & { readonly policy?: string | true },
      ) => {
        const { doctor, printPolicy } = await import('../commands/doctor.ts');
        if (policy !== undefined) {
          requireRegion(typed.region);
          end(printPolicy(policy, typed.region, world));
          return;
        }
        end(await doctor(rules, placed(typed), world));
      },
    );
}
