/** What the deployer asks of AWS, at the deployer's level. `aws/index.ts` answers with the AWS SDK, `testing/cloud.ts` in memory. */

import type { Alarm, Subscription } from '../notes/objects.ts';
import type { ResourceChange as ShownChange } from '../notes/parts.ts';
import { messageOf, OperatorError } from '../text/errors.ts';

/** Whose account this is, and where. */
export interface Place {
  readonly account: string;
  readonly region: string;
  /** `aws`, `aws-cn`, `aws-us-gov`, … */
  readonly partition: string;
  /** The bucket for the code there, where it is another than Patrol's own. */
  readonly bucket?: string;
}

/** A stack as `DescribeStacks` tells of it. */
export interface Stack {
  /** The ARN: it stays readable for 90 days after the stack is deleted. */
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly reason?: string;
  /** That of its template. */
  readonly description?: string;
  /** As CloudFormation echoes them: `****` for those with `NoEcho`. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly created: Date;
  readonly updated?: Date;
  /** Whether termination protection is on. */
  readonly terminationProtected: boolean;
  /** The ARN of the role with which CloudFormation works on it, where it has one. */
  readonly role?: string;
  /** When a drift detection last ran; absent unless it found resources changed outside CloudFormation. */
  readonly drifted?: Date;
}

/** Stands for the value that the stack has. */
export const previousValue: unique symbol = Symbol('the value that the stack has');
/** The value of a template parameter in a change set. */
export type ParameterInput = string | typeof previousValue;

/** What a change set is made from. */
export interface ChangeSetRequest {
  readonly stack: string;
  /** Unique: it is the request's idempotency token as well. */
  readonly name: string;
  readonly kind: 'CREATE' | 'UPDATE';
  /** `previous` is the template that the stack has. */
  readonly template: { readonly body: string } | { readonly url: string } | 'previous';
  readonly parameters: Readonly<Record<string, ParameterInput>>;
  readonly tags: Readonly<Record<string, string>>;
  /** Whether it also undoes what was changed outside CloudFormation. */
  readonly reverts?: boolean;
  /** The ARN of the role with which CloudFormation works on the stack from then on; left out, as it is. */
  readonly role?: string | undefined;
}

/** A change set as `DescribeChangeSet` tells of it. */
export interface ChangeSet {
  readonly id: string;
  readonly stackId: string;
  /** `CREATE_PENDING`, `CREATE_IN_PROGRESS`, `CREATE_COMPLETE`, `FAILED`, … */
  readonly status: string;
  /** `UNAVAILABLE`, `AVAILABLE`, `EXECUTE_IN_PROGRESS`, `EXECUTE_COMPLETE`, `EXECUTE_FAILED`, `OBSOLETE`. */
  readonly execution: string;
  readonly reason?: string;
  readonly changes: readonly ResourceChange[];
}

/** What a change set does to one resource. */
export interface ResourceChange extends ShownChange {
  /** All properties before and after as JSON, where CloudFormation tells them. */
  readonly before?: string;
  readonly after?: string;
}

/** Something that happened to a stack or to one of its resources. */
export interface StackEvent {
  readonly id: string;
  readonly time: Date;
  readonly resource: string;
  readonly resourceType: string;
  /** Absent until there is one; the stack's own id for events of the stack itself. */
  readonly physicalId?: string;
  readonly status: string;
  readonly reason?: string;
  /** A CloudFormation hook that refused the resource, and why. */
  readonly hook?: string;
}

/** A resource of a stack. */
export interface StackResource {
  readonly resource: string;
  readonly type: string;
  readonly physicalId?: string;
  readonly status: string;
}

/** What protects a bucket. Each is `false` when it is missing or weaker than what Patrol asks for. */
export interface BucketProtection {
  readonly encrypted: boolean;
  readonly versioned: boolean;
  readonly private: boolean;
  readonly ownerEnforced: boolean;
  /** The text of its policy, where there is one. */
  readonly policy?: string;
  /** Where it lies. */
  readonly region?: string;
}

/** One thing to set on a bucket. */
export type BucketSetting =
  | { readonly set: 'encryption' | 'versioning' | 'private' | 'ownership' }
  | { readonly set: 'policy'; readonly policy: string };

