import { Buffer } from 'node:buffer';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { record } from '../testing/artifact.ts';
import { kinds, read, readText } from '../testing/read.ts';
import { readEntries } from './read.ts';

const a = JSON.stringify(record('A'));
const b = JSON.stringify(record('B'));

describe('any format', () => {
  /** Texts that hold what makes trouble between chunks. */
  const text = fc.string({ unit: 'binary', maxLength: 12 });
  const value = fc.oneof(
    fc.record({
      'detail-type': text,
      id: text,
      detail: fc.dictionary(text, fc.jsonValue(), { maxKeys: 3 }),
    }),
    text.map((name) => record(name)),
  );
  const blank = fc.constantFrom('', '\n', '\r\n', ' \n\t\n');
  /** Each is given as the text of a file; the values are the same. */
  const formats: Record<string, (values: readonly unknown[], blank: string) => string> = {
    NDJSON: (values, gap) => values.map((item) => `${JSON.stringify(item)}\n${gap}`).join(''),
    'NDJSON without the last line break': (values, gap) =>
      values.map((item) => JSON.stringify(item)).join(`\r\n${gap}`),
    'NDJSON of log files': (values, gap) =>
      values.map((item) => `${JSON.stringify({ Records: [item] })}\n${gap}`).join(''),
    'an array': (values, gap) => gap + JSON.stringify(values),
    'an array over many lines': (values) => JSON.stringify(values, null, 2),
    'an array with a line for each': (values) =>
      `[\n${values.map((item) => JSON.stringify(item)).join(',\n')}\n]\n`,
    'a log file': (values) => JSON.stringify({ Records: values }),
    'a log file over many lines': (values, gap) =>
      JSON.stringify({ Records: values }, null, '\t') + gap,
    'a log file that begins with an empty list': (values) =>
      JSON.stringify([{ Records: [] }, { Records: values }], null, 1),
    'values over many lines': (values, gap) =>
      values.map((item) => JSON.stringify(item, null, 2) + '\n' + gap).join(''),
  };

  test('is read back as it was written, wherever its chunks end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(value, { maxLength: 6 }),
        fc.constantFrom(...Object.keys(formats)),
        blank,
        fc.boolean(),
        fc.boolean(),
        fc.array(fc.nat({ max: 400 }), { maxLength: 12 }),
        async (values, format, gap, hasMark, isPacked, cuts) => {
          const written = Buffer.from((hasMark ? '\uFEFF' : '') + formats[format]?.(values, gap));
          const stored = isPacked ? gzipSync(written) : written;
          const chunks: Buffer[] = [];
          let from = 0;
          for (const length of cuts) {
            chunks.push(stored.subarray(from, from + length));
            from += length;
          }
          chunks.push(stored.subarray(from));
          const { entries, bytes } = await read(chunks);
          expect(bytes).toBe(written.length);
          expect(entries.map((entry) => entry.line)).toEqual(values.map((_, index) => index + 1));
          const events = entries.flatMap((entry) => (entry.kind === 'event' ? [entry.event] : []));
          expect(
            events.map((event) => ('eventVersion' in Object(event.detail) ? event.detail : event)),
          ).toEqual(values.map((item) => JSON.parse(JSON.stringify(item))));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('of hostile bytes never throws, and no line counts twice', async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '\n',
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"',
        '\\',
        ' ',
        '\u0000',
        a,
        b,
        '{"Records":',
        '\u001F\u008B',
      ),
      fc.string({ maxLength: 8 }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 30 }),
        fc.boolean(),
        fc.boolean(),
        async (pieces, isLines, isCut) => {
          const bytes = Buffer.from(pieces.join(''), 'latin1');
          const stored = isCut ? gzipSync(bytes).subarray(0, -9) : bytes;
          const { entries } = await read([stored], { isLines });
          const lines = entries.map(({ line }) => line);
          expect(lines).toEqual([...new Set(lines)].toSorted((x, y) => x - y));
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('lines that are no events', () => {
  test.each<[string, string, readonly string[]]>([
    ['nothing', '', []],
    ['blank lines', '\n \r\n\uFEFF\n', []],
    [
      'a bad line among good ones',
      `${a}\nnot json\n${b}\n`,
      ['1 event', '2 unreadable', '3 event'],
    ],
    ['a bad first line', `not json\n${a}\n${b}\n`, ['1 unreadable', '2 event', '3 event']],
    [
      'a cut first line',
      `{"eventVersion":"1",\n${a}\n${b}\n`,
      ['1 unreadable', '2 event', '3 event'],
    ],
    [
      'a cut line in between',
      `${a}\n{"Records":[\n${b}\n${a}`,
      ['1 event', '2 unreadable', '3 event', '4 event'],
    ],
    ['a cut last line', `${a}\n${b.slice(0, 40)}`, ['1 event', '2 unreadable']],
    ['bad lines at the end', `${a}\nx\ny\n`, ['1 event', '2 unreadable', '3 unreadable']],
    [
      'values of other sorts',
      `1\n"x"\nnull\n{"x":1}\n${a}`,
      ['1 unreadable', '2 unreadable', '3 unreadable', '4 unreadable', '5 event'],
    ],
    [
      'a list with other sorts',
      `[${a},1,{"Records":[${b},null]},[]]`,
      ['1 event', '2 unreadable', '3 event', '4 unreadable'],
    ],
    ['a delivery of a webhook', `{"name":"push","payload":{}}\n${a}`, ['1 event', '2 event']],
    [
      'deliveries by their examples',
      `[{"name":"fork","examples":[{"a":1},{"a":2}]},{"name":"push","examples":[1,{}]}]`,
      ['1 event', '2 event', '3 unreadable', '4 event'],
    ],
    [
      'messages of SNS',
      `{"Records":[{"Sns":{"Message":"x"}},{"Sns":{"Message":"y"}}]}`,
      ['1 event', '2 event'],
    ],
    [
      'HTTP requests, of which one brings no delivery',
      `{"headers":{"X-GitHub-Event":"fork"},"requestContext":{"http":{}},"body":"{}"}\n{"headers":{},"requestContext":{"http":{}},"body":"{}"}`,
      ['1 event', '2 unreadable'],
    ],
    ['a digest file', JSON.stringify({ digestStartTime: 'x', digestS3Object: 'y' }, null, 2), []],
    [
      'a log file over many lines that is cut off',
      JSON.stringify({ Records: [record('A')] }, null, 2).slice(0, -5),
      ['1 unreadable'],
    ],
    ['a list with a line for each that is cut off', `[\n${a},\n${b}`, ['1 unreadable']],
    ['a text', 'Dear reader,\nthis is no JSON.\n', ['1 unreadable']],
    [
      'values over many lines of which one is damaged',
      `${JSON.stringify(record('A'), null, 2)}\n{\n  "x": y\n}\n${JSON.stringify(record('B'), null, 2)}`,
      ['1 event', '2 unreadable', '3 event'],
    ],
  ])('%s', async (_, text, expected) => {
    expect(kinds(await readText(text))).toEqual(expected);
  });

  test('a name that says NDJSON makes each bad line an error of its own', async () => {
    expect(kinds(await readText('x\ny', { isLines: true }))).toEqual([
      '1 unreadable',
      '2 unreadable',
    ]);
  });

  test('the message says what was expected and what was found', async () => {
    expect(await readText(`{"hello":1}\nnope`)).toMatchObject([
      {
        message: expect.stringMatching(
          /^Expected an EventBridge event .*, found an object with hello$/,
        ),
      },
      { message: expect.stringMatching(/^Expected JSON, found: .*nope/) },
    ]);
  });

  test('a list that is nested without end does no harm', async () => {
    expect(kinds(await readText(`${'['.repeat(50_000)}${a}${']'.repeat(50_000)}`))).toHaveLength(1);
  });
});

describe('files that are too large', () => {
  test('a line beyond the limit is one error, and the next line is read', async () => {
    const long = JSON.stringify({ ...record('A'), x: 'y'.repeat(2000) });
    const chunks = Buffer.from(`${a}\n${long}\n${b}\n`);
    const pieces = [chunks.subarray(0, 700), chunks.subarray(700, 1500), chunks.subarray(1500)];
    const { entries } = await read(pieces, { limit: 1000 });
    expect(kinds(entries)).toEqual(['1 event', '2 unreadable', '3 event']);
    expect(entries[1]).toMatchObject({
      message: 'Expected values of at most 1000 bytes, found a larger one',
    });
  });

  test('a value over many lines beyond the limit is not held', async () => {
    const entries = await readText(`{\n${'"a": 1,\n'.repeat(1000)}`, { limit: 5000 });
    expect(entries[0]).toMatchObject({
      kind: 'unreadable',
      message: expect.stringContaining('at most 5000'),
    });
    expect(entries.length).toBeLessThan(4);
  });
});

test('NDJSON without end is read in bounded memory', async () => {
  const chunk = Buffer.from(`${a}\n`.repeat(500));
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) yield chunk;
  }
  let events = 0;
  const before = process.memoryUsage().heapUsed;
  for await (const { entries } of readEntries(endless())) {
    events += entries.length;
    if (events >= 100_000) break;
  }
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(100_000_000);
});
