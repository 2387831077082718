/** Deliveries of GitHub's webhooks for the tests, with the fields and the shapes of GitHub's documentation. */
import type { WebhookDelivery } from '@patrol/core';

const account = (login: string, type = 'User'): Readonly<Record<string, unknown>> => ({
  login,
  id: 21_031_067,
  node_id: 'MDQ6VXNlcjIxMDMxMDY3',
  url: `https://api.github.com/users/${login}`,
  html_url: `https://github.com/${login}`,
  type,
  site_admin: false,
});

/** Accounts that send deliveries. */
export const senders = {
  alice: account('alice'),
  bot: account('dependabot[bot]', 'Bot'),
  ghost: account('ghost'),
};

/** A repository as payloads hold it; private, unless the fields say otherwise. */
export const repository = (
  fullName = 'acme/website',
  fields: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> => {
  const [owner = '', name = ''] = fullName.split('/');
  return {
    id: 186_853_002,
    node_id: 'MDEwOlJlcG9zaXRvcnkxODY4NTMwMDI=',
    name,
    full_name: fullName,
    private: true,
    visibility: 'private',
    owner: account(owner, 'Organization'),
    html_url: `https://github.com/${fullName}`,
    description: null,
    fork: false,
    url: `https://api.github.com/repos/${fullName}`,
    created_at: '2026-11-02T09:10:11Z',
    updated_at: '2026-11-23T08:05:00Z',
    pushed_at: '2026-11-22T17:00:00Z',
    default_branch: 'main',
    ...fields,
  };
};

/** The fields of a public repository. */
export const isPublic = { private: false, visibility: 'public' };
/** The fields of an internal repository: GitHub calls it private too. */
export const isInternal = { private: true, visibility: 'internal' };

/** A delivery of an organisation's webhook. */
export const delivery = <Name extends string>(
  name: Name,
  payload: Readonly<Record<string, unknown>>,
): WebhookDelivery<Name> => ({
  name,
  id: '72d3162e-cc78-11e3-81ab-4c9367dc0958',
  receivedAt: '2026-11-23T08:05:01.000Z',
  payload: {
    repository: repository(),
    organization: { login: 'acme', id: 38_302_899 },
    sender: senders.alice,
    ...payload,
  },
});
