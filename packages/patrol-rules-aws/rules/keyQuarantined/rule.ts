import { type Call, type Deed, defineCallRule, mitre, type SomeCalls } from '@patrol/core';
import { known } from '../../lib/facts.ts';
import { policyName } from '../../lib/iam/adminPolicies.ts';

/** The managed policy that AWS attaches, in each of its versions, and the inline policy that it wrote before there was one. */
const managed = {
  requestParameters: { policyArn: [{ wildcard: '*:policy/AWSCompromisedKeyQuarantine*' }] },
};
const inline = {
  requestParameters: {
    policyName: [
      { wildcard: '*AWSCompromisedKeyQuarantine*' },
      { wildcard: '*AWSExposedCredentialPolicy*' },
    ],
  },
};

export default defineCallRule({
  name: 'keyQuarantined',
  title: 'Access key found by AWS in public',
  description:
    'Alerts when AWS puts an IAM user into quarantine, since an access key of it was found in public, and when somebody lifts the quarantine.',
  severity: 'critical',
  runbook:
    'The key is known to others. Deactivate it now, make another one where it is needed, and look in CloudTrail at everything ' +
    'that was done with it (by its access key ID) in every region. Read the e-mail and the support case from AWS. Lift the ' +
    'quarantine only when the key is gone. The quarantine denies some actions only.',
  references: [mitre('T1552.001', 'Unsecured Credentials: Credentials In Files')],
  parameters: {},
  calls: {
    'iam.amazonaws.com': {
      AttachUserPolicy: begun(managed),
      PutUserPolicy: begun(inline),
      DetachUserPolicy: ended(managed),
      DeleteUserPolicy: ended(inline),
    },
  },
});

type Quarantine = Omit<Call, 'parameters'>;

const about = ({ request }: Quarantine): Pick<Deed, 'facts' | 'target'> => ({
  facts: known({
    user: request.text('userName'),
    policy: request.text('policyName') ?? policyName(request.text('policyArn')),
  }),
  target: ['AWS::IAM::User', request.text('userName')],
});

function begun(where: SomeCalls['where']): SomeCalls<Readonly<Record<never, never>>> {
  return {
    where,
    read: (call) => ({
      deed: `Access key found in public: user ${call.request.text('userName') ?? 'without a name'} put into quarantine`,
      meaning: 'AWS does this where it finds an access key of the user in public.',
      ...about(call),
    }),
  };
}

function ended(where: SomeCalls['where']): SomeCalls<Readonly<Record<never, never>>> {
  return {
    where,
    read: (call) => ({
      deed: `Quarantine lifted from user ${call.request.text('userName') ?? 'without a name'}`,
      meaning: 'If the key is still active, whoever found it can use it.',
      severity: 'high',
      ...about(call),
    }),
  };
}
