import { mitre } from '@patrol/core';
import { defineActRule, list, text } from '../../lib/acts.ts';

/** Names of files that worms of 2025 and 2026 left in the repositories that they reached. */
const known = /^\.github\/workflows\/(shai-?hulud[^/]*|discussion|formatter_[^/]*)\.ya?ml$/i;

/** What runs with a repository's secrets, or says who has to agree. */
const steers =
  /^\.github\/workflows\/.+\.ya?ml$|(^|\/)action\.ya?ml$|^(\.github\/|docs\/)?CODEOWNERS$/;

/** GitHub lists no more commits in a push ("Webhook events and payloads", push). */
const mostCommits = 2048;

export default defineActRule({
  name: 'workflowChanged',
  title: 'Workflow, action or CODEOWNERS changed',
  description:
    'Alerts when a push changes a workflow, an action or CODEOWNERS on the default branch or adds one on any branch, with higher severity when a bot does it or the file has the name of a known worm.',
  severity: 'low',
  runbook:
    'Read the change: what it runs, when, with which permissions and secrets, and whom it sends anything to. When nobody can say what ' +
    'it is for, revert it, delete the runs that it made, and replace every secret that they could read. To have such ' +
    'changes reviewed, use CODEOWNERS and a ruleset that requires reviews by code owners.',
  references: [
    mitre('T1195.002', 'Supply Chain Compromise: Compromise Software Supply Chain'),
    mitre('T1059', 'Command and Scripting Interpreter'),
  ],
  parameters: {},
  acts: {
    push: ({ repository, payload }) => {
      if (!repository || payload.deleted === true) return undefined;
      const commits = list(payload.commits);
      const ref = text(payload.ref);
      const isBot = text(payload.pusher?.name).endsWith('[bot]');
      // A new workflow runs on any branch. What a person changes elsewhere comes to the default branch, and is told then.
      const isShared = ref === `refs/heads/${text(payload.repository?.default_branch)}`;
      const files = new Set(
        commits
          .flatMap(({ added, modified, removed }) => [
            list(added),
            ...(isShared || isBot ? [list(modified), list(removed)] : []),
          ])
          .flat()
          .map(text)
          .filter((file) => steers.test(file)),
      );
      const where = { ref, commit: text(payload.after) };
      if (commits.length >= mostCommits) {
        return {
          deed: `Push too long to be read in ${repository.fullName}`,
          severity: 'medium',
          meaning: `GitHub lists ${mostCommits} commits of a push and leaves out the rest. Patrol could not check whether those change a workflow.`,
          facts: where,
        };
      }
      if (files.size === 0) return undefined;
      const worm = [...files].find((file) => known.test(file));
      const shown = [...files].slice(0, 5).join(', ') + (files.size > 5 ? ', …' : '');
      return {
        deed: `${worm ? 'Workflow with the name of a known worm' : 'Workflow, action or CODEOWNERS'} changed in ${repository.fullName}: ${worm ?? shown}`,
        severity: worm ? 'critical' : isBot ? 'high' : 'low',
        meaning: worm
          ? 'Worms that steal secrets leave a file of this name. Treat every secret of the repository as stolen.'
          : isBot
            ? 'A bot made this change. Check that it is one of yours: worms spread by writing workflows.'
            : undefined,
        facts: { ...where, files: shown },
      };
    },
  },
});
