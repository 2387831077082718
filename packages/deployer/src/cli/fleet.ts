/** Commands about a fleet in one file: `init`, `plan`, `apply`, `save`. */
import { type Command, Option } from 'commander';
import type { FleetCommand } from '../commands/plan.ts';
import { defaultEnvironment, fleetFile } from '../identity/naming.ts';
import {
  downgradeOption,
  jsonOption,
  ndjsonOption,
  profileOption,
  quietOption,
  separated,
  where,
  yesOption,
} from './options.ts';
import { resulting, type Shell } from './shell.ts';

interface InitTyped {
  readonly file: string;
}

/** The options of `plan`, and some of those of `apply`. */
interface PlanTyped {
  readonly file: string;
  readonly only?: readonly string[];
  readonly all?: boolean;
  readonly org?: readonly string[];
  readonly prune?: boolean;
  readonly profile?: string;
  readonly json?: boolean;
}

interface ApplyTyped extends PlanTyped {
  readonly yes?: boolean;
  readonly wait?: boolean;
  readonly allowDowngrade?: boolean;
  readonly quiet?: boolean;
}

interface SaveTyped {
  readonly region?: readonly string[];
  readonly profile?: string;
  readonly env: string;
  readonly fleet: string;
  readonly output?: string;
}

const ofFleet = (command: Command): Command =>
  command
    .option('--file <path>', 'file that describes the fleet', fleetFile)
    .addOption(
      new Option(
        '--only <rules>',
        'only these rules, separated by commas; * matches any characters',
      ).argParser(separated),
    )
    .option('--all', 'all installed rules, even those that the file does not list')
    .addOption(
      new Option(
        '--org <units>',
        'deploy to all accounts of these organisational units (or the root) with StackSets; overrides the file; separated by commas',
      ).argParser(separated),
    )
    .option(...profileOption);

const fleetOf = (typed: PlanTyped): FleetCommand => ({
  file: typed.file,
  prune: typed.prune === true,
  json: typed.json === true,
  all: typed.all === true,
  ...(typed.org === undefined ? {} : { units: typed.org }),
  ...(typed.only === undefined ? {} : { only: typed.only }),
  ...(typed.profile === undefined ? {} : { profile: typed.profile }),
});

export function addFleet(program: Command, { world, end }: Shell): void {
  program
    .command('init')
    .description(`ask questions and write a first ${fleetFile}, with a JSON schema for editors`)
    .option('--file <path>', 'file to write', fleetFile)
    .action(async ({ file }: InitTyped) => {
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
    .action(async (typed: PlanTyped) => {
      const { planCommand } = await import('../commands/plan.ts');
      end(await planCommand(fleetOf(typed), world));
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
    .action(async (typed: ApplyTyped) => {
      const { applyCommand } = await import('../commands/apply.ts');
      const { yes = false, wait = false, allowDowngrade = false } = typed;
      const options = { ...fleetOf(typed), yes, wait, allowDowngrade };
      end(await resulting(world, typed, (tell) => applyCommand(options, world, tell)));
    });

  program
    .command('save')
    .description('write the rules deployed in an account as the file of a fleet')
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
    .action(async (only: readonly string[], typed: SaveTyped) => {
      const { region, profile, env, fleet, output } = typed;
      const { save } = await import('../commands/save.ts');
      const regions = (region ?? []).map((each) => where({ region: each }).region ?? each);
      const options = {
        environment: env,
        fleet,
        regions,
        ...(only.length === 0 ? {} : { only }),
        ...(profile === undefined ? {} : { profile }),
        ...(output === undefined ? {} : { output }),
      };
      end(await save(options, world));
    });
}
