/**
 * CloudTrail records and the EventBridge events that carry them: their types, how AWS wraps them, who acted, and
 * whether the call did what it asked for. Field names and shapes are those of AWS's CloudTrail user guide
 * ("CloudTrail record contents", "CloudTrail userIdentity element") and of its "AWS Console sign-in events".
 * What CloudTrail does not promise is optional in the type, so that the compiler asks for the `?.`.
 */
import type { Actor } from './contracts/alert.ts';

export type { Actor };

/** An EventBridge event, as it is given to a target. */
export interface EventBridgeEvent<Detail = unknown> {
  readonly version?: string;
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** When it happened, in ISO 8601. */
  readonly time: string;
  readonly region: string;
  readonly resources?: readonly string[];
  readonly detail: Detail;
}

/** A `userIdentity` element. Only `type` is there in every shape, and even that is missing in records of service events. */
export interface UserIdentity {
  readonly type?: string;
  readonly principalId?: string;
  readonly arn?: string;
  readonly accountId?: string;
  readonly accessKeyId?: string;
  readonly userName?: string;
  readonly invokedBy?: string;
  readonly identityProvider?: string;
  readonly credentialId?: string;
  readonly onBehalfOf?: { readonly userId?: string; readonly identityStoreArn?: string };
  readonly sessionContext?: {
    readonly sessionIssuer?: {
      readonly type?: string;
      readonly principalId?: string;
      readonly arn?: string;
      readonly accountId?: string;
      readonly userName?: string;
    };
    readonly attributes?: { readonly mfaAuthenticated?: string; readonly creationDate?: string };
    readonly webIdFederationData?: { readonly federatedProvider?: string };
    readonly sourceIdentity?: string;
  };
}

/** A CloudTrail record. `Request` and `Response` say which of the call's parameters a rule reads. */
export interface CloudTrailRecord<Request = unknown, Response = unknown> {
  readonly eventVersion?: string;
  readonly eventID?: string;
  readonly eventTime?: string;
  readonly eventType?: string;
  readonly eventSource: string;
  readonly eventName: string;
  readonly awsRegion?: string;
  readonly recipientAccountId?: string;
  readonly sourceIPAddress?: string;
  readonly userAgent?: string;
  readonly readOnly?: boolean;
  readonly errorCode?: string | null;
  readonly errorMessage?: string | null;
  readonly userIdentity?: UserIdentity | null;
  readonly requestParameters?: Request | null;
  readonly responseElements?: Response | null;
  readonly additionalEventData?: Readonly<Record<string, unknown>> | null;
  readonly resources?: readonly { readonly ARN?: string; readonly type?: string }[] | null;
}

/** An API call that CloudTrail recorded, as EventBridge delivers it. */
export type ApiCallEvent<Request = unknown, Response = unknown> = EventBridgeEvent<
  CloudTrailRecord<Request, Response>
>;

/** A sign-in to the console, as EventBridge delivers it. */
export type SignInEvent = EventBridgeEvent<
  CloudTrailRecord<unknown, { readonly ConsoleLogin?: string }>
>;

/**
 * The `detail-type` of the EventBridge event for each `eventType` of a CloudTrail record (lower case), from
 * EventBridge's "Events from AWS services via CloudTrail".
 */
const detailTypes: ReadonlyMap<string, string> = new Map([
  ['awsapicall', 'AWS API Call via CloudTrail'],
  ['awsconsolesignin', 'AWS Console Sign In via CloudTrail'],
  ['awsconsoleaction', 'AWS Console Action via CloudTrail'],
  ['awsserviceevent', 'AWS Service Event via CloudTrail'],
  ['awscloudtrailinsight', 'AWS Insight via CloudTrail'],
  // Records of network activity, which go through an endpoint of a VPC.
  ['awsvpceevent', 'AWS Network Activity Event via CloudTrail'],
]);

/** Whether events of a `detail-type` carry a CloudTrail record of something that somebody did. An insight is about many. */
export const carriesRecord = (detailType: string): boolean =>
  detailType.endsWith(' via CloudTrail') && detailType !== 'AWS Insight via CloudTrail';

/**
 * Whether a value is an object with named fields: not `null`, not an array.
 *
 * @example
 * ```ts
 * isObject({}); // → true
 * isObject([]); // → false
 * isObject(null); // → false
 * ```
 */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const string = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** Whether a value is a plain CloudTrail record, as in the `Records` of a log file. */
