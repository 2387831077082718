/** Permissions that are added to the policy of a resource by a call of their own, without a document. */
import { texts } from '../request.ts';

/** What a call such as AddPermission gives. Values are as the record has them; what is missing or empty limits nothing. */
interface Permission {
  /** Account ids, ARNs, services (`sns.amazonaws.com`) or `*`: a text or a list. */
  readonly principals: unknown;
  readonly actions: unknown;
  /** The id of an organisation that the principals have to be in. */
  readonly organization?: unknown;
  /** The resource for which a service has to act. */
  readonly sourceArn?: unknown;
  /** The account for which a service has to act. */
  readonly sourceAccount?: unknown;
  /** The names of more conditions with their values, as in a policy. */
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** The document of a policy with one permission, for `openings`. */
export function permission(given: Permission): { readonly Statement: object } {
  const [organization] = texts(given.organization);
  const [sourceArn] = texts(given.sourceArn);
  const [sourceAccount] = texts(given.sourceAccount);
  const ids = texts(given.principals);
  const isService = (id: string): boolean => /^[\w.-]+\.amazon(aws)?\.com(\.cn)?$/.test(id);
  return {
    Statement: {
      Effect: 'Allow',
      Principal: { AWS: ids.filter((id) => !isService(id)), Service: ids.filter(isService) },
      Action: texts(given.actions),
      Resource: '*',
      Condition: {
        ...given.conditions,
        StringEquals: {
          ...(organization === undefined ? {} : { 'aws:PrincipalOrgID': organization }),
          ...(sourceAccount === undefined ? {} : { 'aws:SourceAccount': sourceAccount }),
          ...given.conditions?.['StringEquals'],
        },
        ArnLike: {
          ...(sourceArn === undefined ? {} : { 'aws:SourceArn': sourceArn }),
          ...given.conditions?.['ArnLike'],
        },
      },
    },
  };
}
