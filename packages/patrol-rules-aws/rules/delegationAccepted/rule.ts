import { defineCallRule, mitre } from '@patrol/core';
import { known } from '../../lib/facts.ts';

// No recorded event is at hand: the shapes are those of the API's model (botocore, iam).
export default defineCallRule({
  name: 'delegationAccepted',
  title: 'Permissions delegated to a vendor',
  description:
    'Alerts when somebody accepts that a vendor gets temporary permissions in the account, and when the vendor is sent its token.',
  severity: 'medium',
  runbook:
    'Ask the actor which vendor that is, and what it needs. If nobody can say, reject the request before the token is sent ' +
    '(aws iam reject-delegation-request). Afterwards it cannot be taken back: look in CloudTrail at what the session of the ' +
    'vendor does until it expires.',
  references: [mitre('T1199', 'Trusted Relationship')],
  parameters: {},
  calls: {
    'iam.amazonaws.com': {
      AcceptDelegationRequest: ({ request }) => ({
        deed: 'Delegation of permissions to a vendor accepted',
        meaning: 'The vendor can be sent a token now. Until then the request can be rejected.',
        facts: known({ request: request.text('delegationRequestId') }),
      }),
      SendDelegationToken: ({ request }) => ({
        deed: 'Token sent to a vendor',
        meaning:
          'The vendor has the permissions until its session expires. This cannot be taken back.',
        facts: known({ request: request.text('delegationRequestId') }),
      }),
    },
  },
});
