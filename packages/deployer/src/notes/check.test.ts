/** What tests write is held against its schemas: what is not as they have it is found. */
import { expect, test } from 'vitest';
import { requireContract } from '../testing/notes.ts';

const result = { type: 'result', version: 1, ok: true, did: 'none', message: 'Done.' };
const progress = { type: 'progress', message: 'Uploaded.' };
const list = { type: 'list', version: 1, rules: [], sets: [], problems: [] };

const written = (...lines: readonly object[]): string =>
  lines.map((line) => `${JSON.stringify(line)}\n`).join('');

test.each([
  [['aws/cloudTrail', '--yes', '--json'], written(progress, result)],
  [['hook', 'aws/cloudTrail', '--json'], written(result)],
  [['list', '--json'], written(list)],
  [['list', '--json'], written({ ...result, ok: false })],
])('%j: as it has to be', (argv, stdout) => {
  expect(() => requireContract(argv, stdout)).not.toThrow();
});

test.each([
  ['nothing at all', [], 'There is no line.'],
  ['another type of a field', [{ ...result, ok: 'yes' }], /line 1: ok: .*boolean/],
  ['a field that is missing', [{ ...result, message: undefined }], /line 1: message/],
  ['a field of no schema', [{ ...result, extra: 1 }], 'line 1: extra is in no schema'],
  [
    'a field of no schema, further in',
    [{ ...result, ping: { statusCode: 200, status: 'OK', extra: 1 } }],
    'ping.extra is in no schema',
  ],
  ['another version', [{ ...result, version: 2 }], /line 1: version/],
  ['a type that there is not', [{ type: 'nothing' }, result], /line 1: type/],
  ['a type that the command does not write', [{ type: 'stacks', total: 1 }, result], /line 1/],
  ['no result at the end', [progress], 'line 1: expected one of result, found progress'],
  ['a result before the end', [result, result], /line 1: expected one of plan, .*found result/],
])('%s is found', (_, lines, words) => {
  expect(() => requireContract(['aws/cloudTrail', '--json'], written(...lines))).toThrow(words);
});

test('a line that does not end, and an object of another command, are found', () => {
  expect(() => requireContract(['apply'], written(result).trimEnd())).toThrow('does not end');
  expect(() => requireContract(['info'], written(list))).toThrow(
    'expected one of info, found list',
  );
  expect(() => requireContract(['list'], written({ ...list, extra: 1 }))).toThrow('extra');
});
