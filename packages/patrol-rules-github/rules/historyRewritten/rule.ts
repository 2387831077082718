import { mitre, names } from '@patrol/core';
import { defineActRule, text } from '../../lib/acts.ts';

/** What GitHub gives for a commit that is not there. */
const isNothing = (commit: string): boolean => /^0*$/.test(commit);

export default defineActRule({
  name: 'historyRewritten',
  title: 'Published history rewritten',
  description:
    'Alerts when an existing tag is made to point elsewhere or is deleted, and when a branch that others build on is pushed by force or deleted. Of a push of more than three tags GitHub tells no webhook.',
  severity: 'high',
  runbook:
    'Ask whoever pushed. If the tag or branch was moved, every workflow that names it now runs the new commit: compare the two. ' +
    'Put the old commit back (git push --force origin COMMIT:REF), and treat every secret that such a workflow could read as stolen. ' +
    'Protect tags and branches by a ruleset that forbids it: that also ' +
    'holds for a push of more than three tags, of which GitHub sends nothing.',
  references: [
    mitre('T1195.002', 'Supply Chain Compromise: Compromise Software Supply Chain'),
    mitre('T1565.001', 'Data Manipulation: Stored Data Manipulation'),
  ],
  parameters: {
    protectedBranches: names('The branches to watch besides the default branch.', {
      default: 'release*, releases/*',
      form: { pattern: '[^\\s,]+', words: 'the name of a branch, with * for any characters' },
    }),
  },
  acts: {
    push: ({ repository, payload, parameters: { protectedBranches } }) => {
      const [, kind, name = ''] = /^refs\/(tags|heads)\/(.*)$/s.exec(text(payload.ref)) ?? [];
      const [before, after] = [text(payload.before), text(payload.after)];
      if (!repository || kind === undefined || payload.created === true || isNothing(before)) {
        return undefined;
      }
      const isDeleted = payload.deleted === true;
      const said = {
        facts: { ref: text(payload.ref), before, ...(isDeleted ? {} : { after }) },
        before: { commit: before },
      };
      if (kind === 'tags') {
        return {
          ...said,
          deed: `Tag ${isDeleted ? 'deleted' : 'moved'} in ${repository.fullName}: ${name}`,
          severity: isDeleted ? 'medium' : 'high',
          meaning: isDeleted
            ? 'Whoever may push can make it again, on another commit.'
            : 'Everybody who names the tag gets other code than before.',
        };
      }
      const isDefault = name === text(payload.repository?.default_branch);
      if (!isDefault && protectedBranches.find(name) === undefined) return undefined;
      if (!isDeleted && payload.forced !== true) return undefined;
      return {
        ...said,
        deed: `${isDefault ? 'Default branch' : 'Branch'} ${isDeleted ? 'deleted' : 'pushed by force'} in ${repository.fullName}: ${name}`,
        meaning: isDeleted
          ? 'Commits that are in no other branch or tag can no longer be fetched by its name.'
          : 'Commits that were published are no longer part of it.',
      };
    },
  },
});
