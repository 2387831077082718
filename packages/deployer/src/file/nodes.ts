/** The values of a YAML text with their places: aliases and merge keys resolved, hostile input refused. Pure. */
import * as yaml from 'yaml';
import type { Fault } from '../view/sentences/faults.ts';
import { type Position, type Problem, problem } from './problem.ts';

/** A value and where it stands. */
export type Found = { readonly at: Position } & (
  | { readonly kind: 'map'; readonly entries: readonly Entry[] }
  | { readonly kind: 'list'; readonly items: readonly Found[] }
  | { readonly kind: 'text'; readonly text: string }
  /** `text` as it is written: `1.10` is another text than `1.1`. */
  | { readonly kind: 'number'; readonly value: number; readonly text: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'nothing' }
  /** Refused already. */
  | { readonly kind: 'unreadable' }
);

/** A key of a map and its value. */
interface Entry {
  readonly key: string;
  readonly at: Position;
  readonly value: Found;
}

/** A fleet of hundreds of rules needs a tenth of this. */
export const largestText: number = 512 * 1024;
/** Merge keys can make many entries of few. */
const mostMerged = 100_000;
const deepest = 64;
const start: Position = { line: 1, column: 1 };

/** Tags that say what a value is anyway. */
const plainTags = ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map(
  (name) => `tag:yaml.org,2002:${name}`,
);

/** Reads the one document of a YAML text; without a root where not even its beginning can be made out. */
export function readNodes(text: string): {
  readonly root?: Found;
  readonly problems: readonly Problem[];
} {
  if (Buffer.byteLength(text) > largestText) {
    return refused(start, { code: 'tooLarge', most: largestText / 1024 });
  }
  const lines = new yaml.LineCounter();
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const documents = yaml.parseAllDocuments(text, {
    lineCounter: lines,
    logLevel: 'silent',
    merge: true,
    prettyErrors: false,
    uniqueKeys: false,
  });
  const [document] = documents;
  if (!document) return refused(start, { code: 'empty' });
  const faults = documents.flatMap(({ errors, warnings }) => [...errors, ...warnings]);
  if (faults.length > 0) {
    return {
      problems: faults.map(({ message, pos: [offset] }) => {
        const why = message.split('\n', 1)[0] ?? '';
        return problem(at(offset), [], { code: 'notYaml', why }, 'syntax');
      }),
    };
  }
  if (documents[1]) {
    const { range } = documents[1];
    return refused(at(range[0]), { code: 'secondDocument' });
  }
  if (document.directives.yaml.version !== '1.2') {
    return refused(start, { code: 'yamlVersion' });
  }
  if (!document.contents) return refused(start, { code: 'empty' });
  return foundIn(document, document.contents, at);
}

const refused = (at: Position, fault: Fault): { readonly problems: readonly Problem[] } => ({
  problems: [problem(at, [], fault, 'syntax')],
});

