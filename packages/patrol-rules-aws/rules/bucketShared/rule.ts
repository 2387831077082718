import {
  type Call,
  type CallReader,
  type Deed,
  defineCallRule,
  type Fields,
  guardDuty,
  mitre,
  names,
  stratus,
} from '@patrol/core';
import { opened, shared } from '../../lib/access/opened.ts';
import { trust } from '../../lib/access/trust.ts';
import { known } from '../../lib/facts.ts';
import { withNames } from '../../lib/words.ts';

const parameters = {
  ...trust,
  copyBuckets: names(
    'The buckets that data and lists of objects may be copied to. Copies that go elsewhere are then alerted on with severity high. When empty, a copy whose account the record does not tell is alerted on with severity low.',
    { default: '', suppresses: true },
  ),
};
type P = typeof parameters;

/** Where a copy goes. */
interface Destination {
  readonly bucket: string | undefined;
  /** The account of the bucket, which the record need not tell. */
  readonly account: string | undefined;
}

const destination = (to: Fields, account: string): Destination => ({
  bucket: to.text('Bucket')?.replace(/^arn:[^:]*:s3:::/, ''),
  account: to.text(account),
});

export default defineCallRule({
  name: 'bucketShared',
  title: 'S3 bucket opened to another account',
  description:
    'Alerts when the policy of an S3 bucket lets in another account or organisation. ' +
    'It also alerts when replication or an inventory copies to a bucket of another account. ' +
    'Buckets that are made public are not alerted on: the rule publicBucketACL does that.',
  severity: 'high',
  runbook:
    'Ask the actor who the other account is. If nobody can say, take the statement out of the bucket policy, or delete the replication or inventory configuration. ' +
    'Find out from CloudTrail data events or server access logs what the other account read, and treat the credentials that were used as stolen.',
  references: [
    mitre('T1537', 'Transfer Data to Cloud Account'),
    mitre('T1530', 'Data from Cloud Storage'),
    stratus('exfiltration.s3-backdoor-bucket-policy'),
    guardDuty('S3BucketPolicyExternalAccess'),
  ],
  parameters,
  calls: {
    's3.amazonaws.com': {
      PutBucketPolicy: (call) =>
        call.request.has('bucketPolicy')
          ? opened(
              call.request.value('bucketPolicy'),
              call,
              (who) => ({
                deed: `${withNames('S3 bucket', call.request.text('bucketName'))} opened to ${who}`,
                target: bucketOf(call),
              }),
              ({ kind }) => kind === 'account' || kind === 'organization',
            )
          : undefined,
      PutBucketReplication: copied('Objects', 'high', ({ request }) =>
        request
          .list('ReplicationConfiguration.Rule')
          .flatMap((rule) =>
            rule.text('Status') === 'Disabled'
              ? []
              : destination(rule.at('Destination'), 'Account'),
          ),
      ),
      // The shape of the request is that of the API reference: no record was at hand.
      PutBucketInventoryConfiguration: copied('Lists of objects', 'medium', ({ request }) => [
        destination(
          request.at('InventoryConfiguration.Destination.S3BucketDestination'),
          'AccountId',
        ),
      ]),
    },
  },
});

function copied(
  what: string,
  severity: 'high' | 'medium',
  destinationsOf: (call: Call<P>) => readonly Destination[],
): CallReader<P> {
  return async (call) => {
    const { copyBuckets } = call.parameters;
    const destinations = destinationsOf(call);
    const deedOf = (some: readonly Destination[], more: Partial<Deed> = {}): Deed => ({
      deed: `${what} of ${withNames('S3 bucket', call.request.text('bucketName'))} copied to ${withNames('bucket', ...new Set(some.map(({ bucket }) => bucket)))}`,
      target: bucketOf(call),
      facts: known({ destination: destinations.flatMap(({ bucket }) => bucket ?? []) }),
      ...more,
    });
    const elsewhere = destinations.filter(({ bucket }) => copyBuckets.find(bucket) === undefined);
    if (elsewhere.length === 0) {
      const items = destinations.flatMap(({ bucket }) => copyBuckets.find(bucket) ?? []);
      return [...new Set(items)].map((suppressedBy) => deedOf(destinations, { suppressedBy }));
    }
    const [first] = elsewhere;
    const suppression = elsewhere.length === 1 ? copyBuckets.suppression(first?.bucket) : undefined;
    const toOthers = await shared(
      elsewhere.flatMap(({ account }) => account ?? []),
      's3:ReplicateObject',
      call,
      (who) => {
        const { deed, ...more } = deedOf(elsewhere, { severity, suppression });
        return { ...more, deed: `${deed} of ${who}` };
      },
    );
    const untold = elsewhere.filter(({ account }) => account === undefined);
    if (toOthers.length > 0 || untold.length === 0) return toOthers;
    return deedOf(untold, {
      suppression,
      severity: copyBuckets.items.length > 0 ? severity : 'low',
      meaning: 'The record does not tell whose bucket that is.',
    });
  };
}

const bucketOf = ({ request, partition }: Call<P>) => {
  const bucket = request.text('bucketName');
  return ['AWS::S3::Bucket', bucket && `arn:${partition}:s3:::${bucket}`] as const;
};
