/** {@link Cloud} in memory, for tests: stateful, with a clock that goes on while the deployer sleeps, and with scripted faults. */
import { emailParameters } from '@patrol/core/contracts';
import type { awsStacks } from '../cloud/aws/stacks.ts';
import {
  type BucketProtection,
  type BucketSetting,
  type ChangeSet,
  type ChangeSetRequest,
  type Cloud,
  CloudError,
  type LeaveBehind,
  type Place,
  type SecretToStore,
  type Stack,
  type StackEvent,
  type StackResource,
  type StoredObject,
  type StoredSecret,
  type StoredText,
} from '../cloud/cloud.ts';
import { invalid } from './changes.ts';
import { Scripted } from './faults.ts';
import type { Alarm, Subscription } from '../notes/objects.ts';
import { FakeStacks } from './stacks.ts';
import { sha256 } from '../template/template.ts';

/** Every call of {@link Cloud}, and whether it goes to CloudFormation: what `aws/stacks.ts` answers does. */
const toCloudFormation: {
  readonly [Call in keyof Cloud]: Call extends keyof ReturnType<typeof awsStacks> ? true : false;
} = {
  place: false,
  stack: true,
  template: true,
  createChangeSet: true,
  changeSet: true,
  pendingChangeSets: true,
  executeChangeSet: true,
  deleteChangeSet: true,
  deleteStack: true,
  events: true,
  lastEvent: true,
  resources: true,
  bucket: false,
  createBucket: false,
  setOnBucket: false,
  object: false,
  put: false,
  readText: false,
  writeText: false,
  announce: false,
  readSecret: false,
  alarms: false,
  queued: false,
  subscriptions: false,
  cancellable: false,
  allSubscriptions: false,
  continueRollback: true,
  rollBack: true,
  unprotect: true,
  protect: true,
  deletedStack: true,
  secret: false,
  createSecret: false,
  updateSecret: false,
  allStacks: true,
};
const cloudCalls = Object.keys(toCloudFormation) as (keyof Cloud)[];

/** The calls to CloudFormation, whose rates are limited. */
export const stackCalls: readonly (keyof Cloud)[] = cloudCalls.filter(
  (call) => toCloudFormation[call],
);
/** The calls to everything else. */
export const otherCalls: readonly (keyof Cloud)[] = cloudCalls.filter(
  (call) => !toCloudFormation[call],
);

/** A bucket and what is in it. */
export interface FakeBucket {
  readonly owner: string;
  protection: BucketProtection;
  /** `sha256` is absent where whoever put it there gave S3 none. */
  readonly objects: Map<string, FakeObject>;
  /** Every version of an object, while the bucket kept versions. */
  readonly versions: Map<string, FakeObject>;
  /** The texts that were written on a condition, by their keys. */
  readonly texts: Map<string, FakeText>;
}

/** What is stored under a key. */
export interface FakeObject {
  readonly bytes: Uint8Array;
  readonly sha256?: string;
  readonly version?: string;
}

/** A text that was written on a condition. */
interface FakeText {
  readonly text: string;
  readonly tag: string;
  /** S3 tells whole seconds. */
  readonly modified: number;
}

const inSeconds = (milliseconds: number): number => Math.floor(milliseconds / 1000) * 1000;

/** How many stacks stand on a page of `DescribeStacks`. */
const stacksPerPage = 100;

const bare: BucketProtection = {
  encrypted: false,
  versioned: false,
  private: false,
  ownerEnforced: false,
};

/** An AWS account in one region. */
export class FakeCloud extends Scripted<keyof Cloud> implements Cloud {
  readonly home: Place;
  readonly stacks: FakeStacks;
  readonly buckets: Map<string, FakeBucket> = new Map();
  /** E-mail addresses that have confirmed. */
  readonly confirmed: Set<string> = new Set();
  /** Those whose subscriptions SNS has deleted, since nobody confirmed them within two days. */
  readonly dropped: Set<string> = new Set();
  /** Those of them who opened the link, so that another link ends the subscription. */
  readonly confirmedByLink: Set<string> = new Set();
  /** Subscriptions to topics that are in no stack. */
  readonly topics: Map<string, readonly Omit<Subscription, 'topic'>[]> = new Map();
  /** The texts of secrets, by their ARNs. */
  readonly secrets: Map<string, string> = new Map();
  /** The secrets that were stored through this cloud, by their names. */
  readonly stored: Map<string, StoredSecret> = new Map();
  /** What was announced. */
  readonly announcements: { readonly name: string; readonly text: string; readonly at: number }[] =
    [];
  /** States of alarms by name; the others are OK. */
  readonly alarmStates: Map<string, string> = new Map();
  /** How many messages queues hold, by their URLs. */
  readonly queues: Map<string, number> = new Map();
  /** Why they are in their states. */
  alarmReason: string | undefined;
  #serial = 0;

