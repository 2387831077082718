/**
 * `pnpm bench`: what a fleet costs in calls and time: the real command on a fake AWS in which every call takes the same time
 * and every step of CloudFormation too. Where it waits for stacks, time runs fifty times faster; what is shown is the time of
 * the fake, in which the command's own work takes as much longer.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import Table from 'cli-table3';
import { callsPerSecond, paced } from '../packages/deployer/src/cloud/aws/pace.ts';
import { FakeCloud, otherCalls, stackCalls } from '../packages/deployer/src/testing/cloud.ts';
import type { Cloud } from '../packages/deployer/src/cloud/cloud.ts';
import { watching } from '../packages/deployer/src/testing/fleet.ts';
import { main } from '../packages/deployer/src/cli/main.ts';
import { FakeAccount } from '../packages/deployer/src/testing/operations.ts';
import { FakeWiring } from '../packages/deployer/src/testing/wiring.ts';
import { fakeStreams } from '../packages/deployer/src/testing/artifact.ts';
import { installRule } from '../packages/deployer/src/testing/world.ts';
import type { World } from '../packages/deployer/src/commands/world.ts';

const fast = 50;
/** Of a call, in milliseconds. */
const latency = 100;
/** Of a step of CloudFormation: with six of them a stack of three resources takes about half a minute. */
const pace = 5000;

/** A fake AWS whose time goes by itself, and that counts its calls. */
class Bench {
  readonly fake = new FakeCloud();
  #start = performance.now();
  #begun = this.fake.stacks.time;
  #speed = fast;
  /** When calls to CloudFormation were made, in milliseconds. */
  times: number[] = [];
  readonly cloud: Cloud;

  constructor() {
    this.fake.stacks.pace = pace;
    const calls = (names: readonly (keyof Cloud)[], timed: boolean): Partial<Cloud> =>
      Object.fromEntries(
        names.map((name) => [
          name,
          async (...args: never[]): Promise<unknown> => {
            if (timed) this.times.push(this.now());
            await wait(latency / this.#speed);
            this.#catchUp();
            const call = this.fake[name] as (...given: never[]) => unknown;
            return call.apply(this.fake, args);
          },
        ]),
      );
    const cloud = { ...calls(otherCalls, false), ...paced(calls(stackCalls, true), 1000 / fast) };
    this.cloud = cloud as Cloud;
  }

  now = (): number => this.#begun + (performance.now() - this.#start) * this.#speed;
  sleep = async (milliseconds: number): Promise<void> => {
    await wait(milliseconds / this.#speed);
  };

  /** Lets time run so much faster than it does. */
  run(speed: number): void {
    [this.#begun, this.#start] = [this.now(), performance.now()];
    this.#speed = speed;
  }

  #catchUp(): void {
    this.fake.stacks.advance(Math.max(0, this.now() - this.fake.stacks.time));
  }
}

/** Of time that runs so much faster, timers cut a single second too coarsely. */
const windowSeconds = 10;

/** The most calls a second within any ten of them. */
const peak = (times: readonly number[]): number =>
  Math.max(
    0,
    ...times.map(
      (time) =>
        times.filter((other) => other >= time && other < time + windowSeconds * 1000).length,
    ),
  ) / windowSeconds;

/** A rate, and how much that is of what AWS takes. */
const rate = (perSecond: number): string =>
  `${perSecond.toFixed(1)}/s (${Math.round((perSecond / callsPerSecond) * 100)} %)`;

const table = new Table({
  head: [
    'rules',
    'what',
    'calls',
    'per rule',
    'time',
    'per rule',
    'to CloudFormation',
    `of ${callsPerSecond}/s`,
    'busiest ten seconds',
  ],
  style: { head: [], border: [] },
});

for (const count of [1, 15, 60, 240]) {
  const folder = mkdtempSync(join(tmpdir(), 'patrol-bench-'));
  const names = Array.from({ length: count }, (_, index) => `n${index}`);
  for (const name of names) installRule(folder, { packageName: `@patrol/rules-${name}` });
  const bench = new Bench();
  let serial = 0;
  const run = async (what: string, mode: string, speed = fast): Promise<void> => {
    bench.run(speed);
    const fleet = watching(
      'bench',
      names.map((name, index) => [name, index === 0 ? mode : 'quiet']),
    );
    writeFileSync(join(folder, 'patrol.yaml'), fleet);
    bench.fake.calls = [];
    bench.times = [];
    const begun = bench.now();
    const streams = fakeStreams('');
    const unused = (): Promise<never> => Promise.reject(new Error('A fleet does not need it.'));
    const world: World = {
      streams,
      environment: {},
      machine: { host: 'bench', pid: 1 },
      cwd: folder,
      signal: new AbortController().signal,
      holdInterrupts: () => undefined,
      cloud: async () => bench.cloud,
      logs: unused,
      functions: unused,
      queues: unused,
      wiring: async () => new FakeWiring(() => bench.fake),
      account: async () => new FakeAccount(() => bench.fake),
      regions: unused,
      stackSets: unused,
      organizations: unused,
      live: unused,
      github: unused,
      ask: unused,
      sleep: bench.sleep,
      now: bench.now,
      unique: () => `patrol-${(serial += 1)}`,
    };
    const code = await main(['apply', '--yes'], world);
    if (code !== 0) throw new Error(streams.written.stdout + streams.written.stderr);
    const seconds = (bench.now() - begun) / 1000;
    const calls = bench.fake.calls.length;
    table.push([
      count,
      what,
      calls,
      (calls / count).toFixed(1),
      `${seconds.toFixed(0)} s`,
      `${(seconds / count).toFixed(1)} s`,
      bench.times.length,
      rate(bench.times.length / Math.max(seconds, 1)),
      rate(peak(bench.times)),
    ]);
  };
  await run('first deployment', 'quiet');
  await run('no-op', 'quiet', 1);
  await run('one change', 'loud');
  rmSync(folder, { recursive: true });
}

process.stdout.write(`${table.toString()}\n`);
