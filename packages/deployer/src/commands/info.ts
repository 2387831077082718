/** `patrol-deploy info <rule>`: the stack of a rule, as it is in AWS. */
import { stackNames } from '@patrol/core/contracts';
import { type Cloud, CloudError, explain, type Place, type Stack } from '../cloud/cloud.ts';
import { topicsOf } from '../destinations/confirmed.ts';
import { objectOf } from '../view/machine.ts';
import type { OutputOf, Subscription } from '../notes/objects.ts';
import { awsCommand, folded, patrolCommand, type RunScope } from '../text/command.ts';
import { planStack } from '../plan/stack.ts';
import type { StackStep } from '../plan/step.ts';
import { ruleContent } from '../template/content.ts';
import { because } from '../view/reasons.ts';
import { printable } from '../text/printable.ts';
import type { Reference } from '../packages/reference.ts';
import { cautionNotes, undecidedNote } from '../view/cautions.ts';
import { differenceLines } from '../view/report.ts';
import { withDefaults } from '../engine/defaults.ts';
import { undecided } from '../want/kept.ts';
import { settle } from '../want/settings.ts';
import { conditionOf, driftOf } from '../cloud/states.ts';
import { paragraph } from '../view/paragraph.ts';
import { table } from '../view/table.ts';
import { readTemplate } from '../template/template.ts';
import type { Ground } from '../template/values.ts';
import { webhookEvents } from '../view/trigger.ts';
import { deployed, type StackOptions } from './deployed.ts';
import type { World } from './world.ts';

/** What `patrol-deploy info` is told. */
export interface InfoOptions extends StackOptions {
  readonly json?: boolean;
}

/** What `info` finds out. The secret of a webhook is never shown, only where it is stored. */
type Information = OutputOf<'info'>;

/** Shows the stack of a rule. Exits with 1 when there is none. */
export async function info(name: string, options: InfoOptions, world: World): Promise<number> {
  const { refer, cloud, place, stack, scope } = await deployed(name, options, world);
  const problems: string[] = [];
  const note = (error: unknown): null => {
    if (!(error instanceof CloudError)) throw error;
    problems.push(explain(error));
    return null;
  };
  const topics = topicsOf(stack);
  const subscriptionsTo = async (
    topic: string | undefined,
  ): Promise<readonly Subscription[] | null> =>
    topic === undefined ? [] : cloud.subscriptions(topic).catch(note);
  const [alarms, subscriptions, alarmSubscriptions] = await Promise.all([
    alarmsOf(cloud, stack).catch(note),
    subscriptionsTo(topics.alerts),
    subscriptionsTo(topics.alarms),
  ]);
  const comparison = await compare(refer, options, place, stack, cloud, problems);
  const { region, account } = place;
  const webhook = webhookOf(refer, stack);
  const seen = {
    stack: told(stack),
    ...(webhook ? { webhook } : {}),
    alarms,
    subscriptions,
    ...(topics.alarms === undefined ? {} : { alarmSubscriptions }),
    problems,
  };
  const about = { rule: refer.name, region, account };
  const found = { type: 'info', ...about, ...seen, ...comparison } as const;
  const { stdout } = world.streams;
  const frame = {
    drift: driftOf(stack, region, options.profile)?.message,
    scope,
    width: stdout.columns,
  };
  stdout.write(options.json ? objectOf(found) : `${printable(human(found, frame))}\n`);
  return 0;
}

/** A stack as it is told. */
const told = ({ created, updated, drifted, ...stack }: Stack): Information['stack'] => ({
  ...stack,
  created: created.toISOString(),
  ...(updated === undefined ? {} : { updated: updated.toISOString() }),
  ...(drifted === undefined ? {} : { drifted: drifted.toISOString() }),
});

function webhookOf({ artifact }: Reference, { outputs }: Stack): Information['webhook'] {
  const url = outputs[stackNames.outputs.webhookUrl];
  const secretArn = outputs[stackNames.outputs.webhookSecret];
  if (!url || !secretArn) return undefined;
  return { url, secretArn, events: artifact ? webhookEvents(artifact.rule) : [] };
}

