/** The library as a program uses it: by the name of the package, with AWS replaced. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  apply,
  type LibraryNote,
  plan,
  type Plan,
  replay,
  type ReplayNote,
  tryRule,
} from '@patrol/deployer';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CloudError } from './cloud/cloud.ts';
import { alerting, fakeArtifact, record, removeFakes } from './testing/artifact.ts';
import { watching } from './testing/fleet.ts';
import { FakeWorld, installRule } from './testing/world.ts';

const folder = mkdtempSync(join(tmpdir(), 'patrol-library-'));
afterAll(() => {
  removeFakes();
  rmSync(folder, { recursive: true });
});

// Whatever a test does, nothing is written to the streams of the process.
let written: unknown[] = [];
beforeEach(() => {
  written = [];
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text: unknown) => {
      written.push(text);
      return true;
    });
  }
});
afterEach(() => {
  vi.restoreAllMocks();
  if (written.length > 0) throw new Error(`The library wrote: ${written.join('')}`);
});

const secretArn = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:token-AbCdEf';

const watch = {
  rule: 'demo/watch',
  alertEmail: 'security@example.com',
  parameters: { actions: 'StopLogging' },
};

/** Takes what `tell` and `approve` get, in their order. */
function listening(answer: boolean): {
  readonly got: (LibraryNote | Plan)[];
  readonly tell: (note: LibraryNote) => void;
  readonly approve: (plan: Plan) => boolean;
} {
  const got: (LibraryNote | Plan)[] = [];
  return {
    got,
    tell: (note) => void got.push(note),
    approve: (plan) => {
      got.push(plan);
      return answer;
    },
  };
}

describe('a rule', () => {
  test('is planned, approved and applied, and then there is nothing to do', async () => {
    using world = new FakeWorld();
    const request = { ...watch, ...world.program };
    expect(await plan(request)).toMatchObject({
      status: 'pending',
      steps: [{ do: 'create', name: 'demo/watch', reasons: [{ code: 'absent' }] }],
    });
    const { got, ...callbacks } = listening(true);
    const result = await apply({ ...request, ...callbacks });
    expect(result).toMatchObject({ ok: true, declined: false, interrupted: false });
    const [stack] = world.cloud.stacks.all;
    expect(result.outcomes).toMatchObject([
      {
        did: 'create',
        ended: 'done',
        stack: stack?.name,
        outputs: { FunctionName: `${stack?.name}-Function` },
      },
    ]);
    expect(stack?.parameters).toMatchObject({ actions: 'StopLogging' });
    // What changes is known to whoever approves.
    const asked = got.findIndex((each) => 'steps' in each);
    expect(got.slice(0, asked)).toContainEqual(expect.objectContaining({ type: 'changes' }));
    expect(got.filter((each) => 'steps' in each)).toHaveLength(1);
    expect(got).toContainEqual(
      expect.objectContaining({ type: 'warning', unconfirmed: expect.anything() }),
    );
    expect(await plan(request)).toMatchObject({ status: 'current', steps: [{ do: 'keep' }] });
    const { got: again, ...others } = listening(true);
    expect(await apply({ ...request, ...others })).toMatchObject({
      ok: true,
      outcomes: [{ ended: 'kept' }],
    });
    // Until somebody has confirmed, every run says so.
    expect(again).toEqual([
      expect.objectContaining({ type: 'warning', unconfirmed: expect.anything() }),
    ]);
    world.cloud.confirmed.add('security@example.com');
    const { got: then, ...more } = listening(true);
    await apply({ ...request, ...more });
    expect(then).toEqual([]);
  });

  test('is not touched without an approval', async () => {
    using world = new FakeWorld();
    const request = { ...watch, ...world.program };
    for (const approve of [undefined, () => false]) {
      const result = await apply({ ...request, ...(approve ? { approve } : {}) });
      expect(result).toMatchObject({ ok: false, declined: true, outcomes: [] });
    }
    expect(world.cloud.stacks.all).toEqual([]);
    await apply({ ...request, approve: () => true });
    world.cloud.calls = [];
    const other = { ...request, parameters: { mode: 'loud' } };
    const { got, ...callbacks } = listening(false);
    expect(await apply({ ...other, ...callbacks })).toMatchObject({ declined: true });
    expect(got).toContainEqual(expect.objectContaining({ type: 'changes' }));
    expect(got).toContainEqual(
      expect.objectContaining({ steps: [expect.objectContaining({ do: 'update' })] }),
    );
    expect(world.cloud.calls).toContain('deleteChangeSet');
    expect(world.cloud.calls).not.toContain('executeChangeSet');
  });

  test('is asked about where something is missing', async () => {
    using world = new FakeWorld();
    const request = { rule: 'demo/watch', ...world.program };
    await expect(plan(request)).rejects.toThrow(
      /actions: is required[\s\S]*No destination for alerts|No destination for alerts[\s\S]*actions: is required/,
    );
    const asked: string[] = [];
    const answers: Record<string, string> = { actions: 'StopLogging', alerts: 'a@example.com' };
    const answer = ({ name }: { readonly name: string }): string | undefined => {
      asked.push(name);
      return answers[name];
    };
    expect(await plan({ ...request, answer })).toMatchObject({ status: 'pending' });
    expect(asked.toSorted()).toEqual(['actions', 'alerts']);
    answers['alerts'] = 'nobody';
    await expect(plan({ ...request, answer })).rejects.toThrow('The answer to alerts');
  });

  test('has its secrets stored after the approval', async () => {
    using world = new FakeWorld({
      parameters: { token: { kind: 'secret', description: 'The token.', example: secretArn } },
    });
    const request = {
      rule: 'demo/watch',
      alertEmail: 'a@example.com',
      secrets: { token: 'hush' },
      ...world.program,
    };
    expect(await plan(request)).toMatchObject({ secrets: [{ parameter: 'token' }] });
    expect(await apply({ ...request, approve: () => false })).toMatchObject({ stored: [] });
    expect(world.cloud.calls).not.toContain('createSecret');
    expect(await apply({ ...request, approve: () => true })).toMatchObject({
      ok: true,
      stored: [{ parameter: 'token' }],
    });
    expect(world.cloud.calls).toContain('createSecret');
    await expect(plan({ ...request, secrets: { token: '' } })).rejects.toThrow(
      'The value is empty.',
    );
  });

  test('that cannot be deployed is refused with a code, and nobody is asked', async () => {
    using world = new FakeWorld();
    const request = { ...watch, ...world.program };
    world.cloud.stacks.add({ name: 'patrol-demo-watch-production', tags: {} });
    expect(await plan(request)).toMatchObject({
      status: 'refused',
      steps: [{ do: 'refuse', reasons: [{ code: 'foreign' }] }],
    });
    const { got, ...callbacks } = listening(true);
    expect(await apply({ ...request, ...callbacks })).toMatchObject({
      ok: false,
      declined: false,
      outcomes: [{ ended: 'refused' }],
    });
    expect(got).toEqual([]);
  });

  test('takes an older version only where that is allowed', async () => {
    using world = new FakeWorld({ version: '2.0.0' });
    const request = { ...watch, ...world.program, approve: () => true };
    await apply(request);
    installRule(world.folder, { version: '1.0.0', code: 'zip 0' });
    const refused = { ok: false, outcomes: [{ ended: 'refused' }] };
    expect(await apply(request)).toMatchObject({
      ...refused,
      plan: { steps: [{ reasons: [{ code: 'older' }] }] },
    });
    expect(await apply({ ...request, allowDowngrade: true })).toMatchObject({ ok: true });
  });

  test('that AWS refuses to look at ends in its error', async () => {
    using world = new FakeWorld();
    const error = new CloudError('denied', 'cloudformation:DescribeStacks', 'No.');
    world.cloud.faults.push({ call: 'stack', error });
    await expect(plan({ ...watch, ...world.program })).rejects.toBe(error);
  });
});

