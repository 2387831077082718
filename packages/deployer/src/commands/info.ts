/** `patrol-deploy info <rule>`: what stands in AWS. */
import {
  type Alarm,
  type Cloud,
  CloudError,
  explain,
  type Place,
  type Stack,
  type Subscription,
} from '../cloud.ts';
import { OperatorError } from '../errors.ts';
import { plan } from '../plan.ts';
import { reference, type Reference } from '../reference.ts';
import { plain } from '../report.ts';
import { settle } from '../settings.ts';
import { conditionOf } from '../states.ts';
import { table } from '../table.ts';
import { common, outputs, readTemplate } from '../template.ts';
import type { CloudOptions, World } from '../world.ts';

/** What `patrol-deploy info` is told. */
export interface InfoOptions extends CloudOptions {
  readonly environment: string;
  readonly json: boolean;
}

/** What `info` finds out. */
interface Information {
  readonly rule: string;
  readonly region: string;
  readonly account: string;
  readonly stack: Stack;
  /** What could not be looked at, and why; its part is `null` then. */
  readonly problems: readonly string[];
  readonly alarms: readonly Alarm[] | null;
  readonly subscriptions: readonly Subscription[] | null;
  readonly upToDate: boolean | null;
  /** In words. */
  readonly comparison: string;
}

/** Shows the stack of a rule. Exits with 1 when there is none. */
export async function info(name: string, options: InfoOptions, world: World): Promise<number> {
  const refer = reference(name, options.environment, world.cwd);
  const cloud = await world.cloud(options);
  const [place, stack] = await Promise.all([cloud.place(), cloud.stack(refer.stack)]);
  if (!stack) {
    throw new OperatorError(
      `There is no stack ${refer.stack} in ${place.region} (account ${place.account}). \`patrol-deploy ${name}\` deploys it; --region, --profile and --env look elsewhere.`,
    );
  }
  const problems: string[] = [];
  const note = (error: unknown): null => {
    if (!(error instanceof CloudError)) throw error;
    problems.push(explain(error));
    return null;
  };
  const [alarms, subscriptions] = await Promise.all([
    alarmsOf(cloud, stack).catch(note),
    subscriptionsOf(cloud, stack).catch(note),
  ]);
  const compared = compare(refer, options.environment, place, stack);
  const { region, account } = place;
  const seen = { stack, alarms, subscriptions, problems };
  const found = { rule: refer.name, region, account, ...seen, ...compared };
  const { stdout } = world.streams;
  stdout.write(`${options.json ? JSON.stringify(found, null, 2) : human(found, stdout.columns)}\n`);
  return 0;
}

async function alarmsOf(cloud: Cloud, { id }: Stack): Promise<readonly Alarm[]> {
  const resources = await cloud.resources(id);
  const names = resources.flatMap(({ type, physicalId }) =>
    type === 'AWS::CloudWatch::Alarm' && physicalId ? [physicalId] : [],
  );
  return names.length === 0 ? [] : cloud.alarms(names);
}

async function subscriptionsOf(cloud: Cloud, stack: Stack): Promise<readonly Subscription[]> {
  const topic = stack.outputs[outputs.topic];
  return topic ? cloud.subscriptions(topic) : [];
}

/** Whether deploying again would change anything. */
function compare(
  { name, stack, artifact, missing }: Reference,
  environment: string,
  place: Place,
  standing: Stack,
): Pick<Information, 'upToDate' | 'comparison'> {
  if (!artifact) return { upToDate: null, comparison: `unknown: ${missing ?? ''}` };
  if (conditionOf(standing) !== 'ready') {
    return { upToDate: false, comparison: `no: the stack is in the state ${standing.status}` };
  }
  const template = readTemplate(artifact);
  const ground = { rule: artifact.rule, template, stack, place, standing };
  const { values, questions } = settle(ground, { parameters: {} });
  if (questions.length > 0) {
    const names = questions.map((question) => question.name).join(', ');
    return { upToDate: false, comparison: `no: to be decided when deploying: ${names}` };
  }
  const step = plan({ name, stack, place, environment, template, values }, artifact, standing);
  return step.do === 'keep'
    ? { upToDate: true, comparison: `yes, with ${installed(artifact.assembly.manifest.package)}` }
    : { upToDate: false, comparison: `no: ${step.because}` };
}

const installed = ({ name, version }: { name: string; version: string }): string =>
  `${name} ${version}`;

function human(found: Information, width: number | undefined): string {
  const { stack, region, account, alarms, subscriptions, problems, comparison } = found;
  const { tags, parameters } = stack;
  const shown = Object.entries(parameters).filter(
    ([name]) => name !== common.codeBucket && name !== common.codeKey,
  );
  const columns = width === undefined ? undefined : width - 2;
  const section = (title: string, rows: readonly (readonly string[])[] | null): string[] => [
    '',
    title,
    rows === null
      ? '  could not be looked at'
      : rows.length === 0
        ? '  none'
        : rowsOf(rows, columns),
  ];
  return [
    `${stack.name} in ${region} (account ${account})`,
    rowsOf(
      [
        ['State', `${stack.status}${stack.reason ? `: ${plain(stack.reason)}` : ''}`],
        ['Last change', (stack.updated ?? stack.created).toISOString()],
        ['Version', `${tags['patrol:package'] ?? '?'} ${tags['patrol:version'] ?? '?'}`],
        ['Up to date', comparison],
      ],
      columns,
    ),
    ...section('Parameters', shown),
    ...section('Outputs', Object.entries(stack.outputs)),
    ...section(
      'Alarms',
      alarms && alarms.map(({ name, state, reason = '' }) => [name, state, plain(reason)]),
    ),
    ...section(
      'Subscriptions to its alerts',
      subscriptions &&
        subscriptions.map(({ protocol, endpoint, confirmed }) => [
          protocol,
          endpoint,
          confirmed ? 'confirmed' : 'NOT CONFIRMED: it gets no alerts until it confirms',
        ]),
    ),
    ...(problems.length > 0 ? ['', ...problems] : []),
  ].join('\n');
}

/** Rows without a heading, indented. */
const rowsOf = (rows: readonly (readonly string[])[], width: number | undefined): string =>
  table(
    (rows[0] ?? []).map(() => ''),
    rows,
    width,
  )
    .split('\n')
    .slice(1)
    .map((line) => `  ${line}`)
    .join('\n');
