/** The form of a topic, from `patrol.yaml` to the stacks and back. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FakeWorld } from '../testing/world.ts';

const topic = 'arn:aws:sns:eu-west-1:111122223333:chat';
const fleet = (alerts: string): string =>
  `version: 1
fleet: security
regions: [eu-west-1]
alerts: { ${alerts} }
rules: { demo/watch: { parameters: { actions: StopLogging } } }
`;

test('each rule of a fleet sends in the form of its topic, and save says which', async () => {
  using world = new FakeWorld();
  world.cloud.topics.set(topic, []);
  const path = join(world.folder, 'patrol.yaml');
  writeFileSync(path, fleet(`topic: '${topic}', form: amazonQ`));
  const ran = await world.run('apply', '--yes');
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  const form = (): string | undefined =>
    world.cloud.stacks.find('patrol-demo-watch-production')?.parameters['AlertForm'];
  expect(form()).toBe('amazonQ');
  const saved = await world.run('save', '--region', 'eu-west-1', '--output', 'saved.yaml');
  expect(saved, saved.stderr).toMatchObject({ code: 0 });
  expect(readFileSync(join(world.folder, 'saved.yaml'), 'utf8')).toContain('form: amazonQ');
  writeFileSync(path, fleet(`topic: '${topic}'`));
  const again = await world.run('apply', '--yes');
  expect(again.stdout).toContain('form of alerts: "amazonQ" → "text"');
  expect(form()).toBe('text');
});
