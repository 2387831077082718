import { describe, expect, test } from 'vitest';
import { FakeCloud } from './cloud.ts';
import { type ChangeSetRequest, CloudError, previousValue } from '../cloud/cloud.ts';
import { Killed } from './faults.ts';

const template = (extra: object = {}): { body: string } => ({
  body: JSON.stringify({
    Parameters: { Name: {}, Mode: { Default: 'quiet' }, Hidden: { Default: 'x', NoEcho: true } },
    Resources: {
      Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { Ref: 'Name' } } },
      Topic: { Type: 'AWS::SNS::Topic' },
      Role: { Type: 'AWS::IAM::Role' },
      ...extra,
    },
    Outputs: { QueueName: { Value: { Ref: 'Queue' } } },
  }),
});
const request = (changes: Partial<ChangeSetRequest> = {}): ChangeSetRequest => ({
  stack: 's',
  name: 'c1',
  kind: 'CREATE',
  template: template(),
  parameters: { Name: 'n' },
  tags: { team: 'a' },
  ...changes,
});

async function created(cloud: FakeCloud): Promise<string> {
  const { id, stackId } = await cloud.createChangeSet(request());
  await cloud.sleep(1000);
  await cloud.executeChangeSet(id);
  await cloud.sleep(60_000);
  return stackId;
}

const statuses = async (cloud: FakeCloud, id: string, resource = 's'): Promise<string[]> =>
  (await cloud.events(id))
    .filter((event) => event.resource === resource)
    .map((event) => event.status);

