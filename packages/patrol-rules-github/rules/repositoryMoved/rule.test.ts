import { describeRule } from '@patrol/core/testing';
import { deliveryOf } from '../../testing/payloads.ts';
import rule from './rule.ts';

const renamed = (fields = {}) =>
  deliveryOf('repository.renamed', {
    changes: { repository: { name: { from: 'site' } } },
    ...fields,
  });
const transferred = (from: object) =>
  deliveryOf('repository.transferred', { changes: { owner: { from } } });
const edited = (changes: object) => ({
  ...deliveryOf('repository.edited'),
  payload: { ...(deliveryOf('repository.edited').payload as object), changes },
});

describeRule(rule, {
  alerts: {
    'a repository deleted': [
      deliveryOf('repository.deleted'),
      {
        title: 'Repository acme/website deleted by alice',
        severity: 'high',
        groupKey: 'repositoryMoved::alice:repository.deleted',
        targets: [{ type: 'GitHub::Repository', id: 'acme/website' }],
        suppression: { parameter: 'ignoredRepositories', item: 'acme/website' },
      },
    ],
    'a repository archived': [
      deliveryOf('repository.archived'),
      {
        title: 'Repository acme/website archived by alice',
        severity: 'medium',
        undo: 'gh repo unarchive acme/website --yes',
      },
    ],
    'a repository that came from a user': [
      transferred({ user: { login: 'mallory' }, organization: undefined }),
      {
        title: 'Repository acme/website transferred to acme by alice',
        before: { owner: 'mallory' },
        suppression: { parameter: 'ignoredRepositories', item: 'mallory/website' },
      },
    ],
    'a repository that came from an organisation': [
      transferred({ user: undefined, organization: { login: 'globex' } }),
      {
        title: 'Repository acme/website transferred to acme by alice',
        before: { owner: 'globex' },
      },
    ],
    'a private repository renamed': [
      renamed(),
      {
        title: 'Repository acme/site renamed to acme/website by alice',
        severity: 'low',
        undo: 'gh repo rename site --repo acme/website --yes',
        suppression: { parameter: 'ignoredRepositories', item: 'acme/site' },
      },
    ],
    'a public repository renamed': [
      renamed({ repository: { private: false, visibility: 'public' } }),
      { title: 'Repository acme/site renamed to acme/website by alice', severity: 'medium' },
    ],
    'a repository renamed into a name that is muted': [
      renamed(),
      { title: 'Repository acme/site renamed to acme/website by alice' },
      { parameters: { ignoredRepositories: 'acme/website' } },
    ],
    'another default branch': [
      edited({ default_branch: { from: 'trunk' } }),
      {
        title: 'Default branch of acme/website changed by alice',
        before: { defaultBranch: 'trunk' },
        undo: 'gh repo edit acme/website --default-branch trunk',
      },
    ],
  },
  quiet: {
    'another description': [edited({ description: { from: 'Our site' } })],
    'a repository opened again': [deliveryOf('repository.unarchived')],
    'a repository created': [deliveryOf('repository.created')],
  },
  suppressed: {
    'a repository that was called as a muted one before': [
      renamed(),
      'acme/site',
      { parameters: { ignoredRepositories: 'acme/site' } },
    ],
    'an account whose acts nobody wants to hear of': [
      deliveryOf('repository.archived'),
      'alice',
      { parameters: { ignoredAccounts: 'alice' } },
    ],
  },
  refuses: {
    'an event without its action': [
      deliveryOf('repository.deleted', { action: null }),
      /expected the action of the event repository/,
    ],
  },
});
