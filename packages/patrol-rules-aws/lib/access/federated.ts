/**
 * Identity providers in trust policies: whether a policy says which of a provider's identities it lets in. Facts are those of
 * the IAM user guide ("Identity-provider controls for shared OIDC providers"), and of GitHub's reference of OpenID Connect.
 */
import type { PolicyCondition, Principals } from '../iam/policy.ts';

/**
 * The providers that everybody can have identities of, each with the claims that tell whose identity it is. All others belong
 * to one customer.
 */
const shared: ReadonlyMap<string, readonly string[]> = new Map([
  ['accounts.google.com', ['aud', 'oaud', 'sub']],
  ['agent.buildkite.com', ['sub']],
  ['api.pulumi.com/oidc', ['aud', 'sub']],
  ['app.terraform.io', ['sub']],
  ['cognito-identity.amazonaws.com', ['aud', 'sub']],
  ['gitlab.com', ['sub']],
  ['graph.facebook.com', ['app_id', 'id']],
  ['oidc-configuration.audit-log.githubusercontent.com', ['sub']],
  ['oidc.codefresh.io', ['sub']],
  ['oidc.vercel.com', ['aud', 'sub']],
  ['proidc.upbound.io', ['sub']],
  ['sandboxes.cloud', ['aud', 'sub']],
  ['scalr.io', ['sub']],
  ['studio.datachain.ai/api', ['sub']],
  [
    'token.actions.githubusercontent.com',
    [
      'sub',
      'repository',
      'repository_id',
      'repository_owner',
      'repository_owner_id',
      'enterprise',
      'enterprise_id',
    ],
  ],
  ['tokens.cloud.shisho.dev', ['sub']],
  ['vstoken.actions.githubusercontent.com', ['sub']],
  ['www.amazon.com', ['app_id', 'user_id']],
]);

/** An identity provider that lets in more identities than a policy names. */
interface OpenProvider {
  /** `token.actions.githubusercontent.com`. */
  readonly issuer: string;
  /** Whether everybody can have an identity there. */
  readonly isShared: boolean;
}

/**
 * The provider of a principal, where none of the conditions says whose identities it lets in; `undefined` where one does, and
 * for providers of SAML, which belong to one customer and tell users apart by what they are allowed to ask for.
 *
 * @param conditions those that certainly limit the statement.
 */
export function openProvider(
  { id }: Principals['list'][number],
  conditions: readonly PolicyCondition[],
): OpenProvider | undefined {
  if (/^arn:[^:]*:iam::[^:]*:saml-provider\//.test(id)) return undefined;
  const issuer = id.replace(/^arn:[^:]*:iam::[^:]*:oidc-provider\//, '').replace(/^https:\/\//, '');
  const claims = shared.get(issuer.toLowerCase());
  const isLimited = conditions.some(({ key, values }) => {
    if (!key.toLowerCase().startsWith(`${issuer.toLowerCase()}:`)) return false;
    const claim = key.slice(issuer.length + 1).toLowerCase();
    const tells = claims ? claims.includes(claim) : claim !== 'aud' && claim !== 'amr';
    const isSubject = claim === 'sub' && /\bactions\.githubusercontent\.com$/.test(issuer);
    return tells && values.length > 0 && values.every(isSubject ? namesOwner : namesTenant);
  });
  return isLimited ? undefined : { issuer, isShared: claims !== undefined };
}

/**
 * Whether a subject has no wildcard before its first `/`, as in `project_path:acme/*`. One without a `/` may have them behind the
 * second part, as in `organization:acme:project:*`, or behind the namespace in `system:serviceaccount:default:*`.
 */
function namesTenant(value: string): boolean {
  const parts = value.split(':');
  const head = value.includes('/')
    ? value.slice(0, value.indexOf('/'))
    : parts.slice(0, value.startsWith('system:serviceaccount:') ? 3 : 2).join(':');
  return head !== '' && !head.endsWith(':') && !/[*?]|\$\{/.test(head);
}

/**
 * Whether a subject of GitHub names an owner or repository before its first wildcard. An owner may choose the parts of the
 * subject, so that any owner can have one such as `ref:refs/heads/main`.
 */
const namesOwner = (value: string): boolean =>
  /^[^*?$]*?(?<=^|:)(?:repo|repository(?:_id|_owner|_owner_id)?|enterprise(?:_id)?):[^*?$:/]+(?:[:/]|$)/.test(
    value,
  );
