import { defineCallRule, mitre } from '@patrol/core';
import { shared } from '../../lib/access/opened.ts';
import { trust } from '../../lib/access/trust.ts';
import { known } from '../../lib/facts.ts';
import { awsCommand } from '../../lib/undo.ts';
import { withNames } from '../../lib/words.ts';

export default defineCallRule({
  name: 'resourceShared',
  title: 'Resource shared out of the organisation',
  description:
    'Alerts when AWS RAM shares resources with an account that may be outside the organisation. ' +
    'It also alerts when an SSM document is shared with everybody or another account, and when the block of public SSM documents is turned off.',
  severity: 'high',
  runbook:
    'Ask the actor who the other account is. If nobody can say, take the principal out of the share (ram disassociate-resource-share), or the account out of the permissions of the document. ' +
    'Look at what the others read, and treat the credentials that were used as stolen.',
  references: [mitre('T1537', 'Transfer Data to Cloud Account')],
  parameters: trust,
  calls: {
    'ram.amazonaws.com': {
      CreateResourceShare(call) {
        const { request, response, region } = call;
        const share = response.text('resourceShare.resourceShareArn');
        // RAM lets in accounts of others unless the request says no.
        const letsOthersIn =
          (request.flag('allowExternalPrincipals') ??
            response.flag('resourceShare.allowExternalPrincipals')) !== false;
        return shared(
          letsOthersIn ? outside(request.texts('principals')) : [],
          'ram:*',
          call,
          (who) => ({
            deed: `Resources shared with ${who}`,
            meaning: 'The record does not tell whether that account is one of the organisation.',
            facts: known({ share: request.text('name'), resources: request.texts('resourceArns') }),
            target: ['AWS::RAM::ResourceShare', share ?? request.text('name')],
            undo: awsCommand('ram delete-resource-share', { 'resource-share-arn': share, region }),
          }),
        );
      },
      AssociateResourceShare(call) {
        const { request, response, region } = call;
        const share = request.text('resourceShareArn');
        const inside = response
          .list('resourceShareAssociations')
          .filter((each) => each.flag('external') === false)
          .map((each) => each.text('associatedEntity'));
        const principals = outside(request.texts('principals')).filter(
          (id) => !inside.includes(id),
        );
        return shared(principals, 'ram:*', call, (who) => ({
          deed: `Resources shared with ${who}`,
          facts: known({ share }),
          target: ['AWS::RAM::ResourceShare', share],
          undo: awsCommand('ram disassociate-resource-share', {
            'resource-share-arn': share,
            principals,
            region,
          }),
        }));
      },
      UpdateResourceShare: ({ request, region }) =>
        request.flag('allowExternalPrincipals') === true
          ? {
              severity: 'medium',
              deed: `${withNames('Resource share', request.text('resourceShareArn'))} opened to accounts outside the organisation`,
              target: ['AWS::RAM::ResourceShare', request.text('resourceShareArn')],
              undo: awsCommand('ram update-resource-share', {
                'resource-share-arn': request.text('resourceShareArn'),
                'no-allow-external-principals': true,
                region,
              }),
            }
          : undefined,
      EnableSharingWithAwsOrganization: () => ({
        severity: 'low',
        deed: 'Sharing with the whole organisation turned on',
        meaning: 'Accounts of the organisation get what is shared with them without an invitation.',
      }),
    },
    'ssm.amazonaws.com': {
      ModifyDocumentPermission(call) {
        const { request, region } = call;
        const ids = request
          .texts('accountIdsToAdd')
          .map((id) => (id.toLowerCase() === 'all' ? 'all' : id));
        const document = request.text('name');
        return shared(ids, 'ssm:GetDocument', call, (who) => ({
          deed: `${withNames('SSM document', document)} shared with ${who}`,
          target: ['AWS::SSM::Document', document],
          undo: awsCommand('ssm modify-document-permission', {
            name: document,
            'permission-type': 'Share',
            'account-ids-to-remove': request.texts('accountIdsToAdd'),
            region,
          }),
        }));
      },
      UpdateServiceSetting: ({ request, region }) =>
        request.text('settingId')?.endsWith('/ssm/documents/console/public-sharing-permission') &&
        request.text('settingValue') === 'Enable'
          ? {
              deed: 'Block of public SSM documents turned off',
              meaning: 'Documents of this region can be shared with everybody.',
              undo: awsCommand('ssm update-service-setting', {
                'setting-id': request.text('settingId'),
                'setting-value': 'Disable',
                region,
              }),
            }
          : undefined,
    },
  },
});

/** The principals that may be outside. An organisation can be named in its own accounts only. */
const outside = (principals: readonly string[]): readonly string[] =>
  principals.filter((id) => !/^arn:[^:]*:organizations:/.test(id));
