import {
  cisGitHub,
  defineRule,
  isObject,
  mitre,
  webhook,
  type WebhookDelivery,
} from '@patrol/core';
import { forCommand, ignoredRepositories, readRepository, senderOf } from '../../lib/payload.ts';

export default defineRule({
  name: 'madePublic',
  title: 'Repository made public',
  description:
    'Alerts when a private or internal repository is made public, and, one of lower severity, when a repository is created public.',
  severity: 'high',
  runbook:
    'Ask whoever did it whether the repository was meant to be published. If it was not, make it private again at once, take everything ' +
    'secret in its whole history (keys, tokens, addresses, data of customers) for known to the world and replace it, look at its ' +
    'forks, which stay public, and at the audit log for what else the account did.',
  references: [
    cisGitHub('1.2.6'),
    mitre('T1567.001', 'Exfiltration Over Web Service: Exfiltration to Code Repository'),
    mitre('T1213.003', 'Data from Information Repositories: Code Repositories'),
  ],
  // GitHub tells of one act by both events. A webhook has to send `repository` only; one that sends `public` instead is
  // heard too.
  triggers: [webhook<WebhookDelivery<'repository' | 'public'>>(['repository'], ['public'])],
  parameters: { ignoredRepositories },
  evaluate({ name, payload }, { parameters }) {
    const act = actOf(name, payload);
    if (!act || !isObject(payload)) return undefined;
    const repository = readRepository(payload['repository'], 'repository');
    // Internal repositories are private ones.
    if (act === 'created' && repository.isPrivate) return undefined;
    const { fullName, owner, url, updatedAt } = repository;
    const by = senderOf(payload);
    const about = {
      facts: { repository: fullName, owner, by, act, ...(url && { url }) },
      targets: [{ type: 'GitHub::Repository', id: fullName }],
      group: act,
      undo: [
        'gh',
        'repo',
        'edit',
        forCommand(repository),
        '--visibility',
        'private',
        '--accept-visibility-change-consequences',
      ],
      suppression: parameters.ignoredRepositories.suppression(fullName),
      suppressedBy: parameters.ignoredRepositories.find(fullName, repository.name),
    };
    return act === 'created'
      ? {
          title: `Repository ${fullName} created public by ${by}`,
          summary: `${by} created the repository ${fullName}, and it is public from the start: whatever is pushed to it can be read by anyone.`,
          severity: 'low',
          ...about,
        }
      : {
          title: `Repository ${fullName} made public by ${by}`,
          summary: `${by} made the repository ${fullName} public: its code, its whole history and its issues can be read by anyone.`,
          ...about,
          // Internal repositories are private ones too: which it was the event does not say.
          before: { private: true },
          // Both events of one act show the repository as the act left it.
          key: ['public', fullName.toLowerCase(), updatedAt].filter(Boolean).join(' '),
        };
  },
});

/**
 * What a delivery tells of, as far as it is the rule's business.
 *
 * @throws when a delivery of `repository` does not say what was done.
 */
function actOf(name: string, payload: unknown): 'made public' | 'created' | undefined {
  if (name === 'public') return 'made public';
  if (name !== 'repository') return undefined;
  const action = isObject(payload) ? payload['action'] : undefined;
  if (typeof action !== 'string') {
    throw new Error(
      `expected the action of a repository event, found ${JSON.stringify(action) ?? 'none'}`,
    );
  }
  if (action === 'created') return 'created';
  return action === 'publicized' ? 'made public' : undefined;
}
