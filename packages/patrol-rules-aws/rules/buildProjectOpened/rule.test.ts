import { apiCallRecord, describeRule, type Fields } from '@patrol/core/testing';
import { expect } from 'vitest';
import { by } from '../../testing/people.ts';
import rule from './rule.ts';

const project = 'arn:aws:codebuild:eu-west-1:111122223333:project/site';

const call = (eventName: string, requestParameters: unknown, fields: Fields = {}): unknown =>
  apiCallRecord('codebuild.amazonaws.com', eventName, { requestParameters, ...fields });

const visibility = (projectVisibility: string): unknown =>
  call('UpdateProjectVisibility', { projectArn: project, projectVisibility });

const webhook = (eventName: string, more: Fields, fields: Fields = {}): unknown =>
  call(eventName, { projectName: 'site', ...more }, fields);

const opened = {
  type: 'EVENT',
  pattern: 'PUSH, PULL_REQUEST_CREATED',
  excludeMatchedPattern: false,
};
const actors = (pattern: string, excludeMatchedPattern = false): Fields => ({
  type: 'ACTOR_ACCOUNT_ID',
  pattern,
  excludeMatchedPattern,
});
const filters = (...group: readonly Fields[]): Fields => ({ filterGroups: [group] });
const withoutComment = { pullRequestBuildPolicy: { requiresCommentApproval: 'DISABLED' } };

const credentials = (fields: Fields = {}): unknown =>
  call(
    'ImportSourceCredentials',
    {
      serverType: 'GITHUB',
      authType: 'PERSONAL_ACCESS_TOKEN',
      token: 'HIDDEN_DUE_TO_SECURITY_REASONS',
    },
    {
      responseElements: { arn: 'arn:aws:codebuild:eu-west-1:111122223333:token/github' },
      ...fields,
    },
  );

const updated = (privilegedMode: boolean, fields: Fields = {}): unknown =>
  call('UpdateProject', { name: 'site', environment: { privilegedMode } }, fields);

const title =
  'Builds started by pull requests of anybody in CodeBuild project site by IAM user alice';

describeRule(rule, {
  alerts: {
    'public builds': [
      visibility('PUBLIC_READ'),
      {
        title: `Builds made public of CodeBuild project ${project} by IAM user alice`,
        severity: 'high',
        undo: `aws codebuild update-project-visibility --project-arn ${project} --project-visibility PRIVATE --region eu-west-1`,
      },
    ],
    'pull requests of anybody without a comment': [
      webhook('UpdateWebhook', { ...filters(opened), ...withoutComment }),
      { title, severity: 'high', facts: { requiresCommentApproval: 'DISABLED' } },
    ],
    'pull requests of anybody, by a deployment': [
      webhook('UpdateWebhook', { ...filters(opened), ...withoutComment }, by.deployment),
      { title: expect.any(String), severity: 'low' },
    ],
    'pull requests of anybody, perhaps with a comment': [
      webhook('CreateWebhook', filters(opened)),
      { title, severity: 'low' },
    ],
    'a webhook without filters': [webhook('CreateWebhook', {}), { title, severity: 'low' }],
    'the second of two groups': [
      webhook('UpdateWebhook', { filterGroups: [[opened, actors('^12345$')], [opened]] }),
      { title },
    ],
    'a pattern that is found in other ids': [
      webhook('UpdateWebhook', filters(opened, actors('12345'))),
      { title },
    ],
    'a list of which one is found in other ids': [
      webhook('UpdateWebhook', filters(opened, actors('^12345$|678'))),
      { title },
    ],
    'everybody but one': [
      webhook('UpdateWebhook', filters(opened, actors('^12345$', true))),
      { title },
    ],
    'other credentials': [
      credentials(),
      {
        title: 'Source credentials of CodeBuild imported for GITHUB by IAM user alice',
        severity: 'medium',
        undo: 'aws codebuild delete-source-credentials --arn arn:aws:codebuild:eu-west-1:111122223333:token/github --region eu-west-1',
      },
    ],
    'credentials of a deployment': [
      credentials(by.deployment),
      { title: expect.any(String), severity: 'low' },
    ],
    'privileged mode': [
      updated(true),
      {
        title: 'Privileged mode given to the builds of CodeBuild project site by IAM user alice',
        severity: 'medium',
      },
    ],
  },
  quiet: {
    'private builds': [visibility('PRIVATE')],
    'pull requests of some': [webhook('CreateWebhook', filters(opened, actors('^12345$')))],
    'pull requests of a list': [webhook('CreateWebhook', filters(opened, actors('^12345$|^678$')))],
    'pull requests of a list in brackets': [
      webhook('CreateWebhook', filters(opened, actors('^(12345|678)$'))),
    ],
    pushes: [webhook('CreateWebhook', filters({ type: 'EVENT', pattern: 'PUSH' }))],
    'pull requests that were merged': [
      webhook('CreateWebhook', filters({ type: 'EVENT', pattern: 'PULL_REQUEST_MERGED' })),
    ],
    'a webhook for some branches': [webhook('CreateWebhook', { branchFilter: '^main$' })],
    'another secret': [webhook('UpdateWebhook', { rotateSecret: true })],
    'a project without privileged mode': [updated(false)],
    'privileged mode in a deployment': [updated(true, by.deployment)],
  },
});