/** An object in a bucket. */
export interface StoredObject {
  readonly bucket: string;
  readonly key: string;
}

/** A text that is stored, with what it takes to replace no other than this one. */
export interface StoredText {
  readonly text: string;
  /** Another one after every write of another text. */
  readonly tag: string;
  /** How long ago it was written, in milliseconds, by S3's own clock. */
  readonly age: number;
}

/**
 * What a deletion may leave behind in the account. CloudFormation takes resources by name only from a stack in
 * `DELETE_FAILED`; `force` leaves whatever cannot be deleted.
 */
export type LeaveBehind = { readonly resources: readonly string[] } | { readonly force: true };

/** A secret of Secrets Manager, without what it holds. */
export interface StoredSecret {
  readonly arn: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Whether it is waiting to be deleted: it can be neither read nor written then. */
  readonly deleted: boolean;
  /** When it was last changed; absent where it never held another text. */
  readonly replaced?: Date;
}

/** A secret to store. */
export interface SecretToStore {
  readonly name: string;
  readonly text: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Stacks and change sets of CloudFormation. */
export interface Stacks {
  /** A stack by name or id; `undefined` when there is none. A deleted stack is only found by its id. */
  stack(nameOrId: string): Promise<Stack | undefined>;
  /** All stacks of the account in the region, except deleted ones. */
  allStacks(): Promise<readonly Stack[]>;
  /** The id of the stack of this name that was deleted last; `undefined` when none was in the last 90 days. */
  deletedStack(name: string): Promise<string | undefined>;
  /** The text of the template that a stack has, as it was given to CloudFormation. */
  template(nameOrId: string): Promise<string>;
  resources(stackId: string): Promise<readonly StackResource[]>;
  /** The events of a stack that are newer than the event `after`, oldest first; all of them without it. */
  events(stackId: string, after?: string): Promise<readonly StackEvent[]>;
  /** The newest event of a stack. */
  lastEvent(stackId: string): Promise<string | undefined>;
  /** Asks for a change set; it is not ready yet. */
  createChangeSet(request: ChangeSetRequest): Promise<Pick<ChangeSet, 'id' | 'stackId'>>;
  changeSet(id: string): Promise<ChangeSet>;
  /** The change sets of a stack, by its name, that were not begun. */
  pendingChangeSets(
    stack: string,
  ): Promise<readonly { readonly id: string; readonly name: string }[]>;
  /** @param token makes a repeated request harmless. */
  executeChangeSet(id: string, token: string): Promise<unknown>;
  deleteChangeSet(id: string): Promise<unknown>;
  /** @param leave what a deletion that failed before leaves behind. */
  deleteStack(id: string, token: string, leave?: LeaveBehind): Promise<unknown>;
  /** Takes up the failed rollback of an update again, without the resources to skip. */
  continueRollback(stackId: string, skip: readonly string[], token: string): Promise<unknown>;
  /** Rolls back an update that failed and was not rolled back. */
  rollBack(stackId: string, token: string): Promise<unknown>;
  /** Takes termination protection off a stack. */
  unprotect(stackId: string): Promise<unknown>;
  /** Turns termination protection on. */
  protect(stackId: string): Promise<unknown>;
}

/** Buckets and objects of S3. */
export interface Storage {
  /** What protects a bucket of this account; `absent` when there is no such bucket, `foreign` when it is not this account's. */
  bucket(name: string): Promise<BucketProtection | 'absent' | 'foreign'>;
  createBucket(name: string): Promise<unknown>;
  setOnBucket(name: string, setting: BucketSetting): Promise<unknown>;
  /**
   * What is stored under a key, in this version or the newest, with its SHA-256 in hexadecimal where S3 knows it;
   * `undefined` when there is nothing or it may not be looked at. The version is absent where the bucket keeps none.
   */
  object(
    at: StoredObject,
    version?: string,
  ): Promise<{ readonly sha256?: string; readonly version?: string } | undefined>;
  /** Stores an object; S3 checks it against the SHA-256 (hexadecimal). Gives its version, where the bucket keeps any. */
  put(at: StoredObject, bytes: Uint8Array, sha256: string): Promise<string | undefined>;
  /** The text that is stored under a key; `undefined` when there is none, or no such bucket. */
  readText(at: StoredObject): Promise<StoredText | undefined>;
  /**
   * Stores a text in the place of the one that has the tag, or of nothing. Of several such writes at once one succeeds.
   *
   * @returns its tag; `undefined` when something else is stored there by now.
   */
  writeText(
    at: StoredObject,
    text: string,
    replaced: string | undefined,
  ): Promise<string | undefined>;
}

/** Secrets of Secrets Manager. */
export interface Secrets {
  /** A secret by its name or ARN; `undefined` when there is none. */
  secret(nameOrArn: string): Promise<StoredSecret | undefined>;
  /**
   * Stores a new secret; gives its ARN.
   *
   * @param token makes a repeated request harmless.
   */
  createSecret(secret: SecretToStore, token: string): Promise<string>;
  /** Gives a secret another text. */
  updateSecret(arn: string, text: string, token: string): Promise<unknown>;
}

/** Everything the deployer asks of AWS. Every call throws nothing but {@link CloudError} for what AWS or the network refuse. */
export interface Cloud extends Stacks, Storage, Secrets {
  place(): Promise<Place>;
  /** Writes an announcement over the one before, which the Parameter Store keeps with who wrote it. */
  announce(name: string, text: string): Promise<void>;
  /** The text of a secret, by its ARN: of Secrets Manager or of the Parameter Store, in whatever region it is. */
  readSecret(arn: string): Promise<string>;
  alarms(names: readonly string[]): Promise<readonly Alarm[]>;
  /** About how many messages a queue holds, by its URL. */
  queued(url: string): Promise<number>;
  /** The subscriptions of a topic, in whatever region it is. */
  subscriptions(topicArn: string): Promise<readonly Subscription[]>;
  /** The addresses that whoever has the link in a message of a topic can unsubscribe: they were confirmed by such a link. */
  cancellable(topicArn: string): Promise<readonly string[]>;
  /** All subscriptions of the account in the region, to whatever topics. */
  allSubscriptions(): Promise<readonly Subscription[]>;
}

/** Why AWS may not do what it is asked, and what helps. */
const advice = {
  credentials:
    'Sign in with `aws sso login` or `aws configure`, or choose other credentials with --profile. You can also set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
  denied: 'Ask for this permission, or use other credentials with --profile.',
  throttled: 'AWS limits the requests of this account. Run the same command again in a minute.',
  unreachable:
    'Check the network, the region, HTTPS_PROXY, NO_PROXY, AWS_CA_BUNDLE and AWS_ENDPOINT_URL.',
  conflict: 'Somebody else may be changing the same stack. Run the same command again.',
  taken:
    'Another account owns the bucket of this name. Patrol uploads nothing to it. Find out who owns it, or name another bucket: --artifact-bucket, or artifacts.bucket in patrol.yaml.',
  invalid: '',
  missing: '',
  other: '',
};

/** Why AWS did not do what it was asked. */
export type CloudFailure = keyof typeof advice;

/** AWS, or the way to it, refused a call. */
export class CloudError extends Error {
  override readonly name = 'CloudError';
  readonly failure: CloudFailure;
  /** The call, as IAM spells it: `cloudformation:CreateChangeSet`. */
  readonly call: string;
  constructor(failure: CloudFailure, call: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.failure = failure;
    this.call = call;
  }
}

/** What went wrong, in words for the operator; of a refused call what was asked, what AWS said, what to do. */
export const explain = (error: unknown): string =>
  error instanceof CloudError
    ? `${error.call} failed: ${error.message.replace(/\.?$/, '.')} ${advice[error.failure]}`.trim()
    : messageOf(error);

/** Whether an error says itself what there is to say. */
export const isKnown = (error: unknown): error is OperatorError | CloudError =>
  error instanceof OperatorError || error instanceof CloudError;

/** What calls give, or what is made of AWS's refusal. */
export async function orRefusal<T, R>(
  calls: Promise<T>,
  instead: (error: CloudError) => R,
): Promise<T | R> {
  try {
    return await calls;
  } catch (error) {
    if (error instanceof CloudError) return instead(error);
    throw error;
  }
}
