import { mitre } from '@patrol/core';
import { defineActRule, text } from '../../lib/acts.ts';
import { forCommand } from '../../lib/payload.ts';

export default defineActRule({
  name: 'repositoryMoved',
  title: 'Repository deleted, archived or moved',
  description:
    'Alerts when a repository is deleted, archived, renamed or transferred to the organisation, and when its default branch becomes another one.',
  severity: 'high',
  runbook:
    'Ask whoever did it whether it was meant. A deleted repository can be restored for 90 days (settings of the organisation, Deleted ' +
    'repositories), an archived one is opened again in its settings. If somebody creates a repository with the old name of a renamed one, ' +
    'old clones fetch from it: create an empty one there yourself. GitHub tells only the new owner of a transfer, ' +
    'so this rule does not see a repository that leaves the organisation.',
  references: [
    mitre('T1485', 'Data Destruction'),
    mitre('T1195.002', 'Supply Chain Compromise: Compromise Software Supply Chain'),
  ],
  parameters: {},
  acts: {
    'repository.deleted': ({ repository }) =>
      repository && {
        deed: `Repository ${repository.fullName} deleted`,
        meaning:
          'Its code, issues and settings are gone, unless somebody restores it within 90 days.',
      },
    'repository.archived': ({ repository }) =>
      repository && {
        deed: `Repository ${repository.fullName} archived`,
        severity: 'medium',
        meaning: 'Nobody can change it, and its security alerts stop.',
        undo: ['gh', 'repo', 'unarchive', forCommand(repository), '--yes'],
      },
    'repository.transferred': ({ repository, payload: { changes } }) => {
      if (!repository) return undefined;
      const from = text(
        changes?.owner?.from?.user?.login ?? changes?.owner?.from?.organization?.login,
      );
      return {
        deed: `Repository ${repository.fullName} transferred to ${repository.owner}`,
        severity: 'medium',
        meaning: `${from === '' ? 'Its owner was another account' : `Its owner was ${from}`}. Whoever had access there may have it still, and its workflows run with the secrets of ${repository.owner}.`,
        ...(from && { before: { owner: from }, called: `${from}/${repository.name}` }),
      };
    },
    'repository.renamed': ({ repository, payload: { changes } }) => {
      if (!repository) return undefined;
      const name = text(changes?.repository?.name?.from);
      return {
        deed: `Repository ${name ? `${repository.owner}/${name}` : 'of another name'} renamed to ${repository.fullName}`,
        severity: repository.isPrivate ? 'low' : 'medium',
        meaning: repository.isPrivate
          ? undefined
          : 'GitHub sends clones on from the old name, until somebody registers it again.',
        ...(name && { before: { name }, called: `${repository.owner}/${name}` }),
        ...(name && {
          undo: ['gh', 'repo', 'rename', name, '--repo', forCommand(repository), '--yes'],
        }),
      };
    },
    'repository.edited': ({ repository, payload: { changes } }) => {
      const branch = text(changes?.default_branch?.from);
      return repository && branch !== ''
        ? {
            deed: `Default branch of ${repository.fullName} changed`,
            severity: 'medium',
            meaning: `It was ${branch}. New clones, new pull requests and scheduled workflows use the new branch. Rules that name a branch do not.`,
            before: { defaultBranch: branch },
            undo: ['gh', 'repo', 'edit', forCommand(repository), '--default-branch', branch],
          }
        : undefined;
    },
  },
});
