/** For tests of commands: an installed rule package in a temporary folder, and a world around the fake cloud. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { AnyRule } from '@patrol/core';
import {
  emailParameters,
  type Manifest,
  type RuleManifest,
  stackNames,
  type TriggerManifest,
} from '@patrol/core/contracts';
import type { ParameterSpec } from '@patrol/core/evaluation';
import { ruleTemplate } from '@patrol/core/template';
import { CloudError } from '../cloud/cloud.ts';
import { FakeCloud } from './cloud.ts';
import type { OutsideOptions } from '../library/outside.ts';
import { InterruptedError } from '../text/errors.ts';
import { Killed } from './faults.ts';
import { FakeGitHub } from './github.ts';
import type { GitHubOptions } from '../github/github.ts';
import type { Live } from '../cloud/live.ts';
import { main } from '../cli/main.ts';
import { requireContract } from './notes.ts';
import { FakeAccount, FakeFunctions, FakeLogs } from './operations.ts';
import { FakeQueues } from './queues.ts';
import { FakeOrganizations } from './organizations.ts';
import { FakeStackSets } from './stacksets.ts';
import { FakeWiring } from './wiring.ts';
import { type FakeStreams, fakeStreams } from './artifact.ts';
import { sha256 } from '../template/template.ts';
import type { Ask, World } from '../commands/world.ts';
import type { CloudOptions } from '../cloud/options.ts';

/** What of the fake rule a test decides. */
export interface FakeRuleOptions {
  readonly packageName?: string;
  readonly version?: string;
  readonly title?: string;
  readonly code?: string;
  readonly parameters?: Readonly<Record<string, ParameterSpec>>;
  readonly regions?: readonly string[] | null;
  /** Further resources of the template. */
  readonly resources?: Readonly<Record<string, unknown>>;
  /** Further outputs of the template, and further parameters. */
  readonly outputs?: Readonly<Record<string, string>>;
  readonly stackParameters?: Readonly<Record<string, unknown>>;
  readonly triggers?: readonly TriggerManifest[];
  readonly references?: readonly string[];
  readonly asks?: boolean;
  /** The version of the `@patrol/core` that made the package. */
  readonly core?: string;
  /** The sample event. */
  readonly sample?: unknown;
  /** What the package says of its rules together. */
  readonly overview?: Pick<Manifest, 'areas' | 'sets'>;
  /** What `rules.json` says, whatever the template does. */
  readonly manifest?: Partial<RuleManifest>;
}

/** An event of the fake rule. */
export const stopLogging = {
  version: '0',
  id: 'e1',
  'detail-type': 'AWS API Call via CloudTrail',
  source: 'aws.x',
  account: '111122223333',
  time: '2026-01-01T00:00:00Z',
  region: 'eu-west-1',
  resources: [],
  detail: { eventName: 'StopLogging' },
};

/** What a rule on webhooks is made of. */
export const webhookRule: FakeRuleOptions = {
  triggers: [
    { kind: 'webhook', events: ['repository', 'fork'] },
    { kind: 'webhook', events: ['fork', 'public'] },
  ],
  parameters: {},
  outputs: {
    WebhookUrl: 'https://abc.execute-api.eu-west-1.amazonaws.com/',
    WebhookSecretArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:hook-AbCdEf',
  },
};

const names: ParameterSpec = { kind: 'names', description: 'Which calls.', example: 'StopLogging' };
const mode: ParameterSpec = {
  kind: 'choice',
  description: 'How loud.',
  among: ['quiet', 'loud'],
  default: 'quiet',
};

/** The parameters of the fake rule when a test does not say others. */
export const fakeParameters: Readonly<Record<string, ParameterSpec>> = { actions: names, mode };

/** What the template says of the fake rule. */
const about = { name: 'watch', description: 'Alerts when something happens.' };

const fakeTriggers: readonly TriggerManifest[] = [
  {
    kind: 'event',
    state: 'ENABLED',
    pattern: { source: ['aws.x'], detail: { eventName: ['StopLogging', 'DeleteTrail'] } },
  },
];

/** What runs the function, as Patrol's templates have it. */
function triggerResources(triggers: readonly TriggerManifest[]): Readonly<Record<string, unknown>> {
  const rule = { ...about, triggers, parameters: {} } as unknown as AnyRule;
  return Object.fromEntries(
    Object.entries(ruleTemplate(rule).Resources ?? {}).filter(([name]) =>
      /^(?:EventRule|Schedule|SourceTopic)\d*(?:Policy|Subscription)?$|^Webhook(?:Route|Integration)$/.test(
        name,
      ),
    ),
  );
}

