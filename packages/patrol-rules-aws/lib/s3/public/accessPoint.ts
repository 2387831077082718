/** Access points: their policies, and the public access blocks that they are created with. */
import type { Finding } from '@patrol/core';
import { texts, within } from '../../request.ts';
import { awsCommand } from '../../undo.ts';
import { capital } from '../../words.ts';
import { partitionOf } from '../bucket.ts';
import { isOn, settings } from './block.ts';
import { type Call, notRecorded } from './call.ts';
import { openPolicy } from './policy.ts';

/** A kind of access points. */
interface Kind {
  /** For a sentence: `access point`. */
  readonly words: string;
  readonly type: string;
  /** The service in the ARN; none for a Multi-Region Access Point, which has an alias in its place. */
  readonly service?: string;
  /** What calls of the kind end in: `for-object-lambda`. None where calls are asynchronous and take no name. */
  readonly suffix?: string;
  /** What keeps a public policy from taking effect. */
  readonly takesEffect: string;
}

const ofBuckets =
  'It takes effect as far as the policy of the bucket leaves access to its access points, and unless RestrictPublicBuckets is on in the public access block of the access point, of the bucket or of the account.';

const kindOf = (eventName: string): Kind =>
  eventName.includes('MultiRegion')
    ? {
        words: 'Multi-Region Access Point',
        type: 'AWS::S3::MultiRegionAccessPoint',
        takesEffect: ofBuckets,
      }
    : eventName.includes('ObjectLambda')
      ? {
          words: 'Object Lambda access point',
          type: 'AWS::S3ObjectLambda::AccessPoint',
          service: 's3-object-lambda',
          suffix: '-for-object-lambda',
          takesEffect:
            'AWS says that the public access block of Object Lambda access points is always on. Check whether it holds.',
        }
      : {
          words: 'access point',
          type: 'AWS::S3::AccessPoint',
          service: 's3',
          suffix: '',
          takesEffect: ofBuckets,
        };

/** An access point, as far as the record names it. */
interface AccessPoint extends Required<Pick<Finding, 'targets'>> {
  /** `S3 access point reports of S3 bucket photos`. */
  readonly what: string;
  readonly takesEffect: string;
  /** Makes a command for this access point; `undefined` where there is none that takes its name. */
  readonly command: (call: string) => readonly string[] | undefined;
}

function accessPoint({ record, where }: Call): AccessPoint {
  const { words, type, service, suffix, takesEffect } = kindOf(record.eventName);
  const [name] = texts(within(record.requestParameters, (field) => field === 'name'));
  const known = name === undefined ? `an S3 ${words}` : `S3 ${words} ${name}`;
  const { awsRegion: region, recipientAccountId: account } = record;
  const id =
    service === undefined
      ? name
      : name && `arn:${partitionOf(record)}:${service}:${region}:${account}:accesspoint/${name}`;
  return {
    what: where.startsWith('S3 bucket ') ? `${known} of ${where}` : known,
    takesEffect,
    targets: [{ type, id }],
    command: (call) =>
      suffix === undefined
        ? undefined
        : awsCommand(`s3control ${call}${suffix}`, { 'account-id': account, name, region }),
  };
}

/** AWS says that these calls are recorded, but shows no record. So the document is taken from anywhere in the request. */
export function setAccessPointPolicy(call: Call): Finding | undefined {
  const { what, takesEffect, targets, command } = accessPoint(call);
  const about = { ...call, where: what };
  const document = within(call.record.requestParameters, (name) => name.endsWith('policy'));
  if (document === undefined) {
    return { ...notRecorded('The policy', about), severity: 'medium', targets };
  }
  return openPolicy(about, document, takesEffect, {
    targets,
    undo: command('delete-access-point-policy'),
  });
}

/** All settings are on unless the call says otherwise. An access point of a VPC is never public. */
export function newAccessPoint(call: Call): Finding | undefined {
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
