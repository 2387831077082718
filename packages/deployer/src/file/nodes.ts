/** The values of a YAML text with their places: aliases and merge keys resolved, hostile input refused. Pure. */
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  parseAllDocuments,
  visit,
} from 'yaml';
import type { Position, Problem } from './problem.ts';

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
    return refused(start, `the file has more than ${largestText / 1024} KB; split it into several`);
  }
  const lines = new LineCounter();
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    logLevel: 'silent',
    merge: true,
    prettyErrors: false,
    uniqueKeys: false,
  });
  const [document] = documents;
  if (!document) return refused(start, 'the file is empty');
  const faults = documents.flatMap(({ errors, warnings }) => [...errors, ...warnings]);
  if (faults.length > 0) {
    return {
      problems: faults.map(({ message, pos: [offset] }) => ({
        ...at(offset),
        kind: 'syntax',
        message: `not YAML: ${message.split('\n', 1)[0]}.`,
      })),
    };
  }
  if (documents[1]) {
    const { range } = documents[1];
    return refused(at(range[0]), 'a second YAML document begins here; expected one in the file');
  }
  if (document.directives.yaml.version !== '1.2') {
    return refused(start, 'expected YAML 1.2; remove the line %YAML');
  }
  if (!document.contents) return refused(start, 'the file is empty');
  const reader = new Reader(document, at);
  const root = reader.read(document.contents, 0);
  return { root, problems: reader.problems };
}

const refused = (at: Position, message: string): { readonly problems: readonly Problem[] } => ({
  problems: [{ ...at, kind: 'syntax', message: `${message}.` }],
});

class Reader {
  readonly problems: Problem[] = [];
  readonly #at: (offset: number) => Position;
  /** What each alias stands for: the last anchor of that name before it. */
  readonly #targets = new Map<Node, Node>();
  /** Each node is read once, however many aliases stand for it; `open` while it is being read. */
  readonly #read = new Map<Node, Found | 'open'>();
  #mergedEntries = 0;

  constructor(document: Document.Parsed<ParsedNode>, at: (offset: number) => Position) {
    this.#at = at;
    const anchors = new Map<string, Node>();
    visit(document, {
      Node: (_, node) => {
        if (isAlias(node)) {
          const target = anchors.get(node.source);
          if (target) this.#targets.set(node, target);
        } else if (node.anchor !== undefined) {
          anchors.set(node.anchor, node);
        }
      },
    });
  }

  read(node: Node, depth: number): Found {
    const at = this.#place(node);
    if (isAlias(node)) {
      const target = this.#targets.get(node);
      if (target) return this.read(target, depth);
      return this.#refuse(
        at,
        `there is no anchor &${node.source} before *${node.source}; put a text that begins with * in quotes`,
      );
    }
    const known = this.#read.get(node);
    if (known === 'open' || depth > deepest) {
      const why = known ? 'this value contains itself' : `nested deeper than ${deepest} levels`;
      return this.#refuse(at, why);
    }
    if (known) return known;
    this.#read.set(node, 'open');
    const found = this.#value(node, at, depth);
    this.#read.set(node, found);
    return found;
  }

  #value(node: Node, at: Position, depth: number): Found {
    if (node.tag !== undefined && !plainTags.includes(node.tag)) {
      return this.#refuse(at, `the tag ${node.tag} is not allowed; remove it`);
    }
    if (isMap(node)) return { kind: 'map', at, entries: this.#map(node.items, depth) };
    if (isSeq(node)) {
      const items = node.items.filter((item) => isNode(item));
      return { kind: 'list', at, items: items.map((item) => this.read(item, depth + 1)) };
    }
    const value = isScalar(node) ? node.value : undefined;
    if (typeof value === 'string') return { kind: 'text', at, text: value };
    if (typeof value === 'boolean') return { kind: 'boolean', at, value };
    if (typeof value === 'number') {
      const text = isScalar(node) ? (node.source ?? String(value)) : String(value);
      return { kind: 'number', at, value, text };
    }
    return { kind: 'nothing', at };
  }

  /**
   * The entries of a map, each before those that override it: first what is merged into it, then its own. Of several maps
   * that are merged, the first of a name counts.
   */
  #map(items: readonly unknown[], depth: number): readonly Entry[] {
    const entries = new Map<string, Entry>();
    const merges: Node[] = [];
    for (const item of items) {
      if (!isPair(item) || !isNode(item.key)) continue;
      if (isMergeKey(item.key)) {
        if (isNode(item.value)) merges.push(item.value);
        continue;
      }
      const at = this.#place(item.key);
      const key = this.read(item.key, depth + 1);
      const name = nameOf(key);
      if (name === undefined) {
        if (key.kind !== 'unreadable') this.#refuse(at, 'expected a name as the key');
        continue;
      }
      const { value: node } = item;
      const value: Found = isNode(node) ? this.read(node, depth + 1) : { kind: 'nothing', at };
      const first = entries.get(name);
      if (first) {
        const line = `is already in line ${first.at.line}`;
        this.#refuse(at, `the key ${JSON.stringify(name)} ${line}; keep one of them`);
      } else {
        entries.set(name, { key: name, at, value });
      }
    }
    const names = new Set(entries.keys());
    const merged: (readonly Entry[])[] = [];
    for (const source of this.#merged(merges, depth)) {
      const added = source.filter(({ key }) => !names.has(key));
      for (const { key } of added) names.add(key);
      merged.push(added);
    }
    return [...merged.toReversed().flat(), ...entries.values()];
  }

  /** The entries of each map that is merged. */
  *#merged(merges: readonly Node[], depth: number): Generator<readonly Entry[]> {
    for (const node of merges) {
      const found = this.read(node, depth + 1);
      for (const source of found.kind === 'list' ? found.items : [found]) {
        if (source.kind === 'unreadable') continue;
        if (source.kind !== 'map') {
          this.#refuse(source.at, 'only maps can be merged with <<');
          continue;
        }
        if (this.#mergedEntries >= mostMerged) return;
        this.#mergedEntries += source.entries.length;
        if (this.#mergedEntries >= mostMerged) {
          this.#refuse(this.#place(node), `merge keys create more than ${mostMerged} entries`);
          return;
        }
        yield source.entries;
      }
    }
  }

  #place(node: Node): Position {
    return this.#at(node.range?.[0] ?? 0);
  }

  #refuse(at: Position, message: string): Found {
    this.problems.push({ ...at, kind: 'syntax', message: `${message}.` });
    return { kind: 'unreadable', at };
  }
}

/** The text of a key. */
function nameOf(key: Found): string | undefined {
  if (key.kind === 'text' || key.kind === 'number') return key.text;
  return key.kind === 'boolean' ? String(key.value) : undefined;
}

const isMergeKey = (key: Node): boolean =>
  isScalar(key) && (typeof key.value === 'symbol' || (key.value === '<<' && key.type === 'PLAIN'));
