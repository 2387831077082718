/** Commands about the stack of one rule: `diagnose`, `info`, `delete`. */
import type { Command } from 'commander';
import { deleteRule } from '../commands/delete.ts';
import { diagnose } from '../commands/diagnose.ts';
import { info } from '../commands/info.ts';
import {
  jsonOption,
  ndjsonOption,
  ofStack,
  placed,
  quietOption,
  ruleArgument,
  type StackTyped,
  yesOption,
} from './options.ts';
import { resulting, type Shell } from './shell.ts';

interface LookTyped extends StackTyped {
  readonly json?: boolean;
}

interface DeleteTyped extends StackTyped {
  readonly yes?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
  readonly force?: boolean;
}

export function addStack(program: Command, { world, end }: Shell): void {
  ofStack(
    program
      .command('diagnose')
      .description("explain the last failed operation on a rule's stack")
      .argument(...ruleArgument),
  )
    .option(...ndjsonOption)
    .action(async (rule: string, typed: LookTyped) => {
      end(await resulting(world, typed, (tell) => diagnose(rule, placed(typed), world, tell)));
    });

  ofStack(
    program
      .command('info')
      .description("show a rule's stack: state, parameters, outputs, alarms and subscriptions")
      .argument(...ruleArgument),
  )
    .option(...jsonOption)
    .action(async (rule: string, typed: LookTyped) => {
      const { json = false } = typed;
      end(await info(rule, { ...placed(typed), json }, world));
    });

  ofStack(
    program
      .command('delete')
      .description("delete a rule's stack")
      .argument(...ruleArgument),
  )
    .option(...yesOption)
    .option(...quietOption)
    .option(...ndjsonOption)
    .option('--force', 'keep resources in the account that cannot be deleted')
    .action(async (rule: string, typed: DeleteTyped) => {
      const { yes = false, json = false, force = false } = typed;
      const code = await resulting(world, typed, (tell) =>
        deleteRule(rule, { ...placed(typed), yes, json, force }, world, tell),
      );
      end(code);
    });
}
