import { expect, test } from 'vitest';
import { FakeCloud } from '../testing/cloud.ts';
import { CloudError, type Stack } from '../cloud/cloud.ts';
import { watch } from './watch.ts';
import type { Note } from '../notes/tell.ts';
import { type Effects, patiently } from '../cloud/effects.ts';

const effects = (cloud: FakeCloud, notes: Note[] = [], sleeps: number[] = []): Effects => ({
  cloud,
  tell: (note) => notes.push(note),
  sleep: async (milliseconds) => {
    sleeps.push(milliseconds);
    await cloud.sleep(milliseconds);
  },
  signal: new AbortController().signal,
  now: cloud.now,
  unique: () => 'patrol-1',
});

const current = { id: 'arn:s', name: 's' };

/** A stack whose status is each of these in turn, one for each look; the last one stays. */
function passing(cloud: FakeCloud, statuses: readonly string[]): void {
  let looks = 0;
  cloud.stack = async () => {
    const status = statuses[Math.min(looks, statuses.length - 1)] ?? '';
    looks += 1;
    return { id: 'arn:s', name: 's', status } as Stack;
  };
  cloud.events = async () => {
    throw new CloudError('denied', 'cloudformation:DescribeStackEvents', 'no');
  };
}

test('waits one to two seconds between polls, and longer after failures', async () => {
  const cloud = new FakeCloud();
  cloud.stacks.add({ ...current, status: 'CREATE_COMPLETE', events: [] });
  cloud.faults.push({ call: 'stack', times: 6 });
  const sleeps: number[] = [];
  passing(cloud, [...Array<string>(6).fill('CREATE_IN_PROGRESS'), 'CREATE_COMPLETE']);
  await watch(effects(cloud, [], sleeps), { operation: 'create', stack: current, look: '`x`' });
  expect(sleeps).toHaveLength(6);
  for (const slept of sleeps) expect(slept >= 1000 && slept < 2000).toBe(true);

  let failed = 0;
  const failing = (): Promise<string> => {
    failed += 1;
    return failed < 8
      ? Promise.reject(new CloudError('throttled', 'x', 'slow'))
      : Promise.resolve('done');
  };
  const longer: number[] = [];
  await expect(patiently(effects(cloud, [], longer), failing)).resolves.toBe('done');
  expect(longer.at(-1)).toBeGreaterThanOrEqual(15_000);
  expect(longer.at(-1)).toBeLessThan(18_000);
});

test('gives up at once on what does not pass', async () => {
  const cloud = new FakeCloud();
  const sleeps: number[] = [];
  for (const failure of ['denied', 'credentials', 'invalid', 'conflict', 'missing'] as const) {
    const failing = (): Promise<never> => Promise.reject(new CloudError(failure, 'x', 'y'));
    await expect(patiently(effects(cloud, [], sleeps), failing)).rejects.toMatchObject({ failure });
  }
  expect(sleeps).toEqual([]);
});

test('a failed creation passes through states that are the end only if they last', async () => {
  const cloud = new FakeCloud();
  passing(cloud, [
    'CREATE_IN_PROGRESS',
    'CREATE_FAILED',
    'DELETE_IN_PROGRESS',
    'ROLLBACK_COMPLETE',
    'DELETE_COMPLETE',
  ]);
  const target = { operation: 'create', stack: current, look: '`x`' } as const;
  expect(await watch(effects(cloud), target)).toMatchObject({
    success: false,
    status: 'DELETE_COMPLETE',
  });
  passing(cloud, ['ROLLBACK_IN_PROGRESS', 'ROLLBACK_COMPLETE']);
  expect(await watch(effects(cloud), target)).toMatchObject({
    success: false,
    status: 'ROLLBACK_COMPLETE',
  });
});

test('an old state is not taken for the end of an operation that has not begun', async () => {
  const cloud = new FakeCloud();
  const old = new Date(1);
  let looks = 0;
  cloud.events = async () => [];
  cloud.stack = async () => {
    looks += 1;
    return {
      id: 'arn:s',
      name: 's',
      status: 'UPDATE_COMPLETE',
      updated: looks < 3 ? old : new Date(2),
    } as Stack;
  };
  const target = {
    operation: 'update',
    stack: { ...current, updated: old },
    look: '`x`',
  } as const;
  expect(await watch(effects(cloud), target)).toMatchObject({ success: true });
  expect(looks).toBe(3);
});

test('a change set that is dropped instead of carried out is not waited for', async () => {
  const cloud = new FakeCloud();
  passing(cloud, ['REVIEW_IN_PROGRESS']);
  cloud.changeSet = async (id) => ({
    id,
    stackId: 'arn:s',
    status: 'CREATE_COMPLETE',
    execution: 'EXECUTE_FAILED',
    reason: 'Validation failed.',
    changes: [],
  });
  const target = { operation: 'create', stack: current, changeSet: 'c', look: '`x`' } as const;
  await expect(watch(effects(cloud), target)).rejects.toThrow(
    'it is EXECUTE_FAILED (Validation failed.)',
  );
});

test('tells events once, and how far it is', async () => {
  const cloud = new FakeCloud();
  cloud.stacks.pace = 3000;
  const notes: Note[] = [];
  const template = { Resources: { A: { Type: 'AWS::A' }, B: { Type: 'AWS::B' } } };
  const { id, stackId } = await cloud.createChangeSet({
    stack: 's',
    name: 'c',
    kind: 'CREATE',
    template: { body: JSON.stringify(template) },
    parameters: {},
    tags: {},
  });
  await cloud.executeChangeSet(id);
  const target = {
    operation: 'create',
    stack: { id: stackId, name: 's' },
    total: 2,
    look: '`x`',
  } as const;
  expect(await watch(effects(cloud, notes), target)).toMatchObject({ success: true, stackId });
  const events = notes.filter((note) => note.type === 'event').map((note) => note.id);
  expect(new Set(events).size).toBe(events.length);
  expect(notes).toContainEqual({
    type: 'status',
    stack: 's',
    done: 0,
    total: 2,
    seconds: expect.any(Number),
    waiting: ['A', 'B'],
  });
  expect(notes.findLast((note) => note.type === 'status')).toMatchObject({ done: 2, waiting: [] });
});
