import { defineCallRule, mitre, names } from '@patrol/core';
import { known } from '../../lib/facts.ts';
import { awsCommand } from '../../lib/undo.ts';

// No recorded event is at hand: the shapes are those of the API's model (botocore, iam and sts).
export default defineCallRule({
  name: 'outboundFederation',
  title: 'AWS identities used outside AWS',
  description:
    'Alerts when somebody switches on outbound web identity federation, and when tokens of it are asked for by an IAM user or for an audience that is not expected.',
  severity: 'medium',
  runbook:
    'With such a token a user or role signs in at services outside AWS. Ask the actor which service that is. If nobody can say, ' +
    'switch the federation off, and look in CloudTrail at who has asked for tokens (GetWebIdentityToken).',
  references: [
    mitre('T1550.001', 'Use Alternate Authentication Material: Application Access Token'),
  ],
  parameters: {
    expectedAudiences: names(
      'The audiences that tokens may be for. Without any, only the tokens of IAM users are alerted on.',
      { default: '', example: 'https://api.example.com' },
    ),
  },
  calls: {
    'iam.amazonaws.com': {
      EnableOutboundWebIdentityFederation: ({ account, response }) => ({
        deed: 'Outbound web identity federation switched on',
        meaning: 'Users and roles of the account can sign in at services outside AWS.',
        facts: known({ issuer: response.text('issuerIdentifier') }),
        target: ['AWS::Organizations::Account', account],
        undo: awsCommand('iam disable-outbound-web-identity-federation', {}),
      }),
    },
    'sts.amazonaws.com': {
      GetWebIdentityToken({ actor: { type }, parameters: { expectedAudiences }, request }) {
        const audiences = request.texts('audience');
        const unexpected = audiences.filter((audience) => !expectedAudiences.find(audience));
        // Programs in AWS use roles, and ask for tokens all day.
        const isWatched = type === 'IAMUser' || expectedAudiences.items.length > 0;
        if (!isWatched || (unexpected.length === 0 && audiences.length > 0)) return undefined;
        return {
          deed: 'Token for a service outside AWS asked for',
          severity: expectedAudiences.items.length > 0 ? 'medium' : 'low',
          facts: known({ audiences, seconds: request.text('durationSeconds') }),
        };
      },
    },
  },
});
