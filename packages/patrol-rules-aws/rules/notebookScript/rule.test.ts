import { apiCallRecord, describeRule, type Fields } from '@patrol/core/testing';
import { expect } from 'vitest';
import { by } from '../../testing/people.ts';
import rule from './rule.ts';

const call = (eventName: string, requestParameters: unknown, fields: Fields = {}): unknown =>
  apiCallRecord('sagemaker.amazonaws.com', eventName, { requestParameters, ...fields });

const script = (eventName: string, fields: Fields = {}): unknown =>
  call(
    eventName,
    { notebookInstanceLifecycleConfigName: 'setup', onStart: [{ content: 'IyEvYmluL3NoCg==' }] },
    fields,
  );

const notebook = (more: Fields, fields: Fields = {}): unknown =>
  call('UpdateNotebookInstance', { notebookInstanceName: 'lab', ...more }, fields);

const url = (fields: Fields = {}): unknown =>
  call('CreatePresignedNotebookInstanceUrl', { notebookInstanceName: 'lab' }, fields);

const domain = (fields: Fields = {}): unknown =>
  call('CreatePresignedDomainUrl', { domainId: 'd-1', userProfileName: 'bob' }, fields);

const role = 'arn:aws:iam::111122223333:role/admin';

describeRule(rule, {
  alerts: {
    'a changed script': [
      script('UpdateNotebookInstanceLifecycleConfig'),
      {
        title: 'Start-up script of notebooks changed: setup by IAM user alice',
        severity: 'medium',
        facts: { runs: 'onStart' },
        targets: [{ type: 'AWS::SageMaker::NotebookInstanceLifecycleConfig', id: 'setup' }],
      },
    ],
    'a new script': [
      script('CreateNotebookInstanceLifecycleConfig'),
      { title: 'Start-up script of notebooks made: setup by IAM user alice' },
    ],
    'a script of a deployment': [
      script('CreateNotebookInstanceLifecycleConfig', by.deployment),
      { title: expect.any(String), severity: 'low' },
    ],
    'another script for a notebook': [
      notebook({ lifecycleConfigName: 'setup' }),
      {
        title: 'Start-up script given to notebook lab by IAM user alice',
        severity: 'medium',
        facts: { lifecycleConfig: 'setup' },
      },
    ],
    'another role for a notebook': [
      notebook({ roleArn: role }),
      { title: 'Role changed of notebook lab by IAM user alice', facts: { role } },
    ],
    'another role for a notebook by a deployment': [
      notebook({ roleArn: role }, by.deployment),
      { title: expect.any(String), severity: 'low' },
    ],
    'a URL with an access key': [
      url(),
      { title: 'URL made that opens notebook lab by IAM user alice', severity: 'medium' },
    ],
    'a URL of a domain with an access key': [
      domain(),
      { title: 'URL made that opens domain d-1 by IAM user alice', facts: { user: 'bob' } },
    ],
  },
  quiet: {
    'a larger notebook': [notebook({ instanceType: 'ml.t3.large' })],
    'a URL of somebody who signed in': [url(by.user)],
    'a URL of a domain for somebody who signed in': [domain(by.identityCenter)],
  },
});