export const isCloudTrailRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  isObject(value) &&
  !('detail-type' in value) &&
  (('eventSource' in value && 'eventName' in value) ||
    ('eventVersion' in value && 'eventType' in value));

/** Wraps a plain CloudTrail record as EventBridge does. */
export function wrapRecord(record: Readonly<Record<string, unknown>>): EventBridgeEvent {
  const source = string(record['eventSource'])?.replace(/\.amazonaws\.com(\.cn)?$/, '');
  const type =
    string(record['eventType'])?.toLowerCase() ??
    (source === 'signin' ? 'awsconsolesignin' : 'awsapicall');
  const identity = isObject(record['userIdentity']) ? record['userIdentity'] : {};
  return {
    version: '0',
    id: string(record['eventID']) ?? '',
    'detail-type': detailTypes.get(type) ?? `${String(record['eventType'])} via CloudTrail`,
    source: `aws.${source ?? 'cloudtrail'}`,
    account: string(record['recipientAccountId']) ?? string(identity['accountId']) ?? '',
    time: string(record['eventTime']) ?? '',
    region: string(record['awsRegion']) ?? '',
    resources: [],
    detail: record,
  };
}

/** What became of a call: `denied` when permissions or authentication stopped it, `failed` when anything else did. */
export type Outcome = 'succeeded' | 'denied' | 'failed';

/**
 * Error codes with which AWS services refuse for want of permission; EC2 and others put `Client.` before them, and many
 * put `Exception` or `Error` behind. They are collected from CloudTrail records; AWS has no list of them for all services.
 */
const denials =
  /^(\w+\.)*(vpce)?(access_?denied|unauthorized(operation|access)?|(user)?not_?authorized|authorizationerror|forbidden|authfailure|permissiondenied|operationnotpermitted|explicitdeny|insufficient(privileges|permissions)|idprejectedclaim|failed authentication)/i;

/**
 * What became of the call that a record is about. A failed console sign-in has no `errorCode`: CloudTrail puts
 * `Failure` in `responseElements.ConsoleLogin` and the reason in `errorMessage`. Other sign-in events (`SwitchRole`,
 * `CheckMfa`) do it under their own name.
 *
 * @example
 * ```ts
 * const record = {
 *   eventSource: 'iam.amazonaws.com',
 *   eventName: 'CreateUser',
 *   errorCode: 'AccessDenied',
 * } as CloudTrailRecord;
 * outcome(record); // → 'denied'
 * ```
 */
export function outcome(record: CloudTrailRecord): Outcome {
  const { errorCode, errorMessage, responseElements } = record;
  if (isObject(responseElements) && responseElements[record.eventName] === 'Failure')
    return 'denied';
  const error = string(errorCode) ?? string(errorMessage);
  if (error === undefined) return 'succeeded';
  return denials.test(error) ? 'denied' : 'failed';
}

/**
 * Reads every shape of CloudTrail's `userIdentity`, a missing one included. Never throws.
 *
 * @example
 * ```ts
 * actor({ type: 'IAMUser', userName: 'alice' }).description; // → 'IAM user alice'
 * actor({ type: 'Root', accountId: '111122223333' }).description; // → 'the root user of 111122223333'
 * ```
 */
