/** The values of an event pattern, as far as they name something. */
import { isObject } from '@patrol/core';
import { compilePattern } from '@patrol/core/evaluation';

/** A value of a pattern: a text, or an object with an operator. */
export interface Value {
  /** What it says, without the operator. */
  readonly text: string;
  /** Whether it is one exact text. */
  readonly isExact: boolean;
  /** As it stands in the pattern. */
  readonly shown: string;
  readonly matches: (name: string) => boolean;
}

/**
 * Reads the values of a field. Of `anything-but` each text is a value by itself: it has to be the name of something as well,
 * or it would exclude nothing. Values that name nothing, such as `{ exists: true }`, are left out.
 */
export const readValues = (values: readonly unknown[]): readonly Value[] =>
  values.flatMap((value): readonly Value[] => {
    if (typeof value === 'string') return [readValue(value)];
    if (!isObject(value)) return [];
    const [[operator, operand] = ['', undefined]] = Object.entries(value);
    if (operator === 'anything-but') {
      if (!isObject(operand)) return readValues(listOf(operand));
      const [[inner, texts] = ['', undefined]] = Object.entries(operand);
      return readValues(listOf(texts).map((text) => ({ [inner]: text })));
    }
    return operator === 'exists' ? [] : [readValue(value)];
  });

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

function readValue(value: string | Readonly<Record<string, unknown>>): Value {
  const compiled = compilePattern({ name: [value] });
  return {
    text: textIn(value),
    isExact: typeof value === 'string' || 'exactly' in value,
    shown: typeof value === 'string' ? value : JSON.stringify(value),
    matches: (name) => compiled({ name }),
  };
}

function textIn(value: unknown): string {
  if (!isObject(value)) return String(value);
  const [operand] = Object.values(value);
  return textIn(operand);
}

/** The names that the values of a field match together. */
export function matching(values: readonly unknown[], names: readonly string[]): readonly string[] {
  const compiled = compilePattern({ name: values });
  return names.filter((name) => compiled({ name }));
}
