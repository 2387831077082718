import * as sdk from '@aws-sdk/client-cloudfront';
import { ruleState } from '@patrol/core/evaluation';
import { apiCallRecord, denied, describeRule } from '@patrol/core/testing';
import { expect, test } from 'vitest';
import { describeActors } from '../../testing/actors.ts';
import { describeHostile } from '@patrol/build/testing';
import rule, { writeCalls } from './rule.ts';

const id = 'EDFDVBD6EXAMPLE';
const arn = `arn:aws:cloudfront::111122223333:distribution/${id}`;

const call = (eventName: string, requestParameters: unknown = { id }, fields = {}) =>
  apiCallRecord('cloudfront.amazonaws.com', eventName, {
    awsRegion: 'us-east-1',
    apiVersion: '2020_05_31',
    requestParameters,
    ...fields,
  });
const distributionConfig = {
  callerReference: '1578329170895',
  comment: 'HIDDEN_DUE_TO_SECURITY_REASONS',
  enabled: false,
  aliases: { quantity: 2, items: ['www.example.com', 'example.com'] },
  origins: {
    quantity: 1,
    items: [{ id: 'site', domainName: 'site.s3.eu-west-1.amazonaws.com', originPath: '' }],
  },
  webACLId: 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/site/a1b2c3d4',
};
const update = (eventName: string, fields = {}) =>
  call(
    eventName,
    { id, ifMatch: 'E9LHASXEXAMPLE', distributionConfig },
    {
      responseElements: {
        distribution: { id, aRN: arn, status: 'InProgress' },
        eTag: 'E2QEXAMPLE',
      },
      ...fields,
    },
  );
const updated = `UpdateDistribution on CloudFront distribution ${id} by IAM user alice`;