  constructor(home: Partial<Place> = {}) {
    super();
    this.home = { account: '111122223333', region: 'eu-west-1', partition: 'aws', ...home };
    this.stacks = new FakeStacks(this.home);
  }

  /** Sleeping lets the fake's time pass. */
  sleep = async (milliseconds: number): Promise<void> => this.stacks.advance(milliseconds);
  now = (): number => this.stacks.time;

  place(): Promise<Place> {
    return this.call('place', () => this.home);
  }

  stack(nameOrId: string): Promise<Stack | undefined> {
    return this.call('stack', () => {
      const found = this.stacks.find(nameOrId);
      return found && this.stacks.describe(found);
    });
  }

  template(nameOrId: string): Promise<string> {
    return this.call('template', () => {
      const found = this.stacks.find(nameOrId);
      if (found) return JSON.stringify(found.template);
      throw invalid('GetTemplate', `Stack with id ${nameOrId} does not exist`);
    });
  }

  createChangeSet(request: ChangeSetRequest): Promise<{ id: string; stackId: string }> {
    return this.call('createChangeSet', () => {
      const template = { body: this.#bodyOf(request) };
      const { id, stack } = this.stacks.createChangeSet({ ...request, template });
      return { id, stackId: stack.id };
    });
  }

  /** The text of a template, also of one that lies in a bucket. */
  #bodyOf({ template, stack }: ChangeSetRequest): string {
    if (template === 'previous') return JSON.stringify(this.stacks.find(stack)?.template);
    if ('body' in template) {
      if (Buffer.byteLength(template.body) <= 51_200) return template.body;
      const limit = 'Member must have length less than or equal to 51200';
      throw invalid('CreateChangeSet', `1 validation error detected: ${limit}`);
    }
    const { hostname, searchParams } = new URL(template.url);
    const { versions } = this.#own(hostname.split('.')[0] ?? '', 's3:GetObject');
    const found = versions.get(searchParams.get('versionId') ?? '');
    if (found) return Buffer.from(found.bytes).toString();
    throw invalid('CreateChangeSet', 'S3 error: The specified version does not exist.');
  }

  changeSet(id: string): Promise<ChangeSet> {
    return this.call('changeSet', () => this.stacks.describeChangeSet(id));
  }

  pendingChangeSets(stack: string): Promise<readonly { id: string; name: string }[]> {
    return this.call('pendingChangeSets', () => this.stacks.pendingChangeSets(stack));
  }

  executeChangeSet(id: string): Promise<void> {
    return this.call('executeChangeSet', () => this.stacks.executeChangeSet(id));
  }

  deleteChangeSet(id: string): Promise<void> {
    return this.call('deleteChangeSet', () => this.stacks.deleteChangeSet(id));
  }

  deleteStack(id: string, _token?: string, leave?: LeaveBehind): Promise<void> {
    return this.call('deleteStack', () => this.stacks.deleteStack(id, leave));
  }

  continueRollback(stackId: string, skip: readonly string[]): Promise<void> {
    return this.call('continueRollback', () => this.stacks.continueRollback(stackId, skip));
  }

  rollBack(stackId: string): Promise<void> {
    return this.call('rollBack', () => this.stacks.rollBack(stackId));
  }

  unprotect(stackId: string): Promise<void> {
    return this.call('unprotect', () => {
      const found = this.stacks.find(stackId);
      if (found) found.terminationProtected = false;
    });
  }

  protect(stackId: string): Promise<void> {
    return this.call('protect', () => {
      const found = this.stacks.find(stackId);
      if (found) found.terminationProtected = true;
    });
  }

  deletedStack(name: string): Promise<string | undefined> {
    return this.call(
      'deletedStack',
      () =>
        this.stacks.all.findLast(
          (stack) => stack.name === name && stack.status === 'DELETE_COMPLETE',
        )?.id,
    );
  }

