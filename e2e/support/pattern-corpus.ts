/**
 * Compares our event pattern matcher with what AWS's own (aws/event-ruler) said, case by case.
 *
 *     node e2e/pattern-corpus.ts <folder>
 *
 * The folder holds `event-ruler.ndjson` (lines of pattern, event, match) and
 * `event-ruler-syntax.ndjson` (lines of patternText, valid). Exits with 1 when any case differs.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { matches, parsePattern, PatternError } from '../../packages/core/src/pattern.ts';

const SHOWN = 10;

/** The lines of a file as texts: some lines hold Infinity, which JSON.parse refuses. */
function lines(folder: string, file: string): string[] {
  return readFileSync(join(folder, file), 'utf8').split('\n').filter(Boolean);
}

/** The message of the PatternError that the text leads to, undefined when it is accepted. */
function refusal(patternText: string): string | undefined {
  try {
    parsePattern(patternText);
    return undefined;
  } catch (error) {
    if (error instanceof PatternError) return error.message;
    throw error;
  }
}

/** What is said of a case that differs, undefined when it agrees. */
function compareMatch(line: string): string | undefined {
  const { pattern, event, match } = JSON.parse(line);
  let ours: string;
  try {
    ours = String(matches(pattern, event));
  } catch (error) {
    ours = String(error);
  }
  return ours === String(match) ? undefined : `expected ${match}, found ${ours}: ${line}`;
}

function compareSyntax(line: string): string | undefined {
  // Python wrote a bare Infinity, which is not JSON, into some "pattern"s; those are not read here.
  const { patternText, valid } = JSON.parse(line.replaceAll(/([[,:]\s*)-?Infinity\b/g, '$1null'));
  const message = refusal(patternText);
  if ((message === undefined) === valid) return undefined;
  return `expected ${valid ? 'valid' : 'refused'}, found ${message ?? 'accepted'}: ${patternText}`;
}

function run(folder: string, file: string, compare: (line: string) => string | undefined): boolean {
  const all = lines(folder, file);
  const different = all.map(compare).filter((text) => text !== undefined);
  console.log(`${file}: ${all.length - different.length} agree, ${different.length} differ`);
  for (const text of different.slice(0, SHOWN)) console.log(`  ${text}`);
  return all.length > 0 && different.length === 0;
}

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('Expected the folder of the pattern corpus: node e2e/pattern-corpus.ts <folder>');
  process.exitCode = 1;
} else {
  const matching = run(folder, 'event-ruler.ndjson', compareMatch);
  const syntax = run(folder, 'event-ruler-syntax.ndjson', compareSyntax);
  if (!matching || !syntax) process.exitCode = 1;
}
