import { type CallReader, defineCallRule, mitre, type Severity } from '@patrol/core';
import { named } from '../../lib/words.ts';

/** A part, and how much a change of it matters: functions and policies change with every release, keys hardly ever. */
type Part = readonly [words: string, type: string, severity: Severity];

const functions: Part = ['function', 'AWS::CloudFront::Function', 'low'];
const keyGroup: Part = ['key group', 'AWS::CloudFront::KeyGroup', 'high'];
const publicKey: Part = ['public key', 'AWS::CloudFront::PublicKey', 'high'];
const access: Part = ['origin access control', 'AWS::CloudFront::OriginAccessControl', 'medium'];
const trustStore: Part = ['trust store', 'AWS::CloudFront::TrustStore', 'high'];
const origin: Part = ['VPC origin', 'AWS::CloudFront::VpcOrigin', 'medium'];
const headers: Part = ['response headers policy', 'AWS::CloudFront::ResponseHeadersPolicy', 'low'];
const encryption: Part = [
  'configuration of field-level encryption',
  'AWS::CloudFront::Distribution',
  'medium',
];

const changed =
  ([words, type, severity]: Part, verb: 'changed' | 'deleted' | 'published'): CallReader =>
  ({ request, record }) => {
    const id = request.text('id') ?? request.text('name');
    return {
      deed: `CloudFront ${words}${id === undefined ? '' : ` ${named(id)}`} ${verb}`,
      meaning: `Every distribution that uses the ${words} is affected. The record does not say which ones do.`,
      severity,
      facts: { action: record.eventName },
      target: [type, id],
    };
  };

export default defineCallRule({
  name: 'cloudfrontPartChanged',
  title: 'Shared part of CloudFront changed',
  description:
    'Alerts when somebody changes a part that CloudFront distributions share and that decides what they serve or whom they let in: functions, key groups, public keys, access to origins, trust stores.',
  severity: 'medium',
  runbook:
    'Ask the actor whether the change was planned. If it was not, find the distributions that use the part (CloudFront console), put the previous version back, and look in CloudTrail at what else the actor did. After a change of keys, check who can sign URLs.',
  references: [
    mitre('T1565.001', 'Stored Data Manipulation'),
    mitre('T1491.002', 'Defacement: External Defacement'),
  ],
  parameters: {},
  calls: {
    'cloudfront.amazonaws.com': {
      'DeleteKeyGroup*': changed(keyGroup, 'deleted'),
      'DeleteOriginAccessControl*': changed(access, 'deleted'),
      'DeletePublicKey*': changed(publicKey, 'deleted'),
      'PublishFunction*': changed(functions, 'published'),
      'UpdateFieldLevelEncryption*': changed(encryption, 'changed'),
      'UpdateFunction*': changed(functions, 'changed'),
      'UpdateKeyGroup*': changed(keyGroup, 'changed'),
      'UpdateOriginAccessControl*': changed(access, 'changed'),
      'UpdatePublicKey*': changed(publicKey, 'changed'),
      'UpdateResponseHeadersPolicy*': changed(headers, 'changed'),
      'UpdateTrustStore*': changed(trustStore, 'changed'),
      'UpdateVpcOrigin*': changed(origin, 'changed'),
    },
  },
});
