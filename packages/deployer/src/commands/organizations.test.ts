/** What organisations ask of a deployment: tags, roles, buckets, keys and protection that are theirs. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CloudError } from '../cloud/cloud.ts';
import { watching } from '../testing/fleet.ts';
import { FakeWorld } from '../testing/world.ts';

const stack = 'patrol-demo-watch-production';
const deploy = ['demo/watch', '--param', 'actions=x', '--alert-email', 'a@b.cc', '--yes'];
const again = ['demo/watch', '--param', 'mode=loud', '--yes'];
const role = 'arn:aws:iam::111122223333:role/team/cloudformation';
const found = ({ cloud }: FakeWorld, name = stack) => cloud.stacks.find(name);

const file = (world: FakeWorld, text: string): void =>
  writeFileSync(join(world.folder, 'patrol.yaml'), text);

describe('a rule that is deployed by itself', () => {
  test('has the tags that are given, and keeps them', async () => {
    using world = new FakeWorld();
    await world.run(...deploy, '--tag', 'cost-center=42', '--tag', 'team=a=b');
    expect(found(world)?.tags).toMatchObject({ 'cost-center': '42', team: 'a=b' });
    const { stdout } = await world.run(...again, '--tag', 'team=c');
    expect(stdout).toContain('team');
    expect(found(world)?.tags).toMatchObject({ 'cost-center': '42', team: 'c' });
  });

  test.each([
    ['aws:x=1', 'begin neither with aws: nor with patrol:'],
    ['patrol:rule=other', 'begin neither with aws: nor with patrol:'],
    ['a=<b>', 'Expected tags of letters'],
    ['a', 'Expected --tag name=value'],
  ])('refuses the tag %s', async (tag, words) => {
    using world = new FakeWorld();
    expect(await world.run(...deploy, '--tag', tag)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(words),
    });
    expect(world.cloud.calls).toEqual([]);
  });

  test('takes the tags, role, bucket and protection of the file with --from', async () => {
    using world = new FakeWorld();
    world.cloud.addBucket('own-111122223333-eu-west-1', '111122223333');
    file(
      world,
      `${watching('security', [['demo', 'loud']])}
tags: { team: security }
cloudFormationRole: team/cloudformation
terminationProtection: true
artifacts: { bucket: 'own-{account}-{region}' }
`,
    );
    const run = await world.run(
      'demo/watch',
      '--from',
      'patrol.yaml',
      '--alert-email',
      'a@b.cc',
      '--yes',
    );
    expect(run).toMatchObject({ code: 0 });
    expect(found(world)).toMatchObject({
      tags: { team: 'security' },
      role,
      terminationProtected: true,
      parameters: { CodeS3Bucket: 'own-111122223333-eu-west-1' },
    });
    expect(run.stdout).toMatch(/termination protection: "?on/);
    expect(run.stdout).toContain(role);
  });

  test('has a role and a bucket of its own until others are named', async () => {
    using world = new FakeWorld();
    world.cloud.addBucket('own', '111122223333');
    await world.run(
      ...deploy,
      '--cloudformation-role',
      'team/cloudformation',
      '--artifact-bucket',
      'own',
    );
    await world.run(...again);
    expect(found(world)).toMatchObject({ role, parameters: { CodeS3Bucket: 'own', mode: 'loud' } });
    // The bucket of the operator is used as it is, and Patrol's own is not made.
    expect([...world.cloud.buckets.keys()]).toEqual(['own']);
    expect(world.cloud.calls).not.toContain('setOnBucket');
  });

  test.each([
    ['is not there', 'none', /There is no bucket own for the rules' code\. Create it in eu-west-1/],
    ['is not the account’s', '444455556666', /does not belong to the account 111122223333/],
  ])('stores nothing in a bucket that %s', async (_, owner, words) => {
    using world = new FakeWorld();
    if (owner !== 'none') world.cloud.addBucket('own', owner);
    const run = await world.run(...deploy, '--artifact-bucket', 'own');
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(words);
    expect(world.cloud.calls).not.toContain('put');
    expect(found(world)).toBeUndefined();
  });

  test('stores nothing in a bucket of another region', async () => {
    using world = new FakeWorld();
    world.cloud.addBucket('own', '111122223333');
    const own = world.cloud.buckets.get('own');
    if (own) own.protection = { ...own.protection, region: 'us-east-1' };
    const run = await world.run(...deploy, '--artifact-bucket', 'own');
    expect(run.stderr).toContain(
      'The bucket own is in us-east-1, but Lambda takes code for eu-west-1 only from a bucket in eu-west-1.',
    );
    expect(world.cloud.calls).not.toContain('put');
  });

  test('goes on under another name when somebody else has the usual bucket', async () => {
    using world = new FakeWorld();
    world.cloud.addBucket('patrol-artifacts-111122223333-eu-west-1', '444455556666');
    expect((await world.run(...deploy)).stderr).toContain('--artifact-bucket');
    const bucket = 'patrol-code-111122223333';
    expect((await world.run(...deploy, '--artifact-bucket', bucket)).code).toBe(0);
    expect(world.cloud.buckets.get(bucket)?.protection).toMatchObject({ private: true });
  });

  test('says what express mode means for rollbacks', async () => {
    using world = new FakeWorld();
    const run = await world.run(...deploy, '--express');
    expect(run.stderr + run.stdout).toMatch(
      /Express mode: .* What fails before that is rolled back as usual\. What fails later is not rolled back/,
    );
    expect(world.clouds).toContainEqual(expect.objectContaining({ express: true }));
  });
});

describe('termination protection', () => {
  const watches = { manifest: { watches: true } } as const;

  test('is on for a rule that watches the others, unless that is declined', async () => {
    using world = new FakeWorld(watches);
    await world.run(...deploy);
    expect(found(world)?.terminationProtected).toBe(true);
    using other = new FakeWorld(watches);
    await other.run(...deploy, '--no-termination-protection');
    expect(found(other)?.terminationProtected).toBe(false);
    using plain = new FakeWorld();
    await plain.run(...deploy);
    expect(found(plain)?.terminationProtected).toBe(false);
  });

  test('that cannot be turned on fails nothing', async () => {
    using world = new FakeWorld(watches);
    const error = new CloudError('denied', 'cloudformation:UpdateTerminationProtection', 'No.');
    world.cloud.faults.push({ call: 'protect', error });
    const run = await world.run(...deploy);
    expect(run.code).toBe(0);
    expect(run.stdout + run.stderr).toContain(`${stack} could not be protected against deletion.`);
  });

  test('is on for base stacks; --prune says that it turns it off, and does so for no other stack', async () => {
    using world = new FakeWorld();
    const base = 'patrol-base-security-production';
    file(world, watching('security', [['demo', 'loud']]));
    const { stdout } = await world.run('apply', '--yes');
    expect(stdout).toMatch(/termination protection: "?on/);
    expect(found(world, base)?.terminationProtected).toBe(true);
    await world.cloud.protect(stack);
    file(world, watching('security', []).replace('rules:', 'rules: {}'));
    const refused = await world.run('apply', '--prune', '--yes');
    expect(refused.stdout).toContain(`${stack} is protected against deletion.`);
    expect(found(world)?.status).toBe('CREATE_COMPLETE');
    await world.cloud.unprotect(stack);
    const run = await world.run('apply', '--prune', '--yes');
    expect(run.stdout).toContain('its termination protection is turned off, and it is deleted');
    expect(found(world, base)).toBeUndefined();
  });
});
