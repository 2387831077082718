import { describeRule } from '@patrol/core/testing';
import { expect } from 'vitest';
import { deliveryOf } from '../../testing/payloads.ts';
import rule from './rule.ts';

const [before, after] = ['a'.repeat(40), 'b'.repeat(40)];
const push = (ref: string, fields: object = {}) =>
  deliveryOf('push', {
    ref,
    before,
    after,
    created: false,
    deleted: false,
    forced: false,
    ...fields,
  });
const deleted = { deleted: true, after: '0'.repeat(40) };

describeRule(rule, {
  alerts: {
    'a tag moved, by force or not': [
      push('refs/tags/v1'),
      {
        title: 'Tag moved in acme/website: v1 by alice',
        severity: 'high',
        before: { commit: before },
        facts: expect.objectContaining({ ref: 'refs/tags/v1', before, after }),
      },
    ],
    'a tag deleted': [
      push('refs/tags/v1', deleted),
      { title: 'Tag deleted in acme/website: v1 by alice', severity: 'medium' },
    ],
    'the default branch pushed by force': [
      push('refs/heads/main', { forced: true }),
      { title: 'Default branch pushed by force in acme/website: main by alice', severity: 'high' },
    ],
    'the default branch deleted': [
      push('refs/heads/main', deleted),
      { title: 'Default branch deleted in acme/website: main by alice' },
    ],
    'a branch of a release pushed by force': [
      push('refs/heads/release-2', { forced: true }),
      { title: 'Branch pushed by force in acme/website: release-2 by alice' },
    ],
    'a branch that the operator named, deleted': [
      push('refs/heads/production', deleted),
      { title: 'Branch deleted in acme/website: production by alice' },
      { parameters: { protectedBranches: 'prod*' } },
    ],
  },
  quiet: {
    'a new tag': [push('refs/tags/v2', { created: true, before: '0'.repeat(40) })],
    'a push to the default branch': [push('refs/heads/main')],
    'a branch of somebody’s work pushed by force': [push('refs/heads/fix', { forced: true })],
    'a branch of somebody’s work deleted': [push('refs/heads/fix', deleted)],
    'a new default branch': [
      push('refs/heads/main', { created: true, forced: true, before: '0'.repeat(40) }),
    ],
    'a branch that the operator did not name': [
      push('refs/heads/release-2', { forced: true }),
      { parameters: { protectedBranches: 'prod*' } },
    ],
  },
});
