/** Whom an operator trusts: the parameters that all rules on resource policies have in common. */
import { type Matchers, names, type Parameter } from '@patrol/core';

/** The values of {@link trust}. */
export interface Trusted {
  readonly trustedAccounts: Matchers;
  readonly trustedOrganizations: Matchers;
}

/** The parameters of every rule that says who was let in. The account of the event is always trusted. */
export const trust: { readonly [K in keyof Trusted]: Parameter<Matchers> } = {
  trustedAccounts: names(
    'The accounts that may be let in, besides the account of the event. The rule does not alert on them.',
    {
      default: '',
      suppresses: true,
      form: {
        pattern: '\\d{12}|[0-9a-f]{64}',
        words: 'the 12 digits of an account ID, or the 64 characters of a canonical user ID',
      },
    },
  ),
  trustedOrganizations: names(
    'The organisations whose accounts may all be let in. The rule does not alert on them.',
    {
      default: '',
      suppresses: true,
      form: {
        pattern: 'o-[a-z0-9]{10,32}',
        words: 'the ID of an organisation, such as o-a1b2c3d4e5',
      },
    },
  ),
};
