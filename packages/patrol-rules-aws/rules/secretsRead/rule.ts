import {
  type Call,
  type Deed,
  defineCallRule,
  mitre,
  number,
  type Severity,
  stratus,
} from '@patrol/core';
import { isByService } from '../../lib/actor.ts';
import { known } from '../../lib/facts.ts';

const parameters = {
  bulk: number(
    'How many secrets or parameters somebody may ask for in one call before it is an alert.',
    {
      default: '10',
      minimum: 2,
      maximum: 20,
    },
  ),
};
type P = typeof parameters;

export default defineCallRule({
  name: 'secretsRead',
  title: 'Secrets read in bulk',
  description:
    'Alerts when one call reads many secrets or encrypted parameters: all that a filter matches, all of the region, or as many by name as the parameter bulk says. ' +
    'Applications read their own by name, so that this has severity low where a role does it. ' +
    'Secrets that are read one by one are not seen: the rule watchedSecrets does that.',
  severity: 'high',
  runbook:
    'Ask the actor what the secrets were for. If nobody can say, treat the credentials that were used as stolen, change every secret that was read, and look in CloudTrail at what was done with them. ' +
    'If it is an application that has to read them so, name its role in ignoredActors.',
  references: [
    mitre('T1555.006', 'Credentials from Password Stores: Cloud Secrets Management Stores'),
    stratus('credential-access.secretsmanager-batch-retrieve-secrets'),
    stratus('credential-access.ssm-retrieve-securestring-parameters'),
  ],
  parameters,
  calls: {
    'secretsmanager.amazonaws.com': {
      BatchGetSecretValue(call) {
        const filters = call.request
          .list('filters')
          .map((filter) => `${filter.text('key') ?? 'all'}=${filter.texts('values').join(' or ')}`);
        return filters.length > 0
          ? read(call, 'All secrets that a filter matches', 'high', { filters })
          : readByName(call, 'secrets', call.request.texts('secretIdList'));
      },
    },
    'ssm.amazonaws.com': {
      GetParameters: (call) =>
        call.request.flag('withDecryption') === true
          ? readByName(call, 'encrypted parameters', call.request.texts('names'))
          : undefined,
      GetParametersByPath: (call) =>
        call.request.flag('withDecryption') === true &&
        call.request.flag('recursive') === true &&
        call.request.text('path') === '/'
          ? read(call, 'All parameters of the region', 'high', {})
          : undefined,
    },
  },
});

function readByName(call: Call<P>, what: string, names: readonly string[]): Deed | undefined {
  return names.length >= call.parameters.bulk
    ? read(call, `${names.length} ${what}`, isWorkload(call) ? 'low' : 'high', { names })
    : undefined;
}

function read(
  { record }: Call<P>,
  what: string,
  severity: Severity,
  facts: Parameters<typeof known>[0],
): Deed | undefined {
  return isByService({ record })
    ? undefined
    : { severity, deed: `${what} read in one call`, facts: known(facts) };
}

/** Whether a role called which is not one of people: Identity Center names those itself. */
const isWorkload = ({ actor: { type, name } }: Call<P>): boolean =>
  type === 'AssumedRole' && !name?.startsWith('AWSReservedSSO_');
