import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Cloud, CloudError, type Place } from '../cloud/cloud.ts';
import { Killed } from '../testing/faults.ts';
import { installRule } from '../testing/world.ts';
import { engineOf } from './engine.ts';
import { readOrganizationPlan } from '../testing/plans.ts';
import type { OrganizationWanted } from '../want/organization.ts';
import { type Doing, doingOf } from '../plan/step.ts';
import type { Outcome } from '../run/outcome.ts';
import { stackRunner } from '../run/regions.ts';
import { stackSetRunner } from '../run/stacksets.ts';
import {
  FakeOrganization,
  organizationId,
  otherUnit,
  source,
  unit,
  wantedIn,
} from '../testing/organization-fleet.ts';
import {
  type OrganizationOptions,
  type OrganizationPlan,
  planOrganization,
} from '../plan/organization.ts';
import { readOrganization } from '../run/organization.ts';
import { madeOf } from '../testing/stacksets.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'patrol-organization-'));
  installRule(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let fake: FakeOrganization;
beforeEach(() => {
  fake = new FakeOrganization();
});

const key = 'patrol-demo-watch-production';

type Planned = ReturnType<typeof readOrganizationPlan>;

async function planned(text: string, options: OrganizationOptions = {}): Promise<Planned> {
  const wanted = wantedIn(folder, text);
  const current = await readOrganization(fake.effects, wanted);
  return readOrganizationPlan(planOrganization(wanted, current, options));
}

/** What became of a stack set, as it is told. */
type Done = Outcome & { readonly did: Doing; readonly instances: Outcome['counts'] };

/** Plans and carries out. */
async function run(
  text: string,
  options: OrganizationOptions = {},
): Promise<{
  readonly ok: boolean;
  readonly interrupted: boolean;
  readonly outcomes: readonly Done[];
}> {
  const wanted = wantedIn(folder, text);
  const plan = planOrganization(wanted, await readOrganization(fake.effects, wanted), options);
  return carriedOut(fake.effects, wanted, plan);
}

/** Carries a plan out. */
async function carriedOut(
  effects: FakeOrganization['effects'],
  wanted: OrganizationWanted,
  plan: OrganizationPlan,
): ReturnType<typeof run> {
  const stackSets = stackSetRunner({ ...effects, wanted, units: plan.units });
  const cloudAt = ({ region }: Place): Promise<Cloud> => effects.cloudIn(region);
  const about = {
    several: true,
    look: () => '',
    recovering: { skip: [], agree: async () => true },
  };
  const stacks = stackRunner({ ...effects, cloudAt }, about);
  const done = await engineOf({ stacks, stackSets }, effects.signal).carryOut(plan);
  return {
    ...done,
    outcomes: done.outcomes.map((each) => ({
      ...each,
      did: doingOf(each.step),
      instances: each.counts,
    })),
  };
}

/** Where there are stacks that are up to date: `<account>/<region>`. */
const upToDate = (name = key): readonly string[] => {
  const set = fake.stackSets.find(name);
  return (set?.instances ?? [])
    .filter((each) => set && each.made === madeOf(set) && each.status === 'CURRENT')
    .map(({ account, region }) => `${account}/${region}`)
    .toSorted();
};

/** What was announced of the stack set where it is managed, in turn. */
const announced = (): readonly unknown[] =>
  (fake.clouds.get('us-east-1')?.announcements ?? []).map(
    ({ text }) => JSON.parse(text).stacks[`stackset/${key}`],
  );

const everywhere = ['222233334444', '333344445555'].flatMap((account) =>
  ['eu-west-1', 'us-east-1'].map((region) => `${account}/${region}`),
);

describe('a stack set', () => {
  test('is announced where it is managed, with what becomes of it', async () => {
    await run(source());
    const set = fake.stackSets.find(key);
    const hash = /^[0-9a-f]{64}$/;
    expect(announced()).toEqual([
      ['create', expect.stringMatching(hash), expect.stringMatching(hash)],
    ]);
    const [[, template, code] = []] = announced() as readonly (readonly string[])[];
    expect(set?.tags).toMatchObject({ 'patrol:template': template });
    expect(set?.parameters['CodeS3Key']).toContain(code);
    await run(source());
    expect(announced()).toHaveLength(1);
    await run(source({ regions: 'us-east-1' }), { prune: true });
    expect(announced().at(-1)).toEqual(['remove', expect.stringMatching(hash), code]);
    await run(source({ rules: '' }), { prune: true });
    expect(announced().at(-1)).toEqual(['delete']);
    expect(
      [...fake.clouds].flatMap(([region, cloud]) => cloud.announcements.map(() => region)),
    ).toEqual(['us-east-1', 'us-east-1', 'us-east-1']);
  });

  test('is created with its instances; then there is nothing to do', async () => {
    const plan = await planned(source());
    expect(plan).toMatchObject({ exitCode: 3, counts: { create: 1 } });
    expect(plan.steps[0]).toMatchObject({ do: 'create', because: 'it does not exist yet' });
    const result = await run(source());
    expect(result).toMatchObject({
      ok: true,
      outcomes: [{ did: 'create', message: '4 of 4 instances are up to date.' }],
    });
    expect(upToDate()).toEqual(everywhere);
    fake.stackSets.calls = [];
    expect(await planned(source())).toMatchObject({ exitCode: 0, counts: { keep: 1 } });
    // One list, and three reads for each stack set.
    expect(fake.stackSets.calls).toEqual(['list', 'stackSet', 'instances', 'targets']);
  });

  test('finds its code in a bucket of each region that the organisation may read', async () => {
    await run(source());
    expect([...fake.clouds.keys()].toSorted()).toEqual(['eu-west-1', 'us-east-1']);
    for (const [region, cloud] of fake.clouds) {
      const bucket = cloud.buckets.get(`patrol-artifacts-111122223333-${region}`);
      expect([...(bucket?.objects.keys() ?? [])]).toEqual([
        fake.stackSets.find(key)?.parameters['CodeS3Key'],
      ]);
      expect(bucket?.protection).toMatchObject({ private: true, versioned: true, encrypted: true });
      expect(JSON.parse(bucket?.protection.policy ?? '{}').Statement).toMatchObject([
        { Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
        {
          Effect: 'Allow',
          Condition: { StringEquals: { 'aws:PrincipalOrgID': organizationId } },
        },
      ]);
    }
  });

  test('a changed parameter is brought to all instances', async () => {
    await run(source());
    const loud = source({
      rules: 'demo/watch: { parameters: { actions: StopLogging, mode: loud } }',
    });
    const plan = await planned(loud);
    expect(plan.steps[0]).toMatchObject({
      do: 'update',
      because: 'mode changed',
      differences: [{ what: 'mode', before: 'quiet', after: 'loud' }],
      work: [{ do: 'update' }],
    });
    expect((await run(loud)).ok).toBe(true);
    expect(upToDate()).toEqual(everywhere);
    expect((await planned(loud)).exitCode).toBe(0);
  });

  const less = source({ units: `${unit}, ${otherUnit}` });
  const more = source({ regions: 'eu-west-1, eu-central-1, us-east-1' });

  test('a region less is taken out before the template changes, a new unit added after', async () => {
    await run(more);
    const plan = await planned(less, { prune: true });
    expect(plan.steps[0]).toMatchObject({
      do: 'update',
      because: expect.stringContaining(
        `the file no longer lists ${unit} in eu-central-1, where it has 2 stacks`,
      ),
      work: [
        { do: 'remove', units: [unit], regions: ['eu-central-1'] },
        // The mapping has a region less.
        { do: 'update' },
        { do: 'add', units: [otherUnit], regions: ['eu-west-1', 'us-east-1'] },
      ],
    });
    expect(await run(less, { prune: true })).toMatchObject({ ok: true });
    expect(upToDate()).toEqual([...everywhere, '444455556666/eu-west-1', '444455556666/us-east-1']);
    expect((await planned(less, { prune: true })).exitCode).toBe(0);
  });

  test('without --prune a region less is refused: an update would break the stacks there', async () => {
    await run(more);
    const plan = await planned(less);
    expect(plan).toMatchObject({ exitCode: 1, counts: { refuse: 1 } });
    expect(plan.steps[0]?.because).toBe(
      `${key} still has stacks in eu-central-1, which the file no longer lists. An update would break them. List eu-central-1 in the file again, or delete them with --prune: 2 stacks in ${unit} in eu-central-1.`,
    );
    expect((await run(less)).ok).toBe(false);
    expect(upToDate()).toHaveLength(6);
  });

  test('a unit less stays until --prune, and nothing is pending by that', async () => {
    await run(less);
    const plan = await planned(source());
    expect(plan).toMatchObject({ exitCode: 0, counts: { keep: 1 } });
    expect(plan.steps[0]).toMatchObject({
      work: [],
      still: [
        {
          code: 'left',
          name: key,
          stacks: 2,
          scopes: [{ units: [otherUnit], regions: ['eu-west-1', 'us-east-1'] }],
        },
      ],
    });
    // What is to go out is not tried again, now or by --prune.
    const outgoing = fake.stackSets.find(key)?.instances.find((each) => each.unit === otherUnit);
    Object.assign(outgoing ?? {}, { status: 'OUTDATED', detail: 'FAILED' });
    expect((await planned(source())).steps[0]?.work).toEqual([]);
    expect((await planned(source(), { prune: true })).steps[0]?.work).toMatchObject([
      { do: 'remove', units: [otherUnit] },
    ]);
    // What else changes is brought to the stacks there as well.
    const loud = 'demo/watch: { parameters: { actions: StopLogging, mode: loud } }';
    expect((await run(source({ rules: loud }))).ok).toBe(true);
    expect(upToDate()).toHaveLength(6);
    expect(await run(source({ rules: loud }), { prune: true })).toMatchObject({ ok: true });
    expect(upToDate()).toEqual(everywhere);
  });

  test.each([['beside others', [otherUnit]] as const, ['of all', [unit, otherUnit]] as const])(
    'a unit without accounts, %s, is not planned for ever',
    async (_, empty) => {
      for (const each of empty) fake.stackSets.units.set(each, []);
      const text = source({ units: `${unit}, ${otherUnit}` });
      await run(text);
      expect((await planned(text)).exitCode).toBe(0);
    },
  );

  test('automatic deployment and what becomes of stacks are part of it', async () => {
    await run(source());
    expect(fake.stackSets.find(key)?.autoDeployment).toEqual({
      enabled: true,
      retainStacks: false,
    });
    const plan = await planned(source({ organization: 'retainStacks: true' }));
    expect(plan.steps[0]).toMatchObject({
      because: 'stacks of accounts that leave changed',
      work: [{ do: 'update' }],
    });
    // Without it there is nothing to decide about accounts that leave.
    await run(source({ organization: 'autoDeployment: false' }));
    const off = await planned(
      source({ organization: 'autoDeployment: false, retainStacks: true' }),
    );
    expect(off.exitCode).toBe(0);
  });

  test('that is no longer in the file is deleted with --prune only, instances first', async () => {
    installRule(folder, { packageName: '@patrol/rules-other' });
    try {
      await run(
        source({
          rules:
            'demo/watch: { parameters: { actions: x } }, other/watch: { parameters: { actions: x } }',
        }),
      );
      const text = source({ rules: 'demo/watch: { parameters: { actions: x } }' });
      expect(await planned(text)).toMatchObject({
        exitCode: 0,
        counts: { keep: 1, orphaned: 1 },
        steps: [
          {},
          {
            name: 'other/watch',
            because: expect.stringContaining('--prune deletes it with its 4 stacks'),
          },
        ],
      });
      await run(text);
      expect(fake.stackSets.all).toHaveLength(2);
      const result = await run(text, { prune: true });
      expect(result).toMatchObject({
        ok: true,
        outcomes: [
          { did: 'keep', ended: 'kept' },
          { did: 'delete', message: 'Deleted.' },
        ],
      });
      expect(fake.stackSets.all.map(({ name }) => name)).toEqual([key]);
    } finally {
      rmSync(join(folder, 'node_modules/@patrol/rules-other'), { recursive: true });
    }
  });

  test('of somebody else is left alone, and not pruned', async () => {
    await run(source());
    const set = fake.stackSets.find(key);
    if (!set) throw new Error('There is one.');
    set.tags = { ...set.tags, 'patrol:fleet': 'other' };
    const plan = await planned(source(), { prune: true });
    expect(plan).toMatchObject({ exitCode: 1, counts: { refuse: 1, delete: 0 } });
    expect(plan.steps[0]?.because).toContain('it belongs to the fleet other, expected security');
    expect(await run(source())).toMatchObject({ ok: false, outcomes: [{ did: 'refuse' }] });
    set.tags = {};
    expect((await planned(source())).steps[0]?.because).toContain(
      'its tag patrol:package is missing',
    );
  });

  test('with roles of its own is refused', async () => {
    await run(source());
    const set = fake.stackSets.find(key);
    if (set) set.serviceManaged = false;
    expect((await planned(source())).steps[0]?.because).toContain('SELF_MANAGED');
  });
});

describe('instances', () => {
  test('that fail are told of with AWS’s reason, and tried again', async () => {
    const reason = 'Resource handler returned message: "explicit deny in a service control policy"';
    fake.stackSets.failing.set('333344445555/us-east-1', reason);
    const result = await run(source());
    expect(result).toMatchObject({
      ok: false,
      outcomes: [
        {
          instances: { total: 4, current: 3, outdated: 1 },
          troubled: [
            { account: '333344445555', region: 'us-east-1', status: 'OUTDATED (FAILED)', reason },
          ],
          message: expect.stringContaining('ended as FAILED'),
        },
      ],
    });
    const plan = await planned(source());
    expect(plan.steps[0]).toMatchObject({
      do: 'update',
      because: '1 of 4 instances are outdated and will be updated again',
      work: [{ do: 'retry', units: [unit], regions: ['us-east-1'], accounts: ['333344445555'] }],
      troubled: [{ reason }],
    });
    fake.stackSets.failing.clear();
    expect((await run(source())).ok).toBe(true);
    expect(upToDate()).toEqual(everywhere);
  });

  test('are tried again with their code where they look for it', async () => {
    fake.stackSets.failing.set('333344445555', 'The code is not there.');
    await run(source());
    fake.clouds.clear();
    fake.stackSets.failing.clear();
    expect((await run(source())).ok).toBe(true);
    for (const region of ['eu-west-1', 'us-east-1']) {
      const bucket = fake.clouds
        .get(region)
        ?.buckets.get(`patrol-artifacts-111122223333-${region}`);
      expect(bucket?.objects.size).toBe(1);
      expect(bucket?.protection.policy).toContain(organizationId);
    }
  });

  test('within the tolerance let the operation succeed, not the run', async () => {
    fake.stackSets.failing.set('333344445555', 'denied');
    const text = source({ organization: 'failureTolerance: 1' });
    const { ok, outcomes } = await run(text);
    expect(ok).toBe(false);
    expect(outcomes[0]?.message).toContain('2 failed, which the failure tolerance allows');
    expect(outcomes[0]?.troubled).toHaveLength(2);
    expect(fake.stackSets.asked[0]?.preferences.failureTolerance).toBe(1);
  });

  test('after a failed operation nothing more is done with the stack set', async () => {
    await run(source());
    fake.stackSets.failing.set('222233334444', 'denied');
    const text = source({
      units: `${unit}, ${otherUnit}`,
      rules: 'demo/watch: { parameters: { actions: DeleteTrail } }',
    });
    const { outcomes } = await run(text);
    expect(outcomes[0]?.message).toContain('the rest of the work was skipped');
    expect(fake.stackSets.asked.map(({ action }) => action)).toEqual(['CREATE', 'UPDATE']);
  });

  test('that cannot be operated are nobody’s success, and say what to do', async () => {
    await run(source());
    const [instance] = fake.stackSets.find(key)?.instances ?? [];
    Object.assign(instance ?? {}, { status: 'INOPERABLE', detail: 'INOPERABLE' });
    const plan = await planned(source());
    expect(plan).toMatchObject({ exitCode: 1, counts: { keep: 1 } });
    const accounts = ['222233334444'];
    expect(plan.steps[0]?.notes).toEqual([{ code: 'inoperable', stackSet: key, accounts }]);
    expect(await run(source())).toMatchObject({
      ok: false,
      outcomes: [
        {
          ended: 'refused',
          message: expect.stringContaining('delete-stack-instances --retain-stacks'),
          troubled: [{ status: 'INOPERABLE' }],
        },
      ],
    });
  });

  test('in suspended accounts are not tried again', async () => {
    await run(source());
    const [instance] = fake.stackSets.find(key)?.instances ?? [];
    Object.assign(instance ?? {}, { status: 'OUTDATED', detail: 'SKIPPED_SUSPENDED_ACCOUNT' });
    const plan = await planned(source());
    expect(plan.counts.keep).toBe(1);
    const accounts = ['222233334444'];
    expect(plan.steps[0]?.notes).toEqual([{ code: 'suspended', stackSet: key, accounts }]);
  });
});

describe('the accounts of a unit', () => {
  test('that have no instance get one, whatever the targets say', async () => {
    fake.stackSets.units.set(unit, []);
    await run(source());
    expect(await planned(source())).toMatchObject({
      exitCode: 0,
      notes: expect.arrayContaining([{ code: 'emptyUnit', unit }]),
    });
    fake.stackSets.units.set(unit, ['222233334444', '333344445555']);
    const plan = await planned(source());
    expect(plan).toMatchObject({ exitCode: 3, counts: { update: 1 } });
    expect(plan.steps[0]?.work).toEqual([
      { do: 'add', units: [unit], regions: ['eu-west-1', 'us-east-1'] },
    ]);
    expect((await run(source())).ok).toBe(true);
    expect(upToDate()).toEqual(everywhere);
  });

  test('beside others that have one are named', async () => {
    await run(source());
    const accounts = ['222233334444', '333344445555', '555566667777'];
    fake.stackSets.units.set(unit, accounts);
    const set = fake.stackSets.find(key);
    if (set) set.instances = set.instances.filter((each) => each.region !== 'us-east-1');
    const plan = await planned(source());
    expect(plan.steps[0]).toMatchObject({
      because: expect.stringContaining(
        `it is also deployed to 555566667777 of ${unit} in eu-west-1`,
      ),
      work: [
        { do: 'add', units: [unit], regions: ['us-east-1'] },
        { do: 'add', units: [unit], regions: ['eu-west-1'], accounts: ['555566667777'] },
      ],
    });
    expect((await run(source())).ok).toBe(true);
    expect(upToDate()).toHaveLength(6);
  });

  test('that still have none are nobody’s success', async () => {
    const { stackSets } = fake;
    const add = stackSets.addInstances.bind(stackSets);
    stackSets.addInstances = (name, scope, ...rest) =>
      add(name, { ...scope, units: [otherUnit] }, ...rest);
    stackSets.units.set(otherUnit, []);
    const { ok, outcomes } = await run(source());
    expect(ok).toBe(false);
    expect(outcomes[0]).toMatchObject({
      ended: 'failed',
      message: expect.stringContaining(
        '0 of 0 instances are up to date; there is no instance in 222233334444 (eu-west-1), ',
      ),
    });
  });

  test('that may not be listed are said to be unknown, and only targets tell', async () => {
    await run(source());
    const why = 'User is not authorized to perform: organizations:ListAccountsForParent.';
    const error = new CloudError('denied', 'organizations:ListAccountsForParent', why);
    fake.organizations.faults.push({ call: 'unit', error, times: Infinity });
    fake.stackSets.units.set(unit, ['222233334444', '333344445555', '555566667777']);
    const plan = await planned(source());
    expect(plan).toMatchObject({ exitCode: 0, counts: { keep: 1 } });
    expect(plan.notes.at(-1)).toEqual({
      code: 'unknownAccounts',
      units: [unit],
      why: expect.stringContaining('ListAccountsForParent'),
      command: expect.stringMatching(/^patrol-deploy doctor --policy organization/),
    });
    const text = source({ units: otherUnit });
    expect(await planned(text)).toMatchObject({ exitCode: 3 });
    // Nothing is deleted that another unit may have too.
    expect((await planned(text, { prune: true })).steps[0]).toMatchObject({
      do: 'refuse',
      because: expect.stringContaining('have accounts in common'),
    });
  });

  test('of the root are not deleted in favour of a unit inside it', async () => {
    const root = 'r-ab12';
    fake.stackSets.units.set(root, ['222233334444', '333344445555', '444455556666']);
    await run(source({ units: root }));
    const plan = await planned(source());
    expect(plan).toMatchObject({ exitCode: 0, counts: { keep: 1 } });
    expect(plan.steps[0]?.still).toMatchObject([
      { code: 'sharedAccounts', unit: root, other: unit },
    ]);
    const pruned = await planned(source(), { prune: true });
    expect(pruned).toMatchObject({ exitCode: 1, counts: { refuse: 1 } });
    expect(pruned.steps[0]?.because).toContain(
      `${root} and ${unit} have accounts in common: 222233334444 and 333344445555`,
    );
    await run(source(), { prune: true });
    expect(upToDate()).toHaveLength(6);
    // A unit that is gone from the organisation may have left stacks behind.
    fake.stackSets.units.delete(root);
    expect((await planned(source(), { prune: true })).counts.refuse).toBe(1);
    expect((await planned(source({ units: otherUnit }), { prune: true })).counts.refuse).toBe(1);
  });
});

describe('a unit and one inside it', () => {
  const root = 'r-ab12';
  const both = source({ units: `${unit}, ${otherUnit}` });
  beforeEach(() => {
    fake.organizations.inside = { [unit]: [otherUnit] };
  });

  test.each([
    ['two units', both, otherUnit, unit],
    ['the root', source({ units: `${unit}, ${root}` }), unit, root],
  ])('are refused before anything is deployed to both: %s', async (_, text, inner, outer) => {
    fake.stackSets.units.set(root, []);
    const { steps, exitCode } = await planned(text);
    expect(exitCode).toBe(1);
    expect(steps[0]).toMatchObject({
      do: 'refuse',
      because: expect.stringMatching(
        new RegExp(`^${inner} is inside ${outer}\\. .*List only ${outer}, or list units`),
      ),
    });
  });

  test('are refused where one of them is added', async () => {
    await run(source());
    expect((await planned(both)).counts).toMatchObject({ refuse: 1 });
    expect((await planned(source())).exitCode).toBe(0);
  });

  test('stay as they are where both have it already', async () => {
    fake.organizations.inside = {};
    await run(both);
    fake.organizations.inside = { [unit]: [otherUnit] };
    expect((await planned(both)).exitCode).toBe(0);
  });
});

describe('what goes on meanwhile', () => {
  test('an operation that is under way is waited for, and its work is not done twice', async () => {
    await run(source());
    const text = source({ rules: 'demo/watch: { parameters: { actions: DeleteTrail } }' });
    fake.stackSets.faults.push({ call: 'operation', kill: true, after: 2 });
    await expect(run(text)).rejects.toThrow(Killed);
    fake.stackSets.revive();
    const plan = await planned(text);
    expect(plan.steps[0]).toMatchObject({
      do: 'update',
      because: 'an operation is in progress and must end first',
      waits: true,
      work: [],
    });
    expect((await run(text)).ok).toBe(true);
    expect(fake.stackSets.asked.map(({ action }) => action)).toEqual(['CREATE', 'UPDATE']);
    expect(fake.told).toContain(
      'Another operation is in progress (UPDATE). Waiting for it to end.',
    );
  });

  test('one that begins between plan and apply is waited for; nothing is done that was not planned', async () => {
    await run(source());
    const text = source({ units: `${unit}, ${otherUnit}` });
    const wanted = wantedIn(folder, text);
    const plan = planOrganization(wanted, await readOrganization(fake.effects, wanted));
    const found = await fake.stackSets.stackSet(key);
    if (!found) throw new Error('There is one.');
    const definition = {
      ...found,
      template: { body: found.template ?? '' },
      autoDeployment: { enabled: true, retainStacks: false },
      parameters: { ...found.parameters, mode: 'loud' },
    };
    await fake.stackSets.update(definition, wanted.preferences, 'somebody');
    const { outcomes } = await carriedOut(fake.effects, wanted, plan);
    expect(outcomes[0]?.message).toContain('there is more to do now than was planned');
    expect(upToDate()).toContain('444455556666/eu-west-1');
    // What somebody else changed is not changed back without asking.
    expect(fake.stackSets.find(key)?.parameters['mode']).toBe('loud');
  });

  test('work that has another scope afterwards is not done', async () => {
    await run(source({ units: `${unit}, ${otherUnit}` }));
    const wanted = wantedIn(folder, source());
    const plan = planOrganization(wanted, await readOrganization(fake.effects, wanted), {
      prune: true,
    });
    const scope = { units: [otherUnit], regions: ['ap-south-1'] };
    await fake.stackSets.addInstances(key, scope, wanted.preferences, 'somebody');
    const { outcomes } = await carriedOut(fake.effects, wanted, plan);
    expect(outcomes[0]?.message).toContain('there is more to do now than was planned');
    expect(fake.stackSets.asked.map(({ action }) => action)).not.toContain('DELETE');
  });

  test('an interrupt says what goes on and how to stop it', async () => {
    const { effects } = fake;
    const wanted = wantedIn(folder, source({ organization: 'delegatedAdministrator: true' }));
    const result = await carriedOut(
      {
        ...effects,
        sleep: async (milliseconds: number) => {
          fake.controller.abort();
          await effects.sleep(milliseconds);
        },
      },
      wanted,
      planOrganization(wanted, await readOrganization(effects, wanted)),
    );
    expect(result).toMatchObject({ ok: false, interrupted: true });
    expect(result.outcomes[0]?.message).toMatch(
      /by itself.*stop-stack-set-operation --stack-set-name patrol-demo-watch-production --operation-id patrol-\d+ --call-as DELEGATED_ADMIN --region us-east-1/,
    );
  });

  test('one stack set that fails does not keep the others', async () => {
    installRule(folder, { packageName: '@patrol/rules-other' });
    try {
      const error = new CloudError('invalid', 'cloudformation:CreateStackSet', 'No.');
      fake.stackSets.faults.push({ call: 'create', error });
      const rules =
        'demo/watch: { parameters: { actions: x } }, other/watch: { parameters: { actions: x } }';
      const { ok, outcomes } = await run(source({ rules }));
      expect(ok).toBe(false);
      expect(outcomes.map(({ ended }) => ended)).toEqual(['failed', 'done']);
    } finally {
      rmSync(join(folder, 'node_modules/@patrol/rules-other'), { recursive: true });
    }
  });
});

describe('an organisation that is not ready', () => {
  test.each([
    [
      'You must enable organizations access to operate a service managed stack set',
      'activate-organizations-access',
    ],
    [
      'You must be the management account or delegated admin account of an organization before operating a SERVICE_MANAGED stack set',
      'delegatedAdministrator: true',
    ],
    ['Account used is not a delegated administrator', 'register-delegated-administrator'],
    ['Invalid OrganizationalUnitIds: ou-ab12-11111111', 'list-organizational-units-for-parent'],
  ])('%s', async (message, advice) => {
    const error = new CloudError('invalid', 'cloudformation:CreateStackSet', message);
    fake.stackSets.faults.push({ call: 'create', error });
    const { outcomes } = await run(source());
    expect(outcomes[0]?.message).toContain(message);
    expect(outcomes[0]?.message).toContain(advice);
  });

  test('what cannot be read is refused, with the reason', async () => {
    await run(source());
    const error = new CloudError('denied', 'cloudformation:ListStackInstances', 'Denied.');
    fake.stackSets.faults.push({ call: 'instances', error });
    const plan = await planned(source());
    expect(plan).toMatchObject({ exitCode: 1, counts: { refuse: 1 } });
    expect(plan.steps[0]?.because).toContain('cloudformation:ListStackInstances failed: Denied.');
  });
});

test('--only plans what it names, and nothing else', async () => {
  expect((await planned(source(), { only: ['demo/*'] })).steps).toHaveLength(1);
  await expect(planned(source(), { only: ['demo/wath'] })).rejects.toThrow(
    'did you mean demo/watch?',
  );
});
