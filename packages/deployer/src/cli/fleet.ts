/** Commands about a fleet in one file: `init`, `plan`, `apply`, `save`. */
import { type Command, Option } from 'commander';
import type { ApplyCommand } from '../commands/apply.ts';
import type { FleetCommand } from '../commands/plan.ts';
import type { SaveCommand } from '../commands/save.ts';
import { defaultEnvironment, fleetFile } from '../identity/naming.ts';
import { separated } from '../text/words.ts';
import {
  downgradeOption,
  jsonOption,
  ndjsonOption,
  profileOption,
  placed,
  quietOption,
  requireRegion,
  type Typed,
  yesOption,
} from './options.ts';
import { resulting, type Shell, type TellOptions } from './shell.ts';

/** The options of a command about a fleet, as they are typed. */
type FleetTyped<Command extends FleetCommand> = Omit<Command, 'units' | 'prune'> & {
  readonly org?: readonly string[];
  readonly prune?: boolean;
};

const ofFleet = (command: Command): Command =>
  command
    .option('--file <path>', 'file that describes the fleet', fleetFile)
    .addOption(
      new Option(
        '--only <rules>',
        'only these rules, separated by commas; * matches any characters',
      ).argParser(separated),
    )
    .option('--all', 'include all installed rules, even those that the file does not list')
    .addOption(
      new Option(
        '--org <units>',
        'deploy with StackSets to all accounts of these organisational units or the root (IDs, separated by commas); overrides the file',
      ).argParser(separated),
    )
    .option(...profileOption);

/** The same as the command takes them. */
const asked = <T extends FleetTyped<FleetCommand>>({ org, ...typed }: T) => ({
  prune: false,
  units: org,
  ...typed,
});

type SaveTyped = Typed<Omit<SaveCommand, 'regions' | 'only'>> & {
  readonly region?: readonly string[];
};

export function addFleet(program: Command, { world, end }: Shell): void {
  program
    .command('init')
    .description(`ask questions and write a first ${fleetFile}, with a JSON schema for editors`)
    .option('--file <path>', 'file to write', fleetFile)
    .action(async ({ file }: { readonly file: string }) => {
      const { init } = await import('../commands/init.ts');
      end(await init(file, world));
    });

  ofFleet(
    program
      .command('plan')
      .description('show what `apply` would change in a fleet; exit code 3 if changes are pending'),
  )
    .option('--prune', 'also plan to delete orphaned stacks: those that the file no longer lists')
    .option(...jsonOption)
    .action(async (typed: FleetTyped<FleetCommand>) => {
      const { planCommand } = await import('../commands/plan.ts');
      end(await planCommand(asked(typed), world));
    });

  ofFleet(
    program
      .command('apply')
      .description('deploy a fleet from its file; shows the plan and asks first'),
  )
    .option(
      '--prune',
      'also delete orphaned stacks: those that the file no longer lists; asks first',
    )
    .option(...yesOption)
    .option(...downgradeOption)
    .option('--wait', 'wait while another run of apply changes the fleet')
    .option(...quietOption)
    .option(...ndjsonOption)
    .action(async (typed: FleetTyped<ApplyCommand> & TellOptions) => {
      const { applyCommand } = await import('../commands/apply.ts');
      end(await resulting(world, typed, (tell) => applyCommand(asked(typed), world, tell)));
    });

  program
    .command('save')
    .description('write the file of a fleet from the rules deployed in an account')
    .argument('[rule...]', 'only these rules')
    .addOption(
      new Option('--region <regions>', 'regions to read, separated by commas').argParser(separated),
    )
    .option(...profileOption)
    .option(
      '--env <name>',
      'environment name, for rules deployed more than once',
      defaultEnvironment,
    )
    .option('--fleet <name>', 'name of the fleet', 'security')
    .option('--output <path>', 'file to write (default: standard output)')
    .action(async (only: readonly string[], { region: regions = [], ...typed }: SaveTyped) => {
      for (const region of regions) requireRegion(region);
      const { save } = await import('../commands/save.ts');
      end(await save({ ...placed(typed), regions, only }, world));
    });
}
