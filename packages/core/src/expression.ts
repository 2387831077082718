/**
 * Regular expressions of operators, matched in linear time. An attacker chooses the value, and an operator need not know which
 * expressions are slow: JavaScript's own `(a+)+b` takes hours for forty characters. So an expression is read here, and
 * all places at which it can stand are followed at once: a character of the value costs at most one step for each place. The
 * answer is that of JavaScript's `RegExp` without the flags `u` and `v`.
 */

/** How an expression is matched. */
export interface ExpressionOptions {
  /** Whether letter case makes no difference. */
  readonly ignoreCase?: boolean | undefined;
  /** Whether any part of the value may match, not only the whole of it. */
  readonly anywhere?: boolean | undefined;
}

/** A regular expression that can be matched in linear time. */
interface Expression {
  readonly matches: (value: string) => boolean;
  /** How many steps it takes at most for each character, and for the end of the value. */
  readonly places: number;
}

/** Reads an expression. The message of what it throws says what is wrong, where, and what to write instead. */
export type CompileExpression = (source: string, options?: ExpressionOptions) => Expression;

/** The most places of an expression with its repeats written out: `(?:ab){3}` has six and its end. */
export const mostPlaces = 1000;

/** The most groups within groups. */
const deepest = 50;

/** What an expression says. */
type Node =
  | { readonly kind: 'character'; readonly fits: (character: string) => boolean }
  | { readonly kind: 'edge'; readonly holds: (value: string, at: number) => boolean }
  | { readonly kind: 'look'; readonly behind: boolean; readonly not: boolean; readonly node: Node }
  | { readonly kind: 'all' | 'any'; readonly nodes: readonly Node[] }
  | { readonly kind: 'repeat'; readonly node: Node; readonly min: number; readonly max: number };

/** A place at which an expression can stand. */
interface Place {
  /** Whether a character leads on, to `next`. */
  readonly fits: ((character: string) => boolean) | undefined;
  readonly next: Place | undefined;
  /** Where it leads by itself, and whether it does so where it is reached. */
  skips: readonly Place[];
  readonly holds: ((value: string, at: number) => boolean) | undefined;
  /** The round in which it was last looked at. */
  seen: number;
}

/**
 * Compiles a regular expression.
 *
 * @throws an Error for one that cannot be read, that refers back to a group, or that is too long.
 */
export const compileExpression: CompileExpression = (source, options = {}) => {
  const node = parse(source, options.ignoreCase ? 'i' : '');
  let places = 0;
  const add = ({ fits, next, skips = [], holds }: Partial<Place>): Place => {
    places += 1;
    if (places > mostPlaces) {
      throw new Error(
        `is too long: at most ${mostPlaces} characters are allowed, with all repeats written out. Use smaller numbers in {}, or * and +.`,
      );
    }
    // All have the same fields: V8 is then several times as fast.
    return { fits, next, skips, holds, seen: 0 };
  };
  /** The place at which a node begins that leads to `next`. Backwards, it begins where the node ends. */
  const place = (of: Node, next: Place, backwards: boolean): Place => {
    switch (of.kind) {
      case 'character':
        return add({ fits: of.fits, next });
      case 'edge':
        return add({ holds: of.holds, skips: [next] });
      case 'look': {
        const ends = endsOf(of.node, !of.behind, true);
        return add({ holds: (value, at) => (ends(value)[at] === 1) !== of.not, skips: [next] });
      }
      case 'any':
        return add({ skips: of.nodes.map((each) => place(each, next, backwards)) });
      case 'all': {
        const order = backwards ? of.nodes : of.nodes.toReversed();
        return order.reduce((after, each) => place(each, after, backwards), next);
      }
      case 'repeat': {
        let first = next;
        if (of.max === Infinity) {
          first = add({});
          first.skips = [place(of.node, first, backwards), next];
        } else {
          for (let count = of.min; count < of.max; count += 1) {
            first =
              of.node.kind === 'character'
                ? add({ fits: of.node.fits, next: first, skips: [next] })
                : add({ skips: [place(of.node, first, backwards), next] });
          }
        }
        for (let count = 0; count < of.min; count += 1) {
          const after = first;
          first = place(of.node, after, backwards);
          // Nothing, a billion times, is nothing.
          if (first === after) break;
        }
        return first;
      }
    }
  };
  /** Finds, for each position of a value, whether a node ends there. It keeps the answer for the last value. */
  const endsOf = (
    of: Node,
    backwards: boolean,
    anywhere: boolean,
  ): ((value: string) => Uint8Array) => {
    const end = add({});
    const start = place(of, end, backwards);
    let last: { readonly value: string; readonly ends: Uint8Array } | undefined;
    return (value) => {
      if (last?.value !== value) {
        last = { value, ends: follow(start, end, value, backwards, anywhere) };
      }
      return last.ends;
    };
  };
  const { anywhere = false } = options;
  const ends = endsOf(node, false, anywhere);
  return {
    matches: (value) => (anywhere ? ends(value).includes(1) : ends(value)[value.length] === 1),
    places,
  };
};