describeRule(rule, {
  parameters: { protectedDistributions: `${id}, E2*` },
  alerts: {
    'traffic that a policy moves, whose record names no distribution': [
      call('UpdateContinuousDeploymentPolicy2020_05_31', {
        id: 'cdp',
        continuousDeploymentPolicyConfig: { enabled: true },
      }),
      {
        title:
          'UpdateContinuousDeploymentPolicy on a CloudFront distribution that the record does not name by IAM user alice',
        severity: 'high',
      },
    ],
    'a change, as records name it today': [
      update('UpdateDistribution'),
      {
        title: updated,
        severity: 'high',
        region: 'us-east-1',
        targets: [{ type: 'AWS::CloudFront::Distribution', id }],
        groupKey:
          'cloudfrontModifyDelete:111122223333:arn:aws:iam::111122223333:user/alice:UpdateDistribution',
        before: null,
        undo: null,
        suppression: { parameter: 'ignoredActors', item: 'arn:aws:iam::111122223333:user/alice' },
        facts: {
          action: 'UpdateDistribution',
          distribution: id,
          enabled: false,
          aliases: 'www.example.com, example.com',
          origins: 'site.s3.eu-west-1.amazonaws.com',
          webAcl: distributionConfig.webACLId,
        },
      },
    ],
    'a change with the version of the API of 2014': [
      update('UpdateDistribution2014_01_31'),
      { title: updated },
    ],
    'a change with the version of the API of 2020': [
      update('UpdateDistribution2020_05_31'),
      { title: updated },
    ],
    'a change after which there is no web ACL': [
      call('UpdateDistribution', { id, distributionConfig: { enabled: true, webACLId: '' } }),
      {
        title: updated,
        facts: { action: 'UpdateDistribution', distribution: id, enabled: true, webAcl: 'none' },
      },
    ],
    'a deletion': [
      call('DeleteDistribution2020_05_31', { id, ifMatch: 'E2QWRUHEXAMPLE' }),
      { title: `DeleteDistribution on CloudFront distribution ${id} by IAM user alice` },
    ],
    'a staging configuration that is promoted': [
      call('UpdateDistributionWithStagingConfig', { id, stagingDistributionId: 'E1STAGING' }),
      {
        title: `UpdateDistributionWithStagingConfig on CloudFront distribution ${id} by IAM user alice`,
      },
    ],
    'a staging distribution that is protected': [
      call('UpdateDistributionWithStagingConfig2020_05_31', {
        id: 'E1OTHER',
        stagingDistributionId: id,
      }),
      {
        title: `UpdateDistributionWithStagingConfig on CloudFront distribution ${id} by IAM user alice`,
      },
    ],
    'an alias that comes to a protected distribution': [
      call('AssociateAlias2020_05_31', { targetDistributionId: id, alias: 'www.example.com' }),
      {
        title: `AssociateAlias on CloudFront distribution ${id} by IAM user alice`,
        severity: 'high',
        facts: { action: 'AssociateAlias', distribution: id, alias: 'www.example.com' },
      },
    ],
    'an alias that goes to another distribution, perhaps from a protected one': [
      call('AssociateAlias', { targetDistributionId: 'E1OTHER', alias: 'www.example.com' }),
      {
        title: 'AssociateAlias on CloudFront distribution E1OTHER by IAM user alice',
        severity: 'low',
        summary:
          'AssociateAlias was called on CloudFront distribution E1OTHER by IAM user alice. It takes an alias over from another distribution, which the record does not name.',
      },
    ],
    'a domain that goes to another distribution': [
      call('UpdateDomainAssociation', {
        domain: 'www.example.com',
        targetResource: { distributionId: 'E1OTHER' },
      }),
      {
        title: 'UpdateDomainAssociation on CloudFront distribution E1OTHER by IAM user alice',
        severity: 'low',
        facts: {
          action: 'UpdateDomainAssociation',
          distribution: 'E1OTHER',
          domain: 'www.example.com',
        },
      },
    ],
    'a web ACL that is taken away': [
      call('DisassociateDistributionWebACL'),
      {
        title: `DisassociateDistributionWebACL on CloudFront distribution ${id} by IAM user alice`,
      },
    ],
    'a distribution that a * covers': [
      call('DeleteDistribution', { id: 'E2ABC' }),
      { title: 'DeleteDistribution on CloudFront distribution E2ABC by IAM user alice' },
    ],
    'a tenant of a protected distribution': [
      call(
        'UpdateDistributionTenant',
        { id: 'dt_1' },
        { responseElements: { distributionTenant: { id: 'dt_1', distributionId: id } } },
      ),
      { title: `UpdateDistributionTenant on CloudFront distribution ${id} by IAM user alice` },
      { parameters: { protectedActions: 'UpdateDistributionTenant' } },
    ],
    'a copy of a protected distribution, when the operator names the call': [
      call('CopyDistribution', { primaryDistributionId: id, staging: true }),
      { title: `CopyDistribution on CloudFront distribution ${id} by IAM user alice` },
      { parameters: { protectedActions: '*' } },
    ],
    'a policy of continuous deployment, whose distribution the record does not name': [
      call('UpdateContinuousDeploymentPolicy', { id: 'f64f4e3a-example' }),
      {
        title:
          'UpdateContinuousDeploymentPolicy on a CloudFront distribution that the record does not name by IAM user alice',
      },
      { parameters: { protectedActions: '*ContinuousDeploymentPolicy' } },
    ],
    'a denied attempt, which names the distribution in its message only': [
      call('DeleteDistribution2020_05_31', null, denied('cloudfront:DeleteDistribution', arn)),
      {
        title: `Denied attempt: DeleteDistribution on CloudFront distribution ${id} by IAM user alice`,
        severity: 'medium',
      },
      { parameters: { deniedAttempts: 'alert' } },
    ],
    'a denied attempt that names no distribution': [
      call('DeleteDistribution2020_05_31', null, {
        errorCode: 'AccessDenied',
        errorMessage: 'Access denied',
      }),
      {
        title:
          'Denied attempt: DeleteDistribution on a CloudFront distribution that the record does not name by IAM user alice',
      },
      { parameters: { deniedAttempts: 'alert' } },
    ],
  },
  quiet: {
    'a policy that moves no traffic yet': [
      call('CreateContinuousDeploymentPolicy', { continuousDeploymentPolicyConfig: {} }),
    ],
    'a distribution that is not protected': [call('UpdateDistribution', { id: 'E1OTHER' })],
    'a distribution whose id only holds a protected one': [
      call('UpdateDistribution', { id: `${id}2` }),
    ],
    'a trailing comma, which is no id': [
      call('UpdateDistribution', { id: 'E1OTHER' }),
      { parameters: { protectedDistributions: `${id},` } },
    ],
    'a call that is not protected': [
      update('UpdateDistribution2020_05_31'),
      { parameters: { protectedActions: 'DeleteDistribution' } },
    ],
    'a call whose name only begins with a protected one': [
      call('UpdateDistributionTenant', { id: 'dt_1', distributionId: id }),
      { parameters: { protectedActions: 'UpdateDistribution' } },
    ],
    'a denied attempt': [
      call('DeleteDistribution', null, denied('cloudfront:DeleteDistribution', arn)),
    ],
    'a denied attempt on a distribution that is not protected': [
      call('DeleteDistribution', null, denied('cloudfront:DeleteDistribution', `${arn}2`)),
      { parameters: { deniedAttempts: 'alert' } },
    ],
    'a call that failed': [
      call('DeleteDistribution', { id }, { errorCode: 'DistributionNotDisabled' }),
      { parameters: { deniedAttempts: 'alert' } },
    ],
  },
  refuses: {
    'no distribution at all, which would watch nothing': [
      update('UpdateDistribution'),
      /protectedDistributions: .*required/,
      { parameters: { protectedDistributions: '' } },
    ],
    'the version of an API in an action, which would match nothing': [
      update('UpdateDistribution'),
      /protectedActions: "UpdateDistribution2016_01_28" matches none of the allowed names/,
      { parameters: { protectedActions: 'UpdateDistribution2016_01_28' } },
    ],
    'an ARN, which would match nothing': [
      update('UpdateDistribution'),
      /protectedDistributions: .* expected the id of a distribution/,
      { parameters: { protectedDistributions: arn } },
    ],
  },
});

