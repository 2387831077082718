import { StackStatus } from '@aws-sdk/client-cloudformation';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { watching } from '../testing/fleet.ts';
import type { FakeStack } from '../testing/stacks.ts';
import { type Condition, conditionOf, type Recovery, recoveryOf, states } from './states.ts';
import { FakeWorld } from '../testing/world.ts';

const stack = 'patrol-demo-watch-production';
const deploy = ['demo/watch', '--param', 'actions=StopLogging', '--alert-email', 'a@b.cc', '--yes'];

/** What each command does with a stack in a state. */
interface Handling {
  readonly deploy: 'create' | 'update' | 'recreate' | 'refuse' | Recovery;
  readonly delete: 'none' | 'delete' | 'wait';
}

/** What the commands do with a stack in a state. */
function handlingOf(status: string): Handling {
  const condition = conditionOf({ status });
  const recovery = recoveryOf({ status });
  const deploys: Readonly<Record<Condition, Handling['deploy']>> = {
    absent: 'create',
    shell: 'create',
    ready: 'update',
    broken: 'recreate',
    busy: recovery ?? 'refuse',
    stuck: recovery ?? 'refuse',
  };
  const deletes = { absent: 'none', busy: 'wait' } as const;
  return {
    deploy: deploys[condition],
    delete: condition === 'absent' || condition === 'busy' ? deletes[condition] : 'delete',
  };
}

/** What each way of handling a stack is, for the page. */
const deploying: Readonly<Record<Handling['deploy'], string>> = {
  create: 'creates it; an empty stack is used, never deleted',
  update: 'updates it',
  recreate: 'asks, deletes it and creates it anew with the values that it had',
  wait: 'asks, waits until that is over, and goes on by the state that it ends in',
  'roll-back': 'asks, puts it back (`RollbackStack`), then updates it',
  'continue-rollback':
    'asks, puts it back (`ContinueUpdateRollback`), leaving out resources only if that is asked for separately (`--skip-resources`), then updates it',
  refuse: 'refuses, and says what to do',
};
/** The same for `apply`, on a stack of the fleet: what only waits is not asked about. */
const applying: Readonly<Record<Handling['deploy'], string>> = {
  ...deploying,
  recreate: 'asks, deletes it and creates it anew with the values of the file',
  wait: 'waits until that is over, and goes on by the state that it ends in',
  'continue-rollback': 'asks, puts it back (`ContinueUpdateRollback`), then updates it',
};
const deleting: Readonly<Record<Handling['delete'], string>> = {
  none: 'does nothing',
  wait: 'asks, waits until that is over, then deletes it',
  delete: 'asks and deletes it',
};

/** A table as the formatter has it. */
function table(rows: readonly (readonly string[])[]): string {
  const [head = []] = rows;
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[], fill: string): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0, fill)).join(' | ')} |`;
  return [
    line(head, ' '),
    line(
      head.map(() => ''),
      '-',
    ),
    ...rows.slice(1).map((row) => line(row, ' ')),
  ].join('\n');
}

const page = `# The states of a stack

What \`patrol-deploy\` does with a rule's stack in each of CloudFormation's states, by itself or as one of a fleet. \`--yes\` answers what is asked, but for what says
otherwise. \`--dry-run\` and \`diff\` recover nothing: they refuse where deploying would have to.

${table([
  [
    'State',
    'What it means: the stack …',
    '`patrol-deploy <rule>`',
    '`patrol-deploy apply`',
    '`patrol-deploy delete <rule>`',
  ],
  ...Object.entries(states).map(([status, { means }]) => {
    const handling = handlingOf(status);
    return [
      `\`${status}\``,
      means,
      deploying[handling.deploy],
      applying[handling.deploy],
      deleting[handling.delete],
    ];
  }),
])}

