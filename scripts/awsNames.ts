/**
 * The names of AWS: what CloudTrail calls the services and their calls, the actions of IAM, and the detail-types of
 * EventBridge. `names.ts` reads the models that this file makes them of, and writes the lists.
 */
import { type NameList, undated } from '../packages/build/src/names/list.ts';

/** What the list needs of a model of botocore. */
export interface Model {
  /** The folder of the model: `s3control`. */
  readonly folder: string;
  readonly endpointPrefix: string;
  readonly signingName: string;
  readonly operations: readonly string[];
}

/** What the list is made of. */
export interface Sources {
  /** The day on which it is made: `2026-11-27`. */
  readonly made: string;
  /** The packages with their versions. */
  readonly from: readonly string[];
  readonly models: readonly Model[];
  /** The actions of AWS's service authorization reference, by service. */
  readonly actions: ReadonlyMap<string, readonly string[]>;
  /** Events that services send to EventBridge. */
  readonly events: readonly { readonly source: string; readonly detailType: string }[];
  /** Names in recorded events. */
  readonly recorded: readonly { readonly eventSource: string; readonly eventName: string }[];
}

const s3Events =
  'https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html';
const signIn =
  'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html';
const identityCenterSignIn =
  'https://docs.aws.amazon.com/singlesignon/latest/userguide/understanding-sign-in-events.html';

/** The services whose eventSource is neither the model's endpoint nor the name that signs, by the folder of the model. */
const eventSources: Readonly<Record<string, readonly string[]>> = {
  // https://docs.aws.amazon.com/autoscaling/application/userguide/logging-using-cloudtrail.html
  'application-autoscaling': ['autoscaling'],
  // Recorded.
  'application-insights': ['application-insights'],
  connectparticipant: ['connect'],
  'marketplace-agreement': ['agreement-marketplace'],
  'marketplace-discovery': ['discovery-marketplace'],
  // https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/logging-using-cloudtrail-data-api.html
  'rds-data': ['rdsdata'],
  'servicecatalog-appregistry': ['servicecatalog-appregistry'],
  // https://docs.aws.amazon.com/singlesignon/latest/userguide/logging-using-cloudtrail.html
  sso: ['sso'],
  'sso-oidc': ['sso', 'sso-oauth'],
};

/** The models whose eventSource is the name that signs, as recorded events show. */
const signed = /^(bedrock|ecr|mailmanager$|pinpoint-email$|s3control$|sagemaker|ses|timestream)/;

/** The services that no model has, or not all of it. Their calls are the actions of their name. */
const consoleServices = ['cloudshell', 'sso', 'sso-directory', 'supportplans'];

/** Events that are no operation of a model, with where they are documented. */
const documented: readonly {
  readonly eventSource: string;
  readonly names: string;
  readonly source: string;
}[] = [
  { eventSource: 'signin', names: 'ConsoleLogin CheckMfa SwitchRole', source: signIn },
  {
    eventSource: 'signin',
    names: 'CredentialChallenge CredentialVerification UserAuthentication',
    source: identityCenterSignIn,
  },
  {
    eventSource: 'signin',
    names: 'PasswordRecoveryRequested PasswordRecoveryCompleted',
    source:
      'https://www.elastic.co/guide/en/security/current/aws-sign-in-root-password-recovery-requested.html',
  },
  {
    eventSource: 'signin',
    names: 'EmailUpdated',
    source: 'https://hub.powerpipe.io/mods/turbot/tailpipe-mod-aws-cloudtrail-log-detections',
  },
  {
    eventSource: 'ec2',
    names: 'SharedSnapshotCopyInitiated SharedSnapshotVolumeCreated',
    source:
      'https://docs.aws.amazon.com/ebs/latest/userguide/ebs-modifying-snapshot-permissions.html',
  },
  {
    eventSource: 'servicequotas',
    names: 'ServiceQuotasUtilizationBreachingThreshold',
    source: 'https://docs.aws.amazon.com/servicequotas/latest/userguide/automatic-management.html',
  },
  {
    eventSource: 's3',
    names: 'DeleteAccountPublicAccessBlock GetAccountPublicAccessBlock PostObject',
    source: s3Events,
  },
  // The recorded names of the calls that read: GetAccelerateConfiguration, GetBucketObjectLockConfiguration.
  {
    eventSource: 's3',
    names: 'PutAccelerateConfiguration PutBucketObjectLockConfiguration',
    source: s3Events,
  },
];

