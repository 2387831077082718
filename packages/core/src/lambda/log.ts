/** Levels as Lambda's JSON logs name them. */
export type LogLevel = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';

/**
 * Writes one line of JSON. It goes past `console`, which Lambda would wrap into a second JSON object as text;
 * lines with `timestamp` and `level` are taken over as they are.
 */
export function log(level: LogLevel, fields: Readonly<Record<string, unknown>>): void {
  const line = { timestamp: new Date().toISOString(), level, ...fields };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
