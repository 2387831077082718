/** The commands that messages suggest, as they are typed. All are built here, so that each does its work where the run did. */
import { commandLine } from '@patrol/core/evaluation';

/** The environment when none is named. */
export const defaultEnvironment = 'production';

/** The file of a fleet when none is named. */
export const fleetFile = 'patrol.yaml';

/** What a suggested command repeats of the run, as far as it is known. */
export interface RunScope {
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  readonly environment?: string | undefined;
  /** The file of the fleet. */
  readonly file?: string | undefined;
  /** The environment that was chosen of several in the file. */
  readonly chosen?: string | undefined;
}

type ScopeOption = Exclude<keyof RunScope, 'chosen'>;

const ofStack: readonly ScopeOption[] = ['region', 'environment', 'profile'];
const ofFleet: readonly ScopeOption[] = ['file', 'profile'];

/** The commands that are suggested, and which options of a run each of them takes. */
export const suggestedCommands = {
  apply: ofFleet,
  delete: ofStack,
  deploy: ofStack,
  describe: [],
  diagnose: ofStack,
  doctor: ofStack,
  failures: ofStack,
  hook: ofStack,
  info: ofStack,
  init: [],
  list: [],
  logs: ofStack,
  mute: ofStack,
  mutes: ofStack,
  plan: ofFleet,
  replay: [],
  save: ofStack,
  try: [],
  unmute: ofStack,
  verify: ofStack,
} as const satisfies Readonly<Record<string, readonly ScopeOption[]>>;

/** How the options are spelled. */
export const scopeOptions: Readonly<Record<ScopeOption, string>> = {
  region: '--region',
  environment: '--env',
  profile: '--profile',
  file: '--file',
};

/** What is used when an option is left out. */
const defaults: RunScope = { environment: defaultEnvironment, file: fleetFile };

/** Some options of a run, but for those that have their defaults. */
const optionsOf = (names: readonly ScopeOption[], scope: RunScope): readonly string[] =>
  names.flatMap((name) => {
    const value = scope[name];
    return value === undefined || value === defaults[name] ? [] : [scopeOptions[name], value];
  });

/**
 * A command of Patrol as it is typed, with the region, environment and profile of the run.
 *
 * @param command its name, and the rule or rules.
 * @param further other options, which come last.
 */
export function patrolCommand(
  [name, ...operands]: readonly [keyof typeof suggestedCommands, ...string[]],
  scope: RunScope = {},
  further: readonly string[] = [],
): string {
  const { chosen } = scope;
  const isOfFile = suggestedCommands[name] === ofFleet && chosen !== undefined;
  const options = [
    ...optionsOf(suggestedCommands[name], scope),
    ...(isOfFile ? [scopeOptions.environment, chosen] : []),
  ];
  // A rule is deployed without the name of a command.
  const words = name === 'deploy' ? operands : [name, ...operands];
  return typed(['patrol-deploy', ...words, ...options, ...further]);
}

/** A command of the AWS CLI as it is typed, with the region and profile of the run. */
export const awsCommand = (words: readonly string[], scope: RunScope = {}): string =>
  typed(['aws', ...words, ...optionsOf(['region', 'profile'], scope)]);

/** The command that turns the protection of a stack against deletion off. */
export const unprotectCommand = (stack: string, scope: RunScope): string => {
  const words = ['update-termination-protection', '--no-enable-termination-protection'];
  return awsCommand(['cloudformation', ...words, '--stack-name', stack], scope);
};

/** Words on one line. Those that a line cannot show are the operator's own, and are repeated as they are. */
export const typed = (words: readonly string[]): string => commandLine(words) ?? words.join(' ');

/**
 * A command on lines that fit a terminal, as far as its words do; a backslash at the end continues each. A command with quoted
 * words stays on one line.
 */
export function folded(command: string, width: number = Infinity): readonly string[] {
  if (command.length <= width || command.includes("'")) return [command];
  const [first = '', ...options] = command.split(/ (?=--)/);
  const lines = [first];
  for (const option of options) {
    const line = `${lines.at(-1)} ${option}`;
    // The continued line ends with a space and a backslash.
    if (line.length + 2 <= width) lines.splice(-1, 1, line);
    else lines.push(`  ${option}`);
  }
  return lines.map((line, index) => (index < lines.length - 1 ? `${line} \\` : line));
}
