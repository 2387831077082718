/** What becomes of values and versions when another version of a package is installed: on the single way and in a fleet. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ParameterSpec } from '@patrol/core/evaluation';
import { describe, expect, test } from 'vitest';
import { CloudError } from '../cloud/cloud.ts';
import { FakeCloud } from '../testing/cloud.ts';
import { source, unit } from '../testing/organization-fleet.ts';
import { type FakeRuleOptions, FakeWorld, installRule, type Run } from '../testing/world.ts';

const stack = 'patrol-demo-watch-production';
const description = 'What it is.';
const number = (standard: string, more: Partial<ParameterSpec> = {}): ParameterSpec =>
  ({ kind: 'number', description, default: standard, ...more }) as ParameterSpec;
const text = (standard: string): ParameterSpec => ({
  kind: 'text',
  description,
  default: standard,
});

/** A version of the package. Its code is another one than that of other versions. */
const release = (
  version: string,
  parameters: FakeRuleOptions['parameters'] = {},
  more: FakeRuleOptions = {},
): FakeRuleOptions => ({ version, code: `zip ${version}`, parameters, ...more });

const first = release('1.4.0', { limit: number('30') });
const options = ['--alert-email', 'a@b.cc', '--yes'] as const;

/** A world in which a version is deployed by itself. */
async function deployed(rule: FakeRuleOptions, ...given: readonly string[]): Promise<FakeWorld> {
  const world = new FakeWorld(rule);
  expect(await world.run('demo/watch', ...options, ...given)).toMatchObject({ code: 0 });
  world.cloud.calls = [];
  return world;
}

const parametersIn = ({ cloud }: FakeWorld): Readonly<Record<string, string>> | undefined =>
  cloud.stacks.find(stack)?.parameters;
const versionIn = ({ cloud }: FakeWorld): string | undefined =>
  cloud.stacks.find(stack)?.tags['patrol:version'];
const asksForTemplate = ({ cloud }: FakeWorld): number =>
  cloud.calls.filter((call) => call === 'template').length;

/** What a run tells of a parameter, by its name. */
const differenceOf = ({ notes }: Run, name: string): unknown =>
  notes
    .flatMap(({ differences }) => (Array.isArray(differences) ? differences : []))
    .find((each: { readonly name: string }) => each.name === name);
/** The warnings of a run that have a field. */
const warnings = ({ notes }: Run, field: string): readonly unknown[] =>
  notes.filter((note) => note['type'] === 'warning').flatMap((note) => note[field] ?? []);

/** A fleet of the rule, in a file beside what is installed. */
const writeFleet = (world: FakeWorld, rule = 'true', rest = ''): void =>
  writeFileSync(
    join(world.folder, 'patrol.yaml'),
    [
      'version: 1',
      'fleet: security',
      'regions: [eu-west-1]',
      'alerts: { email: a@b.cc }',
      ...(rest === '' ? [] : [rest]),
      'rules:',
      `  demo/watch: ${rule}`,
      '',
    ].join('\n'),
  );

/** A world in which a version is deployed as a fleet. */
async function applied(rule: FakeRuleOptions, settings?: string): Promise<FakeWorld> {
  const world = new FakeWorld(rule);
  world.cloud.confirmed.add('a@b.cc');
  writeFleet(world, settings);
  expect(await world.run('apply', '--yes')).toMatchObject({ code: 0 });
  world.cloud.calls = [];
  return world;
}

/** The only step of a fleet's plan. */
const stepOf = ({ notes }: Run): unknown => {
  const steps = notes[0]?.['steps'];
  return Array.isArray(steps) ? steps[0] : undefined;
};