  async allStacks(): Promise<readonly Stack[]> {
    const found: Stack[] = [];
    const current = this.stacks.all.filter(({ status }) => status !== 'DELETE_COMPLETE');
    // Each page is a call.
    for (let start = 0; start === 0 || start < current.length; start += stacksPerPage) {
      const page = current.slice(start, start + stacksPerPage);
      found.push(
        ...(await this.call('allStacks', () => page.map((each) => this.stacks.describe(each)))),
      );
    }
    return found;
  }

  events(stackId: string, after?: string): Promise<readonly StackEvent[]> {
    return this.call('events', () => {
      const events = this.stacks.find(stackId)?.events ?? [];
      return events.slice(events.findIndex(({ id }) => id === after) + 1);
    });
  }

  lastEvent(stackId: string): Promise<string | undefined> {
    return this.call('lastEvent', () => this.stacks.find(stackId)?.events.at(-1)?.id);
  }

  resources(stackId: string): Promise<readonly StackResource[]> {
    return this.call('resources', () => [...(this.stacks.find(stackId)?.resources.values() ?? [])]);
  }

  bucket(name: string): Promise<BucketProtection | 'absent' | 'foreign'> {
    return this.call('bucket', () => {
      const bucket = this.buckets.get(name);
      if (!bucket) return 'absent';
      return bucket.owner === this.home.account ? bucket.protection : 'foreign';
    });
  }

  createBucket(name: string): Promise<void> {
    return this.call('createBucket', () => {
      // As the real call: one's own bucket is there, as it was to be.
      if (this.buckets.get(name)?.owner !== this.home.account) {
        this.addBucket(name, this.home.account);
      }
    });
  }

  /** Places a bucket. */
  addBucket(name: string, owner: string): void {
    if (this.buckets.has(name)) {
      throw new CloudError(
        'taken',
        's3:CreateBucket',
        'The requested bucket name is not available.',
      );
    }
    this.buckets.set(name, {
      owner,
      protection: bare,
      objects: new Map(),
      versions: new Map(),
      texts: new Map(),
    });
  }

  setOnBucket(name: string, setting: BucketSetting): Promise<void> {
    return this.call('setOnBucket', () => {
      const bucket = this.#own(name, 's3:PutBucket');
      const fields = {
        encryption: { encrypted: true },
        versioning: { versioned: true },
        private: { private: true },
        ownership: { ownerEnforced: true },
        policy: setting.set === 'policy' ? { policy: setting.policy } : {},
      };
      bucket.protection = { ...bucket.protection, ...fields[setting.set] };
    });
  }

  object({ bucket, key }: StoredObject, version?: string): Promise<FakeObject | undefined> {
    return this.call('object', () => {
      const found = this.buckets.get(bucket);
      if (found?.owner !== this.home.account) return undefined;
      return version === undefined ? found.objects.get(key) : found.versions.get(version);
    });
  }

  put(
    { bucket, key }: StoredObject,
    bytes: Uint8Array,
    sha256: string,
  ): Promise<string | undefined> {
    return this.call('put', () => {
      const { objects, versions, protection } = this.#own(bucket, 's3:PutObject');
      const version = protection.versioned ? `version-${(this.#serial += 1)}` : undefined;
      const stored = { bytes, sha256, ...(version === undefined ? {} : { version }) };
      objects.set(key, stored);
      if (version !== undefined) versions.set(version, stored);
      return version;
    });
  }

  readText({ bucket, key }: StoredObject): Promise<StoredText | undefined> {
    return this.call('readText', () => {
      if (!this.buckets.has(bucket)) return undefined;
      const own = this.#own(bucket, 's3:GetObject');
      const bytes = own.objects.get(key)?.bytes;
      if (bytes) return { text: Buffer.from(bytes).toString(), tag: '', age: 0 };
      const found = own.texts.get(key);
      if (!found) return undefined;
      const { text, tag, modified } = found;
      return { text, tag, age: inSeconds(this.now()) - modified };
    });
  }