const emailSlots = Object.fromEntries(
  emailParameters(stackNames.parameters.alertEmail).map((name) => [
    name,
    { Type: 'String', Default: '' },
  ]),
);

/** The template of the fake rule. */
export const fakeTemplate = (
  parameters: Readonly<Record<string, ParameterSpec>>,
  {
    resources = {},
    outputs = {},
    stackParameters = {},
    triggers = fakeTriggers,
  }: Pick<FakeRuleOptions, 'resources' | 'outputs' | 'stackParameters' | 'triggers'> = {},
): string =>
  JSON.stringify({
    Parameters: {
      ...stackParameters,
      CodeS3Bucket: { Type: 'String' },
      CodeS3Key: { Type: 'String' },
      CodeS3ObjectVersion: { Type: 'String', Default: '' },
      NamesSha256: { Type: 'String', Default: '' },
      AlertForm: { Type: 'String', Default: 'text' },
      ...emailSlots,
      AlertTopicArn: { Type: 'String', Default: '' },
      AlarmTopicArn: {
        Type: 'String',
        Default: '',
        AllowedPattern: '(arn:.+)?',
        ConstraintDescription: 'must be empty or an ARN',
        Description: 'The topic of the alarms.',
      },
      LogRetentionInDays: {
        Type: 'Number',
        Default: 90,
        AllowedValues: [30, 90, 365],
        Description: 'How long the log is kept.',
      },
      ...Object.fromEntries(
        Object.entries(parameters).map(([name, spec]) => [
          name,
          { Type: 'String', ...(spec.default === undefined ? {} : { Default: spec.default }) },
        ]),
      ),
    },
    Conditions: { OwnTopic: { 'Fn::Equals': [{ Ref: 'AlertTopicArn' }, ''] } },
    Resources: {
      Topic: {
        Type: 'AWS::SNS::Topic',
        Properties: {
          DisplayName: { 'Fn::Join': ['', Object.keys(emailSlots).map((Ref) => ({ Ref }))] },
        },
      },
      Function: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          Handler: 'index.handler',
          MemorySize: 128,
          Timeout: 30,
          Code: {
            S3Bucket: { Ref: 'CodeS3Bucket' },
            S3Key: { Ref: 'CodeS3Key' },
            S3ObjectVersion: { Ref: 'CodeS3ObjectVersion' },
          },
          Environment: {
            Variables: {
              ALERT_TOPIC_ARN: {
                'Fn::If': ['OwnTopic', { Ref: 'Topic' }, { Ref: 'AlertTopicArn' }],
              },
              NAMES_FILE: { Ref: 'NamesSha256' },
              ALERT_FORM: { Ref: 'AlertForm' },
              ...Object.fromEntries(Object.keys(parameters).map((name) => [name, { Ref: name }])),
            },
          },
        },
      },
      Alarm: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: { AlarmActions: [{ Ref: 'AlarmTopicArn' }] },
      },
      ...triggerResources(triggers),
      ...resources,
    },
    Outputs: {
      FunctionName: { Value: { Ref: 'Function' } },
      AlertTopicArn: { Value: 'own' },
      ...Object.fromEntries(Object.entries(outputs).map(([name, Value]) => [name, { Value }])),
    },
  });

/** Writes a rule package with the rule `watch` into `node_modules` of a folder. */
export function installRule(folder: string, options: FakeRuleOptions = {}): void {
  const { packageName = '@patrol/rules-demo', version = '1.0.0', code = 'zip 1' } = options;
  const { title = 'Something happened' } = options;
  const { parameters = fakeParameters, regions = null } = options;
  const { references = [], asks = false } = options;
  const home = join(folder, 'node_modules', packageName);
  const put = (path: string, text: string): { path: string; sha256: string } => {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text);
    return { path: path.replace('dist/', ''), sha256: sha256(text) };
  };
  put('package.json', JSON.stringify({ name: packageName, version }));
  const rule: RuleManifest = {
    ...about,
    title,
    severity: 'high',
    runbook: 'Ask who did it.',
    runbookUrl: null,
    references,
    asks,
    triggers: options.triggers ?? fakeTriggers,
    parameters,
    permissions: [],
    regions,
    memorySize: 128,
    timeout: 30,
    code: { ...put('dist/watch/code.zip', code), bytes: code.length, handler: 'index.handler' },
    template: put('dist/watch/template.json', fakeTemplate(parameters, options)),
    sample: put('dist/watch/sample.json', JSON.stringify(options.sample ?? {})),
    ...options.manifest,
  };
  const manifest = {
    formatVersion: 1,
    package: { name: packageName, version },
    core: { version: options.core ?? '1.2.3' },
    rules: [rule],
    ...options.overview,
  };
  put('dist/rules.json', JSON.stringify(manifest));
}

