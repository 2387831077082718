/** From a call and its reader to findings. A chunk of its own in the functions of rules on calls. */
import type { Call, CallReader, Deed } from './calls.ts';
import { actor, type ApiCallEvent } from './cloudtrail.ts';
import { fieldsOf } from './fields.ts';
import type { Parameters, Values } from './parameter.ts';
import type { Finding } from './rule.ts';

/** The findings of a reader about a call. */
export async function findingsOf<P extends Parameters>(
  { detail, account, region }: ApiCallEvent,
  parameters: Values<P>,
  read: CallReader<P>,
): Promise<readonly Finding[]> {
  const request = fieldsOf(detail.requestParameters);
  const call: Call<P> = {
    name: detail.eventName,
    actor: actor(detail.userIdentity),
    request,
    response: fieldsOf(detail.responseElements),
    account: account || detail.recipientAccountId,
    region: detail.awsRegion ?? region,
    partition: partitionOf(detail.awsRegion ?? region),
    record: detail,
    parameters,
  };
  const deeds = request.flag('omitted')
    ? leftOut(call, request.text('originalSize'))
    : await read(call);
  return [deeds ?? []].flat().map((deed) => findingOf(call, deed));
}

/** The finding about a request that CloudTrail left out: it takes 100 KB (CloudTrail user guide, "CloudTrail record contents"). */
const leftOut = <P extends Parameters>({ name }: Call<P>, size: string | undefined): Deed => ({
  deed: `Unreadable call ${name}`,
  meaning: `CloudTrail left the request out because it was too large${size ? ` (${size} bytes)` : ''}. The record does not say what was changed: look at the resource itself.`,
});

function findingOf<P extends Parameters>(
  { name, actor: { description: who }, record }: Call<P>,
  { deed, meaning, target, ...finding }: Deed,
): Finding {
  const service = record.eventSource.replace(/\.amazonaws\.com(\.cn)?$/, '');
  const called = `${who.charAt(0).toUpperCase()}${who.slice(1)} called ${service}:${name}.`;
  return {
    ...finding,
    title: `${deed} by ${who}`,
    summary: meaning ? `${called} ${meaning}` : called,
    targets: target ? [{ type: target[0], id: target[1] }] : [],
    group: name,
  };
}

/** The partition of a region. */
const partitionOf = (region = ''): string =>
  region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
