import { type Call, type Deed, defineCallRule, guardDuty, mitre, stratus } from '@patrol/core';
import { unlessByService } from '../../lib/actor.ts';
import { known } from '../../lib/facts.ts';
import { awsCommand } from '../../lib/undo.ts';

export default defineCallRule({
  name: 'rolesAnywhere',
  title: 'Roles Anywhere changed',
  description:
    'Alerts when somebody adds or changes a trust anchor of IAM Roles Anywhere, adds a profile, or changes which certificates are revoked.',
  severity: 'high',
  runbook:
    'Whoever has the key of the certification authority can make certificates, and assume the roles of the profiles with them ' +
    'from anywhere. Ask the actor whose authority it is. If nobody can say, disable the trust anchor and the profile, and look ' +
    'in CloudTrail for CreateSession of Roles Anywhere.',
  references: [
    mitre('T1098.001', 'Account Manipulation: Additional Cloud Credentials'),
    mitre('T1649', 'Steal or Forge Authentication Certificates'),
    stratus('persistence.rolesanywhere-create-trust-anchor'),
    guardDuty('RolesAnywhereTrustAnchorCreated'),
  ],
  parameters: {},
  calls: {
    'rolesanywhere.amazonaws.com': {
      CreateTrustAnchor: (call) => {
        const id = call.response.text('trustAnchor.trustAnchorId');
        return {
          ...anchor(call, 'added'),
          undo: awsCommand('rolesanywhere delete-trust-anchor', {
            'trust-anchor-id': id,
            region: call.region,
          }),
        };
      },
      // A call that does not speak of the source changes the name only.
      UpdateTrustAnchor: (call) =>
        call.request.has('source') || call.record.requestParameters === null
          ? anchor(call, 'changed')
          : undefined,
      CreateProfile: (call) => ({
        deed: 'Profile of Roles Anywhere added',
        severity: unlessByService(call, 'medium'),
        meaning: 'Holders of certificates can assume its roles.',
        facts: known({
          profile: call.request.text('name'),
          roles: call.request.texts('roleArns'),
        }),
        target: ['AWS::RolesAnywhere::Profile', call.response.text('profile.profileArn')],
        undo: awsCommand('rolesanywhere disable-profile', {
          'profile-id': call.response.text('profile.profileId'),
          region: call.region,
        }),
      }),
      // The list names certificates that no longer count. It can shut out those who should get in.
      ImportCrl: ({ request }) => ({
        deed: 'Revocation list of Roles Anywhere added',
        severity: 'low',
        facts: known({ name: request.text('name'), trustAnchor: request.text('trustAnchorArn') }),
        target: ['AWS::RolesAnywhere::TrustAnchor', request.text('trustAnchorArn')],
      }),
      DisableCrl: ({ request, response, region }) => ({
        deed: 'Revocation list of Roles Anywhere disabled',
        meaning: 'Certificates that were revoked are good again.',
        facts: known({ name: response.text('crl.name'), list: request.text('crlId') }),
        target: ['AWS::RolesAnywhere::CRL', request.text('crlId')],
        undo: awsCommand('rolesanywhere enable-crl', { 'crl-id': request.text('crlId'), region }),
      }),
    },
  },
});

/** The finding about a trust anchor. An authority of AWS Private CA is one of the organisation; another can be anybody's. */
function anchor(call: Omit<Call, 'parameters'>, what: string): Deed {
  const { request, response } = call;
  const type = request.text('source.sourceType');
  const isOurs = type === 'AWS_ACM_PCA';
  return {
    deed: `Trust anchor of Roles Anywhere ${what}`,
    meaning: isOurs
      ? 'Certificates of an authority of AWS Private CA are trusted.'
      : 'Certificates of an authority outside AWS are trusted. Its key can be in anybody’s hands.',
    severity: unlessByService(call, isOurs ? 'medium' : 'high'),
    facts: known({
      name: request.text('name') ?? response.text('trustAnchor.name'),
      source: type,
      authority: request.text('source.sourceData.acmPcaArn'),
    }),
    target: [
      'AWS::RolesAnywhere::TrustAnchor',
      response.text('trustAnchor.trustAnchorArn') ?? request.text('trustAnchorId'),
    ],
  };
}
