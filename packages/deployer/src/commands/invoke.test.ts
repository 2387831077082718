import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { signedRequest } from '../events/webhook.ts';
import { FakeWorld, stopLogging, webhookRule } from '../testing/world.ts';

async function deployed(rule: ConstructorParameters<typeof FakeWorld>[0] = {}): Promise<FakeWorld> {
  const world = new FakeWorld(rule);
  const args = ['--yes', '--alert-email', 'a@example.com'];
  const own = rule === webhookRule ? [] : ['--param', 'actions=X'];
  expect(await world.run('demo/watch', ...args, ...own)).toMatchObject({ code: 0 });
  writeFileSync(join(world.folder, 'event.json'), JSON.stringify(stopLogging));
  return world;
}

const log = [
  '{"time":"t","type":"platform.start","record":{"requestId":"r"}}',
  '{"timestamp":"t","level":"INFO","rule":"watch","eventId":"e1","verdict":"alert","title":"Somebody\\u001b[2J did"}',
  '{"time":"t","type":"platform.report","record":{"metrics":{"durationMs":12.6},"status":"success"}}',
  '',
].join('\n');

describe('patrol-deploy invoke', () => {
  test('runs the function on the event, and shows answer, log and duration', async () => {
    using world = await deployed();
    world.functions.answer = () => ({ payload: '{"alerts":1}', log });
    const { code, stdout } = await world.run('invoke', 'demo/watch', 'event.json', '--yes');
    expect(code).toBe(0);
    expect(world.functions.invoked).toEqual([
      {
        name: expect.any(String),
        event: { ...stopLogging, patrolTest: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      },
    ]);
    expect(stdout).toContain('  {"alerts":1}\n');
    expect(stdout).toContain('  INFO   alert       Somebody\\x1b[2J did  (eventId=e1)\n');
    expect(stdout).not.toContain('platform');
    expect(stdout).toContain('The function ran for 13 ms. The call took ');
  });

  test('as JSON', async () => {
    using world = await deployed();
    world.functions.answer = () => ({ payload: '{"alerts":1}', log });
    const { notes } = await world.run('invoke', 'demo/watch', 'event.json', '--yes', '--json');
    expect(notes).toEqual([
      {
        type: 'invoke',
        version: 1,
        rule: 'demo/watch',
        stack: 'patrol-demo-watch-production',
        region: 'eu-west-1',
        account: '111122223333',
        function: expect.any(String),
        ok: true,
        answer: { alerts: 1 },
        log: [expect.any(Object), expect.any(Object), expect.any(Object)],
        durationMs: 12.6,
        elapsedMs: expect.any(Number),
      },
    ]);
  });

  test.each([false, undefined])('asks first; the answer %s invokes nothing', async (answer) => {
    using world = await deployed();
    world.answers = [answer];
    const { code } = await world.run('invoke', 'demo/watch', 'event.json');
    expect(code).toBe(answer === false ? 1 : 130);
    expect(world.asked[0]?.message).toMatch(
      /^Invoke .* in eu-west-1 \(account 111122223333\) on the event of event.json\? It sends its alerts to the subscribers, marked as a test\.$/,
    );
    expect(world.functions.invoked).toEqual([]);
    world.answers = [true];
    expect((await world.run('invoke', 'demo/watch', 'event.json')).code).toBe(0);
    expect(world.functions.invoked).toHaveLength(1);
  });

  test('without a terminal it needs --yes', async () => {
    using world = await deployed();
    const { code, stderr } = await world.run('invoke', 'demo/watch', 'event.json');
    expect(code).toBe(2);
    expect(stderr).toContain(
      'Add --yes to go ahead without asking, or use `patrol-deploy try demo/watch`',
    );
    expect(world.functions.invoked).toEqual([]);
  });

  test('a function that fails is exit code 1, with what it says', async () => {
    using world = await deployed();
    const payload = JSON.stringify({ errorType: 'EvaluationError', errorMessage: 'Cannot read.' });
    world.functions.answer = () => ({ payload, failure: 'Unhandled', log: '' });
    const run = await world.run('invoke', 'demo/watch', 'event.json', '--yes');
    expect(run).toMatchObject({
      code: 1,
      stderr: 'The function failed (Unhandled): EvaluationError: Cannot read.\n',
    });
    const { code, notes } = await world.run(
      'invoke',
      'demo/watch',
      'event.json',
      '--yes',
      '--json',
    );
    expect(code).toBe(1);
    expect(notes[0]).toMatchObject({ ok: false, error: expect.stringContaining('Cannot read.') });
  });

  test('an event that would not be delivered invokes nothing; nor does what is none', async () => {
    using world = await deployed();
    const put = (name: string, value: unknown): void =>
      writeFileSync(join(world.folder, name), JSON.stringify(value));
    put('other.json', { ...stopLogging, source: 'aws.y' });
    put('none.json', { a: 1 });
    const other = await world.run('invoke', 'demo/watch', 'other.json', '--yes');
    expect(other).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('The function was not invoked'),
    });
    const none = await world.run('invoke', 'demo/watch', 'none.json', '--yes');
    expect(none).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Expected an EventBridge event'),
    });
    expect(world.functions.invoked).toEqual([]);
  });

  test('a schedule is made up for the account and region of the stack', async () => {
    using world = await deployed({
      triggers: [{ kind: 'schedule', expression: 'rate(1 day)', everySeconds: 86_400 }],
    });
    expect((await world.run('invoke', 'demo/watch', '--yes')).code).toBe(0);
    expect(world.functions.invoked[0]?.event).toMatchObject({
      'detail-type': 'Scheduled Event',
      account: '111122223333',
      region: 'eu-west-1',
      resources: [expect.stringMatching(/^arn:aws:events:eu-west-1:111122223333:rule\//)],
    });
  });
});

