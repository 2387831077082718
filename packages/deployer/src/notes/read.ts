/** Reads what the command wrote. */
import * as v from 'valibot';
import { type Note, note, type NoteOf } from './lines.ts';
import { type Output, output } from './objects.ts';
import { outputVersion } from './version.ts';

/**
 * Reads a line of NDJSON.
 *
 * @returns `undefined` for a line of a type that this release does not know: a newer one may have added it.
 * @throws an Error for what is no such line, or is one of another version.
 */
export const readNote = (line: string): Note | undefined => read(note, line) as Note | undefined;

/**
 * Reads the JSON object of a command; the result when the command failed.
 *
 * @throws an Error for what is neither, or is of another version.
 */
export function readOutput(text: string): Output | NoteOf<'result'> {
  const found = read(v.variant('type', [...output.options, ...result]), text);
  if (found !== undefined) return found as Output | NoteOf<'result'>;
  throw new Error(
    `Expected the JSON object of a command, found one of another type: ${start(text)}`,
  );
}

const result = note.options.filter((option) => option.entries.type.literal === 'result');

/** What a text says, by the schema of its type. */
function read(
  schema: v.VariantSchema<'type', v.VariantOptions<'type'>, undefined>,
  text: string,
): unknown {
  const value = parsed(text);
  const { type, version = outputVersion } = value;
  if (version !== outputVersion) {
    throw new Error(
      `Expected version ${outputVersion} of the output, found ${JSON.stringify(version)}: use the release of @patrol/deployer that wrote it.`,
    );
  }
  const found = v.safeParse(schema, value);
  if (found.success) return found.output;
  const isUnknown = found.issues.every((issue) => v.getDotPath(issue) === 'type');
  if (typeof type === 'string' && isUnknown) return undefined;
  const problems = found.issues.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`);
  throw new Error(`${start(text)} is not what patrol-deploy writes: ${problems.join('; ')}.`);
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch {
    // It is told below, with what was found.
  }
  throw new Error(`Expected a JSON object, found ${start(text)}`);
}

/** The beginning of a text, for messages. */
const start = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text);
