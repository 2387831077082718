/** S3 through the AWS SDK: the artifact bucket and what is in it. */
import { S3 } from '@aws-sdk/client-s3';
import { compact } from '../../text/records.ts';
import { publicAccessBlock } from '../bucket.ts';
import type { BucketProtection, BucketSetting, Storage } from '../cloud.ts';
import { callsOf, orNone } from './calls.ts';
import type { Connection } from './client.ts';
import { nameOf, statusOf } from './errors.ts';
import { readText, writeText } from './texts.ts';

/** S3's part of the cloud. Every call but the creation names the owner that the bucket must have. */
export function awsArtifacts(connection: Connection, account: () => Promise<string>): Storage {
  const callS3 = callsOf('s3');
  let made: Promise<S3> | undefined;
  const call = async <T>(
    name: string,
    run: (client: S3, ExpectedBucketOwner: string) => Promise<T>,
  ): Promise<T> => {
    const [client, owner] = await Promise.all([(made ??= clientFor(connection)), account()]);
    return callS3(name, () => run(client, owner));
  };
  return {
    bucket: (Bucket) =>
      call('ListBucket', async (client, ExpectedBucketOwner) => {
        const owned = { Bucket, ExpectedBucketOwner };
        try {
          await client.headBucket(owned);
        } catch (error) {
          if (statusOf(error) === 404) return 'absent';
          if (statusOf(error) === 403) return 'foreign';
          throw error;
        }
        return protection(client, owned);
      }),
    createBucket: (Bucket) =>
      call('CreateBucket', (client) => createBucket(client, Bucket, connection.region)),
    setOnBucket: (Bucket, setting) =>
      call('PutBucket*', async (client, ExpectedBucketOwner) => {
        await set(client, { Bucket, ExpectedBucketOwner }, setting);
      }),
    object: ({ bucket: Bucket, key: Key }, VersionId) =>
      call('GetObject', async (client, ExpectedBucketOwner) => {
        const about = { Bucket, Key, VersionId, ExpectedBucketOwner };
        // Without s3:ListBucket, S3 answers 403 for what is not there; 400 for what cannot be a version's id, 405 for a
        // version that marks a deletion.
        const found = await orNone(
          client.headObject({ ...about, ChecksumMode: 'ENABLED' }),
          (error) => [400, 403, 404, 405].includes(statusOf(error) ?? 0),
        );
        const sum = found?.ChecksumSHA256;
        const sha256 = sum ? Buffer.from(sum, 'base64').toString('hex') : undefined;
        return found && compact({ sha256, version: versionOf(found) });
      }),
    put: ({ bucket: Bucket, key: Key }, Body, sha256) =>
      call('PutObject', async (client, ExpectedBucketOwner) => {
        const ChecksumSHA256 = Buffer.from(sha256, 'hex').toString('base64');
        const object = { Bucket, Key, Body, ExpectedBucketOwner, ChecksumSHA256 };
        return versionOf(await client.putObject(object));
      }),
    readText: ({ bucket: Bucket, key: Key }) =>
      call('GetObject', (client, ExpectedBucketOwner) =>
        readText(client, { Bucket, Key, ExpectedBucketOwner }),
      ),
    writeText: ({ bucket: Bucket, key: Key }, text, replaced) =>
      call('PutObject', (client, ExpectedBucketOwner) =>
        writeText(client, { Bucket, Key, ExpectedBucketOwner }, text, replaced),
      ),
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
  const client = new S3(settings);
  const configured: unknown = Reflect.get(client.config, 'serviceConfiguredEndpoint');
  const endpoint: unknown = typeof configured === 'function' ? await configured() : undefined;
  return endpoint ? new S3({ ...settings, forcePathStyle: true }) : client;
}

async function createBucket(client: S3, Bucket: string, region: string): Promise<void> {
  const made = client.createBucket({
    Bucket,
    ObjectOwnership: 'BucketOwnerEnforced',
    // S3 refuses us-east-1 by name.
    CreateBucketConfiguration:
      region === 'us-east-1' ? undefined : { LocationConstraint: region as 'eu-west-1' },
  });
  // An earlier attempt, whose answer was lost, or another run made it.
  await orNone(made, (error) => nameOf(error) === 'BucketAlreadyOwnedByYou');
}

interface Owned {
  readonly Bucket: string;
  readonly ExpectedBucketOwner: string;
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
