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

/** An option that can be repeated: it keeps every value. */
export const repeated = (flags: string, says: string): Option =>
  new Option(flags, says)
    .argParser((value, before: readonly string[]) => [...before, value])
    .default([], 'none');

export const paramOption: Option = repeated(
  '--param <name=value>',
  'value for a parameter of the rule; repeatable',
);

/** Options by how they are typed: what they say, and what they are when left out, or how their value is read. */
type Options = Readonly<Record<string, string | readonly [says: string, string | Reader]>>;
type Reader = (value: string) => unknown;

/** Options that several commands have. */
const shared = {
  region: {
    '--region <region>': 'AWS region (default: AWS_REGION, or the region of the profile)',
  },
  profile: { '--profile <profile>': 'profile in ~/.aws/config' },
  env: {
    '--env <name>': ['environment name, for a rule deployed more than once', defaultEnvironment],
  },
  yes: { '--yes': 'do not ask' },
  downgrade: {
    '--allow-downgrade': 'let an older installed version of a rule replace a newer deployed one',
  },
  dryRun: { '--dry-run': 'show what would change, and change nothing' },
  quiet: { '--quiet': 'write only errors and the result' },
  ndjson: { '--json': 'write NDJSON; the last line is the result' },
  json: { '--json': 'write JSON' },
} as const satisfies Record<string, Options>;

/** Shared options by name, and others. */
export type OptionList = readonly (keyof typeof shared | Options)[];

/** Adds options in their order. */
export function withOptions(command: Command, ...options: OptionList): Command {
  const all = options.map((each): Options => (typeof each === 'string' ? shared[each] : each));
  for (const [flags, about] of all.flatMap(Object.entries<Options[string]>)) {
    const [says, more]: readonly [string, (string | Reader)?] =
      typeof about === 'string' ? [about] : about;
    const option = new Option(flags, says);
    if (typeof more === 'function') option.argParser(more);
    command.addOption(typeof more === 'string' ? option.default(more) : option);
  }
  return command;
}

/** @throws UsageError for what cannot be the name of a region. */
export function requireRegion(text: string | undefined): void {
  if (text === undefined || /^[a-z]+(-[a-z]+)+-\d+$/.test(text)) return;
  throw new UsageError(
    `--region expects a region, such as eu-west-1; found ${JSON.stringify(text)}.`,
  );
}

export const ofStack = (command: Command): Command =>
  withOptions(command, 'region', 'profile', 'env');

export const ofRule = (command: Command): Command => ofStack(command.argument(...ruleArgument));

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
