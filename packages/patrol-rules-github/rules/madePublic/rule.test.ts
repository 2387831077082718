import { describeRule, run } from '@patrol/core/testing';
import { expect, test } from 'vitest';
import { delivery, isInternal, isPublic, repository, senders } from '../../testing/deliveries.ts';
import rule from './rule.ts';

const act = (action: unknown, fields: Readonly<Record<string, unknown>> = {}): unknown =>
  delivery('repository', { action, repository: repository('acme/website', isPublic), ...fields });

const publicEvent = (fields = {}): unknown =>
  delivery('public', { repository: repository('acme/website', isPublic), ...fields });

const madePublic = {
  title: 'Repository acme/website made public by alice',
  severity: 'high',
} as const;
const created = {
  title: 'Repository acme/website created public by alice',
  severity: 'low',
} as const;

describeRule(rule, {
  alerts: {
    'a repository made public, told by repository.publicized': [
      act('publicized'),
      {
        ...madePublic,
        eventName: 'repository.publicized',
        eventTime: '2026-11-23T08:05:01.000Z',
        dedupKey: 'madePublic:public acme/website 2026-11-23T08:05:00Z',
        actor: expect.objectContaining({ name: 'alice' }),
        facts: {
          repository: 'acme/website',
          owner: 'acme',
          by: 'alice',
          act: 'made public',
          url: 'https://github.com/acme/website',
        },
        targets: [{ type: 'GitHub::Repository', id: 'acme/website' }],
        groupKey: 'madePublic::alice:made public',
        before: { private: true },
        undo: 'gh repo edit acme/website --visibility private --accept-visibility-change-consequences',
        suppression: { parameter: 'ignoredRepositories', item: 'acme/website' },
      },
    ],
    'a repository of another server': [
      act('publicized', {
        repository: repository('acme/website', {
          ...isPublic,
          html_url: 'https://github.example.com/acme/website',
        }),
      }),
      {
        ...madePublic,
        undo: 'gh repo edit github.example.com/acme/website --visibility private --accept-visibility-change-consequences',
      },
    ],
    'public, from a webhook that sends that': [publicEvent(), madePublic],
    'a repository created public, which is less': [
      act('created'),
      {
        ...created,
        groupKey: 'madePublic::alice:created',
        before: null,
        undo: 'gh repo edit acme/website --visibility private --accept-visibility-change-consequences',
      },
    ],
    'a fork created public': [
      act('created', { repository: repository('acme/website', { ...isPublic, fork: true }) }),
      created,
    ],
    'a repository that is not named as muted': [
      act('publicized'),
      madePublic,
      { parameters: { ignoredRepositories: 'site, acme/web, other/website, *.github.io' } },
    ],
    'an account that is gone': [
      act('publicized', { sender: senders.ghost }),
      {
        title: 'Repository acme/website made public by an account that is gone',
        actor: expect.objectContaining({ name: null }),
      },
    ],
    'a bot': [
      act('publicized', { sender: senders.bot }),
      { title: 'Repository acme/website made public by dependabot[bot]' },
    ],
    'nobody at all': [
      act('publicized', { sender: undefined }),
      { title: 'Repository acme/website made public by an unknown account', actor: null },
    ],
    'a payload without organisation and visibility, as of an older server and a repository’s own webhook':
      [
        act('publicized', {
          organization: undefined,
          repository: repository('acme/website', {
            private: false,
            visibility: undefined,
            html_url: undefined,
            updated_at: null,
          }),
        }),
        { ...madePublic, dedupKey: 'madePublic:public acme/website' },
      ],
  },
  quiet: {
    'a repository created private': [act('created', { repository: repository() })],
    'a repository created internal': [
      act('created', { repository: repository('acme/website', isInternal) }),
    ],
    'a repository made private': [act('privatized', { repository: repository() })],
    'a public repository that moved in': [act('transferred')],
    'a public repository that is edited': [
      act('edited', { changes: { description: { from: null } } }),
    ],
    'a public repository that is deleted': [act('deleted')],
    'a public repository that is archived': [act('archived')],
    'a public repository that comes out of the archive': [act('unarchived')],
    'a public repository that is renamed': [act('renamed')],
    'an action that GitHub does not know yet': [act('rebranded')],
  },
  suppressed: {
    'a repository by its name': [
      act('publicized'),
      'Website',
      { parameters: { ignoredRepositories: 'docs, Website' } },
    ],
    'a repository by its whole name': [
      publicEvent(),
      'acme/web*',
      { parameters: { ignoredRepositories: 'acme/web*' } },
    ],
    'a repository created public': [
      act('created'),
      'website',
      { parameters: { ignoredRepositories: 'website' } },
    ],
  },
  refuses: {
    'an event without its action': [act(undefined), 'expected the action of a repository event'],
    'an event whose repository has no name': [
      act('publicized', { repository: repository('acme/website', { full_name: undefined }) }),
      'expected a text as repository.full_name of the payload, found undefined',
    ],
    'an event whose repository has no owner': [
      publicEvent({ repository: repository('acme/website', { owner: null }) }),
      'expected a text as repository.owner.login',
    ],
    'a creation that does not say whether it is private': [
      act('created', { repository: repository('acme/website', { private: 'false' }) }),
      'expected true or false as repository.private of the payload, found string',
    ],
  },
});

test('one act is one finding, though GitHub may tell of it twice', async () => {
  const [one, other] = await Promise.all([run(rule, act('publicized')), run(rule, publicEvent())]);
  expect(one.alerts[0]?.dedupKey).toBe(other.alerts[0]?.dedupKey);
  const again = {
    repository: repository('acme/website', { ...isPublic, updated_at: '2027-01-01T00:00:00Z' }),
  };
  const later = await run(rule, act('publicized', again));
  expect(later.alerts[0]?.dedupKey).not.toBe(one.alerts[0]?.dedupKey);
});

test('a webhook is asked for one of the two events only, so that one act is one alert', () => {
  expect(rule.triggers.map(({ events, also }) => [events, also])).toEqual([
    [['repository'], ['public']],
  ]);
});

test.each(['*', 'acme/*', '*/website', '**', 'acme/website/x', 'a b'])(
  'refuses to ignore %s',
  async (ignored) => {
    await expect(
      run(rule, act('publicized'), { parameters: { ignoredRepositories: ignored } }),
    ).rejects.toThrow('ignoredRepositories');
  },
);
