import { Writable } from 'node:stream';
import pc from 'picocolors';
import { describe, expect, test } from 'vitest';
import { lines, type Note, reporter, statusLine, wantsColors } from './report.ts';

const style = { colors: pc.createColors(false) };
const status: Note = {
  type: 'status',
  stack: 's',
  done: 3,
  total: 12,
  seconds: 7,
  waiting: ['Function', 'Alarm'],
};
const event: Note = {
  type: 'event',
  stack: 's',
  id: 'e',
  time: new Date(2026, 0, 1, 9, 8, 7),
  resource: 'Queue',
  resourceType: 'AWS::SQS::Queue',
  status: 'CREATE_FAILED',
  reason: 'no\u001b[31m\n  way',
};

function written(
  options: { isTTY?: boolean; json?: boolean; environment?: Record<string, string> },
  ...notes: Note[]
): string {
  let text = '';
  const stdout = Object.assign(
    new Writable({
      write(chunk, _encoding, done) {
        text += String(chunk);
        done();
      },
    }),
    options.isTTY ? { isTTY: true, columns: 60 } : {},
  );
  const tell = reporter({ stdout }, options.json === true, options.environment ?? {});
  for (const note of notes) tell(note);
  return text;
}

describe('lines for people', () => {
  test('a replacement is spelled out, also one that may be', () => {
    const change = { action: 'Modify', resource: 'R', type: 'T', properties: [{ name: 'Name' }] };
    const changes = (['True', 'Conditional', 'False'] as const).map((replacement) => ({
      ...change,
      replacement,
    }));
    expect(
      lines({ type: 'changes', stack: 's', changes }, style).filter((line) => line.includes('~')),
    ).toEqual(['  ~ R T REPLACED', '  ~ R T may be REPLACED', '  ~ R T']);
  });

  test('an event is one line, without what would steer the terminal', () => {
    expect(lines(event, style)).toEqual([
      '  09:08:07  CREATE_FAILED       Queue AWS::SQS::Queue  no\\x1b[31m way',
    ]);
  });

  test('hashes and long values are cut', () => {
    const differences = [
      { what: 'the code', before: `p/${'a'.repeat(64)}.zip`, after: 'x'.repeat(400) },
    ];
    const [, line = ''] = lines(
      {
        type: 'plan',
        do: 'update',
        stack: 's',
        region: 'r',
        account: '1',
        because: 'b',
        differences,
      },
      style,
    );
    expect(line).toContain(`"p/${'a'.repeat(12)}….zip" → "xxx`);
    expect(line.length).toBeLessThan(220);
  });
});

describe('the reporter', () => {
  test('writes NDJSON for machines, without the moving line', () => {
    const text = written({ json: true, isTTY: true }, status, event);
    expect(text.endsWith('\n')).toBe(true);
    expect(JSON.parse(text)).toMatchObject({
      type: 'event',
      resource: 'Queue',
      time: expect.any(String),
    });
  });

  test('moves a line only in a terminal, and takes it away before others', () => {
    const note: Note = { type: 'progress', message: 'next' };
    expect(written({}, status, note)).toBe('next\n');
    expect(written({ isTTY: true, environment: { NO_COLOR: '1' } }, status, note)).toBe(
      '  3 of 12 resources done, 7 s, waiting for Function, Alarm\r\u001b[Knext\n',
    );
    expect(written({ isTTY: true, environment: { TERM: 'dumb' } }, status, note)).toBe('next\n');
  });

  test('the moving line fits the terminal', () => {
    if (status.type !== 'status') throw new Error('it is not one');
    expect(statusLine(status, 30)).toBe('  3 of 12 resources done, 7 …');
    expect(statusLine({ ...status, done: 14, waiting: [] }, 80)).toBe(
      '  14 of 14 resources done, 7 s',
    );
  });

  test('colours only in a terminal, and not against NO_COLOR', () => {
    expect(written({ isTTY: true }, event)).toContain('\u001b[31mCREATE_FAILED');
    expect(written({}, event)).not.toContain('\u001b');
    expect(wantsColors({ isTTY: true }, { NO_COLOR: '1' })).toBe(false);
    expect(wantsColors({ isTTY: true }, { NO_COLOR: '' })).toBe(true);
  });
});
