/**
 * The value of an option: a text, several, or `true` for an option without a value. `undefined` means that there is no
 * command.
 */
type Value = string | readonly string[] | true | undefined;

const isValue = (value: unknown): value is string =>
  // The AWS CLI would read a value such as `file://…` from a file on the machine of whoever runs it.
  typeof value === 'string' && value !== '' && !/^\w+:\/\//.test(value);

/**
 * A command of the AWS CLI that undoes something, for `Finding.undo`.
 *
 * @param call service and command: `cloudtrail start-logging`.
 * @param options by their names, without the dashes.
 * @returns `undefined` where the event does not say what an option needs.
 */
export function awsCommand(
  call: string,
  options: Readonly<Record<string, Value>>,
): readonly string[] | undefined {
  const words = ['aws', ...call.split(' ')];
  for (const [name, value] of Object.entries(options)) {
    const values: readonly unknown[] = value === true ? [] : [value].flat();
    if (!values.every(isValue)) return undefined;
    // The AWS CLI would take a value that begins with a dash for an option.
    const isDashed = values.some((text) => text.startsWith('-'));
    if (isDashed && values.length > 1) return undefined;
    words.push(...(isDashed ? [`--${name}=${values.join('')}`] : [`--${name}`, ...values]));
  }
  return words;
}

/** The rules of Patrol's own packages that receive read-only calls as well. */
const readsToo = [
  'deniedCalls',
  'federationToken',
  'instanceSecretsRead',
  'outboundFederation',
  'rootActivity',
  'secretsRead',
  'watchedSecrets',
];

/**
 * The command that enables the EventBridge rule of one of Patrol's own packages. A rule that also receives read-only calls is
 * in another state, and the command would end that: those have none, and neither have rules of somebody else.
 */
export function enableRule(
  name: string,
  region: string | undefined,
): readonly string[] | undefined {
  const [, rule] = /^patrol-(?:aws|github)-([^-]*)/.exec(name) ?? [];
  return rule === undefined || readsToo.includes(rule)
    ? undefined
    : awsCommand('events enable-rule', { name, region });
}
