/** Commands about the stack of one rule: `diagnose`, `info`, `delete`. */
import type { Command } from 'commander';
import { deleteRule, type DeleteOptions } from '../commands/delete.ts';
import type { StackOptions } from '../commands/deployed.ts';
import { diagnose } from '../commands/diagnose.ts';
import { info, type InfoOptions } from '../commands/info.ts';
import {
  jsonOption,
  ndjsonOption,
  placed,
  quietOption,
  ruleCommand,
  type Typed,
  yesOption,
} from './options.ts';
import { resulting, type Shell, type TellOptions } from './shell.ts';

export function addStack(program: Command, { world, end }: Shell): void {
  ruleCommand(program, 'diagnose', "explain the last failed operation on a rule's stack")
    .option(...ndjsonOption)
    .action(async (rule: string, typed: Typed<StackOptions> & TellOptions) =>
      end(await resulting(world, typed, (tell) => diagnose(rule, placed(typed), world, tell))),
    );

  ruleCommand(
    program,
    'info',
    "show a rule's stack: state, parameters, outputs, alarms and subscriptions",
  )
    .option(...jsonOption)
    .action(async (rule: string, typed: Typed<InfoOptions>) =>
      end(await info(rule, placed(typed), world)),
    );

  ruleCommand(program, 'delete', "delete a rule's stack")
    .option(...yesOption)
    .option(...quietOption)
    .option(...ndjsonOption)
    .option(
      '--force',
      'delete the stack even if some resources cannot be deleted; they stay in the account',
    )
    .action(async (rule: string, typed: Typed<DeleteOptions> & TellOptions) =>
      end(await resulting(world, typed, (tell) => deleteRule(rule, placed(typed), world, tell))),
    );
}
