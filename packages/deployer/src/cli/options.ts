/** Arguments and options that several commands have, and what they say. */
import { type Command, Option } from 'commander';
import { requireRegion } from '../cloud/regions.ts';
import { defaultEnvironment } from '../identity/naming.ts';
import { UsageError } from '../text/errors.ts';

export const ruleArgument = ['<rule>', 'rule, such as aws/cloudTrail or ./my-rules/x'] as const;

export const eventArgument = [
  '[event]',
  "file with the event, or - for standard input (default: the rule's sample)",
] as const;

/** An option that can be repeated: it keeps every value. */
export const repeated = (flags: string, says: string): Option =>
  new Option(flags, says).argParser(another).default([], 'none');

const another = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  value,
];

export const paramOption: Option = repeated(
  '--param <name=value>',
  'value for a parameter of the rule; repeatable',
);

/** An option. */
interface About {
  readonly says: string;
  /** What it is when left out. */
  readonly standard?: string | boolean;
  /** Whether it must be given. */
  readonly mandatory?: true;
  /** Whether it can be repeated, and keeps every value. */
  readonly repeats?: true;
  /** @throws UsageError for a value that cannot be used. */
  readonly read?: (value: string) => unknown;
  /** The name that the command knows it by, where that is another one. */
  readonly as?: string;
}

/** Options by how they are typed. Of most there is nothing more than what they say. */
type Options = Readonly<Record<string, string | About>>;

/** @throws UsageError for what cannot be the name of a region. */
export const readRegion = (text: string): string => requireRegion(text, '--region');

/** Options that several commands have. */
const shared = {
  region: {
    '--region <region>': {
      says: 'AWS region (default: AWS_REGION, or the region of the profile)',
      read: readRegion,
    },
  },
  profile: { '--profile <profile>': 'profile in ~/.aws/config' },
  env: {
    '--env <name>': {
      says: 'environment name, for a rule deployed more than once',
      standard: defaultEnvironment,
      as: 'environment',
    },
  },
  yes: { '--yes': 'do not ask' },
  downgrade: {
    '--allow-downgrade': 'let an older installed version of a rule replace a newer deployed one',
  },
  dryRun: { '--dry-run': 'show what would change, and change nothing' },
  details: {
    '--details': 'also show what is only counted, such as tags, hashes, defaults and events',
  },
  quiet: { '--quiet': 'write only errors and the result' },
  ndjson: { '--json': 'write NDJSON; the last line is the result' },
  json: { '--json': 'write JSON' },
} as const satisfies Record<string, Options>;

/** Shared options by name, and others. */
export type OptionList = readonly (keyof typeof shared | Options)[];

/** Adds options in their order. */
export function withOptions(command: Command, ...options: OptionList): Command {
  const all = options.map((each): Options => (typeof each === 'string' ? shared[each] : each));
  for (const [flags, about] of all.flatMap(Object.entries<string | About>)) {
    const { says, standard, mandatory, repeats, read, as }: About =
      typeof about === 'string' ? { says: about } : about;
    const option = new Option(flags, says);
    if (standard !== undefined) option.default(standard);
    // Commander would take the last one, and drop the others without a word.
    let isGiven = false;
    if (repeats) option.argParser(another);
    else if (option.required || option.optional) {
      option.argParser((value) => {
        if (isGiven) throw new UsageError(`${option.long} was given twice. It takes one value.`);
        isGiven = true;
        return read ? read(value) : value;
      });
    }
    if (mandatory) option.makeOptionMandatory();
    if (as !== undefined) option.attributeName = () => as;
    command.addOption(option);
  }
  return command;
}

/** What CloudFormation's express mode is. */
export const expressOption: Options = {
  '--express':
    'use the express mode of CloudFormation: faster, and done before all resources are ready',
};

/** Whether somebody typed the environment. A file that is named may say another than the usual one. */
export const isChosen = (command: Command): boolean =>
  command.getOptionValueSource('environment') !== 'default';

export const ofStack = (command: Command): Command =>
  withOptions(command, 'region', 'profile', 'env');

export const ofRule = (command: Command): Command => ofStack(command.argument(...ruleArgument));
