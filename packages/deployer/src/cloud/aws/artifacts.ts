/** S3 through the AWS SDK: the artifact bucket and what is in it. */
import {
  CreateBucketCommand,
  GetBucketEncryptionCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutBucketEncryptionCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { BucketProtection, BucketSetting, Cloud } from '../cloud.ts';
import type { Connection } from './client.ts';
import { cloudError, nameOf, statusOf } from './errors.ts';
import { readText, writeText } from './texts.ts';

type Artifacts = Pick<
  Cloud,
  'bucket' | 'createBucket' | 'setOnBucket' | 'object' | 'put' | 'readText' | 'writeText'
>;

/** S3's part of the cloud. Every call but the creation names the owner that the bucket must have. */
export function awsArtifacts(connection: Connection, account: () => Promise<string>): Artifacts {
  let made: Promise<S3Client> | undefined;
  const s3 = (): Promise<S3Client> => (made ??= clientFor(connection));
  const call = async <T>(
    name: string,
    run: (client: S3Client, ExpectedBucketOwner: string) => Promise<T>,
  ): Promise<T> => {
    const [client, owner] = await Promise.all([s3(), account()]);
    try {
      return await run(client, owner);
    } catch (error) {
      throw cloudError(`s3:${name}`, error);
    }
  };
  return {
    bucket: (Bucket) =>
      call('ListBucket', async (client, ExpectedBucketOwner) => {
        try {
          await client.send(new HeadBucketCommand({ Bucket, ExpectedBucketOwner }));
        } catch (error) {
          if (statusOf(error) === 404) return 'absent';
          if (statusOf(error) === 403) return 'foreign';
          throw error;
        }
        return protection(client, { Bucket, ExpectedBucketOwner });
      }),
    createBucket: (Bucket) =>
      call('CreateBucket', async (client) => {
        await createBucket(client, Bucket, connection.region);
      }),
    setOnBucket: (Bucket, setting) =>
      call('PutBucket*', async (client, ExpectedBucketOwner) => {
        await set(client, { Bucket, ExpectedBucketOwner }, setting);
      }),
    object: ({ bucket: Bucket, key: Key }, version) =>
      call('GetObject', async (client, ExpectedBucketOwner) => {
        const head = new HeadObjectCommand({
          Bucket,
          Key,
          ExpectedBucketOwner,
          ChecksumMode: 'ENABLED',
          ...(version === undefined ? {} : { VersionId: version }),
        });
        try {
          const { ChecksumSHA256: sum, VersionId } = await client.send(head);
          return {
            ...(sum ? { sha256: Buffer.from(sum, 'base64').toString('hex') } : {}),
            ...versionOf(VersionId),
          };
        } catch (error) {
          // Without s3:ListBucket, S3 answers 403 for what is not there; 400 for what cannot be a version's id, 405 for a
          // version that marks a deletion.
          if ([400, 403, 404, 405].includes(statusOf(error) ?? 0)) return undefined;
          throw error;
        }
      }),
    put: ({ bucket: Bucket, key: Key }, bytes, sha256) =>
      call('PutObject', async (client, ExpectedBucketOwner) => {
        const ChecksumSHA256 = Buffer.from(sha256, 'hex').toString('base64');
        const object = { Bucket, Key, Body: bytes, ExpectedBucketOwner, ChecksumSHA256 };
        const { VersionId } = await client.send(new PutObjectCommand(object));
        return versionOf(VersionId).version;
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
const versionOf = (id: string | undefined): { readonly version?: string } =>
  id === undefined || id === 'null' ? {} : { version: id };

/**
 * A client that names the bucket in the path wherever an endpoint is configured: emulators have no DNS for buckets. A bucket
 * whose name says no region may lie in another one, and S3 says in which.
 */
async function clientFor(connection: Connection): Promise<S3Client> {
  const settings = { ...connection, followRegionRedirects: true };
  const client = new S3Client(settings);
  const configured: unknown = Reflect.get(client.config, 'serviceConfiguredEndpoint');
  const endpoint: unknown = typeof configured === 'function' ? await configured() : undefined;
  return endpoint ? new S3Client({ ...settings, forcePathStyle: true }) : client;
}

async function createBucket(client: S3Client, Bucket: string, region: string): Promise<void> {
  try {
    await client.send(
      new CreateBucketCommand({
        Bucket,
        ObjectOwnership: 'BucketOwnerEnforced',
        // S3 refuses us-east-1 by name.
        ...(region === 'us-east-1'
          ? {}
          : { CreateBucketConfiguration: { LocationConstraint: region as 'eu-west-1' } }),
      }),
    );
  } catch (error) {
    // An earlier attempt, whose answer was lost, or another run made it.
    if (nameOf(error) !== 'BucketAlreadyOwnedByYou') throw error;
  }
}

interface Owned {
  readonly Bucket: string;
  readonly ExpectedBucketOwner: string;
}

async function protection(client: S3Client, owned: Owned): Promise<BucketProtection> {
  const [encryption, versioning, access, ownership, policy] = await Promise.all([
    unset(client.send(new GetBucketEncryptionCommand(owned))),
    unset(client.send(new GetBucketVersioningCommand(owned))),
    unset(client.send(new GetPublicAccessBlockCommand(owned))),
    unset(client.send(new GetBucketOwnershipControlsCommand(owned))),
    unset(client.send(new GetBucketPolicyCommand(owned))),
  ]);
  const blocks = access?.PublicAccessBlockConfiguration;
  return {
    encrypted: (encryption?.ServerSideEncryptionConfiguration?.Rules?.length ?? 0) > 0,
    versioned: versioning?.Status === 'Enabled',
    private:
      blocks?.BlockPublicAcls === true &&
      blocks.BlockPublicPolicy === true &&
      blocks.IgnorePublicAcls === true &&
      blocks.RestrictPublicBuckets === true,
    ownerEnforced:
      ownership?.OwnershipControls?.Rules?.[0]?.ObjectOwnership === 'BucketOwnerEnforced',
    ...(policy?.Policy ? { policy: policy.Policy } : {}),
  };
}

/** S3 answers 404 for a setting that was never made. */
async function unset<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

async function set(client: S3Client, owned: Owned, setting: BucketSetting): Promise<void> {
  switch (setting.set) {
    case 'encryption': {
      const Rules = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const } }];
      const put = { ...owned, ServerSideEncryptionConfiguration: { Rules } };
      await client.send(new PutBucketEncryptionCommand(put));
      return;
    }
    case 'versioning': {
      const put = { ...owned, VersioningConfiguration: { Status: 'Enabled' as const } };
      await client.send(new PutBucketVersioningCommand(put));
      return;
    }
    case 'private': {
      const PublicAccessBlockConfiguration = {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      };
      await client.send(
        new PutPublicAccessBlockCommand({ ...owned, PublicAccessBlockConfiguration }),
      );
      return;
    }
    case 'ownership': {
      const Rules = [{ ObjectOwnership: 'BucketOwnerEnforced' as const }];
      await client.send(
        new PutBucketOwnershipControlsCommand({ ...owned, OwnershipControls: { Rules } }),
      );
      return;
    }
    case 'policy':
      await client.send(new PutBucketPolicyCommand({ ...owned, Policy: setting.policy }));
  }
}
