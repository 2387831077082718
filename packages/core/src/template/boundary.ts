import { stackNames } from '../contracts/stack-names.ts';
import { given, ref, sub, when } from './intrinsics.ts';
import type { Part } from './merge.ts';

const { boundary: parameter } = stackNames.parameters;
const condition = 'HasPermissionsBoundary';

/**
 * The permissions boundary of all roles of a stack. It is given by name: an organisation has a policy of the same name in each of
 * its accounts.
 */
export const boundary: Part = {
  Parameters: {
    [parameter]: {
      Type: 'String',
      Default: '',
      AllowedPattern: '([A-Za-z0-9_+=,.@-]+/)*[A-Za-z0-9_+=,.@-]*',
      ConstraintDescription:
        'must be the name of a policy in the account of the stack, with its path, and not an ARN',
      Description:
        "The permissions boundary of the stack's roles: the name of a customer managed policy in the account, with its path if it has one.",
    },
  },
  Conditions: { [condition]: given(parameter) },
};

/** The property of a role. */
export const bounded = {
  PermissionsBoundary: when(
    condition,
    sub(`arn:\${AWS::Partition}:iam::\${AWS::AccountId}:policy/\${${parameter}}`),
    ref('AWS::NoValue'),
  ),
} as const;
