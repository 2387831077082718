import { type Call, type Deed, defineCallRule, mitre, type Severity } from '@patrol/core';
import { isServiceItself, unlessByService } from '../../lib/actor.ts';
import { known } from '../../lib/facts.ts';
import { awsCommand } from '../../lib/undo.ts';
import { isVending, vendingRoles } from '../../lib/vending.ts';

const parameters = { vendingRoles };

export default defineCallRule({
  name: 'identityProviders',
  title: 'Identity provider changed',
  description:
    'Alerts when somebody adds, changes or deletes a SAML provider, or adds an OpenID Connect provider, a client or a certificate of one. The provider of an EKS cluster is of low severity, and so is what a role of vendingRoles adds outside the console.',
  severity: 'high',
  runbook:
    'Whoever controls an identity provider can pass for all whom roles let in by it. Ask the actor why. If nobody can say, delete ' +
    'the provider or put its metadata back, and look in CloudTrail for AssumeRoleWithSAML and AssumeRoleWithWebIdentity since.',
  references: [
    mitre('T1484.002', 'Domain or Tenant Policy Modification: Trust Modification'),
    mitre('T1556.007', 'Modify Authentication Process: Hybrid Identity'),
  ],
  parameters,
  calls: {
    'iam.amazonaws.com': {
      CreateSAMLProvider: (call) => {
        const arn = call.response.text('sAMLProviderArn');
        return about(call, 'SAML provider added', arn ?? call.request.text('name'), {
          undo: awsCommand('iam delete-saml-provider', { 'saml-provider-arn': arn }),
        });
      },
      UpdateSAMLProvider: (call) =>
        about(call, 'SAML provider changed', call.request.text('sAMLProviderArn'), {
          meaning: 'Its new metadata says whose sign-ins the roles trust.',
        }),
      DeleteSAMLProvider: (call) =>
        about(call, 'SAML provider deleted', call.request.text('sAMLProviderArn'), {
          severity: 'medium',
          meaning: 'Nobody can sign in by it any more.',
        }),
      CreateOpenIDConnectProvider: (call) => {
        const url = call.request.text('url');
        const arn = call.response.text('openIDConnectProviderArn');
        return about(call, 'OpenID Connect provider added', arn ?? url, {
          // Each cluster has one, and its deployment adds it.
          severity:
            /^(https:\/\/)?oidc[.-]eks\.[a-z\d-]+\.(amazonaws\.com(\.cn)?|api\.aws)\/id\/\w+$/.test(
              url ?? '',
            )
              ? 'low'
              : 'high',
          facts: { url, clients: call.request.texts('clientIDList').join(', ') },
          undo: awsCommand('iam delete-open-id-connect-provider', {
            'open-id-connect-provider-arn': arn,
          }),
        });
      },
      UpdateOpenIDConnectProviderThumbprint: (call) =>
        about(call, 'Certificates of an OpenID Connect provider changed', providerOf(call), {
          severity: 'medium',
        }),
      AddClientIDToOpenIDConnectProvider: (call) => {
        const client = call.request.text('clientID');
        return about(call, 'Client of an OpenID Connect provider added', providerOf(call), {
          facts: { client },
          meaning: 'Roles that do not ask for an audience let its tokens in.',
          undo: awsCommand('iam remove-client-id-from-open-id-connect-provider', {
            'open-id-connect-provider-arn': providerOf(call),
            'client-id': client,
          }),
        });
      },
    },
  },
});

type AnyCall = Call<typeof parameters>;

const providerOf = ({ request }: AnyCall): string | undefined =>
  request.text('openIDConnectProviderArn');

function about(
  call: AnyCall,
  deed: string,
  provider: string | undefined,
  {
    severity = 'high',
    facts = {},
    meaning,
    undo,
  }: Partial<Omit<Deed, 'facts'>> & {
    readonly severity?: Severity;
    readonly facts?: Readonly<Record<string, string | undefined>>;
  },
): Deed | undefined {
  // Identity Center has a provider of its own in each account.
  if (isServiceItself(call)) return undefined;
  return {
    deed: provider === undefined ? deed : `${deed}: ${provider}`,
    meaning,
    severity: isVending(call) ? 'low' : unlessByService(call, severity),
    facts: known({ provider, ...facts }),
    target: [
      deed.startsWith('SAML') ? 'AWS::IAM::SAMLProvider' : 'AWS::IAM::OIDCProvider',
      provider,
    ],
    undo,
  };
}
