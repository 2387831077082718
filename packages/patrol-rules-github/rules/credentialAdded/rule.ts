import { isObject, mitre } from '@patrol/core';
import { defineActRule, type Payload, text, whole } from '../../lib/acts.ts';
import { forCommand } from '../../lib/payload.ts';

type TokenRequest =
  Payload<'personal_access_token_request.created'>['personal_access_token_request'];

export default defineActRule({
  name: 'credentialAdded',
  title: 'Deploy key or token added',
  description:
    'Alerts when a deploy key is added to a repository, and when a fine-grained personal access token for the organisation is asked for or approved: with high severity where it may write, or reaches all repositories.',
  severity: 'high',
  runbook:
    'Ask whoever added it what uses it. A deploy key belongs to no account and stays when its owner leaves: delete it in the settings of ' +
    'the repository. A token is denied or revoked in the settings of the organisation (Personal access tokens). GitHub tells of tokens only where the ' +
    'organisation has to approve them, and never of classic ones.',
  references: [
    mitre('T1098.004', 'Account Manipulation: SSH Authorized Keys'),
    mitre('T1098.001', 'Account Manipulation: Additional Cloud Credentials'),
  ],
  parameters: {},
  acts: {
    'deploy_key.created': ({ repository, where, payload: { key } }) => {
      const id = whole(key?.id);
      const readOnly = key?.read_only === true;
      return {
        deed: `${readOnly ? 'Read-only deploy key' : 'Deploy key with write access'} added to ${where}: ${text(key?.title)}`,
        severity: readOnly ? 'medium' : 'high',
        facts: { readOnly, ...(id !== undefined && { keyId: id }) },
        undo:
          repository && id !== undefined
            ? ['gh', 'repo', 'deploy-key', 'delete', String(id), '--repo', forCommand(repository)]
            : undefined,
      };
    },
    'personal_access_token_request.created': ({ organization, payload }) =>
      token('requested', organization, payload.personal_access_token_request),
    'personal_access_token_request.approved': ({ organization, payload }) =>
      token('approved', organization, payload.personal_access_token_request),
  },
});

function token(what: string, organization: string, request: TokenRequest) {
  const rights = isObject(request?.permissions_result) ? request.permissions_result : {};
  const granted = Object.entries(rights).flatMap(([kind, each]) =>
    isObject(each)
      ? Object.entries(each).map(([name, level]) => `${kind}.${name}: ${String(level)}`)
      : [],
  );
  const writes = granted.some((right) => /: (write|admin)$/.test(right));
  const reachesAll = request?.repository_selection === 'all';
  const isEndless = (request?.token_expires_at ?? null) === null;
  const owner = text(request?.owner?.login);
  return {
    deed: `Personal access token for ${organization} ${what}: ${owner}`,
    severity: writes || reachesAll ? ('high' as const) : ('medium' as const),
    meaning: [
      reachesAll ? 'It reaches all repositories.' : '',
      writes ? 'It may write.' : '',
      isEndless ? 'It never expires.' : '',
    ]
      .filter(Boolean)
      .join(' '),
    target: ['GitHub::User', owner] as const,
    facts: {
      rights: granted.slice(0, 20).join(', ') || 'none',
      repositories: text(request?.repository_selection),
    },
  };
}
