import { beforeEach, describe, expect, test } from 'vitest';
import type { ParameterSpec } from '@patrol/core/evaluation';
import { FakeWorld } from '../testing/world.ts';

const stack = 'patrol-demo-watch-production';
const name = `patrol/${stack}/token`;
const given = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:theirs-AbCdEf';
const token: ParameterSpec = { kind: 'secret', description: 'The token.', example: given };
const deploy = ['demo/watch', '--alert-email', 'a@b.cc'];

let world: FakeWorld;
beforeEach(() => {
  world = new FakeWorld({ parameters: { token } });
  return () => world[Symbol.dispose]();
});

const parameter = (): string | undefined => world.cloud.stacks.find(stack)?.parameters['token'];

describe('the value of a secret parameter', () => {
  test('is asked for without echo, stored, and the stack gets its ARN alone', async () => {
    world.answers = ['', 'arn:aws:nothing', 'hunter2', true];
    const { code, stdout, stderr } = await world.run(...deploy);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(world.asked.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^token: The token\..* Or enter the secret itself: it is not shown/),
      expect.stringMatching(/^The value is empty\. token/),
      expect.stringMatching(/is not the ARN of a secret.* token/s),
      `Create ${stack}?`,
    ]);
    const stored = world.cloud.stored.get(name);
    expect(stored?.tags).toEqual({
      'patrol:package': '@patrol/rules-demo',
      'patrol:rule': 'watch',
      'patrol:environment': 'production',
      'patrol:stack': stack,
    });
    expect(parameter()).toBe(stored?.arn);
    expect(world.cloud.secrets.get(stored?.arn ?? '')).toBe('hunter2');
    expect(stdout).toContain(`The value of token will be stored in Secrets Manager as ${name}`);
    expect(JSON.stringify([stdout, stderr, world.cloud.stacks.all])).not.toContain('hunter2');
  });

  test('may still be answered with the ARN of a secret that is there', async () => {
    world.answers = [given, true];
    expect(await world.run(...deploy)).toMatchObject({ code: 0 });
    expect(parameter()).toBe(given);
    expect(world.cloud.stored.size).toBe(0);
  });

  test('is not stored when the answer is no, nor in a dry run', async () => {
    world.answers = ['hunter2', false];
    expect(await world.run(...deploy)).toMatchObject({ code: 1 });
    world.answers = ['hunter2'];
    expect(await world.run(...deploy, '--dry-run')).toMatchObject({ code: 0 });
    expect(world.cloud.stored.size).toBe(0);
    expect(world.cloud.stacks.all).toEqual([]);
  });

  test('is read from standard input, without the line break at its end', async () => {
    world.input = 'hunter2\n';
    const { code, notes } = await world.run(...deploy, '--secret', 'token=-', '--yes', '--json');
    expect(code).toBe(0);
    expect(world.cloud.secrets.get(parameter() ?? '')).toBe('hunter2');
    expect(JSON.stringify(notes)).not.toContain('hunter2');
    const stored = [{ parameter: 'token', secret: name }];
    expect(
      notes.flatMap((note) => (note['type'] === 'progress' ? (note['stored'] ?? []) : [])),
    ).toEqual(stored);
    expect(notes.at(-1)).toMatchObject({ type: 'result', did: 'create', stored });
  });

  test('takes the place of the one before after asking, and changes nothing else', async () => {
    world.input = 'hunter2';
    await world.run(...deploy, '--secret', 'token=-', '--yes');
    const arn = parameter() ?? '';
    world.answers = ['hunter3', false];
    expect(await world.run('demo/watch', '--secret', 'token')).toMatchObject({ code: 1 });
    expect(world.asked.at(-1)?.message).toBe(`Replace the value of the secret ${name}?`);
    expect(world.cloud.secrets.get(arn)).toBe('hunter2');
    world.answers = ['hunter3', true];
    const { code, stdout } = await world.run('demo/watch', '--secret', 'token');
    expect(code).toBe(0);
    expect(stdout).toContain(
      `Replaced the secret token. The stack ${stack} was already up to date.`,
    );
    expect(world.cloud.secrets.get(arn)).toBe('hunter3');
    expect(parameter()).toBe(arn);
  });

  test('is among what was done, whatever becomes of the stack', async () => {
    world.input = 'hunter2';
    await world.run(...deploy, '--secret', 'token=-', '--yes');
    const stored = [{ parameter: 'token', secret: name }];
    const alone = await world.run('demo/watch', '--secret', 'token=-', '--yes', '--json');
    expect(alone.notes.at(-1)).toMatchObject({ ok: true, did: 'secrets', stored });
    const changed = ['demo/watch', '--alert-email', 'b@b.cc', '--secret'];
    world.cloud.faults.push({ call: 'createChangeSet' });
    const failed = await world.run(...changed, 'token=-', '--yes', '--json');
    expect(failed).toMatchObject({ code: 1 });
    expect(failed.notes.at(-1)).toMatchObject({ ok: false, did: 'secrets', stored });
    world.answers = ['hunter3', true, false];
    const { stderr } = await world.run(...changed, 'token');
    expect(stderr).toContain(`The stack ${stack} was not changed.`);
  });

  test('takes the place of a reference in an update', async () => {
    await world.run(...deploy, '--param', `token=${given}`, '--yes');
    world.input = 'hunter2';
    const dry = await world.run('demo/watch', '--secret', 'token=-', '--dry-run');
    expect(dry).toMatchObject({ code: 0 });
    expect(world.cloud.stored.size).toBe(0);
    const { code } = await world.run('demo/watch', '--secret', 'token=-', '--yes');
    expect(code).toBe(0);
    expect(parameter()).toBe(world.cloud.stored.get(name)?.arn);
  });

  test('survives a process that is killed once it is stored', async () => {
    world.input = 'hunter2';
    world.cloud.faults.push({ call: 'createSecret', lost: true, kill: true });
    await world.run(...deploy, '--secret', 'token=-', '--yes');
    world.cloud.revive();
    expect(await world.run(...deploy, '--secret', 'token=-', '--yes')).toMatchObject({ code: 0 });
    expect(parameter()).toBe(world.cloud.stored.get(name)?.arn);
  });

  test('is told to remain when the stack is deleted', async () => {
    world.input = 'hunter2';
    await world.run(...deploy, '--secret', 'token=-', '--yes');
    const arn = parameter() ?? '';
    const { stdout } = await world.run('delete', 'demo/watch', '--yes');
    expect(stdout).toContain(
      `Its secrets remain. If nothing else uses them, delete them: \`aws secretsmanager delete-secret --secret-id ${arn} --region eu-west-1\`.`,
    );
    expect(world.cloud.stored.size).toBe(1);
  });
});

