/** The program: all that can be typed, put together. */
import { Command, Help } from 'commander';
import { addDeployment } from './deploy.ts';
import { addFleet } from './fleet.ts';
import { addHook } from './hook.ts';
import { addLocal } from './local.ts';
import { addOperations } from './operations.ts';
import type { Shell } from './shell.ts';
import { addStack } from './stack.ts';
import { version } from './version.ts';

const examples = `
Examples:
  patrol-deploy list
  patrol-deploy describe aws/cloudTrail
  patrol-deploy try aws/cloudTrail
  patrol-deploy aws/cloudTrail --region eu-west-1 --alert-email security@example.com
  patrol-deploy aws/cloudTrail --param disallowedActions=StopLogging,DeleteTrail --yes
  patrol-deploy diff aws/cloudTrail
  patrol-deploy hook github/madePublic --org acme
  patrol-deploy init && patrol-deploy plan && patrol-deploy apply

Exit codes: 0 done or nothing to do, 1 failure, 2 wrong usage, 3 changes pending (diff, plan),
4 another run of apply changes the fleet, 130 interrupted.`;

/** The program with all its commands. */
export function programOf(shell: Shell): Command {
  const { streams } = shell.world;
  const program = new Command('patrol-deploy')
    .description('Deploys Patrol rules to AWS: one CloudFormation stack for each rule.')
    .usage('[options] <rule>\n       patrol-deploy [options] <command>')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => streams.stderr.write(text),
    })
    .addHelpText('after', examples);
  const commands = [addDeployment, addStack, addFleet, addOperations, addHook, addLocal];
  for (const add of commands) add(program, shell);
  // Without the name of a command it deploys, so that its help is that of deploying as well.
  const [deployment] = program.commands;
  return program.configureHelp({
    visibleOptions: (command) => [
      ...(command === program ? (deployment?.options ?? []) : []),
      ...new Help().visibleOptions(command),
    ],
  });
}
