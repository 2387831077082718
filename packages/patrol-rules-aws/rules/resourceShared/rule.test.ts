import { apiCallRecord, describeRule } from '@patrol/core/testing';
import rule from './rule.ts';

const own = '111122223333';
const foreign = '444455556666';
const share = 'arn:aws:ram:eu-west-1:111122223333:resource-share/0001';
const organization = 'arn:aws:organizations::111122223333:organization/o-a1b2c3d4e5';
const ram = (eventName: string, requestParameters: object, responseElements: unknown = null) =>
  apiCallRecord('ram.amazonaws.com', eventName, { requestParameters, responseElements });
const created = (request: object, allowExternalPrincipals = true) =>
  ram(
    'CreateResourceShare',
    {
      name: 'subnets',
      resourceArns: ['arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-1'],
      ...request,
    },
    { resourceShare: { resourceShareArn: share, name: 'subnets', allowExternalPrincipals } },
  );
const associated = (id: string, external: boolean) =>
  ram(
    'AssociateResourceShare',
    { resourceShareArn: share, principals: [id] },
    {
      resourceShareAssociations: [{ associatedEntity: id, associationType: 'PRINCIPAL', external }],
    },
  );
const ssm = (eventName: string, requestParameters: object) =>
  apiCallRecord('ssm.amazonaws.com', eventName, { requestParameters });
const document = (accountIdsToAdd: readonly string[]) =>
  ssm('ModifyDocumentPermission', { name: 'Setup', permissionType: 'Share', accountIdsToAdd });
const setting = (settingValue: string, name = 'public-sharing-permission') =>
  ssm('UpdateServiceSetting', {
    settingId: `arn:aws:ssm:eu-west-1:111122223333:servicesetting/ssm/documents/console/${name}`,
    settingValue,
  });

describeRule(rule, {
  alerts: {
    'a share for an account that may be outside': [
      created({ principals: [foreign] }),
      {
        title: `Resources shared with account ${foreign} by IAM user alice`,
        severity: 'high',
        targets: [{ type: 'AWS::RAM::ResourceShare', id: share }],
        facts: {
          share: 'subnets',
          resources: 'arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-1',
        },
        suppression: { parameter: 'trustedAccounts', item: foreign },
        undo: `aws ram delete-resource-share --resource-share-arn ${share} --region eu-west-1`,
      },
    ],
    'an account that is outside': [
      associated(foreign, true),
      {
        title: `Resources shared with account ${foreign} by IAM user alice`,
        undo: `aws ram disassociate-resource-share --resource-share-arn ${share} --principals ${foreign} --region eu-west-1`,
      },
    ],
    'a share that is opened': [
      ram('UpdateResourceShare', { resourceShareArn: share, allowExternalPrincipals: true }),
      {
        title: `Resource share ${share} opened to accounts outside the organisation by IAM user alice`,
        severity: 'medium',
        undo: `aws ram update-resource-share --resource-share-arn ${share} --no-allow-external-principals --region eu-west-1`,
      },
    ],
    'sharing with the organisation': [
      ram('EnableSharingWithAwsOrganization', {}),
      { title: 'Sharing with the whole organisation turned on by IAM user alice', severity: 'low' },
    ],
    'a document for everybody': [
      document(['All']),
      { title: 'SSM document Setup shared with everybody by IAM user alice', severity: 'critical' },
    ],
    'a document for another account': [
      document([foreign]),
      {
        title: `SSM document Setup shared with account ${foreign} by IAM user alice`,
        severity: 'high',
        undo: `aws ssm modify-document-permission --name Setup --permission-type Share --account-ids-to-remove ${foreign} --region eu-west-1`,
      },
    ],
    'public documents': [
      setting('Enable'),
      { title: 'Block of public SSM documents turned off by IAM user alice', severity: 'high' },
    ],
  },
  quiet: {
    'a share within the organisation': [
      created({ principals: [foreign], allowExternalPrincipals: false }, false),
    ],
    'a share for the organisation': [created({ principals: [organization] })],
    'a share for nobody yet': [created({})],
    'an account of the organisation': [associated(foreign, false)],
    'an organisational unit': [
      associated('arn:aws:organizations::111122223333:ou/o-a1b2c3d4e5/ou-abcd-11111111', false),
    ],
    'a share that is closed': [
      ram('UpdateResourceShare', { resourceShareArn: share, allowExternalPrincipals: false }),
    ],
    'a document that is no longer shared': [document([])],
    'a document for the own account': [document([own])],
    'public documents that are blocked': [setting('Disable')],
    'another setting': [setting('Enable', 'other')],
  },
  suppressed: {
    'an account that is trusted': [
      created({ principals: [foreign] }),
      foreign,
      { parameters: { trustedAccounts: foreign } },
    ],
  },
});
