/** Whether the policy of a bucket lets AWS services write to it, as the buckets of their logs have to. */
import { parsePolicy, type PolicyStatement } from '../iam/policy.ts';
import { matchesName } from '@patrol/core';

/**
 * Whether a service may write objects. A Deny for everybody without conditions takes it away.
 *
 * @throws PolicyError for a policy that cannot be read.
 */
export function letsServicesWrite(document: unknown): boolean {
  const { statements } = parsePolicy(document);
  const writing = statements.filter(writes);
  return (
    writing.some(({ effect, principals }) => effect === 'Allow' && isForServices(principals)) &&
    !writing.some(
      ({ effect, principals, conditions }) =>
        effect === 'Deny' &&
        conditions.length === 0 &&
        (isForServices(principals) || principals?.list.some(({ id }) => id === '*') === true),
    )
  );
}

const writes = ({ actions: { except, patterns } }: PolicyStatement): boolean =>
  except !== patterns.some(({ text }) => matchesName(text.toLowerCase(), 's3:putobject'));

const isForServices = (principals: PolicyStatement['principals']): boolean =>
  principals?.except === false && principals.list.some(({ kind }) => kind === 'Service');
