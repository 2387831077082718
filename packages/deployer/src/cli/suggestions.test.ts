/** What a message suggests to type next does its work where the run did. */
import { expect, test } from 'vitest';
import { CloudError } from '../cloud/cloud.ts';
import { FakeWorld, webhookRule } from '../testing/world.ts';
import { scopeOptions, suggestedCommands } from '../text/command.ts';

const run = ['--region', 'eu-west-1', '--env', 'staging', '--profile', 'ops'];
const stack = 'patrol-demo-watch-staging';

/** The commands that a text suggests: in backticks, or on a line of their own. */
const suggestionsIn = (text: string): readonly string[] =>
  [...text.matchAll(/`(patrol-deploy [^`]*)`|^ +(patrol-deploy .*)$/gm)].map(
    ([, quoted, alone]) => quoted ?? alone ?? '',
  );

/** The options of the run that a command leaves out although it takes them. */
function missingIn(command: string): readonly string[] {
  const [, first = ''] = command.split(' ');
  const takes: Readonly<Record<string, readonly (keyof typeof scopeOptions)[]>> = suggestedCommands;
  // A rule is deployed without the name of a command.
  const options = first.includes('/') ? suggestedCommands.deploy : (takes[first] ?? []);
  return options
    .map((option) => scopeOptions[option])
    .filter((option) => run.includes(option))
    .filter((option) => !command.includes(` ${option} ${run[run.indexOf(option) + 1]}`));
}

async function deployed(): Promise<FakeWorld> {
  const world = new FakeWorld(webhookRule);
  await world.run('demo/watch', '--alert-email', 'a@b.cc', '--yes', ...run);
  expect(world.cloud.stacks.all.map(({ name }) => name)).toEqual([stack]);
  return world;
}

const cases: readonly (readonly [
  what: string,
  argv: readonly string[],
  prepare: (world: FakeWorld) => void,
])[] = [
  ['info shows how a webhook is registered', ['info', 'demo/watch'], () => undefined],
  ['info of a rule that is not deployed', ['info', 'demo/watch'], remove],
  ['logs of a rule that is not deployed', ['logs', 'demo/watch'], remove],
  ['logs of a stack without outputs', ['logs', 'demo/watch'], forget],
  ['invoke of a rule that is not deployed', ['invoke', 'demo/watch', '--yes'], remove],
  ['invoke of a stack without outputs', ['invoke', 'demo/watch', '--yes'], forget],
  ['hook of a rule that is not deployed', ['hook', 'demo/watch', '--org', 'acme'], remove],
  ['hook of a stack without outputs', ['hook', 'demo/watch', '--org', 'acme'], forget],
  [
    'hook whose ping fails',
    ['hook', 'demo/watch', '--org', 'acme', '--yes'],
    (world) => {
      world.environment = { GH_TOKEN: 'ghp_x' };
      world.github.receiver = () => 404;
    },
  ],
  ['deploying a rule with a webhook', ['demo/watch', '--alert-email', 'a@b.cc', '--yes'], remove],
  [
    'doctor finds a bad stack',
    ['doctor'],
    (world) => {
      for (const each of world.cloud.stacks.all) each.status = 'UPDATE_ROLLBACK_FAILED';
    },
  ],
  [
    'doctor finds a trail that it may not read',
    ['doctor'],
    (world) => {
      const status = new CloudError('denied', 'cloudtrail:GetTrailStatus', 'No.');
      world.account.trailList = world.account.trailList.map((trail) => ({ ...trail, status }));
    },
  ],
];

function remove(world: FakeWorld): void {
  world.cloud.stacks.all.splice(0);
}

function forget(world: FakeWorld): void {
  for (const each of world.cloud.stacks.all) each.template = { Resources: {} };
}

test.each(cases)('%s', async (_, argv, prepare) => {
  using world = await deployed();
  prepare(world);
  const { stdout, stderr } = await world.run(...argv, ...run);
  const suggested = suggestionsIn(`${stdout}\n${stderr}`);
  expect(suggested).not.toEqual([]);
  expect(suggested.map((command) => [command, missingIn(command)])).toEqual(
    suggested.map((command) => [command, []]),
  );
});
