import { apiCallRecord, describeRule, identities } from '@patrol/core/testing';
import rule from './rule.ts';

const key = 'arn:aws:kms:eu-west-1:111122223333:key/1a2b3c4d-0000-4000-8000-000000000001';
const kms = (eventName: string, requestParameters: object = {}, fields = {}) =>
  apiCallRecord('kms.amazonaws.com', eventName, {
    requestParameters: { keyId: key, ...requestParameters },
    ...fields,
  });

describeRule(rule, {
  alerts: {
    'a key that is disabled': [
      kms('DisableKey'),
      {
        title: `KMS key ${key} disabled by IAM user alice`,
        severity: 'high',
        targets: [{ type: 'AWS::KMS::Key', id: key }],
        undo: `aws kms enable-key --key-id ${key} --region eu-west-1`,
      },
    ],
    'a key that is scheduled for deletion': [
      kms(
        'ScheduleKeyDeletion',
        { pendingWindowInDays: 7 },
        { responseElements: { keyId: key, deletionDate: 'Nov 27, 2026 12:00:00 AM' } },
      ),
      {
        title: `KMS key ${key} scheduled for deletion by IAM user alice`,
        severity: 'high',
        facts: { days: 7, deletionDate: 'Nov 27, 2026 12:00:00 AM' },
        undo: `aws kms cancel-key-deletion --key-id ${key} --region eu-west-1`,
      },
    ],
    'a key that CloudFormation schedules for deletion': [
      kms('ScheduleKeyDeletion', {}, { userIdentity: identities.serviceForUser }),
      {
        title: `KMS key ${key} scheduled for deletion by IAM user alice, through cloudformation.amazonaws.com`,
        severity: 'low',
      },
    ],
    'key material that is deleted': [
      kms('DeleteImportedKeyMaterial'),
      { title: `Key material of KMS key ${key} deleted by IAM user alice`, severity: 'high' },
    ],
    'key material that expires': [
      kms('ImportKeyMaterial', {
        expirationModel: 'KEY_MATERIAL_EXPIRES',
        validTo: 'Nov 21, 2026, 8:30:00 AM',
      }),
      {
        title: `Expiring key material of KMS key ${key} imported by IAM user alice`,
        facts: { until: 'Nov 21, 2026, 8:30:00 AM' },
      },
    ],
    'key material with an end, where the model is left out': [
      kms('ImportKeyMaterial', { validTo: 'Nov 21, 2026, 8:30:00 AM' }),
      { title: `Expiring key material of KMS key ${key} imported by IAM user alice` },
    ],
    'rotation that is turned off': [
      kms('DisableKeyRotation'),
      {
        title: `Rotation of KMS key ${key} turned off by IAM user alice`,
        severity: 'medium',
        undo: `aws kms enable-key-rotation --key-id ${key} --region eu-west-1`,
      },
    ],
    'rotation that CloudFormation turns off': [
      kms('DisableKeyRotation', {}, { userIdentity: identities.serviceForUser }),
      {
        title: `Rotation of KMS key ${key} turned off by IAM user alice, through cloudformation.amazonaws.com`,
        severity: 'low',
      },
    ],
  },
  quiet: {
    'key material that does not expire': [
      kms('ImportKeyMaterial', { expirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }),
    ],
    'a denied attempt': [kms('DisableKey', {}, { errorCode: 'AccessDenied' })],
  },
});
