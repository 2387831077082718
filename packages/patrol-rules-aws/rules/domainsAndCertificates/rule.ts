import { type CallReader, type Deed, defineCallRule, mitre, type Severity } from '@patrol/core';
import { shared } from '../../lib/access/opened.ts';
import { trust } from '../../lib/access/trust.ts';
import { isByService, unlessByService } from '../../lib/actor.ts';
import { known } from '../../lib/facts.ts';
import { awsCommand } from '../../lib/undo.ts';
import { withNames } from '../../lib/words.ts';

type P = typeof trust;

export default defineCallRule({
  name: 'domainsAndCertificates',
  title: 'Domain or certificate given away',
  description:
    'Alerts when somebody unlocks, transfers or deletes a domain, reads its transfer code, or changes its name servers. ' +
    'It also alerts when a hosted zone or its DNSSEC is removed, a private key is exported, or a CA certificate is issued. ' +
    'Calls on domains and hosted zones are reported in us-east-1 only.',
  severity: 'high',
  runbook:
    'Whoever has the domain or its certificate can pose as you, and read mail and passwords. Ask the actor whether this was planned. If nobody can say, lock the domain and cancel the transfer at once, ' +
    'set the name servers again, revoke the certificate, and treat the credentials that were used as stolen.',
  references: [
    mitre('T1584.001', 'Compromise Infrastructure: Domains'),
    mitre('T1649', 'Steal or Forge Authentication Certificates'),
  ],
  parameters: trust,
  calls: {
    'route53domains.amazonaws.com': {
      DisableDomainTransferLock: ({ request, region }) => ({
        ...onDomain(request.text('domainName'), 'unlocked for transfers', 'critical'),
        undo: awsCommand('route53domains enable-domain-transfer-lock', {
          'domain-name': request.text('domainName'),
          region,
        }),
      }),
      TransferDomainToAnotherAwsAccount: (call) =>
        shared(call.request.texts('accountId'), 'route53domains:*', call, (who) => ({
          ...onDomain(call.request.text('domainName'), `transferred to ${who}`, 'critical'),
          undo: awsCommand('route53domains cancel-domain-transfer-to-another-aws-account', {
            'domain-name': call.request.text('domainName'),
            region: call.region,
          }),
        })),
      RetrieveDomainAuthCode: ({ request }) => ({
        ...onDomain(request.text('domainName'), 'read', 'high', 'Transfer code of domain'),
        meaning:
          'With the code, whoever read it can move the domain to another registrar once it is unlocked.',
      }),
      UpdateDomainNameservers: ({ request }) => ({
        ...onDomain(request.text('domainName'), 'changed', 'high', 'Name servers of domain'),
        meaning: 'They decide where web sites and mail of the domain are.',
        facts: known({
          nameServers: request.list('nameservers').flatMap((server) => server.text('name') ?? []),
        }),
      }),
      DeleteDomain: ({ request }) => onDomain(request.text('domainName'), 'deleted', 'critical'),
    },
    'route53.amazonaws.com': {
      DeleteHostedZone: ({ request, record }) => ({
        severity: unlessByService({ record }, 'medium'),
        deed: `${withNames('Hosted zone', request.text('id'))} deleted`,
        target: ['AWS::Route53::HostedZone', request.text('id')],
      }),
      DisableHostedZoneDNSSEC: ({ request }) => {
        // The API calls it HostedZoneId, and has it as Id in the path.
        const zone = request.text('hostedZoneId') ?? request.text('id');
        return {
          deed: `${withNames('DNSSEC of hosted zone', zone)} turned off`,
          target: ['AWS::Route53::HostedZone', zone],
        };
      },
    },
    'acm.amazonaws.com': {
      ExportCertificate: ({ request, record }) =>
        isByService({ record })
          ? undefined
          : {
              severity: 'medium',
              deed: `${withNames('Private key of certificate', request.text('certificateArn'))} exported`,
              target: ['AWS::CertificateManager::Certificate', request.text('certificateArn')],
            },
    },
    'acm-pca.amazonaws.com': {
      IssueCertificate: issued(),
    },
  },
});

const onDomain = (
  domain: string | undefined,
  did: string,
  severity: Severity,
  what = 'Domain',
): Deed => ({
  severity,
  deed: `${withNames(what, domain)} ${did}`,
  target: ['AWS::Route53Domains::Domain', domain],
});

/** Certificates of servers and people are issued all day. Those of authorities have templates of their own. */
function issued(): CallReader<P> {
  return ({ request }) => {
    const template = request.text('templateArn')?.replace(/^.*template\//, '');
    const isAuthority = template !== undefined && /(Root|Subordinate)CACertificate/.test(template);
    return isAuthority
      ? {
          severity: 'medium',
          deed: `CA certificate issued from ${withNames('certificate authority', request.text('certificateAuthorityArn'))}`,
          meaning: 'Whoever has its key can issue certificates that your clients trust.',
          facts: known({ template }),
          target: ['AWS::ACMPCA::CertificateAuthority', request.text('certificateAuthorityArn')],
        }
      : undefined;
  };
}
