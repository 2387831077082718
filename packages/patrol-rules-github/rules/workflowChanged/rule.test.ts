import { describeRule } from '@patrol/core/testing';
import { expect } from 'vitest';
import { deliveryOf } from '../../testing/payloads.ts';
import rule from './rule.ts';

const push = (files: object, fields: object = {}) =>
  deliveryOf('push', {
    ref: 'refs/heads/main',
    deleted: false,
    after: 'b'.repeat(40),
    pusher: { name: 'alice' },
    commits: [{ added: [], modified: [], removed: [], ...files }],
    ...fields,
  });
const elsewhere = { ref: 'refs/heads/fix' };
const bot = { pusher: { name: 'github-actions[bot]' } };
const workflow = '.github/workflows/ci.yml';

describeRule(rule, {
  alerts: {
    'a workflow changed': [
      push({ modified: [workflow] }),
      {
        title: `Workflow, action or CODEOWNERS changed in acme/website: ${workflow} by alice`,
        severity: 'low',
        facts: expect.objectContaining({ ref: 'refs/heads/main', files: workflow }),
      },
    ],
    'an action and CODEOWNERS taken away': [
      push({ removed: ['tools/setup/action.yaml', 'docs/CODEOWNERS'] }),
      {
        title:
          'Workflow, action or CODEOWNERS changed in acme/website: tools/setup/action.yaml, docs/CODEOWNERS by alice',
      },
    ],
    'a workflow added on another branch': [
      push({ added: [workflow] }, elsewhere),
      { title: `Workflow, action or CODEOWNERS changed in acme/website: ${workflow} by alice` },
    ],
    'a workflow changed by a workflow': [
      push({ modified: [workflow] }, { ...elsewhere, ...bot }),
      {
        title: `Workflow, action or CODEOWNERS changed in acme/website: ${workflow} by alice`,
        severity: 'high',
      },
    ],
    'a file with the name of a worm': [
      push({ added: ['.github/workflows/shai-hulud-workflow.yml'] }, elsewhere),
      {
        title:
          'Workflow with the name of a known worm changed in acme/website: .github/workflows/shai-hulud-workflow.yml by alice',
        severity: 'critical',
      },
    ],
    'a push of which GitHub leaves out commits': [
      push({}, { commits: Array.from({ length: 2048 }, () => ({ added: [] })) }),
      { title: 'Push too long to be read in acme/website by alice', severity: 'medium' },
    ],
  },
  quiet: {
    code: [push({ modified: ['src/index.ts', 'workflows/ci.yml', '.github/workflows/README.md'] })],
    'a workflow that somebody changes on a branch of work': [
      push({ modified: [workflow] }, elsewhere),
    ],
    'a branch deleted': [push({ removed: [workflow] }, { deleted: true })],
  },
});
