import { type CallReader, defineCallRule, guardDuty, mitre, type Severity } from '@patrol/core';
import { isByAccessKey, unlessAutomated } from '../../lib/actor.ts';
import { known } from '../../lib/facts.ts';
import { awsCommand } from '../../lib/undo.ts';
import { withNames } from '../../lib/words.ts';

export default defineCallRule({
  name: 'mailSending',
  title: 'Mail sending of SES changed',
  description:
    'Alerts when somebody turns on the sending of mail of an account, asks for production access, or adds or deletes an address or domain to send from. ' +
    'Who takes over an account to send mail does these. Addresses and domains that a role adds, as deployments do, are low.',
  severity: 'high',
  runbook:
    'Ask the actor who sends mail from there. If nobody can say, turn sending off (`aws sesv2 put-account-sending-attributes --no-sending-enabled`), delete the identities that nobody knows, and treat the credentials that were used as stolen.',
  references: [
    mitre('T1496.004', 'Resource Hijacking: Cloud Service Hijacking'),
    guardDuty('SESAccountSendingEnabled'),
    guardDuty('SESProductionAccessEnabled'),
    guardDuty('SESDomainIdentityVerified'),
  ],
  parameters: {},
  calls: {
    'ses.amazonaws.com': {
      UpdateAccountSendingEnabled: sending('enabled'),
      PutAccountSendingAttributes: sending('sendingEnabled'),
      PutAccountDetails: (call) => ({
        severity: unlessAutomated(call, 'high'),
        deed:
          call.request.flag('productionAccessEnabled') === false
            ? 'Account details of SES changed'
            : 'Production access of SES asked for',
        meaning: 'With production access the account sends mail to everybody.',
        facts: known({ mailType: call.request.text('mailType') }),
      }),
      CreateEmailIdentity: identity('added:', 'emailIdentity'),
      VerifyEmailIdentity: identity('added:', 'emailAddress'),
      VerifyDomainIdentity: identity('added:', 'domain'),
      VerifyDomainDkim: identity('added:', 'domain'),
      DeleteIdentity: identity('deleted:', 'identity'),
      DeleteEmailIdentity: identity('deleted:', 'emailIdentity'),
    },
  },
});

function sending(flag: string): CallReader {
  return (call) =>
    call.request.flag(flag) === false
      ? {
          severity: 'low',
          deed: 'Mail sending of SES turned off',
        }
      : {
          severity: unlessAutomated(call, 'high'),
          deed: 'Mail sending of SES turned on',
          undo: awsCommand('sesv2 put-account-sending-attributes', {
            'no-sending-enabled': true,
            region: call.region,
          }),
        };
}

function identity(how: string, idName: string): CallReader {
  return (call) => {
    const id = call.request.text(idName);
    // Nobody needs a long-lived key for it: those that leaked are used so.
    const severity: Severity = isByAccessKey(call) ? 'high' : 'medium';
    return {
      severity: unlessAutomated(call, severity),
      deed: withNames(`Identity of SES ${how}`, id),
      target: ['AWS::SES::EmailIdentity', id],
    };
  };
}
