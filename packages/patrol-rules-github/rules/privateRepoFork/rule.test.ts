import { describeRule } from '@patrol/core/testing';
import { expect } from 'vitest';
import { delivery, isInternal, isPublic, repository, senders } from '../../testing/deliveries.ts';
import rule from './rule.ts';

const fork = (
  to: string,
  fields: Readonly<Record<string, unknown>> = {},
  source: Readonly<Record<string, unknown>> = repository(),
): unknown =>
  delivery('fork', { forkee: repository(to, { fork: true, ...fields }), repository: source });

describeRule(rule, {
  alerts: {
    'a private repository forked out of the organisation': [
      fork('mallory/website'),
      {
        title: 'Private repository acme/website forked to mallory/website',
        summary:
          'alice forked the private repository acme/website. The fork mallory/website is private and outside acme, under the account mallory.',
        severity: 'high',
        eventName: 'fork',
        actor: expect.objectContaining({ name: 'alice' }),
        facts: {
          repository: 'acme/website',
          visibility: 'private',
          fork: 'mallory/website',
          forkOwner: 'mallory',
          forkVisibility: 'private',
          by: 'alice',
          url: 'https://github.com/mallory/website',
        },
        targets: [
          { type: 'GitHub::Repository', id: 'acme/website' },
          { type: 'GitHub::Repository', id: 'mallory/website' },
        ],
        groupKey: 'privateRepoFork::alice:fork',
        before: null,
        undo: null,
        suppression: { parameter: 'ignoredRepositories', item: 'acme/website' },
      },
    ],
    'an internal repository, which is not public either': [
      fork('mallory/website', {}, repository('acme/website', isInternal)),
      { title: 'Internal repository acme/website forked to mallory/website', severity: 'high' },
    ],
    'a fork inside the organisation, which is less': [
      fork('acme/website-2'),
      {
        title: 'Private repository acme/website forked to acme/website-2',
        severity: 'medium',
        summary: expect.stringContaining('private and inside acme.'),
        undo: 'gh repo delete acme/website-2',
      },
    ],
    'a fork inside the organisation, in other letters': [
      fork('ACME/website-2'),
      { title: 'Private repository acme/website forked to ACME/website-2', severity: 'medium' },
    ],
    'a fork inside the organisation that is public': [
      fork('acme/website-2', isPublic),
      {
        title: 'Private repository acme/website forked to acme/website-2',
        severity: 'high',
        summary: expect.stringContaining('public and inside acme.'),
      },
    ],
    'an account that is gone': [
      delivery('fork', { forkee: repository('mallory/website'), sender: senders.ghost }),
      {
        title: 'Private repository acme/website forked to mallory/website',
        summary: expect.stringContaining('an account that is gone forked'),
      },
    ],
    'a payload without visibility, as of an older server': [
      fork('mallory/website', {}, repository('acme/website', { visibility: undefined })),
      { title: 'Private repository acme/website forked to mallory/website' },
    ],
  },
  quiet: {
    'a public repository': [
      fork('mallory/website', isPublic, repository('acme/website', isPublic)),
    ],
    'a public repository whose fork cannot be read': [
      delivery('fork', { repository: repository('acme/website', isPublic) }),
    ],
  },
  suppressed: {
    'a repository that is named': [
      fork('mallory/website'),
      'acme/Website',
      { parameters: { ignoredRepositories: 'acme/Website' } },
    ],
  },
  refuses: {
    'a fork of something unknown': [
      delivery('fork', { repository: undefined, forkee: repository('mallory/website') }),
      'expected a text as repository.full_name',
    ],
    'a fork that is not named': [delivery('fork', {}), 'expected a text as forkee.full_name'],
    'a repository that does not say whether it is private': [
      fork('mallory/website', {}, repository('acme/website', { private: null })),
      'expected true or false as repository.private of the payload, found nothing',
    ],
  },
});