describe('a webhook', () => {
  const delivery = { name: 'fork', id: 'd1', payload: { forkee: {} } };

  test('is invoked with a request that is signed with the secret of the stack', async () => {
    using world = await deployed(webhookRule);
    writeFileSync(join(world.folder, 'd.json'), JSON.stringify(delivery));
    world.functions.answer = () => ({
      payload: JSON.stringify({ statusCode: 200, headers: {}, body: '{"alerts":1}' }),
      log: '',
    });
    const { code, stdout } = await world.run('invoke', 'demo/watch', 'd.json', '--yes');
    expect(code).toBe(0);
    expect(stdout).toContain('"statusCode":200');
    expect(stdout).not.toContain(world.secret);
    const { headers } = signedRequest(delivery, world.secret);
    expect(world.functions.invoked[0]?.event).toMatchObject({
      headers: { 'x-hub-signature-256': headers['x-hub-signature-256'], 'x-github-event': 'fork' },
      body: JSON.stringify(delivery.payload),
    });
  });

  test('that refuses is exit code 1', async () => {
    using world = await deployed(webhookRule);
    writeFileSync(join(world.folder, 'd.json'), JSON.stringify(delivery));
    world.functions.answer = () => ({ payload: '{"statusCode":401,"body":"no"}', log: '' });
    const { code, stderr } = await world.run('invoke', 'demo/watch', 'd.json', '--yes');
    expect([code, stderr]).toEqual([1, 'The function answered 401: no\n']);
  });

  test('whose secret may not be read is not invoked', async () => {
    using world = await deployed(webhookRule);
    writeFileSync(join(world.folder, 'd.json'), JSON.stringify(delivery));
    world.cloud.secrets.clear();
    const { code, stderr } = await world.run('invoke', 'demo/watch', 'd.json', '--yes');
    expect(code).toBe(1);
    expect(stderr).toContain('secretsmanager:GetSecretValue');
    expect(world.functions.invoked).toEqual([]);
  });
});
