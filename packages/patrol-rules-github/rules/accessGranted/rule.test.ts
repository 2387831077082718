import { describeRule } from '@patrol/core/testing';
import { deliveryOf } from '../../testing/payloads.ts';
import rule from './rule.ts';

const member = (act: string, changes: object) => {
  const made = deliveryOf(act, { member: { login: 'mallory' } });
  return { ...made, payload: { ...(made.payload as object), changes } };
};
const team = (permission: string) =>
  deliveryOf('team.added_to_repository', { team: { slug: 'guests', permission } });
const teamEdited = (from: object, permissions: object) =>
  deliveryOf('team.edited', {
    team: { slug: 'guests' },
    changes: { repository: { permissions: { from } } },
    repository: { permissions },
  });

describeRule(rule, {
  alerts: {
    'an administrator of a repository': [
      member('member.added', { permission: { to: 'admin' }, role_name: { to: 'admin' } }),
      {
        title: 'Role admin in acme/website given to mallory by alice',
        severity: 'high',
        targets: [{ type: 'GitHub::User', id: 'mallory' }],
      },
    ],
    'a role that the organisation made itself': [
      member('member.added', { permission: { to: 'read' }, role_name: { to: 'release-manager' } }),
      {
        title: 'Role release-manager in acme/website given to mallory by alice',
        severity: 'medium',
      },
    ],
    'a role of which GitHub does not say the name': [
      member('member.added', {}),
      { title: 'Role unknown in acme/website given to mallory by alice' },
    ],
    'a role that became more': [
      member('member.edited', { permission: { from: 'read', to: 'write' } }),
      {
        title: 'Role write in acme/website given to mallory by alice',
        before: { role: 'read' },
      },
    ],
    'a team that may write': [
      team('push'),
      { title: 'Team guests got the role push in acme/website by alice', severity: 'low' },
    ],
    'a team that may do everything': [
      team('admin'),
      { title: 'Team guests got the role admin in acme/website by alice', severity: 'high' },
    ],
    'a team that may do more than before': [
      teamEdited({ admin: false, push: false, pull: true }, { push: true, pull: true }),
      {
        title: 'Team guests got the role write in acme/website by alice',
        before: { role: 'read' },
      },
    ],
    'a member of a privileged team': [
      deliveryOf('membership.added', { member: { login: 'mallory' }, team: { slug: 'Admins' } }),
      {
        title: 'Member added to the team Admins of acme: mallory by alice',
        severity: 'medium',
      },
      { parameters: { privilegedTeams: 'admins' } },
    ],
  },
  quiet: {
    'somebody who may read': [
      member('member.added', { permission: { to: 'read' }, role_name: { to: 'read' } }),
    ],
    'a role that became less': [
      member('member.edited', { permission: { from: 'write', to: 'read' } }),
    ],
    'a team that may read': [team('pull')],
    'a team that may do less': [
      teamEdited({ admin: true, push: true, pull: true }, { push: true, pull: true }),
    ],
    'a team with another description': [
      {
        ...deliveryOf('team.edited'),
        payload: {
          ...(deliveryOf('team.edited').payload as object),
          changes: { description: { from: 'x' } },
        },
      },
    ],
    'a member of another team': [
      deliveryOf('membership.added', { team: { slug: 'guests' } }),
      { parameters: { privilegedTeams: 'admins' } },
    ],
    'somebody taken out': [deliveryOf('member.removed')],
  },
});
