/** The trust policy of a role that workflows of a GitHub repository assume, without a secret. Pure. */
import type { Place } from '../cloud/cloud.ts';
import { UsageError } from '../text/errors.ts';

const issuer = 'token.actions.githubusercontent.com';

/** Whose token it is: of a branch, a deployment environment, or pull requests. Nothing of it may be a wildcard. */
const subject =
  /^github:(?<repository>[\w.-]+(?:@\d+)?\/[\w.-]+(?:@\d+)?)(?::(?<context>ref:refs\/(?:heads|tags)\/[\w./-]+|environment:[\w.-]+|pull_request))?$/;

/** The context when none is named: what was merged. */
const mainBranch = 'ref:refs/heads/main';

/**
 * The subject of a token.
 *
 * @param typed `github:owner/repo`, or with what follows in the subject: `github:owner/repo:pull_request`.
 * @throws UsageError when it is of another form.
 */
export function requireSubject(typed: string): string {
  const { repository, context = mainBranch } = subject.exec(typed)?.groups ?? {};
  if (repository !== undefined) return `repo:${repository}:${context}`;
  throw new UsageError(
    `--oidc expects github:OWNER/REPO for its branch main, or one of github:OWNER/REPO:pull_request, …:environment:NAME and …:ref:refs/heads/BRANCH. Wildcards are refused. Found ${JSON.stringify(typed)}.`,
  );
}

/** The policy. IAM compares the subject of a token with exactly one text. */
export function trustPolicy(typed: string, { partition, account }: Omit<Place, 'region'>) {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: `arn:${partition}:iam::${account}:oidc-provider/${issuer}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: {
            [`${issuer}:aud`]: 'sts.amazonaws.com',
            [`${issuer}:sub`]: requireSubject(typed),
          },
        },
      },
    ],
  };
}
