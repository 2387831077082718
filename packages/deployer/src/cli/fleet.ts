/** Commands about a fleet in one file: `init`, `plan`, `apply`, `save`. */
import type { Command } from 'commander';
import type { ApplyCommand } from '../commands/apply.ts';
import type { FleetCommand } from '../commands/plan.ts';
import type { SaveCommand } from '../commands/save.ts';
import { defaultEnvironment, fleetFile } from '../identity/naming.ts';
import { separated } from '../text/words.ts';
import { placed, requireRegion, type Typed, withOptions } from './options.ts';
import { resulting, type Shell, type TellOptions } from './shell.ts';

/** The options of a command about a fleet, as they are typed. */
type FleetTyped<Command extends FleetCommand> = Omit<Command, 'units' | 'prune'> & {
  readonly org?: readonly string[];
  readonly prune?: boolean;
};

const fleetOptions = {
  '--file <path>': ['file that describes the fleet', fleetFile],
  '--only <rules>': ['only these rules, separated by commas; * matches any characters', separated],
  '--all': 'include all installed rules, even those that the file does not list',
  '--org <units>': [
    'deploy with StackSets to all accounts of these organisational units or the root (IDs, separated by commas); overrides the file',
    separated,
  ],
} as const;

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

  const planning = program
    .command('plan')
    .description('show what `apply` would change in a fleet; exit code 3 if changes are pending');
  const alsoOrphaned = {
    '--prune': 'also plan to delete orphaned stacks: those that the file no longer lists',
  };
  withOptions(planning, fleetOptions, 'profile', alsoOrphaned, 'json').action(
    async (typed: FleetTyped<FleetCommand>) => {
      const { planCommand } = await import('../commands/plan.ts');
      end(await planCommand(asked(typed), world));
    },
  );

  const applying = program
    .command('apply')
    .description('deploy a fleet from its file; shows the plan and asks first');
  const orphaned = {
    '--prune': 'also delete orphaned stacks: those that the file no longer lists; asks first',
  };
  const waiting = { '--wait': 'wait while another run of apply changes the fleet' };
  withOptions(applying, fleetOptions, 'profile', orphaned, 'yes', 'downgrade', waiting);
  withOptions(applying, 'quiet', 'ndjson').action(
    async (typed: FleetTyped<ApplyCommand> & TellOptions) => {
      const { applyCommand } = await import('../commands/apply.ts');
      end(await resulting(world, typed, (tell) => applyCommand(asked(typed), world, tell)));
    },
  );

  const saving = program
    .command('save')
    .description('write the file of a fleet from the rules deployed in an account')
    .argument('[rule...]', 'only these rules')
    .option('--region <regions>', 'regions to read, separated by commas', separated);
  withOptions(saving, 'profile', {
    '--env <name>': ['environment name, for rules deployed more than once', defaultEnvironment],
    '--fleet <name>': ['name of the fleet', 'security'],
    '--output <path>': 'file to write (default: standard output)',
  }).action(async (only: readonly string[], { region: regions = [], ...typed }: SaveTyped) => {
    for (const region of regions) requireRegion(region);
    const { save } = await import('../commands/save.ts');
    end(await save({ ...placed(typed), regions, only }, world));
  });
}
