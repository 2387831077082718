/** `patrol-deploy hook <rule> --org NAME`. */
import type { Command } from 'commander';
import { hook, type HookOptions } from '../commands/hook.ts';
import { isApiUrl } from '../github/github.ts';
import { UsageError } from '../text/errors.ts';
import {
  dryRunOption,
  ndjsonOption,
  ofRule,
  placed,
  quietOption,
  type Typed,
  yesOption,
} from './options.ts';
import { resulting, type Shell, type TellOptions } from './shell.ts';

/** @throws UsageError for what cannot be the login of an organisation, or an API that a token may be sent to. */
function requireGitHub({ org, url }: Pick<HookOptions, 'org' | 'url'>): void {
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
}

const tokenHelp = `
The command needs a GitHub token. It reads GH_TOKEN or GITHUB_TOKEN.
With --url it reads GH_ENTERPRISE_TOKEN or GITHUB_ENTERPRISE_TOKEN.
Without them it asks.`;

export function addHook(program: Command, { world, end }: Shell): void {
  ofRule(
    program
      .command('hook')
      .description(
        'register the webhook of a deployed rule with a GitHub organisation, and test it',
      )
      .requiredOption('--org <name>', 'GitHub organisation'),
  )
    .option('--url <url>', 'API of a GitHub Enterprise Server: https://HOST/api/v3')
    .option('--redeliver', 'send failed deliveries of the last three days again')
    .option(...yesOption)
    .option(...dryRunOption)
    .option(...quietOption)
    .option(...ndjsonOption)
    .addHelpText('after', tokenHelp)
    .action(async (rule: string, typed: Typed<HookOptions> & TellOptions) =>
      end(
        await resulting(world, typed, (tell) => {
          const options = placed(typed);
          requireGitHub(options);
          return hook(rule, options, world, tell);
        }),
      ),
    );
}