let rounds = 0;

/** Follows all places at once through a value. Each is looked at once in a round, and a round is for one character. */
function follow(
  start: Place,
  end: Place,
  value: string,
  backwards: boolean,
  anywhere: boolean,
): Uint8Array {
  const ends = new Uint8Array(value.length + 1);
  let places: readonly Place[] = [];
  for (let step = 0; step <= value.length; step += 1) {
    const at = backwards ? value.length - step : step;
    // What looks ahead or behind has rounds of its own in between.
    const round = (rounds += 1);
    const reached: Place[] = [];
    const reach = (place: Place): void => {
      if (place.seen === round) return;
      place.seen = round;
      reached.push(place);
    };
    const character = value[backwards ? at : at - 1] ?? '';
    for (const { fits, next } of places) if (fits?.(character) && next) reach(next);
    if (anywhere || step === 0) reach(start);
    // It grows meanwhile by what is reached without another character.
    for (const { holds, skips } of reached) {
      if (!holds || holds(value, at)) for (const place of skips) reach(place);
    }
    ends[at] = Number(end.seen === round);
    places = reached;
  }
  return ends;
}

/** The escapes that are what they seem to be. `\p`, for one, is a `p`. */
const escape = /\\(?:[dDwWsStnrfv]|0(?!\d)|x[\da-fA-F]{2}|u[\da-fA-F]{4}|[^A-Za-z\d])/y;

const isWord = (character: string | undefined): boolean => /^\w$/.test(character ?? '');

const isBetween = (value: string, at: number): boolean =>
  isWord(value[at - 1]) !== isWord(value[at]);

/** Those that stand between characters. */
const edges: Readonly<Record<string, (value: string, at: number) => boolean>> = {
  '^': (_value, at) => at === 0,
  $: (value, at) => at === value.length,
  '\\b': isBetween,
  '\\B': (value, at) => !isBetween(value, at),
};

