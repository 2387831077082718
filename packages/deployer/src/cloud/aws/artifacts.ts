/** S3 through the AWS SDK: buckets and what is in them, with conditional reads and writes of texts. */
import { GetObjectCommand, S3 } from '@aws-sdk/client-s3';
import { compact } from '../../text/records.ts';
import { publicAccessBlock } from '../bucket.ts';
import type { BucketProtection, BucketSetting, Storage } from '../cloud.ts';
import { type Connection, nameOf, orNone, statusOf, withCloudErrors } from './sdk.ts';

/** A bucket, and whose it must be. */
interface Owned {
  readonly Bucket: string;
  readonly ExpectedBucketOwner: string;
}

/** S3's part of the cloud. Every call but the creation names the owner that the bucket must have. */
export function awsArtifacts(
  connection: Connection,
  account: () => Promise<string>,
  kmsKey?: string,
): Storage {
  const encryption = kmsKey && { ServerSideEncryption: 'aws:kms' as const, SSEKMSKeyId: kmsKey };
  let made: Promise<S3> | undefined;
  const reach = async (Bucket: string): Promise<readonly [S3, Owned]> => {
    const [client, owner] = await Promise.all([(made ??= clientFor(connection)), account()]);
    return [client, { Bucket, ExpectedBucketOwner: owner }];
  };
  return {
    bucket: async (name) => {
      const [client, owned] = await reach(name);
      let region: string | undefined;
      try {
        region = (await client.headBucket(owned)).BucketRegion;
      } catch (error) {
        if (statusOf(error) === 404) return 'absent';
        if (statusOf(error) === 403) return 'foreign';
        throw error;
      }
      return compact({ ...(await protection(client, owned)), region });
    },
    createBucket: async (name) => createBucket((await reach(name))[0], name, connection.region),
    setOnBucket: async (name, setting) => set(...(await reach(name)), setting),
    object: async ({ bucket, key: Key }, VersionId) => {
      const [client, owned] = await reach(bucket);
      // Without s3:ListBucket, S3 answers 403 for what is not there; 400 for what cannot be a version's id, 405 for a
      // version that marks a deletion.
      const found = await orNone(
        client.headObject({ ...owned, Key, VersionId, ChecksumMode: 'ENABLED' }),
        (error) => [400, 403, 404, 405].includes(statusOf(error) ?? 0),
      );
      const sum = found?.ChecksumSHA256;
      const sha256 = sum ? Buffer.from(sum, 'base64').toString('hex') : undefined;
      return found && compact({ sha256, version: versionOf(found) });
    },
    put: async ({ bucket, key: Key }, Body, sha256) => {
      const [client, owned] = await reach(bucket);
      const ChecksumSHA256 = Buffer.from(sha256, 'hex').toString('base64');
      return versionOf(
        await client.putObject({ ...owned, Key, Body, ChecksumSHA256, ...encryption }),
      );
    },
    readText: async ({ bucket, key }) => readText(...(await reach(bucket)), key),
    writeText: async ({ bucket, key: Key }, Body, replaced) => {
      const [client, owned] = await reach(bucket);
      const condition = replaced === undefined ? { IfNoneMatch: '*' } : { IfMatch: replaced };
      const put = { ...owned, Key, ...condition, Body, ContentType: 'application/json' };
      const answer = await orNone(client.putObject(put), isOvertaken);
      return answer && (answer.ETag ?? '');
    },
  };
}

/** S3 calls the version `null` that was stored while the bucket kept no versions: another object can take its place. */
const versionOf = ({ VersionId: id }: { VersionId?: string | undefined }): string | undefined =>
  id === 'null' ? undefined : id;

/**
 * A client that names the bucket in the path wherever an endpoint is configured: emulators have no DNS for buckets. A bucket
 * whose name says no region may lie in another one, and S3 says in which.
 */
async function clientFor(connection: Connection): Promise<S3> {
  const settings = { ...connection, followRegionRedirects: true };
  const client = withCloudErrors('s3', new S3(settings));
  const configured: unknown = Reflect.get(client.config, 'serviceConfiguredEndpoint');
  const endpoint: unknown = typeof configured === 'function' ? await configured() : undefined;
  return endpoint ? withCloudErrors('s3', new S3({ ...settings, forcePathStyle: true })) : client;
}