describe('a new default', () => {
  const next = release('1.5.0', { limit: number('14') });

  test('reaches a stack that has the old one, and the plan says so', async () => {
    using world = await deployed(first);
    installRule(world.folder, next);
    const human = await world.run('diff', 'demo/watch');
    expect(human.stdout).toContain(
      '  limit: "30" → "14" (new default; --param limit=… sets another value)\n',
    );
    const run = await world.run('demo/watch', '--yes', '--json');
    expect(differenceOf(run, 'limit')).toEqual({
      what: 'limit',
      name: 'limit',
      before: '30',
      after: '14',
      reason: 'newDefault',
    });
    expect(run.notes[0]).toMatchObject({ because: 'code, limit and template changed' });
    expect(parametersIn(world)).toMatchObject({ limit: '14' });
  });

  test('of the template itself reaches the stack as well', async () => {
    const keeping = (Default: number): FakeRuleOptions => ({
      stackParameters: { KeepFor: { Type: 'Number', Default } },
    });
    using world = await deployed(release('1.4.0', {}, keeping(90)));
    installRule(world.folder, release('1.5.0', {}, keeping(30)));
    await world.run('demo/watch', '--yes');
    expect(parametersIn(world)).toMatchObject({ KeepFor: '30' });
  });

  test('leaves alone what the operator chose', async () => {
    using world = await deployed(first, '--param', 'limit=20');
    installRule(world.folder, next);
    await world.run('demo/watch', '--yes');
    expect(parametersIn(world)).toMatchObject({ limit: '20' });
    // The next version's default is no longer what the deployed one has: the choice stays.
    installRule(world.folder, release('1.6.0', { limit: number('20') }));
    await world.run('demo/watch', '--yes');
    installRule(world.folder, release('1.7.0', { limit: number('10') }));
    const run = await world.run('demo/watch', '--yes', '--json');
    // By now nothing tells 20 from the default of 1.6.0.
    expect(differenceOf(run, 'limit')).toMatchObject({ before: '20', after: '10' });
  });

  test('does not go before --param, with which the old one can be kept for good', async () => {
    using world = await deployed(first);
    installRule(world.folder, next);
    const run = await world.run('demo/watch', '--yes', '--json', '--param', 'limit=30');
    expect(differenceOf(run, 'limit')).toBeUndefined();
    expect(parametersIn(world)).toMatchObject({ limit: '30' });
    installRule(world.folder, release('1.6.0', { limit: number('7') }));
    await world.run('demo/watch', '--yes');
    expect(parametersIn(world)).toMatchObject({ limit: '30' });
  });

  test('is no question in a terminal', async () => {
    using world = await deployed(first);
    installRule(world.folder, next);
    world.answers = [true];
    await world.run('demo/watch');
    expect(world.asked).toEqual([{ message: `Update ${stack}?` }]);
    expect(parametersIn(world)).toMatchObject({ limit: '14' });
  });

  test('goes back with the version before', async () => {
    using world = await deployed(next);
    installRule(world.folder, first);
    await world.run('demo/watch', '--yes', '--allow-downgrade');
    expect(parametersIn(world)).toMatchObject({ limit: '30' });
  });

  test('reaches a stack that has to be created anew', async () => {
    using world = await deployed(first);
    const found = world.cloud.stacks.find(stack);
    if (found) found.status = 'ROLLBACK_COMPLETE';
    installRule(world.folder, next);
    await world.run('demo/watch', '--yes');
    expect(parametersIn(world)).toMatchObject({ limit: '14', AlertEmail: 'a@b.cc' });
  });

  test('is looked for only where a value may be an old one', async () => {
    using world = await deployed(first, '--param', 'limit=20');
    await world.run('demo/watch', '--yes', '--param', 'limit=20');
    await world.run('info', 'demo/watch');
    await world.run('save');
    // The same version: its defaults are known.
    expect(asksForTemplate(world)).toBe(0);
    installRule(world.folder, release('1.5.0', { limit: number('20') }));
    await world.run('diff', 'demo/watch');
    // Another version, and every value is its default.
    expect(asksForTemplate(world)).toBe(0);
    installRule(world.folder, next);
    await world.run('diff', 'demo/watch', '--param', 'limit=20');
    expect(asksForTemplate(world)).toBe(0);
    await world.run('diff', 'demo/watch');
    expect(asksForTemplate(world)).toBe(1);
  });

  test('after a rollback is looked for whatever the tags say', async () => {
    using world = await deployed(first);
    installRule(world.folder, next);
    const manifest = join(world.folder, 'node_modules/@patrol/rules-demo/dist/rules.json');
    const { sha256 } = JSON.parse(readFileSync(manifest, 'utf8')).rules[0].template;
    const found = world.cloud.stacks.find(stack);
    if (found) {
      found.status = 'UPDATE_ROLLBACK_COMPLETE';
      found.tags = { ...found.tags, 'patrol:template': sha256 };
    }
    const run = await world.run('demo/watch', '--yes', '--json');
    expect(differenceOf(run, 'limit')).toMatchObject({ after: '14', reason: 'newDefault' });
  });

  test.each([
    ['denied', new CloudError('denied', 'cloudformation:GetTemplate', 'Not allowed.')],
    ['YAML', undefined],
  ])(
    'is not known where the template cannot be read (%s): the value stays, and that is said',
    async (_, error) => {
      using world = await deployed(first);
      installRule(world.folder, next);
      if (error) world.cloud.faults.push({ call: 'template', times: 3, error });
      else world.cloud.template = async () => 'Resources: {}';
      const run = await world.run('demo/watch', '--yes', '--json');
      expect(run.code).toBe(0);
      expect(warnings(run, 'undecided')).toEqual([{ name: 'limit', value: '30', default: '14' }]);
      expect(warnings(run, 'message')).toEqual([
        expect.stringContaining(
          'limit stays "30", the default is now "14". Give a value with --param',
        ),
        expect.stringContaining('Until a@b.cc confirms the subscription'),
      ]);
      expect(parametersIn(world)).toMatchObject({ limit: '30' });
    },
  );

  test('ends the run where AWS cannot be reached: afterwards nobody could tell any more', async () => {
    using world = await deployed(first);
    installRule(world.folder, next);
    const error = new CloudError('unreachable', 'cloudformation:GetTemplate', 'No route.');
    world.cloud.faults.push({ call: 'template', error });
    expect(await world.run('demo/watch', '--yes')).toMatchObject({ code: 1 });
    expect(versionIn(world)).toBe('1.4.0');
  });

  test('is told by info, which names the default of every value that differs from it', async () => {
    using world = await deployed(first);
    installRule(world.folder, next);
    const before = await world.run('info', 'demo/watch');
    expect(before.stdout).toMatch(/Up to date +no: code, limit and template changed\n/);
    expect(before.stdout).toContain('  limit: "30" → "14" (new default;');
    const { notes } = await world.run('info', 'demo/watch', '--json');
    expect(notes[0]).toMatchObject({
      upToDate: false,
      differences: expect.arrayContaining([
        { what: 'limit', name: 'limit', before: '30', after: '14', reason: 'newDefault' },
      ]),
    });
    await world.run('demo/watch', '--yes', '--param', 'limit=30');
    const after = await world.run('info', 'demo/watch');
    expect(after.stdout).toMatch(/Up to date +yes/);
    expect(after.stdout).toMatch(/\n {2}limit +30 \(default: 14\)\n/);
    const again = await world.run('info', 'demo/watch', '--json');
    expect(again.notes[0]).toMatchObject({
      upToDate: true,
      ownValues: [{ name: 'limit', value: '30', default: '14' }],
    });
    expect(again.notes[0]).not.toHaveProperty('differences');
  });

  test.each(['denied', 'unreachable'] as const)(
    'is told by info where the template cannot be read (%s)',
    async (failure) => {
      using world = await deployed(first);
      installRule(world.folder, next);
      const error = new CloudError(failure, 'cloudformation:GetTemplate', 'It is so.');
      world.cloud.faults.push({ call: 'template', error });
      const { notes } = await world.run('info', 'demo/watch', '--json');
      expect(notes[0]).toMatchObject({
        problems: [expect.stringContaining('The deployed template could not be read,')],
      });
    },
  );

  test('is what a fleet has that does not give the value, and the plan says so without asking AWS more', async () => {
    using world = await applied(first);
    installRule(world.folder, next);
    const human = await world.run('plan');
    expect(human.stdout).toContain('  limit: "30" → "14" (not in the file: its default applies)\n');
    const run = await world.run('plan', '--json');
    expect(stepOf(run)).toMatchObject({
      differences: expect.arrayContaining([
        { what: 'limit', name: 'limit', before: '30', after: '14', reason: 'default' },
      ]),
    });
    expect(asksForTemplate(world)).toBe(0);
    await world.run('apply', '--yes');
    expect(parametersIn(world)).toMatchObject({ limit: '14' });
  });

  test('is not what a fleet has that gives the value, also the old default', async () => {
    using world = await applied(first, '{ parameters: { limit: 30 } }');
    installRule(world.folder, next);
    await world.run('apply', '--yes');
    expect(parametersIn(world)).toMatchObject({ limit: '30' });
  });

  test('leaves the same behind, whether a stack is upgraded by itself or by the file that was saved of it', async () => {
    for (const given of [[], ['--param', 'limit=20']]) {
      using alone = await deployed(first, ...given);
      installRule(alone.folder, next);
      await alone.run('demo/watch', '--yes');
      using fleet = await deployed(first, ...given);
      installRule(fleet.folder, next);
      await fleet.run('save', '--output', 'patrol.yaml');
      const saved = readFileSync(join(fleet.folder, 'patrol.yaml'), 'utf8');
      expect(saved.includes('limit')).toBe(given.length > 0);
      await fleet.run('apply', '--yes');
      expect(parametersIn(fleet)).toMatchObject({ limit: given.length > 0 ? '20' : '14' });
      expect(parametersIn(fleet)).toEqual(parametersIn(alone));
    }
  });
});

