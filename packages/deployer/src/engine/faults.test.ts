/**
 * Whatever goes wrong, running the same command again makes the fleet as its file says. `PATROL_FAULT_SCRIPTS=5000` runs
 * more scripts, `PATROL_FAULT_SEED=2` others.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { FakeCloud, otherCalls, stackCalls } from '../testing/cloud.ts';
import { type Cloud, CloudError, type CloudFailure } from '../cloud/cloud.ts';
import { type Fault, Killed } from '../testing/faults.ts';
import { sha256 } from '../template/template.ts';
import { FakeStackSets, madeOf } from '../testing/stacksets.ts';
import type { StackSets } from '../cloud/stacksets.ts';
import { FakeWorld, installRule, type Run } from '../testing/world.ts';
import { watching } from '../testing/fleet.ts';

const numRuns = Number(process.env['PATROL_FAULT_SCRIPTS'] ?? 200);
const seed = Number(process.env['PATROL_FAULT_SEED'] ?? 1);

/** An installation with its file: the second is what becomes of the first. */
function installation(rules: readonly string[], mode: string, code: string): FakeWorld {
  const world = new FakeWorld('nothing');
  for (const name of rules) {
    installRule(world.folder, { packageName: `@patrol/rules-${name}`, code: `${code} of ${name}` });
  }
  const fleet = watching(
    'security',
    rules.map((name) => [name, mode]),
  );
  writeFileSync(join(world.folder, 'patrol.yaml'), fleet);
  return world;
}

const older = installation(['a', 'b', 'gone'], 'quiet', 'zip 1');
const newer = installation(['a', 'b', 'c'], 'loud', 'zip 2');
afterAll(() => {
  older[Symbol.dispose]();
  newer[Symbol.dispose]();
});

/** What nothing here calls: faults of these would never strike. */
const uncalled: readonly (keyof Cloud)[] = [
  'alarms',
  'readSecret',
  'secret',
  'createSecret',
  'updateSecret',
  'rollBack',
  'unprotect',
  'deletedStack',
  'template',
];
const calls = [...stackCalls, ...otherCalls].filter((call) => !uncalled.includes(call));
const failures: readonly CloudFailure[] = ['throttled', 'unreachable', 'credentials', 'other'];

const fault: fc.Arbitrary<Fault<keyof Cloud>> = fc.record(
  {
    call: fc.constantFrom(...calls),
    after: fc.nat(12),
    times: fc.integer({ min: 1, max: 4 }),
    error: fc
      .constantFrom(...failures)
      .map((failure) => new CloudError(failure, 'x:Call', 'It is so.')),
    lost: fc.boolean(),
    kill: fc.integer({ min: 0, max: 3 }).map((number) => number === 0),
  },
  { noNullPrototype: true },
);

/** How a run is answered: by `--yes`, or by somebody who is shown everything and says yes, or whose process is killed then. */
const answers = fc.constantFrom('--yes', 'asked', 'killed');

const script = fc.record({
  current: fc.boolean(),
  faults: fc.array(fault, { maxLength: 6 }),
  failing: fc.subarray(['Function', 'Alarm', 'Topic']),
  rollbackFails: fc.boolean(),
  pace: fc.constantFrom(50, 400, 5000, 60_000),
  planted: fc.boolean(),
  interrupt: fc.option(fc.integer({ min: 1, max: 40 })),
  answers,
});

/** No script takes more than a tenth of it. */
const mostNaps = 20_000;

/** How `plan` exits when nothing is to be done, and nobody has confirmed the subscriptions yet. */
const nothingToDo = 5;

/** A run that was killed keeps the next one waiting until its lease ends. */
const prune = ['apply', '--yes', '--prune', '--wait'] as const;

/** Runs it once. */
async function answered(world: FakeWorld, how: string): Promise<Run> {
  if (how === '--yes') return world.run(...prune);
  world.answers = how === 'killed' ? [new Killed('at the question')] : Array(10).fill(true);
  try {
    return await world.run('apply', '--prune');
  } finally {
    world.answers = undefined;
  }
}