describe('a fleet', () => {
  function fleetWorld(): FakeWorld {
    const world = new FakeWorld('nothing');
    for (const name of ['a', 'b']) {
      installRule(world.folder, { packageName: `@patrol/rules-${name}` });
    }
    const text = watching('security', [
      ['a', 'quiet'],
      ['b', 'loud'],
    ]);
    writeFileSync(join(world.folder, 'patrol.yaml'), text);
    return world;
  }

  test('is planned, approved and applied, and then there is nothing to do', async () => {
    using world = fleetWorld();
    const request = { file: 'patrol.yaml', ...world.program };
    const planned = await plan(request);
    expect(planned).toMatchObject({ status: 'pending', fleet: 'security', notes: [] });
    expect(planned.steps.map((step) => step.do)).toEqual(['create', 'create', 'create']);
    expect(await apply(request)).toMatchObject({ ok: false, declined: true, outcomes: [] });
    const { got, ...declining } = listening(false);
    expect(await apply({ ...request, ...declining })).toMatchObject({ declined: true });
    expect(got).toContainEqual(expect.objectContaining({ type: 'changes' }));
    expect(world.cloud.stacks.all).toEqual([]);
    const result = await apply({ ...request, approve: () => true });
    expect(result).toMatchObject({ ok: true, declined: false, missing: [] });
    expect(result.outcomes.map(({ ended }) => ended)).toEqual(['done', 'done', 'done']);
    expect(await plan(request)).toMatchObject({ status: 'current' });
    // Where nothing changes, nobody has to approve it.
    expect(await apply(request)).toMatchObject({ ok: true, declined: false });
    // The lease was given back: another run need not wait.
    installRule(world.folder, { packageName: '@patrol/rules-a', code: 'zip 2' });
    expect(await apply({ ...request, approve: () => true })).toMatchObject({ ok: true });
  });

  test('tells of a stack that failed, and of those that did not', async () => {
    using world = fleetWorld();
    const error = new CloudError('denied', 'cloudformation:CreateChangeSet', 'No.');
    world.cloud.faults.push({ call: 'createChangeSet', error });
    const result = await apply({ file: 'patrol.yaml', ...world.program, approve: () => true });
    expect(result).toMatchObject({ ok: false, declined: false });
    expect(result.outcomes.map(({ ended }) => ended)).toContain('failed');
  });
});