async function alarmsOf(cloud: Cloud, { id }: Stack): Promise<NonNullable<Information['alarms']>> {
  const resources = new Map(
    (await cloud.resources(id)).flatMap(({ type, physicalId, resource }) =>
      type === 'AWS::CloudWatch::Alarm' && physicalId ? [[physicalId, resource]] : [],
    ),
  );
  const alarms = resources.size === 0 ? [] : await cloud.alarms([...resources.keys()]);
  return alarms.map((alarm) => ({ ...alarm, resource: resources.get(alarm.name) ?? alarm.name }));
}

/** Whether deploying again would change anything, and what. */
type Comparison = Pick<
  Information,
  'upToDate' | 'comparison' | 'differences' | 'ownValues' | 'downgrade' | 'lostValues'
>;

/** Compares a stack with what is installed here. */
async function compare(
  { stack, artifact, missing, base }: Reference,
  { environment, profile }: InfoOptions,
  place: Place,
  found: Stack,
  cloud: Cloud,
  problems: string[],
): Promise<Comparison> {
  const about = { stack, place, environment };
  if (base !== undefined) {
    const { baseContent } = await import('../destinations/base.ts');
    // Only the fleet's file says which values it should have, so those of the stack are taken.
    const wanted = {
      ...about,
      content: baseContent(base),
      run: { profile },
      values: {},
    };
    return compared(
      planStack(wanted, found),
      `with the template of this patrol-deploy. \`${patrolCommand(['plan'], { profile })}\` compares it with the file of its fleet`,
    );
  }
  if (!artifact) return { upToDate: null, comparison: `unknown: ${missing ?? ''}` };
  if (conditionOf(found) !== 'ready') {
    return { upToDate: false, comparison: `no: the stack is in state ${found.status}` };
  }
  const template = readTemplate(artifact);
  const start: Ground = { rule: artifact.rule, template, stack, place, current: found };
  const { ground, unread } = await withDefaults(cloud, start, {}).catch((error: unknown) => {
    if (!(error instanceof CloudError)) throw error;
    return { ground: start, unread: { why: explain(error), values: undecided(start, {}) } };
  });
  if (unread) problems.push(undecidedNote(unread.why, unread.values).message);
  const { values, questions } = settle(ground, { parameters: {} });
  if (questions.length > 0) {
    const names = questions.map((question) => question.name).join(', ');
    return { upToDate: false, comparison: `no: a deployment asks for new values: ${names}` };
  }
  const { defaults } = ground;
  const content = ruleContent(artifact, template);
  const wanted = { ...about, content, values, ...(defaults ? { defaults } : {}) };
  const ownValues = undecided(ground, {});
  return {
    ...compared(planStack(wanted, found), `with ${installed(artifact.assembly.manifest.package)}`),
    ...(ownValues.length > 0 ? { ownValues } : {}),
  };
}

const compared = ({ verdict, reasons, differences, cautions }: StackStep, as: string): Comparison =>
  verdict === 'keep'
    ? { upToDate: true, comparison: `yes, ${as}` }
    : {
        upToDate: false,
        comparison: `no: ${because(reasons)}`,
        ...(differences.length > 0 ? { differences } : {}),
        ...cautions,
      };

const installed = ({ name, version }: { name: string; version: string }): string =>
  `${name} ${version}`;

/** What is shown around what was found. */
interface Frame {
  /** What CloudFormation says of changes outside it. */
  readonly drift: string | undefined;
  readonly scope: RunScope;
  /** The columns of the terminal. */
  readonly width: number | undefined;
}