function createBucket(client: S3, Bucket: string, region: string): Promise<unknown> {
  const made = client.createBucket({
    Bucket,
    ObjectOwnership: 'BucketOwnerEnforced',
    // S3 refuses us-east-1 by name.
    CreateBucketConfiguration:
      region === 'us-east-1' ? undefined : { LocationConstraint: region as 'eu-west-1' },
  });
  // An earlier attempt, whose answer was lost, or another run made it.
  return orNone(made, (error) => nameOf(error) === 'BucketAlreadyOwnedByYou');
}

const blocksOf = Object.keys(publicAccessBlock) as readonly (keyof typeof publicAccessBlock)[];

async function protection(client: S3, owned: Owned): Promise<BucketProtection> {
  // S3 answers 404 for a setting that was never made.
  const set = <T>(answer: Promise<T>): Promise<T | undefined> =>
    orNone(answer, (error) => statusOf(error) === 404);
  const [encryption, versioning, blocks, ownership, policy] = await Promise.all([
    set(client.getBucketEncryption(owned)),
    set(client.getBucketVersioning(owned)),
    set(client.getPublicAccessBlock(owned)),
    set(client.getBucketOwnershipControls(owned)),
    set(client.getBucketPolicy(owned)),
  ]);
  const { PublicAccessBlockConfiguration: access = {} } = blocks ?? {};
  return compact({
    encrypted: (encryption?.ServerSideEncryptionConfiguration?.Rules?.length ?? 0) > 0,
    versioned: versioning?.Status === 'Enabled',
    private: blocksOf.every((each) => access[each] === true),
    ownerEnforced:
      ownership?.OwnershipControls?.Rules?.[0]?.ObjectOwnership === 'BucketOwnerEnforced',
    policy: policy?.Policy || undefined,
  });
}

function set(client: S3, owned: Owned, setting: BucketSetting): Promise<unknown> {
  switch (setting.set) {
    case 'encryption': {
      const Rules = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const } }];
      return client.putBucketEncryption({ ...owned, ServerSideEncryptionConfiguration: { Rules } });
    }
    case 'versioning': {
      const VersioningConfiguration = { Status: 'Enabled' as const };
      return client.putBucketVersioning({ ...owned, VersioningConfiguration });
    }
    case 'private': {
      const PublicAccessBlockConfiguration = publicAccessBlock;
      return client.putPublicAccessBlock({ ...owned, PublicAccessBlockConfiguration });
    }
    case 'ownership': {
      const OwnershipControls = { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' as const }] };
      return client.putBucketOwnershipControls({ ...owned, OwnershipControls });
    }
    case 'policy':
      return client.putBucketPolicy({ ...owned, Policy: setting.policy });
  }
}

/** Reads a text; `undefined` when there is none, or no such bucket. */
async function readText(client: S3, owned: Owned, Key: string) {
  const get = new GetObjectCommand({ ...owned, Key });
  let answered: string | undefined;
  get.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      answered = dateOf(answer.response);
      return answer;
    },
    { step: 'deserialize', name: 'dateOfAnswer' },
  );
  const found = await orNone(client.send(get), (error) => statusOf(error) === 404);
  if (!found) return undefined;
  const { Body, ETag = '', LastModified } = found;
  // Both times are of S3's clock: whose own clock is wrong is not wrong about the age. Without a date in the answer, which
  // AWS never leaves out, there is only one's own.
  const now = Date.parse(answered ?? '') || Date.now();
  const age = Math.max(0, now - (LastModified?.getTime() ?? now));
  return { text: (await Body?.transformToString()) ?? '', tag: ETag, age };
}

/**
 * Whether a conditional write came too late ("Conditional requests" in the S3 user guide): 412 when something else is
 * there, 409 when it is being written at this moment, 404 when what was to be replaced is gone.
 */
const isOvertaken = (error: unknown): boolean =>
  statusOf(error) === 412 || ['ConditionalRequestConflict', 'NoSuchKey'].includes(nameOf(error));

/** When an answer was given, as its header says. */
function dateOf(response: unknown): string | undefined {
  const headers: unknown = Reflect.get(Object(response), 'headers');
  const date: unknown = Reflect.get(Object(headers), 'date');
  return typeof date === 'string' ? date : undefined;
}
