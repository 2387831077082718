/** For tests: holds everything that a command writes with `--json` against its schemas. */
import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import { type Command, commands, type Written } from '../notes/commands.ts';
import { note } from '../notes/lines.ts';
import { output } from '../notes/objects.ts';

/** What a command line is written by: without the name of a command it deploys. */
const commandOf = (argv: readonly string[]): Command =>
  argv.find((word): word is Command => Object.hasOwn(commands, word)) ?? 'deploy';

/**
 * Checks what a command wrote to standard output. It is stricter than readers are: nothing may be there that no schema
 * knows.
 *
 * @throws an Error that says what is not as the schemas have it, and where.
 */
export function requireContract(argv: readonly string[], stdout: string): void {
  const written: Written = commands[commandOf(argv)];
  const problems =
    'lines' in written ? linesProblems(written, stdout) : objectProblems(written, stdout);
  if (problems.length === 0) return;
  throw new Error(
    `patrol-deploy ${argv.join(' ')} does not write what its contract says:\n${problems.join('\n')}`,
  );
}

function linesProblems(
  { lines }: Extract<Written, { lines: unknown }>,
  stdout: string,
): readonly string[] {
  const texts = stdout.split('\n');
  const end = texts.pop() === '' ? [] : ['The last line does not end.'];
  return [
    ...end,
    ...(texts.length === 0 ? ['There is no line.'] : []),
    ...texts.flatMap((text, index) => {
      const isLast = index === texts.length - 1;
      const allowed: readonly string[] = isLast ? ['result'] : lines;
      return valueProblems(note, JSON.parse(text), allowed).map(
        (problem) => `line ${index + 1}: ${problem}: ${text}`,
      );
    }),
  ];
}

function objectProblems(
  { object }: Extract<Written, { object: unknown }>,
  stdout: string,
): readonly string[] {
  // Of a fleet, there is an object on each line.
  const lines = stdout.trimEnd().split('\n');
  if (lines.length > 1 && lines.every((line) => line.startsWith('{"type"'))) {
    return lines.flatMap((line) => objectProblems({ object }, line));
  }
  const value: unknown = JSON.parse(stdout);
  const isResult =
    typeof value === 'object' && value !== null && Reflect.get(value, 'type') === 'result';
  return valueProblems(isResult ? note : output, value, [isResult ? 'result' : object]);
}

function valueProblems(
  schema: v.GenericSchema,
  value: unknown,
  types: readonly string[],
): readonly string[] {
  const found = v.safeParse(schema, value);
  if (!found.success) {
    return found.issues.map((issue) => `${v.getDotPath(issue) ?? 'the whole'}: ${issue.message}`);
  }
  const type = String(Reflect.get(Object(value), 'type'));
  if (!types.includes(type)) return [`expected one of ${types.join(', ')}, found ${type}`];
  return differing(found.output, value, '');
}

/** The fields of a value of which its schema knows nothing. */
function differing(known: unknown, value: unknown, path: string): readonly string[] {
  if (isDeepStrictEqual(known, value)) return [];
  const [inner, outer] = [Object(known), Object(value)];
  const unknown = Object.keys(outer).filter((key) => !Object.hasOwn(inner, key));
  return unknown.length > 0
    ? unknown.map((key) => `${path}${key} is in no schema`)
    : Object.keys(outer).flatMap((key) => differing(inner[key], outer[key], `${path}${key}.`));
}
