import { isObject, mitre, names } from '@patrol/core';
import { defineActRule, text } from '../../lib/acts.ts';

/** Roles of a repository that may not change it. */
const reads: readonly string[] = ['pull', 'read', 'triage'];

export default defineActRule({
  name: 'accessGranted',
  title: 'Write access to a repository granted',
  description:
    'Alerts when a repository is given to an account or a team with a role that may change it, and when somebody joins a team that is named as privileged.',
  severity: 'medium',
  runbook:
    'Ask whoever granted it who the account is and what it needs. Outside collaborators keep their access when the work is done: ' +
    'take it away in the settings of the repository (Collaborators and teams), and look at what the account pushed.',
  references: [
    mitre('T1098.003', 'Account Manipulation: Additional Cloud Roles'),
    mitre('T1136.003', 'Create Account: Cloud Account'),
  ],
  parameters: {
    privilegedTeams: names(
      'The privileged teams, each by its slug. The rule alerts when somebody joins one. If empty, it does not look at members of teams.',
      {
        default: '',
        ignoreCase: true,
        form: { pattern: '[\\w*-]+', words: 'the slug of a team, as in its address' },
      },
    ),
  },
  acts: {
    'member.added': ({ where, payload: { member, changes } }) =>
      granted(loginOf(member), where, [changes?.role_name?.to, changes?.permission?.to]),
    'member.edited': ({ where, payload: { member, changes } }) =>
      granted(
        loginOf(member),
        where,
        [changes?.permission?.to],
        text(changes?.permission?.from ?? changes?.old_permission?.from),
      ),
    'team.added_to_repository': ({ where, payload: { team } }) =>
      reads.includes(text(team?.permission))
        ? undefined
        : {
            deed: `Team ${text(team?.slug)} got the role ${text(team?.permission)} in ${where}`,
            severity: text(team?.permission) === 'admin' ? 'high' : 'low',
          },
    'team.edited': ({ where, payload }) => {
      const from = payload.changes?.repository?.permissions?.from;
      const now = payload.repository?.permissions;
      const role = now?.admin === true ? 'admin' : now?.push === true ? 'write' : undefined;
      const had = from?.admin === true ? 'admin' : from?.push === true ? 'write' : 'read';
      return !from || role === undefined || role === had || had === 'admin'
        ? undefined
        : {
            deed: `Team ${text(payload.team?.slug)} got the role ${role} in ${where}`,
            severity: role === 'admin' ? 'high' : 'low',
            before: { role: had },
          };
    },
    'membership.added': ({ payload: { member, team }, organization, parameters }) =>
      parameters.privilegedTeams.find(text(team?.slug)) === undefined
        ? undefined
        : {
            deed: `Member added to the team ${text(team?.slug)} of ${organization}: ${loginOf(member)}`,
            severity: 'medium',
            target: ['GitHub::User', loginOf(member)],
          },
  },
});

const loginOf = (account: unknown): string => (isObject(account) ? text(account['login']) : '');

/** A role that was given to an account. Of a role that the organisation made itself nobody knows what it may do. */
function granted(login: string, where: string, roles: readonly unknown[], from = '') {
  const role = roles.map(text).find((name) => name !== '') ?? 'unknown';
  return reads.includes(role)
    ? undefined
    : {
        deed: `Role ${role} in ${where} given to ${login}`,
        severity: role === 'admin' ? ('high' as const) : ('medium' as const),
        target: ['GitHub::User', login] as const,
        ...(from && { before: { role: from } }),
      };
}
