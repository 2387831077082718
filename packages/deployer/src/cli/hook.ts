/** `patrol-deploy hook <rule> --org NAME`. */
import type { Command } from 'commander';
import { hook } from '../commands/hook.ts';
import { isApiUrl } from '../github/github.ts';
import { UsageError } from '../text/errors.ts';
import {
  dryRunOption,
  ndjsonOption,
  ofStack,
  placed,
  quietOption,
  ruleArgument,
  type StackTyped,
  yesOption,
} from './options.ts';
import { resulting, type Shell } from './shell.ts';

interface HookTyped extends StackTyped {
  readonly org: string;
  readonly url?: string;
  readonly redeliver?: boolean;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** The organisation, and which GitHub it is at. */
function atGitHub({ org, url }: HookTyped): { readonly org: string; readonly url?: string } {
  if (!/^[A-Za-z\d](?:[A-Za-z\d_-]*[A-Za-z\d])?$/.test(org)) {
    throw new UsageError(
      `--org expects the name of the organisation in its GitHub URL, such as acme; found ${JSON.stringify(org)}.`,
    );
  }
  if (url !== undefined && !isApiUrl(url)) {
    throw new UsageError(
      `--url expects the https:// URL of a GitHub Enterprise Server API, such as https://github.example.com/api/v3; found ${JSON.stringify(url)}.`,
    );
  }
  return url === undefined ? { org } : { org, url };
}

const tokenHelp = `
The command needs a GitHub token. It reads GH_TOKEN or GITHUB_TOKEN.
With --url it reads GH_ENTERPRISE_TOKEN or GITHUB_ENTERPRISE_TOKEN.
Without them it asks.`;

export function addHook(program: Command, { world, end }: Shell): void {
  ofStack(
    program
      .command('hook')
      .description(
        'register the webhook of a deployed rule with a GitHub organisation, and test it',
      )
      .argument(...ruleArgument)
      .requiredOption('--org <name>', 'GitHub organisation'),
  )
    .option('--url <url>', 'API of a GitHub Enterprise Server: https://HOST/api/v3')
    .option('--redeliver', 'send failed deliveries of the last three days again')
    .option(...yesOption)
    .option(...dryRunOption)
    .option(...quietOption)
    .option(...ndjsonOption)
    .addHelpText('after', tokenHelp)
    .action(async (rule: string, typed: HookTyped) => {
      const { redeliver = false, yes = false, json = false, dryRun = false } = typed;
      const code = await resulting(world, typed, (tell) => {
        const options = { ...placed(typed), ...atGitHub(typed), redeliver, yes, json, dryRun };
        return hook(rule, options, world, tell);
      });
      end(code);
    });
}
