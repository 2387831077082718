/** The stack of a rule as `info` shows it to people. Pure. */
import { github } from '@patrol/core';
import { emailParameters, stackNames } from '@patrol/core/contracts';
import { firstEmails } from '../destinations/emails.ts';
import type { OutputOf, Subscription } from '../notes/objects.ts';
import { awsCommand, folded, patrolCommand, type RunScope } from '../text/command.ts';
import { cautionNotes } from './cautions.ts';
import { differenceLines } from './differences.ts';
import { paragraph, table } from './table.ts';

type Information = Omit<OutputOf<'info'>, 'version'>;
type Rows = readonly (readonly string[])[];

/** What is shown around what was found. */
interface Frame {
  /** What CloudFormation says of changes outside it. */
  readonly drift: string | undefined;
  readonly scope: RunScope;
  /** The columns of the terminal. */
  readonly width: number | undefined;
}

/** Everything that was found. */
export function informationText(found: Information, frame: Frame): string {
  const { drift, width } = frame;
  const { stack, region, account, alarms, subscriptions, alarmSubscriptions, problems } = found;
  const section = (title: string, rows: Rows | null): readonly string[] => [
    '',
    title,
    rows === null
      ? '  could not be read, see below'
      : rows.length === 0
        ? '  none'
        : rowsOf(rows, width),
  ];
  const { tags, status, reason } = stack;
  return [
    paragraph(`${stack.name} in ${region} (account ${account})`, width),
    rowsOf(
      [
        ['State', `${status}${reason ? `: ${reason}` : ''}`],
        ['Last change', stack.updated ?? stack.created],
        ['Version', `${tags['patrol:package'] ?? '?'} ${tags['patrol:version'] ?? '?'}`],
        ['Up to date', found.comparison],
      ],
      width,
    ),
    ...changeLines(found, width && width - 2),
    ...section('Parameters', parameterRows(found)),
    ...section('Outputs', Object.entries(stack.outputs)),
    ...(found.webhook ? webhookLines(found.webhook, found.rule, frame) : []),
    ...section(
      'Alarms',
      alarms && alarms.map(({ resource, state, reason: why = '' }) => [resource, state, why]),
    ),
    ...section('Subscriptions to its alerts', subscriptionRows(subscriptions, 'alerts')),
    ...(alarmSubscriptions === undefined
      ? []
      : section('Subscriptions to its alarms', subscriptionRows(alarmSubscriptions, 'alarms'))),
    ...(drift === undefined ? [] : ['', paragraph(drift, width)]),
    ...(problems.length > 0 ? ['', ...problems.map((each) => paragraph(each, width))] : []),
  ].join('\n');
}

/** What another deployment would change. */
function changeLines(found: Information, width: number | undefined): readonly string[] {
  const { differences } = found;
  if (differences === undefined) return [];
  const lines = [
    ...differenceLines({ do: 'update', differences }),
    ...cautionNotes(found).map(({ message }) => message),
  ];
  const wrapped = lines.flatMap((line) => paragraph(line.trim(), width).split('\n'));
  return ['', 'A deployment would change', ...wrapped.map((line) => `  ${line}`)];
}

/** The parameters for further e-mail addresses. */
const spare = new Set(
  Object.values(firstEmails).flatMap((first) => emailParameters(first).slice(1)),
);

/** The parameters but those of the code. */
function parameterRows({ stack, ownValues }: Information): Rows {
  const { codeBucket, codeKey, codeVersion, names } = stackNames.parameters;
  const ofCode: readonly string[] = [codeBucket, codeKey, codeVersion, names];
  const defaultOf = new Map(ownValues?.map((each) => [each.name, each.default]));
  return Object.entries(stack.parameters)
    .filter(([name, value]) => !ofCode.includes(name) && !(value === '' && spare.has(name)))
    .map(([name, value]) => {
      const standard = defaultOf.get(name) ?? '';
      const shown = value === '' ? '(empty)' : value;
      return [name, standard === '' ? shown : `${shown} (default: ${standard})`];
    });
}

/** How a webhook is registered: by the command where it is GitHub's, or by hand. */
function webhookLines(
  { url, secretArn, sender, ownSecret, events }: NonNullable<Information['webhook']>,
  rule: string,
  { scope, width }: Frame,
): readonly string[] {
  const read = ['get-secret-value', '--query', 'SecretString', '--output', 'text'];
  const store = ['put-secret-value', '--secret-string', 'file://secret.txt'];
  const secret = (action: readonly string[]): string =>
    awsCommand(['secretsmanager', ...action, '--secret-id', secretArn], scope);
  const register = patrolCommand(['hook', rule], scope, ['--org', 'NAME']);
  const isGitHub = sender === github.name;
  const typed = (command: string): readonly string[] =>
    folded(command, width && width - 4).map((line) => `    ${line}`);
  return [
    '',
    'Webhook',
    ...(isGitHub
      ? [
          '  To register it with a GitHub organisation and test it:',
          ...typed(register),
          '  To register it by hand: organisation settings, Webhooks, "Add webhook":',
        ]
      : [`  To register it at ${sender}:`]),
    rowsOf(
      [
        [isGitHub ? 'Payload URL' : 'URL', url],
        ...(isGitHub ? [['Content type', 'application/json']] : []),
        ...(ownSecret ? [] : [['Secret', 'what the command below prints']]),
        ...(isGitHub ? [['SSL verification', 'enabled']] : []),
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
    ...(ownSecret
      ? [
          `  ${sender} makes the secret. Write it to secret.txt, store it, and delete the file:`,
          ...typed(secret(store)),
        ]
      : ['  To print the secret:', ...typed(secret(read))]),
  ];
}

const subscriptionRows = (subscriptions: readonly Subscription[] | null, what: string) =>
  subscriptions &&
  subscriptions.map(({ protocol, endpoint, confirmed, isDeleted }) => [
    protocol,
    endpoint,
    confirmed
      ? 'confirmed'
      : isDeleted
        ? `NOT SUBSCRIBED: receives no ${what}. SNS deletes what nobody confirms within two days`
        : `NOT CONFIRMED: receives no ${what} until confirmed`,
  ]);

/** Rows without a heading, indented. */
const rowsOf = (rows: Rows, width: number | undefined, indent: number = 2): string =>
  table(
    (rows[0] ?? []).map(() => ''),
    rows,
    width === undefined ? undefined : width - indent,
  )
    .split('\n')
    .slice(1)
    .map((line) => `${' '.repeat(indent)}${line}`)
    .join('\n');