  writeText(
    { bucket, key }: StoredObject,
    text: string,
    replaced: string | undefined,
  ): Promise<string | undefined> {
    return this.call('writeText', () => {
      if (!this.buckets.has(bucket)) {
        throw new CloudError('missing', 's3:PutObject', 'The specified bucket does not exist');
      }
      const { texts } = this.#own(bucket, 's3:PutObject');
      if (texts.get(key)?.tag !== replaced) return undefined;
      // As S3's: the tag is that of the content.
      const tag = sha256(text);
      texts.set(key, { text, tag, modified: inSeconds(this.now()) });
      return tag;
    });
  }

  announce(name: string, text: string): Promise<void> {
    return this.call('announce', () => {
      this.announcements.push({ name, text, at: this.now() });
    });
  }

  readSecret(arn: string): Promise<string> {
    return this.call('readSecret', () => {
      const text = this.secrets.get(arn);
      if (text !== undefined) return text;
      const message = "Secrets Manager can't find the specified secret.";
      throw new CloudError('missing', 'secretsmanager:GetSecretValue', message);
    });
  }

  secret(nameOrArn: string): Promise<StoredSecret | undefined> {
    return this.call(
      'secret',
      () =>
        this.stored.get(nameOrArn) ??
        [...this.stored.values()].find(({ arn }) => arn === nameOrArn),
    );
  }

  createSecret({ name, text, tags }: SecretToStore): Promise<string> {
    return this.call('createSecret', () => {
      if (this.stored.has(name)) {
        const message = 'The operation failed because the secret already exists.';
        throw new CloudError('conflict', 'secretsmanager:CreateSecret', message);
      }
      const { partition, region, account } = this.home;
      const suffix = String((this.#serial += 1)).padStart(6, 'A');
      const arn = `arn:${partition}:secretsmanager:${region}:${account}:secret:${name}-${suffix}`;
      this.stored.set(name, { arn, tags, deleted: false });
      this.secrets.set(arn, text);
      return arn;
    });
  }

  updateSecret(arn: string, text: string): Promise<void> {
    return this.call('updateSecret', () => {
      this.secrets.set(arn, text);
    });
  }

  alarms(names: readonly string[]): Promise<readonly Alarm[]> {
    return this.call('alarms', () =>
      names.map((name) => ({
        name,
        state: this.alarmStates.get(name) ?? 'OK',
        ...(this.alarmReason === undefined ? {} : { reason: this.alarmReason }),
      })),
    );
  }

  queued(url: string): Promise<number> {
    return this.call('queued', () => this.queues.get(url) ?? 0);
  }

  subscriptions(topicArn: string): Promise<readonly Subscription[]> {
    return this.call('subscriptions', () => this.#subscriptions(topicArn));
  }

  cancellable(topicArn: string): Promise<readonly string[]> {
    return this.call('cancellable', () =>
      this.#subscriptions(topicArn).flatMap(({ endpoint, confirmed }) =>
        confirmed && this.confirmedByLink.has(endpoint) ? [endpoint] : [],
      ),
    );
  }

  allSubscriptions(): Promise<readonly Subscription[]> {
    return this.call('allSubscriptions', () => {
      const stacks = this.stacks.all.flatMap((stack) =>
        Object.values(this.stacks.describe(stack).outputs),
      );
      return [...new Set([...this.topics.keys(), ...stacks])].flatMap((topic) =>
        this.#subscriptions(topic),
      );
    });
  }

  #subscriptions(topic: string): readonly Subscription[] {
    return [
      ...(this.topics.get(topic) ?? []).map((each) => ({ topic, ...each })),
      ...this.stacks.all
        .filter(({ status }) => status !== 'DELETE_COMPLETE')
        .flatMap((stack) => {
          const { outputs } = this.stacks.describe(stack);
          return ['Alert', 'Alarm'].flatMap((kind) =>
            emailParameters(`${kind}Email`).flatMap((name) => {
              const endpoint = stack.parameters[name];
              if (!endpoint || outputs[`${kind}TopicArn`] !== topic) return [];
              if (this.dropped.has(endpoint)) return [];
              const confirmed = this.confirmed.has(endpoint);
              return [{ topic, protocol: 'email', endpoint, confirmed }];
            }),
          );
        }),
    ];
  }

  #own(name: string, call: string): FakeBucket {
    const bucket = this.buckets.get(name);
    if (bucket?.owner === this.home.account) return bucket;
    throw new CloudError('denied', call, 'Access Denied');
  }
}
