/** What can be an address for alerts. Pure. */
import { isIP } from 'node:net';
import { splitArn } from '@patrol/core';

/** What is wrong with an e-mail address for alerts. */
export const refuseEmail = (text: string): string | undefined =>
  /^[^\s@,;<>"]+@[^\s@,;<>"'.]+(\.[^\s@,;<>"'.]+)+$/.test(text) && Buffer.byteLength(text) <= 320
    ? undefined
    : `${JSON.stringify(text)} is not an e-mail address; expected one, such as security@example.com.`;

/** What is wrong with several of them; an empty text is one that is none. */
export function refuseEmails(texts: readonly string[], most: number): string | undefined {
  const repeated = texts.find((text, index) => texts.indexOf(text) < index);
  if (repeated !== undefined) return `${JSON.stringify(repeated)} is given twice.`;
  if (texts.length > most) {
    return `expected at most ${most} e-mail ${most === 1 ? 'address' : 'addresses'}; found ${texts.length}.`;
  }
  return (texts.length === 0 ? [''] : texts).map(refuseEmail).find(Boolean);
}

/** What is wrong with the ARN of a topic. */
export function refuseTopic(text: string, partition: string): string | undefined {
  const expected = `expected the ARN of an SNS topic, such as arn:${partition}:sns:us-east-1:111122223333:alerts`;
  const found = JSON.stringify(text);
  try {
    const arn = splitArn(text);
    if (arn.service !== 'sns' || !/^\d{12}$/.test(arn.account) || arn.region === '') {
      return `${found} is not a topic; ${expected}.`;
    }
    if (arn.resource.includes(':')) return `${found} is a subscription; ${expected}.`;
    if (arn.resource.endsWith('.fifo')) {
      return `${found} is a FIFO topic, which cannot receive alerts or alarms; ${expected}.`;
    }
    return /^[\w-]{1,256}$/.test(arn.resource)
      ? arn.partition === partition
        ? undefined
        : `${found} is in the partition ${arn.partition}, but this account is in ${partition}. Alerts cannot cross partitions.`
      : `${found} is not a topic; ${expected}.`;
  } catch {
    return `${found} is not an ARN; ${expected}.`;
  }
}

/** What is wrong with a range of IP addresses. */
export function refuseRange(text: string): string | undefined {
  const [start = '', length = ''] = text.split('/');
  const version = isIP(start);
  const isRange =
    version > 0 && /^\d{1,3}$/.test(length) && Number(length) <= (version === 4 ? 32 : 128);
  return isRange
    ? undefined
    : `${JSON.stringify(text)} is not a range of addresses; expected one, such as 192.0.2.0/24 or 2001:db8::/32.`;
}
