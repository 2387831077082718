/** The program: all that can be typed, put together. */
import { Command, Help } from 'commander';
import { addDeployment } from './deploy.ts';
import { addFleet } from './fleet.ts';
import { addLocal } from './local.ts';
import type { Shell } from './shell.ts';
import { addOperations, addStack } from './stack.ts';
import { version } from './version.ts';

/** How wide the help is where it goes to no terminal. */
const narrow = 80;

const examples = `
Examples:
  patrol-deploy list
  patrol-deploy describe aws/cloudTrail
  patrol-deploy try aws/cloudTrail
  patrol-deploy aws/cloudTrail --region eu-west-1 --alert-email security@example.com
  patrol-deploy aws/cloudTrail --param disallowedActions=StopLogging,DeleteTrail --yes
  patrol-deploy diff aws/cloudTrail
  patrol-deploy hook github/madePublic --org acme
  patrol-deploy init
  patrol-deploy plan
  patrol-deploy apply

Exit codes:
  0    done, or nothing to do
  1    failed
  2    wrong usage
  3    changes are pending (diff, plan)
  4    another run of apply is changing the fleet
  5    nothing to do, but a subscription is not confirmed (plan)
  130  interrupted`;

/** The program with all its commands. */
export function programOf(shell: Shell): Command {
  const { streams } = shell.world;
  const program = new Command('patrol-deploy')
    .description('Deploys Patrol rules to AWS, each as one CloudFormation stack.')
    .usage('[options] <rule>\n       patrol-deploy [options] <command>')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => streams.stderr.write(text),
      getOutHelpWidth: () => streams.stdout.columns ?? narrow,
      getErrHelpWidth: () => streams.stdout.columns ?? narrow,
    })
    .addHelpText('after', examples);
  const commands = [addDeployment, addStack, addFleet, addOperations, addLocal];
  for (const add of commands) add(program, shell);
  // Without the name of a command it deploys, so its help has the options of deploying as well. They are none of its own:
  // commander would suggest them for options of other commands.
  const [deployment] = program.commands;
  return program.configureHelp({
    formatHelp: (command, help) => {
      const own = help.visibleOptions(command);
      const shown = command === program ? [...(deployment?.options ?? []), ...own] : own;
      return new Help().formatHelp(command, Object.assign(help, { visibleOptions: () => shown }));
    },
  });
}
