/** How a value differs from the one before, so that whoever approves sees it: nothing that differs is cut. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { isObject } from '@patrol/core';
import { jsonText, plain } from '../text/printable.ts';
import { jsonIn, own } from '../text/records.ts';

type Lines = readonly string[];

/** Texts up to this length are shown whole; of longer ones what differs, with some characters around it. */
const longest = 72;
const around = 16;

/** More items that come or go have a line each. */
const mostInLine = 4;

/**
 * The lines of a value that changes, each with its name or its path.
 *
 * @param before absent where there is none, as `after`. Both absent: nobody says what it is.
 */
export function valueLines(name: string, before?: string, after?: string): Lines {
  if (before === undefined && after === undefined) return [plain(name)];
  const [was, is] = [before, after].map((text) => {
    const value = text === undefined ? undefined : jsonIn(text);
    return typeof value === 'string' ? value : text;
  });
  // Of stack sets, texts are told as JSON.
  const told = differences(name, ...(was === is ? [before, after] : [was, is]));
  return told.length > 0 ? told : [whole(name, before, after)];
}

const isNested = (value: unknown): value is object => isObject(value) || Array.isArray(value);

/** A value of which there is no other. Hashes are shortened. */
export const shown = (value: unknown): string =>
  value === undefined ? '(none)' : shortHash(jsonText(value));

const shortHash = (text: string): string => text.replace(/([0-9a-f]{12})[0-9a-f]{52}/g, '$1…');

/** What differs within two values. */
function differences(path: string, was?: unknown, is?: unknown): Lines {
  if (isDeepStrictEqual(was, is)) return [];
  if (Array.isArray(was) && Array.isArray(is)) {
    if (![...was, ...is].some(isNested)) {
      return itemLines(path, was, is) ?? [whole(path, was, is)];
    }
    if (was.length !== is.length) return itemLines(path, was, is) ?? [whole(path, was, is)];
    return was.flatMap((item, index) => differences(`${path}[${index}]`, item, is[index]));
  }
  if (isObject(was) && isObject(is)) {
    const names = [...new Set([...Object.keys(was), ...Object.keys(is)])];
    return names.flatMap((name) => differences(`${path}.${name}`, own(was, name), own(is, name)));
  }
  if (typeof was !== 'string' || typeof is !== 'string') return [whole(path, was, is)];
  // Structures, too, and some properties are texts that hold JSON.
  const [before, after] = [jsonIn(was), jsonIn(is)];
  const parts = isNested(before) && isNested(after) ? differences(path, before, after) : [];
  if (parts.length > 0) return parts;
  return itemLines(path, itemsOf(was), itemsOf(is)) ?? [textLine(path, was, is)];
}

const whole = (path: string, was: unknown, is: unknown): string => {
  const [before, after] = [shown(was), shown(is)];
  return before === after
    ? `${plain(path)}: ${jsonText(was)} → ${jsonText(is)}`
    : `${plain(path)}: ${before} → ${after}`;
};

/** What commas separate in a text. */
const itemsOf = (text: string): Lines =>
  text.trim() === '' ? [] : text.split(/(?<!\\),/).map((item) => item.trim());

/** A list has at least two items somewhere, and none of them is a sentence. */
const isList = (items: readonly unknown[]): boolean =>
  items.every((item) => typeof item !== 'string' || !/\S\s+\S+\s+\S/.test(item));

/**
 * The items that come and go; `undefined` where that is not all: the others have another order, or it is no list.
 */
function itemLines(
  path: string,
  was: readonly unknown[],
  is: readonly unknown[],
): Lines | undefined {
  if (Math.max(was.length, is.length) < 2 || !isList([...was, ...is])) return undefined;
  const [before = [], after = []] = [was, is].map((items) => items.map((item) => jsonText(item)));
  const gone = without(before, after);
  const come = without(after, before);
  const [kept, stays] = [without(before, gone), without(after, come)];
  if (gone.length + come.length === 0 || !isDeepStrictEqual(kept, stays)) return undefined;
  // Hashes can begin alike.
  const short = [...come, ...gone].map(shortHash);
  const isClear = new Set(short).size === short.length;
  const sign = (mark: string) => (item: string) => `${mark} ${isClear ? shortHash(item) : item}`;
  const signed = [...come.map(sign('+')), ...gone.map(sign('-'))];
  const others =
    kept.length === 0 ? '' : ` (${kept.length} ${kept.length === 1 ? 'stays' : 'stay'})`;
  return signed.length <= mostInLine
    ? [`${plain(path)}: ${signed.join(', ')}${others}`]
    : [`${plain(path)}:${others}`, ...signed.map((item) => `  ${item}`)];
}

/** Items that are missing among others. One that is there twice needs two others. */
function without(some: Lines, others: Lines): Lines {
  const left = [...others];
  return some.filter((item) => {
    const at = left.indexOf(item);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** Two texts, of long ones what differs. */
function textLine(path: string, was: string, is: string): string {
  const short = [shortHash(was), shortHash(is)] as const;
  const [before, after] = (short[0] === short[1] ? [was, is] : short).map((text) =>
    Array.from(text),
  );
  if (!before || !after || Math.max(before.length, after.length) <= longest) {
    return whole(path, was, is);
  }
  let start = 0;
  while (start < before.length && before[start] === after[start]) start += 1;
  const most = Math.min(before.length, after.length) - start;
  let end = 0;
  while (end < most && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const [from, left] = [Math.max(0, start - around), Math.max(0, end - around)];
  const part = (text: Lines): string => {
    const told = jsonText(text.slice(from, text.length - left).join(''));
    return `${from > 0 ? '…' : ''}${told}${left > 0 ? '…' : ''}`;
  };
  return `${plain(path)}: ${part(before)} → ${part(after)}`;
}