describe('an older version', () => {
  const older = release('1.3.0', { limit: number('30') });
  const words = '@patrol/rules-demo 1.4.0 is deployed. The installed version, 1.3.0, is older.';

  test('is not deployed with --yes alone', async () => {
    using world = await deployed(first);
    installRule(world.folder, older);
    const run = await world.run('demo/watch', '--yes');
    expect(run).toMatchObject({
      code: 1,
      stderr: `${stack} is not changed. ${words} Install 1.4.0 or later, or add --allow-downgrade.\n`,
    });
    expect(run.stdout).toContain('  @patrol/rules-demo: "1.4.0" → "1.3.0" (older)\n');
    const machine = await world.run('demo/watch', '--yes', '--json');
    expect(warnings(machine, 'downgrade')).toEqual([
      { package: '@patrol/rules-demo', deployed: '1.4.0', installed: '1.3.0' },
    ]);
    expect(machine.notes.at(-1)).toMatchObject({
      ok: false,
      did: 'none',
      error: { kind: 'refused' },
    });
    expect(versionIn(world)).toBe('1.4.0');
    expect(world.cloud.calls).not.toContain('createChangeSet');
  });

  test('is deployed with --allow-downgrade', async () => {
    using world = await deployed(first);
    installRule(world.folder, older);
    expect(await world.run('demo/watch', '--yes', '--allow-downgrade')).toMatchObject({ code: 0 });
    expect(versionIn(world)).toBe('1.3.0');
  });

  test('is asked about by itself in a terminal, and a no leaves everything as it is', async () => {
    using world = await deployed(first);
    installRule(world.folder, older);
    world.answers = [false];
    expect(await world.run('demo/watch')).toMatchObject({ code: 1 });
    expect(world.cloud.calls).not.toContain('createChangeSet');
    world.answers = [true, true];
    expect(await world.run('demo/watch')).toMatchObject({ code: 0 });
    const question = { message: `${words} Deploy the older version to ${stack}?` };
    expect(world.asked).toEqual([question, question, { message: `Update ${stack}?` }]);
    expect(versionIn(world)).toBe('1.3.0');
  });

  test('is asked about for a stack that has to be created anew as well', async () => {
    using world = await deployed(first);
    const found = world.cloud.stacks.find(stack);
    if (found) found.status = 'ROLLBACK_COMPLETE';
    installRule(world.folder, older);
    const run = await world.run('demo/watch', '--yes');
    expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining(words) });
    expect(world.cloud.calls).not.toContain('deleteStack');
  });

  test('is told by diff and info, which ask nothing', async () => {
    using world = await deployed(first);
    installRule(world.folder, older);
    world.answers = [];
    const diff = await world.run('diff', 'demo/watch');
    expect(diff).toMatchObject({ code: 3, stdout: expect.stringContaining(words) });
    const info = await world.run('info', 'demo/watch', '--json');
    expect(info.notes[0]).toMatchObject({ downgrade: { deployed: '1.4.0', installed: '1.3.0' } });
    expect((await world.run('info', 'demo/watch')).stdout).toContain(words);
  });

  test('of the same code and template changes nothing, and is no matter', async () => {
    using world = await deployed(first);
    installRule(world.folder, { ...first, version: '1.3.0' });
    expect(await world.run('demo/watch', '--yes')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('is up to date'),
    });
  });

  test('of which nobody can tell is deployed as any other', async () => {
    using world = await deployed(first);
    const found = world.cloud.stacks.find(stack);
    if (found) found.tags = { ...found.tags, 'patrol:version': 'next' };
    installRule(world.folder, older);
    expect(await world.run('demo/watch', '--yes')).toMatchObject({ code: 0 });
  });

  test('is refused in a fleet with --yes, which keeps nothing else from being done', async () => {
    using world = await applied(first);
    installRule(world.folder, older);
    installRule(world.folder, { packageName: '@patrol/rules-other', parameters: {} });
    writeFleet(world, 'true\n  other/watch: true');
    const plan = await world.run('plan', '--json');
    expect(plan.code).toBe(3);
    expect(stepOf(plan)).toMatchObject({
      do: 'update',
      downgrade: { package: '@patrol/rules-demo', deployed: '1.4.0', installed: '1.3.0' },
    });
    const run = await world.run('apply', '--yes');
    expect(run.code).toBe(1);
    expect(run.stdout).toContain(`${stack} is not changed. ${words}`);
    expect(versionIn(world)).toBe('1.4.0');
    expect(world.cloud.stacks.find('patrol-other-watch-production')?.status).toBe(
      'CREATE_COMPLETE',
    );
    expect(await world.run('apply', '--yes', '--allow-downgrade')).toMatchObject({ code: 0 });
    expect(versionIn(world)).toBe('1.3.0');
  });

  test.each([
    [false, 1, '1.4.0'],
    [true, 0, '1.3.0'],
  ])(
    'is asked about in a fleet, once for all stacks; %s ends with %i',
    async (answer, code, version) => {
      using world = await applied(first);
      installRule(world.folder, older);
      world.answers = [answer, true];
      expect(await world.run('apply')).toMatchObject({ code });
      expect(world.asked[0]).toEqual({
        message: `${words} It would replace the newer one in 1 stack. Deploy the older version?`,
      });
      expect(world.asked).toHaveLength(answer ? 2 : 1);
      expect(versionIn(world)).toBe(version);
    },
  );

  test('is one question for the stacks of all regions', async () => {
    using world = new FakeWorld(first);
    world.others.set('111122223333/us-east-1', new FakeCloud({ region: 'us-east-1' }));
    const settings = '{ regions: [eu-west-1, us-east-1] }';
    writeFleet(world, settings);
    await world.run('apply', '--yes');
    installRule(world.folder, older);
    world.answers = [false];
    await world.run('apply');
    expect(world.asked).toEqual([
      { message: `${words} It would replace the newer one in 2 stacks. Deploy the older version?` },
    ]);
  });

  test('is asked about for the stack sets of an organisation', async () => {
    using world = new FakeWorld(first);
    const account = '111122223333';
    world.others.set(`${account}/us-east-1`, new FakeCloud({ account, region: 'us-east-1' }));
    world.stackSets.units.set(unit, ['222233334444']);
    writeFileSync(join(world.folder, 'patrol.yaml'), source({ rules: 'demo/watch: true' }));
    expect(await world.run('apply', '--yes')).toMatchObject({ code: 0 });
    const version = (): string | undefined => world.stackSets.find(stack)?.tags['patrol:version'];
    installRule(world.folder, older);
    const plan = await world.run('plan', '--json');
    expect(plan.notes[0]).toMatchObject({
      organization: {
        stackSets: [
          {
            downgrade: { deployed: '1.4.0', installed: '1.3.0' },
            differences: expect.arrayContaining([
              expect.objectContaining({ name: 'patrol:version', reason: 'older' }),
            ]),
          },
        ],
      },
    });
    const refused = await world.run('apply', '--yes');
    expect(refused).toMatchObject({ code: 1, stdout: expect.stringContaining(words) });
    expect(version()).toBe('1.4.0');
    world.answers = [true, true];
    expect(await world.run('apply')).toMatchObject({ code: 0 });
    expect(world.asked[0]?.message).toContain(words);
    expect(version()).toBe('1.3.0');
  });

  test('a newer one is told with both versions, and is not asked about', async () => {
    using world = await deployed(older);
    installRule(world.folder, first);
    const run = await world.run('demo/watch', '--yes', '--json');
    expect(differenceOf(run, 'patrol:version')).toEqual({
      what: '@patrol/rules-demo',
      name: 'patrol:version',
      before: '1.3.0',
      after: '1.4.0',
      reason: 'newer',
    });
    expect(versionIn(world)).toBe('1.4.0');
  });
});

