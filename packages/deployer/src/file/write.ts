/** The text of a `patrol.yaml`, for people to read and go on with. Pure. */
import { Document, isMap, isScalar, isSeq } from 'yaml';
import type { Fleet, ParameterValue, ParameterValues, RuleSettings } from './file.ts';
import type { Path } from './problem.ts';
import { mapValues } from '../text/records.ts';

/** How a text is written. */
interface WriteOptions {
  /** Where the JSON schema lies: a path from the file's folder, or an address. */
  readonly schema?: string;
  /** Lines for the top of the file. */
  readonly head?: readonly string[];
  /** What stands above a key. */
  readonly comment?: (path: Path) => string | undefined;
  /** Lines for the end of the file. */
  readonly tail?: readonly string[];
}

/** The line by which editors find the schema. */
const schemaLine = (schema: string): string => `# yaml-language-server: $schema=${schema}`;

/** A list stays in one line up to this many characters. */
const longestLine = 72;

/** Whole numbers read back as they are written, however many digits they have. */
const plainNumber = (text: string): string | number =>
  /^(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : text;

const plainValue = (value: ParameterValue): unknown =>
  typeof value === 'string' ? plainNumber(value) : value.map(plainNumber);

const plainValues = (values: ParameterValues | undefined): unknown =>
  values && mapValues(values, plainValue);

function plainRule(rule: boolean | RuleSettings): unknown {
  if (typeof rule === 'boolean') return rule;
  return { ...rule, ...(rule.parameters && { parameters: plainValues(rule.parameters) }) };
}

/** Writes a fleet. Reading the text gives the same fleet. */
export function fleetText(fleet: Fleet, options: WriteOptions = {}): string {
  const { rules, ...others } = fleet;
  const content = {
    ...others,
    ...(fleet.defaults && {
      defaults: { ...fleet.defaults, parameters: plainValues(fleet.defaults.parameters) },
    }),
    // They are the longest part.
    rules: mapValues(rules, plainRule),
  };
  // Nothing is an alias of something else that happens to be the same.
  const document = new Document(content, { aliasDuplicateObjects: false, keepUndefined: false });
  dress(document.contents, [], options.comment);
  const { schema, head = [], tail = [] } = options;
  const comment = (line: string): string => (line === '' ? '#' : `# ${line}`);
  return [
    ...(schema === undefined ? [] : [schemaLine(schema)]),
    ...head.map(comment),
    ...(schema === undefined && head.length === 0 ? [] : ['']),
    document.toString({ lineWidth: 0, flowCollectionPadding: false }).trimEnd(),
    ...(tail.length > 0 ? ['', ...tail.map(comment)] : []),
    '',
  ].join('\n');
}

/** Puts short lists into one line, space between the parts of the file, and comments above keys. */
function dress(node: unknown, path: Path, comment: WriteOptions['comment']): void {
  if (isSeq(node)) {
    const texts = node.items.map((item) => (isScalar(item) ? String(item.value) : undefined));
    const length = texts.reduce((sum, each) => sum + (each?.length ?? longestLine) + 2, 0);
    node.flow = length <= longestLine && !texts.some((each) => each?.includes('\n'));
    for (const [index, item] of node.items.entries()) dress(item, [...path, index], comment);
  }
  if (!isMap(node)) return;
  let above = false;
  for (const [index, { key, value }] of node.items.entries()) {
    if (!isScalar(key)) continue;
    const here = [...path, String(key.value)];
    dress(value, here, comment);
    const text = comment?.(here);
    if (text !== undefined) key.commentBefore = wrapped(text).replace(/^/gm, ' ');
    // Only the parts of the file, and rules with words above them, stand apart.
    const isPart = path.length === 0 && (isMap(value) || (isSeq(value) && !value.flow));
    const isApart = isPart || above || (text !== undefined && path.length < 2);
    if (index > 0 && isApart) key.spaceBefore = true;
    above = isPart;
  }
}

/** Breaks a comment into lines. */
const wrapped = (text: string): string =>
  text.replace(/(?=\S)(.{1,76})(?:\s+|$)/g, '$1\n').trimEnd();
