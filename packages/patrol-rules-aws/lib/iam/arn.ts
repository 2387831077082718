/**
 * Patterns of ARNs, compared as IAM compares them: part by part. An ARN has six parts, and only the last one may hold colons.
 * A wildcard matches within its part. Only a `*` at the end of a pattern goes on beyond colons (IAM user guide, "IAM JSON
 * policy elements: Resource").
 */
import { covers, everything, type Glob, overlap, parseGlob } from './glob.ts';

const colon = ':'.charCodeAt(0);
const prefix = parseGlob('arn:').glob;

/** The six parts of a pattern; `undefined` for one that is not an ARN, such as `*`. */
function partsOf(glob: Glob): readonly Glob[] | undefined {
  if (!prefix.every((code, index) => glob[index] === code)) return undefined;
  const parts: Glob[] = [];
  let rest = glob;
  while (parts.length < 5) {
    const end = rest.indexOf(colon);
    if (end < 0) break;
    parts.push(rest.slice(0, end));
    rest = rest.slice(end + 1);
  }
  parts.push(rest);
  const goesOn = rest.at(-1) === everything[0];
  while (goesOn && parts.length < 6) parts.push(everything);
  return parts.length === 6 ? parts : undefined;
}

/** Makes a comparison of patterns go part by part where both are ARNs. Other patterns are compared whole. */
const byParts =
  (compare: (a: Glob, b: Glob) => boolean) =>
  (a: Glob, b: Glob): boolean => {
    const [partsOfA, partsOfB] = [partsOf(a), partsOf(b)];
    if (!partsOfA || !partsOfB) return compare(a, b);
    return partsOfA.every((part, index) => compare(part, partsOfB[index] ?? []));
  };

/** Whether some resource matches both patterns. */
export const arnsOverlap: (a: Glob, b: Glob) => boolean = byParts(overlap);

/** Whether `a` certainly matches every resource that `b` matches. */
export const arnCovers: (a: Glob, b: Glob) => boolean = byParts(covers);
