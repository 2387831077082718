/**
 * What makes an S3 bucket public, or removes what keeps it from that, read from the record of one call. Facts are those of
 * the S3 user guide: "Access control list (ACL) overview", "Blocking public access to your Amazon S3 storage",
 * "Controlling ownership of objects and disabling ACLs for your bucket", "Managing public access to access points".
 *
 * The rule loads this module as a chunk.
 */
import { type Finding, isObject } from '@patrol/core';
import { type PublicGrant, publicGrants } from './grants.ts';
import { type BucketRecord, partitionOf } from '../bucket.ts';
import { parsePolicy, publicStatements } from '../../iam/policy.ts';
import { field, listOf, shown, texts, within } from '../../request.ts';
import { awsCommand } from '../../undo.ts';

/** What a call is about, for sentences. */
interface Call {
  readonly record: BucketRecord;
  readonly who: string;
  /** `S3 bucket photos`. */
  readonly where: string;
  /** Its name; `undefined` where the record does not say. */
  readonly bucket: string | undefined;
}

/** What a call gives away; `undefined` when nothing. It throws for what it cannot read. */
type Reading = (call: Call) => Finding | undefined;

/** The calls by which a bucket becomes public, or loses what keeps it from that. */
export const readings: ReadonlyMap<string, Reading> = new Map<string, Reading>([
  ['CreateAccessPoint', newAccessPoint],
  ['CreateBucket', (call) => setAcl(call) ?? enabledAcls(call)],
  ['CreateMultiRegionAccessPoint', newAccessPoint],
  ['DeleteAccountPublicAccessBlock', removedBlock],
  ['DeleteBucketOwnershipControls', removedOwnership],
  ['DeleteBucketPublicAccessBlock', removedBlock],
  ['PutAccessPointPolicy', setAccessPointPolicy],
  ['PutAccountPublicAccessBlock', setBlock],
  ['PutBucketAcl', setAcl],
  ['PutBucketOwnershipControls', setOwnership],
  ['PutBucketPolicy', setPolicy],
  ['PutBucketPublicAccessBlock', setBlock],
  ['PutMultiRegionAccessPointPolicy', setAccessPointPolicy],
  ['PutObjectAcl', setAcl],
]);

/** For what a record leaves out: CloudTrail does not record everything, and a denied call may have no parameters. */
const unread = (what: string, { where, who }: Call): Finding => ({
  title: `${what} of ${where} changed by ${who}; the record does not say to what`,
  summary: `${what} of ${where} was changed by ${who}. The record does not hold the new one, so it is not known whether it is public: look at it.`,
});

const unlessBlocked = (settings: string): string =>
  `It takes effect unless ${settings} is on in the public access block of the bucket or of the account.`;

function setAcl(call: Call): Finding | undefined {
  const { record, where, who } = call;
  const { eventName, requestParameters: request } = record;
  const [key] = [...texts(field(request, 'key')), ...texts(field(request, 'Key'))];
  const what =
    eventName === 'PutObjectAcl' ? `object ${key ?? 'without a key'} in ${where}` : where;
  const grants = publicGrants(request);
  // A new bucket has a private ACL where the call does not say otherwise.
  if (!grants) {
    const isPrivate = eventName === 'CreateBucket' && (isObject(request) || record.errorCode);
    return isPrivate ? undefined : unread('The ACL', { ...call, where: what });
  }
  if (grants.length === 0) return undefined;
  const words = grantWords(grants);
  return {
    title: `ACL makes ${what} public: ${words}, by ${who}`,
    summary: `The ACL that ${who} set gives ${words}, on ${what}. ${unlessBlocked('IgnorePublicAcls')}`,
    severity: grants.every(({ permission }) => permission.startsWith('READ')) ? 'high' : 'critical',
    facts: { grants: words, ...(key === undefined ? {} : { key }) },
    undo: blockPublic(call),
  };
}

/** `READ and WRITE to anybody, READ to any AWS account`. */
const grantWords = (grants: readonly PublicGrant[]): string =>
  [...new Set(grants.map(({ grantee }) => grantee))]
    .map((grantee) => {
      const permissions = grants.filter((grant) => grant.grantee === grantee);
      return `${[...new Set(permissions.map(({ permission }) => permission))].join(' and ')} to ${grantee}`;
    })
    .join(', ');

function setPolicy(call: Call): Finding | undefined {
  const document = field(call.record.requestParameters, 'bucketPolicy');
  if (document === undefined) return unread('The policy', call);
  return openPolicy(call, document, unlessBlocked('RestrictPublicBuckets'), {
    undo: blockPublic(call),
  });
}