/** What a document holds, with the place of every part. */
function foundIn(
  document: yaml.Document.Parsed<yaml.ParsedNode>,
  contents: yaml.Node,
  at: (offset: number) => Position,
) {
  const problems: Problem[] = [];
  /** What each alias stands for: the last anchor of that name before it. */
  const targets = new Map<yaml.Node, yaml.Node>();
  /** Each node is read once, however many aliases stand for it; `open` while it is being read. */
  const known = new Map<yaml.Node, Found | 'open'>();
  let mergedEntries = 0;

  const placeOf = (node: yaml.Node): Position => at(node.range?.[0] ?? 0);

  function refuse(place: Position, fault: Fault): Found {
    problems.push(problem(place, [], fault, 'syntax'));
    return { kind: 'unreadable', at: place };
  }

  function read(node: yaml.Node, depth: number): Found {
    const place = placeOf(node);
    if (yaml.isAlias(node)) {
      const target = targets.get(node);
      if (target) return read(target, depth);
      return refuse(place, { code: 'noAnchor', name: node.source });
    }
    const before = known.get(node);
    if (before === 'open' || depth > deepest) {
      return refuse(
        place,
        before ? { code: 'containsItself' } : { code: 'tooDeep', most: deepest },
      );
    }
    if (before) return before;
    known.set(node, 'open');
    const found = valueOf(node, place, depth);
    known.set(node, found);
    return found;
  }

  function valueOf(node: yaml.Node, place: Position, depth: number): Found {
    if (node.tag !== undefined && !plainTags.includes(node.tag)) {
      return refuse(place, { code: 'tag', tag: node.tag });
    }
    if (yaml.isMap(node)) return { kind: 'map', at: place, entries: entriesOf(node.items, depth) };
    if (yaml.isSeq(node)) {
      const items = node.items.filter((item) => yaml.isNode(item));
      return { kind: 'list', at: place, items: items.map((item) => read(item, depth + 1)) };
    }
    const scalar: Partial<yaml.Scalar> = yaml.isScalar(node) ? node : {};
    const { value, source } = scalar;
    if (typeof value === 'string') return { kind: 'text', at: place, text: value };
    if (typeof value === 'boolean') return { kind: 'boolean', at: place, value };
    if (typeof value !== 'number') return { kind: 'nothing', at: place };
    return { kind: 'number', at: place, value, text: source ?? String(value) };
  }

  /**
   * The entries of a map, each before those that override it: first what is merged into it, then its own. Of several maps
   * that are merged, the first of a name counts.
   */
  function entriesOf(items: readonly unknown[], depth: number): readonly Entry[] {
    const entries = new Map<string, Entry>();
    const merges: yaml.Node[] = [];
    for (const item of items) {
      if (!yaml.isPair(item) || !yaml.isNode(item.key)) continue;
      if (isMergeKey(item.key)) {
        if (yaml.isNode(item.value)) merges.push(item.value);
        continue;
      }
      const place = placeOf(item.key);
      const key = read(item.key, depth + 1);
      const name = nameOf(key);
      if (name === undefined) {
        if (key.kind !== 'unreadable') refuse(place, { code: 'keyName' });
        continue;
      }
      const { value: node } = item;
      const value: Found = yaml.isNode(node)
        ? read(node, depth + 1)
        : { kind: 'nothing', at: place };
      const first = entries.get(name);
      if (first) {
        refuse(place, { code: 'sameKey', key: name, first: first.at.line });
      } else {
        entries.set(name, { key: name, at: place, value });
      }
    }
    const names = new Set(entries.keys());
    const merged: (readonly Entry[])[] = [];
    for (const source of mergedFrom(merges, depth)) {
      const added = source.filter(({ key }) => !names.has(key));
      for (const { key } of added) names.add(key);
      merged.push(added);
    }
    return [...merged.toReversed().flat(), ...entries.values()];
  }

  /** The entries of each map that is merged. */
  function* mergedFrom(merges: readonly yaml.Node[], depth: number): Generator<readonly Entry[]> {
    for (const node of merges) {
      const found = read(node, depth + 1);
      for (const source of found.kind === 'list' ? found.items : [found]) {
        if (source.kind === 'unreadable') continue;
        if (source.kind !== 'map') {
          refuse(source.at, { code: 'notMerged' });
          continue;
        }
        if (mergedEntries >= mostMerged) return;
        mergedEntries += source.entries.length;
        if (mergedEntries >= mostMerged) {
          refuse(placeOf(node), { code: 'manyMerged', most: mostMerged });
          return;
        }
        yield source.entries;
      }
    }
  }

  const anchors = new Map<string, yaml.Node>();
  yaml.visit(document, {
    Node: (_, node) => {
      if (yaml.isAlias(node)) {
        const target = anchors.get(node.source);
        if (target) targets.set(node, target);
      } else if (node.anchor !== undefined) {
        anchors.set(node.anchor, node);
      }
    },
  });
  return { root: read(contents, 0), problems };
}

/** The text of a key. */
function nameOf(key: Found): string | undefined {
  if (key.kind === 'text' || key.kind === 'number') return key.text;
  return key.kind === 'boolean' ? String(key.value) : undefined;
}

const isMergeKey = (key: yaml.Node): boolean =>
  yaml.isScalar(key) &&
  (typeof key.value === 'symbol' || (key.value === '<<' && key.type === 'PLAIN'));
