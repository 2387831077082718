/** Arguments and options that several commands have, and what they say. */
import { type Command, Option } from 'commander';
import type { CloudOptions } from '../cloud/options.ts';
import { defaultEnvironment } from '../identity/naming.ts';
import { UsageError } from '../text/errors.ts';

export const ruleArgument = ['<rule>', 'rule, such as aws/cloudTrail or ./my-rules/x'] as const;

export const eventArgument = [
  '[event]',
  "file with the event, or - for standard input (default: the rule's sample)",
] as const;

/** Keeps every value of an option that can be repeated. */
export const collect = (value: string, before: readonly string[]): readonly string[] => [
  ...before,
  value,
];

export const paramOption = (): Option =>
  new Option('--param <name=value>', 'value for a parameter of the rule; repeatable')
    .argParser(collect)
    .default([], 'none');

export const profileOption = ['--profile <profile>', 'profile in ~/.aws/config'] as const;
export const yesOption = ['--yes', 'do not ask'] as const;
export const downgradeOption = [
  '--allow-downgrade',
  'let an older installed version of a rule replace a newer deployed one',
] as const;
export const dryRunOption = ['--dry-run', 'show what would change, and change nothing'] as const;
export const quietOption = ['--quiet', 'write only errors and the result'] as const;
export const ndjsonOption = ['--json', 'write NDJSON; the last line is the result'] as const;
export const jsonOption = ['--json', 'write JSON'] as const;

/** @throws UsageError for what cannot be the name of a region. */
export function requireRegion(text: string | undefined): void {
  if (text === undefined || /^[a-z]+(-[a-z]+)+-\d+$/.test(text)) return;
  throw new UsageError(
    `--region expects a region, such as eu-west-1; found ${JSON.stringify(text)}.`,
  );
}

export const inAws = (command: Command): Command =>
  command
    .option('--region <region>', 'AWS region (default: AWS_REGION, or the region of the profile)')
    .option(...profileOption);

export const ofStack = (command: Command): Command =>
  inAws(command).option(
    '--env <name>',
    'environment name, for a rule deployed more than once',
    defaultEnvironment,
  );

export const ofRule = (command: Command): Command => ofStack(command.argument(...ruleArgument));

/** Adds a command about the stack of one rule. */
export const ruleCommand = (program: Command, name: string, says: string): Command =>
  ofRule(program.command(name).description(says));

/** The options of a command about a stack, as they are typed. */
export type Typed<Options> = Omit<Options, 'environment'> & { readonly env: string };

/**
 * The same as the command takes them.
 *
 * @throws UsageError for what cannot be the name of a region.
 */
export function placed<T extends Typed<CloudOptions>>({
  env,
  ...options
}: T): Omit<T, 'env'> & { readonly environment: string } {
  requireRegion(options.region);
  return { ...options, environment: env };
}