describe('refused', () => {
  test.each([
    [['--secret', 'token=hunter2'], 2, 'Every process of the machine can read'],
    [['--secret', 'token=-', '--secret', 'token'], 2, 'each name once'],
    [['--secret', 'a=-', '--secret', 'b=-'], 2, 'one value'],
    [['--secret', 'mode=-'], 2, 'has only the secret parameters token'],
    [['--secret', 'token=-', '--param', `token=${given}`], 2, 'give it once'],
    [['--secret', 'token'], 2, 'There is no terminal to ask'],
    [['--secret', 'token=-'], 2, 'The value is empty'],
  ])('%j', async (argv, code, words) => {
    const run = await world.run(...deploy, ...argv, '--yes');
    expect(run).toMatchObject({ code, stderr: expect.stringContaining(words) });
    expect(run.stderr).not.toContain('hunter2');
    expect(world.cloud.stored.size).toBe(0);
  });

  test('standard input that is a terminal, where the value would be shown', async () => {
    world.answers = [];
    expect(await world.run(...deploy, '--secret', 'token=-', '--yes')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is a terminal'),
    });
  });

  test('a secret of that name that is not the stack’s, and one that waits to be deleted', async () => {
    world.input = 'hunter2';
    world.cloud.stored.set(name, { arn: given, tags: {}, deleted: false });
    expect(await world.run(...deploy, '--secret', 'token=-', '--yes')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Patrol does not touch it'),
    });
    world.cloud.stored.set(name, { arn: given, tags: { 'patrol:stack': stack }, deleted: true });
    expect(await world.run(...deploy, '--secret', 'token=-', '--yes')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('restore-secret'),
    });
    expect(world.cloud.stacks.all).toEqual([]);
  });
});
