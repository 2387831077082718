import type { Stack } from '../cloud/cloud.ts';
import { conditionOf, meaningOf } from '../cloud/states.ts';

/** Why a stack cannot be deleted now, with what to do about it; `undefined` when it can. */
export function undeletable(standing: Stack, region: string): string | undefined {
  const { name, terminationProtected } = standing;
  if (terminationProtected) {
    return `${name} is protected against deletion. Take that off first: \`aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name ${name} --region ${region}\`.`;
  }
  return conditionOf(standing) === 'busy'
    ? `${meaningOf(standing)} Run the same command again when that is over.`
    : undefined;
}
