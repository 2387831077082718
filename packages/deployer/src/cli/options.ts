/** Arguments and options that several commands have, and what they say. */
import { type Command, Option } from 'commander';
import type { CloudOptions } from '../cloud/options.ts';
import { defaultEnvironment } from '../identity/naming.ts';
import { UsageError } from '../text/errors.ts';

export const ruleArgument = ['<rule>', 'the rule, as in aws/cloudTrail or ./my-rules/x'] as const;

export const eventArgument = [
  '[event]',
  "a file with the event, or - for standard input; otherwise the rule's sample",
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
  new Option('--param <name=value>', "one of the rule's parameters; can be repeated")
    .argParser(collect)
    .default([], 'none');

export const profileOption = ['--profile <profile>', 'a profile of ~/.aws/config'] as const;
export const yesOption = ['--yes', 'do it without asking'] as const;
export const quietOption = ['--quiet', 'write errors and the result only'] as const;
export const ndjsonOption = ['--json', 'write NDJSON; the last line is the result'] as const;
export const jsonOption = ['--json', 'write JSON'] as const;

/** The options of every command that goes to AWS. */
export interface CloudTyped {
  readonly region?: string;
  readonly profile?: string;
}

export const inAws = (command: Command): Command =>
  command
    .option('--region <region>', 'the region; otherwise AWS_REGION, or that of the profile')
    .option(...profileOption);

/** Where in AWS, and as whom. */
export function where({ region, profile }: CloudTyped): CloudOptions {
  if (region !== undefined && !/^[a-z]+(-[a-z]+)+-\d+$/.test(region)) {
    throw new UsageError(
      `--region expects a region such as eu-west-1; found ${JSON.stringify(region)}.`,
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
    'which of several deployments of the rule',
    defaultEnvironment,
  );

/** Which deployment is meant, and where it is. */
export const placed = (typed: StackTyped): CloudOptions & { readonly environment: string } => ({
  environment: typed.env,
  ...where(typed),
});
