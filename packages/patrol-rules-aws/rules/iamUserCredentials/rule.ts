import {
  type Call,
  type Deed,
  defineCallRule,
  guardDuty,
  mitre,
  type Severity,
  stratus,
} from '@patrol/core';
import { isByAccessKey, isServiceItself, unlessByService } from '../../lib/actor.ts';
import { known } from '../../lib/facts.ts';
import { userOf } from '../../lib/iam/user.ts';
import { awsCommand } from '../../lib/undo.ts';

export default defineCallRule({
  name: 'iamUserCredentials',
  title: 'Credential made for an IAM user',
  description:
    'Alerts when somebody makes a credential for another IAM user: an access key, a console password, a service-specific credential, an SSH key or a signing certificate. It also alerts on new access keys, service-specific credentials and passwords that users make for themselves by an access key.',
  severity: 'high',
  runbook:
    'Ask the actor and the user whether they know of it. If they do not, delete the credential, look in CloudTrail at what was ' +
    'done with it (by its access key ID or the name of the user), and treat the credentials of the actor as stolen.',
  references: [
    mitre('T1098.001', 'Account Manipulation: Additional Cloud Credentials'),
    stratus('persistence.iam-backdoor-user'),
    stratus('persistence.iam-create-user-login-profile'),
    stratus('privilege-escalation.iam-update-user-login-profile'),
    guardDuty('IAMAccessKeyCreated'),
    guardDuty('IAMUserLoginProfileCreated'),
    guardDuty('IAMUserLoginProfileUpdated'),
    guardDuty('BedrockServiceCredentialCreated'),
  ],
  parameters: {},
  calls: {
    'iam.amazonaws.com': {
      CreateAccessKey(call) {
        const key = call.response.text('accessKey.accessKeyId');
        return made(call, 'Access key created for', {
          own: 'low',
          facts: { accessKey: key },
          undo: { command: 'delete-access-key', options: { 'access-key-id': key } },
        });
      },
      CreateLoginProfile: (call) =>
        made(call, 'Console password created for', {
          own: 'high',
          undo: { command: 'delete-login-profile' },
        }),
      UpdateLoginProfile: (call) => made(call, 'Console password changed for', { own: 'high' }),
      // Users change their own passwords in the console. A program has no need to.
      ChangePassword: (call) =>
        isByAccessKey(call)
          ? made(call, 'Console password changed with an access key for', { own: 'medium' })
          : undefined,
      CreateServiceSpecificCredential(call) {
        const service = serviceOf(call);
        const id = call.response.text('serviceSpecificCredential.serviceSpecificCredentialId');
        const isBedrock = service === 'bedrock.amazonaws.com';
        const days = call.request.text('credentialAgeDays');
        return made(
          call,
          `${isBedrock ? 'Bedrock API key' : 'Service-specific credential'} created for`,
          {
            own: isBedrock ? 'high' : 'low',
            others: isBedrock ? 'high' : 'medium',
            meaning: days === undefined ? 'It never expires.' : `It expires after ${days} days.`,
            facts: { service, credential: id, expiresAfterDays: days ?? 'never' },
            undo: {
              command: 'delete-service-specific-credential',
              options: { 'service-specific-credential-id': id },
            },
          },
        );
      },
      ResetServiceSpecificCredential: (call) =>
        made(call, 'Service-specific credential reset for', {
          own: 'low',
          others: 'medium',
          facts: {
            service: serviceOf(call),
            credential: call.request.text('serviceSpecificCredentialId'),
          },
        }),
      UploadSSHPublicKey(call) {
        const id = call.response.text('sSHPublicKey.sSHPublicKeyId');
        return made(call, 'SSH key added to', {
          others: 'medium',
          facts: { key: id },
          undo: { command: 'delete-ssh-public-key', options: { 'ssh-public-key-id': id } },
        });
      },
      UploadSigningCertificate(call) {
        const id = call.response.text('certificate.certificateId');
        return made(call, 'Signing certificate added to', {
          others: 'medium',
          facts: { certificate: id },
          undo: { command: 'delete-signing-certificate', options: { 'certificate-id': id } },
        });
      },
    },
  },
});

const serviceOf = ({ request, response }: Pick<Call, 'request' | 'response'>): string | undefined =>
  request.text('serviceName') ?? response.text('serviceSpecificCredential.serviceName');

/** What is special about a credential. */
interface Credential {
  /** The severity where users make it for themselves; without it they may. */
  readonly own?: Severity;
  readonly others?: Severity;
  readonly meaning?: string;
  readonly facts?: Readonly<Record<string, string | undefined>>;
  /** The command that undoes it, but for the name of the user. */
  readonly undo?: {
    readonly command: string;
    readonly options?: Readonly<Record<string, string | undefined>>;
  };
}

/** The finding about a credential. */
function made(
  call: Omit<Call, 'parameters'>,
  what: string,
  { own, others = 'high', meaning, facts = {}, undo }: Credential,
): Deed | undefined {
  const { user, what: whose, isOwn, isRoot } = userOf(call);
  // Rules on the root user alert on its own credentials.
  if (isRoot || isServiceItself(call) || (isOwn && own === undefined)) return undefined;
  // Only Bedrock uses such a user. Any other credential makes more of it than its owner was given.
  const isHidden = user?.startsWith('BedrockAPIKey-') === true && !what.startsWith('Bedrock');
  const severity = isHidden ? 'critical' : isOwn ? own : others;
  return {
    deed: `${what} ${whose}`,
    meaning: isHidden ? 'The user was made for a key of Bedrock only.' : meaning,
    severity: unlessByService(call, severity ?? others),
    facts: known({ user, madeFor: isOwn ? 'the caller' : 'another user', ...facts }),
    target: ['AWS::IAM::User', user],
    undo: undo && awsCommand(`iam ${undo.command}`, { 'user-name': user, ...undo.options }),
  };
}
