/** Commands that need no AWS: `list`, `describe`, `try`, `replay`. */
import type { Command } from 'commander';
import type { CloudOptions } from '../cloud/options.ts';
import { describe } from '../commands/describe.ts';
import { list } from '../commands/list.ts';
import type { World } from '../commands/world.ts';
import { type Artifact, findArtifact } from '../packages/assembly.ts';
import { runner } from '../packages/runner.ts';
import { UsageError } from '../text/errors.ts';
import { printable } from '../text/printable.ts';
import { parseParams } from '../want/settings.ts';
import { eventArgument, paramOption, ruleArgument, withOptions } from './options.ts';
import type { Shell } from './shell.ts';

interface JsonTyped {
  readonly json?: boolean;
}

/** The options of commands that run a rule here. */
interface RunTyped extends CloudOptions, JsonTyped {
  readonly param: readonly string[];
  readonly live?: boolean;
}

/** Adds a command that runs a rule here. */
const ofRun = (command: Command): Command =>
  withOptions(
    command.addOption(paramOption),
    { '--live': 'let the rule query AWS or GitHub with your own credentials; no alert is sent' },
    'region',
    'profile',
  );

/** The operator's own credentials where they are wanted. */
async function liveOf(world: World, { region, profile, live }: RunTyped, { rule }: Artifact) {
  if (live === true) {
    if (rule.asks) return world.live({ region, profile });
    const note = `${rule.name} queries nothing before it decides, so --live has no effect.\n`;
    world.streams.stderr.write(printable(note));
    return undefined;
  }
  if (region === undefined && profile === undefined) return undefined;
  throw new UsageError(
    '--region and --profile need --live: they say where the rule queries AWS, and with which credentials.',
  );
}

/** What `try` and `replay` are told alike. */
async function runOf(rule: string, typed: RunTyped, world: World) {
  const { param, json = false } = typed;
  const parameters = parseParams(param);
  const artifact = findArtifact(rule, world);
  const live = await liveOf(world, typed, artifact);
  const { name, version } = artifact.assembly.manifest.package;
  world.streams.stderr.write(
    printable(
      `The code of ${name} ${version} runs on this machine with your rights. It can do whatever you can.\n`,
    ),
  );
  const { cwd, command } = world;
  return { artifact, parameters, json, cwd, command, live };
}

export function addLocal(program: Command, { world, end }: Shell): void {
  const { streams, environment } = world;
  const listing = program.command('list').description('list the rules of the installed packages');
  withOptions(listing, 'json').action((typed: JsonTyped) => end(list(typed, world)));

  const description = program
    .command('describe')
    .description('describe a rule: triggers, parameters, permissions, and its runbook')
    .argument(...ruleArgument);
  withOptions(description, 'json').action((rule: string, typed: JsonTyped) =>
    end(describe(rule, typed, world)),
  );

  const trial = ofRun(
    program
      .command('try')
      .description('run a rule on this machine, without AWS, on one event')
      .argument(...ruleArgument)
      .argument(...eventArgument),
  );
  withOptions(trial, 'json').action(
    async (rule: string, event: string | undefined, typed: RunTyped) => {
      const run = await runOf(rule, typed, world);
      const { tryRule } = await import('../commands/try.ts');
      const { assembly } = run.artifact;
      const typedBefore = runner(environment['npm_config_user_agent'], assembly);
      end(await tryRule({ ...run, runner: typedBefore, event }, streams));
    },
  );

  const replaying = ofRun(
    program
      .command('replay')
      .description('run a rule on this machine, without AWS, on recorded events')
      .argument(...ruleArgument)
      .argument(
        '[path...]',
        'files or folders with events (.json, .ndjson, .jsonl, .gz), or - for standard input',
      ),
  );
  withOptions(replaying, 'ndjson').action(
    async (rule: string, paths: readonly string[], typed: RunTyped) => {
      const run = await runOf(rule, typed, world);
      const { replay } = await import('../commands/replay.ts');
      end(await replay({ ...run, paths }, streams));
    },
  );
}
