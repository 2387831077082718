/** What is wrong with a `patrol.yaml`, and where. Pure. */
import { listed, UsageError } from '../text/errors.ts';
import { nearest } from '../text/nearest.ts';
import { distinct } from '../text/records.ts';
import { pathText } from '../text/words.ts';
import { type Fault, faultWords } from '../view/sentences/faults.ts';

/** A place in a text, both counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The keys and indexes that lead to a value. */
export type Path = readonly (string | number)[];

/** Something that keeps a file from being used. */
export interface Problem extends Position {
  /**
   * - `syntax`: it is not YAML;
   * - `shape`: a key or a value of the wrong kind or form, which the JSON schema refuses too;
   * - `value`: what only the installed rules, AWS or other values of the file tell.
   */
  readonly kind: 'syntax' | 'shape' | 'value';
  /** The keys and indexes that lead to the value; none where it is about the text. */
  readonly path: Path;
  readonly fault: Fault;
  /** Both as a sentence. */
  readonly message: string;
}

/** A problem of a value, which it names by its path. */
export const problem = (
  at: Position,
  path: Path,
  fault: Fault,
  kind: Problem['kind'] = 'value',
): Problem => ({
  line: at.line,
  column: at.column,
  kind,
  path,
  fault,
  message: `${path.length > 0 ? `${pathText(path)}: ` : ''}${faultWords(fault)}`,
});

/** The name that somebody may have meant, as a fact of a fault. */
export const near = (name: string, names: readonly string[]) => ({ meant: nearest(name, names) });

/** `did you mean x?` when one of the names is close, otherwise the fallback. */
export function meant(name: string, names: readonly string[], otherwise: string): string {
  const close = nearest(name, names);
  return close === undefined ? otherwise : `did you mean ${close}?`;
}

/** What has a place, in the order of the file, each once. */
export const sorted = <T extends Position>(found: readonly T[]): readonly T[] =>
  distinct(found).toSorted((a, b) => a.line - b.line || a.column - b.column);

/** A problem as compilers write it, so that terminals and editors lead to the place: `patrol.yaml:3:5: …`. */
export const problemLine = (file: string, { line, column, message }: Problem): string =>
  `${file}:${line}:${column}: ${message}`;

/** How many problems are told: a file that is cut off in the middle can have thousands. */
const most = 50;

/** @throws UsageError that lists the problems, when there are any. */
export function requireNone(file: string, problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  const lines = problems.slice(0, most).map((problem) => problemLine(file, problem));
  const more = problems.length > most ? [`and ${problems.length - most} more`] : [];
  throw new UsageError(listed('This fleet cannot be used:', [...lines, ...more]));
}