/** Reads an expression from left to right. */
function parse(source: string, flags: string): Node {
  let at = 0;
  let depth = 0;

  /** Passes what has a form, if it stands here. */
  const take = (form: RegExp): RegExpExecArray | null => {
    form.lastIndex = at;
    const found = form.exec(source);
    at += found?.[0].length ?? 0;
    return found;
  };

  const wrong = (from: number, text: string): never => {
    throw new Error(`is not a regular expression: at character ${from + 1}, ${text}`);
  };

  const characters = new Map<string, Node>();
  /** JavaScript says which characters each single one fits. It is asked once for each of the usual ones. */
  const character = (text: string): Node => {
    const single = new RegExp(`^${text}$`, flags);
    const usual: boolean[] = [];
    const node: Node = characters.get(text) ?? {
      kind: 'character',
      fits: (each) => {
        const code = each.charCodeAt(0);
        return code < 128 ? (usual[code] ??= single.test(each)) : single.test(each);
      },
    };
    characters.set(text, node);
    return node;
  };

  const escaped = (from: number): string => {
    const [text] = take(escape) ?? [];
    if (text !== undefined) return text;
    const found = /\\(?:\d+|k<\w*>?|[^]?)/y;
    found.lastIndex = from;
    const [unknown = ''] = found.exec(source) ?? [];
    if (/^\\(?:k|[1-9])/.test(unknown)) {
      throw new Error(
        `cannot be matched in linear time: at character ${from + 1}, ${unknown} refers back to a group. Write out what can stand there.`,
      );
    }
    return wrong(
      from,
      unknown === '\\'
        ? 'nothing follows the \\. Write \\\\ for the character.'
        : `${unknown} has no meaning. Write the character without \\, or a class such as [A-Za-z].`,
    );
  };

  const characterClass = (): Node => {
    const from = at;
    const [text = ''] = take(/\[(?:\\[^]|[^\]\\])*\]/y) ?? [];
    if (text === '')
      wrong(from, 'the class is not closed. Write ] at its end, or \\[ for the character.');
    const end = at;
    for (const { 0: each, index } of text.matchAll(/\\[^]/g)) {
      at = from + index;
      if (each !== '\\b') escaped(at);
    }
    at = end;
    try {
      return character(text);
    } catch {
      return wrong(
        from,
        `a range in ${text} ends before it begins. Write the lower character first.`,
      );
    }
  };

  const group = (): Node => {
    const from = at;
    const [opening = '', sign] = take(/\((?:\?(?:(<?[=!])|:|<[A-Za-z_$][\w$]*>))?/y) ?? [];
    if (source[at] === '?') {
      wrong(from, 'no known group begins. Expected (, (?:, (?<name>, (?=, (?!, (?<= or (?<!.');
    }
    depth += 1;
    if (depth > deepest) wrong(from, `more than ${deepest} groups are open. Use fewer.`);
    const node = either();
    if (!take(/\)/y)) {
      wrong(from, `${opening} is not closed. Write ) at its end, or \\( for the character.`);
    }
    depth -= 1;
    if (sign === undefined) return node;
    return { kind: 'look', behind: sign.startsWith('<'), not: sign.endsWith('!'), node };
  };

  const times = /(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/y;

  const one = (): Node => {
    const [edge] = take(/[$^]|\\[bB]/y) ?? [];
    const holds = edges[edge ?? ''];
    if (holds) return { kind: 'edge', holds };
    const from = at;
    switch (source[at] ?? '') {
      case '[':
        return characterClass();
      case '(':
        return group();
      case '\\':
        return character(escaped(at));
      default: {
        const [repeat] = take(times) ?? [];
        if (repeat !== undefined) {
          wrong(
            from,
            `there is nothing for ${repeat} to repeat. Write \\${repeat} for the characters.`,
          );
        }
        const [text = ''] = take(/[^]/y) ?? [];
        return character(/[{}\]]/.test(text) ? `\\${text}` : text);
      }
    }
  };

  const repeated = (): Node => {
    const node = one();
    const from = at;
    const [repeat, sign, least = '', comma, most = ''] = take(times) ?? [];
    if (repeat === undefined) return node;
    if (node.kind === 'edge' || node.kind === 'look') {
      wrong(
        from,
        `there is nothing for ${repeat} to repeat. Write \\${repeat} for the characters.`,
      );
    }
    const min = sign ? Number(sign === '+') : Number(least);
    const max = sign ? (sign === '?' ? 1 : Infinity) : comma ? Number(most || Infinity) : min;
    if (min > max)
      wrong(from, `the second number of ${repeat} is lower. Write the lower number first.`);
    return { kind: 'repeat', node, min, max };
  };

  const sequence = (): Node => {
    const nodes: Node[] = [];
    while (at < source.length && !'|)'.includes(source[at] ?? '')) nodes.push(repeated());
    return { kind: 'all', nodes };
  };

  const either = (): Node => {
    const first = sequence();
    const nodes = [first];
    while (take(/\|/y)) nodes.push(sequence());
    return nodes.length === 1 ? first : { kind: 'any', nodes };
  };

  const node = either();
  if (at < source.length) wrong(at, 'the ) closes no group. Write \\) for the character.');
  return node;
}
