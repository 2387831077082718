import { describeRule } from '@patrol/core/testing';
import { expect } from 'vitest';
import { deliveryOf } from '../../testing/payloads.ts';
import rule from './rule.ts';

const key = (read_only: boolean) =>
  deliveryOf('deploy_key.created', { key: { id: 100, title: 'build', read_only } });
const token = (action: string, fields: object = {}) => {
  const made = deliveryOf(`personal_access_token_request.${action}`, { repository: undefined });
  const payload = made.payload as Readonly<Record<string, object>>;
  return {
    ...made,
    payload: {
      ...payload,
      personal_access_token_request: {
        ...payload['personal_access_token_request'],
        owner: { login: 'mallory' },
        repository_selection: 'subset',
        permissions_result: { repository: { contents: 'read' } },
        token_expires_at: '2027-01-01T00:00:00Z',
        ...fields,
      },
    },
  };
};

describeRule(rule, {
  alerts: {
    'a deploy key that writes': [
      key(false),
      {
        title: 'Deploy key with write access added to acme/website: build by alice',
        severity: 'high',
        undo: 'gh repo deploy-key delete 100 --repo acme/website',
      },
    ],
    'a deploy key that reads': [
      key(true),
      { title: 'Read-only deploy key added to acme/website: build by alice', severity: 'medium' },
    ],
    'a token asked for': [
      token('created'),
      {
        title: 'Personal access token for acme requested: mallory by alice',
        severity: 'medium',
        targets: [{ type: 'GitHub::User', id: 'mallory' }],
        facts: expect.objectContaining({ rights: 'repository.contents: read' }),
      },
    ],
    'a token approved that may write to all repositories for ever': [
      token('approved', {
        repository_selection: 'all',
        permissions_result: { organization: { members: 'write' } },
        token_expires_at: null,
      }),
      {
        title: 'Personal access token for acme approved: mallory by alice',
        severity: 'high',
        summary: expect.stringContaining(
          'It reaches all repositories. It may write. It never expires.',
        ),
      },
    ],
  },
  quiet: {
    'a deploy key deleted': [deliveryOf('deploy_key.deleted')],
    'a token denied': [token('denied')],
  },
});
