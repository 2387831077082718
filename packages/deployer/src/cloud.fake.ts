/** {@link Cloud} in memory, for tests: stateful, with a clock that goes on while the deployer sleeps, and with scripted faults. */
import {
  type Alarm,
  type BucketProtection,
  type BucketSetting,
  type ChangeSet,
  type ChangeSetRequest,
  type Cloud,
  CloudError,
  type Place,
  type Stack,
  type StackEvent,
  type StackResource,
  type StoredObject,
  type Subscription,
} from './cloud.ts';
import { FakeStacks } from './stacks.fake.ts';

/** Something that goes wrong with a call. */
export interface Fault {
  readonly call: keyof Cloud;
  /** How many calls go well first; none when left out. */
  readonly after?: number;
  /** How many calls fail; one when left out. */
  readonly times?: number;
  /** What the call fails with; throttling when left out. */
  readonly error?: Error;
  /** The call is carried out, but its answer is lost. */
  readonly lost?: boolean;
  /** The deployer's process dies here: this call and all further ones throw, until {@link FakeCloud.revive}. */
  readonly kill?: boolean;
}

/** The process was killed: no code of the deployer should recognise this. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

/** The fake's error for a call that AWS throttles. */
export const throttling = (call: string): CloudError =>
  new CloudError('throttled', call, 'Rate exceeded');

/** A bucket and what is in it. */
export interface FakeBucket {
  readonly owner: string;
  protection: BucketProtection;
  /** `sha256` is absent where whoever put it there gave S3 none. */
  readonly objects: Map<string, { readonly bytes: Uint8Array; readonly sha256?: string }>;
}

const bare: BucketProtection = {
  encrypted: false,
  versioned: false,
  private: false,
  ownerEnforced: false,
};

/** An AWS account in one region. */
export class FakeCloud implements Cloud {
  readonly home: Place;
  readonly stacks: FakeStacks;
  readonly buckets: Map<string, FakeBucket> = new Map();
  /** E-mail addresses that have confirmed. */
  readonly confirmed: Set<string> = new Set();
  /** Subscriptions to topics that are in no stack. */
  readonly topics: Map<string, readonly Subscription[]> = new Map();
  /** The texts of secrets, by their ARNs. */
  readonly secrets: Map<string, string> = new Map();
  /** States of alarms by name; the others are OK. */
  readonly alarmStates: Map<string, string> = new Map();
  readonly faults: Fault[] = [];
  /** Every call made, by name. */
  calls: (keyof Cloud)[] = [];
  #dead = false;
  readonly #counts = new Map<Fault, number>();

  constructor(home: Partial<Place> = {}) {
    this.home = { account: '111122223333', region: 'eu-west-1', partition: 'aws', ...home };
    this.stacks = new FakeStacks(this.home);
  }

  /** Sleeping lets the fake's time pass. */
  sleep = async (milliseconds: number): Promise<void> => this.stacks.advance(milliseconds);
  now = (): number => this.stacks.time;

  /** A new process is started after the old one was killed. */
  revive(): void {
    this.#dead = false;
  }

  place(): Promise<Place> {
    return this.#call('place', () => this.home);
  }

