/** Each command in a terminal: docs/transcripts holds what a person reads there. */
import {
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudTrailClient,
  CreateTrailCommand,
  StartLoggingCommand,
} from '@aws-sdk/client-cloudtrail';
import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { ConfirmSubscriptionCommand, CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  credentialOf,
  hold,
  type Keys,
  keysOf,
  operator,
  settings,
  stackOutput,
  webhookAddress,
} from './support/cloud.ts';
import { masked, masks, unusedMasks } from './support/masks.ts';
import { manager, type Organization, startOrganization } from './support/organization.ts';
import { asked, columns, rowsOf, type Step, Terminal } from './support/terminal.ts';
import { must, root } from './support/tools.ts';
import { deliver, gitHubWebhooks, type WebhooksStandIn } from './support/webhooks.ts';

const pages = join(root, 'docs/transcripts');
const index: string[] = [];

/** A page with what is to be read in a terminal. */
function page(name: string, shows: string, read: () => Promise<readonly string[]>): void {
  index.push(`- [${name}](${name}.txt): ${shows}`);
  test(name, async () => {
    const lines = await read();
    // Nothing, where the command that was to be looked at did not run.
    expect(lines).not.toEqual([]);
    const text = rowsOf(masked(lines.join('\n')).split('\n')).join('\n');
    await expect(`${text}\n`).toMatchFileSnapshot(join(pages, `${name}.txt`));
  });
}

/** A page with commands in a terminal of their own. */
function transcript(
  name: string,
  shows: string,
  type: (terminal: Terminal) => Promise<void>,
  env: () => NodeJS.ProcessEnv = () => ({}),
): void {
  page(name, shows, async () => {
    const terminal = new Terminal(folder, { ...operator(alice), ...env() });
    await type(terminal);
    expect(terminal.hasCursor).toBe(true);
    return terminal.lines();
  });
}

/** A page with one command. */
const command = (name: string, shows: string, typed: string, ...steps: readonly Step[]): void =>
  transcript(name, shows, (terminal) => terminal.run(typed, ...steps));

/** Ctrl-U: takes away what stands in the line already. */
const clear = '\u0015';

/** Ticks items of a list, or takes the tick away: each is searched for, and the tabulator ticks what was found. */
const tick = (...items: readonly string[]): string =>
  `${items.map((item) => `${clear}${item}\t`).join('')}\r`;

/** An account of its own, where nothing is from other tests. */
const account = '123456789012';
const owner = settings(keysOf(account));
/** Somebody who has the role of whoever deploys. */
let alice: Keys;
/** Where the rules are installed. */
const folder = mkdtempSync(join(tmpdir(), 'patrol-transcripts-'));
let gitHub: WebhooksStandIn;

beforeAll(async () => {
  mkdirSync(join(folder, 'node_modules/@patrol'), { recursive: true });
  for (const name of ['rules-aws', 'rules-github']) {
    symlinkSync(
      join(root, `packages/patrol-${name}`),
      join(folder, `node_modules/@patrol/${name}`),
    );
  }
  alice = await deployer('alice');
  gitHub = await gitHubWebhooks('ghp_example', ({ url, secret }, delivery) =>
    deliver(webhookAddress(url), secret, { ...delivery, headers: credentialOf(account) }),
  );
});
afterAll(() => {
  gitHub.close();
  rmSync(folder, { recursive: true });
});

/** Makes a role that has the policy of whoever deploys, and gives somebody a session of it. */
async function deployer(RoleSessionName: string): Promise<Keys> {
  const { stdout: PolicyDocument } = await must('patrol-deploy', ['doctor', '--policy', 'deploy']);
  const iam = new IAMClient(owner);
  const RoleName = 'PatrolDeployer';
  const Statement = [{ Effect: 'Allow', Principal: { AWS: account }, Action: 'sts:AssumeRole' }];
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'deploy', PolicyDocument }));
  const RoleArn = `arn:aws:iam::${account}:role/${RoleName}`;
  const { Credentials } = await new STSClient(owner).send(
    new AssumeRoleCommand({ RoleArn, RoleSessionName }),
  );
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
  };
}

