/** `patrol-deploy hook <rule> --org NAME`. */
import type { Command } from 'commander';
import { hook } from '../commands/hook.ts';
import { isApiUrl } from '../github/github.ts';
import { UsageError } from '../text/errors.ts';
import {
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
      `--org expects the name of an organisation as it stands in its address, such as acme; found ${JSON.stringify(org)}.`,
    );
  }
  if (url !== undefined && !isApiUrl(url)) {
    throw new UsageError(
      `--url expects the API of a GitHub Enterprise Server at an address that begins with https://, such as https://github.example.com/api/v3; found ${JSON.stringify(url)}.`,
    );
  }
  return url === undefined ? { org } : { org, url };
}

export function addHook(program: Command, { world, end }: Shell): void {
  ofStack(
    program
      .command('hook')
      .description(
        'register the webhook of a deployed rule with a GitHub organisation, and check it; takes a token from GH_TOKEN or GITHUB_TOKEN (for a server of your own from GH_ENTERPRISE_TOKEN or GITHUB_ENTERPRISE_TOKEN), or asks',
      )
      .argument(...ruleArgument)
      .requiredOption('--org <name>', 'the organisation'),
  )
    .option('--url <url>', 'the API of a GitHub Enterprise Server: https://HOST/api/v3')
    .option('--redeliver', 'have failed deliveries of the last three days sent once more')
    .option(...yesOption)
    .option('--dry-run', 'show what would be done; changes nothing')
    .option(...quietOption)
    .option(...ndjsonOption)
    .action(async (rule: string, typed: HookTyped) => {
      const { redeliver = false, yes = false, json = false, dryRun = false } = typed;
      const code = await resulting(world, typed, (tell) => {
        const options = { ...placed(typed), ...atGitHub(typed), redeliver, yes, json, dryRun };
        return hook(rule, options, world, tell);
      });
      end(code);
    });
}