  stack(nameOrId: string): Promise<Stack | undefined> {
    return this.#call('stack', () => {
      const found = this.stacks.find(nameOrId);
      return found && this.stacks.describe(found);
    });
  }

  createChangeSet(request: ChangeSetRequest): Promise<{ id: string; stackId: string }> {
    return this.#call('createChangeSet', () => {
      const { id, stack } = this.stacks.createChangeSet(request);
      return { id, stackId: stack.id };
    });
  }

  changeSet(id: string): Promise<ChangeSet> {
    return this.#call('changeSet', () => this.stacks.describeChangeSet(id));
  }

  executeChangeSet(id: string): Promise<void> {
    return this.#call('executeChangeSet', () => this.stacks.executeChangeSet(id));
  }

  deleteChangeSet(id: string): Promise<void> {
    return this.#call('deleteChangeSet', () => this.stacks.deleteChangeSet(id));
  }

  deleteStack(id: string): Promise<void> {
    return this.#call('deleteStack', () => this.stacks.deleteStack(id));
  }

  events(stackId: string, after?: string): Promise<readonly StackEvent[]> {
    return this.#call('events', () => {
      const events = this.stacks.find(stackId)?.events ?? [];
      return events.slice(events.findIndex(({ id }) => id === after) + 1);
    });
  }

  lastEvent(stackId: string): Promise<string | undefined> {
    return this.#call('lastEvent', () => this.stacks.find(stackId)?.events.at(-1)?.id);
  }

  resources(stackId: string): Promise<readonly StackResource[]> {
    return this.#call('resources', () => [
      ...(this.stacks.find(stackId)?.resources.values() ?? []),
    ]);
  }

  bucket(name: string): Promise<BucketProtection | 'absent' | 'foreign'> {
    return this.#call('bucket', () => {
      const bucket = this.buckets.get(name);
      if (!bucket) return 'absent';
      return bucket.owner === this.home.account ? bucket.protection : 'foreign';
    });
  }

  createBucket(name: string): Promise<void> {
    return this.#call('createBucket', () => this.addBucket(name, this.home.account));
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
    this.buckets.set(name, { owner, protection: bare, objects: new Map() });
  }

  setOnBucket(name: string, setting: BucketSetting): Promise<void> {
    return this.#call('setOnBucket', () => {
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

  object({ bucket, key }: StoredObject): Promise<{ sha256?: string } | undefined> {
    return this.#call('object', () => {
      const found = this.buckets.get(bucket);
      return found?.owner === this.home.account ? found.objects.get(key) : undefined;
    });
  }

  put({ bucket, key }: StoredObject, bytes: Uint8Array, sha256: string): Promise<void> {
    return this.#call('put', () => {
      this.#own(bucket, 's3:PutObject').objects.set(key, { bytes, sha256 });
    });
  }

  readSecret(arn: string): Promise<string> {
    return this.#call('readSecret', () => {
      const text = this.secrets.get(arn);
      if (text !== undefined) return text;
      const message = "Secrets Manager can't find the specified secret.";
      throw new CloudError('missing', 'secretsmanager:GetSecretValue', message);
    });
  }

  alarms(names: readonly string[]): Promise<readonly Alarm[]> {
    return this.#call('alarms', () =>
      names.map((name) => ({ name, state: this.alarmStates.get(name) ?? 'OK' })),
    );
  }

  subscriptions(topicArn: string): Promise<readonly Subscription[]> {
    return this.#call('subscriptions', () => [
      ...(this.topics.get(topicArn) ?? []),
      ...this.stacks.all
        .filter((stack) => stack.status !== 'DELETE_COMPLETE' && stack.parameters['AlertEmail'])
        .filter((stack) => this.stacks.describe(stack).outputs['AlertTopicArn'] === topicArn)
        .map(({ parameters: { AlertEmail: endpoint = '' } }) => ({
          protocol: 'email',
          endpoint,
          confirmed: this.confirmed.has(endpoint),
        })),
    ]);
  }

  #own(name: string, call: string): FakeBucket {
    const bucket = this.buckets.get(name);
    if (bucket?.owner === this.home.account) return bucket;
    throw new CloudError('denied', call, 'Access Denied');
  }

  async #call<T>(call: keyof Cloud, answer: () => T): Promise<T> {
    // As every real call, it takes a turn of the event loop.
    await Promise.resolve();
    if (this.#dead) throw new Killed(call);
    this.calls.push(call);
    const fault = this.#fault(call);
    if (fault && !fault.lost) throw this.#failure(fault);
    const value = answer();
    if (fault) throw this.#failure(fault);
    return value;
  }

  #fault(call: keyof Cloud): Fault | undefined {
    for (const fault of this.faults) {
      if (fault.call !== call) continue;
      const count = (this.#counts.get(fault) ?? 0) + 1;
      this.#counts.set(fault, count);
      const { after = 0, times = 1 } = fault;
      if (count > after && count <= after + times) return fault;
    }
    return undefined;
  }

  #failure({ kill, error, call }: Fault): Error {
    this.#dead = kill === true;
    return kill ? new Killed(call) : (error ?? throttling(call));
  }
}