/** Half of the code lies where all of it should: not every client of S3 uploads all or nothing. */
function plant(cloud: FakeCloud): void {
  for (const { objects } of cloud.buckets.values()) {
    for (const name of ['a', 'b', 'c']) {
      const key = `patrol/${name}/watch/${sha256(`zip 2 of ${name}`)}.zip`;
      objects.set(key, { bytes: Buffer.from('zip 2'), sha256: sha256('zip 2'), version: 'half' });
    }
  }
}

/** What is not as the file says. */
function wrongIn(cloud: FakeCloud): readonly unknown[] {
  const current = cloud.stacks.all.filter(({ status }) => status !== 'DELETE_COMPLETE');
  const names = ['a', 'b', 'base', 'c'].map(
    (name) => `patrol-${name}-${name === 'base' ? 'security' : 'watch'}-production`,
  );
  const versions = [...cloud.buckets.values()].flatMap(({ versions: all }) => [...all]);
  const codeOf = (version = ''): string =>
    Buffer.from(new Map(versions).get(version)?.bytes ?? []).toString();
  return [
    ...(current
      .map(({ name }) => name)
      .toSorted()
      .join() === names.join()
      ? []
      : [current.map(({ name }) => name)]),
    ...current.filter(({ status }) => !/^(CREATE|UPDATE)_COMPLETE$/.test(status)),
    ...current.filter(({ tags }) => tags['patrol:fleet'] !== 'security'),
    ...current
      .filter(({ name }) => !name.includes('-base-'))
      .filter(
        ({ name, parameters }) =>
          parameters['mode'] !== 'loud' ||
          codeOf(parameters['CodeS3ObjectVersion']) !== `zip 2 of ${name.split('-')[1]}`,
      ),
    ...cloud.stacks.changeSets,
  ];
}

test(
  `${numRuns} scripts of faults`,
  async () => {
    await fc.assert(
      fc.asyncProperty(script, async ({ current, faults, failing, pace, ...others }) => {
        const cloud = new FakeCloud();
        older.cloud = cloud;
        newer.cloud = cloud;
        if (current) expect((await older.run(...prune)).code).toBe(0);
        if (others.planted) plant(cloud);
        cloud.stacks.pace = pace;
        cloud.stacks.failing = Object.fromEntries(failing.map((id) => [id, 'It fails.']));
        cloud.stacks.rollbackFails = others.rollbackFails;
        cloud.faults.push(...faults);
        const { sleep } = cloud;
        let naps = 0;
        let left = others.interrupt ?? Infinity;
        cloud.sleep = async (milliseconds) => {
          await sleep(milliseconds);
          if ((naps += 1) > mostNaps) throw new Error('It never ends.');
          if ((left -= 1) === 0) newer.controller.abort();
        };
        // Each fault may end a run; whatever fails is mended after the first.
        let run = await answered(newer, others.answers);
        // Whoever is only interrupted takes everything back that was not begun.
        if (faults.length === 0 && others.answers !== 'killed')
          expect(cloud.stacks.changeSets).toEqual([]);
        for (let round = 0; round < 30 && run.code !== 0; round += 1) {
          newer.controller = new AbortController();
          newer.revive();
          cloud.stacks.failing = {};
          cloud.stacks.rollbackFails = false;
          run = await newer.run(...prune);
        }
        expect(run, run.stdout + run.stderr).toMatchObject({ code: 0 });
        cloud.faults.length = 0;
        newer.revive();
        const plan = await newer.run('plan', '--prune');
        expect(plan, plan.stdout).toMatchObject({ code: nothingToDo });
        expect(wrongIn(cloud)).toEqual([]);
      }),
      { numRuns, seed },
    );
  },
  numRuns * 500,
);

/** The calls to StackSets that a rollout makes. */
const setCalls: readonly (keyof StackSets)[] = [
  'list',
  'stackSet',
  'instances',
  'targets',
  'create',
  'update',
  'retry',
  'addInstances',
  'removeInstances',
  'delete',
  'underWay',
  'operation',
  'results',
];