describe('versions in patrol.yaml', () => {
  const pinned = (range: string, name = '@patrol/rules-demo'): string =>
    `packages: { '${name}': ${range} }`;

  test.each(['1.4.0', '^1.3.0', '1.4', '1', '">=1.2 <2"', '"*"'])(
    '%s takes 1.4.0',
    async (range) => {
      using world = new FakeWorld(first);
      writeFleet(world, 'true', pinned(range));
      expect(await world.run('plan')).toMatchObject({ code: 3, stderr: '' });
    },
  );

  test.each([
    [
      '1.5.0',
      'expected 1.5.0; found 1.4.0 installed; install the version with `pnpm add "@patrol/rules-demo@1.5.0"`, or change this line.',
    ],
    ['^2', 'expected ^2; found 1.4.0 installed'],
    ['1.40', 'expected 1.40; found 1.4.0 installed'],
    ['latest', 'expected a version such as 1.4.0, or a range such as ^1.4.0; found "latest"'],
    ['""', 'found ""'],
  ])('%s does not, and is told with its place before anything is looked at', async (range, why) => {
    using world = new FakeWorld(first);
    writeFleet(world, 'true', pinned(range));
    for (const command of [
      ['plan'],
      ['apply', '--yes'],
      ['demo/watch', '--yes', '--from', 'patrol.yaml'],
    ]) {
      world.cloud.calls = [];
      const run = await world.run(...command);
      expect(run.code).toBe(2);
      expect(run.stderr).toMatch(/patrol\.yaml:5:\d+: packages\.@patrol\/rules-demo: /);
      expect(run.stderr).toContain(why);
      expect(world.cloud.calls).not.toContain('allStacks');
      expect(world.cloud.stacks.all).toEqual([]);
    }
  });

  test.each([
    ['demo', 'packages.demo: write the full name, @patrol/rules-demo.'],
    ['@patrol/rules-dema', 'no such rule package is installed; did you mean @patrol/rules-demo?'],
    [
      '@acme/patrol-rules',
      'no such rule package is installed; install the version with `pnpm add "@acme/patrol-rules@1.4.0"`',
    ],
  ])('of a package that is not installed, %s, are a problem', async (name, why) => {
    using world = new FakeWorld(first);
    writeFleet(world, 'true', pinned('1.4.0', name));
    expect(await world.run('plan')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(why),
    });
  });

  test('hold for the one package that is deployed by itself with --from', async () => {
    using world = new FakeWorld(first);
    installRule(world.folder, { packageName: '@patrol/rules-other', version: '3.0.0' });
    writeFleet(
      world,
      'true',
      `packages: { '@patrol/rules-demo': ^1.4, '@patrol/rules-other': ^2 }`,
    );
    const from = ['demo/watch', '--from', 'patrol.yaml', '--yes'];
    expect(await world.run(...from)).toMatchObject({ code: 0 });
  });

  test('stay when the file is written anew', async () => {
    using world = await deployed(first);
    writeFleet(world, 'true', pinned('^1.4.0'));
    world.answers = [true];
    await world.run('save', '--output', 'patrol.yaml');
    const file = join(world.folder, 'patrol.yaml');
    expect(readFileSync(file, 'utf8')).toContain(`packages:\n  "@patrol/rules-demo": ^1.4.0\n`);
    world.answers = [true, 'security', 'production', 'eu-west-1', 'a@b.cc', false, 'demo/*', ''];
    expect(await world.run('init')).toMatchObject({ code: 0 });
    expect(readFileSync(file, 'utf8')).toContain('"@patrol/rules-demo": ^1.4.0\n');
  });

  test('of a file that cannot be read are not taken over, and that is said', async () => {
    using world = await deployed(first);
    writeFleet(world, 'true', 'packages: [');
    world.answers = [true];
    const run = await world.run('save', '--output', 'patrol.yaml');
    expect(run.stderr).toContain(
      'patrol.yaml has problems. The versions that it pins are not kept.',
    );
    expect(readFileSync(join(world.folder, 'patrol.yaml'), 'utf8')).not.toContain('packages');
  });
});

