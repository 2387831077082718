import {
  actor,
  apiCall,
  choice,
  type CloudTrailRecord,
  defineRule,
  type Finding,
  mitre,
  names,
} from '@patrol/core';

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
  description:
    'Alerts when somebody assumes a role that nobody should assume in normal operation. When an AWS service assumes it for somebody, such as Lambda for a function, the rule alerts only if serviceCallers is alert.',
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
    disallowedRoles: names('The roles that nobody may assume, each by its full name or full ARN.', {
      // IAM ignores the case of role names.
      ignoreCase: true,
      example: 'Administrator, BreakGlass*',
      form: {
        // The names of roles of Identity Center end in an underscore and 16 characters. Without them an item matches nothing.
        pattern:
          '(?!(?:.*/)?AWSReservedSSO_[^*]*$(?<!_[0-9A-Fa-f]{16}))(?:[\\w+=.@*-]{1,64}|arn:[\\w*-]+:iam::[\\d*]*:role/[\\w+=,.@/*-]+)',
        words:
          'the name of a role (BreakGlass) or its ARN (arn:aws:iam::111122223333:role/BreakGlass), with * for any characters. Names of roles of Identity Center end in an underscore and 16 characters (AWSReservedSSO_AdministratorAccess_*)',
      },
    }),
    serviceCallers: choice(
      'Whether to alert as well when an AWS service assumes one of these roles. Services do that all the time.',
      ['quiet', 'alert'],
      { default: 'quiet' },
    ),
  },
  evaluate({ detail }, { parameters }) {
    if (detail.userIdentity?.type === 'AWSService' && parameters.serviceCallers === 'quiet') {
      return undefined;
    }
    const role = assumedRole(detail);
    if (role === undefined) return unnamed(detail);
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

/** The finding about a denied attempt that does not say on which role: a wrong code of a second factor, for example. */
const unnamed = ({ userIdentity, errorMessage }: CloudTrailRecord): Finding => {
  const who = actor(userIdentity).description;
  return {
    title: `Role that the record does not name assumed by ${who}`,
    summary: `${who} asked for a role, and the record does not say for which one.`,
    severity: 'low',
    facts: errorMessage ? { message: errorMessage } : {},
    group: 'unnamed',
  };
};

/**
 * The role of a call; `undefined` for a denied call that names none. A denied call has no request parameters, and STS names
 * the role in the message only. Where CloudTrail left the request out, the session in the response names the role without
 * its path.
 *
 * @throws when the record of a call that succeeded names no role: the event is then kept, and not ignored.
 */
function assumedRole({
  requestParameters,
  responseElements,
  resources,
  errorCode,
  errorMessage,
}: CloudTrailRecord<Request, Response>): { arn: string; name: string } | undefined {
  const arn =
    requestParameters?.roleArn ??
    resources?.find(({ type }) => type === 'AWS::IAM::Role')?.ARN ??
    /on resource: (arn:\S+:role\/\S+)/.exec(errorMessage ?? '')?.[1] ??
    responseElements?.assumedRoleUser?.arn?.replace(
      /^(arn:[^:]+):sts:(:\d*):assumed-role\/([^/]+)\/.*$/s,
      '$1:iam:$2:role/$3',
    );
  if (!arn && errorCode) return undefined;
  const name = /^arn:[^:]+:iam::[^:]*:role\/(?:.*\/)?([^/]+)$/.exec(arn ?? '')?.[1];
  if (!arn || !name) {
    throw new Error(`expected the ARN of the assumed role, found ${JSON.stringify(arn)}`);
  }
  return { arn, name };
}
