import { describe, expect, test } from 'vitest';
import { CloudError, type CloudFailure } from '../cloud/cloud.ts';
import { leaseAt } from '../identity/naming.ts';
import type { Note } from '../notes/tell.ts';
import { leaseTime, renewalTime } from '../plan/lease.ts';
import { FakeCloud } from '../testing/cloud.ts';
import { HeldError, InterruptedError, OperatorError } from '../text/errors.ts';
import { leaseOn } from './lease.ts';

const of = { fleet: 'security', environment: 'production' };
const at = leaseAt({ account: '111122223333' }, of.fleet, of.environment);

/** A run on a cloud: its lease, and what it tells. */
function runOn(cloud: FakeCloud, host: string, sleep = cloud.sleep) {
  const told: Note[] = [];
  const controller = new AbortController();
  const lease = leaseOn(
    {
      cloud,
      place: cloud.home,
      tell: (note) => told.push(note),
      sleep,
      signal: controller.signal,
      now: cloud.now,
      who: async () => ({ run: `run of ${host}`, host }),
    },
    of,
  );
  const states = (): readonly string[] =>
    told.flatMap((note) => (note.type === 'lease' ? [note.state] : []));
  /** Takes it after a look at the fleet that took no time. */
  const take = (): Promise<boolean> => lease.take(cloud.now());
  return { lease, take, told, states, controller };
}

const written = (cloud: FakeCloud): Record<string, unknown> | undefined => {
  const text = cloud.buckets.get(at.bucket)?.texts.get(at.key)?.text;
  return text === undefined ? undefined : JSON.parse(text);
};
const failing = (failure: CloudFailure): CloudError => new CloudError(failure, 's3:Call', 'No.');

