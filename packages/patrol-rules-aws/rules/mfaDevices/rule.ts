import { type Call, type Deed, defineCallRule, mitre } from '@patrol/core';
import { isByAccessKey, isServiceItself } from '../../lib/actor.ts';
import { known } from '../../lib/facts.ts';
import { userOf } from '../../lib/iam/user.ts';

export default defineCallRule({
  name: 'mfaDevices',
  title: 'MFA device changed',
  description:
    'Alerts when somebody takes an MFA device from an IAM user, gives one to another user, or uses an access key to make or add one.',
  severity: 'high',
  runbook:
    'Ask the user whether the device was lost or replaced. If it was not, set a new password and a new device for the user, ' +
    'deactivate the access keys, and look in CloudTrail at who has signed in as the user since (ConsoleLogin).',
  references: [mitre('T1556.006', 'Modify Authentication Process: Multi-Factor Authentication')],
  parameters: {},
  calls: {
    'iam.amazonaws.com': {
      DeactivateMFADevice(call) {
        const { what, isOwn, isRoot } = userOf(call);
        if (isRoot) return undefined;
        const { sessionContext } = call.record.userIdentity ?? {};
        const hadMfa = sessionContext?.attributes?.mfaAuthenticated === 'true';
        return {
          deed: `MFA device taken from ${what}`,
          meaning: 'The user can sign in without it, where no other device is left.',
          // Whoever replaces a device signs in with it, and takes it away afterwards.
          severity: isOwn && hadMfa ? 'medium' : 'high',
          ...about(call),
        };
      },
      // Only a device that no user has can be deleted: the deed was to take it away.
      DeleteVirtualMFADevice: (call) =>
        userOf(call).isRoot || isServiceItself(call)
          ? undefined
          : { deed: 'Virtual MFA device deleted', severity: 'low', ...about(call) },
      EnableMFADevice(call) {
        const { what, isOwn, isRoot } = userOf(call);
        // In the console users add their own devices.
        if (isRoot || (isOwn && !isByAccessKey(call))) return undefined;
        return {
          deed: `MFA device ${isByAccessKey(call) ? 'added with an access key ' : 'added '}to ${what}`,
          meaning: 'Whoever has the device can pass for the user where MFA is asked for.',
          severity: isByAccessKey(call) ? 'high' : 'medium',
          ...about(call),
        };
      },
      CreateVirtualMFADevice: (call) =>
        isByAccessKey(call)
          ? {
              deed: 'Virtual MFA device made with an access key',
              severity: 'low',
              ...about(call),
            }
          : undefined,
      ResyncMFADevice(call) {
        const { what, isOwn } = userOf(call);
        return isOwn
          ? undefined
          : { deed: `MFA device of ${what} synchronised`, severity: 'low', ...about(call) };
      },
    },
  },
});

/** What the findings about a device have in common. */
function about(
  call: Pick<Call, 'actor' | 'request' | 'response' | 'record'>,
): Pick<Deed, 'facts' | 'target'> {
  const device =
    call.request.text('serialNumber') ??
    call.response.text('virtualMFADevice.serialNumber') ??
    call.request.text('virtualMFADeviceName');
  const user = call.request.has('userName') ? userOf(call).user : undefined;
  return {
    facts: known({ device, user }),
    target: user === undefined ? ['AWS::IAM::VirtualMFADevice', device] : ['AWS::IAM::User', user],
  };
}
