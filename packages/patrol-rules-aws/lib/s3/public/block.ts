/** Public access blocks of buckets and accounts, which prevent that ACLs and policies make a bucket public. */
import { type Finding, isObject } from '@patrol/core';
import { field, shown } from '../../request.ts';
import { awsCommand } from '../../undo.ts';
import { type Call, notRecorded } from './call.ts';

/** The settings of a public access block. */
export const settings = [
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

/** The target of a call, where that is the account. */
const accountOf = (call: Call): Pick<Finding, 'targets'> =>
  isOfAccount(call)
    ? { targets: [{ type: 'AWS::Organizations::Account', id: call.record.recipientAccountId }] }
    : {};

/** The command that turns on all settings of the public access block. Then no ACL and no policy makes anything public. */
export function blockPublic(call: Call): readonly string[] | undefined {
  const { awsRegion: region, recipientAccountId } = call.record;
  const all = {
    'public-access-block-configuration': settings.map((name) => `${name}=true`).join(','),
    region,
  };
  return isOfAccount(call)
    ? awsCommand('s3control put-public-access-block', { 'account-id': recipientAccountId, ...all })
    : awsCommand('s3api put-public-access-block', { bucket: call.bucket, ...all });
}

/** A call that sets the public access block of a bucket or of the account. */
export function setBlock(call: Call): Finding | undefined {
  const what = protectedBy(call);
  const configuration = field(call.record.requestParameters, 'PublicAccessBlockConfiguration');
  if (configuration === undefined) {
    return {
      ...notRecorded('The public access block', { ...call, where: what }),
      ...accountOf(call),
    };
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
export function isOn(value: unknown, name: string): boolean {
  const given = typeof value === 'string' ? value.toLowerCase() : value;
  if (given === true || given === 'true') return true;
  if (given === false || given === 'false' || given === undefined) return false;
  throw new Error(`expected true or false as ${name}, found ${shown(value)}`);
}

/** A call that removes a public access block. */
export function removedBlock(call: Call): Finding {
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