/** What a policy lets everybody do with what the call is about. */
function openPolicy(
  { where, who }: Call,
  document: unknown,
  takesEffect: string,
  more: Pick<Finding, 'targets' | 'undo'>,
): Finding | undefined {
  const open = publicStatements(parsePolicy(document));
  if (open.length === 0) return undefined;
  const all = (list: (statement: (typeof open)[number]) => readonly string[]): string =>
    [...new Set(open.flatMap(list))].join(', ');
  const actions = all((statement) => statement.actions);
  const principals = all((statement) => statement.principals);
  const conditions = all((statement) => statement.conditions);
  return {
    title: `Policy makes ${where} public: ${actions} to ${principals}, by ${who}`,
    summary: `The policy that ${who} put on ${where} makes it public. ${open.map(({ why }) => why).join(' ')} ${takesEffect}`,
    severity: open.every(({ actions: given }) => given.every(isRead)) ? 'high' : 'critical',
    facts: {
      actions,
      principals,
      resources: all((statement) => statement.resources),
      ...(conditions === '' ? {} : { conditions }),
    },
    ...more,
  };
}

/** An access point, as far as the record names it. */
interface AccessPoint extends Required<Pick<Finding, 'targets'>> {
  /** `S3 access point reports of S3 bucket photos`. */
  readonly what: string;
  /** The command about it alone; `undefined` for one of several regions, whose calls are asynchronous and have no name in them. */
  readonly command: (call: string) => readonly string[] | undefined;
}

function accessPoint({ record, where }: Call): AccessPoint {
  const isOfRegions = record.eventName.includes('MultiRegion');
  const kind = isOfRegions ? 'Multi-Region Access Point' : 'access point';
  const [name] = texts(within(record.requestParameters, (field) => field === 'name'));
  const known = name === undefined ? `an S3 ${kind}` : `S3 ${kind} ${name}`;
  const { awsRegion: region, recipientAccountId: account } = record;
  return {
    what: where.startsWith('S3 bucket ') ? `${known} of ${where}` : known,
    targets: [
      isOfRegions
        ? { type: 'AWS::S3::MultiRegionAccessPoint', id: name }
        : {
            type: 'AWS::S3::AccessPoint',
            id: name && `arn:${partitionOf(record)}:s3:${region}:${account}:accesspoint/${name}`,
          },
    ],
    command: (call) =>
      isOfRegions
        ? undefined
        : awsCommand(`s3control ${call}`, { 'account-id': account, name, region }),
  };
}

/**
 * AWS documents that these calls are recorded, but shows no record: the document is taken from wherever it lies in the
 * request.
 */
function setAccessPointPolicy(call: Call): Finding | undefined {
  const { what, targets, command } = accessPoint(call);
  const about = { ...call, where: what };
  const document = within(call.record.requestParameters, (name) => name.endsWith('policy'));
  if (document === undefined) {
    return { ...unread('The policy', about), severity: 'medium', targets };
  }
  return openPolicy(
    about,
    document,
    'It takes effect as far as the policy of the bucket leaves access to its access points, and unless RestrictPublicBuckets is on in the public access block of the access point, of the bucket or of the account.',
    { targets, undo: command('delete-access-point-policy') },
  );
}

