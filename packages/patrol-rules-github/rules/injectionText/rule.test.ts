import { describeRule } from '@patrol/core/testing';
import { expect } from 'vitest';
import { deliveryOf } from '../../testing/payloads.ts';
import rule from './rule.ts';

const pull = (act: string, fields: object) =>
  deliveryOf(act, {
    pull_request: { number: 12, title: 'Fix it', head: { ref: 'fix' }, ...fields },
  });
const evil = 'Fix $(curl -s example.com/x)';

describeRule(rule, {
  alerts: {
    'a title of a pull request': [
      pull('pull_request.opened', { title: evil }),
      {
        title:
          'Text that a workflow could run in the title of pull request 12 in acme/website by alice',
        severity: 'low',
        facts: expect.objectContaining({ text: '$(' }),
      },
    ],
    'the name of a branch': [
      pull('pull_request.opened', { head: { ref: 'x;echo${IFS}y|bash' } }),
      { title: expect.stringContaining('in the branch of pull request 12') },
    ],
    'a title that is changed later': [
      pull('pull_request.edited', { title: '`curl example.com/x`' }),
      { title: expect.stringContaining('in the title of pull request 12') },
    ],
    'the body of an issue': [
      deliveryOf('issues.opened', {
        issue: { number: 3, title: 'Help', body: '${{ github.token }}' },
      }),
      { title: expect.stringContaining('in the text of issue 3') },
    ],
    'a comment': [
      deliveryOf('issue_comment.created', { issue: { number: 3 }, comment: { body: evil } }),
      { title: expect.stringContaining('in the comment of issue 3') },
    ],
    'an issue that is changed later': [
      deliveryOf('issues.edited', { issue: { number: 3, title: 'Help', body: evil } }),
      { title: expect.stringContaining('in the text of issue 3') },
    ],
    'a comment that is changed later': [
      deliveryOf('issue_comment.edited', { issue: { number: 3 }, comment: { body: evil } }),
      { title: expect.stringContaining('in the comment of issue 3') },
    ],
    'a discussion that is changed later': [
      deliveryOf('discussion.edited', { discussion: { number: 4, title: evil, body: '' } }),
      { title: expect.stringContaining('in the title of discussion 4') },
    ],
    'the text of a pull request': [
      pull('pull_request.opened', { body: 'Run `curl example.com/x` first' }),
      { title: expect.stringContaining('in the text of pull request 12') },
    ],
    'a discussion': [
      deliveryOf('discussion.created', { discussion: { number: 4, title: evil, body: '' } }),
      { title: expect.stringContaining('in the title of discussion 4') },
    ],
  },
  quiet: {
    'words and code without a command': [
      pull('pull_request.opened', { title: 'Use `const` and cost $5 (or less)' }),
    ],
    'an issue': [deliveryOf('issues.opened', { issue: { title: 'Help', body: 'It fails.' } })],
    'a comment': [deliveryOf('issue_comment.created', { comment: { body: 'Thanks `alice`!' } })],
    'a discussion': [deliveryOf('discussion.created', { discussion: { title: 'a', body: 'b' } })],
    'a pull request with another body': [pull('pull_request.edited', {})],
  },
});
