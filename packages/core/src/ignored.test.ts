import { describe, expect, test } from 'vitest';
import { ParametersError } from './parameter.ts';
import { readParameters } from './values.ts';
import { allParameters, defineRule } from './rule.ts';
import { apiCall } from './trigger.ts';
import { apiCallRecord, identities, run } from './testing/index.ts';

const rule = defineRule({
  name: 'trailWatch',
  title: 'Trail stopped',
  description: 'Alerts when a trail is stopped.',
  severity: 'high',
  runbook: 'Start it again.',
  triggers: [apiCall('cloudtrail.amazonaws.com', ['StopLogging'])],
  parameters: {},
  evaluate: () => ({ title: 'Trail stopped', summary: 'A trail was stopped.' }),
});

type Changes = Readonly<Record<string, unknown>>;

const mutedBy = async (ignoredActors: string, fields: Changes): Promise<string | undefined> => {
  const record = apiCallRecord('cloudtrail.amazonaws.com', 'StopLogging', fields);
  return (await run(rule, record, { parameters: { ignoredActors } })).suppressed[0]?.by;
};

const role = 'arn:aws:iam::111122223333:role/Developer';
const throughService = {
  userIdentity: { ...identities.assumedRole, invokedBy: 'cloudformation.amazonaws.com' },
};
const service = {
  userIdentity: { type: 'AWSService', invokedBy: 'backup.amazonaws.com' },
};
const elsewhere = { recipientAccountId: '444455556666' };

describe('an ignored actor', () => {
  test.each<[string, string, Changes]>([
    ['a user by name', 'user/alice', {}],
    ['a name in another case', 'user/Alice', {}],
    ['a user by its ARN', 'arn:aws:iam::111122223333:user/alice', {}],
    ['a role, whatever the session', 'role/Developer', { userIdentity: identities.assumedRole }],
    ['a role by its ARN', role, { userIdentity: identities.assumedRole }],
    [
      'a role of another account by its ARN',
      role,
      { userIdentity: identities.assumedRole, ...elsewhere },
    ],
    [
      'roles of any account',
      'arn:aws:iam::*:role/Devel*',
      { userIdentity: identities.assumedRole, ...elsewhere },
    ],
    ['the root user', 'arn:aws:iam::111122223333:root', { userIdentity: identities.root }],
    ['a service by itself', 'backup.amazonaws.com', service],
    ['what a service does for a role', 'role/Developer', throughService],
    ['that alone', 'role/Developer via cloudformation.amazonaws.com', throughService],
  ])('can be %s', async (_what, item, fields) => {
    expect(await mutedBy(`role/Other, ${item}`, fields)).toBe(item);
  });

  test.each<[string, string, Changes]>([
    ['another user', 'user/bob', {}],
    ['a role of the name of the user', 'role/alice', {}],
    ['the session of a role', 'role/mallory', { userIdentity: identities.assumedRole }],
    [
      'a role of that name in another account',
      'role/Developer',
      { userIdentity: identities.assumedRole, ...elsewhere },
    ],
    ['the service that a role went through', 'cloudformation.amazonaws.com', throughService],
    [
      'what the role does by itself',
      'role/Developer via cloudformation.amazonaws.com',
      { userIdentity: identities.assumedRole },
    ],
  ])('is not %s', async (_what, item, fields) => {
    expect(await mutedBy(item, fields)).toBeUndefined();
  });

  test.each([
    '*',
    '*.*',
    'user/*',
    'role/**',
    'arn:aws:iam::*:role/*',
    'arn:aws:iam::*:root',
    'alice',
    '*.amazonaws.com',
    'role/a*b',
  ])('cannot be %s, which would mute too many or nobody', (ignoredActors) => {
    expect(() => readParameters(allParameters(rule), () => ignoredActors)).toThrow(ParametersError);
  });
});
