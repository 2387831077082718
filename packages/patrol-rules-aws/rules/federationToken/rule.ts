import { defineCallRule, type Deed, type Fields, mitre, stratus } from '@patrol/core';
import { isByService } from '../../lib/actor.ts';
import { known } from '../../lib/facts.ts';

export default defineCallRule({
  name: 'federationToken',
  title: 'Session made from an access key',
  description:
    'Alerts when an access key of an IAM user is turned into a session: by a federation token, by a session token without MFA, or by a sign-in link to the console.',
  severity: 'high',
  runbook:
    'The session goes on when the access key is deactivated. Ask the user whether it was them. If it was not, deactivate the key, ' +
    'attach a policy to the user that denies everything (the sessions lose their permissions too), and look in CloudTrail at what ' +
    'the federated user has done.',
  references: [
    mitre('T1550.001', 'Use Alternate Authentication Material: Application Access Token'),
    mitre('T1098.001', 'Account Manipulation: Additional Cloud Credentials'),
    stratus('persistence.sts-federation-token'),
  ],
  parameters: {},
  calls: {
    'sts.amazonaws.com': {
      async GetFederationToken({ request, response }) {
        const name = request.text('name');
        const all = await grantedBy(request);
        return {
          deed: `Federation token ${all ? 'with every permission of the user ' : ''}asked for`,
          meaning: all
            ? `The session may do ${all} that the user may, until it expires.`
            : 'It gives a session that can sign in to the console.',
          severity: all ? 'critical' : 'high',
          facts: known({ name, expires: response.text('credentials.expiration') }),
        };
      },
      // With MFA it is what users do every day.
      GetSessionToken: (call) =>
        call.request.has('serialNumber') || isByService(call)
          ? undefined
          : {
              deed: 'Session token asked for without MFA',
              severity: 'low',
              facts: known({ expires: call.response.text('credentials.expiration') }),
            },
    },
    'signin.amazonaws.com': {
      GetSigninToken({ actor: { type, name } }) {
        // The access portal of Identity Center does it at each sign-in.
        if (name?.startsWith('AWSReservedSSO_')) return undefined;
        const isFederated = type === 'FederatedUser';
        const deed: Deed = {
          deed: `Sign-in link to the console made from ${isFederated ? 'a federation token' : 'a session'}`,
          meaning: 'Whoever has the link is signed in to the console, without a password and MFA.',
        };
        return isFederated ? deed : { ...deed, severity: 'low' };
      },
    },
  },
});

/** What the policies that a token is given let it do, where that is as good as all that the user may. */
async function grantedBy(request: Fields): Promise<string | undefined> {
  const arns = request.list('policyArns').flatMap((policy) => policy.text('arn') ?? []);
  if (arns.some((arn) => arn.endsWith(':iam::aws:policy/AdministratorAccess'))) {
    return 'every action';
  }
  const policy = request.text('policy');
  if (policy === undefined) return undefined;
  const { allActions, powersOf } = await import('../../lib/iam/administrators.ts');
  const { administratorBut } = powersOf(policy);
  return administratorBut && allActions(administratorBut);
}
