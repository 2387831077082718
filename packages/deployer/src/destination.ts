/** Where alerts go: an e-mail address or a topic. Pure. */
import { splitArn } from '@patrol/core';
import { stackNames } from '@patrol/core/contracts';
import type { Given, Ground, Question, Settings, Value } from './settings.ts';

const { parameters: common } = stackNames;

/** Where alerts go: exactly one of an e-mail address and a topic. */
export function destination(
  { place, standing }: Pick<Ground, 'place' | 'standing'>,
  given: Given,
): Settings {
  const { alertEmail: email, alertTopicArn: topic } = given;
  const set = (address: string, arn: string, from: Value['from']): Settings => ({
    values: {
      [common.alertEmail]: { text: address, from },
      [common.alertTopic]: { text: arn, from },
    },
    questions: [],
    problems: [],
  });
  const problem = (text: string): Settings => ({ values: {}, questions: [], problems: [text] });
  if (email !== undefined && topic !== undefined) {
    return problem('Alerts go either to --alert-email or to --alert-topic-arn; both are given.');
  }
  if (email !== undefined) {
    const wrong = refuseEmail(email.trim());
    return wrong ? problem(`--alert-email: ${wrong}`) : set(email.trim(), '', 'given');
  }
  if (topic !== undefined) {
    const wrong = refuseTopic(topic.trim(), place.partition);
    return wrong ? problem(`--alert-topic-arn: ${wrong}`) : set('', topic.trim(), 'given');
  }
  const has = [common.alertEmail, common.alertTopic].map(
    (name) => standing?.parameters[name] ?? '',
  );
  if (has.some(Boolean)) return set(has[0] ?? '', has[1] ?? '', 'stack');
  const question: Question = {
    name: 'alerts',
    description:
      'Where alerts go: an e-mail address, or the ARN of an SNS topic (--alert-email or --alert-topic-arn).',
    required: true,
    refuse: (answer) =>
      answer.startsWith('arn:') ? refuseTopic(answer, place.partition) : refuseEmail(answer),
  };
  return { values: {}, questions: [question], problems: [] };
}

/** What is wrong with an e-mail address for alerts. */
export const refuseEmail = (text: string): string | undefined =>
  /^[^\s@,;<>"]+@[^\s@,;<>"'.]+(\.[^\s@,;<>"'.]+)+$/.test(text) && Buffer.byteLength(text) <= 320
    ? undefined
    : `${JSON.stringify(text)} is not an e-mail address; expected one, such as security@example.com.`;

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
      return `${found} is a FIFO topic, which takes neither alerts nor alarms; ${expected}.`;
    }
    return /^[\w-]{1,256}$/.test(arn.resource)
      ? arn.partition === partition
        ? undefined
        : `${found} lies in the partition ${arn.partition}, this account in ${partition}; nothing can be published across.`
      : `${found} is not a topic; ${expected}.`;
  } catch {
    return `${found} is not an ARN; ${expected}.`;
  }
}
