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
  // GitHub sends both events for one act. A webhook needs to send `repository` only; the rule also takes `public`, from a
  // webhook that sends that instead.
  triggers: [
    webhook<WebhookDelivery<'repository' | 'public'>>(['repository'], { also: ['public'] }),
  ],
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
          // GitHub counts internal repositories as private. The event does not say which of the two it was.
          before: { private: true },
          // Both events of one act show the repository as the act left it.
          key: ['public', fullName.toLowerCase(), updatedAt].filter(Boolean).join(' '),
        };
  },
});

/**
 * The act that a delivery reports; `undefined` when the rule does not alert on it.
 *
 * @throws when an event `repository` has no action.
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
