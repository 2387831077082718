/** The webhook rules under every payload that GitHub's community has collected, and under hostile versions of payloads. */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describeHostile } from '@patrol/build/testing';
import { type Evaluate, evaluator, readDelivery, readParameters } from '@patrol/core/evaluation';
import { describe, expect, test } from 'vitest';
import type { GitHub } from './lib/accounts.ts';
import madePublic from './rules/madePublic/rule.ts';
import mfaDisabled from './rules/mfaDisabled/rule.ts';
import privateRepoFork from './rules/privateRepoFork/rule.ts';
import tick from './rules/mfaDisabled/sample.json' with { type: 'json' };
import { delivery, isInternal, isPublic, repository, senders } from './testing/deliveries.ts';

/** An example as a delivery, and what it is: `repository.created 2` is the second of its like. */
interface Example {
  readonly title: string;
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

const require = createRequire(import.meta.url);
const folder = dirname(require.resolve('@octokit/webhooks-examples/package.json'));
const servers = readdirSync(folder).filter((name) => /^(api\.|ghes-)/.test(name));

function examplesOf(server: string): readonly Example[] {
  const definitions = JSON.parse(readFileSync(join(folder, server, 'index.json'), 'utf8')) as {
    readonly name: string;
    readonly examples: readonly Example['payload'][];
  }[];
  const counts = new Map<string, number>();
  return definitions.flatMap(({ name, examples }) =>
    examples.map((payload) => {
      const like = [name, payload['action']].filter(Boolean).join('.');
      const count = (counts.get(like) ?? 0) + 1;
      counts.set(like, count);
      return { title: `${like} ${count}`, name, payload };
    }),
  );
}

const github = examplesOf('api.github.com');

describe('the examples', () => {
  test('are those that the lists below are of', () => {
    expect(servers).toEqual([
      'api.github.com',
      'ghes-31',
      'ghes-32',
      'ghes-33',
      'ghes-34',
      'ghes-35',
    ]);
    expect(github).toHaveLength(329);
    expect(github.every((example) => readDelivery(example))).toBe(true);
  });

  /** A rule with its default parameters, which is given what no webhook would deliver to it, too. */
  const evaluatorOf = (rule: typeof madePublic | typeof privateRepoFork): Evaluate =>
    evaluator(rule, {
      parameters: readParameters(rule.parameters, () => undefined),
      clients: undefined,
    });

  /** What a rule says of all examples of a server, by the title of the example. */
  const alertsOf = async (
    rule: typeof madePublic | typeof privateRepoFork,
    server: string,
  ): Promise<Record<string, readonly [string, string]>> => {
    const evaluate = evaluatorOf(rule);
    const found: Record<string, readonly [string, string]> = {};
    for (const { title, name, payload } of examplesOf(server)) {
      for (const alert of (await evaluate({ name, payload })).alerts) {
        found[title] = [alert.severity, alert.title];
      }
    }
    return found;
  };

  const publicized = ['high', 'Repository Codertocat/Hello-World made public by Codertocat'];
  const created = ['low', 'Repository Octocoders/Hello-World created public by Codertocat'];

  test('lead madePublic to these alerts and no others', async () => {
    expect(await alertsOf(madePublic, 'api.github.com')).toEqual({
      'public 1': publicized,
      'public 2': publicized,
      'public 3': publicized,
      'repository.created 1': created,
      'repository.created 2': created,
      'repository.publicized 1': publicized,
      'repository.publicized 2': publicized,
      'repository.publicized 3': publicized,
    });
  });

  test('lead privateRepoFork to none: no example forks a private repository', async () => {
    expect(await alertsOf(privateRepoFork, 'api.github.com')).toEqual({});
    const forks = github
      .filter(({ name }) => name === 'fork')
      .map(({ payload }) => ({
        ...payload,
        repository: { ...(payload['repository'] as object), private: true },
      }));
    const evaluate = evaluatorOf(privateRepoFork);
    for (const payload of forks) {
      expect((await evaluate({ name: 'fork', payload })).alerts).toMatchObject([
        {
          severity: 'high',
          title: 'Private repository Codertocat/Hello-World forked to Octocoders/Hello-World',
        },
      ]);
    }
  });

  test.each(servers)('of %s lead to alerts in the same events only', async (server) => {
    const kinds = Object.keys(await alertsOf(madePublic, server)).map(
      (title) => title.split(' ')[0],
    );
    // The older lists have no repository that was created public.
    expect(new Set([...kinds, 'repository.created'])).toEqual(
      new Set(['public', 'repository.publicized', 'repository.created']),
    );
    expect(await alertsOf(privateRepoFork, server)).toEqual({});
  });
});

const of = (...names: readonly string[]): readonly unknown[] =>
  github.filter(({ name }) => names.includes(name)).map(({ name, payload }) => ({ name, payload }));

const looks: GitHub = {
  weakAccounts: async () => ({
    accounts: [{ login: 'mallory', relation: 'member', secondFactor: 'none' }],
    refusals: [],
  }),
};

describeHostile(
  madePublic,
  [
    ...of('public', 'repository'),
    delivery('repository', { action: 'created' }),
    delivery('repository', {
      action: 'created',
      repository: repository('acme/website', isPublic),
    }),
    delivery('public', { sender: senders.ghost }),
  ],
  { alerting: 0.2 },
);

describeHostile(
  privateRepoFork,
  [
    ...of('fork'),
    delivery('fork', { forkee: repository('mallory/website') }),
    delivery('fork', {
      forkee: repository('acme/website-2'),
      repository: repository('acme/website', isInternal),
    }),
  ],
  { alerting: 0.2 },
);

describeHostile(mfaDisabled, [tick], { clients: looks, alerting: 0.2 });