command('help', 'the commands, and the options of deploying.', 'patrol-deploy --help');
command('list', 'the rules of the installed packages.', 'patrol-deploy list');
command('describe', 'everything about one rule.', 'patrol-deploy describe aws/assumeRole');
command(
  'try',
  'runs a rule on its own sample event, without AWS.',
  'patrol-deploy try aws/cloudTrail',
);

transcript(
  'replay',
  'runs a rule on three recorded events: it alerts on one, stays quiet on one, and one does not match.',
  async (terminal) => {
    const sample = (rule: string): { readonly detail: object } =>
      JSON.parse(
        readFileSync(join(root, `packages/patrol-rules-aws/rules/${rule}/sample.json`), 'utf8'),
      );
    const event = sample('cloudTrail');
    const quiet = { ...event, detail: { ...event.detail, eventName: 'AddTags' } };
    const events = [event, quiet, sample('rootLogin')].map((each) => JSON.stringify(each));
    writeFileSync(join(folder, 'events.ndjson'), events.join('\n'));
    await terminal.run('patrol-deploy replay aws/cloudTrail events.ndjson');
  },
);

const stack = 'patrol-aws-assumeRole-production';
let underWay: readonly string[] = [];

transcript(
  'deploy',
  'deploys a rule: asks for parameters and where to send alerts, shows the plan, and asks for approval.',
  async (terminal) => {
    const release = hold(stack);
    await terminal.run(
      'patrol-deploy aws/assumeRole',
      asked('disallowedRoles', 'Administrator\r'),
      asked('serviceCallers', '\r'),
      asked('Where to send alerts', 'security@example.com\r'),
      asked(`Create ${stack}?`, 'y'),
      {
        at: 'waiting for Notifier',
        act: async () => {
          underWay = await terminal.lines();
          release();
        },
      },
    );
  },
);
page(
  'deploy-under-way',
  'the same deployment while CloudFormation works: the progress at the end, which disappears later.',
  async () => underWay,
);
command('deploy-again', 'the same command again: nothing to do.', 'patrol-deploy aws/assumeRole');
command('info', 'the deployed stack.', 'patrol-deploy info aws/assumeRole');

const dispatch = `arn:aws:sns:us-east-1:${account}:dispatch`;
const change = `aws/assumeRole --param disallowedRoles=Administrator,BreakGlass --dispatch-topic ${dispatch}`;

transcript(
  'diff',
  'what deploying would change: properties before and after, and permissions.',
  async (terminal) => {
    await new SNSClient(owner).send(new CreateTopicCommand({ Name: 'dispatch' }));
    await terminal.run(`patrol-deploy diff ${change}`);
  },
);
command('dry-run', 'the same change as a dry run.', `patrol-deploy ${change} --dry-run`);
command(
  'deploy-change',
  'the same change: shows it, asks, and deploys it.',
  `patrol-deploy ${change}`,
  asked(`Update ${stack}?`, 'y'),
);

command(
  'doctor-problems',
  'nobody has confirmed the subscription, and no trail records API calls.',
  'patrol-deploy doctor',
);
transcript('doctor', 'the same check without problems.', async (terminal) => {
  const TopicArn = await stackOutput(stack, 'AlertTopicArn', keysOf(account));
  const Token = 'security@example.com';
  await new SNSClient(owner).send(new ConfirmSubscriptionCommand({ TopicArn, Token }));
  const cloudTrail = new CloudTrailClient(owner);
  const Name = 'management';
  await cloudTrail.send(
    new CreateTrailCommand({ Name, S3BucketName: 'trails', IsMultiRegionTrail: true }),
  );
  await cloudTrail.send(new StartLoggingCommand({ Name }));
  await terminal.run('patrol-deploy doctor');
});
command(
  'doctor-policy',
  'the IAM policy for people who operate deployed rules.',
  'patrol-deploy doctor --policy operate',
);

command(
  'invoke',
  "runs the deployed function on the rule's own sample event.",
  'patrol-deploy invoke aws/assumeRole',
  asked('Invoke', 'y'),
);
command('logs', 'the log of the deployed function.', 'patrol-deploy logs aws/assumeRole');

