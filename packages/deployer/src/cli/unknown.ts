/** What to say of a word that is no command. */
import type { Command } from 'commander';
import { similarRule } from '../packages/assembly.ts';
import type { LookupFrom } from '../packages/lookup.ts';
import { patrolCommand, typed } from '../text/command.ts';
import { UsageError } from '../text/errors.ts';
import { nearest } from '../text/nearest.ts';

/** What other tools call the same, by the name of the command. */
const synonyms: Readonly<Record<string, readonly string[]>> = {
  apply: ['rollout', 'sync'],
  delete: ['destroy', 'down', 'remove', 'rm', 'teardown', 'undeploy', 'uninstall'],
  deploy: ['create', 'install', 'up', 'update', 'upgrade'],
  describe: ['explain', 'man'],
  diagnose: ['debug', 'events', 'why'],
  diff: ['changes', 'compare', 'preview'],
  doctor: ['check', 'preflight'],
  hook: ['register', 'webhook'],
  info: ['get', 'inspect', 'outputs', 'show', 'state', 'status'],
  init: ['new', 'setup'],
  invoke: ['call', 'trigger'],
  list: ['ls', 'rules', 'search'],
  logs: ['log', 'tail'],
  mute: ['quiet', 'silence', 'snooze'],
  mutes: ['silences'],
  save: ['dump', 'export', 'import'],
  try: ['run', 'simulate', 'test'],
  unmute: ['unsilence'],
  verify: ['canary', 'prove'],
};

/** Whether a word can only be the name of a command: rules have a slash in their names. */
export const isCommandWord = (word: string): boolean => /^[A-Za-z][\w-]*$/.test(word);

/** An error about a word that is no command, with the command or rule of the closest name. */
export function unknownCommand(
  word: string,
  rest: readonly string[],
  program: Command,
  from: LookupFrom,
): UsageError {
  const suggested = command(word, program);
  const rule = suggested === undefined ? similarRule(word, from) : undefined;
  const hint =
    suggested !== undefined
      ? `Did you mean \`${usage(suggested, rest)}\`?`
      : rule !== undefined
        ? `Did you mean the rule \`${patrolCommand(['deploy', rule])}\`?`
        : 'A rule is written as <package>/<rule>, such as aws/cloudTrail.';
  return new UsageError(
    `There is no command ${word}. ${hint} \`patrol-deploy --help\` lists the commands.`,
  );
}

/** The command that a word is closest to: by what other tools call it, or by its letters. */
function command(word: string, program: Command): Command | undefined {
  const names = new Map(
    program.commands.flatMap((each) =>
      [each.name(), ...(synonyms[each.name()] ?? [])].map((name) => [name, each] as const),
    ),
  );
  return names.get(word.toLowerCase()) ?? names.get(nearest(word, [...names.keys()]) ?? '');
}

/** A command with what was typed after it, or with what it needs. */
function usage(suggested: Command, rest: readonly string[]): string {
  const name = suggested.name() === 'deploy' ? [] : [suggested.name()];
  if (rest.length > 0) return typed(['patrol-deploy', ...name, ...rest]);
  const needed = [
    ...suggested.registeredArguments.flatMap((each) => (each.required ? [`<${each.name()}>`] : [])),
    ...suggested.options.flatMap((each) => (each.mandatory ? [each.flags] : [])),
  ];
  return ['patrol-deploy', ...name, ...needed].join(' ');
}
