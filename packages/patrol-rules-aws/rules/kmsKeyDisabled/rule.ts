import { type Call, cis, type Deed, defineCallRule, mitre } from '@patrol/core';
import { isByService, unlessByService } from '../../lib/actor.ts';
import { known } from '../../lib/facts.ts';
import { awsCommand } from '../../lib/undo.ts';
import { withNames } from '../../lib/words.ts';

export default defineCallRule({
  name: 'kmsKeyDisabled',
  title: 'KMS key disabled or destroyed',
  description:
    'Alerts when somebody disables a KMS key, schedules its deletion, or deletes its key material. ' +
    'It also alerts when key material that expires is imported, and when rotation is turned off. ' +
    'What CloudFormation does has severity low.',
  severity: 'high',
  runbook:
    'Data that the key encrypts cannot be read while it is disabled, and never again once it is deleted. Ask the actor whether nothing needs the key any more. ' +
    'If nobody can say, cancel the deletion, enable the key, and treat the credentials that were used as stolen. Look for ransom notes and for data that was encrypted with other keys.',
  references: [
    cis(7),
    mitre('T1485', 'Data Destruction'),
    mitre('T1486', 'Data Encrypted for Impact'),
  ],
  parameters: {},
  calls: {
    'kms.amazonaws.com': {
      DisableKey: (call) => ({
        ...onKey(call, 'KMS key', 'disabled'),
        meaning: 'What it encrypts cannot be read until it is enabled.',
        undo: awsCommand('kms enable-key', { 'key-id': keyOf(call), region: call.region }),
      }),
      ScheduleKeyDeletion: (call) => ({
        ...onKey(call, 'KMS key', 'scheduled for deletion'),
        meaning: 'What it encrypts cannot be read from now on, and never again after the deletion.',
        facts: known({
          days: call.request.number('pendingWindowInDays'),
          deletionDate: call.response.text('deletionDate'),
        }),
        undo: awsCommand('kms cancel-key-deletion', { 'key-id': keyOf(call), region: call.region }),
      }),
      DeleteImportedKeyMaterial: (call) => ({
        ...onKey(call, 'Key material of KMS key', 'deleted'),
        meaning:
          'What it encrypts cannot be read until somebody imports the same key material again.',
      }),
      // A key whose material expires is how data is held to ransom without a deletion that KMS delays.
      ImportKeyMaterial(call) {
        const until = call.request.text('validTo');
        const expires =
          until !== undefined || call.request.text('expirationModel') === 'KEY_MATERIAL_EXPIRES';
        return expires
          ? {
              ...onKey(call, 'Expiring key material of KMS key', 'imported'),
              meaning: 'What it encrypts cannot be read after that.',
              facts: known({ until }),
            }
          : undefined;
      },
      DisableKeyRotation: (call) => ({
        ...onKey(call, 'Rotation of KMS key', 'turned off'),
        severity: unlessByService(call, 'medium'),
        undo: awsCommand('kms enable-key-rotation', { 'key-id': keyOf(call), region: call.region }),
      }),
    },
  },
});

const keyOf = ({ request }: Call): string | undefined => request.text('keyId');

function onKey(call: Call, what: string, did: string): Deed {
  const key = keyOf(call);
  return {
    deed: `${withNames(what, key)} ${did}`,
    target: ['AWS::KMS::Key', key],
    ...(isByService(call) ? { severity: 'low' } : {}),
  };
}