transcript(
  'failures',
  'an event on which the function failed three times, as Lambda keeps it in the queue; and dropping it, after asking.',
  async (terminal) => {
    const file = join(root, 'packages/patrol-rules-aws/rules/assumeRole/sample.json');
    const [QueueUrl, functionName] = await Promise.all(
      ['FailureQueueUrl', 'FunctionName'].map((name) => stackOutput(stack, name, keysOf(account))),
    );
    const kept = {
      version: '1.0',
      timestamp: '2026-01-31T09:00:00.000Z',
      requestContext: {
        requestId: '6f1b6b1e-0000-4000-8000-000000000001',
        functionArn: `arn:aws:lambda:us-east-1:${account}:function:${functionName}:$LATEST`,
        condition: 'RetriesExhausted',
        approximateInvokeCount: 3,
      },
      requestPayload: JSON.parse(readFileSync(file, 'utf8')),
      responseContext: { statusCode: 200, functionError: 'Unhandled' },
      responsePayload: { errorType: 'Error', errorMessage: 'SNS did not answer' },
    };
    const MessageBody = JSON.stringify(kept);
    await new SQSClient(owner).send(new SendMessageCommand({ QueueUrl, MessageBody }));
    await terminal.run('patrol-deploy failures aws/assumeRole');
    await terminal.run('patrol-deploy failures aws/assumeRole --drop', asked('Drop', 'y'));
  },
);

transcript(
  'deploy-failed',
  'a deployment fails, because a log group with that name exists already.',
  async (terminal) => {
    const logGroupName = '/aws/lambda/patrol-aws-rootLogin-production';
    await new CloudWatchLogsClient(owner).send(new CreateLogGroupCommand({ logGroupName }));
    await terminal.run(
      'patrol-deploy aws/rootLogin --alert-email security@example.com',
      asked('Create', 'y'),
    );
  },
);
command('diagnose', 'why that deployment failed.', 'patrol-deploy diagnose aws/rootLogin');

command(
  'deploy-secret',
  'deploys a rule that needs a secret: the secret is typed, and not shown.',
  'patrol-deploy github/mfaDisabled --alert-email security@example.com',
  asked('githubOrganization', 'acme\r'),
  asked('githubToken', 'ghp_example\r'),
  asked('allowedList', '\r'),
  asked('githubApiUrl', '\r'),
  asked('Create', 'y'),
);
command(
  'deploy-quiet',
  'deploys a rule with a webhook, without questions and with little output.',
  'patrol-deploy github/madePublic --alert-email security@example.com --yes --quiet',
);

const hook = 'patrol-deploy hook github/madePublic --org acme';

transcript(
  'hook',
  'registers that webhook with an organisation at GitHub: the token is typed, and not shown.',
  (terminal) =>
    terminal.run(
      hook,
      asked('Enter a GitHub token', 'ghp_example\r'),
      asked('Create the webhook', 'y'),
    ),
  () => gitHub.env,
);
transcript(
  'hook-again',
  'the same command again only pings it: the token is in GH_TOKEN.',
  (terminal) => terminal.run(hook),
  () => ({ ...gitHub.env, GH_TOKEN: 'ghp_example' }),
);

command(
  'delete',
  "deletes a rule's stack.",
  'patrol-deploy delete aws/assumeRole',
  asked(`Delete ${stack}?`, 'y'),
);

command(
  'init',
  'asks questions and writes the first file of a fleet.',
  'patrol-deploy init && cat patrol.yaml',
  asked('Name of the fleet', '\r'),
  asked('Environment:', '\r'),
  asked('Regions to watch', tick('us-east-1', 'eu-west-1')),
  asked('Where to send alerts', 'security@example.com\r'),
  asked('Give each rule its own topic', 'n'),
  asked(
    'Rules and sets of them',
    tick('aws:essential', 'github/*', 'aws/assumeRole', 'aws/cloudTrail'),
  ),
  asked('aws/assumeRole, disallowedRoles', `${clear}Administrator, BreakGlass*\r`),
  asked('Rules with optional parameters', '\r'),
);
command('plan', 'what `apply` would change in that fleet.', 'patrol-deploy plan');

let fleetUnderWay: readonly string[] = [];