describe('the fake cloud', () => {
  test('a change set of a creation leaves an empty stack without tags until it is carried out', async () => {
    const cloud = new FakeCloud();
    const { id, stackId } = await cloud.createChangeSet(request());
    expect(await cloud.stack('s')).toMatchObject({
      status: 'REVIEW_IN_PROGRESS',
      tags: {},
      parameters: {},
    });
    expect(await cloud.changeSet(id)).toMatchObject({ status: 'CREATE_IN_PROGRESS' });
    await cloud.sleep(500);
    const ready = await cloud.changeSet(id);
    expect(ready).toMatchObject({ status: 'CREATE_COMPLETE', execution: 'AVAILABLE' });
    expect(ready.changes.map(({ action }) => action)).toEqual(['Add', 'Add', 'Add']);
    await cloud.executeChangeSet(id);
    expect(await cloud.stack('s')).toMatchObject({ status: 'CREATE_IN_PROGRESS' });
    await cloud.sleep(60_000);
    expect(await cloud.stack(stackId)).toMatchObject({
      status: 'CREATE_COMPLETE',
      tags: { team: 'a' },
      parameters: { Name: 'n', Mode: 'quiet', Hidden: '****' },
      outputs: { QueueName: 's-Queue' },
    });
    await expect(cloud.executeChangeSet(id)).rejects.toMatchObject({ failure: 'conflict' });
  });

  test('UsePreviousValue keeps values; what is neither given nor there is refused', async () => {
    const cloud = new FakeCloud();
    await expect(cloud.createChangeSet(request({ parameters: {} }))).rejects.toThrow(
      '[Name] must have values',
    );
    await expect(
      cloud.createChangeSet(request({ parameters: { Name: 'n', No: '1' } })),
    ).rejects.toThrow('[No] do not exist');
    expect(await cloud.stack('s')).toBeUndefined();
    await created(cloud);
    const update = {
      name: 'c2',
      kind: 'UPDATE',
      parameters: { Name: previousValue, Mode: 'loud' },
    } as const;
    const { id } = await cloud.createChangeSet(request(update));
    await cloud.sleep(1000);
    await expect(cloud.changeSet(id)).resolves.toMatchObject({ status: 'FAILED' });
    const renamed = request({
      ...update,
      name: 'c3',
      parameters: { Name: 'm', Mode: previousValue },
    });
    const change = await cloud.createChangeSet(renamed);
    await cloud.sleep(1000);
    expect((await cloud.changeSet(change.id)).changes).toEqual([
      {
        action: 'Modify',
        resource: 'Queue',
        type: 'AWS::SQS::Queue',
        replacement: 'False',
        properties: [{ name: 'QueueName', before: '"n"', after: '"m"' }],
        before: '{"Properties":{"QueueName":"n"}}',
        after: '{"Properties":{"QueueName":"m"}}',
      },
    ]);
    expect(cloud.stacks.changeSets).toContain('c2');
    await cloud.executeChangeSet(change.id);
    expect(cloud.stacks.changeSets).toEqual([]);
    await expect(cloud.createChangeSet(request({ ...update, name: 'c4' }))).rejects.toThrow(
      'UPDATE_IN_PROGRESS',
    );
    await cloud.sleep(60_000);
    expect(await cloud.stack('s')).toMatchObject({
      status: 'UPDATE_COMPLETE',
      parameters: { Name: 'm' },
    });
  });

  test('a failed creation cancels the rest and deletes the stack; its events stay', async () => {
    const cloud = new FakeCloud();
    cloud.stacks.failing = { Topic: 'no' };
    const id = await created(cloud);
    expect(await statuses(cloud, id)).toEqual([
      'REVIEW_IN_PROGRESS',
      'CREATE_IN_PROGRESS',
      'CREATE_FAILED',
      'DELETE_IN_PROGRESS',
      'DELETE_COMPLETE',
    ]);
    expect(
      (await cloud.events(id)).find((event) => event.resource === 'Role' && event.reason),
    ).toMatchObject({
      status: 'CREATE_FAILED',
      reason: 'Resource creation cancelled',
    });
    expect(await cloud.stack('s')).toBeUndefined();
    expect(await cloud.stack(id)).toMatchObject({ status: 'DELETE_COMPLETE' });
  });

  test('a failed update puts back what stood before, or gets stuck', async () => {
    for (const stuck of [false, true]) {
      const cloud = new FakeCloud();
      const id = await created(cloud);
      cloud.stacks.failing = { Queue: 'no' };
      cloud.stacks.rollbackFails = stuck;
      const update = await cloud.createChangeSet(
        request({ name: 'c2', kind: 'UPDATE', parameters: { Name: 'm' } }),
      );
      await cloud.executeChangeSet(update.id);
      await cloud.sleep(60_000);
      expect(await cloud.stack(id)).toMatchObject({
        status: stuck ? 'UPDATE_ROLLBACK_FAILED' : 'UPDATE_ROLLBACK_COMPLETE',
        parameters: { Name: 'n' },
      });
    }
  });

  test('a stack is deleted unless it is protected or a resource clings to it', async () => {
    const cloud = new FakeCloud();
    const id = await created(cloud);
    const stack = cloud.stacks.find(id);
    if (!stack) throw new Error('there is none');
    stack.terminationProtected = true;
    await expect(cloud.deleteStack(id)).rejects.toThrow('TerminationProtection');
    stack.terminationProtected = false;
    cloud.stacks.undeletable = 'Topic';
    await cloud.deleteStack(id);
    await cloud.sleep(60_000);
    expect(await cloud.stack(id)).toMatchObject({ status: 'DELETE_FAILED' });
    cloud.stacks.undeletable = undefined;
    await cloud.deleteStack(id);
    await cloud.sleep(60_000);
    expect(await cloud.stack('s')).toBeUndefined();
  });

  test('events are those after a known one', async () => {
    const cloud = new FakeCloud();
    const id = await created(cloud);
    const all = await cloud.events(id);
    expect(await cloud.events(id, all[2]?.id)).toEqual(all.slice(3));
    expect(await cloud.lastEvent(id)).toBe(all.at(-1)?.id);
  });

  test('buckets have an owner, and objects only in own ones', async () => {
    const cloud = new FakeCloud();
    expect(await cloud.bucket('b')).toBe('absent');
    await expect(
      cloud.put({ bucket: 'b', key: 'k' }, new Uint8Array(), 'aa'),
    ).rejects.toBeInstanceOf(CloudError);
    await cloud.createBucket('b');
    await cloud.setOnBucket('b', { set: 'versioning' });
    expect(await cloud.bucket('b')).toMatchObject({ versioned: true, encrypted: false });
    await cloud.put({ bucket: 'b', key: 'k' }, new Uint8Array([1]), 'aa');
    expect(await cloud.object({ bucket: 'b', key: 'k' })).toMatchObject({ sha256: 'aa' });
    cloud.addBucket('theirs', '999999999999');
    expect(await cloud.bucket('theirs')).toBe('foreign');
    await expect(cloud.createBucket('theirs')).rejects.toThrow('not available');
    await cloud.createBucket('b');
    expect(await cloud.bucket('b')).toMatchObject({ versioned: true });
  });

  test('of texts that are written at once one is stored; its age passes with the time', async () => {
    const cloud = new FakeCloud();
    const at = { bucket: 'b', key: 'k' };
    expect(await cloud.readText(at)).toBeUndefined();
    await expect(cloud.writeText(at, 'one', undefined)).rejects.toMatchObject({
      failure: 'missing',
    });
    await cloud.createBucket('b');
    expect(await cloud.readText(at)).toBeUndefined();
    const [tag, other] = await Promise.all([
      cloud.writeText(at, 'one', undefined),
      cloud.writeText(at, 'two', undefined),
    ]);
    expect(other).toBeUndefined();
    await cloud.sleep(5000);
    expect(await cloud.readText(at)).toEqual({ text: 'one', tag, age: 5000 });
    expect(await cloud.writeText(at, 'two', 'another tag')).toBeUndefined();
    const next = await cloud.writeText(at, 'two', tag);
    expect(next).not.toBe(tag);
    expect(await cloud.readText(at)).toEqual({ text: 'two', tag: next, age: 0 });
    cloud.addBucket('theirs', '999999999999');
    const theirs = { bucket: 'theirs', key: 'k' };
    await expect(cloud.readText(theirs)).rejects.toMatchObject({ failure: 'denied' });
    await expect(cloud.writeText(theirs, 'x', undefined)).rejects.toMatchObject({
      failure: 'denied',
    });
  });

  test('secrets are read by their ARN', async () => {
    const cloud = new FakeCloud();
    cloud.secrets.set('arn:s', 'text');
    expect(await cloud.readSecret('arn:s')).toBe('text');
    await expect(cloud.readSecret('arn:t')).rejects.toMatchObject({ failure: 'missing' });
  });

  test('faults: throttling, lost answers, and a process that dies', async () => {
    const cloud = new FakeCloud();
    cloud.faults.push(
      { call: 'place', after: 1, times: 2 },
      { call: 'createBucket', lost: true },
      { call: 'bucket', after: 1, kill: true },
    );
    await cloud.place();
    await expect(cloud.place()).rejects.toMatchObject({ failure: 'throttled' });
    await expect(cloud.place()).rejects.toMatchObject({ failure: 'throttled' });
    await cloud.place();
    await expect(cloud.createBucket('b')).rejects.toThrow('Rate exceeded');
    expect(await cloud.bucket('b')).not.toBe('absent');
    await expect(cloud.bucket('b')).rejects.toBeInstanceOf(Killed);
    await expect(cloud.place()).rejects.toBeInstanceOf(Killed);
    cloud.revive();
    await cloud.place();
  });
});
