import { type Call, type CallReader, defineCallRule, mitre, names, stratus } from '@patrol/core';
import { known } from '../../lib/facts.ts';
import { withNames } from '../../lib/words.ts';

const parameters = {
  watchedSecrets: names(
    'The secrets and parameters that nobody should read, by their names. Names of parameters begin with a slash where the parameter has a path.',
    { example: 'prod/admin-password, /decoy/*' },
  ),
};
type P = typeof parameters;

export default defineCallRule({
  name: 'watchedSecrets',
  title: 'Watched secret read',
  description:
    'Alerts when somebody reads a secret of Secrets Manager or a parameter of Systems Manager that watchedSecrets names, or tries to. ' +
    'Name secrets that nobody needs in daily work: decoys, and those for emergencies.',
  severity: 'high',
  runbook:
    'Ask the actor why. Nobody needs a decoy: whoever reads one looks for secrets. Treat the credentials that were used as stolen, change every secret that they can read, and look in CloudTrail at what else was read.',
  references: [
    mitre('T1555.006', 'Credentials from Password Stores: Cloud Secrets Management Stores'),
    stratus('credential-access.secretsmanager-retrieve-secrets'),
  ],
  parameters,
  alertsOnDenied: true,
  calls: {
    'secretsmanager.amazonaws.com': {
      // BatchGetSecretValue is recorded as one such call for each secret as well.
      GetSecretValue: watched(({ request }) => request.texts('secretId')),
    },
    'ssm.amazonaws.com': {
      GetParameter: watched(({ request }) => request.texts('name')),
      GetParameterHistory: watched(({ request }) => request.texts('name')),
      GetParameters: watched(({ request }) => request.texts('names')),
      GetParametersByPath(call) {
        const path = `${call.request.text('path') ?? ''}/`.replace(/\/+$/, '/');
        const isDeep = call.request.flag('recursive') === true;
        const item = call.parameters.watchedSecrets.items.find(
          (each) => each.startsWith(path) && (isDeep || !each.slice(path.length).includes('/')),
        );
        return item === undefined
          ? undefined
          : { deed: 'Watched secrets read by their path', facts: { path, watched: item } };
      },
    },
  },
});

/** A call that reads what it names. The record of a denied call names it in its message only. */
function watched(idsOf: (call: Call<P>) => readonly string[]): CallReader<P> {
  return (call) => {
    const { record, parameters: given } = call;
    const ids = idsOf(call);
    const [, denied] =
      /\bon resource: "?(arn:[\w-]+:(?:secretsmanager|ssm):[^\s"]+)/.exec(
        String(record.errorMessage),
      ) ?? [];
    const found = [...ids, ...(denied === undefined ? [] : [denied])].filter(
      (id) => given.watchedSecrets.find(...namesOf(id)) !== undefined,
    );
    const [first] = found;
    return first === undefined
      ? undefined
      : {
          deed: `${withNames('Watched secret', namesOf(first).at(-1))} read`,
          facts: known({ secrets: found }),
          target: [
            first.startsWith('/') || first.includes(':ssm:')
              ? 'AWS::SSM::Parameter'
              : 'AWS::SecretsManager::Secret',
            first,
          ],
        };
  };
}

/** The names that a secret or parameter may be known by. ARNs of secrets end in six characters of AWS's own. */
function namesOf(id: string): readonly string[] {
  const [, secret] = /^arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:(.+)$/.exec(id) ?? [];
  if (secret !== undefined) return [secret, secret.replace(/-\w{6}$/, '')];
  const [, parameter] = /^arn:[^:]*:ssm:[^:]*:[^:]*:parameter\/(.+)$/.exec(id) ?? [];
  return parameter === undefined ? [id] : [parameter, `/${parameter}`];
}