describeActors(rule, (userIdentity) => update('UpdateDistribution', { userIdentity }), {
  parameters: { protectedDistributions: id },
});

describeHostile(rule, [
  update('UpdateDistribution'),
  call('AssociateAlias2020_05_31', { targetDistributionId: id, alias: 'www.example.com' }),
  call('DeleteDistribution', null, denied('cloudfront:DeleteDistribution', arn)),
]);

test('every call of CloudFront that changes a distribution can be named', () => {
  // They make a new one, empty caches, or are for Flash, which CloudFront no longer serves.
  const others = [
    'CreateDistribution',
    'CreateDistributionTenant',
    'CreateDistributionWithTags',
    'CreateInvalidationForDistributionTenant',
    'CreateStreamingDistribution',
    'CreateStreamingDistributionWithTags',
    'DeleteStreamingDistribution',
    'UpdateStreamingDistribution',
  ];
  const calls = Object.keys(sdk)
    .filter((name) => /^[A-Z]\w*Command$/.test(name))
    .map((name) => name.replace(/Command$/, ''))
    .filter((name) => /Distribution|Alias|ContinuousDeployment|DomainAssociation/.test(name))
    .filter((name) => !/^(Get|List|Describe)/.test(name));
  expect([...writeCalls, ...others].toSorted()).toEqual(calls.toSorted());
});

test('its pattern watches no call that reads, so that the plain state is enough', () => {
  expect(rule.triggers.map(({ pattern }) => ruleState(pattern))).toEqual(['ENABLED']);
});