test('a rule is tried on its sample, on an event, and on one that it would not be given', async () => {
  const { assembly } = fakeArtifact();
  const request = { rule: `${assembly.folder}/rule`, cwd: folder };
  expect(await tryRule(request)).toMatchObject({
    delivered: true,
    messages: [{ subject: 'StopLogging' }],
  });
  expect(await tryRule({ ...request, event: record('StopTrail') })).toMatchObject({
    messages: [{ subject: 'StopTrail', json: { title: 'StopTrail' } }],
  });
  expect(await tryRule({ ...request, event: record('CreateTrail') })).toMatchObject({
    delivered: false,
    messages: [],
    error: expect.any(String),
  });
  await expect(tryRule({ ...request, event: { hello: 1 } })).rejects.toThrow('in what was given');
});

describe('a replay', () => {
  const put = (name: string, events: readonly unknown[]): void =>
    writeFileSync(join(folder, name), events.map((each) => JSON.stringify(each)).join('\n'));

  test('gives what it finds, and figures at the end', async () => {
    const { assembly } = fakeArtifact();
    put('some.ndjson', [
      record('StopTrail', 'a'),
      record('CreateTrail', 'b'),
      record('StopLogging', 'c'),
    ]);
    const notes: ReplayNote[] = [];
    const rule = `${assembly.folder}/rule`;
    for await (const note of replay({ rule, paths: ['some.ndjson'], cwd: folder }))
      notes.push(note);
    expect(notes).toMatchObject([
      { type: 'alert', title: 'StopTrail', file: 'some.ndjson', line: 1, eventId: 'a' },
      { type: 'alert', title: 'StopLogging', line: 3, eventId: 'c' },
      { type: 'summary', events: 3, delivered: 2, alerts: 2, errors: 0 },
    ]);
  });

  test('stops reading when nobody takes more', async () => {
    const index = alerting.replace(
      'async ({ detail }) => ({',
      "async ({ detail }) => (console.log('decided'), {",
    );
    const { assembly } = fakeArtifact({ index });
    const [files, events] = [20, 1000];
    put(
      'many.ndjson',
      Array.from({ length: events }, () => record('StopTrail')),
    );
    const paths = Array.from({ length: files }, () => 'many.ndjson');
    // What is printed comes in pieces, which may end within a word.
    let printed = '';
    const print = (text: string): void => {
      printed += text;
    };
    const decided = (): number => printed.split('decided').length - 1;
    const rule = `${assembly.folder}/rule`;
    for await (const note of replay({ rule, paths, cwd: folder, print })) {
      if (note.type === 'alert') break;
    }
    expect(decided()).toBeGreaterThan(0);
    expect(decided()).toBeLessThan((files * events) / 2);
    printed = '';
    for await (const note of replay({ rule, paths, cwd: folder, print })) {
      if (note.type === 'summary') expect(note.alerts).toBe(files * events);
    }
    expect(decided()).toBe(files * events);
  });

  test('of a path that leads nowhere throws', async () => {
    const { assembly } = fakeArtifact();
    const notes = replay({ rule: `${assembly.folder}/rule`, paths: ['nowhere'], cwd: folder });
    await expect(notes[Symbol.asyncIterator]().next()).rejects.toThrow('nowhere');
  });
});

test('the door loads neither a terminal nor the AWS SDK, and running rules writes nothing', () => {
  const { assembly } = fakeArtifact();
  const output = join(folder, 'loaded.json');
  const program = `
    import { writeFileSync } from 'node:fs';
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({
      load(url, context, next) {
        loaded.push(url);
        return next(url, context);
      },
    });
    const { replay, tryRule } = await import('@patrol/deployer');
    const rule = ${JSON.stringify(`${assembly.folder}/rule`)};
    const { messages } = await tryRule({ rule });
    for await (const note of replay({ rule, paths: [rule.replace(/rule$/, 'sample.json')] })) {
      messages.push(note);
    }
    writeFileSync(${JSON.stringify(output)}, JSON.stringify({ loaded, count: messages.length }));
  `;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=@patrol/source', '--input-type=module', '--eval', program],
    { cwd: import.meta.dirname, encoding: 'utf8' },
  );
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  const { loaded, count } = JSON.parse(readFileSync(output, 'utf8')) as {
    readonly loaded: readonly string[];
    readonly count: number;
  };
  // A message of the trial; an alert and the figures of the replay.
  expect(count).toBe(3);
  expect(loaded).toContainEqual(expect.stringContaining('/src/index.ts'));
  const packages =
    /node_modules\/(@clack|commander|@aws-sdk|@smithy|@octokit|picocolors|log-update|cli-table3)\b/;
  expect(loaded.filter((url) => packages.test(url) || url.includes('/src/cli/'))).toEqual([]);
});
