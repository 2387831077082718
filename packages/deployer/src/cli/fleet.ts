/** Commands about a fleet in one file: `init`, `plan`, `apply`, `save`. */
import type { Command } from 'commander';
import type { ApplyCommand } from '../commands/apply.ts';
import type { FleetCommand } from '../commands/plan.ts';
import type { SaveCommand } from '../commands/save.ts';
import { defaultEnvironment, fleetFile } from '../identity/naming.ts';
import { UsageError } from '../text/errors.ts';
import { separated } from '../text/words.ts';
import { expressOption, readRegion, withOptions } from './options.ts';
import { resulting, type Shell, type TellOptions } from './shell.ts';

/** Which of several environments of a file. Without it the file decides. */
const environmentOption = {
  '--env <name>': {
    says: 'environment, where the file has several (default: that of the file, or production)',
    as: 'environment',
  },
};

const fleetOptions = {
  '--file <path>': { says: 'file that describes the fleet', standard: fleetFile },
  ...environmentOption,
  '--only <rules>': {
    says: 'only these rules, separated by commas; * matches any characters',
    read: separated,
  },
  '--all': 'include all installed rules, even those that the file does not list',
  '--org <units>': {
    says: 'deploy with StackSets to all accounts of these organisational units or the root (IDs, separated by commas); overrides the file',
    read: separated,
    as: 'units',
  },
};

/** @throws UsageError for what is no list of ids of accounts. */
function readAccounts(text: string): readonly string[] {
  const ids = separated(text);
  const isOnce = new Set(ids).size === ids.length;
  if (ids.length > 0 && isOnce && ids.every((id) => /^\d{12}$/.test(id))) return ids;
  throw new UsageError(
    `--accounts: expected ids of accounts, each of 12 digits and once, separated by commas; found ${JSON.stringify(text)}.`,
  );
}

/** The options of a command about a fleet, as they are typed. */
type Typed<Command extends FleetCommand> = Omit<Command, 'prune'> & { readonly prune?: boolean };

export function addFleet(program: Command, { world, end }: Shell): void {
  const beginning = program
    .command('init')
    .description(
      `ask questions and write a first ${fleetFile}: the rules, regions and alert destinations of a fleet`,
    );
  withOptions(beginning, {
    '--file <path>': { says: 'file to write', standard: fleetFile },
  }).action(async ({ file }: { readonly file: string }) => {
    const { init } = await import('../commands/init.ts');
    end(await init(file, world));
  });

  const planning = program
    .command('plan')
    .description('show what `apply` would change in a fleet; exit code 3 if changes are pending');
  const alsoOrphaned = {
    '--prune': 'also plan to delete orphaned stacks: those that the file no longer lists',
  };
  const forReview = { '--markdown': 'write Markdown for a comment on a pull request' };
  withOptions(planning, fleetOptions, 'profile', alsoOrphaned, expressOption);
  withOptions(planning, forReview, 'details', 'json').action(async (typed: Typed<FleetCommand>) => {
    const { planCommand } = await import('../commands/plan.ts');
    end(await planCommand({ prune: false, ...typed }, world));
  });

  const applying = program
    .command('apply')
    .description('deploy a fleet from its file; shows the plan and asks first');
  const orphaned = {
    '--prune': 'also delete orphaned stacks: those that the file no longer lists; asks first',
  };
  const waiting = { '--wait': 'wait while another run of apply changes the fleet' };
  withOptions(applying, fleetOptions, 'profile', orphaned, expressOption);
  withOptions(applying, 'yes', 'downgrade', waiting);
  withOptions(applying, 'details', 'quiet', 'ndjson').action(
    async (typed: Typed<ApplyCommand> & TellOptions) => {
      const { applyCommand } = await import('../commands/apply.ts');
      const command = { prune: false, ...typed };
      end(await resulting(world, typed, (tell) => applyCommand(command, world, tell)));
    },
  );

  const saving = program
    .command('save')
    .description('write the file of a fleet from the rules deployed in one or several accounts')
    .argument('[rule...]', 'only these rules');
  withOptions(
    saving,
    {
      '--region <regions>': {
        says: 'regions to read, separated by commas',
        read: (text) => separated(text).map(readRegion),
        as: 'regions',
      },
    },
    'profile',
    {
      '--env <name>': {
        says: 'environment name, for rules deployed more than once',
        standard: defaultEnvironment,
        as: 'environment',
      },
      '--fleet <name>': { says: 'name of the fleet', standard: 'security' },
      '--output <path>': 'file to write (default: standard output)',
      '--accounts <ids>': {
        says: 'accounts to read, separated by commas (default: that of the credentials)',
        read: readAccounts,
      },
      '--role <name>': 'name of the role to assume in these accounts',
      '--external-id <id>': 'external id that the role asks for',
    },
    'json',
  ).action(async (only: readonly string[], typed: Omit<SaveCommand, 'only'>) => {
    const { save } = await import('../commands/save.ts');
    end(await save({ ...typed, only }, world));
  });
}
