/** Finds what policies of resources open to everybody. Facts are those of the S3 user guide ("The meaning of 'public'"). */
import type { Policy } from '../iam/policy.ts';
import { allOpenings, type Opening } from './openings.ts';

/** A statement of a resource's policy that lets in everybody. */
export interface OpenStatement extends Pick<
  Opening,
  'sid' | 'actions' | 'resources' | 'conditions' | 'why'
> {
  /** Whom it lets in: `everybody`, `everybody but …`, or public identity providers as they stand in the document. */
  readonly principals: readonly string[];
}

/** Whether everybody is let in, or everybody who has an account of a public identity provider. */
const isPublic = ({ kind, principal, isNarrowed }: Opening): boolean =>
  kind === 'public' || (kind === 'federated' && !isNarrowed && !principal.startsWith('arn:'));

/**
 * The statements of a resource's policy that let in everybody, by S3's rules ("The meaning of 'public'").
 *
 * A statement is open with `*`, with `NotPrincipal` and with public identity providers, unless a condition asks for fixed
 * values of a key that says where a request comes from. Wildcards and policy variables are not fixed values. A statement is
 * not open if a Deny takes it away from everybody except fixed principals or places.
 *
 * @throws PolicyError for a policy whose statements have no principals.
 */
export const publicStatements = (policy: Policy): readonly OpenStatement[] =>
  allOpenings(policy, () => false).flatMap((openings) => {
    const open = openings.filter(isPublic);
    const [first] = open;
    if (!first) return [];
    const { sid, actions, resources, conditions } = first;
    const principals = [
      ...new Set(open.map(({ kind, who, principal }) => (kind === 'public' ? who : principal))),
    ];
    return [
      {
        ...(sid === undefined ? {} : { sid }),
        principals,
        actions,
        resources,
        conditions,
        why: [...new Set(open.map(({ why }) => why))].join(' '),
      },
    ];
  });
