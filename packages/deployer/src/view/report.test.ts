import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import pc from 'picocolors';
import { describe, expect, test } from 'vitest';
import type { Outcome } from '../notes/lines.ts';
import { event, status } from '../testing/report.ts';
import { lines, reporter, wantsColors, wantsMovement } from './report.ts';
import { type Note, tellOf } from '../notes/tell.ts';

const style = { colors: pc.createColors(false) };
const failed: Note = { ...event, status: 'CREATE_FAILED', reason: 'no\u001b[31m\n  way' };

async function written(
  options: {
    isTTY?: boolean;
    json?: boolean;
    quiet?: boolean;
    asks?: boolean;
    details?: boolean;
    environment?: Record<string, string>;
  },
  ...notes: Note[]
): Promise<string> {
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
  const { environment = {}, json = false, quiet = false, asks = false, details = false } = options;
  const tell = await reporter({ stdout }, environment, { json, quiet, asks, details });
  for (const note of notes) tell(note);
  return text;
}

const nothing: Note = { type: 'changes', stack: 's', changes: [], statements: [], untold: [] };

describe('lines for people', () => {
  test('a replacement is spelled out, also one that may be', () => {
    const change = { action: 'Modify', resource: 'R', type: 'T', properties: [{ name: 'Name' }] };
    const changes = (['True', 'Conditional', 'False'] as const).map((replacement) => ({
      ...change,
      replacement,
    }));
    expect(lines({ ...nothing, changes }, style).filter((line) => line.includes('~'))).toEqual([
      '  ~ R T REPLACED',
      '  ~ R T may be REPLACED',
      '  ~ 1 resource because others change: R',
    ]);
  });

  test('where nothing changes, nothing is said', () => {
    const where = { region: 'us-east-1', account: '111122223333' };
    expect(lines({ ...nothing, ...where }, style)).toEqual([]);
    const untold = [{ resource: 'R', type: 'T', why: 'w' }];
    const said = lines({ ...nothing, untold, ...where }, style);
    expect(said).toHaveLength(2);
    expect(said.join()).not.toContain('+ 0 resources');
  });

  test('a grant is told with what it is attached to and when, and what cannot be told or is not so stands below', () => {
    const statement = {
      change: 'add',
      resource: 'P\u001b',
      attachedTo: [{ kind: 'role', name: 'r' }],
      effect: 'Allow',
      says: { Action: 'a:B', Resource: '*' },
      when: ['A is b', 'C is not d'],
    } as const;
    const note = {
      type: 'changes',
      stack: 's',
      changes: [],
      statements: [statement],
      untold: [{ resource: 'N', type: 'T', why: 'because' }],
      disagreements: [{ what: 'memorySize', manifest: '128', template: '3008' }],
    } as const;
    expect(lines(note, style)).toEqual([
      '  Permissions:',
      '    + P\\x1b (role r): Allow Action a:B; Resource *; if A is b and C is not d',
      '    ? N T: because',
      '  rules.json of the package does not match this template. The deployment follows the template:',
      '    ! memorySize: rules.json says 128, the template says 3008.',
    ]);
  });

  test('an event is one line, without what would steer the terminal', () => {
    expect(lines(failed, style)).toEqual([
      '  09:08:07  CREATE_FAILED       Queue AWS::SQS::Queue  no\\x1b[31m way',
    ]);
  });

  test('the table of what became of several stacks is wrapped where the terminal ends', () => {
    const summary: Outcome = {
      kind: 'stack',
      name: 'a/watch',
      stack: 'patrol-a-watch-production',
      region: 'eu-west-1',
      account: '111122223333',
      did: 'update',
      ended: 'failed',
      message: 'It could not be updated; CloudFormation rolled it back to its previous state.',
    };
    const note = { type: 'summary', stacks: [summary] } as const;
    expect(lines(note, style)).toHaveLength(2);
    const wrapped = lines(note, { ...style, width: 110 });
    expect(wrapped.length).toBeGreaterThan(2);
    for (const line of wrapped) expect(line.length).toBeLessThanOrEqual(110);
  });

  test('what differs is shown, however long it is; where code lies only in detail', () => {
    const plan = { type: 'plan', do: 'update', stack: 's', region: 'r', account: '1' } as const;
    const hashed = (digit: string): string => `p/${digit.repeat(64)}.zip`;
    const calls = Array.from({ length: 40 }, (_, index) => `DeleteSomething${index}`);
    const differences = [
      { what: 'code', name: 'CodeS3Key', before: hashed('a'), after: hashed('b') },
      { what: 'actions', name: 'actions', before: calls.join(), after: [...calls, 'Stop'].join() },
    ];
    const note = { ...plan, because: 'b', differences };
    expect(lines(note, style).slice(1)).toEqual(['  actions: + "Stop" (40 stay)']);
    expect(lines(note, { ...style, details: true })[1]).toBe(
      `  code: "p/${'a'.repeat(12)}….zip" → "p/${'b'.repeat(12)}….zip"`,
    );
  });
});

const ended: Note = { type: 'ended', stack: 's', ok: true, status: 'CREATE_COMPLETE', seconds: 65 };
const done: Note = { type: 'result', ok: true, did: 'create', message: 's was created.' };
const complete: Note = { ...failed, status: 'CREATE_COMPLETE' };
/** What a terminal shows of what was written, cursor movements left out. */
const withoutCodes = (text: string): string => stripVTControlCharacters(text);

