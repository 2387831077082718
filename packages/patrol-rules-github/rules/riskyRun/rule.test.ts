import { describeRule } from '@patrol/core/testing';
import { expect } from 'vitest';
import { deliveryOf } from '../../testing/payloads.ts';
import rule from './rule.ts';

const isPublic = { private: false, visibility: 'public' };
const job = (action: string, repository: object, fields: object = {}) =>
  deliveryOf(`workflow_job.${action}`, {
    repository,
    workflow_job: {
      labels: ['self-hosted', 'linux'],
      name: 'test',
      runner_name: 'build-7',
      workflow_name: 'CI',
      ...fields,
    },
  });
const run = (event: string, fields: object = {}) =>
  deliveryOf('workflow_run.requested', {
    workflow: { path: '.github/workflows/ci.yml' },
    workflow_run: {
      event,
      repository: { id: 1 },
      head_repository: { id: 1, full_name: 'acme/website' },
      actor: { login: 'alice' },
      triggering_actor: { login: 'alice' },
      ...fields,
    },
  });
const fork = { head_repository: { id: 2, full_name: 'mallory/website' } };

describeRule(rule, {
  alerts: {
    'a job that waits for a self-hosted runner in a public repository': [
      job('queued', isPublic),
      {
        title:
          'Job on a self-hosted runner waits in the public repository acme/website: test by alice',
        severity: 'medium',
      },
    ],
    'a job that runs on one': [
      job('in_progress', isPublic),
      {
        title:
          'Job runs on a self-hosted runner of a public repository in acme/website: build-7 by alice',
        severity: 'high',
        facts: expect.objectContaining({ runner: 'build-7', workflow: 'CI' }),
      },
    ],
    'a runner with the name of a worm, in a private repository too': [
      job('in_progress', {}, { runner_name: 'SHA1HULUD' }),
      {
        title: 'Job on a runner with the name of a known worm in acme/website: SHA1HULUD by alice',
        severity: 'critical',
      },
    ],
    'such a runner that is asked for by another label': [
      job('in_progress', {}, { labels: ['gpu'], runner_name: 'sha1hulud-7' }),
      { title: expect.stringContaining('runner with the name of a known worm') },
    ],
    'a run with secrets from a fork': [
      run('pull_request_target', fork),
      {
        title:
          'Run with the secrets of acme/website from a fork: .github/workflows/ci.yml by alice',
        severity: 'medium',
        facts: expect.objectContaining({ fork: 'mallory/website', event: 'pull_request_target' }),
      },
    ],
    'a workflow that starts another': [
      run('workflow_dispatch', { actor: { login: 'github-actions[bot]' } }),
      {
        title:
          'Workflow of acme/website started by another workflow: .github/workflows/ci.yml by alice',
      },
    ],
    'a bot, with the person behind it': [
      {
        ...run('workflow_dispatch', { actor: { login: 'github-actions[bot]' } }),
        payload: {
          ...(run('workflow_dispatch', { actor: { login: 'github-actions[bot]' } })
            .payload as object),
          sender: { login: 'github-actions[bot]', type: 'Bot' },
        },
      },
      { title: expect.stringMatching(/ by github-actions\[bot\] for alice$/) },
    ],
  },
  quiet: {
    'a job on a runner of GitHub': [job('in_progress', isPublic, { labels: ['ubuntu-latest'] })],
    'a self-hosted runner of a private repository': [job('in_progress', {})],
    'a job that waits in a private repository': [job('queued', {})],
    'a run without secrets from a fork': [run('pull_request', fork)],
    'a run with secrets from the repository itself': [run('pull_request_target')],
    'a workflow that somebody starts': [run('workflow_dispatch')],
    'a run that is over': [deliveryOf('workflow_run.completed')],
  },
});