A state that is not in this table is waited for when its name ends in \`_IN_PROGRESS\`; otherwise it is refused. A stack that does not
carry the tags of Patrol is left alone in every state.

- **Creations** are made with \`OnStackFailure: DELETE\`: one that fails leaves nothing. \`diagnose\` still reads its events, for 90 days.
- **Resources left out of a rollback** count as rolled back for CloudFormation, whatever they are like. They are set right only when a later
  deployment changes them.
- **A deletion that fails** is tried again without the resources that cling to the stack, and then with
  \`FORCE_DELETE_STACK\`, each only if that is asked for separately or \`--force\` is given. What is left behind is told.
- **Termination protection** is on for base stacks and patrolHealth. \`delete\` takes it off only if somebody says so in a terminal; \`--yes\` does not. \`apply --prune\` takes it off for base stacks
  that nothing uses, as the plan says. A stack that has to be deleted before it can be created anew is refused while it is protected.
- **Before a stack is deleted** to be created anew, it is looked at again: one that somebody has changed since is left alone. Between that
  look and the deletion is a moment in which it could still be changed.
- **Drift** that CloudFormation has found is told before a deployment, by \`info\` and by \`doctor\`.
- **A disabled rule, a changed function, an alarm without actions**: \`plan\`, \`apply\`, \`info\` and the deployment of a rule read lists of EventBridge rules, functions and alarms, and show what differs from
  the template. A deployment undoes it with a drift-aware change set (\`REVERT_DRIFT\`). Reserved concurrency is in no list: \`doctor\` and \`verify\` tell it. Stack sets are not compared.
`;

test('every state of CloudFormation is known', () => {
  expect(Object.keys(states).toSorted()).toEqual(Object.values(StackStatus).toSorted());
});

test('a state that CloudFormation may add is never acted on', () => {
  expect(conditionOf({ status: 'SOMETHING_NEW' })).toBe('stuck');
  expect(handlingOf('SOMETHING_NEW')).toEqual({ deploy: 'refuse', delete: 'delete' });
  expect(handlingOf('SOMETHING_NEW_IN_PROGRESS')).toEqual({ deploy: 'wait', delete: 'wait' });
});

test('the page says what the code does', async () => {
  await expect(page).toMatchFileSnapshot('../../../../docs/stack-states.md');
});

/** A world with a stack in a state; what is in progress ends in success after a while. */
async function current(status: string): Promise<{ world: FakeWorld; found: FakeStack }> {
  const world = new FakeWorld();
  await world.run(...deploy);
  const found = world.cloud.stacks.find(stack);
  if (!found) throw new Error('there is none');
  found.status = status;
  for (const name of ['Topic', 'Function']) {
    const resource = found.resources.get(name);
    if (resource && /UPDATE_(ROLLBACK_)?FAILED/.test(status)) {
      found.resources.set(name, { ...resource, status: 'UPDATE_FAILED' });
    }
  }
  if (status === 'DELETE_IN_PROGRESS') {
    found.status = 'CREATE_COMPLETE';
    world.cloud.stacks.deleteStack(stack);
  } else if (status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS') {
    const { sleep } = world.cloud;
    let naps = 0;
    world.cloud.sleep = async (milliseconds) => {
      naps += 1;
      if (naps === 3) found.status = 'UPDATE_COMPLETE';
      await sleep(milliseconds);
    };
  }
  world.cloud.calls = [];
  return { world, found };
}

