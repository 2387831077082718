/** The rules' code and templates in the bucket of an account and region. */
import { missingSettings } from '../cloud/bucket.ts';
import { zipSync } from 'fflate';
import type { Place, StoredObject } from '../cloud/cloud.ts';
import { OperatorError } from '../text/errors.ts';
import type { Effects } from '../cloud/effects.ts';
import { namesAt } from '../identity/naming.ts';
import { type NamesFile, sha256 } from '../template/template.ts';

/** The URL of an object, as CloudFormation takes it. */
export const urlOf = (
  { region, partition }: Place,
  { bucket, key }: StoredObject,
  version?: string,
): string =>
  [
    `https://${bucket}.s3.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}/${key}`,
    ...(version === undefined ? [] : [`versionId=${encodeURIComponent(version)}`]),
  ].join('?');

/** What storing takes. */
type Storing = Pick<Effects, 'cloud' | 'tell' | 'buckets' | 'isUnapproved'>;

/**
 * Stores bytes, unless they are there already, in a bucket that is as it must be.
 *
 * @param missing what the bucket lacks.
 * @param pinned the version that is in use.
 * @returns the version that holds them: `pinned` as long as it does. Absent where the bucket gives none.
 */
export async function store(
  effects: Storing,
  place: Place,
  at: StoredObject,
  sum: string,
  bytes: Uint8Array,
  missing: typeof missingSettings = missingSettings,
  pinned?: string,
): Promise<string | undefined> {
  const { cloud, tell } = effects;
  await securedOnce(effects, place, at.bucket, missing);
  // The name promises the content, but whoever may write to the bucket can put anything there: only S3's own sum says that
  // it is what was built.
  if (pinned !== undefined && (await cloud.object(at, pinned))?.sha256 === sum) return pinned;
  const newest = await cloud.object(at);
  if (newest?.sha256 === sum && newest.version !== undefined) return newest.version;
  const version = await cloud.put(at, bytes, sum);
  const { bucket, key } = at;
  tell({
    type: 'progress',
    message: `Uploaded s3://${bucket}/${key} (${bytes.length} bytes).`,
    uploaded: { bucket, key, bytes: bytes.length },
  });
  return version;
}

/** Stores the file with names and suppressions, zipped as Lambda takes a layer, by the `store` of their bucket. */
export async function storeNames(
  names: NamesFile | undefined,
  place: Place,
  storing: (at: StoredObject, sum: string, bytes: Uint8Array) => Promise<unknown>,
): Promise<void> {
  if (!names?.text) return;
  const file = Buffer.from(names.text);
  // Zip files hold local time. This is the earliest date that they can hold: the same names give the same bytes.
  // Nothing is compressed, so that a later plan can read what is in it.
  const options = { mtime: new Date(1980, 0, 1), level: 0 } as const;
  const zip = zipSync({ [`${names.sha256}.json`]: file }, options);
  await storing(namesAt(place, names.sha256), sha256(zip), zip);
}

/** Several stacks at once look at their bucket once; what failed is tried again by the next of them. */
async function securedOnce(
  effects: Storing,
  place: Place,
  bucket: string,
  missing: typeof missingSettings,
): Promise<void> {
  const { buckets = new Map<string, Promise<void>>() } = effects;
  await buckets.get(bucket)?.catch(() => undefined);
  const known = buckets.get(bucket) ?? secureBucket(effects, place, bucket, missing);
  buckets.set(bucket, known);
  try {
    await known;
  } catch (error) {
    if (buckets.get(bucket) === known) buckets.delete(bucket);
    throw error;
  }
}

/**
 * Makes a bucket, or gives one that is there the protection that it lacks.
 *
 * @param what lies in it.
 */
export async function secureBucket(
  { cloud, tell, isUnapproved }: Pick<Storing, 'cloud' | 'tell' | 'isUnapproved'>,
  place: Place,
  bucket: string,
  missing: typeof missingSettings,
  what = "the rules' code",
): Promise<void> {
  let found = await cloud.bucket(bucket);
  // What is named otherwise is the operator's: it is used as it is.
  const isOwn = bucket.startsWith('patrol-');
  if (found === 'absent' && !isOwn) {
    throw new OperatorError(
      `There is no bucket ${bucket} for ${what}. Create it in ${place.region}, or choose a name that begins with patrol-: Patrol creates that bucket.`,
    );
  }
  if (found === 'absent') {
    if (isUnapproved) {
      throw new OperatorError(
        `The bucket ${bucket} does not exist yet. It is created once you agree.`,
      );
    }
    await cloud.createBucket(bucket);
    tell({ type: 'progress', message: `Created the bucket ${bucket} for ${what}.` });
    found = await cloud.bucket(bucket);
  }
  if (found === 'absent' || found === 'foreign') {
    throw new OperatorError(
      found === 'absent'
        ? `The bucket ${bucket} was created, but S3 does not show it yet. Run the same command again.`
        : `The bucket ${bucket} does not belong to the account ${place.account}, or these credentials may not read it (s3:ListBucket). Nothing was uploaded. Find out who owns the bucket, or name another one: --artifact-bucket, or artifacts.bucket in patrol.yaml.`,
    );
  }
  if (!isOwn) {
    if (found.region === undefined || found.region === place.region) return;
    throw new OperatorError(
      `The bucket ${bucket} is in ${found.region}, but Lambda takes code for ${place.region} only from a bucket in ${place.region}. Name another bucket. {region} in its name stands for the region.`,
    );
  }
  for (const setting of missing(bucket, place, found)) {
    await cloud.setOnBucket(bucket, setting);
  }
}
