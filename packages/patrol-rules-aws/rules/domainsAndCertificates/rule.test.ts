import { apiCallRecord, describeRule, identities } from '@patrol/core/testing';
import rule from './rule.ts';

const foreign = '444455556666';
const call = (service: string, eventName: string, requestParameters: object, fields = {}) =>
  apiCallRecord(`${service}.amazonaws.com`, eventName, { requestParameters, ...fields });
const domain = (eventName: string, more: object = {}) =>
  call(
    'route53domains',
    eventName,
    { domainName: 'example.com', ...more },
    { awsRegion: 'us-east-1' },
  );
const zone = (eventName: string, requestParameters: object, fields = {}) =>
  call('route53', eventName, requestParameters, { awsRegion: 'us-east-1', ...fields });
const certificateArn = 'arn:aws:acm:eu-west-1:111122223333:certificate/0001';
const certificateAuthorityArn = 'arn:aws:acm-pca:eu-west-1:111122223333:certificate-authority/0001';
const issued = (template: string) =>
  call('acm-pca', 'IssueCertificate', {
    certificateAuthorityArn,
    templateArn: `arn:aws:acm-pca:::template/${template}`,
  });

describeRule(rule, {
  alerts: {
    'a domain that is unlocked': [
      domain('DisableDomainTransferLock'),
      {
        title: 'Domain example.com unlocked for transfers by IAM user alice',
        severity: 'critical',
        targets: [{ type: 'AWS::Route53Domains::Domain', id: 'example.com' }],
        undo: 'aws route53domains enable-domain-transfer-lock --domain-name example.com --region us-east-1',
      },
    ],
    'a domain that goes to another account': [
      domain('TransferDomainToAnotherAwsAccount', { accountId: foreign }),
      {
        title: `Domain example.com transferred to account ${foreign} by IAM user alice`,
        severity: 'critical',
        undo: 'aws route53domains cancel-domain-transfer-to-another-aws-account --domain-name example.com --region us-east-1',
      },
    ],
    'a transfer code': [
      domain('RetrieveDomainAuthCode'),
      { title: 'Transfer code of domain example.com read by IAM user alice', severity: 'high' },
    ],
    'other name servers': [
      domain('UpdateDomainNameservers', {
        nameservers: [{ name: 'ns1.example.net' }, { name: 'ns2.example.net' }],
      }),
      {
        title: 'Name servers of domain example.com changed by IAM user alice',
        facts: { nameServers: 'ns1.example.net, ns2.example.net' },
      },
    ],
    'a domain that is deleted': [
      domain('DeleteDomain'),
      { title: 'Domain example.com deleted by IAM user alice', severity: 'critical' },
    ],
    'a hosted zone': [
      zone('DeleteHostedZone', { id: 'Z1' }),
      { title: 'Hosted zone Z1 deleted by IAM user alice', severity: 'medium' },
    ],
    'a hosted zone that CloudFormation deletes': [
      zone('DeleteHostedZone', { id: 'Z1' }, { userIdentity: identities.serviceForUser }),
      {
        title: 'Hosted zone Z1 deleted by IAM user alice, through cloudformation.amazonaws.com',
        severity: 'low',
      },
    ],
    'DNSSEC that is turned off': [
      zone('DisableHostedZoneDNSSEC', { hostedZoneId: 'Z1' }),
      { title: 'DNSSEC of hosted zone Z1 turned off by IAM user alice', severity: 'high' },
    ],
    'DNSSEC that is turned off, with the id as in the path': [
      zone('DisableHostedZoneDNSSEC', { id: 'Z1' }),
      { title: 'DNSSEC of hosted zone Z1 turned off by IAM user alice' },
    ],
    'a certificate and its key': [
      call('acm', 'ExportCertificate', { certificateArn }),
      {
        title: `Private key of certificate ${certificateArn} exported by IAM user alice`,
        severity: 'medium',
      },
    ],
    'the certificate of an authority': [
      issued('SubordinateCACertificate_PathLen0/V1'),
      {
        title: `CA certificate issued from certificate authority ${certificateAuthorityArn} by IAM user alice`,
        severity: 'medium',
        facts: { template: 'SubordinateCACertificate_PathLen0/V1' },
      },
    ],
    'the certificate of an authority with names of its own': [
      issued('BlankSubordinateCACertificate_PathLen0_APIPassthrough/V1'),
      {
        title: `CA certificate issued from certificate authority ${certificateAuthorityArn} by IAM user alice`,
      },
    ],
  },
  quiet: {
    'a domain that stays in the account': [
      domain('TransferDomainToAnotherAwsAccount', { accountId: '111122223333' }),
    ],
    'a certificate that a service exports': [
      call('acm', 'ExportCertificate', { certificateArn }, { userIdentity: identities.service }),
    ],
    'the certificate of a server': [issued('EndEntityServerAuthCertificate/V1')],
    'a certificate without a template': [
      call('acm-pca', 'IssueCertificate', { certificateAuthorityArn }),
    ],
  },
  suppressed: {
    'a domain that goes to an account that is trusted': [
      domain('TransferDomainToAnotherAwsAccount', { accountId: foreign }),
      foreign,
      { parameters: { trustedAccounts: foreign } },
    ],
  },
});