/** The calls that CloudTrail records under other names than the API's. */
const renamed: NameList['renamed'] = {
  // The documentation of S3 (`s3Events`), and records.
  's3.amazonaws.com': {
    DeletePublicAccessBlock: 'DeleteBucketPublicAccessBlock DeleteAccountPublicAccessBlock',
    GetBucketAccelerateConfiguration: 'GetAccelerateConfiguration',
    GetBucketLifecycleConfiguration: 'GetBucketLifecycle',
    GetBucketNotificationConfiguration: 'GetBucketNotification',
    GetPublicAccessBlock: 'GetBucketPublicAccessBlock GetAccountPublicAccessBlock',
    PutBucketLifecycleConfiguration: 'PutBucketLifecycle',
    PutBucketNotificationConfiguration: 'PutBucketNotification',
    PutPublicAccessBlock: 'PutBucketPublicAccessBlock PutAccountPublicAccessBlock',
  },
};

/** The services that write the version of their API behind the names of calls, and such a version. */
const dated: NameList['dated'] = {
  'cloudfront.amazonaws.com': '2020_05_31',
  'lambda.amazonaws.com': '20150331',
};

/** The detail-types of what CloudTrail hands to EventBridge. */
const cloudTrailTypes = [
  'AWS API Call via CloudTrail',
  'AWS Console Action via CloudTrail',
  'AWS Console Sign In via CloudTrail',
  'AWS Console Signin via CloudTrail',
  'AWS Insight via CloudTrail',
  'AWS Service Event via CloudTrail',
];

/** Makes the list. The same sources give the same list. */
export function listNames(sources: Sources): NameList {
  const calls = new Map<string, Set<string>>();
  const add = (service: string, names: Iterable<string>): void => {
    const eventSource = service.includes('.') ? service : `${service}.amazonaws.com`;
    const known = calls.get(eventSource) ?? new Set();
    for (const name of names) known.add(name);
    calls.set(eventSource, known);
  };
  for (const model of sources.models) {
    for (const service of servicesOf(model)) add(service, model.operations);
  }
  for (const service of consoleServices) add(service, sources.actions.get(service) ?? []);
  for (const { eventSource, names } of documented) add(eventSource, names.split(' '));
  for (const [eventSource, names] of Object.entries(renamed)) {
    for (const [name, recorded] of Object.entries(names)) {
      calls.get(eventSource)?.delete(name);
      add(eventSource, recorded.split(' '));
    }
  }
  const recorded = new Map<string, Set<string>>();
  for (const { eventSource, eventName } of sources.recorded) {
    recorded.set(eventSource, (recorded.get(eventSource) ?? new Set()).add(eventName));
    add(eventSource, [eventName]);
  }
  const types = new Map<string, Set<string>>();
  for (const { source, detailType } of sources.events) {
    if (!/^aws\.[^/]+$/.test(source) || detailType.endsWith('via CloudTrail')) continue;
    types.set(source, (types.get(source) ?? new Set()).add(detailType));
  }
  return {
    made: sources.made,
    from: sources.from,
    calls: texts(calls, ' '),
    renamed,
    dated,
    recorded: texts(recorded, ' '),
    actions: texts(sources.actions, ' '),
    cloudTrailTypes,
    detailTypes: texts(types, '|'),
  };
}

/** The first part of the eventSources of a model. Where the model has two names and nothing tells, both. */
function servicesOf({ folder, endpointPrefix, signingName }: Model): readonly string[] {
  const given = Object.hasOwn(eventSources, folder) ? eventSources[folder] : undefined;
  if (given) return given;
  // `api.detective` is the name of a host only.
  if (signed.test(folder) || endpointPrefix.includes('.')) return [signingName];
  return [...new Set([endpointPrefix, signingName])];
}

const sorted = (items: Iterable<string>): readonly string[] => [...new Set(items)].toSorted();

const texts = (
  lists: ReadonlyMap<string, Iterable<string>>,
  separator: string,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    sorted(lists.keys()).map((key) => [key, sorted(lists.get(key) ?? []).join(separator)]),
  );

/** The list of calls as types: the text of a module of core. */
export function typesOf({ made, from, calls, dated: versions }: NameList): string {
  const lines = Object.entries(calls).map(([eventSource, names]) => {
    // An editor then offers the name by which a pattern finds all versions.
    const version = Object.hasOwn(versions, eventSource) ? '*' : '';
    const listed = sorted(names.split(' ').map((name) => `${undated(name)}${version}`));
    return `  readonly '${eventSource}': ${listed.map((name) => `'${name}'`).join(' | ')};`;
  });
  return `/** The calls that CloudTrail records, by eventSource. \`scripts/names.ts\` made this file on ${made} from ${from[0]}. */
export interface ListedCalls {
${lines.join('\n')}
}
`;
}
