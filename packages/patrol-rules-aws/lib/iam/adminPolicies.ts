/** The managed policies that make administrators: a parameter of the rules that watch who gets such a policy. */
import { type Matchers, names, type Parameter } from '@patrol/core';

export const administratorPolicies: Parameter<Matchers> = names(
  'The managed policies that make an administrator, by their names or ARNs.',
  { default: 'AdministratorAccess, IAMFullAccess' },
);

/** Other managed policies whose holders can do much harm, or get more permissions. */
export const powerfulPolicies: Parameter<Matchers> = names(
  'Other managed policies that few should have, by their names or ARNs.',
  {
    default:
      'PowerUserAccess, AWSOrganizationsFullAccess, AWSSSOMasterAccountAdministrator, AmazonSESFullAccess, AmazonBedrockFullAccess, AmazonSSMFullAccess',
  },
);

/** The name of a policy, by which operators can name it as well as by its ARN. */
export const policyName = (arn: string | undefined): string | undefined =>
  arn?.replace(/^.*\//s, '');
