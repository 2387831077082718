import { type Call, type Deed, defineCallRule, mitre } from '@patrol/core';
import { isByPerson, unlessAutomated } from '../../lib/actor.ts';
import { known } from '../../lib/facts.ts';
import { withNames } from '../../lib/words.ts';

// Shapes are those of the API's model: no records were at hand.
export default defineCallRule({
  name: 'cognitoOpened',
  title: 'Cognito opened or sign-ins redirected',
  description:
    'Alerts when somebody lets guests without a sign-in get AWS credentials from a Cognito identity pool, sets the role that guests get, or sends those who sign in to a user pool to other addresses. ' +
    'Addresses that a role sets, as deployments do, are quiet.',
  severity: 'medium',
  runbook:
    'Ask the actor which application needs it. If nobody can say, put the setting back. Look at what the role of guests allows: everybody on the internet has it while guests are let in.',
  references: [
    mitre('T1556', 'Modify Authentication Process'),
    mitre('T1078.004', 'Valid Accounts: Cloud Accounts'),
  ],
  parameters: {},
  calls: {
    'cognito-identity.amazonaws.com': {
      CreateIdentityPool: guests,
      UpdateIdentityPool: guests,
      SetIdentityPoolRoles(call) {
        const role = call.request.text('roles.unauthenticated');
        const pool = call.request.text('identityPoolId');
        return role === undefined
          ? undefined
          : {
              severity: unlessAutomated(call, 'medium'),
              deed: `Role for guests set in ${withNames('Cognito identity pool', pool)}`,
              meaning: 'Everybody gets its credentials, if the pool lets in guests.',
              facts: known({ role }),
              target: ['AWS::Cognito::IdentityPool', pool],
            };
      },
    },
    'cognito-idp.amazonaws.com': {
      UpdateUserPoolClient(call) {
        const urls = call.request.texts('callbackURLs');
        return urls.length === 0 || !isByPerson(call)
          ? undefined
          : {
              deed: `Sign-ins sent to other addresses in ${withNames('Cognito user pool', call.request.text('userPoolId'))}`,
              meaning:
                'Or the addresses are those that it had: the console sends all of them at every change.',
              severity: 'low',
              facts: known({ client: call.request.text('clientId'), callbackUrls: urls }),
              target: ['AWS::Cognito::UserPoolClient', call.request.text('clientId')],
            };
      },
    },
  },
});

function guests(call: Call): Deed | undefined {
  const { request } = call;
  const pool = call.response.text('identityPoolId') ?? request.text('identityPoolId');
  return request.flag('allowUnauthenticatedIdentities')
    ? {
        severity: unlessAutomated(call, 'medium'),
        deed: `Guests let in by ${withNames('Cognito identity pool', pool)}`,
        meaning: 'Everybody on the internet gets the credentials of its role for guests.',
        facts: known({ name: request.text('identityPoolName') }),
        target: ['AWS::Cognito::IdentityPool', pool],
      }
    : undefined;
}