/** The operator's way to AWS, with what is not to be shown. */
export const fakeLive: Live = {
  environment: {
    AWS_ACCESS_KEY_ID: 'AKIAOPERATOR',
    AWS_SECRET_ACCESS_KEY: 'the-operators-key',
    AWS_SESSION_TOKEN: 'the-operators-session',
    AWS_REGION: 'eu-west-1',
    AWS_DEFAULT_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  },
  readSecret: async (arn) => `text of ${arn}`,
  ask: async ({ region, body }) => ({
    status: 200,
    type: 'text/xml',
    body: `<Asked>${region} ${body}</Asked>`,
  }),
};

/** How a run of the command line ended. */
export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output, line by line, where it is NDJSON. */
  readonly notes: readonly Record<string, unknown>[];
}

/** What somebody answers; a function does something first, and then agrees. */
type Answer = string | boolean | Killed | undefined | (() => Promise<unknown>);

/** The fake world: a folder, a cloud, and somebody who answers questions. */
export class FakeWorld {
  readonly folder: string = realpathSync(mkdtempSync(join(tmpdir(), 'patrol-world-')));
  cloud: FakeCloud = new FakeCloud();
  /** The clouds of other accounts and regions, by `<account>/<region>`; what is not among them is the cloud above. */
  readonly others: Map<string, FakeCloud> = new Map();
  /** The secret of the webhook of {@link webhookRule}: GitHub's deliveries are answered when they are signed with it. */
  readonly secret = 'the-secret-of-the-webhook';
  readonly github: FakeGitHub = new FakeGitHub(() => this.cloud.now(), this.secret);
  readonly logs: FakeLogs = new FakeLogs();
  readonly functions: FakeFunctions = new FakeFunctions();
  readonly queues: FakeQueues = new FakeQueues(() => this.cloud.now());
  readonly wiring: FakeWiring = new FakeWiring(() => this.cloud);
  readonly account: FakeAccount = new FakeAccount(() => this.cloud);
  /** The regions that every account has enabled; `undefined` when that may not be asked. */
  regions: readonly string[] | undefined = ['eu-west-1'];
  stackSets: FakeStackSets = new FakeStackSets();
  readonly organizations: FakeOrganizations = new FakeOrganizations(() => this.stackSets.units);
  /** Whose credentials were looked for, for a rule that asks. */
  readonly lives: CloudOptions[] = [];
  /** With which options AWS was reached. */
  readonly clouds: CloudOptions[] = [];
  /** With what GitHub was asked. */
  readonly gitHubOptions: GitHubOptions[] = [];
  /** Further variables of the environment. */
  environment: Readonly<Record<string, string>> = {};
  /** What standard input holds. */
  input = '';
  /**
   * Answers to questions, in order: `undefined` stops there, as Ctrl-C does; at {@link Killed} the process dies. None: there
   * is no terminal.
   */
  answers: Answer[] | undefined;
  /** How wide the terminal is, where there is one. */
  columns = 120;
  /** What was asked, with what stood in the line. */
  readonly asked: { message: string; initial?: string }[] = [];
  controller: AbortController = new AbortController();
  readonly #wirings: Map<FakeCloud, FakeWiring> = new Map();
  /** No two worlds have the same unique name. */
  static #serial = 0;