transcript('apply', 'deploys that fleet, after asking.', async (terminal) => {
  const cloudTrail = 'patrol-aws-cloudTrail-production';
  const [release, releaseOther] = [hold(stack), hold(cloudTrail)];
  await terminal.run(
    'patrol-deploy apply',
    asked('Go ahead', 'y'),
    {
      // Both wait for their functions. The line ends before it says so.
      at: /\b7 of \d+ resources.*\n.*\b7 of \d+ resources/,
      act: async () => {
        fleetUnderWay = await terminal.lines();
        release();
      },
    },
    // One after the other: what is said of them stands in an order that repeats.
    { at: '2 of 3 stacks done', act: releaseOther },
  );
});
page(
  'apply-under-way',
  'the same run while CloudFormation works on two stacks at once.',
  async () => fleetUnderWay,
);
command('plan-again', 'the plan after that: nothing to do.', 'patrol-deploy plan');

/** Changes the file of the fleet, as its owner would in an editor. */
function edit(what: RegExp, to: string): void {
  const file = join(folder, 'patrol.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace(what, to));
}

transcript('plan-change', 'the plan after a parameter changed in the file.', async (terminal) => {
  edit(/Administrator, BreakGlass\*/, 'Administrator');
  await terminal.run('patrol-deploy plan');
});
command(
  'plan-markdown',
  'the same plan, as a comment on a pull request.',
  'patrol-deploy plan --markdown',
);
command('apply-change', 'applies that change.', 'patrol-deploy apply', asked('Go ahead', 'y'));
command(
  'doctor-fleet',
  'whether the rules of the fleet can run, in all its accounts and regions.',
  'patrol-deploy doctor --file patrol.yaml',
);
transcript(
  'apply-prune',
  'deletes the stack of a rule that the file no longer lists, after a separate question.',
  async (terminal) => {
    edit(/  aws\/assumeRole:\n(    .*\n)+/, '');
    await terminal.run('patrol-deploy apply --prune', asked('Delete', 'y'));
  },
);
command(
  'from',
  'a dry run for one rule, with its settings from the file of the fleet.',
  'patrol-deploy aws/cloudTrail --from patrol.yaml --region eu-west-1 --env trial --yes --dry-run',
);
command(
  'save',
  'writes a fleet file from the rules deployed in a region.',
  'patrol-deploy save --region eu-west-1',
);

let organization: Organization;
beforeAll(async () => {
  organization = await startOrganization();
});
afterAll(() => organization.stop());

const managing = 'organization.yaml';
const asManager = (): NodeJS.ProcessEnv => manager(organization);

transcript(
  'organization-plan',
  'what `apply` would change in every account of an organisational unit.',
  async (terminal) => {
    const text = `version: 1
fleet: everywhere
regions: [us-east-1]
alerts: { email: security@example.com }
organization: { organizationalUnits: [${organization.unit}] }
rules: { aws/rootLogin: true }
`;
    writeFileSync(join(folder, managing), text);
    await terminal.run(`cat ${managing}`);
    await terminal.run(`patrol-deploy plan --file ${managing}`);
  },
  asManager,
);
transcript(
  'organization-apply',
  'deploys the rules to these accounts, after asking.',
  (terminal) => terminal.run(`patrol-deploy apply --file ${managing}`, asked('Go ahead', 'y')),
  asManager,
);

const readme = `# Transcripts

What a person sees in a terminal of ${columns} columns. Each page has the typed command, its output and its exit code.

\`e2e/transcripts.test.ts\` runs the commands in a pseudo-terminal and types the answers. It uses an emulated AWS account, and a stand-in for
\`api.github.com\`. A page has the whole output at the end of the run. The two pages named \`under-way\` have it while CloudFormation works.
\`npx -y pnpm@12 transcripts\` writes all pages again, this one too. The end-to-end tests fail when a page is out of date.

"The same" and "that" refer to the page before.

${index.join('\n')}

## What is masked

Only what differs from run to run is replaced:

${masks.map(({ what, to }) => `- ${what}: \`${to}\``).join('\n')}

The lines are in their real order: the test makes the emulator finish one stack after the other. The URLs of queues and webhooks are those of the
emulator. The emulator lacks some answers of AWS: the properties and permissions in a change set, an unconfirmed subscription, and a log group that
exists already. \`e2e/support/emulator.py\` adds them in AWS's form.
`;

test('the index', async () => {
  await expect(readme).toMatchFileSnapshot(join(pages, 'README.md'));
  const left = globSync('*.txt', { cwd: pages }).filter((file) => !readme.includes(`(${file})`));
  expect(left).toEqual([]);
});

test('nothing is masked that no page has', () => {
  expect(unusedMasks()).toEqual([]);
});