describe('a renamed parameter', () => {
  const next = release('1.5.0', {
    atMost: number('30', { formerly: ['limit'] }),
  });

  test('takes the value that the stack has under the former name', async () => {
    using world = await deployed(first, '--param', 'limit=20');
    installRule(world.folder, next);
    const human = await world.run('diff', 'demo/watch');
    expect(human.stdout).toContain('  atMost, formerly limit: "20" → "20" (renamed)\n');
    const run = await world.run('demo/watch', '--yes', '--json');
    expect(differenceOf(run, 'atMost')).toEqual({
      what: 'atMost',
      name: 'atMost',
      formerly: 'limit',
      before: '20',
      after: '20',
      reason: 'renamed',
    });
    expect(warnings(run, 'lostValues')).toEqual([]);
    expect(parametersIn(world)).toMatchObject({ atMost: '20' });
    expect(parametersIn(world)).not.toHaveProperty('limit');
  });

  test('follows a new default where the stack has the old one', async () => {
    using world = await deployed(first);
    installRule(world.folder, release('1.5.0', { atMost: number('14', { formerly: ['limit'] }) }));
    const run = await world.run('demo/watch', '--yes', '--json');
    expect(differenceOf(run, 'atMost')).toMatchObject({
      formerly: 'limit',
      before: '30',
      after: '14',
      reason: 'newDefault',
    });
    expect(parametersIn(world)).toMatchObject({ atMost: '14' });
  });

  test('takes the value over several versions, from whatever name the stack knows', async () => {
    using world = await deployed(first, '--param', 'limit=20');
    const later = { most: number('30', { formerly: ['atMost', 'limit'] }) };
    installRule(world.folder, release('1.6.0', later));
    await world.run('demo/watch', '--yes');
    expect(parametersIn(world)).toMatchObject({ most: '20' });
  });

  test('that is required is not asked for', async () => {
    const calls = { kind: 'names', description, example: 'StopLogging' } as const;
    using world = await deployed(release('1.4.0', { calls }), '--param', 'calls=DeleteTrail');
    installRule(world.folder, release('1.5.0', { actions: { ...calls, formerly: ['calls'] } }));
    expect(await world.run('demo/watch', '--yes')).toMatchObject({ code: 0 });
    expect(parametersIn(world)).toMatchObject({ actions: 'DeleteTrail' });
  });

  test('can still be given by its former name, with a warning', async () => {
    using world = await deployed(first);
    installRule(world.folder, next);
    const run = await world.run('demo/watch', '--yes', '--json', '--param', 'limit=7');
    expect(run.notes[0]).toMatchObject({
      type: 'warning',
      message: 'The parameter limit is now called atMost. Write atMost instead.',
      renamed: { former: 'limit', name: 'atMost' },
    });
    expect(parametersIn(world)).toMatchObject({ atMost: '7' });
    const both = ['--param', 'limit=7', '--param', 'atMost=8'];
    expect(await world.run('demo/watch', '--yes', ...both)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        'limit: is called atMost today, which is given as well; give it once.',
      ),
    });
  });

  test('is described with its former names', async () => {
    using world = new FakeWorld(next);
    const run = await world.run('describe', 'demo/watch');
    expect(run.stdout).toContain('    It was called limit before.\n');
  });

  test('works in patrol.yaml under the former name, with a warning at its place', async () => {
    using world = await applied(first, '{ parameters: { limit: 20 } }');
    installRule(world.folder, next);
    const warning =
      /patrol\.yaml:6:31: rules\.demo\/watch\.parameters\.limit: The parameter limit is now called atMost\. Write atMost instead\./;
    const plan = await world.run('plan', '--json');
    expect(plan).toMatchObject({ code: 3, stderr: '' });
    expect(plan.notes[0]).toMatchObject({ notes: [expect.stringMatching(warning)] });
    expect(stepOf(plan)).toMatchObject({
      differences: expect.arrayContaining([
        {
          what: 'atMost',
          name: 'atMost',
          formerly: 'limit',
          before: '20',
          after: '20',
          reason: 'renamed',
        },
      ]),
    });
    const run = await world.run('apply', '--yes');
    expect(run).toMatchObject({ code: 0, stdout: expect.stringMatching(warning) });
    expect(parametersIn(world)).toMatchObject({ atMost: '20' });
    // The warning stays as long as the file has the former name, and today's goes without one.
    expect((await world.run('plan')).stdout).toMatch(warning);
    writeFleet(world, '{ parameters: { atMost: 20 } }');
    expect(await world.run('plan')).toMatchObject({
      code: 0,
      stdout: expect.not.stringMatching(warning),
    });
  });

  test('works under the former name with --from', async () => {
    using world = new FakeWorld(next);
    writeFleet(world, '{ parameters: { limit: 20 } }');
    const run = await world.run('demo/watch', '--from', 'patrol.yaml', '--yes');
    expect(run).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Write atMost instead.'),
    });
    expect(parametersIn(world)).toMatchObject({ atMost: '20' });
  });

  test('is a problem of the file where both names are given', async () => {
    using world = new FakeWorld(next);
    writeFleet(world, '{ parameters: { limit: 20, atMost: 10 } }');
    expect(await world.run('plan')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        'patrol.yaml:6:31: rules.demo/watch.parameters.limit: is now called atMost, which is given as well; remove one of them.',
      ),
    });
  });

  test('works among the defaults of a fleet, and its own values go before those', async () => {
    using world = new FakeWorld(next);
    writeFleet(world, 'true', 'defaults: { parameters: { limit: 20 } }');
    const run = await world.run('apply', '--yes');
    expect(run.stdout).toContain('defaults.parameters.limit: The parameter limit is now called');
    expect(parametersIn(world)).toMatchObject({ atMost: '20' });
    writeFleet(world, '{ parameters: { limit: 7 } }', 'defaults: { parameters: { atMost: 20 } }');
    await world.run('apply', '--yes');
    expect(parametersIn(world)).toMatchObject({ atMost: '7' });
  });

  test('keeps its suppressions', async () => {
    const mutes = { kind: 'names', description, default: '', suppresses: true } as const;
    using world = new FakeWorld(release('1.5.0', { ignored: { ...mutes, formerly: ['quiet'] } }));
    const expires = new Date(world.cloud.now() + 30 * 86_400_000).toISOString().slice(0, 10);
    const suppression = `{ parameter: quiet, item: bob, owner: me, reason: known, expires: ${expires} }`;
    writeFleet(world, `{ suppressions: [${suppression}] }`);
    const run = await world.run('apply', '--yes');
    expect(run.stdout).toContain('suppressions[0].parameter: The parameter quiet is now called');
    expect(parametersIn(world)).toMatchObject({ ignored: `bob until ${expires}` });
  });

  test('is saved under the name of today', async () => {
    using world = await deployed(first, '--param', 'limit=20');
    installRule(world.folder, next);
    const { stdout } = await world.run('save');
    expect(stdout).toContain('parameters:\n      atMost: 20\n');
  });

  test('takes its value over in the stack sets of an organisation', async () => {
    using world = new FakeWorld(first);
    const account = '111122223333';
    world.others.set(`${account}/us-east-1`, new FakeCloud({ account, region: 'us-east-1' }));
    world.stackSets.units.set(unit, ['222233334444']);
    const rules = 'demo/watch: { parameters: { limit: 20 } }';
    writeFileSync(join(world.folder, 'patrol.yaml'), source({ rules }));
    await world.run('apply', '--yes');
    installRule(world.folder, next);
    const { notes } = await world.run('plan', '--json');
    expect(notes[0]).toMatchObject({
      notes: expect.arrayContaining([expect.stringContaining('Write atMost instead.')]),
      organization: { stackSets: [{ differences: expect.anything() }] },
    });
    const text = JSON.stringify(notes[0]?.['organization']);
    expect(text).toContain('"name":"atMost","before":"20","formerly":"limit","after":"20"');
    expect(text).not.toContain('"name":"limit"');
    await world.run('apply', '--yes');
    expect(world.stackSets.find(stack)?.parameters).toMatchObject({ atMost: '20' });
  });

  test('takes over no value that CloudFormation hides, and does not tell it', async () => {
    const hiding = (name: string): FakeRuleOptions => ({
      stackParameters: { [name]: { Type: 'String', NoEcho: true } },
    });
    using world = await deployed(release('1.4.0', {}, hiding('Old')), '--param', 'Old=secret');
    installRule(world.folder, release('1.5.0', {}, hiding('New')));
    const run = await world.run('demo/watch', '--yes', '--json', '--param', 'New=secret');
    expect(warnings(run, 'lostValues')).toEqual([{ name: 'Old', value: '****' }]);
  });
});