const organizationScript = fc.record({
  faults: fc.array(fault, { maxLength: 3 }),
  setFaults: fc.array(
    fault.chain((one) => fc.constantFrom(...setCalls).map((call) => ({ ...one, call }))),
    { maxLength: 5 },
  ),
  failing: fc.boolean(),
  interrupt: fc.option(fc.integer({ min: 1, max: 20 })),
  answers,
});

const units = ['ou-ab12-11111111', 'ou-ab12-22222222'];
const accounts = ['222233334444', '333344445555', '444455556666'];

/** What becomes of an organisation's file: a first rollout, another parameter, other targets, and a rule less. */
const files = [
  { unit: units[0], regions: ['eu-west-1', 'us-east-1'], mode: 'quiet', rules: ['a', 'gone'] },
  { unit: units[0], regions: ['eu-west-1', 'us-east-1'], mode: 'loud', rules: ['a', 'gone'] },
  { unit: units[1], regions: ['eu-west-1'], mode: 'loud', rules: ['a', 'b'] },
];

test(
  `${numRuns / 2} scripts of faults in an organisation`,
  async () => {
    using world = installation(['a', 'b', 'gone'], 'quiet', 'zip 1');
    await fc.assert(
      fc.asyncProperty(
        organizationScript,
        async ({ faults, setFaults, failing, interrupt, ...others }) => {
          world.cloud = new FakeCloud();
          const home = new FakeCloud({ region: 'us-east-1' });
          world.others.clear();
          world.others.set(`${home.home.account}/us-east-1`, home);
          const stackSets = new FakeStackSets();
          world.stackSets = stackSets;
          stackSets.units.set(units[0] ?? '', accounts.slice(0, 2));
          stackSets.units.set(units[1] ?? '', accounts.slice(2));
          home.faults.push(...faults);
          stackSets.faults.push(...setFaults);
          const { sleep } = stackSets;
          let naps = 0;
          let left = interrupt ?? Infinity;
          stackSets.sleep = async (milliseconds) => {
            await sleep(milliseconds);
            if ((naps += 1) > mostNaps) throw new Error('It never ends.');
            if ((left -= 1) === 0) world.controller.abort();
          };
          for (const { unit, regions, mode, rules } of files) {
            const head = watching(
              'security',
              rules.map((name) => [name, mode]),
            );
            const where = `organization: { organizationalUnits: [${unit}], regions: [${regions.join()}] }`;
            const text = `${head.replace(', shared: true', '')}\n${where}\n`;
            writeFileSync(join(world.folder, 'patrol.yaml'), text);
            if (failing) stackSets.failing.set('333344445555', 'It is denied.');
            let run = await answered(world, others.answers);
            for (let round = 0; round < 40 && run.code !== 0; round += 1) {
              world.controller = new AbortController();
              world.revive();
              stackSets.failing.clear();
              run = await world.run(...prune);
            }
            expect(run, run.stdout + run.stderr).toMatchObject({ code: 0 });
            const later = [home.faults.splice(0), stackSets.faults.splice(0)] as const;
            world.revive();
            const plan = await world.run('plan', '--prune');
            expect(plan, plan.stdout).toMatchObject({ code: nothingToDo });
            home.faults.push(...later[0]);
            stackSets.faults.push(...later[1]);
            expect(stackSets.all.map(({ name }) => name).toSorted()).toEqual(
              rules.map((name) => `patrol-${name}-watch-production`),
            );
            for (const set of stackSets.all) {
              expect(set.parameters['mode']).toBe(mode);
              expect(
                set.instances
                  .filter(({ made, status }) => made === madeOf(set) && status === 'CURRENT')
                  .map(({ account, region }) => `${account}/${region}`)
                  .toSorted(),
              ).toEqual(
                (stackSets.units.get(unit ?? '') ?? []).flatMap((account) =>
                  regions.map((region) => `${account}/${region}`),
                ),
              );
              expect(set.instances).toHaveLength(
                (stackSets.units.get(unit ?? '') ?? []).length * regions.length,
              );
            }
          }
        },
      ),
      { numRuns: numRuns / 2, seed },
    );
  },
  numRuns * 500,
);
