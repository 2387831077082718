import {
  cisGitHub,
  defineRule,
  isObject,
  mitre,
  webhook,
  type WebhookDelivery,
} from '@patrol/core';
import {
  forCommand,
  ignoredRepositories,
  isSame,
  readRepository,
  senderOf,
} from '../../lib/payload.ts';

export default defineRule({
  name: 'privateRepoFork',
  title: 'Private repository forked',
  description:
    'Alerts when somebody forks a private or internal repository, with higher severity when the fork is outside the organisation.',
  severity: 'high',
  runbook:
    'Ask whoever made the fork what it is for. If nobody needs it, delete it; and forbid forks of private repositories (settings of the ' +
    'organisation, Member privileges). If the account is not known or was not itself, take it out of the organisation, treat ' +
    'the code as copied, and replace the secrets in its history.',
  references: [
    cisGitHub('1.2.5'),
    mitre('T1213.003', 'Data from Information Repositories: Code Repositories'),
    mitre('T1567.001', 'Exfiltration Over Web Service: Exfiltration to Code Repository'),
  ],
  triggers: [webhook<WebhookDelivery<'fork'>>(['fork'])],
  parameters: { ignoredRepositories },
  evaluate({ name, payload }, { parameters }) {
    if (name !== 'fork' || !isObject(payload)) return undefined;
    const repository = readRepository(payload['repository'], 'repository');
    if (!repository.isPrivate) return undefined;
    const fork = readRepository(payload['forkee'], 'forkee');
    const isOfOwner = isSame(fork.owner, repository.owner);
    const isInside = fork.isPrivate && isOfOwner;
    const where = isOfOwner
      ? `inside ${repository.owner}`
      : `outside ${repository.owner}, under the account ${fork.owner}`;
    const by = senderOf(payload);
    return {
      title: `${capital(repository.visibility)} repository ${repository.fullName} forked to ${fork.fullName}`,
      summary: `${by} forked the ${repository.visibility} repository ${repository.fullName}. The fork ${fork.fullName} is ${fork.visibility} and ${where}.`,
      severity: isInside ? 'medium' : 'high',
      facts: {
        repository: repository.fullName,
        visibility: repository.visibility,
        fork: fork.fullName,
        forkOwner: fork.owner,
        forkVisibility: fork.visibility,
        by,
        ...(fork.url && { url: fork.url }),
      },
      targets: [repository, fork].map(({ fullName }) => ({
        type: 'GitHub::Repository',
        id: fullName,
      })),
      group: 'fork',
      // Only its owner can delete a fork under another account.
      undo: isOfOwner ? ['gh', 'repo', 'delete', forCommand(fork)] : undefined,
      suppression: parameters.ignoredRepositories.suppression(repository.fullName),
      suppressedBy: parameters.ignoredRepositories.find(repository.fullName, repository.name),
    };
  },
});

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