describe('a parameter that is gone', () => {
  const next = release('1.5.0', {});
  const lost =
    'The value of limit ("20") is lost. The installed version of the rule has no such parameter.';

  test('loses its value with a warning of its own', async () => {
    using world = await deployed(first, '--param', 'limit=20');
    installRule(world.folder, next);
    for (const command of [
      ['diff', 'demo/watch'],
      ['info', 'demo/watch'],
    ]) {
      expect((await world.run(...command)).stdout).toContain(lost);
    }
    const run = await world.run('demo/watch', '--yes', '--json');
    expect(run.notes).toContainEqual({
      type: 'warning',
      stack,
      message: lost,
      lostValues: [{ name: 'limit', value: '20' }],
    });
  });

  test('loses its value with a warning also where little is said', async () => {
    using world = await deployed(first, '--param', 'limit=20');
    installRule(world.folder, next);
    const { stdout } = await world.run('demo/watch', '--yes', '--quiet');
    expect(stdout.split('\n', 1)).toEqual([lost]);
  });

  test('loses nothing where the value is its default', async () => {
    using world = await deployed(first);
    installRule(world.folder, next);
    const run = await world.run('demo/watch', '--yes', '--json');
    expect(warnings(run, 'lostValues')).toEqual([]);
    expect(run.code).toBe(0);
  });

  test('is told of where nobody can tell whether it is', async () => {
    using world = await deployed(first);
    installRule(world.folder, next);
    const error = new CloudError('denied', 'cloudformation:GetTemplate', 'Not allowed.');
    world.cloud.faults.push({ call: 'template', error });
    const run = await world.run('diff', 'demo/watch', '--json');
    expect(warnings(run, 'lostValues')).toEqual([{ name: 'limit', value: '30' }]);
    expect(warnings(run, 'message')[0]).toContain('could not be read');
  });

  test('is told of in a fleet, where one template tells for all stacks that have it', async () => {
    using world = await applied(first, '{ parameters: { limit: 20 } }');
    const found = world.cloud.stacks.find(stack);
    const other = new FakeCloud({ region: 'us-east-1' });
    world.others.set('111122223333/us-east-1', other);
    if (found)
      other.stacks.add({
        ...found,
        id: 'arn:other',
        parameters: { ...found.parameters, limit: '30' },
      });
    installRule(world.folder, next);
    writeFleet(world, '{ regions: [eu-west-1, us-east-1] }');
    const plan = await world.run('plan', '--json');
    expect(plan.notes[0]?.['steps']).toMatchObject([
      { region: 'eu-west-1', lostValues: [{ name: 'limit', value: '20' }] },
      { region: 'us-east-1', do: 'update' },
    ]);
    expect(JSON.stringify(plan.notes[0]).match(/lostValues/g)).toHaveLength(1);
    expect(asksForTemplate(world) + other.calls.filter((call) => call === 'template').length).toBe(
      1,
    );
    const run = await world.run('apply', '--yes', '--json');
    expect(warnings(run, 'lostValues')).toEqual([{ name: 'limit', value: '20' }]);
  });

  test('is still a problem of a file that gives it', async () => {
    using world = await applied(first, '{ parameters: { limit: 20 } }');
    installRule(world.folder, next);
    expect(await world.run('plan')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        'rules.demo/watch.parameters.limit: there is no such parameter',
      ),
    });
  });

  test('is told of in an organisation, whose stack sets tell their templates', async () => {
    using world = new FakeWorld(release('1.4.0', { limit: number('30'), note: text('none') }));
    const account = '111122223333';
    world.others.set(`${account}/us-east-1`, new FakeCloud({ account, region: 'us-east-1' }));
    world.stackSets.units.set(unit, ['222233334444']);
    const rules = 'demo/watch: { parameters: { limit: 20 } }';
    writeFileSync(join(world.folder, 'patrol.yaml'), source({ rules }));
    await world.run('apply', '--yes');
    installRule(world.folder, next);
    writeFileSync(join(world.folder, 'patrol.yaml'), source({ rules: 'demo/watch: true' }));
    const { notes } = await world.run('plan', '--json');
    expect(notes[0]).toMatchObject({
      organization: { stackSets: [{ lostValues: [{ name: 'limit', value: '20' }] }] },
    });
    const run = await world.run('apply', '--yes', '--json');
    expect(warnings(run, 'lostValues')).toEqual([{ name: 'limit', value: '20' }]);
  });
});
