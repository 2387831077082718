import { actor, apiCall, type CloudTrailRecord, defineRule, mitre, names } from '@patrol/core';

interface Request {
  readonly roleArn?: string;
  readonly roleSessionName?: string;
}

interface Response {
  readonly assumedRoleUser?: { readonly arn?: string };
}

export default defineRule({
  name: 'assumeRole',
  title: 'Disallowed role assumed',
  description: 'Alerts when somebody assumes a role that nobody should assume in normal operation.',
  severity: 'high',
  runbook:
    'Ask the actor why the role was needed. If nobody can say, revoke the active sessions of the role (IAM console, role, Revoke ' +
    'sessions), narrow its trust policy, treat the credentials of the actor as stolen, and look in CloudTrail at everything that ' +
    'the session has done.',
  references: [
    mitre('T1078.004', 'Valid Accounts: Cloud Accounts'),
    mitre('T1548.005', 'Abuse Elevation Control Mechanism: Temporary Elevated Cloud Access'),
  ],
  triggers: [
    apiCall<Request, Response>('sts.amazonaws.com', [
      'AssumeRole',
      'AssumeRoleWithSAML',
      'AssumeRoleWithWebIdentity',
    ]),
  ],
  parameters: {
    disallowedRoles: names(
      'The roles that may not be assumed, each by its whole name or its whole ARN.',
      {
        // IAM ignores the case of role names.
        ignoreCase: true,
        example: 'Administrator, BreakGlass*',
        form: {
          pattern: '[\\w+=.@*-]{1,64}|arn:[\\w*-]+:iam::[\\d*]*:role/[\\w+=,.@/*-]+',
          words:
            'the name of a role (BreakGlass) or its ARN (arn:aws:iam::111122223333:role/BreakGlass), with * for any characters',
        },
      },
    ),
  },
  evaluate({ detail }, { parameters }) {
    const role = assumedRole(detail);
    const disallowed = parameters.disallowedRoles.find(role.arn, role.name);
    if (disallowed === undefined) return undefined;
    const who = actor(detail.userIdentity).description;
    const session = detail.requestParameters?.roleSessionName;
    return {
      title: `Disallowed role ${role.name} assumed by ${who}`,
      summary: `The role ${role.arn}, disallowed by ${JSON.stringify(disallowed)}, was assumed by ${who}.`,
      facts: {
        role: role.arn,
        disallowedBy: disallowed,
        ...(session ? { session } : {}),
      },
      targets: [{ type: 'AWS::IAM::Role', id: role.arn }],
      group: disallowed,
    };
  },
});

/**
 * The role of a call. A denied call has no request parameters; STS then names the role in the message only.
 *
 * @throws when the record names no role: the event is then kept, and not ignored.
 */
function assumedRole({
  requestParameters,
  resources,
  errorMessage,
}: CloudTrailRecord<Request, Response>): { arn: string; name: string } {
  const arn =
    requestParameters?.roleArn ??
    resources?.find(({ type }) => type === 'AWS::IAM::Role')?.ARN ??
    /on resource: (arn:\S+:role\/\S+)/.exec(errorMessage ?? '')?.[1];
  const name = /^arn:[^:]+:iam::[^:]*:role\/(?:.*\/)?([^/]+)$/.exec(arn ?? '')?.[1];
  if (!arn || !name) {
    throw new Error(`expected the ARN of the assumed role, found ${JSON.stringify(arn)}`);
  }
  return { arn, name };
}
