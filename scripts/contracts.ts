/** The contracts as files: the JSON schema of each, and its table in docs/contracts.md. */
import { alertContract, type Contract, rulesContract } from '@patrol/core/contracts';
import { commands, notesContract, outputContract, type Written } from '@patrol/deployer/notes';
import { toJsonSchema } from '@valibot/to-json-schema';

/** Every contract, with the folder of the package that publishes its JSON schema. */
export const contracts: readonly { readonly folder: string; readonly contract: Contract }[] = [
  { folder: 'packages/core', contract: rulesContract },
  { folder: 'packages/core', contract: alertContract },
  { folder: 'packages/deployer', contract: notesContract },
  { folder: 'packages/deployer', contract: outputContract },
];

/** Where the JSON schema of a contract is kept. */
export const schemaFile = ({ folder, contract }: (typeof contracts)[number]): string =>
  `${folder}/schemas/${contract.name}.schema.json`;

/**
 * The text of a contract's JSON schema. Draft 07, which every validator and editor knows. It says what fields there
 * are and what each takes by itself; what fields have to do with each other only the reader checks.
 */
export function schemaText({ name, version, schema }: Contract): string {
  const { $schema, title, description, ...rest } = toJsonSchema(schema, {
    target: 'draft-07',
    typeMode: 'output',
    ignoreActions: ['check', 'raw_check', 'finite'],
  });
  const $id = `urn:patrol:${name}:${version}`;
  return `${JSON.stringify({ $schema, $id, title, description, ...rest }, null, 2)}\n`;
}

/**
 * Puts the tables of a contract's fields into a document, between its two marker lines.
 *
 * @throws an Error when the markers are not there.
 */
export const withFields = (document: string, contract: Contract): string =>
  between(document, `fields of ${contract.name}`, 'fields', fieldsTables(contract));

/**
 * Puts the table of what each command writes into a document, between its two marker lines.
 *
 * @throws an Error when the markers are not there.
 */
export const withCommands = (document: string): string =>
  between(document, 'commands', 'commands', commandsTable());

/** Puts a text between two marker lines. */
function between(document: string, begin: string, end: string, text: string): string {
  const start = `<!-- ${begin}: written by \`pnpm generate\` -->`;
  const stop = `<!-- /${end} -->`;
  const from = document.indexOf(start);
  const to = document.indexOf(stop, from);
  if (from < 0 || to < 0) {
    throw new Error(`Expected the lines ${start} and ${stop} in the document, in this order.`);
  }
  return `${document.slice(0, from)}${start}\n\n${text}\n\n${document.slice(to)}`;
}

/** What each command writes, as a Markdown table. */
function commandsTable(): string {
  const rows = Object.entries<Written>(commands).map(([command, written]) => {
    const types = 'object' in written ? [written.object] : [...written.lines, 'result'];
    const links = types.map((type) => `[\`${type}\`](#${type.toLowerCase()})`);
    return `| \`${command}\` | ${'object' in written ? 'an object' : 'lines'} | ${links.join(', ')} |`;
  });
  return ['| Command | Writes | Types |', '| --- | --- | --- |', ...rows].join('\n');
}

/** What of a JSON schema the table shows. */
interface Node {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Node | boolean;
  readonly items?: Node | readonly Node[];
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
  /** Of a field that an alternative does not have. */
  readonly not?: unknown;
}

/** One row of the table. */
interface Row {
  readonly path: string;
  readonly node: Node;
  /** `always`, `optional`, or for which alternative. */
  readonly there: string;
}

/** The fields of a contract as Markdown: a table, or one for each of its types. */
function fieldsTables(contract: Contract): string {
  const node = JSON.parse(schemaText(contract)) as Node;
  const types = [...(node.oneOf ?? []), ...(node.anyOf ?? [])];
  if (types.length === 0) return fieldsTable(node);
  return types
    .map((each) => {
      const { type: { const: type, description = '' } = {}, ...properties } = each.properties ?? {};
      return `### \`${String(type)}\`\n\n${description}\n\n${fieldsTable({ ...each, properties })}`;
    })
    .join('\n\n');
}

/** The fields of an object as a Markdown table. */
function fieldsTable(object: Node): string {
  const rows = rowsOf(object, '').map(
    ({ path, node, there }) =>
      `| \`${path}\` | ${cell(typeOf(node))} | ${there} | ${cell(node.description ?? '')} |`,
  );
  return ['| Field | Type | There | What it says |', '| --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
}

/** The fields below a node, each with what is below it. */
function rowsOf(node: Node, above: string): readonly Row[] {
  const { properties = {}, required = [], additionalProperties, items } = node;
  const named = Object.entries(properties).flatMap(([name, inner]) => {
    if ('not' in inner) return [];
    const path = above ? `${above}.${name}` : name;
    const there = required.includes(name) ? 'always' : 'optional';
    return [{ path, node: inner, there }, ...rowsOf(inner, path)];
  });
  const byName =
    typeof additionalProperties === 'object' ? rowsOf(additionalProperties, `${above}.<name>`) : [];
  const listed = [items ?? []].flat().flatMap((each) => rowsOf(each, `${above}[]`));
  return [...named, ...byName, ...listed, ...alternativeRows(node, above)];
}

/** The fields of objects that a field of theirs, such as `kind`, tells apart. */
function alternativeRows({ oneOf = [], anyOf = [] }: Node, above: string): readonly Row[] {
  const alternatives = [...oneOf, ...anyOf];
  const [first] = alternatives;
  const key = Object.entries(first?.properties ?? {}).find(([, node]) => 'const' in node)?.[0];
  if (key === undefined) return alternatives.flatMap((each) => rowsOf(each, above));
  const kinds = alternatives.map((each) => each.properties?.[key] ?? {});
  const description = kinds
    .map((kind) => `${typeOf(kind)}: ${kind.description ?? ''}`)
    .join('<br>');
  const rows = alternatives.flatMap((each, index) =>
    rowsOf(each, above).map((row) => ({ ...row, kind: typeOf(kinds[index] ?? {}) })),
  );
  // What several kinds have in the same way is one row.
  const same = new Map<string, (typeof rows)[number][]>();
  for (const row of rows.filter(({ path }) => path !== `${above}.${key}`)) {
    const id = JSON.stringify([row.path, row.there, row.node.description]);
    same.set(id, [...(same.get(id) ?? []), row]);
  }
  return [
    {
      path: `${above}.${key}`,
      node: { enum: kinds.map((kind) => kind.const), description },
      there: 'always',
    },
    ...[...same.values()].flatMap(([row, ...more]) => {
      if (!row) return [];
      const having = [row, ...more].map(({ kind }) => kind);
      if (having.length === kinds.length) return [row];
      const optional = row.there === 'always' ? '' : `${row.there}, `;
      return [{ ...row, there: `${optional}with ${having.join(', ')}` }];
    }),
  ];
}

/** A type in words. */
function typeOf(node: Node): string {
  const { type, const: only, enum: among, items, properties } = node;
  if (only !== undefined) return `\`${JSON.stringify(only)}\``;
  if (among) return among.map((value) => `\`${JSON.stringify(value)}\``).join(', ');
  const alternatives = node.anyOf ?? node.oneOf;
  if (alternatives) return [...new Set(alternatives.map(typeOf))].join(' or ');
  if (type === 'array') {
    return `list of ${[...new Set([items ?? []].flat().map(typeOf))].join(', ')}`;
  }
  if (type === 'object') return properties ? 'object' : 'object by name';
  return typeNames[type ?? ''] ?? type ?? 'anything';
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  boolean: '`true` or `false`',
  integer: 'whole number',
};

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
