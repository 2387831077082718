/**
 * Lists of regular expressions that an operator gives for a parameter. The function of a rule that has one loads this module
 * when it needs it (`lambda/reader.ts`).
 */
import { compileExpression } from './expression.ts';
import {
  anyOf,
  halvesOf,
  holding,
  lasting,
  matchers,
  type Only,
  type Pairs,
  type ParameterSpec,
  quote,
  type ReadExpressions,
  refuseMuting,
  requireItems,
  sortsFor,
  type Test,
  trimmed,
} from './parameter.ts';

/** Reads a list of regular expressions, or of pairs of them. */
export const readExpressions: ReadExpressions = (spec, value, only) => {
  const found = splitPatterns(value);
  if (spec.kind === 'pairs') return parsePairs(spec, found, only);
  const itemFor = spec.anywhere ? (each: string): string => `^${literal(each)}$` : literal;
  return matchers(spec, found, testsOf(spec), itemFor, only);
};

function parsePairs(spec: ParameterSpec, found: readonly string[], only: Only): Pairs {
  requireItems(spec, found);
  const [first, second] = halvesOf(spec);
  const testOf = testsOf(spec);
  const compiled = found.map((written) => {
    const { item, isOver } = lasting(spec, written);
    const at = item.indexOf(':');
    const a = item.slice(0, Math.max(at, 0)).trim();
    const b = item.slice(at + 1).trim();
    if (!a || !b) {
      throw new Error(`${quote(item)} is not a pair; expected ${first}:${second}, neither empty.`);
    }
    return { written, item, isOver, a, b, ofFirst: testOf(a), ofSecond: testOf(b) };
  });
  const find: Pairs['find'] = (firsts, seconds) =>
    compiled.find(
      ({ ofFirst, ofSecond, isOver }) =>
        anyOf(firsts, ofFirst) && anyOf(seconds, ofSecond) && !isOver(),
    )?.written;
  refuseMuting(
    spec,
    () =>
      sortsFor(compiled.map(({ a }) => a)).flatMap((as) =>
        sortsFor(compiled.map(({ b }) => b)).map((bs) =>
          as.flatMap((a) => bs.map((b) => [[a], [b]] as const)),
        ),
      ),
    ([a, b]) => find(a, b),
  );
  return {
    written: found,
    get items() {
      return holding(compiled);
    },
    find,
    suppression: (a, b) =>
      a && b
        ? only<Pairs>(`${literal(a)}:${literal(b)}`, (list) => list.find([a], [b]))
        : undefined,
  };
}

/** As much of a value as is matched against an expression. Names and ARNs are shorter; an attacker's need not be. */
const longestValue = 1024;

/** The most steps that the expressions of a list may take for each character together. */
const mostSteps = 5000;

/** The tests of the regular expressions of a list. Each takes linear time. */
function testsOf(spec: ParameterSpec): (item: string) => Test {
  let steps = 0;
  return (item) => {
    try {
      const { matches, places } = compileExpression(item, spec);
      steps += places;
      if (steps > mostSteps) {
        throw new Error(
          `is one too many: the list may have ${mostSteps} characters, with all repeats written out. Use * and + instead of numbers in {}.`,
        );
      }
      return (value) =>
        // What was not looked at must not be muted.
        value.length > longestValue
          ? !spec.suppresses && matches(value.slice(0, longestValue))
          : matches(value);
    } catch (error) {
      throw new Error(`${quote(item)} ${error instanceof Error ? error.message : ''}`);
    }
  };
}

/** The regular expression of a text. */
const literal = (value: string): string => value.replace(/[\\^$.*+?()[\]{}|,]/g, '\\$&');

/** Splits at commas that stand outside brackets and are not escaped. */
function splitPatterns(value: string): string[] {
  const parts = [''];
  let depth = 0;
  let inClass = false;
  for (const [token] of value.matchAll(/\\.|[^\\]|\\$/gs)) {
    if (token === '[') inClass = true;
    if (token === ']') inClass = false;
    if (!inClass && '({'.includes(token)) depth += 1;
    if (!inClass && ')}'.includes(token)) depth -= 1;
    if (token === ',' && !inClass && depth <= 0) parts.push('');
    else parts.push((parts.pop() ?? '') + token);
  }
  return trimmed(parts);
}