describe('on the fake', () => {
  test.each(Object.keys(states))('deploying in the state %s', async (status) => {
    const { world, found } = await current(status);
    using _ = world;
    const handling = handlingOf(status).deploy;
    const dry = await world.run(...deploy, '--param', 'mode=loud', '--dry-run');
    const canDry = ['create', 'update', 'recreate'].includes(handling);
    expect({ status, dry: dry.code }).toEqual({ status, dry: canDry ? 0 : 1 });
    expect(world.cloud.stacks.changeSets).toEqual([]);
    world.cloud.calls = [];

    const { code, stderr } = await world.run(...deploy, '--param', 'mode=loud');
    const { calls } = world.cloud;
    if (handling === 'refuse') {
      expect({ status, code, stderr }).toEqual({
        status,
        code: 1,
        stderr: expect.stringContaining(`is in state ${status}`),
      });
      expect(new Set(calls)).toEqual(new Set(['place', 'stack']));
      expect(found.status).toBe(status);
      return;
    }
    expect({ status, code, stderr }).toEqual({ status, code: 0, stderr: '' });
    expect(world.cloud.stacks.find(stack)?.parameters['mode']).toBe('loud');
    // An empty stack is the one that is created.
    const isNew =
      ['recreate', 'create'].includes(handling) !== (status === 'REVIEW_IN_PROGRESS') ||
      status === 'DELETE_IN_PROGRESS';
    expect(world.cloud.stacks.find(stack)?.id === found.id).toBe(!isNew);
    expect(calls.includes('rollBack')).toBe(handling === 'roll-back');
    expect(calls.includes('continueRollback')).toBe(handling === 'continue-rollback');
    expect(calls.includes('deleteStack')).toBe(handling === 'recreate');
  });

  test.each(Object.keys(states))('applying a fleet in the state %s', async (status) => {
    const { world, found } = await current(status);
    using _ = world;
    const handling = handlingOf(status).deploy;
    writeFileSync(
      join(world.folder, 'patrol.yaml'),
      watching('security', [['demo', 'loud']]).replace(', shared: true', ''),
    );
    const { code, stderr } = await world.run('apply', '--yes');
    const { calls } = world.cloud;
    if (handling === 'refuse') {
      expect({ status, code }).toEqual({ status, code: 1 });
      expect(found.status).toBe(status);
      expect(calls).not.toContain('createChangeSet');
      return;
    }
    expect({ status, code, stderr }).toEqual({ status, code: 0, stderr: '' });
    const now = world.cloud.stacks.find(stack);
    expect(now?.parameters['mode']).toBe('loud');
    expect(now?.tags['patrol:fleet']).toBe('security');
    // An empty stack is the one that is created.
    const isNew =
      ['recreate', 'create'].includes(handling) !== (status === 'REVIEW_IN_PROGRESS') ||
      status === 'DELETE_IN_PROGRESS';
    expect(now?.id === found.id).toBe(!isNew);
    expect(calls.includes('rollBack')).toBe(handling === 'roll-back');
    expect(calls.includes('continueRollback')).toBe(handling === 'continue-rollback');
  });

  test.each(
    Object.keys(states).filter(
      (status) => states[status]?.recovery || states[status]?.condition === 'broken',
    ),
  )('in the state %s nothing is done without a yes', async (status) => {
    const { world } = await current(status);
    using _ = world;
    world.answers = [false];
    expect(await world.run('demo/watch', '--param', 'mode=loud')).toMatchObject({
      code: 1,
      stderr: 'Nothing was changed.\n',
    });
    expect(world.asked).toHaveLength(1);
    world.answers = undefined;
    const unasked = await world.run('demo/watch', '--param', 'mode=loud');
    expect(unasked).toMatchObject({ code: 2, stderr: expect.stringContaining('Add --yes') });
    const { calls } = world.cloud;
    for (const call of [
      'rollBack',
      'continueRollback',
      'deleteStack',
      'createChangeSet',
      'put',
    ] as const) {
      expect(calls).not.toContain(call);
    }
  });

  test.each(Object.keys(states))('deleting in the state %s', async (status) => {
    const { world, found } = await current(status);
    using _ = world;
    const { code, stderr } = await world.run('delete', 'demo/watch', '--yes');
    expect({ status, code, stderr }).toEqual({ status, code: 0, stderr: '' });
    expect(found.status).toBe('DELETE_COMPLETE');
    const acts = status !== 'DELETE_COMPLETE' && status !== 'DELETE_IN_PROGRESS';
    expect(world.cloud.calls.includes('deleteStack')).toBe(acts);
  });
});