export function actor(identity: unknown): Actor {
  const given = isObject(identity) ? identity : {};
  const session = isObject(given['sessionContext']) ? given['sessionContext'] : {};
  const issuer = isObject(session['sessionIssuer']) ? session['sessionIssuer'] : {};
  const type = string(given['type']) ?? 'Unknown';
  const arn = string(given['arn']) ?? null;
  const accountId = string(given['accountId']) ?? string(issuer['accountId']) ?? null;
  const invokedBy = string(given['invokedBy']);
  const principalId = string(given['principalId']);
  const userName = string(given['userName']);
  const sessionName = afterLast(arn ?? principalId, arn ? '/' : ':');
  const behalf = isObject(given['onBehalfOf']) ? string(given['onBehalfOf']['userId']) : undefined;

  const [name, description] = ((): [string | undefined, string] => {
    switch (type) {
      case 'Root':
        return ['root', accountId ? `the root user of ${accountId}` : 'the root user'];
      case 'IAMUser': {
        const user = userName ?? afterLast(arn ?? undefined, '/') ?? principalId;
        return [user, `IAM user ${user ?? 'without a name'}`];
      }
      case 'AssumedRole': {
        const role = string(issuer['userName']) ?? roleOfSession(arn) ?? principalId;
        return [
          role,
          `role ${role ?? 'without a name'}${sessionName ? ` (session ${sessionName})` : ''}`,
        ];
      }
      case 'Role': {
        const role = userName ?? afterLast(arn ?? undefined, '/') ?? principalId;
        return [role, `role ${role ?? 'without a name'}`];
      }
      case 'FederatedUser': {
        const user = sessionName ?? userName;
        const by = string(issuer['userName']);
        return [
          user,
          `federated user ${user ?? 'without a name'}${by ? ` (token issued by ${by})` : ''}`,
        ];
      }
      case 'SAMLUser':
      case 'WebIdentityUser': {
        const user = userName ?? principalId;
        const provider = string(given['identityProvider']);
        const kind = type === 'SAMLUser' ? 'SAML user' : 'web identity';
        return [user, `${kind} ${user ?? 'without a name'}${provider ? ` of ${provider}` : ''}`];
      }
      case 'IdentityCenterUser': {
        const user = userName ?? behalf ?? principalId;
        return [user, `Identity Center user ${user ?? 'without a name'}`];
      }
      case 'AWSAccount': {
        const principal = sessionName ?? principalId;
        return [
          principal ?? accountId ?? undefined,
          `principal ${principal ?? 'without a name'} of account ${accountId ?? 'unknown'}`,
        ];
      }
      case 'AWSService':
        return [invokedBy, `AWS service ${invokedBy ?? 'without a name'}`];
      default: {
        const known = userName ?? arn ?? principalId;
        if (known) return [known, `${type} ${known}`];
        // Records of service events name the service only.
        return [invokedBy, invokedBy ? `AWS service ${invokedBy}` : 'an unknown principal'];
      }
    }
  })();
  const through = invokedBy && name !== invokedBy ? `, through ${invokedBy}` : '';
  return {
    type,
    description: description + through,
    name: name ?? null,
    arn,
    accountId,
    principal: ((): string | null => {
      switch (type) {
        // Whoever owns another account makes users and roles in it as they like.
        case 'AWSAccount':
          return accountId;
        // An identity provider may name the same person anew every time.
        case 'SAMLUser':
        case 'WebIdentityUser':
          return string(given['identityProvider']) ?? null;
        default:
          return (
            string(issuer['arn']) ??
            // Without the name of a session or of a federated user.
            arn?.replace(/(:assumed-role\/[^/]+|:federated-user)\/.*$/s, '$1') ??
            behalf ??
            string(principalId?.replace(/:.*$/s, '')) ??
            invokedBy ??
            accountId
          );
      }
    })(),
  };
}

const afterLast = (value: string | undefined, separator: string): string | undefined =>
  value?.includes(separator) ? string(value.slice(value.lastIndexOf(separator) + 1)) : undefined;

const roleOfSession = (arn: string | null): string | undefined =>
  /:assumed-role\/([^/]+)\//.exec(arn ?? '')?.[1];

/**
 * Whether a record is of a management event. Data events and network events are delivered in the same way, but CloudTrail's
 * event history does not have them. Records of old versions do not say what they are of.
 */
export const isManagementEvent = (record: unknown): boolean =>
  isObject(record) &&
  record['managementEvent'] !== false &&
  (record['eventCategory'] ?? 'Management') === 'Management';

/** The link to an event in the CloudTrail console, which keeps management events for 90 days; `undefined` without an id or a region. */
export function consoleUrl(eventId: unknown, region: unknown): string | undefined {
  const id = string(eventId);
  const where = string(region);
  if (!id || !where || ![id, where].every((part) => /^[\w-]+$/.test(part))) return undefined;
  const domain = where.startsWith('cn-')
    ? 'console.amazonaws.cn'
    : where.startsWith('us-gov-')
      ? 'console.amazonaws-us-gov.com'
      : 'console.aws.amazon.com';
  return `https://${where}.${domain}/cloudtrailv2/home?region=${where}#/events/${id}`;
}