describe('taking it', () => {
  test('makes the bucket, protected as the artifact bucket but without versions', async () => {
    const cloud = new FakeCloud();
    const { take, states } = runOn(cloud, 'a');
    expect(await take()).toBe(true);
    expect(states()).toEqual([]);
    expect(written(cloud)).toMatchObject({
      ...of,
      holder: { run: 'run of a', host: 'a' },
      released: false,
    });
    expect(await cloud.bucket(at.bucket)).toMatchObject({
      encrypted: true,
      private: true,
      ownerEnforced: true,
      versioned: false,
      policy: expect.stringContaining('PatrolTlsOnly'),
    });
  });

  test('of two first runs at once one takes it, and the other is told who', async () => {
    const cloud = new FakeCloud();
    const runs = [runOn(cloud, 'a'), runOn(cloud, 'b')];
    const ended = await Promise.allSettled(runs.map(({ take }) => take()));
    const lost = ended.findIndex(({ status }) => status === 'rejected');
    expect(ended[1 - lost]).toEqual({ status: 'fulfilled', value: true });
    expect(ended[lost]).toMatchObject({ reason: expect.any(HeldError) });
    const winner = 1 - lost === 0 ? 'a' : 'b';
    expect(written(cloud)).toMatchObject({ holder: { host: winner } });
    expect(runs[lost]?.told).toContainEqual(
      expect.objectContaining({
        type: 'lease',
        state: 'held',
        ...of,
        holder: { run: `run of ${winner}`, host: winner },
        until: expect.stringMatching(/^2026-01-01T00:05:0/),
      }),
    );
  });

  test('of two at once one takes one that is stale', async () => {
    const cloud = new FakeCloud();
    await runOn(cloud, 'dead').take();
    await cloud.sleep(leaseTime);
    const runs = [runOn(cloud, 'a'), runOn(cloud, 'b')];
    const ended = await Promise.allSettled(runs.map(({ take }) => take()));
    expect(ended.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(runs.flatMap(({ states }) => states()).toSorted()).toEqual(['held', 'takenOver']);
  });

  test('two make the bucket at the same moment, which S3 refuses one of them for now', async () => {
    const cloud = new FakeCloud();
    cloud.faults.push(
      { call: 'createBucket', error: failing('conflict') },
      { call: 'setOnBucket', after: 1, error: failing('conflict') },
      { call: 'writeText', times: 2, error: failing('missing') },
    );
    expect(await runOn(cloud, 'a').take()).toBe(true);
    expect(await cloud.bucket(at.bucket)).toMatchObject({ private: true, encrypted: true });
  });

  test('one that is released is taken, but not before the fleet is looked at again', async () => {
    const cloud = new FakeCloud();
    const [a, b] = [runOn(cloud, 'a'), runOn(cloud, 'b')];
    await a.take();
    const looked = cloud.now();
    await cloud.sleep(20_000);
    await a.lease.release();
    await cloud.sleep(20_000);
    expect(await b.lease.take(looked)).toBe(false);
    expect(written(cloud)).toMatchObject({ holder: { host: 'a' }, released: true });
    // Nobody wrote it since this run saw it, however long the second look takes.
    const again = cloud.now();
    await cloud.sleep(90_000);
    expect(await b.lease.take(again)).toBe(true);
    expect(b.states()).toEqual([]);
  });

  test('one that somebody had between two looks is not taken after the second', async () => {
    const cloud = new FakeCloud();
    const [a, b, c] = [runOn(cloud, 'a'), runOn(cloud, 'b'), runOn(cloud, 'c')];
    await a.take();
    await a.lease.release();
    expect(await b.take()).toBe(false);
    const again = cloud.now();
    await cloud.sleep(30_000);
    await c.take();
    await c.lease.release();
    expect(await b.lease.take(again)).toBe(false);
  });

  test('one that was released while the fleet was looked at is not taken after that look', async () => {
    const cloud = new FakeCloud();
    const [a, b] = [runOn(cloud, 'a'), runOn(cloud, 'b')];
    await a.take();
    const looked = cloud.now();
    await cloud.sleep(10_000);
    await a.lease.release();
    expect(await b.lease.free(false)).toBe(false);
    await cloud.sleep(60_000);
    expect(await b.lease.take(looked)).toBe(false);
  });

  test('one that was released long before the look is taken at once', async () => {
    const cloud = new FakeCloud();
    const [a, b] = [runOn(cloud, 'a'), runOn(cloud, 'b')];
    await a.take();
    await a.lease.release();
    await cloud.sleep(10_000);
    expect(await b.take()).toBe(true);
  });

  test('an answer that is lost does no harm', async () => {
    const cloud = new FakeCloud();
    cloud.faults.push({ call: 'writeText', lost: true });
    const a = runOn(cloud, 'a');
    expect(await a.take()).toBe(true);
    await a.lease.sleep(renewalTime);
    expect(written(cloud)).toMatchObject({ renewals: 1, holder: { host: 'a' } });
  });

  test.each([
    ['readText', 'denied'],
    ['writeText', 'denied'],
    ['createBucket', 'denied'],
    ['createBucket', 'taken'],
  ] as const)('whose %s is %s goes on without one, and is told', async (call, failure) => {
    const cloud = new FakeCloud();
    cloud.faults.push({ call, times: 99, error: failing(failure) });
    const a = runOn(cloud, 'a');
    expect(await a.lease.free(false)).toBe(false);
    expect(a.states()).toEqual([]);
    expect([await a.take(), await a.take()]).toEqual([true, true]);
    expect(a.told.filter(({ type }) => type === 'lease')).toEqual([
      {
        type: 'lease',
        state: 'unguarded',
        ...of,
        message: expect.stringMatching(
          /^The fleet security \(production\) is not protected .* patrol-leases-111122223333\. s3:Call failed: No\. /,
        ),
      },
    ]);
    await cloud.sleep(leaseTime * 2);
    expect(await a.lease.hold()).toBeUndefined();
    cloud.calls = [];
    await a.lease.release();
    expect(cloud.calls).toEqual([]);
  });

  test('any other refusal ends the run', async () => {
    const cloud = new FakeCloud();
    cloud.faults.push({ call: 'readText', error: failing('credentials') });
    await expect(runOn(cloud, 'a').take()).rejects.toMatchObject({ failure: 'credentials' });
  });

  test('what changes at every attempt is given up', async () => {
    const cloud = new FakeCloud();
    cloud.writeText = async () => undefined;
    await expect(runOn(cloud, 'a').take()).rejects.toThrow('changed at every attempt');
    expect(cloud.calls.filter((call) => call === 'readText').length).toBeLessThan(100);
  });
});

describe('while another run holds it', () => {
  test('whoever does not wait is refused, with who, since when and what to do', async () => {
    const cloud = new FakeCloud();
    const [a, b] = [runOn(cloud, 'a'), runOn(cloud, 'b')];
    await a.take();
    await cloud.sleep(60_000);
    const until = new Date(cloud.now() + leaseTime - 60_000).toISOString().replace('.000', '');
    await expect(b.lease.free(false)).rejects.toThrow(
      `Another run of \`apply\` is changing the fleet security (production): somebody unknown on a. No stack was changed. Run the same command again when that run has ended, or add --wait. If that run was killed, its lease ends at ${until}.`,
    );
    expect(b.states()).toEqual(['held']);
  });

  test('whoever waits is told once, and goes on when it is released', async () => {
    const cloud = new FakeCloud();
    const a = runOn(cloud, 'a');
    let naps = 0;
    const b = runOn(cloud, 'b', async (milliseconds) => {
      await cloud.sleep(milliseconds);
      if ((naps += 1) === 3) await a.lease.release();
    });
    await a.take();
    expect(await b.lease.free(true)).toBe(true);
    expect(naps).toBe(3);
    expect(b.states()).toEqual(['waiting']);
    // What stands is looked at after the wait, and nobody had it since.
    expect(await b.take()).toBe(true);
  });

  test('whoever waits for a dead run takes over', async () => {
    const cloud = new FakeCloud();
    const [dead, b] = [runOn(cloud, 'dead'), runOn(cloud, 'b')];
    await dead.take();
    expect(await b.lease.free(true)).toBe(true);
    expect(await b.take()).toBe(true);
    expect(b.told.at(-1)).toMatchObject({
      state: 'takenOver',
      holder: { host: 'dead' },
      message: expect.stringContaining('That run did not renew it for 5 minutes'),
    });
  });

  test('an interrupt ends the waiting', async () => {
    const cloud = new FakeCloud();
    const [a, b] = [runOn(cloud, 'a'), runOn(cloud, 'b')];
    await a.take();
    b.controller.abort();
    await expect(b.lease.free(true)).rejects.toThrow(InterruptedError);
  });
});

describe('holding it', () => {
  test('it is renewed while the run waits for AWS, so that nobody takes it over', async () => {
    const cloud = new FakeCloud();
    const a = runOn(cloud, 'a');
    await a.take();
    for (let seconds = 0; seconds < leaseTime / 500; seconds += 1) await a.lease.sleep(1000);
    expect(await a.lease.hold()).toBeUndefined();
    await expect(runOn(cloud, 'b').take()).rejects.toThrow(HeldError);
    expect(written(cloud)).toMatchObject({ renewals: Math.floor(leaseTime / 500 / 60) });
  });

  test('those who wait at once renew it once', async () => {
    const cloud = new FakeCloud();
    const a = runOn(cloud, 'a');
    await a.take();
    await cloud.sleep(renewalTime);
    await Promise.all([a.lease.sleep(1), a.lease.sleep(1), a.lease.hold()]);
    expect(written(cloud)).toMatchObject({ renewals: 1 });
    // To take it, and to renew it.
    expect(cloud.calls.filter((call) => call === 'writeText')).toHaveLength(2);
  });

  test('a run that hung notices that another took over, and begins nothing more', async () => {
    const cloud = new FakeCloud();
    const [a, b] = [runOn(cloud, 'a'), runOn(cloud, 'b')];
    await a.take();
    await cloud.sleep(leaseTime);
    await b.take();
    expect(await a.lease.hold()).toBe(
      'This run lost the lease of the fleet security (production).',
    );
    expect(a.told.at(-1)).toMatchObject({
      type: 'lease',
      state: 'lost',
      holder: { host: 'b' },
      message: expect.stringContaining('it was not renewed in time: somebody unknown on b.'),
    });
    await expect(a.take()).rejects.toThrow(OperatorError);
    await a.lease.release();
    expect(written(cloud)).toMatchObject({ holder: { host: 'b' }, released: false });
    expect(a.states()).toEqual(['lost']);
  });

  test.each(['released', 'removed'])(
    'one that another took and %s is lost as well',
    async (how) => {
      const cloud = new FakeCloud();
      const [a, b] = [runOn(cloud, 'a'), runOn(cloud, 'b')];
      await a.take();
      await cloud.sleep(leaseTime);
      await b.take();
      if (how === 'released') await b.lease.release();
      else cloud.buckets.get(at.bucket)?.texts.clear();
      expect(await a.lease.hold()).toContain('lost the lease');
      expect(a.told.at(-1)).toMatchObject({
        message: expect.stringContaining('Somebody else took it over or removed it.'),
      });
    },
  );

  test('one that hung and that nobody took over goes on', async () => {
    const cloud = new FakeCloud();
    const a = runOn(cloud, 'a');
    await a.take();
    await cloud.sleep(leaseTime * 3);
    expect(await a.lease.hold()).toBeUndefined();
    await expect(runOn(cloud, 'b').take()).rejects.toThrow(HeldError);
  });

  test('a renewal that fails is tried again; before the lease can have ended nothing more is begun', async () => {
    const cloud = new FakeCloud();
    const a = runOn(cloud, 'a');
    await a.take();
    cloud.faults.push({ call: 'writeText', times: 99, error: failing('unreachable') });
    await a.lease.sleep(renewalTime);
    expect(await a.lease.hold()).toBeUndefined();
    await a.lease.sleep(leaseTime - renewalTime - 31_000);
    expect(await a.lease.hold()).toBeUndefined();
    await a.lease.sleep(1000);
    expect(await a.lease.hold()).toMatch(/could not be renewed in time\. s3:Call failed: No\./);
    cloud.faults.length = 0;
    await a.lease.sleep(10_000);
    expect(await a.lease.hold()).toBeUndefined();
    expect(a.states()).toEqual([]);
  });

  test('a renewal whose answer was lost is one’s own', async () => {
    const cloud = new FakeCloud();
    const a = runOn(cloud, 'a');
    await a.take();
    cloud.faults.push({ call: 'writeText', lost: true });
    await a.lease.sleep(renewalTime);
    await a.lease.sleep(10_000);
    expect(await a.lease.hold()).toBeUndefined();
    cloud.faults.push({ call: 'writeText', lost: true });
    await a.lease.sleep(renewalTime);
    await a.lease.release();
    expect(written(cloud)).toMatchObject({ released: true, holder: { host: 'a' } });
  });

  test('what keeps it from being released is told, and it ends by itself', async () => {
    const cloud = new FakeCloud();
    const a = runOn(cloud, 'a');
    await a.take();
    const until = new Date(cloud.now() + leaseTime).toISOString().replace('.000', '');
    cloud.faults.push({ call: 'writeText', error: failing('credentials') });
    await a.lease.release();
    expect(a.told.at(-1)).toMatchObject({
      type: 'warning',
      message: expect.stringContaining(`could not be released. It ends by itself at ${until}.`),
    });
  });
});