describe('the reporter', () => {
  test('writes NDJSON for machines, without what changes all the time', async () => {
    const text = await written({ json: true, isTTY: true }, status, failed, ended);
    const told = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(told).toMatchObject([
      { type: 'event', resource: 'Queue', time: expect.any(String) },
      { type: 'ended', ok: true, status: 'CREATE_COMPLETE', seconds: 65 },
    ]);
  });

  test('phases and failures alone where nobody looks on, or the terminal cannot move; every event in detail', async () => {
    const begins: Note = {
      ...event,
      resource: 's',
      resourceType: 'AWS::CloudFormation::Stack',
      status: 'CREATE_IN_PROGRESS',
    };
    const phase = '  09:08:07  CREATE_IN_PROGRESS  s AWS::CloudFormation::Stack\n';
    const failure = '  09:08:07  CREATE_FAILED       Queue AWS::SQS::Queue  no\\x1b[31m way\n';
    const ending = '  CREATE_COMPLETE after 1 min 05 s\n';
    const all = [begins, status, complete, failed, ended] as const;
    for (const [isTTY, environment] of [
      [false, {}],
      [true, { TERM: 'dumb' }],
      [true, { CI: 'true', NO_COLOR: '1' }],
    ] as const) {
      expect(await written({ isTTY, environment }, ...all, done)).toBe(
        `${phase}${failure}${ending}s was created.\n`,
      );
    }
    const made: Note = { ...done, outputs: { Url: 'https://x', Name: 'n' } };
    expect(await written({}, made)).toBe(
      's was created.\n  Outputs (`--details` shows them): Url, Name\n',
    );
    expect(await written({ details: true }, ...all, made)).toBe(
      `${phase}${failure.replace('CREATE_FAILED  ', 'CREATE_COMPLETE')}${failure}${ending}s was created.\n  Url   https://x\n  Name  n\n`,
    );
  });

  test('a block in a terminal: it is gone at the end, and only what matters stays', async () => {
    const environment = { NO_COLOR: '1' };
    const text = await written({ isTTY: true, environment }, status, complete, failed, ended, done);
    expect(text).toContain('s: 3 of 12 resources, 0 s\n  waiting for Function, Alarm\n');
    const lasting = withoutCodes(text).split('\n');
    expect(lasting.slice(-3)).toEqual(['  CREATE_COMPLETE after 1 min 05 s', 's was created.', '']);
    expect(lasting).toContain(
      '  09:08:07  CREATE_FAILED       Queue AWS::SQS::Queue  no\\x1b[31m way',
    );
    expect(lasting).not.toContain(
      '  09:08:07  CREATE_COMPLETE     Queue AWS::SQS::Queue  no\\x1b[31m way',
    );
    for (const colour of ['\u001b[31m', '\u001b[32m', '\u001b[2m'])
      expect(text).not.toContain(colour);
  });

  test('quiet: failures and the result; before a question what it is about', async () => {
    const plan: Note = {
      type: 'plan',
      do: 'create',
      stack: 's',
      region: 'r',
      account: '1',
      because: 'b',
      differences: [],
    };
    const progress: Note = { type: 'progress', message: 'Uploaded.' };
    const all = [plan, progress, status, complete, failed, ended, done] as const;
    const failure = '  09:08:07  CREATE_FAILED       Queue AWS::SQS::Queue  no\\x1b[31m way\n';
    const environment = { NO_COLOR: '1' };
    expect(await written({ quiet: true, isTTY: true, environment }, ...all)).toBe(
      `${failure}s was created.\n`,
    );
    expect(await written({ quiet: true, asks: true }, ...all)).toBe(
      `Create s in r (account 1): b\n${failure}s was created.\n`,
    );
    expect((await written({ quiet: true, json: true }, ...all)).trimEnd().split('\n')).toHaveLength(
      2,
    );
  });

  test('of several stacks, every line says which', async () => {
    const notes: Note[] = [];
    const whose = { stack: 's', region: 'eu-west-1', account: '1' };
    const tell = tellOf((note) => notes.push(note), whose);
    tell({ type: 'progress', message: 'Uploaded.' });
    tell(complete);
    tell({ type: 'finished', ...whose, ok: false, did: 'create', message: 'It failed.' });
    expect(await written({ details: true }, { type: 'stacks', total: 2 }, ...notes)).toBe(
      's eu-west-1 1: Uploaded.\ns eu-west-1 1:   09:08:07  CREATE_COMPLETE     Queue AWS::SQS::Queue  no\\x1b[31m way\ns eu-west-1 1: It failed.\n',
    );
  });

  test('colours: in a terminal or where they are forced, never against NO_COLOR', async () => {
    expect(await written({ isTTY: true }, failed, done)).toContain('\u001b[31mCREATE_FAILED');
    expect(await written({}, failed)).not.toContain('\u001b');
    expect(await written({ environment: { FORCE_COLOR: '1' } }, failed)).toContain('\u001b[31m');
    expect(wantsColors({ isTTY: true }, { NO_COLOR: '1', FORCE_COLOR: '1' })).toBe(false);
    expect(wantsColors({ isTTY: true }, { NO_COLOR: '' })).toBe(true);
    expect(wantsColors({ isTTY: true }, { FORCE_COLOR: '0' })).toBe(false);
    expect(wantsColors({ isTTY: true }, { TERM: 'dumb' })).toBe(false);
  });

  test('movement: in a terminal that can, and not in CI', () => {
    expect(wantsMovement({ isTTY: true }, {})).toBe(true);
    expect(wantsMovement({ isTTY: true }, { CI: 'false' })).toBe(true);
    expect(wantsMovement({ isTTY: true }, { CI: '1' })).toBe(false);
    expect(wantsMovement({ isTTY: true }, { TERM: 'dumb' })).toBe(false);
    expect(wantsMovement({ isTTY: true, columns: 0 }, {})).toBe(false);
    expect(wantsMovement({}, { FORCE_COLOR: '1' })).toBe(false);
  });
});
