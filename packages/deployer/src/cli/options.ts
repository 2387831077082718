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

/** Reads an option whose values are separated by commas. */
export const separated = (text: string): readonly string[] =>
  text
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean);

export const paramOption = (): Option =>
  new Option('--param <name=value>', 'value for a parameter of the rule; repeatable')
    .argParser(collect)
    .default([], 'none');

export const profileOption = ['--profile <profile>', 'profile in ~/.aws/config'] as const;
export const yesOption = ['--yes', 'do not ask'] as const;
export const downgradeOption = [
  '--allow-downgrade',
  'replace a newer version of a rule by the installed one',
] as const;
export const dryRunOption = ['--dry-run', 'show what would change, and change nothing'] as const;
export const quietOption = ['--quiet', 'write only errors and the result'] as const;
export const ndjsonOption = ['--json', 'write NDJSON; the last line is the result'] as const;
export const jsonOption = ['--json', 'write JSON'] as const;

/** The options of every command that goes to AWS. */
export interface CloudTyped {
  readonly region?: string;
  readonly profile?: string;
}

export const inAws = (command: Command): Command =>
  command
    .option('--region <region>', 'AWS region (default: AWS_REGION, or the region of the profile)')
    .option(...profileOption);

/** Where in AWS, and as whom. */
export function where({ region, profile }: CloudTyped): CloudOptions {
  if (region !== undefined && !/^[a-z]+(-[a-z]+)+-\d+$/.test(region)) {
    throw new UsageError(
      `--region expects a region, such as eu-west-1; found ${JSON.stringify(region)}.`,
    );
  }
  return {
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
  };
}

/** The options of every command that is about a stack. */
export interface StackTyped extends CloudTyped {
  readonly env: string;
}

export const ofStack = (command: Command): Command =>
  inAws(command).option(
    '--env <name>',
    'environment name, for a rule deployed more than once',
    defaultEnvironment,
  );

/** Which deployment a command is about, and where it is. */
export const placed = (typed: StackTyped): CloudOptions & { readonly environment: string } => ({
  environment: typed.env,
  ...where(typed),
});
