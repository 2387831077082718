import { apiCall, defineRule, isObject, mitre } from '@patrol/core';
import { bucketCall, bucketFilter, type BucketRequest } from '../../lib/s3/bucket.ts';
import { field, listOf, shown, texts } from '../../lib/request.ts';

export default defineRule({
  name: 'removeS3ManagedEncryption',
  title: 'S3 default encryption without KMS',
  description:
    'Alerts when the default encryption of an S3 bucket is reset and, at low severity, when it is set to one without a KMS key: if the bucket had one, new objects are no longer protected by it.',
  severity: 'medium',
  runbook:
    'S3 still encrypts every new object with keys of its own (SSE-S3), so nothing lies in clear text; but whoever may read the bucket may now read new objects ' +
    'without being allowed to use a key. Ask the actor whether the bucket was meant to have a KMS key. If it was, set it again, encrypt the objects anew that ' +
    'were written since, and look at who read them.',
  references: [mitre('T1562', 'Impair Defenses')],
  triggers: [
    apiCall<BucketRequest>('s3.amazonaws.com', ['DeleteBucketEncryption', 'PutBucketEncryption']),
  ],
  parameters: { bucketFilter },
  evaluate({ detail }, { parameters }) {
    const { who, where, found } = bucketCall(detail, parameters.bucketFilter);
    if (detail.eventName === 'DeleteBucketEncryption') {
      return found({
        title: `Default encryption of ${where} reset to SSE-S3 by ${who}`,
        summary: `The default encryption of ${where} was reset by ${who}. S3 now encrypts new objects with keys of its own (SSE-S3). ${perhaps}`,
        facts: { algorithm: 'AES256' },
      });
    }
    const configuration = field(detail.requestParameters, 'ServerSideEncryptionConfiguration');
    if (configuration === undefined) {
      return found({
        title: `Default encryption of ${where} changed by ${who}`,
        summary: `The default encryption of ${where} was changed by ${who}: the record does not hold the new setting.`,
      });
    }
    const algorithm = algorithmsOf(configuration).find((name) => !/^aws:kms(:|$)/.test(name));
    if (algorithm === undefined) return undefined;
    const name = algorithm === 'AES256' ? 'SSE-S3' : algorithm;
    return found({
      title: `Default encryption of ${where} set to ${name}, without KMS, by ${who}`,
      summary: `The default encryption of ${where} was set to ${name}, which needs no KMS key, by ${who}. ${perhaps}`,
      severity: 'low',
      facts: { algorithm },
    });
  },
});

const perhaps =
  'The record does not say what it was before: if it was a KMS key, this is a downgrade; if it was SSE-S3, which every bucket has at first, nothing is lost.';

/**
 * The algorithms of a default encryption. A rule may say nothing about the algorithm, and only something about bucket keys
 * or blocked encryption types. S3 then uses its own, `AES256`.
 *
 * @throws when there is no rule, or one that cannot be read.
 */
function algorithmsOf(configuration: unknown): readonly string[] {
  const rules = listOf(field(configuration, 'Rule') ?? field(configuration, 'Rules'));
  if (rules.length === 0) {
    throw new Error(
      `expected a ServerSideEncryptionConfiguration with a Rule, found ${shown(configuration)}`,
    );
  }
  return rules.map((rule) => {
    const byDefault = field(rule, 'ApplyServerSideEncryptionByDefault') ?? '';
    const [algorithm] = texts(field(byDefault, 'SSEAlgorithm'));
    if (algorithm !== undefined) return algorithm;
    if (isObject(rule) && byDefault === '') return 'AES256';
    throw new Error(`expected a Rule with an SSEAlgorithm, found ${shown(rule)}`);
  });
}
