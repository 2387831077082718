import { defineCallRule, mitre, number } from '@patrol/core';

/** What a request must ask for so that passwords do not get weaker. It holds the whole policy: what it leaves out is off. */
const kinds = {
  requireSymbols: 'symbols',
  requireNumbers: 'numbers',
  requireUppercaseCharacters: 'upper-case letters',
  requireLowercaseCharacters: 'lower-case letters',
} as const;

export default defineCallRule({
  name: 'passwordPolicy',
  title: 'Password policy weakened',
  description:
    'Alerts when somebody deletes the password policy of an account, or sets one that is weak: short passwords, or ones that may be used again.',
  severity: 'medium',
  runbook:
    'Ask the actor why. If nobody can say, set the policy again as it was (IAM console, Account settings), look in CloudTrail at ' +
    'which passwords were set since (CreateLoginProfile, UpdateLoginProfile, ChangePassword), and have them changed.',
  references: [mitre('T1556', 'Modify Authentication Process')],
  parameters: {
    minimumLength: number('The number of characters that passwords must have at least.', {
      default: '14',
      minimum: 6,
      maximum: 128,
    }),
  },
  calls: {
    'iam.amazonaws.com': {
      DeleteAccountPasswordPolicy: ({ account }) => ({
        deed: 'Password policy deleted',
        meaning: 'The default policy of AWS holds: eight characters, which may be used again.',
        target: ['AWS::Organizations::Account', account],
      }),
      UpdateAccountPasswordPolicy({ account, request, parameters }) {
        // Without a length, IAM takes six characters.
        const length = request.number('minimumPasswordLength') ?? 6;
        const reuse = request.number('passwordReusePrevention') ?? 0;
        const weak = [
          ...(length < parameters.minimumLength ? [`${length} characters are enough`] : []),
          ...(reuse === 0 ? ['old passwords may be used again'] : []),
        ];
        if (weak.length === 0) return undefined;
        const missing = Object.entries(kinds).flatMap(([name, what]) =>
          request.flag(name) ? [] : [what],
        );
        return {
          deed: 'Password policy weakened',
          meaning: `By the new policy ${weak.join(', and ')}.`,
          facts: {
            minimumLength: length,
            remembersPasswords: reuse,
            ...(missing.length > 0 ? { doesNotRequire: missing.join(', ') } : {}),
          },
          target: ['AWS::Organizations::Account', account],
        };
      },
    },
  },
});