/** All settings are on where the call does not say otherwise. An access point of a VPC is never public. */
function newAccessPoint(call: Call): Finding | undefined {
  const request = call.record.requestParameters;
  const block = within(request, (name) => /^publicaccessblock(configuration)?$/.test(name));
  const isOfVpc = within(request, (name) => /^vpc(configuration|id)$/.test(name)) !== undefined;
  if (block === undefined || isOfVpc) return undefined;
  const off = settings.filter(
    (setting) =>
      !isOn(
        within(block, (name) => name === setting.toLowerCase()),
        setting,
      ),
  );
  if (off.length === 0) return undefined;
  const { what, targets, command } = accessPoint(call);
  return {
    title: `${capital(what)} created by ${call.who} with ${off.join(', ')} off`,
    summary: `${capital(what)} was created by ${call.who} without ${off.join(', ')} in its public access block: a policy can make it public. These settings cannot be changed later.`,
    severity: 'medium',
    facts: { off: off.join(', ') },
    targets,
    undo: command('delete-access-point'),
  };
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const isRead = (action: string): boolean => /^s3:(get|list)/i.test(action);

const settings = [
  'BlockPublicAcls',
  'IgnorePublicAcls',
  'BlockPublicPolicy',
  'RestrictPublicBuckets',
] as const;

/** Whether a call is about all buckets of the account. */
const isOfAccount = ({ record }: Call): boolean => record.eventName.includes('Account');

/** `S3 bucket photos`, or the account of a call that is about all its buckets. */
const protectedBy = (call: Call): string =>
  isOfAccount(call)
    ? `all buckets of account ${call.record.recipientAccountId ?? 'unknown'}`
    : call.where;

/** What a call was about, where that is the account. */
const accountOf = (call: Call): Pick<Finding, 'targets'> =>
  isOfAccount(call)
    ? { targets: [{ type: 'AWS::Organizations::Account', id: call.record.recipientAccountId }] }
    : {};

/** The command that turns on all settings of the public access block: then no ACL and no policy makes anything public. */
function blockPublic(call: Call): readonly string[] | undefined {
  const { awsRegion: region, recipientAccountId } = call.record;
  const all = {
    'public-access-block-configuration': settings.map((name) => `${name}=true`).join(','),
    region,
  };
  return isOfAccount(call)
    ? awsCommand('s3control put-public-access-block', { 'account-id': recipientAccountId, ...all })
    : awsCommand('s3api put-public-access-block', { bucket: call.bucket, ...all });
}

function setBlock(call: Call): Finding | undefined {
  const what = protectedBy(call);
  const configuration = field(call.record.requestParameters, 'PublicAccessBlockConfiguration');
  if (configuration === undefined) {
    return { ...unread('The public access block', { ...call, where: what }), ...accountOf(call) };
  }
  if (!isObject(configuration) && configuration !== '') {
    throw new Error(
      `expected a PublicAccessBlockConfiguration with its settings, found ${shown(configuration)}`,
    );
  }
  const off = settings.filter((name) => !isOn(field(configuration, name), name));
  if (off.length === 0) return undefined;
  return {
    title: `Public access block of ${what} weakened by ${call.who}: ${off.join(', ')} off`,
    summary: `The public access block of ${what} was set by ${call.who} without ${off.join(', ')}. ${whatFollows}`,
    facts: { off: off.join(', ') },
    ...accountOf(call),
    undo: blockPublic(call),
  };
}

/** A setting that is left out is off. */
function isOn(value: unknown, name: string): boolean {
  const given = typeof value === 'string' ? value.toLowerCase() : value;
  if (given === true || given === 'true') return true;
  if (given === false || given === 'false' || given === undefined) return false;
  throw new Error(`expected true or false as ${name}, found ${shown(value)}`);
}

function removedBlock(call: Call): Finding {
  const what = protectedBy(call);
  return {
    title: `Public access block of ${what} removed by ${call.who}`,
    summary: `The public access block of ${what} was removed by ${call.who}. ${whatFollows}`,
    facts: { off: settings.join(', ') },
    ...accountOf(call),
    undo: blockPublic(call),
  };
}

const whatFollows =
  'Public ACLs and policies that it held back count from now on, and new ones can be set.';

/** The settings under which ACLs count. */
const withAcls = ['BucketOwnerPreferred', 'ObjectWriter'];

function setOwnership(call: Call): Finding | undefined {
  const controls = field(call.record.requestParameters, 'OwnershipControls');
  if (controls === undefined) return unread('The object ownership', call);
  const rules = listOf(field(controls, 'Rule') ?? field(controls, 'Rules'));
  const ownerships = rules.flatMap((rule) => texts(field(rule, 'ObjectOwnership')));
  if (ownerships.length === 0 || ownerships.length < rules.length) {
    throw new Error(
      `expected OwnershipControls with a Rule and its ObjectOwnership, found ${shown(controls)}`,
    );
  }
  return ownership(call, ownerships, 'medium');
}

/** A new bucket has its ACLs disabled where the call does not say otherwise. */
const enabledAcls = (call: Call): Finding | undefined =>
  ownership(call, texts(field(call.record.requestParameters, 'x-amz-object-ownership')), 'low');

/** The command that disables the ACLs of a bucket. */
const disableAcls = ({ bucket, record }: Call): readonly string[] | undefined =>
  awsCommand('s3api put-bucket-ownership-controls', {
    bucket,
    'ownership-controls': 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]',
    region: record.awsRegion,
  });

function ownership(
  call: Call,
  ownerships: readonly string[],
  severity: 'low' | 'medium',
): Finding | undefined {
  const { where, who, record } = call;
  const [setting] = ownerships.filter((name) => name !== 'BucketOwnerEnforced');
  if (setting === undefined) return undefined;
  if (!withAcls.includes(setting)) {
    throw new Error(
      `expected BucketOwnerEnforced, ${withAcls.join(' or ')} as the object ownership, found ${shown(setting)}`,
    );
  }
  return {
    title: `ACLs of ${where} enabled by ${who} (${setting})`,
    summary:
      `The object ownership of ${where} was set to ${setting} by ${who}${record.eventName === 'CreateBucket' ? ', who created it' : ''}. ` +
      'ACLs count from now on: one of the bucket or of an object can make it public.',
    severity,
    facts: { objectOwnership: setting },
    undo: disableAcls(call),
  };
}

/**
 * S3 disables the ACLs of new buckets by setting `BucketOwnerEnforced` on them; where that is deleted, a bucket is as those
 * that are older than the setting (API reference, GetBucketOwnershipControls).
 */
function removedOwnership(call: Call): Finding {
  const { where, who } = call;
  return {
    title: `ACLs of ${where} enabled by ${who}`,
    summary: `The object ownership of ${where} was deleted by ${who}. S3 counts the ACLs of a bucket without it, and those of its objects.`,
    severity: 'medium',
    undo: disableAcls(call),
  };
}