  constructor(rule: FakeRuleOptions | 'nothing' = {}) {
    const secretArn = webhookRule.outputs?.['WebhookSecretArn'];
    if (secretArn) this.cloud.secrets.set(secretArn, this.secret);
    if (rule !== 'nothing') installRule(this.folder, rule);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Runs a command line, as it is typed. */
  async run(...argv: readonly string[]): Promise<Run> {
    const streams = fakeStreams(
      this.input,
      this.answers ? { isTTY: true, columns: this.columns } : {},
    );
    if (this.answers) Object.assign(streams.stdin, { isTTY: true });
    const code = await main(argv, this.#world(streams));
    const { stdout, stderr } = streams.written;
    const isForMachines = argv.includes('--json');
    if (isForMachines) requireContract(argv, stdout);
    const notes = isForMachines ? parse(stdout) : [];
    return { code, stdout, stderr, notes };
  }

  /** What a program gives the library instead of AWS, this folder's rules and this clock. */
  get program(): Required<
    Pick<OutsideOptions, 'cwd' | 'connections' | 'sleep' | 'now' | 'signal'>
  > {
    const { cwd, sleep, now, signal, ...connections } = this.#world(fakeStreams());
    return { cwd, connections, sleep, now, signal };
  }

  #world(streams: FakeStreams): World {
    const { cloud } = this;
    return {
      streams,
      environment: { NO_COLOR: '1', ...this.environment },
      machine: { host: 'build-7', pid: 4242 },
      cwd: this.folder,
      signal: this.controller.signal,
      holdInterrupts: () => undefined,
      cloud: async (options) => {
        this.clouds.push(options);
        return this.#cloudAt(options);
      },
      logs: async () => this.logs,
      functions: async () => this.functions,
      queues: async () => this.queues,
      wiring: async (options) => this.wiringAt(options),
      account: async (options) => {
        const there = this.#cloudAt(options);
        return there === cloud ? this.account : new FakeAccount(() => there);
      },
      regions: async () => {
        if (this.regions) return this.regions;
        throw new CloudError('denied', 'account:ListRegions', 'Not allowed.');
      },
      stackSets: async () => this.stackSets,
      organizations: async () => this.organizations,
      live: async (options) => {
        this.lives.push(options);
        return fakeLive;
      },
      github: async (options) => {
        this.gitHubOptions.push(options);
        return this.github;
      },
      ask: async () => this.#ask(),
      sleep: async (milliseconds) => {
        await cloud.sleep(milliseconds);
        for (const other of this.others.values()) await other.sleep(milliseconds);
        await this.stackSets.sleep(milliseconds);
      },
      now: cloud.now,
      unique: () => `patrol-${(FakeWorld.#serial += 1)}`,
    };
  }

  /** The cloud of an account and region. */
  #cloudAt({ region = this.cloud.home.region, role }: CloudOptions): FakeCloud {
    const key = `${role?.account ?? this.cloud.home.account}/${region}`;
    return this.others.get(key) ?? this.cloud;
  }

  /** The ways to functions there. */
  wiringAt(options: CloudOptions): FakeWiring {
    const cloud = this.#cloudAt(options);
    if (cloud === this.cloud) return this.wiring;
    const known = this.#wirings.get(cloud) ?? new FakeWiring(() => cloud);
    this.#wirings.set(cloud, known);
    return known;
  }

  /** A new process is started after the old one was killed. */
  revive(): void {
    for (const fake of this.#fakes) fake.revive();
  }

  get #fakes(): readonly (FakeCloud | FakeStackSets)[] {
    return [this.cloud, ...this.others.values(), this.stackSets];
  }

  /** What is answered to a question. */
  #answer(): Exclude<Answer, Killed> {
    const answer = this.answers?.shift();
    if (!(answer instanceof Killed)) return answer;
    for (const fake of this.#fakes) fake.kill();
    throw answer;
  }

  #ask(): Ask {
    return {
      text: async ({ message, initial, refuse }) => {
        this.asked.push(initial === undefined ? { message } : { message, initial });
        // As the prompts do: what is refused is asked for again.
        for (;;) {
          const answer = this.#answer();
          if (typeof answer !== 'string') throw new InterruptedError();
          if (refuse(answer) === undefined) return answer;
        }
      },
      choose: async ({ message, among, initial, required = false }) => {
        this.asked.push(initial ? { message, initial: initial.join(', ') } : { message });
        for (;;) {
          const answer = this.#answer();
          if (typeof answer !== 'string') throw new InterruptedError();
          const ticked = answer.split(', ').filter((value) => value !== '');
          // A list takes nothing else.
          if (!ticked.every((value) => among.some((each) => each.value === value))) continue;
          if (!required || ticked.length > 0) return ticked;
        }
      },
      secret: async (message) => {
        this.asked.push({ message });
        const answer = this.#answer();
        if (typeof answer !== 'string') throw new InterruptedError();
        return answer;
      },
      confirm: async (message) => {
        this.asked.push({ message });
        const answer = this.#answer();
        if (typeof answer === 'function') {
          await answer();
          return true;
        }
        if (typeof answer !== 'boolean') throw new InterruptedError();
        return answer;
      },
    };
  }
}

const parse = (text: string): readonly Record<string, unknown>[] => {
  try {
    return [JSON.parse(text)];
  } catch {
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  }
};
