/** What a value of an option may be: a text, several, or `true` for an option without one. Without a value there is no command. */
type Value = string | readonly string[] | true | undefined;

const isValue = (value: unknown): value is string =>
  // The AWS CLI reads what it is given as `file://…` from a file of whoever runs it.
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
    // What begins with a dash would be taken for an option.
    const isDashed = values.some((text) => text.startsWith('-'));
    if (isDashed && values.length > 1) return undefined;
    words.push(...(isDashed ? [`--${name}=${values.join('')}`] : [`--${name}`, ...values]));
  }
  return words;
}

/**
 * The command that enables the EventBridge rule of one of Patrol's own packages. Rules of others may be in the state that
 * has read-only calls delivered as well, and the command would take those from them.
 */
export const enableRule = (
  name: string,
  region: string | undefined,
): readonly string[] | undefined =>
  /^patrol-(aws|github)-/.test(name)
    ? awsCommand('events enable-rule', { name, region })
    : undefined;