function human(found: Omit<Information, 'version'>, frame: Frame): string {
  const { drift, width } = frame;
  const { stack, region, account, alarms, problems, comparison } = found;
  const { tags, parameters } = stack;
  const { codeBucket, codeKey, codeVersion } = stackNames.parameters;
  const ofCode: readonly string[] = [codeBucket, codeKey, codeVersion];
  const defaultOf = new Map(found.ownValues?.map((each) => [each.name, each.default]));
  const shown = Object.entries(parameters)
    .filter(([name]) => !ofCode.includes(name))
    .map(([name, value]) => {
      const standard = defaultOf.get(name) ?? '';
      return [name, standard === '' ? value : `${value} (default: ${standard})`];
    });
  const section = (title: string, rows: readonly (readonly string[])[] | null): string[] => [
    '',
    title,
    rows === null
      ? '  could not be read, see below'
      : rows.length === 0
        ? '  none'
        : rowsOf(rows, width),
  ];
  return [
    paragraph(`${stack.name} in ${region} (account ${account})`, width),
    rowsOf(
      [
        ['State', `${stack.status}${stack.reason ? `: ${stack.reason}` : ''}`],
        ['Last change', stack.updated ?? stack.created],
        ['Version', `${tags['patrol:package'] ?? '?'} ${tags['patrol:version'] ?? '?'}`],
        ['Up to date', comparison],
      ],
      width,
    ),
    ...(found.differences === undefined
      ? []
      : [
          '',
          'A deployment would change',
          ...[
            ...differenceLines({ do: 'update', differences: found.differences }),
            ...cautionNotes(found).map(({ message }) => message),
          ].flatMap((line) =>
            paragraph(line.trim(), width && width - 2)
              .split('\n')
              .map((each) => `  ${each}`),
          ),
        ]),
    ...section('Parameters', shown),
    ...section('Outputs', Object.entries(stack.outputs)),
    ...(found.webhook ? webhookLines(found.webhook, found.rule, frame) : []),
    ...section(
      'Alarms',
      alarms && alarms.map(({ resource, state, reason = '' }) => [resource, state, reason]),
    ),
    ...section('Subscriptions to its alerts', subscriptionRows(found.subscriptions, 'alerts')),
    ...(found.alarmSubscriptions === undefined
      ? []
      : section(
          'Subscriptions to its alarms',
          subscriptionRows(found.alarmSubscriptions, 'alarms'),
        )),
    ...(drift === undefined ? [] : ['', paragraph(drift, width)]),
    ...(problems.length > 0 ? ['', ...problems.map((each) => paragraph(each, width))] : []),
  ].join('\n');
}

/** How a webhook is registered: by the command, or by hand. */
function webhookLines(
  { url, secretArn, events }: NonNullable<Information['webhook']>,
  rule: string,
  { scope, width }: Frame,
): readonly string[] {
  const read = ['secretsmanager', 'get-secret-value', '--query', 'SecretString'];
  const secret = awsCommand([...read, '--output', 'text', '--secret-id', secretArn], scope);
  const register = patrolCommand(['hook', rule], scope, ['--org', 'NAME']);
  const typed = (command: string): readonly string[] =>
    folded(command, width && width - 4).map((line) => `    ${line}`);
  return [
    '',
    'Webhook',
    '  To register it with a GitHub organisation and test it:',
    ...typed(register),
    '  To register it by hand: organisation settings, Webhooks, "Add webhook":',
    rowsOf(
      [
        ['Payload URL', url],
        ['Content type', 'application/json'],
        ['Secret', 'what the command below prints'],
        ['SSL verification', 'enabled'],
        [
          'Events',
          events.length > 0
            ? `individual: ${events.join(', ')}`
            : `see \`${patrolCommand(['describe', rule])}\``,
        ],
      ],
      width,
      4,
    ),
    '  To print the secret:',
    ...typed(secret),
  ];
}

const subscriptionRows = (
  subscriptions: readonly Subscription[] | null,
  what: string,
): readonly (readonly string[])[] | null =>
  subscriptions &&
  subscriptions.map(({ protocol, endpoint, confirmed }) => [
    protocol,
    endpoint,
    confirmed ? 'confirmed' : `NOT CONFIRMED: receives no ${what} until confirmed`,
  ]);

/** Rows without a heading, indented. */
const rowsOf = (
  rows: readonly (readonly string[])[],
  width: number | undefined,
  indent: number = 2,
): string =>
  table(
    (rows[0] ?? []).map(() => ''),
    rows,
    width === undefined ? undefined : width - indent,
  )
    .split('\n')
    .slice(1)
    .map((line) => `${' '.repeat(indent)}${line}`)
    .join('\n');
