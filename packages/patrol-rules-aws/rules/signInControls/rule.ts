import { defineCallRule, mitre } from '@patrol/core';
import { known } from '../../lib/facts.ts';

/** What a statement can ask of a sign-in. */
const places = [
  'sourceIp',
  'sourceVpc',
  'vpcSourceIp',
  'signinSourceVpce',
  'consoleSourceVpce',
  'requestedRegion',
];

// No recorded event is at hand: the shapes are those of the API's model (botocore, signin 2023-01-01).
export default defineCallRule({
  name: 'signInControls',
  title: 'Sign-in controls changed',
  description:
    'Alerts when somebody changes from where users may sign in to the console: the resource permissions of AWS Sign-In.',
  severity: 'high',
  runbook:
    'Ask the actor why. If nobody can say, put the statement or the configuration back as it was, treat the credentials of the ' +
    'actor as stolen, and look in CloudTrail at who has signed in since (ConsoleLogin).',
  references: [mitre('T1556', 'Modify Authentication Process')],
  parameters: {},
  calls: {
    'signin.amazonaws.com': {
      DeleteConsoleAuthorizationConfiguration: ({ request }) => ({
        deed: 'Sign-in controls switched off',
        meaning: 'Who may sign in to the console no longer depends on where they come from.',
        facts: known({ target: request.text('targetId') }),
      }),
      DeleteResourcePermissionStatement: ({ request }) => ({
        deed: 'Sign-in permission removed',
        meaning: 'Sign-ins may now be possible from elsewhere, or no longer from where they were.',
        facts: known({ statement: request.text('statementId') }),
      }),
      PutConsoleAuthorizationConfiguration: ({ request }) => ({
        deed: 'Sign-in controls switched on',
        meaning: 'Those whom no statement lets in can no longer sign in.',
        severity: 'medium',
        facts: known({ target: request.text('targetId') }),
      }),
      PutResourcePermissionStatement({ request, response }) {
        const excluded = request.text('excludedPrincipal');
        return {
          deed: `Sign-in permission added${excluded === undefined ? '' : ' with an exception'}`,
          meaning:
            excluded === undefined ? undefined : `The restriction does not hold for ${excluded}.`,
          severity: excluded === undefined ? 'medium' : 'high',
          facts: known({
            ...Object.fromEntries(places.map((name) => [name, request.text(name)])),
            excludedPrincipal: excluded,
            statement: response.text('statementId'),
          }),
        };
      },
    },
  },
});
