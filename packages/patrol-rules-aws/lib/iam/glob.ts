/**
 * Patterns of IAM: `*` matches any run of characters, `?` any one. Comparing two patterns never takes longer than in
 * proportion to the product of their lengths.
 */

/** A pattern as a list of symbols: UTF-16 code units, {@link anyRun} and {@link anyOne}. */
export type Glob = readonly number[];

const anyRun = -1;
const anyOne = -2;

/** The pattern that everything matches. */
export const everything: Glob = [anyRun];

/**
 * Reads a pattern.
 *
 * @param options.fold reads ASCII letters as lower case.
 * @param options.variables reads a policy variable, `${…}`, as any run of characters, and `${*}`, `${?}` and `${$}` as the
 *   character.
 * @returns the pattern, and whether it holds a variable.
 */
export function parseGlob(
  text: string,
  { fold = false, variables = false } = {},
): { readonly glob: Glob; readonly varies: boolean } {
  const glob: number[] = [];
  let varies = false;
  // `?*` and `*?` match the same texts. Both become `?*`, so that equal patterns look equal.
  let run = false;
  const push = (symbol: number): void => {
    if (run && symbol !== anyOne) {
      glob.push(anyRun);
      run = false;
    }
    glob.push(symbol);
  };
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const end = variables && text.startsWith('${', at) ? text.indexOf('}', at) : -1;
    if (end > 0) {
      const name = text.slice(at + 2, end);
      if (/^[*?$]$/.test(name)) push(name.charCodeAt(0));
      else run = varies = true;
      at = end;
    } else if (text[at] === '*') run = true;
    else if (text[at] === '?') push(anyOne);
    else push(fold && code >= 65 && code <= 90 ? code + 32 : code);
  }
  if (run) glob.push(anyRun);
  return { glob, varies };
}

/** A pattern as text. */
export const globText = (glob: Glob): string =>
  glob
    .map((symbol) =>
      symbol === anyRun ? '*' : symbol === anyOne ? '?' : String.fromCharCode(symbol),
    )
    .join('');

/** Whether some text matches both patterns. */
export function overlap(a: Glob, b: Glob): boolean {
  // row[j]: whether the first i symbols of `a` and the first j of `b` can stand for one text.
  let row = new Uint8Array(b.length + 1);
  row[0] = 1;
  for (let i = 0; i <= a.length; i += 1) {
    const next = new Uint8Array(b.length + 1);
    let alive = i === a.length;
    for (let j = 0; j <= b.length; j += 1) {
      if (!row[j]) continue;
      const [x, y] = [a[i], b[j]];
      if (x === anyRun || y === anyRun) {
        row[j + 1] = 1;
        next[j] = 1;
        alive = true;
      } else if (x !== undefined && y !== undefined && (x === y || x === anyOne || y === anyOne)) {
        next[j + 1] = 1;
        alive = true;
      }
    }
    if (!alive) return false;
    if (i < a.length) row = next;
  }
  return row[b.length] === 1;
}

/**
 * Whether `a` certainly matches every text that `b` matches. Where a `?` of `a` would have to match a character of a `*` of
 * `b`, the answer is no, even if yes were right.
 */
export function covers(a: Glob, b: Glob): boolean {
  let [i, j, star, mark] = [0, 0, -1, 0];
  while (j < b.length) {
    if (a[i] === anyRun) {
      star = i;
      mark = j;
      i += 1;
    } else if (i < a.length && (a[i] === b[j] || (a[i] === anyOne && b[j] !== anyRun))) {
      i += 1;
      j += 1;
    } else if (star >= 0) {
      i = star + 1;
      mark += 1;
      j = mark;
    } else return false;
  }
  while (a[i] === anyRun) i += 1;
  return i === a.length;
}

/**
 * Finds what can follow a beginning: the patterns of all texts `t` for which beginning + `t` matches.
 *
 * @returns where in the pattern each of them starts. None of them covers another.
 */
export function residues(glob: Glob, beginning: string): readonly number[] {
  const skipStars = (at: number): number[] => {
    const reached = [at];
    while (glob[at] === anyRun) reached.push((at += 1));
    return reached;
  };
  let states = new Set(skipStars(0));
  for (let at = 0; at < beginning.length; at += 1) {
    const code = beginning.charCodeAt(at);
    const next = new Set<number>();
    for (const state of states) {
      const symbol = glob[state];
      const to =
        symbol === anyRun ? state : symbol === code || symbol === anyOne ? state + 1 : undefined;
      if (to !== undefined) for (const reached of skipStars(to)) next.add(reached);
    }
    states = next;
  }
  const starts = [...states].toSorted((a, b) => a - b);
  return starts.filter(
    (start, index) =>
      !starts.some(
        (other, place) =>
          place !== index &&
          covers(glob.slice(other), glob.slice(start)) &&
          (place < index || !covers(glob.slice(start), glob.slice(other))),
      ),
  );
}
