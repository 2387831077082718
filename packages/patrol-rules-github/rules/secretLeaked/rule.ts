import { isObject, mitre } from '@patrol/core';
import { defineActRule, type Payload, text, whole } from '../../lib/acts.ts';
import type { Repository } from '../../lib/payload.ts';

type Alert = Payload<'secret_scanning_alert.created'>['alert'];

/** Why somebody closes an alert although the secret still opens something. */
const waved: ReadonlyMap<string, string> = new Map([
  ['false_positive', 'false positive'],
  ['wont_fix', "won't fix"],
  ['used_in_tests', 'used in tests'],
]);

export default defineActRule({
  name: 'secretLeaked',
  title: 'Secret in a repository',
  description:
    'Alerts when GitHub finds a secret in a repository, when somebody pushes one past push protection, and when an alert about one is closed although the secret was not revoked.',
  severity: 'high',
  runbook:
    'Revoke the secret where it opens something and make a new one: taking it out of the repository is not enough, since clones and ' +
    'forks have it. Look in the log of that service for what was done with it. Then close the alert as revoked.',
  references: [
    mitre('T1552.001', 'Unsecured Credentials: Credentials In Files'),
    mitre('T1078', 'Valid Accounts'),
  ],
  parameters: {},
  acts: {
    'secret_scanning_alert.created': ({ repository, where, payload: { alert } }) => {
      const bypassed = alert?.push_protection_bypassed === true;
      const who = isObject(alert?.push_protection_bypassed_by)
        ? text(alert.push_protection_bypassed_by.login)
        : '';
      return {
        ...found(where, repository, alert),
        ...(bypassed && {
          deed: `Secret pushed past push protection in ${where}: ${kindOf(alert)}`,
          meaning: `${who || 'Somebody'} was warned before the push, and pushed it all the same.`,
        }),
      };
    },
    'secret_scanning_alert.publicly_leaked': ({ repository, where, payload: { alert } }) => ({
      ...found(where, repository, alert),
      deed: `Secret of ${where} published: ${kindOf(alert)}`,
      severity: 'critical',
    }),
    'secret_scanning_alert.validated': ({ repository, where, payload: { alert } }) =>
      alert?.validity === 'active' ? found(where, repository, alert) : undefined,
    'secret_scanning_alert.resolved': ({ repository, where, payload: { alert } }) => {
      const because = waved.get(text(alert?.resolution));
      return because === undefined || alert?.validity === 'inactive'
        ? undefined
        : {
            ...found(where, repository, alert),
            deed: `Alert about a secret closed in ${where}: ${kindOf(alert)}`,
            severity: alert?.validity === 'active' ? 'high' : 'medium',
            meaning: `It was closed as "${because}". The secret may still work.`,
          };
    },
  },
});

const kindOf = (alert: Alert): string =>
  text(alert?.secret_type_display_name) || text(alert?.secret_type) || 'a secret';

const isWorst = (alert: Alert): boolean =>
  alert?.publicly_leaked === true || alert?.validity === 'active';

/** A secret that was found. The secret itself is in no payload. */
const found = (where: string, repository: Repository | undefined, alert: Alert) => ({
  deed: `Secret found in ${where}: ${kindOf(alert)}`,
  severity: isWorst(alert) ? ('critical' as const) : ('high' as const),
  meaning: isWorst(alert)
    ? alert?.validity === 'active'
      ? 'It works: whoever reads it can use it.'
      : 'Anybody can read it.'
    : undefined,
  facts: {
    secretType: text(alert?.secret_type),
    validity: text(alert?.validity) || 'unknown',
    ...(repository?.url && {
      url: `${repository.url}/security/secret-scanning/${whole(alert?.number) ?? ''}`,
    }),
  },
});
