import { mitre } from '@patrol/core';
import { defineActRule, list, text, whole } from '../../lib/acts.ts';

/** What runs a workflow of the repository itself, with its secrets, on what somebody else wrote. */
const privileged: readonly string[] = ['pull_request_target', 'workflow_run', 'issue_comment'];

/** Names of runners that worms registered. */
const known = /^sha1hulud/i;

export default defineActRule({
  name: 'riskyRun',
  title: 'Workflow run that strangers can steer',
  description:
    'Alerts when a job of a public repository asks for a runner with the label self-hosted, when a job runs on a runner with the name of a known worm, when a run with the secrets of a repository is made from a fork, and when one workflow starts another with workflow_dispatch.',
  severity: 'medium',
  runbook:
    'Read the workflow and what it ran on. A self-hosted runner of a public repository runs what any pull request brings: take it away ' +
    'from public repositories (settings of the organisation, Actions, Runner groups), and set the machine up anew. A run with ' +
    'secrets must not check out what a fork wrote. A job can reach a runner of yours by other labels alone: GitHub does not say whose a runner is. Replace every secret that the run could read when nobody can say what it did.',
  references: [
    mitre('T1195.002', 'Supply Chain Compromise: Compromise Software Supply Chain'),
    mitre('T1059', 'Command and Scripting Interpreter'),
  ],
  parameters: {},
  acts: {
    'workflow_job.queued': ({ repository, payload: { workflow_job: job } }) =>
      repository && !repository.isPrivate && isSelfHosted(job?.labels)
        ? {
            deed: `Job on a self-hosted runner waits in the public repository ${repository.fullName}: ${text(job?.name)}`,
            severity: 'medium',
            facts: { workflow: text(job?.workflow_name), run: whole(job?.run_id) ?? 0 },
          }
        : undefined,
    'workflow_job.in_progress': ({ repository, payload: { workflow_job: job } }) => {
      const runner = text(job?.runner_name);
      const isKnown = known.test(runner);
      const isOpen = repository?.isPrivate === false && isSelfHosted(job?.labels);
      if (!repository || !(isKnown || isOpen)) return undefined;
      return {
        deed: `${isKnown ? 'Job on a runner with the name of a known worm' : 'Job runs on a self-hosted runner of a public repository'} in ${repository.fullName}: ${runner}`,
        severity: isKnown ? 'critical' : 'high',
        meaning: isKnown
          ? 'Worms register machines that they control as runners with this name.'
          : 'Whoever opens a pull request there can run code on the machine.',
        facts: {
          workflow: text(job?.workflow_name),
          run: whole(job?.run_id) ?? 0,
          runner,
          runnerGroup: text(job?.runner_group_name),
        },
      };
    },
    'workflow_run.requested': ({ where, payload: { workflow_run: run, workflow } }) => {
      const event = text(run?.event);
      const facts = { workflow: text(workflow?.path), event, run: whole(run?.id) ?? 0 };
      const head = whole(run?.head_repository?.id);
      const isForeign = head !== undefined && head !== whole(run?.repository?.id);
      if (privileged.includes(event) && isForeign) {
        return {
          deed: `Run with the secrets of ${where} from a fork: ${text(workflow?.path)}`,
          meaning: `${event} runs the workflow of the repository itself, on what ${text(run?.head_repository?.full_name)} brings.`,
          facts: { ...facts, fork: text(run?.head_repository?.full_name) },
        };
      }
      return event === 'workflow_dispatch' && text(run?.actor?.login) === 'github-actions[bot]'
        ? {
            deed: `Workflow of ${where} started by another workflow: ${text(workflow?.path)}`,
            meaning:
              'Worms start workflows in this way, to get at secrets that theirs cannot read.',
            facts,
          }
        : undefined;
    },
  },
});

const isSelfHosted = (labels: readonly (string | null | undefined)[] | null | undefined): boolean =>
  list(labels).some((label) => text(label).toLowerCase() === 'self-hosted');
